//! The linear form of all three models (a bias per class, a weight per feature and class), and probabilities from
//! scores.

use rayon::prelude::*;

use super::{
    class_rows::{self, ClassRow, ClassRows},
    evidence::Evidence,
    params::NaiveBayesParams,
};
use crate::{
    error::Result,
    util::{array::Array, simd},
};

/// score(class | x) = bias(class) + Σ_t x_t · weight(t, class).
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Linear {
    pub(crate) bias: Array<f64>,
    /// terms × classes: the rows of all terms, or of those that are not [`sparse`](Self::sparse).
    pub(crate) dense: Array<f64>,
    pub(crate) sparse: Option<Sparse>,
}

/// The rows of terms that occur in few classes:
/// weight(t, class) = of_term(t) + of_class(class) + difference(t, class), which is 0 for most.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Sparse {
    /// For each term the number of its row among the dense ones, or, with the bit [`SPARSE`], among the sparse.
    pub(crate) places: Array<u32>,
    pub(crate) of_class: Array<f64>,
    /// The common part of each sparse row.
    pub(crate) of_term: Array<f64>,
    pub(crate) differences: ClassRows,
}

/// The bit that marks the place of a sparse row.
pub(crate) const SPARSE: u32 = 1 << 31;

/// The weights of a term.
#[derive(Debug, Clone, Copy)]
pub(crate) enum WeightRow<'a> {
    Dense(&'a [f64]),
    Sparse {
        of_term: f64,
        of_class: &'a [f64],
        differences: ClassRow<'a>,
    },
}

/// The arrays as slices.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LinearView<'a> {
    k: usize,
    pub(super) dense: &'a [f64],
    pub(super) sparse: Option<SparseView<'a>>,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct SparseView<'a> {
    pub(super) places: &'a [u32],
    pub(super) of_class: &'a [f64],
    pub(super) of_term: &'a [f64],
    pub(super) differences: class_rows::ClassRowsView<'a>,
}

impl<'a> LinearView<'a> {
    /// The weights of a term.
    #[inline(always)]
    pub(crate) fn row(self, term: usize) -> WeightRow<'a> {
        let dense = |row: usize| WeightRow::Dense(&self.dense[row * self.k..][..self.k]);
        let Some(sparse) = self.sparse else {
            return dense(term);
        };
        let place = sparse.places[term];
        if place & SPARSE == 0 {
            return dense(place as usize);
        }
        let row = (place & !SPARSE) as usize;
        WeightRow::Sparse {
            of_term: sparse.of_term[row],
            of_class: sparse.of_class,
            differences: sparse.differences.row(row),
        }
    }

    /// Prefetches the weights of a term.
    #[inline(always)]
    pub(crate) fn prefetch(self, term: usize) {
        /// Values of a cache line.
        const LINE: usize = 8;
        match self.row(term) {
            WeightRow::Dense(weights) => {
                for line in (0..self.k).step_by(LINE) {
                    simd::prefetch(weights, line);
                }
                // Rows are not aligned to cache lines, so the last weights may be in one line more.
                simd::prefetch(weights, self.k - 1);
            }
            WeightRow::Sparse { differences, .. } => {
                simd::prefetch(differences.0, 0);
                simd::prefetch(differences.1, 0);
            }
        }
    }
}

impl WeightRow<'_> {
    /// Writes the weight of each class.
    pub(crate) fn write(self, weights: &mut [f64]) {
        match self {
            WeightRow::Dense(row) => weights.copy_from_slice(row),
            WeightRow::Sparse {
                of_term,
                of_class,
                differences: (classes, differences),
            } => {
                for (weight, of_class) in weights.iter_mut().zip(of_class) {
                    *weight = of_term + of_class;
                }
                for (&class, difference) in classes.iter().zip(differences) {
                    weights[class as usize] += difference;
                }
            }
        }
    }
}

impl Linear {
    /// A model whose rows are all dense.
    pub(crate) fn dense(bias: impl Into<Array<f64>>, weights: impl Into<Array<f64>>) -> Self {
        Self {
            bias: bias.into(),
            dense: weights.into(),
            sparse: None,
        }
    }

    pub(crate) fn n_classes(&self) -> usize {
        self.bias.len()
    }

    pub(crate) fn n_terms(&self) -> usize {
        match &self.sparse {
            None => self.dense.len() / self.n_classes().max(1),
            Some(sparse) => sparse.places.len(),
        }
    }

    /// The number of stored numbers in all rows.
    pub(crate) fn n_numbers(&self) -> usize {
        let sparse = self.sparse.as_ref();
        self.dense.len() + sparse.map_or(0, |sparse| sparse.differences.values().len())
    }

    pub(crate) fn view(&self) -> LinearView<'_> {
        LinearView {
            k: self.n_classes(),
            dense: &self.dense,
            sparse: self.sparse.as_ref().map(|sparse| SparseView {
                places: &sparse.places,
                of_class: &sparse.of_class,
                of_term: &sparse.of_term,
                differences: sparse.differences.view(),
            }),
        }
    }

    /// The weights of a term.
    pub(crate) fn row(&self, term: usize) -> WeightRow<'_> {
        self.view().row(term)
    }

    /// terms × classes: all weights.
    pub(crate) fn to_dense(&self) -> Vec<f64> {
        let k = self.n_classes();
        let mut all = vec![0.0; self.n_terms() * k];
        let view = self.view();
        for (term, weights) in all.chunks_exact_mut(k.max(1)).enumerate() {
            view.row(term).write(weights);
        }
        all
    }

    /// Fails where a number is NaN, naming the setting or the data that is the cause.
    pub(crate) fn check(&self, params: &NaiveBayesParams, sums: &Evidence) -> Result<()> {
        let nan_among_sparse = |sparse: &Sparse| {
            any_nan(&sparse.of_class)
                || any_nan(&sparse.of_term)
                || any_nan(sparse.differences.values())
        };
        if any_nan(&self.bias)
            || any_nan(&self.dense)
            || self.sparse.as_ref().is_some_and(nan_among_sparse)
        {
            return Err(params.why_no_number(sums));
        }
        Ok(())
    }

    /// Whether all numbers are finite.
    pub(crate) fn is_finite(&self) -> bool {
        let infinite = |values: &[f64]| any(values, |value| !value.is_finite());
        let among_sparse = |sparse: &Sparse| {
            infinite(&sparse.of_class)
                || infinite(&sparse.of_term)
                || infinite(sparse.differences.values())
        };
        !(infinite(&self.bias)
            || infinite(&self.dense)
            || self.sparse.as_ref().is_some_and(among_sparse))
    }
}

