//! The settings of a text classifier.

use serde::{Deserialize, Serialize};

use super::prior::Prior;
use crate::{
    counting::DocumentFrequency,
    error::{Error, Result},
    features::{IdfOrder, Norm, VectorizerParams, text_options},
    naive_bayes::{Alpha, Model, NaiveBayes, NaiveBayesParams, Refine},
    text::{Analyzer, Language, StopWords, StripAccents, Unit, Words},
};

/// Settings of a [`TextClassifier`](super::TextClassifier): the options of the vectoriser and of
/// naive Bayes, each under scikit-learn's name. Default: TF-IDF as scikit-learn's
/// `TfidfVectorizer` with `sublinear_tf`, then complement naive Bayes with `alpha` 0.3, and 1.0 with
/// [`IdfOrder::AfterNorm`].
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
#[must_use]
pub struct TextClassifierParams {
    /// The settings of the vectoriser: text → rows.
    pub features: VectorizerParams,
    /// The settings of naive Bayes: rows → classes.
    pub naive_bayes: NaiveBayesParams,
    /// The label of documents that are about none of the topics.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub background: Option<String>,
    /// The settings of the refinement of naive Bayes; none where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refine: Option<Refine>,
    /// Prior knowledge of terms. A model keeps it among its numbers, not among its settings.
    #[serde(skip)]
    pub prior: Prior,
    /// Whether the smoothing was set, so that it does not follow the order of idf and norm.
    #[serde(skip, default = "given")]
    pub(crate) alpha_given: bool,
}

/// The smoothing of settings that were read is what it is.
fn given() -> bool {
    true
}

/// The smoothing unless it is set. Measured on eight corpora (`benches/compare/accuracy.py`), by a fifth of the training
/// parts: with 0.3 as right as with 0.6 (accuracy 0.865) and best with pairs of words; rows whose idf comes after the
/// norm are as much longer as idf is, so that they want more (0.853 with 0.3, 0.865 with 1.0).
fn default_alpha(order: IdfOrder) -> f64 {
    match order {
        IdfOrder::BeforeNorm => 0.3,
        IdfOrder::AfterNorm => 1.0,
    }
}

/// How a value came to be is no setting.
impl PartialEq for TextClassifierParams {
    fn eq(&self, other: &Self) -> bool {
        self.features == other.features
            && self.naive_bayes == other.naive_bayes
            && self.background == other.background
            && self.refine == other.refine
            && self.prior == other.prior
    }
}

impl Default for TextClassifierParams {
    fn default() -> Self {
        Self {
            features: VectorizerParams::default(),
            // With sublinear tf the best of the three models on the average of the eight corpora.
            naive_bayes: NaiveBayes::complement().alpha(default_alpha(IdfOrder::BeforeNorm)),
            background: None,
            refine: None,
            prior: Prior::new(),
            alpha_given: false,
        }
        .sublinear_tf(true)
    }
}

text_options!(TextClassifierParams, features);

impl TextClassifierParams {
    /// Set the naive Bayes model (default complement); its other settings stay.
    pub fn model(mut self, model: Model) -> Self {
        self.naive_bayes.model = model;
        self
    }

    /// Set all settings of the vectoriser at once.
    pub fn features(mut self, params: VectorizerParams) -> Self {
        self.features = params;
        self.with_default_alpha()
    }

    /// Multiply idf in before or after the norm (default before, as scikit-learn does). The default of
    /// [`alpha`](Self::alpha) goes with it.
    pub fn idf_order(mut self, idf_order: IdfOrder) -> Self {
        self.features.tfidf.idf_order = idf_order;
        self.with_default_alpha()
    }

    fn with_default_alpha(mut self) -> Self {
        if !self.alpha_given {
            self.naive_bayes.alpha = default_alpha(self.features.tfidf.idf_order).into();
        }
        self
    }

    /// Set all settings of naive Bayes at once.
    pub fn naive_bayes(mut self, params: NaiveBayesParams) -> Self {
        self.naive_bayes = params;
        self.alpha_given = true;
        self
    }

    /// Set the smoothing (default 0.3, and 1.0 with [`IdfOrder::AfterNorm`]).
    pub fn alpha(mut self, alpha: impl Into<Alpha>) -> Self {
        self.naive_bayes.alpha = alpha.into();
        self.alpha_given = true;
        self
    }

    /// Learn the class prior (default true); otherwise it is uniform.
    pub fn fit_prior(mut self, fit_prior: bool) -> Self {
        self.naive_bayes.fit_prior = fit_prior;
        self
    }

    /// Set the class prior, in the sorted order of the labels.
    pub fn class_prior(mut self, class_prior: impl Into<Vec<f64>>) -> Self {
        self.naive_bayes.class_prior = Some(class_prior.into());
        self
    }

    /// Raise the sums of all classes to the largest (default false), so that a term that no class knows argues for
    /// none: see [`NaiveBayesParams::level_class_sums`].
    pub fn level_class_sums(mut self, level: bool) -> Self {
        self.naive_bayes.level_class_sums = level;
        self
    }

    /// Set the prior knowledge of terms (default none).
    pub fn prior(mut self, prior: Prior) -> Self {
        self.prior = prior;
        self
    }

