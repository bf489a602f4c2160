//! The data-set readers, through their public interface: every format, and what they say about
//! input that is not what it should be.

mod compression;
mod encoding;
mod expansion;
mod expectations;
mod fasttext;
mod folders;
mod json_lines;
mod labels;
mod limits;
mod loading;
#[cfg(all(feature = "html", feature = "parquet", feature = "spreadsheet"))]
mod messy;
mod messy_records;
mod other_columns;
mod pieces;
mod plain;
mod priors;
mod probabilities;
mod quoting;
mod random;
mod skipping;
mod tables;
mod waiting;
mod word_vectors;

use std::{fs, path::PathBuf};

use slugline::{
    Result,
    dataset::{Column, Format, LabelUse, ReadOptions, Record, open, read},
};
use tempfile::TempDir;

/// Options for a format, everything else as it is by default.
fn options(format: Format) -> ReadOptions {
    ReadOptions::default().format(format)
}

/// The same, with labels required.
fn required(format: Format) -> ReadOptions {
    options(format).labels(LabelUse::Required)
}

fn column(name: &str) -> Column {
    Column::Name(name.to_owned())
}

/// All records of a stream called `in`.
fn records(bytes: impl AsRef<[u8]>, options: &ReadOptions) -> Result<Vec<Record>> {
    let bytes = std::io::Cursor::new(bytes.as_ref().to_vec());
    read(bytes, "in", options)?.collect()
}

/// Line, label and text of each record.
fn brief(bytes: impl AsRef<[u8]>, options: &ReadOptions) -> Vec<(u64, Option<String>, String)> {
    records(bytes, options)
        .unwrap()
        .into_iter()
        .map(|record| (record.position.line, record.label, record.text))
        .collect()
}

/// An expected element of [`brief`].
fn row(line: u64, label: &str, text: &str) -> (u64, Option<String>, String) {
    let label = (!label.is_empty()).then(|| label.to_owned());
    (line, label, text.to_owned())
}

/// The message of the error that reading ends with.
fn message(bytes: impl AsRef<[u8]>, options: &ReadOptions) -> String {
    records(bytes, options).unwrap_err().to_string()
}

/// A folder with files, and the paths of those.
struct Files(TempDir);

impl Files {
    fn new(files: &[(&str, &[u8])]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for (name, content) in files {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, content).unwrap();
        }
        Self(folder)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// A message with the folder's own path taken out.
    fn message(&self, name: &str, options: &ReadOptions) -> String {
        let result = open(&self.path(name), options).and_then(Iterator::collect::<Result<Vec<_>>>);
        let top = format!("{}/", self.0.path().display());
        result.unwrap_err().to_string().replace(&top, "")
    }
}
