//! Weights from sums: pruning, idf, naive Bayes.

use super::{params::TextClassifierParams, sums::Learned};
use crate::{
    classifier::quantized::LazyQuantized,
    error::Result,
    features::Tfidf,
    naive_bayes::{Adder, ClassRows, Evidence, Linear, Model, NaiveBayesParams, derive},
    util::{array::Array, memory::room},
    vocabulary::Vocabulary,
};

/// The terms that classification uses, their idf, and their weight for each class.
#[derive(Debug, Clone)]
pub(crate) struct Weights {
    pub(crate) vocabulary: Vocabulary,
    pub(crate) tfidf: Tfidf,
    pub(crate) linear: Linear,
    pub(crate) quantized: LazyQuantized,
}

/// The sums that weights are derived from, over the terms that classification uses.
#[derive(Debug)]
pub(crate) struct InUse {
    pub(crate) vocabulary: Vocabulary,
    pub(crate) tfidf: Tfidf,
    /// The number of documents that hold each term.
    pub(crate) df: Array<u64>,
    pub(crate) sums: Evidence,
    /// The sums of the background documents.
    pub(crate) background: Option<Vec<f64>>,
    /// (term, class, pseudo-count); the background is the last class.
    pub(crate) prior: Vec<(u32, u32, f64)>,
}

impl InUse {
    /// Whether the background has documents or a prior of its own.
    pub(crate) fn knows_background(&self) -> bool {
        let k = self.sums.n_classes() as u32;
        self.background.is_some() || self.prior.iter().any(|&(_, class, _)| class == k)
    }

    /// Whether a table of terms × labels is too large: of so many labels, or such numbers of both, the tables that
    /// shares and evidence need would take more memory than the model.
    pub(crate) fn is_large(&self) -> bool {
        /// The maximum labels. A step of expectation–maximisation takes as long as terms of the text × labels.
        const LABELS: usize = 1 << 12;
        /// The maximum numbers of a table: 256 MB.
        const NUMBERS: usize = 1 << 25;
        let labels = self.sums.n_classes();
        labels > LABELS || self.sums.n_features().saturating_mul(labels + 1) > NUMBERS
    }

    /// As [`with_smoothing`](Self::with_smoothing), in memory that is in proportion to that of the sums.
    pub(crate) fn smoothed(&self, naive_bayes: &NaiveBayesParams, strength: f64) -> Smoothed {
        let k = self.sums.n_classes();
        let of_background = [k as u32];
        let alphas: Vec<f64> = (0..self.sums.n_features())
            .map(|term| naive_bayes.alpha_of(term).max(LEAST))
            .collect();
        let mut totals = vec![alphas.iter().sum(); k + 1];
        let mut more = Adder::new(k + 1);
        let mut left = self.prior.as_slice();
        for (term, row) in self.sums.feature_count.iter().enumerate() {
            more.add(row);
            if let Some(background) = &self.background {
                more.add((&of_background, &background[term..=term]));
            }
            while let Some((&(of_term, class, count), rest)) = left.split_first()
                && of_term as usize == term
            {
                more.add((&[class], &[strength * count]));
                left = rest;
            }
            more.end_row();
        }
        let more = more.finish();
        for (classes, values) in more.iter() {
            for (&class, value) in classes.iter().zip(values) {
                totals[class as usize] += value;
            }
        }
        Smoothed {
            alphas,
            more,
            totals,
        }
    }

    /// N_ct + α_t + strength · π_ct, terms × (labels + 1), the background behind the labels; and their sums over the
    /// terms.
    pub(crate) fn with_smoothing(
        &self,
        naive_bayes: &NaiveBayesParams,
        strength: f64,
    ) -> (Vec<f64>, Vec<f64>) {
        let k = self.sums.n_classes();
        let wide = k + 1;
        let mut table: Vec<f64> = room(self.sums.n_features() * wide);
        for (term, (classes, counts)) in self.sums.feature_count.iter().enumerate() {
            let first = table.len();
            table.resize(first + wide, naive_bayes.alpha_of(term).max(LEAST));
            let row = &mut table[first..];
            for (&class, count) in classes.iter().zip(counts) {
                row[class as usize] += count;
            }
            if let Some(background) = &self.background {
                row[k] += background[term];
            }
        }
        for &(term, class, count) in &self.prior {
            table[term as usize * wide + class as usize] += strength * count;
        }
        let mut totals = vec![0.0; wide];
        for row in table.chunks_exact(wide) {
            for (total, cell) in totals.iter_mut().zip(row) {
                *total += cell;
            }
        }
        (table, totals)
    }
}

