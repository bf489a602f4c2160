//! Memory mapping: with `simd/` the only place of this crate with `unsafe`.
#![allow(unsafe_code)]

use std::{fs::File, io};

use memmap2::Mmap;

use super::array::FileBytes;

impl FileBytes for Mmap {
    fn bytes(&self) -> &[u8] {
        self
    }
}

/// Maps a file for reading.
pub(crate) fn map(file: &File) -> io::Result<Mmap> {
    // SAFETY: the map is read-only and private to this value. The type system cannot rule out that
    // another process changes or truncates the file; `TextClassifier::map` documents that as the
    // caller's promise, and slugline itself replaces files instead of changing them. Every use of the
    // bytes is bounds-checked, so a changed file gives wrong numbers or a signal from the system, not
    // memory errors. Tested by
    // `tests/it/model_file.rs` (mapped and loaded models agree).
    unsafe { Mmap::map(file) }
}
