//! The words of ASCII text, a piece at a time: folded and found in one pass, in a buffer that stays in the nearest
//! cache.

use std::array;

use crate::util::simd::top_bits;

/// Bytes read together.
pub(crate) const PIECE: usize = 512;
/// Bytes of a mask.
const BLOCK: usize = 64;
/// Places written at once, whether there are so many or not.
const AT_ONCE: usize = 8;
/// Bytes that can be read from any place of a piece on.
pub(crate) const WINDOW: usize = 16;

/// How ASCII text is read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AsciiFold {
    pub(super) lowercase: bool,
    /// The least length of a word.
    pub(crate) min_chars: usize,
}

/// A piece of a text, and where its words are.
///
/// Folding a whole text first, and finding its words afterwards, takes three more passes over memory. With a table in
/// place of bit by bit, no branch depends on the number of words.
#[derive(Debug, Clone)]
pub(crate) struct AsciiPiece {
    bytes: [u8; PIECE + WINDOW],
    places: [u16; PIECE + AT_ONCE],
    len: usize,
}

impl Default for AsciiPiece {
    fn default() -> Self {
        Self {
            bytes: [0; PIECE + WINDOW],
            places: [0; PIECE + AT_ONCE],
            len: 0,
        }
    }
}

impl AsciiPiece {
    /// Reads the beginning of a text, and returns how many bytes were read: up to the beginning of a word that goes on,
    /// perhaps. None where that word is as long as the piece, and where there are characters that are not ASCII.
    #[inline(always)]
    pub(crate) fn read(&mut self, text: &[u8], fold: AsciiFold) -> Option<usize> {
        let mut words = [0; PIECE / BLOCK];
        let mut blocks = 0;
        for (at, word) in (0..PIECE).step_by(BLOCK).zip(&mut words) {
            let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) else {
                break;
            };
            let block = rest.first_chunk().copied();
            let block = block.unwrap_or_else(|| padded(rest));
            if top_bits(&block) != 0 {
                return None;
            }
            let (folded, is_word) = fold_block(block, fold.lowercase);
            if let Some(to) = self.bytes[at..].first_chunk_mut() {
                *to = folded;
            }
            *word = is_word;
            blocks += 1;
        }
        let mut places = 0;
        // 1 where the last block ended inside a word.
        let mut inside = 0;
        for n in 0..blocks {
            let mut word = words[n];
            if fold.min_chars > 1 {
                // A byte between two that are no word bytes is too short a word. What follows the last byte of the
                // piece is not known yet: the word there goes on.
                let next = words.get(n + 1).map_or(1, |next| next & 1);
                word &= (word << 1 | inside) | (word >> 1 | next << (BLOCK - 1));
            }
            let changes = word ^ (word << 1 | inside);
            inside = word >> (BLOCK - 1);
            for (byte, bits) in changes.to_le_bytes().into_iter().enumerate() {
                let first = &FIRST[(n * 8 + byte) & (FIRST.len() - 1)];
                let bit = &BITS[usize::from(bits)];
                if let Some(to) = self.places[places & (PIECE - 1)..].first_chunk_mut::<AT_ONCE>() {
                    *to = array::from_fn(|n| first[n] + bit[n]);
                }
                places += bits.count_ones() as usize;
            }
        }
        if text.len() < PIECE {
            // The last word may end where the last block does.
            if let Some(end) = self.places.get_mut(places).filter(|_| inside == 1) {
                *end = text.len() as u16;
                places += 1;
            }
            self.len = places;
            return Some(text.len());
        }
        self.len = places & !1;
        match (inside, places) {
            (0, _) => Some(PIECE),
            (_, 0) => None,
            _ => match self.places[(places - 1) & (PIECE - 1)] {
                0 => None,
                start => Some(usize::from(start)),
            },
        }
    }

    /// The starts and ends of the words; where words have three characters or more, of all runs of two.
    #[inline(always)]
    pub(crate) fn runs(&self) -> impl Iterator<Item = (usize, usize)> {
        let (pairs, _) = self.places[..self.len.min(PIECE)].as_chunks::<2>();
        pairs
            .iter()
            .map(|&[start, end]| (usize::from(start), usize::from(end)))
    }

    /// The bytes from a place in the piece on.
    #[inline(always)]
    pub(crate) fn window(&self, start: usize) -> &[u8; WINDOW] {
        let start = start & (PIECE - 1);
        // There are always so many.
        self.bytes[start..].first_chunk().unwrap_or(&[0; WINDOW])
    }

    /// The bytes of a word.
    pub(crate) fn bytes(&self, start: usize, end: usize) -> &[u8] {
        self.bytes.get(start..end).unwrap_or_default()
    }
}

/// The bytes of a block in lower case, if wanted, and a bit for each word byte.
#[inline(always)]
fn fold_block(block: [u8; BLOCK], lowercase: bool) -> ([u8; BLOCK], u64) {
    let case = u8::from(lowercase) << 5;
    let letters = block.map(|byte| mask((byte | 0x20).wrapping_sub(b'a') < 26));
    let others = block.map(|byte| mask(byte.wrapping_sub(b'0') < 10 || byte == b'_'));
    let folded = array::from_fn(|n| block[n] | letters[n] & case);
    let words = array::from_fn(|n| letters[n] | others[n]);
    (folded, top_bits(&words))
}

