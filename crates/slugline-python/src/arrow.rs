//! Text in Arrow memory, imported through the Arrow PyCapsule interface and read in place.
//!
//! <https://arrow.apache.org/docs/format/CDataInterface/PyCapsuleInterface.html>

#![allow(
    unsafe_code,
    reason = "Arrow's C interface hands over structs behind pointers; tested in test_documents.py"
)]

use std::ffi::{CStr, c_int};

use arrow_array::{
    Array, DictionaryArray, LargeStringArray, StringArray, StringViewArray,
    array::AnyDictionaryArray,
    downcast_integer,
    ffi::{FFI_ArrowArray, FFI_ArrowSchema, from_ffi},
    ffi_stream::FFI_ArrowArrayStream,
};
use arrow_data::ArrayData;
use arrow_schema::DataType;
use pyo3::{
    exceptions::{PyException, PyTypeError, PyValueError},
    intern,
    prelude::*,
    types::{PyCapsule, PyTuple},
};

/// One array of text.
pub(crate) enum TextColumn {
    Small(StringArray),
    Large(LargeStringArray),
    View(StringViewArray),
    /// Categories: the distinct texts, and the index of each document's text.
    Dictionary(Box<TextColumn>, Vec<usize>),
}

impl TextColumn {
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Small(array) => array.len(),
            Self::Large(array) => array.len(),
            Self::View(array) => array.len(),
            Self::Dictionary(_, keys) => keys.len(),
        }
    }

    /// Adds the texts to a list, in order.
    pub(crate) fn texts<'a>(&'a self, into: &mut Vec<&'a str>) {
        match self {
            Self::Small(array) => into.extend(array.iter().flatten()),
            Self::Large(array) => into.extend(array.iter().flatten()),
            Self::View(array) => into.extend(array.iter().flatten()),
            Self::Dictionary(categories, keys) => {
                let mut texts = Vec::with_capacity(categories.len());
                categories.texts(&mut texts);
                into.extend(keys.iter().map(|&key| texts[key]));
            }
        }
    }

    fn of(data: ArrayData) -> PyResult<Self> {
        match data.data_type() {
            DataType::Utf8 => Ok(Self::Small(data.into())),
            DataType::LargeUtf8 => Ok(Self::Large(data.into())),
            DataType::Utf8View => Ok(Self::View(data.into())),
            DataType::Dictionary(key, _) => {
                let categories = data.child_data()[0].clone();
                if categories.null_count() > 0 {
                    return Err(PyValueError::new_err("a category is null, expected a text"));
                }
                let categories = Self::of(categories)?;
                let key = key.as_ref().clone();
                macro_rules! keys {
                    ($key:ty) => {
                        DictionaryArray::<$key>::from(data).normalized_keys()
                    };
                }
                let keys = downcast_integer! {
                    key => (keys),
                    other => return Err(not_text(&other)),
                };
                Ok(Self::Dictionary(Box::new(categories), keys))
            }
            other => Err(not_text(other)),
        }
    }
}

/// The text of an object with the Arrow PyCapsule interface; None where it is better read as a Python
/// iterable.
pub(crate) fn columns(documents: &Bound<'_, PyAny>) -> PyResult<Option<Vec<TextColumn>>> {
    let py = documents.py();
    let (stream, array) = (
        intern!(py, "__arrow_c_stream__"),
        intern!(py, "__arrow_c_array__"),
    );
    let is_stream = documents.hasattr(stream)?;
    if !is_stream && !documents.hasattr(array)? {
        return Ok(None);
    }
    // Python objects would be copied to Arrow memory, and can be borrowed without that.
    if let Ok(dtype) = documents.getattr(intern!(py, "dtype"))
        && dtype.str()? == "object"
    {
        return Ok(None);
    }
    let capsule = match documents.call_method0(if is_stream { stream } else { array }) {
        Ok(capsule) => capsule,
        // pandas has the method even without PyArrow, which it needs for it; and not every Series can be
        // converted to Arrow memory.
        Err(error) if error.is_instance_of::<PyException>(py) => return Ok(None),
        Err(error) => return Err(error),
    };
    let arrays = match is_stream {
        true => of_stream(capsule.cast()?)?,
        false => vec![of_array(capsule.cast()?)?],
    };
    let mut columns = Vec::with_capacity(arrays.len());
    let mut before = 0;
    for data in arrays {
        if !is_text(data.data_type()) {
            return Err(not_text(data.data_type()));
        }
        if data.is_empty() {
            continue; // PyArrow lets the offsets of an empty slice point outside its buffer.
        }
        // UTF-8 and offsets of another library's data are validated before they are used.
        data.validate_full().map_err(invalid)?;
        let length = data.len();
        if let Some(at) = first_null(&data) {
            return Err(PyValueError::new_err(format!(
                "document {} is null, expected a text",
                before + at
            )));
        }
        columns.push(TextColumn::of(data)?);
        before += length;
    }
    Ok(Some(columns))
}

