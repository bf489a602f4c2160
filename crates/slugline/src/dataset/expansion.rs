//! How much compressed data may expand to: a few kilobytes can hold gigabytes.

use std::{
    io::{self, ErrorKind, Read},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use super::{ReadOptions, fault::Fault};

/// What is expanded up to this many bytes is never too much, whatever it was compressed from.
const FREE: u64 = 64 << 20;

/// The limits of [`ReadOptions`].
#[derive(Debug, Clone, Copy)]
pub(super) struct ExpansionLimit {
    /// Times the compressed size.
    ratio: u64,
    bytes: u64,
}

impl ExpansionLimit {
    pub(super) fn of(options: &ReadOptions) -> Self {
        Self {
            ratio: options.max_expansion,
            bytes: options.max_expanded_bytes,
        }
    }

    /// Fails where `compressed` bytes expand to too many; the error is a message.
    pub(super) fn check(self, compressed: u64, expanded: u64) -> Result<(), String> {
        const IF_RIGHT: &str = "if the file is what it should be, raise the limit";
        if expanded > self.bytes {
            return Err(format!(
                "the compressed data expands to more than {} bytes (the limit `max_expanded_bytes`): {IF_RIGHT}",
                self.bytes
            ));
        }
        if expanded > FREE && expanded > compressed.saturating_mul(self.ratio) {
            return Err(format!(
                "the compressed data expands to more than {} times its {compressed} bytes (the limit \
                 `max_expansion`): {IF_RIGHT}",
                self.ratio
            ));
        }
        Ok(())
    }
}

/// Counts the bytes that are read, and reads again where a signal interrupted it.
pub(super) struct Counted<R> {
    pub(super) input: R,
    pub(super) read: Arc<AtomicU64>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = loop {
            match self.input.read(buffer) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                result => break result?,
            }
        };
        self.read.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}

/// Expanded data, up to the limit.
pub(super) struct Expanded<R> {
    input: R,
    compressed: Arc<AtomicU64>,
    so_far: u64,
    limit: ExpansionLimit,
}

impl<R> Expanded<R> {
    pub(super) fn new(input: R, compressed: Arc<AtomicU64>, limit: ExpansionLimit) -> Self {
        Self {
            input,
            compressed,
            so_far: 0,
            limit,
        }
    }
}

impl<R: Read> Read for Expanded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.input.read(buffer)?;
        self.so_far += count as u64;
        let compressed = self.compressed.load(Ordering::Relaxed);
        self.limit
            .check(compressed, self.so_far)
            .map_err(Fault::File)?;
        Ok(count)
    }
}
