//! Parsers of the values of flags.

use std::{path::Path, str::FromStr};

use slugline::{
    DocumentFrequency,
    dataset::{self, Format, ReadOptions},
};

use crate::{
    failure::{Failure, as_typed},
    say,
};

/// A value, or `auto` for one that is chosen on the data.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Choice<T> {
    Auto,
    Given(T),
}

impl<T: ChosenValue> FromStr for Choice<T> {
    type Err = String;

    fn from_str(written: &str) -> Result<Self, String> {
        match written {
            "auto" => Ok(Self::Auto),
            written => match written.parse() {
                Ok(value) => Ok(Self::Given(value)),
                Err(_) => Err(format!("expected {} or auto", T::EXPECTED)),
            },
        }
    }
}

/// A value that can be chosen on the data instead.
pub(crate) trait ChosenValue: FromStr {
    /// What it is, for a message.
    const EXPECTED: &str;
}

impl ChosenValue for f64 {
    const EXPECTED: &str = "a number";
}

impl ChosenValue for bool {
    const EXPECTED: &str = "true, false";
}

/// Parses a number of threads.
pub(crate) fn threads(written: &str) -> Result<u16, String> {
    let threads = written.parse().ok();
    let threads = threads.filter(|threads| usize::from(*threads) <= slugline::MAX_THREADS);
    threads.ok_or_else(|| {
        let most = slugline::MAX_THREADS;
        format!("expected a whole number from 0 (one thread for each processor) to {most}")
    })
}

/// Parses a number of things to print.
pub(crate) fn one_or_more(written: &str) -> Result<u32, String> {
    let number = written.parse().ok().filter(|number| *number > 0);
    number.ok_or_else(|| "expected a whole number from 1".to_owned())
}

/// Parses a flag's value with the library's parser, whose error says what is expected.
pub(crate) fn parse<T: FromStr<Err = slugline::Error>>(
    flag: &str,
    value: &str,
) -> Result<T, Failure> {
    parse_expecting(flag, value, as_typed)
}

/// As [`parse`], for a flag that takes these words, too.
pub(crate) fn parse_beside<T: FromStr<Err = slugline::Error>>(
    flag: &str,
    value: &str,
    others: &[&str],
) -> Result<T, Failure> {
    parse_expecting(flag, value, |expected| {
        let expected = expected.replace(" or ", ", ");
        let mut known: Vec<&str> = expected.split(", ").collect();
        known.retain(|known| !others.contains(known));
        known.extend(others);
        let last = known.pop().unwrap_or_default();
        format!("{} or {last}", known.join(", "))
    })
}

/// As [`parse`]; `words` makes what is expected of what the library expects.
fn parse_expecting<T: FromStr<Err = slugline::Error>>(
    flag: &str,
    value: &str,
    words: impl FnOnce(&str) -> String,
) -> Result<T, Failure> {
    value.parse().map_err(|error| match error {
        slugline::Error::Parameter { expected, .. } => {
            let value = if value.is_empty() { "empty" } else { value };
            Failure::usage(format!(
                "--{flag} is {value}: expected {}",
                words(&expected)
            ))
        }
        other => Failure::usage(format!("--{flag}: {other}")),
    })
}

/// The non-empty lines of a file, in UTF-8 or UTF-16, compressed or not. Spaces are kept: a character n-gram
/// may end in one.
pub(crate) fn lines(path: &Path) -> Result<Vec<String>, Failure> {
    if path.is_dir() {
        return Err(Failure::work(format!(
            "{}: this is a folder, expected a list with one term per line",
            say::shown(path)
        )));
    }
    let options = ReadOptions::default().format(Format::Text);
    let mut all = Vec::new();
    for record in dataset::open(path, &options)? {
        let record = record.map_err(|error| match error {
            // The library's message names an option that lists do not have.
            slugline::Error::Utf8 { file, line, offset } => Failure::work(format!(
                "{}: invalid UTF-8 at byte {offset} (line {line}): convert the list to UTF-8",
                slugline::printable(&file)
            )),
            other => other.into(),
        })?;
        let lines = record.text.lines().filter(|line| !line.is_empty());
        all.extend(lines.map(str::to_owned));
    }
    Ok(all)
}

pub(crate) fn ngram_range(range: &str) -> Result<(usize, usize), Failure> {
    let numbers: Option<Vec<usize>> = range.split(',').map(|n| n.trim().parse().ok()).collect();
    match numbers.as_deref() {
        Some(&[min, max]) => Ok((min, max)),
        _ => Err(Failure::usage(format!(
            "--ngram-range is {range}: expected MIN,MAX such as 1,2"
        ))),
    }
}

/// Parses `--min-df` and `--max-df`: a whole number is a number of documents, one with a point a fraction.
pub(crate) fn document_frequency(flag: &str, value: &str) -> Result<DocumentFrequency, Failure> {
    let parsed = if value.contains('.') {
        value.parse().ok().map(DocumentFrequency::Fraction)
    } else {
        value.parse().ok().map(DocumentFrequency::Count)
    };
    parsed.ok_or_else(|| {
        Failure::usage(format!(
            "--{flag} is {value}: expected a number of documents such as 2, or a fraction such as 0.5"
        ))
    })
}
