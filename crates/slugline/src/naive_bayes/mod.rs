//! Naive Bayes on rows of numbers, independent of text: multinomial, complement, Bernoulli.
//!
//! A fitted model keeps its sums (of the values of each feature in each class); the weights are derived
//! from them, so that fitting in parts, merging, and fitting at once give the same model.

#[cfg(feature = "dataset")]
mod accumulate;
mod bernoulli;
mod class_rows;
mod class_sums;
mod complement;
mod evidence;
mod leave_one_out;
mod linear;
mod multinomial;
mod params;
mod refined;
mod refinement;
mod scores;
mod soft_sums;
mod weighing;

use ndarray::{Array2, ArrayView1};

#[cfg(feature = "dataset")]
pub(crate) use accumulate::{Accumulator, Portion};
pub(crate) use class_rows::{Adder, Builder as ClassRowsBuilder, ClassRow, ClassRows};
pub(crate) use class_sums::{ByClass, Members, Weighed};
pub(crate) use evidence::{Evidence, check_targets};
pub(crate) use leave_one_out::{Document, LeaveOneOut, Totals};
pub(crate) use linear::{
    Linear, LinearView, SPARSE, Sparse, WeightRow, argmax, parts_of, probabilities,
    tempered_log_probabilities,
};
pub use params::{Alpha, Model, NaiveBayesParams};
pub use refined::RefinedNaiveBayes;
pub use refinement::Refine;
pub(crate) use refinement::{TrainingRows, centre, held_out_scores, refine};

use crate::{
    error::{Error, Result},
    matrix::Rows,
    wording::count,
};

/// The weights of a model, derived from its sums.
pub(crate) fn derive(params: &NaiveBayesParams, evidence: &Evidence) -> Result<Linear> {
    params.check(evidence.n_classes(), evidence.n_features())?;
    match params.model {
        Model::Multinomial => multinomial::derive(params, evidence),
        Model::Complement { norm } => complement::derive(params, evidence, norm),
        Model::Bernoulli { .. } => bernoulli::derive(params, evidence),
    }
}

/// A fitted naive Bayes model. Classes are numbered from 0, as in `targets`.
///
/// ```
/// use slugline::{NaiveBayes, Rows};
/// use ndarray::array;
///
/// let rows = Rows::from_dense(&array![[2.0, 0.0], [0.0, 1.0]].view());
/// let model = NaiveBayes::multinomial().alpha(0.5).fit(&rows, &[0, 1], 2)?;
/// assert_eq!(model.predict(&rows)?, [0, 1]);
///
/// // Fitting in parts gives the same sums as fitting at once.
/// let both = model.partial_fit(&rows, &[0, 0], None)?;
/// assert_eq!(both.feature_count(), array![[4.0, 1.0], [0.0, 1.0]]);
/// # Ok::<(), slugline::Error>(())
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct NaiveBayes {
    params: NaiveBayesParams,
    evidence: Evidence,
    linear: Linear,
}

impl NaiveBayesParams {
    /// Fits the model: rows (n × features), the class of each row, and the number of classes.
    ///
    /// # Errors
    /// [`Error::Parameter`] for settings out of range, [`Error::Length`] where lengths differ,
    /// [`Error::NegativeFeature`] and [`Error::NotFinite`] for values that no model takes.
    pub fn fit(&self, rows: &Rows<f64>, targets: &[usize], n_classes: usize) -> Result<NaiveBayes> {
        self.fit_weighted(rows, targets, n_classes, None)
    }

    /// As [`fit`](Self::fit), with a weight ≥ 0 for each row.
    ///
    /// # Errors
    /// As [`fit`](Self::fit).
    pub fn fit_weighted(
        &self,
        rows: &Rows<f64>,
        targets: &[usize],
        n_classes: usize,
        sample_weight: Option<&[f64]>,
    ) -> Result<NaiveBayes> {
        let nothing = no_sums(rows, n_classes)?;
        NaiveBayes::refit(self.clone(), &nothing, rows, targets, sample_weight)
    }
}

/// The class with the highest score of each row; of equals the first.
fn best_of_rows(scores: &Array2<f64>) -> Vec<usize> {
    let rows = scores.rows().into_iter();
    rows.map(|row| row.as_slice().map_or(0, argmax)).collect()
}

/// The sums before any row is added, of rows and classes that there are.
fn no_sums(rows: &Rows<f64>, n_classes: usize) -> Result<Evidence> {
    if n_classes == 0 || rows.n_rows() == 0 {
        return Err(Error::parameter(
            "rows",
            format!(
                "{} of {}",
                count(rows.n_rows(), "row"),
                count(n_classes, "class")
            ),
            "at least one row and one class",
        ));
    }
    Ok(Evidence::zero(n_classes, rows.n_columns()))
}

impl NaiveBayes {
    /// Settings of a multinomial model (scikit-learn's `MultinomialNB`).
    pub fn multinomial() -> NaiveBayesParams {
        NaiveBayesParams::new(Model::Multinomial)
    }

    /// Settings of a complement model (scikit-learn's `ComplementNB`), weights not normalised.
    pub fn complement() -> NaiveBayesParams {
        NaiveBayesParams::new(Model::Complement { norm: false })
    }

    /// Settings of a Bernoulli model (scikit-learn's `BernoulliNB`): present means above 0.
    pub fn bernoulli() -> NaiveBayesParams {
        NaiveBayesParams::new(Model::Bernoulli {
            binarize: Some(0.0),
        })
    }

