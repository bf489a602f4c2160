//! The files of `datasets/messy` through the command: what `expected.json` says of each, and every command
//! reads every format alike.

use std::{fs, path::PathBuf};

use predicates::{prelude::*, str::contains};
use serde_json::Value;

use super::desk::Desk;

fn folder() -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "..", "..", "datasets", "messy"]
        .iter()
        .collect()
}

/// The flags for a case's options, and whether they are about labels.
fn flags(options: &Value) -> (Vec<String>, bool) {
    let (mut flags, mut labelled) = (Vec::new(), false);
    let joined = |value: &Value| {
        let names = value.as_array().unwrap().iter();
        names
            .map(|name| name.as_str().unwrap())
            .collect::<Vec<_>>()
            .join(",")
    };
    for (name, value) in options.as_object().into_iter().flatten() {
        match name.as_str() {
            "text" => flags.extend(["--text".to_owned(), joined(value)]),
            "html" => flags.push("--html".to_owned()),
            "header" => flags.push("--no-header".to_owned()),
            // What a record carries beside its text is not what it is classified by.
            "columns" => {}
            "label" | "labels" | "first_label" => labelled = true,
            _ => {
                flags.push(format!("--{}", name.replace('_', "-")));
                flags.push(value.as_str().unwrap().to_owned());
            }
        }
    }
    (flags, labelled)
}

#[test]
fn every_file_is_answered_or_refused() {
    let desk = Desk::trained();
    let cases = fs::read_to_string(folder().join("expected.json")).unwrap();
    let cases: Vec<Value> = serde_json::from_str(&cases).unwrap();
    let mut seen = 0;
    for case in &cases {
        let file = case["file"].as_str().unwrap();
        fs::copy(folder().join(file), desk.path(file)).unwrap();
        let (flags, labelled) = flags(&case["options"]);
        let mut args: Vec<&str> = flags.iter().map(String::as_str).collect();
        if let Some(error) = case.get("error").and_then(Value::as_str) {
            // What is wrong with labels is seen where they are read.
            if labelled {
                args.extend(["train", file, "-o", "m"]);
                if let Some(label) = case["options"]["label"].as_str() {
                    args.extend(["--label", label]);
                }
                args.rotate_left(flags.len());
                desk.run(&args).failure().stderr(contains(error));
                assert!(!desk.path("m").exists(), "{case}");
            } else {
                args.splice(0..0, ["classify", file, "--format", "json"]);
                desk.run(&args)
                    .failure()
                    .stderr(contains(error).and(contains("panicked").not()));
            }
            seen += 1;
            continue;
        }
        args.splice(
            0..0,
            [
                "classify",
                file,
                "--format",
                "json",
                "--model",
                "desk.safetensors",
            ],
        );
        let answers = desk.stdout(&args);
        let answers: Vec<Value> = answers
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        let records = case["records"].as_array().unwrap();
        // The same texts, as the plainest format has them.
        let plain = records
            .iter()
            .map(|record| serde_json::json!({"text": record["text"]}).to_string());
        desk.write("plain.jsonl", plain.collect::<Vec<_>>().join("\n"));
        let args = [
            "classify",
            "plain.jsonl",
            "--format",
            "json",
            "--model",
            "desk.safetensors",
        ];
        let expected = desk.stdout(&args);
        let expected: Vec<Value> = expected
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        assert_eq!(answers.len(), records.len(), "{case}");
        for ((answer, same), record) in answers.iter().zip(&expected).zip(records) {
            for key in ["label", "probabilities", "shares", "evidence", "recognised"] {
                assert_eq!(answer[key], same[key], "{case}");
            }
            let is_document = matches!(case["format"].as_str(), Some("text" | "html"));
            let source = match is_document {
                true => file.to_owned(),
                false => format!("{file}:{}", record["line"]),
            };
            assert_eq!(answer["source"], source.as_str(), "{case}");
            assert_eq!(answer.get("id"), record.get("id"), "{case}");
        }
        seen += 1;
    }
    assert_eq!(seen, cases.len());
}

