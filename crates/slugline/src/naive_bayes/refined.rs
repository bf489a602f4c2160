//! Refined naive Bayes on rows of numbers, independent of text.

use ndarray::{Array2, ArrayView1};
use rayon::prelude::*;

use super::{
    Document, LeaveOneOut, Linear, Model, NaiveBayesParams, Refine, Totals, TrainingRows,
    best_of_rows, centre, derive, no_sums, refine,
};
use crate::{
    error::{Error, Result},
    matrix::Rows,
    util::{
        memory::filled,
        pool::{documents_per_task, with_threads},
    },
};

/// The squares of larger values have no room in the single precision of a refinement.
const LARGEST: f64 = 1e15;

/// Naive Bayes whose weights were corrected on the rows that it was fitted on (see [`Refine`]). Classes are numbered
/// from 0, as in `targets`. Unlike [`NaiveBayes`](super::NaiveBayes) it is no sum: rows cannot be added.
///
/// ```
/// use slugline::{NaiveBayes, Refine, Rows};
/// use ndarray::array;
///
/// let dense = array![[2.0, 0.0, 1.0], [0.0, 1.0, 1.0], [1.0, 0.0, 2.0], [0.0, 3.0, 1.0]];
/// let rows = Rows::from_dense(&dense.view());
/// let model = NaiveBayes::complement().fit_refined(Refine::default(), &rows, &[0, 1, 0, 1], 2, None, 1)?;
/// assert_eq!(model.predict(&rows)?, [0, 1, 0, 1]);
/// assert_eq!(model.coef().dim(), (2, 3));
/// # Ok::<(), slugline::Error>(())
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct RefinedNaiveBayes {
    model: Model,
    linear: Linear,
}

impl NaiveBayesParams {
    /// Fits the model and refines it: rows (n × features), the class of each row, the number of classes, a weight
    /// ≥ 0 for each row, the number of threads (0: one per processor), which no bit depends on.
    ///
    /// The correction of a row starts from its scores under the model without it; a feature that no other row has
    /// is unknown to that model. A model of one class is not corrected.
    ///
    /// # Errors
    /// As [`fit_weighted`](Self::fit_weighted); [`Error::Parameter`] where naive Bayes rules classes out
    /// (`alpha` = 0), for values above 1e15, for weights that are too large, and where the system refuses the threads;
    /// [`Error::Cancelled`].
    pub fn fit_refined(
        &self,
        settings: Refine,
        rows: &Rows<f64>,
        targets: &[usize],
        n_classes: usize,
        sample_weight: Option<&[f64]>,
        threads: usize,
    ) -> Result<RefinedNaiveBayes> {
        let nothing = no_sums(rows, n_classes)?;
        settings.check()?;
        if let Some(&value) = rows.parts().2.iter().find(|&&value| value > LARGEST) {
            return Err(Error::parameter(
                "rows",
                format!("{value:e} in one place"),
                format!("values up to {LARGEST:e}: scale the rows"),
            ));
        }
        let linear = with_threads("training", threads, || {
            let sums = nothing.add(self.model, rows, targets, sample_weight)?;
            let linear = derive(self, &sums)?;
            linear.check(self, &sums)?;
            let totals = Totals::near(self.model, sums);
            let training = TrainingRows {
                rows: &rows.clone().map(|value| self.model.value(value) as f32),
                targets: &targets
                    .iter()
                    .map(|&class| class as u32)
                    .collect::<Vec<_>>(),
                weights: sample_weight,
                scores: self.scores_without_each(&totals, &linear, rows, targets, sample_weight)?,
            };
            refine(settings, &linear, training)
        })??;
        Ok(RefinedNaiveBayes {
            model: self.model,
            linear,
        })
    }

    /// rows × classes: the scores of each row under the model without it, less their mean. Runs on the current pool.
    fn scores_without_each(
        &self,
        totals: &Totals,
        linear: &Linear,
        rows: &Rows<f64>,
        targets: &[usize],
        weights: Option<&[f64]>,
    ) -> Result<Vec<f32>> {
        let model = LeaveOneOut::near(self, totals, linear)?;
        let k = totals.n_classes();
        let mut holders = vec![0_u32; rows.n_columns()];
        for (columns, values) in rows.iter() {
            for (&column, _) in columns
                .iter()
                .zip(values)
                .filter(|(_, value)| **value > 0.0)
            {
                holders[column as usize] += 1;
            }
        }
        let mut scores = filled(0.0, rows.n_rows() * k);
        let together = documents_per_task(rows.n_rows());
        let blocks = scores.par_chunks_mut(together * k).enumerate();
        blocks.for_each(|(block, scores)| {
            let (mut columns, mut kept, mut gone) = (Vec::new(), Vec::new(), Vec::new());
            let mut of_row = vec![0.0; k];
            for (row, centred) in (block * together..).zip(scores.chunks_exact_mut(k)) {
                columns.clear();
                kept.clear();
                gone.clear();
                let (stored, values) = rows.row(row);
                for (&column, &value) in stored.iter().zip(values) {
                    if holders[column as usize] > 1 {
                        columns.push(column);
                        kept.push(self.model.value(value));
                    } else {
                        gone.push(column);
                    }
                }
                let without = Document {
                    columns: &columns,
                    values: &kept,
                    parts: &kept,
                    gone: &gone,
                    class: targets[row],
                    weight: weights.map_or(1.0, |weights| weights[row]),
                };
                model.scores(without, &mut of_row);
                centre(&of_row, centred);
            }
        });
        Ok(scores)
    }
}

impl RefinedNaiveBayes {
    /// The number of classes.
    pub fn n_classes(&self) -> usize {
        self.linear.n_classes()
    }

    /// The number of features.
    pub fn n_features(&self) -> usize {
        self.linear.n_terms()
    }

    /// classes × features: the refined weights.
    pub fn coef(&self) -> Array2<f64> {
        let k = self.n_classes();
        let by_feature = self.linear.to_dense();
        Array2::from_shape_fn((k, self.n_features()), |(class, feature)| {
            by_feature[feature * k + class]
        })
    }

    /// The refined bias of each class.
    pub fn intercept(&self) -> ArrayView1<'_, f64> {
        ArrayView1::from(&*self.linear.bias)
    }

    /// rows × classes: the margin of each class, intercept + Σ value · weight; above 0 says yes.
    ///
    /// # Errors
    /// [`Error::Length`] where the number of columns differs, [`Error::NotFinite`] for a value that is not finite.
    pub fn decision_function(&self, rows: &Rows<f64>) -> Result<Array2<f64>> {
        rows.check_columns(self.n_features())?;
        rows.check_finite()?;
        let mut scores = Array2::zeros((rows.n_rows(), self.n_classes()));
        let mut counted = Vec::new();
        for (mut scores, (columns, values)) in scores.rows_mut().into_iter().zip(rows.iter()) {
            counted.clear();
            counted.extend(values.iter().map(|&value| self.model.value(value)));
            if let Some(scores) = scores.as_slice_mut() {
                self.linear.scores_of(columns, &counted, scores);
            }
        }
        Ok(scores)
    }

    /// The class with the highest margin for each row; of equals the first.
    ///
    /// # Errors
    /// As [`decision_function`](Self::decision_function).
    pub fn predict(&self, rows: &Rows<f64>) -> Result<Vec<usize>> {
        Ok(best_of_rows(&self.decision_function(rows)?))
    }
}
