//! Refinement: the weights of naive Bayes, corrected by what it gets wrong.
//!
//! Naive Bayes is the start of a linear support vector machine. Every training document has a margin for each
//! class, from its scores under the model without it (leave-one-out), so that the correction is learned from
//! mistakes on text that naive Bayes has not seen. With m_ic the score of document i for class c less the mean
//! over its classes, the [margin](start) is o_ic = a · m_ic + b_c. The correction v_c, e_c of a class has the
//! lowest
//!
//! ½ (‖v_c‖² + e_c²) + C Σ_i s_i · max(0, 1 − y_ic (o_ic + x_i · v_c + β e_c))²,  y_ic = ±1,
//!
//! with s_i the sample weights and β the [scale of the intercept](INTERCEPT_SCALING). The refined weights are a ·
//! (w_tc − mean over the classes) + v_tc, and the refined bias is a · (bias_c − mean) + b_c + β e_c.
//!
//! Source: Hsieh, Chang, Lin, Keerthi, Sundararajan 2008, "A dual coordinate descent method for large-scale linear
//! SVM" (scikit-learn's `LinearSVC`, whose numbers come out where all margins are zero).
//!
//! Most documents are right about most of many classes. With 16 classes or more, a document passes over groups of eight
//! for which it had no dual above 0 when all groups were visited last: in the first pass, and in every fourth from there.
//! Of abstracts with 172 classes (arXiv) accuracy falls by 0.001; the point that many passes come to is the same.
//!
//! The classes know nothing of each other beside, so threads share them, and the bits are the same for any number of
//! threads. Memory, beside rows and scores: for each thread 4 bytes for each pair of a term, or a document, and one of 64
//! classes; 4 for each correction that is not 0; and the result, whose terms have sparse rows where few classes know
//! them and are corrected for them.

mod apply;
mod correction;
mod descent;
mod lanes;
mod order;
mod start;
mod visits;

use serde::{Deserialize, Serialize};

use super::linear::Linear;
use crate::{
    error::{Error, Result},
    matrix::Rows,
    util::setters::setters,
};
use apply::apply;
use correction::Correction;
use descent::Problem;
use start::Start;
pub(crate) use start::centre;

/// What an intercept is multiplied with. Smaller than 1 (scikit-learn's `intercept_scaling`), since the margins
/// have one of their own: with 1, every document moves it so far that three passes do not settle it.
const INTERCEPT_SCALING: f32 = 0.3;

/// Larger weights are the cause where a number is infinite, since they are summed times squares of scores.
const LARGEST_WEIGHT: f64 = 1e290;

/// The parts of the documents that are left out one after the other.
const FOLDS: usize = 3;

/// Settings of the refinement of naive Bayes by a linear support vector machine, under the names of scikit-learn's
/// `LinearSVC`.
///
/// With pairs of words more is to be learned: C = 1 and 10 passes. With more than a hundred classes mistakes count less:
/// C = 0.2, and `alpha` = 0.6 (arXiv, 172 labels: accuracy 0.541; 0.537 with the default).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[must_use]
#[non_exhaustive]
pub struct Refine {
    /// How much a mistake on a training document counts beside the size of the correction; above 0.
    #[serde(rename = "C")]
    pub c: f64,
    /// The number of passes over the training documents, 1 to 10,000.
    pub max_iter: usize,
}

setters!(Refine {
    c: f64,
    max_iter: usize,
});

impl Default for Refine {
    fn default() -> Self {
        Self {
            c: 0.3,
            max_iter: 3,
        }
    }
}

impl Refine {
    /// Fails where a setting is out of its range.
    pub(crate) fn check(&self) -> Result<()> {
        // Beyond, squares of single precision would be infinite, or nothing would be corrected.
        if !(1e-6..=1e6).contains(&self.c) {
            return Err(Error::parameter("C", self.c, "a number from 1e-6 to 1e6"));
        }
        if !(1..=10_000).contains(&self.max_iter) {
            return Err(Error::parameter(
                "max_iter",
                self.max_iter,
                "1 to 10000 passes over the documents",
            ));
        }
        Ok(())
    }
}

/// Training documents as they are refined on.
pub(crate) struct TrainingRows<'a> {
    /// The rows as they are scored: documents × terms.
    pub(crate) rows: &'a Rows<f32>,
    /// The class of each document.
    pub(crate) targets: &'a [u32],
    /// The weight of each document, finite and ≥ 0; none where all are 1.
    pub(crate) weights: Option<&'a [f64]>,
    /// documents × classes: the scores of naive Bayes for each document, which it has not seen, [centred](centre).
    pub(crate) scores: Vec<f32>,
}

