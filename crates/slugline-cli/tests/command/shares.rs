//! Shares, `other`, priors, backgrounds, calibration.

use predicates::{prelude::*, str::contains};

use super::desk::{Desk, NEWS, SPORT, TRAIN, sum, words};

/// A model that knows what is off topic.
fn desk_with_background() -> Desk {
    let desk = Desk::new();
    desk.write("all.csv", format!("{TRAIN}{SPORT}"));
    let train = "train all.csv -o desk.safetensors --naive-bayes multinomial --background sport \
                 --calibrate";
    desk.run(&words(train)).success();
    desk
}

#[test]
fn shares_and_a_threshold() {
    let desk = Desk::trained();
    let classify = "classify --model desk.safetensors --format json";
    let answer = desk.json(&words(&format!("{classify} news.txt")));
    assert!((sum(&answer["shares"]) - 1.0).abs() < 1e-9);
    assert!(answer["labels"].is_null());
    let answer = desk.json(&words(&format!("{classify} --threshold 0.1 news.txt")));
    assert_eq!(answer["labels"][0], "markets");
    assert_eq!(answer["labels"][1], "policy");
    let answer = desk.json(&words(&format!("{classify} --threshold 0.99 news.txt")));
    assert_eq!(answer["labels"].as_array().unwrap().len(), 0);
    desk.run(&words(
        "classify --model desk.safetensors --threshold 0.1 news.txt",
    ))
    .success()
    .stdout(contains("markets, policy"))
    .stdout(contains("share"));
    desk.write("more.txt", NEWS);
    desk.run(&words(
        "classify --model desk.safetensors --threshold 0.1 news.txt more.txt",
    ))
    .success()
    .stdout(contains("more.txt\tmarkets, policy\t"));
    let csv = desk.stdout(&words(
        "classify --model desk.safetensors --threshold 0.1 --format csv news.txt",
    ));
    assert!(csv.starts_with(
        "source,label,probability,markets,policy,technology,share markets,share policy,\
         share technology,labels,evidence,recognised\n"
    ));
    assert!(csv.contains(",markets;policy,"), "{csv}");
    for wrong in ["2", "-0.1", "much"] {
        desk.run(&["classify", "--threshold", wrong, "news.txt"])
            .code(2)
            .stderr(contains("--threshold"));
    }
}

#[test]
fn calibration_by_length_is_told() {
    let desk = desk_with_background();
    desk.line("inspect desk.safetensors")
        .success()
        .stdout(contains(", by length").not());
    let train = "train all.csv -o desk.safetensors --naive-bayes multinomial --background sport";
    desk.line(&format!("{train} --calibrate=by-length"))
        .success();
    desk.line("inspect desk.safetensors")
        .success()
        .stdout(contains(", by length\n"));
    desk.line(&format!("{train} --calibrate=sometimes"))
        .code(2)
        .stderr(contains("by-length"));
    desk.line("train all.csv -o m --level-class-sums")
        .code(2)
        .stderr(contains("it is an option of --naive-bayes multinomial"));
}

#[test]
fn other_and_its_limit() {
    let desk = desk_with_background();
    desk.write(
        "sport.txt",
        "The striker and the keeper saw a goal in the match.",
    );
    let label = |options: &str, file: &str| {
        let line = format!("classify --model desk.safetensors --format json {options} {file}");
        desk.json(&words(&line))["label"].clone()
    };
    assert_eq!(label("", "sport.txt"), "other");
    assert_eq!(label("--threshold 0.2", "sport.txt"), "other");
    assert_eq!(label("", "news.txt"), "markets");
    assert_ne!(label("--no-other", "sport.txt"), "other");
    assert_eq!(label("--other-below 100", "news.txt"), "other");
    desk.run(&words("classify --model desk.safetensors sport.txt"))
        .success()
        .stdout(contains("about none of these topics"));
    desk.run(&words("classify --no-other --other-below 1 sport.txt"))
        .code(2);
    desk.run(&words("inspect desk.safetensors"))
        .success()
        .stdout(contains("background 4 documents"))
        .stdout(contains("other      below"));
    let report = desk.json(&words(
        "evaluate all.csv --model desk.safetensors --format json",
    ));
    assert_eq!(report["n"], 9);
    assert_eq!(report["off_topic"]["n"], 4);
    assert!(report["off_topic"]["auroc"].as_f64().unwrap() > 0.9);
    assert!(report["calibration_error"].is_number());
    desk.run(&words("evaluate all.csv --model desk.safetensors"))
        .success()
        .stdout(contains("about none of the topics: 4 documents, AUROC"));
}

#[test]
fn folds_train_on_the_background_and_do_not_judge_it() {
    let desk = desk_with_background();
    let report = desk.json(&words(
        "evaluate all.csv --folds 3 --background sport --calibrate --format json",
    ));
    assert_eq!(report["n"], 9);
    assert_eq!(
        report["labels"],
        serde_json::json!(["markets", "policy", "technology"])
    );
}

#[test]
fn priors_from_files() {
    let desk = Desk::new();
    desk.write(
        "terms.tsv",
        "# a comment\nlabel\tterm\tweight\npolicy\tballot\t2\npolicy\tprime minister\t1\n",
    );
    desk.write("more.csv", "term,label\n\"Bond\",markets\n");
    desk.run(&words(
        "train train.csv --prior terms.tsv --prior more.csv --prior-strength 0.5 -o m.safetensors",
    ))
    .success()
    .stderr(contains("2 of 3 terms"));
    desk.write("ballot.txt", "a ballot");
    let answer = desk.json(&words(
        "classify --model m.safetensors --format json ballot.txt",
    ));
    assert_eq!(answer["label"], "policy");
    desk.run(&words("inspect m.safetensors"))
        .success()
        .stdout(contains("prior      2 terms"));
    let cases = [
        (
            "label\tword\npolicy\tx\n",
            "expected a first row that names \"term\"",
        ),
        (
            "label\tterm\tweight\npolicy\tballot\tmuch\n",
            "bad.tsv:2: the weight \"much\"",
        ),
        ("label\tterm\tweight\npolicy\tballot\t-1\n", "bad.tsv:2"),
        ("label\tterm\npolicy\t\n", "bad.tsv:2: an empty field"),
        ("label\tterm\npolicy\tballot\t3\n", "bad.tsv:2: 3 fields"),
        ("label\tterm\n", "no terms"),
    ];
    for (table, expected) in cases {
        desk.write("bad.tsv", table);
        desk.run(&words("train train.csv --prior bad.tsv -o n.safetensors"))
            .failure()
            .stderr(contains(expected));
    }
    desk.run(&words(
        "train train.csv --prior nowhere.tsv -o n.safetensors",
    ))
    .code(1)
    .stderr(contains("nowhere.tsv"));
    desk.run(&words(
        "train train.csv --prior-strength 2 -o n.safetensors",
    ))
    .code(2);
    desk.run(&words(
        "train train.csv --background nobody -o n.safetensors",
    ))
    .failure()
    .stderr(contains("nobody"));
    assert!(!desk.path("n.safetensors").exists());
}
