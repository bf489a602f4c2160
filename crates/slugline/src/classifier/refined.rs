//! Refined classifiers: rows and scores of the training documents → refined weights.

use rayon::prelude::*;

use super::{HeldOutScorer, TextClassifier, UNUSED, WithRows, weights::Weights};
use crate::{
    error::Result,
    features::Tfidf,
    matrix::Rows,
    naive_bayes::{Linear, Model, Refine, TrainingRows, held_out_scores, refine},
    util::{
        pool::documents_per_task,
        simd::{self, Work},
    },
};

impl WithRows {
    /// The classifier, refined where the settings ask for it. Runs on the current pool.
    ///
    /// # Errors
    /// As the weights are derived; [`Error::Parameter`](crate::Error::Parameter) where naive Bayes rules classes
    /// out (`alpha` = 0), so that there is nothing to refine.
    pub(crate) fn classifier(&self) -> Result<TextClassifier> {
        let mut classifier = TextClassifier::from_learned(
            self.params.clone(),
            self.analyzer.clone(),
            self.classes.labels.clone(),
            self.learned.clone(),
        )?;
        if let Some(settings) = self.params.refine {
            let weights = &mut classifier.weights;
            weights.linear = self.refined_linear(settings, weights)?;
            classifier.params.refine = Some(settings);
            classifier.lost_refinement = false;
        }
        Ok(classifier)
    }

    fn refined_linear(&self, settings: Refine, weights: &Weights) -> Result<Linear> {
        let mut documents = RefinedOn::new(self, weights)?;
        refine(settings, &weights.linear, documents.training())
    }

    /// documents of the topics × classes: the scores of each under a refined model that has not seen it. Runs on the
    /// current pool.
    ///
    /// # Errors
    /// As [`classifier`](Self::classifier).
    pub(crate) fn refined_scores(&self, settings: Refine) -> Result<Vec<f64>> {
        let k = self.classes.labels.len();
        let weights = Weights::derive(&self.params, &self.learned)?;
        held_out_scores(settings, k, RefinedOn::new(self, &weights)?.training())
    }

    /// The rows of these documents over the terms in use, as classification weighs them.
    fn scored_rows(&self, weights: &Weights, documents: &[usize]) -> Result<Rows<f32>> {
        let exact = self.params.sums_are_exact();
        let positions = self.learned.positions(&self.params, exact)?;
        let model = self.params.naive_bayes.model;
        let n = weights.vocabulary.len();
        let blocks = documents.par_chunks(documents_per_task(documents.len()));
        let parts = blocks.map(|documents| {
            simd::run(Weigh {
                counts: &self.rows,
                documents,
                positions: positions.as_deref(),
                tfidf: &weights.tfidf,
                model,
                n_terms: n,
            })
        });
        Ok(Rows::concat(n, parts.collect()))
    }
}

/// Weighs the counts of some documents.
struct Weigh<'a> {
    counts: &'a Rows<u32>,
    documents: &'a [usize],
    /// For each learned term its position among those in use; none where all are in use.
    positions: Option<&'a [u32]>,
    tfidf: &'a Tfidf,
    model: Model,
    n_terms: usize,
}

impl Work for Weigh<'_> {
    type Output = Rows<f32>;

    #[inline(always)]
    fn run(self) -> Rows<f32> {
        let of_row = |&document: &usize| self.counts.row(document);
        let size = self.documents.iter().map(|at| of_row(at).0.len()).sum();
        let mut rows = Rows::with_room(self.n_terms, self.documents.len(), size);
        let (mut used, mut values, mut single) = (Vec::new(), Vec::new(), Vec::new());
        for (learned, counts) in self.documents.iter().map(of_row) {
            values.clear();
            let columns = match self.positions {
                None => {
                    values.extend(counts.iter().map(|&count| f64::from(count)));
                    learned
                }
                Some(positions) => {
                    used.clear();
                    for (&column, &count) in learned.iter().zip(counts) {
                        let column = positions[column as usize];
                        if column != UNUSED {
                            used.push(column);
                            values.push(f64::from(count));
                        }
                    }
                    &used
                }
            };
            self.tfidf.weigh(columns, &mut values);
            single.clear();
            single.extend(values.iter().map(|&value| self.model.value(value) as f32));
            rows.push(columns, &single);
        }
        rows
    }
}

/// What a refinement learns from: the documents of the topics.
struct RefinedOn {
    rows: Rows<f32>,
    targets: Vec<u32>,
    weights: Option<Vec<f64>>,
    scores: Vec<f32>,
}

impl RefinedOn {
    /// From the weights of naive Bayes, not refined.
    fn new(with_rows: &WithRows, weights: &Weights) -> Result<Self> {
        let documents = with_rows.of_topics();
        let target = |&document: &usize| with_rows.classes.targets[document] as u32;
        let of_each = |weights: &Vec<f64>| documents.iter().map(|&at| weights[at]).collect();
        let rows = with_rows.scored_rows(weights, &documents)?;
        let scores =
            HeldOutScorer::near(with_rows, &rows)?.near_scores(&weights.linear, &documents)?;
        Ok(Self {
            scores,
            rows,
            targets: documents.iter().map(target).collect(),
            weights: with_rows.weights.as_ref().map(of_each),
        })
    }

    fn training(&mut self) -> TrainingRows<'_> {
        TrainingRows {
            scores: std::mem::take(&mut self.scores),
            rows: &self.rows,
            targets: &self.targets,
            weights: self.weights.as_deref(),
        }
    }
}
