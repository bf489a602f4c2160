//! Counts by id, and which ids have one.

use crate::util::{bit_sort::BitSort, simd};

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

    /// Ids below `n_terms` may come.
    #[inline]
    pub(crate) fn grow(&mut self, n_terms: usize) {
        if self.counts.len() < n_terms {
            self.counts.resize(n_terms.next_power_of_two(), 0);
        }
    }

    /// Asks for an id's count.
    #[inline(always)]
    pub(crate) fn prefetch(&self, id: u32) {
        simd::prefetch(&self.counts, id as usize);
    }

    /// Makes room for so many calls of [`add_reserved`](Self::add_reserved).
    #[inline(always)]
    pub(crate) fn reserve(&mut self, ids: usize) {
        if self.touched.len() < self.distinct + ids {
            let room = (self.distinct + ids).next_power_of_two();
            self.touched.resize(room, 0);
        }
    }

    /// Counts an id, for which there is room.
    #[inline(always)]
    pub(crate) fn add_reserved(&mut self, id: u32) {
        self.add_all_reserved(std::iter::once(id));
    }

    /// Counts ids, for which there is room.
    #[inline(always)]
    pub(crate) fn add_all_reserved(&mut self, ids: impl Iterator<Item = u32>) {
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

    /// Counts an id.
    #[inline]
    pub(crate) fn add(&mut self, id: u32) {
        self.reserve(1);
        self.add_reserved(id);
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
