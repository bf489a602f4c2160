//! Opening a data set, and the iterator over its records.

use std::{fmt, fs, io::Read, path::Path};

use super::{
    Format, FurtherLabels, LabelUse, Quoting, ReadOptions, Record,
    folder::Folder,
    format::{LABELLED, WITH_COLUMNS},
    options::OtherColumns,
    reader::RecordReader,
    source::Source,
};
use crate::{
    error::{Error, Result},
    util::memory::check_left,
};

/// The records of a data set, read as they are asked for.
///
/// After an error there are no more, with two exceptions, both of errors that are
/// [skippable](Error::is_skippable): a folder goes on with its next file, and with
/// [`ReadOptions::skip_bad`] reading goes on with the next record.
///
/// Memory does not grow with the number of records; it holds one record and a few buffers. A record is
/// given as soon as its end has been read: nothing behind it is waited for.
pub struct Records {
    source: Source,
    format: Format,
    total_bytes: Option<u64>,
    state: Remaining,
    is_done: bool,
    /// Bytes of text since memory was last asked for.
    unasked: usize,
}

/// Memory is asked for after so many bytes of text, and so much of it.
const ASKED_EVERY: usize = 16 << 20;
const LEFT: usize = 64 << 20;

/// The state of reading.
enum Remaining {
    File(Box<RecordReader>),
    Folder(Box<Folder>),
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
    let named = match metadata.is_dir() {
        true => options.format.or(Some(Format::Folder)),
        false => options.format,
    };
    if let Some(format) = named {
        check(&source, format)?;
    }
    let fits = |format: &Format| metadata.is_dir() == (*format == Format::Folder);
    if let Some(format) = named.filter(|format| !fits(format)) {
        let (is, expected) = if metadata.is_dir() {
            ("a folder", "a file")
        } else {
            ("a file", "a folder with one sub-folder for each class")
        };
        return Err(source.error(format!(
            "this is {is}, and the format is {format}: expected {expected}"
        )));
    }
    let (state, format) = if metadata.is_dir() {
        let folder = Folder::new(path, &source)?;
        (Remaining::Folder(Box::new(folder)), Format::Folder)
    } else {
        let content = source.open(path)?;
        let format = content.format;
        check(&source, format)?;
        (
            Remaining::File(Box::new(RecordReader::new(content, &source)?)),
            format,
        )
    };
    Ok(Records {
        source,
        format,
        total_bytes: metadata.is_file().then_some(metadata.len()),
        state,
        is_done: false,
        unasked: 0,
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
    if let Some(format) = options.format {
        check(&source, format)?;
    }
    if options.format == Some(Format::Folder) {
        return Err(source.error("a folder cannot be read from a stream: give its path"));
    }
    let content = source.content(reader, None)?;
    let format = content.format;
    check(&source, format)?;
    Ok(Records {
        state: Remaining::File(Box::new(RecordReader::new(content, &source)?)),
        source,
        format,
        total_bytes: None,
        is_done: false,
        unasked: 0,
    })
}

/// Fails where options do not apply to the format.
fn check(source: &Source, format: Format) -> Result<()> {
    let options = &source.options;
    check_content(source, format)?;
    if options.labels == LabelUse::Required && !format.has_labels() {
        return Err(source.error(format!(
            "the format {format} has no labels: name one that has ({LABELLED})"
        )));
    }
    let unused = match (&options.label, options.labels) {
        // A folder may hold data sets; whether it did is known at its end.
        _ if format.has_columns() || format == Format::Folder => None,
        _ if !options.text.is_empty() => Some("the text columns"),
        _ if options.columns != OtherColumns::None => Some("the other columns"),
        (Some(_), LabelUse::Required | LabelUse::Optional) => Some("the label column"),
        _ => None,
    };
    match unused {
        None => Ok(()),
        Some(given) => Err(source.error(format!(
            "the format {format} has no columns: leave {given} out, or name the format: \
             {WITH_COLUMNS}"
        ))),
    }
}

/// Fails where options belong to another kind of format, or need a feature that the build lacks. In a folder they apply
/// to the files of their format.
fn check_content(source: &Source, format: Format) -> Result<()> {
    let options = &source.options;
    let why = if format == Format::Folder {
        return Ok(());
    } else if options.delimiter.is_some() && !format.is_delimited() {
        format!("the format {format} has no delimiter: leave it out, or name the format csv")
    } else if options.quoting != Quoting::Auto && !format.is_delimited() {
        format!("the format {format} has no quoting: leave it out, or name the format csv")
    } else if !(options.header || format.is_delimited() || format == Format::Spreadsheet) {
        format!(
            "the format {format} has no header row to do without: leave that out, or name the format csv"
        )
    } else if options.sheet.is_some() && format != Format::Spreadsheet {
        format!("the format {format} has no sheets: leave the sheet out, or name the format xlsx")
    } else if options.encoding.is_some() && format.is_binary() {
        format!("the format {format} has an encoding of its own: leave the encoding out")
    } else if (options.html || format == Format::Html) && cfg!(not(feature = "html")) {
        "this build does not read HTML (it lacks the feature `html`)".to_owned()
    } else {
        return Ok(());
    };
    Err(source.error(why))
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

    /// The labels that were left out so far, since only the first of each record was kept
    /// ([`ReadOptions::first_label`]).
    pub fn further_labels(&self) -> FurtherLabels {
        self.source.further_labels()
    }

    /// The record that was read last, as it stands in the file, without its line break and with U+FFFD
    /// for invalid bytes: after an error, what is to be mended. `None` for documents that are whole
    /// files, and for a record that is too long.
    pub fn last_as_written(&self) -> Option<String> {
        match &self.state {
            Remaining::File(reader) => reader.last(),
            Remaining::Folder(folder) => folder.last(),
        }
    }

    /// Asks from time to time whether there is memory for more: whoever keeps the records does so in pieces too small to
    /// fail.
    fn with_memory(&mut self, record: Option<Record>) -> Result<Option<Record>> {
        self.unasked += record.as_ref().map_or(0, |record| record.text.len());
        if self.unasked >= ASKED_EVERY {
            self.unasked = 0;
            check_left("reading the data", LEFT)?;
        }
        Ok(record)
    }

    /// Whether the next record is in memory, so that [`next`](Iterator::next) does not wait for the
    /// input: where that is a pipe or a terminal, what was found so far is answered first if not. It
    /// is `false` for documents that are whole files.
    pub fn has_buffered(&self) -> bool {
        match &self.state {
            _ if self.is_done => false,
            Remaining::File(reader) => reader.has_buffered(),
            Remaining::Folder(folder) => folder.has_buffered(),
        }
    }
}

impl Iterator for Records {
    type Item = Result<Record>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.is_done {
            return None;
        }
        let record = match &mut self.state {
            Remaining::File(reader) => reader.next(&self.source),
            Remaining::Folder(folder) => folder.next(&self.source),
        };
        let record = record.and_then(|record| self.with_memory(record));
        self.is_done = match (&record, &self.state) {
            (Ok(record), _) => record.is_none(),
            (Err(Error::OutOfMemory { .. }), _) => true,
            (Err(_), Remaining::Folder(_)) => false,
            (Err(error), Remaining::File(_)) => self.source.ends_with(error),
        };
        record.transpose()
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
