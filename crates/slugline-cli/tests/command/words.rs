//! Errors in the user's words.

use predicates::{prelude::*, str::contains};

use super::desk::Desk;

#[test]
#[expect(clippy::too_many_lines, reason = "a table of cases")]
fn options_are_named_as_they_are_typed() {
    let desk = Desk::trained();
    desk.write("text.txt", "the bank");
    desk.write("prior.tsv", "label\tterm\npolicy\tx\n");
    for (args, why) in [
        ("train train.csv -o m --alpha -1", "--alpha is -1: expected"),
        (
            "train train.csv -o m --min-df 9 --max-df 0.5",
            "expected at least --min-df, which is 9",
        ),
        (
            "train train.csv -o m --min-df 9",
            "try a lower --min-df or a higher --max-df",
        ),
        (
            "train train.csv -o m --max-features 0",
            "--max-features is 0: expected",
        ),
        (
            "train train.csv -o m --min-df 1.5",
            "--min-df is 1.5: expected",
        ),
        (
            "train train.csv -o m --ngram-range 3,1",
            "--ngram-range is (3, 1): expected",
        ),
        (
            "train train.csv -o m --token-pattern (a)(b)",
            "--token-pattern is (a)(b): expected",
        ),
        (
            "train train.csv -o m --background sport",
            "--background is \"sport\": expected",
        ),
        (
            "train train.csv -o m --naive-bayes multinomial --class-prior 1,2",
            "--class-prior: expected 3 (one for each class), got 2",
        ),
        (
            "train train.csv -o m --idf-order after",
            "--idf-order is after: expected before-norm or after-norm",
        ),
        (
            "train train.csv -o m --prior prior.tsv --naive-bayes bernoulli",
            "--prior is given: expected none",
        ),
        (
            "train train.csv -o m --input-format word",
            "--input-format is word: expected",
        ),
        ("train train.csv -o m --stem x", "--stem is x: expected"),
        ("train train.csv -o m --norm l3", "--norm is l3: expected"),
        (
            "train train.csv -o m --quoting x",
            "--quoting is x: expected",
        ),
        (
            "train train.csv -o m --invalid-utf8 x",
            "--invalid-utf8 is x: expected",
        ),
        ("train train.csv -o m --memory 1", "--memory is 1: expected"),
        (
            "train train.csv -o m --label=",
            "--label is empty: expected",
        ),
        ("train train.csv -o m --text=", "--text is empty: expected"),
        (
            "evaluate train.csv --folds 20",
            "--folds is 20: expected 2 to 9",
        ),
        (
            "adapt text.txt -o m --weight -1",
            "--weight is -1: expected",
        ),
        (
            "adapt text.txt -o m --rounds 0",
            "--rounds is 0: expected at least 1",
        ),
        (
            "adapt text.txt -o m --class-shares 1",
            "--class-shares: expected 3 (one for each label), got 1",
        ),
        (
            "classify text.txt --other-below inf",
            "--other-below is inf: expected",
        ),
        (
            "explain text.txt --label x",
            "--label is x: expected one of",
        ),
        (
            "explain text.txt --versus weather",
            "--versus is weather: expected one of",
        ),
        (
            "explain text.txt --label policy --versus policy",
            "--versus is policy: expected another",
        ),
        ("classify text.txt --text body", "leave --text out"),
        ("train text.txt -o m", "--input-format"),
    ] {
        let args: Vec<&str> = args.split(' ').collect();
        let output = desk.process(&args).output().unwrap();
        let error = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success(), "{args:?}");
        assert!(error.contains(why), "{args:?}: {error}");
        // No name of a setting as the library spells it.
        for name in [
            "min_df",
            "max_df",
            "class_prior",
            "idf_order",
            "after_norm",
            "ngram_range",
        ] {
            assert!(!error.contains(name), "{args:?}: {error}");
        }
    }
}

#[test]
fn settings_that_keep_models_apart_are_named() {
    let desk = Desk::new();
    let train = |name: &str, options: &str| {
        let args = format!("train train.csv --idf-order after-norm -o {name} {options}");
        let args: Vec<&str> = args.split_whitespace().collect();
        desk.run(&args).success();
    };
    train("a", "");
    for (options, why) in [
        ("--alpha 0.5", "--alpha is 1.0 in a and 0.5 in b"),
        (
            "--ngram-range 1,2",
            "--ngram-range is 1,1 in a and 1,2 in b",
        ),
        (
            "--stop-words english",
            "--stop-words is none in a and english in b",
        ),
        ("--min-df 2", "--min-df is 1 in a and 2 in b"),
        (
            "--no-lowercase",
            "--no-lowercase is true in a and false in b",
        ),
        (
            "--naive-bayes multinomial",
            "--naive-bayes is complement (norm false) in a and multinomial in b",
        ),
        (
            "--background markets",
            "--background is none in a and markets in b",
        ),
        (
            "--sublinear-tf=false",
            "--sublinear-tf is true in a and false in b",
        ),
    ] {
        train("b", options);
        desk.run(&["merge", "a", "b", "-o", "c"])
            .code(1)
            .stderr(contains(why).and(contains('{').not()));
        assert!(!desk.path("c").exists());
    }
    train("b", "");
    desk.run(&["merge", "a", "b", "-o", "c"]).success();
}

