//! Bernoulli naive Bayes.

use super::{Evidence, NaiveBayesParams, linear::Linear, multinomial::smoothed};
use crate::zeroed::Zeroed;

/// log P(term present | class) = ln(N_ct + α_t) − ln(N_c + 2 α_t), with N_ct the number of documents
/// of the class that hold the term and N_c the number of documents of the class.
///
/// Source: Manning, Raghavan, Schütze 2008, section 13.3; scikit-learn's `BernoulliNB`.
pub(super) fn feature_log_prob(params: &NaiveBayesParams, evidence: &Evidence) -> Zeroed<f64> {
    let k = evidence.n_classes();
    let mut log_prob = smoothed(params, evidence);
    for (feature, counts) in log_prob.chunks_exact_mut(k).enumerate() {
        let alpha = params.alpha_of(feature);
        for (count, n) in counts.iter_mut().zip(&*evidence.class_count) {
            *count = count.ln() - (n + 2.0 * alpha).ln();
        }
    }
    log_prob
}

/// The joint log-likelihood log P(c) + Σ_t [x_t ln p_ct + (1 − x_t) ln(1 − p_ct)], rearranged so
/// that only the terms of the row are touched: the sum of all ln(1 − p_ct) is part of the bias.
pub(super) fn derive(params: &NaiveBayesParams, evidence: &Evidence) -> Linear {
    let k = evidence.n_classes();
    let mut weights = feature_log_prob(params, evidence);
    let mut bias = params.class_log_prior(&evidence.class_count);
    let mut absent = vec![0.0; k];
    for log_probs in weights.chunks_exact_mut(k) {
        for (log_prob, absent) in log_probs.iter_mut().zip(&mut absent) {
            let log_absent = (1.0 - log_prob.exp()).ln();
            *log_prob -= log_absent;
            *absent += log_absent;
        }
    }
    for (bias, absent) in bias.iter_mut().zip(absent) {
        *bias += absent;
    }
    Linear {
        bias: bias.into(),
        weights: weights.into(),
    }
}
