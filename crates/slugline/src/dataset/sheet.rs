//! The cells of a workbook's sheet.

use std::{
    fs::File,
    io::{BufReader, Read, Seek},
};

use calamine::{
    Data, DataRef, ExcelDateTime, Ods, Reader, SheetType, SheetVisible, Xls, Xlsb, Xlsx,
    open_workbook_from_rs,
};

use super::guard::guarded;

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

/// The rows of the named sheet, or of the first one that is not hidden; the error is a message.
pub(super) fn rows(file: &mut File, name: Option<&str>) -> Result<Vec<SheetRow>, String> {
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
            ranged(&mut book, name)
        });
    }
    guarded(|| {
        let input = BufReader::new(&mut *file);
        let why = match open_workbook_from_rs::<Xlsx<_>, _>(input) {
            Ok(mut book) => return streamed(&mut book, name),
            Err(error) => error.to_string(),
        };
        file.rewind().map_err(|error| error.to_string())?;
        if let Ok(mut book) = open_workbook_from_rs::<Xlsb<_>, _>(BufReader::new(&mut *file)) {
            return ranged(&mut book, name);
        }
        file.rewind().map_err(|error| error.to_string())?;
        match open_workbook_from_rs::<Ods<_>, _>(BufReader::new(&mut *file)) {
            Ok(mut book) => ranged(&mut book, name),
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

/// Reads a sheet cell by cell, so that memory depends on the cells, not on the size of the grid.
fn streamed<R: Read + Seek>(
    book: &mut Xlsx<R>,
    name: Option<&str>,
) -> Result<Vec<SheetRow>, String> {
    let name = chosen(book, name)?;
    let damaged = |error: calamine::XlsxError| {
        format!("the sheet \"{name}\" is damaged ({error}): save or fetch the workbook again")
    };
    let mut cells = book.worksheet_cells_reader(&name).map_err(damaged)?;
    let mut rows = SheetRows::default();
    while let Some(cell) = cells.next_cell().map_err(damaged)? {
        let (row, column) = cell.get_position();
        rows.put(
            row,
            column,
            match cell.get_value() {
                DataRef::Empty => continue,
                DataRef::Int(number) => SheetCell::Text(number.to_string()),
                DataRef::Float(number) => SheetCell::Text(number.to_string()),
                DataRef::SharedString(text) => SheetCell::Text((*text).to_owned()),
                DataRef::Bool(value) => SheetCell::Text(value.to_string()),
                DataRef::DateTime(moment) => SheetCell::Text(date(moment)),
                DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => {
                    SheetCell::Text(text.clone())
                }
                DataRef::Error(error) => SheetCell::Error(error.to_string()),
            },
        );
    }
    Ok(rows.0)
}

fn ranged<R, B>(book: &mut B, name: Option<&str>) -> Result<Vec<SheetRow>, String>
where
    R: Read + Seek,
    B: Reader<R>,
    B::Error: std::fmt::Display,
{
    let name = chosen(book, name)?;
    let range = book.worksheet_range(&name).map_err(|error| {
        format!("the sheet \"{name}\" is damaged ({error}): save or fetch the workbook again")
    })?;
    let (top, left) = range.start().unwrap_or_default();
    let mut rows = SheetRows::default();
    for (row, column, value) in range.used_cells() {
        let cell = match value {
            Data::Empty => continue,
            Data::Error(error) => SheetCell::Error(error.to_string()),
            Data::DateTime(moment) => SheetCell::Text(date(moment)),
            other => SheetCell::Text(other.to_string()),
        };
        rows.put(top + row as u32, left + column as u32, cell);
    }
    Ok(rows.0)
}

/// The rows so far.
#[derive(Default)]
struct SheetRows(Vec<SheetRow>);

impl SheetRows {
    fn put(&mut self, row: u32, column: u32, cell: SheetCell) {
        let number = u64::from(row) + 1;
        let cell = (column as usize, cell);
        match self.0.last_mut() {
            Some(last) if last.number == number => last.cells.push(cell),
            _ => self.0.push(SheetRow {
                number,
                cells: vec![cell],
            }),
        }
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
