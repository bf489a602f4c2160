//! The mixture of one document in vectors: the same additions in the same order as term by term, those that do not
//! depend on each other side by side.
//!
//! Σ_j weight_j · P(t | j) is summed for sixteen terms at a time. So the numbers of the document's terms are copied,
//! label by label, first, which repays itself from the second step on.

use super::mixing::{LANES, Mixing, STEPS};
use crate::util::{
    math::{is_ordinary, ln, ln_of_ordinary},
    simd::{Eight, EightWork, Four},
};

/// Vectors of terms in a block: as many as the processor divides in flight.
const VECTORS: usize = 4;
/// Terms in a block.
const TERMS: usize = VECTORS * LANES;
/// A number for each term of a block.
type Block = [[f64; LANES]; VECTORS];
/// The maximum numbers of a document that are copied: 8 MiB.
const MOST: usize = 1 << 20;

/// Buffers that are kept between documents.
#[derive(Debug, Default, Clone)]
pub(crate) struct MixtureBuffers {
    pub(super) mixing: Mixing,
    /// Block by block: a row of P(t | c) for each label, then one of P(t | background).
    by_label: Vec<Block>,
    /// Block by block: 1 for each term, 0 behind the last.
    present: Vec<Block>,
}

impl MixtureBuffers {
    /// θ of each label in the document fitted last.
    pub(crate) fn shares(&self) -> &[f64] {
        &self.mixing.shares
    }
}

/// Whether a document of so many terms is fitted in vectors.
pub(super) fn fits(terms: usize, labels: usize) -> bool {
    terms.saturating_mul(labels + 1) <= MOST
}

/// Fits the shares of a document to its terms, given as rows of P(t | c), behind them P(t | background).
pub(super) struct Fit<'a> {
    pub(super) table: &'a [f64],
    pub(super) columns: &'a [u32],
    pub(super) labels: usize,
    pub(super) buffers: &'a mut MixtureBuffers,
}

impl EightWork for Fit<'_> {
    /// Σ_t ln(Σ_c θ_c · P(t | c) / P(t | background)).
    type Output = f64;

    #[inline(always)]
    fn run<V: Eight>(mut self) -> f64 {
        self.copy();
        let wide = self.labels + 1;
        let MixtureBuffers {
            mixing,
            by_label,
            present,
        } = self.buffers;
        let blocks = || by_label.chunks_exact(wide).zip(present.iter());
        mixing.start(self.labels);
        for _ in 0..STEPS {
            for (by_label, present) in blocks() {
                let mut weights = mixed::<V::Four>(&mixing.weights, by_label);
                for (weight, present) in weights.iter_mut().zip(present) {
                    *weight = V::Four::load(present).over(*weight);
                }
                for (sums, numbers) in mixing.sums.iter_mut().zip(by_label) {
                    let mut of_label = V::Four::load(sums);
                    for (weight, number) in weights.iter().zip(numbers) {
                        of_label = of_label.plus(weight.times(V::Four::load(number)));
                    }
                    of_label.store(sums);
                }
            }
            if !mixing.step() {
                break;
            }
        }
        let mut gains = [0.0; LANES];
        for (by_label, present) in blocks() {
            let mixed = mixed::<V::Four>(&mixing.shares, by_label);
            for ((mixed, numbers), present) in mixed.iter().zip(&by_label[self.labels]).zip(present)
            {
                let mut ratios = [0.0; LANES];
                mixed.over(V::Four::load(numbers)).store(&mut ratios);
                let logs = match ratios.iter().all(|ratio| is_ordinary(*ratio)) {
                    true => ln_of_ordinary(ratios),
                    false => ratios.map(ln),
                };
                for (gain, (present, log)) in gains.iter_mut().zip(present.iter().zip(logs)) {
                    *gain += present * log;
                }
            }
        }
        gains.iter().sum()
    }
}

impl Fit<'_> {
    /// Copies the numbers of the document's terms.
    #[inline(always)]
    fn copy(&mut self) {
        let wide = self.labels + 1;
        let MixtureBuffers {
            by_label, present, ..
        } = &mut *self.buffers;
        // Behind the last term: numbers whose logarithms and quotients are ordinary.
        by_label.clear();
        by_label.resize(
            self.columns.len().div_ceil(TERMS) * wide,
            [[1.0; LANES]; VECTORS],
        );
        present.clear();
        let blocks = by_label.chunks_exact_mut(wide);
        for (columns, by_label) in self.columns.chunks(TERMS).zip(blocks) {
            let mut all = [[0.0; LANES]; VECTORS];
            all.as_flattened_mut()[..columns.len()].fill(1.0);
            present.push(all);
            for (term, &column) in columns.iter().enumerate() {
                let row = &self.table[column as usize * wide..][..wide];
                for (numbers, number) in by_label.iter_mut().zip(row) {
                    numbers[term / LANES][term % LANES] = *number;
                }
            }
        }
    }
}

/// Σ_j weight_j · P(t | j) of each term of a block.
#[inline(always)]
fn mixed<F: Four>(weights: &[f64], by_label: &[Block]) -> [F; VECTORS] {
    let mut sums = [F::all(0.0); VECTORS];
    for (weight, numbers) in weights.iter().zip(by_label) {
        let weight = F::all(*weight);
        for (sum, numbers) in sums.iter_mut().zip(numbers) {
            *sum = sum.plus(weight.times(F::load(numbers)));
        }
    }
    sums
}
