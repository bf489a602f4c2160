//! A vocabulary for Rust with the terms of a Python `dict` of columns, which its owner may change at any time.

use pyo3::{
    prelude::*,
    types::{PyDict, PyInt, PyList, PyString},
};
use slugline::Vocabulary as Terms;

use crate::errors::{NotNative, to_python};

/// Terms and their columns, as of a `dict` at some time.
#[pyclass(frozen, module = "slugline._core")]
pub(crate) struct Vocabulary {
    terms: Terms,
    /// Keys and values in the order of the `dict`.
    items: (Py<PyList>, Py<PyList>),
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
        let terms = columns
            .py()
            .detach(|| Terms::new(terms.into_iter().flatten()));
        Ok(Self {
            terms: terms.map_err(to_python)?,
            items: items_of(columns),
        })
    }

    /// The vocabulary of terms in the order of their columns, and a new `dict` of them.
    pub(crate) fn learned(py: Python<'_>, terms: Terms) -> PyResult<(Self, Bound<'_, PyDict>)> {
        let columns = PyDict::new(py);
        for (column, term) in terms.iter().enumerate() {
            columns.set_item(term, column)?;
        }
        let items = items_of(&columns);
        Ok((Self { terms, items }, columns))
    }

    /// Whether a `dict` still has the same items.
    ///
    /// `str` and `int` are immutable, so Python compares identities where nothing has changed, in about 10 ns per item.
    pub(crate) fn is_of(&self, columns: &Bound<'_, PyDict>) -> PyResult<bool> {
        Ok(columns.len() == self.terms.len()
            && columns.values().eq(&self.items.1)?
            && columns.keys().eq(&self.items.0)?)
    }

    pub(crate) fn terms(&self) -> &Terms {
        &self.terms
    }
}

fn items_of(columns: &Bound<'_, PyDict>) -> (Py<PyList>, Py<PyList>) {
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
