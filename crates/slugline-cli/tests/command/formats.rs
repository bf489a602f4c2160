//! Every way in: formats, compression, standard input, many records.

use std::{fmt::Write as _, fs};

use predicates::str::contains;
use serde_json::Value;

use super::desk::{Desk, TRAIN, gzip};

#[test]
fn one_corpus_in_every_format_is_one_model() {
    let desk = Desk::trained();
    // Column `title` is part of the text where there is one: here all have it in the text.
    let (mut tsv, mut jsonl, mut fasttext) =
        (String::from("text\tlabel\n"), String::new(), String::new());
    let mut reader = csv::Reader::from_reader(TRAIN.as_bytes());
    for (n, record) in reader.records().enumerate() {
        let record = record.unwrap();
        let (text, label) = (format!("{} {}", &record[0], &record[1]), &record[2]);
        writeln!(tsv, "{text}\t{label}").unwrap();
        writeln!(
            jsonl,
            "{}",
            serde_json::json!({"text": text, "label": label})
        )
        .unwrap();
        writeln!(fasttext, "__label__{label} {text}").unwrap();
        let class = desk.path("folder").join(label);
        fs::create_dir_all(&class).unwrap();
        fs::write(class.join(format!("{n}.txt")), text).unwrap();
    }
    desk.write("a.tsv", tsv);
    desk.write("a.jsonl", &jsonl);
    desk.write("a.jsonl.gz", gzip(&jsonl));
    desk.write("a.ft", fasttext);

    let answer = |model: &str| {
        let args = ["classify", "news.txt", "--format", "json", "--model", model];
        desk.json(&args)["probabilities"].clone()
    };
    let expected = answer("desk.safetensors");
    for data in ["a.tsv", "a.jsonl", "a.jsonl.gz", "a.ft", "folder"] {
        desk.run(&["train", data, "-o", "m.safetensors"]).success();
        let got = answer("m.safetensors");
        for (label, p) in expected.as_object().unwrap() {
            let difference = p.as_f64().unwrap() - got[label].as_f64().unwrap();
            assert!(difference.abs() < 1e-12, "{data}: {expected} {got}");
        }
        let args = [
            "evaluate",
            data,
            "--model",
            "m.safetensors",
            "--format",
            "json",
        ];
        assert_eq!(desk.json(&args)["accuracy"], 1.0, "{data}");
    }
    // The same from standard input, and without a header row.
    desk.command(&[
        "train",
        "-",
        "--input-format",
        "jsonl",
        "-o",
        "m.safetensors",
    ])
    .write_stdin(jsonl)
    .assert()
    .success();
    assert_eq!(answer("m.safetensors"), expected_of(&desk, "a.jsonl"));
    let rows = TRAIN.split_once('\n').unwrap().1;
    desk.write("rows.csv", rows);
    let columns = ["--no-header", "--text", "1,2", "--label", "3"];
    let args = ["train", "rows.csv", "-o", "m.safetensors"];
    desk.run(&[&args[..], &columns].concat()).success();
    assert_eq!(answer("m.safetensors"), expected);
}

fn expected_of(desk: &Desk, data: &str) -> Value {
    desk.run(&["train", data, "-o", "e.safetensors"]).success();
    let args = [
        "classify",
        "news.txt",
        "--format",
        "json",
        "--model",
        "e.safetensors",
    ];
    desk.json(&args)["probabilities"].clone()
}

#[test]
fn any_number_of_threads_gives_the_same_answers_in_order() {
    let desk = Desk::trained();
    let mut many = String::new();
    for n in 0..10_000 {
        let word = ["bank", "chip", "minister", "nothing"][n % 4];
        // Some long ones: batches end by their size too.
        let text = format!("{word} {n} ").repeat(if n % 997 == 0 { 20_000 } else { 1 });
        writeln!(many, "{}", serde_json::json!({"text": text, "id": n})).unwrap();
    }
    desk.write("many.jsonl", many);
    for format in ["json", "csv", "text"] {
        let answers = |threads| {
            desk.stdout(&[
                "classify",
                "many.jsonl",
                "news.txt",
                "--model",
                "desk.safetensors",
                "--format",
                format,
                "--threads",
                threads,
            ])
        };
        let one = answers("1");
        assert!(one == answers("3"), "{format}");
        assert!(one == answers("0"), "{format}");
        let lines: Vec<&str> = one.lines().skip(usize::from(format == "csv")).collect();
        assert_eq!(lines.len(), 10_001);
        for (n, line) in lines[..10_000].iter().enumerate() {
            assert!(line.contains(&format!("many.jsonl:{}", n + 1)), "{line}");
        }
    }
}

#[test]
fn character_terms_keep_their_blanks() {
    let desk = Desk::new();
    desk.write("terms.txt", "bank\n ba\nnk \nchip\n");
    let model = |analyzer: &str| {
        desk.run(&[
            "train",
            "train.csv",
            "-o",
            "m.safetensors",
            "--vocabulary",
            "terms.txt",
            "--analyzer",
            analyzer,
            "--ngram-range",
            "1,4",
        ])
        .success();
        desk.write("bank.txt", "bank");
        let args = [
            "explain",
            "bank.txt",
            "--model",
            "m.safetensors",
            "--format",
            "json",
        ];
        let answer = desk.json(&args);
        let reasons = answer["reasons"].as_array().unwrap().iter();
        let mut terms: Vec<String> = reasons
            .map(|reason| reason["term"].as_str().unwrap().to_owned())
            .collect();
        terms.sort();
        terms
    };
    assert_eq!(model("char_wb"), [" ba", "bank", "nk "]);
    assert_eq!(model("word"), ["bank"]);
}

#[test]
fn invalid_bytes_are_named_or_replaced() {
    let desk = Desk::new();
    desk.write("bad.csv", b"text\nfine\nca\xe9f\n");
    desk.run(&["classify", "bad.csv"])
        .code(1)
        .stdout(contains("bad.csv:2"))
        .stderr(contains("bad.csv: invalid UTF-8 at byte 12 (line 3)"));
    let args = ["classify", "bad.csv", "--invalid-utf8", "replace"];
    assert_eq!(desk.stdout(&args).lines().count(), 2);
}
