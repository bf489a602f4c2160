//! The arrays of a SciPy CSR matrix, copied and checked.

use std::ops::Range;

use numpy::Element;
use pyo3::{exceptions::PyValueError, prelude::*};

use crate::errors::room;

/// A column number.
pub(crate) trait Index: Element + Copy + Sync {
    /// None where it is negative.
    fn get(self) -> Option<usize>;
}

impl Index for i32 {
    fn get(self) -> Option<usize> {
        usize::try_from(self).ok()
    }
}

impl Index for i64 {
    fn get(self) -> Option<usize> {
        usize::try_from(self).ok()
    }
}

/// `indptr` and `indices` of a CSR matrix. Copied before they are checked: another thread of Python may write to the
/// arrays while they are worked on without the interpreter lock.
pub(crate) struct CsrStructure<I> {
    indptr: Vec<I>,
    indices: Vec<I>,
}

impl<I: Index> CsrStructure<I> {
    pub(crate) fn new(
        indptr: &[I],
        indices: &[I],
        n_values: usize,
        n_columns: usize,
    ) -> PyResult<Self> {
        let (indptr, indices) = (copied(indptr)?, copied(indices)?);
        let ends = indptr.first().and_then(|first| first.get()) == Some(0)
            && indptr.last().and_then(|last| last.get()) == Some(indices.len())
            && indices.len() == n_values;
        let rises = indptr.windows(2).all(|pair| pair[0].get() <= pair[1].get());
        let inside = indices
            .iter()
            .all(|column| column.get().is_some_and(|column| column < n_columns));
        if !(ends && rises && inside) {
            return Err(PyValueError::new_err(format!(
                "malformed sparse matrix: {} rows, {} columns, {} indices, {n_values} values do not belong together",
                indptr.len().saturating_sub(1),
                n_columns,
                indices.len(),
            )));
        }
        Ok(Self { indptr, indices })
    }

    pub(crate) fn n_rows(&self) -> usize {
        self.indptr.len() - 1
    }

    /// The range of a row's values.
    pub(crate) fn range(&self, row: usize) -> Range<usize> {
        let at = |row: usize| self.indptr[row].get().unwrap_or(0);
        at(row)..at(row + 1)
    }

    /// (column, value) of a row, in stored order.
    pub(crate) fn row<'a, 'b, T: Copy>(
        &'a self,
        row: usize,
        data: &'b [T],
    ) -> impl Iterator<Item = (usize, T)> + use<'a, 'b, T, I> {
        let range = self.range(row);
        let columns = &self.indices[range.clone()];
        columns
            .iter()
            .map(|column| column.get().unwrap_or(0))
            .zip(data[range].iter().copied())
    }
}

/// A copy of values.
pub(crate) fn copied<T: Copy>(values: &[T]) -> PyResult<Vec<T>> {
    let mut copy = room("a copy of the sparse matrix's structure", values.len())?;
    copy.extend_from_slice(values);
    Ok(copy)
}
