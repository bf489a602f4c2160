//! Where bytes come from, and the error messages that are about them.

use std::{
    fs::File,
    io::{self, ErrorKind, Read},
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use super::{
    LabelUse, Position, ReadOptions, compression::decompress, fault::explain, utf8::Utf8Reader,
};
use crate::{Error, Result};

/// A file, or whatever stands behind a reader: its name and how it is to be read.
#[derive(Clone)]
pub(super) struct Source {
    /// What messages call it.
    pub(super) name: Arc<str>,
    pub(super) options: Arc<ReadOptions>,
    /// Bytes read so far, before decompression. Shared by all the files of a folder.
    read: Arc<AtomicU64>,
}

impl Source {
    pub(super) fn new(name: &str, options: &ReadOptions) -> Self {
        Self {
            name: name.into(),
            options: Arc::new(options.clone()),
            read: Arc::default(),
        }
    }

    /// A file of the same data set.
    pub(super) fn sibling(&self, path: &Path) -> Self {
        Self {
            name: path.to_string_lossy().into(),
            ..self.clone()
        }
    }

    /// Bytes read so far, before decompression.
    pub(super) fn bytes_read(&self) -> u64 {
        self.read.load(Ordering::Relaxed)
    }

    /// The text of the file at `path`.
    pub(super) fn open(&self, path: &Path) -> Result<Utf8Reader> {
        let file = File::open(path).map_err(|error| Error::io(path, error))?;
        self.text_of(file, Some(path))
    }

    /// The text behind `input`, decompressed. `path` is given for files.
    pub(super) fn text_of(
        &self,
        input: impl Read + Send + 'static,
        path: Option<&Path>,
    ) -> Result<Utf8Reader> {
        let counted = Counted {
            input,
            read: Arc::clone(&self.read),
        };
        let input = decompress(counted, path).map_err(|error| self.explain(1, error))?;
        Ok(Utf8Reader::new(input, self.options.invalid_utf8))
    }

    pub(super) fn position(&self, line: u64) -> Position {
        Position {
            file: Arc::clone(&self.name),
            line,
        }
    }

    /// The error for a record that starts at `line`.
    pub(super) fn record_error(&self, line: u64, why: impl Into<String>) -> Error {
        Error::Record {
            file: self.name.to_string(),
            line,
            why: why.into(),
        }
    }

    /// The error for the data set as a whole.
    pub(super) fn error(&self, why: impl Into<String>) -> Error {
        Error::Dataset {
            file: self.name.to_string(),
            why: why.into(),
        }
    }

    /// The error for a failure to read the record that starts at `line`.
    pub(super) fn explain(&self, line: u64, error: io::Error) -> Error {
        explain(&self.name, line, self.options.max_record_bytes, error)
    }

    /// The label of the record at `line`, as [`LabelUse`] has it: one that is missing or blank is
    /// an error where labels are required; `place` names where it was looked for.
    pub(super) fn label(
        &self,
        line: u64,
        label: Option<String>,
        place: &str,
    ) -> Result<Option<String>> {
        let label = label.filter(|label| !label.trim().is_empty());
        match self.options.labels {
            LabelUse::Ignored => Ok(None),
            LabelUse::Required if label.is_none() => Err(self.record_error(
                line,
                format!("label is empty: expected the record's class in {place}"),
            )),
            _ => Ok(label),
        }
    }
}

/// Counts the bytes that pass, and tries again when a signal interrupted the reading: not every
/// layer above takes that as the request to try again that it is.
struct Counted<R> {
    input: R,
    read: Arc<AtomicU64>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = loop {
            match self.input.read(buffer) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                result => break result?,
            }
        };
        self.read.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}
