//! CSV and TSV.

use std::borrow::Cow;

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};

use super::{
    Cell, Format, Quoting, Record,
    columns::Columns,
    delimiter,
    rows::{MOST_LINES, TableRows, Wrong},
    source::Source,
    utf8::Utf8Reader,
};
use crate::error::{Error, Result};

/// The threshold of (lines of a quoted field − 1) × (delimiters in each of them) from which the lines are taken for rows.
/// Texts have hardly any tabs, but often commas.
const CHANCE_OF_TABS: usize = 1;
const CHANCE: usize = 12;

/// Reads the records of a table.
pub(super) struct Table {
    rows: TableRows,
    fields: Fields,
    format: Format,
    delimiter: u8,
    columns: Columns,
    /// Whether `fields` holds a first row that is data.
    first: bool,
}

impl Table {
    /// Reads the header row, or the first row of a table without one. `None` for an empty table without header.
    pub(super) fn new(
        input: Utf8Reader,
        source: &Source,
        format: Format,
        delimiter: u8,
    ) -> Result<Option<Self>> {
        let options = &source.options;
        let quoting = options.quoting != Quoting::None;
        let mut rows = TableRows::new(input, delimiter, quoting, options.max_record_bytes);
        if options.quoting == Quoting::Auto {
            rows = rows.with_plausible_fields();
        }
        let found = rows
            .next()
            .map_err(|wrong| error(wrong, rows.start(), source))?;
        let mut fields = Fields::new(delimiter, quoting);
        fields.read(rows.row());
        let columns = match (found, options.header) {
            (false, false) => return Ok(None),
            (false, true) => {
                return Err(source.error("the file is empty: expected a row with column names"));
            }
            (true, true) => {
                let names: Vec<String> = (0..fields.len())
                    .map(|at| fields.get(at).trim().to_owned())
                    .collect();
                Columns::by_name(&names, options)
            }
            (true, false) => Columns::by_number(fields.len(), options),
        };
        Ok(Some(Self {
            columns: columns.map_err(|why| source.error(why))?,
            first: !options.header,
            rows,
            fields,
            format,
            delimiter,
        }))
    }

    /// The next record.
    pub(super) fn next(&mut self, source: &Source) -> Result<Option<Record>> {
        if !std::mem::take(&mut self.first) {
            let found = self
                .rows
                .next()
                .map_err(|wrong| error(wrong, self.rows.start(), source))?;
            if !found {
                return Ok(None);
            }
            self.fields.read(self.rows.row());
        }
        let line = self.rows.start();
        let columns = &self.columns;
        if self.fields.len() != columns.width {
            return Err(self.uneven(source));
        }
        if source.options.quoting == Quoting::Auto && self.has_swallowed_rows() {
            let last = line + self.rows.lines() as u64 - 1;
            self.rows.read_again_behind(0);
            return Err(source.record_error(
                line,
                format!(
                    "a quoted field runs to line {last}, and its lines look like rows of the table: is \
                     a quote open by mistake? {}; if the field is right, `quoting = standard`",
                    advice(),
                ),
            ));
        }
        let field = |at: usize| self.fields.get(at);
        let optional = |at: Option<usize>| at.map(field).filter(|value| !value.is_empty());
        let parts = columns.text.iter().map(|at| field(*at));
        let parts: Vec<Cow<'_, str>> = optional(columns.title).into_iter().chain(parts).collect();
        let label = columns.label.map(|at| field(at).into_owned());
        let kept = columns.kept.iter().map(|(name, at)| {
            let text = field(*at).into_owned();
            (std::sync::Arc::clone(name), Cell::Text(text))
        });
        Ok(Some(Record {
            text: source.text(&parts),
            label: source.label(line, label, &columns.label_place)?,
            probabilities: Vec::new(),
            id: optional(columns.id).map(Cow::into_owned),
            columns: kept.collect(),
            position: source.position(line),
            format: self.format,
        }))
    }

    /// The source of the rows.
    pub(super) fn rows(&self) -> &TableRows {
        &self.rows
    }

    /// Whether the next record is in memory.
    pub(super) fn has_buffered(&self) -> bool {
        self.first || self.rows.has_buffered()
    }

