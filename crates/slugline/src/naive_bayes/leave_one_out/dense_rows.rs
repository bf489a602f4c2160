//! Sums of dense rows of weights in single precision, for many classes.

use crate::util::{
    huge_pages::Zeroed,
    simd::{self, Eight, EightWork},
};

/// The weights of some classes.
type Lanes = [f32; 8];
/// The vectors that a row is a multiple of, and that are added together: of few classes, and of many.
const STEPS: [usize; 2] = [4, 8];
/// From so many vectors on classes are many.
const MANY: usize = 16;
/// The vectors of a cache line.
const LANES_A_LINE: usize = 2;
/// So many rows are added while the next ones are asked for; as many as fit into the nearest cache.
const TOGETHER: usize = 16;

/// Rows of weights, each less its mean over the classes.
pub(super) struct DenseRows {
    rows: Zeroed<Lanes>,
    /// The vectors of a row.
    stride: usize,
}

impl DenseRows {
    /// From rows × classes.
    pub(super) fn less_mean(weights: &[f64], n_classes: usize) -> Self {
        let vectors = n_classes.div_ceil(8);
        let stride = vectors.next_multiple_of(STEPS[usize::from(vectors >= MANY)]);
        let mut rows = Zeroed::new(weights.len() / n_classes * stride);
        let pairs = weights.chunks_exact(n_classes);
        for (weights, row) in pairs.zip(rows.chunks_exact_mut(stride)) {
            let mean = weights.iter().sum::<f64>() / n_classes as f64;
            for (weight, lane) in weights.iter().zip(row.as_flattened_mut()) {
                *lane = (weight - mean) as f32;
            }
        }
        Self { rows, stride }
    }

    /// Adds these rows, each times a value, to the scores of the classes. The same bits on every machine.
    pub(super) fn add(&self, rows: &[(usize, f32)], scores: &mut [f64]) {
        let mut sums = vec![[0.0; 8]; self.stride];
        let adder = Adder {
            dense: self,
            rows,
            sums: &mut sums,
        };
        match self.stride < MANY {
            true => simd::run_eights(Steps::<{ STEPS[0] }>(adder)),
            false => simd::run_eights(Steps::<{ STEPS[1] }>(adder)),
        }
        for (score, sum) in scores.iter_mut().zip(sums.as_flattened()) {
            *score += f64::from(*sum);
        }
    }
}

struct Adder<'a> {
    dense: &'a DenseRows,
    rows: &'a [(usize, f32)],
    sums: &'a mut [Lanes],
}

/// Adds so many vectors together.
struct Steps<'a, const STEP: usize>(Adder<'a>);

impl<const STEP: usize> EightWork for Steps<'_, STEP> {
    type Output = ();

    #[inline(always)]
    fn run<V: Eight>(self) {
        let Adder { dense, rows, sums } = self.0;
        let (lanes, stride) = (&*dense.rows, dense.stride);
        let mut rows = rows.chunks(TOGETHER).peekable();
        while let Some(some) = rows.next() {
            for &(row, _) in rows.peek().copied().unwrap_or_default() {
                for lane in (0..stride).step_by(LANES_A_LINE) {
                    simd::prefetch(lanes, row * stride + lane);
                }
            }
            for (at, sums) in sums.chunks_exact_mut(STEP).enumerate() {
                let mut all = [V::all(0.0); STEP];
                for (all, sums) in all.iter_mut().zip(&*sums) {
                    *all = V::load(sums);
                }
                for &(row, value) in some {
                    let value = V::all(value);
                    for (all, lane) in all
                        .iter_mut()
                        .zip(&lanes[row * stride + at * STEP..][..STEP])
                    {
                        *all = all.plus(value.times(V::load(lane)));
                    }
                }
                for (sums, all) in sums.iter_mut().zip(all) {
                    all.store(sums);
                }
            }
        }
    }
}
