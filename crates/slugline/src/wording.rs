//! How numbers and foreign text are put into words: for this crate's errors, and for the command and the
//! bindings, which are to speak alike. No part of the library's promises.

use std::borrow::Cow;

use crate::error::printable;

/// So many names a message lists, and so many characters of each.
const LISTED: usize = 20;
const LISTED_CHARS: usize = 60;

/// `1 label`, `2 labels`, `0 labels`: a number with its noun (in the singular), which may have words
/// before it (`labelled record`).
pub fn count<N: TryInto<u64>>(n: N, noun: &str) -> String {
    let n = n.try_into().unwrap_or(u64::MAX);
    format!("{n} {}", plural(n, noun))
}

/// The noun as it stands behind the number.
pub fn plural(n: u64, noun: &str) -> Cow<'_, str> {
    if n == 1 {
        return noun.into();
    }
    if ["s", "x", "ch", "sh"].iter().any(|end| noun.ends_with(end)) {
        return format!("{noun}es").into();
    }
    match noun.strip_suffix('y') {
        Some(stem) if !stem.ends_with(['a', 'e', 'i', 'o', 'u']) => format!("{stem}ies").into(),
        _ => format!("{noun}s").into(),
    }
}

/// A document as a terminal may show it: line breaks, tabs and the marks that belong to its script stay;
/// what the terminal would obey, or what turns the direction of writing, is written as in Rust.
pub fn readable(text: &str) -> Cow<'_, str> {
    let is_bad = |character: char| is_active(character) && !matches!(character, '\n' | '\t');
    let text: Cow<'_, str> = match text.contains("\r\n") {
        true => text.replace("\r\n", "\n").into(),
        false => text.into(),
    };
    if !text.chars().any(is_bad) {
        return text;
    }
    let mut shown = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        match is_bad(character) {
            true => shown.extend(character.escape_default()),
            false => shown.push(character),
        }
    }
    shown.into()
}

fn is_active(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
        )
}

/// Names as a message lists them: escaped, the empty one and one with blanks at its ends in quotes, and no
/// more than can be read.
pub fn names<S: AsRef<str>>(names: &[S]) -> String {
    let shown: Vec<String> = names
        .iter()
        .take(LISTED)
        .map(|own| name(own.as_ref()))
        .collect();
    match names.len().saturating_sub(LISTED) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

/// One name as a message shows it.
pub fn name(name: &str) -> String {
    let mut shown: String = printable(name).chars().take(LISTED_CHARS).collect();
    if shown.len() < name.len() {
        shown.push('…');
    }
    match name.trim() == name && !name.is_empty() {
        true => shown,
        false => format!("\"{shown}\""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nouns_follow_their_numbers() {
        assert_eq!(count(1, "label"), "1 label");
        assert_eq!(count(0_u64, "label"), "0 labels");
        assert_eq!(count(2_usize, "labelled record"), "2 labelled records");
        assert_eq!(count(3, "class"), "3 classes");
        assert_eq!(count(3, "entry"), "3 entries");
        assert_eq!(count(3, "key"), "3 keys");
        assert_eq!(count(1, "class"), "1 class");
        assert_eq!(count(2, "match"), "2 matches");
    }

    #[test]
    fn what_a_terminal_obeys_is_escaped() {
        assert_eq!(readable("plain wörds 日本"), "plain wörds 日本");
        assert_eq!(readable("a\u{202e}b\u{9b}c"), "a\\u{202e}b\\u{9b}c");
        assert_eq!(readable("a\r\nb\tc\rd\u{7}"), "a\nb\tc\\rd\\u{7}");
    }

    #[test]
    fn lists_of_names_stay_readable() {
        assert_eq!(names(&["a", "", " b", "c\n"]), r#"a, "", " b", "c\n""#);
        let many: Vec<String> = (0..30).map(|i| format!("{i}{}", "x".repeat(100))).collect();
        assert!(names(&many).ends_with("… and 10 more"));
    }
}
