//! The rows of packed weights, with the idf beside them.

use rayon::prelude::*;

use super::{
    lanes::{HEAD, LANES, Lanes, QuantizationStep, RowHead, Sums},
    sums::{QuantizedRows, SparseNumber, SparseRows},
};
use crate::{
    classifier::weights::Weights,
    naive_bayes::{Linear, LinearView, SPARSE, Sparse, WeightRow},
    util::{
        huge_pages::Zeroed,
        simd::{self, Work},
    },
};

/// The largest absolute values.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Largest {
    /// The largest packed weight.
    pub(super) quantized: f64,
    /// The largest weight before packing.
    pub(super) weight: f64,
    pub(super) bias: f64,
    /// The largest idf.
    pub(super) idf: f64,
}

impl Largest {
    fn or(self, other: Self) -> Self {
        Self {
            quantized: self.quantized.max(other.quantized),
            weight: self.weight.max(other.weight),
            bias: self.bias.max(other.bias),
            idf: self.idf.max(other.idf),
        }
    }

    pub(super) fn are_finite(self) -> bool {
        // Times the largest idf and 2³² words it is far below the largest number of single precision.
        self.quantized.max(self.weight) < 1e20 && self.bias.is_finite()
    }
}

/// The vectors of a dense row of this many classes. Three quarters of a cache line are padded to a whole one:
/// otherwise half of the rows would lie in two, and labels with 20 classes take 3 % longer.
fn stride(classes: usize) -> usize {
    match (HEAD + classes).div_ceil(LANES) {
        3 => 4,
        lanes => lanes,
    }
}