#[test]
fn every_command_reads_every_format_alike() {
    let desk = Desk::trained();
    let place = |text: String, file: &str| {
        let mut rest = text.as_str();
        let mut plain = String::new();
        while let Some((before, after)) = rest.split_once(file) {
            let after = after.strip_prefix(':').unwrap_or(after);
            plain.push_str(before);
            plain.push_str("DATA");
            rest = after.trim_start_matches(|c: char| c.is_ascii_digit());
        }
        plain + rest
    };
    let outputs = |file: &str| {
        fs::copy(folder().join(file), desk.path(file)).unwrap();
        // Data of the same size for every command: nothing but the way in differs.
        let sums = ["--idf-order", "after-norm"];
        let mut all = Vec::new();
        for (args, makes) in [
            (vec!["train", file, "-o", "one"], Some("one")),
            (vec!["train", "train.csv", "-o", "base"], None),
            (vec!["update", "base", file, "-o", "more"], Some("more")),
            (vec!["forget", "more", file, "-o", "less"], Some("less")),
            (
                vec!["adapt", "--model", "base", file, "-o", "near"],
                Some("near"),
            ),
            (
                vec!["evaluate", file, "--model", "base", "--format", "json"],
                None,
            ),
            (vec!["audit", file, "train.csv", "--format", "json"], None),
            (
                vec!["classify", file, "--model", "base", "--format", "csv"],
                None,
            ),
            (
                vec!["explain", file, "--model", "base", "--format", "json"],
                None,
            ),
        ] {
            let args = match args[0] {
                "train" => [args, sums.to_vec()].concat(),
                _ => args,
            };
            let run = desk.run(&args).success();
            let output = String::from_utf8(run.get_output().stdout.clone()).unwrap();
            all.push((args[0].to_owned(), place(output, file)));
            if let Some(model) = makes {
                let shown = desk.stdout(&["inspect", model, "--format", "json"]);
                all.push((args[0].to_owned(), place(shown, file)));
            }
        }
        all
    };
    let expected = outputs("lines.json");
    for file in [
        "array.jsonl",
        "lines.json.gz",
        "snappy.parquet",
        "snappy.parquet.gz",
        "lz4.feather",
    ] {
        for (got, expected) in outputs(file).iter().zip(&expected) {
            assert!(
                without_ids(got) == without_ids(expected),
                "{file}: {got:?}\n{expected:?}"
            );
        }
    }
    outputs("sheets.xlsx");
}

/// What is printed, but for the ids that some of the files have.
fn without_ids((command, output): &(String, String)) -> (String, String) {
    let lines = output
        .lines()
        .map(|line| match serde_json::from_str::<Value>(line) {
            Ok(Value::Object(mut object)) => {
                object.remove("id");
                Value::Object(object).to_string()
            }
            _ => line.to_owned(),
        });
    (command.clone(), lines.collect::<Vec<_>>().join("\n"))
}

#[test]
fn a_stream_is_told_by_its_content() {
    let desk = Desk::trained();
    for (file, lines) in [
        ("array.json", 2),
        ("lines.json.gz", 2),
        ("snappy.parquet", 2),
        ("types.arrow", 2),
        ("sheets.xlsx", 2),
        ("table.txt", 1),
        ("page.html", 1),
        ("utf16-article.txt", 1),
    ] {
        let bytes = fs::read(folder().join(file)).unwrap();
        let run = desk
            .command(&["classify", "-", "--format", "json"])
            .write_stdin(bytes)
            .assert();
        let output = run.success().get_output().stdout.clone();
        let output = String::from_utf8(output).unwrap();
        assert_eq!(output.lines().count(), lines, "{file}");
    }
    for (file, what) in [
        ("archive.tar.gz", "a tar archive"),
        ("report.pdf", "a PDF document"),
    ] {
        let bytes = fs::read(folder().join(file)).unwrap();
        desk.command(&["classify", "-"])
            .write_stdin(bytes)
            .assert()
            .code(1)
            .stderr(contains(format!("<stdin>: the content is {what}")));
    }
}

#[test]
fn reading_flags_are_checked() {
    let desk = Desk::new();
    for (flag, value, why) in [
        (
            "--delimiter",
            "ab",
            "--delimiter is \"ab\": expected one character",
        ),
        ("--delimiter", "", "expected one character"),
        (
            "--encoding",
            "klingon",
            "--encoding is klingon: expected a label",
        ),
        ("--input-format", "word", "parquet, arrow, xlsx"),
    ] {
        desk.run(&["classify", "train.csv", flag, value])
            .code(2)
            .stderr(contains(why));
    }
    for (flag, value) in [("--delimiter", "tab"), ("--sheet", "x")] {
        desk.run(&[
            "classify",
            "news.txt",
            "--input-format",
            "lines",
            flag,
            value,
        ])
        .code(1)
        .stderr(contains("leave"));
    }
    desk.write("odd.csv", "a~b\nThe bank,x\n");
    let args = ["classify", "odd.csv", "--delimiter", "~", "--text", "a"];
    desk.run(&args)
        .code(1)
        .stderr(contains("odd.csv:2: 1 field, expected 2"));
}
