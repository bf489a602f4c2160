//! A document as a mixture of the topics' term distributions.

use super::{
    mixing::{LANES, STEPS},
    side_by_side::{Fit, MixtureBuffers, fits},
    sparse::SparseTable,
};
use crate::{
    classifier::{
        params::TextClassifierParams,
        weights::{InUse, LEAST, TermTable},
    },
    util::{math, simd},
};

/// What pseudo-counts of a prior are multiplied with. A prior knows what tells topics apart, not how often a word
/// occurs: with all of the compiled terms, 0.17 of the bundled model's held-out articles about one topic had a second
/// one, with a tenth of the prior 0.09, while those about two topics lost hardly any.
const PRIOR: f64 = 0.1;

/// P(t | c) of every term for each label, and P(t | background), side by side.
#[derive(Debug)]
pub(crate) struct Mixture {
    labels: usize,
    /// P(t | c), and P(t | background).
    table: TermTable<SparseTable>,
    /// The divisors of the sums of each label, and of the background.
    total: Vec<f64>,
    /// Whether the background has documents or a prior of its own.
    background: bool,
}

impl Mixture {
    /// P(t | c) = (N_ct + α_t + π_ct / 10) / Σ_t (N_ct + α_t + π_ct / 10), for every naive Bayes model. P(t | background)
    /// is the mean of all P(t | c); with background documents, half that and half their distribution, computed
    /// in the same way.
    pub(crate) fn new(params: &TextClassifierParams, used: &InUse) -> Self {
        Self::with_table(params, used, used.is_large())
    }

    /// As [`new`](Self::new), with the table that is for [large](InUse::is_large) ones or the other.
    fn with_table(params: &TextClassifierParams, used: &InUse, sparse: bool) -> Self {
        let k = used.sums.n_classes();
        let wide = k + 1;
        let known = used.knows_background();
        if sparse {
            let smoothed = used.smoothed(&params.naive_bayes, PRIOR);
            let (table, total) = SparseTable::new(smoothed, known);
            return Self {
                labels: k,
                table: TermTable::Sparse(table),
                total,
                background: known,
            };
        }
        let (mut table, total) = used.with_smoothing(&params.naive_bayes, PRIOR);
        for row in table.chunks_exact_mut(wide) {
            for (cell, total) in row.iter_mut().zip(&total) {
                *cell /= total;
            }
            let pooled = row[..k].iter().sum::<f64>() / k as f64;
            row[k] = match known {
                true => f64::midpoint(row[k], pooled),
                false => pooled,
            };
        }
        Self {
            labels: k,
            table: TermTable::Dense(table),
            total,
            background: known,
        }
    }

    /// The rows of these terms, numbered from 0, in the mixture without a training document: `parts` are
    /// what it added, before its weight, to the sums of the class (of the background, for the number
    /// behind the last class).
    pub(crate) fn without(
        &self,
        columns: &[u32],
        parts: &[f64],
        class: usize,
        weight: f64,
    ) -> Self {
        let (k, wide) = (self.labels, self.labels + 1);
        let total = self.total[class];
        let left = total - weight * parts.iter().sum::<f64>();
        let without = |p: f64, part: f64| ((p * total - weight * part) / left).max(LEAST / total);
        let mut table = Vec::with_capacity(columns.len() * wide);
        for (&column, &part) in columns.iter().zip(parts) {
            let first = table.len();
            self.table.extend(column, wide, &mut table);
            let row = &mut table[first..];
            let pooled = |row: &[f64]| row[..k].iter().sum::<f64>() / k as f64;
            let mut own = 2.0 * row[k] - pooled(row);
            match class == k {
                true => own = without(own, part),
                false => row[class] = without(row[class], part),
            }
            row[k] = match self.background {
                true => f64::midpoint(own, pooled(row)),
                false => pooled(row),
            };
        }
        Self {
            labels: k,
            table: TermTable::Dense(table),
            total: Vec::new(),
            background: self.background,
        }
    }

    /// Expectation–maximisation over the terms of a document, `columns`, each once: what is said again says no more of what a text is
    /// about. Of held-out articles about two topics more have both at 0.2 then.
    ///
    /// The document is explained as λ · P(t | background) + (1 − λ) · Σ_c θ_c · P(t | c); λ and θ are
    /// those that make it most likely, with a symmetric Dirichlet prior on θ. θ is left in the buffers'
    /// [`shares`](MixtureBuffers::shares); returned is the [`evidence`](super::Shares::evidence), before the unknown
    /// terms are counted.
    pub(crate) fn fit(&self, columns: &[u32], buffers: &mut MixtureBuffers) -> f64 {
        if columns.is_empty() {
            buffers.mixing.start(self.labels);
            return 0.0;
        }
        let gain = match &self.table {
            TermTable::Sparse(table) => table.fit(columns, &mut buffers.mixing),
            TermTable::Dense(table) if fits(columns.len(), self.labels) => simd::run_eights(Fit {
                table,
                columns,
                labels: self.labels,
                buffers,
            }),
            TermTable::Dense(table) => self.fit_term_by_term(table, columns, buffers),
        };
        gain / columns.len() as f64
    }

