//! The sum of a row's weighted weights, a few classes at a time: the hot loop of prediction.

use super::linear::Linear;
use crate::kernel::{self, Work};

/// Values of a cache line.
const LINE: usize = 8;

impl Linear {
    /// As [`scores`](Self::scores), bit by bit: each score is added up over the columns in their
    /// order, whatever other scores are added up beside it.
    pub(crate) fn scores_of(&self, columns: &[u32], values: &[f64], scores: &mut [f64]) {
        scores.copy_from_slice(&self.bias);
        kernel::run(Row {
            columns,
            values,
            weights: &self.weights,
            scores,
        });
    }

    /// Asks for the weights of these columns ahead of [`scores_of`](Self::scores_of).
    pub(crate) fn prefetch(&self, columns: &[u32]) {
        let (k, weights) = (self.bias.len(), &*self.weights);
        for &column in columns {
            let at = column as usize * k;
            for line in (at..at + k).step_by(LINE) {
                kernel::prefetch(weights, line);
            }
            // Rows do not begin where lines do: the last weights may lie in one line more.
            kernel::prefetch(weights, at + k - 1);
        }
    }
}

struct Row<'a> {
    columns: &'a [u32],
    values: &'a [f64],
    weights: &'a [f64],
    scores: &'a mut [f64],
}

impl Work for Row<'_> {
    type Output = ();

    #[inline(always)]
    fn run(mut self) {
        let mut first = 0;
        loop {
            // As many as there are registers for, so that a row's weights are read once.
            let classes = self.scores.len() - first;
            match classes / 4 {
                0 => break,
                1 => self.add::<4>(&mut first),
                2 => self.add::<8>(&mut first),
                3 => self.add::<12>(&mut first),
                4 => self.add::<16>(&mut first),
                5 => self.add::<20>(&mut first),
                6 => self.add::<24>(&mut first),
                7 => self.add::<28>(&mut first),
                _ => self.add::<32>(&mut first),
            }
        }
        match self.scores.len() - first {
            1 => self.add::<1>(&mut first),
            2 => self.add::<2>(&mut first),
            3 => self.add::<3>(&mut first),
            _ => {}
        }
    }
}

impl Row<'_> {
    /// Adds to the scores of `N` classes, which stay in registers.
    #[inline(always)]
    fn add<const N: usize>(&mut self, class: &mut usize) {
        let (k, first) = (self.scores.len(), *class);
        *class += N;
        let Some(scores) = self.scores[first..].first_chunk_mut::<N>() else {
            return;
        };
        let mut sums = *scores;
        for (&column, &value) in self.columns.iter().zip(self.values) {
            // A zero says nothing, even where the weight is infinite (alpha = 0).
            if value == 0.0 {
                continue;
            }
            let at = column as usize * k + first;
            if let Some(weights) = self.weights[at..].first_chunk::<N>() {
                for (sum, weight) in sums.iter_mut().zip(weights) {
                    *sum += value * weight;
                }
            }
        }
        *scores = sums;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn bits_are_those_of_the_plain_loop(k in 1_usize..70, seed in any::<u32>()) {
            let number = |n: usize| f64::from(seed.wrapping_mul(n as u32 + 1) >> 7).sqrt() - 1e3;
            let linear = Linear {
                bias: (0..k).map(number).collect::<Vec<_>>().into(),
                weights: (0..k * 50).map(|n| number(n + k)).collect::<Vec<_>>().into(),
            };
            let columns: Vec<u32> = (0..50).filter(|column| seed >> (column % 31) & 1 == 1).collect();
            let values: Vec<f64> = columns.iter().map(|&c| if c % 7 == 0 { 0.0 } else { number(c as usize) / 1e4 }).collect();
            let (mut plain, mut quick) = (vec![0.0; k], vec![0.0; k]);
            linear.scores(columns.iter().copied().zip(values.iter().copied()), &mut plain);
            linear.prefetch(&columns);
            linear.scores_of(&columns, &values, &mut quick);
            let bits = |scores: &[f64]| scores.iter().map(|score| score.to_bits()).collect::<Vec<_>>();
            prop_assert_eq!(bits(&plain), bits(&quick));
        }
    }
}
