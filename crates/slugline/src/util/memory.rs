//! Memory that may not be there: large allocations, whose size depends on the input, are tried, and what is missing is
//! an error.
//!
//! They lie deep in loops that cannot fail otherwise, on threads of a pool, too. So what is missing unwinds to
//! [`within`], as a panic does but without a message, and becomes [`Error::OutOfMemory`] there. Small allocations, and
//! those of other crates, end the process as everywhere in Rust.

use std::{
    any::Any,
    cell::Cell,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
};

use ndarray::Array2;

use crate::error::{Error, Result};

/// How many bytes more were wanted.
struct Missing(usize);

thread_local! {
    static IS_TRIED: Cell<bool> = const { Cell::new(false) };
}

/// Whether the calling thread tries an allocation, and will return an error where it fails: for a global allocator that
/// ends the program where others fail.
pub fn allocation_is_tried() -> bool {
    IS_TRIED.get()
}

/// Runs work; memory that is missing for it is an error. `what` says what the memory was for.
pub(crate) fn within<R>(what: &'static str, work: impl FnOnce() -> R) -> Result<R> {
    catch_unwind(AssertUnwindSafe(work)).or_else(|cause| match cause.downcast::<Missing>() {
        Ok(missing) => Err(Error::OutOfMemory {
            what,
            bytes: missing.0 as u64,
        }),
        Err(panic) => resume_unwind(panic),
    })
}

/// The error, where memory that was missing is the cause of a panic: methods that return no [`Result`] end so.
///
/// ```
/// use std::panic::catch_unwind;
///
/// let done = catch_unwind(|| slugline::topics().classify("rates rise").label().to_owned());
/// match done.map_err(|cause| slugline::missing_memory(&*cause)) {
///     Ok(label) => println!("{label}"),
///     Err(Some(error)) => eprintln!("{error}"),
///     Err(None) => eprintln!("a defect"),
/// }
/// ```
pub fn missing_memory(cause: &(dyn Any + Send)) -> Option<Error> {
    let missing = cause.downcast_ref::<Missing>()?;
    Some(Error::OutOfMemory {
        what: "this",
        bytes: missing.0 as u64,
    })
}

/// Ends the work within which this is called, for want of memory.
#[cold]
pub(crate) fn missing(bytes: usize) -> ! {
    resume_unwind(Box::new(Missing(bytes)))
}

/// An empty vector with capacity for `n` values.
pub(crate) fn room<T>(n: usize) -> Vec<T> {
    try_room(n).unwrap_or_else(|bytes| missing(bytes))
}

/// As [`room`]; the error is the number of bytes that are missing.
pub(crate) fn try_room<T>(n: usize) -> Result<Vec<T>, usize> {
    let mut values = Vec::new();
    let before = IS_TRIED.replace(true);
    let made = values.try_reserve_exact(n);
    IS_TRIED.set(before);
    match made {
        Ok(()) => Ok(values),
        Err(_) => Err(n.saturating_mul(size_of::<T>())),
    }
}

/// A vector of `n` copies of a value.
pub(crate) fn filled<T: Copy>(value: T, n: usize) -> Vec<T> {
    let mut values = room(n);
    values.resize(n, value);
    values
}

/// Fails where not even this many bytes more could be had: asked from time to time while something grows in small
/// pieces, whose own allocations cannot fail.
pub(crate) fn check_left(what: &'static str, bytes: usize) -> Result<()> {
    match try_room::<u8>(bytes) {
        Ok(_) => Ok(()),
        Err(bytes) => Err(Error::OutOfMemory {
            what,
            bytes: bytes as u64,
        }),
    }
}

/// rows × columns zeros.
pub(crate) fn zeros(rows: usize, columns: usize) -> Array2<f64> {
    let n = rows.saturating_mul(columns);
    Array2::from_shape_vec((rows, columns), filled(0.0, n)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use rayon::prelude::*;

    use super::*;

    /// More than any machine has.
    const MOST: usize = usize::MAX >> 8;

    #[test]
    fn what_is_missing_is_an_error_on_any_thread() {
        let told = |work: &(dyn Fn() -> usize + Sync)| match within("a test", work) {
            Err(Error::OutOfMemory { what, bytes }) => (what, bytes),
            other => panic!("{other:?}"),
        };
        let bytes = MOST as u64;
        assert_eq!(told(&|| room::<u8>(MOST).len()), ("a test", bytes));
        assert_eq!(told(&|| filled(0_u8, MOST).len()), ("a test", bytes));
        assert_eq!(told(&|| filled(0_u64, MOST).len()), ("a test", bytes * 8));
        assert_eq!(told(&|| zeros(MOST, MOST).len()).0, "a test");
        let many = || {
            (0..64)
                .into_par_iter()
                .map(|n| room::<u8>(MOST - n).len())
                .sum()
        };
        assert_eq!(told(&many).0, "a test");
        assert!(!allocation_is_tried());
    }

    #[test]
    fn what_is_there_is_given() {
        assert_eq!(within("a test", || filled(3, 4)).unwrap(), [3; 4]);
        assert!(room::<u64>(1000).capacity() >= 1000);
        assert_eq!(zeros(2, 3), Array2::<f64>::zeros((2, 3)));
    }

    #[test]
    fn what_is_missing_is_told_from_a_panic() {
        let missing = catch_unwind(|| room::<u8>(MOST)).unwrap_err();
        assert!(matches!(
            missing_memory(&*missing),
            Some(Error::OutOfMemory { bytes, .. }) if bytes == MOST as u64
        ));
        let panic = catch_unwind(|| panic!("a defect")).unwrap_err();
        assert!(missing_memory(&*panic).is_none());
    }

    #[test]
    fn a_panic_stays_one() {
        let panic = catch_unwind(|| within("a test", || panic!("a defect")));
        assert!(panic.is_err());
    }

    #[test]
    fn a_message_says_how_much_for_what() {
        let why = Error::OutOfMemory {
            what: "training",
            bytes: 3 << 30,
        }
        .to_string();
        assert_eq!(
            why,
            "out of memory: training needs 3221225472 bytes more (3.2 GB) than there are"
        );
    }
}
