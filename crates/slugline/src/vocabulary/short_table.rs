//! A table of the terms that are looked up most: four of its slots lie in a cache line, and none in two.

use rayon::prelude::*;

use super::key::{Key, home};
use crate::{lookups::Word, zeroed::Zeroed};

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

    /// Whether a term of so many bytes is short enough; `key` is its key, if so. One that begins with a
    /// zero, which no word does, might look like a free slot.
    #[inline(always)]
    #[allow(
        clippy::needless_bitwise_bool,
        reason = "a branch could not be foretold"
    )]
    pub(crate) fn takes(length: usize, key: Key) -> bool {
        (length <= SHORT) & (key.low as u8 != 0)
    }

    /// Puts in those of `len` distinct terms that it [`takes`](Self::takes), for which there is room in a table
    /// without terms, and gives the numbers of the others. `term` says how long a term is, and its key. Its
    /// number is its position: the first ones are found soonest. Each thread of the current pool looks at all
    /// of them and fills a piece of the table.
    pub(crate) fn fill(
        &mut self,
        len: usize,
        term: impl Fn(usize) -> (usize, Key) + Sync,
    ) -> Vec<u32> {
        /// With more of them looking at all terms would take longer than putting them in.
        const MOST: usize = 8;
        let n_slots = self.0.len();
        let pieces = rayon::current_num_threads().next_power_of_two().min(MOST);
        let size = n_slots / pieces;
        let pieces = self.0.par_chunks_mut(size).enumerate();
        let left: Vec<Left> = pieces
            .map(|(at, slots)| {
                let mut piece = Piece {
                    slots,
                    first: at * size,
                    n_slots,
                    left: Left::default(),
                };
                piece.fill(len, &term);
                piece.left
            })
            .collect();
        for &(word, value) in left.iter().flat_map(|left| &left.beyond) {
            self.insert(word, value);
        }
        left.into_iter().flat_map(|left| left.others).collect()
    }

    fn insert(&mut self, word: Word, value: u32) {
        let last = self.0.len() - 1;
        let mut at = home(word.hash, self.0.len());
        while self.0[at & last][0] != 0 {
            at += 1;
        }
        self.0[at & last] = slot(word.key, value);
    }

    #[inline(always)]
    pub(crate) fn slots(&self) -> ShortSlots<'_> {
        ShortSlots(&self.0)
    }
}

#[inline(always)]
fn slot(key: Key, value: u32) -> Slot {
    [key.low, key.high & 0xFFFF_FFFF | u64::from(value) << 32]
}

/// Slots that one thread fills.
struct Piece<'a> {
    slots: &'a mut [Slot],
    /// Where the table has the first of them.
    first: usize,
    /// Slots of the table.
    n_slots: usize,
    left: Left,
}

/// Terms whose home is in a piece and that are not there.
#[derive(Default)]
struct Left {
    /// Those that found no free slot from there to the end of the piece.
    beyond: Vec<(Word, u32)>,
    /// Those that no slot takes.
    others: Vec<u32>,
}

impl Piece<'_> {
    /// Terms that are put in together, so that their slots come from memory at the same time.
    const MOST: usize = 32;

    #[allow(
        clippy::needless_bitwise_bool,
        reason = "branches could not be foretold"
    )]
    fn fill(&mut self, len: usize, term: impl Fn(usize) -> (usize, Key)) {
        let mut waiting = [(Word::default(), 0); Self::MOST];
        let mut n = 0;
        for value in 0..len {
            let (length, key) = term(value);
            let word = Word::of(key);
            // No branch: which piece a term belongs to cannot be foretold.
            let here = home(word.hash, self.n_slots).wrapping_sub(self.first) < self.slots.len();
            let takes = ShortTable::takes(length, key);
            waiting[n % Self::MOST] = (word, value as u32);
            n += usize::from(here & takes);
            if here & !takes {
                self.left.others.push(value as u32);
            }
            if n == Self::MOST {
                self.insert(&waiting);
                n = 0;
            }
        }
        self.insert(&waiting[..n]);
    }

    fn insert(&mut self, terms: &[(Word, u32)]) {
        for (word, _) in terms {
            let at = home(word.hash, self.n_slots) - self.first;
            crate::kernel::prefetch(self.slots, at);
        }
        for &(word, value) in terms {
            let at = home(word.hash, self.n_slots) - self.first;
            match self.slots[at..].iter_mut().find(|slot| slot[0] == 0) {
                Some(free) => *free = slot(word.key, value),
                None => self.left.beyond.push((word, value)),
            }
        }
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
    use super::{super::INLINE, *};
    use crate::threads::with_threads;

    #[test]
    fn words_and_their_numbers() {
        let mut words: Vec<String> = (0..3000_u64).map(|n| format!("{:x}", n * n * n)).collect();
        words.dedup();
        // As many as there is room for, so that searches go on from piece to piece, and from the end to the
        // beginning.
        let others = words.split_off(2048);
        let known = words.len();
        words.extend(["", "\0a", "thirteen byte", "more than fifteen bytes"].map(String::from));
        let key = |word: &str| Key::of(word.as_bytes());
        for threads in [1, 2, 3, 8] {
            let mut table = ShortTable::with_room_for(known);
            let term = |at: usize| {
                (
                    words[at].len(),
                    Key::at(words[at].as_bytes(), 0, words[at].len().min(INLINE)),
                )
            };
            let mut left = with_threads(threads, || table.fill(words.len(), term)).unwrap();
            left.sort_unstable();
            assert_eq!(left, [2048, 2049, 2050, 2051_u32]);
            let get = |word: &str| table.slots().get(key(word), key(word).hash());
            for (value, word) in words[..known].iter().enumerate() {
                assert_eq!(get(word), Some(value as u32));
            }
            assert!(others.iter().all(|word| get(word).is_none()));
            let free = table.0.iter().filter(|slot| slot[0] == 0).count();
            assert_eq!(table.0.len() - free, known);
        }
    }

    #[test]
    fn pieces_leave_what_has_its_home_at_their_end() {
        // A word with its home in the last slot of a piece that is taken already.
        let n_slots = 16;
        let mut slots = [[1, 1]; 8];
        let words: Vec<String> = (0..200).map(|n| n.to_string()).collect();
        let term = |at: usize| (words[at].len(), Key::of(words[at].as_bytes()));
        let mut piece = Piece {
            slots: &mut slots,
            first: 8,
            n_slots,
            left: Left::default(),
        };
        piece.fill(words.len(), term);
        let here = |word: &&String| home(Key::of(word.as_bytes()).hash(), n_slots) >= 8;
        assert_eq!(piece.left.beyond.len(), words.iter().filter(here).count());
    }

    #[test]
    fn what_fits() {
        let takes = |term: &str| ShortTable::takes(term.len(), Key::of(term.as_bytes()));
        assert!(!takes("") && !takes("\0a"));
        assert!(takes("twelve bytes") && !takes("thirteen byte"));
    }
}
