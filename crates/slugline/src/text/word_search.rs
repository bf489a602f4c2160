//! Words by a pattern, in time that grows with the text and not with its square.
//!
//! An engine of regular expressions looks at a text once for each *word*. A pattern such as `\w+Z|\w` looks on, behind
//! every letter that it finds, to the end of the text for a `Z`: of 40 KB a search takes seconds, of 1 MB half an hour. A
//! pattern that can do so looks at no more than a part of the text at a time.

use std::ops::Range;

use regex_automata::{Input, meta::Regex};
use regex_syntax::hir::{Hir, HirKind};

/// How many bytes of text a pattern that may look far sees behind the place where it begins to look for a word, at least;
/// twice as many at most.
const REACH: usize = 512;

/// The most places of a pattern that may look far: for every word it is at all of them at once, byte by byte.
const MOST_PLACES: usize = 32;

/// The most bytes in which an automaton of the engine keeps what it has worked out of the pattern. With its own 2 MiB
/// `(\w+\s?){1,40}` is worked out anew for every character, and takes five times as long.
const CACHE: usize = 16 << 20;

/// The words that a pattern finds.
#[derive(Debug, Clone)]
pub(super) struct WordSearch {
    regex: Regex,
    /// The most bytes of text that a search sees in one piece.
    window: Option<usize>,
}

impl WordSearch {
    /// A search for the words of a pattern, or what is wrong with the pattern.
    pub(super) fn new(pattern: &str) -> Result<Self, String> {
        let parsed = regex_syntax::parse(pattern).map_err(|error| error.to_string())?;
        let config = Regex::config().hybrid_cache_capacity(CACHE);
        let regex = Regex::builder().configure(config).build_from_hir(&parsed);
        let regex = regex.map_err(|error| match error.size_limit() {
            Some(limit) => format!("compiled, it is larger than {limit} bytes"),
            None => error.to_string(),
        })?;
        if ends_soon(&parsed) || is_one_loop(&parsed) {
            return Ok(Self {
                regex,
                window: None,
            });
        }
        match n_places(&parsed) {
            n if n > MOST_PLACES => Err(format!(
                "that may look far beyond a word only where it has at most {MOST_PLACES} characters and classes, not \
                 {n}, repetitions counted"
            )),
            _ => Ok(Self {
                regex,
                window: Some(2 * REACH),
            }),
        }
    }

    /// The groups of the pattern.
    pub(super) fn n_groups(&self) -> usize {
        self.regex.captures_len() - 1
    }

    /// Visits every match, or what group 1 took of it where there is a group.
    pub(super) fn for_each(&self, text: &str, mut visit: impl FnMut(Range<usize>)) {
        match (self.window, self.n_groups()) {
            (Some(window), _) => self.for_each_in_windows(text, window, visit),
            (None, 0) => {
                for found in self.regex.find_iter(text) {
                    visit(found.range());
                }
            }
            (None, _) => {
                for found in self.regex.captures_iter(text) {
                    // A group that took no part is an empty word in Python; it says nothing here.
                    if let Some(group) = found.get_group(1) {
                        visit(group.range());
                    }
                }
            }
        }
    }

    /// As [`for_each`](Self::for_each): a match that begins in the first half of a window is one, and behind a window
    /// without one, half a window is left behind.
    fn for_each_in_windows(&self, text: &str, window: usize, mut visit: impl FnMut(Range<usize>)) {
        let mut found = self.regex.create_captures();
        let (mut at, mut last_end) = (0, None);
        while at <= text.len() {
            let half = boundary_at(text, at + window / 2);
            let end = boundary_at(text, at + window);
            self.regex
                .search_captures(&Input::new(text).span(at..end), &mut found);
            let whole = found.get_match();
            let Some(whole) = whole.filter(|whole| whole.start() < half || end == text.len())
            else {
                if end == text.len() {
                    break;
                }
                at = half;
                continue;
            };
            // An empty match where the last one ended is none, as in every iterator of matches.
            if whole.is_empty() && last_end == Some(whole.end()) {
                at = boundary_at(text, whole.end() + 1).max(whole.end() + 1);
                continue;
            }
            at = whole.end();
            last_end = Some(at);
            if let Some(word) = found.get_group(self.n_groups()) {
                visit(word.range());
            }
        }
    }
}

