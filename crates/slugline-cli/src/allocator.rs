//! The command's allocator: the system's, but where memory runs out the command ends like after any other failure,
//! with a message and its exit status. Rust would abort.
//!
//! The library returns an error for what it tries, and that alone can be told with a purpose; this is for the rest:
//! small allocations, and those of other crates. Files that were there stay as they are, since new ones take their place
//! only when they are complete.

#![allow(
    unsafe_code,
    reason = "an allocator is; it passes everything on to the system's"
)]

use std::{
    alloc::{GlobalAlloc, Layout, System},
    io::{self, Write},
    process,
    sync::atomic::{AtomicBool, Ordering},
};

use slugline::allocation_is_tried;

use crate::exit_status::FAILURE;

/// Whether the command is running: the Python package has the same allocator, and is not to end Python.
static IS_RUNNING: AtomicBool = AtomicBool::new(false);

/// An allocator that ends the command where memory runs out. For `#[global_allocator]`.
#[derive(Debug, Clone, Copy, Default)]
pub struct CommandAllocator;

/// From now on the command runs.
pub(crate) fn begin() {
    IS_RUNNING.store(true, Ordering::Relaxed);
}

/// From now on it does not.
pub(crate) fn end() {
    IS_RUNNING.store(false, Ordering::Relaxed);
}

/// Ends the command where an allocation has failed that cannot.
#[cold]
fn failed(bytes: usize) {
    if !IS_RUNNING.load(Ordering::Relaxed) || allocation_is_tried() {
        return;
    }
    // Formatted piece by piece, without memory.
    let _ = writeln!(
        io::stderr(),
        "slugline: error: out of memory: {bytes} bytes more are needed than there are"
    );
    process::exit(FAILURE.into());
}

// SAFETY: memory comes from the system's allocator, by the layout that was asked for, and goes back to it.
unsafe impl GlobalAlloc for CommandAllocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as the caller promises.
        let memory = unsafe { System.alloc(layout) };
        if memory.is_null() {
            failed(layout.size());
        }
        memory
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as the caller promises.
        let memory = unsafe { System.alloc_zeroed(layout) };
        if memory.is_null() {
            failed(layout.size());
        }
        memory
    }

    unsafe fn realloc(&self, memory: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: as the caller promises.
        let moved = unsafe { System.realloc(memory, layout, size) };
        if moved.is_null() {
            failed(size);
        }
        moved
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        // SAFETY: as the caller promises.
        unsafe { System.dealloc(memory, layout) }
    }
}