    /// Set the label of the documents that are about none of the topics (default: there are none). It does
    /// not become a label of the model: the sums of these documents are the background that
    /// [`Shares`](super::Shares) are measured against. Their terms join the vocabulary, and they count in the
    /// document frequencies.
    pub fn background(mut self, label: impl Into<Option<String>>) -> Self {
        self.background = label.into();
        self
    }

    /// Set the refinement (default none): the weights of naive Bayes become the start of a linear support vector
    /// machine, which learns from what naive Bayes gets wrong ([`Refine`]). Worth it with some thousand documents
    /// and more; with 10 to 200 a label, accuracy rises or falls by about half a point.
    ///
    /// The model keeps its sums: it can be merged and updated, and is then one of naive Bayes again.
    ///
    /// ```
    /// use slugline::{Examples, Refine, TextClassifier};
    ///
    /// let texts = ["chips and code", "votes on bills", "code for phones", "bills and laws"];
    /// let examples = Examples::new(&texts, &["technology", "policy", "technology", "policy"])?;
    /// let model = TextClassifier::params().refine(Refine::default()).fit(&examples)?;
    /// assert_eq!(model.classify("new code").label(), "technology");
    /// # Ok::<(), slugline::Error>(())
    /// ```
    pub fn refine(mut self, refine: impl Into<Option<Refine>>) -> Self {
        self.refine = refine.into();
        self
    }

    /// Fails where a refinement is asked for, and rows to learn it from are not at hand.
    pub(crate) fn check_not_refined(&self, why: &'static str) -> Result<()> {
        match self.refine {
            None => Ok(()),
            Some(_) => Err(Error::parameter("refine", "set", format!("none {why}"))),
        }
    }

    /// Checks the settings as [`fit`](Self::fit) does before it reads documents. What depends on the documents, such
    /// as the number of classes, is not checked.
    ///
    /// # Errors
    /// [`Error::Parameter`](crate::Error::Parameter).
    pub fn check(&self) -> Result<()> {
        self.checked_analyzer().map(drop)
    }

    /// The analyzer of these settings, once all of them are [checked](Self::check).
    pub(crate) fn checked_analyzer(&self) -> Result<Analyzer> {
        let analyzer = Analyzer::new(self.features.text.clone())?;
        self.features.check()?;
        self.naive_bayes.check_numbers()?;
        if let Some(refine) = &self.refine {
            refine.check()?;
        }
        Ok(analyzer)
    }

    /// Whether what a document adds to the sums depends on that document alone. Then documents can be added
    /// and taken out, and models merged, exactly.
    ///
    /// It holds with [`IdfOrder::AfterNorm`]; without length normalisation; without idf and
    /// pruning (`without_terms` is pruning, too); and for Bernoulli models, for which a term is present or not. Otherwise a row
    /// depends on idf, or on which terms were pruned, and so on the other documents.
    ///
    /// With [`IdfOrder::AfterNorm`] they are exact to the last bit, in any order, with any weights: all that
    /// is added are multiples of 2^-30, and with weights of 2^-31. With the other settings that holds
    /// where values and weights are whole numbers; else the order of the documents is seen in last bits.
    pub fn sums_are_exact(&self) -> bool {
        let tfidf = &self.features.tfidf;
        let prunes = self.features.prunes();
        match self.naive_bayes.model {
            Model::Bernoulli {
                binarize: Some(0.0),
            } => true,
            // The threshold is applied to weighted values.
            Model::Bernoulli { .. } => !tfidf.use_idf && (tfidf.norm.is_none() || !prunes),
            _ => {
                tfidf.idf_order == IdfOrder::AfterNorm
                    || tfidf.norm.is_none()
                    || (!tfidf.use_idf && !prunes)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::naive_bayes::Alpha;

    #[test]
    fn the_default_smoothing_goes_with_the_order_unless_it_is_set() {
        let alpha = |params: TextClassifierParams| params.naive_bayes.alpha;
        let params = TextClassifierParams::default;
        let after = || params().idf_order(IdfOrder::AfterNorm);
        assert_eq!(alpha(params()), Alpha::Scalar(0.3));
        assert_eq!(alpha(after()), Alpha::Scalar(1.0));
        assert_eq!(
            alpha(after().idf_order(IdfOrder::BeforeNorm)),
            Alpha::Scalar(0.3)
        );
        assert_eq!(alpha(after().alpha(0.3)), Alpha::Scalar(0.3));
        let given = params().alpha(0.3).idf_order(IdfOrder::AfterNorm);
        assert_eq!(alpha(given), Alpha::Scalar(0.3));
        let given = params().naive_bayes(NaiveBayes::multinomial().alpha(0.3));
        assert_eq!(
            alpha(given.idf_order(IdfOrder::AfterNorm)),
            Alpha::Scalar(0.3)
        );
        let features = VectorizerParams::default().idf_order(IdfOrder::AfterNorm);
        assert_eq!(alpha(params().features(features)), Alpha::Scalar(1.0));
        // What was read from a file stays as it was.
        let json = serde_json::to_string(&after().alpha(0.3)).unwrap();
        let read: TextClassifierParams = serde_json::from_str(&json).unwrap();
        assert_eq!(read, after().alpha(0.3));
        assert_eq!(
            alpha(read.idf_order(IdfOrder::AfterNorm)),
            Alpha::Scalar(0.3)
        );
    }
}
