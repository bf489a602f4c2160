//! The settings of the three naive Bayes models, with scikit-learn's names and defaults.

use serde::{Deserialize, Serialize};

use super::Evidence;
use crate::error::{Error, Result, same_length};

/// The naive Bayes models.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Model {
    /// Multinomial: a class is a distribution over terms.
    Multinomial,
    /// Complement (Rennie et al. 2003): a class is described by the terms of all other classes.
    Complement {
        /// Normalise the weights of each class, as in the paper.
        norm: bool,
    },
    /// Bernoulli: a class has a probability for each term to occur in a document.
    Bernoulli {
        /// Values above this count as present; none where rows hold 0 and 1 already.
        binarize: Option<f64>,
    },
}

impl Model {
    /// The name: `multinomial`, `complement` or `bernoulli`.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Multinomial => "multinomial",
            Self::Complement { .. } => "complement",
            Self::Bernoulli { .. } => "bernoulli",
        }
    }
}

/// Additive smoothing: a pseudo-count, for all features or for each.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Alpha {
    /// The same number for every feature.
    Scalar(f64),
    /// One number for each feature.
    PerFeature(Vec<f64>),
}

impl From<f64> for Alpha {
    fn from(alpha: f64) -> Self {
        Self::Scalar(alpha)
    }
}

impl From<Vec<f64>> for Alpha {
    fn from(alpha: Vec<f64>) -> Self {
        Self::PerFeature(alpha)
    }
}

/// Settings of [`NaiveBayes`](super::NaiveBayes). Made by
/// [`NaiveBayes::multinomial`](super::NaiveBayes::multinomial) and its siblings.
///
/// | field | default | meaning |
/// |---|---|---|
/// | `alpha` | 1.0 | smoothing, ≥ 0 |
/// | `force_alpha` | `true` | use `alpha` as it is; else at least 1e-10 |
/// | `fit_prior` | `true` | learn the class prior; else uniform |
/// | `class_prior` | `None` | a given class prior, one number ≥ 0 for each class |
/// | `level_class_sums` | `false` | multinomial: divide by the largest class's sum in every class |
///
/// ```
/// use ndarray::array;
/// use slugline::{NaiveBayes, Rows};
///
/// let rows = Rows::from_dense(&array![[2.0, 0.0], [0.0, 1.0], [0.0, 3.0]].view());
/// let params = NaiveBayes::multinomial().alpha(0.5).class_prior([0.5, 0.5]);
/// let model = params.fit(&rows, &[0, 1, 1], 2)?;
/// assert_eq!(model.class_log_prior(), [0.5_f64.ln(); 2]);
/// # Ok::<(), slugline::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
#[must_use]
pub struct NaiveBayesParams {
    /// The model.
    pub model: Model,
    /// The smoothing.
    pub alpha: Alpha,
    /// Whether an `alpha` below 1e-10 is used as it is.
    pub force_alpha: bool,
    /// Whether the class prior is learned.
    pub fit_prior: bool,
    /// The class prior, if given.
    pub class_prior: Option<Vec<f64>>,
    /// Whether the sums of all classes are raised to the largest.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub level_class_sums: bool,
}

impl NaiveBayesParams {
    /// The default settings of a model.
    pub fn new(model: Model) -> Self {
        Self {
            model,
            alpha: Alpha::Scalar(1.0),
            force_alpha: true,
            fit_prior: true,
            class_prior: None,
            level_class_sums: false,
        }
    }

    /// Sets the smoothing: one number, or one for each feature.
    pub fn alpha(mut self, alpha: impl Into<Alpha>) -> Self {
        self.alpha = alpha.into();
        self
    }

    /// Sets whether an `alpha` below 1e-10 is used as it is.
    pub fn force_alpha(mut self, force_alpha: bool) -> Self {
        self.force_alpha = force_alpha;
        self
    }

    /// Sets whether the class prior is learned.
    pub fn fit_prior(mut self, fit_prior: bool) -> Self {
        self.fit_prior = fit_prior;
        self
    }

