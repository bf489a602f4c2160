//! JSON that is not by lines, cut into objects: an array of objects, or consecutive objects.

use std::io::BufRead;

use super::{
    fault::Fault,
    source::Source,
    utf8::{Utf8Reader, line_breaks},
};
use crate::error::Result;

/// Finds the objects of a JSON text, without parsing them.
pub(super) struct ObjectFinder {
    input: Utf8Reader,
    /// The line of the next byte.
    line: u64,
    place: Place,
    last: Option<String>,
    /// The state in a value that is too long, whose rest has not been read.
    unfinished: Option<Nesting>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Start,
    /// In an array, before an element; `true` before the first one.
    Array(bool),
    /// In an array, after an element.
    Behind,
    /// Between objects outside of an array.
    Between,
    End,
}

/// The end of messages.
const EXPECTED: &str = "expected a JSON array of objects, or a JSON object";

impl ObjectFinder {
    pub(super) fn new(input: Utf8Reader) -> Self {
        Self {
            input,
            line: 1,
            place: Place::Start,
            last: None,
            unfinished: None,
        }
    }

    /// The next element or object as it is written, and the line on which it begins.
    pub(super) fn next(&mut self, source: &Source) -> Result<Option<(u64, String)>> {
        self.skip_value(source)?;
        loop {
            let found = self.skip_space(source)?;
            let line = self.line;
            let wrong = |why: String| Err(source.record_error(line, why));
            let seen = |byte: u8| char::from(byte).escape_debug().to_string();
            match (self.place, found) {
                (Place::End, None) => return Ok(None),
                (Place::Start | Place::Between, None) => {
                    let empty = self.place == Place::Start;
                    self.place = Place::End;
                    if empty {
                        return Err(source.error(format!("the file is empty: {EXPECTED}")));
                    }
                    return Ok(None);
                }
                (_, None) => {
                    self.place = Place::End;
                    return wrong(
                        "the array is not closed at the end of the file: expected `]`; fetch the file \
                         again if it was cut short"
                            .to_owned(),
                    );
                }
                (Place::Start, Some(b'[')) => {
                    self.take();
                    self.place = Place::Array(true);
                }
                (Place::Start | Place::Between, Some(b'{')) => {
                    self.place = Place::Between;
                    return self.value(source).map(Some);
                }
                (Place::Array(true) | Place::Behind, Some(b']')) => {
                    self.take();
                    self.place = Place::End;
                }
                (Place::Behind, Some(b',')) => {
                    self.take();
                    self.place = Place::Array(false);
                }
                (Place::Array(_), Some(byte)) if !matches!(byte, b']' | b',' | b'}' | b':') => {
                    self.place = Place::Behind;
                    return self.value(source).map(Some);
                }
                (place, Some(byte)) => {
                    self.place = Place::End;
                    // Where the next object begins cannot be told.
                    self.skip_rest(source)?;
                    return wrong(match place {
                        Place::Behind => format!(
                            "{} behind an element of the array: expected `,` or `]`",
                            seen(byte)
                        ),
                        Place::Array(_) => {
                            format!("{} in the array: expected an object", seen(byte))
                        }
                        Place::End => format!(
                            "{} behind the end of the array: expected nothing more",
                            seen(byte)
                        ),
                        _ => format!("{}: {EXPECTED}", seen(byte)),
                    });
                }
            }
        }
    }

    /// The last value as it is written, if it was read to its end.
    pub(super) fn last(&self) -> Option<String> {
        self.last.clone()
    }

    /// Whether the next value is in memory.
    pub(super) fn has_buffered(&self) -> bool {
        let text = self.input.buffered();
        let start = text.iter().position(|byte| matches!(byte, b'{'));
        let value = start.and_then(|start| text.get(start..));
        value.is_some_and(|value| Nesting::default().pass(value).1)
    }

    /// Skips white space, and returns the next byte without consuming it.
    fn skip_space(&mut self, source: &Source) -> Result<Option<u8>> {
        loop {
            let bytes = source.fill(&mut self.input, self.line)?;
            if bytes.is_empty() {
                return Ok(None);
            }
            let is_space = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\r' | b'\n');
            let count = bytes.iter().take_while(|byte| is_space(byte)).count();
            let found = bytes.get(count).copied();
            self.line += line_breaks(bytes.get(..count).unwrap_or_default());
            self.input.consume(count);
            if found.is_some() {
                return Ok(found);
            }
        }
    }

