//! Digests and sums over 24 languages (Arabic to Yoruba) of SIB-200; skipped where it is absent.

use std::collections::BTreeMap;

use serde_json::Value;
use slugline::{NaiveBayes, NaiveBayesParams, Rows, Vectorizer, dataset::*, text::Analyzer};

use super::common::{analyzer_params, assert_close, golden, number, numbers, sha256};
use crate::real::corpus;

/// Texts and labels of each language.
type Languages = BTreeMap<String, (Vec<String>, Vec<String>)>;

fn languages() -> Option<Languages> {
    let path = corpus("sib200/test.jsonl.gz")?;
    let column = |name: &str| vec![Column::Name(name.into())];
    let read = |text: &str| -> Vec<Record> {
        let options = ReadOptions::default().text(column(text));
        open(&path, &options)
            .unwrap()
            .collect::<Result<_, _>>()
            .unwrap()
    };
    let mut languages = Languages::new();
    for (record, lang) in read("text").into_iter().zip(read("lang")) {
        let (texts, labels) = languages.entry(lang.text).or_default();
        texts.push(record.text);
        labels.push(record.label.unwrap());
    }
    Some(languages)
}

#[test]
fn twenty_four_languages() {
    let Some(languages) = languages() else { return };
    let golden = golden("sib200.json");
    let cases = golden["cases"].as_array().unwrap();
    for case in cases {
        let language = case["language"].as_str().unwrap();
        let (texts, labels) = &languages[language];
        let what = format!("{language} {}", case["params"]);
        let params = analyzer_params(&case["params"]);

        let analyzer = Analyzer::new(params.clone()).unwrap();
        let terms: Vec<Vec<String>> = texts.iter().map(|text| analyzer.terms(text)).collect();
        assert_eq!(
            terms.iter().flatten().count() as u64,
            case["terms"],
            "{what}"
        );
        let joined: Vec<String> = terms.iter().map(|terms| terms.join("\u{1f}")).collect();
        assert_eq!(sha256(&joined.join("\n")), case["terms_sha256"], "{what}");

        let mut counts = Vectorizer::count_params();
        counts.text = params.clone();
        let (vectorizer, rows) = counts.fit_transform(texts).unwrap();
        let vocabulary: Vec<&str> = vectorizer.vocabulary().iter().collect();
        assert_eq!(vocabulary.len() as u64, case["vocabulary"], "{what}");
        assert_eq!(
            sha256(&vocabulary.join("\n")),
            case["vocabulary_sha256"],
            "{what}"
        );
        let sum: f64 = rows.parts().2.iter().sum();
        assert_close(sum, number(&case["counts_sum"]), 0.0, &what);

        let mut tfidf = Vectorizer::params();
        tfidf.text = params;
        let (vectorizer, rows) = tfidf.fit_transform(texts).unwrap();
        let idf: f64 = vectorizer.tfidf().idf().iter().sum();
        assert_close(idf, number(&case["idf_sum"]), 1e-11, &what);
        let sum: f64 = rows.parts().2.iter().sum();
        assert_close(sum, number(&case["tfidf_sum"]), 1e-11, &what);
        let weighted: f64 = rows
            .iter()
            .enumerate()
            .flat_map(|(row, (columns, values))| {
                let at = move |&column: &u32| f64::from(column + 1) * (row + 1) as f64;
                columns
                    .iter()
                    .zip(values)
                    .map(move |(column, value)| at(column) * value)
            })
            .sum();
        assert_close(weighted, number(&case["tfidf_weighted"]), 1e-11, &what);

        if case["joint_log_likelihood"].is_object() {
            check_models(&case["joint_log_likelihood"], &rows, labels, &what);
        }
    }
    println!("{} cases over {} languages", cases.len(), languages.len());
}

fn check_models(golden: &Value, rows: &Rows<f64>, labels: &[String], what: &str) {
    let mut classes: Vec<&String> = labels.iter().collect();
    classes.sort();
    classes.dedup();
    let targets: Vec<usize> = labels
        .iter()
        .map(|label| classes.binary_search(&label).unwrap())
        .collect();
    let models: [(&str, NaiveBayesParams); 3] = [
        ("multinomial", NaiveBayes::multinomial()),
        ("complement", NaiveBayes::complement()),
        ("bernoulli", NaiveBayes::bernoulli()),
    ];
    for (name, params) in models {
        let model = params.fit(rows, &targets, classes.len()).unwrap();
        let scores = model.joint_log_likelihood(rows).unwrap();
        assert_close(scores.sum(), number(&golden[name]["sum"]), 1e-11, what);
        for (scores, expected) in scores
            .rows()
            .into_iter()
            .zip(golden[name]["first"].as_array().unwrap())
        {
            for (&actual, &expected) in scores.iter().zip(&numbers(expected)) {
                assert_close(actual, expected, 1e-9, what);
            }
        }
    }
}
