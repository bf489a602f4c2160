//! My row plus the answer: columns that are passed on, texts, and wrong answers.

use predicates::{prelude::*, str::contains};
use serde_json::Value;

use super::desk::{Desk, TRAIN};

const CSV: &str = "id,url,text,label,note\n\
    7,\"u,1\",\"the bank\nraised \"\"rates\"\"\",markets,\n\
    8,,minister told parliament,policy,\" keep \"\n";

fn rows(csv: &str) -> (Vec<String>, Vec<Vec<String>>) {
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let strings = |row: &csv::StringRecord| row.iter().map(str::to_owned).collect();
    let header = strings(reader.headers().unwrap());
    let rows = reader.records().map(|row| strings(&row.unwrap())).collect();
    (header, rows)
}

#[test]
fn a_row_comes_first_as_it_was_and_no_name_stands_twice() {
    let desk = Desk::trained();
    desk.write("data.csv", CSV);
    let args = [
        "classify",
        "data.csv",
        "--model",
        "desk.safetensors",
        "--format",
        "csv",
    ];
    let all = desk.stdout(&[&args[..], &["--columns", "all"]].concat());
    let (header, found) = rows(&all);
    assert_eq!(
        header[..8],
        [
            "id",
            "url",
            "text",
            "label",
            "note",
            "source",
            "slugline_label",
            "probability"
        ]
    );
    let mut names = header.clone();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), header.len());
    let (_, given) = rows(CSV);
    for (row, given) in found.iter().zip(&given) {
        assert_eq!(row[..5], given[..]);
    }
    assert_eq!(found[0][5..7], ["data.csv:2", "markets"]);
    assert_eq!(found[1][5..7], ["data.csv:4", "policy"]);
    // By name and by number, in the order that was asked for.
    let some = desk.stdout(&[&args[..], &["--columns", "url,1"]].concat());
    let (header, found) = rows(&some);
    assert_eq!(header[..4], ["url", "id", "source", "label"]);
    assert_eq!(found[0][..2], ["u,1", "7"]);

    // What was written is read by our own reader, as data.
    desk.write("answered.csv", &all);
    desk.run(&[
        "train",
        "answered.csv",
        "-o",
        "again",
        "--label",
        "slugline_label",
    ])
    .success()
    .stderr(contains("2 documents, 2 labels"));
    let args = [
        "classify",
        "answered.csv",
        "--format",
        "csv",
        "--columns",
        "all",
    ];
    let (header, _) = rows(&desk.stdout(&args));
    assert!(
        header.contains(&"slugline_slugline_label".to_owned())
            || header.contains(&"slugline_label".to_owned())
    );
    let mut names = header.clone();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), header.len(), "{header:?}");
}

