//! Options of the answers, which several commands share.

use std::path::PathBuf;

use clap::{Args, ValueHint};
use slugline::{
    TextClassifier,
    dataset::{Column, OtherColumns},
};

use crate::{failure::Failure, output_format::OutputFormat, values::parse};

/// When a text is answered with `other`.
#[derive(Debug, Args)]
pub(crate) struct OtherArgs {
    /// Answer `other` where the evidence for the topics is below this [default: the model's limit, if it has
    /// one]
    #[arg(long, value_name = "EVIDENCE", allow_negative_numbers = true)]
    other_below: Option<f64>,
    /// Never answer `other`
    #[arg(long, conflicts_with = "other_below")]
    no_other: bool,
}

impl OtherArgs {
    /// Whether one of the flags replaces the model's own limit.
    pub(crate) fn is_given(&self) -> bool {
        self.no_other || self.other_below.is_some()
    }

    pub(crate) fn set(&self, model: TextClassifier) -> Result<TextClassifier, Failure> {
        Ok(model.with_other_below(self.other_below)?)
    }
}

/// Columns of the input that are copied to the output.
#[derive(Debug, Args)]
pub(crate) struct ColumnsArgs {
    /// Copy these columns (or keys) of the data, by name or number from 1, or `all`, to the output, before
    /// the answer (CSV and JSON Lines); columns of the answer with the same name get the prefix `slugline_`
    #[arg(long, value_name = "COLUMN,…|all", value_delimiter = ',')]
    columns: Vec<String>,
}

impl ColumnsArgs {
    pub(crate) fn are_given(&self) -> bool {
        !self.columns.is_empty()
    }

    pub(crate) fn columns(&self, format: OutputFormat) -> Result<OtherColumns, Failure> {
        if self.columns.is_empty() {
            return Ok(OtherColumns::None);
        }
        if format == OutputFormat::Text {
            return Err(Failure::usage(
                "--columns has no effect on --format text: use --format csv or --format jsonl",
            ));
        }
        if self.columns == ["all"] {
            return Ok(OtherColumns::All);
        }
        let columns = self.columns.iter();
        let columns = columns.map(|column| parse::<Column>("columns", column));
        Ok(OtherColumns::Named(columns.collect::<Result<_, _>>()?))
    }
}

/// The file for wrongly classified documents.
#[derive(Debug, Args)]
pub(crate) struct ErrorsArgs {
    /// Write wrongly classified documents to this file (CSV, TSV or JSON Lines, by its ending .csv, .tsv or
    /// .jsonl; JSON Lines without one): place, text, label, answer, probability, and the terms that speak most
    /// for the answer and against the label
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) errors: Option<PathBuf>,
}

/// The records to explain.
#[derive(Debug, Args)]
pub(crate) struct RecordArgs {
    /// Records of each data set to explain: numbers from 1 and ranges, such as 3,10-12, or `all` [default:
    /// the first]
    #[arg(long, value_name = "N,…|all", value_delimiter = ',')]
    record: Vec<String>,
}

/// Records by their numbers.
#[derive(Debug, PartialEq)]
pub(crate) enum RecordSelection {
    First,
    All,
    /// First and last number of each range, in order.
    Some(Vec<(u64, u64)>),
}

impl RecordArgs {
    pub(crate) fn selection(&self) -> Result<RecordSelection, Failure> {
        if self.record.is_empty() {
            return Ok(RecordSelection::First);
        }
        if self.record == ["all"] {
            return Ok(RecordSelection::All);
        }
        let mut ranges = Vec::new();
        for part in &self.record {
            let (first, last) = part.split_once('-').unwrap_or((part, part));
            match (first.trim().parse(), last.trim().parse()) {
                (Ok(first), Ok(last)) if 1 <= first && first <= last => ranges.push((first, last)),
                _ => {
                    return Err(Failure::usage(format!(
                        "--record is {part}: expected a number from 1, a range such as 10-12, or all"
                    )));
                }
            }
        }
        ranges.sort_unstable();
        Ok(RecordSelection::Some(ranges))
    }
}

impl RecordSelection {
    pub(crate) fn has(&self, number: u64) -> bool {
        match self {
            Self::First => number == 1,
            Self::All => true,
            Self::Some(ranges) => ranges
                .iter()
                .any(|(first, last)| (*first..=*last).contains(&number)),
        }
    }

    /// The largest number asked for; None for all.
    pub(crate) fn last(&self) -> Option<u64> {
        match self {
            Self::First => Some(1),
            Self::All => None,
            Self::Some(ranges) => ranges.iter().map(|(_, last)| *last).max(),
        }
    }
}
