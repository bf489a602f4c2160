//! Count rows of documents, with a vocabulary that is learned and pruned, or given.

use rayon::prelude::*;

use crate::{
    counting::{Corpus, Counter, document_frequency, learn, totals},
    error::{Error, Result},
    matrix::Rows,
    text::Analyzer,
    util::pool::{documents_per_task, with_threads},
    vocabulary::Vocabulary,
    wording::count,
};

/// The terms of some texts and their counts in each text: what a [`Vectorizer`] is fitted on, for callers
/// that choose the terms themselves.
///
/// [`Vectorizer`]: crate::Vectorizer
///
/// ```
/// use slugline::{Counts, text::{Analyzer, AnalyzerParams}};
///
/// let analyzer = Analyzer::new(AnalyzerParams::default())?;
/// let counts = Counts::learn(&analyzer, &["chips and chips", "rules"], 1)?;
/// assert_eq!(counts.document_frequency(), [1, 1, 1]);
/// assert_eq!(counts.totals(), [1.0, 2.0, 1.0]);
/// assert!(counts.select(&[1])?.vocabulary.iter().eq(["chips"]));
/// # Ok::<(), slugline::Error>(())
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
#[must_use]
pub struct Counts {
    /// The terms; learned ones in code-point order.
    pub vocabulary: Vocabulary,
    /// texts × terms.
    pub rows: Rows<u32>,
}

impl Counts {
    /// Counts every term of the texts, in one pass. `threads`: 0 for one per processor.
    ///
    /// # Errors
    /// [`Error::EmptyVocabulary`] where the texts hold no term, [`Error::Parameter`] where the
    /// system refuses the threads or there are more terms than ids.
    pub fn learn<S: AsRef<str> + Sync>(
        analyzer: &Analyzer,
        texts: &[S],
        threads: usize,
    ) -> Result<Self> {
        with_threads("learning a vocabulary", threads, || {
            Ok(learn(analyzer, texts)?.into())
        })?
    }

    /// Counts the terms of a given vocabulary: texts × terms. Other terms are ignored.
    ///
    /// # Errors
    /// [`Error::Parameter`] where the system refuses the threads.
    pub fn of_known<S: AsRef<str> + Sync>(
        analyzer: &Analyzer,
        vocabulary: &Vocabulary,
        texts: &[S],
        threads: usize,
    ) -> Result<Rows<u32>> {
        with_threads("counting terms", threads, || {
            count_known(analyzer, vocabulary, texts)
        })
    }

    /// The number of texts that hold each term.
    pub fn document_frequency(&self) -> Vec<u64> {
        document_frequency(&self.rows)
    }

    /// The total count of each term over all texts.
    pub fn totals(&self) -> Vec<f64> {
        totals(&self.rows)
    }

    /// Keeps some of the terms, renumbered from 0.
    ///
    /// # Errors
    /// [`Error::Parameter`] unless `kept` ascends strictly and stays below the number of terms.
    pub fn select(&self, kept: &[u32]) -> Result<Self> {
        let ascending = kept.windows(2).all(|pair| pair[0] < pair[1]);
        let n = self.vocabulary.len();
        if !ascending || kept.last().is_some_and(|&last| last as usize >= n) {
            return Err(Error::parameter(
                "kept",
                count(kept.len(), "column"),
                format!("strictly ascending columns below {n}"),
            ));
        }
        Ok(Self {
            vocabulary: self.vocabulary.select(kept),
            rows: self.rows.select(kept),
        })
    }
}

impl From<Corpus> for Counts {
    /// Runs on the current pool.
    fn from(documents: Corpus) -> Self {
        Self {
            vocabulary: documents.vocabulary,
            rows: documents.counts.into_rows(),
        }
    }
}

/// Count rows of texts over a fixed vocabulary. Runs on the current pool.
pub(crate) fn count_known<S: AsRef<str> + Sync>(
    analyzer: &Analyzer,
    vocabulary: &Vocabulary,
    texts: &[S],
) -> Rows<u32> {
    let parts = texts
        .par_chunks(documents_per_task(texts.len()))
        .map(|texts| {
            let mut counter = Counter::with_word_cache_of(vocabulary.word_caches());
            let mut rows = Rows::empty(vocabulary.len());
            for text in texts {
                counter.count(analyzer, vocabulary, text.as_ref());
                rows.push_row(counter.pairs());
            }
            counter.return_word_cache(vocabulary.word_caches());
            rows
        })
        .collect();
    Rows::concat(vocabulary.len(), parts)
}
