//! What is likely a mistake is noted on standard error, and the work is done.

use predicates::{prelude::*, str::contains};

use super::desk::Desk;

#[test]
fn settings_that_are_likely_a_mistake_are_noted_with_their_flag() {
    let desk = Desk::new();
    desk.write("stop.txt", "the\nnew phone\n");
    desk.write("upper.txt", "phone\nChip\nbank\nminister\n");
    desk.write("pairs.txt", "phone\nnew phone\nbank\nminister\n");
    for (options, notes) in [
        (
            "--stop-words stop.txt",
            vec![
                "slugline: warning: --stop-words: ",
                "\"new phone\" is read as \"new\", \"phone\"",
            ],
        ),
        (
            "--vocabulary upper.txt",
            vec!["slugline: warning: --vocabulary: upper-case letters in \"Chip\""],
        ),
        (
            "--vocabulary pairs.txt",
            vec![
                "slugline: warning: --vocabulary: no text holds \"new phone\"",
                "1 of 4 terms",
            ],
        ),
        (
            "--alpha 1e-12 --force-alpha false",
            vec!["slugline: warning: --alpha: ", "--force-alpha keeps it"],
        ),
        (
            "--alpha 0",
            vec!["slugline: warning: --alpha: 0 smooths nothing"],
        ),
    ] {
        let mut args = vec!["train", "train.csv", "-o", "m"];
        args.extend(options.split(' '));
        let mut run = desk.run(&args).success();
        for note in notes {
            run = run.stderr(contains(note));
        }
    }
}

#[test]
fn a_single_label_is_noted() {
    let desk = Desk::new();
    desk.write(
        "one.csv",
        "text,label\nnew phones,technology\nold phones,technology\n",
    );
    desk.run(&["train", "one.csv", "-o", "m"])
        .success()
        .stderr(contains(
            "slugline: warning: labels: there is only one, \"technology\"",
        ));
}

#[test]
fn where_nothing_is_odd_nothing_is_said() {
    let desk = Desk::new();
    let args =
        "train train.csv -o m --stop-words french --ngram-range 1,2 --naive-bayes multinomial";
    desk.run(&args.split(' ').collect::<Vec<_>>())
        .success()
        .stderr(contains("warning").not());
}

#[test]
fn rounds_that_were_too_few_are_noted() {
    let desk = Desk::trained();
    desk.write(
        "archive.txt",
        "tablets and a phone\nthe senate and a bill\noil and shares\n",
    );
    let args = |rounds| {
        let line = format!(
            "adapt --model desk.safetensors archive.txt --input-format lines -o m --rounds {rounds}"
        );
        line.split(' ').map(str::to_owned).collect::<Vec<_>>()
    };
    let run = |rounds| {
        let args = args(rounds);
        desk.run(&args.iter().map(String::as_str).collect::<Vec<_>>())
            .success()
    };
    run(1).stderr(contains("--rounds: the shares had not converged"));
    run(1000).stderr(contains("had not converged").not());
}
