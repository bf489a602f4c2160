//! The exit statuses of the command.

/// Success.
pub(crate) const SUCCESS: u8 = 0;
/// A failure of the work, or of a part of it.
pub(crate) const FAILURE: u8 = 1;
/// Invalid arguments.
pub(crate) const USAGE: u8 = 2;
