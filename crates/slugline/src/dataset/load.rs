//! A whole labelled data set in memory.

use std::path::Path;

use super::{Format, LabelUse, ReadOptions, open};
use crate::error::{Error, Result};

/// All labelled records of the data set at `path`: their texts and, in the same order, their labels.
///
/// Where [`ReadOptions::labels`] is [`LabelUse::Required`], a record without a label is an error;
/// where it is [`LabelUse::Optional`], such a record is left out. With [`ReadOptions::skip_bad`], bad records
/// are left out; [`open`] tells which. A record with [probabilities](ReadOptions::probabilities) of labels is one: it
/// has no one label.
///
/// # Errors
///
/// Those of [`open`] and of every record, and [`Error::Dataset`] if there is no labelled record.
pub fn load(path: &Path, options: &ReadOptions) -> Result<(Vec<String>, Vec<String>)> {
    let options = &options.clone().probabilities(false);
    let records = open(path, options)?;
    let format = records.format();
    let (mut texts, mut labels) = (Vec::new(), Vec::new());
    let mut found = 0_u64;
    for record in records {
        let record = match record {
            Err(error) if options.skip_bad && error.is_skippable() => continue,
            record => record?,
        };
        found += 1;
        if let Some(label) = record.label {
            texts.push(record.text);
            labels.push(label);
        }
    }
    if labels.is_empty() {
        return Err(Error::Dataset {
            file: path.to_string_lossy().into_owned(),
            why: nothing_found(format, found, options),
        });
    }
    Ok((texts, labels))
}

/// The message where there are no labelled records.
fn nothing_found(format: Format, found: u64, options: &ReadOptions) -> String {
    if options.labels == LabelUse::Ignored {
        return "labels are ignored, expected labelled records: require them, or let them be \
                optional"
            .to_owned();
    }
    let label = match &options.label {
        Some(column) => format!("\"{column}\""),
        None => "\"label\" or \"labels\"".to_owned(),
    };
    let expected = match format {
        Format::Text | Format::Lines | Format::Html => "a format that has labels".to_owned(),
        Format::Csv
        | Format::Tsv
        | Format::Psv
        | Format::Parquet
        | Format::Arrow
        | Format::Spreadsheet => format!("rows with a label in the column {label}"),
        Format::JsonLines | Format::Json => format!("objects with a label under the key {label}"),
        Format::FastText => "lines that begin with `__label__`".to_owned(),
        Format::Folder => "sub-folders named for classes, with text files in them".to_owned(),
    };
    match found {
        0 => format!("no records: expected {expected}"),
        1 => format!("the only record has no label: expected {expected}"),
        _ => format!("none of the {found} records has a label: expected {expected}"),
    }
}