    /// Sets the class prior.
    pub fn class_prior(mut self, class_prior: impl Into<Vec<f64>>) -> Self {
        self.class_prior = Some(class_prior.into());
        self
    }

    /// Sets whether the sums of all classes are raised to the largest: P(t | c) = (N_ct + α_t) / max_c Σ_t (N_ct + α_t),
    /// as if each class had so much more of a term that no document holds. Then a term that is as rare in every
    /// class argues for none, while otherwise it argues for the class with the smallest sum (few documents, a
    /// short list of prior terms). For the multinomial model.
    pub fn level_class_sums(mut self, level: bool) -> Self {
        self.level_class_sums = level;
        self
    }

    pub(crate) fn check(&self, n_classes: usize, n_features: usize) -> Result<()> {
        if let Alpha::PerFeature(alphas) = &self.alpha {
            same_length(
                "values of alpha (one for each feature)",
                n_features,
                alphas.len(),
            )?;
        }
        if let Some(prior) = &self.class_prior {
            same_length(
                "values of class_prior (one for each class)",
                n_classes,
                prior.len(),
            )?;
        }
        self.check_numbers()
    }

    /// Fails for settings out of range.
    pub(crate) fn check_numbers(&self) -> Result<()> {
        let alphas = match &self.alpha {
            Alpha::Scalar(alpha) => std::slice::from_ref(alpha),
            Alpha::PerFeature(alphas) => alphas,
        };
        if let Some(&alpha) = alphas
            .iter()
            .find(|&&alpha| !(alpha >= 0.0 && alpha.is_finite()))
        {
            return Err(Error::parameter(
                "alpha",
                alpha,
                "a finite number, 0 or more",
            ));
        }
        if let Some(prior) = &self.class_prior {
            let good = |part: &f64| *part >= 0.0 && part.is_finite();
            if !prior.iter().all(good) || prior.iter().all(|&part| part == 0.0) {
                return Err(Error::parameter(
                    "class_prior",
                    format!("{prior:?}"),
                    "finite numbers, 0 or more, not all 0",
                ));
            }
        }
        if self.level_class_sums && self.model != Model::Multinomial {
            return Err(Error::parameter(
                "level_class_sums",
                "on",
                format!(
                    "off for the {} model: it is for the multinomial one",
                    self.model.name()
                ),
            ));
        }
        if let Model::Bernoulli {
            binarize: Some(threshold),
        } = self.model
            && (threshold < 0.0 || threshold.is_nan())
        {
            return Err(Error::parameter(
                "binarize",
                threshold,
                "0 or more: below 0 every value that is not stored would count as present",
            ));
        }
        Ok(())
    }

    /// The smoothing of a feature.
    pub(crate) fn alpha_of(&self, feature: usize) -> f64 {
        const LEAST: f64 = 1e-10;
        let alpha = match &self.alpha {
            Alpha::Scalar(alpha) => *alpha,
            Alpha::PerFeature(alphas) => alphas[feature],
        };
        if self.force_alpha {
            alpha
        } else {
            alpha.max(LEAST)
        }
    }

    /// The divisors of P(t | c) from the sums of all terms with their smoothing, class by class.
    pub(crate) fn divisors(&self, mut totals: Vec<f64>) -> Vec<f64> {
        if self.level_class_sums {
            let largest = totals.iter().copied().fold(0.0, f64::max);
            totals.fill(largest);
        }
        totals
    }

    /// Σ_t α_t.
    pub(super) fn total_alpha(&self, n_features: usize) -> f64 {
        match self.alpha {
            Alpha::Scalar(_) => self.alpha_of(0) * n_features as f64,
            Alpha::PerFeature(_) => (0..n_features).map(|t| self.alpha_of(t)).sum(),
        }
    }

