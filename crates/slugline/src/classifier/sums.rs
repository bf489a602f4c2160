//! The sums over documents that a classifier learns.

use crate::{
    counting::{Corpus, CorpusCounts},
    error::Result,
    matrix::{RowSource, Rows},
    naive_bayes::{ByClass, Evidence, Members, Weighed, check_targets},
    text::Analyzer,
    util::{array::Array, grid},
    vocabulary::Vocabulary,
};

use super::{
    exact_sums,
    labels::{ClassShare, Classes},
    params::TextClassifierParams,
    prior_counts::PriorCounts,
    weights::union,
};

/// All that is kept of the documents. Adding documents adds to every number here.
///
/// Where [`TextClassifierParams::sums_are_exact`], the vocabulary is that of all documents and the
/// rows summed are free of idf; pruning and idf come in [`Weights::derive`](super::Weights::derive).
/// Otherwise both are done before the rows are summed, as in scikit-learn.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Learned {
    pub(crate) vocabulary: Vocabulary,
    pub(crate) n_documents: u64,
    /// The number of documents that hold each term.
    pub(crate) df: Array<u64>,
    /// The total count of each term.
    pub(crate) total: Array<f64>,
    pub(crate) sums: Evidence,
    /// The sums of documents about none of the topics.
    pub(crate) background: Option<Background>,
    /// The pseudo-counts of the prior, which are added when the weights are derived.
    pub(crate) prior: PriorCounts,
}

/// The maximum documents of a model: up to here an `f64` counts them, and a sum of two numbers fits.
pub(crate) const MAX_DOCUMENTS: u64 = 1 << 53;

/// The sums of documents about none of the topics.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Background {
    /// The sum of their weights.
    pub(crate) n_documents: f64,
    /// The sum of each term's values.
    pub(crate) sums: Array<f64>,
}

impl Background {
    /// Splits sums into those of the labels and those of the background, which is the last class.
    pub(crate) fn split(sums: Evidence, classes: &Classes) -> (Evidence, Option<Self>) {
        if classes.background.is_none() {
            return (sums, None);
        }
        let (sums, n_documents, of_background) = sums.split_last();
        let background = Self {
            n_documents,
            sums: of_background.into(),
        };
        (sums, Some(background))
    }
}

impl Learned {
    /// Reads the documents. Runs on the current pool.
    pub(crate) fn fit<S: AsRef<str> + Sync>(
        params: &TextClassifierParams,
        analyzer: &Analyzer,
        texts: &[S],
        classes: &Classes,
        sample_weight: Option<&[f64]>,
    ) -> Result<Self> {
        let (mut learned, counts) = Self::read(params, analyzer, texts, classes, None)?;
        let sums = learned.by_class(params, &counts, classes, sample_weight)?;
        // Freed before `finish`, which needs the most memory.
        drop(counts);
        (learned.sums, learned.background) = Background::split(sums.finish(), classes);
        Ok(learned)
    }

    /// As [`fit`](Self::fit), with the count rows of the documents over the learned vocabulary; writes the number of
    /// terms of each document to `lengths`.
    pub(crate) fn fit_rows<S: AsRef<str> + Sync>(
        params: &TextClassifierParams,
        analyzer: &Analyzer,
        texts: &[S],
        classes: &Classes,
        sample_weight: Option<&[f64]>,
        lengths: Option<&mut Vec<f64>>,
    ) -> Result<(Self, Rows<u32>)> {
        let (mut learned, counts) = Self::read(params, analyzer, texts, classes, lengths)?;
        // First, so that the terms of a document are sorted once.
        let rows = counts.into_rows();
        learned.sum(params, &rows, classes, sample_weight)?;
        Ok((learned, rows))
    }

