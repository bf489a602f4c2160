//! A pool of our own for one piece of work, never the global one: a process that forks, or that
//! uses rayon itself, is not disturbed.

use std::{
    num::NonZero,
    sync::atomic::{AtomicUsize, Ordering},
    thread,
};

#[cfg(not(target_family = "wasm"))]
use rayon::ThreadPoolBuilder;
use rayon::prelude::*;

use crate::error::{Error, Result};

/// The most threads that can be asked for: more help nobody, and could bring the system down.
pub const MAX_THREADS: usize = 1024;

/// So many threads for each processor, and no more, are started: more would wait for each other.
const FOR_EACH: usize = 4;

/// How many threads are started where these are asked for: the bits of a result do not depend on it.
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
    // Only now: the system is asked, which takes longer than to classify a short text.
    let processors = thread::available_parallelism().map_or(1, NonZero::get);
    Ok(threads.min(processors * FOR_EACH))
}

/// Runs `work` on a pool of `threads` threads; 0 means one for each processor.
#[cfg(not(target_family = "wasm"))]
pub(crate) fn with_threads<R: Send>(threads: usize, work: impl FnOnce() -> R + Send) -> Result<R> {
    ThreadPoolBuilder::new()
        .num_threads(sensible(threads)?)
        .build()
        .map(|pool| pool.install(work))
        .map_err(|error| {
            Error::parameter(
                "threads",
                threads,
                format!("a number of threads that the system grants ({error})"),
            )
        })
}

/// Runs `work` on the calling thread, or on the pool that rayon was given: WebAssembly starts no threads of its own,
/// and rayon's global pool makes do with this one.
#[cfg(target_family = "wasm")]
pub(crate) fn with_threads<R: Send>(threads: usize, work: impl FnOnce() -> R + Send) -> Result<R> {
    sensible(threads)?;
    Ok(work())
}

/// Deals out the numbers below `n` to the threads of the current pool, each the next one as soon as it is
/// done with the last, and gives what each of them has made. Which thread takes which number is chance.
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

/// How many documents one task takes: a few tasks a thread, so that uneven documents even out.
/// Only exact (integer) sums and independent rows are computed so, hence the bits of a result do
/// not depend on it.
pub(crate) fn documents_per_task(documents: usize) -> usize {
    let tasks = match rayon::current_num_threads() {
        1 => 1,
        threads => threads * 8,
    };
    documents.div_ceil(tasks).max(1)
}

/// As [`documents_per_task`], where a task takes over the buffers that another one has left: so few that all
/// threads end at about the same time, even where other work holds one of them up.
pub(crate) fn documents_per_block(documents: usize) -> usize {
    /// Fewer would not be worth dealing out: ten microseconds of short texts.
    const LEAST: usize = 16;
    match rayon::current_num_threads() {
        1 => documents.max(1),
        threads => documents.div_ceil(threads * 64).max(LEAST),
    }
}

/// Calls `change` with the number of each piece of `size` values and the piece: on the current pool
/// where this thread belongs to one, alone elsewhere. The pieces know nothing of each other, so the
/// bits of a result do not depend on it.
pub(crate) fn for_each_piece<T: Send>(
    values: &mut [T],
    size: usize,
    change: impl Fn(usize, &mut [T]) + Sync,
) {
    // So many that handing a task to a thread costs nothing beside it.
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
        let started = with_threads(MAX_THREADS, rayon::current_num_threads).unwrap();
        assert!(started <= processors * FOR_EACH, "{started}");
        for few in 1..=FOR_EACH {
            assert_eq!(with_threads(few, rayon::current_num_threads).unwrap(), few);
        }
        let error = with_threads(MAX_THREADS + 1, || ())
            .unwrap_err()
            .to_string();
        assert!(error.contains("threads is 1025"), "{error}");
    }
}
