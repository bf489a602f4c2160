//! Labels of the training data that the other documents contradict.

use super::{evaluate::Evaluation, temperature::HeldOut};
use crate::{
    classifier::{Examples, HeldOutScorer, TextClassifierParams, WithRows},
    error::Result,
    naive_bayes::{argmax, probabilities},
    util::pool::with_threads,
};

/// The label of each training document, and the label that the model without the document gives it. Made by
/// [`TextClassifierParams::audit`].
///
/// ```
/// use slugline::{Examples, TextClassifier};
///
/// let texts = ["chips and code", "votes on bills", "code for chips", "bills and votes", "code and chips"];
/// // The last label is a mistake.
/// let labels = ["technology", "policy", "technology", "policy", "policy"];
/// let audit = TextClassifier::params().audit(&Examples::new(&texts, &labels)?)?;
/// let doubt = &audit.doubts[0];
/// assert_eq!((doubt.document, doubt.suggested.as_str()), (4, "technology"));
/// # Ok::<(), slugline::Error>(())
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Audit {
    /// The figures of the model on its own documents, by leave-one-out. Probabilities are calibrated.
    pub evaluation: Evaluation,
    /// All documents but those of the background, the most doubtful label first.
    pub doubts: Vec<Doubt>,
}

/// A training document, and how well its label fits.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Doubt {
    /// The position of the document among those given.
    pub document: usize,
    /// The label of the document.
    pub label: String,
    /// The label that the model without the document gives it.
    pub suggested: String,
    /// The calibrated probability of the document's own label.
    pub probability: f64,
    /// The score of its own label minus the highest of the others; below 0 where another label is more likely.
    pub margin: f64,
}

impl TextClassifierParams {
    /// Scores every document with the model of all others (leave-one-out), in about the time of one more fit. Wrong
    /// labels are among the first of [`doubts`](Audit::doubts), which are sorted by margin: the joint log-likelihood
    /// of the document's own label minus the highest of the others.
    ///
    /// The document's values are subtracted from the sums of its label, and terms that too few others hold leave the
    /// vocabulary. The idf of the remaining terms, and the totals that pruning compares, stay those of all documents:
    /// among many documents one hardly changes them, among few a model trained without it has other scores.
    ///
    /// Weights count in the sums; the figures count every document once. The scores are those of naive Bayes, refined
    /// or not.
    ///
    /// # Errors
    /// As [`fit`](Self::fit).
    pub fn audit<S: AsRef<str> + Sync>(&self, examples: &Examples<'_, S>) -> Result<Audit> {
        let analyzer = self.checked_analyzer()?;
        with_threads("the audit", self.features.threads, || {
            let fitted = WithRows::fit(self, analyzer, examples, false)?;
            let judge = HeldOutScorer::new(&fitted)?;
            let documents = fitted.of_topics();
            let params = std::slice::from_ref(&fitted.params.naive_bayes);
            let mut scores = judge.scores(params, &documents)?;
            Ok(fitted.audit(&documents, &mut scores))
        })?
    }
}

/// The number of documents on which the temperature is chosen.
const FOR_TEMPERATURE: usize = 3000;

impl WithRows {
    fn audit(&self, documents: &[usize], scores: &mut [f64]) -> Audit {
        let labels = &self.classes.labels;
        let k = labels.len();
        let class_of = |document: &usize| self.classes.targets[*document];
        // Only a few thousand: the temperature does not change the order, and more would hardly change it.
        let mut held_out = HeldOut::default();
        let step = documents.len().div_ceil(FOR_TEMPERATURE).max(1);
        let some = documents.iter().zip(scores.chunks_exact(k)).step_by(step);
        for (document, scores) in some {
            held_out.add_scores(scores, 1.0, class_of(document));
        }
        let temperature = held_out.temperature();
        let mut evaluation = Evaluation::new(labels);
        // Margins and positions are sorted, since they are smaller than doubts.
        let mut order = Vec::with_capacity(documents.len());
        let mut found = Vec::with_capacity(documents.len());
        for (document, scores) in documents.iter().zip(scores.chunks_exact_mut(k)) {
            let class = class_of(document);
            let others = (0..k).filter(|&other| other != class);
            let best_other = others
                .map(|other| scores[other])
                .fold(f64::NEG_INFINITY, f64::max);
            let margin = scores[class] - best_other;
            let suggested = argmax(scores);
            probabilities(scores, temperature);
            let probability = scores[class];
            evaluation.add_numbered(class, suggested, probability, scores[suggested]);
            let margin = if margin.is_nan() { 0.0 } else { margin };
            order.push((margin, found.len()));
            found.push((suggested, probability));
        }
        order.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        let doubt = |(margin, at): (f64, usize)| {
            let (document, (suggested, probability)) = (documents[at], found[at]);
            Doubt {
                document,
                label: labels[class_of(&document)].clone(),
                suggested: labels[suggested].clone(),
                probability,
                margin,
            }
        };
        Audit {
            evaluation,
            doubts: order.into_iter().map(doubt).collect(),
        }
    }
}
