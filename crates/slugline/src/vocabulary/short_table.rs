//! A table of the terms that are looked up most: four of its slots lie in a cache line, and none in two.

use super::key::{Key, home};
use crate::zeroed::Zeroed;

/// The longest term that a slot holds whole: all but one word in fifty to two hundred of news.
pub(crate) const SHORT: usize = 12;

/// The first eight bytes of a term; the next four and, above them, its number. Free where the first
/// eight are zeros.
type Slot = [u64; 2];

/// Terms of up to [`SHORT`] bytes and their numbers. At least half of the slots are free, so every
/// search ends soon.
#[derive(Debug, Clone)]
pub(crate) struct ShortTable(Zeroed<Slot>);

/// A table, ready for many searches.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ShortSlots<'a>(&'a [Slot]);

impl ShortTable {
    pub(crate) fn with_room_for(n: usize) -> Self {
        Self(Zeroed::new((n * 2).next_power_of_two().max(16)))
    }

    /// Whether a term is short enough. One that begins with zeros, which no word does, would look like a
    /// free slot.
    pub(crate) fn takes(term: &[u8]) -> bool {
        (1..=SHORT).contains(&term.len()) && term[0] != 0
    }

    /// Puts a term that it [`takes`](Self::takes) and that is not there, while there is room.
    pub(crate) fn insert(&mut self, key: Key, hash: u64, value: u32) {
        let last = self.0.len() - 1;
        let mut at = home(hash, self.0.len());
        while self.0[at & last][0] != 0 {
            at += 1;
        }
        self.0[at & last] = [key.low, key.high & 0xFFFF_FFFF | u64::from(value) << 32];
    }

    #[inline(always)]
    pub(crate) fn slots(&self) -> ShortSlots<'_> {
        ShortSlots(&self.0)
    }
}

impl ShortSlots<'_> {
    /// Asks for the slot where the search for a key with this hash will begin.
    #[inline(always)]
    pub(crate) fn prefetch(self, hash: u64) {
        crate::kernel::prefetch(self.0, home(hash, self.0.len()));
    }

    /// The number of a word of up to [`SHORT`] bytes.
    #[inline(always)]
    pub(crate) fn get(self, key: Key, hash: u64) -> Option<u32> {
        let last = self.0.len() - 1;
        let mut at = home(hash, self.0.len());
        loop {
            let [low, rest] = self.0[at & last];
            if low == key.low && rest as u32 == key.high as u32 {
                return Some((rest >> 32) as u32);
            }
            if low == 0 {
                return None;
            }
            at += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_their_numbers() {
        let words: Vec<String> = (0..3000_u64).map(|n| format!("{:x}", n * n * n)).collect();
        let mut table = ShortTable::with_room_for(words.len());
        let (known, others) = words.split_at(2000);
        for (value, word) in known.iter().enumerate() {
            assert!(ShortTable::takes(word.as_bytes()));
            let key = Key::of(word.as_bytes());
            table.insert(key, key.hash(), value as u32);
        }
        let get = |word: &str| {
            let key = Key::of(word.as_bytes());
            table.slots().get(key, key.hash())
        };
        for (value, word) in known.iter().enumerate() {
            assert_eq!(get(word), Some(value as u32));
        }
        assert!(others.iter().all(|word| get(word).is_none()));
        assert!(!ShortTable::takes(b"") && !ShortTable::takes(b"\0a"));
        assert!(ShortTable::takes(b"twelve bytes") && !ShortTable::takes(b"thirteen byte"));
    }
}
