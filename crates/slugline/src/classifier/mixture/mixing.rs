//! The steps of expectation–maximisation, whichever way the sums over a document's terms are taken.

/// The sums over the terms are taken in so many parts, term t in part t mod `LANES`, and then added: parts do not
/// wait for each other.
pub(super) const LANES: usize = 4;
/// The maximum number of steps.
pub(super) const STEPS: usize = 100;
/// The strength of the prior towards equal shares: so much of the evidence for the topics counts for all alike.
/// Without it the most likely mixture leaves out a topic that a smaller part of an article is about. Of the 97 held-out
/// articles about two topics (`datasets/topics`) 0.82 have both at a share of at least 0.2 with 0.05, 0.89 with 0.07 and
/// with 0.08; of articles about one topic 0.11, 0.14 and 0.16 have a second one.
const EVEN: f64 = 0.07;
/// The shares have converged when a step changes them by less than this.
const STILL: f64 = 1e-4;

/// The weights of the mixture between two steps.
#[derive(Debug, Default, Clone)]
pub(super) struct Mixing {
    /// θ of each label.
    pub(super) shares: Vec<f64>,
    /// (1 − λ) · θ of each label, behind them λ.
    pub(super) weights: Vec<f64>,
    /// Σ_t x_t · P(t | j) / Σ_i weight_i · P(t | i) for each label and the background, j, in parts. Zeros before a
    /// step.
    pub(super) sums: Vec<[f64; LANES]>,
    /// λ.
    background: f64,
}

impl Mixing {
    /// Equal shares of `labels`, and a background of a half.
    pub(super) fn start(&mut self, labels: usize) {
        self.shares.clear();
        self.shares.resize(labels, 1.0 / labels as f64);
        self.background = 0.5;
        self.weigh();
    }

    /// Sets the shares, and the part of the background, to what they explain of the terms, by the sums; false where
    /// there is nothing to explain (the shares stay), or where they have converged.
    #[inline(always)]
    pub(super) fn step(&mut self) -> bool {
        let labels = self.shares.len();
        let sums = self.sums.iter().map(|sums| sums.iter().sum::<f64>());
        // Without 1 − λ, which rounds to 0 before the shares have converged.
        for ((weight, share), sum) in self.weights.iter_mut().zip(&self.shares).zip(sums) {
            *weight = share * sum;
        }
        let parts = &self.weights[..labels];
        let explained: f64 = parts.iter().sum();
        let by_background = self.background * self.sums[labels].iter().sum::<f64>();
        let by_topics = (1.0 - self.background) * explained;
        let all = by_background + by_topics;
        // Probabilities of a model file at the limits of a double can add up to anything.
        if explained <= 0.0 || all <= 0.0 || !all.is_finite() {
            return false;
        }
        let even = 1.0 / labels as f64;
        let mut moved: f64 = 0.0;
        for (share, part) in self.shares.iter_mut().zip(parts) {
            let new = (part + EVEN * explained * even) / (explained * (1.0 + EVEN));
            moved = moved.max((new - *share).abs());
            *share = new;
        }
        let background = by_background / all;
        moved = moved.max((background - self.background).abs());
        self.background = background;
        self.weigh();
        moved >= STILL
    }

    #[inline(always)]
    fn weigh(&mut self) {
        self.weights.clear();
        let topics = 1.0 - self.background;
        self.weights
            .extend(self.shares.iter().map(|share| topics * share));
        self.weights.push(self.background);
        self.sums.clear();
        self.sums.resize(self.weights.len(), [0.0; LANES]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_converge_where_the_background_explains_all() {
        // (P(t | c), P(t | background)) of the only term of a text.
        for (topics, background) in [([0.2, 0.1], 0.9), ([0.02, 0.019], 0.9), ([2e-9, 1e-9], 0.9)] {
            let mut mixing = Mixing::default();
            mixing.start(2);
            let mut left = STEPS;
            loop {
                let rows = [topics[0], topics[1], background];
                let mixed: f64 = mixing.weights.iter().zip(rows).map(|(a, b)| a * b).sum();
                for (sums, p) in mixing.sums.iter_mut().zip(rows) {
                    sums[0] = p / mixed;
                }
                left -= 1;
                if !mixing.step() || left == 0 {
                    break;
                }
            }
            let mixed = mixing.shares[0] * topics[0] + mixing.shares[1] * topics[1];
            for (share, p) in mixing.shares.iter().zip(topics) {
                let next = (share * p / mixed + EVEN / 2.0) / (1.0 + EVEN);
                assert!(
                    (next - share).abs() < STILL,
                    "{topics:?}: {:?}",
                    mixing.shares
                );
            }
        }
    }

    #[test]
    fn shares_stay_where_nothing_can_be_explained() {
        for sum in [0.0, f64::INFINITY, f64::NAN] {
            let mut mixing = Mixing::default();
            mixing.start(2);
            mixing.sums[0][1] = sum;
            assert!(!mixing.step(), "{sum}");
            assert_eq!(mixing.shares, [0.5, 0.5], "{sum}");
        }
    }
}
