//! Refined classifiers: rows and scores of the training documents → refined weights.

use rayon::prelude::*;

use super::{HeldOutScorer, TextClassifier, UNUSED, WithRows, weights::Weights};
use crate::{
    error::Result,
    matrix::Rows,
    naive_bayes::{Linear, Refine, TrainingRows, refine},
    util::pool::documents_per_task,
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
        }
        Ok(classifier)
    }

    fn refined_linear(&self, settings: Refine, weights: &Weights) -> Result<Linear> {
        let documents = self.of_topics();
        let scores = HeldOutScorer::near(self)?.near_scores(&documents)?;
        let rows = self.scored_rows(weights, &documents)?;
        let targets: Vec<u32> = documents
            .iter()
            .map(|&document| self.classes.targets[document] as u32)
            .collect();
        let sample_weights: Option<Vec<f64>> = self.weights.as_ref().map(|weights| {
            documents
                .iter()
                .map(|&document| weights[document])
                .collect()
        });
        let documents = TrainingRows {
            rows: &rows,
            targets: &targets,
            weights: sample_weights.as_deref(),
            scores,
        };
        refine(settings, &weights.linear, documents)
    }

    /// The rows of these documents over the terms in use, as classification weighs them.
    fn scored_rows(&self, weights: &Weights, documents: &[usize]) -> Result<Rows<f32>> {
        let exact = self.params.sums_are_exact();
        let positions = self.learned.positions(&self.params, exact)?;
        let model = self.params.naive_bayes.model;
        let n = weights.vocabulary.len();
        let blocks = documents.par_chunks(documents_per_task(documents.len()));
        let parts = blocks.map(|documents| {
            let mut rows = Rows::empty(n);
            let (mut columns, mut values) = (Vec::new(), Vec::new());
            for &document in documents {
                columns.clear();
                values.clear();
                let (learned, counts) = self.rows.row(document);
                for (&column, &count) in learned.iter().zip(counts) {
                    let column = match &positions {
                        None => column,
                        Some(positions) => positions[column as usize],
                    };
                    if column != UNUSED {
                        columns.push(column);
                        values.push(f64::from(count));
                    }
                }
                weights.tfidf.weigh(&columns, &mut values);
                let pairs = columns.iter().zip(&values);
                rows.push_row(pairs.map(|(&column, &value)| (column, model.value(value) as f32)));
            }
            rows
        });
        Ok(Rows::concat(n, parts.collect()))
    }
}
