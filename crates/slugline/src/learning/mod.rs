//! Learning beyond one fit: adding and forgetting, merging, text without labels, bounded memory.

mod incremental;
mod merge;
#[cfg(feature = "dataset")]
mod out_of_core;
mod semi_supervised;

#[cfg(feature = "dataset")]
pub use out_of_core::{Memory, Trained, Trainer, TrainerOptions};
pub use semi_supervised::{ClassShares, SemiSupervised, Unlabelled};
