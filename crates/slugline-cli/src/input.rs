//! Input options, and reading records with them.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::{self, IsTerminal},
    path::{Path, PathBuf},
};

use clap::Args;
use slugline::{
    Prior,
    dataset::{
        self, Column, Description, Encoding, Format, FurtherLabels, InvalidUtf8, LabelUse,
        Position, Quoting, ReadOptions, Record, Records,
    },
};

use crate::{
    bad::BadRecords,
    failure::Failure,
    labelled::Labelled,
    labels::{warn_of_further, warn_of_similar},
    outputs::{Files, is_stream},
    progress::Progress,
    say,
    values::parse,
};

/// `--skip-bad` without a limit: the largest `u64`.
const NO_LIMIT: &str = "18446744073709551615";

/// Input options.
#[derive(Debug, Args)]
#[command(next_help_heading = "Input options")]
pub(crate) struct InputArgs {
    /// Format of the data: text, lines, html, csv, tsv, psv, jsonl, json, parquet, arrow, xlsx, fasttext or
    /// folder [default: by content and name]
    #[arg(long, value_name = "FORMAT")]
    input_format: Option<String>,
    /// Delimiter of CSV, TSV and PSV: a character, or comma, tab, semicolon, pipe or space [default: by
    /// the first row]
    #[arg(long, value_name = "CHARACTER")]
    delimiter: Option<String>,
    /// Encoding of text without a byte-order mark, such as windows-1252, utf-16le or shift_jis
    /// [default: utf-8; UTF-16 and what HTML declares are recognised]
    #[arg(long, value_name = "ENCODING")]
    encoding: Option<String>,
    /// Remove HTML mark-up from the texts of data sets, too, and decode entities
    #[arg(long)]
    html: bool,
    /// Sheet of a workbook [default: the first one that is not hidden]
    #[arg(long, value_name = "NAME")]
    sheet: Option<String>,
    /// Columns or keys of the text, by name or number from 1; several are joined by a newline
    /// [default: text, with title before it]
    #[arg(long, value_name = "COLUMN,…", value_delimiter = ',')]
    text: Vec<String>,
    /// Treatment of bytes that are not UTF-8: error or replace
    #[arg(long, value_name = "WHAT", default_value = "error")]
    invalid_utf8: String,
    /// CSV and TSV files have no header: columns are named by number
    #[arg(long)]
    no_header: bool,
    /// Quoting in CSV and TSV: auto (RFC 4180, but a field that seems to have swallowed rows is an error),
    /// standard (RFC 4180) or none (a double quote is a plain character)
    #[arg(long, value_name = "HOW", default_value = "auto")]
    quoting: String,
    /// How many times its size compressed data may expand to (64 MB in any case); more is an error
    #[arg(long, value_name = "TIMES", default_value_t = ReadOptions::default().max_expansion)]
    max_expansion: u64,
    /// How many bytes compressed data may expand to; more is an error
    #[arg(long, value_name = "BYTES", default_value_t = ReadOptions::default().max_expanded_bytes)]
    max_expanded_bytes: u64,
    /// Skip records that cannot be used (broken lines, uneven rows, empty labels, null texts, bad files of
    /// a folder), at most LIMIT of them, and print their number
    #[arg(long, value_name = "LIMIT", num_args = 0..=1, require_equals = true)]
    #[arg(default_missing_value = NO_LIMIT)]
    skip_bad: Option<u64>,
    /// Write the records that --skip-bad skips to this file (CSV, TSV or JSON Lines, by its ending .csv, .tsv or
    /// .jsonl; JSON Lines without one): file, line, why, and the record as it stands there
    #[arg(long, value_name = "FILE", requires = "skip_bad")]
    bad_records: Option<PathBuf>,
}

/// Input options of labelled data.
#[derive(Debug, Args)]
#[command(next_help_heading = "Input options")]
pub(crate) struct LabelledArgs {
    /// Column or key of the label [default: label, else labels]; for train, update and forget a JSON record may have
    /// an object of labels and their probabilities in its place, {"policy": 0.7, "markets": 0.3}
    #[arg(long, value_name = "COLUMN")]
    label: Option<String>,
    /// Keep the first label of a record that has several, which is an error otherwise
    #[arg(long)]
    first_label: bool,
    /// Keep white space and invisible characters around labels
    #[arg(long)]
    no_trim_labels: bool,
    #[command(flatten)]
    input: InputArgs,
}

impl LabelledArgs {
    /// The files that these flags name.
    pub(crate) fn files(&self, files: &mut Files) {
        self.input.files(files);
    }

    /// Reads texts and labels.
    pub(crate) fn reading(&self) -> Result<Reading, Failure> {
        Reading::new(self.options()?, &self.input)
    }

