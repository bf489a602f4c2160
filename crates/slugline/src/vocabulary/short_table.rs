//! A table of the terms that are looked up most: four of its slots lie in a cache line, and none in two.

use super::term_key::{Key, folded};
use crate::util::{
    huge_pages::Zeroed,
    seed::{self, seed},
    simd,
};

/// The longest term that a slot holds whole: all but one word in fifty to two hundred of news.
pub(crate) const SHORT: usize = 12;

/// The first eight bytes of a term; the next four and, above them, its number XOR that of unknown terms, so that a
/// free slot has the number of unknown terms. Free where the first eight are zeros.
type ShortSlot = [u64; 2];

/// The numbers of a slot.
const SLOT: usize = 2;

/// Terms of up to [`SHORT`] bytes and their numbers. At least half of the slots are free, so every
/// search ends soon.
#[derive(Debug, Clone)]
pub(crate) struct ShortTable {
    slots: Zeroed<ShortSlot>,
    /// The number of a term that is not there.
    unknown: u32,
}

/// A table, ready for many searches: the numbers of all slots, of which the processor finds one without a shift.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ShortSlots<'a> {
    slots: &'a [u64],
    unknown: u32,
}

/// A word of up to [`SHORT`] bytes that is looked up: its bytes, and where the search begins.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct ShortWord {
    low: u64,
    rest: u32,
    at: u32,
}

/// The hash of a term of these bytes, as [`Key::hash`] finds it, without the length.
#[inline(always)]
fn hash(low: u64, rest: u32) -> u64 {
    folded(low ^ seed::<0>(), u64::from(rest) ^ seed::<1>())
}

/// Where the search for a term begins, in slots of so many numbers (a power of two).
#[inline(always)]
fn home(hash: u64, n_numbers: usize) -> u32 {
    (hash >> 32) as u32 & (n_numbers - SLOT) as u32
}

impl ShortTable {
    /// A table for the numbers of `n` terms, in which other terms have the number `unknown`.
    pub(crate) fn with_room_for(n: usize, unknown: u32) -> Self {
        seed::choose();
        Self {
            slots: Zeroed::new((n * 2).next_power_of_two().max(16)),
            unknown,
        }
    }

    /// Whether a term of so many bytes is short enough; `key` is its key, if so. One that begins with a zero might look
    /// like a free slot; one that ends with a zero, like one that is shorter, since no slot holds a length. No word
    /// does either.
    #[inline(always)]
    pub(crate) fn takes(length: usize, key: Key) -> bool {
        let (bytes, _) = key.bytes();
        (1..=SHORT).contains(&length) && bytes[0] != 0 && bytes[length - 1] != 0
    }

    /// Puts in those of `len` distinct terms that it [`takes`](Self::takes), for which there is room, and gives the
    /// numbers of the others. `term` says how long a term is, and its key. Its number is its position: the
    /// first ones are found soonest.
    pub(crate) fn fill(&mut self, len: usize, term: impl Fn(usize) -> (usize, Key)) -> Vec<u32> {
        /// Terms that are put in together, so that their slots come from memory at the same time.
        const MOST: usize = 32;
        let mut waiting = [(ShortWord::default(), 0); MOST];
        let mut n = 0;
        let mut others = Vec::new();
        for value in 0..len {
            let (length, key) = term(value);
            if !Self::takes(length, key) {
                others.push(value as u32);
                continue;
            }
            waiting[n % MOST] = (self.slots().ask(key), value as u32);
            n += 1;
            if n == MOST {
                self.insert_all(&waiting);
                n = 0;
            }
        }
        self.insert_all(&waiting[..n]);
        others
    }

    fn insert_all(&mut self, terms: &[(ShortWord, u32)]) {
        let last = self.slots.len() - 1;
        for &(ShortWord { low, rest, at }, value) in terms {
            let mut at = at as usize / SLOT;
            while self.slots[at & last][0] != 0 {
                at += 1;
            }
            let number = u64::from(value ^ self.unknown) << 32;
            self.slots[at & last] = [low, u64::from(rest) | number];
        }
    }

    #[inline(always)]
    pub(crate) fn slots(&self) -> ShortSlots<'_> {
        ShortSlots {
            slots: self.slots.as_flattened(),
            unknown: self.unknown,
        }
    }
}

