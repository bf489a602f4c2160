//! A vocabulary for Rust with the terms of a Python `dict` of columns, which its owner may change at any time.

use std::sync::OnceLock;

use pyo3::{
    exceptions::PyValueError,
    prelude::*,
    types::{PyBytes, PyDict, PyInt, PyList, PyString},
};
use slugline::Vocabulary as Terms;

use crate::{
    errors::{NotNative, to_python},
    work::unlocked,
};

/// Terms and their columns, as of a `dict` at some time.
#[pyclass(frozen, module = "slugline._core")]
pub(crate) struct Vocabulary {
    terms: Terms,
    /// Keys and values in the order of the `dict`, once there is one.
    items: OnceLock<Items>,
}

type Items = (Py<PyList>, Py<PyList>);

/// The bytes of a number in packed terms.
const NUMBER: usize = size_of::<u32>();

#[pymethods]
impl Vocabulary {
    /// The terms of a `dict` as bytes: how many there are, the length of each, and the terms end to end (numbers of
    /// 32 bits, the lowest byte first; UTF-8).
    ///
    /// None unless its items are texts and their columns as `int`, in order.
    #[staticmethod]
    fn packed<'py>(
        py: Python<'py>,
        columns: &Bound<'py, PyDict>,
    ) -> PyResult<Option<Bound<'py, PyBytes>>> {
        let n = columns.len();
        let mut packed = Vec::with_capacity((n + 1) * NUMBER);
        let mut text = Vec::with_capacity(n * 8);
        let Ok(count) = u32::try_from(n) else {
            return Ok(None);
        };
        packed.extend(count.to_le_bytes());
        for (at, (term, column)) in columns.iter().enumerate() {
            let usual =
                term.is_exact_instance_of::<PyString>() && column.is_exact_instance_of::<PyInt>();
            if !usual || column.extract::<usize>().ok() != Some(at) {
                return Ok(None);
            }
            let Ok(term) = term.cast::<PyString>()?.to_str() else {
                return Ok(None);
            };
            let Ok(length) = u32::try_from(term.len()) else {
                return Ok(None);
            };
            packed.extend(length.to_le_bytes());
            text.extend_from_slice(term.as_bytes());
        }
        packed.append(&mut text);
        Ok((n > 0).then(|| PyBytes::new(py, &packed)))
    }

    /// The vocabulary of packed terms. `ValueError` for any other bytes.
    #[staticmethod]
    fn unpacked(py: Python<'_>, packed: &[u8]) -> PyResult<Self> {
        let terms = unlocked(py, || unpack(packed))?
            .map_err(|why| PyValueError::new_err(format!("packed terms: {why}")))?;
        Ok(Self {
            terms,
            items: OnceLock::new(),
        })
    }

    /// A new `dict` of the terms and their columns, with which later ones are compared.
    fn columns<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let columns = columns_of(py, &self.terms)?;
        // Another thread may have been first: the items are the same.
        let _ = self.items.set(items_of(&columns));
        Ok(columns)
    }

    fn __len__(&self) -> usize {
        self.terms.len()
    }
}

/// The terms that were packed; else what is wrong.
fn unpack(packed: &[u8]) -> Result<Terms, String> {
    let short = || format!("{} bytes are too few", packed.len());
    let (count, rest) = packed.split_first_chunk::<NUMBER>().ok_or_else(short)?;
    let n = u32::from_le_bytes(*count) as usize;
    let bytes = n.checked_mul(NUMBER).ok_or_else(short)?;
    let (lengths, text) = rest.split_at_checked(bytes).ok_or_else(short)?;
    let mut text = std::str::from_utf8(text).map_err(|error| error.to_string())?;
    let mut terms = Vec::with_capacity(n);
    for length in lengths.as_chunks::<NUMBER>().0 {
        let length = u32::from_le_bytes(*length) as usize;
        let (term, rest) = text
            .split_at_checked(length)
            .ok_or_else(|| format!("a term of {length} bytes is cut"))?;
        terms.push(term);
        text = rest;
    }
    if !text.is_empty() {
        return Err(format!("{} bytes are left over", text.len()));
    }
    Terms::new(terms).map_err(|error| error.to_string())
}

impl Vocabulary {
    /// Takes the items of a `dict` of columns.
    ///
    /// Raises `NotNative` where a term is no text, or the columns are not 0 to n − 1, each once.
    pub(crate) fn of(columns: &Bound<'_, PyDict>) -> PyResult<Self> {
        let mut terms = vec![None; columns.len()];
        for (term, column) in columns {
            let at = column_of(&column, terms.len())?;
            if terms[at as usize].replace(text_of(&term)?).is_some() {
                return Err(NotNative::new_err("two terms of one column"));
            }
        }
        let terms = unlocked(columns.py(), || Terms::new(terms.into_iter().flatten()))?;
        Ok(Self {
            terms: terms.map_err(to_python)?,
            items: items_of(columns).into(),
        })
    }

    /// The vocabulary of terms in the order of their columns, and a new `dict` of them.
    pub(crate) fn learned(py: Python<'_>, terms: Terms) -> PyResult<(Self, Bound<'_, PyDict>)> {
        let columns = columns_of(py, &terms)?;
        let items = items_of(&columns).into();
        Ok((Self { terms, items }, columns))
    }

    /// Whether a `dict` still has the same items.
    ///
    /// `str` and `int` are immutable, so Python compares identities where nothing has changed, in about 10 ns per item.
    pub(crate) fn is_of(&self, columns: &Bound<'_, PyDict>) -> PyResult<bool> {
        let Some((keys, values)) = self.items.get() else {
            return Ok(false);
        };
        Ok(columns.len() == self.terms.len()
            && columns.values().eq(values)?
            && columns.keys().eq(keys)?)
    }

    pub(crate) fn terms(&self) -> &Terms {
        &self.terms
    }
}

fn columns_of<'py>(py: Python<'py>, terms: &Terms) -> PyResult<Bound<'py, PyDict>> {
    let columns = PyDict::new(py);
    for (column, term) in terms.iter().enumerate() {
        columns.set_item(term, column)?;
    }
    Ok(columns)
}

fn items_of(columns: &Bound<'_, PyDict>) -> Items {
    (columns.keys().unbind(), columns.values().unbind())
}

/// A column number below `n`; `NotNative` for anything else, which SciPy handles.
pub(crate) fn column_of(value: &Bound<'_, PyAny>, n: usize) -> PyResult<u32> {
    // Not only `int`: scikit-learn's own vocabularies have NumPy integers where terms were pruned.
    let column = match value.is_exact_instance_of::<PyInt>() || value.hasattr("__index__")? {
        true => value.extract::<u32>().ok(),
        false => None,
    };
    column
        .filter(|&column| (column as usize) < n)
        .ok_or_else(|| NotNative::new_err("a column that is none"))
}

fn text_of(term: &Bound<'_, PyAny>) -> PyResult<String> {
    term.cast::<PyString>()
        .ok()
        .and_then(|term| term.to_str().ok().map(ToOwned::to_owned))
        .ok_or_else(|| NotNative::new_err("a term that is no text"))
}
