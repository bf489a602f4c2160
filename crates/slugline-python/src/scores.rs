//! Sparse rows times dense weights, on several threads. Each score is added up by one of them, in the order of
//! the row, so that its bits do not depend on them.

use numpy::ndarray::Array2;
use pyo3::{exceptions::PyRuntimeError, prelude::*};
use rayon::{ThreadPoolBuilder, prelude::*};

use crate::sparse::{Index, Shape};

/// classes × columns, class by class.
#[derive(Clone, Copy)]
pub(crate) struct Weights<'a> {
    pub(crate) values: &'a [f64],
    pub(crate) n_columns: usize,
    pub(crate) n_classes: usize,
}

/// Fewer multiplications than this take less than a thread does to start.
const FEW: usize = 1 << 20;

/// rows × classes: X Wᵀ, row by row.
pub(crate) fn score<I: Index>(
    shape: &Shape<'_, I>,
    data: &[f64],
    weights: Weights<'_>,
    threads: usize,
) -> PyResult<Array2<f64>> {
    let Weights {
        values,
        n_columns,
        n_classes: k,
    } = weights;
    let mut all = Array2::zeros((shape.n_rows(), k));
    let Some(scores) = all.as_slice_mut() else {
        return Ok(all);
    };
    // Laid out column by column, a value's weights lie side by side. For a few values that copy
    // would cost more than it saves.
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
    let work = || {
        let by_column = by_column(weights);
        let together = shape
            .n_rows()
            .div_ceil(rayon::current_num_threads() * 8)
            .max(1);
        let pieces = scores.par_chunks_mut((together * k).max(1)).enumerate();
        pieces.for_each(|(piece, scores)| {
            for (at, scores) in scores.chunks_exact_mut(k).enumerate() {
                for (column, value) in shape.row(piece * together + at, data) {
                    let weights = &by_column[column * k..][..k];
                    for (score, weight) in scores.iter_mut().zip(weights) {
                        *score += value * weight;
                    }
                }
            }
        });
    };
    let threads = if data.len() * k < FEW { 1 } else { threads };
    let pool = ThreadPoolBuilder::new().num_threads(threads).build();
    pool.map_err(|error| PyRuntimeError::new_err(format!("{threads} threads: {error}")))?
        .install(work);
    Ok(all)
}

/// columns × classes. On the current pool.
fn by_column(weights: Weights<'_>) -> Vec<f64> {
    /// Columns of a task, and of a step: of each class two cache lines are read, and what is written stays
    /// in the nearest memory meanwhile.
    const TASK: usize = 1 << 10;
    const STEP: usize = 16;
    let Weights {
        values,
        n_columns,
        n_classes: k,
    } = weights;
    let mut turned = vec![0.0; values.len()];
    let tasks = turned.par_chunks_mut((TASK * k).max(1)).enumerate();
    tasks.for_each(|(task, turned)| {
        for (step, turned) in turned.chunks_mut(STEP * k).enumerate() {
            let first = task * TASK + step * STEP;
            for class in 0..k {
                let columns = &values[class * n_columns + first..];
                for (row, value) in turned.chunks_exact_mut(k).zip(columns) {
                    row[class] = *value;
                }
            }
        }
    });
    turned
}