/// Sums with their smoothing, without a number for each term and label.
pub(crate) struct Smoothed {
    /// α_t of each term.
    pub(crate) alphas: Vec<f64>,
    /// terms × (labels + 1): N_ct + strength · π_ct, the background behind the labels.
    pub(crate) more: ClassRows,
    /// The sums over the terms, of each label and of the background.
    pub(crate) totals: Vec<f64>,
}

/// terms × (labels + 1), the background behind the labels.
#[derive(Debug)]
pub(super) enum TermTable<S> {
    Dense(Vec<f64>),
    /// Of [so many terms and labels](InUse::is_large) that a number for each takes too much memory.
    Sparse(S),
}

/// A table without a number for each term and label.
pub(super) trait SparseRows {
    /// Appends the row of a term.
    fn extend(&self, term: usize, row: &mut Vec<f64>);
}

impl<S: SparseRows> TermTable<S> {
    /// Appends the row of a term, which has `wide` numbers.
    pub(super) fn extend(&self, term: u32, wide: usize, row: &mut Vec<f64>) {
        match self {
            Self::Dense(table) => {
                row.extend_from_slice(&table[term as usize * wide..][..wide]);
            }
            Self::Sparse(table) => table.extend(term as usize, row),
        }
    }
}

/// The minimum of a term's sum with its smoothing where terms have probabilities: 0 (possible with `alpha` = 0) would
/// rule a topic out for a single term.
pub(super) const LEAST: f64 = 1e-10;

/// The position of a term that is not in use.
pub(crate) const UNUSED: u32 = u32::MAX;

impl Learned {
    /// The terms that classification uses, with idf and sums. Where sums are `exact`, they are pruned and multiplied
    /// by idf here; otherwise both were done before they were taken.
    pub(crate) fn in_use(&self, params: &TextClassifierParams, exact: bool) -> Result<InUse> {
        let features = &params.features;
        let mut used = match &self.kept(params, exact)? {
            None => self.all(params),
            Some(kept) => self.select(kept).all(params),
        };
        let bernoulli = matches!(params.naive_bayes.model, Model::Bernoulli { .. });
        if exact && features.tfidf.use_idf && !bernoulli {
            let idf = used.tfidf.idf();
            let scaled = used.sums.feature_count.map_rows(|term, _, sums| {
                for sum in sums {
                    *sum *= idf[term];
                }
            });
            used.sums.feature_count = scaled;
            if let Some(background) = &mut used.background {
                for (count, idf) in background.iter_mut().zip(used.tfidf.idf()) {
                    *count *= idf;
                }
            }
        }
        Ok(used)
    }

    /// The terms that pruning keeps, and those of the prior; None where these are all terms, or pruning was done
    /// before the sums were taken.
    pub(crate) fn kept(
        &self,
        params: &TextClassifierParams,
        exact: bool,
    ) -> Result<Option<Vec<u32>>> {
        let features = &params.features;
        if !exact || features.vocabulary.is_some() {
            return Ok(None);
        }
        let n = usize::try_from(self.n_documents).unwrap_or(usize::MAX);
        let without = features.term_filter()?;
        let without = without.as_ref();
        let pruning = &features.pruning;
        let kept = pruning.keep(without, n, &self.vocabulary, &self.df, &self.total)?;
        let kept = union(kept, &self.prior.terms);
        Ok((kept.len() < self.df.len()).then_some(kept))
    }

    /// For each learned term its position among those that pruning keeps, [`UNUSED`] for the others; None where
    /// [`kept`](Self::kept) is None.
    pub(crate) fn positions(
        &self,
        params: &TextClassifierParams,
        exact: bool,
    ) -> Result<Option<Vec<u32>>> {
        let kept = self.kept(params, exact)?;
        Ok(kept.map(|kept| {
            let mut position = vec![UNUSED; self.df.len()];
            for (new, &old) in kept.iter().enumerate() {
                position[old as usize] = new as u32;
            }
            position
        }))
    }

    /// All terms and their sums, unchanged.
    pub(crate) fn all(&self, params: &TextClassifierParams) -> InUse {
        InUse {
            vocabulary: self.vocabulary.clone(),
            tfidf: self
                .prior
                .tfidf(params.features.tfidf, self.n_documents, &self.df),
            df: self.df.clone(),
            sums: self.sums.clone(),
            background: self.background.as_ref().map(|own| own.sums.to_vec()),
            prior: self.prior.iter().collect(),
        }
    }
}

