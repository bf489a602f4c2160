//! Numbers whose sums are exact: multiples of a power of two, so small that adding them never rounds.
//!
//! Adding documents in any order, in any parts, and taking them out again then gives the same bits.

use crate::{
    classifier::{Learned, TextClassifierParams},
    error::{Error, Result},
    tfidf::IdfOrder,
};

/// Steps of a value: 2^-30. Sums below 2^23 are exact.
const VALUE: f64 = (1_u64 << 30) as f64;
/// Steps of a weight, and of a weight times a value: 2^-31. Sums below 2^22 are exact. One bit more than
/// values have, so that a weight of a half (or of 0, 1, 2 …) changes no value.
const WEIGHT: f64 = (1_u64 << 31) as f64;

/// Sums are exact below these: of values, and of values times weights.
const EXACT: [f64; 2] = [(1_u64 << 23) as f64, (1_u64 << 22) as f64];

/// Whether the sums of a model with these settings are sums of such numbers.
pub(crate) fn holds(params: &TextClassifierParams) -> bool {
    params.sums_are_exact() && params.features.tfidf.idf_order == IdfOrder::AfterNorm
}

/// A value of a row; one of a normalised row is off by less than 5e-10.
#[inline(always)]
pub(crate) fn value(value: f64) -> f64 {
    (value * VALUE).round() / VALUE
}

/// A weight, or a weight times a value.
#[inline(always)]
pub(crate) fn weighted(product: f64) -> f64 {
    /// Between `SHIFT` and `SHIFT` + 2^20 the numbers of 64 bits are the steps.
    const SHIFT: f64 = (3 << 20) as f64;
    const SMALL: f64 = (1 << 20) as f64;
    match product < SMALL {
        true => (product + SHIFT) - SHIFT,
        false => (product * WEIGHT).round() / WEIGHT,
    }
}

/// The weights of documents as they count with these settings: each as it is, or moved to its step.
///
/// # Errors
/// [`Error::Parameter`] for a weight that is no step, and not 0.
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

/// See [`weights`].
pub(crate) fn on_step(weight: f64) -> Result<f64> {
    // What is no weight at all is told of where weights are checked.
    if weight.is_nan() || weight <= 0.0 {
        return Ok(weight);
    }
    let moved = weighted(weight);
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
    // Where every document counts for one: an `f64` has room for all whole numbers.
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn weights_of_halves_change_no_value(number in 0.0_f64..1.0, halves in 0_u32..1000) {
            let (number, weight) = (value(number), f64::from(halves) / 2.0);
            for product in [weight, weight * number] {
                prop_assert_eq!(weighted(product).to_bits(), product.to_bits());
            }
        }

        #[test]
        fn is_the_nearest_step(product in 0.0_f64..4e6) {
            let moved = weighted(product);
            prop_assert!((moved - product).abs() <= 0.5 / WEIGHT);
            prop_assert!((moved * WEIGHT).fract().abs() < f64::EPSILON);
        }
    }
}
