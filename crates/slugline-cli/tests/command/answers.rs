//! What `classify` and `explain` print.

use std::path::Path;

use assert_cmd::Command;
use predicates::{prelude::*, str::contains};
use serde_json::Value;

use super::desk::{Desk, NEWS, TRAIN, gzip, sum};

#[test]
fn the_bundled_model_needs_nothing() {
    let desk = Desk::new();
    let answer = desk.json(&["classify", "--format", "json", "news.txt"]);
    assert_eq!(answer["source"], "news.txt");
    assert!((sum(&answer["probabilities"]) - 1.0).abs() < 1e-9);
    assert_eq!(answer["probabilities"].as_object().unwrap().len(), 3);
    assert!(answer["recognised"].as_u64().unwrap() > 3);
    desk.run(&["classify", "news.txt"])
        .success()
        .stdout(contains("markets").and(contains("█")));
    desk.run(&["inspect"])
        .success()
        .stdout(contains("technology").and(contains("datasets/topics")));
}

#[test]
fn every_record_in_order_from_every_format() {
    let desk = Desk::trained();
    desk.write(
        "a.jsonl",
        "{\"text\":\"the bank\",\"id\":7}\n{\"text\":\"\"}\n{\"text\":\"parliament\"}\n",
    );
    desk.write("b.csv.gz", gzip(TRAIN));
    let lines = desk.stdout(&[
        "classify",
        "--model",
        "desk.safetensors",
        "--format",
        "json",
        "a.jsonl",
        "b.csv.gz",
        "news.txt",
    ]);
    let answers: Vec<Value> = lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let sources: Vec<&str> = answers
        .iter()
        .map(|answer| answer["source"].as_str().unwrap())
        .collect();
    assert_eq!(
        sources[..5],
        [
            "a.jsonl:1",
            "a.jsonl:2",
            "a.jsonl:3",
            "b.csv.gz:2",
            "b.csv.gz:3"
        ]
    );
    assert_eq!(sources.last(), Some(&"news.txt"));
    assert_eq!(answers.len(), 13);
    assert_eq!(answers[0]["id"], "7");
    assert_eq!(answers[1]["recognised"], 0);
    assert_eq!(answers[2]["label"], "policy");
    assert!(
        answers
            .iter()
            .all(|answer| (sum(&answer["probabilities"]) - 1.0).abs() < 1e-9)
    );

    let csv = desk.stdout(&[
        "classify",
        "--model",
        "desk.safetensors",
        "--format",
        "csv",
        "a.jsonl",
    ]);
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    assert_eq!(
        reader.headers().unwrap(),
        vec![
            "source",
            "label",
            "probability",
            "markets",
            "policy",
            "technology",
            "share markets",
            "share policy",
            "share technology",
            "evidence",
            "recognised"
        ]
    );
    assert_eq!(reader.records().map(Result::unwrap).count(), 3);
    desk.run(&["classify", "--model", "desk.safetensors", "a.jsonl"])
        .success()
        .stdout(contains("a.jsonl:3\tpolicy\t0."));
}

#[test]
fn standard_input_and_top() {
    let desk = Desk::trained();
    let args = [
        "classify",
        "--model",
        "desk.safetensors",
        "--format",
        "json",
        "--top",
        "1",
        "-",
    ];
    let output = desk
        .command(&args)
        .write_stdin("parliament and the court")
        .assert()
        .success();
    let answer: Value = serde_json::from_slice(&output.get_output().stdout).unwrap();
    assert_eq!(answer["source"], "<stdin>");
    assert_eq!(
        answer["probabilities"]
            .as_object()
            .unwrap()
            .keys()
            .collect::<Vec<_>>(),
        ["policy"]
    );
    desk.command(&["classify", "--input-format", "lines", "--format", "json"])
        .write_stdin("one line\nanother line\n")
        .assert()
        .success()
        .stdout(contains("<stdin>:2"));
}

#[test]
fn explanations_add_up() {
    let desk = Desk::trained();
    let answer = desk.json(&[
        "explain",
        "--model",
        "desk.safetensors",
        "--format",
        "json",
        "news.txt",
    ]);
    assert_eq!(answer["source"], "news.txt");
    assert_eq!(answer["label"], "markets");
    assert_eq!(answer["probability"], answer["probabilities"]["markets"]);
    assert!((sum(&answer["probabilities"]) - 1.0).abs() < 1e-9);
    let reasons = answer["reasons"].as_array().unwrap();
    let sum: f64 = reasons
        .iter()
        .map(|reason| reason["contribution"].as_f64().unwrap())
        .sum();
    let score = answer["score"].as_f64().unwrap();
    assert!((answer["bias"].as_f64().unwrap() + sum - score).abs() < 1e-9);
    for reason in reasons {
        for span in reason["spans"].as_array().unwrap() {
            let range =
                span["start"].as_u64().unwrap() as usize..span["end"].as_u64().unwrap() as usize;
            assert_eq!(NEWS[range].to_lowercase(), reason["term"].as_str().unwrap());
        }
    }
    desk.run(&[
        "explain",
        "--model",
        "desk.safetensors",
        "news.txt",
        "--color",
        "always",
        "--label",
        "policy",
        "--versus",
        "markets",
    ])
    .success()
    .stdout(
        contains("compared with markets")
            .and(contains("the most likely topic is markets"))
            .and(contains("\u{1b}[")),
    );
    // Into a pipe: no colour, and the text as it was.
    desk.run(&["explain", "--model", "desk.safetensors", "news.txt"])
        .success()
        .stdout(contains(NEWS).and(contains("\u{1b}[").not()));
    desk.command(&["explain", "--model", "desk.safetensors", "-"])
        .write_stdin("zzz qqq")
        .assert()
        .success()
        .stdout(contains("no term of this text is known"));
    desk.run(&[
        "explain",
        "news.txt",
        "--model",
        "desk.safetensors",
        "--label",
        "sport",
    ])
    .code(2)
    .stderr(contains("one of markets, policy, technology"));
    desk.run(&["explain", "--format", "csv", "news.txt"])
        .success()
        .stdout(contains("term,contribution,count"));
}

#[test]
fn a_closed_pipe_is_no_error() {
    let desk = Desk::trained();
    let many = "{\"text\":\"the bank\"}\n".repeat(20_000);
    desk.write("many.jsonl", many);
    let binary = assert_cmd::cargo::cargo_bin("slugline");
    let script = format!(
        "set -o pipefail; '{}' classify --model desk.safetensors --format json many.jsonl | head -n 1 > one.json",
        binary.display()
    );
    Command::new("bash")
        .current_dir(desk.folder.path())
        .args(["-c", &script])
        .assert()
        .success()
        .stderr("");
    assert!(Path::new(&desk.path("one.json")).exists());
}
