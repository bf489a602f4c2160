//! Documents → count rows: the vocabulary is learned or given, then pruned.

use std::ops::RangeInclusive;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{
    analyze::Analyzer,
    counter::Counter,
    error::{Error, Result},
    learn::learn,
    rows::Rows,
    threads::{documents_per_task, with_threads},
    vocabulary::Vocabulary,
    wording::count,
};

/// A bound on the number of documents that hold a term: an absolute count, or a fraction of all
/// documents.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DocumentFrequency {
    /// So many documents.
    Count(u64),
    /// This part of the documents, 0 to 1.
    Fraction(f64),
}

impl DocumentFrequency {
    fn of(self, n_documents: usize) -> f64 {
        match self {
            Self::Count(count) => count as f64,
            Self::Fraction(fraction) => fraction * n_documents as f64,
        }
    }

    fn check(self, name: &'static str) -> Result<()> {
        match self {
            Self::Fraction(part) if !(0.0..=1.0).contains(&part) => Err(Error::parameter(
                name,
                part,
                "a whole number of documents, or a fraction from 0 to 1",
            )),
            _ => Ok(()),
        }
    }
}

impl From<u64> for DocumentFrequency {
    fn from(count: u64) -> Self {
        Self::Count(count)
    }
}

impl From<i32> for DocumentFrequency {
    /// So that `.min_df(2)` means two documents; a negative number means none.
    fn from(count: i32) -> Self {
        Self::Count(u64::try_from(count).unwrap_or(0))
    }
}

impl From<f64> for DocumentFrequency {
    fn from(part: f64) -> Self {
        Self::Fraction(part)
    }
}

/// Which terms of the documents are kept.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pruning {
    /// Terms in fewer documents are left out.
    pub min_df: DocumentFrequency,
    /// Terms in more documents are left out.
    pub max_df: DocumentFrequency,
    /// Of the rest, only so many with the highest total count; ties go to the earlier term.
    pub max_features: Option<usize>,
}

impl Default for Pruning {
    fn default() -> Self {
        Self {
            min_df: DocumentFrequency::Count(1),
            max_df: DocumentFrequency::Fraction(1.0),
            max_features: None,
        }
    }
}

impl Pruning {
    pub(crate) fn check(&self) -> Result<()> {
        self.min_df.check("min_df")?;
        self.max_df.check("max_df")?;
        if self.max_features == Some(0) {
            return Err(Error::parameter("max_features", 0, "at least 1, or none"));
        }
        Ok(())
    }

    /// The fewest documents that a term must occur in, of so many.
    pub(crate) fn least(&self, n_documents: usize) -> u64 {
        self.min_df.of(n_documents).ceil() as u64
    }

    /// The columns to keep, ascending.
    ///
    /// # Errors
    /// [`Error::Parameter`] where `max_df` means fewer documents than `min_df`,
    /// [`Error::EmptyVocabulary`] where nothing is left.
    pub(crate) fn keep(&self, n_documents: usize, df: &[u64], total: &[f64]) -> Result<Vec<u32>> {
        let passes = self.bounds(n_documents)?;
        let mut kept: Vec<u32> = (0..df.len() as u32)
            .filter(|&id| passes.contains(&(df[id as usize] as f64)))
            .collect();
        if let Some(limit) = self.max_features.filter(|&limit| limit < kept.len()) {
            kept.sort_by(|&a, &b| {
                total[b as usize]
                    .total_cmp(&total[a as usize])
                    .then(a.cmp(&b))
            });
            kept.truncate(limit);
            kept.sort_unstable();
        }
        if kept.is_empty() {
            return Err(none_left());
        }
        Ok(kept)
    }

    /// The numbers of documents that `min_df` and `max_df` let pass.
    ///
    /// # Errors
    /// [`Error::Parameter`] where `max_df` means fewer documents than `min_df`.
    pub(crate) fn bounds(&self, n_documents: usize) -> Result<RangeInclusive<f64>> {
        let (low, high) = (self.min_df.of(n_documents), self.max_df.of(n_documents));
        if high < low {
            return Err(Error::parameter(
                "max_df",
                format!("{high} of {}", count(n_documents, "document")),
                format!("at least min_df, which is {low} documents"),
            ));
        }
        Ok(low..=high)
    }
}

