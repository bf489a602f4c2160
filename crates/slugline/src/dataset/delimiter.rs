//! The delimiter of a table, by its first row.

use super::{Column, Format, Quoting, ReadOptions, columns::Columns, quotes::Quotes};

/// The delimiters that are detected, in the order in which they are tried.
const CANDIDATES: [u8; 4] = [b',', b'\t', b';', b'|'];

/// Columns that a table has beside its text: one of them tells it from plain text.
const COMPANIONS: [&str; 4] = ["label", "labels", "title", "id"];

/// The delimiter of a table whose format is known, by its first row.
///
/// The format's own one, unless only another one gives the columns that are asked for, or only another one divides the
/// row.
pub(super) fn of_table(row: &str, format: Format, options: &ReadOptions) -> u8 {
    let own = own(format);
    if let Some(given) = options.delimiter {
        return given;
    }
    // The line ends inside a quoted field, so the number of fields is not known yet.
    if !options.header && is_open(row, own, options) {
        return own;
    }
    let others = || CANDIDATES.into_iter().filter(|other| *other != own);
    let width = |delimiter: u8| fields(row, delimiter).len();
    let divides_more = others().any(|other| width(other) > 1) && width(own) == 1;
    // Columns given by number do not tell which delimiter is right.
    let by_number = |column: &Column| matches!(column, Column::Number(_));
    let doubtful = options.header && divides_more && options.text.iter().any(by_number);
    if !doubtful && has_columns(row, own, options) {
        return own;
    }
    if let Some(other) = others()
        .filter(|other| width(*other) > 1)
        .find(|other| has_columns(row, *other, options))
    {
        return other;
    }
    match divides_more {
        true => others().max_by_key(|other| width(*other)).unwrap_or(own),
        false => own,
    }
}

/// The table format of a file whose name tells none: its first row has the text column and a companion, or the columns
/// that are asked for.
pub(super) fn of_plain(row: &str, options: &ReadOptions) -> Option<Format> {
    let is_table = |delimiter: u8| {
        let names = fields(row, delimiter);
        let companion = COMPANIONS
            .iter()
            .any(|known| names.iter().any(|name| name == known));
        names.len() > 1
            && has_columns(row, delimiter, options)
            && (companion || !options.text.is_empty() || options.label.is_some())
    };
    let delimiter = match options.delimiter {
        Some(given) => given,
        None => CANDIDATES.into_iter().find(|known| is_table(*known))?,
    };
    Some(match delimiter {
        b'\t' => Format::Tsv,
        b'|' => Format::Psv,
        _ => Format::Csv,
    })
}

/// A format's own delimiter.
pub(super) fn own(format: Format) -> u8 {
    match format {
        Format::Tsv => b'\t',
        Format::Psv => b'|',
        _ => b',',
    }
}

/// The name of a delimiter in messages.
pub(super) fn name(delimiter: u8) -> String {
    match delimiter {
        b',' => "comma".to_owned(),
        b'\t' => "tab".to_owned(),
        b';' => "semicolon".to_owned(),
        b'|' => "pipe".to_owned(),
        other => format!("'{}'", char::from(other).escape_debug()),
    }
}

/// Whether a quoted field goes on after the line.
fn is_open(line: &str, delimiter: u8, options: &ReadOptions) -> bool {
    let mut quotes = Quotes::new(delimiter, options.quoting != Quoting::None);
    quotes.read(line.as_bytes(), 0);
    quotes.is_open()
}

fn has_columns(row: &str, delimiter: u8, options: &ReadOptions) -> bool {
    let names = fields(row, delimiter);
    match options.header {
        true => Columns::by_name(&names, options).is_ok(),
        false => Columns::by_number(names.len(), options).is_ok(),
    }
}

fn fields(row: &str, delimiter: u8) -> Vec<String> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .delimiter(delimiter)
        .from_reader(row.as_bytes());
    let first = reader.records().next().and_then(Result::ok);
    let fields = first.iter().flat_map(csv::StringRecord::iter);
    fields.map(|field| field.trim().to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asking(text: &[&str]) -> ReadOptions {
        ReadOptions {
            text: text.iter().map(|column| column.parse().unwrap()).collect(),
            ..ReadOptions::default()
        }
    }

    #[test]
    fn a_line_that_ends_inside_a_field_tells_nothing() {
        let rows = ReadOptions {
            header: false,
            ..asking(&["3"])
        };
        assert_eq!(of_table("\"a\",\"b\tc\td", Format::Csv, &rows), b',');
        assert_eq!(of_table("a,b\tc\td", Format::Csv, &rows), b'\t');
    }

    #[test]
    fn the_own_one_stays_where_it_serves() {
        for (row, format, options, expected) in [
            ("text,label", Format::Csv, asking(&[]), b','),
            ("text;label", Format::Csv, asking(&[]), b';'),
            ("text\tlabel", Format::Csv, asking(&[]), b'\t'),
            ("text|label", Format::Csv, asking(&[]), b'|'),
            ("text,label", Format::Tsv, asking(&[]), b','),
            ("text,label", Format::Psv, asking(&[]), b','),
            ("text", Format::Tsv, asking(&[]), b'\t'),
            ("a;b,text", Format::Csv, asking(&[]), b','),
            ("\"a;b\";text", Format::Csv, asking(&[]), b';'),
            ("body;section", Format::Csv, asking(&[]), b';'),
            ("body;section", Format::Csv, asking(&["1"]), b';'),
            ("body;section", Format::Csv, asking(&["body;section"]), b','),
            ("", Format::Csv, asking(&[]), b','),
        ] {
            assert_eq!(of_table(row, format, &options), expected, "{row}");
        }
        let rows = ReadOptions {
            header: false,
            ..asking(&["2"])
        };
        assert_eq!(of_table("x;some, words", Format::Csv, &rows), b',');
        assert_eq!(of_table("x;some words", Format::Csv, &rows), b';');
    }

    #[test]
    fn an_article_is_no_table() {
        let of = |row: &str| of_plain(row, &asking(&[]));
        assert_eq!(of("text,label"), Some(Format::Csv));
        assert_eq!(of("id;date;text"), Some(Format::Csv));
        assert_eq!(of("label\ttext"), Some(Format::Tsv));
        assert_eq!(of("label|text"), Some(Format::Psv));
        for row in [
            "",
            "text",
            "The text, and its label, are here.",
            "text, and more",
            "label, id",
        ] {
            assert_eq!(of(row), None, "{row}");
        }
        assert_eq!(of_plain("a;b", &asking(&["b"])), Some(Format::Csv));
        assert_eq!(of_plain("a;b", &asking(&["c"])), None);
    }
}
