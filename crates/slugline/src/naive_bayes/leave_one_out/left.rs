//! Scores from the sums without the document, a few classes at a time.

use super::Document;
use crate::{
    naive_bayes::params::{Alpha, NaiveBayesParams},
    util::{
        math::{is_ordinary, ln, ln_of_all_ordinary, ln_of_ordinary},
        simd::Work,
    },
};

/// α_t.
pub(super) struct Smoothing {
    /// The smoothing of terms without one of their own.
    same: f64,
    each: Vec<f64>,
}

impl Smoothing {
    pub(super) fn new(params: &NaiveBayesParams, n_features: usize) -> Self {
        let each = match params.alpha {
            Alpha::Scalar(_) => 0,
            Alpha::PerFeature(_) => n_features,
        };
        Self {
            same: match params.alpha {
                Alpha::Scalar(_) => params.alpha_of(0),
                Alpha::PerFeature(_) => 0.0,
            },
            each: (0..each).map(|feature| params.alpha_of(feature)).collect(),
        }
    }

    #[inline(always)]
    pub(super) fn of(&self, column: usize) -> f64 {
        self.each.get(column).copied().unwrap_or(self.same)
    }

    /// Whether every finite sum plus its smoothing is an ordinary number (`math::is_ordinary`).
    pub(super) fn is_ordinary(&self) -> bool {
        match self.each.is_empty() {
            true => is_ordinary(self.same),
            false => self.each.iter().all(|&alpha| is_ordinary(alpha)),
        }
    }
}

/// So many terms have their logarithms taken together, where classes are few.
const TERMS: usize = 4;

/// Adds the contributions of a document's terms to its scores, from the sums without it.
pub(super) struct LeaveOneOutTerms<'a> {
    /// N_ct, feature by feature.
    pub(super) counts: &'a [f64],
    /// Σ_c N_ct.
    pub(super) of_terms: &'a [f64],
    pub(super) smoothing: &'a Smoothing,
    /// Σ_t of each class, smoothing and the document's part included.
    pub(super) total: &'a [f64],
    /// With normalised weights of a complement model Σ_t ln(Ñ_ct + α_t), the document's part included.
    pub(super) logs: Option<&'a [f64]>,
    pub(super) document: Document<'a>,
    pub(super) scores: &'a mut [f64],
}

/// The logarithms that a model takes, as const parameters: a branch for each term would cost as much as a
/// logarithm.
pub(super) struct Logarithms<'a, const OTHERS: bool, const NORM: bool, const ORDINARY: bool>(
    pub(super) LeaveOneOutTerms<'a>,
);

impl<const OTHERS: bool, const NORM: bool, const ORDINARY: bool> Work
    for Logarithms<'_, OTHERS, NORM, ORDINARY>
{
    type Output = ();

    #[inline(always)]
    fn run(mut self) {
        let mut first = 0;
        while first < self.0.scores.len() {
            // As many classes as fit into registers with the steps of their logarithms: few where each term
            // takes two logarithms, or where sums need not be ordinary numbers.
            let most = if NORM || !ORDINARY { 4 } else { usize::MAX };
            first += match (self.0.scores.len() - first).min(most) {
                1 => self.add::<1>(first),
                2 | 3 => self.add::<2>(first),
                4..8 => self.add::<4>(first),
                8..16 => self.add::<8>(first),
                _ => self.add::<16>(first),
            };
        }
    }
}

