//! A table of the terms that are looked up most: four of its slots lie in a cache line, and none in two.

use std::hint::select_unpredictable;

use super::term_key::{HashedKey, Key, home};
use crate::util::{huge_pages::Zeroed, seed};

/// The longest term that a slot holds whole: all but one word in fifty to two hundred of news.
pub(crate) const SHORT: usize = 12;

/// The first eight bytes of a term; the next four and, above them, its number. Free where the first
/// eight are zeros.
type ShortSlot = [u64; 2];

/// Terms of up to [`SHORT`] bytes and their numbers. At least half of the slots are free, so every
/// search ends soon.
#[derive(Debug, Clone)]
pub(crate) struct ShortTable(Zeroed<ShortSlot>);

/// A table, ready for many searches.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ShortSlots<'a>(&'a [ShortSlot]);

/// A word of up to [`SHORT`] bytes that is looked up: its bytes, and where the search begins.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct ShortWord {
    low: u64,
    rest: u32,
    at: u32,
}

impl ShortTable {
    pub(crate) fn with_room_for(n: usize) -> Self {
        seed::choose();
        Self(Zeroed::new((n * 2).next_power_of_two().max(16)))
    }

    /// Whether a term of so many bytes is short enough; `key` is its key, if so. One that begins with a
    /// zero, which no word does, might look like a free slot.
    #[inline(always)]
    pub(crate) fn takes(length: usize, key: Key) -> bool {
        length <= SHORT && key.low as u8 != 0
    }

    /// Puts in those of `len` distinct terms that it [`takes`](Self::takes), for which there is room, and gives the
    /// numbers of the others. `term` says how long a term is, and its key. Its number is its position: the
    /// first ones are found soonest.
    pub(crate) fn fill(&mut self, len: usize, term: impl Fn(usize) -> (usize, Key)) -> Vec<u32> {
        /// Terms that are put in together, so that their slots come from memory at the same time.
        const MOST: usize = 32;
        let mut waiting = [(HashedKey::default(), 0); MOST];
        let mut n = 0;
        let mut others = Vec::new();
        for value in 0..len {
            let (length, key) = term(value);
            if !Self::takes(length, key) {
                others.push(value as u32);
                continue;
            }
            let word = HashedKey::of(key);
            self.slots().prefetch(word.hash);
            waiting[n % MOST] = (word, value as u32);
            n += 1;
            if n == MOST {
                self.insert_all(&waiting);
                n = 0;
            }
        }
        self.insert_all(&waiting[..n]);
        others
    }

    fn insert_all(&mut self, terms: &[(HashedKey, u32)]) {
        let last = self.0.len() - 1;
        for &(HashedKey { key, hash }, value) in terms {
            let mut at = home(hash, self.0.len());
            while self.0[at & last][0] != 0 {
                at += 1;
            }
            self.0[at & last] = [key.low, key.high & 0xFFFF_FFFF | u64::from(value) << 32];
        }
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
        crate::util::simd::prefetch(self.0, home(hash, self.0.len()));
    }

    /// As [`prefetch`](Self::prefetch); what is returned is [found](Self::find) when the slot is there.
    #[inline(always)]
    pub(crate) fn ask(self, key: Key) -> ShortWord {
        let at = home(key.hash(), self.0.len());
        crate::util::simd::prefetch(self.0, at);
        ShortWord {
            low: key.low,
            rest: key.high as u32,
            at: at as u32,
        }
    }

    /// The number of a word, or `none`.
    #[inline(always)]
    pub(crate) fn find(self, ShortWord { low, rest, at }: ShortWord, none: u32) -> u32 {
        let [slot_low, slot_rest] = self.0[at as usize];
        let other = (slot_low ^ low) | u64::from(slot_rest as u32 ^ rest);
        // Whether the word is there or the slot is free cannot be foretold: as one condition it is one branch.
        if (other.trailing_zeros() | slot_low.trailing_zeros()) & 64 == 0 {
            return self.find_after(at, low, rest, none);
        }
        select_unpredictable(other == 0, (slot_rest >> 32) as u32, none)
    }

    /// As [`find`](Self::find), where the slot is taken by another word.
    #[cold]
    #[inline(never)]
    fn find_after(self, at: u32, low: u64, rest: u32, none: u32) -> u32 {
        let last = self.0.len() - 1;
        let mut at = at as usize;
        loop {
            at += 1;
            let [slot_low, slot_rest] = self.0[at & last];
            if slot_low == low && slot_rest as u32 == rest {
                return (slot_rest >> 32) as u32;
            }
            if slot_low == 0 {
                return none;
            }
        }
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
        let mut words: Vec<String> = (0..3000_u64).map(|n| format!("{:x}", n * n * n)).collect();
        words.dedup();
        // As many as there is room for, so that searches go on from the end to the beginning.
        let others = words.split_off(2048);
        let known = words.len();
        words.extend(["", "\0a", "thirteen byte", "more than fifteen bytes"].map(String::from));
        let key = |word: &str| Key::of(word.as_bytes());
        let mut table = ShortTable::with_room_for(known);
        let left = table.fill(words.len(), |at| (words[at].len(), key(&words[at])));
        assert_eq!(left, [2048, 2049, 2050, 2051_u32]);
        let get = |word: &str| table.slots().get(key(word), key(word).hash());
        for (value, word) in words[..known].iter().enumerate() {
            assert_eq!(get(word), Some(value as u32));
        }
        assert!(others.iter().all(|word| get(word).is_none()));
        let slots = table.slots();
        for word in words[..known].iter().chain(&others) {
            let none = u32::MAX;
            assert_eq!(
                slots.find(slots.ask(key(word)), none),
                get(word).unwrap_or(none)
            );
        }
        let free = table.0.iter().filter(|slot| slot[0] == 0).count();
        assert_eq!(table.0.len() - free, known);
    }

    #[test]
    fn what_fits() {
        let takes = |term: &str| ShortTable::takes(term.len(), Key::of(term.as_bytes()));
        assert!(!takes("") && !takes("\0a"));
        assert!(takes("twelve bytes") && !takes("thirteen byte"));
    }
}
