//! Multinomial naive Bayes.

use super::{Evidence, NaiveBayesParams, linear::Linear};

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
    for counts in log_prob.chunks_exact_mut(k) {
        for (count, log_total) in counts.iter_mut().zip(&log_total) {
            *count = count.ln() - log_total;
        }
    }
    Linear {
        bias: params.class_log_prior(&evidence.class_count).into(),
        weights: log_prob.into(),
    }
}

/// N_ct + α_t, feature by feature.
pub(super) fn smoothed(params: &NaiveBayesParams, evidence: &Evidence) -> Vec<f64> {
    let k = evidence.n_classes();
    let mut counts = evidence.feature_count.to_vec();
    for (feature, counts) in counts.chunks_exact_mut(k).enumerate() {
        let alpha = params.alpha_of(feature);
        for count in counts {
            *count += alpha;
        }
    }
    counts
}
