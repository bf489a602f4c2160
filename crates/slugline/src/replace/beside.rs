//! A temporary file beside the file that it will replace.

use std::{
    ffi::{OsStr, OsString},
    fs::{self, File, Metadata},
    io,
    path::{Path, PathBuf},
};

use tempfile::{Builder, NamedTempFile};

use super::{
    keep,
    target::folder_of,
    unfinished::{self, Unfinished},
};

/// `.NAME.slugline-RANDOM.tmp`
const MARK: &str = ".slugline-";
const END: &str = ".tmp";
const RANDOM: usize = 8;
/// The bytes of a name that its temporary file's name begins with: systems allow 255 in all.
const MOST_BYTES: usize = 200;

/// A file that replaces its target with [`commit`](Self::commit), and is deleted if it is dropped before.
#[derive(Debug)]
pub(super) struct TemporaryFile {
    target: PathBuf,
    old: Option<Metadata>,
    new: NewFile,
}

#[derive(Debug)]
enum NewFile {
    /// A file without a name, which is gone when the process ends, in whatever way.
    #[cfg(target_os = "linux")]
    Unnamed(File),
    Named(NamedTempFile<Unfinished<File>>),
}

impl TemporaryFile {
    /// Opens a file that will replace the `old` one at `target`.
    pub(super) fn new(target: PathBuf, old: Option<Metadata>) -> io::Result<Self> {
        if old.is_some() {
            // A file that may not be written must not be replaced, though its folder would allow it.
            File::options().write(true).open(&target)?;
        }
        let new = NewFile::beside(&target)?;
        let beside = Self { target, old, new };
        // Before anything is written, so that nobody else can read it meanwhile.
        beside.take_over()?;
        Ok(beside)
    }

    pub(super) fn file(&self) -> &File {
        match &self.new {
            #[cfg(target_os = "linux")]
            NewFile::Unnamed(file) => file,
            NewFile::Named(file) => &file.as_file().file,
        }
    }

    fn take_over(&self) -> io::Result<()> {
        match &self.old {
            Some(old) => keep::take_over(self.file(), &self.target, old),
            None => Ok(()),
        }
    }

    pub(super) fn commit(self) -> io::Result<()> {
        // Again, since writing clears some bits of the mode (`setuid`).
        self.take_over()?;
        self.file().sync_all()?;
        match self.new {
            #[cfg(target_os = "linux")]
            NewFile::Unnamed(file) => unnamed::place(&file, &self.target, self.old.is_some())?,
            NewFile::Named(file) => {
                file.persist(&self.target).map_err(|error| error.error)?;
            }
        }
        // The new name is on the disk only when the folder is synced. The file is in its place already, so a
        // folder that cannot be opened or synced is no failure.
        #[cfg(unix)]
        if let Ok(folder) = File::open(folder_of(&self.target)) {
            let _ = folder.sync_all();
        }
        Ok(())
    }
}

impl NewFile {
    fn beside(target: &Path) -> io::Result<Self> {
        #[cfg(target_os = "linux")]
        if let Some(file) = unnamed::open(folder_of(target)) {
            return Ok(Self::Unnamed(file));
        }
        Self::named(target)
    }

    fn named(target: &Path) -> io::Result<Self> {
        let (prefix, suffix) = names(target);
        let mut builder = Builder::new();
        builder.prefix(&prefix).suffix(suffix).rand_bytes(RANDOM);
        // With the mode of the umask, and with an error that does not name the temporary file.
        let open = |path: &Path| File::options().write(true).create_new(true).open(path);
        builder
            .make_in(folder_of(target), |path| unfinished::make(path, open))
            .map(Self::Named)
    }
}

/// The beginning and the end of the name of the temporary file of `target`.
fn names(target: &Path) -> (OsString, &'static str) {
    let mut prefix = OsString::from(".");
    let name = target.file_name().unwrap_or(OsStr::new(""));
    if name.len() <= MOST_BYTES {
        prefix.push(name);
    } else {
        let name = name.to_string_lossy();
        let end = (0..=MOST_BYTES)
            .rev()
            .find(|&end| name.is_char_boundary(end));
        prefix.push(&name[..end.unwrap_or(0)]);
    }
    prefix.push(MARK);
    (prefix, END)
}

