//! Answers at once, to whoever is still writing.

#![cfg(unix)]

use std::{
    fs::File,
    io::{BufRead, BufReader, Read, Write},
    process::{Child, Stdio},
    sync::mpsc::{Receiver, RecvTimeoutError, channel},
    thread,
    time::Duration,
};

use super::desk::{Desk, make_fifo};

/// Longer than any machine takes, and no hang.
const PATIENCE: Duration = Duration::from_secs(60);

/// Lines as they come.
fn lines(from: impl Read + Send + 'static) -> Receiver<String> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        for line in BufReader::new(from).lines() {
            if line.is_ok_and(|line| sender.send(line).is_err()) {
                return;
            }
        }
    });
    receiver
}

fn start(desk: &Desk, args: &[&str], stdin: Stdio) -> (Child, Receiver<String>) {
    let mut run = desk
        .process(&[&["classify", "--model", "desk.safetensors"], args].concat())
        .stdin(stdin)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let out = lines(run.stdout.take().unwrap());
    (run, out)
}

/// Writes line by line, and demands the answer to each before the next one is written.
fn converse(mut input: impl Write, out: &Receiver<String>, first: &str, pieces: &[(&str, &str)]) {
    input.write_all(first.as_bytes()).unwrap();
    for (piece, expected) in pieces {
        input.write_all(piece.as_bytes()).unwrap();
        input.flush().unwrap();
        let answer = loop {
            match out.recv_timeout(PATIENCE) {
                // A header comes with the first answer.
                Ok(line) if line.starts_with("source,") || line.starts_with("id,") => {}
                Ok(line) => break line,
                Err(RecvTimeoutError::Timeout) => panic!("no answer to {piece:?}"),
                Err(RecvTimeoutError::Disconnected) => panic!("it ended before {piece:?}"),
            }
        };
        assert!(answer.contains(expected), "{piece:?}: {answer}");
    }
    drop(input);
}

const LINES: &[(&str, &str)] = &[
    ("the bank raised rates\n", "markets"),
    ("\n\nminister told parliament\n", "policy"),
    ("the bank\nthe bank\n", "markets"),
];
const JSON: &[(&str, &str)] = &[
    (
        "{\"id\": 1, \"text\": \"the bank raised rates\"}\n",
        "markets",
    ),
    (
        "{\"id\": 2, \"text\": \"minister told parliament\"}\n",
        "policy",
    ),
];
const CSV: &[(&str, &str)] = &[
    ("1,the bank raised rates\n", "markets"),
    ("2,\"minister told\n\"\"parliament\"\"\"\n", "policy"),
    ("3,the chip\n", "technology"),
];

#[test]
fn a_pipe_is_answered_line_by_line() {
    let desk = Desk::trained();
    for format in ["text", "jsonl", "csv"] {
        for (input_format, first, pieces) in [
            ("lines", "", LINES),
            ("jsonl", "", JSON),
            ("csv", "id,text\n", CSV),
        ] {
            for threads in ["1", "4"] {
                let args = [
                    "--input-format",
                    input_format,
                    "--format",
                    format,
                    "--threads",
                    threads,
                    "-",
                ];
                let (mut run, out) = start(&desk, &args, Stdio::piped());
                converse(run.stdin.take().unwrap(), &out, first, pieces);
                assert!(run.wait().unwrap().success());
                let (mut run, out) = start(
                    &desk,
                    &[&args[..], &["--label-only"]].concat(),
                    Stdio::piped(),
                );
                converse(run.stdin.take().unwrap(), &out, first, pieces);
                assert!(run.wait().unwrap().success());
            }
        }
    }
    // Columns are passed on as soon.
    for format in ["jsonl", "csv"] {
        let args = [
            "--input-format",
            "csv",
            "--format",
            format,
            "--columns",
            "id",
            "-",
        ];
        let (mut run, out) = start(&desk, &args, Stdio::piped());
        converse(run.stdin.take().unwrap(), &out, "id,text\n", CSV);
        assert!(run.wait().unwrap().success());
    }
}

/// In any encoding that is named, whatever is in the first line.
#[test]
fn a_pipe_in_another_encoding_is_answered_line_by_line() {
    type Encode<'a> = &'a dyn Fn(&str) -> Vec<u8>;
    let desk = Desk::trained();
    let little = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let latin = |text: &str| text.chars().map(|c| c as u8).collect();
    let cases: [(&[&str], &str, Encode); 4] = [
        (&["--encoding", "windows-1252"], "", &latin),
        (&["--encoding", "iso-8859-15"], "", &latin),
        (&["--encoding", "utf-16le"], "", &little),
        (&[], "\u{feff}", &little),
    ];
    for (encoding, mark, encode) in cases {
        for (input_format, row) in [
            ("lines", "café raised\u{1} rates\n"),
            ("lines", "<html> é raised rates\n"),
            ("jsonl", "{\"text\": \"café raised rates\"}\n"),
        ] {
            let args = [&["--input-format", input_format, "-"], encoding].concat();
            let (mut run, out) = start(&desk, &args, Stdio::piped());
            let mut input = run.stdin.take().unwrap();
            for row in [format!("{mark}{row}"), row.to_owned()] {
                input.write_all(&encode(&row)).unwrap();
                input.flush().unwrap();
                let answer = out.recv_timeout(PATIENCE);
                let answer = answer.unwrap_or_else(|why| panic!("{args:?} {row}: {why}"));
                assert!(answer.contains("markets"), "{args:?} {row}: {answer}");
            }
            drop(input);
            assert!(run.wait().unwrap().success());
        }
    }
}

