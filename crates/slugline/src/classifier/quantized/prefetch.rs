//! Asking for the rows of terms that were just counted.

use crate::util::simd;

/// Rows of the same length by rank; the ranks behind them have the heads of sparse rows, of eight bytes each.
#[derive(Clone, Copy)]
pub(super) struct RowsToPrefetch<'a, T> {
    pub(super) values: &'a [T],
    pub(super) stride: usize,
    pub(super) others: &'a [[u32; 2]],
    /// The first of the others.
    pub(super) first: u32,
}

impl<T> RowsToPrefetch<'_, T> {
    /// Asks for the beginning of a row, and for the line behind it where the row is longer: what
    /// follows the processor foresees.
    #[inline(always)]
    pub(super) fn prefetch(self, rank: u32) {
        // Of a rank behind the last row nothing is asked: the memory there may be nobody's, and looking for
        // it takes time.
        let at = (rank as usize * self.stride).min(self.values.len());
        simd::prefetch(self.values, at);
        let a_line = 64 / size_of::<T>();
        if self.stride > a_line {
            simd::prefetch(self.values, at + a_line);
            if !self.others.is_empty() {
                simd::prefetch(self.others, rank.saturating_sub(self.first) as usize);
            }
        }
    }
}
