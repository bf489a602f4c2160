//! The types of Arrow arrays, by the names that the C interface has for them.

use std::borrow::Cow;

use pyo3::{exceptions::PyTypeError, prelude::*};

use crate::arrow_interface::OwnedSchema;

/// Fails unless the schema is of one column of text.
pub(crate) fn check_type(schema: &OwnedSchema) -> PyResult<()> {
    let format = schema.format()?;
    let is_text = |format: &str| matches!(format, "u" | "U" | "vu");
    match schema.dictionary_format()? {
        None if is_text(&format) => Ok(()),
        Some(values) if is_text(&values) && Key::of(&format).is_some() => Ok(()),
        Some(values) => Err(not_text(&format!(
            "Dictionary({}, {})",
            type_name(&format),
            type_name(&values)
        ))),
        None => Err(not_text(&type_name(&format))),
    }
}

/// The integers that number categories.
pub(crate) enum Key {
    I8,
    U8,
    I16,
    U16,
    I32,
    U32,
    I64,
    U64,
}

impl Key {
    pub(crate) fn of(format: &str) -> Option<Self> {
        Some(match format {
            "c" => Self::I8,
            "C" => Self::U8,
            "s" => Self::I16,
            "S" => Self::U16,
            "i" => Self::I32,
            "I" => Self::U32,
            "l" => Self::I64,
            "L" => Self::U64,
            _ => return None,
        })
    }
}

/// Arrow's name of the type that the interface calls `format`.
fn type_name(format: &str) -> Cow<'_, str> {
    let name = match format {
        "n" => "Null",
        "b" => "Boolean",
        "c" => "Int8",
        "C" => "UInt8",
        "s" => "Int16",
        "S" => "UInt16",
        "i" => "Int32",
        "I" => "UInt32",
        "l" => "Int64",
        "L" => "UInt64",
        "e" => "Float16",
        "f" => "Float32",
        "g" => "Float64",
        "u" => "Utf8",
        "U" => "LargeUtf8",
        "vu" => "Utf8View",
        "z" => "Binary",
        "Z" => "LargeBinary",
        "vz" => "BinaryView",
        _ => match format.as_bytes() {
            [b'd', b':', ..] => "Decimal",
            [b'w', b':', ..] => "FixedSizeBinary",
            [b't', b'd', ..] => "Date",
            [b't', b't', ..] => "Time",
            [b't', b's', ..] => "Timestamp",
            [b't', b'D', ..] => "Duration",
            [b't', b'i', ..] => "Interval",
            b"+l" | b"+vl" => "List",
            b"+L" | b"+vL" => "LargeList",
            [b'+', b'w', ..] => "FixedSizeList",
            b"+s" => "Struct",
            b"+m" => "Map",
            [b'+', b'u', ..] => "Union",
            b"+r" => "RunEndEncoded",
            _ => return Cow::Owned(format!("that is not known ({format:?})")),
        },
    };
    Cow::Borrowed(name)
}

pub(crate) fn not_text(found: &str) -> PyErr {
    PyTypeError::new_err(format!(
        "expected one column of text, got Arrow data of type {found}"
    ))
}
