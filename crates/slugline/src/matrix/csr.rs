//! Sparse rows: a document as (column, value) pairs.

use std::ops::Range;

use ndarray::{Array2, ArrayView2};

use crate::{
    error::{Error, Result, same_length},
    util::simd,
};

/// Compressed sparse rows (CSR). Columns of a row are strictly ascending and below
/// [`n_columns`](Self::n_columns): every constructor checks it, everything else relies on it.
///
/// ```
/// use ndarray::array;
/// use slugline::Rows;
///
/// // Two rows of three columns: 2 in column 0, and 1 and 4 in columns 1 and 2.
/// let rows = Rows::new(3, vec![0, 1, 3], vec![0, 1, 2], vec![2.0, 1.0, 4.0])?;
/// assert_eq!(rows.row(1), (&[1, 2][..], &[1.0, 4.0][..]));
/// assert_eq!(rows, Rows::from_dense(&array![[2.0, 0.0, 0.0], [0.0, 1.0, 4.0]].view()));
/// // Columns of a row ascend, and are there.
/// assert!(Rows::new(3, vec![0, 2], vec![1, 0], vec![1.0, 1.0]).is_err());
/// # Ok::<(), slugline::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[must_use]
pub struct Rows<T = f64> {
    n_columns: usize,
    indptr: Vec<usize>,
    indices: Vec<u32>,
    data: Vec<T>,
}

impl<T> Rows<T> {
    /// Rows from the three arrays of a CSR matrix: row `i` has the columns
    /// `indices[indptr[i]..indptr[i + 1]]` and the values `data[..]` of the same range.
    ///
    /// # Errors
    /// [`Error::MalformedRows`] where the arrays contradict each other, a column is out of range,
    /// or the columns of a row are not strictly ascending.
    pub fn new(
        n_columns: usize,
        indptr: Vec<usize>,
        indices: Vec<u32>,
        data: Vec<T>,
    ) -> Result<Self> {
        let wrong = |why: String| Err(Error::MalformedRows(why));
        if indices.len() != data.len() {
            return wrong(format!(
                "{} columns but {} values",
                indices.len(),
                data.len()
            ));
        }
        if indptr.first() != Some(&0) || indptr.last() != Some(&indices.len()) {
            return wrong(format!("indptr does not run from 0 to {}", indices.len()));
        }
        if let Some(row) = indptr.windows(2).position(|pair| pair[0] > pair[1]) {
            return wrong(format!("indptr falls after row {row}"));
        }
        for (row, pair) in indptr.windows(2).enumerate() {
            let columns = &indices[pair[0]..pair[1]];
            if columns.windows(2).any(|pair| pair[0] >= pair[1]) {
                return wrong(format!(
                    "the columns of row {row} are not strictly ascending"
                ));
            }
            if let Some(&last) = columns.last().filter(|&&last| last as usize >= n_columns) {
                return wrong(format!("column {last} in row {row} of {n_columns} columns"));
            }
        }
        Ok(Self {
            n_columns,
            indptr,
            indices,
            data,
        })
    }

    /// A matrix without rows.
    pub(crate) fn empty(n_columns: usize) -> Self {
        Self {
            n_columns,
            indptr: vec![0],
            indices: Vec::new(),
            data: Vec::new(),
        }
    }

    /// A matrix without rows, with room for some rows and stored values.
    pub(crate) fn with_room(n_columns: usize, rows: usize, values: usize) -> Self {
        let mut indptr = Vec::with_capacity(rows + 1);
        indptr.push(0);
        Self {
            n_columns,
            indptr,
            indices: Vec::with_capacity(values),
            data: Vec::with_capacity(values),
        }
    }

    /// Gives back the room that is left.
    pub(crate) fn shrink_to_fit(&mut self) {
        self.indices.shrink_to_fit();
        self.data.shrink_to_fit();
    }

    /// Adds a row. The caller guarantees ascending columns below `n_columns`, as many as values.
    pub(crate) fn push(&mut self, columns: &[u32], values: &[T])
    where
        T: Copy,
    {
        debug_assert_eq!(columns.len(), values.len());
        self.indices.extend_from_slice(columns);
        self.data.extend_from_slice(values);
        self.indptr.push(self.indices.len());
    }

    /// Adds a row. The caller guarantees ascending columns below `n_columns`.
    pub(crate) fn push_row(&mut self, row: impl IntoIterator<Item = (u32, T)>) {
        for (column, value) in row {
            self.indices.push(column);
            self.data.push(value);
        }
        debug_assert!(
            self.indices[self.indptr[self.n_rows()]..]
                .windows(2)
                .all(|pair| pair[0] < pair[1])
        );
        self.indptr.push(self.indices.len());
    }

