//! The options of readers.

use std::{fmt, str::FromStr};

use super::{Encoding, Format};
use crate::{
    error::{Error, Result},
    util::setters::setters,
};

/// How a data set is read. The default reads what is there: the format by content and name, a label
/// where a record has one, and an error at the first byte that is not UTF-8.
///
/// ```
/// use slugline::dataset::{Column, Format, ReadOptions, read};
///
/// let csv = "topic;body\nsports;The match was won.\n";
/// let options = ReadOptions::default()
///     .format(Format::Csv)
///     .delimiter(b';')
///     .text([Column::Name("body".into())])
///     .label(Column::Number(1));
/// let record = read(csv.as_bytes(), "example.csv", &options)?.next().expect("there is one")?;
/// assert_eq!((record.text.as_str(), record.label.as_deref()), ("The match was won.", Some("sports")));
/// # Ok::<(), slugline::Error>(())
/// ```
#[expect(
    clippy::struct_excessive_bools,
    reason = "options that have nothing to do with each other"
)]
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
#[must_use]
pub struct ReadOptions {
    /// The format; `None` goes by the content and by the path's name
    /// ([the rules](super#which-format)).
    pub format: Option<Format>,
    /// CSV, TSV and PSV: the character that divides fields. `None`: the format's own one, or the one of
    /// comma, tab, semicolon and pipe that fits the first row where that one does not.
    pub delimiter: Option<u8>,
    /// The encoding of text without a byte-order mark. `None`: UTF-8, UTF-16 where every other byte of
    /// plain letters is zero, and what an HTML page declares.
    pub encoding: Option<Encoding>,
    /// Whether texts are read without their HTML mark-up, entities decoded. [`Format::Html`] always is.
    pub html: bool,
    /// Workbooks: the sheet. `None`: the first one that is not hidden.
    pub sheet: Option<String>,
    /// The columns (tables) or keys (JSON) that make up the text, joined by a line break in this order.
    /// `data.text` is the key `text` in the object `data`, unless a key is called that. Empty: `text`, with `title` before it where a record has one.
    pub text: Vec<Column>,
    /// The column or key of the label. `None`: `label`, otherwise `labels`.
    pub label: Option<Column>,
    /// Whether records must have labels.
    pub labels: LabelUse,
    /// What to do about bytes that are not UTF-8.
    pub invalid_utf8: InvalidUtf8,
    /// CSV and TSV: whether the first row names the columns.
    pub header: bool,
    /// CSV and TSV: what double quotes mean.
    pub quoting: Quoting,
    /// Where a record has a list of labels (a JSON array, several `__label__…`), whether the first
    /// one is kept. Otherwise more than one is an error.
    pub first_label: bool,
    /// Whether a record may have, in place of one label, an object of labels and their probabilities, such as
    /// `{"policy": 0.7, "markets": 0.3}` ([`Record::probabilities`](super::Record::probabilities)). Otherwise that is
    /// an error.
    pub probabilities: bool,
    /// Whether white space and invisible characters around a label are taken off.
    pub trim_labels: bool,
    /// Whether reading goes on after a bad record: [`Records`](super::Records) gives its error and
    /// then the next record. [`load`](super::load) leaves it out. Without it, reading ends there.
    pub skip_bad: bool,
    /// Which of the other columns, or keys, a [`Record`](super::Record) carries.
    pub columns: OtherColumns,
    /// The longest record that is accepted, in bytes as it stands in the uncompressed file without
    /// its line break. It bounds the memory that one endless line or one missing quote can take.
    pub max_record_bytes: usize,
    /// How many times its size compressed data may expand to. What expands to 64 MiB or less is never too much. Text
    /// expands to 3 to 10 times its size, repetitive records to 50; a file that was made to fill a disk, or by mistake,
    /// to thousands.
    pub max_expansion: u64,
    /// How many bytes compressed data may expand to.
    pub max_expanded_bytes: u64,
}

setters!(ReadOptions {
    format: impl Into<Option<Format>>,
    delimiter: impl Into<Option<u8>>,
    encoding: impl Into<Option<Encoding>>,
    html: bool,
    sheet: impl Into<Option<String>>,
    text: impl Into<Vec<Column>>,
    label: impl Into<Option<Column>>,
    labels: LabelUse,
    invalid_utf8: InvalidUtf8,
    header: bool,
    quoting: Quoting,
    first_label: bool,
    probabilities: bool,
    trim_labels: bool,
    skip_bad: bool,
    columns: OtherColumns,
    max_record_bytes: usize,
    max_expansion: u64,
    max_expanded_bytes: u64,
});

/// The default of [`ReadOptions::max_record_bytes`]: 256 MiB.
const MAX_RECORD_BYTES: usize = 256 << 20;
/// The default of [`ReadOptions::max_expansion`].
const MAX_EXPANSION: u64 = 200;
/// The default of [`ReadOptions::max_expanded_bytes`]: 1 TiB.
const MAX_EXPANDED_BYTES: u64 = 1 << 40;

impl Default for ReadOptions {
    fn default() -> Self {
        Self {
            format: None,
            delimiter: None,
            encoding: None,
            html: false,
            sheet: None,
            text: Vec::new(),
            label: None,
            labels: LabelUse::Optional,
            invalid_utf8: InvalidUtf8::Error,
            header: true,
            quoting: Quoting::Auto,
            first_label: false,
            probabilities: false,
            trim_labels: true,
            skip_bad: false,
            columns: OtherColumns::None,
            max_record_bytes: MAX_RECORD_BYTES,
            max_expansion: MAX_EXPANSION,
            max_expanded_bytes: MAX_EXPANDED_BYTES,
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

/// What a double quote means in CSV and TSV. The [module documentation](super) says why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Quoting {
    /// A field that begins with a quote ends at the next one that is not doubled, as in RFC 4180; one
    /// that seems to have swallowed rows is an error (`auto`).
    #[default]
    Auto,
    /// As in RFC 4180, however many lines a field takes up and whatever they look like (`standard`).
    Standard,
    /// Nothing: a quote is a character, and every line is a row (`none`).
    None,
}

impl fmt::Display for Quoting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Auto => "auto",
            Self::Standard => "standard",
            Self::None => "none",
        })
    }
}

impl FromStr for Quoting {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        match name {
            "auto" => Ok(Self::Auto),
            "standard" => Ok(Self::Standard),
            "none" => Ok(Self::None),
            _ => Err(Error::parameter("quoting", name, "auto, standard or none")),
        }
    }
}

/// Which columns of a table, or keys of a JSON object, a record carries as they are, beside its text, label
/// and id.
///
/// Formats without columns have none to carry, and there this is an error.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum OtherColumns {
    /// None.
    #[default]
    None,
    /// All, in the order in which they stand: those that text, label and id are made of, too, so that the
    /// record can be written as it was.
    All,
    /// These, in this order; any column can be named. One that is not there is an error. Of JSON
    /// objects, that goes for the first: a key that a later one lacks is null there.
    Named(Vec<Column>),
}

/// What to do about bytes that are not UTF-8.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
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
    fn quoting_has_names() {
        for quoting in [Quoting::Auto, Quoting::Standard, Quoting::None] {
            assert_eq!(quoting.to_string().parse::<Quoting>().unwrap(), quoting);
        }
        assert_eq!(
            "minimal".parse::<Quoting>().unwrap_err().to_string(),
            "quoting is minimal: expected auto, standard or none"
        );
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
