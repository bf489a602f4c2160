//! The system's allocator, of which one allocation fails, or all from one on.

#![allow(
    unsafe_code,
    reason = "an allocator is; it passes everything on to the system's, or returns null"
)]

use std::{
    alloc::{GlobalAlloc, Layout, System},
    ptr::null_mut,
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
};

/// Allocations since [`begin`], of all threads; none are counted before.
static MADE: AtomicU64 = AtomicU64::new(0);
static IS_COUNTED: AtomicBool = AtomicBool::new(false);
/// The number of the one that fails, from 1 on.
static FAILING: AtomicU64 = AtomicU64::new(0);
/// Whether all after it fail, too.
static LATER: AtomicBool = AtomicBool::new(false);

pub(crate) struct Failing;

/// From now on the allocation with this number fails, and all `later` ones; 0 for none.
pub(crate) fn begin(number: u64, later: bool) {
    FAILING.store(number, Ordering::SeqCst);
    LATER.store(later, Ordering::SeqCst);
    IS_COUNTED.store(true, Ordering::SeqCst);
}

/// No allocation fails any more; how many there were.
pub(crate) fn end() -> u64 {
    IS_COUNTED.store(false, Ordering::SeqCst);
    MADE.load(Ordering::SeqCst)
}

fn fails() -> bool {
    if !IS_COUNTED.load(Ordering::SeqCst) {
        return false;
    }
    let number = MADE.fetch_add(1, Ordering::SeqCst) + 1;
    match FAILING.load(Ordering::SeqCst) {
        0 => false,
        failing => number == failing || (number > failing && LATER.load(Ordering::SeqCst)),
    }
}

// SAFETY: memory comes from the system's allocator, by the layout that was asked for, and goes back to it; null is
// what an allocator returns where there is none.
unsafe impl GlobalAlloc for Failing {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if fails() {
            return null_mut();
        }
        // SAFETY: as the caller promises.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        if fails() {
            return null_mut();
        }
        // SAFETY: as the caller promises.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, memory: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        if fails() {
            return null_mut();
        }
        // SAFETY: as the caller promises.
        unsafe { System.realloc(memory, layout, size) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        // SAFETY: as the caller promises.
        unsafe { System.dealloc(memory, layout) }
    }
}
