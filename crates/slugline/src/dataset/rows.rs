//! Splitting a table into rows.
//!
//! The csv crate is not used for this, for three reasons: it takes text after a closing quote for a part of the field,
//! so that a stray quote swallows rows silently; lines that a stray quote has swallowed must be read again; and a row
//! must be returned as soon as it ends, before more input has arrived.

use std::{
    collections::BTreeMap,
    io::{self, BufRead},
};

use super::{
    fault::Fault,
    quotes::{Quotes, RowPiece},
    utf8::Utf8Reader,
};

/// The length of the longest line break, which the limit for a record does not include.
const LINE_BREAK: usize = 2;
/// The maximum plausible number of lines in a field.
pub(super) const MOST_LINES: usize = 10_000;

/// Splits a text into rows.
///
/// After an error about a row, the next call goes on with the next row; where a stray quote has swallowed lines, with
/// the line after that of the quote.
pub(super) struct TableRows {
    input: Utf8Reader,
    /// Bytes of a malformed row that are read again.
    again: Vec<u8>,
    taken: usize,
    delimiter: u8,
    quoting: bool,
    most_bytes: usize,
    most_lines: usize,
    row: Vec<u8>,
    /// The end of each line of `row`.
    ends: Vec<usize>,
    /// The line on which `row` starts.
    start: u64,
    /// The line of the next byte.
    next_line: u64,
    /// Invalid UTF-8 in lines that were read, by line.
    noted: BTreeMap<u64, Fault>,
    /// Whether the rest of a line that is too long has not been read.
    unfinished: bool,
    /// Whether the row was read to its end.
    is_whole: bool,
}

/// What is wrong with a row.
#[derive(Debug)]
pub(super) enum Wrong {
    Input(io::Error),
    /// A quoted field opens on the line and is not closed before the end of the file.
    NotClosed(u64),
    /// A quoted field opens on the first line, and its closing quote on the second has text behind it.
    TextBehind(u64, u64),
    /// A quoted field opens on the line and goes on for more than [`MOST_LINES`].
    TooManyLines(u64),
}

impl TableRows {
    pub(super) fn new(input: Utf8Reader, delimiter: u8, quoting: bool, most_bytes: usize) -> Self {
        Self {
            input,
            again: Vec::new(),
            taken: 0,
            delimiter,
            quoting,
            most_bytes,
            most_lines: usize::MAX,
            row: Vec::new(),
            ends: Vec::new(),
            start: 1,
            next_line: 1,
            noted: BTreeMap::new(),
            unfinished: false,
            is_whole: true,
        }
    }

    /// Makes a field of more than [`MOST_LINES`] an error.
    pub(super) fn with_plausible_fields(mut self) -> Self {
        self.most_lines = MOST_LINES;
        self
    }

    /// Reads the next row that is not blank; `false` at the end of the file.
    pub(super) fn next(&mut self) -> Result<bool, Wrong> {
        self.skip_line().map_err(Wrong::Input)?;
        self.is_whole = true;
        loop {
            self.row.clear();
            self.ends.clear();
            self.start = self.next_line;
            if !self
                .append_line()
                .map_err(|error| self.too_long(error, None))?
            {
                return Ok(false);
            }
            if !self.row.iter().all(|byte| matches!(byte, b'\r' | b'\n')) {
                break;
            }
        }
        let mut quotes = Quotes::new(self.delimiter, self.quoting);
        let mut from = 0;
        loop {
            let line = self.ends.len() - 1;
            match quotes.read(self.row.get(from..).unwrap_or_default(), line) {
                RowPiece::End(_) => break,
                RowPiece::GoesOn if !quotes.is_open() => break,
                RowPiece::GoesOn => {}
                RowPiece::TextBehind => {
                    let opened = quotes.opened();
                    let wrong = Wrong::TextBehind(self.line(opened), self.line(line));
                    if self.seems_swallowed(opened) {
                        self.read_again_behind(opened);
                    }
                    return Err(wrong);
                }
            }
            from = self.row.len();
            let opened = quotes.opened();
            if self.ends.len() - opened > self.most_lines {
                let wrong = Wrong::TooManyLines(self.line(opened));
                self.read_again_behind(opened);
                return Err(wrong);
            }
            let more = self.append_line();
            if !more.map_err(|error| self.too_long(error, Some(opened)))? {
                let wrong = Wrong::NotClosed(self.line(opened));
                self.read_again_behind(opened);
                return Err(wrong);
            }
        }
        match self.fault() {
            Some(fault) => Err(Wrong::Input(fault.into())),
            None => Ok(true),
        }
    }

    /// The row, its line break included.
    pub(super) fn row(&self) -> &[u8] {
        &self.row
    }

    /// The row without its line break, for messages; None where it was not read to its end.
    pub(super) fn text(&self) -> Option<String> {
        let text = String::from_utf8_lossy(&self.row);
        self.is_whole
            .then(|| text.trim_end_matches(['\r', '\n']).to_owned())
    }

    /// The line on which the row starts.
    pub(super) fn start(&self) -> u64 {
        self.start
    }

    /// The number of lines of the row.
    pub(super) fn lines(&self) -> usize {
        self.ends.len()
    }

    /// The number of the row's lines with `width` fields, if quotes are plain characters.
    pub(super) fn lines_of_width(&self, width: usize) -> usize {
        let mut from = 0;
        let fields = self.ends.iter().map(|&end| {
            let line = self.row.get(from..end).unwrap_or_default();
            from = end;
            line.split(|byte| *byte == self.delimiter).count()
        });
        fields.filter(|fields| *fields == width).count()
    }

