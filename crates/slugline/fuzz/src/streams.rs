//! Streams that come in pieces, and what a reader makes of them.

use std::io::{self, Cursor, Read};

use slugline::dataset::{ReadOptions, read};

/// Bytes that come a few at a time: as many as each number says, over and over.
struct Pieces {
    bytes: Cursor<Vec<u8>>,
    sizes: Vec<usize>,
    next: usize,
}

impl Read for Pieces {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let size = self.sizes[self.next % self.sizes.len()];
        self.next += 1;
        let size = size.clamp(1, buffer.len().max(1)).min(buffer.len());
        self.bytes.read(&mut buffer[..size])
    }
}

/// What one call of the reader gave: a record or an error, and the record as it was written.
pub type Answer = (Result<String, String>, Option<String>);

/// The characters of records that are read at most: what compression expands is bounded by this.
const MOST: usize = 1 << 20;

/// All that a reader gives for these bytes, which come in pieces of these sizes (at once where there are none).
pub fn answers(bytes: &[u8], sizes: &[usize], options: &ReadOptions) -> Vec<Answer> {
    let bytes = bytes.to_vec();
    let records = match sizes.is_empty() {
        true => read(Cursor::new(bytes), "in", options),
        false => {
            let pieces = Pieces {
                bytes: Cursor::new(bytes),
                sizes: sizes.to_vec(),
                next: 0,
            };
            read(pieces, "in", options)
        }
    };
    let mut records = match records {
        Ok(records) => records,
        Err(error) => return vec![(Err(error.to_string()), None)],
    };
    let mut answers = Vec::new();
    let mut seen = 0;
    while let Some(record) = records.next() {
        let _ = records.has_buffered();
        let record = match record {
            Ok(record) => Ok(format!("{record:?}")),
            Err(error) => Err(error.to_string()),
        };
        seen += record.as_ref().map_or(1, String::len);
        answers.push((record, records.last_as_written()));
        if seen > MOST {
            break;
        }
    }
    answers
}
