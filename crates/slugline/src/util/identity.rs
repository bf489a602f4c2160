//! The identity of fitted values, shared by their clones.

use std::sync::{Arc, Weak};

/// The identity of a fitted value: its clones share it, no other value has it.
#[derive(Debug, Default, Clone)]
pub(crate) struct Identity(Arc<()>);

/// Remembers an identity without keeping its owner alive.
///
/// A weak reference keeps the address from being given to another owner.
#[derive(Debug, Default, Clone)]
pub(crate) struct RememberedIdentity(Weak<()>);

impl Identity {
    /// A record to recognise the owner by later.
    pub(crate) fn remember(&self) -> RememberedIdentity {
        RememberedIdentity(Arc::downgrade(&self.0))
    }
}

impl RememberedIdentity {
    /// Whether it is this one.
    pub(crate) fn is(&self, other: &Identity) -> bool {
        std::ptr::eq(self.0.as_ptr(), Arc::as_ptr(&other.0))
    }
}
