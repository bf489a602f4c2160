//! Records in batches, from files and from live inputs.

use std::{fs, io, path::Path};

use slugline::dataset::{Format, ReadOptions, Record, Records};

use crate::{
    failure::Failure,
    input::{self, Reading},
    output_format::OutputFormat,
    outputs,
    passed::ColumnLayout,
};

/// The records of an input, with a record held back for the next batch.
pub(crate) struct Stream {
    records: Records,
    held: Option<Record>,
    is_live: bool,
}

impl Stream {
    pub(crate) fn open(path: &Path, options: &ReadOptions) -> Result<Self, Failure> {
        Ok(Self {
            is_live: is_live(path),
            records: input::open(path, options)?,
            held: None,
        })
    }

    pub(crate) fn format(&self) -> Format {
        self.records.format()
    }

    pub(crate) fn total_bytes(&self) -> Option<u64> {
        self.records.total_bytes()
    }

    pub(crate) fn bytes_read(&self) -> u64 {
        self.records.bytes_read()
    }

    /// Whether the input may still be written to, by someone who waits for answers.
    pub(crate) fn is_live(&self) -> bool {
        self.is_live
    }

    /// Whether the next record can be read without waiting.
    pub(crate) fn is_ready(&self) -> bool {
        !self.is_live || self.held.is_some() || self.records.has_buffered()
    }

    /// Hands what was found in the input to `reading`.
    pub(crate) fn end(&self, reading: &mut Reading) {
        reading.end_of(&self.records);
    }

    /// The next record; None in place of a skipped one.
    fn next(&mut self, reading: &mut Reading) -> Option<Result<Option<Record>, Failure>> {
        match self.held.take() {
            Some(record) => Some(Ok(Some(record))),
            None => reading.next_or_skipped(&mut self.records),
        }
    }
}

/// Whether a path is a pipe, a terminal or another device, not a file or a folder.
fn is_live(path: &Path) -> bool {
    let metadata = match outputs::is_stream(path) {
        true => outputs::metadata_of(io::stdin()),
        false => fs::metadata(path).ok(),
    };
    !metadata.is_some_and(|metadata| metadata.is_file() || metadata.is_dir())
}

/// The output that columns are passed on to.
pub(crate) struct ColumnOutput {
    pub(crate) format: OutputFormat,
    /// The names of the answer's columns.
    pub(crate) own: Vec<String>,
}

/// Consecutive records: as many as keep the threads busy, so that no more of a large file is in memory. Of a
/// live input, those that are there.
#[derive(Default)]
pub(crate) struct RecordBatch {
    pub(crate) records: Vec<Record>,
    /// The failure that came after them.
    pub(crate) failure: Option<Failure>,
    /// The file of the failure, where others can still be read.
    pub(crate) failed_file: Option<String>,
    /// Why the next record cannot be answered.
    pub(crate) refused: Option<String>,
    /// Whether the input ends after them.
    pub(crate) is_last: bool,
    /// The order and the names of columns for all of them.
    pub(crate) layout: ColumnLayout,
    /// Note on the answer's columns that are renamed from the first record on.
    pub(crate) note: Option<String>,
    bytes: usize,
    is_full: bool,
}

impl RecordBatch {
    const RECORDS: usize = 2048;
    const BYTES: usize = 1 << 20;
    /// Bytes of text below which a thread is not worth starting.
    const SMALL: usize = 16 << 10;

    /// Reads a batch whose records share one layout: it ends before a record that needs another one. Of a live input
    /// it may be empty.
    pub(crate) fn read(
        from: &mut Stream,
        reading: &mut Reading,
        layout: &mut ColumnLayout,
        pass: Option<&ColumnOutput>,
    ) -> Self {
        let mut batch = Self {
            layout: layout.clone(),
            ..Self::default()
        };
        let mut skipped = false;
        while batch.records.len() < Self::RECORDS && batch.bytes < Self::BYTES {
            // Answer what is there before waiting for more: the batch before, where a bad record was all that was.
            if (skipped || !batch.records.is_empty()) && !from.is_ready() {
                return batch;
            }
            let record = match from.next(reading) {
                Some(Ok(Some(record))) => record,
                Some(Ok(None)) => {
                    skipped = true;
                    continue;
                }
                Some(Err(failure)) => {
                    batch.failed_file = reading.failed_file();
                    batch.failure = Some(failure);
                    return batch;
                }
                None => {
                    batch.is_last = true;
                    return batch;
                }
            };
            if let Some(pass) = pass {
                let columns = &record.columns;
                let place = || {
                    let place = input::place(&record.position, record.format);
                    slugline::printable(&place).into_owned()
                };
                match batch.layout.fits(columns, pass.format, &pass.own) {
                    Ok(true) => {}
                    Ok(false) if !batch.records.is_empty() => {
                        from.held = Some(record);
                        return batch;
                    }
                    Ok(false) => {
                        if batch.layout.fit_to(columns, pass.format, &pass.own) {
                            batch.note = Some(format!(
                                "{}: --columns: the data has columns of the same name, so in the answer {}",
                                place(),
                                batch.layout.renamed()
                            ));
                        }
                        layout.clone_from(&batch.layout);
                    }
                    Err(why) => {
                        batch.refused = Some(format!("{}: {why}", place()));
                        return batch;
                    }
                }
            }
            batch.bytes += record.text.len();
            batch.records.push(record);
        }
        batch.is_full = true;
        batch
    }

    /// Whether the next batch may be read while this one is answered.
    pub(crate) fn reads_on(&self) -> bool {
        self.is_full
    }

    pub(crate) fn is_small(&self) -> bool {
        self.is_last || self.bytes < Self::SMALL
    }
}
