//! From a text to its scores: one text in buffers of the caller, or many texts on a pool.

use std::sync::{Mutex, PoisonError};

use ndarray::{Array2, ArrayView1};
use rayon::prelude::*;

use super::{
    TextClassifier,
    quantized::Quantized,
    verdict::{Scratch, Verdict},
};
use crate::{
    counting::{Counter, TermCoverage, prepare_lookups},
    error::Result,
    naive_bayes::{argmax, probabilities, tempered_log_probabilities},
    util::{
        memory::{check_left, within, zeros},
        pool::{documents_per_block, with_threads},
        simd,
    },
    vocabulary::WordCachePool,
};

impl TextClassifier {
    /// Classifies a text.
    ///
    /// Allocates its buffers anew; in a loop use [`classify_with`](Self::classify_with).
    pub fn classify(&self, text: &str) -> Verdict<'_, 'static> {
        let mut scratch = Scratch::default();
        let verdict = self.classify_with(&mut scratch, text);
        verdict.into_owned()
    }

    /// The topic of a text, in buffers that the caller keeps: after the first few texts nothing is
    /// allocated any more.
    pub fn classify_with<'m, 's>(
        &'m self,
        scratch: &'s mut Scratch,
        text: &str,
    ) -> Verdict<'m, 's> {
        let seen = self.score(scratch, text);
        Verdict::of_scores(self, &mut scratch.scores, seen, scratch.columns.len())
    }

