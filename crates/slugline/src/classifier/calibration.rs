//! The temperature of the probabilities, and the limit below which a text is about none of the topics: both
//! chosen on held-out documents.

use serde::{Deserialize, Serialize};

use super::TextClassifier;
use crate::error::{Error, Result};

/// The highest temperature; its reciprocal is the lowest.
pub(crate) const HOTTEST: f64 = 1e4;

/// By length, a text is as sure of itself as if it had so many more terms that argue for nothing: a word may have
/// another meaning.
const DOUBT: f64 = 2.0;
/// The number of terms above which more of them argue less, since they repeat each other.
const LONG: f64 = 60.0;
/// What the evidence of a text is lowered by, divided by the number of its terms.
const ALONE: f64 = 3.0;

/// The evidence of a text of `n` known terms that is more likely by `margin` under its best topic.
pub(super) fn of_length(margin: f64, n: usize) -> f64 {
    let n = n as f64;
    (margin - ALONE / n) / n.sqrt()
}

/// The temperature of the probabilities and the limit for `other`, chosen on held-out documents.
///
/// ```
/// use slugline::{Auto, Calibration, Examples, TextClassifier};
///
/// let texts = ["chips and code", "votes on bills", "code for phones", "bills and votes"];
/// let examples = Examples::new(&texts, &["technology", "policy", "technology", "policy"])?;
/// let params = TextClassifier::params();
/// assert_eq!(params.fit(&examples)?.calibration(), Calibration::default());
///
/// // Chosen on the training documents, by leave-one-out.
/// let auto = Auto::default().calibrate(true);
/// let calibration = params.fit_auto(&examples, auto)?.calibration();
/// assert!(calibration.temperature > 0.0 && calibration.other_below.is_some());
/// # Ok::<(), slugline::Error>(())
/// ```
///
/// | field | default | meaning |
/// |---|---|---|
/// | `temperature` | 1 | probabilities are softmax(score / temperature); the label stays the same |
/// | `by_length` | `false` | the temperature and the evidence depend on the number of known terms, see below |
/// | `other_below` | none | a text whose [`evidence`](super::Shares::evidence) is below this is about none of the topics |
///
/// The temperature is the one with the lowest log-loss on the held-out documents, whose labels are
/// softened a little (Guo, Pleiss, Sun, Weinberger 2017, "On calibration of modern neural networks"). The
/// limit is the one that separates held-out documents of the topics from background documents best (by the
/// mean of both hit rates: Youden 1950); without background documents, the 2nd percentile of the evidence of
/// held-out documents.
///
/// **By length.** The terms of a text repeat each other, so that the score of a long one is surer of itself than it is
/// right; and one of a word or two hangs on whether that word has another meaning. With n the number of distinct known
/// terms of the text,
///
/// - probabilities are softmax(score · r / temperature), r = n / (n + 2) / √(1 + n / 60);
/// - the [evidence](super::Shares::evidence) is (m − 3 / n) / √n, with m = max_c Σ_t x_t · ln(P(t | c) / P(t | b)), where
///   x_t are the TF-IDF values, P(t | c) the term's probability in a topic and P(t | b) that in the background (without
///   background documents, the mean over the topics). A multinomial model weighs them so itself.
///
/// Without it, temperature and evidence are the same for any length. The constants were chosen on the bundled model
/// (`datasets/MODEL_CARD.md`).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Calibration {
    /// The divisor of the scores, before they become probabilities.
    pub temperature: f64,
    /// Whether both depend on the number of known terms of a text.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub by_length: bool,
    /// The lowest evidence of a text that is about one of the topics.
    pub other_below: Option<f64>,
}

impl Default for Calibration {
    fn default() -> Self {
        Self {
            temperature: 1.0,
            by_length: false,
            other_below: None,
        }
    }
}

impl Calibration {
    pub(crate) fn is_default(&self) -> bool {
        *self == Self::default()
    }

    /// The temperature of a text of so many known terms.
    pub(crate) fn temperature_of(&self, n_terms: usize) -> f64 {
        self.temperature / self.scale(n_terms)
    }

    /// What the scores of a text of so many known terms are multiplied with before the temperature divides them.
    pub(crate) fn scale(&self, n_terms: usize) -> f64 {
        // A text without known terms has the class prior.
        if !self.by_length || n_terms == 0 {
            return 1.0;
        }
        let n = n_terms as f64;
        n / (n + DOUBT) / (1.0 + n / LONG).sqrt()
    }

    /// What is wrong with these numbers, if anything.
    pub(crate) fn fault(&self) -> Option<String> {
        let limit = self.other_below.unwrap_or(0.0);
        let good = self.temperature > 0.0 && self.temperature.is_finite() && limit.is_finite();
        (!good).then(|| {
            format!("a calibration of {self:?}: expected finite numbers, the temperature above 0")
        })
    }
}

impl TextClassifier {
    /// The temperature and the limit for `other` of this classifier.
    pub fn calibration(&self) -> Calibration {
        self.calibration
    }

    /// Sets the temperature and the limit for `other`.
    ///
    /// # Errors
    /// [`Error::Parameter`] for a temperature that is not above 0, and for numbers that are not finite.
    pub fn with_calibration(mut self, calibration: Calibration) -> Result<Self> {
        if calibration.fault().is_some() {
            return Err(Error::parameter(
                "calibration",
                format!("{calibration:?}"),
                "finite numbers, the temperature above 0",
            ));
        }
        self.calibration = calibration;
        Ok(self)
    }
}
