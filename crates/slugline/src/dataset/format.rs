//! The formats that can be read, and their extensions.

use std::{fmt, path::Path, str::FromStr};

use crate::error::{Error, Result};

/// How a data set is laid out. The [module documentation](super) describes each format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Format {
    /// The whole file is one document (`text`); no labels.
    Text,
    /// One document a line (`lines`), blank lines skipped; no labels.
    Lines,
    /// The whole file is one document, read without its mark-up (`html`); no labels.
    Html,
    /// Comma-separated values (`csv`).
    Csv,
    /// Tab-separated values (`tsv`).
    Tsv,
    /// Values that are separated by pipes, `|` (`psv`).
    Psv,
    /// One JSON object a line (`jsonl`).
    JsonLines,
    /// A JSON array of objects, or JSON objects of any number of lines (`json`).
    Json,
    /// Apache Parquet (`parquet`).
    Parquet,
    /// An Arrow IPC file, which is Feather, or stream (`arrow`).
    Arrow,
    /// A sheet of a workbook: `.xlsx`, `.xls` or `.ods` (`xlsx`).
    Spreadsheet,
    /// fastText's training format (`fasttext`): `__label__sports Some text`.
    FastText,
    /// A folder with one sub-folder for each class (`folder`), one document a file.
    Folder,
}

/// Every format with its name, in the order in which messages list them.
const NAMES: [(Format, &str); 13] = [
    (Format::Text, "text"),
    (Format::Lines, "lines"),
    (Format::Html, "html"),
    (Format::Csv, "csv"),
    (Format::Tsv, "tsv"),
    (Format::Psv, "psv"),
    (Format::JsonLines, "jsonl"),
    (Format::Json, "json"),
    (Format::Parquet, "parquet"),
    (Format::Arrow, "arrow"),
    (Format::Spreadsheet, "xlsx"),
    (Format::FastText, "fasttext"),
    (Format::Folder, "folder"),
];

/// The names of all formats, for messages.
pub(super) const ALL: &str =
    "text, lines, html, csv, tsv, psv, jsonl, json, parquet, arrow, xlsx, fasttext or folder";
/// The names of the formats that carry labels, for messages.
pub(super) const LABELLED: &str =
    "csv, tsv, psv, jsonl, json, parquet, arrow, xlsx, fasttext and folder";
/// The names of the formats with columns or keys, for messages.
pub(super) const WITH_COLUMNS: &str = "csv, tsv, psv, jsonl, json, parquet, arrow or xlsx";

impl Format {
    /// The format that a path's name stands for: [`Format::Folder`] for an existing folder, otherwise by
    /// the extension once `.gz`, `.zst` or `.zstd` is taken off, in upper or lower case.
    ///
    /// | extension | format |
    /// | --- | --- |
    /// | `.csv` | [`Format::Csv`] |
    /// | `.tsv`, `.tab` | [`Format::Tsv`] |
    /// | `.psv` | [`Format::Psv`] |
    /// | `.jsonl`, `.ndjson`, `.jsonlines` | [`Format::JsonLines`] |
    /// | `.json` | [`Format::Json`] |
    /// | `.parquet`, `.pq` | [`Format::Parquet`] |
    /// | `.arrow`, `.arrows`, `.feather`, `.ipc` | [`Format::Arrow`] |
    /// | `.xlsx`, `.xlsm`, `.xlsb`, `.xls`, `.ods` | [`Format::Spreadsheet`] |
    /// | `.ft`, `.fasttext` | [`Format::FastText`] |
    /// | `.html`, `.htm`, `.xhtml` | [`Format::Html`] |
    /// | `.txt`, `.text`, `.md`, none | [`Format::Text`] |
    ///
    /// `None` for every other extension. That is the name alone: [`open`](super::open) looks at the
    /// content, too, and [`Records::format`](super::Records::format) says what it found.
    pub fn of_path(path: &Path) -> Option<Self> {
        if path.is_dir() {
            return Some(Self::Folder);
        }
        let inner = match lower_extension(path).as_deref() {
            Some("gz" | "zst" | "zstd") => path.with_extension(""),
            _ => path.to_path_buf(),
        };
        match (inner.extension().is_some(), lower_extension(&inner)) {
            (false, _) => Some(Self::Text),
            (true, None) => None,
            (true, Some(extension)) => match extension.as_str() {
                "csv" => Some(Self::Csv),
                "tsv" | "tab" => Some(Self::Tsv),
                "psv" => Some(Self::Psv),
                "jsonl" | "ndjson" | "jsonlines" => Some(Self::JsonLines),
                "json" => Some(Self::Json),
                "parquet" | "pq" => Some(Self::Parquet),
                "arrow" | "arrows" | "feather" | "ipc" => Some(Self::Arrow),
                "xlsx" | "xlsm" | "xlsb" | "xls" | "ods" => Some(Self::Spreadsheet),
                "ft" | "fasttext" => Some(Self::FastText),
                "html" | "htm" | "xhtml" => Some(Self::Html),
                "txt" | "text" | "md" | "markdown" => Some(Self::Text),
                _ => None,
            },
        }
    }

