//! One document of a data set, and its position.

use std::{borrow::Cow, fmt, sync::Arc};

use serde::{Serialize, Serializer, ser::Error as _};
use serde_json::value::RawValue;

use super::Format;

/// One document, labelled or not.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Record {
    /// The document. It may be empty: an empty text is a legal document.
    pub text: String,
    /// The label; `None` where the record has none or labels are ignored. Never empty. Of probabilities, the most
    /// likely label, the first in sorted order of equals.
    pub label: Option<String>,
    /// The labels with their probabilities, sorted, of sum 1 (to within 0.001), where the record has them in place of
    /// one label ([`ReadOptions::probabilities`](super::ReadOptions::probabilities)); otherwise empty.
    pub probabilities: Vec<(String, f64)>,
    /// The value of the column or key named `id`, where there is one and it is not empty.
    pub id: Option<String>,
    /// The other columns that were asked for
    /// ([`ReadOptions::columns`](super::ReadOptions::columns)), with their names.
    pub columns: Vec<(Arc<str>, Cell)>,
    /// Where the record starts.
    pub position: Position,
    /// The format of the file that it stands in; [`Format::Text`] where that is one document.
    pub format: Format,
}

/// Where a record starts; displayed as `news.csv:17`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
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

/// The value of a column that is neither text nor label. It serialises as what it is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Cell {
    /// A field of a table, as text.
    Text(String),
    /// A JSON value as it is written in the data set: every digit of a number stays. Readers put
    /// valid JSON here; anything else cannot be serialised.
    Json(String),
}

impl Cell {
    /// The value as a field of a table: text and JSON strings as they are, null as nothing, other JSON
    /// as it is written.
    pub fn to_field(&self) -> Cow<'_, str> {
        match self {
            Self::Text(text) => Cow::Borrowed(text),
            Self::Json(json) if json == "null" => Cow::Borrowed(""),
            Self::Json(json) if json.starts_with('"') => match serde_json::from_str(json) {
                Ok(text) => Cow::Owned(text),
                Err(_) => Cow::Borrowed(json),
            },
            Self::Json(json) => Cow::Borrowed(json),
        }
    }
}

impl Serialize for Cell {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(text) => serializer.serialize_str(text),
            Self::Json(json) => serde_json::from_str::<&RawValue>(json)
                .map_err(S::Error::custom)?
                .serialize(serializer),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_written_as_they_are() {
        for (cell, json, field) in [
            (Cell::Text("a \"b\"".into()), r#""a \"b\"""#, "a \"b\""),
            (Cell::Text("1".into()), r#""1""#, "1"),
            (Cell::Json("1.50".into()), "1.50", "1.50"),
            (
                Cell::Json("123456789012345678901234567890".into()),
                "123456789012345678901234567890",
                "123456789012345678901234567890",
            ),
            (Cell::Json(r#""\u0061b""#.into()), r#""\u0061b""#, "ab"),
            (
                Cell::Json(r#"{"b": [1], "a": null}"#.into()),
                r#"{"b": [1], "a": null}"#,
                r#"{"b": [1], "a": null}"#,
            ),
            (Cell::Json("null".into()), "null", ""),
            (Cell::Json("true".into()), "true", "true"),
        ] {
            assert_eq!(serde_json::to_string(&cell).unwrap(), json);
            assert_eq!(cell.to_field(), field);
        }
        assert!(serde_json::to_string(&Cell::Json("{".into())).is_err());
    }
}
