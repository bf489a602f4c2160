//! Leave-one-out: the scores of a training document under the model without it.
//!
//! A model is a sum over documents, so a document is removed by subtracting its values from the sums of its
//! terms. Beside them a score needs totals over all terms, but no derived weights.

mod bernoulli;
mod dense_rows;
mod left;
mod multinomial;
mod near;
mod near_two;

use super::{
    derive,
    evidence::Evidence,
    linear::Linear,
    params::{Model, NaiveBayesParams},
};
use crate::{
    error::Result,
    util::{
        huge_pages::Zeroed,
        math::ln,
        simd::{self, Work},
    },
};
use bernoulli::BernoulliLeaveOneOut;
use left::{LeaveOneOutTerms, Logarithms, Smoothing};
use multinomial::MultinomialLeaveOneOut;
use near::NearComplement;
use near_two::NearTwo;

/// Totals that do not depend on the document or the smoothing.
pub(crate) struct Totals {
    sums: Evidence,
    /// The sums of the features, zeros included, since any class can be needed; empty where scores are
    /// [near](LeaveOneOut::near).
    counts: Zeroed<f64>,
    /// The sums of all classes for each term.
    of_terms: Vec<f64>,
    /// For each class the sums of all terms: its own, or of a complement model those of the other classes.
    of_classes: Vec<f64>,
}

impl Totals {
    pub(crate) fn new(model: Model, sums: Evidence) -> Self {
        let k = sums.n_classes();
        let complement = matches!(model, Model::Complement { .. });
        let mut of_classes = vec![0.0; k];
        let counts = sums.feature_count.to_dense();
        let of_terms = counts
            .chunks_exact(k)
            .map(|counts| {
                let all: f64 = counts.iter().sum();
                for (of_class, &count) in of_classes.iter_mut().zip(counts) {
                    *of_class += if complement { all - count } else { count };
                }
                all
            })
            .collect();
        Self {
            sums,
            counts,
            of_terms,
            of_classes,
        }
    }

    /// As [`new`](Self::new), for [`LeaveOneOut::near`].
    pub(crate) fn near(model: Model, sums: Evidence) -> Self {
        if !NearComplement::is_for(model, sums.n_classes()) {
            return Self::new(model, sums);
        }
        let rows = sums.feature_count.iter();
        let of_terms: Vec<f64> = rows.map(|(_, counts)| counts.iter().sum()).collect();
        let all: f64 = of_terms.iter().sum();
        let of_classes = sums.totals().into_iter().map(|own| all - own).collect();
        Self {
            sums,
            counts: Zeroed::new(0),
            of_terms,
            of_classes,
        }
    }

    pub(crate) fn n_classes(&self) -> usize {
        self.sums.n_classes()
    }
}

/// A model from which one document at a time is removed.
pub(crate) struct LeaveOneOut<'a> {
    params: &'a NaiveBayesParams,
    totals: &'a Totals,
    /// N_ct, feature by feature.
    counts: &'a [f64],
    smoothing: Smoothing,
    /// The totals of the classes with the smoothing of all terms.
    total: Vec<f64>,
    /// With normalised weights of a complement model: Σ_t ln(Ñ_ct + α_t) of each class.
    logs: Option<Vec<f64>>,
    /// Whether every sum plus its smoothing is an ordinary number, as `math::ln_of_ordinary` requires.
    ordinary: bool,
    bernoulli: Option<BernoulliLeaveOneOut<'a>>,
    multinomial: Option<MultinomialLeaveOneOut>,
    near: Option<NearComplement>,
    two: Option<NearTwo>,
    /// Whether a class keeps its prior where its only document is left out: the scores stay finite.
    keeps_classes: bool,
}

/// One training document: the terms that the model without it knows, and those that leave the vocabulary with it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Document<'a> {
    pub(crate) columns: &'a [u32],
    /// The values that the weights are multiplied with.
    pub(crate) values: &'a [f64],
    /// Its values in the sums of its class, before its weight.
    pub(crate) parts: &'a [f64],
    /// The terms that the model without it does not have.
    pub(crate) gone: &'a [u32],
    pub(crate) class: usize,
    pub(crate) weight: f64,
}

