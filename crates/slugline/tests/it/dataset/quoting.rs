//! Quotes: right ones, and those that would swallow rows.

use slugline::dataset::{Column, Format, Quoting, ReadOptions, Record, read};

use super::{brief, message, options, required, row};

fn quoting(format: Format, quoting: Quoting) -> ReadOptions {
    required(format).quoting(quoting)
}

/// A table of a text and a label, and the delimiter in it as `|`.
fn table(format: Format, rows: &str) -> String {
    let delimiter = if format == Format::Tsv { "\t" } else { "," };
    format!("text|label\n{rows}").replace('|', delimiter)
}

/// The lines, and the message for each that is skipped.
fn skipping(text: &str, options: &ReadOptions) -> Vec<Result<(u64, String), String>> {
    let options = options.clone().skip_bad(true);
    let records = read(std::io::Cursor::new(text.to_owned()), "in", &options).unwrap();
    let brief = |record: Record| (record.position.line, record.text);
    records
        .map(|record| record.map(brief).map_err(|error| error.to_string()))
        .collect()
}

#[test]
fn quotes_that_are_right_are_read() {
    for format in [Format::Csv, Format::Tsv] {
        for newline in ["\n", "\r\n"] {
            for quoting in [Quoting::Auto, Quoting::Standard] {
                let rows = concat!(
                    "\"one\ntwo\n\nthree\"|a\n",
                    "\"say \"\"yes\"\" now\"|b\n",
                    "\"\"|c\n",
                    "\"\"\"\"|\"d\" \n",
                    "5\" disc and 3.5\" disc|e\n",
                    "\"with | in it\"|\"f\"",
                );
                let text = table(format, rows).replace('\n', newline);
                let d = if format == Format::Tsv { "\t" } else { "," };
                let options = required(format).quoting(quoting);
                assert_eq!(
                    brief(&text, &options),
                    [
                        row(2, "a", &"one\ntwo\n\nthree".replace('\n', newline)),
                        row(6, "b", "say \"yes\" now"),
                        row(7, "c", ""),
                        row(8, "d", "\""),
                        row(9, "e", "5\" disc and 3.5\" disc"),
                        row(10, "f", &format!("with {d} in it")),
                    ],
                    "{text:?}"
                );
            }
        }
    }
}

#[test]
fn open_quotes_swallow_no_rows() {
    let rows = "\"Rates rise, bank says|markets\nParliament votes|policy\n\"New chip out|technology\n\
                Shares fall|markets\n";
    for newline in ["\n", "\r\n"] {
        let tsv = table(Format::Tsv, rows).replace('\n', newline);
        assert_eq!(
            message(&tsv, &required(Format::Tsv)),
            "in:2: the quote that opens a field on line 2 closes in the middle of one on line 4, with text \
             behind it: write quotes inside a quoted field twice, or, where quotes are characters like \
             others, read the file with `quoting = none`"
        );
        assert_eq!(
            brief(&tsv, &quoting(Format::Tsv, Quoting::None)),
            [
                row(2, "markets", "\"Rates rise, bank says"),
                row(3, "policy", "Parliament votes"),
                row(4, "technology", "\"New chip out"),
                row(5, "markets", "Shares fall"),
            ]
        );
        // Nothing but the lines with a stray quote is lost.
        let found = skipping(&tsv, &required(Format::Tsv));
        assert_eq!(found.len(), 4);
        assert!(found[0].as_ref().unwrap_err().starts_with("in:2: "));
        assert_eq!(found[1], Ok((3, "Parliament votes".to_owned())));
        let why = found[2].as_ref().unwrap_err();
        assert!(
            why.starts_with("in:4: the quote that opens a field on line 4 is not closed"),
            "{why}"
        );
        assert_eq!(found[3], Ok((5, "Shares fall".to_owned())));
    }
}

#[test]
fn a_quote_that_closes_in_the_middle_of_a_field_is_told() {
    for (rows, what) in [
        (
            "\"Rates\" rise|x\n",
            "in:2: the quote that opens a field on line 2 closes in the middle of one, ",
        ),
        (
            "a|x\nb|\"y\"z\n",
            "in:3: the quote that opens a field on line 3 closes in the middle of one, ",
        ),
        (
            "a|x\n\"b\nc\nd \"said\" e\"|y\n",
            "in:3: the quote that opens a field on line 3 closes in the middle of one on line 5, ",
        ),
        (
            "\"a\nb\"|\"x\nb\"y\n",
            "in:2: the quote that opens a field on line 3 closes in the middle of one on line 4, ",
        ),
        (
            "a|x\nb|\"y",
            "in:3: the quote that opens a field on line 3 is not closed ",
        ),
        (
            "a|x\nb|\"",
            "in:3: the quote that opens a field on line 3 is not closed ",
        ),
        (
            "a|x\n\"b\"\"|y\nc|z\n",
            "in:3: the quote that opens a field on line 3 is not closed ",
        ),
    ] {
        for format in [Format::Csv, Format::Tsv] {
            for quoting in [Quoting::Auto, Quoting::Standard] {
                let options = required(format).quoting(quoting);
                let text = table(format, rows);
                let found = message(&text, &options);
                assert!(found.starts_with(what), "{text:?}: {found}");
                assert!(found.contains("quoting = none"), "{found}");
                let crlf = message(text.replace('\n', "\r\n"), &options);
                assert_eq!(crlf, found);
            }
        }
    }
}

