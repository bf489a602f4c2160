//! Which labels of the training data the rest of the data doubts.

use super::{
    evaluate::Evaluation,
    leave_one_out::{HeldOutScorer, WithRows},
    temperature::HeldOut,
};
use crate::{
    classifier::{TextClassifierParams, number_labels},
    error::{Result, same_length},
    naive_bayes::{argmax, probabilities},
    util::pool::with_threads,
};

/// What the other documents say of each document's label.
#[derive(Debug, Clone)]
pub struct Audit {
    /// How good the model is on its own documents, each judged by the model without it; probabilities
    /// are calibrated.
    pub evaluation: Evaluation,
    /// Every document of the topics, the most doubtful label first.
    pub doubts: Vec<Doubt>,
}

/// A document and how well its label fits.
#[derive(Debug, Clone, PartialEq)]
pub struct Doubt {
    /// The document's position among those given.
    pub document: usize,
    /// The label that it has.
    pub label: String,
    /// The label that the other documents give it; the same one where they agree.
    pub suggested: String,
    /// The probability of the label that it has, calibrated.
    pub probability: f64,
    /// How far the score of its label lies above that of the best other one; below 0: another is likelier.
    pub margin: f64,
}

impl TextClassifierParams {
    /// Judges every document by the model that was trained on all others: leave-one-out, for the price
    /// of about one more fit. Labels that were given by mistake are among the first of
    /// [`doubts`](Audit::doubts), which are in order of the margin: the joint log-likelihood of the
    /// document's own label less that of the best other one.
    ///
    /// # Errors
    /// As [`fit`](Self::fit).
    pub fn audit<S, L>(&self, texts: &[S], labels: &[L]) -> Result<Audit>
    where
        S: AsRef<str> + Sync,
        L: AsRef<str>,
    {
        same_length("labels (one for each text)", texts.len(), labels.len())?;
        let (labels, targets) = number_labels(labels, self.prior.labels())?;
        let analyzer = self.checked_analyzer()?;
        with_threads(self.features.threads, || {
            let fitted = WithRows::fit(self, analyzer, texts, labels, &targets, None, false)?;
            let judge = HeldOutScorer::new(&fitted)?;
            let documents = fitted.of_topics();
            let params = std::slice::from_ref(&fitted.params.naive_bayes);
            let mut scores = judge.scores(params, &documents)?;
            Ok(fitted.audit(&documents, &mut scores))
        })?
    }
}

/// So many documents choose the temperature.
const FOR_TEMPERATURE: usize = 3000;

impl WithRows {
    fn audit(&self, documents: &[usize], scores: &mut [f64]) -> Audit {
        let labels = &self.classes.labels;
        let k = labels.len();
        let class_of = |document: &usize| self.classes.targets[*document];
        // Only a few thousand: the order does not depend on the temperature, and probabilities hardly.
        let mut held_out = HeldOut::default();
        let step = documents.len().div_ceil(FOR_TEMPERATURE).max(1);
        let some = documents.iter().zip(scores.chunks_exact(k)).step_by(step);
        for (document, scores) in some {
            held_out.add_scores(scores, class_of(document));
        }
        let temperature = held_out.temperature();
        let mut evaluation = Evaluation::new(labels);
        // Sorted are margins and positions, which are smaller than doubts.
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
