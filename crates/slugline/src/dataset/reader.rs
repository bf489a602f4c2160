//! The records of one file, in any format.

#[cfg(feature = "parquet")]
use super::typed::Typed;
#[cfg(feature = "spreadsheet")]
use super::workbook::Workbook;
use super::{
    Format, Record,
    content::{Body, Bytes, Content},
    documents::ObjectFinder,
    json_lines::{JsonLines, Objects},
    lines::Lines,
    plain::{document, next_fasttext, next_line},
    source::Source,
    table::Table,
    utf8::Utf8Reader,
};
use crate::error::Result;

/// Reads the records of a file, or of a stream.
pub(super) enum RecordReader {
    Document(Utf8Reader, Format),
    Lines(Lines),
    FastText(Lines),
    JsonLines(JsonLines),
    Table(Box<Table>),
    #[cfg(feature = "parquet")]
    Typed(Box<Typed>),
    #[cfg(feature = "spreadsheet")]
    Workbook(Box<Workbook>),
    Done,
}

impl RecordReader {
    /// Reads what is needed before the first record, such as a header. Nothing is read of a folder.
    pub(super) fn new(content: Content, source: &Source) -> Result<Self> {
        let format = content.format;
        let input = match content.body {
            Body::Text(input) => input,
            Body::Bytes(bytes) => return Self::of_bytes(bytes, source, format),
        };
        Ok(match format {
            Format::Text | Format::Html => Self::Document(input, format),
            Format::Lines => Self::Lines(Lines::new(input)),
            Format::FastText => Self::FastText(Lines::new(input)),
            Format::JsonLines => {
                let lines = Objects::Lines(Lines::new(input));
                Self::JsonLines(JsonLines::new(lines, source)?)
            }
            Format::Json => {
                let documents = Objects::InOnePiece(ObjectFinder::new(input));
                Self::JsonLines(JsonLines::new(documents, source)?)
            }
            Format::Csv | Format::Tsv | Format::Psv => {
                match Table::new(input, source, format, content.delimiter)? {
                    Some(table) => Self::Table(Box::new(table)),
                    None => Self::Done,
                }
            }
            Format::Parquet | Format::Arrow | Format::Spreadsheet | Format::Folder => Self::Done,
        })
    }

    fn of_bytes(bytes: Bytes, source: &Source, format: Format) -> Result<Self> {
        match format {
            #[cfg(feature = "parquet")]
            Format::Parquet | Format::Arrow => {
                Ok(Self::Typed(Box::new(Typed::new(bytes, source, format)?)))
            }
            #[cfg(feature = "spreadsheet")]
            Format::Spreadsheet => Workbook::new(bytes, source).map(|book| match book {
                Some(book) => Self::Workbook(Box::new(book)),
                None => Self::Done,
            }),
            _ => {
                drop(bytes);
                let feature = if format == Format::Spreadsheet {
                    "spreadsheet"
                } else {
                    "parquet"
                };
                Err(source.error(format!(
                    "the content is {format}, which this build does not read (it lacks the feature \
                     `{feature}`): export the texts as CSV or JSON Lines first"
                )))
            }
        }
    }

    /// The next record, or its error; the caller decides whether to go on.
    pub(super) fn next(&mut self, source: &Source) -> Result<Option<Record>> {
        match self {
            Self::Lines(lines) => next_line(lines, source),
            Self::FastText(lines) => next_fasttext(lines, source),
            Self::JsonLines(json) => json.next(source),
            Self::Table(table) => table.next(source),
            #[cfg(feature = "parquet")]
            Self::Typed(typed) => typed.next(source),
            #[cfg(feature = "spreadsheet")]
            Self::Workbook(book) => book.next(source),
            Self::Document(..) | Self::Done => match std::mem::replace(self, Self::Done) {
                Self::Document(input, format) => document(input, source, format, None).map(Some),
                _ => Ok(None),
            },
        }
    }

    /// The last record as it stands in the file, for messages about a bad one.
    pub(super) fn last(&self) -> Option<String> {
        match self {
            Self::Lines(lines) | Self::FastText(lines) => lines.last(),
            Self::JsonLines(json) => json.objects().last(),
            Self::Table(table) => table.rows().text(),
            _ => None,
        }
    }

    /// Whether the next record is in memory.
    pub(super) fn has_buffered(&self) -> bool {
        match self {
            Self::Lines(lines) | Self::FastText(lines) => lines.has_buffered(),
            Self::JsonLines(json) => json.objects().has_buffered(),
            Self::Table(table) => table.has_buffered(),
            #[cfg(feature = "spreadsheet")]
            Self::Workbook(book) => book.has_buffered(),
            #[cfg(feature = "parquet")]
            Self::Typed(typed) => typed.has_buffered(),
            Self::Document(..) | Self::Done => false,
        }
    }
}
