//! The files of `datasets/messy/records`, each with what it has to give.

use std::{fs, path::PathBuf};

use serde_json::Value;
use slugline::dataset::open;

use super::expectations::{self, options, written};
use crate::real::datasets;

fn folder() -> PathBuf {
    datasets("messy/records").unwrap()
}

fn cases() -> Vec<Value> {
    expectations::cases(&folder())
}

#[test]
fn every_file_gives_what_it_should() {
    let mut wrong = Vec::new();
    for case in cases() {
        let path = folder().join(case["file"].as_str().unwrap());
        let (mut records, mut errors) = (Vec::new(), Vec::new());
        match open(&path, &options(&case["options"]).unwrap()) {
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
