//! Vectors of four numbers in double precision, by hand where the compiler vectorises poorly: it compiled the steps of
//! the mixture of topics to vectors of labels, gathered number by number, or to scalar code.
//!
//! All operations have the same bits everywhere.

/// Four numbers; operations are element by element.
pub(crate) trait Four: Copy {
    /// Four copies of a number.
    fn all(number: f64) -> Self;
    fn load(numbers: &[f64; 4]) -> Self;
    fn plus(self, other: Self) -> Self;
    fn times(self, other: Self) -> Self;
    fn over(self, divisor: Self) -> Self;
    fn store(self, numbers: &mut [f64; 4]);
}

impl Four for [f64; 4] {
    #[inline(always)]
    fn all(number: f64) -> Self {
        [number; 4]
    }

    #[inline(always)]
    fn load(numbers: &[f64; 4]) -> Self {
        *numbers
    }

    #[inline(always)]
    fn plus(self, other: Self) -> Self {
        std::array::from_fn(|at| self[at] + other[at])
    }

    #[inline(always)]
    fn times(self, other: Self) -> Self {
        std::array::from_fn(|at| self[at] * other[at])
    }

    #[inline(always)]
    fn over(self, divisor: Self) -> Self {
        std::array::from_fn(|at| self[at] / divisor[at])
    }

    #[inline(always)]
    fn store(self, numbers: &mut [f64; 4]) {
        *numbers = self;
    }
}

#[cfg(target_arch = "x86_64")]
pub(super) mod avx {
    use std::arch::x86_64::{__m256d, _mm256_add_pd, _mm256_div_pd, _mm256_mul_pd, _mm256_set1_pd};

    /// Four numbers in a register. Only `run_eights` names it, and only where the processor has AVX2: every block of
    /// `unsafe` here relies on that. The instructions work on values and touch no memory. Tested by
    /// `both_ways_agree`.
    #[derive(Clone, Copy)]
    pub(in super::super) struct AvxFour(__m256d);

    impl super::Four for AvxFour {
        #[inline(always)]
        fn all(number: f64) -> Self {
            // SAFETY: see `AvxFour`.
            Self(unsafe { _mm256_set1_pd(number) })
        }

        #[inline(always)]
        fn load(numbers: &[f64; 4]) -> Self {
            Self(bytemuck::cast(*numbers))
        }

        #[inline(always)]
        fn plus(self, other: Self) -> Self {
            // SAFETY: see `AvxFour`.
            Self(unsafe { _mm256_add_pd(self.0, other.0) })
        }

        #[inline(always)]
        fn times(self, other: Self) -> Self {
            // SAFETY: see `AvxFour`.
            Self(unsafe { _mm256_mul_pd(self.0, other.0) })
        }

        #[inline(always)]
        fn over(self, divisor: Self) -> Self {
            // SAFETY: see `AvxFour`.
            Self(unsafe { _mm256_div_pd(self.0, divisor.0) })
        }

        #[inline(always)]
        fn store(self, numbers: &mut [f64; 4]) {
            *numbers = bytemuck::cast(self.0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::{Eight, EightWork, run_eights},
        *,
    };
    use proptest::prelude::*;

    #[derive(Clone, Copy)]
    struct Steps<'a>(&'a [([f64; 4], f64)]);

    impl EightWork for Steps<'_> {
        type Output = [f64; 4];

        #[inline(always)]
        fn run<V: Eight>(self) -> [f64; 4] {
            let mut sums = V::Four::load(&[0.5; 4]);
            for (numbers, factor) in self.0 {
                let number = V::Four::load(numbers).times(V::Four::all(*factor));
                sums = sums
                    .plus(number)
                    .over(V::Four::load(&[1.5, 3.0, -0.7, 1e9]));
            }
            let mut found = [0.0; 4];
            sums.store(&mut found);
            found
        }
    }

    proptest! {
        #[test]
        fn both_ways_agree(rows in prop::collection::vec((any::<[f64; 4]>(), any::<f64>()), 0..20)) {
            let (found, plain) = (run_eights(Steps(&rows)), Steps(&rows).run::<[f32; 8]>());
            for (found, plain) in found.iter().zip(plain) {
                prop_assert!(found.to_bits() == plain.to_bits() || found.is_nan() && plain.is_nan());
            }
        }
    }
}