    /// All rows of all parts, in order.
    pub(crate) fn concat(n_columns: usize, parts: Vec<Self>) -> Self {
        let mut parts = parts.into_iter();
        let mut all = parts.next().unwrap_or_else(|| Self::empty(n_columns));
        all.n_columns = n_columns;
        let more: usize = parts.as_slice().iter().map(Self::nnz).sum();
        all.indices.reserve_exact(more);
        all.data.reserve_exact(more);
        for part in parts {
            let shift = all.indices.len();
            all.indptr
                .extend(part.indptr[1..].iter().map(|at| at + shift));
            all.indices.extend(part.indices);
            all.data.extend(part.data);
        }
        all
    }

    /// Number of rows.
    pub fn n_rows(&self) -> usize {
        self.indptr.len() - 1
    }

    /// Number of columns.
    pub fn n_columns(&self) -> usize {
        self.n_columns
    }

    /// Number of stored values.
    pub fn nnz(&self) -> usize {
        self.data.len()
    }

    /// Asks for what tells where a row lies.
    #[inline(always)]
    pub(crate) fn prefetch_range(&self, row: usize) {
        simd::prefetch(&self.indptr, row);
    }

    /// Columns and values of a row.
    ///
    /// # Panics
    /// If `row >= n_rows()`.
    pub fn row(&self, row: usize) -> (&[u32], &[T]) {
        let range = self.indptr[row]..self.indptr[row + 1];
        (&self.indices[range.clone()], &self.data[range])
    }

    /// Columns and values of every row, in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&[u32], &[T])> {
        (0..self.n_rows()).map(|row| self.row(row))
    }

    /// `indptr`, `indices` and `data` of the CSR matrix.
    pub fn parts(&self) -> (&[usize], &[u32], &[T]) {
        (&self.indptr, &self.indices, &self.data)
    }

    /// The arrays themselves: `n_columns`, `indptr`, `indices`, `data`.
    pub fn into_parts(self) -> (usize, Vec<usize>, Vec<u32>, Vec<T>) {
        (self.n_columns, self.indptr, self.indices, self.data)
    }

    /// Calls `change` with the columns and the values of each row, which leaves the columns ascending.
    pub(crate) fn for_each_row_mut(&mut self, mut change: impl FnMut(&mut [u32], &mut [T])) {
        for pair in self.indptr.windows(2) {
            let range = pair[0]..pair[1];
            change(&mut self.indices[range.clone()], &mut self.data[range]);
        }
    }

    /// The rows with every value converted.
    pub(crate) fn map<U>(self, convert: impl FnMut(T) -> U) -> Rows<U> {
        Rows {
            n_columns: self.n_columns,
            indptr: self.indptr,
            indices: self.indices,
            data: self.data.into_iter().map(convert).collect(),
        }
    }

    /// The rows with column `c` renumbered to `ids[c]`; `ids` ascend strictly.
    pub(crate) fn renumber(mut self, ids: &[u32], n_columns: usize) -> Self {
        for column in &mut self.indices {
            *column = ids[*column as usize];
        }
        self.n_columns = n_columns;
        self
    }

    /// The rows with other values: `change` writes those of a row in the place of zeros. Runs on the current
    /// pool where this thread belongs to one.
    pub(crate) fn with_values<U: Send + Copy + Default>(
        self,
        change: impl Fn(&[u32], &[T], &mut [U]) + Sync,
    ) -> Rows<U>
    where
        T: Sync,
    {
        let mut data = vec![U::default(); self.data.len()];
        fill(&self, 0..self.n_rows(), &mut data, &change);
        Rows {
            n_columns: self.n_columns,
            indptr: self.indptr,
            indices: self.indices,
            data,
        }
    }

    /// The rows from `first` on.
    pub(crate) fn tail(mut self, first: usize) -> Self {
        let start = self.indptr[first];
        self.indices.drain(..start);
        self.data.drain(..start);
        self.indptr.drain(..first);
        for at in &mut self.indptr {
            *at -= start;
        }
        self
    }

    /// The rows restricted to the columns `kept` (ascending), renumbered from 0.
    pub(crate) fn select(&self, kept: &[u32]) -> Self
    where
        T: Copy,
    {
        let mut new_column = vec![None; self.n_columns];
        for (new, &old) in kept.iter().enumerate() {
            new_column[old as usize] = Some(new as u32);
        }
        let mut selected = Self::empty(kept.len());
        for (columns, values) in self.iter() {
            selected.push_row(
                columns
                    .iter()
                    .zip(values)
                    .filter_map(|(&column, &value)| Some((new_column[column as usize]?, value))),
            );
        }
        selected
    }
}

