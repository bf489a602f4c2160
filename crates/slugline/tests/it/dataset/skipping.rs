//! Bad records are left out one by one, and each is named.

use slugline::{
    Error,
    dataset::{Format, InvalidUtf8, ReadOptions, Records, load, open, read},
};

use super::{Files, compression::gzip, options, required};

fn skipping(options: ReadOptions) -> ReadOptions {
    options.skip_bad(true)
}

/// A text, or the beginning of a message and what stands in the file.
#[derive(Debug, PartialEq)]
enum Found {
    Text(u64, String),
    Bad(String, Option<String>),
}

fn text(line: u64, text: &str) -> Found {
    Found::Text(line, text.to_owned())
}

fn bad(why: &str, raw: &str) -> Found {
    Found::Bad(why.to_owned(), Some(raw.to_owned()))
}

fn all(mut records: Records, clip: usize) -> Vec<Found> {
    let mut found = Vec::new();
    while let Some(record) = records.next() {
        found.push(match record {
            Ok(record) => Found::Text(record.position.line, record.text),
            Err(error) => {
                assert!(error.is_skippable(), "{error}");
                let why: String = error.to_string().chars().take(clip).collect();
                Found::Bad(why, records.last_as_written())
            }
        });
    }
    assert!(records.next().is_none());
    found
}

fn found(bytes: impl AsRef<[u8]>, options: ReadOptions, clip: usize) -> Vec<Found> {
    let bytes = std::io::Cursor::new(bytes.as_ref().to_vec());
    all(read(bytes, "in", &skipping(options)).unwrap(), clip)
}

#[test]
fn rows_of_a_table() {
    let csv = b"text,label\na,x\nb\nc, \n\"d\ne\",y,z\n\"f\ng\",\nh,y\n\"i,y\nj,x\nk\xff,x\nl,x\n";
    assert_eq!(
        found(csv, required(Format::Csv), 20),
        [
            text(2, "a"),
            bad("in:3: 1 field, expec", "b"),
            bad("in:4: label is empty", "c, "),
            bad("in:5: 3 fields, expe", "\"d\ne\",y,z"),
            bad("in:7: label is empty", "\"f\ng\","),
            text(9, "h"),
            bad("in:10: the quote tha", "\"i,y"),
            text(11, "j"),
            bad("in: invalid UTF-8 at", "k\u{fffd},x"),
            text(13, "l"),
        ]
    );
}

#[test]
fn lines_of_json() {
    let lines = concat!(
        "{\"text\": \"a\", \"label\": \"x\"}\n",
        "{\"text\": \n",
        "[1]\n",
        "\n",
        "{\"text\": null, \"label\": \"x\"}\n",
        "{\"text\": \"b\", \"label\": [\"x\", \"y\"]}\n",
        "{\"text\": \"c\", \"label\": []}\n",
        "{\"text\": \"d\", \"label\": \"x\"}",
    );
    let lines = [
        lines.as_bytes(),
        b"\n{\"text\": \"\xff\", \"label\": \"x\"}\n{\"text\"",
    ]
    .concat();
    assert_eq!(
        found(lines, required(Format::JsonLines), 6),
        [
            text(1, "a"),
            bad("in:2: ", "{\"text\": "),
            bad("in:3: ", "[1]"),
            bad("in:5: ", "{\"text\": null, \"label\": \"x\"}"),
            bad("in:6: ", "{\"text\": \"b\", \"label\": [\"x\", \"y\"]}"),
            bad("in:7: ", "{\"text\": \"c\", \"label\": []}"),
            text(8, "d"),
            bad("in: in", "{\"text\": \"\u{fffd}\", \"label\": \"x\"}"),
            bad("in:10:", "{\"text\""),
        ]
    );
}

#[test]
fn lines_of_other_formats() {
    assert_eq!(
        found(
            b"a\nb\xff\xfe\n\xff\r\nc\n\xe2\x82",
            options(Format::Lines),
            26
        ),
        [
            text(1, "a"),
            bad("in: invalid UTF-8 at byte ", "b\u{fffd}\u{fffd}"),
            bad("in: invalid UTF-8 at byte ", "\u{fffd}"),
            text(4, "c"),
            bad("in: invalid UTF-8 at byte ", "\u{fffd}"),
        ]
    );
    assert_eq!(
        found(
            "__label__a b\nc\n__label__d __label__e f\n",
            required(Format::FastText),
            14
        ),
        [
            text(1, "b"),
            bad("in:2: label is", "c"),
            bad("in:3: 2 labels", "__label__d __label__e f"),
        ]
    );
    // Bytes that are replaced make no record bad.
    let replacing = options(Format::Lines).invalid_utf8(InvalidUtf8::Replace);
    assert_eq!(found(b"a\xff\n", replacing, 0), [text(1, "a\u{fffd}")]);
}