#[test]
fn json_values_stay_json_and_csv_goes_either_way() {
    let desk = Desk::trained();
    let lines = concat!(
        r#"{"id": 12345678901234567890, "text": "the bank", "tags": ["a", {"b": null}], "n": 1.50}"#,
        "\n",
        r#"{"text": "minister", "source": "a paper", "label": null}"#,
        "\n",
    );
    desk.write("data.jsonl", lines);
    let args = ["classify", "data.jsonl", "--model", "desk.safetensors"];
    let with = |rest: &[&'static str]| [&args[..], rest].concat();
    let out = desk.stdout(&with(&["--format", "jsonl", "--columns", "all"]));
    let lines: Vec<&str> = out.lines().collect();
    assert!(
        lines[0].starts_with(
            r#"{"id":12345678901234567890,"text":"the bank","tags":["a", {"b": null}],"n":1.50,"source":"data.jsonl:1","label":"markets","#
        ),
        "{out}"
    );
    let second: Value = serde_json::from_str(lines[1]).unwrap();
    assert_eq!(second["source"], "a paper");
    assert_eq!(second["label"], Value::Null);
    assert_eq!(second["slugline_source"], "data.jsonl:2");
    assert_eq!(second["slugline_label"], "policy");
    desk.run(&with(&["--format", "jsonl", "--columns", "all"]))
        .success()
        .stderr(contains("data.jsonl:2: ").and(contains("`label` is `slugline_label`")));
    // A key that has no column is no answer that loses it.
    desk.run(&with(&["--format", "csv", "--columns", "all"]))
        .code(1)
        .stdout(contains(
            r#"12345678901234567890,the bank,"[""a"", {""b"": null}]",1.50,"#,
        ))
        .stderr(
            contains("data.jsonl:2: ")
                .and(contains("\"source\""))
                .and(contains("--columns")),
        );
    let (header, found) = rows(&desk.stdout(&with(&["--format", "csv", "--columns", "text,n"])));
    assert_eq!(header[..3], ["text", "n", "source"]);
    assert_eq!(found[1][..2], ["minister", ""]);
    // From CSV to JSON: text stays text; of two columns with one name none is lost.
    desk.write("twice.csv", "id,text,tag,tag\n01,the bank,a,b\n");
    let out = desk.json(&[
        "classify",
        "twice.csv",
        "--format",
        "jsonl",
        "--columns",
        "all",
    ]);
    assert_eq!(out["id"], "01");
    assert_eq!((&out["tag"], &out["tag_2"]), (&"a".into(), &"b".into()));
}

#[test]
fn columns_that_cannot_be_passed_on_are_refused() {
    let desk = Desk::trained();
    desk.write("data.csv", CSV);
    for (args, code, why) in [
        (
            "classify data.csv --columns all",
            2,
            "--columns has no effect on --format text",
        ),
        (
            "audit train.csv --columns all",
            2,
            "--columns has no effect on --format text",
        ),
        (
            "classify news.txt --format csv --columns all",
            1,
            "leave --columns out",
        ),
        (
            "classify data.csv --format csv --columns link",
            1,
            "there is no column \"link\"",
        ),
        (
            "classify data.csv --format csv --columns 9",
            1,
            "there is no column 9",
        ),
    ] {
        let args: Vec<&str> = args.split(' ').collect();
        desk.run(&args).code(code).stderr(contains(why));
    }
    // Of a second file whose columns are others, nothing is put under the wrong name.
    desk.write("other.csv", "text,id,extra\nminister,9,x\n");
    desk.run(&[
        "classify",
        "data.csv",
        "other.csv",
        "--format",
        "csv",
        "--columns",
        "all",
    ])
    .code(1)
    .stderr(contains("other.csv:2: ").and(contains("\"extra\"")))
    .stdout(predicate::function(|out: &str| rows(out).1.len() == 2));
    let args = [
        "classify",
        "data.csv",
        "other.csv",
        "--format",
        "csv",
        "--columns",
        "id,text",
    ];
    let (_, found) = rows(&desk.stdout(&args));
    assert_eq!(found[2][..2], ["9", "minister"]);
}

#[test]
fn a_label_may_be_called_like_one_of_our_columns() {
    let desk = Desk::new();
    desk.write(
        "odd.csv",
        "text,label\nbank rates,label\nvote law,source\nchip,evidence\n",
    );
    desk.run(&["train", "odd.csv", "-o", "odd"]).success();
    let (header, found) =
        rows(&desk.stdout(&["classify", "odd.csv", "--model", "odd", "--format", "csv"]));
    let mut names = header.clone();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), header.len(), "{header:?}");
    assert_eq!(found[1][1], "source");
}

#[test]
fn an_audit_has_texts_and_columns() {
    let desk = Desk::new();
    let csv = desk.stdout(&["audit", "train.csv", "--format", "csv"]);
    let (header, found) = rows(&csv);
    assert_eq!(
        header,
        [
            "source",
            "label",
            "suggested",
            "probability",
            "margin",
            "text"
        ]
    );
    assert!(
        found
            .iter()
            .any(|row| row[5] == "Robots\nA robot, one chip, two cameras")
    );
    let args = [
        "audit",
        "train.csv",
        "--format",
        "csv",
        "--columns",
        "title,label",
    ];
    let (header, _) = rows(&desk.stdout(&args));
    assert_eq!(
        header,
        [
            "title",
            "label",
            "source",
            "slugline_label",
            "suggested",
            "probability",
            "margin",
            "text"
        ]
    );
    let args = [
        "audit",
        "train.csv",
        "--format",
        "jsonl",
        "--columns",
        "all",
        "--top",
        "1",
    ];
    let line = desk.json(&args);
    assert_eq!(line["label"], line["slugline_label"]);
    assert!(TRAIN.contains(line["text"].as_str().unwrap()));
}

