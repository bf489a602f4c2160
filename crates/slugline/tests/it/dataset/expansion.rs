//! Compressed data that expands to more than anybody wants.

use std::io::Cursor;

use slugline::dataset::{Format, ReadOptions, WordVectors, read};

use super::{Files, brief, compression::gzip, message, options, row};

const MEGABYTE: usize = 1 << 20;

/// A Zstandard file of this many bytes, all the same: 7 bytes for each 128 KiB.
fn repeated(byte: u8, bytes: usize) -> Vec<u8> {
    const BLOCK: usize = 128 << 10;
    // Without a size; a window of 128 KiB.
    let mut file = b"\x28\xb5\x2f\xfd\x00\x38".to_vec();
    let blocks = bytes / BLOCK;
    for block in 1..=blocks {
        let header = (BLOCK << 3) | (1 << 1) | usize::from(block == blocks);
        file.extend(&header.to_le_bytes()[..3]);
        file.push(byte);
    }
    file
}

#[test]
fn blank_lines_without_end_are_an_error() {
    let bomb = repeated(b'\n', 2600 * MEGABYTE);
    assert!(bomb.len() < 90_000);
    for format in [
        Format::Lines,
        Format::Csv,
        Format::JsonLines,
        Format::FastText,
    ] {
        let mut records = match read(Cursor::new(bomb.clone()), "in", &options(format)) {
            Ok(records) => records,
            // A table's first row is looked for at once.
            Err(error) => {
                assert!(error.to_string().contains("max_expansion"), "{error}");
                continue;
            }
        };
        let why = records.next().unwrap().unwrap_err().to_string();
        assert!(
            why.starts_with("in: the compressed data expands to more than 200 times its "),
            "{format}: {why}"
        );
        assert!(
            why.ends_with("raise the limit") && why.contains("`max_expansion`"),
            "{why}"
        );
        assert!(records.next().is_none());
    }
}

#[test]
fn every_compression_has_the_limits() {
    for bomb in [
        repeated(b' ', 80 * MEGABYTE),
        gzip(&vec![b' '; 80 * MEGABYTE]),
    ] {
        let lines = options(Format::Lines).max_record_bytes(usize::MAX);
        assert!(message(&bomb, &lines).contains("more than 200 times"));
        // A ratio that is larger.
        assert_eq!(brief(&bomb, &lines.clone().max_expansion(1_000_000)), []);
        let small = lines
            .clone()
            .max_expansion(1_000_000)
            .max_expanded_bytes(1 << 20);
        let why = message(&bomb, &small);
        assert!(
            why.contains("more than 1048576 bytes (the limit `max_expanded_bytes`)"),
            "{why}"
        );
        // What is small may expand to anything.
        let few = gzip(&[vec![b' '; 60 * MEGABYTE], b"\na".to_vec()].concat());
        assert_eq!(brief(few, &lines.max_expansion(0)), [row(2, "", "a")]);
    }
}

#[test]
fn files_of_a_folder_are_told_apart() {
    let files = Files::new(&[
        ("data/a/1.txt.gz", &gzip(b"one")),
        ("data/a/2.txt.zst", &repeated(b' ', 80 * MEGABYTE)),
        ("data/b/3.txt", b"three"),
    ]);
    let path = files.path("data");
    let records = slugline::dataset::open(&path, &ReadOptions::default().skip_bad(true)).unwrap();
    let found: Vec<Result<String, String>> = records
        .map(|record| {
            record
                .map(|record| record.text)
                .map_err(|error| error.to_string())
        })
        .collect();
    assert_eq!(found.len(), 3);
    assert_eq!(found[0], Ok("one".to_owned()));
    assert!(
        found[1]
            .as_ref()
            .unwrap_err()
            .contains("2.txt.zst: the compressed data expands")
    );
    assert_eq!(found[2], Ok("three".to_owned()));
}

#[test]
fn word_vectors_have_the_limits() {
    let table = [
        b"a 1 2\n".to_vec(),
        b"\n".repeat(80 * MEGABYTE),
        b"b 3 4\n".to_vec(),
    ]
    .concat();
    let files = Files::new(&[("words.txt.gz", &gzip(&table))]);
    let path = files.path("words.txt.gz");
    let why = WordVectors::load(&path).unwrap_err().to_string();
    assert!(why.contains("more than 200 times"), "{why}");
    let found = WordVectors::load_with(&path, &ReadOptions::default().max_expansion(10_000));
    assert_eq!(found.unwrap().words(), ["a", "b"]);
}

#[test]
fn dimensions_beyond_counting_are_an_error() {
    for header in [
        "1 18446744073709551615",
        "1 18446744073709551614",
        "1 4611686018427387904",
    ] {
        let files = Files::new(&[("words.txt", format!("{header}\na 1 2\n").as_bytes())]);
        assert!(
            WordVectors::load(&files.path("words.txt")).is_err(),
            "{header}"
        );
    }
}
