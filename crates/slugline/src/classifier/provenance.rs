//! The origin of a model.

use serde::{Deserialize, Serialize};

/// The origin of a model.
///
/// ```
/// use slugline::{Examples, TextClassifier};
///
/// let examples = Examples::new(&["chips and code", "votes on bills"], &["technology", "policy"])?;
/// let model = TextClassifier::params().fit(&examples)?.with_source("news of May");
/// let read = TextClassifier::from_bytes(&model.to_bytes()?)?;
/// assert_eq!(read.provenance().sources, ["news of May"]);
/// assert_eq!(read.provenance().imported_from, None);
/// # Ok::<(), slugline::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Provenance {
    /// The version of slugline that trained it.
    pub slugline: String,
    /// The sources of the training documents, as far as they were given.
    pub sources: Vec<String>,
    /// The program that took the sums, where it was not slugline: then document frequencies are unknown, and
    /// nothing can be added to the sums.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub imported_from: Option<String>,
}

impl Default for Provenance {
    fn default() -> Self {
        Self {
            slugline: env!("CARGO_PKG_VERSION").to_owned(),
            sources: Vec::new(),
            imported_from: None,
        }
    }
}
