//! The whole path from text to topic.

use pyo3::prelude::*;
use slugline::TextClassifier;

/// A fitted text classifier.
#[pyclass(frozen, module = "slugline._core")]
pub(crate) struct Classifier(TextClassifier);