/// The sums with the pseudo-counts of a prior: (term, class, count), in order of terms.
pub(crate) fn with_prior(sums: &Evidence, prior: &[(u32, u32, f64)]) -> Evidence {
    if prior.is_empty() {
        return sums.clone();
    }
    let k = sums.n_classes() as u32;
    let mut all = Adder::new(k as usize);
    let mut left = prior;
    for (term, row) in sums.feature_count.iter().enumerate() {
        all.add(row);
        while let Some((&(of_term, class, count), rest)) = left.split_first()
            && of_term as usize == term
        {
            // Not the background's, which is no class.
            if class < k {
                all.add((&[class], &[count]));
            }
            left = rest;
        }
        all.end_row();
    }
    Evidence {
        class_count: sums.class_count.clone(),
        feature_count: all.finish(),
    }
}

/// Merges two ascending lists.
pub(crate) fn union(kept: Vec<u32>, more: &[u32]) -> Vec<u32> {
    if more.is_empty() {
        return kept;
    }
    let mut all = [kept.as_slice(), more].concat();
    all.sort_unstable();
    all.dedup();
    all
}

impl Weights {
    /// Weights from sums that slugline took.
    ///
    /// # Errors
    /// Where a weight would be NaN (0 / 0 or ∞ / ∞, possible with `alpha` = 0).
    pub(crate) fn derive(params: &TextClassifierParams, learned: &Learned) -> Result<Self> {
        let used = learned.in_use(params, params.sums_are_exact())?;
        Self::of_sums(params, used.vocabulary, used.tfidf, &used.sums, &used.prior)
    }

    /// Weights from the sums in use and the pseudo-counts of a prior.
    ///
    /// # Errors
    /// As [`derive`](Self::derive).
    pub(crate) fn of_sums(
        params: &TextClassifierParams,
        vocabulary: Vocabulary,
        tfidf: Tfidf,
        sums: &Evidence,
        prior: &[(u32, u32, f64)],
    ) -> Result<Self> {
        let sums = with_prior(sums, prior);
        let linear = derive(&params.naive_bayes, &sums)?;
        linear.check(&params.naive_bayes, &sums)?;
        Ok(Self {
            vocabulary,
            tfidf,
            linear,
            quantized: LazyQuantized::default(),
        })
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use proptest::prelude::*;

    prop_compose! {
        /// Sums of 40 terms and a few labels, with a background and a prior, perhaps.
        pub(crate) fn used()(k in 1_usize..9)(
            k in Just(k),
            sums in prop::collection::vec(prop::option::weighted(0.3, 0.1_f64..9.0), 40 * k),
            background in prop::option::of(prop::collection::vec(0.0_f64..5.0, 40)),
            prior in prop::collection::btree_map((0_u32..40, 0..=k as u32), 0.1_f64..20.0, 0..20),
        ) -> InUse {
            let sums: Vec<f64> = sums.into_iter().map(Option::unwrap_or_default).collect();
            let terms: Vec<String> = (0..40).map(|term| format!("term{term:02}")).collect();
            let df = vec![1; 40];
            InUse {
                vocabulary: Vocabulary::new(&terms).unwrap(),
                tfidf: Tfidf::from_df(TextClassifierParams::default().features.tfidf, 9, &df),
                df: df.into(),
                sums: Evidence {
                    class_count: vec![1.0; k].into(),
                    feature_count: ClassRows::from_dense(k, &sums),
                },
                background,
                prior: prior.into_iter().map(|((term, class), count)| (term, class, count)).collect(),
            }
        }
    }

    #[test]
    fn large_tables_are_those_of_many_labels_or_many_numbers() {
        let large = |labels: usize, terms: usize| {
            let used = InUse {
                vocabulary: Vocabulary::default(),
                tfidf: Tfidf::from_df(TextClassifierParams::default().features.tfidf, 9, &[]),
                df: Array::default(),
                sums: Evidence::zero(labels, terms),
                background: None,
                prior: Vec::new(),
            };
            used.is_large()
        };
        assert!(!large(3, 1 << 20) && !large(1 << 12, 1 << 12));
        assert!(large((1 << 12) + 1, 1) && large(255, (1 << 17) + 1));
    }
}
