//! `--skip-bad` and `--bad-records`: records that cannot be used are skipped, counted and listed.

use std::{borrow::Cow, path::Path};

use serde::Serialize;
use slugline::{
    Error,
    dataset::{Record, Records},
    wording::count,
};

use crate::{
    failure::{Failure, of_data},
    record_file::{RecordFile, RecordFormat},
    say,
};

/// Treatment of bad records.
pub(crate) struct BadRecords {
    /// How many may be skipped; None: none.
    skip: Option<u64>,
    /// The file that lists them.
    list: Option<RecordFile>,
    skipped: u64,
    read: u64,
    /// The error of the first one.
    first: Option<String>,
    /// The file of the last one that was not skipped.
    failed: Option<String>,
}

impl BadRecords {
    /// Skips bad records up to a limit, or none, and lists them in a file.
    pub(crate) fn new(skip: Option<u64>, list: Option<&Path>) -> Result<Self, Failure> {
        Ok(Self {
            skip,
            list: match list {
                Some(path) => {
                    let format = RecordFormat::of("--bad-records", path)?;
                    Some(RecordFile::create(path, format, &HEADER)?)
                }
                None => None,
            },
            skipped: 0,
            read: 0,
            first: None,
            failed: None,
        })
    }

    /// The next record; None in place of a skipped one.
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

    /// Skips a bad record, or fails with its error.
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
            let bad = BadRecord::of(&error, records.last_as_written());
            list.add(&bad, || bad.fields())?;
        }
        if self.skipped > most {
            return Err(Failure::work(format!(
                "more than {} (--skip-bad={most}); the last: {}",
                count(most, "bad record"),
                of_data(&error)
            )));
        }
        self.first.get_or_insert_with(|| of_data(&error));
        Ok(())
    }

    /// The file of the last bad record that was not skipped; None where the limit was exceeded.
    pub(crate) fn failed_file(&mut self) -> Option<String> {
        self.failed.take()
    }

    /// Whether more records were bad than may be skipped.
    pub(crate) fn is_over(&self) -> bool {
        self.skip.is_some_and(|most| self.skipped > most)
    }

    /// Warns of skipped records and completes the list, at the end of a run that failed, too.
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
        say::warning(format_args!(
            "skipped {} of {}; {which}: {first}{listed}",
            count(self.skipped, "bad record"),
            self.read,
        ));
        Ok(())
    }
}

/// The columns of the list, and the keys of [`BadRecord`].
const HEADER: [&str; 4] = ["file", "line", "why", "record"];

/// A bad record.
#[derive(Serialize)]
struct BadRecord<'a> {
    file: &'a str,
    /// None where it is a whole file.
    line: Option<u64>,
    why: String,
    /// The record as it stands in the file, where it could be read.
    record: Option<String>,
}

impl<'a> BadRecord<'a> {
    fn of(error: &'a Error, record: Option<String>) -> Self {
        let (file, line, why) = match error {
            Error::Record { file, line, .. } => (
                file.as_str(),
                Some(*line),
                message(&format!("{file}:{line}"), error),
            ),
            Error::Utf8 { file, line, .. } => (file.as_str(), Some(*line), message(file, error)),
            Error::File { file, source } => (file.as_str(), None, message(file, source)),
            error => ("", None, of_data(error)),
        };
        Self {
            file,
            line,
            why,
            record,
        }
    }

    fn fields(&self) -> Vec<Cow<'_, str>> {
        let line = self.line.map(|line| line.to_string());
        vec![
            self.file.into(),
            line.unwrap_or_default().into(),
            (&self.why).into(),
            self.record.as_deref().unwrap_or_default().into(),
        ]
    }
}

/// An error's message without the place, which has columns of its own.
fn message(place: &str, error: &Error) -> String {
    let message = of_data(error);
    let prefix = format!("{}: ", slugline::printable(place));
    message
        .strip_prefix(&prefix)
        .map_or_else(|| message.clone(), str::to_owned)
}
