//! The type of labels before they became strings.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::{
    error::{Error, Result},
    text::names,
};

/// The type of the labels in the training data. The labels of a classifier are strings; a binding to a
/// language in which labels can be numbers turns them back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum LabelType {
    /// Strings.
    #[default]
    Text,
    /// Whole numbers in decimal.
    Integer,
    /// Floating-point numbers.
    Float,
    /// `True` and `False`.
    Boolean,
}

impl LabelType {
    #[allow(
        clippy::trivially_copy_pass_by_ref,
        reason = "serde calls it with a reference"
    )]
    pub(crate) fn is_text(&self) -> bool {
        *self == Self::Text
    }
}

names!(LabelType, "label_type", "text" => Text, "integer" => Integer, "float" => Float, "boolean" => Boolean);

/// Fails unless there is at least one label and all are named, sorted and distinct.
pub(crate) fn check_sorted(labels: &[String]) -> Result<()> {
    let sorted = labels.windows(2).all(|pair| pair[0] < pair[1]);
    if sorted && labels.first().is_some_and(|first| !first.is_empty()) {
        return Ok(());
    }
    Err(Error::parameter(
        "labels",
        format!("{labels:?}"),
        "names, sorted and distinct, at least one",
    ))
}
