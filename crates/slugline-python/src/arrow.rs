//! Text of Arrow arrays, imported through the Arrow PyCapsule interface, and copied.
//!
//! <https://arrow.apache.org/docs/format/CDataInterface/PyCapsuleInterface.html>
//!
//! What is trusted: a pointer of the interface reaches as far as the lengths beside it say, which nobody could check.
//! Nothing else is: offsets, keys and views are copied first, then checked, then followed, and the text is validated
//! when it has been copied, so that another thread may write to the memory meanwhile. The interface does not say how
//! long the text of an array is (its offsets do), so of PyArrow's arrays, which anybody can make of memory and offsets
//! of their own, the sizes of the buffers are asked for (`buffers`).

use std::collections::HashMap;

use pyo3::{exceptions::PyException, intern, prelude::*, types::PyCapsule};

use crate::{
    arrow_interface::{OwnedArray, OwnedSchema, OwnedStream},
    arrow_text::{Part, TextColumn},
    arrow_types::check_type,
};

/// The text of an object with the Arrow PyCapsule interface; None where it is better read as a Python
/// iterable.
pub(crate) fn columns(documents: &Bound<'_, PyAny>) -> PyResult<Option<Vec<TextColumn>>> {
    let py = documents.py();
    let (stream, array) = (
        intern!(py, "__arrow_c_stream__"),
        intern!(py, "__arrow_c_array__"),
    );
    if !documents.hasattr(stream)? && !documents.hasattr(array)? && !is_arrow_series(documents)? {
        return Ok(None);
    }
    // Python objects would be copied to Arrow memory, and can be borrowed without that.
    if let Ok(dtype) = documents.getattr(intern!(py, "dtype"))
        && dtype.str()? == "object"
    {
        return Ok(None);
    }
    let exported = || -> PyResult<_> {
        let documents = of_pandas(documents)?;
        let is_stream = documents.hasattr(stream)?;
        let capsule = documents.call_method0(if is_stream { stream } else { array })?;
        Ok((documents, capsule, is_stream))
    };
    let (documents, capsule, is_stream) = match exported() {
        Ok(exported) => exported,
        // pandas has the method even without PyArrow, which it needs for it; and not every Series can be
        // converted to Arrow memory.
        Err(error) if error.is_instance_of::<PyException>(py) => return Ok(None),
        Err(error) => return Err(error),
    };
    let sizes = sizes_of_pyarrow(&documents);
    let mut columns = Vec::new();
    let mut before = 0;
    let mut take = |schema: &OwnedSchema, array: &OwnedArray| -> PyResult<()> {
        let part = Part {
            array: array.foreign(),
            sizes: &sizes,
            before,
        };
        let column = part.column(schema)?;
        if column.len() > 0 {
            before += column.len();
            columns.push(column);
        }
        Ok(())
    };
    if is_stream {
        let mut stream = OwnedStream::of(capsule.cast::<PyCapsule>()?)?;
        let schema = stream.schema()?;
        let mut arrays = Vec::new();
        while let Some(array) = stream.next()? {
            arrays.push(array);
        }
        check_type(&schema)?;
        for array in arrays {
            take(&schema, &array)?;
        }
    } else {
        let (schema, array): (Bound<'_, PyCapsule>, Bound<'_, PyCapsule>) = capsule.extract()?;
        let (schema, array) = (OwnedSchema::of(&schema)?, OwnedArray::of(&array)?);
        check_type(&schema)?;
        take(&schema, &array)?;
    }
    Ok(Some(columns))
}

/// A Series of pandas as the array of PyArrow that it would export; any other object as it is.
fn of_pandas<'py>(documents: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let py = documents.py();
    let is_series =
        module_of(documents).starts_with("pandas.") && documents.hasattr(intern!(py, "array"))?;
    if !is_series {
        return Ok(documents.clone());
    }
    let pyarrow = py.import(intern!(py, "pyarrow"))?;
    pyarrow.call_method1(intern!(py, "array"), (documents,))
}

/// Whether it is a Series of pandas whose values lie in Arrow memory. Before pandas 3 it does not export them itself, and
/// to iterate over it would follow the offsets wherever they lead.
fn is_arrow_series(documents: &Bound<'_, PyAny>) -> PyResult<bool> {
    let py = documents.py();
    if !module_of(documents).starts_with("pandas.") {
        return Ok(false);
    }
    let Some(values) = documents.getattr_opt(intern!(py, "array"))? else {
        return Ok(false);
    };
    Ok(values.get_type().name()?.to_cow()?.starts_with("Arrow"))
}

/// The name of the module of an object's class, with a point behind it.
fn module_of(object: &Bound<'_, PyAny>) -> String {
    let module = object.get_type().module();
    module.map_or_else(|_| String::new(), |module| format!("{module}."))
}

/// The sizes in bytes of the buffers of PyArrow's arrays, by their addresses; nothing of other objects.
fn sizes_of_pyarrow(documents: &Bound<'_, PyAny>) -> HashMap<usize, usize> {
    let mut sizes = HashMap::new();
    if !module_of(documents).starts_with("pyarrow.") {
        return sizes;
    }
    let py = documents.py();
    let mut arrays: Vec<Bound<'_, PyAny>> = match documents.getattr(intern!(py, "chunks")) {
        Ok(chunks) => chunks.try_iter().into_iter().flatten().flatten().collect(),
        Err(_) => vec![documents.clone()],
    };
    // The storage of an extension, and its categories.
    for _ in 0..3 {
        let mut inner = Vec::new();
        for array in arrays {
            for name in [intern!(py, "dictionary"), intern!(py, "storage")] {
                inner.extend(array.getattr(name));
            }
            let buffers = array.call_method0(intern!(py, "buffers"));
            let buffers = buffers.and_then(|buffers| buffers.try_iter());
            for buffer in buffers.into_iter().flatten().flatten() {
                let number = |name| buffer.getattr(name)?.extract::<usize>();
                let (address, size) = (intern!(py, "address"), intern!(py, "size"));
                if let (Ok(address), Ok(size)) = (number(address), number(size)) {
                    let known = sizes.entry(address).or_insert(0);
                    *known = size.max(*known);
                }
            }
        }
        arrays = inner;
    }
    sizes
}
