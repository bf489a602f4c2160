//! What the csv crate reads from: one line at a time.
//!
//! The csv crate counts line feeds up to where its parser stands, which after a CRLF is one short,
//! and it takes the end of the file for a closing quote. It is given at most one line for each read,
//! and reads again only when it has used that up; so this side knows on which line a record starts,
//! how long it is, and whether the parser wanted more where there was no more.

use std::io::{self, BufRead, Read};

use super::fault::Fault;

/// The longest line break, which the limit for a record does not count.
const LINE_BREAK: usize = 2;

/// Hands on `input` line by line, with one line feed added at its end.
pub(super) struct Feed<R> {
    input: R,
    max_record_bytes: usize,
    /// The line of the next byte.
    next_line: u64,
    /// The line of the last byte that was handed on.
    line: u64,
    /// The line on which the current record starts, once a line that is not blank was handed on.
    record_line: Option<u64>,
    record_bytes: usize,
    end: End,
}

/// How far the end of the file has been announced.
#[derive(PartialEq, Eq)]
enum End {
    No,
    /// The added line feed has been handed on. It ends the last record, and between records it is
    /// a blank line, which is skipped.
    LineFeed,
    /// More was asked for after that.
    Passed,
}

impl<R: BufRead> Feed<R> {
    pub(super) fn new(input: R, max_record_bytes: usize) -> Self {
        Self {
            input,
            max_record_bytes,
            next_line: 1,
            line: 1,
            record_line: None,
            record_bytes: 0,
            end: End::No,
        }
    }

    /// To be called before each record.
    pub(super) fn begin_record(&mut self) {
        self.record_line = None;
        self.record_bytes = 0;
    }

    /// The line on which the current record starts.
    pub(super) fn record_line(&self) -> u64 {
        self.record_line.unwrap_or(self.line)
    }

    /// The line up to which the current record has been read.
    pub(super) fn line(&self) -> u64 {
        self.line
    }

    /// Whether the parser looked beyond the end. A record that it made of what it had until then is
    /// one whose closing quote is missing: any other ends at the added line feed or earlier.
    pub(super) fn is_past_end(&self) -> bool {
        self.end == End::Passed
    }

    /// The end of the file: the added line feed first.
    fn read_end(&mut self, buffer: &mut [u8]) -> usize {
        if let (End::No, Some(byte)) = (&self.end, buffer.first_mut()) {
            *byte = b'\n';
            self.end = End::LineFeed;
            1
        } else {
            self.end = End::Passed;
            0
        }
    }
}

impl<R: BufRead> Read for Feed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let bytes = self.input.fill_buf()?;
        if bytes.is_empty() {
            return Ok(self.read_end(buffer));
        }
        let bytes = bytes.get(..buffer.len()).unwrap_or(bytes);
        let line_break = bytes.iter().position(|byte| *byte == b'\n');
        let count = line_break.map_or(bytes.len(), |place| place + 1);
        let (Some(from), Some(to)) = (bytes.get(..count), buffer.get_mut(..count)) else {
            return Ok(0);
        };
        to.copy_from_slice(from);
        self.line = self.next_line;
        self.next_line += u64::from(line_break.is_some());
        let blank = from.iter().all(|byte| matches!(byte, b'\r' | b'\n'));
        self.input.consume(count);
        // Blank lines before a record are not part of it.
        if self.record_line.is_some() || !blank {
            self.record_line.get_or_insert(self.line);
            self.record_bytes += count;
        }
        if self.record_bytes > self.max_record_bytes.saturating_add(LINE_BREAK) {
            return Err(Fault::TooLong.into());
        }
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The records of a table with the lines they start on, as the csv crate makes them.
    fn records(text: &str) -> Vec<(u64, Vec<String>, bool)> {
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .from_reader(Feed::new(text.as_bytes(), 1000));
        let mut record = csv::StringRecord::new();
        let mut records = Vec::new();
        loop {
            reader.get_mut().begin_record();
            if !reader.read_record(&mut record).unwrap() {
                return records;
            }
            let fields = record.iter().map(str::to_owned).collect();
            let feed = reader.get_ref();
            records.push((feed.record_line(), fields, feed.is_past_end()));
        }
    }

    #[test]
    fn lines_are_right_for_every_line_break() {
        for text in [
            "a,b\n\n\"c\nd\",e\nf,g",
            "a,b\n\n\"c\nd\",e\nf,g\n",
            "a,b\r\n\r\n\"c\nd\",e\r\nf,g\r\n",
            "a,b\r\n\r\n\"c\nd\",e\r\nf,g",
            "a,b\r\n\r\n\"c\nd\",e\r\nf,g\r",
            "a,b\n\n\"c\nd\",e\nf,g\n\n\n",
        ] {
            let lines: Vec<_> = records(text)
                .iter()
                .map(|r| (r.0, r.1.len(), r.2))
                .collect();
            assert_eq!(
                lines,
                [(1, 2, false), (3, 2, false), (5, 2, false)],
                "{text:?}"
            );
        }
    }

    #[test]
    fn an_open_quote_is_seen_at_the_end() {
        for text in ["a,\"b", "a,\"b\nc,d\n", "\"", "a,\"b\"\"", "a,\"b\"\"\n"] {
            assert!(records(text).last().unwrap().2, "{text:?}");
        }
        for text in [
            "a,\"b\"",
            "a,\"b\"\n",
            "a,b\"",
            "a,",
            "\"\"",
            "\"a\"b",
            "a,b\r",
        ] {
            assert!(!records(text).last().unwrap().2, "{text:?}");
        }
        assert!(records("").is_empty());
        assert!(records("\n\n\r\n").is_empty());
    }
}
