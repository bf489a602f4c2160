//! A stream whose beginning is looked at before it is read.

use std::io::{self, BufRead, Read};

/// Bytes asked of the input at a time.
const BUFFER: usize = 64 << 10;

/// Hands on what its input has, and shows it before: as much as has been read, and more only on demand,
/// since a person or a program that writes into a pipe waits for the answer to the first line.
pub(super) struct Peek {
    input: Box<dyn Read + Send>,
    buffer: Vec<u8>,
    taken: usize,
}

impl Peek {
    pub(super) fn new(input: impl Read + Send + 'static) -> Self {
        Self {
            input: Box::new(input),
            buffer: Vec::new(),
            taken: 0,
        }
    }

    /// What has been read and not handed on.
    pub(super) fn at_hand(&self) -> &[u8] {
        self.buffer.get(self.taken..).unwrap_or_default()
    }

    /// Reads on, as much as the input gives at once; `false` at its end.
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

    /// Reads on until so many bytes are at hand or the input ends.
    pub(super) fn at_least(&mut self, count: usize) -> io::Result<&[u8]> {
        while self.at_hand().len() < count && self.more()? {}
        Ok(self.at_hand())
    }
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

/// What the first bytes of a stream are, of several things that begin in a known way.
pub(super) enum Beginning<T> {
    Known(T),
    /// More bytes would tell.
    Open,
    Other,
}
