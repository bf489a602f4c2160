//! Work that may be cancelled.

use std::{
    cell::RefCell,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

thread_local! {
    static ASKED: RefCell<Cancel> = const { RefCell::new(Cancel(None)) };
}

/// Whether the work at hand was cancelled.
#[derive(Debug, Clone)]
pub(crate) struct Cancel(Option<Arc<AtomicBool>>);

impl Cancel {
    /// That of the work on this thread.
    pub(crate) fn current() -> Self {
        ASKED.with_borrow(Clone::clone)
    }

    pub(crate) fn is_set(&self) -> bool {
        let cancelled = self.0.as_deref();
        cancelled.is_some_and(|cancelled| cancelled.load(Ordering::Relaxed))
    }

    /// Runs work on this thread that is cancelled with this.
    pub(crate) fn over<R>(self, work: impl FnOnce() -> R) -> R {
        /// Puts back what was there, in a panic too.
        struct Before(Option<Cancel>);
        impl Drop for Before {
            fn drop(&mut self) {
                if let Some(before) = self.0.take() {
                    ASKED.set(before);
                }
            }
        }
        let _before = Before(Some(ASKED.replace(self)));
        work()
    }
}

/// Runs `work` on this thread. Once `cancelled` is set, a refinement in it ends after the pass that it is in, with
/// [`Error::Cancelled`](crate::Error::Cancelled); all other work runs to its end.
///
/// ```
/// use std::sync::{Arc, atomic::AtomicBool};
/// use slugline::{Error, Examples, Refine, TextClassifier, cancellable};
///
/// let cancelled = Arc::new(AtomicBool::new(true));
/// let params = TextClassifier::params().refine(Refine::default().max_iter(10_000));
/// let examples = Examples::new(&["new phones", "a vote"], &["technology", "policy"])?;
/// let fit = || params.fit(&examples);
/// assert!(matches!(cancellable(&cancelled, fit), Err(Error::Cancelled)));
/// # Ok::<(), Error>(())
/// ```
pub fn cancellable<R>(cancelled: &Arc<AtomicBool>, work: impl FnOnce() -> R) -> R {
    Cancel(Some(Arc::clone(cancelled))).over(work)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_innermost_flag_holds_and_ends_with_its_work() {
        let (outer, inner) = (
            Arc::new(AtomicBool::new(true)),
            Arc::new(AtomicBool::new(false)),
        );
        assert!(!Cancel::current().is_set());
        cancellable(&outer, || {
            assert!(Cancel::current().is_set());
            cancellable(&inner, || assert!(!Cancel::current().is_set()));
            assert!(Cancel::current().is_set());
            let pool = crate::util::pool::with_threads("a test", 2, || Cancel::current().is_set());
            assert!(pool.unwrap());
        });
        assert!(!Cancel::current().is_set());
    }
}
