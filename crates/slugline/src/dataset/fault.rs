//! Faults that pass through `io::Read` inside an `io::Error`, and become this crate's [`Error`].
//!
//! Readers can only fail with an `io::Error`; the place of invalid UTF-8, or damage of the gzip data, is inside it.

use std::io;

use crate::error::Error;

/// A fault that a layer between file and format finds.
#[derive(Debug, thiserror::Error)]
pub(super) enum Fault {
    /// A byte that is not UTF-8.
    #[error("invalid UTF-8")]
    Utf8 {
        /// The line, from 1.
        line: u64,
        /// The byte's offset in the uncompressed stream, from 0.
        offset: u64,
    },
    /// The file as a whole cannot be read; the text says why and what to do.
    #[error("{0}")]
    File(String),
    /// The record that is being read exceeds `max_record_bytes`.
    #[error("the record is too long")]
    TooLong,
}

impl From<Fault> for io::Error {
    fn from(fault: Fault) -> Self {
        Self::other(fault)
    }
}

/// Turns a failure to read `file` into an [`Error`]; `line` is where the record starts.
pub(super) fn explain(file: &str, line: u64, max_record_bytes: usize, error: io::Error) -> Error {
    match error.downcast::<Fault>() {
        Ok(Fault::Utf8 { line, offset }) => Error::Utf8 {
            file: file.to_owned(),
            line,
            offset,
        },
        Ok(Fault::File(why)) => Error::Dataset {
            file: file.to_owned(),
            why,
        },
        Ok(Fault::TooLong) => too_long(file, line, max_record_bytes),
        Err(error) => Error::io(file, error),
    }
}

/// The error for a record that exceeds the limit.
fn too_long(file: &str, line: u64, max_record_bytes: usize) -> Error {
    Error::Record {
        file: file.to_owned(),
        line,
        why: format!(
            "the record is longer than {max_record_bytes} bytes (the limit `max_record_bytes`): \
             look for a missing line break or closing quote, or split the document"
        ),
    }
}
