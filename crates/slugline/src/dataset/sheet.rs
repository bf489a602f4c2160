//! The cells of a workbook's sheet.

use std::{
    fs::File,
    io::{BufReader, Read, Seek},
};

use calamine::{
    Data, DataRef, ExcelDateTime, Ods, Reader, SheetType, SheetVisible, Xls, Xlsb, Xlsx,
    open_workbook_from_rs,
};

use zip::ZipArchive;

use super::{expansion::ExpansionLimit, guard::guarded};

/// The magic number of `.xls`; the other formats are zip archives.
const OLE: &[u8] = b"\xd0\xcf\x11\xe0";

/// A row that is not blank.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SheetRow {
    /// The number from 1, as the sheet shows it.
    pub(super) number: u64,
    /// The cells that are not empty, with their columns from 0.
    pub(super) cells: Vec<(usize, SheetCell)>,
}

/// A cell that is not empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum SheetCell {
    /// The value as text, as in a CSV file.
    Text(String),
    /// An error such as `#N/A`.
    Error(String),
}

/// Reads a sheet cell by cell, so that memory depends on the cells, not on the size of the grid. A macro, since the
/// readers of the formats are types of their own.
macro_rules! streamed {
    ($reader:expr, $name:expr, $rows:expr) => {{
        let mut rows = $rows;
        let damaged = |error: String| damaged(&$name, &error);
        let mut cells = $reader.map_err(|error| damaged(error.to_string()))?;
        while let Some(cell) = cells
            .next_cell()
            .map_err(|error| damaged(error.to_string()))?
        {
            let (row, column) = cell.get_position();
            if let Some(value) = cell_of(cell.get_value()) {
                rows.put(row, column, value)?;
            }
        }
        Ok(rows.rows)
    }};
}

/// The rows of the named sheet, or of the first one that is not hidden; the error is a message.
///
/// What the parts of the workbook expand to, and the text of all cells, which may share a string, is limited.
pub(super) fn rows(
    file: &mut File,
    name: Option<&str>,
    limit: ExpansionLimit,
) -> Result<Vec<SheetRow>, String> {
    let size = file.metadata().map_err(|error| error.to_string())?.len();
    let rows = SheetRows {
        rows: Vec::new(),
        bytes: 0,
        size,
        limit,
    };
    let mut first = [0; OLE.len()];
    let read = file.read(&mut first).map_err(|error| error.to_string())?;
    file.rewind().map_err(|error| error.to_string())?;
    if first.get(..read) == Some(OLE) {
        return guarded(|| {
            let book = open_workbook_from_rs::<Xls<_>, _>(BufReader::new(&mut *file));
            let mut book = book.map_err(|error| {
                format!(
                    "an old Office file (.xls, .doc, .ppt or .msg) that cannot be read as a workbook \
                     ({error}): save it as plain text, CSV or .xlsx first"
                )
            })?;
            ranged(&mut book, name, rows)
        });
    }
    guarded(|| {
        check_parts(file, size, limit)?;
        file.rewind().map_err(|error| error.to_string())?;
        let input = BufReader::new(&mut *file);
        let why = match open_workbook_from_rs::<Xlsx<_>, _>(input) {
            Ok(mut book) => {
                let name = chosen(&book, name)?;
                return streamed!(book.worksheet_cells_reader(&name), name, rows);
            }
            Err(error) => error.to_string(),
        };
        file.rewind().map_err(|error| error.to_string())?;
        if let Ok(mut book) = open_workbook_from_rs::<Xlsb<_>, _>(BufReader::new(&mut *file)) {
            let name = chosen(&book, name)?;
            return streamed!(book.worksheet_cells_reader(&name), name, rows);
        }
        file.rewind().map_err(|error| error.to_string())?;
        match open_workbook_from_rs::<Ods<_>, _>(BufReader::new(&mut *file)) {
            Ok(mut book) => ranged(&mut book, name, rows),
            Err(_) => Err(format!(
                "the workbook is damaged ({why}): save or fetch it again"
            )),
        }
    })
}

