//! Text by lines, and all of it at once; both up to the limit for a record.

use std::io::BufRead;

use super::{fault::Fault, source::Source, utf8::Utf8Reader};
use crate::Result;

/// Reads the lines of a text. A line ends with LF or CRLF; a CR alone is a character like others.
pub(super) struct Lines {
    input: Utf8Reader,
    /// The number of the line in `buffer`, 0 before the first one.
    number: u64,
    buffer: Vec<u8>,
}

impl Lines {
    pub(super) fn new(input: Utf8Reader) -> Self {
        Self {
            input,
            number: 0,
            buffer: Vec::new(),
        }
    }

    /// The next line that is not blank, without its line break, and its number from 1.
    pub(super) fn next(&mut self, source: &Source) -> Result<Option<(u64, String)>> {
        loop {
            self.number += 1;
            if !append_line(&mut self.input, &mut self.buffer, source, self.number)? {
                return Ok(None);
            }
            // The stream is valid UTF-8, so this borrows.
            let line = String::from_utf8_lossy(&self.buffer);
            if !line.trim().is_empty() {
                return Ok(Some((self.number, line.into_owned())));
            }
        }
    }
}

/// Reads one line into `buffer`, without its line break; `false` at the end of the input.
fn append_line(
    input: &mut Utf8Reader,
    buffer: &mut Vec<u8>,
    source: &Source,
    number: u64,
) -> Result<bool> {
    let most = source.options.max_record_bytes;
    let too_long = || source.explain(number, Fault::TooLong.into());
    buffer.clear();
    loop {
        let bytes = input
            .fill_buf()
            .map_err(|error| source.explain(number, error))?;
        let line_break = bytes.iter().position(|byte| *byte == b'\n');
        let end = line_break.unwrap_or(bytes.len());
        // One more than the limit: the last byte may be the CR of the line break.
        if buffer.len() + end > most.saturating_add(1) {
            return Err(too_long());
        }
        buffer.extend_from_slice(bytes.get(..end).unwrap_or(bytes));
        let at_end = bytes.is_empty();
        input.consume(end + usize::from(line_break.is_some()));
        if line_break.is_some() && buffer.last() == Some(&b'\r') {
            buffer.pop();
        }
        if line_break.is_some() || at_end {
            if buffer.len() > most {
                return Err(too_long());
            }
            return Ok(line_break.is_some() || !buffer.is_empty());
        }
    }
}

/// The whole text as one document.
pub(super) fn whole(mut input: Utf8Reader, source: &Source) -> Result<String> {
    let mut text = Vec::new();
    loop {
        let bytes = input.fill_buf().map_err(|error| source.explain(1, error))?;
        let count = bytes.len();
        if count == 0 {
            break;
        }
        if text.len() + count > source.options.max_record_bytes {
            return Err(source.explain(1, Fault::TooLong.into()));
        }
        text.extend_from_slice(bytes);
        input.consume(count);
    }
    // The stream is valid UTF-8: nothing is lost, and nothing can panic.
    Ok(String::from_utf8(text)
        .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()))
}