/// The rows of these terms, of which the first `dense` are dense: the idf and, for each class, the weight in steps
/// of a 32,767th of the row's largest, minus a part that all classes share: the middle between the lowest and the
/// highest weight, or in sparse rows the weight of the classes without the term. That part changes no label, and
/// without it weights and their rounding errors are as small as possible. Runs on the current pool.
///
/// None where there are more numbers than a 32-bit index can address.
pub(super) fn rows(
    weights: &Weights,
    use_idf: bool,
    ids: &[u32],
    dense: usize,
) -> Option<(QuantizedRows, Largest)> {
    /// Terms per task.
    const MANY: usize = 1 << 12;
    let Weights { linear, tfidf, .. } = weights;
    let all_idf = tfidf.idf();
    let idf = |id: u32| match use_idf {
        true => all_idf[id as usize],
        false => 1.0,
    };
    let stride = stride(linear.n_classes());
    let base = Base::new(linear, stride);
    let (dense_ids, sparse_ids) = ids.split_at(dense);
    u32::try_from(dense.checked_mul(stride)?).ok()?;
    let mut rows: Zeroed<Lanes> = Zeroed::new(dense * stride);
    let tasks = rows.par_chunks_mut(MANY * stride);
    let largest = tasks
        .zip(dense_ids.par_chunks(MANY))
        .map(|(rows, ids)| {
            simd::run(Quantizing {
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
    let largest_idf = ids
        .iter()
        .fold(0.0, |most: f64, &id| most.max(idf(id).abs()));
    let rows = QuantizedRows {
        dense: rows,
        stride,
        sparse,
    };
    let largest = Largest {
        bias,
        idf: largest_idf,
        ..largest
    };
    Some((rows, largest))
}

/// The common part of the sparse rows of a model.
struct Base {
    /// One number per class, laid out as a dense row.
    lanes: Vec<Sums>,
    middle: f64,
    /// The largest of the lanes.
    reach: f64,
    /// The largest values of all sparse rows.
    largest: Largest,
}

impl Base {
    fn new(linear: &Linear, stride: usize) -> Self {
        let mut base = Self {
            lanes: vec![[0.0; LANES]; stride],
            middle: 0.0,
            reach: 0.0,
            largest: Largest::default(),
        };
        if let Some(sparse) = &linear.sparse {
            let size = |values: &[f64]| values.iter().fold(0.0, |most: f64, v| most.max(v.abs()));
            let (low, high) = ends(&sparse.of_class);
            (base.middle, base.reach) = middle(low, high);
            let lanes = base.lanes.as_flattened_mut()[HEAD..].iter_mut();
            for (lane, weight) in lanes.zip(&*sparse.of_class) {
                *lane = (weight - base.middle) as f32;
            }
            let difference = size(sparse.differences.values());
            base.largest = Largest {
                quantized: base.reach + difference,
                weight: size(&sparse.of_term) + size(&sparse.of_class) + difference,
                ..Largest::default()
            };
        }
        base
    }
}

/// The sparse rows of these terms.
fn sparse_rows(
    sparse: &Sparse,
    base: Base,
    idf: &impl Fn(u32) -> f64,
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
        heads.push([(idf(id) as f32).to_bits(), numbers.len() as u32]);
        let pairs = classes.iter().zip(differences);
        numbers.extend(pairs.map(|(&class, &difference)| SparseNumber {
            lane: class + HEAD as u32,
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

struct Quantizing<'a, I> {
    weights: LinearView<'a>,
    base: &'a Base,
    idf: &'a I,
    ids: &'a [u32],
    rows: &'a mut [Lanes],
    stride: usize,
}

impl<I: Fn(u32) -> f64> Work for Quantizing<'_, I> {
    type Output = Largest;

    #[inline(always)]
    fn run(self) -> Largest {
        /// The distance of prefetching, in terms: terms of the same idf lie far apart.
        const AHEAD: usize = 12;
        let Self { weights, base, .. } = self;
        let mut largest = Largest::default();
        let rows = self.rows.chunks_exact_mut(self.stride);
        for (at, (row, &id)) in rows.zip(self.ids).enumerate() {
            if let Some(&soon) = self.ids.get(at + AHEAD) {
                weights.prefetch(soon as usize);
            }
            let step = match weights.row(id as usize) {
                WeightRow::Dense(weights) => {
                    let (low, high) = ends(weights);
                    let (middle, reach) = middle(low, high);
                    let step = QuantizationStep::new(reach);
                    for (lane, weight) in row.as_flattened_mut()[HEAD..].iter_mut().zip(weights) {
                        *lane = step.number(weight - middle);
                    }
                    largest = largest.or(Largest {
                        quantized: reach,
                        weight: high.abs().max(low.abs()),
                        ..Largest::default()
                    });
                    step
                }
                WeightRow::Sparse {
                    of_class,
                    differences: (classes, differences),
                    ..
                } => {
                    let pairs = || classes.iter().zip(differences);
                    let weight = |class: u32| of_class[class as usize] - base.middle;
                    let reach = pairs().fold(base.reach, |reach, (&class, difference)| {
                        reach.max((weight(class) + difference).abs())
                    });
                    let step = QuantizationStep::new(reach);
                    let lanes = &mut row.as_flattened_mut()[HEAD..];
                    for (lane, of_class) in lanes.iter_mut().zip(of_class) {
                        *lane = step.number(of_class - base.middle);
                    }
                    for (&class, difference) in pairs() {
                        lanes[class as usize] = step.number(weight(class) + difference);
                    }
                    step
                }
            };
            let idf = (self.idf)(id);
            RowHead {
                idf: idf as f32,
                step: (idf * step.step) as f32,
            }
            .write(&mut row[0]);
        }
        largest
    }
}

/// The middle between two numbers, and how far the farther one is from it: where both differ in their last bit, the
/// middle is one of them.
#[inline(always)]
fn middle(low: f64, high: f64) -> (f64, f64) {
    let middle = 0.5 * (low + high);
    let (above, below) = (high - middle, middle - low);
    (middle, if above > below { above } else { below })
}

/// The lowest and the highest weight, four at a time.
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
