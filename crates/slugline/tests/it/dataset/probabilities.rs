//! Probabilities of labels in place of one label.

use slugline::{
    Examples, TextClassifier,
    dataset::{Format, LabelUse, ReadOptions, Record, load},
};

use super::{Files, column, message, options, records, required};

fn soft(format: Format) -> ReadOptions {
    required(format).probabilities(true)
}

fn parts(record: &Record) -> Vec<(&str, f64)> {
    let parts = record.probabilities.iter();
    parts.map(|(label, p)| (label.as_str(), *p)).collect()
}

#[test]
fn an_object_has_labels_and_their_probabilities() {
    for (value, expected, likely) in [
        (
            r#"{"policy": 0.7, "markets": 0.3}"#,
            vec![("markets", 0.3), ("policy", 0.7)],
            "policy",
        ),
        (r#"{" policy ": 1}"#, vec![("policy", 1.0)], "policy"),
        // Null is no probability: a table of structures has all of its fields.
        (
            r#"{"policy": 1.0, "markets": null, "sport": 0}"#,
            vec![("policy", 1.0), ("sport", 0.0)],
            "policy",
        ),
        (r#"{"b": 0.5, "a": 0.5}"#, vec![("a", 0.5), ("b", 0.5)], "a"),
        (
            r#"{"a": 0.3333, "b": 0.3333, "c": 0.3333}"#,
            vec![("a", 0.3333), ("b", 0.3333), ("c", 0.3333)],
            "a",
        ),
        (r#""policy""#, vec![], "policy"),
    ] {
        let line = format!(r#"{{"text": "t", "labels": {value}}}"#);
        let found = records(&line, &soft(Format::JsonLines)).unwrap();
        assert_eq!(parts(&found[0]), expected, "{value}");
        assert_eq!(found[0].label.as_deref(), Some(likely), "{value}");
    }
    let kept = soft(Format::JsonLines).trim_labels(false);
    let line = r#"{"text": "t", "label": {" a": 1}}"#;
    assert_eq!(parts(&records(line, &kept).unwrap()[0]), [(" a", 1.0)]);
}

#[test]
fn they_stand_under_any_key_in_json_of_any_form_and_in_folders() {
    let named = soft(Format::JsonLines).label(column("meta.topics"));
    let line = r#"{"text": "t", "meta": {"topics": {"a": 0.25, "b": 0.75}}}"#;
    assert_eq!(
        parts(&records(line, &named).unwrap()[0]),
        [("a", 0.25), ("b", 0.75)]
    );
    let array = "[\n{\"text\": \"t\",\n\"label\": {\"a\": 1}}\n]";
    assert_eq!(
        parts(&records(array, &soft(Format::Json)).unwrap()[0]),
        [("a", 1.0)]
    );

    let lines = b"{\"text\": \"t\", \"label\": {\"a\": 1}}\n{\"text\": \"u\", \"label\": {}}\n";
    let files = Files::new(&[("set/sport/part.jsonl", lines)]);
    let options = ReadOptions::default()
        .labels(LabelUse::Required)
        .probabilities(true);
    let found: Vec<Record> = slugline::dataset::open(&files.path("set"), &options)
        .unwrap()
        .collect::<slugline::Result<_>>()
        .unwrap();
    assert_eq!(parts(&found[0]), [("a", 1.0)]);
    // An empty object is no label, and the folder's name is one.
    assert_eq!(
        (parts(&found[1]), found[1].label.as_deref()),
        (vec![], Some("sport"))
    );
}

#[test]
fn what_is_wrong_is_said_with_its_line() {
    for (value, says) in [
        (
            r#"{"a": 0.5, "b": 0.4}"#,
            r#"the labels are {"a": 0.5, "b": 0.4}: expected numbers from 0 to 1 whose sum is 1"#,
        ),
        (
            r#"{"a": 1.5, "b": -0.5}"#,
            r#"the labels are {"a": 1.5, "b": -0.5}: expected numbers from 0 to 1 whose sum is 1"#,
        ),
        (
            r#"{"a": 70, "b": 30}"#,
            r#"the labels are {"a": 70, "b": 30}: expected numbers from 0 to 1 whose sum is 1"#,
        ),
        (
            r#"{"a": "0.5", "b": 0.5}"#,
            r#""label": the probability of "a" is a string, expected a number"#,
        ),
        (
            r#"{"a": true}"#,
            r#""label": the probability of "a" is a boolean, expected a number"#,
        ),
        (
            r#"{"a": 0.5, "a ": 0.5}"#,
            r#"the label "a" has two probabilities, expected one"#,
        ),
        (
            r#"{"": 1}"#,
            r#"a label is empty: expected the record's classes in "label" or "labels""#,
        ),
        (
            "{}",
            r#"label is empty: expected the record's class in "label" or "labels""#,
        ),
        (
            r#"[{"a": 1}]"#,
            "an element of \"label\" is an object, expected a string, a number or an array of these: mend it, \
             or choose another key with `label`",
        ),
    ] {
        let lines = format!(
            "{{\"text\": \"t\", \"label\": \"a\"}}\n{{\"text\": \"u\", \"label\": {value}}}\n"
        );
        let error = message(&lines, &soft(Format::JsonLines));
        assert_eq!(error, format!("in:2: {says}"), "{value}");
    }
    let nan = message(
        r#"{"text": "t", "label": {"a": NaN}}"#,
        &soft(Format::JsonLines),
    );
    assert!(nan.starts_with("in:1: column"), "{nan}");
}

#[test]
fn a_bad_record_is_skipped_and_a_data_set_of_one_label_each_has_none() {
    let lines = "{\"text\": \"t\", \"label\": {\"a\": 2}}\n{\"text\": \"u\", \"label\": \"a\"}\n";
    let skipping = soft(Format::JsonLines).skip_bad(true);
    let bytes = std::io::Cursor::new(lines.as_bytes().to_vec());
    let found: Vec<_> = slugline::dataset::read(bytes, "in", &skipping)
        .unwrap()
        .collect();
    assert!(found[0].is_err() && found[1].is_ok());

    let files = Files::new(&[("data.jsonl", lines.as_bytes())]);
    let error = load(
        &files.path("data.jsonl"),
        &ReadOptions::default().probabilities(true),
    );
    let error = error.unwrap_err().to_string();
    assert!(
        error.contains("data.jsonl:1: \"label\" is an object"),
        "{error}"
    );
    let without = message(lines, &options(Format::JsonLines));
    assert!(
        without.contains("plain fitting, adding and forgetting"),
        "{without}"
    );
}

#[test]
fn records_become_examples() {
    let lines = concat!(
        r#"{"text": "chips and code", "label": "technology"}"#,
        "\n",
        r#"{"text": "votes on chips", "label": {"technology": 0.4, "policy": 0.6}}"#,
    );
    let records = records(lines, &soft(Format::JsonLines)).unwrap();
    let (texts, labels): (Vec<String>, Vec<Vec<(String, f64)>>) = records
        .into_iter()
        .map(|record| match record.label {
            Some(label) if record.probabilities.is_empty() => (record.text, vec![(label, 1.0)]),
            _ => (record.text, record.probabilities),
        })
        .unzip();
    let examples = Examples::with_label_probabilities(&texts, &labels).unwrap();
    let model = TextClassifier::params().fit(&examples).unwrap();
    assert_eq!(model.class_count(), [0.6, 1.4]);
}
