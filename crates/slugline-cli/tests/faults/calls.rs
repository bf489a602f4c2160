//! System calls by kind, with the file that they are about.

use std::{
    fs::{self, File},
    os::unix::{ffi::OsStringExt, fs::FileExt},
    path::PathBuf,
};

use crate::trace::{Answer, RawCall};

/// What a system call does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Kind {
    Open,
    Read,
    Write,
    Sync,
    Close,
    Map,
    Rename,
    Link,
    Unlink,
    Stat,
    List,
    Seek,
    Truncate,
    Mode,
    Attributes,
    ReadLink,
    /// A new thread, of no file.
    Thread,
}

/// A system call: its kind, and the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Call {
    pub(crate) kind: Kind,
    pub(crate) path: PathBuf,
    /// Whether it opens a file without a name.
    pub(crate) is_unnamed: bool,
}

/// Where the file of a call stands among its arguments.
enum Named {
    Descriptor(usize),
    Path(usize),
    Nothing,
}

impl Call {
    /// None for calls that are about no file and no thread.
    pub(crate) fn of(raw: RawCall) -> Option<Self> {
        use Named::{Descriptor, Nothing, Path};
        let number = i64::try_from(raw.number).ok()?;
        let is_anonymous = raw.args[3] & libc::MAP_ANONYMOUS as u64 != 0;
        let (kind, named) = match number {
            libc::SYS_open | libc::SYS_creat => (Kind::Open, Path(0)),
            libc::SYS_openat | libc::SYS_openat2 => (Kind::Open, Path(1)),
            libc::SYS_read | libc::SYS_pread64 | libc::SYS_readv | libc::SYS_preadv => {
                (Kind::Read, Descriptor(0))
            }
            libc::SYS_write | libc::SYS_pwrite64 | libc::SYS_writev | libc::SYS_pwritev => {
                (Kind::Write, Descriptor(0))
            }
            libc::SYS_fsync | libc::SYS_fdatasync => (Kind::Sync, Descriptor(0)),
            libc::SYS_close => (Kind::Close, Descriptor(0)),
            libc::SYS_mmap if is_anonymous => return None,
            libc::SYS_mmap => (Kind::Map, Descriptor(4)),
            libc::SYS_rename => (Kind::Rename, Path(1)),
            libc::SYS_renameat | libc::SYS_renameat2 => (Kind::Rename, Path(3)),
            libc::SYS_link => (Kind::Link, Path(1)),
            libc::SYS_linkat => (Kind::Link, Path(3)),
            libc::SYS_unlink => (Kind::Unlink, Path(0)),
            libc::SYS_unlinkat => (Kind::Unlink, Path(1)),
            libc::SYS_stat | libc::SYS_lstat => (Kind::Stat, Path(0)),
            libc::SYS_fstat => (Kind::Stat, Descriptor(0)),
            libc::SYS_newfstatat | libc::SYS_statx => match text(raw, 1)?.as_os_str().is_empty() {
                true => (Kind::Stat, Descriptor(0)),
                false => (Kind::Stat, Path(1)),
            },
            libc::SYS_getdents64 => (Kind::List, Descriptor(0)),
            libc::SYS_lseek => (Kind::Seek, Descriptor(0)),
            libc::SYS_ftruncate | libc::SYS_fallocate => (Kind::Truncate, Descriptor(0)),
            libc::SYS_fchmod | libc::SYS_fchown => (Kind::Mode, Descriptor(0)),
            libc::SYS_fsetxattr | libc::SYS_fgetxattr | libc::SYS_fremovexattr => {
                (Kind::Attributes, Descriptor(0))
            }
            libc::SYS_getxattr | libc::SYS_listxattr => (Kind::Attributes, Path(0)),
            libc::SYS_readlink => (Kind::ReadLink, Path(0)),
            libc::SYS_readlinkat => (Kind::ReadLink, Path(1)),
            libc::SYS_clone | libc::SYS_clone3 => (Kind::Thread, Nothing),
            _ => return None,
        };
        let path = match named {
            Nothing => PathBuf::new(),
            Descriptor(at) => of_descriptor(raw, raw.args[at] as i32)?,
            // Relative paths are those of the folder in which the command runs.
            Path(at) => cwd(raw)?.join(text(raw, at)?),
        };
        // It cannot fail: what `close` tells of is bytes that were not written. Rust's library relies on it.
        if kind == Kind::Close && path.is_dir() {
            return None;
        }
        Some(Self {
            kind,
            path,
            is_unnamed: match number {
                libc::SYS_open => raw.args[1] & libc::O_TMPFILE as u64 == libc::O_TMPFILE as u64,
                libc::SYS_openat => raw.args[2] & libc::O_TMPFILE as u64 == libc::O_TMPFILE as u64,
                _ => false,
            },
        })
    }
}