#[test]
fn a_quote_in_the_header_row_is_told() {
    for text in [
        "\"text|label\na|x\n",
        "text|\"label\na|x\nb|y\n",
        "te\"xt|\"lab\"el\n",
    ] {
        let found = message(text.replace('|', "\t"), &required(Format::Tsv));
        assert!(
            found.starts_with("in:1: the quote that opens a field on line 1 "),
            "{found}"
        );
    }
    assert_eq!(
        brief("\"text\",\"label\"\na,x\n", &required(Format::Csv)),
        [row(2, "x", "a")]
    );
}

#[test]
fn rows_that_a_field_has_swallowed_whole_are_told() {
    // A quote at the beginning of a cell and one at the end of another: no parser can object.
    let rows = "\"Rates rise|markets\nHe said \"|policy\nShares fall|markets\n";
    let tsv = table(Format::Tsv, rows);
    assert_eq!(
        message(&tsv, &required(Format::Tsv)),
        "in:2: a quoted field runs to line 3, and its lines look like rows of the table: is a quote open \
         by mistake? write quotes inside a quoted field twice, or, where quotes are characters like \
         others, read the file with `quoting = none`; if the field is right, `quoting = standard`"
    );
    assert_eq!(
        brief(&tsv, &quoting(Format::Tsv, Quoting::Standard)),
        [
            row(2, "policy", "Rates rise\tmarkets\nHe said "),
            row(4, "markets", "Shares fall"),
        ]
    );
    let found = skipping(&tsv, &required(Format::Tsv));
    assert!(found[0].is_err());
    assert_eq!(found[1], Ok((3, "He said \"".to_owned())));
    assert_eq!(found[2], Ok((4, "Shares fall".to_owned())));

    // Commas stand in texts, too: two lines are no evidence, many are.
    let csv = table(Format::Csv, rows);
    assert_eq!(brief(&csv, &required(Format::Csv)).len(), 2);
    let many = format!("\"open|x\n{}close\"|x\nlast|y\n", "more|x\n".repeat(20));
    let found = message(table(Format::Csv, &many), &required(Format::Csv));
    assert!(
        found.starts_with("in:2: a quoted field runs to line 23, "),
        "{found}"
    );
    let skipped = skipping(&table(Format::Csv, &many), &required(Format::Csv));
    assert_eq!(skipped.iter().filter(|record| record.is_ok()).count(), 22);
}

#[test]
fn a_long_text_is_no_mistake() {
    for format in [Format::Csv, Format::Tsv] {
        let long = "One line, then another.\nThen none.\n\n".repeat(3000);
        let text = table(format, &format!("\"{long}\"|a\nb|c\n"));
        assert_eq!(brief(text, &required(format)).len(), 2);
    }
    // With the text last, and commas in it.
    let text = format!(
        "label,text\na,\"{}\"\n",
        "Well, yes, it is.\n\nNo.\n".repeat(50)
    );
    assert_eq!(brief(text, &required(Format::Csv)).len(), 1);
}

#[test]
fn a_field_of_too_many_lines_is_told() {
    let rows = format!("a|x\n\"b|y\n{}c\"|z\n", "line\n".repeat(20_000));
    let text = table(Format::Csv, &rows);
    let found = message(&text, &required(Format::Csv));
    assert!(
        found.starts_with(
            "in:3: the quote that opens a field on line 3 is not closed within 10000 lines: "
        ),
        "{found}"
    );
    assert!(
        found.ends_with("if the field is right, `quoting = standard`"),
        "{found}"
    );
    assert_eq!(
        brief(&text, &quoting(Format::Csv, Quoting::Standard)).len(),
        2
    );
}

#[test]
fn without_quoting_every_line_is_a_row() {
    let none = |format| quoting(format, Quoting::None);
    assert_eq!(
        brief("text\tlabel\n\"a\"\t\"x\"\n\"\t\"\n", &none(Format::Tsv)),
        [row(2, "\"x\"", "\"a\""), row(3, "\"", "\"")]
    );
    assert_eq!(
        message("text,label\n\"a, b\",x\n", &none(Format::Csv)),
        "in:2: 3 fields, expected 2 as in the header: leave commas out of the fields"
    );
}

#[test]
fn tables_of_one_column_and_without_header_are_watched_too() {
    let numbered = options(Format::Tsv).header(false).text([Column::Number(1)]);
    assert_eq!(
        brief("\"a\nb\"\nc\n", &numbered),
        [row(1, "", "a\nb"), row(3, "", "c")]
    );
    let found = message("a\n\"b\nc\n", &numbered);
    assert!(
        found.starts_with("in:2: the quote that opens a field on line 2 "),
        "{found}"
    );
}

#[test]
fn a_cr_alone_ends_a_row() {
    assert_eq!(
        brief("text,label\ra,x\r\"b\rc\",y\r", &required(Format::Csv)),
        [row(2, "x", "a"), row(3, "y", "b\rc")]
    );
}
