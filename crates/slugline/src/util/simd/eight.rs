//! Vectors of eight numbers in single precision, by hand where the compiler vectorises poorly: it compiled sums of
//! whole numbers times a factor to scalar code, gathered and scattered (half the pace of labels with 172 classes).
//!
//! A product may be rounded before it is added ([`Eight::add_product`]) or not, depending on the processor (labels
//! with 172 classes come 1.05 times as fast): for sums with a bound on the error, which are in no result. All other
//! operations have the same bits everywhere.

use super::Four;

/// Eight numbers; operations are element by element.
pub(crate) trait Eight: Copy {
    /// Four numbers in double precision, for the same processor.
    type Four: Four;

    /// Eight copies of a number.
    fn all(number: f32) -> Self;
    fn load(numbers: &[f32; 8]) -> Self;
    /// Eight integers as floats.
    fn whole(numbers: &[i16; 8]) -> Self;
    /// self + a · b, rounded once or twice.
    fn add_product(self, a: Self, b: Self) -> Self;
    fn plus(self, other: Self) -> Self;
    fn times(self, other: Self) -> Self;
    /// self where it is greater, else the other.
    fn at_least(self, other: Self) -> Self;
    fn store(self, numbers: &mut [f32; 8]);
}

/// Work that is generic over the type of vectors. Mark [`run`](Self::run) `#[inline(always)]`.
pub(crate) trait EightWork {
    /// The result.
    type Output;

    /// Does the work.
    fn run<V: Eight>(self) -> Self::Output;
}

/// Does the work with the widest instructions that this processor has.
#[inline]
pub(crate) fn run_eights<W: EightWork>(work: W) -> W::Output {
    #[cfg(target_arch = "x86_64")]
    {
        #[target_feature(enable = "avx2,fma,bmi1,bmi2,lzcnt,popcnt")]
        fn wide<W: EightWork>(work: W) -> W::Output {
            work.run::<avx::Avx>()
        }
        if super::has_wide() {
            // SAFETY: `has_wide` has just found every feature that `wide` is compiled for. Tested by
            // `both_ways_agree` here and by the tests of every caller.
            return unsafe { wide(work) };
        }
    }
    work.run::<[f32; 8]>()
}

impl Eight for [f32; 8] {
    type Four = [f64; 4];

    #[inline(always)]
    fn all(number: f32) -> Self {
        [number; 8]
    }

    #[inline(always)]
    fn load(numbers: &[f32; 8]) -> Self {
        *numbers
    }

    #[inline(always)]
    fn whole(numbers: &[i16; 8]) -> Self {
        numbers.map(f32::from)
    }

    #[inline(always)]
    fn add_product(self, a: Self, b: Self) -> Self {
        std::array::from_fn(|at| self[at] + a[at] * b[at])
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
    fn at_least(self, other: Self) -> Self {
        std::array::from_fn(|at| match self[at] > other[at] {
            true => self[at],
            false => other[at],
        })
    }

    #[inline(always)]
    fn store(self, numbers: &mut [f32; 8]) {
        *numbers = self;
    }
}

#[cfg(target_arch = "x86_64")]
mod avx {
    use std::arch::x86_64::{
        __m128i, __m256, _mm256_add_ps, _mm256_cvtepi16_epi32, _mm256_cvtepi32_ps, _mm256_fmadd_ps,
        _mm256_max_ps, _mm256_mul_ps, _mm256_set1_ps,
    };

    use super::super::four::avx::AvxFour;

    /// Eight numbers in a register. Only `run_eights` names it, and only where the processor has AVX2 and FMA:
    /// every block of `unsafe` here relies on that. The instructions work on values and touch no memory.
    /// Tested by `both_ways_agree`.
    #[derive(Clone, Copy)]
    pub(super) struct Avx(__m256);

    impl super::Eight for Avx {
        type Four = AvxFour;

        #[inline(always)]
        fn all(number: f32) -> Self {
            // SAFETY: see `Avx`.
            Self(unsafe { _mm256_set1_ps(number) })
        }

        #[inline(always)]
        fn load(numbers: &[f32; 8]) -> Self {
            Self(bytemuck::cast(*numbers))
        }

        #[inline(always)]
        fn whole(numbers: &[i16; 8]) -> Self {
            let numbers: __m128i = bytemuck::cast(*numbers);
            // SAFETY: see `Avx`.
            Self(unsafe { _mm256_cvtepi32_ps(_mm256_cvtepi16_epi32(numbers)) })
        }

        #[inline(always)]
        fn add_product(self, a: Self, b: Self) -> Self {
            // SAFETY: see `Avx`.
            Self(unsafe { _mm256_fmadd_ps(a.0, b.0, self.0) })
        }

        #[inline(always)]
        fn plus(self, other: Self) -> Self {
            // SAFETY: see `Avx`.
            Self(unsafe { _mm256_add_ps(self.0, other.0) })
        }

        #[inline(always)]
        fn times(self, other: Self) -> Self {
            // SAFETY: see `Avx`.
            Self(unsafe { _mm256_mul_ps(self.0, other.0) })
        }

        #[inline(always)]
        fn at_least(self, other: Self) -> Self {
            // SAFETY: see `Avx`.
            Self(unsafe { _mm256_max_ps(self.0, other.0) })
        }

        #[inline(always)]
        fn store(self, numbers: &mut [f32; 8]) {
            *numbers = bytemuck::cast(self.0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[derive(Clone, Copy)]
    struct Sum<'a>(&'a [([i16; 8], f32)]);

    impl EightWork for Sum<'_> {
        type Output = [f32; 8];

        #[inline(always)]
        fn run<V: Eight>(self) -> [f32; 8] {
            let mut sums = V::load(&[0.5; 8]);
            for (numbers, factor) in self.0 {
                sums = sums.add_product(V::whole(numbers), V::all(*factor));
            }
            let mut found = [0.0; 8];
            sums.store(&mut found);
            found
        }
    }

    proptest! {
        #[test]
        fn both_ways_agree(rows in prop::collection::vec((any::<[i16; 8]>(), -9.0_f32..9.0), 0..20)) {
            let (found, plain) = (run_eights(Sum(&rows)), Sum(&rows).run::<[f32; 8]>());
            // No intermediate sum is larger, and each is rounded at most twice.
            let largest: f32 = rows.iter().map(|(_, factor)| factor.abs() * 32_768.0).sum::<f32>() + 0.5;
            for (found, plain) in found.iter().zip(plain) {
                prop_assert!((found - plain).abs() <= largest * f32::EPSILON * (rows.len() + 1) as f32);
            }
        }
    }
}
