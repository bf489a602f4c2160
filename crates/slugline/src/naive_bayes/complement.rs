//! Complement naive Bayes.

use super::{Evidence, NaiveBayesParams, linear::Linear};
use crate::{threads::for_each_piece, zeroed::Zeroed};

/// With Ñ_ct the sum of the term's values over the documents of all *other* classes, the weight is
/// w_ct = −ln((Ñ_ct + α_t) / Σ_t (Ñ_ct + α_t)); with `norm` it is divided by Σ_t |w_ct| of its
/// class. The score of a row x is Σ_t x_t · w_ct; the class prior matters only where there is a
/// single class.
///
/// Source: Rennie, Shih, Teevan, Karger 2003, "Tackling the poor assumptions of naive Bayes text
/// classifiers"; scikit-learn's `ComplementNB`.
pub(super) fn derive(params: &NaiveBayesParams, evidence: &Evidence, norm: bool) -> Linear {
    let k = evidence.n_classes();
    let mut weights = Zeroed::of(&evidence.feature_count);
    let mut total = vec![0.0; k];
    for (feature, counts) in weights.chunks_exact_mut(k).enumerate() {
        let alpha = params.alpha_of(feature);
        let all: f64 = counts.iter().sum();
        for (count, total) in counts.iter_mut().zip(&mut total) {
            *count = all + alpha - *count;
            *total += *count;
        }
    }
    for_each_piece(&mut weights, k, |_, counts| {
        for (count, total) in counts.iter_mut().zip(&total) {
            // Subtracting what a class itself holds can leave a rounding error below zero.
            *count = (count.max(0.0) / total).ln();
        }
    });
    let mut length = vec![0.0; k];
    if norm {
        for counts in weights.chunks_exact(k) {
            for (weight, length) in counts.iter().zip(&mut length) {
                *length += weight;
            }
        }
    }
    for_each_piece(&mut weights, k, |_, counts| {
        for (weight, length) in counts.iter_mut().zip(&length) {
            *weight = if norm { *weight / length } else { -*weight };
        }
    });
    let bias = match k {
        1 => params.class_log_prior(&evidence.class_count),
        _ => vec![0.0; k],
    };
    Linear {
        bias: bias.into(),
        weights: weights.into(),
    }
}
