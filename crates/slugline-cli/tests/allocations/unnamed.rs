//! A process in which no file can be opened without a name, as on other systems than Linux.

#![allow(unsafe_code, reason = "a system call")]

use std::io;

/// From now on the system refuses files without names (`O_TMPFILE`) to this process.
///
/// # Errors
/// Where the system does not filter calls.
#[cfg(target_os = "linux")]
pub(crate) fn refuse() -> io::Result<()> {
    use libc::{
        BPF_ABS, BPF_JEQ, BPF_JMP, BPF_JSET, BPF_K, BPF_LD, BPF_RET, BPF_W, SECCOMP_RET_ALLOW,
        SECCOMP_RET_ERRNO, sock_filter, sock_fprog,
    };
    /// Where the number of the call stands, and the lower half of an argument.
    const NUMBER: u32 = 0;
    const ARGUMENTS: u32 = if cfg!(target_endian = "little") {
        16
    } else {
        20
    };
    /// The bit of `O_TMPFILE` that is not in `O_DIRECTORY`.
    const UNNAMED: u32 = (libc::O_TMPFILE & !libc::O_DIRECTORY) as u32;
    /// Calls that open a file, and which argument the flags are.
    const CALLS: &[(i64, u32)] = &[
        (libc::SYS_openat, 2),
        #[cfg(target_arch = "x86_64")]
        (libc::SYS_open, 1),
    ];
    let line = |code: u32, k: u32, jt: u8, jf: u8| sock_filter {
        code: code as u16,
        jt,
        jf,
        k,
    };
    let refused = SECCOMP_RET_ERRNO | libc::EOPNOTSUPP as u32;
    let mut filter = vec![line(BPF_LD | BPF_W | BPF_ABS, NUMBER, 0, 0)];
    for &(call, flags) in CALLS {
        filter.extend([
            line(BPF_JMP | BPF_JEQ | BPF_K, call as u32, 0, 4),
            line(BPF_LD | BPF_W | BPF_ABS, ARGUMENTS + 8 * flags, 0, 0),
            line(BPF_JMP | BPF_JSET | BPF_K, UNNAMED, 0, 1),
            line(BPF_RET | BPF_K, refused, 0, 0),
            line(BPF_RET | BPF_K, SECCOMP_RET_ALLOW, 0, 0),
        ]);
    }
    filter.push(line(BPF_RET | BPF_K, SECCOMP_RET_ALLOW, 0, 0));
    let program = sock_fprog {
        len: filter.len() as u16,
        filter: filter.as_mut_ptr(),
    };
    // SAFETY: the program and its lines outlive the call.
    let done = unsafe {
        match libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) {
            0 => libc::prctl(
                libc::PR_SET_SECCOMP,
                libc::SECCOMP_MODE_FILTER,
                &raw const program,
            ),
            failed => failed,
        }
    };
    match done {
        0 => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
}

/// There are none.
#[cfg(not(target_os = "linux"))]
pub(crate) fn refuse() -> io::Result<()> {
    Ok(())
}
