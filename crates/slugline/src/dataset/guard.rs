//! Decoders of other projects, kept from taking the program down with them.

use std::panic::{AssertUnwindSafe, catch_unwind};

/// Damage that a decoder does not expect makes it panic here and there: it is an error like others.
pub(super) fn guarded<T>(work: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(work))
        .unwrap_or_else(|_| Err("its structure is damaged".to_owned()))
}
