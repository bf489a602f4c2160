//! A thread pool for one piece of work, never rayon's global one, so that a process that forks or uses rayon
//! itself is not disturbed.

use std::{
    num::NonZero,
    sync::atomic::{AtomicUsize, Ordering},
    thread,
};

#[cfg(not(any(target_family = "wasm", fuzzing)))]
use rayon::ThreadPoolBuilder;
use rayon::prelude::*;

#[cfg(not(any(target_family = "wasm", fuzzing)))]
use super::cancel::Cancel;
use super::memory::within;
use crate::error::{Error, Result};

/// The maximum number of threads: more would not help, and could bring the system down.
pub const MAX_THREADS: usize = 1024;

/// The maximum number of threads started per processor: more would wait for each other.
const FOR_EACH: usize = 4;

/// The number of threads that are started where `threads` are asked for. No result depends on it.
///
/// # Errors
/// [`Error::Parameter`] for more than [`MAX_THREADS`].
pub fn sensible(threads: usize) -> Result<usize> {
    if threads > MAX_THREADS {
        return Err(Error::parameter(
            "threads",
            threads,
            format!("at most {MAX_THREADS}"),
        ));
    }
    if threads <= FOR_EACH {
        return Ok(threads);
    }
    // Asked last, since the system call takes longer than classifying a short text.
    let processors = thread::available_parallelism().map_or(1, NonZero::get);
    Ok(threads.min(processors * FOR_EACH))
}

/// Runs `work` on a pool of `threads` threads; 0 for one per processor. Memory that is missing is an error,
/// which says `what` it was for.
#[cfg(not(any(target_family = "wasm", fuzzing)))]
pub(crate) fn with_threads<R: Send>(
    what: &'static str,
    threads: usize,
    work: impl FnOnce() -> R + Send,
) -> Result<R> {
    let cancel = Cancel::current();
    ThreadPoolBuilder::new()
        .num_threads(sensible(threads)?)
        .build()
        .map_err(|error| {
            let refused = std::io::Error::other(error);
            Error::io("the system grants no more threads", refused)
        })
        .and_then(|pool| within(what, || pool.install(|| cancel.over(work))))
}

/// Runs `work` on the calling thread, or on the pool that rayon was given: WebAssembly starts no threads of its own,
/// and rayon's global pool makes do with this one. Under a fuzzer, to start a thread takes longer than the work.
#[cfg(any(target_family = "wasm", fuzzing))]
pub(crate) fn with_threads<R: Send>(
    what: &'static str,
    threads: usize,
    work: impl FnOnce() -> R + Send,
) -> Result<R> {
    sensible(threads)?;
    within(what, work)
}

/// Deals out the numbers below `n` to the threads of the current pool, each thread taking the next one when it
/// is done with the last, and returns the state of each thread. Which thread takes which number is chance.
pub(crate) fn deal_out<S: Send>(
    n: usize,
    begin: impl Fn() -> S + Sync,
    work: impl Fn(&mut S, usize) + Sync,
) -> Vec<S> {
    let next = AtomicUsize::new(0);
    rayon::broadcast(|_| {
        let mut made = begin();
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            if at >= n {
                return made;
            }
            work(&mut made, at);
        }
    })
}

/// The number of documents per task: a few tasks per thread, so that uneven documents even out.
/// Only exact (integer) sums and independent rows are computed in such tasks, so no result depends on it.
pub(crate) fn documents_per_task(documents: usize) -> usize {
    let tasks = match rayon::current_num_threads() {
        1 => 1,
        threads => threads * 8,
    };
    documents.div_ceil(tasks).max(1)
}

/// As [`documents_per_task`], for tasks that reuse the buffers of earlier ones: so few that all threads end at
/// about the same time, even where one of them is held up.
pub(crate) fn documents_per_block(documents: usize) -> usize {
    /// The minimum: fewer short texts take ten microseconds, too little for a task.
    const LEAST: usize = 16;
    match rayon::current_num_threads() {
        1 => documents.max(1),
        threads => documents.div_ceil(threads * 64).max(LEAST),
    }
}

/// Calls `change` with the number of each piece of `size` values and the piece: on the current pool where this
/// thread belongs to one, else on this thread. The pieces are independent, so no result depends on the threads.
pub(crate) fn for_each_piece<T: Send>(
    values: &mut [T],
    size: usize,
    change: impl Fn(usize, &mut [T]) + Sync,
) {
    // Values per task, so many that the cost of starting a task is negligible.
    const MANY: usize = 1 << 14;
    let size = size.max(1);
    let together = MANY.div_ceil(size);
    let pieces = |first: usize, values: &mut [T]| {
        for (at, piece) in values.chunks_exact_mut(size).enumerate() {
            change(first + at, piece);
        }
    };
    match rayon::current_thread_index() {
        Some(_) => values
            .par_chunks_mut(together * size)
            .enumerate()
            .for_each(|(at, values)| pieces(at * together, values)),
        None => pieces(0, values),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_threads_than_are_sensible() {
        let processors = thread::available_parallelism().map_or(1, NonZero::get);
        let started = with_threads("a test", MAX_THREADS, rayon::current_num_threads).unwrap();
        assert!(started <= processors * FOR_EACH, "{started}");
        for few in 1..=FOR_EACH {
            assert_eq!(
                with_threads("a test", few, rayon::current_num_threads).unwrap(),
                few
            );
        }
        let error = with_threads("a test", MAX_THREADS + 1, || ())
            .unwrap_err()
            .to_string();
        assert!(error.contains("threads is 1025"), "{error}");
    }
}
