//! Word boundaries: which characters are part of a word, and the runs of them.

use unicode_properties::{GeneralCategoryGroup, UnicodeGeneralCategory};

use crate::util::simd::top_bits;

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

/// A folded text, to be read as words.
#[derive(Debug, Clone, Copy)]
pub(crate) struct WordStream<'a> {
    pub(crate) text: &'a str,
    /// The least length of a word, in characters.
    pub(super) min_chars: usize,
}

/// Bytes looked at together.
const BLOCK: usize = 64;
/// Blocks whose words are found before the first of them is visited.
const TOGETHER: usize = 8;
/// Places that are written at once, whether there are so many or not.
const AT_ONCE: usize = 8;

impl WordStream<'_> {
    /// The words from a byte on; ASCII before it, whose words were read.
    pub(crate) fn after(self, read: usize) -> Self {
        Self {
            text: self.text.get(read..).unwrap_or_default(),
            ..self
        }
    }

    /// Calls `visit` with the start and the end of every maximal run of at least `min_chars` word characters: Python's
    /// `\b\w{min_chars,}\b`.
    ///
    /// Sixty-four bytes at a time become a mask of word bytes. The places where it changes are written to
    /// a list, eight at a time without asking how many there are, since that cannot be foretold; then
    /// the runs are read from the list (after simdjson: Langdale, Lemire 2019). Characters that are not
    /// ASCII are looked up one by one and put into the mask.
    ///
    /// A closure that is more than a few instructions is marked `#[inline(always)]`: the compiler takes it for
    /// too large otherwise.
    #[inline(always)]
    pub(crate) fn for_each_word(
        self,
        BoundaryBuffer(room): &mut BoundaryBuffer,
        mut visit: impl FnMut(usize, usize),
    ) {
        let Self { text, min_chars } = self;
        let bytes = text.as_bytes();
        let mut places = Places {
            at: room,
            len: 0,
            inside: 0,
        };
        let mut ascii = true;
        // The start of a run that has not ended; bits of a character that the last block began.
        let mut open = None;
        let mut spilled = CarriedBytes::default();
        let mut base = 0;
        // One block more than are full: zeros after the end are no word bytes and close the last run.
        while base <= bytes.len() {
            let first = base;
            places.len = 0;
            for block in 0..TOGETHER {
                let mut last = [0; BLOCK];
                let whole = bytes.get(base..).and_then(|rest| rest.first_chunk());
                let bytes = whole.unwrap_or_else(|| {
                    let rest = bytes.get(base..).unwrap_or_default();
                    last[..rest.len()].copy_from_slice(rest);
                    &last
                });
                let mut mask = Mask::of(bytes);
                if mask.wide != 0 {
                    ascii = false;
                    spilled.complete(&mut mask, text, base);
                }
                places.add(mask.word, block * BLOCK, min_chars);
                base += BLOCK;
                if whole.is_none() {
                    break;
                }
            }
            // So many bytes are always characters enough: none has more than four.
            let surely = if ascii {
                min_chars
            } else {
                min_chars.saturating_mul(4)
            };
            let found = places.at.get(..places.len).unwrap_or_default().iter();
            let mut places = found.map(|&at| first + usize::from(at));
            let Some(mut start) = open.take().or_else(|| places.next()) else {
                continue;
            };
            loop {
                let Some(end) = places.next() else {
                    open = Some(start);
                    break;
                };
                // The one place that calls `visit`, so that it becomes part of this loop.
                if end - start >= surely || is_long_enough(&bytes[start..end], min_chars) {
                    visit(start, end);
                }
                match places.next() {
                    Some(next) => start = next,
                    None => break,
                }
            }
        }
    }
}

/// A buffer for the places in some blocks. Keep it between texts: to fill it with zeros takes as long as to find
/// four words.
#[derive(Debug, Clone)]
pub(crate) struct BoundaryBuffer([u16; TOGETHER * BLOCK + AT_ONCE]);

impl Default for BoundaryBuffer {
    fn default() -> Self {
        Self([0; TOGETHER * BLOCK + AT_ONCE])
    }
}

/// Bits of a block, the first byte's lowest. The comparisons become vector instructions by themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Mask {
    /// ASCII letters, digits and underscores.
    word: u64,
    /// Bytes of characters that are not ASCII.
    wide: u64,
}

