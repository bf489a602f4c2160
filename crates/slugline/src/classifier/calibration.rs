//! The temperature of the probabilities, and the limit below which a text is about none of the topics: both
//! chosen on held-out documents.

use serde::{Deserialize, Serialize};

use super::TextClassifier;

/// The highest temperature; its reciprocal is the lowest.
pub(crate) const HOTTEST: f64 = 1e4;

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
/// | `other_below` | none | a text whose [`evidence`](super::Shares::evidence) is below this is about none of the topics |
///
/// The temperature is the one with the lowest log-loss on the held-out documents, whose labels are
/// softened a little (Guo, Pleiss, Sun, Weinberger 2017, "On calibration of modern neural networks"). The
/// limit is the one that separates held-out documents of the topics from background documents best (by the
/// mean of both hit rates: Youden 1950); without background documents, the 2nd percentile of the evidence of
/// held-out documents.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Calibration {
    /// The divisor of the scores, before they become probabilities.
    pub temperature: f64,
    /// The lowest evidence of a text that is about one of the topics.
    pub other_below: Option<f64>,
}

impl Default for Calibration {
    fn default() -> Self {
        Self {
            temperature: 1.0,
            other_below: None,
        }
    }
}

impl Calibration {
    pub(crate) fn is_default(&self) -> bool {
        *self == Self::default()
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
}