    /// Everything but the sums, and the counts for them.
    fn read<S: AsRef<str> + Sync>(
        params: &TextClassifierParams,
        analyzer: &Analyzer,
        texts: &[S],
        classes: &Classes,
        lengths: Option<&mut Vec<f64>>,
    ) -> Result<(Self, CorpusCounts)> {
        let features = &params.features;
        features.check()?;
        let prior = params.prior.resolve(params, &classes.all())?;
        let mut documents = features.read(analyzer, texts)?;
        if let Some(lengths) = lengths {
            lengths.extend(documents.lengths());
        }
        if features.vocabulary.is_none() {
            if !params.sums_are_exact()
                && let Some(kept) =
                    documents.kept(&features.pruning, features.term_filter()?.as_ref())?
            {
                let known = |term| documents.vocabulary.id(term);
                let known: Vec<u32> = prior.terms().filter_map(known).collect();
                documents = documents.select(&union(kept, &known));
            }
            let new: Vec<&str> = prior
                .terms()
                .filter(|term| documents.vocabulary.id(term).is_none())
                .collect();
            if !new.is_empty() {
                documents = documents.with_terms(&new)?;
            }
        }
        let Corpus {
            vocabulary,
            df,
            total,
            counts,
        } = documents;
        let prior = PriorCounts::of(&vocabulary, &prior);
        let learned = Self {
            vocabulary,
            n_documents: texts.len() as u64,
            df: df.into(),
            total: total.into(),
            sums: Evidence::zero(0, 0),
            background: None,
            prior,
        };
        Ok((learned, counts))
    }

    /// Sets the sums to zero; vocabulary and document frequencies stay.
    pub(crate) fn forget_sums(&mut self) {
        self.sums = Evidence::zero(self.sums.n_classes(), self.vocabulary.len());
    }

    /// The sums of the terms `kept` (ascending, all of the prior's among them), renumbered.
    pub(crate) fn select(&self, kept: &[u32]) -> Self {
        let pick =
            |values: &[f64]| -> Vec<f64> { kept.iter().map(|&id| values[id as usize]).collect() };
        let df: Vec<u64> = kept.iter().map(|&id| self.df[id as usize]).collect();
        let new = |id: &u32| kept.partition_point(|old| old < id) as u32;
        Self {
            vocabulary: self.vocabulary.select(kept),
            n_documents: self.n_documents,
            df: df.into(),
            total: pick(&self.total).into(),
            sums: self.sums.select(kept),
            background: self.background.as_ref().map(|own| Background {
                n_documents: own.n_documents,
                sums: pick(&own.sums).into(),
            }),
            prior: PriorCounts {
                terms: self.prior.terms.iter().map(new).collect::<Vec<_>>().into(),
                df: self.prior.select_df(kept),
                ..self.prior.clone()
            },
        }
    }

    /// Takes the sums of count rows over the learned vocabulary.
    pub(crate) fn sum(
        &mut self,
        params: &TextClassifierParams,
        rows: &impl RowSource,
        classes: &Classes,
        sample_weight: Option<&[f64]>,
    ) -> Result<()> {
        let sums = self.by_class(params, rows, classes, sample_weight)?;
        (self.sums, self.background) = Background::split(sums.finish(), classes);
        Ok(())
    }

    fn by_class(
        &self,
        params: &TextClassifierParams,
        rows: &impl RowSource,
        classes: &Classes,
        sample_weight: Option<&[f64]>,
    ) -> Result<ByClass> {
        let columns = classes.labels.len() + usize::from(classes.background.is_some());
        let weighed = Weighed {
            counts: rows,
            weigh: summed_values(params, &self.df, rows.n_rows() as u64, &self.prior),
            on_grid: exact_sums::holds(params),
        };
        let weights = exact_sums::weights(params, sample_weight)?;
        let weights = weights.as_deref();
        check_targets(rows.n_rows(), &classes.targets, weights, columns)?;
        let members = match &classes.shares {
            None => Members::of(&classes.targets, weights, columns),
            Some(shares) => {
                let in_parts =
                    |of_class: &ClassShare| Members::in_parts(of_class, weights, weighed.on_grid);
                shares.iter().map(in_parts).collect()
            }
        };
        Ok(weighed.by_class(params.naive_bayes.model, &members))
    }
}

/// Computes the values that are summed from the counts of a row.
pub(crate) fn summed_values(
    params: &TextClassifierParams,
    df: &[u64],
    n_documents: u64,
    prior: &PriorCounts,
) -> impl Fn(&[u32], &[u32], &mut Vec<f64>) + Sync + use<> {
    let exact = params.sums_are_exact();
    let mut tfidf = params.features.tfidf;
    let on_a_grid = exact_sums::holds(params);
    tfidf.use_idf &= !exact;
    let tfidf = prior.tfidf(tfidf, n_documents, df);
    #[inline(always)]
    move |columns, counts, values| {
        values.clear();
        values.extend(counts.iter().map(|&count| f64::from(count)));
        tfidf.weigh(columns, values);
        if on_a_grid {
            for value in values.iter_mut() {
                *value = grid::value(*value);
            }
        }
    }
}
