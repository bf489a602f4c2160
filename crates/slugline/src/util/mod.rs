//! Utilities without knowledge of text: inner loops, memory, threads, mathematics.

pub(crate) mod arena;
pub(crate) mod array;
pub(crate) mod cancel;
pub(crate) mod grid;
pub(crate) mod huge_pages;
pub(crate) mod identity;
pub(crate) mod math;
pub(crate) mod memory;
#[cfg(not(target_family = "wasm"))]
pub(crate) mod mmap;
pub(crate) mod pool;
pub(crate) mod seed;
pub(crate) mod setters;
pub(crate) mod simd;
#[cfg(feature = "dataset")]
pub(crate) mod spill;