/// The first place between two characters at `at` or behind it.
fn boundary_at(text: &str, at: usize) -> usize {
    let mut places = at..text.len();
    let place = places.find(|&place| text.is_char_boundary(place));
    place.unwrap_or(text.len())
}

/// Whether a search that has found a match and looks on finds a longer one within about [`REACH`] bytes, or stops. Then
/// all searches for words together look at no byte of a text more often than that number.
fn ends_soon(pattern: &Hir) -> bool {
    if short_length(pattern).is_some() {
        return true;
    }
    match pattern.kind() {
        HirKind::Empty | HirKind::Literal(_) | HirKind::Class(_) | HirKind::Look(_) => true,
        HirKind::Capture(group) => ends_soon(&group.sub),
        // Behind the least number every repetition ends a match.
        HirKind::Repetition(of) => match short_length(&of.sub) {
            Some(length) => length.saturating_mul(of.min as usize) <= REACH,
            None => of.min <= 1 && ends_soon(&of.sub),
        },
        HirKind::Alternation(ways) => ways.iter().all(ends_soon),
        // A long part ends a match only where what follows may be empty.
        HirKind::Concat(parts) => {
            let (mut rest_is_optional, mut of_short) = (true, 0);
            let soon = parts.iter().rev().all(|part| {
                let soon = match short_length(part) {
                    Some(length) => {
                        of_short += length;
                        true
                    }
                    None => rest_is_optional && ends_soon(part),
                };
                rest_is_optional &= may_be_empty(part);
                soon
            });
            soon && of_short <= REACH
        }
    }
}

/// Whether all but one part of a pattern is short, and that one repeats a class without a limit: `\b[a-z]+\b`,
/// `[^\n]+\n`. A match that began in what the search looked at behind its own would be the end of a longer one: all
/// between the two are characters of the class. So no byte is looked at more than twice.
fn is_one_loop(pattern: &Hir) -> bool {
    let HirKind::Concat(parts) = inner(pattern).kind() else {
        return false;
    };
    let long: Vec<&Hir> = parts
        .iter()
        .filter(|part| short_length(part).is_none())
        .collect();
    let of_short: usize = parts.iter().filter_map(short_length).sum();
    let [long] = long[..] else {
        return false;
    };
    match inner(long).kind() {
        HirKind::Repetition(of) => {
            of.max.is_none()
                && matches!(inner(&of.sub).kind(), HirKind::Class(_))
                && of.min as usize <= REACH
                && of_short <= REACH
        }
        _ => false,
    }
}

/// What is in the groups around a pattern.
fn inner(mut pattern: &Hir) -> &Hir {
    while let HirKind::Capture(group) = pattern.kind() {
        pattern = &group.sub;
    }
    pattern
}

/// The characters and classes of a pattern, each as often as it is repeated.
fn n_places(pattern: &Hir) -> usize {
    match pattern.kind() {
        HirKind::Empty | HirKind::Look(_) => 0,
        HirKind::Literal(literal) => literal.0.len(),
        HirKind::Class(_) => 1,
        HirKind::Capture(group) => n_places(&group.sub),
        HirKind::Repetition(of) => {
            let times = of.max.unwrap_or(of.min.max(1)) as usize;
            n_places(&of.sub).saturating_mul(times)
        }
        HirKind::Concat(parts) | HirKind::Alternation(parts) => {
            parts.iter().map(n_places).fold(0, usize::saturating_add)
        }
    }
}

/// The length in bytes of the longest match, where that is at most [`REACH`].
fn short_length(pattern: &Hir) -> Option<usize> {
    let longest = pattern.properties().maximum_len();
    longest.filter(|&length| length <= REACH)
}

