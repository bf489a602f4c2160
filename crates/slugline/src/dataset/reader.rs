//! The records of one file, in any format.

use super::{
    Format, Record,
    json_lines::JsonLines,
    lines::Lines,
    plain::{document, next_fasttext, next_line},
    source::Source,
    table::Table,
    utf8::Utf8Reader,
};
use crate::Result;

/// Reads the records of a file, or of a stream.
pub(super) enum Reader {
    Text(Utf8Reader),
    Lines(Lines),
    FastText(Lines),
    JsonLines(JsonLines),
    Table(Box<Table>),
    Done,
}

impl Reader {
    /// Reads what must be known before the first record. Nothing of a folder.
    pub(super) fn new(input: Utf8Reader, source: &Source, format: Format) -> Result<Self> {
        Ok(match format {
            Format::Text => Self::Text(input),
            Format::Lines => Self::Lines(Lines::new(input)),
            Format::FastText => Self::FastText(Lines::new(input)),
            Format::JsonLines => Self::JsonLines(JsonLines::new(input, source)?),
            Format::Csv | Format::Tsv => match Table::new(input, source, format)? {
                Some(table) => Self::Table(Box::new(table)),
                None => Self::Done,
            },
            Format::Folder => Self::Done,
        })
    }

    /// The next record, or what is wrong with it: whoever calls decides whether to go on.
    pub(super) fn next(&mut self, source: &Source) -> Result<Option<Record>> {
        match self {
            Self::Lines(lines) => next_line(lines, source),
            Self::FastText(lines) => next_fasttext(lines, source),
            Self::JsonLines(json) => json.next(source),
            Self::Table(table) => table.next(source),
            Self::Text(_) | Self::Done => match std::mem::replace(self, Self::Done) {
                Self::Text(input) => document(input, source, None).map(Some),
                _ => Ok(None),
            },
        }
    }

    /// The record that was read last, as it stands in the file: for one that is bad.
    pub(super) fn last(&self) -> Option<String> {
        match self {
            Self::Lines(lines) | Self::FastText(lines) => lines.last(),
            Self::JsonLines(json) => json.lines().last(),
            Self::Table(table) => table.rows().text(),
            Self::Text(_) | Self::Done => None,
        }
    }

    /// Whether the next record is in memory.
    pub(super) fn has_buffered(&self) -> bool {
        match self {
            Self::Lines(lines) | Self::FastText(lines) => lines.has_buffered(),
            Self::JsonLines(json) => json.lines().has_buffered(),
            Self::Table(table) => table.has_buffered(),
            Self::Text(_) | Self::Done => false,
        }
    }
}
