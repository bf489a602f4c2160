//! Training, measuring, inspecting and merging.

use std::fs;

use predicates::{prelude::*, str::contains};

use super::desk::{Desk, TRAIN};

#[test]
fn train_classify_evaluate_inspect() {
    let desk = Desk::new();
    desk.run(&[
        "train",
        "train.csv",
        "-o",
        "desk.safetensors",
        "--ngram-range",
        "1,2",
        "--alpha",
        "0.5",
    ])
    .success()
    .stderr(contains("9 documents, 3 labels"));
    let answer = desk.json(&[
        "classify",
        "--model",
        "desk.safetensors",
        "--format",
        "json",
        "news.txt",
    ]);
    assert_eq!(answer["label"], "markets");
    let best = answer["probabilities"]["markets"].as_f64().unwrap();
    assert!((answer["probability"].as_f64().unwrap() - best).abs() < 1e-15);

    let report = desk.json(&[
        "evaluate",
        "train.csv",
        "--model",
        "desk.safetensors",
        "--format",
        "json",
    ]);
    assert_eq!(report["n"], 9);
    assert_eq!(report["accuracy"], 1.0);
    assert_eq!(
        report["confusion"],
        serde_json::json!([[3, 0, 0], [0, 3, 0], [0, 0, 3]])
    );
    assert_eq!(report["per_class"]["policy"]["f1"], 1.0);
    assert!(report["log_loss"].as_f64().unwrap() > 0.0);
    desk.run(&["evaluate", "train.csv", "--model", "desk.safetensors"])
        .success()
        .stdout(contains("macro F1").and(contains("confusion")));

    let model = desk.json(&[
        "inspect",
        "desk.safetensors",
        "--format",
        "json",
        "--top",
        "2",
    ]);
    assert_eq!(model["documents"], 9);
    assert_eq!(model["settings"]["naive_bayes"]["alpha"], 0.5);
    assert_eq!(
        model["labels"]["markets"]["top_terms"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
    assert_eq!(model["provenance"]["sources"][0], "train.csv");
}

#[test]
fn merged_halves_are_the_whole() {
    let desk = Desk::new();
    let lines: Vec<&str> = TRAIN.lines().collect();
    desk.write(
        "a.csv",
        format!("{}\n{}\n", lines[0], lines[1..5].join("\n")),
    );
    desk.write(
        "b.csv",
        format!("{}\n{}\n", lines[0], lines[5..].join("\n")),
    );
    for name in ["a", "b", "train"] {
        let (data, model) = (format!("{name}.csv"), format!("{name}.safetensors"));
        desk.run(&["train", &data, "-o", &model, "--idf-order", "after-norm"])
            .success();
    }
    desk.run(&[
        "merge",
        "a.safetensors",
        "b.safetensors",
        "-o",
        "both.safetensors",
    ])
    .success();
    let answer = |model: &str| {
        desk.stdout(&[
            "classify",
            "train.csv",
            "--format",
            "json",
            "--model",
            model,
        ])
    };
    assert_eq!(answer("both.safetensors"), answer("train.safetensors"));
    let report = |command: &str, model: &str| {
        let args = match command {
            "inspect" => vec!["inspect", model, "--format", "json"],
            _ => vec![
                "evaluate",
                "train.csv",
                "--model",
                model,
                "--format",
                "json",
            ],
        };
        let mut report = desk.json(&args);
        // The one thing in which they differ.
        if let Some(object) = report.as_object_mut() {
            object.remove("provenance");
        }
        report
    };
    for command in ["inspect", "evaluate"] {
        assert_eq!(
            report(command, "both.safetensors"),
            report(command, "train.safetensors")
        );
    }
    let both = desk.json(&["inspect", "both.safetensors", "--format", "json"]);
    assert_eq!(
        both["provenance"]["sources"],
        serde_json::json!(["a.csv", "b.csv"])
    );
    assert_eq!(both["merges_exactly"], true);

    desk.run(&["train", "train.csv", "-o", "plain.safetensors"])
        .success();
    desk.run(&[
        "merge",
        "plain.safetensors",
        "plain.safetensors",
        "-o",
        "x.safetensors",
    ])
    .code(1)
    .stderr(contains("would not be exact").and(contains("--idf-order after-norm")));
    assert!(!desk.path("x.safetensors").exists());
}

#[test]
fn cross_validation_and_every_training_option() {
    let desk = Desk::new();
    desk.write("stop.txt", "the\nand\n");
    desk.write("terms.txt", "bank\nchip\nminister\nshares\ncourt\n");
    for options in [
        "--naive-bayes multinomial --no-fit-prior --force-alpha false --alpha 0",
        "--naive-bayes complement --norm-weights",
        "--naive-bayes bernoulli --binarize 0",
        "--naive-bayes bernoulli --binarize none --binary --norm none --no-idf",
        "--analyzer char_wb --ngram-range 2,4 --max-features 200",
        "--words unicode --strip-accents unicode --stop-words english --stem english",
        "--token-pattern [a-z]+ --no-lowercase --stop-words stop.txt",
        "--min-df 1 --max-df 0.9 --norm l1 --no-smooth-idf --sublinear-tf=false --threads 1",
        "--vocabulary terms.txt --norm none --no-idf",
        "--ngram-range 1,2 --without-terms english --without-terms stop.txt --without-numbers",
        "--naive-bayes multinomial --class-prior 0.2,0.3,0.5 --idf-order after-norm",
    ] {
        let options: Vec<&str> = options.split(' ').collect();
        let args = [
            &["evaluate", "train.csv", "--folds", "3", "--format", "json"],
            options.as_slice(),
        ]
        .concat();
        let report = desk.json(&args);
        assert_eq!(report["n"], 9, "{options:?}");
        let args = [
            &["train", "train.csv", "-o", "m.safetensors"],
            options.as_slice(),
        ]
        .concat();
        desk.run(&args).success();
    }
}

#[test]
fn terms_are_left_out_by_the_words_of_every_list() {
    let desk = Desk::new();
    desk.write("names.txt", "Minister\n\nbank\n");
    desk.write("none.txt", "");
    let terms = |flags: &str| {
        let line = format!("train train.csv -o m --ngram-range 1,2 {flags}");
        desk.run(&line.split_whitespace().collect::<Vec<_>>())
            .success();
        let report = desk.json(&["inspect", "m", "--format", "json", "--top", "200"]);
        report["labels"].to_string()
    };
    let holds = |terms: &str, word: &str| {
        let mut words = terms.split(|c: char| !c.is_alphanumeric());
        words.any(|own| own == word)
    };
    let plain = terms("--without-terms none");
    for word in ["minister", "bank", "the", "and"] {
        assert!(holds(&plain, word), "{word}: {plain}");
    }
    let one = terms("--without-terms english");
    let both = terms("--without-terms english --without-terms names.txt");
    for word in ["the", "and"] {
        assert!(!holds(&one, word) && !holds(&both, word), "{word}");
    }
    for word in ["minister", "bank"] {
        assert!(holds(&one, word) && !holds(&both, word), "{word}");
    }
}

#[test]
fn a_failed_training_leaves_the_old_model() {
    let desk = Desk::trained();
    let before = fs::read(desk.path("desk.safetensors")).unwrap();
    desk.write("bad.csv", "text,label\n!,a\n?,b\n");
    desk.run(&["train", "bad.csv", "-o", "desk.safetensors"])
        .code(1)
        .stderr(contains("no term"));
    assert_eq!(fs::read(desk.path("desk.safetensors")).unwrap(), before);
}

#[test]
fn evaluation_as_csv_and_of_labels_that_the_model_lacks() {
    let desk = Desk::trained();
    desk.write(
        "more.csv",
        format!("{TRAIN}Goal,The striker scored,sport\n"),
    );
    let args = ["evaluate", "more.csv", "--model", "desk.safetensors"];
    let csv = desk.stdout(&[&args[..], &["--format", "csv"]].concat());
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    assert_eq!(reader.headers().unwrap().len(), 5 + 4);
    let labels: Vec<String> = reader
        .records()
        .map(|row| row.unwrap()[0].to_owned())
        .collect();
    assert_eq!(labels, ["markets", "policy", "technology", "sport"]);
    let report = desk.json(&[&args[..], &["--format", "json"]].concat());
    assert_eq!(report["accuracy"], 0.9);
    assert_eq!(report["per_class"]["sport"]["recall"], 0.0);
    assert_eq!(report["per_class"]["sport"]["support"], 1);
}