impl TrainingRows<'_> {
    /// The margins to start from; the scores are used up.
    fn start(&mut self, n_classes: usize) -> Result<Start> {
        let scores = std::mem::take(&mut self.scores);
        Start::new(scores, self.targets, self.weights, n_classes)
            .ok_or_else(|| no_margins(self.weights))
    }

    /// The corrections of these margins by documents of these weights.
    fn solve(
        &self,
        settings: Refine,
        margins: &[f32],
        weights: Option<&[f64]>,
        n_classes: usize,
    ) -> Result<Vec<Correction>> {
        let problem = Problem {
            rows: self.rows,
            targets: self.targets,
            weights,
            margins,
            n_classes,
            intercept_scaling: INTERCEPT_SCALING,
        };
        problem.solve(settings)
    }
}

/// The refined weights of a model. Runs on the current pool. A model of one class stays as it is.
///
/// # Errors
/// [`Error::Parameter`] where naive Bayes rules classes out (alpha = 0), so that there are no margins, or where
/// sums of weights are infinite; [`Error::Cancelled`].
pub(crate) fn refine(
    settings: Refine,
    linear: &Linear,
    mut documents: TrainingRows<'_>,
) -> Result<Linear> {
    settings.check()?;
    let k = linear.n_classes();
    if k < 2 {
        return Ok(linear.clone());
    }
    if !linear.bias.iter().all(|bias| bias.is_finite()) {
        return Err(no_prior(documents.weights));
    }
    let start = documents.start(k)?;
    let corrections = documents.solve(settings, &start.margins, documents.weights, k)?;
    let refined = apply(linear, &start, &corrections);
    match refined.is_finite() {
        true => Ok(refined),
        false => Err(no_margins(documents.weights)),
    }
}

/// documents × classes: the scores of each training document under a correction that has not seen it
/// (cross-fitting: a third of the documents is left out at a time), beside margins that have not either. For the
/// temperature of probabilities. Runs on the current pool.
///
/// # Errors
/// As [`refine`].
pub(crate) fn held_out_scores(
    settings: Refine,
    n_classes: usize,
    mut documents: TrainingRows<'_>,
) -> Result<Vec<f64>> {
    let start = documents.start(n_classes)?;
    let mut scores: Vec<f64> = start.margins.iter().map(|&margin| margin.into()).collect();
    for fold in 0..FOLDS {
        let weight = |document| documents.weights.map_or(1.0, |weights| weights[document]);
        let others: Vec<f64> = (0..documents.targets.len())
            .map(|document| match document % FOLDS == fold {
                true => 0.0,
                false => weight(document),
            })
            .collect();
        let corrections = documents.solve(settings, &start.margins, Some(&others), n_classes)?;
        let rows = documents.rows.iter();
        let left_out = scores.chunks_exact_mut(n_classes).zip(rows);
        for (scores, (columns, values)) in left_out.skip(fold).step_by(FOLDS) {
            for correction in &corrections {
                correction.add_intercepts(scores);
                for (&column, &value) in columns.iter().zip(values) {
                    correction.add(column as usize, value.into(), scores);
                }
            }
        }
    }
    Ok(scores)
}

/// The error for documents without margins to start from.
fn no_margins(weights: Option<&[f64]>) -> Error {
    too_heavy(weights).unwrap_or_else(|| {
        Error::parameter(
            "alpha",
            0,
            "above 0: where a term rules a class out, there are no margins to refine",
        )
    })
}

/// The error for classes that no document belongs to.
fn no_prior(weights: Option<&[f64]>) -> Error {
    too_heavy(weights).unwrap_or_else(|| {
        Error::parameter(
            "sample_weight",
            "0 for all documents of a class, or its class_prior is 0",
            "above 0 for a document of each class, and so its class_prior: there are no margins to refine",
        )
    })
}

/// The error for weights of which sums are infinite, if any is so large.
fn too_heavy(weights: Option<&[f64]>) -> Option<Error> {
    let largest = weights?.iter().copied().fold(0.0, f64::max);
    (largest > LARGEST_WEIGHT).then(|| {
        Error::parameter(
            "sample_weight",
            format!("{largest:e}"),
            "weights whose sums are finite: divide all of them by the largest",
        )
    })
}

#[cfg(test)]
mod tests;
