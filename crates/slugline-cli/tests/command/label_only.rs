//! `classify --label-only`: the labels of `classify`, without numbers.

use std::{fs, path::PathBuf};

use predicates::{prelude::*, str::contains};
use serde_json::Value;

use super::desk::{Desk, SPORT, TRAIN, gzip, words};

/// The labels that `classify` prints in JSON Lines, and those with `--label-only`.
fn both(desk: &Desk, options: &str) -> [Vec<Value>; 2] {
    ["", "--label-only"].map(|only| {
        let answers = desk.stdout(&words(&format!("classify --format jsonl {only} {options}")));
        let answers = answers.lines().map(|line| {
            let answer: Value = serde_json::from_str(line).unwrap();
            let keys = ["source", "id", "label"].map(|key| answer[key].clone());
            Value::from(keys.to_vec())
        });
        answers.collect()
    })
}

fn same(desk: &Desk, options: &str, answers: usize) {
    let [full, alone] = both(desk, options);
    assert_eq!(full.len(), answers, "{options}");
    assert_eq!(full, alone, "{options}");
}

#[test]
fn formats_hold_the_label_and_its_record() {
    let desk = Desk::trained();
    desk.write(
        "data.jsonl",
        "{\"id\": 7, \"label\": \"x\", \"text\": \"the bank and its shares\"}\n{\"id\": \"b\", \"label\": \"y\", \
         \"text\": \"\"}\n",
    );
    let answers = |options: &str| {
        let line = format!("classify --model desk.safetensors --label-only {options}");
        desk.stdout(&words(&line))
    };
    // A text without a term gets the first of the most frequent labels, as ever.
    for (options, expected) in [
        (
            "--format csv data.jsonl",
            "source,label\ndata.jsonl:1,markets\ndata.jsonl:2,markets\n",
        ),
        (
            "--format csv --columns label data.jsonl",
            "label,source,slugline_label\nx,data.jsonl:1,markets\ny,data.jsonl:2,markets\n",
        ),
        (
            "--format jsonl data.jsonl",
            "{\"source\":\"data.jsonl:1\",\"id\":\"7\",\"label\":\"markets\"}\n\
             {\"source\":\"data.jsonl:2\",\"id\":\"b\",\"label\":\"markets\"}\n",
        ),
        (
            "--format jsonl --columns id,label data.jsonl",
            "{\"id\":7,\"label\":\"x\",\"source\":\"data.jsonl:1\",\"slugline_label\":\"markets\"}\n\
             {\"id\":\"b\",\"label\":\"y\",\"source\":\"data.jsonl:2\",\"slugline_label\":\"markets\"}\n",
        ),
        (
            "data.jsonl",
            "data.jsonl:1\tmarkets\ndata.jsonl:2\tmarkets\n",
        ),
        ("news.txt", "markets\n"),
        (
            "news.txt data.jsonl",
            "news.txt\tmarkets\ndata.jsonl:1\tmarkets\ndata.jsonl:2\tmarkets\n",
        ),
    ] {
        assert_eq!(answers(options), expected, "{options}");
    }
    // A column called like a number of the full answer keeps its name: there is no such number.
    desk.write("numbers.csv", "text,probability\nthe bank,0.5\n");
    assert_eq!(
        answers("--format csv --columns probability numbers.csv"),
        "probability,source,label\n0.5,numbers.csv:2,markets\n"
    );
    for option in ["--top 1", "--threshold 0.2"] {
        let line = format!("classify --label-only {option} news.txt");
        desk.run(&words(&line))
            .code(2)
            .stderr(contains("cannot be used with"));
    }
}