    /// Consumes the byte that [`skip_space`](Self::skip_space) returned.
    fn take(&mut self) {
        self.input.consume(1);
    }

    fn skip_rest(&mut self, source: &Source) -> Result<()> {
        loop {
            let bytes = source.fill(&mut self.input, self.line)?;
            let count = bytes.len();
            if count == 0 {
                return Ok(());
            }
            self.input.consume(count);
        }
    }

    /// Skips the rest of a value that was too long.
    fn skip_value(&mut self, source: &Source) -> Result<()> {
        while let Some(mut state) = self.unfinished.take() {
            let bytes = source.fill(&mut self.input, self.line)?;
            if bytes.is_empty() {
                break;
            }
            let (count, ended) = state.pass(bytes);
            self.line += line_breaks(bytes.get(..count).unwrap_or(bytes));
            self.input.consume(count);
            self.input.take_fault();
            self.unfinished = Some(state).filter(|_| !ended);
        }
        Ok(())
    }

    /// A value up to its end: brackets are counted outside of strings. Any other value than an object or
    /// an array ends before the next comma, bracket or white space.
    fn value(&mut self, source: &Source) -> Result<(u64, String)> {
        self.last = None;
        let start = self.line;
        let mut value = Vec::new();
        let mut state = Nesting::default();
        loop {
            let bytes = source.fill(&mut self.input, start)?;
            if bytes.is_empty() {
                self.place = Place::End;
                if state.depth == 0 && !state.in_string {
                    break;
                }
                return Err(source.record_error(
                    start,
                    "the JSON object that begins here is not closed at the end of the file: expected a \
                     closing bracket or quote; fetch the file again if it was cut short",
                ));
            }
            let (count, ended) = state.pass(bytes);
            let passed = bytes.get(..count).unwrap_or(bytes);
            let is_too_long = value.len() + count > source.options.max_record_bytes;
            if !is_too_long {
                value.extend_from_slice(passed);
            }
            self.line += line_breaks(passed);
            self.input.consume(count);
            if is_too_long {
                self.unfinished = Some(state).filter(|_| !ended);
                // The fault of a value that is reported.
                self.input.take_fault();
                return Err(source.explain(start, Fault::TooLong.into()));
            }
            if ended {
                break;
            }
        }
        // The stream is valid UTF-8, and cut at ASCII characters.
        let value = String::from_utf8_lossy(&value).into_owned();
        self.last = Some(value.clone());
        // Invalid UTF-8 in it, where reading goes on after errors.
        match self.input.take_fault() {
            Some(fault) => Err(source.explain(start, fault.into())),
            None => Ok((start, value)),
        }
    }
}

/// The state of scanning a value.
#[derive(Default)]
struct Nesting {
    depth: u64,
    in_string: bool,
    escaped: bool,
    started: bool,
}

impl Nesting {
    /// The number of bytes that belong to the value, and whether it ends after them.
    fn pass(&mut self, bytes: &[u8]) -> (usize, bool) {
        for (at, byte) in bytes.iter().enumerate() {
            if self.in_string {
                match byte {
                    _ if self.escaped => self.escaped = false,
                    b'\\' => self.escaped = true,
                    b'"' => {
                        self.in_string = false;
                        if self.depth == 0 {
                            return (at + 1, true);
                        }
                    }
                    _ => {}
                }
                continue;
            }
            match byte {
                b'"' if self.started && self.depth == 0 => return (at, true),
                b'"' => self.in_string = true,
                b'{' | b'[' => self.depth += 1,
                b'}' | b']' if self.depth <= 1 => {
                    // A bracket that ends a number is that of the array around it.
                    let own = usize::from(self.depth == 1);
                    self.depth = 0;
                    return (at + own, true);
                }
                b'}' | b']' => self.depth -= 1,
                b',' | b' ' | b'\t' | b'\r' | b'\n' if self.depth == 0 => return (at, true),
                _ => {}
            }
            self.started = true;
        }
        (bytes.len(), false)
    }
}
