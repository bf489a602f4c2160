//! Records that cannot be used: left out and counted, each with its place in a file of their own.

use std::{
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
};

use serde::Serialize;
use slugline::{
    Error,
    dataset::{Record, Records},
    replace::Replacement,
};

use crate::{
    failure::{Failure, of_file},
    say,
};

/// What becomes of bad records.
pub(crate) struct BadRecords {
    /// Whether they are left out, and how many at most.
    skip: Option<u64>,
    list: Option<List>,
    skipped: u64,
    read: u64,
    /// What is wrong with the first one.
    first: Option<String>,
    /// The file of the last one that was not left out.
    failed: Option<String>,
}

impl BadRecords {
    /// They are left out up to a limit, or not at all, and listed in the file.
    pub(crate) fn new(skip: Option<u64>, list: Option<&Path>) -> Result<Self, Failure> {
        Ok(Self {
            skip,
            list: list.map(List::create).transpose()?,
            skipped: 0,
            read: 0,
            first: None,
            failed: None,
        })
    }

    /// The next record; None where a bad one was left out.
    pub(crate) fn next(
        &mut self,
        records: &mut Records,
    ) -> Option<Result<Option<Record>, Failure>> {
        match records.next()? {
            Ok(record) => {
                self.read += 1;
                Some(Ok(Some(record)))
            }
            Err(error) => Some(self.skip(error, records).map(|()| None)),
        }
    }

    /// Leaves a bad record out, or fails with what is wrong.
    fn skip(&mut self, error: Error, records: &Records) -> Result<(), Failure> {
        let Some(most) = self.skip.filter(|_| error.is_skippable()) else {
            self.failed = match &error {
                Error::Record { file, .. }
                | Error::Utf8 { file, .. }
                | Error::Dataset { file, .. }
                | Error::File { file, .. } => Some(file.clone()),
                Error::Io { path, .. } => Some(path.to_string_lossy().into_owned()),
                _ => None,
            };
            return Err(error.into());
        };
        self.read += 1;
        self.skipped += 1;
        if let Some(list) = &mut self.list {
            list.add(&error, records.last_as_written())?;
        }
        if self.skipped > most {
            return Err(Failure::work(format!(
                "more than {} (--skip-bad={most}); the last: {error}",
                say::count(most, "bad record"),
            )));
        }
        self.first.get_or_insert_with(|| error.to_string());
        Ok(())
    }

    /// The file of the last bad record that was not left out. None: too many were.
    pub(crate) fn failed_file(&mut self) -> Option<String> {
        self.failed.take()
    }

    /// Whether more were bad than may be left out.
    pub(crate) fn is_over(&self) -> bool {
        self.skip.is_some_and(|most| self.skipped > most)
    }

    /// Says how many were left out and puts the list into its place: at the end, a bad one too.
    pub(crate) fn finish(&mut self) -> Result<(), Failure> {
        let listed = match self.list.take() {
            Some(list) => Some(list.finish()?),
            None => None,
        };
        let Some(first) = self.first.take() else {
            return Ok(());
        };
        let which = match self.skipped {
            1 => "it",
            _ => "the first",
        };
        let listed = match listed {
            Some(path) => format!("; all are listed in {}", say::shown(&path)),
            None if self.skipped > 1 => "; --bad-records FILE lists them".to_owned(),
            None => String::new(),
        };
        say::note(format_args!(
            "slugline: skipped {} of {}; {which}: {first}{listed}",
            say::count(self.skipped, "bad record"),
            self.read,
        ));
        Ok(())
    }
}

/// The file with the bad records.
struct List {
    path: PathBuf,
    out: Out,
    shape: Shape,
}

enum Out {
    File(Box<BufWriter<Replacement>>),
    Stdout,
}

/// How the list is written, by the file's name.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    JsonLines,
    Table(u8),
}

/// A bad record.
#[derive(Serialize)]
struct Bad<'a> {
    file: &'a str,
    /// None where it is a whole file.
    line: Option<u64>,
    why: String,
    /// As it stands in the file, where that was read.
    record: Option<String>,
}

impl<'a> Bad<'a> {
    fn of(error: &'a Error, record: Option<String>) -> Self {
        let (file, line, why) = match error {
            Error::Record { file, line, why } => (file.as_str(), Some(*line), why.clone()),
            Error::Utf8 { file, line, .. } => (file.as_str(), Some(*line), message(file, error)),
            Error::File { file, source } => (file.as_str(), None, message(file, source)),
            error => ("", None, error.to_string()),
        };
        Self {
            file,
            line,
            why,
            record,
        }
    }
}

/// What is wrong, without the file's name, which has its own place.
fn message(file: &str, error: &Error) -> String {
    let message = error.to_string();
    let prefix = format!("{}: ", slugline::printable(file));
    message
        .strip_prefix(&prefix)
        .map_or_else(|| message.clone(), str::to_owned)
}

impl List {
    fn create(path: &Path) -> Result<Self, Failure> {
        let extension = path.extension().and_then(|extension| extension.to_str());
        let mut list = Self {
            path: path.to_owned(),
            out: match path.as_os_str() == "-" {
                true => Out::Stdout,
                false => Out::File(Box::new(BufWriter::new(Replacement::create(path)?))),
            },
            shape: match extension.map(str::to_ascii_lowercase).as_deref() {
                Some("csv") => Shape::Table(b','),
                Some("tsv" | "tab") => Shape::Table(b'\t'),
                _ => Shape::JsonLines,
            },
        };
        if let Shape::Table(_) = list.shape {
            list.row(&["file", "line", "why", "record"])?;
        }
        Ok(list)
    }

    fn add(&mut self, error: &Error, record: Option<String>) -> Result<(), Failure> {
        let bad = Bad::of(error, record);
        if let Shape::Table(_) = self.shape {
            let line = bad.line.map(|line| line.to_string());
            return self.row(&[
                bad.file,
                line.as_deref().unwrap_or_default(),
                &bad.why,
                bad.record.as_deref().unwrap_or_default(),
            ]);
        }
        let mut line = serde_json::to_vec(&bad)?;
        line.push(b'\n');
        self.write(&line)
    }

    fn row(&mut self, fields: &[&str]) -> Result<(), Failure> {
        let Shape::Table(delimiter) = self.shape else {
            return Ok(());
        };
        let mut row = csv::WriterBuilder::new()
            .delimiter(delimiter)
            .from_writer(Vec::new());
        row.write_record(fields)?;
        let row = row.into_inner().map_err(Failure::work)?;
        self.write(&row)
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        let written = match &mut self.out {
            Out::File(file) => file.write_all(bytes),
            Out::Stdout => io::stdout().write_all(bytes),
        };
        written.map_err(|error| self.failure(&error))
    }

    /// Puts the list into its place, and gives its path.
    fn finish(self) -> Result<PathBuf, Failure> {
        match self.out {
            Out::File(file) => match file.into_inner() {
                Ok(file) => file.commit()?,
                Err(error) => {
                    let why = error.into_error();
                    return Err(Failure::work(of_file(&self.path, &why)));
                }
            },
            Out::Stdout => io::stdout().flush()?,
        }
        Ok(self.path)
    }

    fn failure(&self, error: &io::Error) -> Failure {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Failure::Closed,
            _ => Failure::work(of_file(&self.path, error)),
        }
    }
}
