//! A table of pairs of numbers: an n-gram is what the words before its last became, and its last word.

use super::{
    hash_table::{NONE, move_all},
    term_key::{folded, home},
};
use crate::util::{
    huge_pages::Zeroed,
    seed::{self, seed},
};

/// A pair that was formed and not looked up yet.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct HashedPair {
    pair: u64,
    hash: u64,
}

impl HashedPair {
    /// `first` and `second` are below [`NONE`]. Only for a table that is there, as [a key's hash](super::Key::hash).
    #[inline(always)]
    pub(crate) fn of(first: u32, second: u32) -> Self {
        let pair = u64::from(first) << 32 | u64::from(second);
        Self {
            pair,
            hash: folded(pair ^ seed::<0>(), seed::<2>()),
        }
    }

    /// Both numbers.
    pub(crate) fn numbers(self) -> (u32, u32) {
        ((self.pair >> 32) as u32, self.pair as u32)
    }
}

/// A pair, and its number plus one; free where the latter is zero. Four lie in a cache line, and none in two.
type PairSlot = [u64; 2];

/// Pairs and their numbers. At least three eighths of the slots are free, so every search ends soon.
#[derive(Debug, Clone)]
pub(crate) struct PairTable {
    slots: Zeroed<PairSlot>,
    len: usize,
}

impl Default for PairTable {
    fn default() -> Self {
        Self::with_room_for(0)
    }
}

impl PairTable {
    /// A table that takes `n` pairs without growing.
    pub(crate) fn with_room_for(n: usize) -> Self {
        seed::choose();
        Self {
            slots: Zeroed::new((n * 2).next_power_of_two().max(16)),
            len: 0,
        }
    }

    /// Asks for the slot where the search for a pair will begin.
    #[inline(always)]
    pub(crate) fn prefetch(&self, pair: HashedPair) {
        crate::util::simd::prefetch(&self.slots, home(pair.hash, self.slots.len()));
    }

    /// The number of a pair, or the free slot where it belongs.
    #[inline(always)]
    pub(crate) fn find(&self, HashedPair { pair, hash }: HashedPair) -> Result<u32, usize> {
        let slots = &*self.slots;
        let last = slots.len() - 1;
        let mut at = home(hash, slots.len());
        loop {
            let [key, number] = slots[at & last];
            if number == 0 {
                return Err(at & last);
            }
            if key == pair {
                return Ok(number as u32 - 1);
            }
            at += 1;
        }
    }

    /// Puts a pair that is not there into the free slot that [`find`](Self::find) gave.
    #[inline]
    pub(crate) fn put(&mut self, free: usize, HashedPair { pair, .. }: HashedPair, number: u32) {
        debug_assert!(number != NONE);
        self.slots[free] = [pair, u64::from(number) + 1];
        self.len += 1;
        // Not at a half: to fill twice the memory with zeros takes longer than searches that go on a little.
        if self.len * 8 > self.slots.len() * 5 {
            self.grow();
        }
    }

    /// Which of the numbers below `n` begin a pair, a bit each.
    pub(super) fn firsts(&self, n: usize) -> Vec<u64> {
        let mut bits = vec![0; n.div_ceil(64)];
        for &[pair, number] in &*self.slots {
            let first = (pair >> 32) as usize;
            // Free slots have a pair of zeros.
            bits[first / 64] |= u64::from(number != 0) << (first % 64);
        }
        bits
    }

    /// Bytes of memory.
    #[cfg(feature = "dataset")]
    pub(crate) fn memory(&self) -> usize {
        size_of_val(&*self.slots)
    }

    /// Whether seven eighths of the pairs are there that it takes before it grows.
    #[cfg(feature = "dataset")]
    pub(crate) fn grows_soon(&self) -> bool {
        self.len * 64 > self.slots.len() * 35
    }

    /// Forgets all pairs, keeping the room.
    #[cfg(any(feature = "dataset", test))]
    pub(crate) fn clear(&mut self) {
        if self.len > 0 {
            self.slots.fill([0; 2]);
            self.len = 0;
        }
    }

    #[cold]
    fn grow(&mut self) {
        let mut larger = Self::with_room_for(self.slots.len());
        move_all(&self.slots, &mut larger.slots, |&[pair, _]| {
            HashedPair::of((pair >> 32) as u32, pair as u32).hash
        });
        larger.len = self.len;
        *self = larger;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vocabulary::flood;
    use proptest::prelude::*;
    use std::collections::HashMap;

    #[test]
    fn pairs_that_were_chosen_to_lie_together_do_not() {
        let pairs = flood::flooded_pairs(20_000);
        let mut table = PairTable::default();
        for (number, &(first, second)) in (0..).zip(&pairs) {
            let pair = HashedPair::of(first, second);
            let free = table.find(pair).expect_err("pairs are distinct");
            table.put(free, pair, number);
        }
        let last = table.slots.len() - 1;
        let steps = |&(first, second): &(u32, u32)| {
            let pair = HashedPair::of(first, second);
            let home = home(pair.hash, table.slots.len());
            let at = (home..=home + last).find(|at| table.slots[at & last][0] == pair.pair);
            at.map_or(0, |at| at - home)
        };
        let steps: usize = pairs.iter().map(steps).sum();
        assert!(steps < pairs.len() * 4, "{steps} for {} pairs", pairs.len());
    }

    proptest! {
        #[test]
        fn is_a_map(pairs in prop::collection::vec((0_u32..40, prop_oneof![0_u32..40, Just(u32::MAX - 2)]), 0..900)) {
            let mut table = PairTable::default();
            let mut map = HashMap::new();
            for (number, &(first, second)) in (0..).zip(&pairs) {
                let pair = HashedPair::of(first, second);
                prop_assert_eq!(pair.numbers(), (first, second));
                match table.find(pair) {
                    Ok(found) => prop_assert_eq!(Some(&found), map.get(&(first, second))),
                    Err(free) => {
                        prop_assert!(map.insert((first, second), number).is_none());
                        table.put(free, pair, number);
                    }
                }
            }
            for (&(first, second), &number) in &map {
                prop_assert_eq!(table.find(HashedPair::of(first, second)), Ok(number));
            }
            table.clear();
            prop_assert!(table.find(HashedPair::of(0, 0)).is_err());
        }
    }
}
