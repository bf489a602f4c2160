//! Text → sparse counts, for the drop-in vectorisers.

use numpy::{IntoPyArray, PyArray1};
use pyo3::{
    exceptions::PyValueError,
    prelude::*,
    types::{PyList, PyTuple},
};
use slugline::{
    Counts, Rows, StopWords, Vocabulary as Terms, Words,
    analyze::{Analyzer, AnalyzerParams},
    hashing::{HashingParams, HashingVectorizer},
};

use crate::{
    documents::Documents,
    errors::to_python,
    work::{on_texts, threads},
};

/// Text analysis with scikit-learn's settings.
#[pyclass(frozen, module = "slugline._core")]
pub(crate) struct Analysis(Analyzer);

#[pymethods]
impl Analysis {
    #[new]
    fn new(
        lowercase: bool,
        strip_accents: Option<&str>,
        analyzer: &str,
        token_pattern: Option<String>,
        stop_words: Option<Vec<String>>,
        ngram_range: (usize, usize),
    ) -> PyResult<Self> {
        let params = || {
            Analyzer::new(AnalyzerParams {
                lowercase,
                strip_accents: strip_accents.map(str::parse).transpose()?,
                analyzer: analyzer.parse()?,
                words: token_pattern.map_or(Words::Sklearn, Words::Pattern),
                stop_words: stop_words.map_or(StopWords::None, StopWords::List),
                stemmer: None,
                ngram_range,
            })
        };
        params().map(Self).map_err(to_python)
    }
}

/// Terms and their columns.
#[pyclass(frozen, module = "slugline._core")]
pub(crate) struct Vocabulary(Terms);

#[pymethods]
impl Vocabulary {
    /// The terms, in order of their columns.
    #[new]
    fn new(terms: Vec<String>) -> PyResult<Self> {
        Terms::new(terms).map(Self).map_err(to_python)
    }

    fn __len__(&self) -> usize {
        self.0.len()
    }

    /// The terms as a list of `str`.
    fn terms<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        PyList::new(py, self.0.iter())
    }
}

/// Learns the terms of documents and counts them.
///
/// `keep(n_documents, document_frequency, totals)` returns which columns to keep, ascending, or
/// None for all. Returns the vocabulary and the CSR arrays `(data, indices, indptr)`.
#[pyfunction]
pub(crate) fn learn<'py>(
    py: Python<'py>,
    analysis: &Analysis,
    documents: &Documents,
    keep: &Bound<'py, PyAny>,
) -> PyResult<(Vocabulary, Bound<'py, PyTuple>)> {
    let texts = documents.texts(py)?;
    let threads = threads(None);
    let mut counts = on_texts(py, &texts, |texts| {
        if texts.is_empty() {
            return Ok(None);
        }
        match Counts::learn(&analysis.0, texts, threads) {
            Ok(counts) => Ok(Some(counts)),
            Err(slugline::Error::EmptyVocabulary(_)) => Ok(None),
            Err(error) => Err(error),
        }
    })?
    .ok_or_else(|| {
        PyValueError::new_err("empty vocabulary; perhaps the documents only contain stop words")
    })?;
    let df: Vec<i64> = counts
        .document_frequency()
        .into_iter()
        .map(u64::cast_signed)
        .collect();
    let totals = counts.totals();
    let kept = keep.call1((texts.len(), df.into_pyarray(py), totals.into_pyarray(py)))?;
    if !kept.is_none() {
        let kept: Vec<u32> = kept.extract()?;
        counts = py.detach(|| counts.select(&kept)).map_err(to_python)?;
    }
    let rows = arrays(py, counts.rows)?;
    Ok((Vocabulary(counts.vocabulary), rows))
}

/// Counts the known terms of documents. Returns the CSR arrays `(data, indices, indptr)`.
#[pyfunction]
pub(crate) fn count<'py>(
    py: Python<'py>,
    analysis: &Analysis,
    vocabulary: &Vocabulary,
    documents: &Documents,
) -> PyResult<Bound<'py, PyTuple>> {
    let texts = documents.texts(py)?;
    let threads = threads(None);
    let rows = on_texts(py, &texts, |texts| {
        Counts::of_known(&analysis.0, &vocabulary.0, texts, threads)
    })?;
    arrays(py, rows)
}

/// Hashes the terms of documents. Returns the CSR arrays `(data, indices, indptr)`.
#[pyfunction]
pub(crate) fn hash<'py>(
    py: Python<'py>,
    analysis: &Analysis,
    documents: &Documents,
    n_features: usize,
    alternate_sign: bool,
) -> PyResult<Bound<'py, PyTuple>> {
    let texts = documents.texts(py)?;
    let params = HashingParams {
        analyzer: analysis.0.params().clone(),
        n_features,
        alternate_sign,
        binary: false,
        norm: None,
        threads: threads(None),
    };
    let rows = on_texts(py, &texts, |texts| {
        HashingVectorizer::new(params)?.transform(texts)
    })?;
    arrays(py, rows)
}

/// The arrays of a CSR matrix as NumPy's, with 32-bit indices where they suffice, as in SciPy.
fn arrays<T: numpy::Element>(py: Python<'_>, rows: Rows<T>) -> PyResult<Bound<'_, PyTuple>> {
    let (n_columns, indptr, indices, data) = rows.into_parts();
    let data = data.into_pyarray(py);
    if i32::try_from(data.len()?).is_ok() && i32::try_from(n_columns).is_ok() {
        let indptr: Vec<i32> = indptr.into_iter().map(|at| at as i32).collect();
        let indices: Vec<i32> = bytemuck::cast_vec(indices);
        return pair(py, data, indices.into_pyarray(py), indptr.into_pyarray(py));
    }
    let indptr: Vec<i64> = indptr.into_iter().map(|at| at as i64).collect();
    let indices: Vec<i64> = indices.into_iter().map(i64::from).collect();
    pair(py, data, indices.into_pyarray(py), indptr.into_pyarray(py))
}

fn pair<'py, T: numpy::Element, I: numpy::Element>(
    py: Python<'py>,
    data: Bound<'py, PyArray1<T>>,
    indices: Bound<'py, PyArray1<I>>,
    indptr: Bound<'py, PyArray1<I>>,
) -> PyResult<Bound<'py, PyTuple>> {
    PyTuple::new(py, [data.into_any(), indices.into_any(), indptr.into_any()])
}
