//! Bernoulli models, in which the absent terms of a document count, too.

use super::{Document, Totals};
use crate::{
    error::Result,
    naive_bayes::{derive, linear::Linear, params::NaiveBayesParams},
};

pub(super) struct BernoulliLeaveOneOut<'a> {
    params: &'a NaiveBayesParams,
    totals: &'a Totals,
    linear: Linear,
    prior: Vec<f64>,
    /// For each class with one document fewer: Σ_t ln(1 − p_ct), as if the document held no term.
    absent: Vec<f64>,
}

impl<'a> BernoulliLeaveOneOut<'a> {
    pub(super) fn new(params: &'a NaiveBayesParams, totals: &'a Totals) -> Result<Self> {
        let linear = derive(params, &totals.sums)?;
        linear.check(params, &totals.sums)?;
        Ok(Self {
            params,
            totals,
            linear,
            prior: params.class_log_prior(&totals.sums.class_count),
            absent: absent(params, totals, 1.0),
        })
    }

    /// Adds to `scores`, which are log P(class) without the document.
    pub(super) fn scores(&self, document: Document<'_>, scores: &mut [f64]) {
        let prior = scores.to_vec();
        self.linear
            .scores_of(document.columns, document.values, scores);
        for ((score, new), was) in scores.iter_mut().zip(&prior).zip(&self.prior) {
            // NaN is −∞ − (−∞): without documents in the class before and after, nothing changes.
            let change = new - was;
            *score += if change.is_nan() { 0.0 } else { change };
        }
        self.forget_absent(document.gone, scores);
        scores[document.class] = prior[document.class] + self.own(document);
    }

    /// Subtracts ln(1 − p) of the terms that leave the vocabulary from the scores of the other classes.
    fn forget_absent(&self, gone: &[u32], scores: &mut [f64]) {
        let k = scores.len();
        for &column in gone {
            let counts = &self.totals.counts[column as usize * k..][..k];
            let alpha = self.params.alpha_of(column as usize);
            let n = self.totals.sums.class_count.iter();
            for ((score, count), n) in scores.iter_mut().zip(counts).zip(n) {
                *score -= (n - count + alpha).ln() - (n + 2.0 * alpha).ln();
            }
        }
    }

    /// The score of the document's own class, without its prior.
    fn own(&self, document: Document<'_>) -> f64 {
        let (k, class) = (self.totals.sums.n_classes(), document.class);
        let n = self.totals.sums.class_count[class];
        let left = n - document.weight;
        let mut score = match document.weight.to_bits() == 1.0_f64.to_bits() {
            true => self.absent[class],
            false => absent(self.params, self.totals, document.weight)[class],
        };
        let known = document.columns.iter().zip(document.values);
        let known = known.zip(document.parts);
        let known = known.map(|((&column, &value), &part)| (column, value, part));
        let gone = document.gone.iter().map(|&column| (column, 0.0, 0.0));
        for (column, value, part) in known.chain(gone) {
            let alpha = self.params.alpha_of(column as usize);
            let count = self.totals.counts[column as usize * k + class];
            let all = (left + 2.0 * alpha).ln();
            if value != 0.0 {
                let part = document.weight * part;
                score += ((count - part).max(0.0) + alpha).ln() - all;
            }
            // Undo its part as an absent term, which is in the sum where it is finite.
            if left - count + alpha > 0.0 {
                score -= (left - count + alpha).ln() - all;
            }
        }
        score
    }
}

/// For each class, without a document of this weight that holds no term: Σ_t ln(1 − p_ct), without the terms that
/// every document of the class holds.
fn absent(params: &NaiveBayesParams, totals: &Totals, weight: f64) -> Vec<f64> {
    let class_count = &*totals.sums.class_count;
    let k = class_count.len();
    let mut absent = vec![0.0; k];
    for (feature, counts) in totals.counts.chunks_exact(k).enumerate() {
        let alpha = params.alpha_of(feature);
        for ((absent, count), n) in absent.iter_mut().zip(counts).zip(class_count) {
            let left = n - weight;
            if left - count + alpha > 0.0 {
                *absent += (left - count + alpha).ln() - (left + 2.0 * alpha).ln();
            }
        }
    }
    absent
}
