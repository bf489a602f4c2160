//! Documents that came from Python, held for as long as they are read.

use arrow_array::{Array, ArrayRef, LargeStringArray, StringArray, StringViewArray};
use arrow_schema::DataType;
use pyo3::{
    exceptions::{PyTypeError, PyUnicodeEncodeError, PyValueError},
    intern,
    prelude::*,
    types::PyString,
};
use pyo3_arrow::input::AnyArray;

use crate::errors::NotNative;

/// Texts, ready to be read without the interpreter lock: Python strings whose UTF-8 is borrowed,
/// or Arrow arrays that are read where they lie.
#[pyclass(frozen, module = "slugline._core")]
pub(crate) struct Documents(Held);

enum Held {
    Strings(Vec<Py<PyString>>),
    Arrow(Vec<ArrayRef>),
}

#[pymethods]
impl Documents {
    /// Takes the documents of an iterable or of an Arrow array.
    ///
    /// What is not a `str` goes through `decode`. Half a character (a lone surrogate) cannot be
    /// written as UTF-8: where `words` is set it is replaced by U+FFFD, which is no part of a word
    /// either; elsewhere it raises `NotNative`, as does a document that is no text at all.
    #[new]
    #[pyo3(signature = (documents, decode=None, words=true))]
    fn new(
        documents: &Bound<'_, PyAny>,
        decode: Option<&Bound<'_, PyAny>>,
        words: bool,
    ) -> PyResult<Self> {
        if let Some(arrays) = arrow(documents)? {
            return Ok(Self(Held::Arrow(arrays)));
        }
        let mut strings = Vec::with_capacity(documents.len().unwrap_or(0));
        for (position, document) in documents.try_iter()?.enumerate() {
            strings.push(text_of(document?, position, decode, words)?.unbind());
        }
        Ok(Self(Held::Strings(strings)))
    }

    fn __len__(&self) -> usize {
        match &self.0 {
            Held::Strings(strings) => strings.len(),
            Held::Arrow(arrays) => arrays.iter().map(Array::len).sum(),
        }
    }
}

impl Documents {
    /// The texts, in order.
    pub(crate) fn texts<'a>(&'a self, py: Python<'a>) -> PyResult<Vec<&'a str>> {
        match &self.0 {
            Held::Strings(strings) => strings.iter().map(|text| text.to_str(py)).collect(),
            Held::Arrow(arrays) => {
                let mut texts = Vec::with_capacity(self.__len__());
                for array in arrays {
                    let array = array.as_any();
                    if let Some(array) = array.downcast_ref::<StringViewArray>() {
                        texts.extend(array.iter().flatten());
                    } else if let Some(array) = array.downcast_ref::<StringArray>() {
                        texts.extend(array.iter().flatten());
                    } else if let Some(array) = array.downcast_ref::<LargeStringArray>() {
                        texts.extend(array.iter().flatten());
                    }
                }
                Ok(texts)
            }
        }
    }
}

/// One document as a string whose UTF-8 is known to exist.
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

/// The arrays of an object with the Arrow PyCapsule interface.
fn arrow(documents: &Bound<'_, PyAny>) -> PyResult<Option<Vec<ArrayRef>>> {
    let py = documents.py();
    let has = |name| documents.hasattr(name);
    if !has(intern!(py, "__arrow_c_stream__"))? && !has(intern!(py, "__arrow_c_array__"))? {
        return Ok(None);
    }
    // A column of Python objects would be copied into Arrow memory, where borrowing them is free.
    if let Ok(dtype) = documents.getattr(intern!(py, "dtype"))
        && dtype.str()? == "object"
    {
        return Ok(None);
    }
    // pandas offers the interface even where PyArrow, which it needs for it, is missing.
    let Ok(column) = documents.extract::<AnyArray>() else {
        return Ok(None);
    };
    let column = column.into_chunked_array()?;
    let (chunks, field) = column.into_inner();
    let texts = |array: ArrayRef| match array.data_type() {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => Ok(array),
        DataType::Dictionary(_, values) if values.is_string() => {
            arrow_cast::cast(&array, &DataType::LargeUtf8)
                .map_err(|error| PyValueError::new_err(error.to_string()))
        }
        other => Err(PyTypeError::new_err(format!(
            "expected one column of text, got Arrow data of type {other} in {:?}",
            field.name()
        ))),
    };
    let arrays: Vec<ArrayRef> = chunks.into_iter().map(texts).collect::<PyResult<_>>()?;
    let mut before = 0;
    for array in &arrays {
        if let Some(at) = (array.null_count() > 0)
            .then(|| (0..array.len()).find(|&at| array.is_null(at)))
            .flatten()
        {
            return Err(PyValueError::new_err(format!(
                "document {} is null, expected a text",
                before + at
            )));
        }
        before += array.len();
    }
    Ok(Some(arrays))
}
