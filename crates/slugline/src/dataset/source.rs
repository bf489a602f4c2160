//! The source of bytes, and errors about it.

use std::{
    borrow::Cow,
    fs::File,
    io::{self, BufRead, Read},
    path::Path,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

#[cfg(feature = "html")]
use super::html;
#[cfg(not(feature = "html"))]
use super::without as html;
use super::{
    LabelUse, Position, ReadOptions,
    columns::list,
    compression::decompress,
    content::Content,
    expansion::{Counted, ExpansionLimit},
    fault::explain,
    labels::{FurtherLabels, trimmed},
    peek::Peek,
    utf8::Utf8Reader,
};
use crate::error::{Error, Result};

/// A file or a stream: its name, and the options for reading it.
#[derive(Clone)]
pub(super) struct Source {
    /// The name in messages.
    pub(super) name: Arc<str>,
    pub(super) options: Arc<ReadOptions>,
    /// Bytes read so far, before decompression. Shared by all the files of a folder.
    read: Arc<AtomicU64>,
    /// Labels that were not kept, since they were not the first of their record. Shared likewise.
    further_labels: Arc<Mutex<FurtherLabels>>,
}

impl Source {
    pub(super) fn new(name: &str, options: &ReadOptions) -> Self {
        Self {
            name: name.into(),
            options: Arc::new(options.clone()),
            read: Arc::default(),
            further_labels: Arc::default(),
        }
    }

    /// A file of the same data set.
    pub(super) fn sibling(&self, path: &Path) -> Self {
        Self {
            name: path.to_string_lossy().into(),
            ..self.clone()
        }
    }

    /// The error for one file of a folder.
    pub(super) fn file_error(&self, error: Error) -> Error {
        match error {
            Error::Record { .. } | Error::File { .. } => error,
            error => Error::File {
                file: self.name.to_string(),
                source: Box::new(error),
            },
        }
    }

    /// The same source with other options.
    pub(super) fn with_options(self, options: &Arc<ReadOptions>) -> Self {
        Self {
            options: Arc::clone(options),
            ..self
        }
    }

    /// Bytes read so far, before decompression.
    pub(super) fn bytes_read(&self) -> u64 {
        self.read.load(Ordering::Relaxed)
    }

    /// Labels that were not kept, since they were not the first of their record.
    pub(super) fn further_labels(&self) -> FurtherLabels {
        let labels = self.further_labels.lock();
        labels.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Counts the rest of a file whose bytes are read by other means.
    pub(super) fn count_rest(&self, path: &Path, counted: usize) {
        let whole = path.metadata().map_or(0, |metadata| metadata.len());
        let rest = whole.saturating_sub(counted as u64);
        self.read.fetch_add(rest, Ordering::Relaxed);
    }

    /// The content of the file at `path`.
    pub(super) fn open(&self, path: &Path) -> Result<Content> {
        let file = File::open(path).map_err(|error| Error::io(path, error))?;
        self.content(file, Some(path))
    }

    /// The content of `input`, decompressed. `path` is given for files.
    pub(super) fn content(
        &self,
        input: impl Read + Send + 'static,
        path: Option<&Path>,
    ) -> Result<Content> {
        let counted = Counted {
            input,
            read: Arc::clone(&self.read),
        };
        let (input, compressed) =
            decompress(counted, path, self.limit()).map_err(|error| self.explain(1, error))?;
        Content::new(self, input, path, compressed)
    }

    /// How much compressed data may expand to.
    pub(super) fn limit(&self) -> ExpansionLimit {
        ExpansionLimit::of(&self.options)
    }

    /// Validates text as UTF-8; `is_binary` says whether it begins as binary data does.
    pub(super) fn valid(&self, input: Peek, is_binary: bool) -> Utf8Reader {
        let text = Utf8Reader::new(Box::new(input), self.options.invalid_utf8).binary(is_binary);
        match self.options.skip_bad {
            true => text.with_notes(),
            false => text,
        }
    }

    /// Joins the parts of a record's text, without mark-up if the options say so.
    pub(super) fn text(&self, parts: &[impl AsRef<str>]) -> String {
        let parts = parts.iter().map(AsRef::as_ref);
        let parts: Vec<Cow<'_, str>> = match self.options.html {
            true => parts.map(html::fragment).collect(),
            false => parts.map(Cow::Borrowed).collect(),
        };
        parts.join("\n")
    }

    pub(super) fn position(&self, line: u64) -> Position {
        Position {
            file: Arc::clone(&self.name),
            line,
        }
    }

    /// Whether reading ends with this error.
    pub(super) fn ends_with(&self, error: &Error) -> bool {
        !(self.options.skip_bad && error.is_skippable())
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

    /// The buffered input that was not consumed; empty at its end. The record starts at `line`.
    pub(super) fn fill<'i>(&self, input: &'i mut Utf8Reader, line: u64) -> Result<&'i [u8]> {
        input.fill_buf().map_err(|error| self.explain(line, error))
    }

    /// The error for a failure to read the record that starts at `line`.
    pub(super) fn explain(&self, line: u64, error: io::Error) -> Error {
        explain(&self.name, line, self.options.max_record_bytes, error)
    }

    /// The label of the record at `line`, from the labels at `place`. A missing or blank one is an error where labels are
    /// required; so are several that differ, unless the first is to be kept.
    pub(super) fn label(
        &self,
        line: u64,
        labels: impl IntoIterator<Item = String>,
        place: &str,
    ) -> Result<Option<String>> {
        if self.options.labels == LabelUse::Ignored {
            return Ok(None);
        }
        let mut found: Vec<String> = Vec::new();
        for label in labels {
            let trimmed = trimmed(&label);
            let label = match self.options.trim_labels {
                true => trimmed,
                false => &label,
            };
            if !trimmed.is_empty() && !found.iter().any(|known| known == label) {
                found.push(label.to_owned());
            }
        }
        if found.len() > 1 && !self.options.first_label {
            return Err(self.record_error(
                line,
                format!(
                    "{} labels ({}), expected one in {place}: keep the first one of each record with \
                     `first_label`, or leave such records out with `skip_bad`",
                    found.len(),
                    list(&found)
                ),
            ));
        }
        let mut found = found.into_iter();
        let label = found.next();
        if found.len() > 0 {
            let further = self.further_labels.lock();
            further.unwrap_or_else(PoisonError::into_inner).add(found);
        }
        if label.is_none() && self.options.labels == LabelUse::Required {
            return Err(self.record_error(
                line,
                format!("label is empty: expected the record's class in {place}"),
            ));
        }
        Ok(label)
    }
}
