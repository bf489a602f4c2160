//! Logarithms and powers of e of several numbers at once: `f64::ln` and `f64::exp` call the system's library
//! for each number, and give other bits on other systems.
//!
//! Leave-one-out takes a logarithm for every term and class of every training document. Within
//! [`simd::run`](super::simd::run) four of these cost about 35 instructions, four calls of `f64::ln`
//! about 120 (callgrind). The bits are the same for any instruction set and any `N`.

/// The bits of √½: fractions are taken from √½ to √2, around 1.
const ROOT_OF_HALF: u64 = 0x3fe6_a09e_667f_3bcd;
const ONE: u64 = 0x3ff0_0000_0000_0000;
const FRACTION: u64 = 0x000f_ffff_ffff_ffff;
/// 2^52: as the exponent part of a number it makes the low bits an integer.
const INTEGER: u64 = 0x4330_0000_0000_0000;

/// ln(1 + f) = s · (2 + z · P(z)) with s = f / (2 + f) and z = s²: the coefficients of P, highest power first.
/// Source: fdlibm, `e_log.c`, whose remainder is below 2^-58 of the result.
const POWERS: [f64; 7] = [
    1.479_819_860_511_658_6e-1,
    1.531_383_769_920_937_3e-1,
    1.818_357_216_161_805_e-1,
    2.222_219_843_214_978_4e-1,
    2.857_142_874_366_239e-1,
    3.999_999_999_940_942e-1,
    6.666_666_666_666_735e-1,
];

/// The natural logarithm of each number, all of them [ordinary](is_ordinary); the relative error is below
/// 2^-50.
#[inline(always)]
pub(crate) fn ln_of_ordinary<const N: usize>(numbers: [f64; N]) -> [f64; N] {
    let mut logs = numbers;
    ln_of_all_ordinary(&mut logs);
    logs
}

/// As [`ln_of_ordinary`], in place.
#[inline(always)]
pub(crate) fn ln_of_all_ordinary(numbers: &mut [f64]) {
    for number in numbers {
        *number = ln_of_one(*number);
    }
}

/// The natural logarithm of any number, by [`ln_of_ordinary`] or else by `f64::ln`.
#[inline(always)]
pub(crate) fn ln(number: f64) -> f64 {
    match is_ordinary(number) {
        true => ln_of_one(number),
        false => number.ln(),
    }
}

/// Whether the number is positive, finite and not subnormal.
#[inline(always)]
pub(crate) fn is_ordinary(number: f64) -> bool {
    (f64::MIN_POSITIVE..=f64::MAX).contains(&number)
}

/// number = 2^e · (1 + f), hence ln = e · ln 2 + ln(1 + f). Near 1, where logarithms are small, e is 0, so the
/// rounding error of the first part is always small beside the whole.
#[inline(always)]
fn ln_of_one(number: f64) -> f64 {
    let shifted = number.to_bits().wrapping_add(ONE - ROOT_OF_HALF);
    // AVX2 has no instruction that converts several 64-bit integers to floats.
    let exponent = f64::from_bits((shifted >> 52) | INTEGER) - (f64::from_bits(INTEGER) + 1023.0);
    let fraction = f64::from_bits((shifted & FRACTION).wrapping_add(ROOT_OF_HALF));
    let f = fraction - 1.0;
    let s = f / (fraction + 1.0);
    let z = s * s;
    let mut sum = POWERS[0];
    for power in &POWERS[1..] {
        sum = sum * z + power;
    }
    exponent * std::f64::consts::LN_2 + s * (2.0 + z * sum)
}

/// 1 / n! for n from 13 down to 0.
const FACTORIALS: [f64; 14] = {
    let mut inverse = [1.0; 14];
    let mut n = 12;
    let mut factorial = 1.0;
    let mut next = 1.0;
    loop {
        inverse[n] = 1.0 / factorial;
        if n == 0 {
            break;
        }
        n -= 1;
        next += 1.0;
        factorial *= next;
    }
    inverse
};

/// e^(x · factor) for each of `numbers`, which are at most 0, with `factor` above 0; the relative error is below
/// 2^-48. Results below e^-700 may be e^-700.
#[inline(always)]
pub(crate) fn exp_of_products(numbers: &[f64], factor: f64, powers: &mut [f64]) {
    // Adding this rounds to a whole number, whose bits are then the lowest ones.
    const ROUND: f64 = 6_755_399_441_055_744.0;
    const LN_2_HIGH: f64 = 6.931_471_803_691_238e-1;
    const LN_2_LOW: f64 = 1.908_214_929_270_587_7e-10;
    for (power, &number) in powers.iter_mut().zip(numbers) {
        let x = (number * factor).max(-700.0);
        let rounded = x * std::f64::consts::LOG2_E + ROUND;
        let n = rounded - ROUND;
        let rest = (x - n * LN_2_HIGH) - n * LN_2_LOW;
        let mut sum = FACTORIALS[0];
        for factorial in &FACTORIALS[1..] {
            sum = sum * rest + factorial;
        }
        let two_to_n = f64::from_bits((rounded.to_bits() << 52).wrapping_add(ONE));
        *power = sum * two_to_n;
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::simd::{self, Work},
        *,
    };
    use proptest::prelude::*;

    struct Logs([f64; 4]);

    impl Work for Logs {
        type Output = [f64; 4];

        #[inline(always)]
        fn run(self) -> [f64; 4] {
            ln_of_ordinary(self.0)
        }
    }

    fn near(found: f64, expected: f64, bits: i32) -> bool {
        (found - expected).abs() <= expected.abs() * 2.0_f64.powi(-bits)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(20_000))]

        #[test]
        fn is_the_logarithm(exponent in -1022_i32..1023,  common in 1e-12_f64..1e6, one in 1.0_f64..2.0, close in -1e-6_f64..1e-6) {
            let numbers = [one * 2.0_f64.powi(exponent), common, one - 0.4, 1.0 + close];
            let wide = simd::run(Logs(numbers));
            for (number, log) in numbers.into_iter().zip(wide) {
                prop_assert!(near(log, number.ln(), 50), "{} {} {}", number, log, number.ln());
                prop_assert_eq!(log.to_bits(), ln(number).to_bits());
            }
        }

        #[test]
        fn is_the_power(number in -800.0_f64..0.0, small in -2.0_f64..0.0, factor in 0.01_f64..3.0) {
            let numbers = [number, small, number / 100.0, 0.0];
            let mut powers = [0.0; 4];
            exp_of_products(&numbers, factor, &mut powers);
            for (number, power) in numbers.into_iter().zip(powers) {
                let expected = (number * factor).exp();
                prop_assert!(near(power, expected, 48) || (number * factor < -699.0 && power < 1e-300), "{} {} {}", number * factor, power, expected);
            }
        }
    }

    #[test]
    fn what_has_no_finite_logarithm() {
        assert!(ln(0.0) < f64::MIN && ln(f64::INFINITY) > f64::MAX);
        assert!(ln(-1.0).is_nan() && ln(f64::NAN).is_nan());
        assert!(near(ln(5e-324), 5e-324_f64.ln(), 50));
        assert!(near(ln(f64::MAX), f64::MAX.ln(), 50));
        assert_eq!(ln(1.0).to_bits(), 0);
    }
}
