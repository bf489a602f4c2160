//! Nothing that is read is written over; what is no file is written through; the rest stays as it was.

#![cfg(unix)]

use std::{
    fs::{self, File},
    os::unix::{
        fs::{FileTypeExt, MetadataExt, PermissionsExt, symlink},
        process::CommandExt,
    },
    path::Path,
    process::{Command, Output, Stdio},
    thread,
};

use super::desk::{Desk, TRAIN, make_fifo, words};

/// What is read by commands that write a model: the arguments, of which IN is the input and OUT the output.
const WRITERS: [(&str, &str, &str); 30] = [
    ("train", "data", "train IN -o OUT"),
    ("train", "data", "train other.csv IN --output OUT"),
    ("train", "data", "train --memory 16M IN -o OUT"),
    ("train", "data", "train folder -o OUT --input-format folder"),
    ("train", "data", "train - --input-format csv -o OUT"),
    ("train", "data", "train --files-from list.txt -o OUT"),
    ("train", "list of files", "train --files-from IN -o OUT"),
    ("train", "prior", "train other.csv --prior IN -o OUT"),
    (
        "train",
        "stop-word list",
        "train other.csv --stop-words IN -o OUT",
    ),
    (
        "train",
        "list of words",
        "train other.csv --without-terms IN -o OUT",
    ),
    (
        "train",
        "vocabulary",
        "train other.csv --vocabulary IN -o OUT",
    ),
    ("merge", "model", "merge IN exact.safetensors -o OUT"),
    (
        "merge",
        "model",
        "merge exact.safetensors --model IN -o OUT",
    ),
    ("update", "data", "update exact.safetensors IN -o OUT"),
    (
        "update",
        "data",
        "update --model exact.safetensors other.csv IN -o OUT",
    ),
    ("forget", "data", "forget exact.safetensors IN -o OUT"),
    ("adapt", "text", "adapt IN -o OUT"),
    ("adapt", "model", "adapt other.csv --model IN -o OUT"),
    ("adapt", "text", "adapt - -o OUT"),
    (
        "train",
        "data",
        "train IN -o new --skip-bad --bad-records OUT",
    ),
    (
        "train",
        "prior",
        "train other.csv --prior IN -o new --skip-bad --bad-records OUT",
    ),
    (
        "update",
        "model",
        "update IN other.csv -o new --skip-bad --bad-records OUT",
    ),
    (
        "forget",
        "model",
        "forget IN other.csv -o new --skip-bad --bad-records OUT",
    ),
    (
        "classify",
        "text",
        "classify IN --skip-bad --bad-records OUT",
    ),
    (
        "evaluate",
        "data",
        "evaluate IN --skip-bad=5 --bad-records OUT",
    ),
    ("audit", "data", "audit IN --skip-bad --bad-records OUT"),
    ("evaluate", "data", "evaluate IN --errors OUT"),
    (
        "evaluate",
        "model",
        "evaluate other.csv --model IN --errors OUT",
    ),
    (
        "evaluate",
        "prior",
        "evaluate other.csv --folds 2 --prior IN --errors OUT",
    ),
    ("explain", "text", "explain IN --skip-bad --bad-records OUT"),
];

/// What is read by commands that print.
const PRINTERS: [(&str, &str, &str); 18] = [
    ("classify", "text", "classify IN"),
    ("classify", "text", "classify other.csv IN"),
    ("classify", "text", "classify -"),
    ("classify", "text", "classify"),
    ("classify", "text", "classify folder --input-format folder"),
    ("classify", "model", "classify other.csv --model IN"),
    ("classify", "list of files", "classify --files-from IN"),
    ("evaluate", "data", "evaluate IN"),
    ("evaluate", "model", "evaluate other.csv --model IN"),
    (
        "evaluate",
        "prior",
        "evaluate other.csv --folds 2 --prior IN",
    ),
    (
        "evaluate",
        "vocabulary",
        "evaluate other.csv --folds 2 --vocabulary IN",
    ),
    (
        "evaluate",
        "stop-word list",
        "evaluate other.csv --folds 2 --stop-words IN",
    ),
    ("explain", "text", "explain IN"),
    ("explain", "list of files", "explain --files-from IN"),
    ("explain", "model", "explain other.csv --model IN"),
    ("inspect", "model", "inspect IN"),
    ("inspect", "model", "inspect --model IN"),
    ("audit", "data", "audit IN"),
];

/// A file in every role it may have, and all the names that it goes by.
struct Input {
    desk: Desk,
    content: Vec<u8>,
}

