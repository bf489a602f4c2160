//! The records of a workbook's sheet.

use std::{sync::Arc, vec};

use super::{
    Cell, Format, Record,
    columns::Columns,
    content::Bytes,
    sheet::{self, SheetCell, SheetRow},
    source::Source,
};
use crate::error::{Error, Result};

/// The columns of a sheet, in all programs.
const MOST_COLUMNS: usize = 1 << 14;

/// Reads the rows of a sheet. A workbook is read as a whole, since it stores its strings apart from its rows.
pub(super) struct Workbook {
    rows: vec::IntoIter<SheetRow>,
    columns: Columns,
}

impl Workbook {
    /// Finds the columns. `None` for an empty sheet without header.
    pub(super) fn new(bytes: Bytes, source: &Source) -> Result<Option<Self>> {
        let options = &source.options;
        let mut file = bytes
            .into_file()
            .map_err(|error| source.explain(1, error))?;
        let rows = sheet::rows(&mut file, options.sheet.as_deref(), source.limit())
            .map_err(|why| source.error(why))?;
        let width = |row: &SheetRow| row.cells.iter().map(|(at, _)| at + 1).max().unwrap_or(0);
        if let Some(row) = rows.iter().find(|row| width(row) > MOST_COLUMNS) {
            return Err(source.record_error(
                row.number,
                format!(
                    "a cell in column {}: a sheet has {MOST_COLUMNS}",
                    width(row)
                ),
            ));
        }
        if !options.header {
            let Some(widest) = rows.iter().map(width).max() else {
                return Ok(None);
            };
            let columns = Columns::by_number(widest, options).map_err(|why| source.error(why))?;
            return Ok(Some(Self {
                rows: rows.into_iter(),
                columns,
            }));
        }
        let mut rows = rows.into_iter();
        let Some(header) = rows.next() else {
            return Err(source.error("the sheet is empty: expected a row with column names"));
        };
        let mut names = vec![String::new(); width(&header)];
        for (at, cell) in header.cells {
            if let (Some(name), SheetCell::Text(text)) = (names.get_mut(at), cell) {
                text.trim().clone_into(name);
            }
        }
        let columns = Columns::by_name(&names, options).map_err(|why| source.error(why))?;
        Ok(Some(Self { rows, columns }))
    }

    /// The next record; rows without text are skipped.
    pub(super) fn next(&mut self, source: &Source) -> Result<Option<Record>> {
        let is_blank = |row: &SheetRow| {
            row.cells
                .iter()
                .all(|(_, cell)| matches!(cell, SheetCell::Text(text) if text.trim().is_empty()))
        };
        self.rows
            .find(|row| !is_blank(row))
            .map(|row| self.record(&row, source))
            .transpose()
    }

    /// Whether the next record is in memory.
    pub(super) fn has_buffered(&self) -> bool {
        self.rows.len() > 0
    }

    fn record(&self, row: &SheetRow, source: &Source) -> Result<Record> {
        let columns = &self.columns;
        let cell = |at: usize| {
            row.cells
                .iter()
                .find(|(own, _)| *own == at)
                .map(|(_, cell)| cell)
        };
        let field = |at: usize| match cell(at) {
            None => Ok(""),
            Some(SheetCell::Text(text)) => Ok(text.as_str()),
            Some(SheetCell::Error(error)) => Err(fault(source, row.number, at, error)),
        };
        let mut parts = Vec::with_capacity(columns.text.len() + 1);
        if let Some(title) = columns.title.map(field).transpose()? {
            parts.extend((!title.is_empty()).then_some(title));
        }
        for &at in &columns.text {
            parts.push(field(at)?);
        }
        let label = columns.label.map(field).transpose()?;
        let id = columns
            .id
            .map(field)
            .transpose()?
            .filter(|id| !id.is_empty());
        let kept = columns.kept.iter().map(|(name, at)| {
            let text = match cell(*at) {
                None => String::new(),
                Some(SheetCell::Text(text) | SheetCell::Error(text)) => text.clone(),
            };
            (Arc::clone(name), Cell::Text(text))
        });
        Ok(Record {
            text: source.text(&parts),
            label: source.label(row.number, label.map(str::to_owned), &columns.label_place)?,
            probabilities: Vec::new(),
            id: id.map(str::to_owned),
            columns: kept.collect(),
            position: source.position(row.number),
            format: Format::Spreadsheet,
        })
    }
}

/// The error for a cell with an error value.
fn fault(source: &Source, row: u64, at: usize, error: &str) -> Error {
    source.record_error(
        row,
        format!(
            "column {} holds the error {error}, expected text: mend the workbook",
            at + 1
        ),
    )
}
