//! Sparse counts of texts, for the drop-in vectorisers.

use std::collections::HashMap;

use numpy::{IntoPyArray, PyArray1};
use pyo3::{
    exceptions::PyValueError,
    prelude::*,
    types::{PyDict, PyList, PyString, PyTuple},
};
use slugline::{
    Counts, Rows, Scratch, StopWords, StripAccents, Vocabulary as Terms, Words,
    hashing::{HashingParams, HashingVectorizer},
    text::{Analyzer, AnalyzerParams},
};

use crate::{
    documents::Documents,
    errors::to_python,
    listed::Listed,
    vocabulary::{Vocabulary, column_of},
    work::{on_texts, threads, unlocked},
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
        stop_words: Option<Listed<String>>,
        ngram_range: (usize, usize),
    ) -> PyResult<Self> {
        let params = || {
            Analyzer::new(
                AnalyzerParams::default()
                    .lowercase(lowercase)
                    .strip_accents(strip_accents.map(str::parse::<StripAccents>).transpose()?)
                    .analyzer(analyzer.parse()?)
                    .words(token_pattern.map_or(Words::Sklearn, Words::Pattern))
                    .stop_words(
                        stop_words.map_or(StopWords::None, |words| StopWords::List(words.0)),
                    )
                    .ngram_range(ngram_range.0, ngram_range.1),
            )
        };
        params().map(Self).map_err(to_python)
    }
}

/// Learns the terms of documents and counts them.
///
/// `keep(n_documents, document_frequency, totals)` returns which columns to keep, ascending, or
/// None for all. Returns the terms with their columns, the same for `count`, and the CSR arrays
/// `(data, indices, indptr)`.
#[pyfunction]
pub(crate) fn learn<'py>(
    py: Python<'py>,
    analysis: &Analysis,
    documents: &Documents,
    keep: &Bound<'py, PyAny>,
) -> PyResult<(Bound<'py, PyDict>, Vocabulary, Bound<'py, PyTuple>)> {
    let texts = documents.texts();
    let threads = threads(py, None)?;
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
        let kept: Listed<u32> = kept.extract()?;
        counts = unlocked(py, || counts.select(&kept.0))?.map_err(to_python)?;
    }
    let rows = arrays(py, counts.rows)?;
    let (vocabulary, columns) = Vocabulary::learned(py, counts.vocabulary)?;
    Ok((columns, vocabulary, rows))
}

/// Counts the terms of documents that are in a `dict` of columns.
///
/// The caller keeps a vocabulary with the same terms for Rust, which is rebuilt where the `dict` has changed since
/// (`unchanged`: it cannot have). For a few documents it is faster to look up each of their terms in the `dict`.
///
/// Returns the vocabulary, or None where terms were looked up, the CSR arrays `(data, indices, indptr)`, and the
/// bytes of the texts. `before`: those of the texts whose terms were looked up in this `dict` so far. Raises
/// `NotNative` for a `dict` of anything else than texts and their columns.
#[pyfunction]
pub(crate) fn count<'py>(
    py: Python<'py>,
    analysis: &Analysis,
    columns: &Bound<'py, PyDict>,
    known: Option<Bound<'py, Vocabulary>>,
    documents: &Documents,
    unchanged: bool,
    before: usize,
) -> PyResult<(Option<Bound<'py, Vocabulary>>, Bound<'py, PyTuple>, usize)> {
    let texts = documents.texts();
    let bytes: usize = texts.iter().map(|text| text.len()).sum();
    let vocabulary = match known {
        Some(known) if unchanged => known,
        _ if before.saturating_add(bytes) < columns.len() => {
            return Ok((None, look_up(py, analysis, columns, &texts)?, bytes));
        }
        Some(known) if known.get().is_of(columns)? => known,
        _ => Bound::new(py, Vocabulary::of(columns)?)?,
    };
    let terms = vocabulary.get().terms();
    if bytes < FEW {
        let rows = on_texts(py, &texts, |texts| Ok(few(&analysis.0, terms, texts)))?;
        return Ok((Some(vocabulary), arrays_of(py, rows)?, bytes));
    }
    let threads = threads(py, None)?;
    let rows = on_texts(py, &texts, |texts| {
        Counts::of_known(&analysis.0, terms, texts, threads)
    })?;
    let rows = arrays(py, rows)?;
    Ok((Some(vocabulary), rows, bytes))
}

/// Fewer bytes of text are counted sooner than a thread is started.
const FEW: usize = 1 << 14;

