//! Whole data sets in memory.

use slugline::dataset::{Format, LabelUse, ReadOptions, load};

use super::{Files, column, options, required};

#[test]
fn texts_and_labels_come_in_order() {
    let files = Files::new(&[("a.csv", b"text,label\na,x\nb,y\nc,x\n")]);
    let (texts, labels) = load(&files.path("a.csv"), &ReadOptions::default()).unwrap();
    assert_eq!(texts, ["a", "b", "c"]);
    assert_eq!(labels, ["x", "y", "x"]);
}

#[test]
fn records_without_a_label_are_left_out_or_an_error() {
    let files = Files::new(&[("a.csv", b"text,label\na,\nb,y\n")]);
    let path = files.path("a.csv");
    let (texts, _) = load(&path, &options(Format::Csv)).unwrap();
    assert_eq!(texts, ["b"]);
    let error = load(&path, &required(Format::Csv)).unwrap_err();
    assert!(
        error.to_string().contains("a.csv:2: label is empty"),
        "{error}"
    );
}

#[test]
fn a_data_set_without_labels_is_an_error() {
    let files = Files::new(&[
        ("a.csv", b"text,label\n"),
        ("b.csv", b"text,c\na,\n"),
        ("c.jsonl", b""),
        ("d.ft", b"a\nb\n"),
        ("e.txt", b"a\n"),
    ]);
    let default = ReadOptions::default();
    let by_column = default.clone().label(column("c"));
    let ignored = default.clone().labels(LabelUse::Ignored);
    for (name, options, expected) in [
        (
            "a.csv",
            &default,
            "no records: expected rows with a label in the column \"label\" or \"labels\"",
        ),
        (
            "b.csv",
            &by_column,
            "the only record has no label: expected rows with a label in the column \"c\"",
        ),
        (
            "c.jsonl",
            &default,
            "no records: expected objects with a label under the key \"label\" or \"labels\"",
        ),
        (
            "d.ft",
            &default,
            "none of the 2 records has a label: expected lines that begin with `__label__`",
        ),
        (
            "e.txt",
            &default,
            "the only record has no label: expected a format that has labels",
        ),
        (
            "a.csv",
            &ignored,
            "labels are ignored, expected labelled records: require them, or let them be optional",
        ),
    ] {
        let error = load(&files.path(name), options).unwrap_err().to_string();
        assert!(error.ends_with(&format!("{name}: {expected}")), "{error}");
    }
}