#[test]
fn wrong_answers_are_listed_with_their_reasons() {
    let desk = Desk::trained();
    let multi = "title,text,label\n,\"shares of the\nbank \"\"fell\"\"\",policy\n,the bill will pass,policy\n,parliament,technology\n";
    desk.write("test.csv", multi);
    let args = ["evaluate", "test.csv", "--model", "desk.safetensors"];
    desk.run(&[&args[..], &["--errors", "wrong.csv"]].concat())
        .success()
        .stdout(contains("accuracy           0.3333"))
        .stderr(contains("wrong.csv: 2 documents wrongly classified, of 3"));
    let read = |name: &str| std::fs::read_to_string(desk.path(name)).unwrap();
    let (header, found) = rows(&read("wrong.csv"));
    assert_eq!(
        header,
        [
            "source",
            "id",
            "text",
            "label",
            "answer",
            "probability",
            "reasons"
        ]
    );
    assert_eq!(found.len(), 2);
    assert_eq!(
        found[0][..5],
        [
            "test.csv:2",
            "",
            "shares of the\nbank \"fell\"",
            "policy",
            "markets"
        ]
    );
    assert!(
        found[0][6].contains("bank +") && found[0][6].contains("shares +"),
        "{found:?}"
    );
    assert!(found[0][5].parse::<f64>().unwrap() > 0.4);
    // It is a data set again.
    desk.run(&["evaluate", "wrong.csv", "--model", "desk.safetensors"])
        .success()
        .stdout(contains("accuracy           0.0000"));

    desk.run(&[&args[..], &["--errors", "wrong.jsonl"]].concat())
        .success();
    let lines = read("wrong.jsonl");
    let first: Value = serde_json::from_str(lines.lines().next().unwrap()).unwrap();
    assert_eq!(first["label"], "policy");
    assert_eq!(first["answer"], "markets");
    let reasons = first["reasons"].as_array().unwrap();
    assert!(
        reasons
            .iter()
            .all(|reason| reason["contribution"].as_f64().unwrap() > 0.0)
    );

    // Over folds: as many as the figures say, in the order of the data.
    let folds = [
        "evaluate",
        "train.csv",
        "--folds",
        "3",
        "--format",
        "json",
        "--errors",
        "f.jsonl",
    ];
    let report = desk.json(&folds);
    let wrong: Vec<Value> = read("f.jsonl")
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let n = report["n"].as_f64().unwrap();
    let right = report["accuracy"].as_f64().unwrap() * n;
    assert_eq!(wrong.len(), (n - right).round() as usize);
    let lines: Vec<u64> = wrong
        .iter()
        .map(|wrong| {
            wrong["source"].as_str().unwrap()["train.csv:".len()..]
                .parse()
                .unwrap()
        })
        .collect();
    assert!(lines.is_sorted());
    assert!(wrong.iter().all(|wrong| wrong["label"] != wrong["answer"]));

    // Never over what is read; and only in a shape that the name tells.
    for (name, why) in [
        ("test.csv", "would be lost"),
        ("wrong.doc", ".csv, .tsv or .jsonl"),
    ] {
        desk.run(&[&args[..], &["--errors", name]].concat())
            .code(2)
            .stderr(contains(why));
    }
    assert_eq!(read("test.csv"), multi);
}

/// Values of an array over several lines fit on one; a key may lead into an object.
#[test]
fn keys_of_objects_inside_and_values_over_several_lines() {
    let desk = Desk::trained();
    desk.write(
        "data.json",
        "[\n {\n  \"data\": {\n   \"text\": \"the bank\",\n   \"url\": \"u\\n1\"\n  },\n  \"text\": \"x\"\n }\n]\n",
    );
    let args = [
        "classify",
        "data.json",
        "--format",
        "jsonl",
        "--text",
        "data.text",
    ];
    let out = desk.stdout(&[&args[..], &["--columns", "data,data.url"]].concat());
    assert_eq!(out.lines().count(), 1, "{out}");
    let line: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(line["data"]["url"], "u\n1");
    assert_eq!(line["data.url"], "u\n1");
    desk.run(&[&args[..], &["--columns", "data.link"]].concat())
        .code(1)
        .stderr(contains("there is no \"data.link\""));
}
