//! Opening a data set, and the iterator over its records.

use std::{fmt, fs, io::Read, path::Path};

use super::{
    Format, LabelUse, ReadOptions, Record,
    folder::Folder,
    format::{ALL, LABELLED},
    json_lines::JsonLines,
    lines::Lines,
    plain::{document, next_fasttext, next_line},
    source::Source,
    table::Table,
    utf8::Utf8Reader,
};
use crate::{Error, Result};

/// The records of a data set, read as they are asked for. After an error there are no more.
///
/// Memory does not grow with the number of records; it holds one record and a few buffers.
pub struct Records {
    source: Source,
    format: Format,
    total_bytes: Option<u64>,
    state: State,
}

/// What is left to read.
enum State {
    Text(Utf8Reader),
    Lines(Lines),
    FastText(Lines),
    JsonLines(JsonLines),
    Table(Box<Table>),
    Folder(Folder),
    Done,
}

/// Opens the file or folder at `path`.
///
/// Files that are compressed with gzip or zstd are recognised by their content.
///
/// # Errors
///
/// [`Error::Io`] if the path cannot be read; [`Error::Dataset`] if the format is unknown or does
/// not fit the path or the options, if the table has no column of a name, or if the content
/// contradicts the file's name; [`Error::Record`] and [`Error::Utf8`] for the header row of a table.
pub fn open(path: &Path, options: &ReadOptions) -> Result<Records> {
    let source = Source::new(&path.to_string_lossy(), options);
    let metadata = fs::metadata(path).map_err(|error| Error::io(path, error))?;
    let format = match options.format.or_else(|| Format::of_path(path)) {
        Some(format) => format,
        None if options.labels != LabelUse::Required => Format::Text,
        None => {
            return Err(source.error(format!(
                "the format cannot be told from the file's name: name the format, one of {ALL}"
            )));
        }
    };
    check(&source, format)?;
    if metadata.is_dir() != (format == Format::Folder) {
        let (is, expected) = if metadata.is_dir() {
            ("a folder", "a file")
        } else {
            ("a file", "a folder with one sub-folder for each class")
        };
        return Err(source.error(format!(
            "this is {is}, and the format is {format}: expected {expected}"
        )));
    }
    let state = if format == Format::Folder {
        State::Folder(Folder::new(path, &source)?)
    } else {
        State::new(source.open(path)?, &source, format)?
    };
    Ok(Records {
        source,
        format,
        total_bytes: metadata.is_file().then_some(metadata.len()),
        state,
    })
}

/// Reads a data set from `reader`, compressed or not; messages call it `name`, such as `<stdin>`.
///
/// # Errors
///
/// Those of [`open`]; the format cannot be [`Format::Folder`].
pub fn read(
    reader: impl Read + Send + 'static,
    name: &str,
    options: &ReadOptions,
) -> Result<Records> {
    let source = Source::new(name, options);
    let format = options.format.unwrap_or(Format::Text);
    check(&source, format)?;
    if format == Format::Folder {
        return Err(source.error("a folder cannot be read from a stream: give its path"));
    }
    let input = source.text_of(reader, None)?;
    Ok(Records {
        state: State::new(input, &source, format)?,
        source,
        format,
        total_bytes: None,
    })
}

/// Fails where the options ask for what the format does not have.
fn check(source: &Source, format: Format) -> Result<()> {
    let options = &source.options;
    if options.labels == LabelUse::Required && !format.has_labels() {
        return Err(source.error(format!(
            "the format {format} has no labels: name one that has ({LABELLED})"
        )));
    }
    let unused = match (&options.label, options.labels) {
        _ if format.has_columns() => None,
        _ if !options.text.is_empty() => Some("the text columns"),
        (Some(_), LabelUse::Required | LabelUse::Optional) => Some("the label column"),
        _ => None,
    };
    match unused {
        None => Ok(()),
        Some(given) => Err(source.error(format!(
            "the format {format} has no columns: leave {given} out, or name the format: csv, tsv \
             or jsonl"
        ))),
    }
}

impl State {
    fn new(input: Utf8Reader, source: &Source, format: Format) -> Result<Self> {
        Ok(match format {
            Format::Text => Self::Text(input),
            Format::Lines => Self::Lines(Lines::new(input)),
            Format::FastText => Self::FastText(Lines::new(input)),
            Format::JsonLines => Self::JsonLines(JsonLines::new(input, source)?),
            Format::Csv | Format::Tsv => match Table::new(input, source, format)? {
                Some(table) => Self::Table(Box::new(table)),
                None => Self::Done,
            },
            // The callers have opened a folder already; a stream cannot be one.
            Format::Folder => Self::Done,
        })
    }
}

impl Records {
    /// The format that is being read.
    pub fn format(&self) -> Format {
        self.format
    }

    /// Bytes read so far, before decompression: in a compressed file, bytes of that file. Buffers
    /// read ahead, so this may be up to 64 KiB more than the records returned so far take up.
    pub fn bytes_read(&self) -> u64 {
        self.source.bytes_read()
    }

    /// The size of the file in bytes, before decompression; what [`bytes_read`](Self::bytes_read)
    /// reaches at the end. `None` for streams and folders.
    pub fn total_bytes(&self) -> Option<u64> {
        self.total_bytes
    }

    fn advance(&mut self) -> Result<Option<Record>> {
        let source = &self.source;
        match &mut self.state {
            State::Lines(lines) => next_line(lines, source),
            State::FastText(lines) => next_fasttext(lines, source),
            State::JsonLines(json) => json.next(source),
            State::Table(table) => table.next(source),
            State::Folder(folder) => folder.next(source),
            State::Text(_) | State::Done => match std::mem::replace(&mut self.state, State::Done) {
                State::Text(input) => document(input, source, None).map(Some),
                _ => Ok(None),
            },
        }
    }
}

impl Iterator for Records {
    type Item = Result<Record>;

    fn next(&mut self) -> Option<Self::Item> {
        let record = self.advance().transpose();
        if !matches!(record, Some(Ok(_))) {
            self.state = State::Done;
        }
        record
    }
}

impl std::iter::FusedIterator for Records {}

impl fmt::Debug for Records {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Records")
            .field("file", &self.source.name)
            .field("format", &self.format)
            .field("bytes_read", &self.bytes_read())
            .field("total_bytes", &self.total_bytes)
            .finish_non_exhaustive()
    }
}