    /// The name that [`FromStr`] accepts.
    pub fn name(self) -> &'static str {
        NAMES
            .iter()
            .find(|(format, _)| *format == self)
            .map_or("", |(_, name)| name)
    }

    /// Whether records of this format can carry labels.
    pub fn has_labels(self) -> bool {
        !matches!(self, Self::Text | Self::Lines | Self::Html)
    }

    /// Whether the text and the label are chosen by column or key.
    pub fn has_columns(self) -> bool {
        self.has_labels() && !matches!(self, Self::FastText | Self::Folder)
    }

    /// Whether the whole file is one document.
    pub fn is_document(self) -> bool {
        matches!(self, Self::Text | Self::Html)
    }

    /// Whether fields are separated by a delimiter.
    pub(super) fn is_delimited(self) -> bool {
        matches!(self, Self::Csv | Self::Tsv | Self::Psv)
    }

    /// Whether the content is not text.
    pub(super) fn is_binary(self) -> bool {
        matches!(self, Self::Parquet | Self::Arrow | Self::Spreadsheet)
    }
}

/// A path's extension in lower case; `None` without one, or with one that is not UTF-8.
pub(super) fn lower_extension(path: &Path) -> Option<String> {
    Some(path.extension()?.to_str()?.to_ascii_lowercase())
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Format {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        NAMES
            .iter()
            .find(|(_, known)| *known == name)
            .map(|(format, _)| *format)
            .ok_or_else(|| Error::parameter("format", name, ALL))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_go_both_ways() {
        for (format, name) in NAMES {
            assert_eq!(format.to_string(), name);
            assert_eq!(name.parse::<Format>().unwrap(), format);
        }
        assert_eq!(
            "word".parse::<Format>().unwrap_err().to_string(),
            format!("format is word: expected {ALL}")
        );
    }

    #[test]
    fn extensions_are_read_below_the_compression() {
        let of = |path: &str| Format::of_path(Path::new(path));
        assert_eq!(of("a/news.csv"), Some(Format::Csv));
        assert_eq!(of("news.TSV.GZ"), Some(Format::Tsv));
        assert_eq!(of("news.ndjson.zst"), Some(Format::JsonLines));
        assert_eq!(of("news.jsonl"), Some(Format::JsonLines));
        assert_eq!(of("news.ft"), Some(Format::FastText));
        assert_eq!(of("news.fasttext.zstd"), Some(Format::FastText));
        assert_eq!(of("notes.md"), Some(Format::Text));
        assert_eq!(of("README"), Some(Format::Text));
        assert_eq!(of("news.gz"), Some(Format::Text));
        assert_eq!(of("news.parquet"), Some(Format::Parquet));
        assert_eq!(of("news.json.gz"), Some(Format::Json));
        assert_eq!(of("news.tab"), Some(Format::Tsv));
        assert_eq!(of("news.feather"), Some(Format::Arrow));
        assert_eq!(of("news.ODS"), Some(Format::Spreadsheet));
        assert_eq!(of("news.pdf"), None);
    }
}
