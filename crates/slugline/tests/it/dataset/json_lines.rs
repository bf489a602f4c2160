//! JSON Lines.

use slugline::dataset::{Column, Format, LabelUse, ReadOptions};

use super::{brief, column, message, options, records, required, row};

fn json() -> ReadOptions {
    options(Format::JsonLines)
}

#[test]
fn the_default_keys_are_found() {
    let lines = concat!(
        r#"{"id": "a1", "label": "sports", "title": "Cup", "text": "Won.", "more": {"x": [1]}}"#,
        "\n\n  \r\n",
        r#"{"id": 7, "labels": ["tech"], "title": "", "text": "Ch\u0069p"}"#,
        "\r\n",
        r#"{"id": null, "label": null, "labels": "x", "title": null, "text": ""}"#,
    );
    let found = records(lines, &required(Format::JsonLines)).unwrap();
    let texts: Vec<_> = found.iter().map(|record| record.text.as_str()).collect();
    assert_eq!(texts, ["Cup\nWon.", "Chip", ""]);
    let labels: Vec<_> = found.iter().map(|record| record.label.as_deref()).collect();
    assert_eq!(labels, [Some("sports"), Some("tech"), Some("x")]);
    let ids: Vec<_> = found.iter().map(|record| record.id.as_deref()).collect();
    assert_eq!(ids, [Some("a1"), Some("7"), None]);
    let lines: Vec<_> = found.iter().map(|record| record.position.line).collect();
    assert_eq!(lines, [1, 4, 5]);
}

#[test]
fn labels_may_be_numbers_booleans_and_arrays() {
    for (value, label) in [
        ("3", "3"),
        ("1.0", "1.0"),
        ("true", "true"),
        ("[2]", "2"),
        (r#"["a", "a"]"#, "a"),
        (r#"[null, "", "a", " a "]"#, "a"),
        ("[]", ""),
        ("null", ""),
        ("\"\"", ""),
    ] {
        let line = format!(r#"{{"text": "t", "label": {value}}}"#);
        assert_eq!(brief(&line, &json()), [row(1, label, "t")], "{value}");
        if label.is_empty() {
            assert_eq!(
                message(&line, &required(Format::JsonLines)),
                "in:1: label is empty: expected the record's class in \"label\" or \"labels\""
            );
        }
    }
}

#[test]
fn keys_are_chosen_by_name() {
    let chosen = required(Format::JsonLines)
        .text([column("b"), column("a"), column("id")])
        .label(column("a"));
    let line = r#"{"id": "i", "a": "1", "b": "2", "text": "no", "title": "no"}"#;
    assert_eq!(brief(line, &chosen), [row(1, "1", "2\n1\ni")]);
    let title = required(Format::JsonLines).label(column("title"));
    let line = r#"{"title": "a", "text": "b"}"#;
    assert_eq!(brief(line, &title), [row(1, "a", "b")]);
}

#[test]
fn labels_can_be_ignored() {
    let ignored = json().labels(LabelUse::Ignored);
    let line = r#"{"text": "t", "label": {"not": "a label"}}"#;
    assert_eq!(brief(line, &ignored), [row(1, "", "t")]);
}

#[test]
fn missing_keys_are_named_with_those_there_are() {
    assert_eq!(
        message("{\"body\": \"t\", \"a\": 1}", &json()),
        "in:1: there is no \"text\": the keys are \"a\", \"body\"; choose with `text`"
    );
    assert_eq!(
        message("{}", &json()),
        "in:1: there is no \"text\": the object is empty; choose with `text`"
    );
    assert_eq!(
        message("\n{\"text\": \"t\"}", &required(Format::JsonLines)),
        "in:2: there is no \"label\" or \"labels\": the keys are \"text\"; choose with `label`"
    );
}

#[test]
fn values_of_the_wrong_kind_are_named() {
    assert_eq!(
        message("{\"text\": null}", &json()),
        "in:1: \"text\" is null, expected a string: mend it, or choose other keys with `text`"
    );
    assert_eq!(
        message("{\"text\": 3}", &json()),
        "in:1: \"text\" is a number, expected a string: mend it, or choose other keys with `text`"
    );
    assert_eq!(
        message("{\"text\": \"t\", \"title\": [\"a\"]}", &json()),
        "in:1: \"title\" is an array, expected a string: mend it, or choose other keys with `text`"
    );
    assert_eq!(
        message("{\"text\": \"t\", \"label\": {}}", &json()),
        "in:1: \"label\" is an object, expected a string, a number or an array of these: mend it, \
         or choose another key with `label` (probabilities of labels are for plain fitting, adding and \
         forgetting alone)"
    );
    assert_eq!(
        message("{\"text\": \"t\", \"label\": [[]]}", &json()),
        "in:1: an element of \"label\" is an array, expected a string, a number or an array of these: \
         mend it, or choose another key with `label`"
    );
    assert_eq!(
        message("{\"text\": \"t\", \"label\": [\"a\", {}]}", &json()),
        "in:1: an element of \"label\" is an object, expected a string, a number or an array of these: \
         mend it, or choose another key with `label`"
    );
}

#[test]
fn several_labels_are_an_error_or_the_first_is_kept() {
    let line = r#"{"text": "t", "labels": [" b", 3, true, "b"]}"#;
    for options in [json(), required(Format::JsonLines)] {
        assert_eq!(
            message(line, &options),
            "in:1: 3 labels (\"b\", \"3\", \"true\"), expected one in \"label\" or \"labels\": keep the \
             first one of each record with `first_label`, or leave such records out with `skip_bad`"
        );
    }
    let first = required(Format::JsonLines).first_label(true);
    assert_eq!(brief(line, &first), [row(1, "b", "t")]);
    let ignored = json().labels(LabelUse::Ignored);
    assert_eq!(brief(line, &ignored), [row(1, "", "t")]);
}

#[test]
fn malformed_json_has_line_and_column() {
    let tail = " (one complete JSON object on each line)";
    for (line, what) in [
        (
            "{\"text\": \"t\"",
            "column 12: the JSON object is not closed: expected }",
        ),
        (
            "{\"text\": \"t\"} x",
            "column 15: something stands behind the object's }",
        ),
        (
            "{\"text\": t}",
            "column 11: expected true, false or null, or text in double quotes",
        ),
        (
            "\"text\"",
            "column 6: this is no JSON object, such as {\"text\": …, \"label\": …}",
        ),
        (
            "{\"text\": \"\\ud800\"}",
            "column 17: half a character: expected another \\u behind this one",
        ),
    ] {
        let text = format!("{{\"text\": \"t\"}}\n{line}\n");
        assert_eq!(
            message(&text, &json()),
            format!("in:2: {what}{tail}"),
            "{line}"
        );
    }
    let array = message("[\n{\"text\": \"t\"}\n]", &json());
    assert!(
        array.ends_with("on each line; name the format json for a JSON array)"),
        "{array}"
    );
    let long = message(format!("\"{}\"", "x at line ".repeat(1000)), &json());
    assert!(long.len() < 250, "{long}");
    let deep = format!("{{\"label\": {}", "[".repeat(1 << 20));
    assert!(message(deep, &json()).contains("at most 128 levels are read"));
}

#[test]
fn numbered_columns_are_an_error() {
    let chosen = json().text([Column::Number(2)]);
    assert_eq!(
        message("", &chosen),
        "in: JSON objects have keys, not numbered columns: give `text` with a key instead of 2"
    );
    let chosen = json().label(Column::Number(1));
    assert_eq!(
        message("", &chosen),
        "in: JSON objects have keys, not numbered columns: give `label` with a key instead of 1"
    );
}
