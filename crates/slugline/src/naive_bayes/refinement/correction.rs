//! The corrections of some classes, without those that are 0: most terms are rare, and rare terms are corrected for
//! few classes.

use std::ops::Range;

use crate::util::huge_pages::Zeroed;

/// The corrections of some classes.
pub(super) struct Correction {
    pub(super) classes: Range<usize>,
    /// Of two classes the first is corrected by the opposite of the second.
    pub(super) mirrored: bool,
    /// The classes that each term is corrected for: the lowest bit is the first class.
    corrected: Vec<u64>,
    /// The first number of each term.
    starts: Vec<usize>,
    numbers: Zeroed<f32>,
    /// β e_c.
    intercepts: Vec<f32>,
}

impl Correction {
    /// From rows of `width` numbers, at most 64, one for each term.
    pub(super) fn new(
        classes: Range<usize>,
        mirrored: bool,
        weights: &[f32],
        width: usize,
        intercepts: Vec<f32>,
    ) -> Self {
        let corrected: Vec<u64> = weights.chunks_exact(width).map(not_zero).collect();
        let mut end = 0;
        let starts = corrected
            .iter()
            .map(|bits| {
                let start = end;
                end += bits.count_ones() as usize;
                start
            })
            .collect();
        let mut numbers = Zeroed::new(end);
        let mut left = &mut *numbers;
        for (&bits, row) in corrected.iter().zip(weights.chunks_exact(width)) {
            let (own, rest) = left.split_at_mut(bits.count_ones() as usize);
            for (number, lane) in own.iter_mut().zip(ones(bits)) {
                *number = row[lane];
            }
            left = rest;
        }
        Self {
            classes,
            mirrored,
            corrected,
            starts,
            numbers,
            intercepts,
        }
    }

    /// The number of classes that a term is corrected for.
    pub(super) fn count(&self, term: usize) -> usize {
        self.corrected[term].count_ones() as usize * if self.mirrored { 2 } else { 1 }
    }

    /// Calls `each` with the classes that a term is corrected for, and the corrections.
    pub(super) fn for_each(&self, term: usize, mut each: impl FnMut(usize, f32)) {
        let numbers = &self.numbers[self.starts[term]..];
        for (lane, &number) in ones(self.corrected[term]).zip(numbers) {
            if self.mirrored {
                each(0, -number);
            }
            each(self.classes.start + lane, number);
        }
    }

    /// Adds the corrections of a term, times its value, one for each class.
    pub(super) fn add(&self, term: usize, value: f64, to: &mut [f64]) {
        self.for_each(term, |class, number| to[class] += value * f64::from(number));
    }

    /// Adds the corrections of the intercepts.
    pub(super) fn add_intercepts(&self, to: &mut [f64]) {
        for (class, &number) in self.classes.clone().zip(&self.intercepts) {
            if self.mirrored {
                to[0] -= f64::from(number);
            }
            to[class] += f64::from(number);
        }
    }
}

/// A bit for each number: whether it is not 0.
fn not_zero(row: &[f32]) -> u64 {
    const BITS: [u32; 8] = [1, 2, 4, 8, 16, 32, 64, 128];
    let bits = |numbers: &[f32]| -> u32 {
        let set = numbers.iter().zip(BITS);
        set.map(|(&number, bit)| if number == 0.0 { 0 } else { bit })
            .sum()
    };
    let (eights, rest) = row.as_chunks::<8>();
    let last = u64::from(bits(rest));
    let eights = eights.iter().rev().map(|eight| u64::from(bits(eight)));
    eights.fold(last, |all, eight| all << 8 | eight)
}

/// The places of the bits that are set, ascending.
fn ones(mut bits: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let place = bits.trailing_zeros();
        bits &= bits.wrapping_sub(1);
        (place < u64::BITS).then_some(place as usize)
    })
}