    /// The joint log-likelihood of a text under each label, in the order of [`labels`](Self::labels), in
    /// buffers of the caller: log P(label) + log P(text | label), not normalised.
    pub fn joint_log_likelihood_with<'a>(&self, scratch: &'a mut Scratch, text: &str) -> &'a [f64] {
        self.score(scratch, text);
        &scratch.scores
    }

    /// The logarithm of the probability of each label for a text, in the order of [`labels`](Self::labels), in buffers of
    /// the caller.
    pub fn log_probabilities_with<'a>(&self, scratch: &'a mut Scratch, text: &str) -> &'a [f64] {
        self.score(scratch, text);
        let temperature = self.calibration.temperature_of(scratch.columns.len());
        tempered_log_probabilities(&mut scratch.scores, temperature);
        &scratch.scores
    }

    /// Leaves the text's joint log-likelihood under each class in `scratch.scores`.
    pub(crate) fn score(&self, scratch: &mut Scratch, text: &str) -> TermCoverage {
        let seen = self.count(scratch, text);
        self.score_counts(scratch);
        seen
    }

    /// Leaves the text's known terms in `scratch.columns`, how often it holds each in
    /// `scratch.values`.
    pub(crate) fn count(&self, scratch: &mut Scratch, text: &str) -> TermCoverage {
        let (counter, vocabulary) = (&mut scratch.counter, &self.weights.vocabulary);
        let (columns, values) = (&mut scratch.columns, &mut scratch.values);
        counter.count_into(&self.analyzer, vocabulary, text, columns, values)
    }

    /// From what [`count`](Self::count) has left to the scores; the values are what the weights were
    /// multiplied with afterwards.
    pub(crate) fn score_counts(&self, scratch: &mut Scratch) {
        let linear = &self.weights.linear;
        linear.prefetch(&scratch.columns);
        self.weigh_counts(scratch);
        let Scratch {
            columns,
            values,
            scores,
            ..
        } = scratch;
        scores.resize(self.labels.len(), 0.0);
        linear.scores_of(columns, values, scores);
    }

    /// Turns the counts that [`count`](Self::count) has left into what the weights are multiplied with.
    #[inline]
    pub(crate) fn weigh_counts(&self, scratch: &mut Scratch) {
        let tfidf = &self.weights.tfidf;
        let Scratch {
            columns, values, ..
        } = scratch;
        if self.params.features.binary {
            values.fill(1.0);
        }
        tfidf.prefetch(columns);
        tfidf.weigh(columns, values);
        let model = self.params.naive_bayes.model;
        for value in values.iter_mut() {
            *value = model.value(*value);
        }
    }

    /// Runs `read` on every text, in order, on a pool of our own.
    pub(crate) fn for_texts<S, R, F>(&self, texts: &[S], read: F) -> Result<Vec<R>>
    where
        S: AsRef<str> + Sync,
        R: Send,
        F: Fn(&mut Scratch, &str) -> R + Send + Sync,
    {
        let work = self.work(texts);
        with_threads("classification", self.params.features.threads, || {
            self.by_id(texts, work, &read)
        })
    }

    /// Bytes of text whose words are as many as the terms of these texts, roughly.
    fn work<S: AsRef<str>>(&self, texts: &[S]) -> usize {
        let bytes: usize = texts.iter().map(|text| text.as_ref().len()).sum();
        bytes.saturating_mul(self.analyzer.terms_per_word())
    }

    /// Runs `read`, which counts terms by id, on every text, in order, on the current pool.
    fn by_id<S, R, F>(&self, texts: &[S], work: usize, read: &F) -> Vec<R>
    where
        S: AsRef<str> + Sync,
        R: Send,
        F: Fn(&mut Scratch, &str) -> R + Sync,
    {
        let vocabulary = &self.weights.vocabulary;
        // Tables that these texts repay are made now, not when most of them have been read.
        prepare_lookups(&self.analyzer, vocabulary, work);
        in_blocks(texts, vocabulary.word_caches(), read)
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
        let (work, weights) = (self.work(texts), &self.weights);
        with_threads("classification", self.params.features.threads, || {
            let path = self.analyzer.path();
            match weights.quantized.get(work, &self.params, path, weights) {
                Some(quantized) => in_blocks(texts, quantized.word_caches(), &|scratch, text| {
                    self.quantized_class(quantized, scratch, text)
                }),
                None => self.by_id(texts, work, &|scratch: &mut Scratch, text: &str| {
                    self.scored_class(scratch, text)
                }),
            }
        })
    }

    /// The label of each text, as [`predict`](Self::predict) gives it, on the calling thread and in buffers that the
    /// caller keeps: for programs with threads of their own, and texts that come a few at a time.
    ///
    /// # Errors
    /// As [`predict`](Self::predict): what it looks labels up in is made once, on a pool.
    pub fn predict_with<'m, S: AsRef<str>>(
        &'m self,
        scratch: &mut Scratch,
        texts: &[S],
    ) -> Result<Vec<&'m str>> {
        let (work, weights) = (self.work(texts), &self.weights);
        if weights.quantized.are_due(work, weights) {
            with_threads("classification", self.params.features.threads, || {
                let path = self.analyzer.path();
                weights.quantized.make(&self.params, path, weights);
            })?;
        }
        let quantized = weights.quantized.made();
        let classes = simd::prefetching(texts).map(|text| match quantized {
            Some(quantized) => self.quantized_class(quantized, scratch, text),
            None => self.scored_class(scratch, text),
        });
        Ok(classes.map(|class| self.labels[class].as_str()).collect())
    }

    /// The position of a text's label, from its scores.
    fn scored_class(&self, scratch: &mut Scratch, text: &str) -> usize {
        self.score(scratch, text);
        argmax(&scratch.scores)
    }

    /// The position of a text's label: from packed weights where they settle it.
    fn quantized_class(&self, quantized: &Quantized, scratch: &mut Scratch, text: &str) -> usize {
        let Scratch {
            counter,
            quantized: buffers,
            ..
        } = scratch;
        let (analyzer, terms) = (&self.analyzer, quantized.terms(&self.weights.vocabulary));
        let bag = counter.count_ranked(analyzer, terms, text);
        if let Some(class) = quantized.class(bag, buffers) {
            return class;
        }
        let bag = counter.count_ranked(analyzer, terms, text);
        quantized.leave_counts(bag, buffers, &mut scratch.columns, &mut scratch.values);
        self.score_counts(scratch);
        argmax(&scratch.scores)
    }

    /// The probability of each label for each text: texts × labels, in the order of [`labels`](Self::labels).
    ///
    /// # Errors
    /// As [`predict`](Self::predict).
    pub fn predict_proba<S: AsRef<str> + Sync>(&self, texts: &[S]) -> Result<Array2<f64>> {
        self.scores_of(texts, |scores, n_terms| {
            probabilities(scores, self.calibration.temperature_of(n_terms));
        })
    }

    /// The logarithm of the probability of each label for each text: texts × labels, in the order of
    /// [`labels`](Self::labels). NaN where no label is possible (`alpha` = 0), as in scikit-learn.
    ///
    /// # Errors
    /// As [`predict`](Self::predict).
    pub fn predict_log_proba<S: AsRef<str> + Sync>(&self, texts: &[S]) -> Result<Array2<f64>> {
        self.scores_of(texts, |scores, n_terms| {
            tempered_log_probabilities(scores, self.calibration.temperature_of(n_terms));
        })
    }

    /// The joint log-likelihoods: texts × labels, log P(label) + log P(text | label), not normalised.
    ///
    /// # Errors
    /// As [`predict`](Self::predict).
    pub fn joint_log_likelihood<S: AsRef<str> + Sync>(&self, texts: &[S]) -> Result<Array2<f64>> {
        self.scores_of(texts, |_, _| {})
    }

    /// texts × labels zeros. An error also where the rows, which come one by one, would not fit in beside them.
    pub(super) fn room_for_all(&self, texts: usize) -> Result<Array2<f64>> {
        const WHAT: &str = "classification";
        let labels = self.labels.len();
        let room = within(WHAT, || zeros(texts, labels))?;
        check_left(
            WHAT,
            texts
                .saturating_mul(labels)
                .saturating_mul(size_of::<f64>()),
        )?;
        Ok(room)
    }

    fn scores_of<S: AsRef<str> + Sync>(
        &self,
        texts: &[S],
        finish: impl Fn(&mut [f64], usize) + Sync,
    ) -> Result<Array2<f64>> {
        let mut scores = self.room_for_all(texts.len())?;
        let rows = self.for_texts(texts, |scratch, text| {
            self.score(scratch, text);
            finish(&mut scratch.scores, scratch.columns.len());
            scratch.scores.clone()
        })?;
        for (mut to, from) in scores.rows_mut().into_iter().zip(rows) {
            to.assign(&ArrayView1::from(&from));
        }
        Ok(scores)
    }
}

