//! What a classifier has learned: sums over documents, and the weights derived from them.

use crate::{
    analyze::Analyzer,
    counts::Counts,
    error::{Error, Result, same_length},
    naive_bayes::{Evidence, Linear, Model, Weighed, derive},
    storage::Array,
    tfidf::{IdfOrder, Tfidf},
    vocabulary::Vocabulary,
};

use super::TextClassifierParams;

/// The sums. Adding documents adds to every number here; nothing else is remembered of them.
///
/// Where [`TextClassifierParams::sums_are_exact`], the vocabulary is that of all documents and the
/// rows summed are free of idf; pruning and idf come in [`Weights::derive`]. Otherwise both are
/// done before the rows are summed, as in scikit-learn.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Learned {
    pub(crate) vocabulary: Vocabulary,
    pub(crate) n_documents: u64,
    /// Documents that hold each term.
    pub(crate) df: Array<u64>,
    /// Total count of each term.
    pub(crate) total: Array<f64>,
    pub(crate) sums: Evidence,
}

/// What classification needs: which terms, their idf, and their weight for each class.
#[derive(Debug, Clone)]
pub(crate) struct Weights {
    pub(crate) vocabulary: Vocabulary,
    pub(crate) tfidf: Tfidf,
    pub(crate) linear: Linear,
}

impl Learned {
    /// Reads the documents. Runs on the current pool.
    pub(super) fn fit<S: AsRef<str> + Sync>(
        params: &TextClassifierParams,
        analyzer: &Analyzer,
        texts: &[S],
        targets: &[usize],
        n_classes: usize,
        sample_weight: Option<&[f64]>,
    ) -> Result<Self> {
        let features = &params.features;
        features.check()?;
        let mut counts = features.count(analyzer, texts)?;
        let mut df = counts.document_frequency();
        let mut total = counts.totals();
        let exact = params.sums_are_exact();
        if !exact && features.vocabulary.is_none() {
            let kept = features.pruning.keep(counts.rows.n_rows(), &df, &total)?;
            if kept.len() < df.len() {
                counts = counts.select(&kept)?;
                df = kept.iter().map(|&id| df[id as usize]).collect();
                total = kept.iter().map(|&id| total[id as usize]).collect();
            }
        }
        let Counts { vocabulary, rows } = counts;
        let sums = Weighed {
            counts: &rows,
            weigh: summed_values(params, &df, rows.n_rows()),
        }
        .sums(params.naive_bayes.model, targets, sample_weight, n_classes)?;
        Ok(Self {
            vocabulary,
            n_documents: texts.len() as u64,
            df: df.into(),
            total: total.into(),
            sums,
        })
    }

    /// The sums of both, over the vocabulary of both. `classes` of the result are `n_classes`;
    /// `mine` and `theirs` are the new numbers of the classes of either side.
    pub(super) fn merge(
        &self,
        other: &Self,
        n_classes: usize,
        mine: &[usize],
        theirs: &[usize],
    ) -> Result<Self> {
        let mut terms: Vec<&str> = self.vocabulary.iter().collect();
        if self.vocabulary != other.vocabulary {
            terms.extend(other.vocabulary.iter());
            terms.sort_unstable();
            terms.dedup();
        }
        let vocabulary = Vocabulary::new(&terms)?;
        let n = vocabulary.len();
        let (mut df, mut total) = (vec![0; n], vec![0.0; n]);
        let mut class_count = vec![0.0; n_classes];
        let mut feature_count = vec![0.0; n * n_classes];
        for (part, classes) in [(self, mine), (other, theirs)] {
            same_length("classes", part.sums.n_classes(), classes.len())?;
            for (&class, count) in classes.iter().zip(&*part.sums.class_count) {
                class_count[class] += count;
            }
            let (part_df, part_total) = (&*part.df, &*part.total);
            let counts = part.sums.feature_count.chunks_exact(classes.len());
            for (old, (term, counts)) in part.vocabulary.iter().zip(counts).enumerate() {
                let Some(id) = vocabulary.id(term).map(|id| id as usize) else {
                    continue;
                };
                df[id] += part_df[old];
                total[id] += part_total[old];
                for (&class, count) in classes.iter().zip(counts) {
                    feature_count[id * n_classes + class] += count;
                }
            }
        }
        Ok(Self {
            vocabulary,
            n_documents: self.n_documents + other.n_documents,
            df: df.into(),
            total: total.into(),
            sums: Evidence {
                class_count: class_count.into(),
                feature_count: feature_count.into(),
            },
        })
    }
}

