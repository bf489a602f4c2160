//! The files of `datasets/messy`, each with the records or the error that it has to give.

use std::{fs, path::PathBuf};

use serde_json::Value;
use slugline::dataset::{ReadOptions, open, read};

use super::expectations::{cases, options, written};
use crate::real::datasets;

fn folder() -> PathBuf {
    datasets("messy").unwrap()
}

#[test]
fn every_file_gives_what_it_should() {
    let folder = folder();
    let expected = cases(&folder);
    assert!(expected.len() > 100);
    let mut wrong = Vec::new();
    for case in &expected {
        let path = folder.join(case["file"].as_str().unwrap());
        let options = options(&case["options"]);
        let by_path = options
            .as_ref()
            .map_err(ToString::to_string)
            .and_then(|options| open(&path, options).map_err(|error| error.to_string()));
        let mut found = vec![("its path", by_path)];
        // A stream has no name that could tell.
        let by_content = is_told_by_content(case["file"].as_str().unwrap());
        if by_content
            && case.get("error").is_none()
            && case["options"].get("input_format").is_none()
        {
            let bytes = std::io::Cursor::new(fs::read(&path).unwrap());
            let stream = read(
                bytes,
                case["file"].as_str().unwrap(),
                options.as_ref().unwrap(),
            );
            found.push(("a stream", stream.map_err(|error| error.to_string())));
        }
        for (how, records) in found {
            let (mut got, mut errors, mut format) = (Vec::new(), Vec::new(), None);
            match records {
                Err(error) => errors.push(error),
                Ok(records) => {
                    format = Some(records.format().to_string());
                    for record in records {
                        match record {
                            Ok(record) => got.push(written(&record)),
                            Err(error) => errors.push(error.to_string()),
                        }
                    }
                }
            }
            let is_right = match (case.get("error"), case.get("bad")) {
                (Some(error), _) => errors
                    .last()
                    .is_some_and(|last| last.contains(error.as_str().unwrap())),
                (None, bad) => {
                    let bad = bad.and_then(Value::as_array).cloned().unwrap_or_default();
                    let named = bad
                        .iter()
                        .zip(&errors)
                        .all(|(bad, error)| error.contains(bad.as_str().unwrap()));
                    Value::Array(got.clone()) == case["records"]
                        && format.as_deref() == case["format"].as_str()
                        && bad.len() == errors.len()
                        && named
                }
            };
            if !is_right {
                wrong.push(format!("{case}\n  by {how}: {format:?} {got:?} {errors:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Whether nothing but the content is needed to see what a file is.
fn is_told_by_content(file: &str) -> bool {
    [
        "lines.json",
        "lines.json.gz",
        "array.json",
        "array.jsonl",
        "object.json",
        "nested.ndjson",
        "page.html",
        "page.xhtml",
        "snappy.parquet",
        "snappy.parquet.gz",
        "zstd.parquet",
        "types.arrow",
        "stream.arrows",
        "lz4.feather",
        "sheets.xlsx",
        "table.ods",
        "fasttext.txt",
        "table.txt",
        "utf16le-bom.csv",
    ]
    .contains(&file)
}

#[test]
fn every_file_is_expected() {
    let folder = folder();
    let expected = cases(&folder);
    for entry in fs::read_dir(&folder).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_dir() {
            continue;
        }
        let name = entry.file_name().into_string().unwrap();
        let is_case = expected.iter().any(|case| case["file"] == name.as_str());
        assert!(
            is_case || ["make.py", "expected.json"].contains(&name.as_str()),
            "{name}"
        );
    }
}

#[test]
fn the_progress_reaches_the_size_of_the_file() {
    for name in [
        "snappy.parquet",
        "lz4.feather",
        "sheets.xlsx",
        "array.json",
        "utf16le.csv",
    ] {
        let mut records = open(&folder().join(name), &ReadOptions::default()).unwrap();
        assert_eq!(records.by_ref().count(), 2, "{name}");
        assert_eq!(Some(records.bytes_read()), records.total_bytes(), "{name}");
    }
}

/// Damage anywhere is an error or other records, and never a panic or an endless loop.
#[test]
fn damage_is_no_panic() {
    let folder = folder();
    for name in [
        "lz4.feather",
        "snappy.parquet",
        "stream.arrows",
        "sheets.xlsx",
        "array.json",
        "nested.json",
        "utf16le-bom.csv",
        "page.html",
    ] {
        let whole = fs::read(folder.join(name)).unwrap();
        let step = (whole.len() / 60).max(1);
        for place in (0..whole.len()).step_by(step) {
            let mut flipped = whole.clone();
            flipped[place] ^= 0x55;
            for bytes in [flipped, whole[..place].to_vec()] {
                let bytes = std::io::Cursor::new(bytes);
                if let Ok(records) = read(bytes, name, &ReadOptions::default()) {
                    let _ = records.take(1000).count();
                }
            }
        }
    }
}

/// What has come through a pipe is read, and nothing more is asked for: neither to see what it is nor to see
/// where the record ends.
#[test]
fn a_pipe_is_not_waited_for() {
    struct Pipe(std::io::Cursor<&'static str>);
    impl std::io::Read for Pipe {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            let read = self.0.read(buffer)?;
            assert!(read > 0, "more was asked for");
            Ok(read)
        }
    }
    for (format, text) in [
        ("lines", "The bank rose\n"),
        ("csv", "text,label\nThe bank rose,x\n"),
        ("csv", "text;label\nThe bank rose;x\n"),
        ("tsv", "text\tlabel\nThe bank rose\tx\n"),
        ("jsonl", "{\"text\": \"The bank rose\"}\n"),
        ("json", "[{\"text\": \"The bank rose\"}"),
        ("fasttext", "__label__x The bank rose\n"),
        ("", "{\"text\": \"The bank rose\"}\n"),
        ("", "[{\"text\": \"The bank rose\"}"),
        ("", "id,text\n1,The bank rose\n"),
        ("", "__label__x The bank rose\n"),
    ] {
        let options =
            ReadOptions::default().format((!format.is_empty()).then(|| format.parse().unwrap()));
        let mut records = read(Pipe(std::io::Cursor::new(text)), "in", &options).unwrap();
        let record = records.next().unwrap().unwrap();
        assert_eq!(record.text, "The bank rose", "{format}: {text}");
    }
}
