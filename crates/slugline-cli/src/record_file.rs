//! Files that commands write record by record: `--errors` and `--bad-records`.

use std::{
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
};

use serde::Serialize;
use slugline::replace::Replacement;

use crate::{
    failure::{Failure, of_file},
    outputs::is_stream,
    say::shown,
};

/// The format of records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RecordFormat {
    JsonLines,
    /// A table with this delimiter.
    Table(u8),
}

impl RecordFormat {
    /// The format for the ending of the file that a flag names, and JSON Lines where it has none (a pipe, a device,
    /// standard output). Other endings are refused.
    pub(crate) fn of(flag: &str, path: &Path) -> Result<Self, Failure> {
        let extension = path.extension().and_then(|extension| extension.to_str());
        match extension.map(str::to_ascii_lowercase).as_deref() {
            Some("csv") => Ok(Self::Table(b',')),
            Some("tsv" | "tab") => Ok(Self::Table(b'\t')),
            Some("jsonl" | "ndjson" | "json") | None => Ok(Self::JsonLines),
            Some(_) => Err(Failure::usage(format!(
                "{flag} is {}: expected a name that ends in .csv, .tsv or .jsonl",
                shown(path)
            ))),
        }
    }
}

/// A file of records, which appears under its name when it is finished.
pub(crate) struct RecordFile {
    path: PathBuf,
    out: Destination,
    format: RecordFormat,
}

enum Destination {
    File(Box<BufWriter<Replacement>>),
    Stdout,
}

impl RecordFile {
    /// Begins the file, or standard output for `-`, with a header where it is a table.
    pub(crate) fn create(
        path: &Path,
        format: RecordFormat,
        header: &[&str],
    ) -> Result<Self, Failure> {
        let mut file = Self {
            path: path.to_owned(),
            out: match is_stream(path) {
                true => Destination::Stdout,
                false => Destination::File(Box::new(BufWriter::new(Replacement::create(path)?))),
            },
            format,
        };
        if let RecordFormat::Table(delimiter) = format {
            file.write(&row(delimiter, header)?)?;
        }
        Ok(file)
    }

    /// Adds a record, as an object or as the fields of a row.
    pub(crate) fn add<'f>(
        &mut self,
        record: &impl Serialize,
        fields: impl FnOnce() -> Vec<std::borrow::Cow<'f, str>>,
    ) -> Result<(), Failure> {
        let bytes = match self.format {
            RecordFormat::Table(delimiter) => row(delimiter, fields().iter().map(AsRef::as_ref))?,
            RecordFormat::JsonLines => {
                let mut line = serde_json::to_vec(record)?;
                line.push(b'\n');
                line
            }
        };
        self.write(&bytes)
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        let written = match &mut self.out {
            Destination::File(file) => file.write_all(bytes),
            Destination::Stdout => io::stdout().write_all(bytes),
        };
        written.map_err(|error| failure(&self.path, &error))
    }

    /// Completes the file, and returns its path.
    pub(crate) fn finish(self) -> Result<PathBuf, Failure> {
        match self.out {
            Destination::File(file) => {
                let file = file.into_inner();
                // The last bytes are written here, and of a short file all of them.
                file.map_err(|error| Failure::work(of_file(&self.path, error.error())))?
                    .commit()?;
            }
            Destination::Stdout => io::stdout().flush()?,
        }
        Ok(self.path)
    }
}

fn failure(path: &Path, error: &io::Error) -> Failure {
    match error.kind() {
        io::ErrorKind::BrokenPipe => Failure::Closed,
        _ => Failure::work(of_file(path, error)),
    }
}

fn row(
    delimiter: u8,
    fields: impl IntoIterator<Item = impl AsRef<[u8]>>,
) -> Result<Vec<u8>, Failure> {
    let mut csv = csv::WriterBuilder::new()
        .delimiter(delimiter)
        .from_writer(Vec::new());
    csv.write_record(fields)?;
    csv.into_inner().map_err(Failure::work)
}
