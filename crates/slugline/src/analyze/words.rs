//! Word boundaries: which characters are part of a word, and the runs of them.

use std::ops::Range;

use unicode_properties::{GeneralCategoryGroup, UnicodeGeneralCategory};

use super::mask::{BLOCK, Mask};

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

/// What is done with each word: a closure, or a type whose `word` is `#[inline(always)]`. (A closure
/// is inlined only where the compiler finds it small.)
pub(super) trait Visit {
    /// Takes a word's place in the text.
    fn word(&mut self, range: Range<usize>);
}

impl<F: FnMut(Range<usize>)> Visit for F {
    #[inline(always)]
    fn word(&mut self, range: Range<usize>) {
        self(range);
    }
}

/// Calls `visit` with every maximal run of at least `min_chars` word characters: Python's
/// `\b\w{min_chars,}\b`.
///
/// Sixty-four bytes at a time become a mask of word bytes, and runs are read from the places where it
/// changes. Characters that are not ASCII are looked up one by one and put into the mask.
#[inline(always)]
pub(super) fn for_each_run(text: &str, min_chars: usize, mut visit: impl Visit) {
    let bytes = text.as_bytes();
    let mut ascii = true;
    // The start of the run that the last block ended in; bits of a character that the last block
    // began.
    let mut open = None;
    let mut spilled = Spilled::default();
    let mut base = 0;
    loop {
        let mut last = [0; BLOCK];
        let whole = bytes.get(base..).and_then(|rest| rest.first_chunk());
        let block = whole.unwrap_or_else(|| {
            // Zeros after the end are no word bytes: they close the last run.
            last[..bytes.len() - base].copy_from_slice(&bytes[base..]);
            &last
        });
        let mut mask = Mask::of(block);
        if mask.wide != 0 {
            ascii = false;
            spilled.complete(&mut mask, text, base);
        }
        let word = mask.word;
        let mut changes = word ^ (word << 1 | u64::from(open.is_some()));
        let next = |changes: &mut u64| {
            let at = base + changes.trailing_zeros() as usize;
            *changes &= changes.wrapping_sub(1);
            at
        };
        while changes != 0 {
            let start = match open.take() {
                Some(start) => start,
                None => next(&mut changes),
            };
            if changes == 0 {
                open = Some(start);
                break;
            }
            let end = next(&mut changes);
            // The one place that calls `visit`, so that it becomes part of this loop.
            if end - start >= min_chars && (ascii || count(&bytes[start..end]) >= min_chars) {
                visit.word(start..end);
            }
        }
        if whole.is_none() {
            break;
        }
        base += BLOCK;
    }
}

/// How many characters these whole characters' bytes are.
#[inline(never)]
fn count(bytes: &[u8]) -> usize {
    bytes.iter().filter(|&&byte| byte & 0xC0 != 0x80).count()
}

/// The bytes in the next block of a character that begins in this one.
#[derive(Default)]
struct Spilled {
    bytes: u64,
    word: u64,
}

impl Spilled {
    /// Puts the characters that are not ASCII into the mask of the block at `base`.
    #[cold]
    fn complete(&mut self, mask: &mut Mask, text: &str, base: usize) {
        mask.word |= self.word;
        let mut wide = mask.wide & !self.bytes;
        *self = Self::default();
        while wide != 0 {
            let at = wide.trailing_zeros();
            let Some(c) = text
                .get(base + at as usize..)
                .and_then(|rest| rest.chars().next())
            else {
                return;
            };
            let bytes = ((1_u128 << c.len_utf8()) - 1) << at;
            wide &= !(bytes as u64);
            self.bytes = (bytes >> BLOCK) as u64;
            if is_word(c) {
                mask.word |= bytes as u64;
                self.word = self.bytes;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The reference: character by character.
    fn reference(text: &str, min_chars: usize) -> Vec<&str> {
        let runs = text.split(|c| !is_word(c));
        runs.filter(|run| !run.is_empty() && run.chars().count() >= min_chars)
            .collect()
    }

    proptest! {
        #[test]
        fn blocks_find_what_single_characters_find(
            text in "(\\PC|[a-z_ ]|[é中न\u{94d}\u{301}²𝔸İ. ]|[a-zA-Z]{50,70}){0,150}",
            min_chars in 1_usize..4,
        ) {
            let mut found = Vec::new();
            for_each_run(&text, min_chars, |range| found.push(&text[range]));
            prop_assert_eq!(found, reference(&text, min_chars));
        }
    }

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
