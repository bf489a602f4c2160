//! Prefetching the rows of terms that were just counted.

use crate::util::simd;

/// Dense rows of one length, by rank, followed by the heads of sparse rows, of eight bytes each.
#[derive(Clone, Copy)]
pub(super) struct RowsToPrefetch<'a, T> {
    pub(super) values: &'a [T],
    pub(super) stride: usize,
    pub(super) others: &'a [[u32; 2]],
    /// The first rank with a sparse row.
    pub(super) first: u32,
}

impl<T> RowsToPrefetch<'_, T> {
    /// Prefetches what belongs to a rank, at most the number of ranks: the first cache line of a row, and the second
    /// where the row is longer; the processor prefetches the rest by itself.
    #[inline(always)]
    pub(super) fn prefetch(self, rank: u32) {
        let (values, at) = (self.values, rank as usize * self.stride);
        let a_line = 64 / size_of::<T>();
        if self.stride <= a_line {
            simd::prefetch(values, at);
            return;
        }
        // Capped at the last row: prefetching unmapped memory takes time.
        let at = at.min(values.len());
        simd::prefetch(values, at);
        simd::prefetch(values, at + a_line);
        if !self.others.is_empty() {
            simd::prefetch(self.others, rank.saturating_sub(self.first) as usize);
        }
    }
}
