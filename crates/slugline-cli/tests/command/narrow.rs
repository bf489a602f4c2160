//! Text for people: it fits the terminal, and nothing in it is obeyed.

use std::{fmt::Write, fs};

use predicates::{prelude::*, str::contains};

use super::desk::Desk;

/// A model with long labels, many of them, and a label and terms that a terminal would obey.
fn desk() -> Desk {
    let desk = Desk::new();
    let mut data = String::from("text,label\n");
    for n in 0..14 {
        let label = format!("a label of many words about the topic number {n}");
        for m in 0..3 {
            let long = "long".repeat(20);
            writeln!(data, "word{n} term{n} {long} more{m},{label}").unwrap();
        }
    }
    data += "\"bell \u{1b}[31m red\",\"red\u{1b}[31m label\"\nbell ring,\"red\u{1b}[31m label\"\n";
    data += "日本語の記事です 市場,日本語のとても長いラベルで端末の幅を超えるものです\n";
    data += "日本語の記事 銀行,日本語のとても長いラベルで端末の幅を超えるものです\n";
    desk.write("data.csv", data);
    desk.run(&["train", "data.csv", "-o", "m"]).success();
    desk.write(
        "a text with a rather long name that goes on and on and on.txt",
        format!("word3 {} term5\u{7}\u{1b}[2J end", "http://a.b/".repeat(30)),
    );
    desk
}

/// Columns that a line takes up.
fn wide(line: &str) -> usize {
    line.chars()
        .map(|c| 1 + usize::from(('\u{2e80}'..'\u{ffa0}').contains(&c)))
        .sum()
}

#[test]
fn every_table_fits() {
    let desk = desk();
    let text = "a text with a rather long name that goes on and on and on.txt";
    let commands: [&[&str]; 9] = [
        &["classify", text, "--model", "m"],
        &["classify", text, "data.csv", "--model", "m"],
        &["classify", text, "--model", "m", "--threshold", "0.01"],
        &["explain", text, "--model", "m"],
        &[
            "explain", text, "data.csv", "--model", "m", "--record", "1-50",
        ],
        &["evaluate", "data.csv", "--model", "m"],
        &["evaluate", "data.csv", "--folds", "2"],
        &["audit", "data.csv", "--top", "50"],
        &["inspect", "m"],
    ];
    for width in [40, 60, 80, 133] {
        for args in &commands[..] {
            if args.contains(&"1-50") {
                continue;
            }
            let mut command = desk.command(args);
            let output = command.env("COLUMNS", width.to_string()).assert().success();
            let output = String::from_utf8(output.get_output().stdout.clone()).unwrap();
            for line in output.lines() {
                assert!(!line.contains(['\u{1b}', '\u{7}']), "{line}");
                // A program may read these: they are cut on a terminal alone.
                if args[0] == "classify" && line.contains('\t') {
                    assert!(!line.contains('…'), "{line}");
                    continue;
                }
                // Numbers cannot give way: a table of figures is 50 columns wide at least.
                assert!(wide(line) <= width.max(60), "{args:?} {width}: {line}");
            }
            assert!(
                output.contains(['…', '\t']) || width > 60 || args[0] == "inspect",
                "{args:?}: {output}"
            );
        }
    }
    // Whoever does not say how wide gets whole lines.
    desk.command(&["classify", "data.csv", "--model", "m"])
        .env_remove("COLUMNS")
        .assert()
        .success()
        .stdout(
            contains("\ta label of many words about the topic number 0\t").and(contains("…").not()),
        );
}

#[test]
fn what_a_terminal_would_obey_is_escaped_in_text_and_kept_in_data() {
    let desk = desk();
    let name = "bell\u{7}\u{1b}[31m\n.txt";
    fs::write(desk.path(name), "bell ring\u{1b}[2J\u{9b}x").unwrap();
    let missing = "gone\u{1b}]0;x\u{7}.txt";
    for args in [
        &["classify", name, "news.txt", "--model", "m"][..],
        &["classify", name, "--model", "m"],
        &["explain", name, "--model", "m"],
        &["explain", name, "news.txt", "--model", "m"],
        &["classify", missing],
        &["explain", missing],
        &["train", missing, "-o", "x"],
        &["evaluate", "data.csv", "--model", "m"],
        &["audit", "data.csv"],
        &["inspect", "m"],
    ] {
        let output = desk.process(args).output().unwrap();
        for bytes in [output.stdout, output.stderr] {
            let text = String::from_utf8(bytes).unwrap();
            let active = |c: char| c.is_control() && !matches!(c, '\n' | '\t');
            assert!(!text.contains(active), "{args:?}: {text:?}");
        }
    }
    let answer = desk.json(&["classify", name, "--model", "m", "--format", "jsonl"]);
    assert_eq!(answer["source"], name);
    assert_eq!(answer["label"], "red\u{1b}[31m label");
    let csv = desk.stdout(&["classify", name, "--model", "m", "--format", "csv"]);
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let row = reader.records().next().unwrap().unwrap();
    assert_eq!(&row[0], name);
    assert_eq!(&row[1], "red\u{1b}[31m label");
}