#[test]
fn broken_json_and_missing_files_need_no_dictionary() {
    let desk = Desk::trained();
    for (line, why) in [
        (
            "{\"text\": \"a\"",
            "column 12: the JSON object is not closed: expected }",
        ),
        ("{\"text\": \"a", "a string is not closed"),
        ("{\"text\": a}", "in double quotes"),
        ("[1]", "no JSON object"),
        ("nonsense", "expected"),
    ] {
        desk.write("bad.jsonl", format!("{line}\n{{\"text\": \"the bank\"}}\n"));
        let output = desk.process(&["classify", "bad.jsonl"]).output().unwrap();
        let error = String::from_utf8(output.stderr).unwrap();
        assert!(
            error.contains(why) && error.contains("bad.jsonl:1: column "),
            "{line}: {error}"
        );
        for jargon in ["EOF", "ident", "trailing", "invalid type", "serde"] {
            assert!(!error.contains(jargon), "{error}");
        }
    }
    for (args, why) in [
        (
            "classify no/such/text.txt",
            "no/such/text.txt: the folder no does not exist",
        ),
        (
            "classify gone.txt",
            "gone.txt: there is no such file or folder",
        ),
        (
            "classify news.txt --model gone",
            "gone: there is no such file",
        ),
        (
            "classify news.txt --model no/gone",
            "no/gone: the folder no does not exist",
        ),
        ("train train.csv -o no/m", "the folder no does not exist"),
        ("train train.csv -o m --stop-words no/words", "no/words"),
        (
            "train train.csv -o m --vocabulary gone",
            "gone: there is no such file",
        ),
        (
            "train train.csv -o m --prior gone.tsv",
            "gone.tsv: there is no such file",
        ),
        (
            "evaluate train.csv --model desk.safetensors --errors no/e.csv",
            "the folder no does not exist",
        ),
    ] {
        let args: Vec<&str> = args.split(' ').collect();
        let output = desk.process(&args).output().unwrap();
        let error = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success());
        assert!(error.contains(why), "{args:?}: {error}");
        assert!(
            !error.contains("os error") && !error.contains(".tmp"),
            "{error}"
        );
    }
}

#[test]
fn numbers_lists_and_models_are_named_in_words() {
    let desk = Desk::trained();
    desk.write("text.txt", "the bank");
    desk.write("lines.jsonl", "{\"text\": \"the bank\"}\n");
    for (args, why) in [
        (
            "train train.csv -o m --skip-bad=x",
            "expected a whole number",
        ),
        ("train train.csv -o m --class-prior x", "expected a number"),
        ("classify text.txt --threads x", "expected a whole number"),
        (
            "classify text.txt --model .",
            ".: this is a folder, expected a model file",
        ),
        (
            "train train.csv -o m --vocabulary .",
            "this is a folder, expected a list",
        ),
        // An option that would change nothing.
        ("classify lines.jsonl --no-header", "no header row"),
        ("classify lines.jsonl --quoting none", "no quoting"),
    ] {
        let args: Vec<&str> = args.split(' ').collect();
        let output = desk.process(&args).output().unwrap();
        let error = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success(), "{args:?}");
        assert!(error.contains(why), "{args:?}: {error}");
        assert!(
            !error.contains("literal") && !error.contains("digit"),
            "{error}"
        );
    }
    // A list in UTF-16 is one; what is in no encoding of Unicode is told with its place.
    let utf16: Vec<u8> = "\u{feff}bank\nrates\n"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    desk.write("stop.txt", utf16);
    desk.run(&["train", "train.csv", "-o", "m", "--stop-words", "stop.txt"])
        .success();
    desk.write("stop.txt", b"bank\ncaf\xe9\n");
    desk.run(&["train", "train.csv", "-o", "m", "--stop-words", "stop.txt"])
        .failure()
        .stderr(contains("stop.txt: invalid UTF-8").and(contains("line 2")));
    // Labels of a prior that look like those of the data.
    desk.write("prior.tsv", "label\tterm\nMarkets\tbank\n");
    desk.run(&["train", "train.csv", "-o", "m", "--prior", "prior.tsv"])
        .success()
        .stderr(contains("\"Markets\" (of the prior)"));
}

/// `explain` counts what it could not read, as `classify` does.
#[test]
fn bad_files_of_a_folder_are_counted() {
    let desk = Desk::trained();
    std::fs::create_dir(desk.path("inbox")).unwrap();
    desk.write("inbox/a.txt", "the bank");
    desk.write("inbox/b.txt", b"caf\xe9 x");
    desk.run(&["explain", "inbox"])
        .failure()
        .stderr(contains("1 explanation, 1 file could not be read"));
}
