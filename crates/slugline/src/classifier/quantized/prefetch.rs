//! Prefetching the rows of terms that were just counted.

use crate::util::simd;

/// The bytes of a cache line.
const LINE: usize = 64;

/// Dense rows of one length, by rank, followed by the heads of sparse rows, of eight bytes each.
#[derive(Clone, Copy)]
pub(super) struct RowsToPrefetch<'a> {
    /// The bytes of the dense rows.
    pub(super) dense: &'a [u8],
    /// The bytes of a row.
    pub(super) stride: usize,
    pub(super) others: &'a [[u32; 2]],
    /// The first rank with a sparse row, or the number of ranks.
    pub(super) first: u32,
}

impl RowsToPrefetch<'_> {
    /// Prefetches what belongs to a rank, at most the number of ranks: the first cache line of a row, and the second
    /// where the row is longer; the processor prefetches the rest by itself.
    #[inline(always)]
    pub(super) fn prefetch(self, rank: u32) {
        if self.stride > LINE {
            self.prefetch_long(rank);
        } else {
            simd::prefetch(self.dense, rank as usize * self.stride);
        }
    }

    #[inline(always)]
    fn prefetch_long(self, rank: u32) {
        // Capped at the last row: prefetching unmapped memory takes time.
        let at = rank.min(self.first) as usize * self.stride;
        simd::prefetch(self.dense, at);
        simd::prefetch(self.dense, at + LINE);
        if !self.others.is_empty() {
            simd::prefetch(self.others, rank.saturating_sub(self.first) as usize);
        }
    }
}
