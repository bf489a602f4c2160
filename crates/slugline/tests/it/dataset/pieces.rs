//! How an input comes, whole or in pieces, cannot be seen: same records, same positions, same errors.

use std::io::{self, Read};

use proptest::prelude::*;
use slugline::dataset::{Column, Format, InvalidUtf8, Quoting, ReadOptions, read};

use super::options;

/// Gives a few bytes at a time: pieces of these sizes, one after the other and over again.
struct Pieces {
    bytes: io::Cursor<Vec<u8>>,
    sizes: Vec<usize>,
    at: usize,
    /// Whether reading fails where the bytes end.
    fails: bool,
}

impl Read for Pieces {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let most = self.sizes[self.at % self.sizes.len()].min(buffer.len());
        self.at += 1;
        match self.bytes.read(&mut buffer[..most])? {
            0 if self.fails && !buffer.is_empty() => {
                self.fails = false;
                Err(io::Error::other("the disk is on fire"))
            }
            count => Ok(count),
        }
    }
}

/// Everything that can be seen of reading: positions, labels and texts, or the errors.
fn seen(bytes: &[u8], sizes: &[usize], fails: bool, options: &ReadOptions) -> Vec<String> {
    let pieces = Pieces {
        bytes: io::Cursor::new(bytes.to_vec()),
        sizes: sizes.to_vec(),
        at: 0,
        fails,
    };
    let records = match read(pieces, "in", options) {
        Ok(records) => records,
        Err(error) => return vec![format!("error: {error}")],
    };
    records
        .map(|record| match record {
            Ok(record) => format!("{}: {:?}", record.position, record.text),
            Err(error) => format!("error: {error}"),
        })
        .collect()
}

fn awkward() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop::sample::select(vec![
        &b"a"[..],
        b"\"",
        b"\"a\"",
        b",",
        b"\n",
        b"\r\n",
        b"\r",
        b"\r\r",
        b" ",
        "é".as_bytes(),
        "\u{feff}".as_bytes(),
        b"\xff",
        b"\xef\xbb",
        b"word",
        b"{\"text\": \"a\"}",
        b"{\"text\":\n\r\"a\"}",
        b"{",
        b"[",
        b"__label__a b",
        b"\0",
        b"a\0",
        b"\x01\x02\x03",
        b"<html>",
        b"<!-- a",
        b"{\\rtf",
        b"GIF87a",
    ]);
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]
    #[test]
    fn pieces_cannot_be_seen(
        marks in 0_usize..3,
        bytes in awkward(),
        sizes in prop::collection::vec(1_usize..6, 1..5),
        format in prop::sample::select(vec![
            None, None, Some(Format::Text), Some(Format::Lines), Some(Format::Csv), Some(Format::Tsv),
            Some(Format::JsonLines), Some(Format::Json), Some(Format::FastText),
        ]),
        quoting in prop::sample::select(vec![Quoting::Auto, Quoting::Standard, Quoting::None]),
        header in any::<bool>(),
        skip_bad in any::<bool>(),
        replace in any::<bool>(),
        fails in any::<bool>(),
        limit in prop::sample::select(vec![8_usize, 1000]),
    ) {
        let bytes = ["\u{feff}".repeat(marks).into_bytes(), bytes].concat();
        let mut options = ReadOptions::default().format(format).skip_bad(skip_bad).max_record_bytes(limit);
        if replace {
            options = options.invalid_utf8(InvalidUtf8::Replace);
        }
        if matches!(format, Some(Format::Csv | Format::Tsv)) {
            options = options.quoting(quoting).header(header).text([Column::Number(1)]);
        }
        let whole = seen(&bytes, &[1 << 16], fails, &options);
        let in_pieces = seen(&bytes, &sizes, fails, &options);
        prop_assert_eq!(&whole, &in_pieces);
        // Whatever has a header or not: reading that fails ends with an error.
        if fails {
            prop_assert!(whole.last().is_some_and(|last| last.starts_with("error: ")), "{:?}", whole);
        }
    }
}

/// A pipe gives the marks first, and the rest when somebody writes it.
#[test]
fn marks_alone_are_no_end() {
    let mark = "\u{feff}";
    for (format, text) in [
        (Format::Lines, "a word\n"),
        (Format::Text, "a word\n"),
        (Format::Csv, "text\na word\n"),
        (Format::JsonLines, "{\"text\": \"a word\"}\n"),
        (Format::Json, "[{\"text\": \"a word\"}]"),
    ] {
        let once = seen(text.as_bytes(), &[1 << 16], false, &options(format));
        for marks in 1..4 {
            let bytes = [mark.repeat(marks).as_bytes(), text.as_bytes()].concat();
            for sizes in [&[3, 1 << 16][..], &[1], &[4, 2], &[1 << 16]] {
                assert_eq!(
                    seen(&bytes, sizes, false, &options(format)),
                    once,
                    "{format} {marks}"
                );
            }
        }
    }
}

/// The lines that an open quote has swallowed are read again, with what is wrong with them.
#[test]
fn swallowed_lines_keep_their_faults() {
    let options = options(Format::Csv).skip_bad(true).max_record_bytes(30);
    let cases = [
        (
            &b"text\n1\"\n\"two\nthree \xff, which is a long line\nfour\n"[..],
            19,
            4,
        ),
        (
            b"text\n1\"\n\"two\nthree\nfour \xff, a long line \xff\nfive\n",
            24,
            5,
        ),
        (
            b"text\n\"two\nthree \xff\nfour, a long line \xff\nfive\n",
            16,
            3,
        ),
    ];
    for (bytes, offset, line) in cases {
        let once = seen(bytes, &[1 << 16], false, &options);
        let fault = format!("invalid UTF-8 at byte {offset} (line {line})");
        assert!(
            once.iter().any(|answer| answer.contains(&fault)),
            "{once:?}"
        );
        for size in 1..60 {
            assert_eq!(seen(bytes, &[size], false, &options), once, "{size}");
        }
    }
}
