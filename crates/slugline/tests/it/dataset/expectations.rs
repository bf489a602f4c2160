//! Lists of what files have to give (`expected.json`): their options, and records as they write them.

use std::{fs, path::Path};

use serde_json::{Value, json};
use slugline::{
    Result,
    dataset::{Column, LabelUse, OtherColumns, ReadOptions, Record},
};

fn parsed<T: std::str::FromStr<Err = slugline::Error>>(value: &Value) -> Result<T> {
    value.as_str().unwrap().parse()
}

fn columns(value: &Value) -> Vec<Column> {
    let names = value.as_array().unwrap().iter();
    names.map(|name| parsed(name).unwrap()).collect()
}

/// The cases that the list of a folder expects.
pub(crate) fn cases(folder: &Path) -> Vec<Value> {
    let expected = fs::read_to_string(folder.join("expected.json")).unwrap();
    serde_json::from_str(&expected).unwrap()
}

/// Options by their names.
pub(crate) fn options(given: &Value) -> Result<ReadOptions> {
    let mut options = ReadOptions::default();
    for (name, value) in given.as_object().into_iter().flatten() {
        match name.as_str() {
            "input_format" => options.format = Some(parsed(value)?),
            "delimiter" => options.delimiter = value.as_str().unwrap().bytes().next(),
            "encoding" => options.encoding = Some(parsed(value)?),
            "invalid_utf8" => options.invalid_utf8 = parsed(value)?,
            "quoting" => options.quoting = parsed(value)?,
            "sheet" => options.sheet = value.as_str().map(str::to_owned),
            "html" => options.html = value.as_bool().unwrap(),
            "header" => options.header = value.as_bool().unwrap(),
            "first_label" => options.first_label = value.as_bool().unwrap(),
            "trim_labels" => options.trim_labels = value.as_bool().unwrap(),
            "skip_bad" => options.skip_bad = value.as_bool().unwrap(),
            "text" => options.text = columns(value),
            "label" => options.label = Some(parsed(value)?),
            "columns" => options.columns = OtherColumns::Named(columns(value)),
            "labels" => {
                options.labels = match value.as_str().unwrap() {
                    "required" => LabelUse::Required,
                    "ignored" => LabelUse::Ignored,
                    "optional" => LabelUse::Optional,
                    other => panic!("labels {other}"),
                }
            }
            other => panic!("no option {other}"),
        }
    }
    Ok(options)
}

/// A record as the list of expectations writes it.
pub(crate) fn written(record: &Record) -> Value {
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