    /// Whether the lines of a row are likely rows themselves.
    fn has_swallowed_rows(&self) -> bool {
        let (lines, width) = (self.rows.lines(), self.columns.width);
        if lines < 2 || width < 2 {
            return false;
        }
        let chance = match self.delimiter {
            b'\t' => CHANCE_OF_TABS,
            _ => CHANCE,
        };
        (lines - 1) * (width - 1) >= chance && self.rows.lines_of_width(width) * 10 >= lines * 9
    }

    /// The error for a row with another number of fields than the first one.
    fn uneven(&self, source: &Source) -> Error {
        let fields = |count| match count {
            1 => "1 field".to_owned(),
            _ => format!("{count} fields"),
        };
        let first = if source.options.header {
            "the header"
        } else {
            "the first row"
        };
        let separator = delimiter::name(self.delimiter);
        let line = self.rows.start();
        let last = line + self.rows.lines() as u64 - 1;
        let span = if last > line {
            format!(" (this one runs to line {last}: is a closing quote missing?)")
        } else {
            String::new()
        };
        let what_to_do = match source.options.quoting {
            Quoting::None => format!("leave {separator}s out of the fields"),
            _ => format!(
                "put double quotes around a field with a {separator}, a quote or a line break in it"
            ),
        };
        source.record_error(
            line,
            format!(
                "{}, expected {} as in {first}: {what_to_do}{span}",
                fields(self.fields.len()),
                self.columns.width,
            ),
        )
    }
}

/// The advice for a stray quote.
fn advice() -> &'static str {
    "write quotes inside a quoted field twice, or, where quotes are characters like others, read the \
     file with `quoting = none`"
}

/// The error for a row that starts on `line`.
fn error(wrong: Wrong, line: u64, source: &Source) -> Error {
    let why = match wrong {
        Wrong::Input(error) => return source.explain(line, error),
        Wrong::NotClosed(opened) => format!(
            "the quote that opens a field on line {opened} is not closed before the end of the file: \
             {}",
            advice()
        ),
        Wrong::TextBehind(opened, closed) => format!(
            "the quote that opens a field on line {opened} closes in the middle of one{}, with text \
             behind it: {}",
            match closed == opened {
                true => String::new(),
                false => format!(" on line {closed}"),
            },
            advice()
        ),
        Wrong::TooManyLines(opened) => format!(
            "the quote that opens a field on line {opened} is not closed within {MOST_LINES} lines: {}; \
             if the field is right, `quoting = standard`",
            advice()
        ),
    };
    source.record_error(line, why)
}

/// The fields of one row, unquoted.
struct Fields {
    parser: Reader,
    text: Vec<u8>,
    ends: Vec<usize>,
    len: usize,
}

impl Fields {
    fn new(delimiter: u8, quoting: bool) -> Self {
        Self {
            parser: ReaderBuilder::new()
                .delimiter(delimiter)
                .quoting(quoting)
                .build(),
            text: Vec::new(),
            ends: vec![0; 16],
            len: 0,
        }
    }

    /// Splits a row into fields.
    fn read(&mut self, row: &[u8]) {
        // Unquoted fields are never longer than the row.
        self.text.resize(row.len() + 1, 0);
        let content = row.strip_suffix(b"\n").unwrap_or(row);
        let mut input = content.strip_suffix(b"\r").unwrap_or(content);
        let (mut written, mut fields) = (0, 0);
        // A line feed that ends the row, passed when all of it was read.
        let mut end = &b"\n"[..];
        loop {
            if input.is_empty() {
                input = std::mem::take(&mut end);
            }
            let (result, read, wrote, ended) = self.parser.read_record(
                input,
                self.text.get_mut(written..).unwrap_or_default(),
                self.ends.get_mut(fields..).unwrap_or_default(),
            );
            input = input.get(read..).unwrap_or_default();
            written += wrote;
            fields += ended;
            match result {
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::OutputFull => self.text.resize(self.text.len() * 2, 0),
                ReadRecordResult::OutputEndsFull => self.ends.resize(self.ends.len() * 2, 0),
                ReadRecordResult::Record | ReadRecordResult::End => break,
            }
        }
        self.len = fields;
    }

    fn len(&self) -> usize {
        self.len
    }

    /// A field; empty where there is none.
    fn get(&self, at: usize) -> Cow<'_, str> {
        let end = |at: usize| self.ends.get(at).copied().unwrap_or(0);
        let from = at.checked_sub(1).map_or(0, end);
        match at < self.len {
            true => String::from_utf8_lossy(self.text.get(from..end(at)).unwrap_or_default()),
            false => Cow::Borrowed(""),
        }
    }
}
