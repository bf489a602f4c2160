//! An open-addressing table from keys to numbers.

use super::term_key::{Key, home};
use crate::util::{huge_pages::Zeroed, seed};

/// The number of no key: the search found nothing.
pub(crate) const NONE: u32 = u32::MAX;

/// A key's two halves and its number; free where the second half is zero, which no term's key has.
type KeySlot = [u64; 3];

/// Keys and their numbers. At least half of the slots are free, so every search ends soon; where keys are
/// [put densely](KeyTable::put_densely), three eighths are.
#[derive(Debug, Clone)]
pub(crate) struct KeyTable {
    slots: Zeroed<KeySlot>,
    len: usize,
}

impl Default for KeyTable {
    fn default() -> Self {
        Self::with_room_for(0)
    }
}

/// A table, ready for many searches.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Slots<'a>(&'a [KeySlot]);

impl Slots<'_> {
    /// Asks for the slot where the search for a key with this hash will begin.
    #[inline(always)]
    pub(crate) fn prefetch(self, hash: u64) {
        crate::util::simd::prefetch(self.0, home(hash, self.0.len()));
    }

    /// As [`prefetch`](Self::prefetch), for a slot that is not read at once: one in four lies in two lines.
    #[inline(always)]
    pub(crate) fn prefetch_whole(self, hash: u64) {
        let at = home(hash, self.0.len());
        crate::util::simd::prefetch(self.0, at);
        crate::util::simd::prefetch(self.0.as_flattened(), at * 3 + 2);
    }

    /// The number of a key; [`NONE`] where it has none. `same` tells whether a long term is the one
    /// with this number.
    #[inline(always)]
    pub(crate) fn get(self, key: Key, same: impl Fn(u32) -> bool) -> u32 {
        self.find(key, same).unwrap_or(NONE)
    }

    /// The number of a key, or the free slot where it belongs.
    #[inline(always)]
    pub(crate) fn find(self, key: Key, same: impl Fn(u32) -> bool) -> Result<u32, usize> {
        self.find_hashed(key, key.hash(), same)
    }

    /// As [`find`](Self::find), for a key whose hash is known.
    #[inline(always)]
    pub(crate) fn find_hashed(
        self,
        key: Key,
        hash: u64,
        same: impl Fn(u32) -> bool,
    ) -> Result<u32, usize> {
        let last = self.0.len() - 1;
        let mut at = home(hash, self.0.len());
        loop {
            let [low, high, value] = self.0[at & last];
            if low == key.low && high == key.high && (!key.is_long() || same(value as u32)) {
                return Ok(value as u32);
            }
            if high == 0 {
                return Err(at);
            }
            at = (at + 1) & last;
        }
    }
}

impl KeyTable {
    /// A table that takes `n` keys without growing.
    pub(crate) fn with_room_for(n: usize) -> Self {
        seed::choose();
        Self {
            slots: Zeroed::new((n * 2).next_power_of_two().max(16)),
            len: 0,
        }
    }

    /// As [`with_room_for`](Self::with_room_for), with as much room again where that is not much: more
    /// searches end where they begin.
    pub(crate) fn with_ample_room_for(n: usize) -> Self {
        /// A quarter of a million terms: 25 MB.
        const MANY: usize = 1 << 18;
        Self::with_room_for(if n <= MANY { n * 2 } else { n })
    }

