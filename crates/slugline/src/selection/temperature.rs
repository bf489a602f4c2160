//! The temperature of probabilities, from the scores of held-out documents.

use crate::{
    classifier::HOTTEST,
    util::{
        math::{exp_of_products, ln},
        simd::{self, Work},
    },
};

/// The size of the last step of Newton's method, in the logarithm of the temperature; the error after it is about
/// its square.
const NEAR: f64 = 1e-9;
/// The same where only the log-loss is needed: around the best temperature it is flat, and off by the square of this.
const NEAR_ENOUGH: f64 = 1e-3;

/// Scores and evidence of held-out documents.
#[derive(Debug, Default)]
pub(super) struct HeldOut {
    /// documents × labels: each score minus the highest of its document.
    below: Vec<f64>,
    /// The position of each document's true label.
    classes: Vec<usize>,
    /// Evidence of the documents of the topics, and of background documents.
    pub(super) topics: Vec<f64>,
    pub(super) background: Vec<f64>,
}

impl HeldOut {
    /// Adds the scores of a document of this class, one for each label, times `scale`.
    pub(super) fn add_scores(&mut self, scores: &[f64], scale: f64, class: usize) {
        // Infinite scores (alpha = 0) do not depend on the temperature.
        if scores.iter().all(|score| score.is_finite()) {
            let highest = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            // Times 1 changes no bit.
            self.below
                .extend(scores.iter().map(|score| (score - highest) * scale));
            self.classes.push(class);
        }
    }

    /// The mean log-loss at the best temperature.
    pub(super) fn log_loss(&self) -> f64 {
        let sum = simd::run(LogLoss(self, self.factor(NEAR_ENOUGH)));
        sum / self.classes.len().max(1) as f64
    }

    /// The temperature with the lowest log-loss.
    pub(super) fn temperature(&self) -> f64 {
        1.0 / self.factor(NEAR)
    }

    /// The factor of the scores with the lowest log-loss, which is convex in it: the zero of the slope, by Newton's
    /// method over the logarithm of the factor, within the bracket given by the signs of the slope.
    fn factor(&self, near: f64) -> f64 {
        let wanted = self.wanted();
        let (lowest, highest) = (-HOTTEST.ln(), HOTTEST.ln());
        let (mut low, mut high) = (lowest, highest);
        let mut zero = 0.0_f64;
        for _ in 0..100 {
            let factor = zero.exp();
            let (mean, variance) = simd::run(Moments(self, factor));
            let slope = mean - wanted;
            if slope == 0.0 {
                break;
            }
            *(if slope > 0.0 { &mut high } else { &mut low }) = zero;
            // Far from the zero a step can be arbitrarily long.
            let step = (-slope / (factor * variance)).clamp(-2.0, 2.0);
            let next = match zero + step {
                next if next >= high && high < highest => f64::midpoint(zero, high),
                next if next <= low && low > lowest => f64::midpoint(low, zero),
                next => next.clamp(lowest, highest),
            };
            let moved = (next - zero).abs();
            zero = next;
            if moved < near {
                break;
            }
        }
        zero.exp()
    }

    /// Σ Σ_c q_c · score_c, with q the true label, softened: 1 in n + 2 of it goes to the others (Platt
    /// 1999), so that a model that made no mistake on n documents is not taken to make none at all.
    fn wanted(&self) -> f64 {
        let doubt = 1.0 / (self.classes.len() as f64 + 2.0);
        let of_document = |(scores, &class): (&[f64], &usize)| {
            let others = (scores.len() - 1).max(1) as f64;
            let rest = (scores.iter().sum::<f64>() - scores[class]) / others;
            (1.0 - doubt) * scores[class] + doubt * rest
        };
        let scores = self.below.chunks_exact(self.n_labels());
        scores.zip(&self.classes).map(of_document).sum()
    }

    fn n_labels(&self) -> usize {
        (self.below.len() / self.classes.len().max(1)).max(1)
    }

    /// Calls `read` with each document's scores minus the highest, exp(`factor` · score) of each, and its class.
    #[inline(always)]
    fn each(&self, factor: f64, mut read: impl FnMut(&[f64], &[f64], usize)) {
        /// The number of exponentials taken at once: few enough to stay in the nearest cache.
        const AT_ONCE: usize = 512;
        let k = self.n_labels();
        let documents = (AT_ONCE / k).max(1);
        let mut powers = vec![0.0; documents * k];
        let blocks = self.below.chunks(documents * k);
        for (scores, classes) in blocks.zip(self.classes.chunks(documents)) {
            exp_of_products(scores, factor, &mut powers);
            let of_documents = scores.chunks_exact(k).zip(powers.chunks_exact(k));
            for ((scores, powers), &class) in of_documents.zip(classes) {
                read(scores, powers, class);
            }
        }
    }
}

/// The sums of the scores' means and variances under softmax(factor · scores): the slope of the log-loss is the
/// first minus [`HeldOut::wanted`], and the derivative of the slope is the second.
struct Moments<'a>(&'a HeldOut, f64);

