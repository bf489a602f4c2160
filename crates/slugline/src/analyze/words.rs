//! Word boundaries: which characters are part of a word, and the runs of them.

use std::ops::Range;

use unicode_properties::{GeneralCategoryGroup, UnicodeGeneralCategory};

/// Whether Python's `\w` matches: `str.isalnum()` or an underscore, that is, the general
/// categories L and N. (Rust's `char::is_alphanumeric` also takes vowel signs and other marks.)
pub fn is_word(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_alphanumeric() || c == '_';
    }
    matches!(
        c.general_category_group(),
        GeneralCategoryGroup::Letter | GeneralCategoryGroup::Number
    )
}

/// Whether Python's `str.isspace()` and `\s` hold: Unicode white space and the four information
/// separators U+001C to U+001F.
pub fn is_space(c: char) -> bool {
    c.is_whitespace() || ('\u{1C}'..='\u{1F}').contains(&c)
}

const ASCII_WORD: [bool; 128] = {
    let mut table = [false; 128];
    let mut byte = 0;
    while byte < 128 {
        table[byte] = (byte as u8).is_ascii_alphanumeric() || byte == b'_' as usize;
        byte += 1;
    }
    table
};

/// Calls `visit` with every maximal run of at least `min_chars` word characters: Python's
/// `\b\w{min_chars,}\b`.
pub(super) fn for_each_run(text: &str, min_chars: usize, mut visit: impl FnMut(Range<usize>)) {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let start = at;
        let mut chars = 0;
        let mut after = at;
        while let Some(&byte) = bytes.get(at) {
            let (word, width) = if byte < 128 {
                (ASCII_WORD[usize::from(byte)], 1)
            } else {
                let c = text[at..].chars().next().unwrap_or(' ');
                (is_word(c), c.len_utf8())
            };
            after = at + width;
            if !word {
                break;
            }
            at = after;
            chars += 1;
        }
        if chars >= min_chars {
            visit(start..at);
        }
        at = after;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs() {
        let mut found = Vec::new();
        let text = "a bc, d_1 élan x! ²½ नमस्ते";
        for_each_run(text, 2, |range| found.push(&text[range]));
        assert_eq!(found, ["bc", "d_1", "élan", "²½", "नमस"]);
    }

    #[test]
    fn information_separators_are_space() {
        assert!(is_space('\u{1F}') && is_space('\u{2028}') && !is_space('\u{200B}'));
    }
}
