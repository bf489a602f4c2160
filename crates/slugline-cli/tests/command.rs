//! The command end to end, on corpora written for these tests.

#![allow(missing_docs)]

use std::{
    fs,
    path::{Path, PathBuf},
};

use assert_cmd::Command;
use predicates::{prelude::*, str::contains};
use serde_json::Value;
use tempfile::TempDir;

const TRAIN: &str = "title,text,label
Faster chip,The new phone has a faster chip and a sharper screen,technology
Worm stopped,Engineers patched the browser after the worm spread,technology
Robots,\"A robot, one chip, two cameras\",technology
Bill passes,The minister told parliament that the bill will pass,policy
Council,Voters chose a new council and the minister resigned,policy
Court,The court struck down the law on ID cards,policy
Shares,Shares fell as the bank cut its forecast for growth,markets
Rates,The bank raised rates and the euro rose,markets
Oil,Oil prices and the firm's profit rose in the quarter,markets
";
const NEWS: &str = "The bank said that shares in the firm rose. A minister was quoted too.";

struct Desk {
    folder: TempDir,
}

impl Desk {
    fn new() -> Self {
        let desk = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        desk.write("train.csv", TRAIN);
        desk.write("news.txt", NEWS);
        desk
    }

    /// With a model trained on the corpus.
    fn trained() -> Self {
        let desk = Self::new();
        desk.run(&["train", "train.csv", "-o", "desk.safetensors"])
            .success();
        desk
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        fs::write(self.path(name), content).unwrap();
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::cargo_bin("slugline").unwrap();
        command.current_dir(self.folder.path()).args(args);
        command
    }

    fn run(&self, args: &[&str]) -> assert_cmd::assert::Assert {
        self.command(args).assert()
    }

    fn stdout(&self, args: &[&str]) -> String {
        let output = self.run(args).success().get_output().stdout.clone();
        String::from_utf8(output).unwrap()
    }

    fn json(&self, args: &[&str]) -> Value {
        serde_json::from_str(&self.stdout(args)).unwrap()
    }
}

fn sum(probabilities: &Value) -> f64 {
    probabilities
        .as_object()
        .unwrap()
        .values()
        .map(|p| p.as_f64().unwrap())
        .sum()
}

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
fn every_record_in_order_from_every_format() {
    let desk = Desk::trained();
    desk.write(
        "a.jsonl",
        "{\"text\":\"the bank\",\"id\":7}\n{\"text\":\"\"}\n{\"text\":\"parliament\"}\n",
    );
    let gz = {
        use std::io::Write;
        let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gz.write_all(TRAIN.as_bytes()).unwrap();
        gz.finish().unwrap()
    };
    desk.write("b.csv.gz", gz);
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
    .stdout(contains("compared with markets").and(contains("\u{1b}[")));
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
    .stderr(contains("would not be exact").and(contains("after_norm")));
    assert!(!desk.path("x.safetensors").exists());
}