/// The name of the chosen sheet.
fn chosen<R, B>(book: &B, name: Option<&str>) -> Result<String, String>
where
    R: Read + Seek,
    B: Reader<R>,
{
    let sheets = book.sheets_metadata();
    let tables = || {
        sheets
            .iter()
            .filter(|sheet| sheet.typ == SheetType::WorkSheet)
    };
    let found = match name {
        Some(name) => tables().find(|sheet| sheet.name == name),
        None => tables()
            .find(|sheet| sheet.visible == SheetVisible::Visible)
            .or_else(|| tables().next()),
    };
    found.map(|sheet| sheet.name.clone()).ok_or_else(|| {
        let names: Vec<String> = tables().map(|sheet| sheet.name.clone()).collect();
        match name {
            Some(name) if !names.is_empty() => format!(
                "there is no sheet \"{}\": the sheets are {}; choose with `sheet`",
                name.escape_debug(),
                super::columns::list(&names)
            ),
            _ => "the workbook has no sheet with cells, expected a table".to_owned(),
        }
    })
}

/// Fails where the parts of an archive expand to too much, by the sizes that stand in it: a part that is larger is damage
/// to the reader of archives.
fn check_parts(file: &mut File, size: u64, limit: ExpansionLimit) -> Result<(), String> {
    // What is no archive is for the workbook's reader to refuse.
    let Ok(mut archive) = ZipArchive::new(BufReader::new(file)) else {
        return Ok(());
    };
    let mut expanded = 0_u64;
    for at in 0..archive.len() {
        if let Ok(part) = archive.by_index(at) {
            expanded = expanded.saturating_add(part.size());
        }
    }
    limit.check(size, expanded)
}

fn damaged(sheet: &str, error: &str) -> String {
    format!("the sheet \"{sheet}\" is damaged ({error}): save or fetch the workbook again")
}

/// A cell as text; None where it is empty.
fn cell_of(value: &DataRef<'_>) -> Option<SheetCell> {
    Some(match value {
        DataRef::Empty => return None,
        DataRef::Int(number) => SheetCell::Text(number.to_string()),
        DataRef::Float(number) => SheetCell::Text(number.to_string()),
        DataRef::SharedString(text) => SheetCell::Text((*text).to_owned()),
        DataRef::Bool(value) => SheetCell::Text(value.to_string()),
        DataRef::DateTime(moment) => SheetCell::Text(date(moment)),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => {
            SheetCell::Text(text.clone())
        }
        DataRef::Error(error) => SheetCell::Error(error.to_string()),
    })
}

fn ranged<R, B>(
    book: &mut B,
    name: Option<&str>,
    mut rows: SheetRows,
) -> Result<Vec<SheetRow>, String>
where
    R: Read + Seek,
    B: Reader<R>,
    B::Error: std::fmt::Display,
{
    let name = chosen(book, name)?;
    let range = book
        .worksheet_range(&name)
        .map_err(|error| damaged(&name, &error.to_string()))?;
    let (top, left) = range.start().unwrap_or_default();
    for (row, column, value) in range.used_cells() {
        let cell = match value {
            Data::Empty => continue,
            Data::Error(error) => SheetCell::Error(error.to_string()),
            Data::DateTime(moment) => SheetCell::Text(date(moment)),
            other => SheetCell::Text(other.to_string()),
        };
        rows.put(top + row as u32, left + column as u32, cell)?;
    }
    Ok(rows.rows)
}

/// The rows so far.
struct SheetRows {
    rows: Vec<SheetRow>,
    /// Bytes that the cells take, at least.
    bytes: u64,
    /// Bytes of the workbook.
    size: u64,
    limit: ExpansionLimit,
}

impl SheetRows {
    fn put(&mut self, row: u32, column: u32, cell: SheetCell) -> Result<(), String> {
        let (SheetCell::Text(text) | SheetCell::Error(text)) = &cell;
        self.bytes += (text.len() + size_of::<(usize, SheetCell)>()) as u64;
        self.limit.check(self.size, self.bytes)?;
        let number = u64::from(row) + 1;
        let cell = (column as usize, cell);
        match self.rows.last_mut() {
            Some(last) if last.number == number => last.cells.push(cell),
            _ => self.rows.push(SheetRow {
                number,
                cells: vec![cell],
            }),
        }
        Ok(())
    }
}

/// A date in ISO 8601; a duration as its number of days.
fn date(moment: &ExcelDateTime) -> String {
    if moment.is_duration() {
        return moment.as_f64().to_string();
    }
    let (year, month, day, hour, minute, second, milli) = moment.to_ymd_hms_milli();
    let date = format!("{year:04}-{month:02}-{day:02}");
    match (hour, minute, second, milli) {
        (0, 0, 0, 0) => date,
        (_, _, _, 0) => format!("{date}T{hour:02}:{minute:02}:{second:02}"),
        _ => format!("{date}T{hour:02}:{minute:02}:{second:02}.{milli:03}"),
    }
}