    /// Puts the row's lines after line `line` (from 0) back, to be read again.
    pub(super) fn read_again_behind(&mut self, line: usize) {
        let Some(&end) = self.ends.get(line) else {
            return;
        };
        let mut again = self.row.split_off(end);
        again.extend_from_slice(self.again.get(self.taken..).unwrap_or_default());
        self.again = again;
        self.taken = 0;
        self.ends.truncate(line + 1);
        self.next_line = self.start + self.ends.len() as u64;
    }

    /// Whether a complete row is in memory.
    pub(super) fn has_buffered(&self) -> bool {
        if self.unfinished {
            return false;
        }
        let mut quotes = Quotes::new(self.delimiter, self.quoting);
        let again = self.again.get(self.taken..).unwrap_or_default();
        [again, self.input.buffered()]
            .iter()
            .any(|bytes| match quotes.read(bytes, 0) {
                RowPiece::GoesOn => false,
                RowPiece::TextBehind => true,
                // A line feed may still follow a CR.
                RowPiece::End(end) => end < bytes.len() || bytes.ends_with(b"\n"),
            })
    }

    /// The line number in the file of a line of the row.
    fn line(&self, line: usize) -> u64 {
        self.start + line as u64
    }

    /// Whether the lines from `opened` on look like rows: all have the same number of fields.
    fn seems_swallowed(&self, opened: usize) -> bool {
        let from = opened.checked_sub(1).and_then(|line| self.ends.get(line));
        let lines = self.row.get(from.copied().unwrap_or(0)..);
        let fields: Vec<usize> = lines
            .unwrap_or_default()
            .split_inclusive(|byte| *byte == b'\n')
            .map(|line| line.split(|byte| *byte == self.delimiter).count())
            .collect();
        fields
            .iter()
            .all(|count| *count > 1 && Some(count) == fields.first())
    }

    /// The first fault in the row's lines.
    fn fault(&mut self) -> Option<Fault> {
        // Faults of earlier lines were reported with their rows.
        let mut noted = self.noted.split_off(&self.start);
        self.noted = noted.split_off(&(self.start + self.ends.len() as u64));
        noted.into_values().next()
    }

    /// Handles a row that is too long: lines that a quote has swallowed are read again.
    fn too_long(&mut self, error: io::Error, opened: Option<usize>) -> Wrong {
        if let Some(opened) = opened {
            self.unfinished = false;
            self.read_again_behind(opened);
        }
        self.is_whole = false;
        Wrong::Input(error)
    }

    /// Appends the next line to the row; `false` at the end of the file.
    fn append_line(&mut self) -> io::Result<bool> {
        let from = self.row.len();
        loop {
            let again = self.again.get(self.taken..).unwrap_or_default();
            let is_again = !again.is_empty();
            let bytes = match is_again {
                true => again,
                false => self.input.fill_buf()?,
            };
            if bytes.is_empty() {
                // A CR at the end of the file.
                if self.row.len() > self.most_bytes.saturating_add(LINE_BREAK) {
                    return Err(Fault::TooLong.into());
                }
                break;
            }
            let behind_cr = self.row.len() > from && self.row.last() == Some(&b'\r');
            let count = match bytes.iter().position(|byte| matches!(byte, b'\r' | b'\n')) {
                // A line ends with a CR, unless a line feed follows.
                Some(0) if behind_cr && bytes.first() == Some(&b'\n') => 1,
                _ if behind_cr => 0,
                Some(place) => place + 1,
                None => bytes.len(),
            };
            let new = bytes.get(..count).unwrap_or_default();
            self.row.extend_from_slice(new);
            let ended = count == 0 || new.last() == Some(&b'\n');
            // A CR is left where it is told already that the line is too long: a line feed may follow it.
            let behind = usize::from(!ended && new.last() == Some(&b'\r'));
            let is_too_long = self.row.len() - behind > self.most_bytes.saturating_add(LINE_BREAK);
            let count = match is_too_long {
                true => count - behind,
                false => count,
            };
            match is_again {
                true => self.taken += count,
                false => self.input.consume(count),
            }
            if is_too_long {
                self.row.truncate(self.row.len() - behind);
                self.unfinished = !ended;
                // Lines that a quote has swallowed are read again.
                self.note_fault();
                if ended {
                    self.next_line += 1;
                }
                return Err(Fault::TooLong.into());
            }
            if ended {
                break;
            }
        }
        if self.row.len() == from {
            return Ok(false);
        }
        if self.taken >= self.again.len() {
            self.again.clear();
            self.taken = 0;
        }
        self.note_fault();
        self.ends.push(self.row.len());
        self.next_line += 1;
        Ok(true)
    }

    /// Keeps the first fault of the line that was read, or of its beginning.
    fn note_fault(&mut self) {
        if let Some(fault) = self.input.take_fault() {
            self.noted.entry(self.next_line).or_insert(fault);
        }
    }

    /// Skips to the beginning of the next line.
    fn skip_line(&mut self) -> io::Result<()> {
        while std::mem::take(&mut self.unfinished) {
            self.row.clear();
            match self.append_line() {
                Err(error) if !is_too_long(&error) => return Err(error),
                _ => {}
            }
        }
        Ok(())
    }
}

fn is_too_long(error: &io::Error) -> bool {
    let fault = error.get_ref().and_then(|inner| inner.downcast_ref());
    matches!(fault, Some(Fault::TooLong))
}
