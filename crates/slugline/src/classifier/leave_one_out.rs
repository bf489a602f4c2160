//! Scores of every training document under the model without it.

use rayon::prelude::*;

use super::{
    Classes, Examples, Learned, Margins, Mixture, MixtureBuffers, TextClassifierParams, UNUSED,
    exact_sums, summed_values, with_prior,
};
use crate::{
    error::Result,
    features::{Tfidf, normalise},
    matrix::Rows,
    naive_bayes::{
        Document, Evidence, LeaveOneOut, Linear, Model, NaiveBayesParams, Totals, centre,
    },
    text::Analyzer,
    util::{grid, memory::filled, pool::documents_per_task},
};

/// A fitted model with the rows of its documents.
pub(crate) struct WithRows {
    pub(crate) params: TextClassifierParams,
    /// The analyzer that read the documents.
    pub(crate) analyzer: Analyzer,
    pub(crate) classes: Classes,
    pub(crate) learned: Learned,
    /// Count rows over the learned vocabulary.
    pub(crate) rows: Rows<u32>,
    /// The number of terms of each document, pruned ones included; empty unless
    /// [evidence](HeldOutScorer::evidence) is asked for.
    lengths: Vec<f64>,
    pub(crate) weights: Option<Vec<f64>>,
}

impl WithRows {
    /// Reads the documents; `evidence`: whether [`HeldOutScorer::evidence`] will be asked for. Runs on the current
    /// pool.
    pub(crate) fn fit<S: AsRef<str> + Sync>(
        params: &TextClassifierParams,
        analyzer: Analyzer,
        examples: &Examples<'_, S>,
        evidence: bool,
    ) -> Result<Self> {
        examples.need_labels("leaving one text out (refine, calibrate, choose settings, audit)")?;
        let classes = examples.classes(params)?;
        let (texts, weights) = (examples.texts(), examples.weights());
        let mut lengths = Vec::new();
        let read = evidence.then_some(&mut lengths);
        let (learned, rows) = Learned::fit_rows(params, &analyzer, texts, &classes, weights, read)?;
        Ok(Self {
            params: params.clone(),
            analyzer,
            classes,
            learned,
            rows,
            lengths,
            weights: exact_sums::weights(params, weights)?,
        })
    }

    /// The same documents under other settings of weighting or of naive Bayes.
    pub(crate) fn with_settings(mut self, params: TextClassifierParams) -> Result<Self> {
        let changed = params.features != self.params.features
            || params.naive_bayes.model != self.params.naive_bayes.model;
        self.params = params;
        if changed {
            self.learned.sum(
                &self.params,
                &self.rows,
                &self.classes,
                self.weights.as_deref(),
            )?;
        }
        Ok(self)
    }

    /// The documents of the topics, without the background.
    pub(crate) fn of_topics(&self) -> Vec<usize> {
        let k = self.classes.labels.len();
        let targets = self.classes.targets.iter().enumerate();
        targets
            .filter(|(_, class)| **class < k)
            .map(|(at, _)| at)
            .collect()
    }
}

/// Computes the values that were summed from the counts of a row over the learned terms.
type Summed<'a> = Box<dyn Fn(&[u32], &[u32], &mut Vec<f64>) + Sync + 'a>;

/// The rows of training documents, as they were summed and as they are scored.
///
/// Without a document, its values are subtracted from the sums of its class, and terms that the vocabulary would not
/// have are left out. The idf of the others stays that of all documents, since one of many hardly changes it.
pub(crate) struct HeldOutScorer<'a> {
    with_rows: &'a WithRows,
    /// The rows of the documents as they were summed, but for rounding to single precision.
    summed_rows: Option<&'a Rows<f32>>,
    exact: bool,
    on_grid: bool,
    summed: Summed<'a>,
    tfidf: Tfidf,
    /// The totals of the sums with the prior's pseudo-counts.
    totals: Totals,
    /// For each learned term its position among those in use.
    position: Option<Vec<u32>>,
    /// For each term in use, whether it stays in the vocabulary without one of its documents.
    known: Vec<bool>,
}

impl<'a> HeldOutScorer<'a> {
    pub(crate) fn new(with_rows: &'a WithRows) -> Result<Self> {
        Self::with_totals(with_rows, Totals::new)
    }

    /// For [`near_scores`](Self::near_scores) of the documents with these rows, which are weighed for classification.
    pub(crate) fn near(with_rows: &'a WithRows, rows: &'a Rows<f32>) -> Result<Self> {
        let mut scorer = Self::with_totals(with_rows, Totals::near)?;
        // Where no term was left out, and idf comes before the norm, that is how they were summed. Not with weights:
        // a large one times what rounding takes away is much beside the sums.
        let as_summed = !scorer.exact && scorer.position.is_none() && with_rows.weights.is_none();
        scorer.summed_rows = as_summed.then_some(rows);
        Ok(scorer)
    }