#[test]
fn places_of_invalid_bytes_stay_right() {
    let mut lines = Vec::new();
    for n in 0..20_000 {
        lines.extend_from_slice(if n % 2 == 0 {
            b"fine\n"
        } else {
            "b\u{e9}\n".as_bytes()
        });
        if n == 12_000 || n == 19_000 {
            lines.extend_from_slice(b"ca\xfff\xfe\n");
        }
    }
    let mut records = read(
        std::io::Cursor::new(lines.clone()),
        "in",
        &skipping(options(Format::Lines)),
    )
    .unwrap();
    let mut places = Vec::new();
    let mut good = 0;
    for record in &mut records {
        match record {
            Ok(_) => good += 1,
            Err(Error::Utf8 { line, offset, .. }) => places.push((line, lines[offset as usize])),
            Err(error) => panic!("{error}"),
        }
    }
    assert_eq!(good, 20_000);
    assert_eq!(places, [(12_002, 0xff), (19_003, 0xff)]);
}

#[test]
fn records_that_are_too_long() {
    let limited = |format| required(format).max_record_bytes(30);
    let long = "x".repeat(100_000);
    let bad = |line: u64| {
        let why = format!("in:{line}: the record is longer than 30");
        let short: String = why.chars().take(34).collect();
        Found::Bad(short, None)
    };
    assert_eq!(
        found(
            format!("__label__a b\n__label__a {long}\n__label__a c\n{long}"),
            limited(Format::FastText),
            34
        ),
        [text(1, "b"), bad(2), text(3, "c"), bad(4)]
    );
    assert_eq!(
        found(
            format!("text,label\na,x\n{long},x\nb,x\n\"{long}\",y\nc,x\n"),
            limited(Format::Csv),
            34
        ),
        [text(2, "a"), bad(3), text(4, "b"), bad(5), text(6, "c")]
    );
    // A quote that runs away costs its own line only.
    let rows = "some text,label\n".repeat(10);
    let records = found(
        format!("text,label\n\"a,x\n{rows}"),
        limited(Format::Csv),
        34,
    );
    assert_eq!(records.len(), 11);
    assert!(matches!(records[0], Found::Bad(..)));
    assert_eq!(records[10], text(12, "some text"));
}

#[test]
fn what_ends_everything_still_does() {
    let mut damaged = gzip("text,label\na,x\n".repeat(100_000).as_bytes());
    damaged.truncate(damaged.len() - 10);
    let records = read(
        std::io::Cursor::new(damaged),
        "in",
        &skipping(required(Format::Csv)),
    )
    .unwrap();
    let last = records.last().unwrap().unwrap_err();
    assert!(!last.is_skippable());
    let error = read(&b"body\n"[..], "in", &skipping(options(Format::Csv))).unwrap_err();
    assert!(!error.is_skippable(), "{error}");
}

#[test]
fn a_whole_data_set_without_its_bad_records() {
    let files = Files::new(&[("a.csv", b"text,label\na,x\nb\nc,y\nd,\n")]);
    let path = files.path("a.csv");
    let (texts, labels) = load(&path, &skipping(required(Format::Csv))).unwrap();
    assert_eq!(texts, ["a", "c"]);
    assert_eq!(labels, ["x", "y"]);
    assert!(load(&path, &required(Format::Csv)).is_err());
    assert_eq!(open(&path, &required(Format::Csv)).unwrap().count(), 2);
}

#[test]
fn labels_that_were_left_out_are_counted() {
    let first = required(Format::FastText).first_label(true);
    let lines = &b"__label__a b\n__label__b __label__c d\n__label__b __label__b d\n"[..];
    let mut records = read(lines, "in", &first).unwrap();
    assert_eq!(records.by_ref().flatten().count(), 3);
    let further = records.further_labels();
    assert_eq!(further.records, 1);
    assert_eq!(Vec::from_iter(further.labels), ["c"]);
}
