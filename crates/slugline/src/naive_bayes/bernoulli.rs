//! Bernoulli naive Bayes.

use super::{
    evidence::Evidence,
    linear::Linear,
    params::{Alpha, NaiveBayesParams},
    weighing::{Weighing, check_size, weigh},
};
use crate::error::Result;

/// log P(term present | class) = ln(N_ct + α_t) − ln(N_c + 2 α_t), with N_ct the number of documents
/// of the class that hold the term and N_c the number of documents of the class.
///
/// Source: Manning, Raghavan, Schütze 2008, section 13.3; scikit-learn's `BernoulliNB`.
#[inline]
fn log_prob(alpha: f64, n: f64, sum: f64) -> f64 {
    (sum + alpha).ln() - (n + 2.0 * alpha).ln()
}

/// ln(1 − p).
fn log_absent(log_prob: f64) -> f64 {
    (1.0 - log_prob.exp()).ln()
}

/// The joint log-likelihood log P(c) + Σ_t [x_t ln p_ct + (1 − x_t) ln(1 − p_ct)], rearranged so
/// that only the terms of the row are touched: the sum of all ln(1 − p_ct) is part of the bias.
pub(super) fn derive(params: &NaiveBayesParams, evidence: &Evidence) -> Result<Linear> {
    let counts = &*evidence.class_count;
    // ln p of a term without documents in the class, where it is the same for all terms.
    let nothing: Option<Vec<f64>> = match params.alpha {
        Alpha::PerFeature(_) => None,
        Alpha::Scalar(_) => {
            let log_prob = |&n: &f64| log_prob(params.alpha_of(0), n, 0.0);
            Some(counts.iter().map(log_prob).collect())
        }
    };
    let of_class = |log_probs: &Vec<f64>| log_probs.iter().map(|&p| p - log_absent(p)).collect();
    let model = BernoulliWeights {
        params,
        counts,
        of_class: nothing.as_ref().map(of_class),
    };

    let mut bias = params.class_log_prior(counts);
    let sums = &evidence.feature_count;
    if let Some(nothing) = nothing {
        let mut known = vec![0_usize; bias.len()];
        for (term, (classes, sums)) in sums.iter().enumerate() {
            for (&class, &sum) in classes.iter().zip(sums) {
                let class = class as usize;
                bias[class] += log_absent(model.log_prob(term, class, sum));
                known[class] += 1;
            }
        }
        for ((bias, &nothing), known) in bias.iter_mut().zip(&nothing).zip(known) {
            let unknown = sums.n_features() - known;
            // Only then, since the logarithm may be infinite.
            if unknown > 0 {
                *bias += unknown as f64 * log_absent(nothing);
            }
        }
    } else {
        check_size(sums)?;
        let all = sums.to_dense();
        for (term, sums) in all.chunks_exact(bias.len()).enumerate() {
            for (class, (bias, &sum)) in bias.iter_mut().zip(sums).enumerate() {
                *bias += log_absent(model.log_prob(term, class, sum));
            }
        }
    }
    weigh(bias, sums, &model, true)
}

/// classes × features: scikit-learn's `feature_log_prob_`, feature by feature.
pub(super) fn feature_log_prob(params: &NaiveBayesParams, evidence: &Evidence) -> Vec<f64> {
    let k = evidence.n_classes();
    let mut all = evidence.feature_count.to_dense().to_vec();
    for (term, sums) in all.chunks_exact_mut(k).enumerate() {
        let alpha = params.alpha_of(term);
        for (sum, &n) in sums.iter_mut().zip(&*evidence.class_count) {
            *sum = log_prob(alpha, n, *sum);
        }
    }
    all
}

struct BernoulliWeights<'a> {
    params: &'a NaiveBayesParams,
    counts: &'a [f64],
    of_class: Option<Vec<f64>>,
}

impl BernoulliWeights<'_> {
    fn log_prob(&self, term: usize, class: usize, sum: f64) -> f64 {
        log_prob(self.params.alpha_of(term), self.counts[class], sum)
    }
}

impl Weighing for BernoulliWeights<'_> {
    fn of_term(&self, _: usize, _: f64) -> f64 {
        0.0
    }

    fn weight(&self, term: usize, _: f64, _: f64, class: usize, sum: f64) -> f64 {
        let log_prob = self.log_prob(term, class, sum);
        log_prob - log_absent(log_prob)
    }

    fn of_class(&self) -> Option<&[f64]> {
        self.of_class.as_deref()
    }
}
