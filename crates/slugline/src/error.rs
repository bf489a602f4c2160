//! The one error type of the crate. Every variant carries the numbers and positions that a person
//! needs to mend the input.

use std::{borrow::Cow, io, path::PathBuf};

/// What can go wrong. Bad input is always one of these; nothing from outside causes a panic.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A parameter is outside its range; `expected` says what would be accepted.
    #[error("{name} is {value}: expected {expected}")]
    Parameter {
        /// The parameter's name, as in the documentation.
        name: &'static str,
        /// The value that was given.
        value: String,
        /// What is accepted.
        expected: String,
    },
    /// Two inputs that belong together have different lengths.
    #[error("{what}: expected {expected}, got {actual}")]
    Length {
        /// What was counted.
        what: &'static str,
        /// How many there should be.
        expected: usize,
        /// How many there are.
        actual: usize,
    },
    /// The documents hold no term at all, or pruning left none.
    #[error("empty vocabulary: {0}")]
    EmptyVocabulary(String),
    /// A naive Bayes model over counts was given a negative value.
    #[error("negative value {value} at row {row}, column {column}: counts cannot be negative")]
    NegativeFeature {
        /// Row of the value.
        row: usize,
        /// Column of the value.
        column: usize,
        /// The value itself.
        value: f64,
    },
    /// A value that must be finite is not.
    #[error("{what} at position {position} is {value}: expected a finite number")]
    NotFinite {
        /// What the value stands for.
        what: &'static str,
        /// Where it stands.
        position: usize,
        /// The value itself.
        value: f64,
    },
    /// The parts of a sparse matrix contradict each other.
    #[error("malformed sparse rows: {0}")]
    MalformedRows(String),
    /// An operation that would not be exact is refused.
    #[error("{operation} would not be exact: {why}")]
    NotExact {
        /// The operation that was asked for.
        operation: &'static str,
        /// Why it would not be exact, and what to do.
        why: String,
    },
    /// Documents to forget that the model cannot have learned.
    #[error(
        "cannot forget these documents: {0}; expected documents that the model was trained on, with the \
         labels and weights that they had"
    )]
    NotLearned(String),
    /// The work was cancelled (see [`cancellable`](crate::cancellable)).
    #[error("cancelled")]
    Cancelled,
    /// Memory for a large array could not be had. Nothing that was there is lost.
    #[error("out of memory: {what} needs {bytes} bytes more ({}) than there are", in_words(*bytes))]
    OutOfMemory {
        /// What it was for.
        what: &'static str,
        /// How much was asked for.
        bytes: u64,
    },
    /// Two models cannot be joined, or a model cannot take this input.
    #[error("incompatible models: {0}")]
    Incompatible(String),
    /// A record of a data set cannot be used.
    #[error("{}:{line}: {why}", printable(file))]
    Record {
        /// The file, or `<stdin>`.
        file: String,
        /// The line (from 1) on which the record starts.
        line: u64,
        /// What is wrong and what was expected.
        why: String,
    },
    /// Text that is not UTF-8.
    #[error(
        "{}: invalid UTF-8 at byte {offset}{}: give the encoding that the text has (`encoding = windows-1252`, say), or replace the invalid bytes (`invalid_utf8 = replace`)",
        printable(file),
        if *line > 0 { format!(" (line {line})") } else { String::new() }
    )]
    Utf8 {
        /// The file, or `<stdin>`.
        file: String,
        /// The line (from 1) of the invalid byte, 0 where lines mean nothing.
        line: u64,
        /// The invalid byte's offset in the (uncompressed) file, from 0.
        offset: u64,
    },
    /// A data set as a whole cannot be used (no column of that name, no records, unknown format).
    #[error("{}: {why}", printable(file))]
    Dataset {
        /// The file or folder.
        file: String,
        /// What is wrong and what was expected.
        why: String,
    },
    /// A file of a folder cannot be read, or only to some point; the folder's others can.
    #[error("{source}")]
    File {
        /// The file.
        file: String,
        /// Why.
        source: Box<Error>,
    },
    /// A model file is damaged, from another program, or from a newer version.
    #[error("{}{why}", if file.is_empty() { "model: ".to_owned() } else { format!("{}: ", printable(file)) })]
    ModelFile {
        /// The file; empty when the model was read from memory.
        file: String,
        /// What is wrong.
        why: String,
    },
    /// Reading or writing failed.
    #[error("{}: {source}", printable(&path.to_string_lossy()))]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// The operating system's reason.
        source: io::Error,
    },
    /// linfa reported an error of its own (a data set without targets, say).
    #[cfg(feature = "linfa")]
    #[error("linfa: {0}")]
    Linfa(#[from] linfa::error::Error),
}

/// A number of bytes to two digits.
fn in_words(bytes: u64) -> String {
    const UNITS: [&str; 6] = ["kB", "MB", "GB", "TB", "PB", "EB"];
    let mut size = bytes as f64 / 1e3;
    let mut units = UNITS.iter().peekable();
    while let Some(unit) = units.next() {
        if size < 999.5 || units.peek().is_none() {
            return match size < 10.0 {
                true => format!("{size:.1} {unit}"),
                false => format!("{size:.0} {unit}"),
            };
        }
        size /= 1e3;
    }
    String::new()
}

/// A name as a message shows it, on one line: a character that would break the line, or that a terminal
/// would obey (control characters, those that turn the direction of writing), is written as in Rust, `\\n`.
///
/// ```
/// assert_eq!(slugline::printable("two\nlines.csv"), "two\\nlines.csv");
/// assert_eq!(slugline::printable("naïve.csv"), "naïve.csv");
/// ```
pub fn printable(name: &str) -> Cow<'_, str> {
    if !name.contains(is_unprintable) {
        return Cow::Borrowed(name);
    }
    let mut shown = String::with_capacity(name.len() + 8);
    for character in name.chars() {
        match is_unprintable(character) {
            true => shown.extend(character.escape_debug()),
            false => shown.push(character),
        }
    }
    Cow::Owned(shown)
}

/// Whether a character moves, hides or turns round what stands beside it.
fn is_unprintable(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{61c}'
                | '\u{200b}'
                | '\u{200e}'
                | '\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'
                | '\u{2066}'..='\u{2069}'
                | '\u{feff}'
        )
}

/// `Result` with this crate's [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// Whether this is about one record of a data set, or one file of a folder, and not about the
    /// data set as a whole: with [`ReadOptions::skip_bad`](crate::dataset::ReadOptions::skip_bad),
    /// [`Records`](crate::dataset::Records) goes on after it.
    pub fn is_skippable(&self) -> bool {
        matches!(
            self,
            Self::Record { .. } | Self::Utf8 { .. } | Self::File { .. }
        )
    }

    pub(crate) fn parameter(
        name: &'static str,
        value: impl std::fmt::Display,
        expected: impl Into<String>,
    ) -> Self {
        Self::Parameter {
            name,
            value: value.to_string(),
            expected: expected.into(),
        }
    }

    pub(crate) fn io(path: impl Into<PathBuf>, source: io::Error) -> Self {
        Self::Io {
            path: path.into(),
            source,
        }
    }
}

/// Fails unless two things that belong together have the same length.
pub(crate) fn same_length(what: &'static str, expected: usize, actual: usize) -> Result<()> {
    if expected == actual {
        return Ok(());
    }
    Err(Error::Length {
        what,
        expected,
        actual,
    })
}
