//! Sparse rows times dense weights, on several threads. Each score is summed by one thread in the order of the
//! row, so its bits do not depend on their number.

use numpy::ndarray::Array2;
use pyo3::{exceptions::PyRuntimeError, prelude::*};
use rayon::{ThreadPoolBuilder, prelude::*};

use crate::csr::{CsrStructure, Index};

/// classes × columns, class by class.
#[derive(Clone, Copy)]
pub(crate) struct DenseWeights<'a> {
    pub(crate) values: &'a [f64],
    pub(crate) n_columns: usize,
    pub(crate) n_classes: usize,
}

/// Fewer multiplications take less time than starting a thread.
const FEW: usize = 1 << 20;

/// rows × classes: X Wᵀ, row by row.
pub(crate) fn score<I: Index>(
    shape: &CsrStructure<I>,
    data: &[f64],
    weights: DenseWeights<'_>,
    threads: usize,
) -> PyResult<Array2<f64>> {
    let DenseWeights {
        values,
        n_columns,
        n_classes: k,
    } = weights;
    let mut all = Array2::zeros((shape.n_rows(), k));
    let Some(scores) = all.as_slice_mut() else {
        return Ok(all);
    };
    // Transposed, the weights of a column lie side by side. For a few values the copy would cost more than it
    // saves.
    if data.len() <= n_columns / 4 {
        for (row, scores) in scores.chunks_exact_mut(k.max(1)).enumerate() {
            for (column, value) in shape.row(row, data) {
                let weights = values[column..].iter().step_by(n_columns);
                for (score, weight) in scores.iter_mut().zip(weights) {
                    *score += value * weight;
                }
            }
        }
        return Ok(all);
    }
    let add = |by_column: &[f64], first: usize, scores: &mut [f64]| {
        for (at, scores) in scores.chunks_exact_mut(k.max(1)).enumerate() {
            for (column, value) in shape.row(first + at, data) {
                let weights = &by_column[column * k..][..k];
                for (score, weight) in scores.iter_mut().zip(weights) {
                    *score += value * weight;
                }
            }
        }
    };
    let mut by_column = vec![0.0; values.len()];
    if data.len() * k < FEW || threads == 1 {
        weights.transpose(0, &mut by_column);
        add(&by_column, 0, scores);
        return Ok(all);
    }
    let together = shape.n_rows().div_ceil(threads * 8).max(1);
    let work = || {
        let columns = by_column.par_chunks_mut((COLUMNS * k).max(1)).enumerate();
        columns.for_each(|(task, transposed)| weights.transpose(task * COLUMNS, transposed));
        let rows = scores.par_chunks_mut((together * k).max(1)).enumerate();
        rows.for_each(|(task, scores)| add(&by_column, task * together, scores));
    };
    let pool = ThreadPoolBuilder::new().num_threads(threads).build();
    pool.map_err(|error| PyRuntimeError::new_err(format!("{threads} threads: {error}")))?
        .install(work);
    Ok(all)
}

/// Columns per task.
const COLUMNS: usize = 1 << 10;

impl DenseWeights<'_> {
    /// Writes the transpose (columns × classes), from a column on.
    fn transpose(self, first: usize, transposed: &mut [f64]) {
        /// Columns per step: two cache lines of each class are read, and what is written stays in the nearest
        /// cache.
        const STEP: usize = 16;
        let k = self.n_classes.max(1);
        for (step, transposed) in transposed.chunks_mut(STEP * k).enumerate() {
            for class in 0..k {
                let columns = &self.values[class * self.n_columns + first + step * STEP..];
                for (row, value) in transposed.chunks_exact_mut(k).zip(columns) {
                    row[class] = *value;
                }
            }
        }
    }
}
