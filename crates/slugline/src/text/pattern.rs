//! Finding words by a pattern: natively where the pattern matches whole words, by regex otherwise.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;

use super::{
    params::Words,
    word_boundaries::{BoundaryBuffer, WordStream},
    word_search::WordSearch,
};
use crate::error::{Error, Result};

#[derive(Debug, Clone)]
pub(super) enum Matcher {
    /// Maximal runs of word characters of at least this length.
    Runs(usize),
    Uax29,
    /// Where the pattern has a capture group, that is the word.
    Pattern(Box<WordSearch>),
}

impl Matcher {
    pub(super) fn new(words: &Words) -> Result<Self> {
        let pattern = match words {
            Words::Sklearn => return Ok(Self::Runs(2)),
            Words::Unicode => return Ok(Self::Uax29),
            Words::Pattern(pattern) => pattern,
        };
        if let Some(min_chars) = whole_word(pattern) {
            return Ok(Self::Runs(min_chars));
        }
        let search = WordSearch::new(&pythonic(pattern)).map_err(|error| {
            Error::parameter(
                "token_pattern",
                pattern,
                format!("a regular expression of the `regex` crate ({error})"),
            )
        })?;
        match search.n_groups() {
            0 | 1 => Ok(Self::Pattern(Box::new(search))),
            groups => Err(Error::parameter(
                "token_pattern",
                pattern,
                format!("at most one capture group, found {groups}"),
            )),
        }
    }

    /// The least length of a word, where words are all maximal runs of word characters.
    pub(super) fn min_chars(&self) -> Option<usize> {
        match self {
            Self::Runs(min_chars) => Some(*min_chars),
            _ => None,
        }
    }

    pub(super) fn for_each(&self, text: &str, mut visit: impl FnMut(Range<usize>)) {
        match self {
            Self::Runs(min_chars) => {
                let min_chars = *min_chars;
                let words = WordStream { text, min_chars };
                words.for_each_word(&mut BoundaryBuffer::default(), |start, end| {
                    visit(start..end);
                });
            }
            Self::Uax29 => {
                for (at, word) in text.unicode_word_indices() {
                    visit(at..at + word.len());
                }
            }
            Self::Pattern(search) => search.for_each(text, visit),
        }
    }
}

/// The least length of a word, for the patterns that mean "every whole word of at least n
/// characters".
fn whole_word(pattern: &str) -> Option<usize> {
    let pattern = pattern.strip_prefix("(?u)").unwrap_or(pattern);
    let inner = pattern.strip_prefix(r"\b")?.strip_suffix(r"\b")?;
    match inner {
        r"\w+" => Some(1),
        r"\w\w+" => Some(2),
        _ => {
            let n = inner.strip_prefix(r"\w{")?.strip_suffix(",}")?;
            n.parse().ok().filter(|&n| n > 0)
        }
    }
}

/// Rewrites the classes whose meaning differs between Python and the `regex` crate.
fn pythonic(pattern: &str) -> String {
    let mut out = String::with_capacity(pattern.len() + 16);
    let mut chars = pattern.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        match chars.next() {
            // A class may stand inside a class, so one spelling serves inside and outside.
            Some('w') => out.push_str(r"[\p{L}\p{N}_]"),
            Some('W') => out.push_str(r"[^\p{L}\p{N}_]"),
            Some('s') => out.push_str(r"[\s\x1c-\x1f]"),
            Some('S') => out.push_str(r"[^\s\x1c-\x1f]"),
            Some(other) => out.extend(['\\', other]),
            None => out.push('\\'),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(pattern: &str, text: &str) -> Vec<String> {
        let mut found = Vec::new();
        Matcher::new(&Words::Pattern(pattern.into()))
            .unwrap()
            .for_each(text, |range| found.push(text[range].to_owned()));
        found
    }

    #[test]
    fn whole_words_run_natively() {
        assert_eq!(whole_word(r"(?u)\b\w\w+\b"), Some(2));
        assert_eq!(whole_word(r"\b\w{3,}\b"), Some(3));
        assert_eq!(whole_word(r"\w+"), None);
        assert_eq!(words(r"\b\w+\b", "a न\u{94d}म b"), ["a", "न", "म", "b"]);
    }

    #[test]
    fn classes_mean_what_python_means() {
        assert_eq!(words(r"[\w-]+", "e-mail न\u{94d}म"), ["e-mail", "न", "म"]);
        assert_eq!(words(r"\S+", "a\u{1f}b"), ["a", "b"]);
        assert_eq!(words(r"(\w\w)\w*", "alpha be c"), ["al", "be"]);
    }

    #[test]
    fn bad_patterns_are_errors() {
        for pattern in ["(", r"(a)(b)", r"(?=a)"] {
            assert!(
                Matcher::new(&Words::Pattern(pattern.into())).is_err(),
                "{pattern}"
            );
        }
    }
}
