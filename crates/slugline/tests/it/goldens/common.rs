//! Reading the golden files, and what the tests compare with.

use std::{fs, path::PathBuf};

use serde_json::Value;
use sha2::{Digest, Sha256};
use slugline::{Rows, StopWords, Unit, Words, text::AnalyzerParams};

pub(crate) fn golden(name: &str) -> Value {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/goldens")
        .join(name);
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

pub(crate) fn texts() -> Vec<String> {
    let texts = golden("texts.json");
    let texts = texts["texts"].as_array().unwrap();
    texts
        .iter()
        .map(|text| text["text"].as_str().unwrap().to_owned())
        .collect()
}

pub(crate) fn chosen<'a>(texts: &'a [String], indices: &Value) -> Vec<&'a str> {
    let indices = indices.as_array().unwrap();
    indices
        .iter()
        .map(|at| texts[at.as_u64().unwrap() as usize].as_str())
        .collect()
}

pub(crate) fn analyzer_params(params: &Value) -> AnalyzerParams {
    let analyzer: Unit = params["analyzer"].as_str().unwrap().parse().unwrap();
    AnalyzerParams::default()
        .lowercase(params["lowercase"].as_bool().unwrap())
        .strip_accents(
            params["strip_accents"]
                .as_str()
                .map(|name| name.parse().unwrap()),
        )
        .analyzer(analyzer)
        .words(Words::Pattern(
            params["token_pattern"].as_str().unwrap().to_owned(),
        ))
        .stop_words(match &params["stop_words"] {
            // scikit-learn ignores them there; slugline refuses them.
            _ if analyzer != Unit::Word => StopWords::None,
            Value::Null => StopWords::None,
            Value::String(name) => StopWords::Language(name.clone()),
            words => StopWords::List(strings(words)),
        })
        .stemmer(None)
        .ngram_range(
            params["ngram_range"][0].as_u64().unwrap() as usize,
            params["ngram_range"][1].as_u64().unwrap() as usize,
        )
}

pub(crate) fn strings(value: &Value) -> Vec<String> {
    serde_json::from_value(value.clone()).unwrap()
}

/// A float; JSON lacks the infinities.
pub(crate) fn number(value: &Value) -> f64 {
    match value.as_str() {
        Some("inf") => f64::INFINITY,
        Some("-inf") => f64::NEG_INFINITY,
        Some("nan") => f64::NAN,
        _ => value
            .as_f64()
            .unwrap_or_else(|| panic!("{value} is no number")),
    }
}

pub(crate) fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(number).collect()
}

pub(crate) fn assert_close(actual: f64, expected: f64, tolerance: f64, what: &str) {
    let same = actual == expected || (actual.is_nan() && expected.is_nan());
    let scale = expected.abs().max(1e-300);
    assert!(
        same || (actual - expected).abs() / scale <= tolerance,
        "{what}: {actual} is not {expected}"
    );
}

pub(crate) fn assert_rows(rows: &Rows<f64>, expected: &Value, tolerance: f64, what: &str) {
    let (indptr, indices, data) = rows.parts();
    let as_u64 =
        |name: &str| -> Vec<u64> { serde_json::from_value(expected[name].clone()).unwrap() };
    assert!(
        indptr.iter().map(|&at| at as u64).eq(as_u64("indptr")),
        "{what}: indptr"
    );
    assert!(
        indices
            .iter()
            .map(|&at| u64::from(at))
            .eq(as_u64("indices")),
        "{what}: indices"
    );
    let expected = numbers(&expected["data"]);
    assert_eq!(data.len(), expected.len(), "{what}: number of values");
    for (&actual, &expected) in data.iter().zip(&expected) {
        assert_close(actual, expected, tolerance, what);
    }
}

pub(crate) fn sha256(text: &str) -> String {
    let digest = Sha256::digest(text.as_bytes());
    digest
        .iter()
        .fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"))
}
