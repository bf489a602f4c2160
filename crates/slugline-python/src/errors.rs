//! Errors of the library as Python exceptions.

use std::{any::Any, error, io, path::Path};

use pyo3::{
    create_exception,
    exceptions::{PyException, PyMemoryError, PyOSError, PyRuntimeError, PyValueError},
    intern,
    prelude::*,
};
use slugline::{Error, missing_memory};

create_exception!(
    slugline._core,
    NotNative,
    PyException,
    "The documents hold something that only Python can work on: not a text, or half a character."
);

/// A library error as the exception that a Python user expects.
pub(crate) fn to_python(error: Error) -> PyErr {
    match error {
        Error::Io { path, source } => match name_of_errno(&source) {
            // From the error number Python chooses the class: FileNotFoundError, PermissionError …
            Some(name) => Python::attach(|py| {
                let named = || -> PyResult<PyErr> {
                    let number = py.import(intern!(py, "errno"))?.getattr(name)?;
                    numbered(number, &path)
                };
                named().unwrap_or_else(|error| error)
            }),
            None => match source.raw_os_error() {
                Some(number) => Python::attach(|py| {
                    let number = number.into_pyobject(py)?.into_any();
                    numbered(number, &path)
                })
                .unwrap_or_else(|error| error),
                None => PyOSError::new_err(format!("{}: {source}", path.display())),
            },
        },
        Error::Parameter {
            name,
            value,
            expected,
        } => PyValueError::new_err(format!(
            "{} is {value}: expected {expected}",
            python_name(name)
        )),
        Error::OutOfMemory { .. } => PyMemoryError::new_err(error.to_string()),
        other => PyValueError::new_err(
            other
                .to_string()
                .replace("idf_order = after_norm", "idf_order=\"after_norm\"")
                .replace("idf_order = before_norm", "idf_order=\"before_norm\""),
        ),
    }
}

/// The exception of an error number, as `open` raises it.
fn numbered(number: Bound<'_, PyAny>, path: &Path) -> PyResult<PyErr> {
    let py = number.py();
    let why = py
        .import(intern!(py, "os"))?
        .call_method1(intern!(py, "strerror"), (&number,))?;
    Ok(PyOSError::new_err((
        number.unbind(),
        why.unbind(),
        path.as_os_str().to_owned(),
    )))
}

/// The Python name of a parameter of the library.
fn python_name(parameter: &str) -> &str {
    match parameter {
        "labels" | "targets" => "y",
        "rounds" => "max_iter",
        "language" => "stemmer",
        name => name,
    }
}

/// The error number's name in Python's module `errno`, since numbers differ between systems, and an error of a
/// temporary file has a kind only.
fn name_of_errno(error: &io::Error) -> Option<&'static str> {
    Some(match kind(error) {
        io::ErrorKind::NotFound => "ENOENT",
        io::ErrorKind::PermissionDenied => "EACCES",
        io::ErrorKind::AlreadyExists => "EEXIST",
        io::ErrorKind::NotADirectory => "ENOTDIR",
        io::ErrorKind::IsADirectory => "EISDIR",
        io::ErrorKind::ReadOnlyFilesystem => "EROFS",
        io::ErrorKind::StorageFull => "ENOSPC",
        _ => return None,
    })
}

/// The kind of an error, or of its cause.
fn kind(error: &io::Error) -> io::ErrorKind {
    let mut cause: Option<&(dyn error::Error + 'static)> = match error.get_ref() {
        Some(inner) => Some(inner),
        None => return error.kind(),
    };
    while let Some(inner) = cause {
        if let Some(own) = inner.downcast_ref::<io::Error>() {
            return kind(own);
        }
        cause = inner.source();
    }
    error.kind()
}

/// The exception for a panic, which is a defect of slugline.
pub(crate) fn of_panic(cause: &(dyn Any + Send)) -> PyErr {
    if let Some(error) = missing_memory(cause) {
        return to_python(error);
    }
    let what = cause
        .downcast_ref::<&str>()
        .map(ToString::to_string)
        .or_else(|| cause.downcast_ref::<String>().cloned())
        .unwrap_or_default();
    PyRuntimeError::new_err(format!(
        "internal error in slugline, please report it: {what}"
    ))
}

/// Room for `n` values; the error says `what` they are for.
pub(crate) fn room<T>(what: &str, n: usize) -> PyResult<Vec<T>> {
    let mut values = Vec::new();
    match values.try_reserve_exact(n) {
        Ok(()) => Ok(values),
        Err(_) => Err(PyMemoryError::new_err(format!(
            "{what} needs {} bytes more",
            n.saturating_mul(size_of::<T>())
        ))),
    }
}
