//! The trait of sources of count rows.

use super::Rows;

/// Count rows that are read one at a time, in any representation.
pub(crate) trait RowSource: Sync {
    /// The buffers for reading rows.
    type Reader: Default + Send;

    /// Number of rows.
    fn n_rows(&self) -> usize;

    /// Number of columns.
    fn n_columns(&self) -> usize;

    /// Columns (ascending) and counts of a row.
    ///
    /// # Panics
    /// If `row >= n_rows()`.
    fn row<'a>(&'a self, row: usize, reader: &'a mut Self::Reader) -> (&'a [u32], &'a [u32]);

    /// Prefetches a row that is read soon.
    fn prefetch(&self, _row: usize) {}
}

impl RowSource for Rows<u32> {
    type Reader = ();

    fn n_rows(&self) -> usize {
        self.n_rows()
    }

    fn n_columns(&self) -> usize {
        self.n_columns()
    }

    #[inline(always)]
    fn row<'a>(&'a self, row: usize, (): &'a mut ()) -> (&'a [u32], &'a [u32]) {
        self.row(row)
    }
}
