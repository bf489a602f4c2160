//! Panics of other projects' decoders as errors.

use std::{
    cell::Cell,
    panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook},
    sync::Once,
};

thread_local! {
    /// Whether a decoder runs on this thread: then panics are not printed.
    static IS_GUARDED: Cell<bool> = const { Cell::new(false) };
}

static QUIET: Once = Once::new();

/// Runs a decoder and turns its panics, which unexpected damage can cause, into errors.
pub(super) fn guarded<T>(work: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    // The program's own hook is called for every other panic.
    QUIET.call_once(|| {
        let others = take_hook();
        set_hook(Box::new(move |panic| {
            if !IS_GUARDED.get() {
                others(panic);
            }
        }));
    });
    let outer = IS_GUARDED.replace(true);
    let done = catch_unwind(AssertUnwindSafe(work));
    IS_GUARDED.set(outer);
    done.unwrap_or_else(|_| Err("its structure is damaged".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_an_error_and_the_guard_ends_with_the_work() {
        let failed: Result<(), String> = guarded(|| panic!("damage"));
        assert_eq!(failed.unwrap_err(), "its structure is damaged");
        assert!(!IS_GUARDED.get());
        assert_eq!(guarded(|| Ok(1)), Ok(1));
        // Nested calls.
        let nested: Result<bool, String> = guarded(|| {
            let _: Result<(), String> = guarded(|| panic!("damage"));
            Ok(IS_GUARDED.get())
        });
        assert_eq!(nested, Ok(true));
    }
}
