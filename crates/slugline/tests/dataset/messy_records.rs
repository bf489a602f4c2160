//! The files of `datasets/messy/records`, each with what it has to give.

use std::{fs, path::PathBuf};

use serde_json::{Value, json};
use slugline::dataset::{Column, LabelUse, OtherColumns, ReadOptions, Record, open};

fn folder() -> PathBuf {
    let parts = ["..", "..", "datasets", "messy", "records"];
    [env!("CARGO_MANIFEST_DIR")].iter().chain(&parts).collect()
}

fn cases() -> Vec<Value> {
    let expected = fs::read_to_string(folder().join("expected.json")).unwrap();
    serde_json::from_str(&expected).unwrap()
}

fn options(given: &Value) -> ReadOptions {
    let mut options = ReadOptions::default();
    for (name, value) in given.as_object().into_iter().flatten() {
        match (name.as_str(), value) {
            ("quoting", Value::String(quoting)) => options.quoting = quoting.parse().unwrap(),
            ("first_label", Value::Bool(first)) => options.first_label = *first,
            ("trim_labels", Value::Bool(trim)) => options.trim_labels = *trim,
            ("skip_bad", Value::Bool(skip)) => options.skip_bad = *skip,
            ("columns", Value::Array(names)) => {
                let names = names.iter().map(|name| name.as_str().unwrap().to_owned());
                options.columns = OtherColumns::Named(names.map(Column::Name).collect());
            }
            ("labels", Value::String(labels)) => {
                options.labels = match labels.as_str() {
                    "required" => LabelUse::Required,
                    "ignored" => LabelUse::Ignored,
                    other => panic!("{other}"),
                }
            }
            other => panic!("{other:?}"),
        }
    }
    options
}

fn written(record: &Record) -> Value {
    let mut written = json!({"text": record.text, "line": record.position.line});
    if let Some(label) = &record.label {
        written["label"] = json!(label);
    }
    if let Some(id) = &record.id {
        written["id"] = json!(id);
    }
    if !record.columns.is_empty() {
        let columns = record.columns.iter();
        written["columns"] = columns.map(|(name, cell)| json!([&**name, cell])).collect();
    }
    written
}

#[test]
fn every_file_gives_what_it_should() {
    let mut wrong = Vec::new();
    for case in cases() {
        let path = folder().join(case["file"].as_str().unwrap());
        let (mut records, mut errors) = (Vec::new(), Vec::new());
        match open(&path, &options(&case["options"])) {
            Err(error) => errors.push(error.to_string()),
            Ok(found) => {
                for record in found {
                    match record {
                        Ok(record) => records.push(written(&record)),
                        Err(error) => errors.push(error.to_string()),
                    }
                }
            }
        }
        let contains = |error: &String, part: &Value| error.contains(part.as_str().unwrap());
        let is_right = if let Some(error) = case.get("error") {
            errors.len() == 1 && contains(&errors[0], error)
        } else {
            let bad = case["bad"].as_array().cloned().unwrap_or_default();
            Value::Array(records.clone()) == case["records"]
                && bad.len() == errors.len()
                && errors
                    .iter()
                    .zip(&bad)
                    .all(|(error, bad)| contains(error, bad))
        };
        if !is_right {
            wrong.push(format!("{case}\n  {records:?} {errors:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_file_is_expected() {
    let cases = cases();
    assert!(cases.len() > 30);
    for entry in fs::read_dir(folder()).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let is_case = cases.iter().any(|case| case["file"] == name.as_str());
        assert!(
            is_case || ["README.md", "expected.json"].contains(&&*name),
            "{name}"
        );
    }
}