impl ShortSlots<'_> {
    /// Prefetches the slot where the search for a key will begin; what is returned is [found](Self::find) when the
    /// slot is there.
    #[inline(always)]
    pub(crate) fn ask(self, key: Key) -> ShortWord {
        self.ask_bytes(key.low, key.high as u32)
    }

    /// As [`ask`](Self::ask), for the first `length` (at most [`SHORT`]) of these bytes.
    #[inline(always)]
    pub(crate) fn ask_padded(self, bytes: &[u8; 16], length: usize) -> ShortWord {
        let length = length & (MASKS.low.len() - 1);
        let [low, rest] = bytemuck::cast::<[u8; 16], [[u8; 8]; 2]>(*bytes).map(u64::from_le_bytes);
        self.ask_bytes(low & MASKS.low[length], (rest & MASKS.rest[length]) as u32)
    }

    #[inline(always)]
    fn ask_bytes(self, low: u64, rest: u32) -> ShortWord {
        let at = home(hash(low, rest), self.slots.len());
        simd::prefetch(self.slots, at as usize);
        ShortWord { low, rest, at }
    }

    /// The number of a word, or that of unknown words.
    #[inline(always)]
    pub(crate) fn find(self, ShortWord { low, rest, at }: ShortWord) -> u32 {
        let slots = self.slots;
        let [slot_low, slot_rest] = slot(slots, at as usize);
        let other = (slot_low ^ low) | u64::from(slot_rest as u32 ^ rest);
        // Whether the word is there or the slot is free cannot be foretold: as one condition it is one branch.
        let number = match other.min(slot_low) {
            0 => (slot_rest >> 32) as u32,
            _ => find_after(slots, at, low, rest),
        };
        number ^ self.unknown
    }

    /// The hash of a key of up to [`SHORT`] bytes, for [`prefetch`](Self::prefetch) and
    /// [`get_hashed`](Self::get_hashed).
    #[inline(always)]
    pub(crate) fn hash(key: Key) -> u64 {
        hash(key.low, key.high as u32)
    }

    /// Prefetches the slot where the search for a key with this [`hash`](Self::hash) will begin.
    #[inline(always)]
    pub(crate) fn prefetch(self, hash: u64) {
        simd::prefetch(self.slots, home(hash, self.slots.len()) as usize);
    }

    /// The number of a key of up to [`SHORT`] bytes, if it is known.
    #[inline(always)]
    pub(crate) fn get(self, key: Key) -> Option<u32> {
        self.get_hashed(key, Self::hash(key))
    }

    /// As [`get`](Self::get), with the key's [`hash`](Self::hash).
    #[inline(always)]
    pub(crate) fn get_hashed(self, key: Key, hash: u64) -> Option<u32> {
        let (low, rest) = (key.low, key.high as u32);
        let last = self.slots.len() - SLOT;
        let mut at = home(hash, self.slots.len()) as usize;
        loop {
            let [slot_low, slot_rest] = slot(self.slots, at & last);
            if slot_low == low && slot_rest as u32 == rest {
                return Some((slot_rest >> 32) as u32 ^ self.unknown);
            }
            if slot_low == 0 {
                return None;
            }
            at += SLOT;
        }
    }
}

/// The numbers of the slot that begins here. The second is looked at first: where it is there, so is the first.
#[inline(always)]
fn slot(slots: &[u64], at: usize) -> ShortSlot {
    let second = slots[at + 1];
    [slots[at], second]
}

/// The number in the slot of a word, or in the free one where its search ends; another word has the slot `at`, where it
/// began. Of few values, so that the caller keeps all others in registers.
#[cold]
#[inline(never)]
fn find_after(slots: &[u64], at: u32, low: u64, rest: u32) -> u32 {
    let last = slots.len() - SLOT;
    let mut at = at as usize;
    loop {
        at += SLOT;
        let [slot_low, slot_rest] = slot(slots, at & last);
        if slot_low == 0 || slot_low == low && slot_rest as u32 == rest {
            return (slot_rest >> 32) as u32;
        }
    }
}

/// The bits of the first 0 to 12 bytes, as two numbers.
struct Masks {
    low: [u64; 16],
    rest: [u64; 16],
}

static MASKS: Masks = {
    let (mut low, mut rest) = ([0; 16], [0; 16]);
    let mut length = 0;
    while length <= SHORT {
        let mask = (1_u128 << (length * 8)) - 1;
        (low[length], rest[length]) = (mask as u64, (mask >> 64) as u64);
        length += 1;
    }
    Masks { low, rest }
};

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
        let others_of_all_kinds = [
            "",
            "\0a",
            "8\0",
            "8\0\0",
            "thirteen byte",
            "more than fifteen bytes",
        ];
        words.extend(others_of_all_kinds.map(String::from));
        let key = |word: &str| Key::of(word.as_bytes());
        let mut table = ShortTable::with_room_for(known, u32::MAX);
        let left = table.fill(words.len(), |at| (words[at].len(), key(&words[at])));
        assert_eq!(left, [2048, 2049, 2050, 2051, 2052, 2053_u32]);
        let get = |word: &str| table.slots().get(key(word));
        for (value, word) in words[..known].iter().enumerate() {
            assert_eq!(get(word), Some(value as u32));
        }
        assert!(others.iter().all(|word| get(word).is_none()));
        let slots = table.slots();
        for word in words[..known].iter().chain(&others) {
            let get_or_unknown = get(word).unwrap_or(u32::MAX);
            let mut padded = [b'x'; 16];
            padded[..word.len()].copy_from_slice(word.as_bytes());
            let asked = [slots.ask(key(word)), slots.ask_padded(&padded, word.len())];
            for word in asked {
                assert_eq!(slots.find(word), get_or_unknown);
            }
        }
        let free = table.slots.iter().filter(|slot| slot[0] == 0).count();
        assert_eq!(table.slots.len() - free, known);
    }

    #[test]
    fn what_fits() {
        let takes = |term: &str| ShortTable::takes(term.len(), Key::of(term.as_bytes()));
        assert!(!takes("") && !takes("\0a") && !takes("\0"));
        assert!(!takes("a\0") && !takes("eleven byt\0\0") && takes("a\0b"));
        assert!(takes("twelve bytes") && !takes("thirteen byte"));
    }
}
