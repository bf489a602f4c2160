//! A record is given when its end has been read, and nothing behind it is waited for.

use std::{
    io::{self, Read},
    sync::mpsc::{Receiver, Sender, channel},
};

use slugline::dataset::{Column, Format, OtherColumns, Quoting, ReadOptions, Records, read};

use super::options;

/// What has been sent; whoever reads more than that would wait for ever.
struct Pipe(Receiver<Vec<u8>>, Vec<u8>);

impl Read for Pipe {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.1.is_empty() {
            self.1 = self
                .0
                .try_recv()
                .map_err(|_| io::Error::other("this would wait"))?;
        }
        let count = buffer.len().min(self.1.len());
        buffer[..count].copy_from_slice(&self.1[..count]);
        self.1.drain(..count);
        Ok(count)
    }
}

fn pipe() -> (Sender<Vec<u8>>, Pipe) {
    let (sender, receiver) = channel();
    (sender, Pipe(receiver, Vec::new()))
}

fn next(records: &mut Records) -> String {
    records.next().unwrap().unwrap().text
}

/// A first piece, and texts that come one by one with what brings each.
fn check(options: &ReadOptions, first: &str, pieces: &[(&str, &str)]) {
    for newline in ["\n", "\r\n"] {
        // All at once, or byte by byte.
        for whole in [true, false] {
            let (sender, receiver) = pipe();
            let send = |text: &str| {
                let bytes = text.replace('\n', newline).into_bytes();
                match whole {
                    true => sender.send(bytes).unwrap(),
                    false => bytes
                        .iter()
                        .for_each(|byte| sender.send(vec![*byte]).unwrap()),
                }
            };
            // The first bytes of a stream tell whether it is compressed.
            send(if first.is_empty() { pieces[0].0 } else { first });
            let mut records = read(receiver, "in", options).unwrap();
            for (n, (piece, text)) in pieces.iter().enumerate() {
                if n > 0 || !first.is_empty() {
                    assert!(!records.has_buffered(), "{piece:?}");
                    send(piece);
                }
                assert_eq!(next(&mut records), text.replace('\n', newline));
            }
        }
    }
}

#[test]
fn lines_are_given_at_once() {
    check(
        &options(Format::Lines),
        "",
        &[("one\n", "one"), ("two\n", "two"), ("\n\nthree\n", "three")],
    );
    check(
        &options(Format::FastText),
        "",
        &[("__label__a b\n", "b"), ("c\n", "c")],
    );
}

#[test]
fn json_lines_are_given_at_once() {
    let all = options(Format::JsonLines).columns(OtherColumns::All);
    for options in [options(Format::JsonLines), all] {
        let pieces = [("{\"text\": \"a\"}\n", "a"), ("{\"text\": \"b\"}\n", "b")];
        check(&options, "", &pieces);
    }
}

#[test]
fn rows_are_given_at_once() {
    let pieces = [
        ("a,x\n", "a"),
        ("\"b\nc\",x\n", "b\nc"),
        ("\nd,\"x\"\n", "d"),
        ("\"e\"\"\",\"x\ny\"\n", "e\""),
    ];
    for quoting in [Quoting::Auto, Quoting::Standard] {
        let options = options(Format::Csv).quoting(quoting);
        check(&options, "text,label\n", &pieces);
    }
    let numbered = options(Format::Tsv).header(false).text([Column::Number(1)]);
    check(&numbered, "", &[("a\tb\n", "a"), ("\"c\nd\"\te\n", "c\nd")]);
    let plain = options(Format::Csv).quoting(Quoting::None);
    check(&plain, "text\n", &[("\"a\n", "\"a"), ("b\n", "b")]);
}

#[test]
fn what_is_in_memory_is_known() {
    for (format, first, rest) in [
        (Format::Lines, "a\nb\n\nc", "\n"),
        (
            Format::JsonLines,
            "{\"text\": \"a\"}\n{\"text\": \"b\"}\n{\"text\": \"c\"",
            "}\n",
        ),
        (
            Format::Csv,
            "text,label\na,x\n\"b\",x\n\"c\",\"x\n",
            "y\"\n",
        ),
        (Format::Tsv, "text\tlabel\na\tx\nb\tx\nc\tx", "\n"),
    ] {
        let (sender, receiver) = pipe();
        sender.send(first.as_bytes().to_vec()).unwrap();
        let mut records = read(receiver, "in", &options(format)).unwrap();
        if format != Format::Csv && format != Format::Tsv {
            // Nothing has been read yet, and so nothing is known.
            assert!(!records.has_buffered(), "{format}");
        }
        assert_eq!(next(&mut records), "a");
        assert!(records.has_buffered(), "{format}");
        assert_eq!(next(&mut records), "b");
        assert!(!records.has_buffered(), "{format}");
        sender.send(rest.as_bytes().to_vec()).unwrap();
        assert_eq!(next(&mut records), "c");
        assert!(!records.has_buffered(), "{format}");
    }
}

#[test]
fn bad_records_in_memory_count() {
    let skipping = options(Format::Csv).skip_bad(true);
    let (sender, receiver) = pipe();
    sender
        .send(b"text,n\na,1\n\"b\"x,2\nc\nd,4\n".to_vec())
        .unwrap();
    let mut records = read(receiver, "in", &skipping).unwrap();
    let mut good = 0;
    for _ in 0..4 {
        assert!(records.has_buffered());
        good += usize::from(records.next().unwrap().is_ok());
    }
    assert_eq!(good, 2);
    assert!(!records.has_buffered());
}
