//! Complement naive Bayes.

use super::{
    evidence::Evidence,
    linear::Linear,
    params::NaiveBayesParams,
    weighing::{Weighing, weigh},
};
use crate::{
    error::Result,
    util::{huge_pages::Zeroed, pool::for_each_piece},
};

/// With Ñ_ct the sum of the term's values over the documents of all *other* classes, the weight is
/// w_ct = −ln((Ñ_ct + α_t) / Σ_t (Ñ_ct + α_t)); with `norm` it is divided by Σ_t |w_ct| of its
/// class. The score of a row x is Σ_t x_t · w_ct; the class prior matters only where there is a
/// single class.
///
/// Source: Rennie, Shih, Teevan, Karger 2003, "Tackling the poor assumptions of naive Bayes text
/// classifiers"; scikit-learn's `ComplementNB`.
pub(super) fn derive(params: &NaiveBayesParams, evidence: &Evidence, norm: bool) -> Result<Linear> {
    let k = evidence.n_classes();
    let alphas = params.total_alpha(evidence.n_features());
    let model = ComplementWeights {
        params,
        log_total: of_others(&evidence.totals())
            .map(|total| (total + alphas).ln())
            .collect(),
    };
    let bias = match k {
        1 => params.class_log_prior(&evidence.class_count),
        _ => vec![0.0; k],
    };
    // Weights divided by a norm of their class have no part that all classes share.
    let mut linear = weigh(bias, &evidence.feature_count, &model, !norm)?;
    if norm {
        let mut weights = Zeroed::of(&linear.dense);
        if evidence.n_features() == 1 {
            // ln 1, up to rounding: there is nothing to normalise.
            weights.fill(0.0);
        }
        let mut length = vec![0.0; k];
        for weights in weights.chunks_exact(k) {
            for (weight, length) in weights.iter().zip(&mut length) {
                *length += weight;
            }
        }
        for_each_piece(&mut weights, k, |_, weights| {
            for (weight, length) in weights.iter_mut().zip(&length) {
                *weight /= length;
            }
        });
        linear.dense = weights.into();
    }
    Ok(linear)
}

/// For each class the sum of the other classes' totals. Not by subtraction, which would leave a rounding error
/// of the whole in a small rest.
fn of_others(totals: &[f64]) -> impl Iterator<Item = f64> {
    let mut after = vec![0.0; totals.len()];
    for class in (1..totals.len()).rev() {
        after[class - 1] = after[class] + totals[class];
    }
    let mut before = 0.0;
    totals.iter().zip(after).map(move |(total, after)| {
        let others = before + after;
        before += total;
        others
    })
}

struct ComplementWeights<'a> {
    params: &'a NaiveBayesParams,
    log_total: Vec<f64>,
}

impl Weighing for ComplementWeights<'_> {
    fn of_term(&self, term: usize, all: f64) -> f64 {
        -(all + self.params.alpha_of(term)).ln()
    }

    fn weight(&self, term: usize, _: f64, all: f64, class: usize, sum: f64) -> f64 {
        // Subtracting the class's own sum can leave a rounding error below zero.
        let others = (all + self.params.alpha_of(term) - sum).max(0.0);
        self.log_total[class] - others.ln()
    }

    fn of_class(&self) -> Option<&[f64]> {
        Some(&self.log_total)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn others_are_all_without_one() {
        let others: Vec<f64> = of_others(&[1e20, 1.0, 2.0]).collect();
        assert_eq!(others, [3.0, 1e20 + 2.0, 1e20 + 1.0]);
        assert_eq!(of_others(&[5.0]).collect::<Vec<_>>(), [0.0]);
    }
}
