//! Documents that were read, with the terms that they hold: what sums are taken of.

use super::{
    pruning::{Pruning, document_frequency, totals},
    token_lists::{TokenLists, TokenReader},
    without_terms::TermFilter,
};
use crate::{
    error::Result,
    matrix::{RowSource, Rows},
    vocabulary::Vocabulary,
};

/// The terms of documents, their frequencies, and how often each document holds each of them.
pub(crate) struct Corpus {
    pub(crate) vocabulary: Vocabulary,
    /// Documents that hold each term.
    pub(crate) df: Vec<u64>,
    /// Total count of each term.
    pub(crate) total: Vec<f64>,
    pub(crate) counts: CorpusCounts,
}

/// Counts, in the form in which they came.
pub(crate) enum CorpusCounts {
    /// Of terms that were learned.
    TokenLists(TokenLists),
    /// Of terms that were given.
    Rows(Rows<u32>),
}

impl Corpus {
    pub(crate) fn of_tokens(
        vocabulary: Vocabulary,
        df: Vec<u64>,
        total: Vec<f64>,
        tokens: TokenLists,
    ) -> Self {
        Self {
            vocabulary,
            df,
            total,
            counts: CorpusCounts::TokenLists(tokens),
        }
    }

    pub(crate) fn of_rows(vocabulary: Vocabulary, rows: Rows<u32>) -> Self {
        Self {
            vocabulary,
            df: document_frequency(&rows),
            total: totals(&rows),
            counts: CorpusCounts::Rows(rows),
        }
    }

    /// Counts a term once a document.
    pub(crate) fn binary(mut self) -> Self {
        self.counts = match self.counts {
            CorpusCounts::TokenLists(mut tokens) => {
                tokens.binary();
                CorpusCounts::TokenLists(tokens)
            }
            CorpusCounts::Rows(rows) => CorpusCounts::Rows(rows.map(|_| 1)),
        };
        self.total = self.df.iter().map(|&df| df as f64).collect();
        self
    }

    /// How many terms each document has, repeats included.
    pub(crate) fn lengths(&self) -> impl Iterator<Item = f64> {
        let mut reader = TokenReader::default();
        (0..self.counts.n_rows()).map(move |row| {
            let (_, counts) = self.counts.row(row, &mut reader);
            counts.iter().map(|&n| f64::from(n)).sum()
        })
    }

    /// The terms to keep; None where they are all kept.
    ///
    /// # Errors
    /// As [`Pruning::keep`].
    pub(crate) fn kept(
        &self,
        pruning: &Pruning,
        without: Option<&TermFilter>,
    ) -> Result<Option<Vec<u32>>> {
        if *pruning == Pruning::default() && without.is_none() {
            return Ok(None);
        }
        let n_documents = self.counts.n_rows();
        let kept = pruning.keep(
            without,
            n_documents,
            &self.vocabulary,
            &self.df,
            &self.total,
        )?;
        Ok((kept.len() < self.df.len()).then_some(kept))
    }

    /// These terms alone (ascending), numbered anew from 0.
    pub(crate) fn select(self, kept: &[u32]) -> Self {
        let counts = match self.counts {
            CorpusCounts::Rows(rows) => CorpusCounts::Rows(rows.select(kept)),
            CorpusCounts::TokenLists(mut tokens) => {
                let mut new = vec![None; self.df.len()];
                for (position, &old) in kept.iter().enumerate() {
                    new[old as usize] = Some(position as u32);
                }
                tokens.renumber(kept.len(), |old| new[old as usize]);
                CorpusCounts::TokenLists(tokens)
            }
        };
        Self {
            vocabulary: self.vocabulary.select(kept),
            df: kept.iter().map(|&id| self.df[id as usize]).collect(),
            total: kept.iter().map(|&id| self.total[id as usize]).collect(),
            counts,
        }
    }

    /// With more terms, which no document holds; ids are ranks anew.
    pub(crate) fn with_terms(self, new: &[&str]) -> Result<Self> {
        let mut terms: Vec<&str> = self.vocabulary.iter().chain(new.iter().copied()).collect();
        terms.sort_unstable();
        terms.dedup();
        let vocabulary = Vocabulary::new(&terms)?;
        let n = vocabulary.len();
        // Both are in code-point order, so that the columns of a row still ascend.
        let ids: Vec<u32> = self
            .vocabulary
            .iter()
            .filter_map(|term| vocabulary.id(term))
            .collect();
        let (mut df, mut total) = (vec![0; n], vec![0.0; n]);
        for (old, &id) in ids.iter().enumerate() {
            df[id as usize] = self.df[old];
            total[id as usize] = self.total[old];
        }
        let counts = match self.counts {
            CorpusCounts::Rows(rows) => CorpusCounts::Rows(rows.renumber(&ids, n)),
            CorpusCounts::TokenLists(mut tokens) => {
                tokens.renumber(n, |old| Some(ids[old as usize]));
                CorpusCounts::TokenLists(tokens)
            }
        };
        Ok(Self {
            vocabulary,
            df,
            total,
            counts,
        })
    }
}

