//! Weights and idf side by side.

use rayon::prelude::*;

use super::{super::Weights, sums::Lanes};
use crate::{
    kernel::{self, Work},
    zeroed::Zeroed,
};

/// The largest numbers, without sign.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Largest {
    /// Of the packed weights.
    pub(super) packed: f64,
    /// Of the weights that they were made of.
    pub(super) weight: f64,
    pub(super) bias: f64,
}

impl Largest {
    fn or(self, other: Self) -> Self {
        Self {
            packed: self.packed.max(other.packed),
            weight: self.weight.max(other.weight),
            bias: self.bias.max(other.bias),
        }
    }

    pub(super) fn are_finite(self) -> bool {
        // Far from where single precision ends, so that sums of many do not get there.
        self.packed.max(self.weight) < 1e30 && self.bias.is_finite()
    }
}

/// The ids of terms, frequent ones first: by idf, in steps. Terms of a step keep their order.
pub(super) fn frequent_first(idf: &[f64]) -> Vec<u32> {
    const STEPS: usize = 256;
    // The idf of a term that a millionth of all documents hold is 15.
    let step = |idf: f64| ((idf * 16.0) as usize).min(STEPS - 1);
    let mut starts = [0_usize; STEPS + 1];
    for &idf in idf {
        starts[step(idf) + 1] += 1;
    }
    for at in 1..=STEPS {
        starts[at] += starts[at - 1];
    }
    let mut ids = vec![0; idf.len()];
    for (id, &idf) in idf.iter().enumerate() {
        let next = &mut starts[step(idf)];
        ids[*next] = id as u32;
        *next += 1;
    }
    ids
}

/// For each of these terms its idf and, for each class, its weight less the middle between the lowest
/// and the highest: the same for all classes, so that it tells none from another, and without it the
/// weights, and with them their roundings, are as small as can be. On the current pool.
pub(super) fn rows(
    weights: &Weights,
    use_idf: bool,
    ids: &[u32],
    stride: usize,
) -> (Zeroed<Lanes>, Largest) {
    /// Terms of a task.
    const MANY: usize = 1 << 12;
    let mut rows: Zeroed<Lanes> = Zeroed::new(ids.len() * stride);
    let tasks = rows.par_chunks_mut(MANY * stride).zip(ids.par_chunks(MANY));
    let largest = tasks
        .map(|(rows, ids)| {
            kernel::run(Packing {
                weights,
                use_idf,
                ids,
                rows,
                stride,
            })
        })
        .reduce(Largest::default, Largest::or);
    let bias = weights
        .linear
        .bias
        .iter()
        .fold(0.0, |largest: f64, bias| largest.max(bias.abs()));
    (rows, Largest { bias, ..largest })
}

struct Packing<'a> {
    weights: &'a Weights,
    use_idf: bool,
    ids: &'a [u32],
    rows: &'a mut [Lanes],
    stride: usize,
}

impl Work for Packing<'_> {
    type Output = Largest;

    #[inline(always)]
    fn run(self) -> Largest {
        /// How many terms ahead weights are asked for.
        const AHEAD: usize = 12;
        let k = self.weights.linear.bias.len();
        let (all, idf) = (&*self.weights.linear.weights, self.weights.tfidf.idf());
        let mut largest = Largest::default();
        for (at, (row, &id)) in self
            .rows
            .chunks_exact_mut(self.stride)
            .zip(self.ids)
            .enumerate()
        {
            // Terms of the same idf stand far apart.
            if let Some(&soon) = self.ids.get(at + AHEAD) {
                kernel::prefetch(idf, soon as usize);
                for line in (0..k).step_by(8) {
                    kernel::prefetch(all, soon as usize * k + line);
                }
            }
            let id = id as usize;
            let weights = &all[id * k..][..k];
            let (low, high) = ends(weights);
            let middle = f64::midpoint(low, high);
            let row = row.as_flattened_mut();
            row[0] = if self.use_idf { idf[id] as f32 } else { 1.0 };
            for (lane, weight) in row[1..].iter_mut().zip(weights) {
                *lane = (weight - middle) as f32;
            }
            largest = largest.or(Largest {
                packed: high - middle,
                weight: high.abs().max(low.abs()),
                bias: 0.0,
            });
        }
        largest
    }
}

/// The lowest and the highest, four at a time.
#[inline(always)]
fn ends(weights: &[f64]) -> (f64, f64) {
    let lower = |a: f64, b: f64| if a < b { a } else { b };
    let higher = |a: f64, b: f64| if a > b { a } else { b };
    let (mut low, mut high) = ([f64::INFINITY; 4], [f64::NEG_INFINITY; 4]);
    let (fours, rest) = weights.as_chunks::<4>();
    for four in fours {
        for at in 0..4 {
            low[at] = lower(four[at], low[at]);
            high[at] = higher(four[at], high[at]);
        }
    }
    let low = low.iter().chain(rest).copied().fold(f64::INFINITY, lower);
    let high = high
        .iter()
        .chain(rest)
        .copied()
        .fold(f64::NEG_INFINITY, higher);
    (low, high)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frequent_terms_come_first() {
        let ids = frequent_first(&[9.0, 1.0, 1e300, 1.01, 5.0, f64::INFINITY]);
        assert_eq!(ids, [1, 3, 4, 0, 2, 5]);
    }
}
