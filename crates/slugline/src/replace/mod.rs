//! Atomic replacement of files: at every moment either the old file or the complete new one is there.
//!
//! [`Replacement`] writes to a temporary file in the same folder and moves it at the end. Links stay: the file
//! that a link points to is replaced, or made. A file that is overwritten keeps its mode, owner and group as far
//! as the system allows (on Linux also user attributes, access control lists and SELinux labels); a new one gets
//! the mode of the umask. Devices, named pipes, sockets, `/dev/stdout` and `/dev/fd/3` are written to, and never
//! replaced.
//!
//! On Linux the new file has no name until it is complete, where the file system supports that (`O_TMPFILE`), so
//! that a killed run leaves nothing; to replace a file it gets a name just before it is moved. Elsewhere it has
//! one from the beginning, `.NAME.slugline-RANDOM.tmp` beside the file NAME; [`strays`] finds those that were
//! left behind.

mod beside;
mod keep;
mod target;
mod through;
mod unfinished;

use std::{
    fs::File,
    io::{self, Write},
    path::{Path, PathBuf},
};

pub use self::unfinished::remove_unfinished;
use self::{
    beside::TemporaryFile,
    target::{Target, folder_of},
};
use crate::error::{Error, Result};

/// A file that is being written, and takes its place with [`commit`](Self::commit); dropped before that, it
/// changes nothing.
#[derive(Debug)]
#[must_use = "nothing takes its place without `commit`"]
pub struct Replacement {
    /// The path as the caller gave it, for messages.
    path: PathBuf,
    out: Out,
}

#[derive(Debug)]
enum Out {
    TemporaryFile(Box<TemporaryFile>),
    Through(File),
}

impl Replacement {
    /// Begins to write a new file for `path`. Opening a named pipe waits for its reader.
    ///
    /// # Errors
    /// [`Error::Io`] where the folder does not exist or may not be written to, where the file may not be
    /// written to, or where `path` is a folder, or links that lead in a circle.
    pub fn create(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let open = || -> io::Result<Out> {
            Ok(match Target::of(path)? {
                Target::New(target) => {
                    Out::TemporaryFile(Box::new(TemporaryFile::new(target, None)?))
                }
                Target::File(target, old) => {
                    Out::TemporaryFile(Box::new(TemporaryFile::new(target, Some(old))?))
                }
                Target::Special(target, kind) => Out::Through(through::open(&target, kind)?),
                Target::Descriptor(target, number) => {
                    Out::Through(through::descriptor(&target, number)?)
                }
            })
        };
        match open() {
            Ok(out) => Ok(Self {
                path: path.to_owned(),
                out,
            }),
            Err(error) => Err(Error::io(path, error)),
        }
    }

    /// Fails where [`create`](Self::create) would, as far as that can be told without waiting for a pipe's
    /// reader: for a check before long work.
    ///
    /// # Errors
    /// As [`create`](Self::create).
    pub fn check(path: impl AsRef<Path>) -> Result<()> {
        let path = path.as_ref();
        let look = || match Target::of(path)? {
            Target::New(target) => TemporaryFile::new(target, None).map(drop),
            Target::File(target, old) => TemporaryFile::new(target, Some(old)).map(drop),
            Target::Special(..) | Target::Descriptor(..) => Ok(()),
        };
        look().map_err(|error| Error::io(path, error))
    }

    /// Syncs the file to the disk and moves it to its path.
    ///
    /// # Errors
    /// [`Error::Io`]; the old file is there then.
    pub fn commit(self) -> Result<()> {
        let done = match self.out {
            Out::TemporaryFile(file) => file.commit(),
            Out::Through(file) => through::finish(&file),
        };
        done.map_err(|error| Error::io(self.path, error))
    }
}

impl Write for Replacement {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.out {
            Out::TemporaryFile(file) => file.file().write(bytes),
            Out::Through(file) => file.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.out {
            Out::TemporaryFile(file) => file.file().flush(),
            Out::Through(file) => file.flush(),
        }
    }
}

/// Where a file called `path` is or would be made: links are followed, also one whose target does not exist
/// yet.
///
/// # Errors
/// [`Error::Io`] as for [`Replacement::create`].
pub fn target(path: impl AsRef<Path>) -> Result<PathBuf> {
    let path = path.as_ref();
    match Target::of(path) {
        Ok(target) => Ok(target.into_path()),
        Err(error) => Err(Error::io(path, error)),
    }
}

/// Temporary files of `path` that a killed run left behind, or that another run is writing.
pub fn strays(path: impl AsRef<Path>) -> Vec<PathBuf> {
    let path = path.as_ref();
    let (Ok(Target::New(target) | Target::File(target, _)), Ok(absolute)) =
        (Target::of(path), std::path::absolute(path))
    else {
        return Vec::new();
    };
    // With the folder as the caller gave it, unless a link leads elsewhere.
    let folder = match target == absolute {
        true => folder_of(path),
        false => folder_of(&target),
    };
    beside::strays(folder, &target)
}
