//! What a path leads to: a file, a device, or an open descriptor.

use std::{
    fs::{self, FileType, Metadata},
    io::{self, ErrorKind},
    path::{Path, PathBuf},
};

/// The maximum number of links that are followed, as on Linux.
const MOST_LINKS: usize = 40;

/// Where bytes written to a path go; paths are absolute, with all links followed.
#[derive(Debug)]
pub(super) enum Target {
    New(PathBuf),
    File(PathBuf, Metadata),
    /// A device, a pipe, a socket.
    Special(PathBuf, FileType),
    /// An open descriptor of this process, by number: `/dev/stdout`, `/dev/fd/3`.
    Descriptor(PathBuf, u32),
}

impl Target {
    pub(super) fn of(path: &Path) -> io::Result<Self> {
        if path.as_os_str().is_empty() {
            return Err(failed(ErrorKind::InvalidInput, "the file name is empty"));
        }
        check_name(path)?;
        let mut at = std::path::absolute(path)?;
        for _ in 0..=MOST_LINKS {
            check_name(&at)?;
            if let Some(number) = descriptor(&at) {
                return Ok(Self::Descriptor(at, number));
            }
            let metadata = match fs::symlink_metadata(&at) {
                Ok(metadata) => metadata,
                Err(error) if error.kind() == ErrorKind::NotFound => return Self::new(at),
                Err(error) => return Err(error),
            };
            let kind = metadata.file_type();
            if kind.is_symlink() {
                if is_of_a_process(&at) {
                    return Ok(Self::Special(at, fs::metadata(path)?.file_type()));
                }
                at = folder_of(&at).join(fs::read_link(&at)?);
            } else if kind.is_dir() {
                return Err(is_a_folder());
            } else if kind.is_file() {
                return Ok(Self::File(at, metadata));
            } else {
                return Ok(Self::Special(at, kind));
            }
        }
        // With the system's error, if there is one.
        match fs::metadata(path) {
            Err(error) => Err(error),
            Ok(_) => Err(failed(
                ErrorKind::InvalidInput,
                "too many links that lead to each other: name the file itself",
            )),
        }
    }

    fn new(at: PathBuf) -> io::Result<Self> {
        let folder = folder_of(&at);
        match fs::metadata(folder) {
            Ok(metadata) if metadata.is_dir() => Ok(Self::New(at)),
            Ok(_) => Err(failed(
                ErrorKind::NotADirectory,
                format!(
                    "{} is no folder",
                    crate::error::printable(&folder.to_string_lossy())
                ),
            )),
            Err(error) if error.kind() == ErrorKind::NotFound => Err(failed(
                ErrorKind::NotFound,
                format!(
                    "the folder {} does not exist: make it first",
                    crate::error::printable(&folder.to_string_lossy())
                ),
            )),
            Err(error) => Err(error),
        }
    }

    pub(super) fn into_path(self) -> PathBuf {
        match self {
            Self::New(path)
            | Self::File(path, _)
            | Self::Special(path, _)
            | Self::Descriptor(path, _) => path,
        }
    }
}

/// The parent folder of a path.
pub(super) fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// Fails for `a/`, `a/.` and `a/..`, which name folders whether they exist or not.
fn check_name(path: &Path) -> io::Result<()> {
    let name = path.as_os_str().as_encoded_bytes();
    let last = name
        .rsplit(|&byte| std::path::is_separator(byte.into()))
        .next();
    match last {
        Some(b"" | b"." | b"..") | None => Err(is_a_folder()),
        Some(_) => Ok(()),
    }
}

fn is_a_folder() -> io::Error {
    failed(ErrorKind::IsADirectory, "is a folder, expected a file name")
}

fn failed(kind: ErrorKind, why: impl Into<String>) -> io::Error {
    io::Error::new(kind, why.into())
}

/// The number of a path such as `/dev/fd/1`, `/proc/self/fd/1`.
fn descriptor(path: &Path) -> Option<u32> {
    if cfg!(not(unix)) {
        return None;
    }
    let number = path.file_name()?.to_str()?.parse().ok()?;
    let folder = fs::canonicalize(folder_of(path)).ok()?;
    let own = |name: &str| fs::canonicalize(name).is_ok_and(|own| own == folder);
    let is_own = own("/dev/fd") || own("/proc/self/fd") || own("/proc/thread-self/fd");
    is_own.then_some(number)
}

/// Whether a path is a link of `/proc` to an open file of a process, which has no name to follow.
fn is_of_a_process(path: &Path) -> bool {
    cfg!(unix) && fs::canonicalize(folder_of(path)).is_ok_and(|folder| folder.starts_with("/proc"))
}
