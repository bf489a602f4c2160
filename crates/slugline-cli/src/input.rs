//! From arguments to records.

use std::{
    io::{self, IsTerminal},
    path::Path,
};

use clap::Args;
use slugline::dataset::{self, Column, Format, InvalidUtf8, LabelUse, ReadOptions, Records};

use crate::{failure::Failure, progress::Progress};

/// Flags that say how inputs are read.
#[derive(Debug, Args)]
#[command(next_help_heading = "Input options")]
pub(crate) struct InputArgs {
    /// text, lines, csv, tsv, jsonl, fasttext or folder [default: by the file's name]
    #[arg(long, value_name = "FORMAT")]
    input_format: Option<String>,
    /// Columns or keys of the text, by name or number from 1; several are joined by a newline
    /// [default: text, with title before it]
    #[arg(long, value_name = "COLUMN,…", value_delimiter = ',')]
    text: Vec<String>,
    /// What becomes of bytes that are not UTF-8: error or replace
    #[arg(long, value_name = "WHAT", default_value = "error")]
    invalid_utf8: String,
    /// The first row of a CSV or TSV file is data: columns go by number
    #[arg(long)]
    no_header: bool,
}

impl InputArgs {
    pub(crate) fn options(
        &self,
        labels: LabelUse,
        label: Option<&str>,
    ) -> Result<ReadOptions, Failure> {
        let column = |name: &str| name.parse::<Column>();
        Ok(ReadOptions {
            format: self
                .input_format
                .as_deref()
                .map(str::parse::<Format>)
                .transpose()?,
            text: self
                .text
                .iter()
                .map(|name| column(name))
                .collect::<Result<_, _>>()?,
            label: label.map(column).transpose()?,
            labels,
            invalid_utf8: self.invalid_utf8.parse::<InvalidUtf8>()?,
            header: !self.no_header,
            ..ReadOptions::default()
        })
    }
}

pub(crate) fn is_stdin(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// How an input is read that need not be labelled: what its name does not tell is text.
pub(crate) fn format_of(path: &Path, options: &ReadOptions) -> Format {
    let by_name = || match is_stdin(path) {
        true => None,
        false => Format::of_path(path),
    };
    options.format.or_else(by_name).unwrap_or(Format::Text)
}

/// Opens a file, a folder, or standard input (`-`).
pub(crate) fn open(path: &Path, options: &ReadOptions) -> Result<Records, Failure> {
    if !is_stdin(path) {
        return Ok(dataset::open(path, options)?);
    }
    if io::stdin().is_terminal() {
        return Err(Failure::usage(
            "standard input is a terminal: name a file, or pipe text into the command",
        ));
    }
    Ok(dataset::read(io::stdin(), "<stdin>", options)?)
}

/// All labelled records of the files, with a progress bar where someone watches.
pub(crate) fn load(
    paths: &[impl AsRef<Path>],
    options: &ReadOptions,
) -> Result<(Vec<String>, Vec<String>), Failure> {
    let mut all = (Vec::new(), Vec::new());
    in_batches(paths, options, usize::MAX, |texts, labels| {
        all = (std::mem::take(texts), std::mem::take(labels));
        Ok(())
    })?;
    Ok(all)
}

/// Gives all labelled records of the files to `take`, about `bytes` of text at once, with a progress
/// bar where someone watches.
pub(crate) fn in_batches(
    paths: &[impl AsRef<Path>],
    options: &ReadOptions,
    bytes: usize,
    mut take: impl FnMut(&mut Vec<String>, &mut Vec<String>) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let (mut texts, mut labels) = (Vec::new(), Vec::new());
    let (mut size, mut found) = (0, false);
    for path in paths {
        let path = path.as_ref();
        let mut records = open(path, options)?;
        let progress = Progress::reading(path, records.total_bytes());
        while let Some(record) = records.next() {
            let record = record?;
            size += record.text.len();
            texts.push(record.text);
            labels.push(record.label.unwrap_or_default());
            found = true;
            progress.at(records.bytes_read());
            if size >= bytes {
                take(&mut texts, &mut labels)?;
                texts.clear();
                labels.clear();
                size = 0;
            }
        }
    }
    if !texts.is_empty() {
        take(&mut texts, &mut labels)?;
    }
    if !found {
        let names: Vec<String> = paths
            .iter()
            .map(|path| path.as_ref().display().to_string())
            .collect();
        return Err(Failure::work(format!(
            "{}: no labelled records",
            names.join(", ")
        )));
    }
    Ok(())
}