impl<'a> LeaveOneOut<'a> {
    /// Prepares for one document after the other; `many` where most of the documents are asked for.
    ///
    /// # Errors
    /// As [`derive`], and [`Linear::check`](super::Linear::check) of what it derives.
    pub(crate) fn new(
        params: &'a NaiveBayesParams,
        totals: &'a Totals,
        many: bool,
    ) -> Result<Self> {
        let sums = &totals.sums;
        let n = sums.n_features();
        params.check(sums.n_classes(), n)?;
        let smoothing = Smoothing::new(params, n);
        let smooth = params.total_alpha(n);
        let total: Vec<f64> = totals
            .of_classes
            .iter()
            .map(|of_class| of_class + smooth)
            .collect();
        // What a class lacks of the largest is like the smoothing: it stays without the document.
        let total = params.divisors(total);
        let logs = match params.model {
            Model::Complement { norm: true } => Some(logs(totals, &smoothing)),
            _ => None,
        };
        let bernoulli = match params.model {
            Model::Bernoulli { .. } => Some(BernoulliLeaveOneOut::new(params, totals)?),
            _ => None,
        };
        let multinomial = match params.model {
            Model::Multinomial if many => Some(MultinomialLeaveOneOut::new(params, &totals.sums)?),
            _ => None,
        };
        let fine = |values: &[f64]| {
            values
                .iter()
                .all(|value| value.is_finite() && *value != 0.0)
        };
        let of_one_term = logs.is_some() && n == 1;
        let fine = fine(&total) && logs.as_deref().is_none_or(fine) && !of_one_term;
        if bernoulli.is_none() && !fine {
            // Only then can a weight be NaN (0 / 0, or ∞ / ∞).
            derive(params, sums)?.check(params, sums)?;
        }
        let ordinary = smoothing.is_ordinary() && total.iter().all(|total| total.is_finite());
        Ok(Self {
            params,
            totals,
            ordinary,
            counts: &totals.counts,
            smoothing,
            total,
            logs,
            bernoulli,
            multinomial,
            near: None,
            two: None,
            keeps_classes: false,
        })
    }

    /// As [`new`](Self::new) for many documents, with [totals](Totals::near) of its own and the weights of the model
    /// with all documents. Scores of complement models are off in the last digits where classes are two or many, and
    /// by a number that all of many classes share, for which they take a fraction of the time. A class whose only
    /// document is left out keeps its prior.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub(crate) fn near(
        params: &'a NaiveBayesParams,
        totals: &'a Totals,
        linear: &Linear,
    ) -> Result<Self> {
        let near = match NearComplement::is_for(params.model, totals.sums.n_classes()) {
            true => Some(
                NearComplement::new(params, totals, linear)
                    .ok_or_else(|| params.why_no_number(&totals.sums))?,
            ),
            false => None,
        };
        let exact = Self::new(params, totals, true)?;
        let two = NearTwo::new(params.model, linear).filter(|_| exact.ordinary);
        Ok(Self {
            near,
            two,
            keeps_classes: true,
            ..exact
        })
    }

    /// Prefetches what [`scores`](Self::scores) needs of these columns.
    pub(crate) fn prefetch(&self, columns: &[u32]) {
        if let Some(near) = &self.near {
            near.prefetch(self.totals, columns);
        }
    }

    /// The joint log-likelihood of the document under each class of the model without it.
    pub(crate) fn scores(&self, document: Document<'_>, scores: &mut [f64]) {
        let k = scores.len();
        let complement = matches!(self.params.model, Model::Complement { .. });
        if complement {
            match k {
                // A single class has no complement.
                1 => scores
                    .copy_from_slice(&self.params.class_log_prior(&self.totals.sums.class_count)),
                _ => scores.fill(0.0),
            }
        } else {
            let mut class_count = self.totals.sums.class_count.to_vec();
            let own = &mut class_count[document.class];
            let rest = (*own - document.weight).max(0.0);
            if rest > 0.0 || !self.keeps_classes {
                *own = rest;
            }
            scores.copy_from_slice(&self.params.class_log_prior(&class_count));
        }
        if let Some(bernoulli) = &self.bernoulli {
            bernoulli.scores(document, scores);
            return;
        }
        let left = self.left(document, scores);
        if let Some(near) = &self.near {
            near.scores(self.totals, left);
            return;
        }
        if let Some(two) = &self.two {
            simd::run(two.scores(left));
            return;
        }
        if let Some(multinomial) = &self.multinomial {
            multinomial.scores(left);
            return;
        }
        match (complement, self.logs.is_some(), self.ordinary) {
            (true, false, true) => simd::run(Logarithms::<true, false, true>(left)),
            (true, true, true) => simd::run(Logarithms::<true, true, true>(left)),
            (false, _, true) => simd::run(Logarithms::<false, false, true>(left)),
            (true, false, false) => Logarithms::<true, false, false>(left).run(),
            (true, true, false) => Logarithms::<true, true, false>(left).run(),
            (false, _, false) => Logarithms::<false, false, false>(left).run(),
        }
    }

    fn left<'d>(&'d self, document: Document<'d>, scores: &'d mut [f64]) -> LeaveOneOutTerms<'d> {
        LeaveOneOutTerms {
            counts: self.counts,
            of_terms: &self.totals.of_terms,
            smoothing: &self.smoothing,
            total: &self.total,
            logs: self.logs.as_deref(),
            document,
            scores,
        }
    }
}