/// 255 where it is so, else 0: the same as a comparison of vectors gives.
#[inline(always)]
fn mask(is_so: bool) -> u8 {
    u8::from(is_so).wrapping_neg()
}

/// The last bytes of a text, before zeros.
#[inline(always)]
fn padded(rest: &[u8]) -> [u8; BLOCK] {
    let mut block = [0; BLOCK];
    block[..rest.len()].copy_from_slice(rest);
    block
}

/// The places of the first bits of the bytes of a piece's masks: to load eight copies takes one instruction, to make
/// them three.
static FIRST: [[u16; AT_ONCE]; PIECE / 8] = {
    let mut first = [[0; AT_ONCE]; PIECE / 8];
    let mut byte = 0;
    while byte < PIECE / 8 {
        first[byte] = [byte as u16 * 8; AT_ONCE];
        byte += 1;
    }
    first
};

/// The places of the ones in a byte.
static BITS: [[u16; 8]; 256] = {
    let mut places = [[0; 8]; 256];
    let mut byte = 0;
    while byte < 256 {
        let (mut bit, mut n) = (0, 0);
        while bit < 8 {
            if byte >> bit & 1 == 1 {
                places[byte][n] = bit as u16;
                n += 1;
            }
            bit += 1;
        }
        byte += 1;
    }
    places
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{BoundaryBuffer, WordStream};
    use proptest::prelude::*;

    /// The words that are read piece by piece, and how many bytes were.
    fn read(text: &str, lowercase: bool, min_chars: usize) -> (Vec<String>, usize) {
        let fold = AsciiFold {
            lowercase,
            min_chars,
        };
        let (mut piece, mut words, mut at) = (AsciiPiece::default(), Vec::new(), 0);
        // What an earlier text has left there makes no difference.
        piece.places.fill(u16::MAX);
        while at < text.len() {
            let Some(read) = piece.read(&text.as_bytes()[at..], fold) else {
                break;
            };
            assert!(read > 0);
            at += read;
            for (start, end) in piece.runs() {
                let word = piece.bytes(start, end);
                let len = word.len().min(WINDOW);
                assert_eq!(piece.window(start)[..len], word[..len]);
                // The counter has no look at runs of one byte where words have two.
                assert!(min_chars != 2 || word.len() >= 2);
                if word.len() >= min_chars {
                    words.push(String::from_utf8(word.to_vec()).unwrap());
                }
            }
        }
        (words, at)
    }

    proptest! {
        #[test]
        fn pieces_have_the_words_of_the_text(
            text in "([a-zA-Z0-9_]{1,3}|[ -~]|[\\x00-\\x7f]|[A-Z]{1,30}|[a-z]{500,520} ?|[é中]{0,1}){0,300}",
            lowercase in any::<bool>(),
            min_chars in 1_usize..5,
        ) {
            let (mut found, at) = read(&text, lowercase, min_chars);
            prop_assert!(text.is_char_boundary(at));
            let folded = if lowercase { text.to_ascii_lowercase() } else { text.clone() };
            let words = |text: &str| {
                let mut words = Vec::new();
                WordStream { text, min_chars }.for_each_word(&mut BoundaryBuffer::default(), |start, end| {
                    words.push(text[start..end].to_owned());
                });
                words
            };
            found.extend(words(&folded[at..]));
            prop_assert_eq!(found, words(&folded));
            let long = folded.split(|c| !super::super::is_word(c)).any(|word| word.len() >= PIECE);
            prop_assert!(at == text.len() || !text.is_ascii() || long);
        }
    }

    /// Words of one and two bytes, at every place of a block and at the ends of texts.
    #[test]
    fn the_ends_of_blocks() {
        for before in 0..PIECE + 2 {
            for text in ["a", "ab", "a ", "ab ", "a de", "ab de"] {
                let text = format!("{}{text}", " ".repeat(before));
                let expected: Vec<&str> = text
                    .split_whitespace()
                    .filter(|word| word.len() > 1)
                    .collect();
                assert_eq!(
                    read(&text, true, 2),
                    (
                        expected.iter().map(|word| (*word).into()).collect(),
                        text.len()
                    )
                );
            }
        }
    }

    #[test]
    fn the_ends_of_pieces() {
        for length in [PIECE - 1, PIECE, PIECE + 1, 2 * PIECE] {
            let text: String = "ab ".chars().cycle().take(length).collect();
            let (words, at) = read(&text, true, 2);
            assert_eq!(at, length);
            assert!(words.iter().all(|word| word == "ab"));
            assert_eq!(
                words.len(),
                length.div_ceil(3) - usize::from(length % 3 == 1)
            );
            // A word that is as long as a piece is left.
            let text = "x".repeat(length);
            let (words, at) = read(&text, true, 2);
            assert_eq!(
                (words.len(), at),
                if length < PIECE { (1, length) } else { (0, 0) }
            );
        }
    }
}