#[test]
fn cross_validation_and_every_training_option() {
    let desk = Desk::new();
    desk.write("stop.txt", "the\nand\n");
    desk.write("terms.txt", "bank\nchip\nminister\nshares\ncourt\n");
    for options in [
        "--naive-bayes multinomial --no-fit-prior --no-force-alpha --alpha 0",
        "--naive-bayes complement --norm-weights",
        "--naive-bayes bernoulli --binarize 0 --binary",
        "--analyzer char_wb --ngram-range 2,4 --max-features 200",
        "--words unicode --strip-accents unicode --stop-words english --stem english",
        "--token-pattern [a-z]+ --no-lowercase --stop-words stop.txt",
        "--min-df 1 --max-df 0.9 --norm l1 --no-smooth-idf --sublinear-tf=false --threads 1",
        "--vocabulary terms.txt --norm none --no-idf",
        "--class-prior 0.2,0.3,0.5 --idf-order after-norm",
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
fn options_without_effect_or_sense_are_errors() {
    let desk = Desk::trained();
    for (options, why) in [
        (
            "train train.csv -o m --binarize 1",
            "belongs to --naive-bayes bernoulli",
        ),
        (
            "train train.csv -o m --naive-bayes bernoulli --norm-weights",
            "belongs to --naive-bayes complement",
        ),
        (
            "train train.csv -o m --analyzer char --words unicode",
            "character n-grams have no words",
        ),
        (
            "train train.csv -o m --analyzer char --stem english",
            "stemmer",
        ),
        ("train train.csv -o m --ngram-range 2,1", "1 <= min <= max"),
        ("train train.csv -o m --ngram-range 2", "expected MIN,MAX"),
        ("train train.csv -o m --alpha=-1", "alpha is -1"),
        (
            "train train.csv -o m --min-df many",
            "a number of documents such as 2",
        ),
        ("train train.csv -o m --stem klingon", "english"),
        (
            "train train.csv -o m --naive-bayes gaussian",
            "expected multinomial, complement or bernoulli",
        ),
        ("train train.csv", "--output"),
        ("evaluate train.csv --alpha 2", "add --folds"),
        ("evaluate train.csv --folds 100", "2 to 9"),
        ("classify --top 0 news.txt", "0"),
        ("classify --input-format word news.txt", "jsonl"),
        ("fly", "unrecognized subcommand"),
    ] {
        let args: Vec<&str> = options.split(' ').collect();
        desk.run(&args).code(2).stderr(contains(why));
        assert!(!desk.path("m").exists(), "{options}");
    }
}

#[test]
fn bad_input_is_named_with_its_place() {
    let desk = Desk::trained();
    desk.write("empty_label.csv", "text,label\na b,x\nc d,\n");
    desk.write("columns.csv", "body,section\nfine words,x\n");
    desk.write("latin.txt", b"caf\xe9 news");
    desk.write(
        "broken.jsonl",
        "{\"text\":\"ok\",\"label\":\"a\"}\n{\"text\":\n",
    );
    let whole = fs::read(desk.path("desk.safetensors")).unwrap();
    desk.write("cut.safetensors", &whole[..whole.len() / 2]);
    let mut flipped = whole.clone();
    let middle = flipped.len() / 2;
    flipped[middle] ^= 1;
    desk.write("flipped.safetensors", flipped);
    for (options, why) in [
        (
            "train empty_label.csv -o m",
            "empty_label.csv:3: label is empty",
        ),
        ("train columns.csv -o m", "body"),
        ("train broken.jsonl -o m", "broken.jsonl:2"),
        ("train missing.csv -o m", "missing.csv"),
        ("train train.csv -o no/such/m", "does not exist"),
        ("classify latin.txt", "invalid UTF-8 at byte 3"),
        (
            "classify news.txt --model cut.safetensors",
            "cut.safetensors: not a whole safetensors file",
        ),
        ("classify news.txt --model flipped.safetensors", "checksum"),
        (
            "classify news.txt --model train.csv",
            "not a whole safetensors file",
        ),
        ("evaluate columns.csv", "choose with --text"),
        (
            "train train.csv -o m --class-prior 0.5,0.5",
            "one for each class",
        ),
    ] {
        let args: Vec<&str> = options.split(' ').collect();
        desk.run(&args)
            .code(1)
            .stderr(contains(why).and(contains("slugline: error: ")));
        assert!(!desk.path("m").exists(), "{options}");
    }
    desk.run(&["classify", "latin.txt", "--invalid-utf8", "replace"])
        .success();
    desk.run(&[
        "train",
        "columns.csv",
        "--text",
        "body",
        "--label",
        "section",
        "-o",
        "m",
    ])
    .success();
}

#[test]
fn one_bad_file_does_not_cost_the_others() {
    let desk = Desk::new();
    desk.run(&["classify", "missing.txt", "news.txt"])
        .code(1)
        .stdout(contains("news.txt\t"))
        .stderr(contains("missing.txt"));
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
fn help_shows_examples() {
    let desk = Desk::new();
    for command in ["classify", "train", "evaluate", "explain", "merge"] {
        desk.run(&[command, "--help"])
            .success()
            .stdout(contains(format!("slugline {command}")));
    }
    desk.run(&["--version"])
        .success()
        .stdout(contains("slugline 0.1.0"));
}

/// The reader of the answers may leave early, as `head` does.
#[cfg(unix)]
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