/// A batch is answered while the next one is read: not where the next one is a bad record, and nothing follows yet.
#[test]
fn a_bad_record_does_not_hold_back_the_answers_before_it() {
    let desk = Desk::trained();
    for threads in ["1", "2", "4"] {
        let args = [
            "--input-format",
            "jsonl",
            "--threads",
            threads,
            "--skip-bad",
            "-",
        ];
        // Long enough for threads.
        let record = format!("{{\"text\": \"the bank{}\"}}\n", " raised".repeat(3));
        let input = record.repeat(2048) + "{bad\n";
        let (mut run, out) = start(&desk, &args, Stdio::piped());
        let mut stdin = run.stdin.take().unwrap();
        stdin.write_all(input.as_bytes()).unwrap();
        stdin.flush().unwrap();
        for answer in 0..2048 {
            let line = out.recv_timeout(PATIENCE);
            assert!(line.is_ok(), "{threads} threads, answer {answer}: {line:?}");
        }
        drop(stdin);
        run.wait().unwrap();
    }
}

#[test]
fn a_named_pipe_is_answered_line_by_line() {
    let desk = Desk::trained();
    for (name, input_format, first, pieces) in [
        ("pipe", "lines", "", LINES),
        ("pipe.jsonl", "jsonl", "", JSON),
        ("pipe.csv", "csv", "id,text\n", CSV),
    ] {
        make_fifo(&desk.path(name));
        let (mut run, out) = start(
            &desk,
            &["--input-format", input_format, name],
            Stdio::null(),
        );
        let input = File::options().write(true).open(desk.path(name)).unwrap();
        converse(input, &out, first, pieces);
        assert!(run.wait().unwrap().success());
    }
}

/// A bad line is told where it stands, and what is written later is still answered.
#[test]
fn a_bad_line_is_left_out_at_once() {
    let desk = Desk::trained();
    let args = ["--input-format", "jsonl", "--skip-bad", "-"];
    let (mut run, out) = start(&desk, &args, Stdio::piped());
    let pieces = [
        ("{\"text\": \"the bank\"}\n", "<stdin>:1\tmarkets"),
        (
            "{\"text\": \n{\"text\": \"minister\"}\n",
            "<stdin>:3\tpolicy",
        ),
    ];
    converse(run.stdin.take().unwrap(), &out, "", &pieces);
    assert!(run.wait().unwrap().success());
}

/// Nothing is lost or put into another order where much is waiting.
#[test]
fn many_lines_at_once_are_all_answered_in_order() {
    let desk = Desk::trained();
    let (mut run, out) = start(
        &desk,
        &["--input-format", "lines", "--threads", "3", "-"],
        Stdio::piped(),
    );
    let mut input = run.stdin.take().unwrap();
    let writer = thread::spawn(move || {
        for n in 0..50_000 {
            writeln!(input, "the bank and the minister {n}").unwrap();
        }
    });
    for n in 1..=50_000 {
        let line = out.recv_timeout(PATIENCE).unwrap();
        assert!(line.starts_with(&format!("<stdin>:{n}\t")), "{line}");
    }
    writer.join().unwrap();
    assert!(run.wait().unwrap().success());
}

/// `script` gives the command a terminal of its own, where there is one.
#[test]
fn a_terminal_is_answered_line_by_line() {
    let desk = Desk::trained();
    let binary = assert_cmd::cargo::cargo_bin("slugline");
    let command = format!(
        "cd '{}' && '{}' classify --model desk.safetensors --input-format lines -",
        desk.folder.path().display(),
        binary.display()
    );
    let run = std::process::Command::new("script")
        .args(["-qefc", &command, "/dev/null"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn();
    let Ok(mut run) = run else {
        eprintln!("skipped: there is no `script` to make a terminal");
        return;
    };
    let out = lines(run.stdout.take().unwrap());
    let mut input = run.stdin.take().unwrap();
    // What is typed before anyone listens may be lost.
    let ready = out.recv_timeout(PATIENCE).expect("no word on a terminal");
    assert!(ready.contains("reading from the terminal"), "{ready}");
    for (line, label) in [
        ("the bank raised rates", "markets"),
        ("minister told parliament", "policy"),
    ] {
        writeln!(input, "{line}").unwrap();
        input.flush().unwrap();
        // The terminal shows what is typed, too.
        loop {
            let shown = out.recv_timeout(PATIENCE).expect("no answer on a terminal");
            if shown.contains(label) {
                break;
            }
        }
    }
    // The end of input, as it is typed.
    input.write_all(b"\x04").unwrap();
    drop(input);
    let _ = run.wait();
}

/// What came before a bad record is answered before more is waited for.
#[test]
fn a_bad_record_that_is_left_out_holds_nothing_back() {
    let desk = Desk::trained();
    for (input_format, piece) in [
        ("lines", b"the bank\ncaf\xe9\n".as_slice()),
        ("jsonl", b"{\"text\": \"the bank\"}\n{\"text\": nil}\n"),
        ("csv", b"text\nthe bank\none,too many\n"),
    ] {
        let args = ["--input-format", input_format, "--skip-bad", "-"];
        let (mut run, out) = start(&desk, &args, Stdio::piped());
        let mut input = run.stdin.take().unwrap();
        input.write_all(piece).unwrap();
        input.flush().unwrap();
        let answer = out.recv_timeout(PATIENCE).expect(input_format);
        assert!(answer.contains("markets"), "{input_format}: {answer}");
        drop(input);
        assert!(run.wait().unwrap().success());
    }
}
