//! Work without the interpreter lock, which Ctrl-C ends.

use std::{
    env,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        atomic::{AtomicBool, Ordering},
        mpsc::{RecvTimeoutError, sync_channel},
    },
    thread,
    time::Duration,
};

use pyo3::prelude::*;
use slugline::MAX_THREADS;

use crate::errors::{of_panic, to_python};

/// Work on fewer bytes of text than this takes a few milliseconds: it is not watched.
const SMALL: usize = 1 << 19;
/// How often Python is asked for signals.
const PATIENCE: Duration = Duration::from_millis(50);

/// A text that becomes empty when the work is cancelled, so that whatever is in progress comes to
/// its end at once; its result is thrown away.
#[derive(Clone, Copy)]
pub(crate) struct Text<'a> {
    text: &'a str,
    cancelled: &'a AtomicBool,
}

impl AsRef<str> for Text<'_> {
    fn as_ref(&self) -> &str {
        match self.cancelled.load(Ordering::Relaxed) {
            true => "",
            false => self.text,
        }
    }
}

/// Runs `work` on texts with the interpreter lock released.
pub(crate) fn on_texts<R: Send>(
    py: Python<'_>,
    texts: &[&str],
    work: impl FnOnce(&[Text<'_>]) -> slugline::Result<R> + Send,
) -> PyResult<R> {
    let cancelled = AtomicBool::new(false);
    let bytes: usize = texts.iter().map(|text| text.len()).sum();
    let work = || {
        let text = |&text| Text {
            text,
            cancelled: &cancelled,
        };
        let texts: Vec<Text<'_>> = texts.iter().map(text).collect();
        catch_unwind(AssertUnwindSafe(|| work(&texts)))
    };
    let done = match bytes < SMALL {
        true => py.detach(work),
        false => watched(py, &cancelled, work)?,
    };
    match done {
        Ok(result) => result.map_err(to_python),
        Err(cause) => Err(of_panic(&*cause)),
    }
}

/// Runs `work` on a thread of its own, while this one listens for signals.
pub(crate) fn watched<R: Send>(
    py: Python<'_>,
    cancelled: &AtomicBool,
    work: impl FnOnce() -> R + Send,
) -> PyResult<R> {
    thread::scope(|scope| {
        let (send, receive) = sync_channel(1);
        thread::Builder::new().spawn_scoped(scope, move || {
            // The receiver outlives this thread.
            let _ = send.send(work());
        })?;
        let mut receive = receive;
        loop {
            let waited;
            (waited, receive) = py.detach(move || (receive.recv_timeout(PATIENCE), receive));
            match waited {
                Ok(result) => return Ok(result),
                Err(RecvTimeoutError::Timeout) => {
                    if let Err(signal) = py.check_signals() {
                        cancelled.store(true, Ordering::Relaxed);
                        py.detach(move || receive.recv().map(drop)).ok();
                        return Err(signal);
                    }
                }
                Err(RecvTimeoutError::Disconnected) => return Err(of_panic(&"a thread was lost")),
            }
        }
    })
}

/// The number of threads that `n_jobs` means. None: `SLUGLINE_NUM_THREADS`, or `OMP_NUM_THREADS`
/// (which joblib sets in its workers), or one for each processor; −1: one for each processor; −2:
/// all but one, and so on.
#[pyfunction]
#[pyo3(signature = (n_jobs=None))]
pub(crate) fn threads(n_jobs: Option<isize>) -> usize {
    let processors = || thread::available_parallelism().map_or(1, usize::from);
    let variable = |name| env::var(name).ok()?.trim().parse().ok().filter(|&n| n > 0);
    let threads = match n_jobs {
        None => variable("SLUGLINE_NUM_THREADS")
            .or_else(|| variable("OMP_NUM_THREADS"))
            .unwrap_or_else(processors),
        Some(jobs) if jobs >= 0 => jobs.unsigned_abs(),
        Some(jobs) => (processors() + 1).saturating_sub(jobs.unsigned_abs()),
    };
    threads.clamp(1, MAX_THREADS)
}
