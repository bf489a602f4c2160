//! What the output says where a number alone would mislead.

use predicates::{prelude::*, str::contains};
use serde_json::Value;

use super::desk::{Desk, NEWS};

#[test]
fn explain_says_other_where_classify_does() {
    let desk = Desk::trained();
    desk.write("off.txt", "the cat sat on the mat with a minister");
    for limit in ["-5", "0", "0.2", "5"] {
        let options = ["--model", "desk.safetensors", "--other-below", limit];
        for file in ["off.txt", "news.txt"] {
            let json = |command: &str| {
                desk.json(&[&[command, file, "--format", "jsonl"], &options[..]].concat())
            };
            let (answer, why) = (json("classify"), json("explain"));
            assert_eq!(answer["label"], why["answer"], "{file} {limit}");
            assert_eq!(answer["evidence"], why["evidence"]);
            assert_eq!(answer["shares"], why["shares"]);
            let text = |command: &str| {
                let out = desk.stdout(&[&[command, file], &options[..]].concat());
                out.lines().next().unwrap().to_owned()
            };
            let is_other = text("classify") == "other";
            assert_eq!(is_other, answer["label"] == "other");
            assert_eq!(text("explain").starts_with("other, about none"), is_other);
        }
    }
    // The bundled model has a limit of its own.
    desk.write("off.txt", "zzz qqq");
    desk.run(&["explain", "off.txt"])
        .success()
        .stdout(contains("is below the limit").and(contains("the most likely topic is")));
    desk.run(&["explain", "off.txt", "--no-other"])
        .success()
        .stdout(contains("below the limit").not());
    desk.run(&["explain", "off.txt", "--label", "policy"])
        .success()
        .stdout(contains("policy (").and(contains("the answer is other: evidence ")));
}

/// One long stretch about one topic, and a few words that no other topic has.
#[test]
fn a_share_that_contradicts_the_label_has_a_sentence() {
    let desk = Desk::new();
    let mut data = String::from("text,label\n");
    for _ in 0..5 {
        data += "bank rates shares profit oil,markets\nminister law vote court bill,policy\n";
    }
    data += "zebra zebra zebra zebra,zoo\n";
    desk.write("data.csv", &data);
    desk.run(&[
        "train",
        "data.csv",
        "-o",
        "m",
        "--naive-bayes",
        "multinomial",
        "--no-fit-prior",
    ])
    .success();
    // Search a text for which they differ: more and more words of one topic beside those of the other.
    let mut seen = false;
    for words in 1..12 {
        let text = format!("zebra zebra {}", "bank rates shares ".repeat(words));
        desk.write("text.txt", &text);
        let args = ["--model", "m"];
        let answer =
            desk.json(&[&["classify", "text.txt", "--format", "jsonl"], &args[..]].concat());
        let label = answer["label"].as_str().unwrap();
        let shares = answer["shares"].as_object().unwrap();
        let share = |label: &str| (shares[label].as_f64().unwrap() * 100.0).round();
        let differs = shares.keys().any(|other| share(other) > share(label));
        seen |= differs;
        for command in ["classify", "explain"] {
            let out = desk.stdout(&[&[command, "text.txt"], &args[..]].concat());
            assert_eq!(
                out.contains("the probability which topic is the main one"),
                differs,
                "{out}"
            );
        }
    }
    assert!(seen);
}

#[test]
fn a_single_label_and_single_things_are_said_as_such() {
    let desk = Desk::new();
    desk.write("one.csv", "text,label\nword,sport\n");
    desk.run(&["train", "one.csv", "-o", "one"])
        .success()
        .stderr(
            contains("one: 1 document, 1 label, 1 term")
                .and(contains("there is only one, \"sport\"")),
        );
    desk.run(&["train", "train.csv", "-o", "m"])
        .success()
        .stderr(contains("only one").not());
    desk.run(&["audit", "one.csv"])
        .success()
        .stdout(contains("0 of 1 document\n"))
        .stderr(contains("nothing to tell apart"));
    desk.write("two.csv", "text,label\nword,sport\nother words,sport\n");
    desk.run(&["evaluate", "two.csv", "--folds", "2"])
        .success()
        .stderr(contains(
            "there is only one, \"sport\", and so nothing to tell apart",
        ));
    // A topic beside a background is something to tell apart.
    desk.write(
        "topic.csv",
        "text,label\nbank rates,markets\nthe cat,nothing\n",
    );
    desk.run(&["train", "topic.csv", "--background", "nothing", "-o", "m"])
        .success()
        .stderr(contains("only one").not());
    desk.run(&["adapt", "--model", "one", "news.txt", "-o", "m"])
        .success()
        .stderr(contains("read 1 text in 1 round\n").or(contains("read 1 text in")));
    desk.write("empty.txt", "");
    desk.run(&[
        "train",
        "one.csv",
        "--stop-words",
        "none",
        "--min-df",
        "2",
        "-o",
        "m",
    ])
    .failure()
    .stderr(contains("1 documents").not());
}

