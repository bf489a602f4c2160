//! Readers for labelled and unlabelled documents.
//!
//! [`open`] reads a file or a folder, [`read`] a stream such as standard input; both give the
//! records one by one, in memory that does not grow with their number. [`load`] collects a whole
//! labelled data set.
//!
//! | [`Format`] | a document is | text | label |
//! | --- | --- | --- | --- |
//! | `text` | the whole file | all of it | none |
//! | `lines` | a line, blank ones skipped | the line | none |
//! | `csv`, `tsv` | a row | column `text`, after `title` | column `label`, otherwise `labels` |
//! | `jsonl` | a line with a JSON object | key `text`, after `title` | key `label`, otherwise `labels` |
//! | `fasttext` | a line | what follows the labels | the first `__label__…` at the line's start |
//! | `folder` | a file | all of it | the name of the sub-folder it is in |
//!
//! **Tables.** Fields are quoted as in RFC 4180, in `tsv` too, with tabs for commas: a field that
//! begins with a double quote ends at the next one that is not doubled. Every row must have as many
//! fields as the first. White space around the names in the header row does not count. Where a
//! table has no header row ([`ReadOptions::header`]), columns are chosen by number.
//!
//! **JSON Lines.** A text is a string; a label may be a string, a number, a boolean or an array of
//! these, of which the first is the label. Null and an empty array are no label. A key is a key of
//! the object itself: names with dots do not reach into nested objects.
//!
//! **Folders.** Files and folders are visited in the order of the bytes of their names, so that the
//! order of records is the same everywhere; hidden ones are skipped. Links are followed, and a
//! folder that is reached twice is an error. A file beside the class folders has no label.
//!
//! **Text** is UTF-8; a byte-order mark at the start of a file is dropped, and
//! [`ReadOptions::invalid_utf8`] says what becomes of invalid bytes. gzip files (any number of
//! members) and Zstandard files (any number of frames) are recognised by their content.
//!
//! Where a record has several texts ([`ReadOptions::text`]), they are joined by a line break. A text
//! may be empty; a label that is blank is none.
//!
//! ```
//! use slugline::dataset::{Format, ReadOptions, read};
//!
//! let csv = "label,text\nsports,The match was won.\n";
//! let options = ReadOptions { format: Some(Format::Csv), ..ReadOptions::default() };
//! for record in read(csv.as_bytes(), "example.csv", &options)? {
//!     let record = record?;
//!     assert_eq!(record.label.as_deref(), Some("sports"));
//!     assert_eq!(record.position.to_string(), "example.csv:2");
//! }
//! # Ok::<(), slugline::Error>(())
//! ```

mod columns;
mod compression;
mod fault;
mod folder;
mod format;
mod json_lines;
mod labels;
mod lines;
mod load;
mod object;
mod options;
mod plain;
mod prior;
mod quotes;
mod reader;
mod record;
mod records;
mod rows;
mod source;
mod table;
mod utf8;
mod zstd;

pub use format::Format;
pub use labels::{FurtherLabels, similar_labels};
pub use load::load;
pub use options::{Column, InvalidUtf8, LabelUse, OtherColumns, Quoting, ReadOptions};
pub use prior::load_prior;
pub use record::{Cell, Position, Record};
pub use records::{Records, open, read};
