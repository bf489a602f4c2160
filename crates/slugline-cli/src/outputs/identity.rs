//! The identity of a file, independent of its name.

use std::{
    fs,
    hash::{Hash, Hasher},
    io::ErrorKind,
    path::Path,
};

use crate::failure::{Failure, of_file};

/// A file: its device and inode, so that links and other spellings of its path are equal, or on systems without
/// inodes its canonical path.
#[derive(Debug, Clone)]
pub(super) struct FileIdentity {
    key: FileKey,
    kind: FileKind,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum FileKey {
    #[cfg(unix)]
    Inode(u64, u64),
    /// A file that does not exist yet, or a system without inodes.
    Path(std::path::PathBuf),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum FileKind {
    New,
    /// A file or a disk: writing changes what is read.
    Content,
    /// A pipe: two writers would mix their bytes.
    Pipe,
    /// A terminal, `/dev/null`, a socket: reading and writing are two different things.
    Device,
}

/// The kind is left out: it may have changed since.
impl PartialEq for FileIdentity {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

impl Eq for FileIdentity {}

impl Hash for FileIdentity {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.key.hash(state);
    }
}

impl FileIdentity {
    /// The identity of an input; None where the file does not exist.
    pub(super) fn of_input(path: &Path) -> Result<Option<Self>, Failure> {
        let metadata = metadata_at(path)?;
        Ok(metadata.map(|metadata| Self::of(&metadata, path)))
    }

    /// The identity of an output, which need not exist yet.
    pub(super) fn of_output(path: &Path) -> Result<Option<Self>, Failure> {
        let old = Self::of_input(path)?;
        Ok(old.or_else(|| Self::of_new(path)))
    }

    fn of_new(path: &Path) -> Option<Self> {
        let target = slugline::replace::target(path).ok()?;
        let folder = target.parent().map(fs::canonicalize)?.ok()?;
        Some(Self {
            key: FileKey::Path(folder.join(target.file_name()?)),
            kind: FileKind::New,
        })
    }

    #[cfg(unix)]
    fn of(metadata: &fs::Metadata, _: &Path) -> Self {
        use std::os::unix::fs::{FileTypeExt, MetadataExt};
        let kind = metadata.file_type();
        let kind = match () {
            () if kind.is_file() || kind.is_dir() || kind.is_block_device() => FileKind::Content,
            () if kind.is_fifo() => FileKind::Pipe,
            () => FileKind::Device,
        };
        Self {
            key: FileKey::Inode(metadata.dev(), metadata.ino()),
            kind,
        }
    }

    #[cfg(not(unix))]
    fn of(_: &fs::Metadata, path: &Path) -> Self {
        Self {
            key: FileKey::Path(fs::canonicalize(path).unwrap_or_else(|_| path.to_owned())),
            kind: FileKind::Content,
        }
    }

    /// Whether writing it twice, or reading and writing it, would lose or mix content.
    pub(super) fn holds_content(&self) -> bool {
        self.kind != FileKind::Device
    }

    /// Whether it does not exist yet, so that it cannot be an input.
    pub(super) fn is_new(&self) -> bool {
        self.kind == FileKind::New
    }

    fn of_stream(metadata: Option<fs::Metadata>) -> Option<Self> {
        Some(Self::of(&metadata?, Path::new("-")))
    }

    pub(super) fn of_stdin() -> Option<Self> {
        Self::of_stream(metadata_of(std::io::stdin()))
    }

    pub(super) fn of_stdout() -> Option<Self> {
        Self::of_stream(metadata_of(std::io::stdout()))
    }

    pub(super) fn of_stderr() -> Option<Self> {
        Self::of_stream(metadata_of(std::io::stderr()))
    }
}

/// The metadata of a file; None where there is none.
///
/// # Errors
/// Where it cannot be told whether there is one: what fails now may be there when it is read.
pub(crate) fn metadata_at(path: &Path) -> Result<Option<fs::Metadata>, Failure> {
    match fs::metadata(path) {
        Ok(metadata) => Ok(Some(metadata)),
        Err(error) if is_absence(error.kind()) => Ok(None),
        Err(error) => Err(Failure::work(of_file(path, &error))),
    }
}

/// Whether an error says that there is no such file, or none that may be read.
pub(super) fn is_absence(kind: ErrorKind) -> bool {
    match kind {
        ErrorKind::NotFound
        | ErrorKind::NotADirectory
        | ErrorKind::PermissionDenied
        | ErrorKind::InvalidFilename
        | ErrorKind::InvalidInput => true,
        // Links that lead in a circle: stable Rust has no name for this kind.
        kind => kind.to_string().starts_with("filesystem loop"),
    }
}

/// The metadata of a standard stream; None where the system has none.
#[cfg(unix)]
pub(crate) fn metadata_of(stream: impl std::os::fd::AsFd) -> Option<fs::Metadata> {
    let stream = stream.as_fd().try_clone_to_owned().ok()?;
    fs::File::from(stream).metadata().ok()
}

#[cfg(not(unix))]
pub(crate) fn metadata_of<T>(_: T) -> Option<fs::Metadata> {
    None
}
