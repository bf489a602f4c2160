//! Numbers of several classes at a time: single ones for a few classes, eight for more.

use crate::util::simd::Eight;

/// Numbers of one or eight classes. Every operation is that of each number alone, with the same bits everywhere.
pub(super) trait Lane: Copy {
    /// The numbers in memory.
    type Numbers: Copy;

    fn all(number: f32) -> Self;
    fn load(numbers: &Self::Numbers) -> Self;
    fn store(self, numbers: &mut Self::Numbers);
    fn plus(self, other: Self) -> Self;
    fn times(self, other: Self) -> Self;
    /// self where it is greater, else the other.
    fn at_least(self, other: Self) -> Self;
    /// Whether all numbers are 0.
    fn is_zero(self) -> bool;

    /// Memory as rows of `M` such numbers.
    fn rows<const M: usize>(memory: &mut [f32]) -> &mut [[Self::Numbers; M]];
    /// Rows as memory.
    fn flat<const M: usize>(rows: &mut [Self::Numbers; M]) -> &mut [f32];
}

impl Lane for f32 {
    type Numbers = f32;

    #[inline(always)]
    fn all(number: f32) -> Self {
        number
    }

    #[inline(always)]
    fn load(numbers: &f32) -> Self {
        *numbers
    }

    #[inline(always)]
    fn store(self, numbers: &mut f32) {
        *numbers = self;
    }

    #[inline(always)]
    fn plus(self, other: Self) -> Self {
        self + other
    }

    #[inline(always)]
    fn times(self, other: Self) -> Self {
        self * other
    }

    #[inline(always)]
    fn at_least(self, other: Self) -> Self {
        if self > other { self } else { other }
    }

    #[inline(always)]
    fn is_zero(self) -> bool {
        self == 0.0
    }

    #[inline(always)]
    fn rows<const M: usize>(memory: &mut [f32]) -> &mut [[f32; M]] {
        memory.as_chunks_mut().0
    }

    #[inline(always)]
    fn flat<const M: usize>(rows: &mut [f32; M]) -> &mut [f32] {
        rows
    }
}

/// Eight numbers.
#[derive(Clone, Copy)]
pub(super) struct Eights<V>(V);

impl<V: Eight> Lane for Eights<V> {
    type Numbers = [f32; 8];

    #[inline(always)]
    fn all(number: f32) -> Self {
        Self(V::all(number))
    }

    #[inline(always)]
    fn load(numbers: &[f32; 8]) -> Self {
        Self(V::load(numbers))
    }

    #[inline(always)]
    fn store(self, numbers: &mut [f32; 8]) {
        self.0.store(numbers);
    }

    #[inline(always)]
    fn plus(self, other: Self) -> Self {
        Self(self.0.plus(other.0))
    }

    #[inline(always)]
    fn times(self, other: Self) -> Self {
        Self(self.0.times(other.0))
    }

    #[inline(always)]
    fn at_least(self, other: Self) -> Self {
        Self(self.0.at_least(other.0))
    }

    #[inline(always)]
    fn is_zero(self) -> bool {
        let mut numbers = [0.0; 8];
        self.0.store(&mut numbers);
        numbers.iter().all(|&number| number == 0.0)
    }

    #[inline(always)]
    fn rows<const M: usize>(memory: &mut [f32]) -> &mut [[[f32; 8]; M]] {
        memory.as_chunks_mut::<8>().0.as_chunks_mut().0
    }

    #[inline(always)]
    fn flat<const M: usize>(rows: &mut [[f32; 8]; M]) -> &mut [f32] {
        rows.as_flattened_mut()
    }
}