/// Whether the empty string matches everywhere.
fn may_be_empty(pattern: &Hir) -> bool {
    let properties = pattern.properties();
    properties.minimum_len() == Some(0) && properties.look_set().is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::time::{Duration, Instant};

    const NEAR: [&str; 22] = [
        r"\b[a-z]+\b",
        r"\w+$",
        r"[^\n]+\n",
        r"\w*Z",
        r"\d(\w{3,})!?\b",
        r"[a-z]{2,3000}",
        r"\w+",
        r"(\w)\w*",
        r"[^\n]+",
        r"(?s).+",
        r"\b\w{2,30}\b",
        r"\w+(?:[-']\w+)*",
        r"https?://\S+|\w+",
        r"[a-z]+|[0-9]{1,4}(?:,[0-9]{3})*|\S",
        r"(\w+\s?){1,40}",
        r"\w*",
        r"\w+?",
        r"#?\w+",
        r"(?i)[a-z]{3,}",
        r"\w+(?:\s\w+)?",
        r"\w\w+|.",
        r"(?:ab)+",
    ];
    /// Not all of them look far, but all that do are here.
    const FAR: [&str; 11] = [
        r"(?s).*[a1].{28}Z|.",
        r"\w+Z|\w",
        r"(?s).*\x00|.",
        r"(?s)(\w).*Z|(?:\w)",
        r"\w(?:.*\n)?",
        r"\w+\s+\w+",
        r"(?:\w+-){2,}|\w",
        r"(?:\w+){2,}",
        r"a(?:[^b]*b)*",
        r"\w+?Z|\w",
        r"\w*(?:\s*Z)|\w*",
    ];

    fn words(search: &WordSearch, text: &str) -> Vec<Range<usize>> {
        let mut words = Vec::new();
        search.for_each(text, |word| words.push(word));
        words
    }

    #[test]
    fn what_may_look_far_is_known() {
        for pattern in NEAR {
            assert_eq!(WordSearch::new(pattern).unwrap().window, None, "{pattern}");
        }
        for pattern in FAR {
            let search = WordSearch::new(pattern).unwrap();
            assert_eq!(search.window, Some(2 * REACH), "{pattern}");
        }
        for pattern in [
            r"a{0,5000}Z|a",
            r"(?:a{300}){300}|a",
            r"a{0,900}a{0,900}a{0,900}Z|a",
            r"(?s).*[a1].{300}Z|.",
        ] {
            let why = WordSearch::new(pattern).unwrap_err();
            assert!(why.contains("at most 32 characters"), "{pattern} {why}");
        }
    }

    /// Looked at whole, each of these takes ten seconds and more with some of the patterns.
    #[test]
    fn time_is_in_proportion_to_the_text() {
        let mut random = 1_u32;
        let mut bit = || {
            random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            if random >> 31 == 0 { '0' } else { '1' }
        };
        let texts = [
            "a".repeat(1 << 16),
            "hello world, it's nöt ".repeat(3000),
            (0..1 << 14).map(|_| bit()).collect(),
        ];
        for pattern in NEAR.iter().chain(&FAR) {
            let search = WordSearch::new(pattern).unwrap();
            for text in &texts {
                let start = Instant::now();
                search.for_each(text, |_| ());
                let taken = start.elapsed();
                assert!(taken < Duration::from_secs(8), "{pattern} {taken:?}");
            }
        }
    }

    #[test]
    fn ends_of_the_text_are_not_ends_of_a_window() {
        let text = format!("{} last", "word ".repeat(3000));
        for (pattern, expected) in [(r"\w+$", 1), (r"^\w+", 1), (r"\w+\s+\w+$", 1)] {
            let search = WordSearch::new(pattern).unwrap();
            assert_eq!(words(&search, &text).len(), expected, "{pattern}");
        }
        // However long a word is.
        let text = format!("{} x", "a".repeat(5000));
        let search = WordSearch::new(r"\b[a-z]+\b").unwrap();
        assert_eq!(words(&search, &text), vec![0..5000, 5001..text.len()]);
    }

    proptest! {
        /// No pattern of these looks from one line to the next.
        #[test]
        fn windows_change_no_word(
            lines in prop::collection::vec("([a-zA-Zé\u{4e00} -]|Z|ab|12,345){0,40}", 1..40),
            pattern in prop::sample::select(vec![
                r"\w+", r"(\w)\w*", r"[^\n]+", r"\b\w{2,30}\b", r"\w+(?:[-']\w+)*", r"\w*", r"\w+Z|\w", r"\w+$",
                r"(\w).*Z|(?:\w)", r"\w(?:.*\n)?", r"\b[a-z]+\b", r"\w+\s+\w+", r"(?:\w+-){2,}|\w", r"\w*(?: *Z)|\w*",
            ]),
        ) {
            let text = lines.join(".\n.\n");
            let whole = WordSearch { window: None, ..WordSearch::new(pattern).unwrap() };
            let in_windows = WordSearch { window: Some(512), ..whole.clone() };
            prop_assert_eq!(words(&in_windows, &text), words(&whole, &text));
        }
    }
}