/// Runs `read` on every text, in order, on the current pool.
fn in_blocks<S, R, F>(texts: &[S], word_caches: &WordCachePool, read: &F) -> Vec<R>
where
    S: AsRef<str> + Sync,
    R: Send,
    F: Fn(&mut Scratch, &str) -> R + Sync,
{
    // Buffers of threads that are between two blocks: to make them anew for each block takes as long as to
    // read some dozens of texts.
    let idle: Mutex<Vec<Box<Scratch>>> = Mutex::default();
    let idle = || idle.lock().unwrap_or_else(PoisonError::into_inner);
    let block = |texts: &[S]| -> Vec<R> {
        let left = idle().pop();
        let mut scratch = left.unwrap_or_else(|| {
            Box::new(Scratch {
                counter: Counter::with_word_cache_of(word_caches),
                ..Scratch::default()
            })
        });
        let found = simd::prefetching(texts).map(|text| read(&mut scratch, text));
        let found = found.collect();
        idle().push(scratch);
        found
    };
    let blocks: Vec<Vec<R>> = texts
        .par_chunks(documents_per_block(texts.len()))
        .map(block)
        .collect();
    for scratch in &mut *idle() {
        scratch.counter.return_word_cache(word_caches);
    }
    blocks.into_iter().flatten().collect()
}
