//! The words of ASCII text, a piece at a time: folded and found in one pass, in a buffer that stays in the nearest
//! cache.

use super::word_boundaries::is_word_byte;
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
        let case = u8::from(fold.lowercase) << 5;
        let mut places = 0;
        // 1 where the last block ended inside a word.
        let mut inside = 0;
        for at in (0..PIECE).step_by(BLOCK) {
            let mut last = [0; BLOCK];
            let whole = text.get(at..).and_then(|rest| rest.first_chunk());
            let block = whole.unwrap_or_else(|| {
                let rest = text.get(at..).unwrap_or_default();
                last[..rest.len()].copy_from_slice(rest);
                &last
            });
            if top_bits(block) != 0 {
                return None;
            }
            if let Some(to) = self.bytes[at..].first_chunk_mut::<BLOCK>() {
                *to = block.map(|byte| byte | (u8::from(byte.wrapping_sub(b'A') < 26) << 5) & case);
            }
            let mut word = top_bits(&block.map(|byte| u8::from(is_word_byte(byte)) << 7));
            if fold.min_chars > 1 {
                // A byte between two that are no word bytes is too short a word. What follows the last byte is not
                // known yet.
                word &= (word << 1 | inside) | (word >> 1 | 1 << (BLOCK - 1));
            }
            let changes = word ^ (word << 1 | inside);
            inside = word >> (BLOCK - 1);
            for (byte, bits) in changes.to_le_bytes().into_iter().enumerate() {
                let first = (at + byte * 8) as u16;
                if let Some(to) = self.places[places & (PIECE - 1)..].first_chunk_mut::<AT_ONCE>() {
                    *to = BITS[usize::from(bits)].map(|bit| first + bit);
                }
                places += bits.count_ones() as usize;
            }
            if whole.is_none() {
                self.len = places;
                return Some(text.len());
            }
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

    /// The starts and ends of the words, and of runs that are too short.
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
