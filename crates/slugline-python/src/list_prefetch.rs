//! Prefetching the strings of a list: each lies elsewhere in memory.
#![allow(
    unsafe_code,
    reason = "the address of an item without touching the item"
)]

use pyo3::{ffi, prelude::*, types::PyList};

/// Items ahead of the one that is read.
const AHEAD: usize = 16;

/// Prefetches an item that is read soon after the one at `position`, if there is one.
#[inline]
pub(crate) fn prefetch_after(list: &Bound<'_, PyList>, position: usize) {
    let soon = position + AHEAD;
    if soon >= list.len() {
        return;
    }
    // SAFETY: `list` is a list that is alive, and this thread is attached to the interpreter, so that no other one
    // changes the list in between. The position is below its length. The reference is borrowed; it is used as an
    // address alone.
    let item = unsafe { ffi::PyList_GetItem(list.as_ptr(), soon as ffi::Py_ssize_t) };
    #[cfg(target_arch = "x86_64")]
    {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        // SAFETY: a prefetch is a hint without visible effect, and an address that cannot be read raises no fault
        // (Intel SDM and AMD APM, PREFETCHh).
        unsafe { _mm_prefetch::<_MM_HINT_T0>(item.cast()) };
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = item;
}
