//! Documents from Python, kept alive while they are read.

use numpy::{PyReadonlyArray1, PyReadonlyArray2, ndarray::ArrayView2};
use pyo3::{
    exceptions::{PyTypeError, PyUnicodeEncodeError},
    intern,
    prelude::*,
    pybacked::PyBackedStr,
    types::PyString,
};

use slugline::Examples;

use crate::{arrow::columns, arrow_text::TextColumn, errors::NotNative, listed::sensible_length};

/// Texts that can be read without the interpreter lock: Python strings whose UTF-8 is borrowed (they never
/// change), or copies of Arrow arrays.
#[pyclass(frozen, module = "slugline._core")]
pub(crate) struct Documents(TextStorage);

enum TextStorage {
    /// Where the UTF-8 lies is kept beside the string: the string itself, which may be far away, is not read again.
    Strings(Vec<PyBackedStr>),
    Arrow(Vec<TextColumn>),
}

#[pymethods]
impl Documents {
    /// Takes the documents of an iterable or of an Arrow array.
    ///
    /// Documents that are no `str` are passed to `decode`. A lone surrogate has no UTF-8: with `words` it is
    /// replaced by U+FFFD, which is no part of a word either; otherwise it raises `NotNative`, as does a
    /// document that is no text.
    #[new]
    #[pyo3(signature = (documents, decode=None, words=true))]
    fn new(
        documents: &Bound<'_, PyAny>,
        decode: Option<&Bound<'_, PyAny>>,
        words: bool,
    ) -> PyResult<Self> {
        if let Some(columns) = columns(documents)? {
            return Ok(Self(TextStorage::Arrow(columns)));
        }
        let mut strings = Vec::with_capacity(sensible_length(documents));
        for (position, document) in documents.try_iter()?.enumerate() {
            strings.push(text_of(document?, position, decode, words)?.try_into()?);
        }
        Ok(Self(TextStorage::Strings(strings)))
    }

    fn __len__(&self) -> usize {
        match &self.0 {
            TextStorage::Strings(strings) => strings.len(),
            TextStorage::Arrow(columns) => columns.iter().map(TextColumn::len).sum(),
        }
    }
}

impl Documents {
    /// The texts, in order.
    pub(crate) fn texts(&self) -> Vec<&str> {
        match &self.0 {
            TextStorage::Strings(strings) => strings.iter().map(|text| &**text).collect(),
            TextStorage::Arrow(columns) => {
                let mut texts = Vec::with_capacity(self.__len__());
                for column in columns {
                    column.texts(&mut texts);
                }
                texts
            }
        }
    }
}

/// A weight for each document, or none.
pub(crate) type SampleWeights<'py> = Option<PyReadonlyArray1<'py, f64>>;

/// The weights as numbers.
pub(crate) fn given<'a>(weights: &'a SampleWeights<'_>) -> PyResult<Option<&'a [f64]>> {
    let weights = weights.as_ref().map(PyReadonlyArray1::as_slice);
    Ok(weights.transpose()?)
}

/// The documents with their weights.
pub(crate) fn weighted<'a, S>(
    examples: Examples<'a, S>,
    weights: Option<&'a [f64]>,
) -> slugline::Result<Examples<'a, S>> {
    match weights {
        Some(weights) => examples.with_weights(weights),
        None => Ok(examples),
    }
}

/// What is known of the labels of documents: the position of each one's, or documents × labels, their probabilities.
#[derive(FromPyObject)]
pub(crate) enum Targets<'py> {
    Positions(PyReadonlyArray1<'py, usize>),
    Probabilities(PyReadonlyArray2<'py, f64>),
}

/// The numbers of [`Targets`], which can be read without the interpreter lock.
pub(crate) enum TargetNumbers<'a> {
    Positions(&'a [usize]),
    Probabilities(ArrayView2<'a, f64>),
}

impl Targets<'_> {
    pub(crate) fn numbers(&self) -> PyResult<TargetNumbers<'_>> {
        Ok(match self {
            Self::Positions(positions) => TargetNumbers::Positions(positions.as_slice()?),
            Self::Probabilities(rows) => TargetNumbers::Probabilities(rows.as_array()),
        })
    }
}

impl TargetNumbers<'_> {
    /// Texts with these sorted labels.
    pub(crate) fn examples<'a, S>(
        &'a self,
        texts: &'a [S],
        labels: Vec<String>,
    ) -> slugline::Result<Examples<'a, S>> {
        match self {
            Self::Positions(targets) => Examples::numbered(texts, labels, targets),
            Self::Probabilities(rows) => Examples::with_probabilities(texts, &labels, rows),
        }
    }
}

/// The text with lone surrogates replaced by U+FFFD.
#[pyfunction]
pub(crate) fn readable(text: Bound<'_, PyString>) -> PyResult<Bound<'_, PyString>> {
    text_of(text.into_any(), 0, None, true)
}

/// One document as a string that has UTF-8.
fn text_of<'py>(
    document: Bound<'py, PyAny>,
    position: usize,
    decode: Option<&Bound<'py, PyAny>>,
    words: bool,
) -> PyResult<Bound<'py, PyString>> {
    let py = document.py();
    let text = match document.cast_into::<PyString>() {
        Ok(text) => text,
        Err(other) => {
            let other = other.into_inner();
            let Some(decode) = decode else {
                return Err(PyTypeError::new_err(format!(
                    "document {position} is a {}, expected a str",
                    other.get_type().name()?
                )));
            };
            decode
                .call1((other,))?
                .cast_into::<PyString>()
                .map_err(|_| NotNative::new_err("a document that is no text"))?
        }
    };
    match text.to_str() {
        Ok(_) => Ok(text),
        Err(error) if !error.is_instance_of::<PyUnicodeEncodeError>(py) => Err(error),
        Err(_) if !words => Err(NotNative::new_err("half a character")),
        Err(_) => text
            .call_method1(
                intern!(py, "encode"),
                (intern!(py, "utf-16-le"), intern!(py, "surrogatepass")),
            )?
            .call_method1(
                intern!(py, "decode"),
                (intern!(py, "utf-16-le"), intern!(py, "replace")),
            )?
            .cast_into::<PyString>()
            .map_err(Into::into),
    }
}