fn is_text(found: &DataType) -> bool {
    match found {
        DataType::Dictionary(_, categories) => categories.is_string(),
        other => other.is_string(),
    }
}

fn first_null(data: &ArrayData) -> Option<usize> {
    data.nulls()?.iter().position(|valid| !valid)
}

fn not_text(found: &DataType) -> PyErr {
    PyTypeError::new_err(format!(
        "expected one column of text, got Arrow data of type {found}"
    ))
}

fn invalid(error: impl std::fmt::Display) -> PyErr {
    PyValueError::new_err(format!("the Arrow data cannot be read: {error}"))
}

/// The array of the pair (`arrow_schema`, `arrow_array`).
fn of_array(capsules: &Bound<'_, PyTuple>) -> PyResult<ArrayData> {
    let (schema, array): (Bound<'_, PyCapsule>, Bound<'_, PyCapsule>) = capsules.extract()?;
    let schema = schema.pointer_checked(Some(c"arrow_schema"))?;
    let array = array.pointer_checked(Some(c"arrow_array"))?;
    // SAFETY: a capsule of this name contains such a struct while it lives (the interface's contract),
    // and we hold the capsule; the struct is moved out, which marks the capsule's as empty, and
    // released when it is dropped.
    let (schema, array) = unsafe {
        (
            FFI_ArrowSchema::from_raw(schema.cast().as_ptr()),
            FFI_ArrowArray::from_raw(array.cast().as_ptr()),
        )
    };
    // SAFETY: by the contract the array has the layout that the schema describes.
    unsafe { from_ffi(array, &schema) }.map_err(invalid)
}

/// The arrays of an `arrow_array_stream`.
fn of_stream(capsule: &Bound<'_, PyCapsule>) -> PyResult<Vec<ArrayData>> {
    let stream = capsule.pointer_checked(Some(c"arrow_array_stream"))?;
    // SAFETY: as in `of_array`.
    let mut stream = unsafe { FFI_ArrowArrayStream::from_raw(stream.cast().as_ptr()) };
    let (Some(get_schema), Some(get_next)) = (stream.get_schema, stream.get_next) else {
        return Err(invalid("the stream was read before"));
    };
    let mut schema = FFI_ArrowSchema::empty();
    // SAFETY: the functions of a stream that is not released take the stream and a pointer to the result,
    // which they write to only where they return 0.
    let status = unsafe { get_schema(&raw mut stream, &raw mut schema) };
    succeeded(&mut stream, status)?;
    let mut arrays = Vec::new();
    loop {
        let mut array = FFI_ArrowArray::empty();
        // SAFETY: see above.
        let status = unsafe { get_next(&raw mut stream, &raw mut array) };
        succeeded(&mut stream, status)?;
        if array.is_released() {
            return Ok(arrays);
        }
        // SAFETY: every array of a stream has the layout that its schema describes.
        arrays.push(unsafe { from_ffi(array, &schema) }.map_err(invalid)?);
    }
}

/// Fails with the stream's own message where a function of the stream returned an error.
fn succeeded(stream: &mut FFI_ArrowArrayStream, status: c_int) -> PyResult<()> {
    if status == 0 {
        return Ok(());
    }
    let message = stream.get_last_error.and_then(|last_error| {
        // SAFETY: the stream is not released; the message is a C string (or null) that is valid until the
        // next call, and is copied here.
        unsafe {
            let message = last_error(stream);
            (!message.is_null()).then(|| CStr::from_ptr(message).to_string_lossy().into_owned())
        }
    });
    Err(invalid(
        message.unwrap_or_else(|| format!("error {status}")),
    ))
}
