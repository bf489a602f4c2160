//! One document of a data set and the place it came from.

use std::{fmt, sync::Arc};

/// One document, labelled or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// The document. It may be empty: an empty text is a legal document.
    pub text: String,
    /// The label; `None` where the record has none or labels are ignored. Never empty.
    pub label: Option<String>,
    /// The value of the column or key named `id`, where there is one and it is not empty.
    pub id: Option<String>,
    /// Where the record starts.
    pub position: Position,
}

/// Where a record starts; displayed as `news.csv:17`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Position {
    /// The path as it was given (bytes that are not UTF-8 are shown as U+FFFD), or `<stdin>`.
    pub file: Arc<str>,
    /// The line, from 1, on which the record starts; 1 for a document that is a whole file.
    pub line: u64,
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}