#[test]
fn labels_that_the_model_does_not_know_are_named() {
    let desk = Desk::trained();
    desk.write("none.csv", "text,label\na,sport\nb,weather\nc,sport\n");
    let evaluate = |data: &str| desk.run(&["evaluate", data, "--model", "desk.safetensors"]);
    evaluate("none.csv").code(1).stdout("").stderr(
        contains("sport (2 documents), weather (1 document)")
            .and(contains("markets, policy, technology"))
            .and(contains("--label")),
    );
    // An error, and no list of all of them as wrong.
    desk.run(&[
        "evaluate",
        "none.csv",
        "--model",
        "desk.safetensors",
        "--errors",
        "w.csv",
    ])
    .code(1);
    assert!(!desk.path("w.csv").exists());
    desk.write("some.csv", "text,label\na,sport\nthe bank,markets\n");
    evaluate("some.csv")
        .success()
        .stdout(contains("accuracy           0.5000"))
        .stderr(
            contains("warning: the model does not know 1 label of the data")
                .and(contains("sport (1 document)"))
                .and(contains("its labels are markets, policy, technology")),
        );
    evaluate("train.csv").success().stderr("");
}

#[test]
fn records_are_explained_by_their_numbers() {
    let desk = Desk::trained();
    let explain = |rest: &str| {
        let rest: Vec<&str> = rest.split(' ').collect();
        let args = [
            "explain",
            "--model",
            "desk.safetensors",
            "--format",
            "jsonl",
        ];
        let out = desk.stdout(&[&args[..], &rest].concat());
        let lines = out.lines().map(|line| {
            let line: Value = serde_json::from_str(line).unwrap();
            line["source"].as_str().unwrap().to_owned()
        });
        lines.collect::<Vec<String>>()
    };
    assert_eq!(explain("train.csv"), ["train.csv:2"]);
    assert_eq!(explain("train.csv --record 3"), ["train.csv:4"]);
    assert_eq!(
        explain("train.csv --record 8-9,2"),
        ["train.csv:3", "train.csv:9", "train.csv:10"]
    );
    assert_eq!(explain("train.csv --record all").len(), 9);
    assert_eq!(explain("news.txt train.csv"), ["news.txt", "train.csv:2"]);
    desk.run(&["explain", "train.csv", "--model", "desk.safetensors"])
        .success()
        .stdout(contains("train.csv:2\n"))
        .stderr(contains("only the first record is explained"));
    desk.run(&["explain", "train.csv", "--record", "10"])
        .code(1)
        .stderr(contains(
            "train.csv: there is no record 10: it has 9 records",
        ));
    for bad in ["0", "x", "3-2", "-1", ""] {
        let record = format!("--record={bad}");
        desk.run(&["explain", "train.csv", &record]).code(2);
    }
    // A bad file costs the others nothing.
    desk.run(&["explain", "missing.txt", "news.txt"])
        .code(1)
        .stdout(contains(NEWS))
        .stderr(contains("missing.txt: there is no such file"));
    let csv = desk.stdout(&["explain", "train.csv", "--record", "1,2", "--format", "csv"]);
    let header = "source,answer,label,term,contribution,count";
    assert_eq!(csv.matches(header).count(), 1);
    let folder = desk.path("inbox");
    std::fs::create_dir(&folder).unwrap();
    desk.write("inbox/a.txt", "a bank");
    desk.write("inbox/b.txt", "a vote");
    assert_eq!(explain("inbox"), ["inbox/a.txt", "inbox/b.txt"]);
}
