//! Adding, forgetting, auditing, and settings that are `auto`.

use std::{fmt::Write, fs};

use predicates::{prelude::*, str::contains};

use super::desk::{Desk, TRAIN, words};

/// The corpus in two parts, and exact models of the first part and of all.
fn halves() -> Desk {
    let desk = Desk::new();
    let lines: Vec<&str> = TRAIN.lines().collect();
    let part = |lines: &[&str]| format!("title,text,label\n{}\n", lines.join("\n"));
    desk.write("a.csv", part(&lines[1..6]));
    desk.write("b.csv", part(&lines[6..]));
    for name in ["a", "train"] {
        desk.line(&format!(
            "train {name}.csv -o {name}.safetensors --idf-order after-norm --min-df 1"
        ))
        .success();
    }
    desk
}

/// What a model is, without where it comes from.
fn contents(desk: &Desk, model: &str) -> serde_json::Value {
    let mut contents = desk.json(&["inspect", model, "--format", "json", "--top", "50"]);
    contents.as_object_mut().unwrap().remove("provenance");
    contents
}

fn answers(desk: &Desk, model: &str) -> String {
    desk.stdout(&words(&format!(
        "classify train.csv --format json --model {model}"
    )))
}

fn sources(desk: &Desk, model: &str) -> serde_json::Value {
    desk.json(&["inspect", model, "--format", "json"])["provenance"]["sources"].clone()
}

#[test]
fn updating_is_training_on_all_and_forgetting_undoes_it() {
    let desk = halves();
    desk.line("update a.safetensors b.csv -o both.safetensors --threads 2")
        .success()
        .stderr(contains("added 4 documents, a new label: markets,").and(contains("new terms")));
    assert_eq!(
        contents(&desk, "both.safetensors"),
        contents(&desk, "train.safetensors")
    );
    assert_eq!(
        answers(&desk, "both.safetensors"),
        answers(&desk, "train.safetensors")
    );
    assert_eq!(
        sources(&desk, "both.safetensors"),
        serde_json::json!(["a.csv", "b.csv"])
    );
    // Into the file that it comes from. The labels stay.
    desk.line("forget both.safetensors b.csv -o both.safetensors")
        .success()
        .stderr(contains("forgot 4 documents, and ").and(contains("calibration").not()));
    let forgotten = contents(&desk, "both.safetensors");
    assert_eq!(forgotten["documents"], 5);
    assert_eq!(
        forgotten["terms"],
        contents(&desk, "a.safetensors")["terms"]
    );
    assert_eq!(forgotten["labels"]["markets"]["documents"], 0.0);
    assert_eq!(
        sources(&desk, "both.safetensors"),
        serde_json::json!(["a.csv", "b.csv"])
    );
    desk.line("update both.safetensors b.csv -o both.safetensors")
        .success()
        .stderr(contains("no new label"));
    assert_eq!(
        answers(&desk, "both.safetensors"),
        answers(&desk, "train.safetensors")
    );
}

#[test]
fn known_labels_and_other_faults_name_their_place() {
    let desk = halves();
    let before = fs::read(desk.path("a.safetensors")).unwrap();
    desk.write(
        "other.csv",
        "text,label\nThe minister told parliament,policy\nunheard of,technology\n",
    );
    desk.write(
        "wrong.csv",
        "text,label\nVoters chose a new council,technology\n",
    );
    desk.line("train train.csv -o plain.safetensors").success();
    for (options, why) in [
        (
            "update a.safetensors b.csv -o a.safetensors --known-labels",
            "b.csv:3: the model does not have the label \"markets\": expected one of policy, technology",
        ),
        (
            "forget a.safetensors b.csv -o a.safetensors",
            "b.csv:3: the model does not have the label \"markets\"",
        ),
        (
            "forget a.safetensors other.csv -o a.safetensors",
            "other.csv: cannot forget these documents: no training document holds \"of\"; expected documents",
        ),
        (
            "forget a.safetensors wrong.csv -o a.safetensors",
            "would become",
        ),
        (
            "forget a.safetensors a.csv -o a.safetensors",
            "5 of 5 documents would leave none",
        ),
        (
            "update plain.safetensors b.csv -o a.safetensors",
            "plain.safetensors: adding documents would not be exact",
        ),
        (
            // Told before anything is read.
            "forget plain.safetensors missing.csv -o a.safetensors",
            "--idf-order after-norm",
        ),
        (
            "update a.safetensors missing.csv -o a.safetensors",
            "missing.csv",
        ),
        ("update a.safetensors b.csv -o no/such", "does not exist"),
    ] {
        desk.line(options)
            .code(1)
            .stderr(contains(why).and(contains("slugline: error: ")));
    }
    assert_eq!(fs::read(desk.path("a.safetensors")).unwrap(), before);
    for options in [
        "update a.safetensors -o m",
        "update a.safetensors b.csv",
        "forget a.safetensors b.csv -o m --known-labels",
        "update a.safetensors b.csv -o m --alpha 1",
    ] {
        desk.line(options).code(2);
    }
}

