//! The shares of the topics in a text, and the answer `other`.

mod expectation;
mod mixing;
mod side_by_side;
mod sparse;

use std::{borrow::Cow, sync::Arc};

use ndarray::{Array2, ArrayView1};
use serde::{Serialize, Serializer, ser::SerializeStruct};

use super::{
    TextClassifier,
    margins::Margins,
    verdict::{ByLabel, Scratch, Verdict},
    weights::InUse,
};
use crate::{
    counting::TermCoverage,
    error::{Error, Result},
    naive_bayes::argmax,
};
pub(crate) use expectation::Mixture;
pub(crate) use side_by_side::MixtureBuffers;

/// The verdict on a text with the share of each topic in it.
///
/// ```
/// use slugline::{Examples, Scratch, TextClassifier};
///
/// let texts = ["chips code phones", "ministers votes bills"];
/// let examples = Examples::new(&texts, &["technology", "policy"])?;
/// let model = TextClassifier::params().fit(&examples)?;
/// let mut scratch = Scratch::default();
/// let shares = model.shares_with(&mut scratch, "votes on bills for chips, and votes on phones");
/// assert_eq!(shares.verdict().label(), "policy");
/// // Both topics have a share of at least a quarter, policy the larger one.
/// let labels: Vec<&str> = shares.at_least(0.25).into_iter().map(|(label, _)| label).collect();
/// assert_eq!(labels, ["policy", "technology"]);
/// # Ok::<(), slugline::Error>(())
/// ```
///
/// The text is explained as a mixture of the topics' term distributions and of a background. With P(t | c) the term's probability in the topic (smoothed, with a tenth of the
/// prior) and P(t | b) in the background, the log-likelihood
///
/// Σ_t ln(λ · P(t | b) + (1 − λ) · Σ_c θ_c · P(t | c))
///
/// over the distinct known terms of the text is made as large as can be over λ and θ by expectation–maximisation (with a weak symmetric
/// Dirichlet prior on θ). The **shares** are θ. The background is the average of the topics or, where
/// the model was given background documents
/// ([`background`](super::TextClassifierParams::background)), half that and half theirs.
///
/// Source: Hofmann 1999, "Probabilistic latent semantic indexing" (folding in), with a background as in
/// Zhai, Velivelli, Yu 2004.
///
/// The labels live as long as the model, `'m`, the numbers as long as the buffers, `'s`, as in
/// [`Verdict`]. Serialised, it is `{"verdict": …, "label": …, "shares": {label: share, …},
/// "evidence": …, "coverage": …}`, where `label` may be `other`.
#[derive(Debug, Clone, PartialEq)]
pub struct Shares<'m, 's> {
    verdict: Verdict<'m, 's>,
    of_labels: Cow<'s, [f64]>,
    evidence: f64,
    coverage: f64,
    other: bool,
}

impl<'m, 's> Shares<'m, 's> {
    /// The topic and the probabilities.
    pub fn verdict(&self) -> &Verdict<'m, 's> {
        &self.verdict
    }

    /// The same in memory of its own: the buffers are free for the next text.
    pub fn into_owned(self) -> Shares<'m, 'static> {
        Shares {
            verdict: self.verdict.into_owned(),
            of_labels: Cow::Owned(self.of_labels.into_owned()),
            evidence: self.evidence,
            coverage: self.coverage,
            other: self.other,
        }
    }

    /// The share of each label, in sorted order of labels; they sum to 1.
    pub fn shares(&self) -> &[f64] {
        &self.of_labels
    }

    /// Every label with its share, in sorted order of labels.
    pub fn by_label(&self) -> impl ExactSizeIterator<Item = (&'m str, f64)> {
        let labels = self.verdict.by_label().map(|(label, _)| label);
        labels.zip(self.of_labels.iter().copied())
    }

    /// The labels whose share is at least `threshold`, largest share first.
    pub fn at_least(&self, threshold: f64) -> Vec<(&'m str, f64)> {
        let mut labels: Vec<_> = self.by_label().collect();
        labels.retain(|(_, share)| *share >= threshold);
        labels.sort_by(|a, b| b.1.total_cmp(&a.1));
        labels
    }

    /// How much more likely the text is under the topics than under the background. Where the model's
    /// [calibration](super::Calibration) is by length, that says how. Otherwise it is the log-likelihood ratio in nats
    /// for each term:
    /// coverage · Σ_t ln(Σ_c θ_c · P(t | c) / P(t | b)) / n over its n distinct known terms. A term that the model
    /// does not know speaks neither for the topics nor for the background. 0 for a text without known
    /// terms.
    pub fn evidence(&self) -> f64 {
        self.evidence
    }

    /// The part of the text's terms (repeats included) that the model knows.
    pub fn coverage(&self) -> f64 {
        self.coverage
    }

    /// Whether the text is about none of the topics: the model has a limit
    /// ([`Calibration::other_below`](super::Calibration)), and the evidence is below it or no term is known.
    pub fn is_other(&self) -> bool {
        self.other
    }

    /// The label, or `other` where the text is about none of the topics.
    pub fn label_or_other(&self) -> &'m str {
        match self.other {
            true => OTHER,
            false => self.verdict.label(),
        }
    }
}