impl Input {
    fn new(what: &str) -> Self {
        let desk = Desk::new();
        desk.write("other.csv", TRAIN);
        let train = "train other.csv --idf-order after-norm -o exact.safetensors -q";
        desk.run(&words(train)).success();
        for folder in ["folder", "folder/a", "folder/b", "elsewhere"] {
            fs::create_dir(desk.path(folder)).unwrap();
        }
        desk.write("folder/b/other.txt", "votes and bills");
        let content = match what {
            "model" => fs::read(desk.path("exact.safetensors")).unwrap(),
            "prior" => b"label\tterm\tweight\nmarkets\tbank\t2\n".to_vec(),
            "stop-word list" | "vocabulary" => b"the\nbank\nchip\nbill\n".to_vec(),
            "list of files" => b"other.csv\n".to_vec(),
            _ => TRAIN.as_bytes().to_vec(),
        };
        desk.write("input", &content);
        // One file under many names; one of them in the folder that may be read.
        for name in ["input.csv", "folder/a/input.csv", "hard"] {
            fs::hard_link(desk.path("input"), desk.path(name)).unwrap();
        }
        symlink("input.csv", desk.path("link")).unwrap();
        symlink("../link", desk.path("elsewhere/far")).unwrap();
        symlink("elsewhere", desk.path("near")).unwrap();
        desk.write("list.txt", "other.csv\n./near/../input.csv\n");
        Self { desk, content }
    }

    /// The file's other names.
    fn names(&self) -> Vec<String> {
        let absolute = self.desk.path("input.csv").to_str().unwrap().to_owned();
        [
            "input.csv",
            "./input.csv",
            "elsewhere/../input.csv",
            "hard",
            "link",
            "near/far",
        ]
        .into_iter()
        .map(str::to_owned)
        .chain([absolute])
        .collect()
    }

    fn run(&self, line: &str, output: &str, out: Stdio, err: Stdio) -> Output {
        let args: Vec<&str> = line
            .split(' ')
            .map(|word| match word {
                "IN" => "input.csv",
                "OUT" => output,
                word => word,
            })
            .collect();
        let mut command = self.desk.process(&args);
        command.stdin(File::open(self.desk.path("input")).unwrap());
        command.stdout(out).stderr(err);
        command.output().unwrap()
    }

    fn check(&self, line: &str, what: &str, output: &Output, said: &[u8]) {
        let said = String::from_utf8_lossy(said);
        assert_eq!(output.status.code(), Some(2), "{line}: {said}");
        assert!(said.contains(what), "{line}: {what}: {said}");
        assert!(said.contains("another file"), "{line}: {said}");
        let now = fs::read(self.desk.path("input")).unwrap();
        assert!(now == self.content, "{line}: the input has changed");
        assert!(self.desk.path("link").is_symlink(), "{line}");
    }
}

#[test]
fn no_command_writes_over_what_it_reads() {
    let mut pairs = 0;
    for (command, what, line) in WRITERS {
        let input = Input::new(what);
        for name in input.names() {
            let output = input.run(line, &name, Stdio::piped(), Stdio::piped());
            input.check(&format!("{line} ({name})"), what, &output, &output.stderr);
            pairs += 1;
        }
        // And `-` into it, as the shell's `>>` has it.
        let file = File::options().append(true).open(input.desk.path("hard"));
        let output = input.run(line, "-", file.unwrap().into(), Stdio::piped());
        input.check(&format!("{line} >>"), what, &output, &output.stderr);
        pairs += 1;
        assert!(line.starts_with(command));
    }
    for (command, what, line) in PRINTERS {
        let input = Input::new(what);
        for name in input.names() {
            let file = File::options().append(true).open(input.desk.path(&name));
            let output = input.run(line, "", file.unwrap().into(), Stdio::piped());
            input.check(&format!("{line} >> {name}"), what, &output, &output.stderr);
            pairs += 1;
        }
        assert!(line.starts_with(command));
    }
    // Standard error is written to, too: there the reason goes to standard output.
    for (_, what, line) in WRITERS.iter().chain(&PRINTERS) {
        if line.contains(" folder ") {
            continue;
        }
        let input = Input::new(what);
        let file = File::options().append(true).open(input.desk.path("hard"));
        let output = input.run(line, "new", Stdio::piped(), file.unwrap().into());
        let said = String::from_utf8_lossy(&output.stdout);
        assert_eq!(output.status.code(), Some(1), "{line}: {said}");
        assert!(
            said.contains("standard error") && said.contains(what),
            "{line}: {said}"
        );
        assert_eq!(fs::read(input.desk.path("input")).unwrap(), input.content);
        assert!(!input.desk.path("new").exists());
        pairs += 1;
    }
    println!("{pairs} pairs of a command's input and its output: refused, the input unchanged");
    assert!(pairs > 280, "{pairs}");
}

