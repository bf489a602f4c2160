//! What all three models come down to at prediction: a bias for each class and a weight for each
//! (feature, class). And from scores to probabilities.

use rayon::prelude::*;

use crate::{
    error::{Error, Result},
    storage::Array,
};

/// score(class | x) = bias(class) + Σ_t x_t · weight(t, class).
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Linear {
    pub(crate) bias: Array<f64>,
    /// feature × class, feature by feature: the weights of a term lie side by side.
    pub(crate) weights: Array<f64>,
}

impl Linear {
    /// Fails where a number is none.
    pub(crate) fn check(&self) -> Result<()> {
        if any_nan(&self.bias) || any_nan(&self.weights) {
            return Err(Error::parameter(
                "alpha",
                0,
                "above 0: without smoothing these data leave weights that are no numbers \
                 (0 / 0 or infinity / infinity)",
            ));
        }
        Ok(())
    }

    /// Adds the row's part to scores that start as the bias.
    pub(crate) fn scores(&self, row: impl Iterator<Item = (u32, f64)>, scores: &mut [f64]) {
        scores.copy_from_slice(&self.bias);
        let k = scores.len();
        let weights = &*self.weights;
        for (column, value) in row {
            // A zero says nothing, even where the weight is infinite (alpha = 0).
            if value == 0.0 {
                continue;
            }
            let at = column as usize * k;
            for (score, weight) in scores.iter_mut().zip(&weights[at..at + k]) {
                *score += value * weight;
            }
        }
    }
}

/// Whether a value is no number. On the current pool where this thread belongs to one.
fn any_nan(values: &[f64]) -> bool {
    const TOGETHER: usize = 1 << 14;
    // No piece is left early, so that many values are looked at together.
    let any = |values: &[f64]| values.iter().fold(false, |any, value| any | value.is_nan());
    match rayon::current_thread_index() {
        Some(_) => values.par_chunks(TOGETHER).any(any),
        None => values.chunks(TOGETHER).any(any),
    }
}

/// The position of the highest score; the first of equals. NaN never wins.
pub(crate) fn argmax(scores: &[f64]) -> usize {
    let mut best = 0;
    for (at, &score) in scores.iter().enumerate().skip(1) {
        if score > scores[best] || (scores[best].is_nan() && !score.is_nan()) {
            best = at;
        }
    }
    best
}

/// Scores → log-probabilities: s_c − ln Σ exp(s), by the log-sum-exp with the maximum taken out,
/// so that it holds for scores of any size.
///
/// Where no class is possible (every score −∞, which takes `alpha = 0`), or a score is not a
/// number, nothing tells the classes apart: all are equally likely.
/// (Differs from scikit-learn: there it is NaN.)
pub(crate) fn log_probabilities(scores: &mut [f64]) {
    let highest = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    if !highest.is_finite() || scores.iter().any(|score| score.is_nan()) {
        let even = -(scores.len() as f64).ln();
        scores.fill(even);
        return;
    }
    let sum: f64 = scores.iter().map(|score| (score - highest).exp()).sum();
    let log_sum = sum.ln();
    for score in scores {
        // In this order small differences between huge scores are kept.
        *score = *score - highest - log_sum;
    }
}

/// Scores, divided by the temperature, → probabilities, finite and summing to 1.
pub(crate) fn probabilities(scores: &mut [f64], temperature: f64) {
    // Dividing by 1 changes no bit.
    for score in scores.iter_mut() {
        *score /= temperature;
    }
    log_probabilities(scores);
    for score in scores {
        *score = score.exp();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ties_go_to_the_first() {
        assert_eq!(argmax(&[1.0, 3.0, 3.0]), 1);
        assert_eq!(argmax(&[f64::NEG_INFINITY; 2]), 0);
        assert_eq!(argmax(&[f64::NAN, 1.0]), 1);
    }

    #[test]
    fn probabilities_of_huge_scores() {
        let mut scores = [-1e9, -1e9 + 1.0, f64::NEG_INFINITY];
        probabilities(&mut scores, 1.0);
        assert!((scores.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        assert!((scores[1] / scores[0] - std::f64::consts::E).abs() < 1e-6);
        let mut none = [f64::NEG_INFINITY; 4];
        probabilities(&mut none, 1.0);
        assert!(none.iter().all(|p| (p - 0.25).abs() < 1e-15));
        let mut cool = [0.0, 1.0];
        probabilities(&mut cool, 0.5);
        assert!((cool[1] / cool[0] - 2.0_f64.exp()).abs() < 1e-12);
    }
}
