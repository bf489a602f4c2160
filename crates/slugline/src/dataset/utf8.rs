//! Validation of a stream as UTF-8.
//!
//! It is done before the formats are read, where the offset of a byte in the file is known.

use std::{
    collections::VecDeque,
    io::{self, BufRead, Read},
};

use super::{
    InvalidUtf8,
    fault::Fault,
    signature::{BINARY, looks_binary},
};

/// The number of first bytes that are kept to tell text from binary data.
const SAMPLE: usize = 4096;

pub(super) const UTF8_MARK: &[u8] = b"\xef\xbb\xbf";

/// Reads valid UTF-8 and nothing else; [`BufRead::fill_buf`] always ends at a character boundary.
///
/// Byte-order marks at the start are dropped. Text before an invalid byte is delivered before the error.
pub(super) struct Utf8Reader {
    input: Box<dyn BufRead + Send>,
    policy: InvalidUtf8,
    /// Whether invalid bytes are replaced and noted, so that only their record is lost.
    notes: bool,
    /// Noted faults, with their offsets in the delivered text.
    noted: VecDeque<(u64, Fault)>,
    started: bool,
    /// Valid text, of which `taken` bytes have been delivered.
    text: Vec<u8>,
    taken: usize,
    /// The start of a character whose other bytes have not been read yet.
    tail: Vec<u8>,
    /// The error to return once `text` is delivered.
    fault: Option<Fault>,
    /// The offset of `text` in the input, and the number of input bytes that it was made of.
    offset: u64,
    raw: u64,
    line: u64,
    /// Bytes that were delivered before `text`.
    delivered: u64,
    /// Whether the input begins as binary data does.
    is_binary: bool,
    /// The first bytes before an invalid one; what follows it may not have been read yet.
    sample: Vec<u8>,
}

impl Utf8Reader {
    pub(super) fn new(input: Box<dyn BufRead + Send>, policy: InvalidUtf8) -> Self {
        Self {
            input,
            policy,
            started: false,
            text: Vec::new(),
            taken: 0,
            tail: Vec::new(),
            fault: None,
            notes: false,
            noted: VecDeque::new(),
            offset: 0,
            raw: 0,
            line: 1,
            delivered: 0,
            is_binary: false,
            sample: Vec::new(),
        }
    }

    /// Whether an invalid byte says that the input is no text at all.
    pub(super) fn binary(mut self, is_binary: bool) -> Self {
        self.is_binary = is_binary;
        self
    }

    /// Goes on after invalid bytes: they are replaced, and returned by [`take_fault`](Self::take_fault).
    pub(super) fn with_notes(mut self) -> Self {
        self.notes = self.policy == InvalidUtf8::Error;
        self
    }

    /// The first invalid byte in what was consumed since the last call.
    pub(super) fn take_fault(&mut self) -> Option<Fault> {
        let consumed = self.delivered + self.taken as u64;
        let mut first = None;
        while self.noted.front().is_some_and(|(at, _)| *at < consumed) {
            let noted = self.noted.pop_front().map(|(_, fault)| fault);
            first = first.or(noted);
        }
        first
    }

    /// The text that is available without reading.
    pub(super) fn buffered(&self) -> &[u8] {
        self.text.get(self.taken..).unwrap_or_default()
    }

    /// Replaces the delivered text with the next piece; an empty one at the end.
    fn refill(&mut self) -> io::Result<()> {
        self.offset += self.raw;
        self.raw = 0;
        self.delivered += self.text.len() as u64;
        self.line += line_breaks(&self.text);
        self.text.clear();
        self.taken = 0;
        if let Some(fault) = self.fault.take() {
            return Err(fault.into());
        }
        if !self.started {
            self.start()?;
            self.started = true;
        }
        loop {
            self.text.append(&mut self.tail);
            let more = append_from(&mut *self.input, &mut self.text, usize::MAX)?;
            self.validate(!more);
            if !self.text.is_empty() || self.fault.is_some() || !more {
                break;
            }
        }
        // No text precedes the fault, so it is returned now.
        match self.fault.take() {
            Some(fault) if self.text.is_empty() => Err(fault.into()),
            fault => {
                self.fault = fault;
                Ok(())
            }
        }
    }