impl Totals {
    /// Prefetches the sums of these columns for [`LeaveOneOut::scores`].
    pub(crate) fn prefetch(&self, columns: &[u32]) {
        if self.counts.is_empty() {
            return;
        }
        let (k, sums) = (self.of_classes.len(), &*self.counts);
        for &column in columns {
            let at = column as usize * k;
            let last = at + k - 1;
            let mut line = at;
            while line < last {
                simd::prefetch(sums, line);
                line += LINE;
            }
            // Rows are not aligned to cache lines.
            simd::prefetch(sums, last);
            simd::prefetch(&self.of_terms, column as usize);
        }
    }
}

/// Values of a cache line.
const LINE: usize = 8;

/// Σ_t ln(Ñ_ct + α_t) of each class.
fn logs(totals: &Totals, smoothing: &Smoothing) -> Vec<f64> {
    let k = totals.of_classes.len();
    let mut logs = vec![0.0; k];
    let rows = totals.counts.chunks_exact(k);
    for ((column, counts), all) in rows.enumerate().zip(&totals.of_terms) {
        let alpha = smoothing.of(column);
        for (sum, count) in logs.iter_mut().zip(counts) {
            *sum += ln((all - count).max(0.0) + alpha);
        }
    }
    logs
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        matrix::Rows,
        naive_bayes::{Alpha, ClassRows},
    };
    use proptest::prelude::*;

    fn params(model: Model) -> NaiveBayesParams {
        NaiveBayesParams::new(model).alpha(0.3)
    }

    proptest! {
        /// Compares with a model refitted on the other documents.
        #[test]
        fn is_refitting(
            dense in prop::collection::vec(prop::collection::vec(0_u32..3, 6), 3..12),
            weighted in any::<bool>(),
            uniform in any::<bool>(),
            forgets in any::<bool>(),
        ) {
            let k = 3;
            let n = dense.len();
            let mut rows = Rows::empty(6);
            for row in &dense {
                let row = row.iter().enumerate().filter(|(_, count)| **count > 0);
                rows.push_row(row.map(|(c, &n)| (c as u32, f64::from(n) / 2.0)));
            }
            let targets: Vec<usize> = (0..n).map(|row| row * 7 % k).collect();
            let weights: Vec<f64> = (0..n).map(|row| if weighted { 0.5 + (row % 4) as f64 } else { 1.0 }).collect();
            for model in [
                Model::Multinomial,
                Model::Complement { norm: false },
                Model::Complement { norm: true },
                Model::Bernoulli { binarize: Some(0.0) },
            ] {
                let params = params(model).fit_prior(!uniform);
                // The sums without the document `skip`, over the terms that some document holds.
                let add = |skip: Option<usize>, columns: &[usize]| {
                    let kept: Vec<usize> = (0..n).filter(|&row| Some(row) != skip).collect();
                    let mut rest = Rows::empty(columns.len());
                    for &row in &kept {
                        let (of_row, values) = rows.row(row);
                        let renumbered = of_row.iter().zip(values).filter_map(|(&column, &value)| {
                            let column = columns.iter().position(|&old| old == column as usize)?;
                            Some((column as u32, value))
                        });
                        rest.push_row(renumbered);
                    }
                    let targets: Vec<usize> = kept.iter().map(|&row| targets[row]).collect();
                    let weights: Vec<f64> = kept.iter().map(|&row| weights[row]).collect();
                    let zero = Evidence::zero(k, columns.len());
                    zero.add(model, &rest, &targets, Some(&weights)).unwrap()
                };
                let sums = add(None, &[0, 1, 2, 3, 4, 5]);
                let totals = Totals::new(model, sums);
                let leave_one_out = LeaveOneOut::new(&params, &totals, weighted).unwrap();
                for row in 0..n {
                    let (columns, parts) = rows.row(row);
                    let parts: Vec<f64> = parts.iter().map(|&value| model.value(value)).collect();
                    let known: Vec<bool> = columns
                        .iter()
                        .map(|column| !forgets || (0..n).any(|other| other != row && rows.row(other).0.contains(column)))
                        .collect();
                    let values: Vec<f64> = parts.iter().zip(&known).map(|(&value, &known)| if known { value } else { 0.0 }).collect();
                    let gone = |column: usize| columns.iter().zip(&known).any(|(&own, &known)| own as usize == column && !known);
                    let left: Vec<usize> = (0..6).filter(|&column| !gone(column)).collect();
                    let mut expected = vec![0.0; k];
                    let (new, of_known): (Vec<u32>, Vec<f64>) = columns
                        .iter()
                        .zip(&values)
                        .filter_map(|(&column, &value)| Some((left.iter().position(|&old| old == column as usize)? as u32, value)))
                        .unzip();
                    derive(&params, &add(Some(row), &left)).unwrap().scores_of(&new, &of_known, &mut expected);
                    let mut found = vec![0.0; k];
                    let pick = |from: &[f64]| -> Vec<f64> {
                        from.iter().zip(&known).filter(|(_, known)| **known).map(|(&value, _)| value).collect()
                    };
                    let (known_columns, unknown): (Vec<u32>, Vec<u32>) =
                        columns.iter().partition(|&&column| !gone(column as usize));
                    leave_one_out.scores(
                        Document {
                            columns: &known_columns,
                            values: &pick(&values),
                            parts: &pick(&parts),
                            gone: &unknown,
                            class: targets[row],
                            weight: weights[row],
                        },
                        &mut found,
                    );
                    for (found, expected) in found.iter().zip(&expected) {
                        let same = found.to_bits() == expected.to_bits()
                            || (found - expected).abs() < 1e-9;
                        prop_assert!(same, "{model:?} {found} {expected}");
                    }
                }
            }
        }
    }

    /// Random sums of `k` classes, and a document that is part of one of them.
    fn made_up(k: usize, seed: u64) -> (Evidence, Vec<u32>, Vec<f64>, usize) {
        let mut state = seed;
        let mut next = |below: usize| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as usize % below
        };
        let n = 12;
        let class = next(k);
        let mut counts: Vec<f64> = (0..n * k)
            .map(|_| {
                next(4).saturating_sub(1) as f64 * 4.0_f64.powf(f64::from(next(6) as u8) - 2.0)
            })
            .collect();
        let columns: Vec<u32> = (0..n as u32).filter(|_| next(2) == 0).collect();
        let parts: Vec<f64> = columns
            .iter()
            .map(|_| (1 + next(50)) as f64 / 64.0)
            .collect();
        for (&column, part) in columns.iter().zip(&parts) {
            counts[column as usize * k + class] += part;
        }
        let evidence = Evidence {
            class_count: (0..k)
                .map(|_| (2 + next(9)) as f64)
                .collect::<Vec<_>>()
                .into(),
            feature_count: ClassRows::from_dense(k, &counts),
        };
        (evidence, columns, parts, class)
    }

    proptest! {
        /// For any number of classes, smoothing for each feature or none at all; and with the same bits,
        /// whatever the processor.
        #[test]
        fn is_deriving_anew(k in 1_usize..60, seed in any::<u64>(), smoothing in 0..3, many in any::<bool>()) {
            let (evidence, columns, parts, class) = made_up(k, seed);
            let mut counts = evidence.feature_count.to_dense();
            for (&column, part) in columns.iter().zip(&parts) {
                counts[column as usize * k + class] -= part;
            }
            let mut class_count = evidence.class_count.to_vec();
            class_count[class] -= 1.0;
            let rest = Evidence { class_count: class_count.into(), feature_count: ClassRows::from_dense(k, &counts) };
            let alpha = match smoothing {
                0 => Alpha::Scalar(0.01),
                1 => Alpha::PerFeature((0..12).map(|at| 0.1 + f64::from(at)).collect()),
                _ => Alpha::Scalar(0.0),
            };
            for model in [Model::Multinomial, Model::Complement { norm: false }, Model::Complement { norm: true }] {
                let params = params(model).alpha(alpha.clone());
                // Without smoothing there may be no such model, with the document or without it.
                let totals = Totals::new(model, evidence.clone());
                let (Ok(leave_one_out), Ok(linear)) = (LeaveOneOut::new(&params, &totals, many), derive(&params, &rest)) else {
                    continue;
                };
                if linear.check(&params, &rest).is_err() {
                    continue;
                }
                let document = Document { columns: &columns, values: &parts, parts: &parts, gone: &[], class, weight: 1.0 };
                let (mut expected, mut found) = (vec![0.0; k], vec![0.0; k]);
                linear.scores_of(&columns, &parts, &mut expected);
                totals.prefetch(&columns);
                leave_one_out.scores(document, &mut found);
                for (found, expected) in found.iter().zip(&expected) {
                    // Sums are multiples of 1/64, so that nothing is left of nothing.
                    let same = found.to_bits() == expected.to_bits()
                        || (found - expected).abs() < 1e-9 * expected.abs().max(1.0);
                    prop_assert!(same, "{model:?} {alpha:?} {found} {expected}");
                }
                if smoothing < 2 && matches!(model, Model::Complement { norm: false }) && k > 1 {
                    let mut plain = vec![0.0; k];
                    Logarithms::<true, false, true>(leave_one_out.left(document, &mut plain)).run();
                    let bits = |scores: &[f64]| scores.iter().map(|score| score.to_bits()).collect::<Vec<_>>();
                    prop_assert_eq!(bits(&plain), bits(&found));
                }
            }
        }
    }
}