#[test]
fn a_refinement_is_another_model_and_not_lost_in_silence() {
    let desk = halves();
    desk.line("train a.csv -o r.safetensors --idf-order after-norm --refine")
        .success();
    desk.line("train a.csv -o a.safetensors --idf-order after-norm")
        .success();
    let answer = |model: &str| {
        let line = format!("classify --format json --model {model} a.csv");
        desk.line(&line).success().get_output().stdout.clone()
    };
    assert_ne!(answer("r.safetensors"), answer("a.safetensors"));
    desk.line("merge r.safetensors a.safetensors -o m.safetensors")
        .success()
        .stderr(contains("refinement is dropped"));
    desk.line("update r.safetensors b.csv -o d.safetensors")
        .success()
        .stderr(contains("refinement is dropped"));
    // What is refused drops nothing.
    desk.line("train a.csv -o n.safetensors --idf-order after-norm --alpha 2")
        .success();
    desk.line("merge r.safetensors n.safetensors -o never.safetensors")
        .code(1)
        .stderr(contains("different settings").and(contains("dropped").not()));
    // Both notices, where one model is refined and another calibrated.
    desk.line("train a.csv -o c.safetensors --idf-order after-norm --calibrate")
        .success();
    desk.line("merge r.safetensors c.safetensors -o m.safetensors")
        .success()
        .stderr(contains("refinement is dropped").and(contains("calibration is dropped")));
    desk.line("train a.csv -o s.safetensors --idf-order after-norm --refine --refine-max-iter 9")
        .success();
    let model = desk.json(&["inspect", "s.safetensors", "--format", "json"]);
    assert_eq!(model["settings"]["refine"]["max_iter"], 9);
    assert_eq!(model["settings"]["refine"]["C"], 0.3);
    assert_ne!(answer("s.safetensors"), answer("r.safetensors"));
    // A model that never was calibrated is not shown as one.
    desk.line("inspect s.safetensors")
        .success()
        .stdout(contains("calibrated no\n"));
    desk.line("inspect c.safetensors")
        .success()
        .stdout(contains("calibrated temperature "));
    desk.line("train a.csv -o r.safetensors --refine=0")
        .failure()
        .stderr(contains("--refine is 0"));
}

#[test]
fn a_calibration_is_not_lost_in_silence() {
    let desk = halves();
    desk.line("train a.csv -o c.safetensors --idf-order after-norm --calibrate")
        .success()
        .stderr(contains("chosen: temperature "));
    desk.line("train b.csv -o b.safetensors --idf-order after-norm")
        .success();
    let merged = desk.line("merge b.safetensors c.safetensors c.safetensors -o m.safetensors");
    let said = merged.success().get_output().stderr.clone();
    let said = String::from_utf8(said).unwrap();
    assert_eq!(said.matches("calibration is dropped").count(), 1, "{said}");
    for line in [
        "update c.safetensors b.csv -o d.safetensors",
        "forget d.safetensors b.csv -o e.safetensors",
    ] {
        let said = desk.line(line).success().get_output().stderr.clone();
        let said = String::from_utf8(said).unwrap();
        // The second model has none any more.
        assert_eq!(
            said.contains("calibration is dropped"),
            line.starts_with("update"),
            "{said}"
        );
    }
}

