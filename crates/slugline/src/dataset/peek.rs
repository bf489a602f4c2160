//! A stream whose beginning can be inspected before it is read.

use std::io::{self, BufRead, Read};

/// Bytes read from the input at a time.
const BUFFER: usize = 64 << 10;

/// Passes its input on, and shows what has been read. It reads more only on demand, so that the first line of a live
/// input is answered at once.
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

    /// Reads until `count` bytes are at hand or the input ends.
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

/// What the first bytes of a stream tell about it.
pub(super) enum Beginning<T> {
    Known(T),
    /// More bytes are needed.
    Open,
    Other,
}