    fn options(&self) -> Result<ReadOptions, Failure> {
        let label = self.label.as_deref();
        let label = label.map(|name| parse::<Column>("label", name));
        Ok(self
            .input
            .options()?
            .label(label.transpose()?)
            .labels(LabelUse::Required)
            .first_label(self.first_label)
            .trim_labels(!self.no_trim_labels))
    }
}

impl InputArgs {
    /// The files that these flags name.
    pub(crate) fn files(&self, files: &mut Files) {
        if let Some(path) = &self.bad_records {
            files.write("--bad-records", path);
        }
    }

    /// Reads texts without labels.
    pub(crate) fn reading(&self) -> Result<Reading, Failure> {
        Reading::new(self.options()?, self)
    }

    /// The options for reading texts without labels.
    fn options(&self) -> Result<ReadOptions, Failure> {
        let format = self.input_format.as_deref().map(str::parse::<Format>);
        let encoding = self.encoding.as_deref().map(str::parse::<Encoding>);
        let text = self.text.iter().map(|name| parse::<Column>("text", name));
        Ok(ReadOptions::default()
            .format(format.transpose()?)
            .delimiter(self.delimiter.as_deref().map(delimiter).transpose()?)
            .encoding(encoding.transpose()?)
            .html(self.html)
            .sheet(self.sheet.clone())
            .text(text.collect::<Result<Vec<Column>, _>>()?)
            .labels(LabelUse::Ignored)
            .invalid_utf8(self.invalid_utf8.parse::<InvalidUtf8>()?)
            .header(!self.no_header)
            .quoting(self.quoting.parse::<Quoting>()?)
            .max_expansion(self.max_expansion)
            .max_expanded_bytes(self.max_expanded_bytes)
            .skip_bad(self.skip_bad.is_some()))
    }
}

/// How a command reads its inputs, and what it has found about them.
pub(crate) struct Reading {
    pub(crate) options: ReadOptions,
    /// Whether [`load`] keeps the ids and the other columns of records, too.
    pub(crate) keeps_columns: bool,
    bad: BadRecords,
    /// Labels of a model or a prior, which those of the data are compared with, and which of the two it is.
    known: Vec<String>,
    known_of: &'static str,
    labels: BTreeMap<String, u64>,
    further: FurtherLabels,
}

impl Reading {
    fn new(options: ReadOptions, args: &InputArgs) -> Result<Self, Failure> {
        Ok(Self {
            options,
            keeps_columns: false,
            bad: BadRecords::new(args.skip_bad, args.bad_records.as_deref())?,
            known: Vec::new(),
            known_of: "model",
            labels: BTreeMap::new(),
            further: FurtherLabels::default(),
        })
    }

    /// Compares the labels of the data with those of a model, to warn of labels that look alike.
    pub(crate) fn compare_with(&mut self, labels: &[String]) {
        self.known = labels.to_vec();
    }

    /// Compares the labels of the data with those of a prior and of descriptions.
    pub(crate) fn compare_with_prior(&mut self, prior: &Prior, descriptions: &[Description]) {
        let labels = prior.terms().iter().map(|term| &term.label);
        let described = descriptions.iter().map(|description| &description.label);
        let labels: BTreeSet<&String> = labels.chain(described).collect();
        self.known = labels.into_iter().cloned().collect();
        self.known_of = match descriptions {
            [] => "prior",
            _ => "descriptions",
        };
    }

    /// The next record that can be used.
    pub(crate) fn next(&mut self, records: &mut Records) -> Option<Result<Record, Failure>> {
        loop {
            if let Some(record) = self.next_or_skipped(records)?.transpose() {
                return Some(record);
            }
        }
    }

    /// The next record, or None in place of a skipped one, so that a live input need not be waited for.
    pub(crate) fn next_or_skipped(
        &mut self,
        records: &mut Records,
    ) -> Option<Result<Option<Record>, Failure>> {
        let record = self.bad.next(records);
        if let Some(Ok(Some(record))) = &record {
            let probable = record.probabilities.iter().map(|(label, _)| label);
            let certain = record.label.as_ref();
            let certain = certain.filter(|_| record.probabilities.is_empty());
            for label in certain.into_iter().chain(probable) {
                match self.labels.get_mut(label) {
                    Some(count) => *count += 1,
                    None => _ = self.labels.insert(label.clone(), 1),
                }
            }
        }
        record
    }

    /// The number of records read with each label, certain or probable.
    pub(crate) fn labels(&self) -> &BTreeMap<String, u64> {
        &self.labels
    }

    /// The file of the last record that could not be read, where reading may go on.
    pub(crate) fn failed_file(&mut self) -> Option<String> {
        self.bad.failed_file()
    }

