//! The best class, and the second-best score.

use crate::util::simd::Work;

/// The number of scores compared at a time.
const SIDE: usize = 4;

/// Finds the class with the highest bias + sum · part, and the score that comes second.
pub(super) struct TopTwo<'a> {
    pub(super) bias: &'a [f64],
    pub(super) sums: &'a [f32],
    pub(super) part: f64,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Two {
    pub(super) class: usize,
    pub(super) highest: f64,
    pub(super) second: f64,
}

impl Two {
    const NONE: Self = Self {
        class: 0,
        highest: f64::NEG_INFINITY,
        second: f64::NEG_INFINITY,
    };

    /// Without a branch, which could not be predicted.
    #[inline(always)]
    fn add(&mut self, class: usize, score: f64) {
        let higher = score > self.highest;
        let lower = if higher { self.highest } else { score };
        self.class = if higher { class } else { self.class };
        self.highest = if higher { score } else { self.highest };
        self.second = if lower > self.second {
            lower
        } else {
            self.second
        };
    }
}

impl Work for TopTwo<'_> {
    type Output = Two;

    #[inline(always)]
    fn run(self) -> Two {
        let score = |bias: f64, sum: f32| bias + f64::from(sum) * self.part;
        let (bias, bias_left) = self.bias.as_chunks::<SIDE>();
        let (sums, sums_left) = self.sums.as_chunks::<SIDE>();
        let mut side = [Two::NONE; SIDE];
        for (at, (bias, sums)) in bias.iter().zip(sums).enumerate() {
            for lane in 0..SIDE {
                side[lane].add(at * SIDE + lane, score(bias[lane], sums[lane]));
            }
        }
        let mut two = Two::NONE;
        for one in side {
            two.add(one.class, one.highest);
            two.add(one.class, one.second);
        }
        let first = bias.len() * SIDE;
        // Rows are padded beyond the classes, by whole chunks perhaps.
        let sums_left = self.sums.get(first..).unwrap_or(sums_left);
        for (at, (&bias, &sum)) in bias_left.iter().zip(sums_left).enumerate() {
            two.add(first + at, score(bias, sum));
        }
        two
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn are_the_two_highest(
            scores in prop::collection::vec((-9.0_f64..9.0, -9.0_f32..9.0), 1..40),
            more in 0_usize..9,
            part in 0.1_f64..2.0,
        ) {
            let (bias, mut sums): (Vec<f64>, Vec<f32>) = scores.iter().copied().unzip();
            // The padding does not count.
            sums.extend(vec![99.0; more]);
            let two = TopTwo { bias: &bias, sums: &sums, part }.run();
            let mut all: Vec<(f64, usize)> = scores.iter().enumerate().map(|(class, &(bias, sum))| (bias + f64::from(sum) * part, class)).collect();
            all.sort_by(|a, b| b.0.total_cmp(&a.0));
            prop_assert_eq!(two.highest.to_bits(), all[0].0.to_bits());
            let second = all.get(1).map_or(f64::NEG_INFINITY, |second| second.0);
            prop_assert_eq!(two.second.to_bits(), second.to_bits());
            prop_assert!(second.to_bits() == all[0].0.to_bits() || two.class == all[0].1);
        }
    }
}
