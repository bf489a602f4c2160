//! The mixture of one document in vectors: the same additions in the same order as term by term, those that do not
//! depend on each other side by side.
//!
//! Σ_c θ_c · P(t | c) is summed for sixteen terms at a time, the parts of the labels for several labels at a time.
//! So the numbers of the document's terms are copied in both orders first, which repays itself from the second
//! step on.

use super::expectation::{STEPS, step};
use crate::util::simd::Work;

/// Terms in a block.
const TERMS: usize = 16;
/// The maximum numbers of a document that are copied, twice: 8 MiB each.
const MOST: usize = 1 << 20;

/// Buffers that are kept between documents.
#[derive(Debug, Default, Clone)]
pub(crate) struct MixtureBuffers {
    /// θ of each label.
    pub(crate) shares: Vec<f64>,
    /// The sum of each label, whole vectors of them.
    pub(super) parts: Vec<f64>,
    /// Block by block: a row of P(t | c) for each label, then one of P(t | background).
    by_label: Vec<[f64; TERMS]>,
    /// Block by block, for each vector of labels: their P(t | c) for each term.
    by_term: Vec<f64>,
    /// Block by block: the counts, 0 behind the last term.
    counts: Vec<[f64; TERMS]>,
}

/// Whether a document of so many terms is fitted in vectors.
pub(super) fn fits(terms: usize, labels: usize) -> bool {
    terms.saturating_mul(labels + 1) <= MOST
}

/// Fits the shares of a document to its terms, given as rows of P(t | c), behind them P(t | background), and counts.
/// Vectors of labels have `W` numbers.
pub(super) struct Fit<'a, const W: usize> {
    pub(super) table: &'a [f64],
    pub(super) columns: &'a [u32],
    pub(super) counts: &'a [f64],
    pub(super) labels: usize,
    pub(super) buffers: &'a mut MixtureBuffers,
}

impl<const W: usize> Work for Fit<'_, W> {
    /// Σ_t x_t · ln(Σ_c θ_c · P(t | c) / P(t | background)).
    type Output = f64;

    #[inline(always)]
    fn run(mut self) -> f64 {
        self.copy();
        let (k, terms) = (self.labels, self.columns.len());
        let vectors = k.div_ceil(W);
        let MixtureBuffers {
            shares,
            parts,
            by_label,
            by_term,
            counts,
        } = self.buffers;
        shares.clear();
        shares.resize(k, 1.0 / k as f64);
        shares.resize(vectors * W, 0.0);
        parts.resize(vectors * W, 0.0);
        let mut background = 0.5;
        for _ in 0..STEPS {
            parts.fill(0.0);
            let mut unexplained = 0.0;
            let topics = 1.0 - background;
            let blocks = by_label.chunks_exact(k + 1).zip(counts.iter());
            let blocks = blocks.zip(by_term.chunks_exact(vectors * TERMS * W));
            for (block, ((by_label, counts), by_term)) in blocks.enumerate() {
                let explained = explained(&shares[..k], by_label);
                let mut weights = [0.0; TERMS];
                let mut rests = [0.0; TERMS];
                for term in 0..TERMS {
                    let rest = background * by_label[k][term];
                    let part = counts[term] / (rest + topics * explained[term]);
                    rests[term] = part * rest;
                    weights[term] = part * topics;
                }
                let some = TERMS.min(terms - block * TERMS);
                let (by_term, _) = by_term.as_chunks::<W>();
                let (parts, _) = parts.as_chunks_mut::<W>();
                let (shares, _) = shares.as_chunks::<W>();
                for (vector, (parts, shares)) in parts.iter_mut().zip(shares).enumerate() {
                    let rows = &by_term[vector * TERMS..][..some];
                    let mut sums = *parts;
                    for (row, weight) in rows.iter().zip(&weights) {
                        for label in 0..W {
                            sums[label] += weight * shares[label] * row[label];
                        }
                    }
                    *parts = sums;
                }
                for rest in &rests[..some] {
                    unexplained += rest;
                }
            }
            if !step(&mut shares[..k], &parts[..k], unexplained, &mut background) {
                break;
            }
        }
        shares.truncate(k);
        let blocks = by_label.chunks_exact(k + 1).zip(counts.iter());
        let ratios = blocks.flat_map(|(by_label, counts)| {
            let explained = explained(shares, by_label);
            std::array::from_fn::<_, TERMS, _>(|term| {
                (counts[term], explained[term] / by_label[k][term])
            })
        });
        let gains = ratios.take(terms).map(|(count, ratio)| count * ratio.ln());
        gains.sum()
    }
}

impl<const W: usize> Fit<'_, W> {
    /// Copies the numbers of the document's terms.
    #[inline(always)]
    fn copy(&mut self) {
        let k = self.labels;
        let blocks = self.columns.len().div_ceil(TERMS);
        let size = k.div_ceil(W) * TERMS * W;
        let MixtureBuffers {
            by_label,
            by_term,
            counts,
            ..
        } = &mut *self.buffers;
        by_label.resize(blocks * (k + 1), [1.0; TERMS]);
        by_term.resize(blocks * size, 0.0);
        counts.clear();
        let of_blocks = by_label.chunks_exact_mut(k + 1);
        let of_blocks = of_blocks.zip(by_term.chunks_exact_mut(size));
        let columns = self.columns.chunks(TERMS).zip(self.counts.chunks(TERMS));
        for ((columns, some), (by_label, by_term)) in columns.zip(of_blocks) {
            let mut all = [0.0; TERMS];
            all[..some.len()].copy_from_slice(some);
            counts.push(all);
            for (term, &column) in columns.iter().enumerate() {
                let row = &self.table[column as usize * (k + 1)..][..=k];
                for (numbers, number) in by_label.iter_mut().zip(row) {
                    numbers[term] = *number;
                }
                for (vector, labels) in row[..k].chunks(W).enumerate() {
                    let first = (vector * TERMS + term) * W;
                    let (to, behind) = by_term[first..first + W].split_at_mut(labels.len());
                    to.copy_from_slice(labels);
                    behind.fill(0.0);
                }
            }
            // Whatever an earlier document left there must not slow the division.
            for numbers in by_label {
                numbers[columns.len()..].fill(1.0);
            }
        }
    }
}

/// Σ_c θ_c · P(t | c) of each term of a block.
#[inline(always)]
fn explained(shares: &[f64], by_label: &[[f64; TERMS]]) -> [f64; TERMS] {
    let mut sums = [0.0; TERMS];
    for (share, numbers) in shares.iter().zip(by_label) {
        for (sum, number) in sums.iter_mut().zip(numbers) {
            *sum += share * number;
        }
    }
    sums
}
