//! Tables that a person writes: a row of names, then rows of short fields.

use std::{fs::File, io::BufRead, path::Path};

use csv::StringRecord;

use super::{
    Format, ReadOptions, compression::decompress, expansion::ExpansionLimit, peek::Peek,
    utf8::UTF8_MARK,
};
use crate::{
    error::{Error, Result},
    wording::count,
};

/// Fields are divided by commas where the file's name ends in `.csv`, elsewhere by tabs; lines that begin with `#` are
/// comments; white space around a field does not count. Compressed files are read as they are.
pub(super) struct SmallTable {
    file: String,
    /// What divides the fields, in words.
    pub(super) divided_by: &'static str,
    pub(super) header: StringRecord,
    rows: csv::StringRecordsIntoIter<Peek>,
}

impl SmallTable {
    pub(super) fn open(path: &Path) -> Result<Self> {
        let file = path.to_string_lossy().into_owned();
        let comma = Format::of_path(path) == Some(Format::Csv);
        let io = |error| Error::io(path, error);
        let limit = ExpansionLimit::of(&ReadOptions::default());
        let opened = File::open(path).and_then(|file| decompress(file, Some(path), limit));
        let (mut input, _) = opened.map_err(io)?;
        // The csv crate takes a pipe that begins with a mark, and nothing more yet, for one that has ended.
        while input
            .at_least(UTF8_MARK.len())
            .map_err(io)?
            .starts_with(UTF8_MARK)
        {
            input.consume(UTF8_MARK.len());
        }
        let mut table = csv::ReaderBuilder::new()
            .delimiter(if comma { b',' } else { b'\t' })
            .comment(Some(b'#'))
            .quoting(comma)
            .trim(csv::Trim::All)
            .from_reader(input);
        let header = table.headers().map_err(|error| fault(&file, error))?;
        Ok(Self {
            header: header.clone(),
            divided_by: if comma { "commas" } else { "tabs" },
            rows: table.into_records(),
            file,
        })
    }

    /// The position of a column.
    pub(super) fn column(&self, name: &str) -> Option<usize> {
        self.header.iter().position(|own| own == name)
    }

    /// The next row, and its line.
    pub(super) fn next(&mut self) -> Result<Option<(u64, StringRecord)>> {
        match self.rows.next() {
            None => Ok(None),
            Some(Ok(row)) => Ok(Some((row.position().map_or(0, csv::Position::line), row))),
            Some(Err(error)) => Err(fault(&self.file, error)),
        }
    }

    /// The error for the table as a whole.
    pub(super) fn error(&self, why: impl Into<String>) -> Error {
        Error::Dataset {
            file: self.file.clone(),
            why: why.into(),
        }
    }

    /// The error for the row on a line.
    pub(super) fn row_error(&self, line: u64, why: impl Into<String>) -> Error {
        Error::Record {
            file: self.file.clone(),
            line,
            why: why.into(),
        }
    }
}

fn fault(file: &str, error: csv::Error) -> Error {
    let line = error.position().map_or(0, csv::Position::line);
    let why = match error.into_kind() {
        csv::ErrorKind::Io(source) => return Error::io(file, source),
        csv::ErrorKind::UnequalLengths {
            expected_len, len, ..
        } => format!(
            "{}, expected {expected_len} as in the first row",
            count(len, "field")
        ),
        csv::ErrorKind::Utf8 { .. } => "the text is not UTF-8: convert the file".to_owned(),
        _ => "cannot be read as a table".to_owned(),
    };
    Error::Record {
        file: file.to_owned(),
        line,
        why,
    }
}
