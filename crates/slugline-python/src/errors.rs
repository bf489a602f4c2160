//! Errors of the library as Python's exceptions.

use std::any::Any;

use pyo3::{
    create_exception,
    exceptions::{PyException, PyOSError, PyRuntimeError, PyValueError},
    prelude::*,
};
use slugline::Error;

create_exception!(
    slugline._core,
    NotNative,
    PyException,
    "The documents hold something that only Python can work on: not a text, or half a character."
);

/// A library error as the exception that a Python user expects.
pub(crate) fn to_python(error: Error) -> PyErr {
    match error {
        Error::Io { path, source } => match source.raw_os_error() {
            // With the error number Python chooses the class: FileNotFoundError, PermissionError …
            Some(number) => PyOSError::new_err((number, source.to_string(), path)),
            None => PyOSError::new_err(format!("{}: {source}", path.display())),
        },
        other => PyValueError::new_err(other.to_string()),
    }
}

/// A panic is a defect of slugline; it becomes an exception all the same.
pub(crate) fn of_panic(cause: &(dyn Any + Send)) -> PyErr {
    let what = cause
        .downcast_ref::<&str>()
        .map(ToString::to_string)
        .or_else(|| cause.downcast_ref::<String>().cloned())
        .unwrap_or_default();
    PyRuntimeError::new_err(format!(
        "internal error in slugline, please report it: {what}"
    ))
}