/// Whether a value is NaN. Runs on the current pool where this thread belongs to one.
fn any_nan(values: &[f64]) -> bool {
    any(values, f64::is_nan)
}

/// Whether a value is so. Runs on the current pool where this thread belongs to one.
fn any(values: &[f64], is_so: impl Fn(f64) -> bool + Sync) -> bool {
    const TOGETHER: usize = 1 << 14;
    // Without an early exit, so that the loop is vectorised.
    let any = |values: &[f64]| values.iter().fold(false, |any, &value| any | is_so(value));
    match rayon::current_thread_index() {
        Some(_) => values.par_chunks(TOGETHER).any(any),
        None => values.chunks(TOGETHER).any(any),
    }
}

/// The position of the highest score, the first of equals; of the first NaN where there is one, as in NumPy.
pub(crate) fn argmax(scores: &[f64]) -> usize {
    let (mut best, mut highest) = (0, f64::NEG_INFINITY);
    for (at, &score) in scores.iter().enumerate() {
        if score > highest {
            (best, highest) = (at, score);
        } else if score.is_nan() {
            return at;
        }
    }
    best
}

/// Turns scores, divided by the temperature, into log-probabilities.
pub(crate) fn tempered_log_probabilities(scores: &mut [f64], temperature: f64) {
    // Dividing by 1 changes no bit.
    for score in scores.iter_mut() {
        *score /= temperature;
    }
    log_probabilities(scores);
}

/// Turns scores into log-probabilities, s_c − ln Σ exp(s). The maximum is subtracted first, so that no
/// exponential overflows.
///
/// Where every score is −∞ (possible with `alpha = 0`), or one is NaN, all are NaN, as in scikit-learn.
pub(crate) fn log_probabilities(scores: &mut [f64]) {
    let highest = highest(scores);
    if !highest.is_finite() {
        // ∞ − ∞ is NaN; beside ∞ every other class is impossible.
        for score in scores {
            *score -= highest;
        }
        return;
    }
    let sum: f64 = scores.iter().map(|score| (score - highest).exp()).sum();
    let log_sum = sum.ln();
    for score in scores {
        // This order keeps small differences between huge scores.
        *score = *score - highest - log_sum;
    }
}

/// The highest score; NaN where one of them is.
fn highest(scores: &[f64]) -> f64 {
    match scores.iter().any(|score| score.is_nan()) {
        true => f64::NAN,
        false => scores.iter().copied().fold(f64::NEG_INFINITY, f64::max),
    }
}

/// Turns scores into the parts of a document that belong to each class: the probabilities, or equal parts where
/// these are NaN (see [`log_probabilities`]).
pub(crate) fn parts_of(scores: &mut [f64]) {
    match highest(scores).is_finite() {
        true => probabilities(scores, 1.0),
        false => scores.fill((-(scores.len() as f64).ln()).exp()),
    }
}

/// Turns scores, divided by the temperature, into probabilities, which sum to 1 (but see [`log_probabilities`]).
pub(crate) fn probabilities(scores: &mut [f64], temperature: f64) {
    tempered_log_probabilities(scores, temperature);
    for score in scores {
        *score = score.exp();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ties_go_to_the_first() {
        assert_eq!(argmax(&[1.0, 3.0, 3.0]), 1);
        assert_eq!(argmax(&[f64::NEG_INFINITY; 2]), 0);
        assert_eq!(argmax(&[1.0, f64::NAN, 3.0, f64::NAN]), 1);
        assert_eq!(argmax(&[f64::NAN, f64::INFINITY]), 0);
    }

    #[test]
    fn probabilities_of_huge_scores() {
        let mut scores = [-1e9, -1e9 + 1.0, f64::NEG_INFINITY];
        probabilities(&mut scores, 1.0);
        assert!((scores.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        assert!((scores[1] / scores[0] - std::f64::consts::E).abs() < 1e-6);
        let mut none = [f64::NEG_INFINITY; 4];
        parts_of(&mut none);
        assert!(none.iter().all(|p| (p - 0.25).abs() < 1e-15));
        for mut none in [
            [f64::NEG_INFINITY; 3],
            [1.0, f64::NAN, 2.0],
            [f64::NAN, f64::INFINITY, 1.0],
            [f64::NEG_INFINITY, 1.0, f64::NAN],
        ] {
            probabilities(&mut none, 1.0);
            assert!(none.iter().all(|p| p.is_nan()), "{none:?}");
        }
        let mut sure = [1.0, f64::INFINITY];
        probabilities(&mut sure, 1.0);
        assert!(sure[0] == 0.0 && sure[1].is_nan());
        let mut cool = [0.0, 1.0];
        probabilities(&mut cool, 0.5);
        assert!((cool[1] / cool[0] - 2.0_f64.exp()).abs() < 1e-12);
    }
}
