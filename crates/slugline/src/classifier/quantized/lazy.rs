//! Packed weights, made when there is enough text for them to pay off.

use std::sync::{
    Arc, OnceLock,
    atomic::{AtomicUsize, Ordering},
};

use super::{Quantized, TextClassifierParams, Weights};
use crate::text::AnalysisPath;

/// The packed weights of a classifier, if they have been made. Clones share them.
#[derive(Debug, Clone, Default)]
pub(crate) struct LazyQuantized(Arc<Lazy>);

#[derive(Debug, Default)]
struct Lazy {
    quantized: OnceLock<Option<Quantized>>,
    bytes: AtomicUsize,
}

impl LazyQuantized {
    /// The packed weights, where they can be made and pay off for this many more bytes of text. Runs on the current
    /// pool.
    pub(in crate::classifier) fn get(
        &self,
        bytes: usize,
        params: &TextClassifierParams,
        path: AnalysisPath,
        weights: &Weights,
    ) -> Option<&Quantized> {
        if self.are_due(bytes, weights) {
            self.make(params, path, weights);
        }
        self.made()
    }

    /// Whether they are to be made, since they pay off for this many more bytes of text.
    pub(in crate::classifier) fn are_due(&self, bytes: usize, weights: &Weights) -> bool {
        if self.0.quantized.get().is_some() {
            return false;
        }
        let before = self.0.bytes.fetch_add(bytes, Ordering::Relaxed);
        // Packing a term takes the time that is saved on this many bytes.
        let terms = weights.vocabulary.len().saturating_mul(16);
        let enough = terms.saturating_add(weights.linear.n_numbers() / 4);
        before.saturating_add(bytes) >= enough
    }

    /// Makes them, once. Runs on the current pool.
    pub(in crate::classifier) fn make(
        &self,
        params: &TextClassifierParams,
        path: AnalysisPath,
        weights: &Weights,
    ) {
        let quantized = &self.0.quantized;
        quantized.get_or_init(|| Quantized::new(params, path, weights));
    }

    /// The packed weights, if they were made; not every model can have any.
    pub(in crate::classifier) fn made(&self) -> Option<&Quantized> {
        self.0.quantized.get().and_then(Option::as_ref)
    }

    #[cfg(test)]
    pub(super) fn has_sparse_rows(&self) -> bool {
        self.made()
            .is_some_and(|quantized| quantized.rows.sparse.is_some())
    }
}
