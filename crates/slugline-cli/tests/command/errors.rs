//! What goes wrong is said, with the place and the exit status.

use std::fs;

use predicates::{prelude::*, str::contains};

use super::desk::Desk;

#[test]
fn options_without_effect_or_sense_are_errors() {
    let desk = Desk::trained();
    for (options, why) in [
        (
            "train train.csv -o m --binarize 1",
            "is an option of --naive-bayes bernoulli",
        ),
        (
            "train train.csv -o m --naive-bayes bernoulli --norm-weights",
            "is an option of --naive-bayes complement",
        ),
        (
            "train train.csv -o m --analyzer char --words unicode",
            "have no effect on character n-grams",
        ),
        (
            "train train.csv -o m --analyzer char --stem english",
            "--stem is set",
        ),
        ("train train.csv -o m --ngram-range 2,1", "1 <= min <= max"),
        ("train train.csv -o m --refine=0", "--refine is 0: expected"),
        ("audit train.csv --refine", "--refine has no effect"),
        ("train missing.csv -o m --token-pattern (", "unclosed group"),
        ("train train.csv -o m --ngram-range 2", "expected MIN,MAX"),
        ("train train.csv -o m --alpha -1", "--alpha is -1"),
        (
            "train train.csv -o m --class-prior 0.2,0.3,0.5",
            "--class-prior has no effect: the complement model has no class prior",
        ),
        (
            "train train.csv -o m --no-fit-prior",
            "--no-fit-prior has no effect",
        ),
        (
            "train train.csv -o m --naive-bayes bernoulli --sublinear-tf",
            "--sublinear-tf has no effect",
        ),
        (
            "train train.csv -o m --naive-bayes multinomial --norm-weights",
            "is an option of --naive-bayes complement",
        ),
        (
            "train train.csv -o m --naive-bayes bernoulli --binarize -1",
            "--binarize is -1: expected 0 or more",
        ),
        ("train train.csv -o m --threads 100000", "1024"),
        ("classify news.txt --threads 100000", "1024"),
        (
            "train train.csv -o m --vocabulary t --min-df 2",
            "cannot be used with",
        ),
        (
            "evaluate train.csv --folds 3 --model m",
            "cannot be used with",
        ),
        (
            "train train.csv -o m --vocabulary t --without-terms english",
            "cannot be used with",
        ),
        (
            "train train.csv -o m --vocabulary t --without-numbers",
            "cannot be used with",
        ),
        (
            "train train.csv -o m --analyzer char --without-numbers",
            "--without-numbers is set: expected none: character n-grams",
        ),
        (
            "train train.csv -o m --analyzer char --without-terms english",
            "--without-terms is set: expected none: character n-grams",
        ),
        (
            "train train.csv -o m --min-df many",
            "a number of documents such as 2",
        ),
        ("train train.csv -o m --stem klingon", "english"),
        (
            "train train.csv -o m --naive-bayes gaussian",
            "expected multinomial, complement, bernoulli or auto",
        ),
        ("train train.csv", "--output"),
        ("evaluate train.csv --alpha 2", "add --folds"),
        ("evaluate train.csv --folds 100", "2 to 9"),
        ("classify --top 0 news.txt", "0"),
        ("classify --input-format word news.txt", "jsonl"),
        ("fly", "unrecognized subcommand"),
    ] {
        let args: Vec<&str> = options.split(' ').collect();
        let error = desk.run(&args).code(2).get_output().stderr.clone();
        let error = String::from_utf8(error).unwrap();
        assert!(error.starts_with("slugline: error: "), "{error}");
        assert!(error.contains(why), "{error}");
        assert!(!desk.path("m").exists(), "{options}");
    }
}

