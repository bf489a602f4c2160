//! Where a model comes from.

use serde::{Deserialize, Serialize};

/// Where a model comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Provenance {
    /// The version of slugline that trained it.
    pub slugline: String,
    /// What it was trained on, as far as it was told.
    pub sources: Vec<String>,
    /// The program whose sums these are, where slugline did not take them itself: then it is not
    /// known which documents hold a term, and nothing can be added to the sums.
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
