//! Refined naive Bayes on SciPy's CSR arrays, for the estimator `RefinedNB`.

use numpy::{IntoPyArray, PyArray1, PyArray2, PyReadonlyArray1};
use pyo3::{exceptions::PyValueError, prelude::*};
use slugline::{Alpha, NaiveBayes, NaiveBayesParams, Refine, Rows};

use crate::{
    documents::{SampleWeights, given},
    errors::to_python,
    work::refining,
};

/// classes × columns and one for each class: the refined weights and biases.
type Weights<'py> = (Bound<'py, PyArray2<f64>>, Bound<'py, PyArray1<f64>>);

/// The settings of naive Bayes and of its refinement, by the names of the estimator's parameters.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub(crate) struct RefinedSettings {
    naive_bayes: String,
    alpha: f64,
    #[pyo3(item("C"))]
    c: f64,
    max_iter: usize,
}

impl RefinedSettings {
    fn naive_bayes(&self) -> PyResult<NaiveBayesParams> {
        let params = match &*self.naive_bayes {
            "complement" => NaiveBayes::complement(),
            "multinomial" => NaiveBayes::multinomial(),
            other => {
                return Err(PyValueError::new_err(format!(
                    "naive_bayes is {other}: expected complement or multinomial"
                )));
            }
        };
        Ok(params.alpha(Alpha::Scalar(self.alpha)))
    }
}

/// Fits on the rows of a CSR matrix without duplicates, with sorted columns. `classes`: that of each row, and how
/// many there are.
#[pyfunction]
pub(crate) fn fit_refined<'py>(
    py: Python<'py>,
    settings: RefinedSettings,
    rows: (
        PyReadonlyArray1<'py, f64>,
        PyReadonlyArray1<'py, i64>,
        PyReadonlyArray1<'py, i64>,
    ),
    n_columns: usize,
    classes: (PyReadonlyArray1<'py, usize>, usize),
    sample_weight: SampleWeights<'py>,
    threads: usize,
) -> PyResult<Weights<'py>> {
    let params = settings.naive_bayes()?;
    let refine = Refine::default().c(settings.c).max_iter(settings.max_iter);
    let (data, indices, indptr) = rows;
    let (data, indices, indptr) = (data.as_slice()?, indices.as_slice()?, indptr.as_slice()?);
    let (targets, n_classes) = (classes.0.as_slice()?, classes.1);
    let weights = given(&sample_weight)?;
    let of_range = |_| PyValueError::new_err("malformed sparse matrix: a number out of range");
    let indices: Vec<u32> = indices
        .iter()
        .map(|&at| u32::try_from(at))
        .collect::<Result<_, _>>()
        .map_err(of_range)?;
    let indptr: Vec<usize> = indptr
        .iter()
        .map(|&at| usize::try_from(at))
        .collect::<Result<_, _>>()
        .map_err(of_range)?;
    let rows = Rows::new(n_columns, indptr, indices, data.to_vec()).map_err(to_python)?;
    let (coef, intercept) = refining(py, || {
        let model = params.fit_refined(refine, &rows, targets, n_classes, weights, threads)?;
        Ok((model.coef(), model.intercept().to_vec()))
    })?;
    Ok((coef.into_pyarray(py), intercept.into_pyarray(py)))
}
