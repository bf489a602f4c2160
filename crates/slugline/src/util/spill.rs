//! Bytes that are written first and read afterwards: in memory while they are few, then in an unnamed
//! temporary file, which is gone when the process ends, in whatever way.

use std::{
    fs::File,
    io::{self, BufWriter, ErrorKind, Read, Seek, SeekFrom, Write},
    ops::Range,
    path::{Path, PathBuf},
};

use crate::error::{Error, Result};

/// Small pieces are buffered up to this many bytes.
const WRITTEN_AT_ONCE: usize = 1 << 16;

/// The writing end.
#[derive(Debug)]
pub(crate) struct Spill {
    memory: Vec<u8>,
    /// The number of bytes kept in memory before the file is made.
    limit: usize,
    folder: PathBuf,
    file: Option<BufWriter<File>>,
    len: u64,
}

/// The reading end, when all bytes have been written.
#[derive(Debug)]
pub(crate) struct Spilled {
    place: Store,
    folder: PathBuf,
    len: u64,
}

#[derive(Debug)]
enum Store {
    Memory(Vec<u8>),
    File(File),
}

impl Spill {
    /// An empty spill, whose temporary file will be in `folder`.
    pub(crate) fn new(limit: usize, folder: &Path) -> Self {
        Self {
            memory: Vec::new(),
            limit,
            folder: folder.to_owned(),
            file: None,
            len: 0,
        }
    }

    /// Appends bytes and returns their range.
    pub(crate) fn append(&mut self, bytes: &[u8]) -> Result<Range<u64>> {
        self.write(bytes)
            .map_err(|error| full(&self.folder, &error))?;
        let start = self.len;
        self.len += bytes.len() as u64;
        Ok(start..self.len)
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        if let Some(file) = &mut self.file {
            return file.write_all(bytes);
        }
        if bytes.len() <= self.limit.saturating_sub(self.memory.len()) {
            self.memory.extend_from_slice(bytes);
            return Ok(());
        }
        let file = tempfile::tempfile_in(&self.folder)?;
        let mut file = BufWriter::with_capacity(WRITTEN_AT_ONCE, file);
        file.write_all(&std::mem::take(&mut self.memory))?;
        file.write_all(bytes)?;
        self.file = Some(file);
        Ok(())
    }

    /// Ends the writing.
    pub(crate) fn close(self) -> Result<Spilled> {
        let place = match self.file {
            None => Store::Memory(self.memory),
            Some(file) => Store::File(
                file.into_inner()
                    .map_err(|error| full(&self.folder, error.error()))?,
            ),
        };
        Ok(Spilled {
            place,
            folder: self.folder,
            len: self.len,
        })
    }
}

impl Spilled {
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    pub(crate) fn len(&self) -> u64 {
        self.len
    }

    /// The number of bytes in the temporary file.
    pub(crate) fn on_disk(&self) -> u64 {
        match self.place {
            Store::Memory(_) => 0,
            Store::File(_) => self.len,
        }
    }

    /// A cursor over a range of the bytes, reading `buffer` of them at once.
    pub(crate) fn cursor(&self, range: Range<u64>, buffer: usize) -> Cursor<'_> {
        Cursor {
            source: self,
            left: range,
            buffer: vec![0; buffer.max(1)],
            used: 0,
            filled: 0,
        }
    }

    fn read_at(&self, at: u64, buffer: &mut [u8]) -> Result<()> {
        let mut read = || match &self.place {
            Store::Memory(bytes) => {
                let start = usize::try_from(at).unwrap_or(usize::MAX);
                let found = bytes.get(start..).and_then(|rest| rest.get(..buffer.len()));
                buffer.copy_from_slice(found.ok_or(ErrorKind::UnexpectedEof)?);
                Ok(())
            }
            Store::File(file) => {
                let mut file = file;
                file.seek(SeekFrom::Start(at))?;
                file.read_exact(buffer)
            }
        };
        read().map_err(|error| Error::io(&self.folder, error))
    }

    /// The error for bytes that differ from those that were written.
    pub(crate) fn damaged(&self) -> Error {
        Error::io(
            &self.folder,
            io::Error::new(
                ErrorKind::InvalidData,
                "a temporary file does not hold what was written to it: is the disk failing?",
            ),
        )
    }
}

/// A reading position in a range of bytes.
#[derive(Debug)]
pub(crate) struct Cursor<'a> {
    source: &'a Spilled,
    /// The range that has not been read into the buffer.
    left: Range<u64>,
    buffer: Vec<u8>,
    used: usize,
    filled: usize,
}