#[test]
fn an_audit_lists_doubtful_labels() {
    let desk = Desk::new();
    // Every label is right but for one.
    let topics = [
        ("chip phone browser code screen", "technology"),
        ("minister parliament bill court vote", "policy"),
        ("bank shares rates profit oil", "markets"),
    ];
    let mut table = "text,label\n".to_owned();
    for at in 0..8 {
        for (terms, label) in topics {
            let mut terms: Vec<&str> = terms.split(' ').collect();
            terms.rotate_left(at % 5);
            let _ = writeln!(table, "{},{label}", terms[..3].join(" "));
        }
    }
    table += "\"\u{1b}[1mbank shares\n rates\",policy\n";
    desk.write("news.csv", &table);
    let shown = desk.stdout(&["audit", "news.csv"]);
    assert!(
        shown.starts_with("documents          25\naccuracy           0.9600\n"),
        "{shown}"
    );
    assert!(shown.contains("confusion"), "{shown}");
    assert!(
        shown.contains("\ndocuments with another label by leave-one-out: 1 of 25 documents; the most doubtful:\n"),
        "{shown}"
    );
    let last = shown.lines().last().unwrap();
    assert!(last.starts_with("news.csv:26  policy  markets  "), "{last}");
    assert!(last.ends_with("\\u{1b}[1mbank shares rates"), "{last}");

    let lines = desk.stdout(&words("audit news.csv --format json --top 3"));
    let lines: Vec<serde_json::Value> = lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines.len(), 3);
    assert_eq!(lines[0]["source"], "news.csv:26");
    assert_eq!(lines[0]["suggested"], "markets");
    assert!(lines[0]["margin"].as_f64().unwrap() < 0.0);
    assert!(lines[0]["probability"].as_f64().unwrap() < 0.5);
    assert_eq!(lines[1]["label"], lines[1]["suggested"]);

    let csv = desk.stdout(&words(
        "audit news.csv --format csv --naive-bayes multinomial",
    ));
    let header = "source,label,suggested,probability,margin,text\n";
    assert!(csv.starts_with(&format!("{header}news.csv:26,policy,markets,")));
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 25);
    // Whole, and as it is.
    assert_eq!(&rows[0][5], "\u{1b}[1mbank shares\n rates");
    let shown = desk.stdout(&words("audit news.csv --top 4"));
    assert!(shown.contains("the 4 most doubtful:"), "{shown}");
    desk.line("audit news.csv --alpha auto --norm auto")
        .success()
        .stderr(contains("chosen: --alpha ").and(contains("--norm l")));
    desk.line("audit news.csv --top 0").code(2);
    desk.line("audit news.csv --calibrate").code(2);
    desk.write("one.csv", "text,label\na word,policy\nmore words,policy\n");
    desk.line("audit one.csv --alpha auto")
        .code(1)
        .stderr(contains("at least two labels"));
}