    /// Adds rows: the result is the model that fitting on all rows would give.
    ///
    /// # Errors
    /// As [`NaiveBayesParams::fit`]; the number of features and classes is fixed.
    pub fn partial_fit(
        &self,
        rows: &Rows<f64>,
        targets: &[usize],
        sample_weight: Option<&[f64]>,
    ) -> Result<Self> {
        Self::refit(
            self.params.clone(),
            &self.evidence,
            rows,
            targets,
            sample_weight,
        )
    }

    /// Merges two models that were fitted apart with the same settings: the result is the model that fitting
    /// on the rows of both would give.
    ///
    /// # Errors
    /// [`Error::Incompatible`] where the settings differ, [`Error::Length`] where classes or
    /// features do.
    pub fn merge(&self, other: &Self) -> Result<Self> {
        if self.params != other.params {
            return Err(Error::Incompatible(format!(
                "settings differ: {:?} and {:?}",
                self.params, other.params
            )));
        }
        let evidence = self.evidence.merge(&other.evidence)?;
        Ok(Self {
            linear: derive(&self.params, &evidence)?,
            params: self.params.clone(),
            evidence,
        })
    }

    fn refit(
        params: NaiveBayesParams,
        evidence: &Evidence,
        rows: &Rows<f64>,
        targets: &[usize],
        weights: Option<&[f64]>,
    ) -> Result<Self> {
        // One thread: callers with a pool of their own use `Evidence` directly.
        let evidence = crate::util::pool::with_threads("training", 1, || {
            evidence.add(params.model, rows, targets, weights)
        })??;
        Ok(Self {
            linear: derive(&params, &evidence)?,
            params,
            evidence,
        })
    }

    /// The settings.
    pub fn params(&self) -> &NaiveBayesParams {
        &self.params
    }

    /// The number of classes.
    pub fn n_classes(&self) -> usize {
        self.evidence.n_classes()
    }

    /// The number of features.
    pub fn n_features(&self) -> usize {
        self.evidence.n_features()
    }

    /// The (weighted) number of rows of each class.
    pub fn class_count(&self) -> ArrayView1<'_, f64> {
        ArrayView1::from(&*self.evidence.class_count)
    }

    /// The sum of each feature's values over the rows of each class: classes × features.
    pub fn feature_count(&self) -> Array2<f64> {
        self.evidence.feature_count.by_class()
    }

    /// The logarithm of the class prior, log P(class).
    pub fn class_log_prior(&self) -> Vec<f64> {
        self.params.class_log_prior(&self.evidence.class_count)
    }

    /// log P(feature | class), scikit-learn's `feature_log_prob_`: classes × features. The weights, for
    /// complement models.
    pub fn feature_log_prob(&self) -> Array2<f64> {
        self.classes_by_features(&match self.params.model {
            Model::Bernoulli { .. } => bernoulli::feature_log_prob(&self.params, &self.evidence),
            _ => self.linear.to_dense(),
        })
    }

    fn classes_by_features(&self, by_feature: &[f64]) -> Array2<f64> {
        let k = self.n_classes();
        Array2::from_shape_fn((k, self.n_features()), |(class, feature)| {
            by_feature[feature * k + class]
        })
    }

    /// The joint log-likelihoods: rows × classes, log P(class) + log P(row | class), not normalised.
    ///
    /// # Errors
    /// [`Error::Length`] where the number of columns differs, [`Error::NotFinite`] for a value
    /// that is not finite.
    pub fn joint_log_likelihood(&self, rows: &Rows<f64>) -> Result<Array2<f64>> {
        rows.check_columns(self.n_features())?;
        rows.check_finite()?;
        let mut scores = Array2::zeros((rows.n_rows(), self.n_classes()));
        let model = self.params.model;
        let mut counted = Vec::new();
        for (mut scores, (columns, values)) in scores.rows_mut().into_iter().zip(rows.iter()) {
            counted.clear();
            counted.extend(values.iter().map(|&value| model.value(value)));
            if let Some(scores) = scores.as_slice_mut() {
                self.linear.scores_of(columns, &counted, scores);
            }
        }
        Ok(scores)
    }

    /// The log-probabilities: rows × classes, log P(class | row).
    ///
    /// # Errors
    /// As [`joint_log_likelihood`](Self::joint_log_likelihood).
    pub fn predict_log_proba(&self, rows: &Rows<f64>) -> Result<Array2<f64>> {
        let mut scores = self.joint_log_likelihood(rows)?;
        for mut row in scores.rows_mut() {
            row.as_slice_mut().map(linear::log_probabilities);
        }
        Ok(scores)
    }

    /// The probabilities: rows × classes, P(class | row). Each row sums to 1.
    ///
    /// # Errors
    /// As [`joint_log_likelihood`](Self::joint_log_likelihood).
    pub fn predict_proba(&self, rows: &Rows<f64>) -> Result<Array2<f64>> {
        Ok(self.predict_log_proba(rows)?.mapv_into(f64::exp))
    }

    /// The most likely class of each row; of equals the first.
    ///
    /// # Errors
    /// As [`joint_log_likelihood`](Self::joint_log_likelihood).
    pub fn predict(&self, rows: &Rows<f64>) -> Result<Vec<usize>> {
        Ok(best_of_rows(&self.joint_log_likelihood(rows)?))
    }
}
