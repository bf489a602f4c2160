//! Work without the interpreter lock, which Ctrl-C cancels.

use std::{
    env,
    ffi::CString,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc::{RecvTimeoutError, sync_channel},
    },
    thread,
    time::Duration,
};

use pyo3::{
    PyTypeInfo,
    exceptions::{PyTypeError, PyUserWarning, PyValueError},
    intern,
    prelude::*,
};
use slugline::{MAX_THREADS, cancellable, sensible_threads};

use crate::errors::{of_panic, to_python};

/// Work on fewer bytes of text takes a few milliseconds and is not watched.
const SMALL: usize = 1 << 19;
/// The interval at which Python is asked for signals.
const PATIENCE: Duration = Duration::from_millis(50);

/// A text that becomes empty when the work is cancelled, so that it ends at once; its result is dropped.
#[derive(Clone, Copy)]
pub(crate) struct CancellableText<'a> {
    text: &'a str,
    cancelled: &'a AtomicBool,
}

impl AsRef<str> for CancellableText<'_> {
    fn as_ref(&self) -> &str {
        match self.cancelled.load(Ordering::Relaxed) {
            true => "",
            false => self.text,
        }
    }
}

/// Runs `work` on texts with the interpreter lock released. Few texts are not watched.
pub(crate) fn on_texts<R: Send>(
    py: Python<'_>,
    texts: &[&str],
    work: impl FnOnce(&[CancellableText<'_>]) -> slugline::Result<R> + Send,
) -> PyResult<R> {
    let bytes: usize = texts.iter().map(|text| text.len()).sum();
    match bytes < SMALL {
        true => of_work(py.detach(|| on_cancellable(&AtomicBool::new(false), texts, work))),
        false => long_on_texts(py, texts, work),
    }
}

/// As [`on_texts`], of work that may take long on a few texts, a refinement say.
pub(crate) fn long_on_texts<R: Send>(
    py: Python<'_>,
    texts: &[&str],
    work: impl FnOnce(&[CancellableText<'_>]) -> slugline::Result<R> + Send,
) -> PyResult<R> {
    let cancelled = Arc::new(AtomicBool::new(false));
    of_work(watched(py, &cancelled, || {
        cancellable(&cancelled, || on_cancellable(&cancelled, texts, work))
    })?)
}

/// Runs work without texts, in which only a refinement can be cancelled.
pub(crate) fn refining<R: Send>(
    py: Python<'_>,
    work: impl FnOnce() -> slugline::Result<R> + Send,
) -> PyResult<R> {
    let cancelled = Arc::new(AtomicBool::new(false));
    of_work(watched(py, &cancelled, || {
        catch_unwind(AssertUnwindSafe(|| cancellable(&cancelled, work)))
    })?)
}

/// Runs short work with the interpreter lock released. A panic is an exception like others.
pub(crate) fn unlocked<R: Send>(py: Python<'_>, work: impl FnOnce() -> R + Send) -> PyResult<R> {
    py.detach(|| catch_unwind(AssertUnwindSafe(work)))
        .map_err(|cause| of_panic(&*cause))
}

fn on_cancellable<R>(
    cancelled: &AtomicBool,
    texts: &[&str],
    work: impl FnOnce(&[CancellableText<'_>]) -> slugline::Result<R>,
) -> thread::Result<slugline::Result<R>> {
    let text = |&text| CancellableText { text, cancelled };
    let texts: Vec<CancellableText<'_>> = texts.iter().map(text).collect();
    catch_unwind(AssertUnwindSafe(|| work(&texts)))
}

fn of_work<R>(done: thread::Result<slugline::Result<R>>) -> PyResult<R> {
    match done {
        Ok(result) => result.map_err(to_python),
        Err(cause) => Err(of_panic(&*cause)),
    }
}

/// Runs `work` on a new thread, while this one polls for signals.
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

/// The number of threads of `n_jobs`. None: `SLUGLINE_NUM_THREADS`, else `OMP_NUM_THREADS` (which joblib sets in
/// its workers), else one per processor; −1: one per processor; −2: all but one, and so on.
#[pyfunction]
#[pyo3(signature = (n_jobs=None))]
pub(crate) fn threads(py: Python<'_>, n_jobs: Option<&Bound<'_, PyAny>>) -> PyResult<usize> {
    let processors = || thread::available_parallelism().map_or(1, usize::from);
    let Some(n_jobs) = n_jobs else {
        let asked = match of_variable(py)? {
            Some(threads) => Some(threads),
            None => number("OMP_NUM_THREADS").map(|threads| threads.min(MAX_THREADS)),
        };
        return sensible_threads(asked.unwrap_or_else(processors)).map_err(to_python);
    };
    let expected = || format!("expected a whole number up to {MAX_THREADS}, or None");
    // Only integers, of any size and any library, have `__index__`.
    let whole = n_jobs
        .call_method0(intern!(py, "__index__"))
        .map_err(|_| match n_jobs.repr() {
            Ok(shown) => PyTypeError::new_err(format!("n_jobs is {shown}: {}", expected())),
            Err(error) => error,
        })?;
    let jobs = match whole.extract::<isize>() {
        Ok(jobs) => jobs,
        Err(_) if whole.lt(0)? => isize::MIN,
        Err(_) => isize::MAX,
    };
    let threads = match jobs {
        0.. => jobs.unsigned_abs(),
        _ => (processors() + 1).saturating_sub(jobs.unsigned_abs()),
    };
    if threads > MAX_THREADS {
        return Err(PyValueError::new_err(format!(
            "n_jobs is {whole}: {}",
            expected()
        )));
    }
    sensible_threads(threads.max(1)).map_err(to_python)
}

fn number(variable: &str) -> Option<usize> {
    let value = env::var(variable).ok()?;
    value.trim().parse().ok().filter(|&threads| threads > 0)
}

/// The value of `SLUGLINE_NUM_THREADS`; warns once of a value that is no number of threads.
fn of_variable(py: Python<'_>) -> PyResult<Option<usize>> {
    const NAME: &str = "SLUGLINE_NUM_THREADS";
    static WARNED: AtomicBool = AtomicBool::new(false);
    let threads = number(NAME).filter(|&threads| threads <= MAX_THREADS);
    let value = env::var_os(NAME).filter(|value| !value.is_empty());
    if let (None, Some(value)) = (threads, value)
        && !WARNED.swap(true, Ordering::Relaxed)
    {
        let value = value.to_string_lossy();
        let what = format!(
            "{NAME} is {value:?}, which is not used: expected a number from 1 to {MAX_THREADS}"
        );
        let category = PyUserWarning::type_object(py);
        PyErr::warn(py, &category, &CString::new(what)?, 2)?;
    }
    Ok(threads)
}