#[test]
fn a_wrong_value_is_told_with_what_is_expected() {
    let desk = Desk::trained();
    for (options, why) in [
        (
            "train train.csv -o m --alpha foo",
            "'foo' for '--alpha <NUMBER|auto>': expected a number or auto",
        ),
        (
            "train train.csv -o m --sublinear-tf=maybe",
            "'maybe' for '--sublinear-tf[=<BOOL|auto>]': expected true, false or auto",
        ),
        (
            "classify --top 0 news.txt",
            "'0' for '--top <K>': expected a whole number from 1",
        ),
        (
            "audit --top x train.csv",
            "'x' for '--top <N>': expected a whole number from 1",
        ),
        (
            "classify --threads 99999 news.txt",
            "'99999' for '--threads <N>': expected a whole number from 0 (one thread for each processor) to 1024",
        ),
        (
            "train train.csv -o m --refine 0.5",
            "--refine 0.5: expected the number after an equals sign: --refine=0.5",
        ),
        (
            "classify news.txt --skip-bad 5",
            "--skip-bad 5: expected the number after an equals sign: --skip-bad=5",
        ),
        (
            "train train.csv -o m --refine=0.5 --refine-max-iter 0",
            "--refine-max-iter is 0: expected 1 to 10000 passes",
        ),
        ("train train.csv -o m --refine-max-iter 5", "--refine"),
        (
            "train train.csv -o m --max-df 0",
            "--max-df is 0 of 9 documents: expected at least --min-df, which is 1 document\n",
        ),
        (
            "train train.csv -o m --max-df 1 --min-df 2",
            "which is 2 documents\n",
        ),
        (
            "train train.csv -o m --norm foo",
            "--norm is foo: expected l1, l2, none or auto\n",
        ),
        (
            "train train.csv -o m --strip-accents foo",
            "--strip-accents is foo: expected ascii, unicode or none\n",
        ),
        (
            "train train.csv -o m --stem foo",
            "--stem is foo: expected arabic, ",
        ),
        ("train train.csv -o m --stem foo", "turkish or none\n"),
        (
            "train train.csv -o m --stop-words foo",
            "--stop-words is foo: expected none, the file of a list, or a language: english, ",
        ),
        (
            "train train.csv -o m --without-terms foo",
            "--without-terms is foo: expected none, the file of a list, or a language: english, ",
        ),
        (
            "classify train.csv --skip-bad --bad-records out.xyz",
            "--bad-records is out.xyz: expected a name that ends in .csv, .tsv or .jsonl\n",
        ),
        (
            "evaluate train.csv --model desk.safetensors --errors out.xyz",
            "--errors is out.xyz: expected a name that ends in .csv, .tsv or .jsonl\n",
        ),
    ] {
        let args: Vec<&str> = options.split(' ').collect();
        desk.run(&args).code(2).stderr(contains(why));
        for file in ["m", "out.xyz"] {
            assert!(!desk.path(file).exists(), "{options}");
        }
    }
    // A file of that name is data, and a pipe without an ending takes JSON Lines.
    fs::copy(desk.path("train.csv"), desk.path("5")).unwrap();
    desk.run(&["classify", "--skip-bad", "5"]).success();
    desk.write("bad.jsonl", "{\"text\": 1}\n{\"text\": \"a\"}\n");
    desk.run(&[
        "classify",
        "bad.jsonl",
        "--skip-bad",
        "--bad-records",
        "list",
    ])
    .success();
    let list = fs::read_to_string(desk.path("list")).unwrap();
    assert!(list.starts_with("{\"file\":\"bad.jsonl\""), "{list}");
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
        (
            "train news.txt -o m",
            "name one that has with --input-format",
        ),
        ("train train.csv -o m --vocabulary none.txt", "none.txt"),
        (
            "train train.csv -o m --label section",
            "\"title\", \"text\", \"label\"",
        ),
        ("classify broken.jsonl", "broken.jsonl:2"),
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
            "train train.csv -o m --naive-bayes multinomial --class-prior 0.5,0.5",
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
fn errors_take_one_line() {
    let desk = Desk::new();
    for (args, lines) in [
        (["classify", "--input-format", "csv", "missing.csv"], 1),
        // The second line names `--help`.
        (
            ["evaluate", "train.csv", "--folds=2", "--token-pattern=("],
            2,
        ),
    ] {
        let error = desk.run(&args).failure().get_output().stderr.clone();
        let error = String::from_utf8(error).unwrap();
        assert_eq!(error.lines().count(), lines, "{error}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn output_that_cannot_be_written_is_a_failure_and_never_a_panic() {
    let desk = Desk::new();
    let full = || fs::File::options().write(true).open("/dev/full").unwrap();
    let mut command = desk.process(&["classify", "news.txt"]);
    let output = command.stdout(full()).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("No space left"));
    for help in [&["--help"][..], &["train", "--help"], &["--version"]] {
        let status = desk.process(help).stdout(full()).status().unwrap();
        assert_eq!(status.code(), Some(1), "{help:?}");
    }
    for (args, code) in [
        (&["classify", "missing.txt"][..], 1),
        (&["fly"], 2),
        (&["train", "train.csv", "-o", "m"], 0),
    ] {
        let status = desk.process(args).stderr(full()).status().unwrap();
        assert_eq!(status.code(), Some(code), "{args:?}");
    }
}

#[test]
fn one_bad_file_does_not_cost_the_others() {
    let desk = Desk::new();
    desk.run(&["classify", "missing.txt", "news.txt"])
        .code(1)
        .stdout(contains("news.txt\t"))
        .stderr(contains("missing.txt"));
    // Nor one bad record those before it.
    let good = "{\"text\":\"the bank\"}\n".repeat(5000);
    desk.write("late.jsonl", format!("{good}{{\n"));
    let output = desk
        .run(&["classify", "late.jsonl", "news.txt"])
        .code(1)
        .stderr(contains("late.jsonl:5001"))
        .get_output()
        .stdout
        .clone();
    let output = String::from_utf8(output).unwrap();
    assert_eq!(output.lines().count(), 5001);
    assert!(output.lines().last().unwrap().starts_with("news.txt\t"));
}

#[test]
fn help_shows_examples() {
    let desk = Desk::new();
    for command in [
        "classify", "train", "evaluate", "explain", "inspect", "merge", "update", "forget",
        "audit", "adapt",
    ] {
        desk.run(&[command, "--help"])
            .success()
            .stdout(contains("Example").and(contains(format!("slugline {command}"))));
    }
    desk.run(&["--help"])
        .success()
        .stdout(contains("Examples:").and(contains("exit status")));
    desk.run(&[]).code(2).stderr(contains("Usage: slugline"));
    desk.run(&["--version"])
        .success()
        .stdout(contains("slugline 0.1.0"));
}