    /// The error for weights that are NaN (0 / 0, ∞ / ∞, the logarithm of a number below 0), naming the cause.
    pub(super) fn why_no_number(&self, sums: &Evidence) -> Error {
        let totals = sums.totals();
        let all = |values: &[f64]| values.iter().sum::<f64>().is_finite();
        if !all(&sums.class_count) || !all(&totals) {
            return Error::parameter(
                "sample_weight",
                "too large",
                "weights whose sums over all documents are finite: divide all of them by the largest",
            );
        }
        let is_zero = |term: usize| self.alpha_of(term) == 0.0;
        if (0..sums.n_features()).any(is_zero) {
            return Error::parameter(
                "alpha",
                0,
                "above 0: without smoothing these data leave weights that are no numbers \
                 (0 / 0 or infinity / infinity)",
            );
        }
        match self.model {
            Model::Complement { norm: true } => Error::parameter(
                "norm_weights",
                "on",
                "off: all weights of a class are 0 here (a single term is left, say), and cannot be \
                 divided by their sum",
            ),
            Model::Bernoulli { binarize: None } => Error::parameter(
                "binarize",
                "none",
                "a number, 0 say: some values are above 1, and none takes them for 0 or 1 already",
            ),
            _ => Error::parameter(
                "alpha",
                self.alpha_of(0),
                "another number: these data (sums that are very large, say) leave weights that are no numbers",
            ),
        }
    }

    /// log P(class): given, learned (the class's share of the documents), or uniform.
    pub(super) fn class_log_prior(&self, class_count: &[f64]) -> Vec<f64> {
        if let Some(prior) = &self.class_prior {
            return prior.iter().map(|part| part.ln()).collect();
        }
        let n = class_count.len() as f64;
        let total: f64 = class_count.iter().sum();
        // Without documents the prior is uniform, too.
        if !self.fit_prior || total == 0.0 {
            return vec![-n.ln(); class_count.len()];
        }
        class_count
            .iter()
            .map(|count| count.ln() - total.ln())
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use crate::{NaiveBayes, Rows, naive_bayes::derive};

    use super::*;

    /// The message for a model of these counts; the second row, if any, is of another class.
    fn why(params: &NaiveBayesParams, rows: &Rows<f64>, weights: Option<&[f64]>) -> String {
        let targets: Vec<usize> = (0..rows.n_rows()).map(|row| row % 2).collect();
        let nothing = Evidence::zero(2.min(rows.n_rows()), rows.n_columns());
        let sums = nothing.add(params.model, rows, &targets, weights);
        let sums = sums.expect("good rows");
        let linear = derive(params, &sums).expect("good settings");
        let error = linear.check(params, &sums).expect_err("no numbers");
        error.to_string()
    }

    #[test]
    fn what_is_wrong_is_named() {
        let one_term = Rows::from_dense(&array![[1.0], [2.0]].view());
        let three = Rows::from_dense(&array![[3.0, 0.0], [0.0, 1.0]].view());
        let mut normalised = NaiveBayes::complement();
        normalised.model = Model::Complement { norm: true };
        assert!(why(&normalised, &one_term, None).starts_with("norm_weights is on: expected off"));
        let mut plain = NaiveBayes::bernoulli();
        plain.model = Model::Bernoulli { binarize: None };
        assert!(why(&plain, &three, None).starts_with("binarize is none: expected a number"));
        let large = Some([f64::MAX; 4].as_slice());
        let twice = array![[3.0, 1.0], [1.0, 1.0], [3.0, 1.0], [1.0, 1.0]];
        let twice = Rows::from_dense(&twice.view());
        let of_weights = why(&NaiveBayes::multinomial(), &twice, large);
        assert!(
            of_weights.starts_with("sample_weight is too large"),
            "{of_weights}"
        );
        let nothing = NaiveBayes::complement().alpha(0.0);
        let empty = Rows::from_dense(&array![[0.0], [0.0]].view());
        assert!(why(&nothing, &empty, None).starts_with("alpha is 0: expected above 0"));
    }
}