    /// Whether more records were bad than --skip-bad allows.
    pub(crate) fn is_over(&self) -> bool {
        self.bad.is_over()
    }

    /// Takes over what was found in a file; to be called when it has been read, to its end or not.
    pub(crate) fn end_of(&mut self, records: &Records) {
        let further = records.further_labels();
        self.further.records += further.records;
        self.further.labels.extend(further.labels);
    }

    /// Warns of skipped records and of odd labels, when everything has been read or reading has failed.
    pub(crate) fn finish(&mut self) -> Result<(), Failure> {
        self.bad.finish()?;
        warn_of_further(&self.further, &self.labels);
        warn_of_similar(&self.labels, &self.known, self.known_of);
        Ok(())
    }
}

/// Parses a delimiter: a character, `\t`, or a name.
fn delimiter(written: &str) -> Result<u8, Failure> {
    match written {
        "tab" | "\\t" => Ok(b'\t'),
        "comma" => Ok(b','),
        "semicolon" => Ok(b';'),
        "pipe" => Ok(b'|'),
        "space" => Ok(b' '),
        _ => match written.as_bytes() {
            [byte] if byte.is_ascii() && !matches!(byte, b'\n' | b'\r' | b'"' | 0) => Ok(*byte),
            _ => Err(Failure::usage(format!(
                "--delimiter is {written:?}: expected one character such as ',' or ';', or its name: \
                 comma, tab, semicolon, pipe or space"
            ))),
        },
    }
}

/// Opens a file, a folder, or standard input (`-`).
pub(crate) fn open(path: &Path, options: &ReadOptions) -> Result<Records, Failure> {
    if !is_stream(path) {
        return Ok(dataset::open(path, options)?);
    }
    if io::stdin().is_terminal() {
        say::note("reading from the terminal; Ctrl-D (on Windows Ctrl-Z) ends the input");
    }
    Ok(dataset::read(io::stdin(), "<stdin>", options)?)
}

/// A record's place as it is printed: the file, and the line where it holds several documents.
pub(crate) fn place(position: &Position, from: Format) -> String {
    match from.is_document() {
        true => position.file.to_string(),
        false => position.to_string(),
    }
}

/// All records of the files, with labels where the options ask for them.
pub(crate) fn load(paths: &[impl AsRef<Path>], reading: &mut Reading) -> Result<Labelled, Failure> {
    let mut all = Labelled::default();
    in_batches(paths, reading, usize::MAX, |batch| {
        all = batch;
        Ok(())
    })?;
    Ok(all)
}

/// Calls `take` with all records of the files, about `bytes` of text at once.
pub(crate) fn in_batches(
    paths: &[impl AsRef<Path>],
    reading: &mut Reading,
    bytes: usize,
    mut take: impl FnMut(Labelled) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let mut batch = Labelled::default();
    let (mut size, mut found) = (0, false);
    let keeps_columns = reading.keeps_columns;
    each(paths, reading, |record| {
        size += record.text.len();
        batch.push(record, keeps_columns);
        found = true;
        if size < bytes {
            return Ok(());
        }
        size = 0;
        take(std::mem::take(&mut batch))
    })?;
    if !batch.texts.is_empty() {
        take(batch)?;
    }
    if !found {
        return Err(Failure::work(format!(
            "{}: no {}records",
            names(paths),
            if reading.options.labels == LabelUse::Required {
                "labelled "
            } else {
                ""
            }
        )));
    }
    Ok(())
}

/// Calls `take` with every record of the files, and warns of skipped records at the end.
pub(crate) fn each(
    paths: &[impl AsRef<Path>],
    reading: &mut Reading,
    take: impl FnMut(Record) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let done = read_each(paths, reading, take);
    // After a failure, too.
    let told = reading.finish();
    done.and(told)
}

/// As [`each`], without the warnings: for files that are read in several ways.
pub(crate) fn read_each(
    paths: &[impl AsRef<Path>],
    reading: &mut Reading,
    mut take: impl FnMut(Record) -> Result<(), Failure>,
) -> Result<(), Failure> {
    for path in paths {
        let path = path.as_ref();
        let mut records = open(path, &reading.options)?;
        let progress = Progress::reading(path, records.total_bytes());
        while let Some(record) = reading.next(&mut records) {
            take(record?)?;
            progress.at(records.bytes_read());
        }
        reading.end_of(&records);
    }
    Ok(())
}

/// The paths, for a message.
pub(crate) fn names(paths: &[impl AsRef<Path>]) -> String {
    let names = paths.iter().map(|path| say::shown(path.as_ref()));
    names.collect::<Vec<String>>().join(", ")
}