impl CorpusCounts {
    /// The counts as rows. Runs on the current pool.
    pub(crate) fn into_rows(self) -> Rows<u32> {
        match self {
            Self::Rows(rows) => rows,
            Self::TokenLists(tokens) => tokens.rows(|_, counts, values| values.extend(counts)),
        }
    }
}

impl RowSource for CorpusCounts {
    type Reader = TokenReader;

    fn n_rows(&self) -> usize {
        match self {
            Self::TokenLists(tokens) => tokens.n_rows(),
            Self::Rows(rows) => rows.n_rows(),
        }
    }

    fn n_columns(&self) -> usize {
        match self {
            Self::TokenLists(tokens) => tokens.n_columns(),
            Self::Rows(rows) => rows.n_columns(),
        }
    }

    #[inline(always)]
    fn row<'a>(&'a self, row: usize, reader: &'a mut TokenReader) -> (&'a [u32], &'a [u32]) {
        match self {
            Self::TokenLists(tokens) => tokens.row(row, reader),
            Self::Rows(rows) => rows.row(row),
        }
    }

    #[inline]
    fn prefetch(&self, row: usize) {
        if let Self::TokenLists(tokens) = self {
            tokens.prefetch(row);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{super::learn::learn, *};
    use crate::{
        text::{Analyzer, AnalyzerParams, Language},
        util::pool::with_threads,
    };
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    /// The rows of texts over some terms, term by term.
    fn reference(analyzer: &Analyzer, texts: &[String], terms: &[&str], binary: bool) -> Rows<u32> {
        let mut rows = Rows::empty(terms.len());
        for text in texts {
            let mut counts = BTreeMap::new();
            for term in analyzer.terms(text) {
                if let Ok(column) = terms.binary_search(&term.as_str()) {
                    let count = counts.entry(column as u32).or_insert(0);
                    *count = if binary { 1 } else { *count + 1 };
                }
            }
            rows.push_row(counts);
        }
        rows
    }

    proptest! {
        #[test]
        fn tokens_are_rows(
            texts in prop::collection::vec("([a-c]{2,3} |running |abcdefghijklmno{1,3} ){0,20}", 1..40),
            stems in any::<bool>(),
            binary in any::<bool>(),
        ) {
            let stemmer = stems.then_some(Language::English);
            let analyzer = Analyzer::new(AnalyzerParams { stemmer, ..Default::default() }).unwrap();
            let mut all: Vec<String> = texts.iter().flat_map(|text| analyzer.terms(text)).collect();
            all.sort_unstable();
            all.dedup();
            let all: Vec<&str> = all.iter().map(String::as_str).collect();
            for threads in [1, 3] {
                let read = || with_threads("a test", threads, || learn(&analyzer, &texts)).unwrap();
                let Ok(documents) = read() else {
                    prop_assert!(all.is_empty());
                    continue;
                };
                let documents = if binary { documents.binary() } else { documents };
                let expected = reference(&analyzer, &texts, &all, binary);
                prop_assert!(documents.vocabulary.iter().eq(all.iter().copied()));
                prop_assert_eq!(&documents.df, &document_frequency(&expected));
                prop_assert_eq!(&documents.total, &totals(&expected));
                let lengths = expected.iter().map(|(_, counts)| f64::from(counts.iter().sum::<u32>()));
                prop_assert!(documents.lengths().eq(lengths));

                // Every third term is left out, then new ones come.
                let kept: Vec<u32> = (0..all.len() as u32).filter(|id| id % 3 > 0).collect();
                let some: Vec<&str> = kept.iter().map(|&id| all[id as usize]).collect();
                let documents = documents.select(&kept);
                let mut more = [&some[..], &["bb#", "zz#"]].concat();
                let expected = reference(&analyzer, &texts, &some, binary);
                prop_assert_eq!(&documents.df, &document_frequency(&expected));
                let documents = documents.with_terms(&["zz#", "bb#"]).unwrap();
                more.sort_unstable();
                prop_assert!(documents.vocabulary.iter().eq(more.iter().copied()));
                prop_assert_eq!(
                    documents.counts.into_rows(),
                    reference(&analyzer, &texts, &more, binary)
                );
            }
        }
    }
}