/// Writes the values of these rows to `data`, which begins with the first of them.
fn fill<T: Sync, U: Send>(
    from: &Rows<T>,
    rows: Range<usize>,
    data: &mut [U],
    change: &(impl Fn(&[u32], &[T], &mut [U]) + Sync),
) {
    /// Rows per task, so many that the cost of starting a task is negligible.
    const MANY: usize = 512;
    if rows.len() > MANY && rayon::current_thread_index().is_some() {
        let middle = rows.start + rows.len() / 2;
        let cut = from.indptr[middle] - from.indptr[rows.start];
        let (first, second) = data.split_at_mut(cut);
        rayon::join(
            || fill(from, rows.start..middle, first, change),
            || fill(from, middle..rows.end, second, change),
        );
        return;
    }
    let mut data = data;
    for row in rows {
        let (columns, values) = from.row(row);
        let (places, rest) = data.split_at_mut(columns.len());
        change(columns, values, places);
        data = rest;
    }
}

impl Rows<f64> {
    /// The non-zero values of a dense matrix (rows × columns).
    pub fn from_dense(dense: &ArrayView2<'_, f64>) -> Self {
        let mut rows = Self::empty(dense.ncols());
        for row in dense.rows() {
            rows.push_row(
                row.iter()
                    .enumerate()
                    .filter(|(_, value)| **value != 0.0)
                    .map(|(column, &value)| (column as u32, value)),
            );
        }
        rows
    }

    /// A dense matrix (rows × columns), which takes 8 bytes per cell.
    pub fn to_dense(&self) -> Array2<f64> {
        let mut dense = Array2::zeros((self.n_rows(), self.n_columns));
        for (row, (columns, values)) in self.iter().enumerate() {
            for (&column, &value) in columns.iter().zip(values) {
                dense[[row, column as usize]] = value;
            }
        }
        dense
    }

    /// Fails unless every value is finite.
    pub(crate) fn check_finite(&self) -> Result<()> {
        match self.data.iter().position(|value| !value.is_finite()) {
            None => Ok(()),
            Some(position) => Err(Error::NotFinite {
                what: "the stored value",
                position,
                value: self.data[position],
            }),
        }
    }

    /// Fails unless every value is a finite number that is not negative.
    pub(crate) fn check_not_negative(&self) -> Result<()> {
        self.check_finite()?;
        for (row, (columns, values)) in self.iter().enumerate() {
            if let Some(at) = values.iter().position(|&value| value < 0.0) {
                return Err(Error::NegativeFeature {
                    row,
                    column: columns[at] as usize,
                    value: values[at],
                });
            }
        }
        Ok(())
    }

    /// Fails unless the rows have this many columns.
    pub(crate) fn check_columns(&self, expected: usize) -> Result<()> {
        same_length("columns", expected, self.n_columns)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn dense_and_back() {
        let dense = array![[0.0, 2.0, 0.0], [0.0, 0.0, 0.0], [1.0, 0.0, -3.0]];
        let rows = Rows::from_dense(&dense.view());
        assert_eq!(rows.nnz(), 3);
        assert_eq!(rows.row(2), (&[0, 2][..], &[1.0, -3.0][..]));
        assert_eq!(rows.to_dense(), dense);
        assert_eq!(rows.select(&[2]).to_dense(), array![[0.0], [0.0], [-3.0]]);
    }

    #[test]
    fn contradictions_are_named() {
        let wrong = |indptr: &[usize], indices: &[u32], data: &[f64]| {
            Rows::new(3, indptr.to_vec(), indices.to_vec(), data.to_vec())
                .unwrap_err()
                .to_string()
        };
        assert!(wrong(&[0, 2], &[0, 1], &[1.0]).contains("2 columns but 1 values"));
        assert!(wrong(&[0, 1], &[0, 1], &[1.0, 1.0]).contains("indptr"));
        assert!(wrong(&[0, 2, 1, 2], &[0, 1], &[1.0, 1.0]).contains("falls after row 1"));
        assert!(wrong(&[0, 2], &[1, 1], &[1.0, 1.0]).contains("ascending"));
        assert!(wrong(&[0, 2], &[1, 3], &[1.0, 1.0]).contains("column 3 in row 0"));
        assert!(wrong(&[], &[], &[]).contains("indptr"));
    }

    #[test]
    fn parts_join_in_order() {
        let part = |value: f64| Rows::new(2, vec![0, 1], vec![1], vec![value]).unwrap();
        let all = Rows::concat(2, vec![part(1.0), part(2.0)]);
        assert_eq!(all.to_dense(), array![[0.0, 1.0], [0.0, 2.0]]);
    }
}
