//! Records in batches, and inputs that are still being written.

use std::{fs, io, path::Path};

use slugline::dataset::{Format, ReadOptions, Record, Records};

use crate::{
    failure::Failure,
    input::{self, Reading},
    output_format::OutputFormat,
    outputs,
    passed::Layout,
};

/// The records of an input, with the one that did not fit into a batch.
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

    /// Whether someone may be writing the input at this moment, and waits for answers.
    pub(crate) fn is_live(&self) -> bool {
        self.is_live
    }

    /// Whether the next record can be had without waiting for whoever writes the input.
    pub(crate) fn is_ready(&self) -> bool {
        !self.is_live || self.held.is_some() || self.records.has_buffered()
    }

    /// What is found out in reading is noted.
    pub(crate) fn end(&self, reading: &mut Reading) {
        reading.end_of(&self.records);
    }

    /// The next record; None in its place where a bad one was left out.
    fn next(&mut self, reading: &mut Reading) -> Option<Result<Option<Record>, Failure>> {
        match self.held.take() {
            Some(record) => Some(Ok(Some(record))),
            None => reading.step(&mut self.records),
        }
    }
}

/// Pipes, terminals and other devices, under whatever name. Of a file all is there already.
fn is_live(path: &Path) -> bool {
    let metadata = match outputs::is_stream(path) {
        true => outputs::metadata_of(io::stdin()),
        false => fs::metadata(path).ok(),
    };
    !metadata.is_some_and(|metadata| metadata.is_file() || metadata.is_dir())
}

/// Into what columns are passed on.
pub(crate) struct Pass {
    pub(crate) format: OutputFormat,
    /// The names of our own columns.
    pub(crate) own: Vec<String>,
}

/// Some records that follow each other: as many as keep the threads busy for a while, and no more
/// of a large file than that is in memory. Of a live input, what is there.
#[derive(Default)]
pub(crate) struct Batch {
    pub(crate) records: Vec<Record>,
    /// What came behind them instead of a record.
    pub(crate) failure: Option<Failure>,
    /// The file that this is about, where others can be read.
    pub(crate) failed_file: Option<String>,
    /// Why the record behind them cannot be answered.
    pub(crate) refused: Option<String>,
    /// Nothing comes behind them.
    pub(crate) is_last: bool,
    /// The order and the names of columns for all of them.
    pub(crate) layout: Layout,
    /// Our columns that have another name from the first record on, and why.
    pub(crate) note: Option<String>,
    bytes: usize,
    is_full: bool,
}

impl Batch {
    const RECORDS: usize = 2048;
    const BYTES: usize = 1 << 20;
    /// Less than that is not worth a thread.
    const SMALL: usize = 16 << 10;

    /// Reads a batch, whose records all have room in the layout as it then is: it ends before one for which
    /// that has to change.
    pub(crate) fn read(
        from: &mut Stream,
        reading: &mut Reading,
        layout: &mut Layout,
        pass: Option<&Pass>,
    ) -> Self {
        let mut batch = Self {
            layout: layout.clone(),
            ..Self::default()
        };
        while batch.records.len() < Self::RECORDS && batch.bytes < Self::BYTES {
            // What is there is answered before more is waited for.
            if !batch.records.is_empty() && !from.is_ready() {
                return batch;
            }
            let record = match from.next(reading) {
                Some(Ok(Some(record))) => record,
                Some(Ok(None)) => continue,
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
                match batch.layout.has_room(columns, pass.format, &pass.own) {
                    Ok(true) => {}
                    Ok(false) if !batch.records.is_empty() => {
                        from.held = Some(record);
                        return batch;
                    }
                    Ok(false) => {
                        if batch.layout.make_room(columns, pass.format, &pass.own) {
                            batch.note = Some(format!(
                                "{}: the data has columns of these names, so of the answer's {}",
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

    /// Whether there may be more to read while this is answered.
    pub(crate) fn reads_on(&self) -> bool {
        self.is_full
    }

    pub(crate) fn is_small(&self) -> bool {
        self.is_last || self.bytes < Self::SMALL
    }
}
