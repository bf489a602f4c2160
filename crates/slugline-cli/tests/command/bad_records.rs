//! Records that cannot be used: left out and named, in every command that reads data.

use std::{fmt::Write as _, fs};

use predicates::{prelude::*, str::contains};
use serde_json::Value;

use super::desk::{Desk, TRAIN};

/// The corpus with bad records between the good ones, and how many.
fn messy() -> (String, usize) {
    let mut lines: Vec<&str> = TRAIN.lines().collect();
    let bad = [
        "No label,Some text,",
        "Uneven",
        "Quote,\"a\"b,markets",
        "Blank,Some text,\u{a0}",
    ];
    for (n, line) in bad.iter().enumerate() {
        lines.insert(2 + 2 * n, line);
    }
    lines.push("Open,\"quote,markets");
    (lines.join("\n") + "\n", bad.len() + 1)
}

fn json_lines(path: &std::path::Path) -> Vec<Value> {
    let lines = fs::read_to_string(path).unwrap();
    lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
fn every_command_leaves_them_out() {
    let desk = Desk::new();
    let (text, n) = messy();
    desk.write("messy.csv", text);
    let train = |data: &str, model: &str, more: &[&str]| {
        let args = ["train", data, "-o", model, "--idf-order", "after-norm"];
        desk.run(&[&args[..], more].concat()).success()
    };
    train("train.csv", "clean.st", &[]);
    let skipped = format!("skipped {n} bad records of 14; the first: messy.csv:3: label is empty");
    for more in [
        &["--skip-bad"][..],
        &["--skip-bad=5"],
        &["--skip-bad", "--memory", "16M"],
    ] {
        let list = ["--bad-records", "bad.jsonl"];
        train("messy.csv", "m.st", &[more, &list].concat())
            .stderr(contains(skipped.as_str()).and(contains("listed in bad.jsonl")));
        let answer =
            |model| desk.json(&["classify", "news.txt", "--format", "json", "--model", model]);
        assert_eq!(
            answer("m.st")["probabilities"],
            answer("clean.st")["probabilities"]
        );
        let bad = json_lines(&desk.path("bad.jsonl"));
        assert_eq!(bad.len(), n);
        assert_eq!(bad[0]["file"], "messy.csv");
        assert_eq!(bad[0]["line"], 3);
        assert!(
            bad[0]["why"]
                .as_str()
                .unwrap()
                .starts_with("label is empty")
        );
        assert_eq!(bad[0]["record"], "No label,Some text,");
        assert_eq!(bad[1]["record"], "Uneven");
    }
    train("train.csv", "desk.st", &[]);
    for command in [
        "evaluate messy.csv --model desk.st",
        "evaluate messy.csv --folds 3",
        "audit messy.csv",
        "update desk.st messy.csv -o new.st",
        "forget new.st messy.csv -o less.st",
        "adapt --model desk.st messy.csv -o new.st",
        "classify messy.csv --model desk.st",
    ] {
        let args: Vec<&str> = command.split(' ').collect();
        // As it was.
        desk.run(&args).code(1).stderr(contains("messy.csv:"));
        let list = ["--skip-bad", "--bad-records", "bad.csv"];
        let run = desk.run(&[&args[..], &list].concat()).success();
        let labelled = !command.starts_with("adapt") && !command.starts_with("classify");
        let expected = if labelled { n } else { n - 2 };
        run.stderr(contains(format!("skipped {expected} bad records of 14")));
        let mut table = csv::Reader::from_path(desk.path("bad.csv")).unwrap();
        assert_eq!(
            table.headers().unwrap(),
            &["file", "line", "why", "record"][..]
        );
        assert_eq!(
            table.records().map(Result::unwrap).count(),
            expected,
            "{command}"
        );
    }
    let args = ["classify", "messy.csv", "--skip-bad", "--format", "json"];
    assert_eq!(desk.stdout(&args).lines().count(), 11);
    let explained = ["explain", "messy.csv", "--skip-bad"];
    desk.run(&explained).success();
}

#[test]
fn more_than_the_limit_is_a_failure_that_lists_them_all_the_same() {
    let desk = Desk::new();
    let (text, n) = messy();
    desk.write("messy.csv", text);
    for (command, model) in [
        ("train messy.csv -o m.st", true),
        ("classify messy.csv", false),
    ] {
        let args: Vec<&str> = command.split(' ').collect();
        let most = ["--skip-bad=1", "--bad-records", "bad.jsonl"];
        desk.run(&[&args[..], &most].concat())
            .code(1)
            .stderr(contains(
                "more than 1 bad record (--skip-bad=1); the last: messy.csv:",
            ));
        assert_eq!(json_lines(&desk.path("bad.jsonl")).len(), 2);
        assert!(!desk.path("m.st").exists());
        let limit = format!("--skip-bad={}", if model { n } else { n - 2 });
        desk.run(&[&args[..], &[&limit]].concat()).success();
        let _ = fs::remove_file(desk.path("m.st"));
    }
}

#[test]
fn the_list_is_an_output_like_others() {
    let desk = Desk::trained();
    let (text, _) = messy();
    desk.write("messy.csv", &text);
    for (options, why) in [
        ("train messy.csv -o m --bad-records bad.csv", "--skip-bad"),
        (
            "train messy.csv -o m --skip-bad --bad-records messy.csv",
            "would be lost",
        ),
        (
            "train messy.csv -o m --skip-bad --bad-records m",
            "--output",
        ),
        (
            "classify messy.csv --skip-bad --bad-records ./messy.csv",
            "would be lost",
        ),
        (
            "classify messy.csv --skip-bad --bad-records -",
            "standard output",
        ),
        (
            "update desk.safetensors messy.csv -o m --skip-bad --bad-records desk.safetensors",
            "would be lost",
        ),
        ("train messy.csv -o m --skip-bad=many", "invalid value"),
        (
            "train messy.csv -o m --quoting minimal",
            "--quoting is minimal: expected auto, standard or none",
        ),
    ] {
        let args: Vec<&str> = options.split(' ').collect();
        desk.run(&args).code(2).stderr(contains(why));
        assert!(!desk.path("m").exists(), "{options}");
        assert_eq!(fs::read_to_string(desk.path("messy.csv")).unwrap(), text);
    }
    desk.run(&[
        "train",
        "messy.csv",
        "-o",
        "m",
        "--skip-bad",
        "--bad-records",
        "no/such/bad.csv",
    ])
    .code(1)
    .stderr(contains("no/such/bad.csv"));
    // Nothing bad is an empty list, and not one of yesterday.
    desk.write("bad.jsonl", "old\n");
    desk.run(&[
        "train",
        "train.csv",
        "-o",
        "m",
        "--skip-bad",
        "--bad-records",
        "bad.jsonl",
    ])
    .success()
    .stderr(contains("skipped").not());
    assert_eq!(fs::read_to_string(desk.path("bad.jsonl")).unwrap(), "");
    let to_stdout = [
        "train",
        "messy.csv",
        "-o",
        "m",
        "--skip-bad",
        "--bad-records",
        "-",
    ];
    assert_eq!(desk.stdout(&to_stdout).lines().count(), 5);
}

#[test]
fn bad_files_of_a_folder_are_bad_records() {
    let desk = Desk::new();
    fs::create_dir_all(desk.path("data/policy")).unwrap();
    fs::create_dir_all(desk.path("data/markets")).unwrap();
    desk.write(
        "data/policy/1.txt",
        "The minister told parliament of the bill.",
    );
    desk.write("data/policy/2.txt", b"\xff\xfe\x00 no text");
    desk.write(
        "data/markets/1.csv",
        "text,url\nShares fell,u\nuneven\nThe bank cut its forecast,v\n",
    );
    desk.write("data/beside.txt", "no label");
    desk.run(&["train", "data", "-o", "m"]).code(1);
    let args = [
        "train",
        "data",
        "-o",
        "m",
        "--skip-bad",
        "--bad-records",
        "bad.jsonl",
    ];
    desk.run(&args)
        .success()
        .stderr(contains("skipped 3 bad records of 6").and(contains("3 documents, 2 labels")));
    let bad = json_lines(&desk.path("bad.jsonl"));
    let names: Vec<&str> = bad
        .iter()
        .map(|bad| bad["file"].as_str().unwrap())
        .collect();
    assert_eq!(
        names,
        ["data/beside.txt", "data/markets/1.csv", "data/policy/2.txt"]
    );
    assert_eq!(bad[0]["line"], Value::Null);
    assert_eq!(bad[1]["record"], "uneven");
    // A record of a data set is shown with its line, a document without.
    let answers = desk
        .run(&["classify", "data", "--skip-bad", "--model", "m"])
        .success();
    let answers = String::from_utf8(answers.get_output().stdout.clone()).unwrap();
    for place in ["data/markets/1.csv:4\t", "data/policy/1.txt\t"] {
        assert!(answers.contains(place), "{answers}");
    }
}

#[test]
fn several_labels_are_an_error_that_says_what_to_do() {
    let desk = Desk::new();
    let mut lines = String::new();
    for (text, labels) in [
        ("the bank raised rates", r#"["markets", "money", "grain"]"#),
        ("shares fell", r#"["markets"]"#),
        ("the minister told parliament", r#"["policy", "markets"]"#),
        ("nothing", "[]"),
    ] {
        writeln!(lines, "{{\"text\": \"{text}\", \"labels\": {labels}}}").unwrap();
    }
    desk.write("many.jsonl", lines);
    desk.run(&["train", "many.jsonl", "-o", "m"])
        .code(1)
        .stderr(contains("many.jsonl:1: 3 labels").and(contains("--first-label")));
    for memory in [&[][..], &["--memory", "16M"]] {
        let args = [
            "train",
            "many.jsonl",
            "-o",
            "m",
            "--first-label",
            "--skip-bad",
        ];
        desk.run(&[&args[..], memory].concat()).success().stderr(
            contains("skipped 1 bad record of 4; it: many.jsonl:4: label is empty").and(contains(
                "2 records have several labels, of which the first was kept; 2 labels left without a \
                 record: grain, money",
            )),
        );
    }
    // What reads no labels does not mind them.
    desk.run(&["classify", "many.jsonl"]).success();
}

#[test]
fn labels_that_look_alike_are_told() {
    let desk = Desk::new();
    let alike =
        TRAIN
            .replacen(",markets\n", ", Markets\n", 1)
            .replacen(",policy\n", ",\u{a0}policy\n", 1);
    desk.write("alike.csv", alike);
    let told =
        "labels that look alike are different labels: \"Markets\" (1) and \"markets\" (2); if they";
    for command in [
        "train alike.csv -o m.st --idf-order after-norm",
        "train alike.csv -o s.st --memory 16M",
        "evaluate alike.csv --folds 2",
        "audit alike.csv",
        "update m.st alike.csv -o u.st",
        "forget u.st alike.csv -o v.st",
    ] {
        let args: Vec<&str> = command.split(' ').collect();
        desk.run(&args).success().stderr(contains(told));
    }
    // Beside those of the model, too.
    desk.run(&["evaluate", "alike.csv"])
        .success()
        .stderr(contains("\"Markets\" (1) and \"markets\" (2)"));
    desk.write("new.csv", "text,label\nshares fell,MARKETS\n");
    desk.run(&["update", "m.st", "new.csv", "-o", "u.st"])
        .success()
        .stderr(contains(
            "\"MARKETS\" (1) and \"Markets\" (of the model) and \"markets\" (of the model)",
        ));
    desk.run(&["train", "train.csv", "-o", "t.st"])
        .success()
        .stderr(contains("alike").not());
    let kept = ["train", "alike.csv", "-o", "m.st", "--no-trim-labels"];
    desk.run(&kept)
        .success()
        .stderr(contains("5 labels").and(contains(
        "\" Markets\" (1) and \"markets\" (2); \"policy\" (2) and \"\\u{a0}policy\" (1); if they",
    )));
}

#[test]
fn quoting_is_chosen() {
    let desk = Desk::trained();
    desk.write(
        "quotes.tsv",
        "text\tlabel\n\"Rates rise\tmarkets\nThe bill\tpolicy\n\"New chip\ttechnology\nShares\tmarkets\n",
    );
    desk.run(&["train", "quotes.tsv", "-o", "m"])
        .code(1)
        .stderr(contains(
            "quotes.tsv:2: the quote that opens a field on line 2",
        ));
    let args = ["classify", "quotes.tsv", "--quoting", "none"];
    assert_eq!(desk.stdout(&args).lines().count(), 4);
    desk.run(&["train", "quotes.tsv", "-o", "m", "--quoting", "none"])
        .success()
        .stderr(contains("4 documents"));
}
