//! The records of Parquet and Arrow files: tables whose columns have types.

use std::sync::Arc;

use arrow_array::RecordBatch;
use serde::Deserialize;

use super::{
    Cell, Format, OtherColumns, Record,
    batches::{self, Batches, Opened},
    columnar::{ColumnPath, places},
    columns::Columns,
    content::Bytes,
    found_labels::FoundLabels,
    json_lines::{id_of, text_of, title_of},
    object::Value,
    source::Source,
};
use crate::error::Result;

/// Reads the rows of a file, batch by batch.
pub(super) struct Typed {
    batches: Batches,
    /// The bytes of the file, and of the texts so far.
    size: Option<u64>,
    expanded: u64,
    format: Format,
    columns: Columns,
    /// All columns and fields; `columns` has positions in it.
    places: Vec<ColumnPath>,
    /// The numbers of the columns that are read, ascending.
    read: Vec<usize>,
    batch: Option<RecordBatch>,
    /// The next row in the batch.
    at: usize,
    /// The number of that row in the file, from 1.
    row: u64,
}

impl Typed {
    pub(super) fn new(bytes: Bytes, source: &Source, format: Format) -> Result<Self> {
        let damaged = |why: String| damaged(source, format, &why);
        let opened = Opened::new(bytes, format, source.limit()).map_err(damaged)?;
        let places = places(&opened.schema);
        let names: Vec<String> = places.iter().map(|place| place.name.clone()).collect();
        let mut columns =
            Columns::by_name(&names, &source.options).map_err(|why| source.error(why))?;
        if source.options.columns == OtherColumns::All {
            // Fields of a structure are read with their column.
            let width = opened.schema.fields().len();
            columns.kept.retain(|(_, at)| *at < width);
        }
        let wanted = columns.text.iter().chain(columns.title.iter());
        let wanted = wanted.chain(columns.label.iter()).chain(columns.id.iter());
        let wanted = wanted.chain(columns.kept.iter().map(|(_, at)| at));
        let mut read: Vec<usize> = wanted
            .filter_map(|at| places.get(*at).map(ColumnPath::column))
            .collect();
        read.sort_unstable();
        read.dedup();
        Ok(Self {
            size: opened.size,
            expanded: 0,
            batches: opened.batches(&read).map_err(damaged)?,
            format,
            columns,
            places,
            read,
            batch: None,
            at: 0,
            row: 0,
        })
    }

    /// The next record.
    pub(super) fn next(&mut self, source: &Source) -> Result<Option<Record>> {
        loop {
            if let Some(batch) = self
                .batch
                .as_ref()
                .filter(|batch| self.at < batch.num_rows())
            {
                let record = self.record(batch, source);
                self.at += 1;
                let texts = record.as_ref().map_or(0, |record| record.text.len());
                self.expanded += texts as u64;
                if let Some(size) = self.size {
                    let limit = source.limit().check(size, self.expanded);
                    limit.map_err(|why| source.error(why))?;
                }
                return record.map(Some);
            }
            self.row += self
                .batch
                .as_ref()
                .map_or(0, |batch| batch.num_rows() as u64);
            self.at = 0;
            self.batch = batches::next(&mut self.batches)
                .map_err(|why| damaged(source, self.format, &why))?;
            if self.batch.is_none() {
                return Ok(None);
            }
        }
    }

    /// Whether the next record is in memory.
    pub(super) fn has_buffered(&self) -> bool {
        self.batch
            .as_ref()
            .is_some_and(|batch| self.at < batch.num_rows())
    }

    fn record(&self, batch: &RecordBatch, source: &Source) -> Result<Record> {
        let row = self.row + self.at as u64 + 1;
        let name = |at: usize| self.places.get(at).map_or("", |place| place.name.as_str());
        let json = |at: usize| match self.places.get(at) {
            None => Ok(serde_json::Value::Null),
            Some(place) => place.value(batch, &self.read, self.at).map_err(|why| {
                source.record_error(row, format!("column \"{}\" holds {why}", place.name))
            }),
        };
        let value = |at: usize| {
            let json = json(at)?;
            Value::deserialize(json).map_err(|error| source.record_error(row, error.to_string()))
        };
        let bad = |why: String| source.record_error(row, why);

        let columns = &self.columns;
        let mut parts = Vec::with_capacity(columns.text.len() + 1);
        if let Some(title) = columns.title {
            let found = value(title)?;
            let title = title_of(name(title), Some(&found)).map_err(bad)?;
            parts.extend(title.map(str::to_owned));
        }
        for &at in &columns.text {
            parts.push(text_of(name(at), &value(at)?).map_err(bad)?.to_owned());
        }
        let labels = match columns.label {
            Some(at) => FoundLabels::of(name(at), &value(at)?, source).map_err(bad)?,
            None => None,
        };
        let id = columns.id.map(value).transpose()?;
        let mut kept = Vec::with_capacity(columns.kept.len());
        for (name, at) in &columns.kept {
            kept.push((Arc::clone(name), Cell::Json(json(*at)?.to_string())));
        }
        let labels = labels.unwrap_or_default();
        let (label, probabilities) = labels.of_record(row, &columns.label_place, source)?;
        Ok(Record {
            text: source.text(&parts),
            label,
            probabilities,
            id: id.as_ref().and_then(id_of),
            columns: kept,
            position: source.position(row),
            format: self.format,
        })
    }
}

fn damaged(source: &Source, format: Format, why: &str) -> crate::error::Error {
    source.error(format!(
        "the {format} data cannot be read ({why}): fetch or write the file again"
    ))
}
