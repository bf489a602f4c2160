//! The file of `evaluate --errors`: documents that were answered wrongly, and why.

use std::{
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
};

use serde::Serialize;
use slugline::{TextClassifier, replace::Replacement, wording::count};

use crate::{failure::Failure, say};

/// So many terms are given as reasons.
const REASONS: usize = 5;

/// A document that was answered wrongly.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Wrong {
    pub(crate) source: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) id: Option<String>,
    pub(crate) text: String,
    /// What it truly is.
    pub(crate) label: String,
    pub(crate) answer: String,
    /// Of the answer.
    pub(crate) probability: f64,
    /// The terms that spoke most for the answer and against the label.
    pub(crate) reasons: Vec<ReasonTerm>,
}

/// A term and what it added to the score of the answer, over that of the label.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct ReasonTerm {
    term: String,
    contribution: f64,
    count: usize,
}

/// Why the model answers `answer` and not `label`, which it may not have.
pub(crate) fn reasons(
    model: &TextClassifier,
    text: &str,
    answer: &str,
    label: &str,
) -> Vec<ReasonTerm> {
    let is_known = model.labels().iter().any(|known| known == label);
    let versus = Some(label).filter(|_| is_known);
    // The answer is one of the model's labels; `other` has no terms of its own.
    let Ok(explanation) = model.explain_label(text, answer, versus) else {
        return Vec::new();
    };
    let fors = explanation.reasons.into_iter();
    let fors = fors.filter(|reason| reason.contribution > 0.0);
    fors.take(REASONS)
        .map(|reason| ReasonTerm {
            term: reason.term,
            contribution: reason.contribution,
            count: reason.count,
        })
        .collect()
}

/// Writes them one by one; the file takes its place at the end.
pub(crate) struct WrongFile {
    path: PathBuf,
    out: BufWriter<Out>,
    shape: Shape,
    written: u64,
}

enum Out {
    File(Replacement),
    Stdout(io::Stdout),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    JsonLines,
    Table(u8),
}

impl WrongFile {
    pub(crate) fn create(path: &Path) -> Result<Self, Failure> {
        let shape = shape_of(path)?;
        let out = match path.as_os_str() == "-" {
            true => Out::Stdout(io::stdout()),
            false => Out::File(Replacement::create(path)?),
        };
        let mut file = Self {
            path: path.to_owned(),
            out: BufWriter::new(out),
            shape,
            written: 0,
        };
        if let Shape::Table(delimiter) = shape {
            let header = [
                "source",
                "id",
                "text",
                "label",
                "answer",
                "probability",
                "reasons",
            ];
            file.write(&row(delimiter, header)?)?;
        }
        Ok(file)
    }

    pub(crate) fn add(&mut self, wrong: &Wrong) -> Result<(), Failure> {
        let bytes = match self.shape {
            Shape::JsonLines => {
                let mut line = serde_json::to_vec(wrong)?;
                line.push(b'\n');
                line
            }
            Shape::Table(delimiter) => {
                let reasons = wrong.reasons.iter();
                let reasons =
                    reasons.map(|term| format!("{} {:+.4}", term.term, term.contribution));
                let reasons = reasons.collect::<Vec<String>>().join("; ");
                row(
                    delimiter,
                    [
                        &wrong.source,
                        wrong.id.as_deref().unwrap_or_default(),
                        &wrong.text,
                        &wrong.label,
                        &wrong.answer,
                        &wrong.probability.to_string(),
                        &reasons,
                    ],
                )?
            }
        };
        self.written += 1;
        self.write(&bytes)
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        let written = self.out.write_all(bytes);
        written.map_err(|error| failure(&self.path, error))
    }

    /// Puts the file into its place and says how many of so many documents are in it.
    pub(crate) fn finish(self, of: u64) -> Result<(), Failure> {
        let out = self.out.into_inner();
        match out.map_err(|error| failure(&self.path, error.into_error()))? {
            Out::File(file) => file.commit()?,
            Out::Stdout(mut out) => out.flush()?,
        }
        say::note(format_args!(
            "{}: {} wrongly answered, of {of}",
            say::shown(&self.path),
            count(self.written, "document")
        ));
        Ok(())
    }
}

impl Write for Out {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::File(file) => file.write(bytes),
            Self::Stdout(out) => out.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::File(file) => file.flush(),
            Self::Stdout(out) => out.flush(),
        }
    }
}

fn failure(path: &Path, error: io::Error) -> Failure {
    match error.kind() {
        io::ErrorKind::BrokenPipe => Failure::Closed,
        _ => slugline::Error::Io {
            path: path.to_owned(),
            source: error,
        }
        .into(),
    }
}

/// CSV or JSON Lines, by the file's name. What has no name of its own (a pipe, a device, standard output)
/// gets JSON Lines.
fn shape_of(path: &Path) -> Result<Shape, Failure> {
    let extension = path.extension().and_then(|extension| extension.to_str());
    match extension.map(str::to_ascii_lowercase).as_deref() {
        Some("csv") => Ok(Shape::Table(b',')),
        Some("tsv" | "tab") => Ok(Shape::Table(b'\t')),
        Some("jsonl" | "ndjson" | "json") | None => Ok(Shape::JsonLines),
        Some(_) => Err(Failure::usage(format!(
            "--errors is {}: expected a name that ends in .csv, .tsv or .jsonl, which says how the file is \
             written",
            say::shown(path)
        ))),
    }
}

fn row<'f>(delimiter: u8, fields: impl IntoIterator<Item = &'f str>) -> Result<Vec<u8>, Failure> {
    let mut csv = csv::WriterBuilder::new()
        .delimiter(delimiter)
        .from_writer(Vec::new());
    csv.write_record(fields)?;
    csv.into_inner().map_err(Failure::work)
}
