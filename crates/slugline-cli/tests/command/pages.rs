//! What a shell, `man` and a narrow terminal make of the command.

use std::fs;

use predicates::{prelude::*, str::contains};

use super::desk::Desk;

const COMMANDS: [&str; 12] = [
    "classify",
    "train",
    "evaluate",
    "explain",
    "inspect",
    "merge",
    "update",
    "forget",
    "audit",
    "adapt",
    "completions",
    "man",
];

#[test]
fn every_shell_has_its_script() {
    let desk = Desk::new();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = desk.stdout(&["completions", shell]);
        for known in COMMANDS.iter().chain(&["files-from", "ngram-range"]) {
            assert!(script.contains(known), "{shell}: {known}");
        }
    }
    desk.run(&["completions", "csh"])
        .code(2)
        .stderr(contains("bash"));
    // Those of shells that are here are scripts that they take.
    for (shell, check) in [("bash", "-n"), ("zsh", "-n"), ("fish", "--no-execute")] {
        desk.write("script", desk.stdout(&["completions", shell]));
        let run = std::process::Command::new(shell)
            .arg(check)
            .arg(desk.path("script"))
            .status();
        match run {
            Ok(status) => assert!(status.success(), "{shell}"),
            Err(_) => println!("skipped: {shell} is not here to read its script"),
        }
    }
}

#[test]
fn every_command_has_a_page() {
    let desk = Desk::new();
    fs::create_dir(desk.path("man1")).unwrap();
    desk.run(&["man", "--output", "man1"])
        .success()
        .stderr(contains("13 pages"));
    for command in COMMANDS {
        let page = fs::read_to_string(desk.path(&format!("man1/slugline-{command}.1"))).unwrap();
        assert!(
            page.contains(".SH SYNOPSIS") && page.contains("Example"),
            "{command}"
        );
        assert_eq!(desk.stdout(&["man", command]), page);
    }
    let main = desk.stdout(&["man"]);
    assert!(main.contains(".TH slugline 1") && main.contains("slugline\\-train"));
    desk.run(&["man", "fly"])
        .code(2)
        .stderr(contains("expected one of classify, train"));
    desk.run(&["man", "-o", "none"])
        .code(1)
        .stderr(contains("none: the folder does not exist"));
}

#[test]
fn help_fits_narrow_terminals() {
    let desk = Desk::new();
    let mut lines = 0;
    for columns in [60, 80, 100] {
        let pages = COMMANDS
            .iter()
            .flat_map(|command| [vec![*command, "--help"], vec![*command, "-h"]]);
        for args in pages.chain([vec!["--help"], vec!["-h"], vec!["help", "train"]]) {
            let mut command = desk.command(&args);
            let output = command
                .env("COLUMNS", columns.to_string())
                .assert()
                .success();
            for line in String::from_utf8_lossy(&output.get_output().stdout).lines() {
                assert!(
                    line.chars().count() <= columns,
                    "{args:?} at {columns}: {line}"
                );
                lines += 1;
            }
        }
    }
    assert!(lines > 1000);
    // Examples are not broken: they can be copied.
    for command in COMMANDS {
        let narrow = desk
            .command(&[command, "--help"])
            .env("COLUMNS", "60")
            .assert();
        let wide = desk
            .command(&[command, "--help"])
            .env("COLUMNS", "100")
            .assert();
        let examples = |help: &assert_cmd::assert::Assert| {
            let help = String::from_utf8_lossy(&help.get_output().stdout).into_owned();
            let from = help.find("Example").unwrap();
            let lines = help[from..].lines().filter(|line| line.starts_with("  "));
            lines.map(str::to_owned).collect::<Vec<String>>()
        };
        assert_eq!(examples(&narrow), examples(&wide), "{command}");
    }
}

#[test]
fn quiet_says_nothing_but_errors() {
    let desk = Desk::trained();
    for args in [
        &["train", "train.csv", "-o", "m", "--quiet"][..],
        &["-q", "train", "train.csv", "-o", "m", "--alpha", "auto"],
        &["adapt", "news.txt", "-o", "m", "-q"],
        &[
            "evaluate",
            "train.csv",
            "--folds",
            "2",
            "--alpha",
            "auto",
            "-q",
        ],
    ] {
        desk.run(args).success().stderr("");
    }
    desk.run(&["train", "missing.csv", "-o", "m", "-q"])
        .code(1)
        .stderr(contains("slugline: error: missing.csv"));
    desk.run(&["evaluate", "train.csv", "--alpha", "2", "-q"])
        .code(2)
        .stderr(contains("--folds").and(contains("--help").not()));
}