impl Serialize for Shares<'_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("Shares", 5)?;
        fields.serialize_field("verdict", &self.verdict)?;
        fields.serialize_field("label", self.label_or_other())?;
        let shares = ByLabel(self.verdict.labels(), &self.of_labels);
        fields.serialize_field("shares", &shares)?;
        fields.serialize_field("evidence", &self.evidence)?;
        fields.serialize_field("coverage", &self.coverage)?;
        fields.end()
    }
}

/// The answer for a text about none of the topics.
pub const OTHER: &str = "other";

impl TextClassifier {
    /// The verdict on a text with its shares, in buffers that the caller keeps.
    pub fn shares_with<'m, 's>(&'m self, scratch: &'s mut Scratch, text: &str) -> Shares<'m, 's> {
        let seen = self.score(scratch, text);
        let evidence = self.fit_mixture(scratch, seen);
        let n_terms = scratch.columns.len();
        Shares {
            other: self.is_other(evidence, seen),
            verdict: Verdict::of_scores(self, &mut scratch.scores, seen, n_terms),
            of_labels: Cow::Borrowed(scratch.mixture.shares()),
            evidence,
            coverage: seen.coverage(),
        }
    }

    /// The shares (texts × labels) and the evidence of each text.
    ///
    /// # Errors
    /// As [`predict`](Self::predict).
    pub fn predict_shares<S: AsRef<str> + Sync>(
        &self,
        texts: &[S],
    ) -> Result<(Array2<f64>, Vec<f64>)> {
        let mut shares = self.room_for_all(texts.len())?;
        let all = self.for_texts(texts, |scratch, text| {
            let seen = self.count(scratch, text);
            if self.calibration.by_length {
                self.weigh_counts(scratch);
            }
            let evidence = self.fit_mixture(scratch, seen);
            (scratch.mixture.shares().to_vec(), evidence)
        })?;
        let mut evidence = Vec::with_capacity(texts.len());
        for (mut to, (from, of_text)) in shares.rows_mut().into_iter().zip(all) {
            to.assign(&ArrayView1::from(&from));
            evidence.push(of_text);
        }
        Ok((shares, evidence))
    }

    /// The label of a text, or `other` where it is about none of the topics, in buffers that the caller keeps: that of
    /// [`shares_with`](Self::shares_with), without the shares where the evidence does not need them
    /// ([by length](super::Calibration)).
    pub fn label_or_other_with<'m>(&'m self, scratch: &mut Scratch, text: &str) -> &'m str {
        if self.calibration.other_below.is_none() {
            return self.classify_with(scratch, text).label();
        }
        if !self.calibration.by_length {
            return self.shares_with(scratch, text).label_or_other();
        }
        let seen = self.score(scratch, text);
        let evidence = self.evidence_by_length(scratch);
        match self.is_other(evidence, seen) {
            true => OTHER,
            false => &self.labels[argmax(&scratch.scores)],
        }
    }

    /// The evidence of the text whose values are in `scratch.values`, where it is by length.
    fn evidence_by_length(&self, scratch: &mut Scratch) -> f64 {
        let Scratch {
            columns,
            values,
            sums,
            ..
        } = scratch;
        self.margins().evidence(columns, values, sums)
    }

    /// Writes the shares of the text counted last to `scratch.mixture.shares`; returns its evidence, for which the counts
    /// must be weighed where it is by length.
    fn fit_mixture(&self, scratch: &mut Scratch, seen: TermCoverage) -> f64 {
        let Scratch {
            columns, mixture, ..
        } = &mut *scratch;
        let ratio = self.mixture().fit(columns, mixture);
        match self.calibration.by_length {
            true => self.evidence_by_length(scratch),
            false => ratio * seen.coverage(),
        }
    }

    /// Whether a text of this evidence is about none of the topics, where the model has a limit.
    fn is_other(&self, evidence: f64, seen: TermCoverage) -> bool {
        let below = |limit: f64| seen.known == 0 || evidence < limit;
        self.calibration.other_below.is_some_and(below)
    }

    pub(crate) fn mixture(&self) -> &Mixture {
        let make = || Arc::new(Mixture::new(&self.params, &self.in_use()));
        self.mixture.get_or_init(make)
    }

    pub(crate) fn margins(&self) -> &Margins {
        let make = || Arc::new(Margins::new(&self.params, &self.in_use()));
        self.margins.get_or_init(make)
    }

    /// The sums over the terms of the weights.
    fn in_use(&self) -> InUse {
        // Cannot fail: pruning succeeded when the weights were derived, or the file was read.
        let used = self.learned.in_use(&self.params, self.sums_are_exact());
        used.unwrap_or_else(|_| self.learned.all(&self.params))
    }

    /// Sets the limit of the evidence below which a text is about none of the topics; none: every text is
    /// about one of them.
    ///
    /// # Errors
    /// [`Error::Parameter`] for a number that is not finite.
    pub fn with_other_below(mut self, limit: Option<f64>) -> Result<Self> {
        if let Some(limit) = limit.filter(|limit| !limit.is_finite()) {
            return Err(Error::parameter("other_below", limit, "a finite number"));
        }
        self.calibration.other_below = limit;
        Ok(self)
    }
}
