//! The command's allocator: the system's, but where memory runs out the command ends like after any other failure,
//! with a message and its exit status. Rust would abort.
//!
//! The library returns an error for what it tries, and that alone can be told with a purpose; this is for the rest:
//! small allocations, and those of other crates. Files that were there stay as they are, since new ones take their place
//! only when they are complete; temporary files that have names are removed.

#![allow(
    unsafe_code,
    reason = "an allocator is; it passes everything on to the one within"
)]

use std::{
    alloc::{GlobalAlloc, Layout, System},
    cell::Cell,
    io::{self, Write},
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::Duration,
};

use slugline::{allocation_is_tried, replace};

use crate::exit_status::FAILURE;

/// Whether the command is running: the Python package has the same allocator, and is not to end Python.
static IS_RUNNING: AtomicBool = AtomicBool::new(false);

/// Whether the command is ending.
static IS_ENDING: AtomicBool = AtomicBool::new(false);

thread_local! {
    /// Whether it is this thread that ends it.
    static ENDS: Cell<bool> = const { Cell::new(false) };
}

/// How long another thread may take to end the command.
const PATIENCE: Duration = Duration::from_secs(1);

/// An allocator that ends the command where memory runs out. For `#[global_allocator]`. Memory comes from the system's,
/// or from another one, which may refuse it: in a test.
#[derive(Debug, Clone, Copy, Default)]
pub struct CommandAllocator<A = System>(pub A);

/// From now on the command runs.
pub(crate) fn begin() {
    IS_RUNNING.store(true, Ordering::Relaxed);
}

/// From now on it does not.
pub(crate) fn end() {
    IS_RUNNING.store(false, Ordering::Relaxed);
}

/// Ends the command where an allocation has failed that cannot. Nothing here needs memory, and nothing waits for what
/// this thread, or another one without memory, holds.
#[cold]
fn failed(bytes: usize) {
    if !IS_RUNNING.load(Ordering::Relaxed) || allocation_is_tried() {
        return;
    }
    if IS_ENDING.swap(true, Ordering::SeqCst) {
        // One message is enough. If it was this thread that began to end, what it did needed memory after all.
        if !ENDS.get() {
            thread::sleep(PATIENCE);
        }
        exit();
    }
    ENDS.set(true);
    replace::remove_unfinished();
    // Formatted piece by piece, without memory.
    let _ = writeln!(
        io::stderr(),
        "slugline: error: out of memory: {bytes} bytes more are needed than there are"
    );
    exit();
}

/// Ends the process at once. What [`std::process::exit`] does before needs memory, and the lock of standard output,
/// in which the allocation may have failed.
#[cfg(unix)]
fn exit() -> ! {
    // SAFETY: it takes a number, and does not return.
    unsafe { libc::_exit(FAILURE.into()) }
}

#[cfg(not(unix))]
fn exit() -> ! {
    std::process::exit(FAILURE.into())
}

// SAFETY: memory comes from the inner allocator, by the layout that was asked for, and goes back to it.
unsafe impl<A: GlobalAlloc> GlobalAlloc for CommandAllocator<A> {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as the caller promises.
        let memory = unsafe { self.0.alloc(layout) };
        if memory.is_null() {
            failed(layout.size());
        }
        memory
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as the caller promises.
        let memory = unsafe { self.0.alloc_zeroed(layout) };
        if memory.is_null() {
            failed(layout.size());
        }
        memory
    }

    unsafe fn realloc(&self, memory: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: as the caller promises.
        let moved = unsafe { self.0.realloc(memory, layout, size) };
        if moved.is_null() {
            failed(size);
        }
        moved
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        // SAFETY: as the caller promises.
        unsafe { self.0.dealloc(memory, layout) }
    }
}