impl Work for Moments<'_> {
    type Output = (f64, f64);

    #[inline(always)]
    fn run(self) -> (f64, f64) {
        let (mut means, mut variances) = (0.0, 0.0);
        self.0.each(self.1, |scores, powers, _| {
            let (mut sum, mut first, mut second) = (0.0, 0.0, 0.0);
            for (score, power) in scores.iter().zip(powers) {
                sum += power;
                let part = power * score;
                first += part;
                second += part * score;
            }
            let mean = first / sum;
            means += mean;
            variances += second / sum - mean * mean;
        });
        (means, variances)
    }
}

/// Σ −ln softmax(factor · scores) of the true labels.
struct LogLoss<'a>(&'a HeldOut, f64);

impl Work for LogLoss<'_> {
    type Output = f64;

    #[inline(always)]
    fn run(self) -> f64 {
        let mut loss = 0.0;
        self.0.each(self.1, |_, powers, class| {
            let probability = powers[class] / powers.iter().sum::<f64>();
            loss -= ln(probability.max(f64::EPSILON));
        });
        loss
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn held_out(documents: &[(Vec<f64>, usize)]) -> HeldOut {
        let mut held_out = HeldOut::default();
        for (scores, class) in documents {
            held_out.add_scores(scores, 1.0, *class);
        }
        held_out
    }

    #[test]
    fn the_temperature_has_the_lowest_log_loss() {
        // Three in four right at a distance of 4, and a sixth of doubt: (3 · 5/6 + 1/6) / 4 is 2/3, and
        // odds of 2 : 1 need a distance of ln 2.
        let document = |class| (vec![0.0, 4.0], class);
        let held_out = held_out(&[document(1), document(1), document(1), document(0)]);
        assert!((held_out.temperature() - 4.0 / 2.0_f64.ln()).abs() < 1e-9);
    }

    #[test]
    fn where_nothing_tells_temperatures_apart() {
        assert!((HeldOut::default().temperature() - 1.0).abs() < 1e-12);
        assert_eq!(HeldOut::default().log_loss().to_bits(), 0);
        let even = held_out(&[(vec![2.0; 3], 1)]);
        assert!((even.temperature() - 1.0).abs() < 1e-12);
        assert!((even.log_loss() - 3.0_f64.ln()).abs() < 1e-12);
        // Scores that are always wrong: as hot as can be.
        let wrong = held_out(&vec![(vec![0.0, 1.0], 0); 50]);
        assert!((wrong.temperature() / HOTTEST - 1.0).abs() < 1e-9);
        let tiny = held_out(&vec![(vec![0.0, 1e-9], 1); 50]);
        assert!((tiny.temperature() * HOTTEST - 1.0).abs() < 1e-9);
    }

    proptest! {
        /// Against halving, by the plain definition.
        #[test]
        fn is_the_zero_of_the_slope(
            rows in prop::collection::vec((prop::collection::vec(-30.0_f64..0.0, 3), 0_usize..3), 1..40),
            scale in -6_i32..3,
        ) {
            let scale = 2.0_f64.powi(scale);
            let rows: Vec<(Vec<f64>, usize)> = rows
                .into_iter()
                .map(|(scores, class)| {
                    // Below the highest, whose power is 1: all of them could be as good as 0.
                    let highest = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                    (scores.into_iter().map(|score| (score - highest) * scale).collect(), class)
                })
                .collect();
            let doubt = 1.0 / (rows.len() as f64 + 2.0);
            let slope = |log: f64| -> f64 {
                let factor = log.exp();
                rows.iter().map(|(scores, class)| {
                    let powers: Vec<f64> = scores.iter().map(|score| (factor * score).exp()).collect();
                    let sum: f64 = powers.iter().sum();
                    let of_class = |at: usize| match at == *class {
                        true => 1.0 - doubt,
                        false => doubt / 2.0,
                    };
                    (0..3).map(|at| scores[at] * (powers[at] / sum - of_class(at))).sum::<f64>()
                }).sum()
            };
            let (mut low, mut high) = (-HOTTEST.ln(), HOTTEST.ln());
            for _ in 0..60 {
                let middle = f64::midpoint(low, high);
                *(if slope(middle) > 0.0 { &mut high } else { &mut low }) = middle;
            }
            let found = held_out(&rows);
            let off = found.temperature().ln() + low;
            prop_assert!(off.abs() < 1e-6, "{} {}", found.temperature(), (-low).exp());
            let loss: f64 = rows.iter().map(|(scores, class)| {
                let powers: Vec<f64> = scores.iter().map(|score| (low.exp() * score).exp()).collect();
                -(powers[*class] / powers.iter().sum::<f64>()).max(f64::EPSILON).ln()
            }).sum();
            prop_assert!((found.log_loss() - loss / rows.len() as f64).abs() < 1e-4);
        }
    }
}