    fn with_totals(
        with_rows: &'a WithRows,
        totals: impl Fn(Model, Evidence) -> Totals,
    ) -> Result<Self> {
        let (params, learned) = (&with_rows.params, &with_rows.learned);
        let exact = params.sums_are_exact();
        let position = learned.positions(params, exact)?;
        let used = learned.in_use(params, exact)?;
        let features = &params.features;
        let least = match features.vocabulary {
            Some(_) => 0,
            None => features.pruning.least(with_rows.rows.n_rows()).max(1),
        };
        let mut known: Vec<bool> = used.df.iter().map(|&df| df > least).collect();
        for &(term, ..) in &used.prior {
            known[term as usize] = true;
        }
        if features.vocabulary.is_some() {
            known.fill(true);
        }
        let sums = with_prior(&used.sums, &used.prior);
        let n_documents = with_rows.rows.n_rows() as u64;
        let summed = summed_values(params, &learned.df, n_documents, &learned.prior);
        Ok(Self {
            known,
            summed_rows: None,
            exact,
            on_grid: exact_sums::holds(params),
            summed: Box::new(summed),
            totals: totals(params.naive_bayes.model, sums),
            tfidf: used.tfidf,
            position,
            with_rows,
        })
    }

    /// documents × settings × classes: the joint log-likelihood of each of these training documents (no background)
    /// under the model without it, with each of these settings of naive Bayes, which may differ from those of the fit
    /// in everything but the model. Runs on the current pool.
    ///
    /// # Errors
    /// As the weights are derived.
    pub(crate) fn scores(
        &self,
        settings: &[NaiveBayesParams],
        documents: &[usize],
    ) -> Result<Vec<f64>> {
        let many = documents.len() >= self.with_rows.rows.n_rows() / 2;
        let models = settings
            .iter()
            .map(|params| LeaveOneOut::new(params, &self.totals, many))
            .collect::<Result<Vec<_>>>()?;
        Ok(self.scores_under(&models, documents))
    }

    /// documents × classes: nearly the [scores](Self::scores) with the settings of the fit, less the mean of each
    /// document's; `linear`: the weights of the fit. For [`near`](Self::near) scorers, and all their documents.
    ///
    /// # Errors
    /// As the weights are derived.
    pub(crate) fn near_scores(&self, linear: &Linear, documents: &[usize]) -> Result<Vec<f32>> {
        let k = self.with_rows.classes.labels.len();
        let model = LeaveOneOut::near(&self.with_rows.params.naive_bayes, &self.totals, linear)?;
        let rows = &self.with_rows.rows;
        Ok(self.each(documents, k, |document, row, centred| {
            // The next one, of nearly all documents.
            if self.position.is_none() && document + 1 < rows.n_rows() {
                model.prefetch(rows.row(document + 1).0);
            }
            let mut scores = std::mem::take(&mut row.scores);
            scores.resize(k, 0.0);
            model.scores(self.without(document, row), &mut scores);
            centre(&scores, centred);
            row.scores = scores;
        }))
    }

