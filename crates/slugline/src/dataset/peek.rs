//! A stream whose beginning can be inspected before it is read.

use std::io::{self, BufRead, Read};

use memchr::{memchr, memchr2};

/// The maximum number of bytes by which the kind of the content is told.
pub(super) const EVIDENCE: usize = 8 << 10;
/// Bytes read from the input at a time.
const BUFFER: usize = 64 << 10;

/// Passes its input on, and shows what has been read. It reads more only on demand, so that the first line of a live
/// input is answered at once.
pub(super) struct Peek {
    input: Box<dyn Read + Send>,
    buffer: Vec<u8>,
    taken: usize,
    /// Whether the content is text in an encoding that is known, and not UTF-8.
    encoding_known: bool,
}

impl Peek {
    pub(super) fn new(input: impl Read + Send + 'static) -> Self {
        Self {
            input: Box::new(input),
            buffer: Vec::new(),
            taken: 0,
            encoding_known: false,
        }
    }

    /// From here on the first line is [evidence](Self::evidence) enough, whatever is in it.
    pub(super) fn encoding_is_known(&mut self) {
        self.encoding_known = true;
    }

    /// What has been read and not passed on.
    pub(super) fn at_hand(&self) -> &[u8] {
        self.buffer.get(self.taken..).unwrap_or_default()
    }

    /// Reads more, as much as the input returns at once; `false` at its end.
    pub(super) fn more(&mut self) -> io::Result<bool> {
        if self.taken > 0 {
            self.buffer.drain(..self.taken.min(self.buffer.len()));
            self.taken = 0;
        }
        let filled = self.buffer.len();
        self.buffer.resize(filled + BUFFER, 0);
        let read = match self.buffer.get_mut(filled..) {
            Some(free) => self.input.read(free),
            None => Ok(0),
        };
        self.buffer
            .truncate(filled + read.as_ref().copied().unwrap_or(0));
        Ok(read? > 0)
    }

    /// The bytes by which the kind of the content is told, the same ones however the input comes: the first line that is
    /// not blank, so that a live input is answered at once, and the first [`EVIDENCE`] bytes where that line is not plain
    /// text, or begins a page that may declare its encoding further on. Where the encoding is known it need not be.
    pub(super) fn evidence(&mut self) -> io::Result<&[u8]> {
        let length = loop {
            let bytes = self.at_hand();
            let bytes = bytes.get(..EVIDENCE).unwrap_or(bytes);
            let line = first_line(bytes);
            if let Some(line) = line.filter(|line| self.encoding_known || is_plain(line)) {
                break line.len();
            }
            if line.is_some() || bytes.len() == EVIDENCE || !self.more()? {
                break self.at_least(EVIDENCE)?.len().min(EVIDENCE);
            }
        };
        Ok(self.at_hand().get(..length).unwrap_or_default())
    }

    /// Reads until `count` bytes are at hand or the input ends.
    pub(super) fn at_least(&mut self, count: usize) -> io::Result<&[u8]> {
        while self.at_hand().len() < count && self.more()? {}
        Ok(self.at_hand())
    }
}

/// The first line that is not blank, with the blank ones before it and its line break; of JSON the first object.
fn first_line(bytes: &[u8]) -> Option<&[u8]> {
    let start = bytes.iter().position(|byte| !byte.is_ascii_whitespace())?;
    let rest = bytes.get(start..)?;
    let length = match rest.first()? {
        b'{' | b'[' => memchr2(b'\n', b'}', rest),
        _ => memchr(b'\n', rest),
    }?;
    bytes.get(..=start + length)
}

/// Whether a line is UTF-8 without control characters, and not the beginning of a page.
fn is_plain(line: &[u8]) -> bool {
    let start = line.trim_ascii_start();
    let start = start.get(..5).unwrap_or(start).to_ascii_lowercase();
    let pages: [&[u8]; 5] = [b"<!", b"<?", b"<html", b"<head", b"<meta"];
    !line.iter().copied().any(is_control)
        && str::from_utf8(line).is_ok()
        && !pages.iter().any(|page| start.starts_with(page))
}

/// Whether a byte is a control character that is hardly ever in a text.
pub(super) fn is_control(byte: u8) -> bool {
    matches!(byte, 0..=8 | 14..=26 | 28..=31 | 127)
}

impl BufRead for Peek {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.taken >= self.buffer.len() {
            self.more()?;
        }
        Ok(self.at_hand())
    }

    fn consume(&mut self, count: usize) {
        self.taken = self.buffer.len().min(self.taken + count);
    }
}

impl Read for Peek {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.fill_buf()?.read(buffer)?;
        self.consume(count);
        Ok(count)
    }
}

/// What the first bytes of a stream tell about it.
pub(super) enum Beginning<T> {
    Known(T),
    /// More bytes are needed.
    Open,
    Other,
}
