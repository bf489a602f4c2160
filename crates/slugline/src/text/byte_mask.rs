//! A bit for each of 64 bytes: whether it is part of a word.
//!
//! The comparisons are ordinary Rust and become vector instructions by themselves.

use crate::util::simd::top_bits;

/// Bytes looked at together.
pub(super) const BLOCK: usize = 64;

/// Bits of a block, the first byte's lowest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Mask {
    /// ASCII letters, digits and underscores.
    pub(super) word: u64,
    /// Bytes of characters that are not ASCII.
    pub(super) wide: u64,
}

impl Mask {
    #[inline(always)]
    pub(super) fn of(block: &[u8; BLOCK]) -> Self {
        Self {
            word: top_bits(&block.map(|byte| u8::from(is_word(byte)) << 7)),
            wide: top_bits(block),
        }
    }
}

#[inline(always)]
#[allow(
    clippy::needless_bitwise_bool,
    reason = "branches would keep it from becoming vector instructions"
)]
fn is_word(byte: u8) -> bool {
    // A letter in either case, a digit, an underscore.
    ((byte | 0x20).wrapping_sub(b'a') < 26) | (byte.wrapping_sub(b'0') < 10) | (byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

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
    }
}