pub(crate) fn none_left() -> Error {
    Error::EmptyVocabulary(
        "after pruning no terms remain; try a lower min_df or a higher max_df".into(),
    )
}

/// The terms of some texts and how often each text holds each: what a [`Vectorizer`] is fitted on,
/// for callers with their own idea of which terms to keep.
///
/// [`Vectorizer`]: crate::Vectorizer
///
/// ```
/// use slugline::{Counts, analyze::{Analyzer, AnalyzerParams}};
///
/// let analyzer = Analyzer::new(AnalyzerParams::default())?;
/// let counts = Counts::learn(&analyzer, &["chips and chips", "rules"], 1)?;
/// assert_eq!(counts.document_frequency(), [1, 1, 1]);
/// assert_eq!(counts.totals(), [1.0, 2.0, 1.0]);
/// assert!(counts.select(&[1])?.vocabulary.iter().eq(["chips"]));
/// # Ok::<(), slugline::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Counts {
    /// The terms; learned ones in code-point order.
    pub vocabulary: Vocabulary,
    /// texts × terms.
    pub rows: Rows<u32>,
}

impl Counts {
    /// Every term of the texts, counted in one pass. `threads`: 0 for one each processor.
    ///
    /// # Errors
    /// [`Error::EmptyVocabulary`] where the texts hold no term, [`Error::Parameter`] where the
    /// system refuses the threads or there are more terms than ids.
    pub fn learn<S: AsRef<str> + Sync>(
        analyzer: &Analyzer,
        texts: &[S],
        threads: usize,
    ) -> Result<Self> {
        with_threads(threads, || Ok(learn(analyzer, texts)?.into_counts()))?
    }

    /// Count rows of texts over a given vocabulary: texts × terms. Other terms are passed over.
    ///
    /// # Errors
    /// [`Error::Parameter`] where the system refuses the threads.
    pub fn of_known<S: AsRef<str> + Sync>(
        analyzer: &Analyzer,
        vocabulary: &Vocabulary,
        texts: &[S],
        threads: usize,
    ) -> Result<Rows<u32>> {
        with_threads(threads, || count_known(analyzer, vocabulary, texts))
    }

    /// In how many texts each term occurs.
    pub fn document_frequency(&self) -> Vec<u64> {
        document_frequency(&self.rows)
    }

    /// How often each term occurs in all texts together.
    pub fn totals(&self) -> Vec<f64> {
        totals(&self.rows)
    }

    /// The counts of some terms alone, numbered anew from 0.
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

/// Count rows of texts over a fixed vocabulary. Runs on the current pool.
pub(crate) fn count_known<S: AsRef<str> + Sync>(
    analyzer: &Analyzer,
    vocabulary: &Vocabulary,
    texts: &[S],
) -> Rows<u32> {
    let parts = texts
        .par_chunks(documents_per_task(texts.len()))
        .map(|texts| {
            let mut counter = Counter::with_remembered(vocabulary.remembered());
            let mut rows = Rows::empty(vocabulary.len());
            for text in texts {
                counter.count(analyzer, vocabulary, text.as_ref());
                rows.push_row(counter.pairs());
            }
            counter.leave_to(vocabulary.remembered());
            rows
        })
        .collect();
    Rows::concat(vocabulary.len(), parts)
}

/// In how many rows each column has a value.
pub(crate) fn document_frequency<T>(rows: &Rows<T>) -> Vec<u64> {
    let mut df = vec![0; rows.n_columns()];
    for &column in rows.parts().1 {
        df[column as usize] += 1;
    }
    df
}

/// Total count of each column.
pub(crate) fn totals(rows: &Rows<u32>) -> Vec<f64> {
    let mut total = vec![0.0; rows.n_columns()];
    for (columns, counts) in rows.iter() {
        for (&column, &count) in columns.iter().zip(counts) {
            total[column as usize] += f64::from(count);
        }
    }
    total
}
