//! Writing to devices, named pipes, sockets and open descriptors.

use std::{
    fs::{File, FileType},
    io,
    path::Path,
};

/// Opens a device, a named pipe or a socket.
#[cfg_attr(
    not(unix),
    allow(unused_variables, reason = "sockets have names on Unix alone")
)]
pub(super) fn open(path: &Path, kind: FileType) -> io::Result<File> {
    #[cfg(unix)]
    if std::os::unix::fs::FileTypeExt::is_socket(&kind) {
        let socket = std::os::unix::net::UnixStream::connect(path)?;
        return Ok(File::from(std::os::fd::OwnedFd::from(socket)));
    }
    // It may be a file that another process has open: it is not truncated.
    File::options()
        .append(kind.is_file())
        .write(true)
        .open(path)
}

/// An open descriptor of this process, with its position, so that what is written before and after stays.
#[cfg(unix)]
pub(super) fn descriptor(path: &Path, number: u32) -> io::Result<File> {
    use std::os::fd::AsFd;
    let known = match number {
        1 => Some(io::stdout().as_fd().try_clone_to_owned()?),
        2 => Some(io::stderr().as_fd().try_clone_to_owned()?),
        number => duplicate(number),
    };
    match known {
        Some(known) => Ok(File::from(known)),
        None => File::options().append(true).open(path),
    }
}

#[cfg(not(unix))]
pub(super) fn descriptor(path: &Path, _: u32) -> io::Result<File> {
    File::options().append(true).open(path)
}

/// A duplicate of a descriptor by number; None where the system has no safe way to make one.
#[cfg(target_os = "linux")]
fn duplicate(number: u32) -> Option<std::os::fd::OwnedFd> {
    use rustix::process::{PidfdFlags, PidfdGetfdFlags, getpid, pidfd_getfd, pidfd_open};
    let own = pidfd_open(getpid(), PidfdFlags::empty()).ok()?;
    let number = i32::try_from(number).ok()?;
    pidfd_getfd(own, number, PidfdGetfdFlags::empty()).ok()
}

#[cfg(all(unix, not(target_os = "linux")))]
fn duplicate(_: u32) -> Option<std::os::fd::OwnedFd> {
    None
}

/// Syncs a file or a disk; pipes and terminals need no sync.
pub(super) fn finish(file: &File) -> io::Result<()> {
    match file.sync_all() {
        Err(error) if holds(file)? => Err(error),
        _ => Ok(()),
    }
}

fn holds(file: &File) -> io::Result<bool> {
    let kind = file.metadata()?.file_type();
    #[cfg(unix)]
    if std::os::unix::fs::FileTypeExt::is_block_device(&kind) {
        return Ok(true);
    }
    Ok(kind.is_file())
}