impl<const OTHERS: bool, const NORM: bool, const ORDINARY: bool>
    Logarithms<'_, OTHERS, NORM, ORDINARY>
{
    /// The sums of a term for the classes from `first` on, the document's part included.
    #[inline(always)]
    fn sums<const N: usize>(&self, column: usize, first: usize) -> [f64; N] {
        let at = column * self.0.total.len() + first;
        let counts = self.0.counts[at..].first_chunk::<N>();
        let mut sums = counts.copied().unwrap_or([0.0; N]);
        if OTHERS {
            let all = self.0.of_terms[column];
            sums = sums.map(|count| all - count);
        }
        sums
    }

    /// Adds to the scores of `N` classes; returns `N`.
    #[inline(always)]
    fn add<const N: usize>(&mut self, first: usize) -> usize {
        let logs_of = |numbers: [f64; N]| match ORDINARY {
            true => ln_of_ordinary(numbers),
            false => numbers.map(ln),
        };
        let LeaveOneOutTerms { document, .. } = self.0;
        // The weight of the document in each of the sums.
        let mut holds = [0.0; N];
        for (class, holds) in (first..).zip(&mut holds) {
            if (class == document.class) != OTHERS {
                *holds = document.weight;
            }
        }
        let (mut said, mut longer) = ([0.0; N], [0.0; N]);
        let (mut values, mut parts) = (0.0, 0.0);
        // Logarithms of few classes do not fill the registers: those of some terms are taken together.
        let together = if N <= 4 && ORDINARY && !NORM {
            TERMS
        } else {
            1
        };
        let columns = document.columns.chunks(together);
        let others = document
            .values
            .chunks(together)
            .zip(document.parts.chunks(together));
        for (columns, (of_values, of_parts)) in columns.zip(others) {
            let mut left = [[1.0; N]; TERMS];
            for ((left, &column), &part) in left.iter_mut().zip(columns).zip(of_parts) {
                let column = column as usize;
                let alpha = self.0.smoothing.of(column);
                let sums = self.sums::<N>(column, first);
                for ((left, sum), holds) in left.iter_mut().zip(sums).zip(&holds) {
                    // Rounding may leave a number below 0.
                    *left = (sum - part * holds).max(0.0) + alpha;
                }
                parts += part;
            }
            match together {
                TERMS => ln_of_all_ordinary(left.as_flattened_mut()),
                _ => left[0] = logs_of(left[0]),
            }
            for ((logs, &column), &value) in left.iter().zip(columns).zip(of_values) {
                values += value;
                // A value of 0 contributes nothing, even where the logarithm is infinite (alpha = 0).
                if value != 0.0 {
                    for (said, log) in said.iter_mut().zip(logs) {
                        *said += value * log;
                    }
                }
                if NORM {
                    let column = column as usize;
                    let alpha = self.0.smoothing.of(column);
                    let sums = self.sums::<N>(column, first);
                    let before = logs_of(sums.map(|sum| sum.max(0.0) + alpha));
                    for ((longer, log), before) in longer.iter_mut().zip(logs).zip(before) {
                        *longer += log - before;
                    }
                }
            }
        }
        let mut lost = holds.map(|holds| holds * parts);
        for &column in document.gone {
            // The term's smoothing goes with it, in every class.
            let column = column as usize;
            let alpha = self.0.smoothing.of(column);
            let sums = self.sums::<N>(column, first);
            for (lost, sum) in lost.iter_mut().zip(&sums) {
                *lost += sum + alpha;
            }
            if NORM {
                let before = logs_of(sums.map(|sum| sum.max(0.0) + alpha));
                for (longer, before) in longer.iter_mut().zip(before) {
                    *longer -= before;
                }
            }
        }
        let n_left = self.0.counts.len() / self.0.total.len() - document.gone.len();
        for (at, score) in self.0.scores[first..first + N].iter_mut().enumerate() {
            if values == 0.0 {
                continue;
            }
            let log_total = ln((self.0.total[first + at] - lost[at]).max(0.0));
            let log_likelihood = said[at] - values * log_total;
            *score += match self.0.logs {
                _ if !OTHERS => log_likelihood,
                None => -log_likelihood,
                Some(logs) => {
                    let length = logs[first + at] + longer[at] - n_left as f64 * log_total;
                    log_likelihood / length
                }
            };
        }
        N
    }
}
