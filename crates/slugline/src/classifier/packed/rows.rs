//! Weights and idf side by side.

use rayon::prelude::*;

use super::{
    super::Weights,
    sums::{LANES, Lanes, Number, PackedRows, SparseRows},
};
use crate::{
    kernel::{self, Work},
    naive_bayes::{Linear, Row, SPARSE, Sparse, View},
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

/// With fewer classes than this all rows are dense: adding one up takes no longer than two passes do.
const MANY_CLASSES: usize = 64;
/// A row is sparse where one class in so many has a number of its own, or fewer: adding eight numbers that lie
/// side by side takes as long as adding one to its class.
const FEW: usize = 8;

/// The ids of terms under their ranks, and how many have dense rows: these come first, and among each
/// kind the frequent ones, by idf, in steps. Terms of a step keep their order.
pub(super) fn ranks(idf: &[f64], linear: &Linear) -> (Vec<u32>, usize) {
    const STEPS: usize = 256;
    let k = linear.n_classes();
    let may_be_sparse = k >= MANY_CLASSES;
    let view = linear.view();
    let is_sparse = |id: usize| match view.row(id) {
        Row::Dense(_) => false,
        Row::Sparse { differences, .. } => differences.0.len() * FEW <= k,
    };
    let step = |(id, idf): (usize, &f64)| {
        let sparse = may_be_sparse && is_sparse(id);
        // The idf of a term that a millionth of all documents hold is 15.
        (((idf * 16.0) as usize).min(STEPS - 1) + usize::from(sparse) * STEPS) as u16
    };
    let steps: Vec<u16> = idf.iter().enumerate().map(step).collect();
    let mut starts = [0_usize; 2 * STEPS + 1];
    for &step in &steps {
        starts[step as usize + 1] += 1;
    }
    for at in 1..=2 * STEPS {
        starts[at] += starts[at - 1];
    }
    let dense = starts[STEPS];
    let mut ids = vec![0; idf.len()];
    for (id, &step) in steps.iter().enumerate() {
        let next = &mut starts[step as usize];
        ids[*next] = id as u32;
        *next += 1;
    }
    (ids, dense)
}

/// For each of these terms, of which so many have dense rows, its idf and, for each class, its weight less
/// what is the same for all classes: the middle between the lowest and the highest, or what all classes
/// have that know nothing of it. It tells no class from another, and without it the weights, and with them
/// their roundings, are as small as can be. On the current pool.
///
/// None where there are more numbers than can be pointed at.
pub(super) fn rows(
    weights: &Weights,
    use_idf: bool,
    ids: &[u32],
    dense: usize,
) -> Option<(PackedRows, Largest)> {
    /// Terms of a task.
    const MANY: usize = 1 << 12;
    let Weights { linear, tfidf, .. } = weights;
    let all_idf = tfidf.idf();
    let idf = |id: u32| match use_idf {
        true => all_idf[id as usize] as f32,
        false => 1.0,
    };
    let stride = (1 + linear.n_classes()).div_ceil(LANES);
    let base = Base::new(linear, stride);
    let (dense_ids, sparse_ids) = ids.split_at(dense);
    let mut rows: Zeroed<Lanes> = Zeroed::new(dense * stride);
    let tasks = rows.par_chunks_mut(MANY * stride);
    let largest = tasks
        .zip(dense_ids.par_chunks(MANY))
        .map(|(rows, ids)| {
            kernel::run(Packing {
                weights: linear.view(),
                base: &base,
                idf: &idf,
                ids,
                rows,
                stride,
            })
        })
        .reduce(|| base.largest, Largest::or);
    let bias = linear.bias.iter();
    let bias = bias.fold(0.0, |largest: f64, bias| largest.max(bias.abs()));
    let sparse = match &linear.sparse {
        Some(sparse) if !sparse_ids.is_empty() => {
            Some(sparse_rows(sparse, base, &idf, sparse_ids, dense)?)
        }
        _ => None,
    };
    let rows = PackedRows {
        dense: rows,
        stride,
        sparse,
    };
    Some((rows, Largest { bias, ..largest }))
}

/// What the sparse rows of a model have in common.
struct Base {
    /// In the place that a row has.
    lanes: Vec<Lanes>,
    middle: f64,
    /// Of all sparse rows.
    largest: Largest,
}

impl Base {
    fn new(linear: &Linear, stride: usize) -> Self {
        let mut base = Self {
            lanes: vec![[0.0; LANES]; stride],
            middle: 0.0,
            largest: Largest::default(),
        };
        if let Some(sparse) = &linear.sparse {
            let size = |values: &[f64]| values.iter().fold(0.0, |most: f64, v| most.max(v.abs()));
            let (low, high) = ends(&sparse.of_class);
            base.middle = f64::midpoint(low, high);
            let lanes = base.lanes.as_flattened_mut()[1..].iter_mut();
            for (lane, weight) in lanes.zip(&*sparse.of_class) {
                *lane = (weight - base.middle) as f32;
            }
            let difference = size(sparse.differences.values());
            base.largest = Largest {
                packed: high - base.middle + difference,
                weight: size(&sparse.of_term) + size(&sparse.of_class) + difference,
                bias: 0.0,
            };
        }
        base
    }
}

/// The sparse rows of these terms.
fn sparse_rows(
    sparse: &Sparse,
    base: Base,
    idf: &impl Fn(u32) -> f32,
    ids: &[u32],
    first: usize,
) -> Option<SparseRows> {
    let n = sparse.differences.values().len();
    u32::try_from(n).ok()?;
    let (places, all) = (&*sparse.places, sparse.differences.view());
    let mut heads = Vec::with_capacity(ids.len() + 1);
    let mut numbers = Vec::with_capacity(n);
    for &id in ids {
        let place = places[id as usize] & !SPARSE;
        let (classes, differences) = all.row(place as usize);
        heads.push([idf(id).to_bits(), numbers.len() as u32]);
        let pairs = classes.iter().zip(differences);
        numbers.extend(pairs.map(|(&class, &difference)| Number {
            lane: class + 1,
            number: difference as f32,
        }));
    }
    heads.push([0, numbers.len() as u32]);
    Some(SparseRows {
        first: first as u32,
        heads,
        numbers,
        of_class: base.lanes,
    })
}

struct Packing<'a, I> {
    weights: View<'a>,
    base: &'a Base,
    idf: &'a I,
    ids: &'a [u32],
    rows: &'a mut [Lanes],
    stride: usize,
}