/// Enough text that labels come from packed weights.
#[test]
fn labels_are_those_of_the_full_answers() {
    let desk = Desk::trained();
    let vocabulary: Vec<&str> = TRAIN
        .split(|c: char| !c.is_alphabetic())
        .filter(|word| !word.is_empty())
        .collect();
    let mut state = 7_usize;
    let mut texts = String::new();
    for _ in 0..5000 {
        for _ in 0..state % 9 {
            state = state.wrapping_mul(25_214_903_917).wrapping_add(11) % (1 << 48);
            texts.push_str(vocabulary[(state >> 20) % vocabulary.len()]);
            texts.push(' ');
        }
        state = state.wrapping_add(12_345);
        texts.push_str("end\n");
    }
    desk.write("many.txt", &texts);
    desk.write("many.txt.gz", gzip(&texts));
    for threads in ["1", "3"] {
        for file in ["many.txt", "many.txt.gz"] {
            let options =
                format!("--model desk.safetensors --threads {threads} --input-format lines {file}");
            same(&desk, &options, 5000);
        }
    }
    for model in ["", "--model desk.safetensors"] {
        for other in ["", "--no-other", "--other-below 0.3", "--other-below -1"] {
            let options = format!("{model} {other} --input-format lines many.txt");
            same(&desk, &options, 5000);
        }
    }
    let two = "--model desk.safetensors news.txt train.csv";
    same(&desk, two, 10);
}

#[test]
fn other_is_answered_where_the_full_answer_is() {
    let desk = Desk::new();
    desk.write("all.csv", format!("{TRAIN}{SPORT}"));
    for calibrate in ["--calibrate", "--calibrate by-length --level-class-sums"] {
        let train =
            "train all.csv -o desk.safetensors --naive-bayes multinomial --background sport";
        desk.run(&words(&format!("{train} {calibrate}"))).success();
        let options = "--model desk.safetensors all.csv news.txt";
        let [full, alone] = both(&desk, options);
        assert_eq!(full, alone);
        assert!(alone.iter().any(|answer| answer[2] == "other"));
        let options = "--model desk.safetensors --no-other all.csv news.txt";
        let [full, alone] = both(&desk, options);
        assert_eq!(full, alone);
        assert!(alone.iter().all(|answer| answer[2] != "other"));
    }
}

#[test]
fn bad_records_stop_it_at_the_same_place() {
    let desk = Desk::trained();
    desk.write(
        "bad.jsonl",
        "{\"text\": \"the bank\"}\n{\"text\": 1}\n{\"text\": \"a chip\"}\n",
    );
    let line = "classify --model desk.safetensors --label-only bad.jsonl";
    desk.run(&words(line))
        .code(1)
        .stdout("bad.jsonl:1\tmarkets\n")
        .stderr(contains("bad.jsonl:2: \"text\" is a number"));
    desk.run(&words(&format!("{line} --skip-bad")))
        .success()
        .stdout("bad.jsonl:1\tmarkets\nbad.jsonl:3\ttechnology\n")
        .stderr(contains("skipped 1 bad record"));
}

#[test]
fn messy_files_get_the_same_labels() {
    let folder: PathBuf = [env!("CARGO_MANIFEST_DIR"), "..", "..", "datasets", "messy"]
        .iter()
        .collect();
    let desk = Desk::trained();
    let mut compared = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if !path.is_file() || name.contains(' ') {
            continue;
        }
        fs::copy(&path, desk.path(&name)).unwrap();
        let line = format!("classify --model desk.safetensors --format csv {name}");
        let full = desk.run(&words(&line)).get_output().clone();
        let alone = desk.run(&words(&format!("{line} --label-only")));
        let alone = alone.stderr(predicate::eq(&*String::from_utf8_lossy(&full.stderr)));
        let alone = alone.get_output();
        assert_eq!(full.status.code(), alone.status.code(), "{name}");
        let columns = |csv: &[u8]| -> Vec<(String, String)> {
            let mut csv = csv::Reader::from_reader(csv);
            let rows = csv.records().map(|row| {
                let row = row.unwrap();
                (row[0].to_owned(), row[1].to_owned())
            });
            rows.collect()
        };
        let (full, alone) = (columns(&full.stdout), columns(&alone.stdout));
        assert_eq!(full, alone, "{name}");
        compared += full.len();
    }
    assert!(compared > 50, "{compared}");
}