    /// Looks for byte-order marks, reading only as far as needed. Files that were joined, or marked twice, have several.
    fn start(&mut self) -> io::Result<()> {
        loop {
            while self.tail.len() < UTF8_MARK.len() && UTF8_MARK.starts_with(&self.tail) {
                if !append_from(&mut *self.input, &mut self.tail, 1)? {
                    return Ok(());
                }
            }
            if self.tail != UTF8_MARK {
                return Ok(());
            }
            self.tail.clear();
            self.offset += UTF8_MARK.len() as u64;
        }
    }

    fn keep_sample(&mut self, count: usize) {
        let count = count.min(SAMPLE - self.sample.len());
        let more = self.text.get(..count).unwrap_or_default();
        self.sample.extend_from_slice(more);
    }

    /// Makes `text`, which holds raw bytes, valid: by cutting it at the first invalid byte or by
    /// replacement, and by moving an unfinished character at its end to `tail`.
    fn validate(&mut self, at_end: bool) {
        self.raw = self.text.len() as u64;
        let Err(error) = str::from_utf8(&self.text) else {
            self.keep_sample(self.text.len());
            return;
        };
        let valid = error.valid_up_to();
        self.keep_sample(valid);
        if self.policy == InvalidUtf8::Replace || self.notes {
            let mut replaced = Vec::with_capacity(self.text.len());
            let (mut offset, mut line) = (self.offset, self.line);
            let mut chunks = self.text.utf8_chunks().peekable();
            while let Some(chunk) = chunks.next() {
                replaced.extend_from_slice(chunk.valid().as_bytes());
                offset += chunk.valid().len() as u64;
                if self.notes {
                    line += line_breaks(chunk.valid().as_bytes());
                }
                match chunk.invalid() {
                    [] => {}
                    // Only the last bytes can be an unfinished character.
                    rest if !at_end && chunks.peek().is_none() && is_unfinished(rest) => {
                        self.tail.extend_from_slice(rest);
                    }
                    invalid => {
                        if self.notes {
                            let at = self.delivered + replaced.len() as u64;
                            self.noted.push_back((at, Fault::Utf8 { line, offset }));
                        }
                        replaced.extend_from_slice("\u{fffd}".as_bytes());
                        offset += invalid.len() as u64;
                    }
                }
            }
            self.raw -= self.tail.len() as u64;
            self.text = replaced;
        } else if error.error_len().is_none() && !at_end {
            self.tail = self.text.split_off(valid);
            self.raw = valid as u64;
        } else if self.is_binary || looks_binary(&self.sample) {
            self.text.truncate(valid);
            self.fault = Some(Fault::File(BINARY.to_owned()));
        } else {
            self.text.truncate(valid);
            self.fault = Some(Fault::Utf8 {
                line: self.line + line_breaks(&self.text),
                offset: self.offset + valid as u64,
            });
        }
    }
}

/// Whether bytes are the beginning of a character.
fn is_unfinished(bytes: &[u8]) -> bool {
    str::from_utf8(bytes).is_err_and(|error| error.error_len().is_none())
}

pub(super) fn line_breaks(text: &[u8]) -> u64 {
    memchr::memchr_iter(b'\n', text).count() as u64
}

/// Appends what the input has buffered, at most `most` bytes; `false` at the end of the input.
fn append_from(input: &mut dyn BufRead, to: &mut Vec<u8>, most: usize) -> io::Result<bool> {
    let bytes = input.fill_buf()?;
    let bytes = bytes.get(..most).unwrap_or(bytes);
    let count = bytes.len();
    to.extend_from_slice(bytes);
    input.consume(count);
    Ok(count > 0)
}

impl BufRead for Utf8Reader {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.taken >= self.text.len() {
            self.refill()?;
        }
        Ok(self.text.get(self.taken..).unwrap_or_default())
    }

    fn consume(&mut self, count: usize) {
        self.taken += count;
    }
}

