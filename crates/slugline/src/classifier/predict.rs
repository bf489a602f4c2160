//! From a text to its scores: one at a time in kept buffers, or many on a pool.

use ndarray::{Array2, ArrayView1};
use rayon::prelude::*;

use super::{Scratch, TextClassifier, Verdict, Weights};
use crate::{
    counter::Counter,
    error::Result,
    naive_bayes::{argmax, probabilities},
    threads::{documents_per_task, with_threads},
};

impl TextClassifier {
    /// The topic of a text, with its probabilities.
    ///
    /// Allocates its buffers anew; in a loop use [`classify_with`](Self::classify_with).
    pub fn classify(&self, text: &str) -> Verdict<'_> {
        let mut scratch = Scratch::default();
        let verdict = self.classify_with(&mut scratch, text);
        verdict.into_owned(&self.labels)
    }

    /// The topic of a text, in buffers that the caller keeps: after the first few texts nothing is
    /// allocated any more.
    pub fn classify_with<'a>(&'a self, scratch: &'a mut Scratch, text: &str) -> Verdict<'a> {
        let recognised = self.score(scratch, text);
        Verdict::of_scores(&self.labels, &mut scratch.scores, recognised)
    }

    /// The text's joint log-likelihood under each label, in the order of [`labels`](Self::labels),
    /// in buffers that the caller keeps: log P(label) + log P(text | label), not normalised.
    pub fn joint_log_likelihood_with<'a>(&self, scratch: &'a mut Scratch, text: &str) -> &'a [f64] {
        self.score(scratch, text);
        &scratch.scores
    }

    /// Leaves the text's joint log-likelihood under each class in `scratch.scores`; returns how
    /// many of its terms are known, repeats included.
    pub(super) fn score(&self, scratch: &mut Scratch, text: &str) -> u64 {
        let Weights {
            vocabulary,
            tfidf,
            linear,
        } = &self.weights;
        let Scratch {
            counter,
            columns,
            values,
            scores,
        } = scratch;
        let recognised = counter.count_into(&self.analyzer, vocabulary, text, columns, values);
        if self.params.features.binary {
            values.fill(1.0);
        }
        linear.prefetch(columns);
        tfidf.weigh(columns, values);
        let model = self.params.naive_bayes.model;
        for value in values.iter_mut() {
            *value = model.value(*value);
        }
        scores.resize(self.labels.len(), 0.0);
        linear.scores_of(columns, values, scores);
        recognised
    }

    /// Runs `finish` on the scores of every text, in order, on a pool of our own.
    fn for_texts<S, R, F>(&self, texts: &[S], finish: F) -> Result<Vec<R>>
    where
        S: AsRef<str> + Sync,
        R: Send,
        F: Fn(&mut Scratch) -> R + Sync,
    {
        let vocabulary = &self.weights.vocabulary;
        let block = |texts: &[S]| -> Vec<R> {
            let mut scratch = Scratch {
                counter: Counter::for_vocabulary(vocabulary),
                ..Scratch::default()
            };
            let of_text = |text: &S| {
                self.score(&mut scratch, text.as_ref());
                finish(&mut scratch)
            };
            let found = texts.iter().map(of_text).collect();
            scratch.counter.leave_to(vocabulary);
            found
        };
        with_threads(self.params.features.threads, || {
            let blocks: Vec<Vec<R>> = texts
                .par_chunks(documents_per_task(texts.len()))
                .map(block)
                .collect();
            blocks.into_iter().flatten().collect()
        })
    }

    /// The label of each text. Ties go to the first label in sorted order.
    ///
    /// # Errors
    /// [`Error::Parameter`](crate::Error::Parameter) where the system refuses the threads.
    pub fn predict<S: AsRef<str> + Sync>(&self, texts: &[S]) -> Result<Vec<&str>> {
        let best = self.predict_class(texts)?;
        Ok(best
            .into_iter()
            .map(|class| self.labels[class].as_str())
            .collect())
    }

    /// The position of each text's label among [`labels`](Self::labels).
    ///
    /// # Errors
    /// As [`predict`](Self::predict).
    pub fn predict_class<S: AsRef<str> + Sync>(&self, texts: &[S]) -> Result<Vec<usize>> {
        self.for_texts(texts, |scratch| argmax(&scratch.scores))
    }

    /// texts × labels: the probability of each label, in the order of [`labels`](Self::labels).
    ///
    /// # Errors
    /// As [`predict`](Self::predict).
    pub fn predict_proba<S: AsRef<str> + Sync>(&self, texts: &[S]) -> Result<Array2<f64>> {
        self.scores_of(texts, probabilities)
    }

    /// texts × labels: log P(label) + log P(text | label), not normalised.
    ///
    /// # Errors
    /// As [`predict`](Self::predict).
    pub fn joint_log_likelihood<S: AsRef<str> + Sync>(&self, texts: &[S]) -> Result<Array2<f64>> {
        self.scores_of(texts, |_| {})
    }

    fn scores_of<S: AsRef<str> + Sync>(
        &self,
        texts: &[S],
        finish: impl Fn(&mut [f64]) + Sync,
    ) -> Result<Array2<f64>> {
        let rows = self.for_texts(texts, |scratch| {
            finish(&mut scratch.scores);
            scratch.scores.clone()
        })?;
        let mut scores = Array2::zeros((texts.len(), self.labels.len()));
        for (mut to, from) in scores.rows_mut().into_iter().zip(rows) {
            to.assign(&ArrayView1::from(&from));
        }
        Ok(scores)
    }
}