impl<I: Fn(u32) -> f32> Work for Packing<'_, I> {
    type Output = Largest;

    #[inline(always)]
    fn run(self) -> Largest {
        /// How many terms ahead weights are asked for: terms of the same idf stand far apart.
        const AHEAD: usize = 12;
        let Self { weights, base, .. } = self;
        let mut largest = Largest::default();
        let rows = self.rows.chunks_exact_mut(self.stride);
        for (at, (row, &id)) in rows.zip(self.ids).enumerate() {
            if let Some(&soon) = self.ids.get(at + AHEAD) {
                weights.prefetch(soon as usize);
            }
            match weights.row(id as usize) {
                Row::Dense(weights) => {
                    let (low, high) = ends(weights);
                    let middle = f64::midpoint(low, high);
                    for (lane, weight) in row.as_flattened_mut()[1..].iter_mut().zip(weights) {
                        *lane = (weight - middle) as f32;
                    }
                    largest = largest.or(Largest {
                        packed: high - middle,
                        weight: high.abs().max(low.abs()),
                        bias: 0.0,
                    });
                }
                Row::Sparse {
                    of_class,
                    differences: (classes, differences),
                    ..
                } => {
                    row.copy_from_slice(&base.lanes);
                    let lanes = &mut row.as_flattened_mut()[1..];
                    for (&class, difference) in classes.iter().zip(differences) {
                        let class = class as usize;
                        lanes[class] = (of_class[class] - base.middle + difference) as f32;
                    }
                }
            }
            row[0][0] = (self.idf)(id);
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
    use crate::naive_bayes::ClassRows;

    #[test]
    fn dense_and_frequent_terms_come_first() {
        let idf = [9.0, 1.0, 1e300, 1.01, 5.0, f64::INFINITY];
        let mut linear = Linear::dense(vec![0.0], vec![0.0; 6]);
        assert_eq!(ranks(&idf, &linear), (vec![1, 3, 4, 0, 2, 5], 6));
        linear.sparse = Some(Sparse {
            places: [0, SPARSE, 1, SPARSE | 1, 2, SPARSE | 2].to_vec().into(),
            of_class: vec![0.0].into(),
            of_term: vec![0.0; 3].into(),
            differences: ClassRows::zero(1, 3),
        });
        assert_eq!(ranks(&idf, &linear), (vec![1, 3, 4, 0, 2, 5], 6));
        linear.bias = vec![0.0; MANY_CLASSES].into();
        linear.dense = vec![0.0; MANY_CLASSES * 3].into();
        assert_eq!(ranks(&idf, &linear), (vec![4, 0, 2, 1, 3, 5], 3));
    }
}
