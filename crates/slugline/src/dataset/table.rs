//! CSV and TSV.

use csv::{Reader, ReaderBuilder, StringRecord};

use super::{Format, Record, columns::Columns, feed::Feed, source::Source, utf8::Utf8Reader};
use crate::{Error, Result};

/// Reads the records of a table.
pub(super) struct Table {
    reader: Reader<Feed<Utf8Reader>>,
    row: StringRecord,
    format: Format,
    columns: Columns,
    /// The line of a first row that is data; it already stands in `row`.
    first: Option<u64>,
}

impl Table {
    /// Reads the header row, or the first row of a table without one. `None`: a table without
    /// header has no row at all.
    pub(super) fn new(input: Utf8Reader, source: &Source, format: Format) -> Result<Option<Self>> {
        let feed = Feed::new(input, source.options.max_record_bytes);
        let mut reader = ReaderBuilder::new()
            .delimiter(if format == Format::Tsv { b'\t' } else { b',' })
            // The header row is read like the others, and uneven rows get a better message here.
            .has_headers(false)
            .flexible(true)
            .from_reader(feed);
        let mut row = StringRecord::new();
        let first = read_row(&mut reader, &mut row, source)?;
        let columns = match (first, source.options.header) {
            (None, false) => return Ok(None),
            (None, true) => {
                return Err(source.error("the file is empty: expected a row with column names"));
            }
            (Some(_), true) => {
                let names: Vec<String> = row.iter().map(|name| name.trim().to_owned()).collect();
                Columns::by_name(&names, &source.options)
            }
            (Some(_), false) => Columns::by_number(row.len(), &source.options),
        };
        Ok(Some(Self {
            reader,
            row,
            format,
            columns: columns.map_err(|why| source.error(why))?,
            first: first.filter(|_| !source.options.header),
        }))
    }

    /// The next record.
    pub(super) fn next(&mut self, source: &Source) -> Result<Option<Record>> {
        let line = match self.first.take() {
            Some(line) => line,
            None => match read_row(&mut self.reader, &mut self.row, source)? {
                Some(line) => line,
                None => return Ok(None),
            },
        };
        let columns = &self.columns;
        if self.row.len() != columns.width {
            return Err(self.uneven(line, source));
        }
        let field = |at: usize| self.row.get(at).unwrap_or_default();
        let optional = |at: Option<usize>| at.map(field).filter(|value| !value.is_empty());
        let parts = columns.text.iter().map(|at| field(*at));
        let parts: Vec<&str> = optional(columns.title).into_iter().chain(parts).collect();
        let label = columns.label.map(|at| field(at).to_owned());
        Ok(Some(Record {
            text: parts.join("\n"),
            label: source.label(line, label, &columns.label_place)?,
            id: optional(columns.id).map(str::to_owned),
            position: source.position(line),
        }))
    }

    /// The error for a row with another number of fields than the first one.
    fn uneven(&self, line: u64, source: &Source) -> Error {
        let fields = |count| match count {
            1 => "1 field".to_owned(),
            _ => format!("{count} fields"),
        };
        let first = if source.options.header {
            "the header"
        } else {
            "the first row"
        };
        let separator = if self.format == Format::Tsv {
            "tab"
        } else {
            "comma"
        };
        let last = self.reader.get_ref().line();
        let span = if last > line {
            format!(" (this one runs to line {last}: is a closing quote missing?)")
        } else {
            String::new()
        };
        source.record_error(
            line,
            format!(
                "{}, expected {} as in {first}: put double quotes around a field with a \
                 {separator}, a quote or a line break in it{span}",
                fields(self.row.len()),
                self.columns.width,
            ),
        )
    }
}

/// Reads the next row that is not blank, and returns the line on which it starts.
fn read_row(
    reader: &mut Reader<Feed<Utf8Reader>>,
    row: &mut StringRecord,
    source: &Source,
) -> Result<Option<u64>> {
    reader.get_mut().begin_record();
    let found = reader.read_record(row);
    let feed = reader.get_ref();
    let line = feed.record_line();
    match found {
        Ok(false) => Ok(None),
        Ok(true) if feed.is_past_end() => Err(source.record_error(
            line,
            "a quoted field is not closed before the end of the file: put a double quote at its \
             end, and write a quote inside a field twice",
        )),
        Ok(true) => Ok(Some(line)),
        Err(error) => Err(match error.into_kind() {
            csv::ErrorKind::Io(error) => source.explain(line, error),
            // The input is valid UTF-8 and rows may be uneven, so nothing is left to go wrong; but
            // the csv crate may learn new errors.
            other => source.record_error(line, format!("{other:?}")),
        }),
    }
}
