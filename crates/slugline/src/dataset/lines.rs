//! Text by lines and as a whole, up to the limit for a record.

use std::{
    borrow::Cow,
    io::{self, BufRead},
};

use memchr::memchr;

use super::{fault::Fault, source::Source, utf8::Utf8Reader};
use crate::error::Result;

/// Reads the lines of a text. A line ends with LF or CRLF; a CR alone is a character like others.
///
/// After an error about a line, the next call returns the next line.
pub(super) struct Lines {
    input: Utf8Reader,
    /// The number of the line in `buffer`, 0 before the first one.
    number: u64,
    buffer: Vec<u8>,
    /// Whether the rest of a line that is too long has not been read.
    unfinished: bool,
}

impl Lines {
    pub(super) fn new(input: Utf8Reader) -> Self {
        Self {
            input,
            number: 0,
            buffer: Vec::new(),
            unfinished: false,
        }
    }

    /// The next line that is not blank, without its line break, and its number from 1.
    pub(super) fn next(&mut self, source: &Source) -> Result<Option<(u64, Cow<'_, str>)>> {
        if self.unfinished {
            skip_line(&mut self.input).map_err(|error| source.explain(self.number, error))?;
            self.unfinished = false;
            // Discard a fault of the last line, which was reported.
            self.input.take_fault();
        }
        loop {
            self.number += 1;
            let read = append_line(
                &mut self.input,
                &mut self.buffer,
                source.options.max_record_bytes,
            )
            .map_err(|error| {
                self.unfinished = true;
                source.explain(self.number, error)
            })?;
            if !read {
                return Ok(None);
            }
            if let Some(fault) = self.input.take_fault() {
                return Err(source.explain(self.number, fault.into()));
            }
            // The first byte alone decides about nearly every line.
            let is_shown = self.buffer.first().is_some_and(u8::is_ascii_graphic);
            if is_shown || !valid(&self.buffer).trim().is_empty() {
                return Ok(Some((self.number, valid(&self.buffer))));
            }
        }
    }

    /// The last line, if it was read to its end.
    pub(super) fn last(&self) -> Option<String> {
        (!self.unfinished).then(|| String::from_utf8_lossy(&self.buffer).into_owned())
    }

    /// Whether a line that is not blank is in memory.
    pub(super) fn has_buffered(&self) -> bool {
        let text = self.input.buffered();
        let lines = text.split_inclusive(|byte| *byte == b'\n');
        let mut whole = lines.filter(|line| line.ends_with(b"\n"));
        whole.any(|line| !String::from_utf8_lossy(line).trim().is_empty())
    }
}

/// A line as text. The stream is valid UTF-8, so this borrows.
fn valid(line: &[u8]) -> Cow<'_, str> {
    // `from_utf8_lossy` alone takes several times as long.
    str::from_utf8(line).map_or_else(|_| String::from_utf8_lossy(line), Cow::Borrowed)
}

/// Reads one line into `buffer`, without its line break; `false` at the end of the input.
fn append_line(input: &mut Utf8Reader, buffer: &mut Vec<u8>, most: usize) -> io::Result<bool> {
    buffer.clear();
    loop {
        let bytes = input.fill_buf()?;
        let line_break = memchr(b'\n', bytes);
        let end = line_break.unwrap_or(bytes.len());
        // One more than the limit: the last byte may be the CR of the line break.
        if buffer.len() + end > most.saturating_add(1) {
            return Err(Fault::TooLong.into());
        }
        buffer.extend_from_slice(bytes.get(..end).unwrap_or(bytes));
        let at_end = bytes.is_empty();
        if line_break.is_some() && buffer.last() == Some(&b'\r') {
            buffer.pop();
        }
        if buffer.len() > most && (line_break.is_some() || at_end) {
            return Err(Fault::TooLong.into());
        }
        input.consume(end + usize::from(line_break.is_some()));
        if line_break.is_some() || at_end {
            return Ok(line_break.is_some() || !buffer.is_empty());
        }
    }
}

/// Skips to the beginning of the next line.
fn skip_line(input: &mut Utf8Reader) -> io::Result<()> {
    loop {
        let bytes = input.fill_buf()?;
        if bytes.is_empty() {
            return Ok(());
        }
        let line_break = memchr(b'\n', bytes);
        let count = line_break.map_or(bytes.len(), |place| place + 1);
        input.consume(count);
        if line_break.is_some() {
            return Ok(());
        }
    }
}

/// The whole text as one document.
pub(super) fn whole(mut input: Utf8Reader, source: &Source) -> Result<String> {
    let mut text = Vec::new();
    loop {
        let bytes = source.fill(&mut input, 1)?;
        let count = bytes.len();
        if count == 0 {
            break;
        }
        // Up to the limit, so that of two faults the first one is told, however the input comes.
        let taken = count.min(source.options.max_record_bytes - text.len());
        text.extend_from_slice(bytes.get(..taken).unwrap_or_default());
        input.consume(taken);
        if let Some(fault) = input.take_fault() {
            return Err(source.explain(1, fault.into()));
        }
        if taken < count {
            return Err(source.explain(1, Fault::TooLong.into()));
        }
    }
    // The stream is valid UTF-8, so nothing is replaced.
    Ok(String::from_utf8(text)
        .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()))
}
