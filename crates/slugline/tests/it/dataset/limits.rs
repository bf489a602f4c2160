//! Records that are too long, and input without end.

use std::io::{self, Read};

use slugline::dataset::{Format, Quoting, ReadOptions, read};

use super::{brief, compression::gzip, message, options, records, row};

fn limited(format: Format, max_record_bytes: usize) -> ReadOptions {
    options(format).max_record_bytes(max_record_bytes)
}

fn too_long(line: u64, limit: usize) -> String {
    format!(
        "in:{line}: the record is longer than {limit} bytes (the limit `max_record_bytes`): look \
         for a missing line break or closing quote, or split the document"
    )
}

#[test]
fn the_limit_itself_is_accepted() {
    let lines = limited(Format::Lines, 5);
    for text in ["12345", "12345\n", "12345\r\n"] {
        assert_eq!(brief(text, &lines), [row(1, "", "12345")]);
    }
    for text in ["123456", "123456\n", "123456\r\n", "12345\r"] {
        assert_eq!(message(text, &lines), too_long(1, 5), "{text:?}");
    }
    assert_eq!(brief("12345", &limited(Format::Text, 5)).len(), 1);
    assert_eq!(
        message("12345\n", &limited(Format::Text, 5)),
        too_long(1, 5)
    );
}

#[test]
fn every_format_has_the_limit() {
    let long = "x".repeat(100);
    for (format, text) in [
        (Format::Lines, format!("a\n{long}\n")),
        (Format::Csv, format!("text\n{long}\n")),
        (Format::Csv, format!("text\n\"{}\n\"\n", "y\n".repeat(50))),
        (Format::Tsv, format!("text\n{long}")),
        (
            Format::JsonLines,
            format!("{{\"text\": \"a\"}}\n{{\"text\": \"{long}\"}}"),
        ),
        (Format::FastText, format!("__label__a b\n__label__c {long}")),
    ] {
        let found = message(text, &limited(format, 60));
        assert_eq!(found, too_long(2, 60), "{format}");
    }
    let blank = format!("text\n{}x\n", "\n".repeat(1000));
    assert_eq!(
        brief(blank, &limited(Format::Csv, 10)),
        [row(1002, "", "x")]
    );
}

/// Endless input of one repeated byte.
fn endless(byte: u8) -> impl Read {
    io::repeat(byte)
}

#[test]
fn input_without_end_is_an_error() {
    for (format, line) in [
        (Format::Text, 1),
        (Format::Lines, 1),
        (Format::Csv, 1),
        (Format::JsonLines, 1),
        (Format::FastText, 1),
    ] {
        let error = read(endless(b'x'), "in", &limited(format, 1 << 20))
            .and_then(Iterator::collect::<Result<Vec<_>, _>>)
            .unwrap_err();
        assert_eq!(error.to_string(), too_long(line, 1 << 20), "{format}");
    }
    let open_quote = io::Cursor::new("text\n\"").chain(io::repeat(b'\n'));
    let standard = limited(Format::Csv, 1 << 20).quoting(Quoting::Standard);
    let error = read(open_quote, "in", &standard)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .unwrap_err();
    assert_eq!(error.to_string(), too_long(2, 1 << 20));
}

#[test]
fn what_compressed_data_expands_to_is_streamed() {
    // 64 MiB from some hundred KiB: lines of it are read one by one, and as one text it is too long.
    let bomb = gzip(&b"aaaaaaaaaaaaaaa\n".repeat(4 << 20));
    assert!(bomb.len() < 1 << 19);
    let lines = read(
        io::Cursor::new(bomb.clone()),
        "in",
        &limited(Format::Lines, 100),
    )
    .unwrap();
    assert_eq!(lines.count(), 4 << 20);
    assert_eq!(
        message(bomb, &limited(Format::Text, 1 << 20)),
        too_long(1, 1 << 20)
    );
}

#[test]
fn a_read_error_has_the_name() {
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("the disk is on fire"))
        }
    }
    let broken = io::Cursor::new("text\na\n").chain(Broken);
    let mut records = read(broken, "in", &options(Format::Csv)).unwrap();
    assert_eq!(records.next().unwrap().unwrap().text, "a");
    assert_eq!(
        records.next().unwrap().unwrap_err().to_string(),
        "in: the disk is on fire"
    );
}

/// Gives one byte at a time, with an interruption before each.
struct Slow<R>(R, bool);

impl<R: Read> Read for Slow<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.1 = !self.1;
        if self.1 {
            return Err(io::ErrorKind::Interrupted.into());
        }
        let one = buffer.len().min(1);
        self.0.read(&mut buffer[..one])
    }
}

#[test]
fn slow_and_interrupted_input_reads_the_same() {
    let csv = "\u{feff}text,label\r\n\"é\r\n€\",😀\r\nb,c".as_bytes();
    let expected = records(csv, &options(Format::Csv)).unwrap();
    assert_eq!(expected.len(), 2);
    for bytes in [csv.to_vec(), gzip(csv)] {
        let slow = Slow(io::Cursor::new(bytes), false);
        let found: Result<Vec<_>, _> = read(slow, "in", &options(Format::Csv)).unwrap().collect();
        assert_eq!(found.unwrap(), expected);
    }
}
