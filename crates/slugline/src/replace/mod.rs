//! Writing a file so that at every moment either the old one or the whole new one is there.
//!
//! [`Replacement`] writes beside the place and moves there at the end. A link stays: the file that it
//! points to is replaced, or made. A file that is overwritten keeps its mode, owner and group as far as the
//! system lets it (on Linux extended attributes of the user, access control lists and SELinux labels, too;
//! elsewhere they are lost); a new one has the mode that the umask gives. What is no file (a device, a named
//! pipe, a socket, `/dev/stdout`, `/dev/fd/3`) is written through and never replaced.
//!
//! On Linux the new file has no name until it is whole, wherever the file system can do that
//! (`O_TMPFILE`), so that a run that is killed leaves nothing. To replace a file it gets one for the
//! instant before it is moved. Elsewhere it has a name from the beginning: `.NAME.slugline-RANDOM.tmp`,
//! beside the file NAME; [`strays`] finds those that were left behind.

mod beside;
mod keep;
mod target;
mod through;

use std::{
    fs::File,
    io::{self, Write},
    path::{Path, PathBuf},
};

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
    /// As the user calls it.
    path: PathBuf,
    out: Out,
}

#[derive(Debug)]
enum Out {
    TemporaryFile(Box<TemporaryFile>),
    Through(File),
}

impl Replacement {
    /// Begins to write what is to be at `path`. A named pipe waits for its reader.
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

    /// Fails where [`create`](Self::create) would, as far as that can be told without waiting for anyone:
    /// for a look before hours of work.
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

    /// Puts it into its place, when it is on the disk.
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

/// Files beside `path` that a run which was killed left behind while it wrote `path` (or that another run is
/// writing right now). Nothing needs them.
pub fn strays(path: impl AsRef<Path>) -> Vec<PathBuf> {
    let path = path.as_ref();
    let (Ok(Target::New(target) | Target::File(target, _)), Ok(absolute)) =
        (Target::of(path), std::path::absolute(path))
    else {
        return Vec::new();
    };
    // As the user calls it, where no link leads elsewhere.
    let folder = match target == absolute {
        true => folder_of(path),
        false => folder_of(&target),
    };
    beside::strays(folder, &target)
}
