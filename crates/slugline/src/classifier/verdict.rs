//! The answer for one text.

use std::borrow::Cow;

use super::quantized;
use crate::{
    counting::Counter,
    naive_bayes::{argmax, probabilities},
};

/// Buffers for classification. Keep one for each thread and pass it to each call: after the first few texts
/// nothing is allocated.
///
/// ```
/// use slugline::{Scratch, TextClassifier};
///
/// let model = TextClassifier::params().fit(&["chips", "votes"], &["technology", "policy"])?;
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
    pub(crate) shares: Vec<f64>,
    pub(crate) parts: Vec<f64>,
    pub(crate) packed: quantized::QuantizedBuffers,
}

/// The most likely label of a text, with the probability of each label.
///
/// ```
/// use slugline::TextClassifier;
///
/// let model = TextClassifier::params().fit(&["chips and code", "votes"], &["technology", "policy"])?;
/// let verdict = model.classify("code for chips");
/// assert_eq!(verdict.label(), "technology");
/// assert_eq!(verdict.recognised(), 2);
/// assert!((verdict.probabilities().iter().sum::<f64>() - 1.0).abs() < 1e-12);
/// for (label, probability) in verdict.top(2) {
///     println!("{label} {probability:.2}");
/// }
/// # Ok::<(), slugline::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict<'a> {
    labels: &'a [String],
    probabilities: Cow<'a, [f64]>,
    best: usize,
    recognised: u64,
}

impl<'a> Verdict<'a> {
    /// Turns scores into probabilities, in place. The best class is that of the scores: two
    /// probabilities can round to the same number where the scores still differ.
    pub(crate) fn of_scores(
        labels: &'a [String],
        scores: &'a mut [f64],
        recognised: u64,
        temperature: f64,
    ) -> Self {
        let best = argmax(scores);
        probabilities(scores, temperature);
        Self {
            labels,
            probabilities: Cow::Borrowed(scores),
            best,
            recognised,
        }
    }

    pub(crate) fn into_owned(self, labels: &[String]) -> Verdict<'_> {
        Verdict {
            labels,
            probabilities: Cow::Owned(self.probabilities.into_owned()),
            best: self.best,
            recognised: self.recognised,
        }
    }

    /// The most likely label; of equals the first in sorted order.
    pub fn label(&self) -> &'a str {
        &self.labels[self.best]
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
    pub fn by_label(&self) -> impl ExactSizeIterator<Item = (&'a str, f64)> {
        let labels = self.labels.iter().map(String::as_str);
        labels.zip(self.probabilities.iter().copied())
    }

    /// The `k` most likely labels, most likely first; equals in sorted order.
    pub fn top(&self, k: usize) -> Vec<(&'a str, f64)> {
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
