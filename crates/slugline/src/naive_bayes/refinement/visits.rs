//! A visit to a document: its duals are set to the best values while all others stay, and the weights are corrected.

use std::{array, ops::Range};

use super::{
    descent::{Problem, Step},
    lanes::Lane,
};
use crate::util::simd;

/// The score of a lane without a class: no document asks for a correction of it.
const NO_CLASS: f32 = -1e30;
/// Bytes of a cache line.
const LINE: usize = 64;

/// Documents that are visited, and what they change.
pub(super) struct Visits<'a, L: Lane, const M: usize> {
    pub(super) problem: &'a Problem<'a>,
    pub(super) steps: &'a [Step],
    pub(super) classes: Range<usize>,
    pub(super) weights: &'a mut [[L::Numbers; M]],
    pub(super) duals: &'a mut [[L::Numbers; M]],
    pub(super) active: &'a mut [u8],
    pub(super) intercepts: &'a mut [L::Numbers; M],
}

impl<L: Lane, const M: usize> Visits<'_, L, M> {
    /// The bytes that a pass reads.
    pub(super) fn bytes(&self) -> usize {
        let of_rows = self.problem.rows.nnz() * (size_of::<u32>() + size_of::<f32>());
        of_rows + size_of_val(self.weights) + size_of_val(self.duals) + size_of_val(self.steps)
    }

    /// Asks for the numbers of a document.
    #[inline(always)]
    pub(super) fn prefetch_numbers(&self, document: usize) {
        let problem = self.problem;
        problem.rows.prefetch_range(document);
        simd::prefetch(self.steps, document);
        simd::prefetch(problem.targets, document);
        simd::prefetch(self.active, document);
        let duals = self.duals.as_flattened();
        let margins = document * problem.n_classes + self.classes.start;
        for lane in (0..M).step_by(LINE / size_of::<L::Numbers>()) {
            simd::prefetch(duals, document * M + lane);
            simd::prefetch(
                problem.margins,
                margins + lane * (size_of::<L::Numbers>() / size_of::<f32>()),
            );
        }
    }

    /// Asks for the row of a document.
    #[inline(always)]
    pub(super) fn prefetch_row(&self, document: usize) {
        let (columns, values) = self.problem.rows.row(document);
        // The processor finds the rest of a long row by itself.
        for at in (0..columns.len().min(LINE)).step_by(LINE / size_of::<u32>()) {
            simd::prefetch(columns, at);
            simd::prefetch(values, at);
        }
    }

    /// Asks for the weights of the terms of a document: of all lanes, or of active ones.
    #[inline(always)]
    pub(super) fn prefetch_weights(&self, document: usize, all: bool) {
        let numbers = self.weights.as_flattened();
        let columns = self.problem.rows.row(document).0;
        let lanes_a_line = LINE / size_of::<L::Numbers>();
        let of_line = !(u8::MAX << lanes_a_line.min(7));
        let active = if all { u8::MAX } else { self.active[document] };
        // Rows begin where lines do, or fill a part of one.
        for lane in (0..M).step_by(lanes_a_line) {
            if active & of_line << lane != 0 {
                for &column in columns {
                    simd::prefetch(numbers, column as usize * M + lane);
                }
            }
        }
    }

    /// Visits all lanes of a document, and notes which are active.
    #[inline(always)]
    pub(super) fn all_lanes(&mut self, document: usize) {
        self.visit::<M>(document, array::from_fn(|lane| lane), u8::MAX);
        if self.problem.in_groups() {
            let mut active = 0;
            for (lane, duals) in self.duals[document].iter().enumerate() {
                active |= u8::from(!L::load(duals).is_zero()) << lane;
            }
            self.active[document] = active;
        }
    }

    /// Visits the active lanes of a document.
    #[inline(always)]
    pub(super) fn active_lanes(&mut self, document: usize) {
        let active = self.active[document];
        let few = |at: usize| {
            let mut left = active;
            for _ in 0..at {
                left &= left.wrapping_sub(1);
            }
            left.trailing_zeros() as usize
        };
        // Where most lanes are active, the loops over all of them are faster.
        match active.count_ones() as usize {
            0 => {}
            1 if M > 1 => self.visit::<1>(document, array::from_fn(few), active),
            2 if M > 3 => self.visit::<2>(document, array::from_fn(few), active),
            3 if M > 5 => self.visit::<3>(document, array::from_fn(few), active),
            4 if M > 6 => self.visit::<4>(document, array::from_fn(few), active),
            _ => self.visit::<M>(document, array::from_fn(|lane| lane), active),
        }
    }

    /// Visits some lanes of a document, and corrects those of them that are active.
    #[inline(always)]
    fn visit<const N: usize>(&mut self, document: usize, lanes: [usize; N], active: u8) {
        if lanes.iter().any(|&lane| lane >= M) {
            return;
        }
        let Problem {
            rows,
            targets,
            margins,
            n_classes,
            intercept_scaling,
            ..
        } = *self.problem;
        let width = size_of::<L::Numbers>() / size_of::<f32>();
        let own = (targets[document] as usize).checked_sub(self.classes.start);
        let own = own.filter(|own| *own < self.classes.len());
        let margins = &margins[document * n_classes..][self.classes.clone()];
        let mut numbers = [self.intercepts[0]; N];
        let mut signs = [self.intercepts[0]; N];
        L::flat(&mut numbers).fill(NO_CLASS);
        L::flat(&mut signs).fill(-1.0);
        if N == M {
            L::flat(&mut numbers)[..margins.len()].copy_from_slice(margins);
            if let Some(own) = own {
                L::flat(&mut signs)[own] = 1.0;
            }
        } else {
            for (at, &lane) in lanes.iter().enumerate() {
                let first = lane * width;
                let margins = &margins[first..(first + width).min(margins.len())];
                L::flat(&mut numbers)[at * width..][..margins.len()].copy_from_slice(margins);
                if let Some(own) = own.filter(|own| own / width == lane) {
                    L::flat(&mut signs)[at * width + own % width] = 1.0;
                }
            }
        }

        let scaling = L::all(intercept_scaling);
        // No closures: what is not inlined is compiled for any machine.
        let mut scores = [scaling; N];
        for ((score, &lane), number) in scores.iter_mut().zip(&lanes).zip(&numbers) {
            let intercept = L::load(&self.intercepts[lane]);
            *score = L::load(number).plus(score.times(intercept));
        }
        let (columns, values) = rows.row(document);
        for (&column, &value) in columns.iter().zip(values) {
            let (value, weights) = (L::all(value), &self.weights[column as usize]);
            for (score, &lane) in scores.iter_mut().zip(&lanes) {
                *score = score.plus(value.times(L::load(&weights[lane])));
            }
        }

        let Step { slack, size } = self.steps[document];
        let (slack, size, minus) = (L::all(slack), L::all(size), L::all(-1.0));
        let duals = &mut self.duals[document];
        for ((&lane, score), sign) in lanes.iter().zip(scores).zip(&signs) {
            if active >> lane & 1 == 0 {
                continue;
            }
            let (dual, sign) = (L::load(&duals[lane]), L::load(sign));
            let slope = sign.times(score).plus(minus).plus(slack.times(dual));
            let best = dual
                .plus(minus.times(slope.times(size)))
                .at_least(L::all(0.0));
            best.store(&mut duals[lane]);
            let change = best.plus(minus.times(dual)).times(sign);
            // Most documents are far enough on the right side of most classes: of abstracts with 172 classes, seven
            // in ten of eight classes each ask for no correction.
            if change.is_zero() {
                continue;
            }
            let intercept = &mut self.intercepts[lane];
            L::load(intercept)
                .plus(scaling.times(change))
                .store(intercept);
            for (&column, &value) in columns.iter().zip(values) {
                let weight = &mut self.weights[column as usize][lane];
                L::load(weight)
                    .plus(L::all(value).times(change))
                    .store(weight);
            }
        }
    }
}
