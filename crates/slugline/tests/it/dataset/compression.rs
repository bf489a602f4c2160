//! gzip and Zstandard.

use std::io::Write;

use flate2::write::GzEncoder;
use ruzstd::encoding::{CompressionLevel, compress_to_vec};
use slugline::dataset::{Format, ReadOptions, open};

use super::{Files, brief, message, options, row};

pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    compress_to_vec(bytes, CompressionLevel::Fastest)
}

const LINES: &[u8] = b"one\ntwo\n";

#[test]
fn files_are_recognised_by_their_content() {
    let files = Files::new(&[
        ("a.csv.gz", &gzip(b"text,label\nx,y\n")),
        ("b.csv.zst", &zstd(b"text,label\nx,y\n")),
        ("c.csv", &gzip(b"text,label\nx,y\n")),
        ("d.csv", &zstd(b"text,label\nx,y\n")),
    ]);
    for name in ["a.csv.gz", "b.csv.zst", "c.csv", "d.csv"] {
        let mut records = open(&files.path(name), &ReadOptions::default()).unwrap();
        let record = records.next().unwrap().unwrap();
        assert_eq!((record.text.as_str(), record.position.line), ("x", 2));
        assert!(records.next().is_none());
        assert_eq!(Some(records.bytes_read()), records.total_bytes());
    }
}

#[test]
fn streams_are_recognised_too_and_have_several_members() {
    for compress in [gzip, zstd] {
        let two = [compress(LINES), compress(b"three")].concat();
        assert_eq!(
            brief(two, &options(Format::Lines)),
            [row(1, "", "one"), row(2, "", "two"), row(3, "", "three")]
        );
    }
    let skippable = [&b"\x51\x2a\x4d\x18\x02\x00\x00\x00xx"[..], &zstd(b"a")].concat();
    assert_eq!(brief(skippable, &options(Format::Lines)), [row(1, "", "a")]);
}

#[test]
fn data_that_is_cut_short_is_an_error() {
    for (compress, name) in [(gzip as fn(&[u8]) -> _, "gzip"), (zstd, "zstd")] {
        let whole: Vec<u8> = compress(LINES);
        for length in 4..whole.len() {
            let message = message(&whole[..length], &options(Format::Lines));
            let start = format!("in: the {name} data is damaged or cut short (");
            assert!(message.starts_with(&start), "{length}: {message}");
            assert!(message.ends_with("): fetch or compress the file again"));
        }
    }
}

#[test]
fn damaged_data_is_an_error() {
    for compress in [gzip, zstd] {
        // Both end with a checksum of the content.
        let mut whole = compress(LINES);
        let place = whole.len() - if whole[0] == 0x1f { 8 } else { 1 };
        whole[place] ^= 1;
        let message = message(&whole, &options(Format::Lines));
        assert!(message.contains("damaged or cut short"), "{message}");
    }
    let garbage = [gzip(LINES), b"more".to_vec()].concat();
    assert!(message(garbage, &options(Format::Lines)).contains("gzip data is damaged"));
}

#[test]
fn damage_anywhere_never_panics() {
    let text = "the cat sat on the mat. ".repeat(30);
    for compress in [gzip, zstd] {
        let whole = compress(text.as_bytes());
        for place in 0..whole.len() {
            for value in [0x00, 0xff, whole[place] ^ 0x10] {
                let mut damaged = whole.clone();
                damaged[place] = value;
                let bytes = std::io::Cursor::new(damaged);
                if let Ok(records) = slugline::dataset::read(bytes, "in", &options(Format::Lines)) {
                    let _ = records.count();
                }
            }
        }
    }
}

#[test]
fn a_name_that_promises_too_much_is_an_error() {
    let files = Files::new(&[("a.csv.gz", b"text\nx\n"), ("b.txt.zst", b"")]);
    assert_eq!(
        files.message("a.csv.gz", &ReadOptions::default()),
        "a.csv.gz: the file's name says gzip, but its content is not gzip data: rename the file, \
         or fetch it again"
    );
    assert_eq!(
        files.message("b.txt.zst", &ReadOptions::default()),
        "b.txt.zst: the file's name says zstd, but its content is not zstd data: rename the file, \
         or fetch it again"
    );
}

#[test]
fn other_compressions_are_named() {
    for (bytes, name) in [
        (&b"\xfd7zXZ\x00\x00\x04"[..], "xz"),
        (b"BZh91AY&SY\x00", "bzip2"),
        (b"\x04\x22\x4d\x18\x64", "lz4"),
    ] {
        let expected = format!(
            "in: the content is compressed with {name}, which is not read: decompress it, or compress it \
             with gzip or zstd"
        );
        assert_eq!(message(bytes, &ReadOptions::default()), expected);
    }
}