impl Read for Utf8Reader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.fill_buf()?.read(buffer)?;
        self.consume(count);
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use std::io::BufReader;

    use super::*;

    /// Reads with a buffer of every small size, so that every character is cut everywhere.
    fn read(bytes: &'static [u8], policy: InvalidUtf8) -> Result<String, String> {
        let mut results = (1..8).map(|size| {
            let input = Box::new(BufReader::with_capacity(size, bytes));
            let mut text = Vec::new();
            match Utf8Reader::new(input, policy).read_to_end(&mut text) {
                Ok(_) => Ok(String::from_utf8(text).unwrap()),
                Err(error) => Err(match error.downcast::<Fault>().unwrap() {
                    Fault::Utf8 { line, offset } => {
                        format!("{line}:{offset} after {}", String::from_utf8(text).unwrap())
                    }
                    fault => fault.to_string(),
                }),
            }
        });
        let first = results.next().unwrap();
        for result in results {
            assert_eq!(result, first);
        }
        first
    }

    #[test]
    fn valid_text_passes_whatever_the_buffer() {
        assert_eq!(
            read("aé€😀z".as_bytes(), InvalidUtf8::Error).unwrap(),
            "aé€😀z"
        );
        assert_eq!(read(b"\xef\xbb\xbfa", InvalidUtf8::Error).unwrap(), "a");
        let twice = b"\xef\xbb\xbf\xef\xbb\xbfa";
        assert_eq!(read(twice, InvalidUtf8::Error).unwrap(), "a");
        assert_eq!(read(&twice[..6], InvalidUtf8::Error).unwrap(), "");
        assert_eq!(
            read("a\u{feff}".as_bytes(), InvalidUtf8::Error).unwrap(),
            "a\u{feff}"
        );
        assert_eq!(read(b"", InvalidUtf8::Error).unwrap(), "");
        assert_eq!(read(b"\x00\x00", InvalidUtf8::Error).unwrap(), "\0\0");
    }

    #[test]
    fn invalid_bytes_have_a_line_and_an_offset() {
        let error = |bytes| read(bytes, InvalidUtf8::Error).unwrap_err();
        assert_eq!(error(b"\xff"), "1:0 after ");
        assert_eq!(error(b"ab\ncd\xffe\n"), "2:5 after ab\ncd");
        assert_eq!(error(b"a\n\xe2\x82"), "2:2 after a\n");
        assert_eq!(error(b"\xef\xbb\xbfa\xff"), "1:4 after a");
        assert_eq!(error(b"\xef\xbb\xbf\xef\xbb\xbfa\xff"), "1:7 after a");
        assert_eq!(error(b"\xef\xbb"), "1:0 after ");
        assert_eq!(error(b"a\xe2\x28\xa1"), "1:1 after a");
    }

    #[test]
    fn noted_bytes_have_the_same_places() {
        let bytes = b"\xef\xbb\xbfab\ncd\xffe\xfe\n\xe2\x82\n\xe2\x82\xac\nx\xe2\x82";
        for size in 1..12 {
            let input = Box::new(BufReader::with_capacity(size, &bytes[..]));
            let mut reader = Utf8Reader::new(input, InvalidUtf8::Error).with_notes();
            let (mut line, mut found) = (Vec::new(), Vec::new());
            while reader.read_until(b'\n', &mut line).unwrap() > 0 {
                found.push(match reader.take_fault() {
                    Some(Fault::Utf8 { line, offset }) => (line, offset),
                    _ => (0, 0),
                });
            }
            assert_eq!(found, [(0, 0), (2, 8), (3, 12), (0, 0), (5, 20)], "{size}");
            let expected = String::from_utf8_lossy(&bytes[3..]);
            assert_eq!(String::from_utf8(line).unwrap(), expected);
        }
    }

    #[test]
    fn replacement_is_that_of_the_standard_library() {
        for bytes in [
            &b"a\xffb"[..],
            b"\xe2\x82",
            b"\xe2\x82x\xe2\x82\xac",
            b"\xf0\x9f\x98\xf0\x9f\x98\x80",
            b"\xed\xa0\x80",
            b"\xc0\xaf\xff\xff",
            b"x\xf4\x90\x80\x80y",
        ] {
            assert_eq!(
                read(bytes, InvalidUtf8::Replace).unwrap(),
                String::from_utf8_lossy(bytes)
            );
        }
    }

    #[test]
    fn line_breaks_are_found_and_counted() {
        for length in [0, 1, 63, 64, 65, 254, 255, 256, 1000] {
            let mut text = vec![b'x'; length];
            assert_eq!(
                (memchr::memchr(b'\n', &text), line_breaks(&text)),
                (None, 0)
            );
            for at in (0..length).rev() {
                text[at] = b'\n';
                assert_eq!(memchr::memchr(b'\n', &text), Some(at));
                assert_eq!(line_breaks(&text), (length - at) as u64);
            }
        }
    }

    #[test]
    fn binary_data_is_named() {
        let input = Box::new(&b"\x00\x01\x02\xff\xfe"[..]);
        let mut reader = Utf8Reader::new(input, InvalidUtf8::Error).binary(true);
        let why = io::read_to_string(&mut reader).unwrap_err().to_string();
        assert!(why.starts_with("the content is binary data"), "{why}");
    }
}