/// The temporary files of `target` in its folder.
pub(super) fn strays(folder: &Path, target: &Path) -> Vec<PathBuf> {
    let (prefix, suffix) = names(target);
    let (prefix, suffix) = (prefix.as_encoded_bytes(), suffix.as_bytes());
    let is_stray = |name: &OsStr| {
        let name = name.as_encoded_bytes();
        name.starts_with(prefix)
            && name.ends_with(suffix)
            && name.len() == prefix.len() + RANDOM + suffix.len()
    };
    let names = fs::read_dir(folder).into_iter().flatten().flatten();
    let names = names.map(|entry| entry.file_name());
    let mut found: Vec<PathBuf> = names
        .filter(|name| is_stray(name))
        .map(|name| match folder == Path::new(".") {
            true => name.into(),
            false => folder.join(name),
        })
        .collect();
    found.sort();
    found
}

/// Files without a name.
#[cfg(target_os = "linux")]
mod unnamed {
    use std::{fs::File, io, os::fd::AsRawFd, path::Path};

    use rustix::fs::{AtFlags, CWD, Mode, OFlags, linkat, open as open_file};
    use tempfile::Builder;

    use super::{RANDOM, folder_of, names, unfinished};

    /// None where the system or the file system has no unnamed files, or the folder cannot be written to; making
    /// a named file tells which.
    pub(super) fn open(folder: &Path) -> Option<File> {
        let flags = OFlags::TMPFILE | OFlags::WRONLY | OFlags::CLOEXEC;
        let file = File::from(open_file(folder, flags, Mode::from_raw_mode(0o666)).ok()?);
        // It gets its name through /proc, which not every system has.
        std::fs::symlink_metadata(entry(&file)).ok()?;
        Some(file)
    }

    fn entry(file: &File) -> String {
        format!("/proc/self/fd/{}", file.as_raw_fd())
    }

    fn link(file: &File, name: &Path) -> io::Result<()> {
        linkat(CWD, entry(file), CWD, name, AtFlags::SYMLINK_FOLLOW).map_err(Into::into)
    }

    /// Gives the file its name, in one step where the name is free. Otherwise it gets a temporary name first, and
    /// is then moved.
    pub(super) fn place(file: &File, target: &Path, replaces: bool) -> io::Result<()> {
        if !replaces {
            match link(file, target) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                done => return done,
            }
        }
        let (prefix, suffix) = names(target);
        let mut builder = Builder::new();
        builder.prefix(&prefix).suffix(suffix).rand_bytes(RANDOM);
        let named = builder.make_in(folder_of(target), |name| {
            unfinished::make(name, |name| link(file, name))
        })?;
        named.persist(target).map_err(|error| error.error)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    /// As on a file system without unnamed files.
    fn begun(target: &Path, content: &str) -> TemporaryFile {
        let old = fs::metadata(target).ok();
        let (target, new) = (target.to_owned(), NewFile::named(target).unwrap());
        let beside = TemporaryFile { target, old, new };
        beside.file().write_all(content.as_bytes()).unwrap();
        beside
    }

    #[test]
    fn a_file_with_a_name_takes_its_place_too() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("model");
        for content in ["first", "second"] {
            begun(&target, content).commit().unwrap();
            assert_eq!(fs::read_to_string(&target).unwrap(), content);
        }
        drop(begun(&target, "given up"));
        assert_eq!(fs::read_to_string(&target).unwrap(), "second");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        // As after a kill, without clean-up.
        std::mem::forget(begun(&target, "half"));
        let found = strays(folder.path(), &target);
        assert_eq!(found.len(), 1);
        assert_eq!(fs::read_to_string(&found[0]).unwrap(), "half");
        assert_eq!(fs::read_to_string(&target).unwrap(), "second");
    }
}
