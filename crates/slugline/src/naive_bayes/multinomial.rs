//! Multinomial naive Bayes.

use super::{Evidence, NaiveBayesParams, linear::Linear};
use crate::{threads::for_each_piece, zeroed::Zeroed};

/// log P(term | class) = ln(N_ct + α_t) − ln Σ_t (N_ct + α_t), with N_ct the sum of the term's
/// values over the documents of the class. The joint log-likelihood of a row x is
/// log P(class) + Σ_t x_t · log P(t | class).
///
/// Source: Manning, Raghavan, Schütze 2008, chapter 13; scikit-learn's `MultinomialNB`.
pub(super) fn derive(params: &NaiveBayesParams, evidence: &Evidence) -> Linear {
    let k = evidence.n_classes();
    let mut log_prob = smoothed(params, evidence);
    let mut total = vec![0.0; k];
    for counts in log_prob.chunks_exact(k) {
        for (total, count) in total.iter_mut().zip(counts) {
            *total += count;
        }
    }
    let log_total: Vec<f64> = total.iter().map(|total| total.ln()).collect();
    // Most terms are unknown to most classes: their logarithm is that of the smoothing, taken once.
    let nothing = match log_prob.is_empty() {
        true => 1.0,
        false => params.alpha_of(0),
    };
    let log_nothing = nothing.ln();
    for_each_piece(&mut log_prob, k, |_, counts| {
        for (count, log_total) in counts.iter_mut().zip(&log_total) {
            let log_count = match count.to_bits() == nothing.to_bits() {
                true => log_nothing,
                false => count.ln(),
            };
            *count = log_count - log_total;
        }
    });
    Linear {
        bias: params.class_log_prior(&evidence.class_count).into(),
        weights: log_prob.into(),
    }
}

/// N_ct + α_t, feature by feature.
pub(super) fn smoothed(params: &NaiveBayesParams, evidence: &Evidence) -> Zeroed<f64> {
    let k = evidence.n_classes();
    let mut counts = Zeroed::new(evidence.feature_count.len());
    let sums = &*evidence.feature_count;
    for_each_piece(&mut counts, k, |feature, counts| {
        let alpha = params.alpha_of(feature);
        for (count, sum) in counts.iter_mut().zip(&sums[feature * k..]) {
            *count = sum + alpha;
        }
    });
    counts
}
