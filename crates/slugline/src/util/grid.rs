//! Numbers whose sums are exact: multiples of a power of two, so small that adding them never rounds.
//!
//! Adding documents in any order and in any parts, and subtracting them again, gives the same bits.

/// Steps of a value: 2^-30. Sums below 2^23 are exact.
const VALUE: f64 = (1_u64 << 30) as f64;
/// Steps of a weight, and of a weight times a value: 2^-31. Sums below 2^22 are exact. One bit more than
/// values have, so that a weight of a half (or of 0, 1, 2 …) changes no value.
const WEIGHT: f64 = (1_u64 << 31) as f64;

/// Rounds a value of a row to the grid, by less than 5e-10 in a normalised row.
#[inline(always)]
pub(crate) fn value(value: f64) -> f64 {
    (value * VALUE).round() / VALUE
}

/// Rounds a weight, or a weight times a value, to the grid.
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