/// Counts the terms of a few `str` in a list or a tuple. The vocabulary is the caller's, who knows that it is the
/// fitted one.
///
/// Returns the CSR arrays `(data, indices, indptr)`, with counts as 64-bit floats if `floats`, else as 64-bit
/// integers, and all 1 if `binary`; None where there are no documents, too many, or any that is no text.
#[pyfunction]
pub(crate) fn count_few<'py>(
    py: Python<'py>,
    analysis: &Analysis,
    vocabulary: &Vocabulary,
    documents: &Bound<'py, PyAny>,
    floats: bool,
    binary: bool,
) -> PyResult<Option<Bound<'py, PyTuple>>> {
    let texts: Vec<Bound<'py, PyAny>> = if let Ok(list) = documents.cast_exact::<PyList>() {
        list.iter().take(FEW).collect()
    } else if let Ok(tuple) = documents.cast_exact::<PyTuple>() {
        tuple.iter().take(FEW).collect()
    } else {
        return Ok(None);
    };
    let mut read = Vec::with_capacity(texts.len());
    let mut bytes = 0;
    for text in &texts {
        // A lone surrogate has no UTF-8.
        let Some(text) = text
            .cast::<PyString>()
            .ok()
            .and_then(|text| text.to_str().ok())
        else {
            return Ok(None);
        };
        bytes += text.len();
        if bytes >= FEW {
            return Ok(None);
        }
        read.push(text);
    }
    if read.is_empty() || read.len() == FEW {
        return Ok(None);
    }
    let (n, indptr, indices, counts) = on_texts(py, &read, |texts| {
        Ok(few(&analysis.0, vocabulary.terms(), texts))
    })?;
    let count = |count: u32| if binary { 1 } else { count };
    let counts = counts.into_iter().map(count);
    Ok(Some(match floats {
        true => arrays_of(py, (n, indptr, indices, counts.map(f64::from).collect()))?,
        false => arrays_of(py, (n, indptr, indices, counts.map(i64::from).collect()))?,
    }))
}

/// The parts of count rows over a vocabulary: columns, starts of the rows, column numbers, counts.
type CountRows = (usize, Vec<usize>, Vec<u32>, Vec<u32>);

/// Counts the terms of a few texts, on this thread.
fn few<S: AsRef<str>>(analyzer: &Analyzer, terms: &Terms, texts: &[S]) -> CountRows {
    let mut scratch = Scratch::default();
    let mut rows = RowsOfRuns::default();
    let mut known = Vec::new();
    for text in texts {
        known.clear();
        analyzer.for_each_term(text.as_ref(), &mut scratch, |term| {
            known.extend(terms.id(term));
        });
        rows.push(&mut known);
    }
    rows.finish(terms.len())
}

/// Count rows that are made of the columns of each term of a text.
struct RowsOfRuns {
    indptr: Vec<usize>,
    indices: Vec<u32>,
    counts: Vec<u32>,
}

impl Default for RowsOfRuns {
    fn default() -> Self {
        Self {
            indptr: vec![0],
            indices: Vec::new(),
            counts: Vec::new(),
        }
    }
}

impl RowsOfRuns {
    fn push(&mut self, columns: &mut [u32]) {
        columns.sort_unstable();
        for run in columns.chunk_by(|a, b| a == b) {
            self.indices.push(run[0]);
            self.counts.push(run.len() as u32);
        }
        self.indptr.push(self.indices.len());
    }

    fn finish(self, n_columns: usize) -> CountRows {
        (n_columns, self.indptr, self.indices, self.counts)
    }
}

/// Counts the terms of texts that are in a `dict` of columns.
fn look_up<'py>(
    py: Python<'py>,
    analysis: &Analysis,
    columns: &Bound<'py, PyDict>,
    texts: &[&str],
) -> PyResult<Bound<'py, PyTuple>> {
    let met = on_texts(py, texts, |texts| {
        Ok(TextTerms::in_texts(&analysis.0, texts))
    })?;
    let mut column = vec![None; met.ids.len()];
    for (term, id) in &met.ids {
        if let Some(value) = columns.get_item(term)? {
            column[*id] = Some(column_of(&value, columns.len())?);
        }
    }
    let mut rows = RowsOfRuns::default();
    for row in met.rows {
        let mut known: Vec<u32> = row.into_iter().filter_map(|id| column[id]).collect();
        rows.push(&mut known);
    }
    arrays_of(py, rows.finish(columns.len()))
}

/// The terms of some texts, numbered in order of first occurrence.
#[derive(Default)]
struct TextTerms {
    ids: HashMap<String, usize>,
    rows: Vec<Vec<usize>>,
}

impl TextTerms {
    fn in_texts<S: AsRef<str>>(analyzer: &Analyzer, texts: &[S]) -> Self {
        let mut met = Self::default();
        let mut scratch = Scratch::default();
        for text in texts {
            let mut row = Vec::new();
            analyzer.for_each_term(text.as_ref(), &mut scratch, |term| {
                let next = met.ids.len();
                row.push(match met.ids.get(term) {
                    Some(&id) => id,
                    None => *met.ids.entry(term.to_owned()).or_insert(next),
                });
            });
            met.rows.push(row);
        }
        met
    }
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
    let texts = documents.texts();
    let params = HashingParams::default()
        .analyzer(analysis.0.params().clone())
        .n_features(n_features)
        .alternate_sign(alternate_sign)
        .binary(false)
        .norm(None)
        .threads(threads(py, None)?);
    let rows = on_texts(py, &texts, |texts| {
        HashingVectorizer::new(params)?.transform(texts)
    })?;
    arrays(py, rows)
}

/// The arrays of a CSR matrix as NumPy's, with 32-bit indices where they suffice, as in SciPy.
fn arrays<T: numpy::Element>(py: Python<'_>, rows: Rows<T>) -> PyResult<Bound<'_, PyTuple>> {
    arrays_of(py, rows.into_parts())
}

fn arrays_of<T: numpy::Element>(
    py: Python<'_>,
    (n_columns, indptr, indices, data): (usize, Vec<usize>, Vec<u32>, Vec<T>),
) -> PyResult<Bound<'_, PyTuple>> {
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