#[test]
fn lists_name_more_files() {
    let desk = Desk::trained();
    desk.write("two words.txt", "chips and phones");
    desk.write("list", "two words.txt\r\nnews.txt\r\n\r\n");
    let named = desk.stdout(&["classify", "two words.txt", "news.txt"]);
    assert_eq!(desk.stdout(&["classify", "--files-from", "list"]), named);
    assert_eq!(
        desk.stdout(
            &["classify", "two words.txt", "--files-from", "last"].map(|arg| {
                if arg == "last" {
                    desk.write("last", "news.txt");
                }
                arg
            })
        ),
        named
    );
    let piped =
        |args: &[&str], input: &str| desk.command(args).write_stdin(input.to_owned()).assert();
    piped(
        &["classify", "--files-from", "-"],
        "two words.txt\nnews.txt\n",
    )
    .success()
    .stdout(named.clone());
    piped(
        &["classify", "--files-from=-", "-0"],
        "two words.txt\0news.txt\0",
    )
    .success()
    .stdout(named);
    for (args, input) in [
        (
            &["train", "--files-from", "-", "-o", "m"][..],
            "train.csv\n",
        ),
        (&["evaluate", "--files-from", "-"], "train.csv"),
        (&["audit", "--files-from", "-", "--null"], "train.csv\0"),
        (&["explain", "--files-from", "-"], "news.txt\ntwo words.txt"),
        (&["adapt", "--files-from", "-", "-o", "m"], "train.csv"),
        (
            &[
                "train",
                "--idf-order",
                "after-norm",
                "--files-from",
                "-",
                "-o",
                "exact",
            ],
            "train.csv",
        ),
        (
            &["update", "exact", "--files-from", "-", "-o", "exact"],
            "train.csv",
        ),
        (
            &[
                "forget",
                "--model",
                "exact",
                "--files-from",
                "-",
                "-o",
                "exact",
            ],
            "train.csv",
        ),
        (
            &["merge", "--files-from", "-", "-o", "both"],
            "exact\nexact\n",
        ),
    ] {
        piped(args, input).success();
    }
    piped(&["classify", "--files-from", "-"], "\n\n")
        .code(1)
        .stderr(contains("names no file"));
    piped(&["classify", "--files-from", "-", "-"], "news.txt")
        .code(2)
        .stderr(contains("cannot be both the list and a text"));
    desk.run(&["classify", "-0", "news.txt"])
        .code(2)
        .stderr(contains("--files-from"));
    desk.run(&["classify", "--files-from", "none"])
        .code(1)
        .stderr(contains("none: "));
    desk.run(&["train", "-o", "m"]).code(2);
}

#[test]
fn the_model_is_named_the_same_way_everywhere() {
    let desk = Desk::new();
    desk.run(&["train", "train.csv", "--idf-order", "after-norm", "-o", "m"])
        .success();
    for args in [
        &["classify", "news.txt", "--model", "m"][..],
        &["evaluate", "train.csv", "--model", "m"],
        &["explain", "news.txt", "--model", "m"],
        &["adapt", "train.csv", "--model", "m", "-o", "n"],
        &["inspect", "--model", "m"],
        &["inspect", "m"],
        &["update", "--model", "m", "train.csv", "-o", "n"],
        &["update", "m", "train.csv", "-o", "n"],
        &["forget", "train.csv", "--model", "n", "-o", "n"],
        &["merge", "--model", "m", "--model", "m", "-o", "n"],
        &["merge", "m", "m", "-o", "n"],
    ] {
        desk.run(args).success();
    }
    desk.run(&["inspect", "m", "--model", "m"]).code(2);
    desk.run(&["update", "m", "-o", "n"])
        .code(2)
        .stderr(contains("data sets after the model"));
    desk.run(&["update", "-o", "n"])
        .code(2)
        .stderr(contains("a model, then data sets"));
    desk.run(&["merge", "m", "-o", "n"])
        .code(2)
        .stderr(contains("two models or more"));
}

#[test]
fn a_model_is_shown_in_the_width_there_is() {
    let desk = Desk::trained();
    let shown = |columns: &str, args: &[&str]| {
        let mut command = desk.command(args);
        let output = command.env("COLUMNS", columns).assert().success();
        String::from_utf8(output.get_output().stdout.clone()).unwrap()
    };
    let whole = desk
        .command(&["inspect"])
        .env_remove("COLUMNS")
        .assert()
        .success();
    let whole = String::from_utf8(whole.get_output().stdout.clone()).unwrap();
    assert!(whole.lines().any(|line| line.len() > 100), "{whole}");
    for columns in [60, 80, 100] {
        let narrow = shown(&columns.to_string(), &["inspect"]);
        for line in narrow.lines() {
            assert!(line.chars().count() <= columns, "{columns}: {line}");
        }
        let words = |text: &str| {
            text.split_whitespace()
                .map(str::to_owned)
                .collect::<Vec<_>>()
        };
        assert_eq!(words(&narrow), words(&whole));
    }
    // Names of labels and files are shown and not obeyed.
    desk.write(
        "odd\u{1b}.csv",
        "text,label\na chip,\"x\u{1b}[31m\"\na vote,y\n",
    );
    desk.run(&["train", "odd\u{1b}.csv", "-o", "m"]).success();
    let odd = shown("80", &["inspect", "m"]);
    assert!(
        !odd.contains('\u{1b}') && odd.contains("x\\u{1b}[31m (1)"),
        "{odd}"
    );
}
