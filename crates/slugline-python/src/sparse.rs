//! Arithmetic on SciPy's CSR arrays, for the drop-in estimators.
//!
//! Operations add and multiply in the order of SciPy and scikit-learn, so that results have the same bits.
//! Unlike the library's rows, these may be unsorted and have duplicates, infinities and negative numbers, which
//! are treated as in NumPy.

use std::ops::Mul;

use numpy::{
    Element, IntoPyArray, PyArray2, PyArrayMethods, PyReadonlyArray1, PyReadonlyArray2,
    PyReadwriteArray1, ndarray::Array2,
};
use pyo3::{exceptions::PyValueError, prelude::*};

use crate::{
    csr::{CsrStructure, Index},
    scores::{DenseWeights, score},
    work::{threads, unlocked},
};

/// Whether an array of indices has 32 bits.
fn is_narrow(indices: &Bound<'_, PyAny>) -> bool {
    indices.extract::<PyReadonlyArray1<'_, i32>>().is_ok()
}

/// Runs `$work` with `$shape` made of 32-bit or 64-bit index arrays.
macro_rules! with_shape {
    ($indptr:expr, $indices:expr, $n_values:expr, $n_columns:expr, |$shape:ident| $work:expr) => {
        match is_narrow($indptr) && is_narrow($indices) {
            true => with_shape!(@of i32, $indptr, $indices, $n_values, $n_columns, |$shape| $work),
            false => with_shape!(@of i64, $indptr, $indices, $n_values, $n_columns, |$shape| $work),
        }
    };
    (@of $index:ty, $indptr:expr, $indices:expr, $n_values:expr, $n_columns:expr, |$shape:ident| $work:expr) => {{
        let indptr = $indptr.extract::<PyReadonlyArray1<'_, $index>>()?;
        let indices = $indices.extract::<PyReadonlyArray1<'_, $index>>()?;
        let $shape = CsrStructure::new(indptr.as_slice()?, indices.as_slice()?, $n_values, $n_columns)?;
        $work
    }};
}

/// The non-zero entries of a matrix in order of rows: row numbers, class numbers and weights.
type MatrixEntries<'py> = (
    PyReadonlyArray1<'py, usize>,
    PyReadonlyArray1<'py, usize>,
    PyReadonlyArray1<'py, f64>,
);

/// classes × columns: Yᵀ X for X in CSR (rows × columns) and the entries of Y (rows × classes).
#[pyfunction]
pub(crate) fn class_sums<'py>(
    py: Python<'py>,
    data: PyReadonlyArray1<'py, f64>,
    indices: &Bound<'py, PyAny>,
    indptr: &Bound<'py, PyAny>,
    n_columns: usize,
    n_classes: usize,
    entries: MatrixEntries<'py>,
) -> PyResult<Bound<'py, PyArray2<f64>>> {
    let data = data.as_slice()?;
    // NumPy's `nonzero` interleaves rows and classes.
    let (rows, classes) = (entries.0.as_array().to_vec(), entries.1.as_array().to_vec());
    let weights = entries.2.as_slice()?;
    let sums = with_shape!(indptr, indices, data.len(), n_columns, |shape| {
        let n_rows = shape.n_rows();
        let inside = rows.iter().all(|&row| row < n_rows);
        if !inside || classes.iter().any(|&class| class >= n_classes) {
            return Err(PyValueError::new_err(format!(
                "targets of other rows than the {n_rows}, or of other classes than the {n_classes}"
            )));
        }
        unlocked(py, || {
            let mut sums = Array2::zeros((n_classes, n_columns));
            for ((&row, &class), &weight) in rows.iter().zip(&classes).zip(weights) {
                if let Some(sums) = sums.row_mut(class).as_slice_mut() {
                    for (column, value) in shape.row(row, data) {
                        sums[column] += value * weight;
                    }
                }
            }
            sums
        })?
    });
    Ok(sums.into_pyarray(py))
}

/// rows × classes: X Wᵀ for X in CSR (rows × columns) and W dense (classes × columns).
#[pyfunction]
pub(crate) fn log_likelihood<'py>(
    py: Python<'py>,
    data: PyReadonlyArray1<'py, f64>,
    indices: &Bound<'py, PyAny>,
    indptr: &Bound<'py, PyAny>,
    weights: PyReadonlyArray2<'py, f64>,
) -> PyResult<Bound<'py, PyArray2<f64>>> {
    let data = data.as_slice()?;
    let (n_classes, n_columns) = weights.as_array().dim();
    let weights = DenseWeights {
        values: weights.as_slice()?,
        n_columns,
        n_classes,
    };
    let scores = with_shape!(indptr, indices, data.len(), n_columns, |shape| {
        let threads = threads(py, None)?;
        unlocked(py, || score(&shape, data, weights, threads))?
    })?;
    Ok(scores.into_pyarray(py))
}

