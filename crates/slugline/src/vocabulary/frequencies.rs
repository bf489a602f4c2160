//! How often terms came, before their documents are counted.

use crate::util::{huge_pages::Zeroed, simd};

/// The frequency of a term, known before the documents are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Frequency {
    /// How often it came.
    pub(crate) total: u64,
    /// The documents that hold it.
    pub(crate) df: u64,
}

/// The frequencies of terms by their ids.
#[derive(Debug)]
pub(crate) struct Frequencies {
    /// How often the term came; above, how many documents hold it, below, the number of the last of
    /// them.
    pub(crate) terms: Zeroed<[u64; 2]>,
}

impl Frequencies {
    /// Those of a term that came.
    #[inline]
    pub(crate) fn of(&self, id: u32) -> Frequency {
        let [total, df_and_last] = self.terms[id as usize];
        Frequency {
            total,
            df: df_and_last >> 32,
        }
    }

    /// Asks for those of a term.
    #[inline(always)]
    pub(super) fn prefetch(&self, id: u32) {
        simd::prefetch(&self.terms, id as usize);
    }

    /// Those of one document, by the count of each term.
    #[cfg(test)]
    pub(super) fn of_document(counts: &[u64]) -> Self {
        let mut terms = Zeroed::new(counts.len());
        for (term, &count) in terms.iter_mut().zip(counts) {
            *term = [count, u64::from(count > 0) << 32 | 1];
        }
        Self { terms }
    }
}