/// From the counts of a row to the values whose class sums are kept.
fn summed_values(
    params: &TextClassifierParams,
    df: &[u64],
    n_documents: usize,
) -> impl Fn(&[u32], &[u32], &mut Vec<f64>) + Sync {
    let exact = params.sums_are_exact();
    let mut tfidf = params.features.tfidf;
    let on_a_grid = exact && tfidf.idf_order == IdfOrder::AfterNorm;
    tfidf.use_idf &= !exact;
    let tfidf = Tfidf::from_df(tfidf, n_documents as u64, df);
    move |columns, counts, values| {
        values.clear();
        values.extend(counts.iter().map(|&count| f64::from(count)));
        tfidf.weigh(columns, values);
        if on_a_grid {
            for value in values.iter_mut() {
                *value = on_grid(*value);
            }
        }
    }
}

/// Rounds to a multiple of 2^-30. Sums of such numbers below 2^23 are exact in an `f64`, so adding
/// documents in any order, in any parts, gives the same bits; a weight of a normalised row is off
/// by less than 5e-10.
fn on_grid(value: f64) -> f64 {
    const GRID: f64 = (1_u64 << 30) as f64;
    (value * GRID).round() / GRID
}

impl Learned {
    /// The terms that classification will know, their idf, and the sums that their weights are
    /// derived from: those learned, after what comes last where they are `exact` (pruning and idf);
    /// elsewhere both were done before they were taken.
    pub(super) fn in_use(
        &self,
        params: &TextClassifierParams,
        exact: bool,
    ) -> Result<(Vocabulary, Tfidf, Evidence)> {
        let features = &params.features;
        let k = self.sums.n_classes();
        let mut vocabulary = self.vocabulary.clone();
        let mut df = self.df.to_vec();
        let mut sums = self.sums.clone();
        if exact && features.vocabulary.is_none() {
            let n = usize::try_from(self.n_documents).unwrap_or(usize::MAX);
            let kept = features.pruning.keep(n, &df, &self.total)?;
            if kept.len() < df.len() {
                vocabulary = vocabulary.select(&kept);
                df = kept.iter().map(|&id| df[id as usize]).collect();
                let all = &self.sums.feature_count;
                let rows = kept.iter().map(|&id| &all[id as usize * k..][..k]);
                sums.feature_count = rows.flatten().copied().collect::<Vec<f64>>().into();
            }
        }
        let tfidf = Tfidf::from_df(features.tfidf, self.n_documents, &df);
        let bernoulli = matches!(params.naive_bayes.model, Model::Bernoulli { .. });
        if exact && features.tfidf.use_idf && !bernoulli {
            let mut scaled = sums.feature_count.to_vec();
            for (counts, idf) in scaled.chunks_exact_mut(k).zip(tfidf.idf()) {
                for count in counts {
                    *count *= idf;
                }
            }
            sums.feature_count = scaled.into();
        }
        Ok((vocabulary, tfidf, sums))
    }
}

impl Weights {
    /// Weights from sums that slugline took.
    ///
    /// # Errors
    /// Where a weight would be no number, which only `alpha` = 0 can bring about (0 / 0, ∞ / ∞): no
    /// text with that term could be classified.
    pub(super) fn derive(params: &TextClassifierParams, learned: &Learned) -> Result<Self> {
        let (vocabulary, tfidf, sums) = learned.in_use(params, params.sums_are_exact())?;
        Self::of_sums(params, vocabulary, tfidf, &sums)
    }

    /// Weights from the sums in use.
    ///
    /// # Errors
    /// As [`derive`](Self::derive).
    pub(super) fn of_sums(
        params: &TextClassifierParams,
        vocabulary: Vocabulary,
        tfidf: Tfidf,
        sums: &Evidence,
    ) -> Result<Self> {
        let linear = derive(&params.naive_bayes, sums)?;
        linear.check()?;
        Ok(Self {
            vocabulary,
            tfidf,
            linear,
        })
    }
}

/// Sorted distinct labels, and the position of each document's label among them.
pub(super) fn number_labels<L: AsRef<str>>(labels: &[L]) -> Result<(Vec<String>, Vec<usize>)> {
    let mut distinct: Vec<&str> = labels.iter().map(AsRef::as_ref).collect();
    distinct.sort_unstable();
    distinct.dedup();
    if distinct.first().is_some_and(|label| label.is_empty()) {
        let position = labels.iter().position(|label| label.as_ref().is_empty());
        return Err(Error::parameter(
            "labels",
            format!("empty at position {}", position.unwrap_or(0)),
            "a name for each document's class",
        ));
    }
    let targets = labels
        .iter()
        .map(|label| distinct.partition_point(|other| *other < label.as_ref()))
        .collect();
    Ok((distinct.into_iter().map(str::to_owned).collect(), targets))
}