fn cwd(raw: RawCall) -> Option<PathBuf> {
    fs::read_link(format!("/proc/{}/cwd", raw.thread)).ok()
}

fn of_descriptor(raw: RawCall, number: i32) -> Option<PathBuf> {
    fs::read_link(format!("/proc/{}/fd/{number}", raw.thread)).ok()
}

/// The text that an argument points to.
fn text(raw: RawCall, at: usize) -> Option<PathBuf> {
    let memory = File::open(format!("/proc/{}/mem", raw.thread)).ok()?;
    let mut bytes = vec![0; libc::PATH_MAX as usize];
    let read = memory.read_at(&mut bytes, raw.args[at]).ok()?;
    let end = bytes[..read].iter().position(|&byte| byte == 0)?;
    bytes.truncate(end);
    Some(std::ffi::OsString::from_vec(bytes).into())
}

/// A fault, and whether it is none: interrupted and short calls are made again.
pub(crate) type Fault = (&'static str, Answer, bool);

/// The faults of a kind of call.
pub(crate) fn faults(kind: Kind) -> &'static [Fault] {
    use Answer::{Fail, MakeAndFail, OneByte};
    const EIO: Fault = ("EIO", Fail(libc::EIO), false);
    const ENOSPC: Fault = ("ENOSPC", Fail(libc::ENOSPC), false);
    const ENOMEM: Fault = ("ENOMEM", Fail(libc::ENOMEM), false);
    const EMFILE: Fault = ("EMFILE", Fail(libc::EMFILE), false);
    const EINTR: Fault = ("EINTR", Fail(libc::EINTR), true);
    const SHORT: Fault = ("short", OneByte, true);
    match kind {
        Kind::Open => &[EIO, EMFILE, EINTR, ENOSPC, ENOMEM],
        Kind::Read => &[EIO, EINTR, SHORT, ENOMEM],
        Kind::Write => &[ENOSPC, EINTR, SHORT, EIO],
        Kind::Sync => &[EIO, EINTR, ENOSPC],
        Kind::Truncate => &[ENOSPC, EINTR, EIO],
        // The descriptor is closed nevertheless.
        Kind::Close => &[
            ("EIO", MakeAndFail(libc::EIO), false),
            ("EINTR", MakeAndFail(libc::EINTR), true),
            ("ENOSPC", MakeAndFail(libc::ENOSPC), false),
        ],
        Kind::Rename | Kind::Link | Kind::Attributes => &[EIO, ENOSPC],
        Kind::Map => &[ENOMEM],
        Kind::Thread => &[("EAGAIN", Fail(libc::EAGAIN), false)],
        Kind::Stat | Kind::List => &[EIO, ENOMEM],
        Kind::Unlink | Kind::Seek | Kind::Mode | Kind::ReadLink => &[EIO],
    }
}

/// What the system says of an error.
pub(crate) fn reason(answer: Answer) -> &'static str {
    match answer {
        Answer::Fail(libc::EIO) | Answer::MakeAndFail(libc::EIO) => "Input/output error",
        Answer::Fail(libc::ENOSPC) | Answer::MakeAndFail(libc::ENOSPC) => "No space left on device",
        Answer::Fail(libc::ENOMEM) => "Cannot allocate memory",
        Answer::Fail(libc::EMFILE) => "Too many open files",
        Answer::Fail(libc::EAGAIN) => "Resource temporarily unavailable",
        _ => "",
    }
}
