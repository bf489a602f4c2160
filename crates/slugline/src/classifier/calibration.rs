//! Probabilities that mean something, and a limit below which a text is about none of the topics: both
//! chosen on documents that the model has not seen.

use serde::{Deserialize, Serialize};

use super::TextClassifier;

/// The temperature lies between the reciprocal of this and this.
pub(crate) const HOTTEST: f64 = 1e4;

/// What was chosen on held-out documents.
///
/// | field | default | meaning |
/// |---|---|---|
/// | `temperature` | 1 | probabilities are softmax(score / temperature); the label stays the same |
/// | `other_below` | none | a text whose [`evidence`](super::Shares::evidence) is below this is about none of the topics |
///
/// The temperature is the one with the lowest log-loss on the held-out documents, whose labels are
/// softened a little (Guo, Pleiss, Sun, Weinberger 2017, "On calibration of modern neural networks"). The
/// limit is the one that tells held-out documents of the topics from background documents best (the
/// mean of both hit rates: Youden 1950); without background documents, the one that 2 % of the held-out
/// documents stay below.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Calibration {
    /// What scores are divided by.
    pub temperature: f64,
    /// The least evidence of a text that is about one of the topics.
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

    /// What is wrong with it, if anything.
    pub(crate) fn fault(&self) -> Option<String> {
        let limit = self.other_below.unwrap_or(0.0);
        let good = self.temperature > 0.0 && self.temperature.is_finite() && limit.is_finite();
        (!good).then(|| {
            format!("a calibration of {self:?}: expected finite numbers, the temperature above 0")
        })
    }
}

impl TextClassifier {
    /// What was chosen on held-out documents.
    pub fn calibration(&self) -> Calibration {
        self.calibration
    }
}
