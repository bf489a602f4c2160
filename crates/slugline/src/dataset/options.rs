//! What a reader is asked to do.

use std::{fmt, str::FromStr};

use super::Format;
use crate::{Error, Result};

/// How a data set is read. The default reads what is there: the format by the file's name, a label
/// where a record has one, and an error at the first byte that is not UTF-8.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadOptions {
    /// The format; `None` goes by the path ([`Format::of_path`]), and is [`Format::Text`] for
    /// [`read`](super::read).
    pub format: Option<Format>,
    /// The columns (CSV, TSV) or keys (JSON Lines) that make up the text, joined by a line break
    /// in this order. Empty: `text`, with `title` before it where a record has one.
    pub text: Vec<Column>,
    /// The column or key of the label. `None`: `label`, otherwise `labels`.
    pub label: Option<Column>,
    /// Whether records must have labels.
    pub labels: LabelUse,
    /// What to do about bytes that are not UTF-8.
    pub invalid_utf8: InvalidUtf8,
    /// CSV and TSV: whether the first row names the columns.
    pub header: bool,
    /// The longest record that is accepted, in bytes as it stands in the uncompressed file without
    /// its line break. It bounds the memory that one endless line or one missing quote can take.
    pub max_record_bytes: usize,
}

/// The default of [`ReadOptions::max_record_bytes`]: 256 MiB.
const MAX_RECORD_BYTES: usize = 256 << 20;

impl Default for ReadOptions {
    fn default() -> Self {
        Self {
            format: None,
            text: Vec::new(),
            label: None,
            labels: LabelUse::Optional,
            invalid_utf8: InvalidUtf8::Error,
            header: true,
            max_record_bytes: MAX_RECORD_BYTES,
        }
    }
}

/// Whether records must have labels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum LabelUse {
    /// A record without a label is an error: for training and evaluation.
    Required,
    /// A record may have a label.
    #[default]
    Optional,
    /// Labels are not looked at, and [`Record::label`](super::Record::label) is always `None`.
    Ignored,
}

/// What to do about bytes that are not UTF-8.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum InvalidUtf8 {
    /// [`Error::Utf8`] with the place of the first one (`error`).
    #[default]
    Error,
    /// U+FFFD for each maximal invalid sequence, as [`String::from_utf8_lossy`] does (`replace`).
    Replace,
}

impl fmt::Display for InvalidUtf8 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Error => "error",
            Self::Replace => "replace",
        })
    }
}

impl FromStr for InvalidUtf8 {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        match name {
            "error" => Ok(Self::Error),
            "replace" => Ok(Self::Replace),
            _ => Err(Error::parameter("invalid_utf8", name, "error or replace")),
        }
    }
}

/// A column of a table, or a key of a JSON object.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Column {
    /// By the name in the header row, or the key.
    Name(String),
    /// By its number, from 1.
    Number(usize),
}

impl fmt::Display for Column {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => f.pad(name),
            Self::Number(number) => number.fmt(f),
        }
    }
}

impl FromStr for Column {
    type Err = Error;

    /// All digits are a number, everything else is a name.
    fn from_str(column: &str) -> Result<Self> {
        const EXPECTED: &str = "a name, or a number from 1";
        if column.is_empty() {
            return Err(Error::parameter("column", "empty", EXPECTED));
        }
        if !column.bytes().all(|byte| byte.is_ascii_digit()) {
            return Ok(Self::Name(column.to_owned()));
        }
        match column.parse() {
            Ok(number) if number > 0 => Ok(Self::Number(number)),
            _ => Err(Error::parameter("column", column, EXPECTED)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_numbers_or_names() {
        assert_eq!("3".parse::<Column>().unwrap(), Column::Number(3));
        assert_eq!(
            "3rd".parse::<Column>().unwrap(),
            Column::Name("3rd".to_owned())
        );
        for bad in ["", "0", "99999999999999999999999"] {
            assert!(bad.parse::<Column>().is_err(), "{bad}");
        }
        assert_eq!(Column::Number(3).to_string(), "3");
    }

    #[test]
    fn policies_for_invalid_utf8_have_names() {
        assert_eq!(
            "replace".parse::<InvalidUtf8>().unwrap(),
            InvalidUtf8::Replace
        );
        assert_eq!(InvalidUtf8::Error.to_string(), "error");
        assert_eq!(
            "skip".parse::<InvalidUtf8>().unwrap_err().to_string(),
            "invalid_utf8 is skip: expected error or replace"
        );
    }
}
