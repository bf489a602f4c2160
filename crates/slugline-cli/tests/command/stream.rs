//! Training on a stream, in bounded memory.

use std::fmt::Write;

use predicates::{prelude::*, str::contains};

use super::desk::{Desk, TRAIN};

/// More rows than a megabyte of memory keeps: 1/16 of it.
fn many_documents() -> String {
    let mut csv = String::from("text,label\n");
    for n in 0_u32..4000 {
        for word in 0..20_u32 {
            let _ = write!(csv, "w{} ", n.wrapping_mul(word * word + 7) % 997);
        }
        let _ = writeln!(csv, ",{}", ["policy", "markets", "sport"][n as usize % 3]);
    }
    csv
}

#[test]
fn a_stream_gives_the_same_model_file() {
    let desk = Desk::new();
    let csv = many_documents();
    desk.write("many.csv", &csv);
    for options in [
        &[][..],
        &["--idf-order", "after-norm", "--background", "sport"],
        &["--naive-bayes", "bernoulli", "--min-df", "40"],
        &["--threads", "1", "--max-features", "50"],
    ] {
        let train = ["train", "many.csv"];
        let at_once = [&train, options, &["-o", "at-once"]].concat();
        let stream = [&train, options, &["--memory", "1M", "-o", "stream"]].concat();
        desk.run(&at_once).success();
        desk.run(&stream)
            .success()
            .stderr(contains("4000 documents").and(contains("would not fit").not()));
        let read = |name| std::fs::read(desk.path(name)).unwrap();
        assert!(read("at-once") == read("stream"), "{options:?}");
    }

    // From standard input: nothing but the name of the source differs.
    desk.command(&[
        "train",
        "--memory",
        "1M",
        "--input-format",
        "csv",
        "-",
        "-o",
        "piped",
    ])
    .write_stdin(csv)
    .assert()
    .success();
    desk.run(&["train", "many.csv", "-o", "at-once"]).success();
    let inspect = |name| {
        let answer = desk.json(&["inspect", name, "--format", "json"]);
        answer.to_string().replace("many.csv", "-")
    };
    assert_eq!(inspect("piped"), inspect("at-once"));
}

#[test]
fn what_had_to_be_left_out_is_said() {
    let desk = Desk::new();
    let mut csv = String::from("text,label\n");
    for n in 0..4000 {
        let _ = writeln!(csv, "w{n} v{n} u{n},{}", ["a", "b"][n % 2]);
    }
    desk.write("many.csv", csv);
    desk.run(&["train", "many.csv", "--memory", "1M", "-o", "model"])
        .success()
        .stderr(contains("did not fit into --memory 1M").and(contains("as with --max-features ")));
    desk.run(&[
        "train",
        "many.csv",
        "--memory",
        "1M",
        "--idf-order",
        "after-norm",
        "-o",
        "other",
    ])
    .code(2)
    .stderr(
        contains("--memory is 1M: expected at least ").and(contains("12000 terms and 2 labels")),
    );
    assert!(!desk.path("other").exists());
}

#[test]
fn what_makes_no_sense_is_refused() {
    let desk = Desk::new();
    let train = ["train", "train.csv", "-o", "model", "--memory"];
    for (rest, says) in [
        (
            &["much"][..],
            "--memory is much: expected a number of bytes, or one with K, M, G or T",
        ),
        (&["1000"], "--memory is 1000: expected at least 1M"),
        (
            &["1M", "--calibrate"],
            "--calibrate and auto need it several times",
        ),
    ] {
        desk.run(&[&train, rest].concat())
            .code(2)
            .stderr(contains(says));
    }
    desk.write("broken.csv", format!("{TRAIN}one,two\n"));
    desk.run(&["train", "broken.csv", "--memory", "1M", "-o", "model"])
        .code(1)
        .stderr(contains("broken.csv:11"));
    desk.write("unlabelled.csv", "text,label\nsome text,\n");
    desk.run(&["train", "unlabelled.csv", "--memory", "1M", "-o", "model"])
        .code(1)
        .stderr(contains("unlabelled.csv:2"));
    desk.write("empty.csv", "text,label\n");
    desk.run(&["train", "empty.csv", "--memory", "1M", "-o", "model"])
        .code(1)
        .stderr(contains("empty.csv: no labelled records"));
    assert!(!desk.path("model").exists());
}

/// Nothing is left of a run that was killed: no model, and no temporary file.
#[cfg(unix)]
#[test]
fn a_killed_run_leaves_nothing() {
    use std::{io::Write, process::Stdio};

    let desk = Desk::new();
    std::fs::create_dir(desk.path("temporary")).unwrap();
    let mut run = desk
        .process(&[
            "train",
            "--memory",
            "1M",
            "--input-format",
            "csv",
            "-",
            "-o",
            "model",
        ])
        .env("TMPDIR", desk.path("temporary"))
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    // More than a pipe holds: most of it has been read when this comes back.
    let mut input = run.stdin.take().unwrap();
    input.write_all(many_documents().as_bytes()).unwrap();
    run.kill().unwrap();
    assert!(!run.wait().unwrap().success());
    assert_eq!(
        std::fs::read_dir(desk.path("temporary")).unwrap().count(),
        0
    );
    assert!(!desk.path("model").exists());
}
