//! The answer for one text.

use std::borrow::Cow;

use serde::{Serialize, Serializer, ser::SerializeStruct};

use super::{MixtureBuffers, TextClassifier, quantized};
use crate::{
    counting::{Counter, TermCoverage},
    naive_bayes::{argmax, probabilities},
    text::{AnalyzerBuffers, AnalyzerScratch},
};

/// Buffers for classification, and for text analysis alone ([`Analyzer`](crate::text::Analyzer)). Keep one for each
/// thread and pass it to each call: after the first few texts nothing is allocated.
///
/// ```
/// use slugline::{Examples, Scratch, TextClassifier};
///
/// let examples = Examples::new(&["chips", "votes"], &["technology", "policy"])?;
/// let model = TextClassifier::params().fit(&examples)?;
/// let mut scratch = Scratch::default();
/// for text in ["new chips", "old votes"] {
///     println!("{}", model.classify_with(&mut scratch, text).label());
/// }
/// # Ok::<(), slugline::Error>(())
/// ```
#[derive(Debug, Default, Clone)]
pub struct Scratch {
    pub(crate) counter: Counter,
    pub(crate) columns: Vec<u32>,
    pub(crate) values: Vec<f64>,
    pub(crate) scores: Vec<f64>,
    pub(crate) mixture: MixtureBuffers,
    pub(crate) quantized: quantized::QuantizedBuffers,
    /// Σ_t x_t · ln P(t | c) of each label, and of the background.
    pub(crate) sums: Vec<f64>,
}

impl AnalyzerBuffers for Scratch {
    fn analyzer_scratch(&mut self) -> &mut AnalyzerScratch {
        self.counter.scratch()
    }
}

/// The topic of a text and how likely each topic is.
///
/// The labels live as long as the model, `'m`; the probabilities as long as the buffers that the
/// text was classified in, `'s`, or on their own after [`into_owned`](Self::into_owned).
///
/// ```
/// use slugline::{Scratch, topics};
///
/// let (model, mut scratch) = (topics(), Scratch::default());
/// let texts = ["The minister resigned.", "Bond yields fell after the rate cut."];
/// let labels: Vec<&str> = texts
///     .iter()
///     .map(|text| model.classify_with(&mut scratch, text).label())
///     .collect();
/// assert_eq!(labels, ["policy", "markets"]);
/// ```
///
/// Serialised, it is `{"label": …, "probability": …, "probabilities": {label: probability, …},
/// "recognised": …}`.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict<'m, 's> {
    labels: &'m [String],
    probabilities: Cow<'s, [f64]>,
    best: usize,
    recognised: u64,
}

impl<'m, 's> Verdict<'m, 's> {
    /// Turns scores into probabilities, in place. The class is that of the highest score, since two probabilities can
    /// be equal by rounding where the scores differ. `n_terms`: the number of distinct known terms.
    pub(super) fn of_scores(
        model: &'m TextClassifier,
        scores: &'s mut [f64],
        seen: TermCoverage,
        n_terms: usize,
    ) -> Self {
        let best = argmax(scores);
        probabilities(scores, model.calibration.temperature_of(n_terms));
        Self {
            labels: &model.labels,
            probabilities: Cow::Borrowed(scores),
            best,
            recognised: seen.known,
        }
    }

    /// The same verdict in memory of its own: the buffers are free for the next text.
    pub fn into_owned(self) -> Verdict<'m, 'static> {
        Verdict {
            labels: self.labels,
            probabilities: Cow::Owned(self.probabilities.into_owned()),
            best: self.best,
            recognised: self.recognised,
        }
    }

    /// The most likely topic; the first in sorted order of equals.
    pub fn label(&self) -> &'m str {
        &self.labels[self.best]
    }

    /// The model's labels, sorted.
    pub fn labels(&self) -> &'m [String] {
        self.labels
    }

    /// The position of [`label`](Self::label) among the sorted labels.
    pub fn class(&self) -> usize {
        self.best
    }

    /// The probability of [`label`](Self::label).
    pub fn probability(&self) -> f64 {
        self.probabilities[self.best]
    }

    /// The probability of each label, in sorted order of labels; they sum to 1.
    pub fn probabilities(&self) -> &[f64] {
        &self.probabilities
    }

    /// Every label with its probability, in sorted order of labels.
    pub fn by_label(&self) -> impl ExactSizeIterator<Item = (&'m str, f64)> {
        let labels = self.labels.iter().map(String::as_str);
        labels.zip(self.probabilities.iter().copied())
    }

    /// The `k` most likely labels, most likely first; equals in sorted order.
    pub fn top(&self, k: usize) -> Vec<(&'m str, f64)> {
        let mut all: Vec<_> = self.by_label().collect();
        all.sort_by(|a, b| b.1.total_cmp(&a.1));
        all.truncate(k);
        all
    }

    /// The number of terms of the text that the model knows, repeats included. 0: the answer is the class prior.
    pub fn recognised(&self) -> u64 {
        self.recognised
    }
}

impl Serialize for Verdict<'_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("Verdict", 4)?;
        fields.serialize_field("label", self.label())?;
        fields.serialize_field("probability", &self.probability())?;
        fields.serialize_field("probabilities", &ByLabel(self.labels, &self.probabilities))?;
        fields.serialize_field("recognised", &self.recognised)?;
        fields.end()
    }
}

/// Labels and their numbers as a map.
pub(super) struct ByLabel<'a>(pub(super) &'a [String], pub(super) &'a [f64]);

impl Serialize for ByLabel<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().zip(self.1))
    }
}
