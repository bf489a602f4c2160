//! Terms as numbers: a short term is its own key, so that a look-up touches one slot and nothing else.

use crate::util::seed::seed;

/// The longest term that a key holds whole.
pub(crate) const INLINE: usize = 15;

/// The addition to the length in the top byte of a short term's key: no key is zero.
const SHORT: u64 = 0x10;
/// The top byte of a long term's key.
const LONG: u64 = 0xFF;

/// A term of up to [`INLINE`] bytes with its length, or a fingerprint of a longer one.
///
/// Keys of short terms are equal where the terms are. Where [`is_long`](Self::is_long), equal keys
/// still have to be compared by their bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Key {
    pub(crate) low: u64,
    pub(crate) high: u64,
}

impl Key {
    /// The key of a term.
    #[inline(never)]
    pub(crate) fn of(term: &[u8]) -> Self {
        if term.len() > INLINE {
            return Self {
                low: fingerprint(term),
                high: LONG << 56 | (term.len() as u64 & 0xFFFF_FFFF),
            };
        }
        let (low, high) = halves(term);
        Self {
            low,
            high: high | (SHORT + term.len() as u64) << 56,
        }
    }

    /// The key of the `length` bytes from `start` on, which there are.
    #[inline(always)]
    pub(crate) fn at(bytes: &[u8], start: usize, length: usize) -> Self {
        match bytes.get(start..).and_then(<[u8]>::first_chunk::<16>) {
            Some(sixteen) if length <= INLINE => Self::of_padded(sixteen, length),
            _ => Self::of(&bytes[start..start + length]),
        }
    }

    /// The key of the first `length` (at most [`INLINE`]) of these bytes.
    #[inline(always)]
    pub(crate) fn of_padded(bytes: &[u8; 16], length: usize) -> Self {
        let [low_mask, high_mask, tag, _] = MASKS[length & 0xF];
        let [low, high] = bytemuck::cast::<[u8; 16], [[u8; 8]; 2]>(*bytes).map(u64::from_le_bytes);
        Self {
            low: low & low_mask,
            high: high & high_mask | tag,
        }
    }

    /// The bytes of a short term, and how many there are.
    #[inline(always)]
    pub(crate) fn bytes(self) -> ([u8; 16], usize) {
        let bytes = bytemuck::cast([self.low.to_le_bytes(), self.high.to_le_bytes()]);
        (bytes, (self.high >> 56 & 0xF) as usize)
    }

    /// Whether the term is too long to be held whole.
    #[inline(always)]
    pub(crate) fn is_long(self) -> bool {
        self.high >> 56 == LONG
    }

    /// The hash, by which a search begins; only for a table that is there, since [the seeds](crate::util::seed) are
    /// chosen with the first one.
    #[inline(always)]
    pub(crate) fn hash(self) -> u64 {
        // After wyhash: one wide multiplication mixes both halves.
        folded(self.low ^ seed::<0>(), self.high ^ seed::<1>())
    }
}

/// The first slot of the search for a key with this hash, in a table of so many slots (a power of two).
#[inline(always)]
pub(super) fn home(hash: u64, n_slots: usize) -> usize {
    // The middle bits of a folded product are as good as any.
    (hash >> 20) as usize & (n_slots - 1)
}

/// Both halves of a product, as one number.
#[inline(always)]
pub(super) fn folded(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    product as u64 ^ (product >> 64) as u64
}

/// The fingerprint of a long term, eight bytes at a time (after wyhash).
fn fingerprint(term: &[u8]) -> u64 {
    let mut state = term.len() as u64 ^ seed::<0>();
    let (words, rest) = term.as_chunks::<8>();
    for word in words {
        state = folded(state ^ u64::from_le_bytes(*word), seed::<2>());
    }
    let mut tail = [0; 8];
    tail[..rest.len()].copy_from_slice(rest);
    folded(state ^ u64::from_le_bytes(tail), seed::<2>())
}

/// The bytes of a short term as two numbers, little-endian and padded with zeros. Read in pieces that overlap: to copy a
/// few bytes, of which how many is not known before, takes a call (7 % of a prediction with character n-grams).
#[inline(always)]
fn halves(term: &[u8]) -> (u64, u64) {
    let n = term.len();
    if let (Some(first), Some(last)) = (term.first_chunk(), term.last_chunk()) {
        let (first, last) = (u64::from_le_bytes(*first), u64::from_le_bytes(*last));
        return (first, last.unbounded_shr(8 * (16 - n as u32)));
    }
    if let (Some(first), Some(last)) = (term.first_chunk(), term.last_chunk()) {
        let (first, last) = (u32::from_le_bytes(*first), u32::from_le_bytes(*last));
        return (u64::from(first) | u64::from(last) << (8 * (n - 4)), 0);
    }
    let byte = |at: usize| term.get(at).map_or(0, |&byte| u64::from(byte) << (8 * at));
    (byte(0) | byte(1) | byte(2), 0)
}

/// The bits of the first 0 to 15 bytes, and the top byte of a term of so many.
static MASKS: [[u64; 4]; 16] = {
    let mut masks = [[0; 4]; 16];
    let mut length = 0;
    while length < 16 {
        let mask = (1_u128 << (length * 8)) - 1;
        let tag = (SHORT + length as u64) << 56;
        masks[length] = [mask as u64, (mask >> 64) as u64, tag, 0];
        length += 1;
    }
    masks
};

/// A word that was read and not looked up yet.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct HashedKey {
    pub(crate) key: Key,
    /// The key's hash: a search needs it twice, when it asks for the memory and when it looks there.
    pub(crate) hash: u64,
}

impl HashedKey {
    #[inline(always)]
    pub(crate) fn of(key: Key) -> Self {
        let hash = key.hash();
        Self { key, hash }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::util::seed::choose;
    use std::collections::HashSet;

    #[test]
    fn short_terms_are_their_keys() {
        choose();
        let all = b"abcdefghijklmno";
        let mut terms: Vec<&[u8]> = (0..=INLINE).map(|length| &all[..length]).collect();
        terms.extend([&b"\0"[..], b"\0\0", b"a\0"]);
        let keys: HashSet<(u64, u64)> = terms
            .iter()
            .map(|term| (Key::of(term).low, Key::of(term).high))
            .collect();
        assert_eq!(keys.len(), terms.len());
        for term in terms {
            let mut padded = [b'x'; 16];
            padded[..term.len()].copy_from_slice(term);
            assert_eq!(Key::of(term), Key::of_padded(&padded, term.len()));
            let (bytes, length) = Key::of(term).bytes();
            assert_eq!(&bytes[..length], term);
            assert!(!Key::of(term).is_long() && Key::of(term) != Key::default());
        }
        assert!(Key::of(b"abcdefghijklmnop").is_long());
    }

    #[test]
    fn hashes_of_similar_words_spread() {
        choose();
        // The bits that a table of 2^20 slots reads. 50,000 balls in as many boxes leave about 48,800
        // boxes taken.
        let places: HashSet<u64> = (0..50_000)
            .map(|n| Key::of(format!("w{n}").as_bytes()).hash() >> 20 & 0xF_FFFF)
            .collect();
        assert!(places.len() > 48_300, "{}", places.len());
    }
}
