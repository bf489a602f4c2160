//! The pseudo-counts of a prior, over the terms and classes of a model.

use crate::{
    features::{Tfidf, TfidfParams},
    util::array::Array,
    vocabulary::Vocabulary,
};

/// A prior over n-grams and numbers of classes.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct NamedPrior {
    /// (n-gram, class, pseudo-count), sorted, each pair of n-gram and class once.
    pub(crate) counts: Vec<(String, u32, f64)>,
    /// The number of documents that the pseudo-counts were taken from.
    pub(crate) n_documents: u64,
    /// The number of them that hold an n-gram; sorted, only n-grams with pseudo-counts.
    pub(crate) df: Vec<(String, u64)>,
}

/// Pseudo-counts of a prior over the learned terms, in order of term and class.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct PriorCounts {
    pub(crate) terms: Array<u32>,
    /// The background is the last class.
    pub(crate) classes: Array<u32>,
    pub(crate) counts: Array<f64>,
    /// The number of documents that they were taken from.
    pub(crate) n_documents: u64,
    /// The number of them that hold each learned term; empty where they are not known.
    pub(crate) df: Array<u64>,
}

impl NamedPrior {
    /// The n-grams, with repeats.
    pub(crate) fn terms(&self) -> impl Iterator<Item = &str> {
        self.counts.iter().map(|(term, ..)| term.as_str())
    }
}

impl PriorCounts {
    /// The pseudo-counts of terms that are in the vocabulary.
    pub(crate) fn of(vocabulary: &Vocabulary, prior: &NamedPrior) -> Self {
        let mut found: Vec<(u32, u32, f64)> = prior
            .counts
            .iter()
            .filter_map(|(term, class, count)| Some((vocabulary.id(term)?, *class, *count)))
            .collect();
        found.sort_by_key(|&(term, class, _)| (term, class));
        let terms: Vec<u32> = found.iter().map(|part| part.0).collect();
        let classes: Vec<u32> = found.iter().map(|part| part.1).collect();
        let counts: Vec<f64> = found.iter().map(|part| part.2).collect();
        let mut df = Vec::new();
        if prior.n_documents > 0 {
            df.resize(vocabulary.len(), 0);
            for (term, of_term) in &prior.df {
                if let Some(id) = vocabulary.id(term) {
                    df[id as usize] = *of_term;
                }
            }
        }
        Self {
            terms: terms.into(),
            classes: classes.into(),
            counts: counts.into(),
            n_documents: prior.n_documents,
            df: df.into(),
        }
    }

    /// (term, class, pseudo-count).
    pub(crate) fn iter(&self) -> impl Iterator<Item = (u32, u32, f64)> {
        let pairs = self.terms.iter().zip(self.classes.iter());
        pairs
            .zip(self.counts.iter())
            .map(|((&term, &class), &count)| (term, class, count))
    }

    /// The prior with the terms as text and the classes renumbered.
    pub(crate) fn named(&self, vocabulary: &Vocabulary, classes: &[usize]) -> NamedPrior {
        let mut counts: Vec<(String, u32, f64)> = self
            .iter()
            .filter_map(|(term, class, count)| {
                let class = classes.get(class as usize).map(|&class| class as u32)?;
                Some((vocabulary.term(term)?.to_owned(), class, count))
            })
            .collect();
        counts.sort_by(|a, b| (&a.0, a.1).cmp(&(&b.0, b.1)));
        let terms = vocabulary.iter().zip(self.df.iter());
        let mut df: Vec<(String, u64)> = terms
            .filter(|(_, df)| **df > 0)
            .map(|(term, &df)| (term.to_owned(), df))
            .collect();
        df.sort();
        NamedPrior {
            counts,
            n_documents: self.n_documents,
            df,
        }
    }

    /// The document frequencies of these terms.
    pub(crate) fn select_df(&self, kept: &[u32]) -> Array<u64> {
        if self.df.is_empty() {
            return Array::default();
        }
        let df: Vec<u64> = kept.iter().map(|&id| self.df[id as usize]).collect();
        df.into()
    }

    /// The weighting of terms in so many documents, those of the prior among them.
    pub(crate) fn tfidf(&self, params: TfidfParams, n_documents: u64, df: &[u64]) -> Tfidf {
        if self.df.is_empty() {
            return Tfidf::from_df(params, n_documents, df);
        }
        let both = df.iter().zip(self.df.iter());
        let both: Vec<u64> = both.map(|(own, more)| own.saturating_add(*more)).collect();
        Tfidf::from_df(params, n_documents.saturating_add(self.n_documents), &both)
    }
}
