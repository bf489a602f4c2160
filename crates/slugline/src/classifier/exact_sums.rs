//! Exact sums: the settings that allow them, and the limits of weights and sums.

use super::{params::TextClassifierParams, sums::Learned};
use crate::{
    error::{Error, Result},
    features::IdfOrder,
    util::grid,
};

/// The limits below which sums of values, and of values times weights, are exact.
const EXACT: [f64; 2] = [(1_u64 << 23) as f64, (1_u64 << 22) as f64];

/// Whether models with these settings sum numbers on the grid.
pub(crate) fn holds(params: &TextClassifierParams) -> bool {
    params.sums_are_exact() && params.features.tfidf.idf_order == IdfOrder::AfterNorm
}

/// The weights of documents with these settings: as given, or rounded to the grid.
///
/// # Errors
/// [`Error::Parameter`] for a weight above 0 that the grid rounds to 0.
pub(crate) fn weights(
    params: &TextClassifierParams,
    given: Option<&[f64]>,
) -> Result<Option<Vec<f64>>> {
    let Some(given) = given else { return Ok(None) };
    if !holds(params) {
        return Ok(Some(given.to_vec()));
    }
    given
        .iter()
        .map(|&weight| on_step(weight))
        .collect::<Result<_>>()
        .map(Some)
}

/// Rounds a weight to the grid; see [`weights`].
pub(crate) fn on_step(weight: f64) -> Result<f64> {
    // Invalid weights are errors elsewhere, where weights are checked.
    if weight.is_nan() || weight <= 0.0 {
        return Ok(weight);
    }
    let moved = grid::weighted(weight);
    if moved == 0.0 {
        return Err(Error::parameter(
            "sample_weight",
            weight,
            "0, or 1e-9 and more with idf_order = after_norm, whose sums are exact",
        ));
    }
    Ok(moved)
}

/// Fails where a sum is so large that it may have been rounded.
///
/// # Errors
/// [`Error::NotExact`].
pub(crate) fn check(
    params: &TextClassifierParams,
    learned: &Learned,
    operation: &'static str,
) -> Result<()> {
    if !holds(params) {
        return Ok(());
    }
    let background = learned.background.as_ref();
    let documents = learned.sums.class_count.iter().sum::<f64>()
        + background.map_or(0.0, |own| own.n_documents);
    // With weights of 1 the counts are whole numbers, which an `f64` holds exactly.
    let whole = documents.to_bits() == (learned.n_documents as f64).to_bits();
    let tfidf = &params.features.tfidf;
    let limit = match whole {
        true if tfidf.norm.is_none() && !tfidf.sublinear_tf => f64::INFINITY,
        true => EXACT[0],
        false => EXACT[1],
    };
    let mut sums = learned.sums.feature_count.values().iter();
    let mut others = background.iter().flat_map(|own| own.sums.iter());
    let large = |sum: &&f64| **sum >= limit;
    match sums.find(large).or_else(|| others.find(large)) {
        None if whole || documents < limit => Ok(()),
        found => Err(Error::NotExact {
            operation,
            why: format!(
                "sums of {limit} and more may be rounded, and one is {}: give smaller sample weights",
                found.unwrap_or(&documents)
            ),
        }),
    }
}
