//! The exit statuses of the command.

/// All went well.
pub(crate) const SUCCESS: u8 = 0;
/// The work failed, or a part of it.
pub(crate) const FAILURE: u8 = 1;
/// The arguments make no sense.
pub(crate) const USAGE: u8 = 2;
