//! Runs of the command under `ptrace`: every system call is seen, and may be made to fail.
#![allow(unsafe_code, reason = "ptrace has no safe interface")]

use std::{
    collections::{HashMap, HashSet},
    io,
    mem::{offset_of, size_of, zeroed},
    os::unix::process::{CommandExt, ExitStatusExt},
    process::{Command, ExitStatus},
    ptr,
};

use libc::{c_int, c_long, c_void, pid_t, ptrace_syscall_info, user_regs_struct};

/// A system call that is about to be made.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RawCall {
    pub(crate) thread: pid_t,
    pub(crate) number: u64,
    pub(crate) args: [u64; 6],
}

/// What becomes of a system call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    Make,
    /// It is not made, and fails with this error number.
    Fail(i32),
    /// It is made, and reports this error number nevertheless, as `close` does.
    MakeAndFail(i32),
    /// It reads or writes one byte at most.
    OneByte,
    /// The process gets this signal first.
    Signal(i32),
}

/// A call between its beginning and its end.
#[derive(Debug, Clone, Copy)]
enum Begun {
    Plain,
    FailsWith(i32),
    /// The third argument, the number of bytes, as it was.
    Shortened(u64),
}

/// Runs a command to its end; `answer` decides on every system call of all its threads.
pub(crate) fn run(
    command: &mut Command,
    mut answer: impl FnMut(RawCall) -> Answer,
) -> io::Result<ExitStatus> {
    let trace_me = || trace(libc::PTRACE_TRACEME, 0, 0, 0);
    // SAFETY: between fork and exec nothing but one system call is made, which touches no memory.
    unsafe { command.pre_exec(trace_me) };
    let process = pid_t::try_from(command.spawn()?.id()).map_err(io::Error::other)?;
    let mut seen: HashSet<pid_t> = HashSet::new();
    let mut begun: HashMap<pid_t, Begun> = HashMap::new();
    loop {
        let mut status = 0;
        // Children of this thread alone: other tests wait for their own.
        // SAFETY: `status` outlives the call.
        let thread =
            unsafe { libc::waitpid(-1, &raw mut status, libc::__WALL | libc::__WNOTHREAD) };
        if thread < 0 {
            let error = io::Error::last_os_error();
            match error.kind() {
                io::ErrorKind::Interrupted => continue,
                _ => return Err(error),
            }
        }
        if !libc::WIFSTOPPED(status) {
            if thread == process {
                return Ok(ExitStatus::from_raw(status));
            }
            begun.remove(&thread);
            continue;
        }
        let mut signal = libc::WSTOPSIG(status);
        if seen.insert(thread) {
            // The stop after exec, or that of a new thread.
            signal = 0;
            if thread == process {
                let options = libc::PTRACE_O_TRACESYSGOOD
                    | libc::PTRACE_O_TRACECLONE
                    | libc::PTRACE_O_EXITKILL;
                trace(libc::PTRACE_SETOPTIONS, thread, 0, options as usize)?;
            }
        } else if signal == libc::SIGTRAP | 0x80 {
            signal = 0;
            // A thread that was killed meanwhile cannot be asked; waiting tells of its end.
            let _ = stop(thread, process, &mut begun, &mut answer);
        } else if status >> 16 != 0 {
            signal = 0;
        }
        let _ = trace(libc::PTRACE_SYSCALL, thread, 0, signal as usize);
    }
}

/// The beginning or the end of a system call.
fn stop(
    thread: pid_t,
    process: pid_t,
    begun: &mut HashMap<pid_t, Begun>,
    answer: &mut impl FnMut(RawCall) -> Answer,
) -> io::Result<()> {
    const NUMBER: usize = offset_of!(user_regs_struct, orig_rax);
    const RESULT: usize = offset_of!(user_regs_struct, rax);
    const THIRD: usize = offset_of!(user_regs_struct, rdx);
    let set = |register: usize, value: i64| {
        trace(libc::PTRACE_POKEUSER, thread, register, value as usize)
    };
    match begun.remove(&thread) {
        Some(Begun::Plain) => Ok(()),
        Some(Begun::FailsWith(error)) => set(RESULT, -i64::from(error)),
        Some(Begun::Shortened(third)) => set(THIRD, third.cast_signed()),
        None => {
            let call = call(thread)?;
            let now = match answer(call) {
                Answer::Make => Begun::Plain,
                Answer::Fail(error) => {
                    set(NUMBER, -1)?;
                    Begun::FailsWith(error)
                }
                Answer::MakeAndFail(error) => Begun::FailsWith(error),
                Answer::OneByte => {
                    let third = call.args[2];
                    set(THIRD, third.min(1).cast_signed())?;
                    Begun::Shortened(third)
                }
                Answer::Signal(signal) => {
                    send(process, signal)?;
                    Begun::Plain
                }
            };
            begun.insert(thread, now);
            Ok(())
        }
    }
}

fn call(thread: pid_t) -> io::Result<RawCall> {
    // SAFETY: all zeros are a value of this struct of numbers.
    let mut info: ptrace_syscall_info = unsafe { zeroed() };
    let size = size_of::<ptrace_syscall_info>();
    trace(
        libc::PTRACE_GET_SYSCALL_INFO,
        thread,
        size,
        &raw mut info as usize,
    )?;
    // SAFETY: every bit pattern is valid for these numbers; `op` says that they are those of an entry.
    let entry = match info.op {
        libc::PTRACE_SYSCALL_INFO_ENTRY => unsafe { info.u.entry },
        op => return Err(io::Error::other(format!("a stop of kind {op}"))),
    };
    Ok(RawCall {
        thread,
        number: entry.nr,
        args: entry.args,
    })
}

fn trace(request: libc::c_uint, thread: pid_t, address: usize, data: usize) -> io::Result<()> {
    let address: *mut c_void = ptr::without_provenance_mut(address);
    // SAFETY: the requests above read numbers, or write a struct of the size given to where `data` points.
    let done: c_long = unsafe { libc::ptrace(request, thread, address, data) };
    if done < 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(())
}

/// Sends a signal to a process of ours.
pub(crate) fn send(process: pid_t, signal: c_int) -> io::Result<()> {
    // SAFETY: touches no memory.
    match unsafe { libc::kill(process, signal) } {
        0 => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
}