/// As [`log_likelihood`], of a few values, without conversions: for arrays that have the type of the fitted ones.
///
/// Returns None for other arrays, for many values and for values that are not finite.
#[pyfunction]
pub(crate) fn log_likelihood_of_few<'py>(
    py: Python<'py>,
    data: &Bound<'py, PyAny>,
    indices: &Bound<'py, PyAny>,
    indptr: &Bound<'py, PyAny>,
    weights: &Bound<'py, PyAny>,
) -> PyResult<Option<Bound<'py, PyArray2<f64>>>> {
    const FEW: usize = 1 << 14;
    let (Ok(indices), Ok(indptr), Ok(weights)) = (
        indices.extract::<PyReadonlyArray1<'_, i32>>(),
        indptr.extract::<PyReadonlyArray1<'_, i32>>(),
        weights.extract::<PyReadonlyArray2<'_, f64>>(),
    ) else {
        return Ok(None);
    };
    let of_counts: Vec<f64>;
    let of_floats: PyReadonlyArray1<'_, f64>;
    let data = if let Ok(floats) = data.extract() {
        of_floats = floats;
        if !of_floats.data().is_aligned() {
            return Ok(None);
        }
        of_floats.as_slice()
    } else if let Ok(counts) = data.extract::<PyReadonlyArray1<'_, i64>>() {
        if !counts.data().is_aligned() {
            return Ok(None);
        }
        of_counts = counts.as_array().iter().map(|&n| n as f64).collect();
        Ok(&*of_counts)
    } else {
        return Ok(None);
    };
    if !(indices.data().is_aligned() && indptr.data().is_aligned() && weights.data().is_aligned()) {
        return Ok(None);
    }
    let (n_classes, n_columns) = weights.as_array().dim();
    let (Ok(data), Ok(indices), Ok(indptr), Ok(values)) = (
        data,
        indices.as_slice(),
        indptr.as_slice(),
        weights.as_slice(),
    ) else {
        return Ok(None);
    };
    if data.len() > FEW.min(n_columns / 4) || !data.iter().all(|value| value.is_finite()) {
        return Ok(None);
    }
    let Ok(shape) = CsrStructure::new(indptr, indices, data.len(), n_columns) else {
        return Ok(None);
    };
    let weights = DenseWeights {
        values,
        n_columns,
        n_classes,
    };
    let scores = unlocked(py, || score(&shape, data, weights, 1))??;
    Ok(Some(scores.into_pyarray(py)))
}

/// Multiplies every value by the idf of its column, in place.
///
/// Returns False, and changes nothing, where a column has no idf.
#[pyfunction]
pub(crate) fn times_idf<'py>(
    py: Python<'py>,
    data: &Bound<'py, PyAny>,
    indices: &Bound<'py, PyAny>,
    idf: &Bound<'py, PyAny>,
) -> PyResult<bool> {
    fn columns<T: Element + Copy + Mul<Output = T>, I: Index>(
        py: Python<'_>,
        mut data: PyReadwriteArray1<'_, T>,
        indices: PyReadonlyArray1<'_, I>,
        idf: PyReadonlyArray1<'_, T>,
    ) -> PyResult<bool> {
        let (data, indices, idf) = (data.as_slice_mut()?, indices.as_slice()?, idf.as_slice()?);
        let has_one = |column: &I| column.get().is_some_and(|column| column < idf.len());
        unlocked(py, || {
            if !indices.iter().all(has_one) {
                return false;
            }
            for (value, column) in data.iter_mut().zip(indices) {
                if let Some(idf) = column.get().and_then(|column| idf.get(column)) {
                    *value = *value * *idf;
                }
            }
            true
        })
    }
    macro_rules! of {
        ($float:ty, $index:ty) => {
            columns::<$float, $index>(py, data.extract()?, indices.extract()?, idf.extract()?)
        };
    }
    let single = data.extract::<PyReadonlyArray1<'_, f32>>().is_ok();
    match (single, is_narrow(indices)) {
        (false, true) => of!(f64, i32),
        (false, false) => of!(f64, i64),
        (true, true) => of!(f32, i32),
        (true, false) => of!(f32, i64),
    }
}

/// Divides every row by its l1 or l2 norm, in place. A row of zeros stays as it is.
///
/// Returns False, and changes nothing, where the norm of a row is not finite.
#[pyfunction]
pub(crate) fn normalise<'py>(
    py: Python<'py>,
    data: &Bound<'py, PyAny>,
    indptr: &Bound<'py, PyAny>,
    norm: &str,
) -> PyResult<bool> {
    let indptr: Vec<usize> = match indptr.extract::<PyReadonlyArray1<'_, i32>>() {
        Ok(indptr) => starts(indptr.as_slice()?),
        Err(_) => starts(indptr.extract::<PyReadonlyArray1<'_, i64>>()?.as_slice()?),
    };
    let l1 = norm == "l1";
    // As in scikit-learn, the norm of a row of 32-bit numbers is summed in 64 bits.
    macro_rules! rows {
        ($float:ty, $array:expr) => {{
            let mut array = $array;
            let data = array.as_slice_mut()?;
            if indptr.windows(2).any(|pair| pair[0] > pair[1])
                || indptr.last().is_some_and(|&last| last > data.len())
            {
                return Err(PyValueError::new_err("malformed sparse matrix: indptr"));
            }
            unlocked(py, || {
                let rows = indptr.windows(2).map(|pair| &data[pair[0]..pair[1]]);
                let lengths: Vec<f64> = rows
                    .map(|row| match l1 {
                        true => row.iter().map(|&v| f64::from(v.abs())).sum(),
                        false => row.iter().map(|&v| f64::from(v * v)).sum::<f64>().sqrt(),
                    })
                    .collect();
                if !lengths.iter().all(|length| length.is_finite()) {
                    return false;
                }
                for (pair, length) in indptr.windows(2).zip(lengths) {
                    if length > 0.0 {
                        for value in &mut data[pair[0]..pair[1]] {
                            *value = (f64::from(*value) / length) as $float;
                        }
                    }
                }
                true
            })
        }};
    }
    if let Ok(array) = data.extract::<PyReadwriteArray1<'_, f32>>() {
        return rows!(f32, array);
    }
    rows!(f64, data.extract::<PyReadwriteArray1<'_, f64>>()?)
}

fn starts<I: Index>(indptr: &[I]) -> Vec<usize> {
    indptr.iter().map(|at| at.get().unwrap_or(0)).collect()
}