    fn scores_under(&self, models: &[LeaveOneOut<'_>], documents: &[usize]) -> Vec<f64> {
        let k = self.with_rows.classes.labels.len();
        self.each(documents, models.len() * k, |document, row, scores| {
            let without = self.without(document, row);
            for (model, scores) in models.iter().zip(scores.chunks_exact_mut(k)) {
                model.scores(without, scores);
            }
        })
    }

    fn without<'r>(&self, document: usize, row: &'r DocumentBuffers) -> Document<'r> {
        Document {
            columns: &row.columns,
            values: match row.values.is_empty() {
                true => &row.parts,
                false => &row.values,
            },
            parts: &row.parts,
            gone: &row.gone,
            class: self.with_rows.classes.targets[document],
            weight: self.weight(document),
        }
    }

    /// The [evidence](crate::Shares::evidence) of each of these training documents under the model
    /// without it; a term that no other document holds is one that the model does not know. Runs on the
    /// current pool.
    pub(crate) fn evidence(&self, mixture: &Mixture, documents: &[usize]) -> Vec<f64> {
        self.each(documents, 1, |document, row, evidence| {
            let class = self.with_rows.classes.targets[document];
            let weight = self.weight(document);
            // The other terms of the document stay in the total: they are little beside the whole.
            let without = mixture.without(&row.columns, &row.parts, class, weight);
            let rows: Vec<u32> = (0..row.columns.len() as u32).collect();
            let found = without.fit(&rows, &mut MixtureBuffers::default());
            evidence[0] = match self.with_rows.lengths.get(document) {
                Some(&all) if all > 0.0 => found * row.counts.iter().sum::<f64>() / all,
                _ => 0.0,
            };
        })
    }

    /// As [`evidence`](Self::evidence), where it is [by length](crate::Calibration).
    pub(crate) fn evidence_by_length(&self, margins: &Margins, documents: &[usize]) -> Vec<f64> {
        self.each(documents, 1, |document, row, evidence| {
            evidence[0] = margins.evidence_without(&self.without(document, row));
        })
    }

    /// The number of terms of each of these documents that the model without it knows.
    pub(crate) fn n_terms(&self, documents: &[usize]) -> Vec<usize> {
        self.each(documents, 1, |_, row, n_terms| {
            n_terms[0] = row.columns.len();
        })
    }

    /// Calls `write` with the row of each of these documents and its `width` results.
    fn each<T: Copy + Default + Send>(
        &self,
        documents: &[usize],
        width: usize,
        write: impl Fn(usize, &mut DocumentBuffers, &mut [T]) + Sync,
    ) -> Vec<T> {
        let mut numbers = filled(T::default(), documents.len() * width);
        let size = documents_per_task(documents.len());
        let blocks = documents.par_chunks(size);
        blocks
            .zip(numbers.par_chunks_mut(size * width))
            .enumerate()
            .for_each(|(block, (documents, numbers))| {
                let mut row = DocumentBuffers::default();
                let documents = (block * size..).zip(documents);
                for ((at, &document), numbers) in documents.zip(numbers.chunks_exact_mut(width)) {
                    self.row(at, document, &mut row);
                    write(document, &mut row, numbers);
                }
            });
        numbers
    }

    pub(crate) fn weight(&self, document: usize) -> f64 {
        let weights = self.with_rows.weights.as_ref();
        weights.map_or(1.0, |weights| weights[document])
    }

    /// A training document over the terms in use; `at`: its place among the documents that are asked for.
    fn row(&self, at: usize, document: usize, row: &mut DocumentBuffers) {
        let params = &self.with_rows.params;
        let (columns, counts) = self.with_rows.rows.row(document);
        row.clear();
        // Prefetched early, so that the sums are there when they are needed.
        if self.position.is_none() {
            self.totals.prefetch(columns);
        }
        match self.summed_rows {
            None => (self.summed)(columns, counts, &mut row.all_parts),
            Some(rows) => {
                row.all_parts.clear();
                let values = rows.row(at).1.iter();
                row.all_parts.extend(values.map(|&value| f64::from(value)));
            }
        }
        let weight = self.weight(document);
        if self.on_grid && weight > 0.0 && weight.to_bits() != 1.0_f64.to_bits() {
            // So that the part times the weight is what was added to the sums.
            for part in &mut row.all_parts {
                *part = grid::weighted(weight * *part) / weight;
            }
        }
        // Every term is written, and is there where the next one does not take its place: a branch for each term
        // would be guessed wrong for many of them.
        let (mut known, mut gone) = (0, 0);
        for of_row in [&mut row.columns, &mut row.gone] {
            of_row.resize(columns.len(), 0);
        }
        // Rows that are scored as they were summed need no counts.
        let with_counts = self.summed_rows.is_none();
        if with_counts {
            row.counts.resize(columns.len(), 0.0);
        }
        row.parts.resize(columns.len(), 0.0);
        for ((&column, &count), &part) in columns.iter().zip(counts).zip(&row.all_parts) {
            let column = match &self.position {
                None => column,
                Some(position) => position[column as usize],
            };
            if column == UNUSED {
                continue;
            }
            row.columns[known] = column;
            if with_counts {
                row.counts[known] = f64::from(count);
            }
            row.parts[known] = part;
            row.gone[gone] = column;
            let is_known = self.known[column as usize];
            known += usize::from(is_known);
            gone += usize::from(!is_known);
        }
        row.columns.truncate(known);
        row.counts.truncate(known);
        row.parts.truncate(known);
        row.gone.truncate(gone);
        let model = params.naive_bayes.model;
        if self.exact {
            row.values.extend_from_slice(&row.counts);
            self.tfidf.weigh(&row.columns, &mut row.values);
        } else if !row.gone.is_empty() {
            // A row is scored as it was summed, except for its norm, to which removed terms do not add.
            row.values.extend_from_slice(&row.parts);
            normalise(params.features.tfidf.norm, &mut row.values);
        }
        if let Model::Bernoulli { .. } = model {
            for value in row.values.iter_mut().chain(&mut row.parts) {
                *value = model.value(*value);
            }
        } else if self.exact && params.features.tfidf.use_idf {
            // From a part of the exact sums to a part of the sums that the weights are derived from.
            for (part, &column) in row.parts.iter_mut().zip(&row.columns) {
                *part *= self.tfidf.idf()[column as usize];
            }
        }
    }
}

/// Buffers for one document.
#[derive(Default)]
struct DocumentBuffers {
    /// The terms that the model knows without it.
    columns: Vec<u32>,
    counts: Vec<f64>,
    /// Empty where they are the parts.
    values: Vec<f64>,
    parts: Vec<f64>,
    /// The terms that leave the vocabulary with it.
    gone: Vec<u32>,
    /// The summed values over all learned terms.
    all_parts: Vec<f64>,
    scores: Vec<f64>,
}

impl DocumentBuffers {
    fn clear(&mut self) {
        self.columns.clear();
        self.counts.clear();
        self.values.clear();
        self.parts.clear();
        self.gone.clear();
    }
}
