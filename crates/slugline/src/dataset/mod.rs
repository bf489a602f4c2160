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
//! | `html` | the whole file | its text without mark-up | none |
//! | `csv`, `tsv`, `psv` | a row | column `text`, after `title` | column `label`, otherwise `labels` |
//! | `parquet`, `arrow`, `xlsx` | a row | column `text`, after `title` | column `label`, otherwise `labels` |
//! | `jsonl` | a line with a JSON object | key `text`, after `title` | key `label`, otherwise `labels` |
//! | `json` | an object, alone or in an array | key `text`, after `title` | key `label`, otherwise `labels` |
//! | `fasttext` | a line | what follows the labels | `__label__…` at the line's start |
//! | `folder` | a file, or a record of a data set in it | all of it, or the record's | the record's own, otherwise the name of the sub-folder |
//!
//! **Tables.** Every row must have as many fields as the first. White space around the names in the
//! header row does not count. Where a table has no header row ([`ReadOptions::header`]), columns are
//! chosen by number.
//!
//! **Quotes.** Fields are quoted as in RFC 4180, in `tsv` too, with tabs for commas: a field that begins
//! with a double quote ends at the next one that is not doubled, and may hold line breaks. What tools make
//! of quotes that are open by mistake, tried on a TSV file of four rows in which the first and the third
//! begin with a quote that nothing closes:
//!
//! | | the four rows | rows quoted as in RFC 4180 |
//! | --- | --- | --- |
//! | pandas 3.1 (`engine="c"`), Python's `csv`, csvkit 2.2, the csv crate (with which qsv and xsv read) | 2 rows, no word | read |
//! | pandas 3.1 (`engine="python"`), `csv` with `strict`, polars 2.1 | error | read |
//! | DuckDB 2.0 | 4 rows, by trying both on the file's beginning | read |
//!
//! All of them read quoted fields in TSV, since that is what spreadsheets, pandas and DuckDB write; so the
//! default does, too ([`Quoting::Auto`]). But nothing is swallowed without a word. An error names the line
//! on which the quote opens where a closing quote has text behind it, where the file ends first, where a
//! field takes up more than 10,000 lines, and where nine in ten of the lines that a row takes up have as
//! many fields as the header if quotes mean nothing (with commas, which stand in texts, at least twelve
//! commas more than the row needs). [`Quoting::None`] reads such a file; [`Quoting::Standard`] one whose
//! long fields are right.
//!
//! # Which format
//!
//! [`ReadOptions::format`] says it. Otherwise the content does, together with the name; no more is looked at than the
//! first record, or 8 KB where the first line holds control characters, is not UTF-8 or begins a web page.
//! [`Records::format`] is what was found.
//!
//! | file | accepted | how |
//! | --- | --- | --- |
//! | `.csv`, `.tsv`, `.tab`, `.psv` | yes | a table; comma, tab, semicolon or pipe, by the first row: the name's own one, unless another one gives the columns that are asked for; [`ReadOptions::delimiter`] says any |
//! | `.jsonl`, `.ndjson`, `.json`, and JSON under `.txt` or no extension | yes | by lines where the first line is an object; otherwise an array of objects or objects of several lines, read as they come |
//! | `.txt`, `.text`, no extension, any that is not known, a stream | yes | one text, unless the content is plainly something else: JSON objects, HTML, fastText's lines, or a table |
//! | a table under such a name | yes | its first row has the column `text` and one of `label`, `labels`, `title` and `id`, or the columns that are asked for; or the delimiter is given |
//! | `.md` | yes | one text |
//! | `.html`, `.htm`, `.xhtml`, and what begins with `<!DOCTYPE html` or `<html` | yes (feature `html`) | one text: head, scripts and styles left out, entities decoded, a line for each block; [`ReadOptions::html`] does the same for the texts of other formats |
//! | `.ft`, `.fasttext`, and lines that begin with `__label__` | yes | a record a line |
//! | Parquet (uncompressed, snappy, gzip, zstd, lz4, brotli) | yes (feature `parquet`) | a record a row; only the columns that are needed; a stream is put into a temporary file |
//! | Arrow files (Feather, version 2) and streams | yes (feature `parquet`) | a record a row |
//! | `.xlsx`, `.xlsm`, `.xlsb`, `.xls`, `.ods` | yes (feature `spreadsheet`) | a row of the first sheet that is not hidden, or of [`ReadOptions::sheet`]; read as a whole |
//! | gzip, zstd | yes | by content, around any of these |
//! | UTF-8, UTF-16, UTF-32 with a byte-order mark; UTF-16 without one | yes | by content |
//! | other encodings | yes | [`ReadOptions::encoding`]; of HTML and XHTML what they declare |
//! | XML, RSS and Atom feeds, SVG; mails and mailboxes | no | by content; named, with what to do |
//! | PDF, RTF, PostScript, `.doc`, `.docx`, `.pptx`, `.odt`, EPUB, DjVu … | no | the same |
//! | zip, tar (in gzip, too), 7z, RAR, xz, bzip2, lz4, snappy … | no | the same |
//! | SQLite, pickle, NumPy, HDF5, Avro, ORC, Stata, SPSS, R; models | no | the same |
//! | images, recordings, films, programs, git's files, other binary data | no | the same |
//!
//! **Columns with types** (`parquet`, `arrow`). A text is a string, in any of Arrow's layouts, dictionaries
//! and UTF-8 as bytes among them; a label may be a string, a number, a boolean or a list of these, as in JSON.
//! Null is no label. `data.text` is the field `text` of a structure `data`. The position of a record is the
//! number of its row.
//!
//! **Workbooks.** A cell is the text that a CSV file would have: numbers without needless digits, dates as
//! `2024-02-29`. The first row with a cell names the columns; blank rows are skipped; a cell that holds an
//! error such as `#N/A` is an error where text or label are read from it.
//!
//! **JSON.** A text is a string; a label may be a string, a number, a boolean or an array of
//! these. Null and an empty array are no label. `data.text` is the key `text` of the object `data`,
//! unless the object itself has a key of that name.
//!
//! **Probabilities of labels.** Where they are asked for ([`ReadOptions::probabilities`]), a record of JSON may have,
//! in place of its label, an object of labels and their probabilities, of sum 1 (a column with types: a structure of
//! numbers): `{"policy": 0.7, "markets": 0.3}`. Null and an empty object are no label. One file may hold such records
//! and records with one label; [`Examples::with_label_probabilities`](crate::Examples::with_label_probabilities) takes
//! both.
//!
//! **Labels.** A record has one. Several that differ (in a JSON array, or as `__label__…`) are an error,
//! unless the first is to be kept ([`ReadOptions::first_label`]; [`Records::further_labels`] tells what
//! was lost). White space and invisible characters around a label are taken off
//! ([`ReadOptions::trim_labels`]); [`similar_labels`] finds labels that differ in upper and lower case,
//! inner white space or Unicode's normal form alone.
//!
//! **Folders.** Files and folders are visited in the order of the bytes of their names, so that the
//! order of records is the same everywhere. A file that is a data set is read as one: a
//! record of it that has no label of its own gets the name of the sub-folder, as a document does. A
//! document beside the class folders has no label. Left out are names that begin with a dot or `~$`, and
//! what systems leave behind (`Thumbs.db`, `desktop.ini`, `__MACOSX`, `$RECYCLE.BIN`, …). Links are
//! followed; a folder that is reached twice is an error, and so are pipes, sockets and devices, which are
//! not opened. After an error about one file comes the next file.
//!
//! **Bad records.** Reading ends at the first, but with [`ReadOptions::skip_bad`] it goes on:
//! [`Records`] gives an [error](crate::Error::is_skippable) for each and then the next record. After a
//! quote that is open by mistake it goes on with the next line.
//!
//! **Text** is UTF-8, or in another encoding (see above); a byte-order mark at the start of a file is
//! dropped, and [`ReadOptions::invalid_utf8`] says what becomes of invalid bytes. gzip files (any number of
//! members) and Zstandard files (any number of frames) are recognised by their content.
//!
//! **Compressed data** may expand to [`ReadOptions::max_expansion`] times its size, 64 MiB in any case, and to
//! [`ReadOptions::max_expanded_bytes`]; what expands to more is an error. That goes for gzip and Zstandard, for the parts
//! of a workbook and the text of its cells, for the columns of Parquet and Arrow files (those that are read: the pages
//! and buffers as the file states their sizes, and the texts of Parquet's rows), and for word vectors.
//!
//! Where a record has several texts ([`ReadOptions::text`]), they are joined by a line break. A text
//! may be empty; a label that is blank is none. Other columns are carried along where they are asked for
//! ([`ReadOptions::columns`]).
//!
//! ```
//! use slugline::dataset::{Format, ReadOptions, read};
//!
//! let csv = "label,text\nsports,The match was won.\n";
//! let options = ReadOptions::default().format(Format::Csv);
//! for record in read(csv.as_bytes(), "example.csv", &options)? {
//!     let record = record?;
//!     assert_eq!(record.label.as_deref(), Some("sports"));
//!     assert_eq!(record.position.to_string(), "example.csv:2");
//! }
//! # Ok::<(), slugline::Error>(())
//! ```