#[test]
fn settings_are_chosen_on_the_data() {
    let desk = Desk::new();
    let auto = "--alpha auto --naive-bayes auto --sublinear-tf auto --norm auto";
    let said = desk
        .line(&format!("train train.csv -o auto.safetensors {auto}"))
        .success()
        .get_output()
        .stderr
        .clone();
    let said = String::from_utf8(said).unwrap();
    let chosen = said
        .lines()
        .find_map(|line| line.strip_prefix("chosen: "))
        .unwrap();
    assert_eq!(chosen.matches("--").count(), 4, "{chosen}");
    // The flags that are named give the same model.
    desk.line(&format!(
        "train train.csv -o again.safetensors {}",
        chosen.replace(',', " ")
    ))
    .success()
    .stderr(contains("chosen").not());
    assert_eq!(
        fs::read(desk.path("auto.safetensors")).unwrap(),
        fs::read(desk.path("again.safetensors")).unwrap()
    );
    let report = desk.line(&format!(
        "evaluate train.csv --folds 3 {auto} --calibrate --format json"
    ));
    let report = report
        .success()
        .stderr(contains("fold 1: chosen: --naive-bayes ").and(contains("fold 3: chosen: ")))
        .stderr(contains("temperature"));
    let report: serde_json::Value = serde_json::from_slice(&report.get_output().stdout).unwrap();
    assert_eq!(report["n"], 9);
    for (options, why) in [
        (
            "--naive-bayes auto --norm-weights",
            "--norm-weights has no effect: --naive-bayes auto",
        ),
        ("--naive-bayes auto --no-fit-prior", "name the model"),
        (
            "--naive-bayes auto --class-prior 0.2,0.3,0.5",
            "name the model",
        ),
        (
            "--alpha auto --force-alpha false",
            "--force-alpha has no effect",
        ),
        (
            "--naive-bayes bernoulli --norm auto",
            "--norm auto has no effect",
        ),
        (
            "--naive-bayes bernoulli --binarize 0.1 --sublinear-tf auto",
            "--sublinear-tf=auto has no effect",
        ),
        ("--alpha some", "or auto"),
        ("--sublinear-tf=some", "or auto"),
    ] {
        desk.line(&format!("train train.csv -o m {options}"))
            .code(2)
            .stderr(contains(why));
    }
    desk.line("train train.csv -o m --alpha auto --memory 1M")
        .code(2)
        .stderr(contains("--memory reads the data once"));
    desk.line("evaluate train.csv --calibrate").code(2);
    desk.line("evaluate train.csv --alpha auto")
        .code(2)
        .stderr(contains("add --folds"));
    desk.write("one.csv", "text,label\na word,policy\nmore words,policy\n");
    desk.line("train one.csv -o m --alpha auto")
        .code(1)
        .stderr(contains("at least two labels"));
    assert!(!desk.path("m").exists());
}

#[test]
fn terms_of_a_prior_are_among_the_strongest() {
    let desk = Desk::new();
    for table in [
        "label,term,weight\npolicy,ballot,50\n",
        "term,documents,technology,policy\n,30,,\nballot,9,,50\n",
    ] {
        desk.write("terms.csv", table);
        desk.line("train train.csv --prior terms.csv -o m.safetensors")
            .success();
        let model = desk.json(&words("inspect m.safetensors --format json --top 1"));
        assert_eq!(model["labels"]["policy"]["top_terms"][0][0], "ballot");
    }
}

#[test]
fn a_model_is_adapted_to_text_without_labels() {
    let desk = Desk::trained();
    desk.write(
        "new.txt",
        "The bank cut its dividend\nDividend shares fell at the bank\nThe minister met the senate\n\
         Parliament and senate passed the bill\nA chip for the tablet\nThe tablet has a new screen\n",
    );
    let adapt = "adapt new.txt --input-format lines --model desk.safetensors -o new.safetensors";
    desk.line(adapt)
        .success()
        .stderr(contains("read 6 texts in ").and(contains("rounds")));
    let model = desk.json(&words("inspect new.safetensors --format json"));
    assert_eq!(model["documents"], 15);
    assert_eq!(
        model["provenance"]["sources"],
        serde_json::json!(["train.csv", "new.txt"])
    );
    desk.write("word.txt", "dividend");
    let label = |model: &str| {
        desk.json(&words(&format!(
            "classify word.txt --format json --model {model}"
        )))["label"]
            .clone()
    };
    assert_eq!(label("new.safetensors"), "markets");
    for options in [
        "--class-shares learned",
        "--class-shares free --weight 0.5 --rounds 2",
    ] {
        desk.line(&format!("{adapt} {options}")).success();
    }
    // All of them are about technology, which nobody does see.
    desk.line(&format!("{adapt} --class-shares 1,1,1000"))
        .success()
        .stderr(contains("speak for other shares"));
    for (options, why) in [
        (
            "--class-shares 1,1",
            "--class-shares: expected 3 (one for each label), got 2",
        ),
        ("--class-shares some", "--class-shares is some: expected"),
        ("--weight 0", "--weight is 0: expected"),
        ("--rounds 0", "0"),
    ] {
        desk.line(&format!("{adapt} {options}"))
            .failure()
            .stderr(contains(why));
    }
    // The bundled model says that its calibration is gone.
    desk.line("adapt new.txt --input-format lines -o topics.safetensors")
        .success()
        .stderr(contains("calibration is dropped"));
}