impl Cursor<'_> {
    pub(crate) fn is_at_end(&self) -> bool {
        self.used == self.filled && self.left.is_empty()
    }

    fn byte(&mut self) -> Result<u8> {
        if self.used == self.filled {
            self.fill()?;
        }
        let byte = self.buffer[self.used];
        self.used += 1;
        Ok(byte)
    }

    fn fill(&mut self) -> Result<()> {
        let left = self.left.end.saturating_sub(self.left.start);
        let filled =
            usize::try_from(left).map_or(self.buffer.len(), |left| left.min(self.buffer.len()));
        if filled == 0 {
            return Err(self.source.damaged());
        }
        self.source
            .read_at(self.left.start, &mut self.buffer[..filled])?;
        self.left.start += filled as u64;
        (self.used, self.filled) = (0, filled);
        Ok(())
    }

    /// The next number, as [`put`] writes it.
    pub(crate) fn number(&mut self) -> Result<u64> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7F) << shift;
            if byte < 0x80 {
                return Ok(number);
            }
        }
        Err(self.source.damaged())
    }

    /// Replaces `bytes` by the next bytes, whose number precedes them.
    pub(crate) fn bytes(&mut self, bytes: &mut Vec<u8>) -> Result<()> {
        let here = (self.filled - self.used) as u64 + (self.left.end - self.left.start);
        let len = self.number()?;
        if len > here {
            return Err(self.source.damaged());
        }
        bytes.clear();
        let mut missing = len as usize;
        while missing > 0 {
            if self.used == self.filled {
                self.fill()?;
            }
            let some = missing.min(self.filled - self.used);
            bytes.extend_from_slice(&self.buffer[self.used..self.used + some]);
            self.used += some;
            missing -= some;
        }
        Ok(())
    }
}

/// Appends a number in seven bits per byte, lowest first (LEB128).
#[inline]
pub(crate) fn put(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

/// Takes a number off the front of `bytes`; None where there is no complete one.
#[inline]
pub(crate) fn take(bytes: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for shift in (0..64).step_by(7) {
        let (&byte, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= u64::from(byte & 0x7F) << shift;
        if byte < 0x80 {
            return Some(number);
        }
    }
    None
}

fn full(folder: &Path, error: &io::Error) -> Error {
    let why = format!(
        "{error} (a temporary file is written here; another folder can be named, by the environment \
         variable TMPDIR for example)"
    );
    Error::io(folder, io::Error::new(error.kind(), why))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_was_written_is_read(
            pieces in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..300), 0..20),
            numbers in prop::collection::vec(any::<u64>(), 0..20),
            limit in 0_usize..3000,
            buffer in 1_usize..400,
        ) {
            let mut spill = Spill::new(limit, &std::env::temp_dir());
            let mut ranges = Vec::new();
            for piece in &pieces {
                let mut bytes = Vec::new();
                put(&mut bytes, piece.len() as u64);
                bytes.extend(piece);
                ranges.push(spill.append(&bytes).unwrap());
            }
            let mut bytes = Vec::new();
            for &number in &numbers {
                put(&mut bytes, number);
            }
            let range = spill.append(&bytes).unwrap();
            let all = range.end;
            let spilled = spill.close().unwrap();
            prop_assert_eq!(spilled.on_disk(), if all as usize > limit { all } else { 0 });
            for (piece, range) in pieces.iter().zip(ranges).rev() {
                let mut cursor = spilled.cursor(range, buffer);
                let mut read = vec![1];
                cursor.bytes(&mut read).unwrap();
                prop_assert_eq!(&read, piece);
                prop_assert!(cursor.is_at_end() && cursor.number().is_err());
            }
            let mut cursor = spilled.cursor(range, buffer);
            let mut rest = &bytes[..];
            for &number in &numbers {
                prop_assert_eq!(cursor.number().unwrap(), number);
                prop_assert_eq!(take(&mut rest), Some(number));
            }
            prop_assert!(cursor.is_at_end() && rest.is_empty());
        }
    }

    #[test]
    fn damage_is_an_error() {
        let mut spill = Spill::new(100, &std::env::temp_dir());
        let range = spill.append(&[0xFF; 12]).unwrap();
        let spilled = spill.close().unwrap();
        assert!(spilled.cursor(range.clone(), 5).number().is_err());
        assert!(spilled.cursor(range, 5).bytes(&mut Vec::new()).is_err());
        assert!(
            spilled.cursor(0..20, 50).number().is_err(),
            "beyond the end"
        );
        assert_eq!(take(&mut &[0xFF; 12][..]), None);
        assert_eq!(take(&mut &[0x80][..]), None);
    }

    #[test]
    fn a_folder_that_is_not_there_is_named() {
        let folder = std::env::temp_dir().join("slugline has no such folder");
        let error = Spill::new(0, &folder).append(&[1]).unwrap_err().to_string();
        assert!(
            error.contains("no such folder") && error.contains("TMPDIR"),
            "{error}"
        );
    }
}