    /// The plain way, without copies.
    fn fit_term_by_term(
        &self,
        table: &[f64],
        columns: &[u32],
        buffers: &mut MixtureBuffers,
    ) -> f64 {
        let wide = self.labels + 1;
        let rows = || {
            let row = |&column: &u32| &table[column as usize * wide..][..wide];
            columns.iter().map(row).enumerate()
        };
        let mixed = |weights: &[f64], row: &[f64]| {
            let products = weights.iter().zip(row).map(|(weight, p)| weight * p);
            products.fold(0.0, |sum, product| sum + product)
        };
        let mixing = &mut buffers.mixing;
        mixing.start(self.labels);
        for _ in 0..STEPS {
            for (term, row) in rows() {
                let weight = 1.0 / mixed(&mixing.weights, row);
                for (sums, p) in mixing.sums.iter_mut().zip(row) {
                    sums[term % LANES] += weight * p;
                }
            }
            if !mixing.step() {
                break;
            }
        }
        let mut gains = [0.0; LANES];
        for (term, row) in rows() {
            let ratio = mixed(&mixing.shares, row) / row[self.labels];
            gains[term % LANES] += math::ln(ratio);
        }
        gains.iter().sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn both_tables_agree_up_to_rounding(
            used in crate::classifier::weights::tests::used(),
            columns in prop::collection::btree_set(0_u32..40, 1..40),
        ) {
            let params = TextClassifierParams::default();
            let [dense, sparse] = [false, true].map(|sparse| Mixture::with_table(&params, &used, sparse));
            let wide = dense.labels + 1;
            let close = |a: f64, b: f64| (a - b).abs() <= 1e-9 * (1.0 + a.abs());
            for column in 0..40 {
                let (mut one, mut other) = (Vec::new(), Vec::new());
                dense.table.extend(column, wide, &mut one);
                sparse.table.extend(column, wide, &mut other);
                prop_assert!(one.iter().zip(&other).all(|(a, b)| close(*a, *b)), "{one:?} {other:?}");
            }
            prop_assert!(dense.total.iter().zip(&sparse.total).all(|(a, b)| close(*a, *b)));
            let columns: Vec<u32> = columns.into_iter().collect();
            let (mut one, mut other) = (MixtureBuffers::default(), MixtureBuffers::default());
            let gains = [dense.fit(&columns, &mut one), sparse.fit(&columns, &mut other)];
            // A step more or less, where the last one moved the shares by just so much.
            prop_assert!((gains[0] - gains[1]).abs() < 1e-3, "{gains:?}");
            let shares = one.shares().iter().zip(other.shares());
            prop_assert!(shares.clone().all(|(a, b)| (a - b).abs() < 1e-3), "{:?}", shares.collect::<Vec<_>>());
        }

        #[test]
        fn both_ways_have_the_same_bits(
            labels in 1_usize..40,
            documents in prop::collection::vec(prop::collection::vec(0_u32..60, 1..50), 1..4),
            seed in any::<u32>(),
        ) {
            let mut state = u64::from(seed);
            let mut number = || {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                // Some terms are next to impossible under a label.
                match state >> 61 {
                    0 => LEAST,
                    _ => (state >> 40) as f64 / 1e9 + LEAST,
                }
            };
            let table: Vec<f64> = (0..60 * (labels + 1)).map(|_| number()).collect();
            let mixture = Mixture {
                labels,
                table: TermTable::Dense(table.clone()),
                total: Vec::new(),
                background: false,
            };
            // The buffers are those of the document before.
            let (mut buffers, mut plain) = (MixtureBuffers::default(), MixtureBuffers::default());
            for columns in documents {
                let found = mixture.fit(&columns, &mut buffers);
                let expected = mixture.fit_term_by_term(&table, &columns, &mut plain) / columns.len() as f64;
                prop_assert_eq!(found.to_bits(), expected.to_bits());
                let bits = |shares: &[f64]| shares.iter().map(|share| share.to_bits()).collect::<Vec<_>>();
                prop_assert_eq!(bits(buffers.shares()), bits(plain.shares()));
            }
        }
    }
}
