//! Lists of values from Python, whatever length they claim.

use pyo3::{
    conversion::FromPyObjectOwned,
    exceptions::PyTypeError,
    prelude::*,
    types::{PyList, PyString, PyTuple},
};

/// The values of a list, a tuple, an array or another sequence. As `Vec`, which however reserves as much memory as
/// `__len__` asks for.
pub(crate) struct Listed<T>(pub(crate) Vec<T>);

impl<'py, T: FromPyObjectOwned<'py>> FromPyObject<'_, 'py> for Listed<T> {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        let is_sequence = object.hasattr("__getitem__")? && object.hasattr("__len__")?;
        if object.is_instance_of::<PyString>() || !is_sequence {
            return Err(PyTypeError::new_err(format!(
                "expected a list, got a {}",
                object.get_type().name()?
            )));
        }
        let mut values = Vec::with_capacity(sensible_length(&object));
        for item in object.try_iter()? {
            values.push(item?.extract::<T>().map_err(Into::into)?);
        }
        Ok(Self(values))
    }
}

/// The number of values to make room for: the length of a list or a tuple, which is a fact, and up to a limit what
/// `__len__` of anything else says, a subclass of a list among them.
pub(crate) fn sensible_length(object: &Bound<'_, PyAny>) -> usize {
    /// Growing from here on takes little time beside reading so many values.
    const MOST: usize = 1 << 12;
    if let Ok(list) = object.cast_exact::<PyList>() {
        return list.len();
    }
    match object.cast_exact::<PyTuple>() {
        Ok(tuple) => tuple.len(),
        Err(_) => object.len().unwrap_or(0).min(MOST),
    }
}
