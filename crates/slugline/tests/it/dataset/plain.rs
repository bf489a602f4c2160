//! Text and lines, and how the format is chosen.

use slugline::dataset::{Column, Format, LabelUse, ReadOptions, open};

use super::{Files, brief, column, message, options, records, required, row};

#[test]
fn a_text_is_one_document() {
    let text = options(Format::Text);
    assert_eq!(brief("a\r\n\nb\n", &text), [row(1, "", "a\r\n\nb\n")]);
    assert_eq!(brief("", &text), [row(1, "", "")]);
    assert_eq!(brief("a", &ReadOptions::default()), [row(1, "", "a")]);
}

#[test]
fn every_line_is_a_document() {
    assert_eq!(
        brief("a\n\n \t\nb c\r\nd\re\n\nf", &options(Format::Lines)),
        [
            row(1, "", "a"),
            row(4, "", "b c"),
            row(5, "", "d\re"),
            row(7, "", "f"),
        ]
    );
    assert!(records("\n\n", &options(Format::Lines)).unwrap().is_empty());
}

#[test]
fn formats_without_labels_cannot_train() {
    for (format, name) in [(Format::Text, "text"), (Format::Lines, "lines")] {
        assert_eq!(
            message("a", &required(format)),
            format!(
                "in: the format {name} has no labels: name one that has (csv, tsv, psv, jsonl, json, \
                 parquet, arrow, xlsx, fasttext and folder)"
            )
        );
    }
}

#[test]
fn formats_without_columns_refuse_columns() {
    let mut chosen = options(Format::Lines).text([Column::Number(1)]);
    assert_eq!(
        message("a", &chosen),
        "in: the format lines has no columns: leave the text columns out, or name the format: csv, tsv, \
         psv, jsonl, json, parquet, arrow or xlsx"
    );
    chosen.text.clear();
    chosen.label = Some(column("label"));
    assert_eq!(
        message("a", &chosen),
        "in: the format lines has no columns: leave the label column out, or name the format: csv, tsv, \
         psv, jsonl, json, parquet, arrow or xlsx"
    );
    chosen.labels = LabelUse::Ignored;
    assert_eq!(brief("a", &chosen), [row(1, "", "a")]);
}

#[test]
fn the_format_goes_by_the_name() {
    let files = Files::new(&[
        ("a.csv", b"text\nx\n"),
        ("b.unknown", b"x\ny\n"),
        ("c.jsonl", b"{\"text\": \"x\"}\n"),
    ]);
    let default = ReadOptions::default();
    for (name, format) in [
        ("a.csv", Format::Csv),
        ("b.unknown", Format::Text),
        ("c.jsonl", Format::JsonLines),
    ] {
        let records = open(&files.path(name), &default).unwrap();
        assert_eq!(records.format(), format);
        assert_eq!(records.count(), 1);
    }
    let training = default.labels(LabelUse::Required);
    assert_eq!(
        files.message("b.unknown", &training),
        "b.unknown: the format cannot be told from the file's name or its content: name the format, one \
         of text, lines, html, csv, tsv, psv, jsonl, json, parquet, arrow, xlsx, fasttext or folder"
    );
}

#[test]
fn paths_that_do_not_fit() {
    let files = Files::new(&[("a.txt", b"x"), ("folder/b.txt", b"x")]);
    assert_eq!(
        files.message("a.txt", &options(Format::Folder)),
        "a.txt: this is a file, and the format is folder: expected a folder with one sub-folder \
         for each class"
    );
    assert_eq!(
        files.message("folder", &options(Format::Csv)),
        "folder: this is a folder, and the format is csv: expected a file"
    );
    assert_eq!(
        message("", &options(Format::Folder)),
        "in: a folder cannot be read from a stream: give its path"
    );
    let missing = files.message("missing.csv", &ReadOptions::default());
    assert!(missing.starts_with("missing.csv: "), "{missing}");
}

#[test]
fn the_progress_is_in_bytes_of_the_file() {
    let files = Files::new(&[("a.txt", b"one\ntwo\n")]);
    let mut records = open(&files.path("a.txt"), &options(Format::Lines)).unwrap();
    assert_eq!(records.total_bytes(), Some(8));
    assert_eq!(records.by_ref().count(), 2);
    assert_eq!(records.bytes_read(), 8);
}
