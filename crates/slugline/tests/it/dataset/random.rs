//! Tables and lines of random pieces: what a writer wrote is read back, and nothing panics or hangs.

use proptest::prelude::*;
use slugline::dataset::{Column, Format, Quoting, ReadOptions, read};

use super::options;

/// Texts of what is awkward in tables.
fn field() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "a", "\"", "\"\"", ",", "\t", "\n", "\r\n", "\r", " ", "é", "\u{feff}", "word", ";", "{",
        "}",
    ]);
    prop::collection::vec(piece, 0..6).prop_map(|pieces| pieces.concat())
}

fn numbered(format: Format, quoting: Quoting, text: Vec<usize>) -> ReadOptions {
    options(format)
        .header(false)
        .quoting(quoting)
        .delimiter(match format {
            Format::Tsv => Some(b'\t'),
            Format::Csv => Some(b','),
            _ => None,
        })
        .text(
            text.into_iter()
                .map(Column::Number)
                .collect::<Vec<Column>>(),
        )
}

proptest! {
    #[test]
    fn what_the_csv_crate_writes_is_read_back(
        rows in prop::collection::vec(prop::collection::vec(field(), 3), 1..8),
        tabs in any::<bool>(),
        crlf in any::<bool>(),
    ) {
        let mut writer = csv::WriterBuilder::new()
            .delimiter(if tabs { b'\t' } else { b',' })
            .terminator(if crlf { csv::Terminator::CRLF } else { csv::Terminator::Any(b'\n') })
            .from_writer(Vec::new());
        for row in &rows {
            writer.write_record(row).unwrap();
        }
        let bytes = writer.into_inner().unwrap();
        // The mark at the start of a file is dropped, also where it was meant as text.
        prop_assume!(!bytes.starts_with("\u{feff}".as_bytes()));
        let format = if tabs { Format::Tsv } else { Format::Csv };
        let options = numbered(format, Quoting::Standard, vec![1, 2, 3]);
        let found = read(std::io::Cursor::new(bytes), "in", &options).unwrap();
        let found: Vec<String> = found.map(|record| record.unwrap().text).collect();
        let expected: Vec<String> = rows.iter().map(|row| row.join("\n")).collect();
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn every_line_is_in_a_record_or_in_a_bad_one(
        lines in prop::collection::vec(field(), 0..30),
        invalid in any::<bool>(),
        quoting in prop::sample::select(vec![Quoting::Auto, Quoting::Standard, Quoting::None]),
        format in prop::sample::select(vec![
            Format::Csv, Format::Tsv, Format::JsonLines, Format::Lines, Format::FastText,
        ]),
    ) {
        let mut bytes = b"first\n".to_vec();
        for line in &lines {
            bytes.extend_from_slice(line.as_bytes());
            if invalid && line.len() % 3 == 1 {
                bytes.push(0xff);
            }
            bytes.push(b'\n');
        }
        let n_lines = bytes.split(|byte| matches!(byte, b'\n' | b'\r')).count();
        let is_table = matches!(format, Format::Csv | Format::Tsv);
        for skip_bad in [true, false] {
            let options = match is_table {
                true => numbered(format, quoting, vec![1]),
                false => ReadOptions::default().format(format),
            };
            let options = options.skip_bad(skip_bad).max_record_bytes(40);
            let mut records = read(std::io::Cursor::new(bytes.clone()), "in", &options).unwrap();
            let mut given = 0;
            while let Some(record) = records.next() {
                given += 1;
                prop_assert!(given <= n_lines, "more records than lines");
                if let Ok(record) = record {
                    prop_assert!(record.position.line <= n_lines as u64);
                }
                let _ = (records.has_buffered(), records.last_as_written());
            }
        }
    }
}
