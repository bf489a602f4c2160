//! Multinomial naive Bayes.

use super::{
    evidence::Evidence,
    linear::Linear,
    params::{Alpha, NaiveBayesParams},
    weighing::{Weighing, weigh},
};
use crate::error::Result;

/// log P(term | class) = ln(N_ct + α_t) − ln Σ_t (N_ct + α_t), with N_ct the sum of the term's
/// values over the documents of the class. The joint log-likelihood of a row x is
/// log P(class) + Σ_t x_t · log P(t | class). With
/// [`level_class_sums`](NaiveBayesParams::level_class_sums) all classes have the largest divisor.
///
/// Source: Manning, Raghavan, Schütze 2008, chapter 13; scikit-learn's `MultinomialNB`.
pub(super) fn derive(params: &NaiveBayesParams, evidence: &Evidence) -> Result<Linear> {
    let alphas = params.total_alpha(evidence.n_features());
    let totals = evidence.totals().into_iter().map(|total| total + alphas);
    let divisors = params.divisors(totals.collect());
    let model = MultinomialWeights {
        params,
        log_alpha: match params.alpha {
            Alpha::Scalar(_) => Some(params.alpha_of(0).ln()),
            Alpha::PerFeature(_) => None,
        },
        minus_log_total: divisors.iter().map(|total| -total.ln()).collect(),
    };
    let bias = params.class_log_prior(&evidence.class_count);
    weigh(bias, &evidence.feature_count, &model, true)
}

struct MultinomialWeights<'a> {
    params: &'a NaiveBayesParams,
    /// ln α, where it is the same for all terms.
    log_alpha: Option<f64>,
    minus_log_total: Vec<f64>,
}

impl Weighing for MultinomialWeights<'_> {
    fn of_term(&self, term: usize, _: f64) -> f64 {
        self.log_alpha
            .unwrap_or_else(|| self.params.alpha_of(term).ln())
    }

    fn weight(&self, term: usize, _: f64, _: f64, class: usize, sum: f64) -> f64 {
        (sum + self.params.alpha_of(term)).ln() + self.minus_log_total[class]
    }

    fn of_class(&self) -> Option<&[f64]> {
        Some(&self.minus_log_total)
    }
}
