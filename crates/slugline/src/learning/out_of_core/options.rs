//! What a trainer is told, and what it gives.

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
};

/// How a [`Trainer`](super::Trainer) works; not what it learns.
#[derive(Debug, Clone, Default)]
pub struct TrainerOptions {
    /// How much memory may be used for what grows with the documents: their rows, their terms, the
    /// model. The program itself and the batch that the caller holds come on top. None: all there is,
    /// and nothing is written to the disk.
    pub memory: Option<Memory>,
    /// Where temporary files are made. None: in the system's folder for them
    /// ([`std::env::temp_dir`], which follows `TMPDIR`). A folder that lies in memory itself saves
    /// none.
    pub temporary_folder: Option<PathBuf>,
}

/// What a [`Trainer`](super::Trainer) made.
#[derive(Debug, Clone)]
#[non_exhaustive]
#[must_use]
pub struct Trained {
    /// The model.
    pub model: TextClassifier,
    /// How many terms were left out because a model with them would not fit into the memory; 0 where
    /// the model is that of [`fit`](super::TextClassifierParams::fit).
    ///
    /// The rule is that of `max_features`: the terms with the highest total count stay, ties go to
    /// the earlier term in code-point order. The model is that of a fit with `max_features` at the
    /// number that stayed, which its settings say; with the same memory and the same documents it is
    /// always the same one. Terms of a prior stay in any case.
    pub pruned_terms: u64,
    /// How many bytes of rows and terms went through temporary files.
    pub spilled_bytes: u64,
}

/// Whether the training is to end early.
#[derive(Debug, Clone, Default)]
pub(super) struct EarlyStop(pub(super) Arc<AtomicBool>);

impl EarlyStop {
    /// Fails where it is; to be asked every few milliseconds.
    pub(super) fn check(&self, folder: &Path) -> Result<()> {
        if self.0.load(Ordering::Relaxed) {
            let why = io::Error::new(io::ErrorKind::Interrupted, "the training was stopped");
            return Err(Error::io(folder, why));
        }
        Ok(())
    }
}