impl Mask {
    #[inline(always)]
    fn of(block: &[u8; BLOCK]) -> Self {
        Self {
            word: top_bits(&block.map(|byte| u8::from(is_word_byte(byte)) << 7)),
            wide: top_bits(block),
        }
    }
}

#[inline(always)]
#[allow(
    clippy::needless_bitwise_bool,
    reason = "branches would keep it from becoming vector instructions"
)]
pub(super) fn is_word_byte(byte: u8) -> bool {
    // A letter in either case, a digit, an underscore.
    ((byte | 0x20).wrapping_sub(b'a') < 26) | (byte.wrapping_sub(b'0') < 10) | (byte == b'_')
}

/// The starts and ends of runs in some blocks, in turn, counted from the beginning of the first block.
struct Places<'a> {
    at: &'a mut [u16; TOGETHER * BLOCK + AT_ONCE],
    len: usize,
    /// 1 where the last block ended inside a run.
    inside: u64,
}

impl Places<'_> {
    /// Adds those of a block, whose first byte is the one at `first`.
    #[inline(always)]
    fn add(&mut self, mut word: u64, first: usize, min_chars: usize) {
        if min_chars > 1 {
            // A byte between two that are no word bytes is too short a run. What follows the last
            // byte is not known yet.
            word &= (word << 1 | self.inside) | (word >> 1 | 1 << (BLOCK - 1));
        }
        let mut changes = word ^ (word << 1 | self.inside);
        self.inside = word >> (BLOCK - 1);
        let mut left = changes.count_ones() as usize;
        let mut to = self.len;
        self.len += left;
        while let Some(places) = self.at.get_mut(to..to + AT_ONCE) {
            for place in places {
                *place = first as u16 + changes.trailing_zeros() as u16;
                changes &= changes.wrapping_sub(1);
            }
            if left <= AT_ONCE {
                break;
            }
            left -= AT_ONCE;
            to += AT_ONCE;
        }
    }
}

/// Whether these bytes of whole characters are so many characters.
#[cold]
fn is_long_enough(bytes: &[u8], min_chars: usize) -> bool {
    bytes.iter().filter(|&&byte| byte & 0xC0 != 0x80).count() >= min_chars
}

/// The bytes in the next block of a character that begins in this one.
#[derive(Default)]
struct CarriedBytes {
    bytes: u64,
    word: u64,
}

impl CarriedBytes {
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
        fn bits_are_the_bytes(bytes in prop::collection::vec(any::<u8>(), BLOCK)) {
            let block: [u8; BLOCK] = bytes.as_slice().try_into().unwrap();
            let mask = Mask::of(&block);
            for (at, &byte) in block.iter().enumerate() {
                let word = byte.is_ascii_alphanumeric() || byte == b'_';
                prop_assert_eq!(mask.word >> at & 1 == 1, word);
                prop_assert_eq!(mask.wide >> at & 1 == 1, byte >= 0x80);
            }
        }

        #[test]
        fn blocks_find_what_single_characters_find(
            text in "(\\PC|[a-z_ ]|[é中न\u{94d}\u{301}²𝔸İ. ]|[a-zA-Z]{50,70}){0,150}",
            min_chars in 1_usize..4,
        ) {
            let mut found = Vec::new();
            // What an earlier text has left there makes no difference.
            let mut room = BoundaryBuffer([u16::MAX; TOGETHER * BLOCK + AT_ONCE]);
            let words = WordStream { text: &text, min_chars };
            words.for_each_word(&mut room, |start, end| found.push(&text[start..end]));
            prop_assert_eq!(found, reference(&text, min_chars));
        }
    }

    #[test]
    fn runs() {
        let mut found = Vec::new();
        let text = "a bc, d_1 élan x! ²½ नमस्ते";
        let words = WordStream { text, min_chars: 2 };
        words.for_each_word(&mut BoundaryBuffer::default(), |start, end| {
            found.push(&text[start..end]);
        });
        assert_eq!(found, ["bc", "d_1", "élan", "²½", "नमस"]);
    }

    #[test]
    fn information_separators_are_space() {
        assert!(is_space('\u{1F}') && is_space('\u{2028}') && !is_space('\u{200B}'));
    }
}