    /// The table for searching.
    #[inline(always)]
    pub(crate) fn slots(&self) -> Slots<'_> {
        Slots(&self.slots)
    }

    /// Puts a key that is not there into the free slot that [`Slots::find`] gave.
    #[inline]
    pub(crate) fn put(&mut self, free: usize, key: Key, value: u32) {
        self.place(free, key, value);
        if self.len * 2 > self.slots.len() {
            self.grow();
        }
    }

    /// As [`put`](Self::put), but the table grows later: what is remembered may be much, and to grow in
    /// the middle of a prediction takes longer than searches that go on a little.
    pub(crate) fn put_densely(&mut self, free: usize, key: Key, value: u32) {
        self.place(free, key, value);
        if self.len * 8 > self.slots.len() * 5 {
            self.grow();
        }
    }

    #[inline(always)]
    fn place(&mut self, free: usize, key: Key, value: u32) {
        self.slots[free] = [key.low, key.high, u64::from(value)];
        self.len += 1;
    }

    /// Puts a key that is not there.
    pub(crate) fn insert(&mut self, key: Key, value: u32) {
        let slots = self.slots();
        if let Err(free) = slots.find(key, |_| false) {
            self.put(free, key, value);
        }
    }

    /// Number of keys.
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// Bytes of memory.
    #[cfg(any(feature = "dataset", test))]
    pub(crate) fn memory(&self) -> usize {
        size_of_val(&*self.slots)
    }

    /// Whether seven eighths of the keys are there that it takes before it grows.
    #[cfg(feature = "dataset")]
    pub(crate) fn grows_soon(&self) -> bool {
        self.len * 16 > self.slots.len() * 7
    }

    /// Puts the number `new(number)` in the place of each. Asks for that of others, too: which slots are
    /// free cannot be foretold, and what number lies in one does not matter.
    pub(crate) fn renumber(&mut self, new: impl Fn(u32) -> u32) {
        for [_, _, value] in &mut *self.slots {
            *value = u64::from(new(*value as u32));
        }
    }

    /// Forgets all keys, keeping the room.
    pub(crate) fn clear(&mut self) {
        if self.len > 0 {
            self.slots.fill([0; 3]);
            self.len = 0;
        }
    }

    #[cold]
    fn grow(&mut self) {
        let mut larger = Self::with_room_for(self.slots.len());
        move_all(&self.slots, &mut larger.slots, |&[low, high, _]| {
            Key { low, high }.hash()
        });
        larger.len = self.len;
        *self = larger;
    }
}

/// Puts all slots into a larger table that is empty; free are those whose second number is zero.
pub(super) fn move_all<const N: usize>(
    from: &[[u64; N]],
    to: &mut [[u64; N]],
    hash: impl Fn(&[u64; N]) -> u64,
) {
    let last = to.len() - 1;
    // All keys are distinct, so each goes to the first free slot.
    for slot in from.iter().filter(|slot| slot[1] != 0) {
        let mut at = home(hash(slot), to.len());
        while to[at & last][1] != 0 {
            at += 1;
        }
        to[at & last] = *slot;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vocabulary::flood;

    #[test]
    fn words_that_were_chosen_to_lie_together_do_not() {
        let flooded = flood::flooded(20_000);
        let random: Vec<String> = flood::words().take(20_000).collect();
        let long: Vec<String> = flooded.iter().map(|word| format!("{word}{word}")).collect();
        for words in [random, flooded, long] {
            let mut table = KeyTable::default();
            for (value, word) in (0..).zip(&words) {
                table.insert(Key::of(word.as_bytes()), value);
            }
            let last = table.slots.len() - 1;
            let steps = |word: &String| {
                let key = Key::of(word.as_bytes());
                let home = home(key.hash(), table.slots.len());
                let at = (home..=home + last).find(|at| table.slots[at & last][0] == key.low);
                at.map_or(0, |at| at - home)
            };
            let steps: usize = words.iter().map(steps).sum();
            assert!(steps < words.len() * 4, "{steps} for {} words", words.len());
        }
    }

    #[test]
    fn grows_and_keeps_long_terms_apart() {
        let mut table = KeyTable::default();
        let terms: Vec<String> = (0..5000)
            .map(|n| format!("{n}{}", "x".repeat(n % 30)))
            .collect();
        for (value, term) in terms.iter().enumerate() {
            let key = Key::of(term.as_bytes());
            let slots = table.slots();
            let free = slots.find(key, |value| terms[value as usize] == *term);
            table.put(free.unwrap_err(), key, value as u32);
        }
        let get = |table: &KeyTable, term: &str| {
            let key = Key::of(term.as_bytes());
            let slots = table.slots();
            slots.get(key, |value| terms[value as usize] == term)
        };
        for (value, term) in terms.iter().enumerate() {
            assert_eq!(get(&table, term), value as u32);
        }
        assert_eq!(get(&table, "other"), NONE);
        // The same fingerprint, another term: it is not found.
        let long = Key::of(terms[29].as_bytes());
        assert_eq!(table.slots().get(long, |_| false), NONE);
    }
}
