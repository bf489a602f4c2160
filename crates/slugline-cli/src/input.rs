//! From arguments to records.

use std::{
    io::{self, IsTerminal},
    path::Path,
};

use clap::Args;
use slugline::dataset::{
    self, Column, Format, InvalidUtf8, LabelUse, Position, ReadOptions, Records,
};

use crate::{failure::Failure, outputs::Files, progress::Progress, say};

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

/// Flags that say how inputs with labels are read.
#[derive(Debug, Args)]
#[command(next_help_heading = "Input options")]
pub(crate) struct LabelledArgs {
    /// Column or key of the label [default: label, else labels]
    #[arg(long, value_name = "COLUMN")]
    label: Option<String>,
    #[command(flatten)]
    input: InputArgs,
}

impl LabelledArgs {
    /// The files that these flags name.
    pub(crate) fn files(&self, files: &mut Files) {
        self.input.files(files);
    }

    pub(crate) fn options(&self) -> Result<ReadOptions, Failure> {
        Ok(ReadOptions {
            label: self
                .label
                .as_deref()
                .map(str::parse::<Column>)
                .transpose()?,
            labels: LabelUse::Required,
            ..self.input.options()?
        })
    }
}

impl InputArgs {
    /// The files that these flags name: none yet.
    #[allow(clippy::unused_self, reason = "the place for those that come")]
    pub(crate) fn files(&self, _: &mut Files) {}

    /// Labels are not read.
    pub(crate) fn options(&self) -> Result<ReadOptions, Failure> {
        Ok(ReadOptions {
            format: self
                .input_format
                .as_deref()
                .map(str::parse::<Format>)
                .transpose()?,
            text: self
                .text
                .iter()
                .map(|name| name.parse::<Column>())
                .collect::<Result<_, _>>()?,
            labels: LabelUse::Ignored,
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

/// Where a record stands, as it is printed: a file that is one document needs no line.
pub(crate) fn place(position: &Position, from: Format) -> String {
    match from {
        Format::Text | Format::Folder => position.file.to_string(),
        _ => position.to_string(),
    }
}

/// Records; labels are empty where none are asked for.
#[derive(Default)]
pub(crate) struct Labelled {
    pub(crate) texts: Vec<String>,
    pub(crate) labels: Vec<String>,
    places: Vec<(Position, Format)>,
}

impl Labelled {
    /// Where a document stands.
    pub(crate) fn place(&self, document: usize) -> String {
        let (position, from) = &self.places[document];
        place(position, *from)
    }
}

/// All records of the files (with their labels, where the options ask for them), with a progress bar where someone watches.
pub(crate) fn load(paths: &[impl AsRef<Path>], options: &ReadOptions) -> Result<Labelled, Failure> {
    let mut all = Labelled::default();
    in_batches(paths, options, usize::MAX, |batch| {
        all = batch;
        Ok(())
    })?;
    Ok(all)
}

/// Gives all records of the files to `take`, about `bytes` of text at once, with a progress
/// bar where someone watches.
pub(crate) fn in_batches(
    paths: &[impl AsRef<Path>],
    options: &ReadOptions,
    bytes: usize,
    mut take: impl FnMut(Labelled) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let mut batch = Labelled::default();
    let (mut size, mut found) = (0, false);
    for path in paths {
        let path = path.as_ref();
        let from = format_of(path, options);
        let mut records = open(path, options)?;
        let progress = Progress::reading(path, records.total_bytes());
        while let Some(record) = records.next() {
            let record = record?;
            size += record.text.len();
            batch.texts.push(record.text);
            batch.labels.push(record.label.unwrap_or_default());
            batch.places.push((record.position, from));
            found = true;
            progress.at(records.bytes_read());
            if size >= bytes {
                take(std::mem::take(&mut batch))?;
                size = 0;
            }
        }
    }
    if !batch.texts.is_empty() {
        take(batch)?;
    }
    if !found {
        return Err(Failure::work(format!(
            "{}: no {}records",
            names(paths),
            if options.labels == LabelUse::Required {
                "labelled "
            } else {
                ""
            }
        )));
    }
    Ok(())
}

/// The paths, for a message.
pub(crate) fn names(paths: &[impl AsRef<Path>]) -> String {
    let names = paths.iter().map(|path| say::shown(path.as_ref()));
    names.collect::<Vec<String>>().join(", ")
}
