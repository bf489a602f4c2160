//! Counts by id, and which ids have one, in ascending order.

use super::batched::CountIds;
use crate::util::simd;

/// Counts of one document. What was touched is known, so that clearing takes no longer than counting.
#[derive(Debug, Default, Clone)]
pub(crate) struct Bag {
    counts: Vec<u32>,
    /// The ids with a count are the first `distinct`; behind them is room.
    touched: Vec<u32>,
    distinct: usize,
    order: BitSort,
}

impl Bag {
    /// Forgets all counts; ids below `n_terms` may come.
    pub(crate) fn clear(&mut self, n_terms: usize) {
        for &id in &self.touched[..self.distinct] {
            self.counts[id as usize] = 0;
        }
        self.distinct = 0;
        self.grow(n_terms);
    }

    /// From now on words may have this id that have none; it is no id of a term. It has a count, so that it is never
    /// new: it is left out without a branch.
    pub(super) fn begin_unknown(&mut self, id: usize) {
        self.grow(id + 1);
        self.counts[id] = 1;
    }

    /// Takes the count of [`begin_unknown`](Self::begin_unknown) back.
    pub(super) fn end_unknown(&mut self, id: usize) {
        self.counts[id] = 0;
    }

    /// Counts words, fewer than 2³² in a text, for which there is room, under the ids that `id` finds for them.
    #[inline(always)]
    pub(super) fn add_words<W: Copy>(&mut self, words: &[W], id: impl Fn(W) -> u32) {
        let (counts, touched) = (&mut self.counts[..], &mut self.touched[..]);
        let mut distinct = self.distinct;
        for &word in words {
            let id = id(word);
            let count = &mut counts[id as usize];
            touched[distinct] = id;
            distinct += usize::from(*count == 0);
            *count = count.wrapping_add(1);
        }
        self.distinct = distinct;
    }

    /// Asks for the count of an id, at most one more than that of the last term: the memory far behind the counts may be
    /// nobody's, and looking for it takes time.
    #[inline(always)]
    pub(super) fn prefetch_count(&self, id: u32) {
        simd::prefetch(&self.counts, id as usize);
    }

    /// Moves the ids, ascending, and their counts into these buffers and forgets them.
    pub(crate) fn drain_sorted(&mut self, ids: &mut Vec<u32>, values: &mut Vec<f64>) {
        let counts = &mut self.counts[..];
        self.order.reserve(counts.len());
        for &id in &self.touched[..self.distinct] {
            self.order.insert(id);
        }
        ids.resize(self.distinct, 0);
        values.resize(self.distinct, 0.0);
        let mut places = ids.iter_mut().zip(values);
        self.order.drain(|id| {
            let count = std::mem::take(&mut counts[id as usize]);
            if let Some((place, value)) = places.next() {
                (*place, *value) = (id, f64::from(count));
            }
        });
        self.distinct = 0;
    }

    /// Puts the touched ids in ascending order.
    pub(crate) fn sort(&mut self) {
        let Self {
            counts,
            touched,
            distinct,
            order,
        } = self;
        let touched = &mut touched[..*distinct];
        order.reserve(counts.len());
        for &id in &*touched {
            order.insert(id);
        }
        let mut places = touched.iter_mut();
        order.drain(|id| {
            if let Some(place) = places.next() {
                *place = id;
            }
        });
    }

    /// The ids with a count, in the order in which they came, and the counts by id. Whoever sets those to
    /// zero says so by [`emptied`](Self::emptied).
    #[inline(always)]
    pub(crate) fn parts_mut(&mut self) -> (&[u32], &mut [u32]) {
        (&self.touched[..self.distinct], &mut self.counts)
    }

    /// All counts are zero.
    #[inline(always)]
    pub(crate) fn emptied(&mut self) {
        self.distinct = 0;
    }

    /// The ids and their counts.
    #[inline(always)]
    pub(crate) fn pairs(&self) -> impl Iterator<Item = (u32, u32)> {
        let touched = self.touched[..self.distinct].iter();
        touched.map(|&id| (id, self.counts[id as usize]))
    }
}

impl CountIds for Bag {
    #[inline(always)]
    fn grow(&mut self, n_terms: usize) {
        if self.counts.len() < n_terms {
            self.counts.resize(n_terms.next_power_of_two(), 0);
        }
    }

    #[inline(always)]
    fn reserve(&mut self, ids: usize) {
        if self.touched.len() < self.distinct + ids {
            let room = (self.distinct + ids).next_power_of_two();
            self.touched.resize(room, 0);
        }
    }

    #[inline(always)]
    fn add_all(&mut self, ids: impl Iterator<Item = u32>) {
        // What one call after the other would load and store each time stays in registers.
        let (counts, touched) = (&mut self.counts[..], &mut self.touched[..]);
        let mut distinct = self.distinct;
        for id in ids {
            let count = &mut counts[id as usize];
            // Whether an id is new cannot be foretold: without a branch nothing has to be.
            touched[distinct] = id;
            distinct += usize::from(*count == 0);
            *count = count.saturating_add(1);
        }
        self.distinct = distinct;
    }
}

/// A set of ids below a limit, in three levels of bits. A bit of an upper level says that a word of
/// the level below is not zero, so reading takes no longer for many possible ids than for few.
#[derive(Debug, Default, Clone)]
pub(super) struct BitSort {
    ids: Vec<u64>,
    words: Vec<u64>,
    top: Vec<u64>,
}

impl BitSort {
    /// Makes room for ids below `limit`.
    pub(super) fn reserve(&mut self, limit: usize) {
        if self.ids.len() * 64 < limit {
            self.ids.resize(limit.div_ceil(64), 0);
            self.words.resize(limit.div_ceil(64 * 64), 0);
            self.top.resize(limit.div_ceil(64 * 64 * 64), 0);
        }
    }

    /// Adds an id below the limit.
    #[inline(always)]
    pub(super) fn insert(&mut self, id: u32) {
        let id = id as usize;
        self.ids[id >> 6] |= 1 << (id & 63);
        self.words[id >> 12] |= 1 << (id >> 6 & 63);
        self.top[id >> 18] |= 1 << (id >> 12 & 63);
    }

    /// Visits all ids in ascending order and leaves the set empty.
    #[inline(always)]
    pub(super) fn drain(&mut self, mut visit: impl FnMut(u32)) {
        for top in 0..self.top.len() {
            each_bit(std::mem::take(&mut self.top[top]), |bit| {
                let word = top << 6 | bit;
                each_bit(std::mem::take(&mut self.words[word]), |bit| {
                    let ids = word << 6 | bit;
                    each_bit(std::mem::take(&mut self.ids[ids]), |bit| {
                        visit((ids << 6 | bit) as u32);
                    });
                });
            });
        }
    }
}

#[inline(always)]
fn each_bit(mut bits: u64, mut visit: impl FnMut(usize)) {
    while bits != 0 {
        visit(bits.trailing_zeros() as usize);
        bits &= bits - 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn is_sort_and_dedup(mut ids in prop::collection::vec(0_u32..700_000, 0..200), small in any::<bool>()) {
            if small {
                for id in &mut ids {
                    *id %= 70;
                }
            }
            let mut set = BitSort::default();
            for _ in 0..2 {
                set.reserve(700_000);
                for &id in &ids {
                    set.insert(id);
                }
                let mut out = Vec::new();
                set.drain(|id| out.push(id));
                ids.sort_unstable();
                ids.dedup();
                prop_assert_eq!(&out, &ids);
            }
            set.drain(|_| panic!("it was emptied"));
        }
    }
}
