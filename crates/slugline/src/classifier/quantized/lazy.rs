//! Packed weights, made when there is enough text for them to pay off.

use std::sync::{
    Arc, OnceLock,
    atomic::{AtomicUsize, Ordering},
};

use super::{Quantized, TextClassifierParams, Weights};

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
        weights: &Weights,
    ) -> Option<&Quantized> {
        let lazy = &*self.0;
        if lazy.quantized.get().is_none() {
            let before = lazy.bytes.fetch_add(bytes, Ordering::Relaxed);
            // Packing a term takes the time that is saved on this many bytes.
            let terms = weights.vocabulary.len().saturating_mul(16);
            let enough = terms.saturating_add(weights.linear.n_numbers() / 4);
            if before.saturating_add(bytes) < enough {
                return None;
            }
        }
        let quantized = lazy
            .quantized
            .get_or_init(|| Quantized::new(params, weights));
        quantized.as_ref()
    }

    #[cfg(test)]
    pub(super) fn is_made(&self) -> bool {
        self.0.quantized.get().is_some_and(Option::is_some)
    }

    #[cfg(test)]
    pub(super) fn has_sparse_rows(&self) -> bool {
        let quantized = self.0.quantized.get().and_then(Option::as_ref);
        quantized.is_some_and(|quantized| quantized.rows.sparse.is_some())
    }
}
