//! A Parquet file that ends.

use std::{
    fs::File,
    io::{self, BufReader, ErrorKind, Read},
};

use bytes::Bytes;
use parquet::{
    errors::Result,
    file::reader::{ChunkReader, Length},
};

/// A file for the parquet crate. Reading at its end is an error: the crate skips as many fields of a page's header as the
/// header says, and of a damaged one that is billions, each of which is read at the end of the file as nothing.
pub(super) struct ParquetFile(pub(super) File);

impl Length for ParquetFile {
    fn len(&self) -> u64 {
        Length::len(&self.0)
    }
}

impl ChunkReader for ParquetFile {
    type T = Ending<BufReader<File>>;

    fn get_read(&self, start: u64) -> Result<Self::T> {
        self.0.get_read(start).map(Ending)
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes> {
        self.0.get_bytes(start, length)
    }
}

/// Input whose end is an error.
pub(super) struct Ending<R>(R);

impl<R: Read> Read for Ending<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.0.read(buffer)? {
            0 if !buffer.is_empty() => Err(io::Error::new(
                ErrorKind::UnexpectedEof,
                "the data goes on behind the end of the file",
            )),
            count => Ok(count),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_is_an_error() {
        let mut input = Ending(&b"abc"[..]);
        let mut buffer = [0; 2];
        assert_eq!(input.read(&mut buffer).unwrap(), 2);
        assert_eq!(input.read(&mut buffer).unwrap(), 1);
        assert_eq!(input.read(&mut []).unwrap(), 0);
        let error = input.read(&mut buffer).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::UnexpectedEof);
    }
}