#[cfg(feature = "parquet")]
mod batches;
#[cfg(feature = "parquet")]
mod columnar;
mod columns;
mod compression;
mod content;
mod delimiter;
mod documents;
mod encoding;
mod expansion;
mod fault;
mod folder;
mod format;
mod found_labels;
#[cfg(any(feature = "parquet", feature = "spreadsheet"))]
mod guard;
#[cfg(feature = "html")]
mod html;
#[cfg(feature = "parquet")]
mod ipc;
mod json_fault;
mod json_lines;
mod labels;
mod lines;
mod load;
mod nested;
mod npz;
mod object;
mod options;
#[cfg(feature = "parquet")]
mod parquet_file;
mod peek;
mod plain;
mod prior;
mod quotes;
mod reader;
mod record;
mod records;
mod rows;
#[cfg(feature = "spreadsheet")]
mod sheet;
mod signature;
mod small_table;
mod sniff;
mod source;
mod table;
#[cfg(feature = "parquet")]
mod typed;
mod utf8;
#[cfg(not(feature = "html"))]
mod without;
mod word_vectors;
mod word_vectors_text;
#[cfg(feature = "spreadsheet")]
mod workbook;
mod zstd;

pub use encoding::Encoding;
#[doc(hidden)]
pub use folder::entries as folder_entries;
pub use format::Format;
pub use labels::{FurtherLabels, similar_labels};
pub use load::load;
pub use options::{Column, InvalidUtf8, LabelUse, OtherColumns, Quoting, ReadOptions};
pub use prior::load_prior;
pub use record::{Cell, Position, Record};
pub use records::{Records, open, read};
pub use word_vectors::{Description, WordVectors, load_descriptions};