#[test]
fn update_and_forget_write_over_their_own_model_under_any_name() {
    for command in ["update", "forget"] {
        for name in ["./exact.safetensors", "link", "hard"] {
            let desk = Desk::new();
            desk.write(
                "more.csv",
                "text,label\nThe bank raised rates and the euro rose,markets\n",
            );
            let train = "train train.csv more.csv --idf-order after-norm -o exact.safetensors -q";
            desk.run(&words(train)).success();
            symlink("exact.safetensors", desk.path("link")).unwrap();
            fs::hard_link(desk.path("exact.safetensors"), desk.path("hard")).unwrap();
            desk.run(&[command, "exact.safetensors", "more.csv", "-o", name])
                .success();
            let documents = desk.json(&["inspect", name, "--format", "json"])["documents"].clone();
            assert_eq!(documents, if command == "update" { 11 } else { 9 });
            assert!(desk.path("link").is_symlink());
        }
    }
}

#[test]
fn what_is_not_read_may_be_written() {
    let desk = Desk::new();
    fs::create_dir_all(desk.path("texts/a")).unwrap();
    fs::create_dir_all(desk.path("texts/b")).unwrap();
    desk.write("texts/a/1.txt", "chips and code");
    desk.write("texts/b/1.txt", "votes and bills");
    desk.write("texts/.model", "old");
    // In the folder that is read, and no text of it; a language that a file is called like; no stop words.
    desk.run(&words("train texts -o texts/.model")).success();
    desk.write("none", "old");
    desk.run(&words("train train.csv --stop-words none -o none"))
        .success();
    desk.run(&words("train train.csv -o /dev/null")).success();
    // Reading and writing a terminal, a socket or /dev/null are two things.
    let mut command = desk.process(&["classify", "-"]);
    let null = || {
        File::options()
            .read(true)
            .write(true)
            .open("/dev/null")
            .unwrap()
    };
    let status = command
        .stdin(null())
        .stdout(null())
        .stderr(null())
        .status()
        .unwrap();
    assert!(status.success());
}

