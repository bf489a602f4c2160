//! Multinomial models, many documents: only the logarithms of the document's own class change, so the weights of
//! the model with all documents serve for the other classes. For a few documents deriving them would cost more
//! than it saves.
//!
//! An audit of AG News takes the time of 1.7 fits, 1.9 if all logarithms are recomputed; of arXiv with 172
//! classes 2.1 and 4.2.

use super::{Document, LeaveOneOutTerms};
use crate::{
    error::Result,
    naive_bayes::{derive, evidence::Evidence, linear::Linear, params::NaiveBayesParams},
    util::math::ln,
};

pub(super) struct MultinomialLeaveOneOut {
    linear: Linear,
    prior: Vec<f64>,
}

impl MultinomialLeaveOneOut {
    pub(super) fn new(params: &NaiveBayesParams, evidence: &Evidence) -> Result<Self> {
        let linear = derive(params, evidence)?;
        linear.check(params, evidence)?;
        Ok(Self {
            linear,
            prior: params.class_log_prior(&evidence.class_count),
        })
    }

    /// As [`LeaveOneOutTerms`], which recomputes all logarithms. The scores are log P(class) without the document.
    pub(super) fn scores(&self, left: LeaveOneOutTerms<'_>) {
        let LeaveOneOutTerms {
            document, scores, ..
        } = left;
        let prior = scores.to_vec();
        self.linear
            .scores_of(document.columns, document.values, scores);
        for ((score, new), was) in scores.iter_mut().zip(&prior).zip(&self.prior) {
            // NaN is −∞ − (−∞): without documents in the class before and after, nothing changes.
            let change = new - was;
            *score += if change.is_nan() { 0.0 } else { change };
        }
        let Document { class, weight, .. } = document;
        let k = left.total.len();
        let (mut values, mut parts, mut own) = (0.0, 0.0, 0.0);
        let terms = document.columns.iter().zip(document.values);
        for ((&column, &value), &part) in terms.zip(document.parts) {
            values += value;
            parts += part * weight;
            let sum = left.counts[column as usize * k + class];
            let alpha = left.smoothing.of(column as usize);
            if value != 0.0 && part != 0.0 {
                own += value * ln(((sum - part * weight).max(0.0) + alpha) / (sum + alpha));
            }
        }
        scores[class] += own;
        if values == 0.0 {
            return;
        }
        for (at, (score, total)) in scores.iter_mut().zip(left.total).enumerate() {
            // A term's smoothing goes with it, in every class.
            let of_term = |&column: &u32| {
                let column = column as usize;
                left.counts[column * k + at] + left.smoothing.of(column)
            };
            let gone: f64 = document.gone.iter().map(of_term).sum();
            let lost = gone + if at == class { parts } else { 0.0 };
            if lost != 0.0 {
                *score -= values * ln((total - lost).max(0.0) / total);
            }
        }
    }
}
