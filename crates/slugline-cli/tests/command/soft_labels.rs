//! Records with probabilities of labels in place of one label.

use std::fs;

use predicates::{prelude::*, str::contains};

use super::desk::{Desk, words};

/// Texts, each with the value under the key `labels`.
fn lines(labels: [&str; 4]) -> String {
    let texts = [
        "new phones and chips",
        "ministers vote on a bill",
        "shares of the bank",
        "the bank and the bill",
    ];
    let records = texts.iter().zip(labels);
    let lines =
        records.map(|(text, label)| format!("{{\"text\": \"{text}\", \"labels\": {label}}}"));
    lines.collect::<Vec<String>>().join("\n")
}

const HARD: [&str; 4] = [
    r#""technology""#,
    r#""policy""#,
    r#""markets""#,
    r#""policy""#,
];
const SOFT: [&str; 4] = [
    r#"{"technology": 1}"#,
    r#""policy""#,
    r#"{"markets": 0.9, "policy": 0.1}"#,
    r#"{"policy": 0.5, "markets": 0.5}"#,
];

impl Desk {
    fn bytes_of(&self, line: &str) -> Vec<u8> {
        self.run(&words(line)).success();
        fs::read(self.path("m")).unwrap()
    }
}

#[test]
fn certain_labels_give_the_file_of_labels() {
    let desk = Desk::new();
    for options in ["", "--idf-order after-norm", "--naive-bayes bernoulli"] {
        let line = format!("train data.jsonl -o m {options}");
        desk.write("data.jsonl", lines(HARD));
        let hard = desk.bytes_of(&line);
        let certain = HARD.map(|label| format!("{{{label}: 1.0, \"sport\": null}}"));
        desk.write("data.jsonl", lines(certain.each_ref().map(String::as_str)));
        assert!(desk.bytes_of(&line) == hard, "{options}");
        // Certain and in the one or the other form.
        let mixed = [certain[0].as_str(), HARD[1], HARD[2], certain[3].as_str()];
        desk.write("data.jsonl", lines(mixed));
        assert!(desk.bytes_of(&line) == hard, "{options}");
        desk.write("data.jsonl", lines(SOFT));
        assert!(desk.bytes_of(&line) != hard, "{options}");
    }
}

#[test]
fn probabilities_are_learned_added_and_forgotten() {
    let desk = Desk::new();
    desk.write("soft.jsonl", lines(SOFT));
    desk.run(&words("train soft.jsonl -o m --idf-order after-norm"))
        .success();
    let report = |model: &str| desk.json(&["inspect", model, "--format", "json", "--top", "50"]);
    let documents = |model: &str, label: &str| {
        let found = &report(model)["labels"][label]["documents"];
        found.as_f64()
    };
    assert_eq!(documents("m", "technology"), Some(1.0));
    assert!((documents("m", "policy").unwrap() - 1.6).abs() < 1e-9);
    desk.write(
        "more.jsonl",
        "{\"text\": \"a cup final\", \"label\": {\"sport\": 0.75, \"policy\": 0.25}}\n",
    );
    desk.run(&words("update m more.jsonl -o more"))
        .success()
        .stderr(contains(
            "added 1 document, a new label: sport, 2 new terms",
        ));
    desk.run(&words("forget more more.jsonl -o less")).success();
    assert_eq!(documents("more", "sport"), Some(0.75));
    for label in ["technology", "policy", "markets"] {
        assert_eq!(documents("less", label), documents("m", label), "{label}");
    }
    assert_eq!(report("less")["terms"], report("m")["terms"]);
    assert_eq!(documents("less", "sport"), Some(0.0));
    desk.run(&words("update m more.jsonl -o x --known-labels"))
        .code(1)
        .stderr(contains(
            "more.jsonl:1: the model does not have the label \"sport\"",
        ));
    // Another key; what classifies does not look at labels.
    desk.write("key.jsonl", lines(SOFT).replace("labels", "topics"));
    desk.run(&words("train key.jsonl --label topics -o key"))
        .success();
    desk.run(&words("classify key.jsonl --model key")).success();
}

#[test]
fn what_needs_one_label_names_the_record() {
    let desk = Desk::new();
    desk.write("soft.jsonl", lines(SOFT));
    desk.run(&words("train soft.jsonl -o m")).success();
    for line in [
        "train soft.jsonl -o x --refine",
        "train soft.jsonl -o x --calibrate",
        "train soft.jsonl -o x --alpha auto",
        "train soft.jsonl -o x --memory 16M",
        "evaluate soft.jsonl --model m",
        "evaluate soft.jsonl --folds 2",
        "audit soft.jsonl",
    ] {
        desk.run(&words(line)).code(1).stderr(
            contains("soft.jsonl:1: \"labels\" is an object, expected a string")
                .and(contains("plain fitting, adding and forgetting alone")),
        );
        assert!(!desk.path("x").exists());
    }
}

#[test]
fn wrong_probabilities_are_told_with_their_place_or_skipped() {
    let desk = Desk::new();
    let mut labels = SOFT;
    labels[2] = r#"{"markets": 0.9, "policy": 0.3}"#;
    desk.write("bad.jsonl", lines(labels));
    desk.run(&words("train bad.jsonl -o m")).code(1).stderr(contains(
        "bad.jsonl:3: the labels are {\"markets\": 0.9, \"policy\": 0.3}: expected numbers from 0 to 1 whose sum is 1",
    ));
    desk.run(&words("train bad.jsonl -o m --skip-bad"))
        .success()
        .stderr(contains("skipped 1 bad record of 4"));
    labels[2] = r#"{"Markets": 1}"#;
    desk.write("alike.jsonl", lines(labels));
    desk.run(&words("train alike.jsonl -o m"))
        .success()
        .stderr(contains("Markets").and(contains("markets")));
}