#[test]
fn a_model_goes_to_standard_output_and_nothing_beside_it() {
    let desk = Desk::trained();
    let model = fs::read(desk.path("desk.safetensors")).unwrap();
    let mut checked = 0;
    for line in [
        "train train.csv -o -",
        "train train.csv --output - --quiet",
        "train train.csv -o /dev/stdout",
    ] {
        let output = desk.process(&words(line)).output().unwrap();
        assert!(output.status.success(), "{line}");
        assert!(output.stdout == model, "{line}");
        assert_eq!(output.stderr.is_empty(), line.contains("quiet"));
        checked += 1;
    }
    for line in [
        "merge exact.safetensors exact.safetensors -o -",
        "update exact.safetensors train.csv -o -",
        "forget two.safetensors train.csv -o -",
        "adapt train.csv -o -",
    ] {
        if checked == 3 {
            desk.run(&words(
                "train train.csv --idf-order after-norm -o exact.safetensors",
            ))
            .success();
            desk.run(&words(
                "train train.csv news.csv --idf-order after-norm -o two.safetensors",
            ))
            .code(1);
            desk.write("news.csv", "text,label\nvotes and bills,policy\n");
            desk.run(&words(
                "train train.csv news.csv --idf-order after-norm -o two.safetensors",
            ))
            .success();
        }
        let output = desk.process(&words(line)).output().unwrap();
        assert!(
            output.status.success(),
            "{line}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        desk.write("piped", &output.stdout);
        desk.run(&["inspect", "piped"]).success();
        checked += 1;
    }
    assert!(!desk.path("-").exists());
    // Behind what is there already, and by any number.
    for (number, line) in [
        (1, "train train.csv -o /dev/stdout"),
        (5, "train train.csv -o /dev/fd/5"),
        (5, "train train.csv -o /proc/self/fd/5"),
    ] {
        let script = format!(
            "(echo before; {} {line} -q) {number}> out 1>&{number}; ",
            binary()
        );
        let script = match number {
            1 => format!("(echo before; {} {line} -q; echo after) > out", binary()),
            _ => script.replace("(echo before", "(echo before >&5"),
        };
        let status = Command::new("sh")
            .arg("-c")
            .arg(&script)
            .current_dir(desk.folder.path())
            .status();
        assert!(status.unwrap().success(), "{script}");
        let out = fs::read(desk.path("out")).unwrap();
        assert!(out.starts_with(b"before\n"), "{script}");
        assert!(out[7..].starts_with(&model), "{script}");
        checked += 1;
    }
    println!("{checked} models on standard output");
}

fn binary() -> String {
    assert_cmd::cargo::cargo_bin("slugline")
        .to_str()
        .unwrap()
        .to_owned()
}

#[test]
fn devices_pipes_and_links_stay_what_they_are() {
    let desk = Desk::trained();
    let model = fs::read(desk.path("desk.safetensors")).unwrap();
    let mut checked = 0;
    let pipe = desk.path("pipe");
    make_fifo(&pipe);
    symlink("pipe", desk.path("to_pipe")).unwrap();
    for name in ["pipe", "to_pipe"] {
        let reader = {
            let pipe = pipe.clone();
            thread::spawn(move || fs::read(pipe).unwrap())
        };
        desk.run(&["train", "train.csv", "-o", name]).success();
        assert!(reader.join().unwrap() == model);
        assert!(fs::symlink_metadata(&pipe).unwrap().file_type().is_fifo());
        checked += 1;
    }
    // A device of our own: a mistake must not cost the machine its /dev/null.
    let null = desk.path("null");
    let made = Command::new("mknod")
        .arg(&null)
        .args(["c", "1", "3"])
        .output();
    if made.is_ok_and(|made| made.status.success()) {
        symlink("null", desk.path("to_null")).unwrap();
        for name in ["null", "to_null"] {
            desk.run(&["train", "train.csv", "-o", name]).success();
            assert!(
                fs::symlink_metadata(&null)
                    .unwrap()
                    .file_type()
                    .is_char_device()
            );
            checked += 1;
        }
        let full = desk.path("full");
        assert!(
            Command::new("mknod")
                .arg(&full)
                .args(["c", "1", "7"])
                .status()
                .unwrap()
                .success()
        );
        let output = desk
            .process(&["train", "train.csv", "-o", "full"])
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(1));
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(said.contains("error: full: No space left"), "{said}");
        assert!(
            fs::symlink_metadata(&full)
                .unwrap()
                .file_type()
                .is_char_device()
        );
        checked += 1;
    } else {
        println!("skipped: no device can be made here (mknod wants root)");
    }
    desk.write("target", "old");
    symlink("target", desk.path("link")).unwrap();
    symlink("made", desk.path("dangling")).unwrap();
    for (link, target) in [("link", "target"), ("dangling", "made")] {
        desk.run(&["train", "train.csv", "-o", link]).success();
        assert!(desk.path(link).is_symlink());
        assert!(fs::read(desk.path(target)).unwrap() == model);
        checked += 1;
    }
    symlink("loop", desk.path("loop")).unwrap();
    let output = desk
        .process(&["train", "train.csv", "-o", "loop"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(desk.path("loop").is_symlink());
    println!("{checked} devices, pipes and links, as they were");
}

#[test]
fn a_new_file_follows_the_umask_and_an_old_one_stays() {
    let desk = Desk::new();
    for (umask, expected) in [
        ("022", 0o644),
        ("027", 0o640),
        ("077", 0o600),
        ("002", 0o664),
    ] {
        let script = format!(
            "umask {umask}; {} train train.csv -q -o new{umask}",
            binary()
        );
        let status = Command::new("sh")
            .arg("-c")
            .arg(script)
            .current_dir(desk.folder.path())
            .status();
        assert!(status.unwrap().success());
        let mode = |name: &str| fs::metadata(desk.path(name)).unwrap().mode() & 0o7777;
        assert_eq!(mode(&format!("new{umask}")), expected, "{umask}");
        desk.write("old", "old");
        fs::set_permissions(desk.path("old"), fs::Permissions::from_mode(0o604)).unwrap();
        let script = format!("umask {umask}; {} train train.csv -q -o old", binary());
        let status = Command::new("sh")
            .arg("-c")
            .arg(script)
            .current_dir(desk.folder.path())
            .status();
        assert!(status.unwrap().success());
        assert_eq!(mode("old"), 0o604, "{umask}");
    }
}

/// The command as a user who is not root: whoever runs the tests, or `nobody`.
fn as_user(desk: &Desk, args: &[&str]) -> Output {
    let mut command;
    if fs::metadata(desk.folder.path()).unwrap().uid() == 0 {
        let copy = desk.path("slugline-copy");
        if !copy.exists() {
            // By another process: a file that this one has open for writing, and a test beside this one
            // hands on to its children, cannot be run.
            let copied = Command::new("cp").arg(binary()).arg(&copy).status();
            assert!(copied.unwrap().success());
        }
        for path in [desk.folder.path(), &copy] {
            fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
        }
        command = Command::new(copy);
        command.uid(65534).gid(65534);
    } else {
        command = Command::new(binary());
    }
    command.current_dir(desk.folder.path()).args(args);
    command.output().unwrap()
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

#[test]
fn what_may_not_be_written_is_told_before_the_work() {
    let desk = Desk::new();
    for folder in ["readonly", "closed", "open"] {
        fs::create_dir(desk.path(folder)).unwrap();
    }
    desk.write("readonly/old", "old");
    set_mode(&desk.path("readonly/old"), 0o666);
    set_mode(&desk.path("readonly"), 0o555);
    set_mode(&desk.path("closed"), 0o000);
    desk.write("open/protected", "old");
    set_mode(&desk.path("open/protected"), 0o444);
    set_mode(&desk.path("open"), 0o777);
    for output in [
        "readonly/old",
        "readonly/new",
        "closed/new",
        "open/protected",
    ] {
        // The data is missing, too: of that nothing is said yet.
        let output_of = as_user(&desk, &["train", "missing.csv", "-o", output]);
        let said = String::from_utf8_lossy(&output_of.stderr);
        assert_eq!(output_of.status.code(), Some(1), "{output}: {said}");
        assert!(
            said.starts_with(&format!("slugline: error: {output}: Permission denied")),
            "{said}"
        );
    }
    assert_eq!(
        fs::read_to_string(desk.path("readonly/old")).unwrap(),
        "old"
    );
    assert_eq!(
        fs::read_to_string(desk.path("open/protected")).unwrap(),
        "old"
    );
    let fine = as_user(&desk, &["train", "train.csv", "-o", "open/new"]);
    assert!(
        fine.status.success(),
        "{}",
        String::from_utf8_lossy(&fine.stderr)
    );
    set_mode(&desk.path("closed"), 0o755);
    set_mode(&desk.path("readonly"), 0o755);
}

#[test]
fn what_a_killed_run_left_is_told() {
    let desk = Desk::trained();
    let stray = ".desk.safetensors.slugline-aB3dE6gH.tmp";
    desk.write(stray, "half");
    let output = desk
        .process(&words("train train.csv -o desk.safetensors"))
        .output()
        .unwrap();
    assert!(output.status.success());
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains(stray) && said.contains("delete it"), "{said}");
    assert!(desk.path(stray).exists());
}

#[test]
fn names_with_control_characters_are_shown_and_not_obeyed() {
    let desk = Desk::trained();
    let name = "new\u{1b}[31m\nline.csv";
    for args in [
        &["classify", name][..],
        &["train", name, "-o", "m"],
        &["train", "train.csv", "-o", "none\u{1b}/m\n"],
        &["inspect", name],
        &["explain", name],
        &["train", "train.csv", "-o", "m", "--stop-words", name],
        &["train", "train.csv", "-o", "m", "--prior", name],
        &["train", "train.csv", "-o", "m", "--vocabulary", name],
        &["merge", name, "desk.safetensors", "-o", "m"],
        &["classify", "--files-from", name],
        &["classify", "--top", name, "news.txt"],
        &["evaluate", name, "--folds", "2"],
        &["audit", name],
        &["man", name],
        &["train", "train.csv", "-o", "a\u{1b}\n.safetensors"],
    ] {
        let output = desk.process(args).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.contains("\\u{1b}"), "{args:?}: {said}");
        let lines = said.lines().count();
        assert!(lines <= 2 || args.contains(&"--top"), "{args:?}: {said}");
        assert!(!said.contains('\u{1b}'), "{args:?}: {said:?}");
    }
}

/// A message would go into a text that is read.
#[test]
fn standard_error_is_no_file_of_a_folder_that_is_read() {
    let desk = Desk::trained();
    fs::create_dir_all(desk.path("data/pol")).unwrap();
    desk.write("data/pol/1.txt", "minister told parliament");
    let log = File::options()
        .append(true)
        .open(desk.path("data/pol/1.txt"))
        .unwrap();
    let mut run = desk.process(&["train", "data", "nowhere", "-o", "m"]);
    let status = run.stderr(log).stdout(Stdio::null()).status().unwrap();
    assert!(!status.success());
    let text = fs::read_to_string(desk.path("data/pol/1.txt")).unwrap();
    assert_eq!(text, "minister told parliament");
}

/// A model that is lost on its way is no success.
#[test]
fn a_reader_that_goes_away_loses_the_model() {
    let desk = Desk::trained();
    let mut run = desk
        .process(&["train", "train.csv", "-o", "-"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(run.stdout.take());
    let output = run.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(error.contains("the reader closed the pipe"), "{error}");
}
