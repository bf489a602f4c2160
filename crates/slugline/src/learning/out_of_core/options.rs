//! The options of a trainer, and its result.

use std::{
    io,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use super::memory::Memory;
use crate::{
    classifier::TextClassifier,
    error::{Error, Result},
    util::setters::setters,
};

/// Options of a [`Trainer`](super::Trainer). They change how it works, not what it learns.
///
/// ```
/// use slugline::{Memory, TextClassifier, TrainerOptions};
///
/// let options = TrainerOptions::default().memory("64M".parse::<Memory>()?).temporary_folder(std::env::temp_dir());
/// let trainer = TextClassifier::params().trainer(&options)?;
/// assert_eq!(trainer.n_documents(), 0);
/// # Ok::<(), slugline::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
#[must_use]
#[non_exhaustive]
pub struct TrainerOptions {
    /// The memory for what grows with the documents: their rows, their terms, the model. The program
    /// itself and the batch that the caller holds come on top. None: no limit, and nothing is written to
    /// the disk.
    pub memory: Option<Memory>,
    /// The folder of temporary files. None: that of the system ([`std::env::temp_dir`], which follows
    /// `TMPDIR`). A folder that itself lies in memory saves none.
    pub temporary_folder: Option<PathBuf>,
}

setters!(TrainerOptions {
    memory: impl Into<Option<Memory>>,
    temporary_folder: impl Into<Option<PathBuf>>,
});

/// The result of a [`Trainer`](super::Trainer).
#[derive(Debug, Clone)]
#[non_exhaustive]
#[must_use]
pub struct Trained {
    /// The model.
    pub model: TextClassifier,
    /// The number of terms that were left out because a model with them would not fit into the memory; 0
    /// where the model is that of [`fit`](crate::TextClassifierParams::fit).
    ///
    /// The rule is that of `max_features`: the terms with the highest total count stay, ties go to
    /// the earlier term in code-point order. The model is that of a fit with `max_features` at the
    /// number of terms that stayed, which is in its settings. The same memory and the same documents always
    /// give the same model. Terms of a prior stay in any case.
    pub pruned_terms: u64,
    /// The number of bytes of rows and terms that went through temporary files.
    pub spilled_bytes: u64,
}

/// The flag that ends training early.
#[derive(Debug, Clone, Default)]
pub(super) struct EarlyStop(pub(super) Arc<AtomicBool>);

impl EarlyStop {
    /// Fails where the flag is set; to be called every few milliseconds.
    pub(super) fn check(&self, folder: &Path) -> Result<()> {
        if self.0.load(Ordering::Relaxed) {
            let why = io::Error::new(io::ErrorKind::Interrupted, "the training was stopped");
            return Err(Error::io(folder, why));
        }
        Ok(())
    }
}
