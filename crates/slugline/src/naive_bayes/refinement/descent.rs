//! Dual coordinate descent: a pass goes over the documents, and corrects the weights by each of them.

use std::ops::Range;

use super::{Refine, order::Random};
use crate::{
    matrix::Rows,
    util::{
        huge_pages::Zeroed,
        pool::deal_out,
        simd::{self, Work},
    },
};

/// So many classes are corrected together, and no more: their scores find registers.
const MOST_LANES: usize = 32;
/// The score of a lane without a class: no document asks for a correction of it.
const NO_CLASS: f32 = -1e30;
/// The seed of the order of documents.
pub(super) const SEED: u64 = 0x5106_11e3;

/// Documents, and the margins that are corrected.
pub(super) struct Problem<'a> {
    pub(super) rows: &'a Rows<f32>,
    /// The class of each document.
    pub(super) targets: &'a [u32],
    /// The weight of each document; a document of weight 0 corrects nothing.
    pub(super) weights: Option<&'a [f64]>,
    /// documents × classes.
    pub(super) margins: &'a [f32],
    pub(super) n_classes: usize,
    pub(super) intercept_scaling: f32,
}

/// The corrections of some classes.
pub(super) struct Correction {
    classes: Range<usize>,
    /// Of two classes the first is corrected by the opposite of the second.
    mirrored: bool,
    lanes: usize,
    /// terms × lanes.
    weights: Zeroed<f32>,
    /// β e_c.
    intercepts: Vec<f32>,
}

impl Correction {
    /// Adds the corrections of a term to its weights, one for each class.
    pub(super) fn add(&self, term: usize, weights: &mut [f64]) {
        self.add_lanes(&self.weights[term * self.lanes..][..self.lanes], weights);
    }

    /// Adds the corrections of the intercepts.
    pub(super) fn add_intercepts(&self, intercepts: &mut [f64]) {
        self.add_lanes(&self.intercepts, intercepts);
    }

    fn add_lanes(&self, lanes: &[f32], to: &mut [f64]) {
        if self.mirrored {
            to[0] -= f64::from(lanes[0]);
        }
        for (to, &lane) in to[self.classes.clone()].iter_mut().zip(lanes) {
            *to += f64::from(lane);
        }
    }
}

/// What a step of a document needs beside its row, for any class.
#[derive(Debug, Clone, Copy)]
struct Step {
    /// 1 / (2 C s_i).
    slack: f32,
    /// 1 / (‖x_i‖² + β² + slack).
    size: f32,
}

impl Problem<'_> {
    /// The corrections of all classes. Runs on the current pool.
    pub(super) fn solve(&self, settings: Refine) -> Vec<Correction> {
        // The problems of two classes are the same one, with opposite signs.
        let first = usize::from(self.n_classes == 2);
        let n = self.n_classes - first;
        let blocks = n
            .div_ceil(MOST_LANES)
            .max(rayon::current_num_threads())
            .min(n);
        let steps = self.steps(settings.c);
        let solved = deal_out(blocks, Vec::new, |solved, block| {
            let classes = first + n * block / blocks..first + n * (block + 1) / blocks;
            solved.push(match classes.len() {
                1 => self.solve_block::<1>(settings, &steps, classes),
                2..=4 => self.solve_block::<4>(settings, &steps, classes),
                5..=8 => self.solve_block::<8>(settings, &steps, classes),
                9..=16 => self.solve_block::<16>(settings, &steps, classes),
                17..=24 => self.solve_block::<24>(settings, &steps, classes),
                _ => self.solve_block::<MOST_LANES>(settings, &steps, classes),
            });
        });
        solved.into_iter().flatten().collect()
    }

    fn steps(&self, c: f64) -> Vec<Step> {
        let squared = self.intercept_scaling * self.intercept_scaling;
        let of_row = |(document, (_, values)): (usize, (&[u32], &[f32]))| {
            let weight = self.weights.map_or(1.0, |weights| weights[document]);
            let slack = (0.5 / (c * weight)) as f32;
            let length: f32 = values.iter().map(|value| value * value).sum();
            Step {
                slack,
                size: 1.0 / (length + squared + slack),
            }
        };
        self.rows.iter().enumerate().map(of_row).collect()
    }

    fn solve_block<const N: usize>(
        &self,
        settings: Refine,
        steps: &[Step],
        classes: Range<usize>,
    ) -> Correction {
        let mut weights = Zeroed::new(self.rows.n_columns() * N);
        let mut duals = Zeroed::new(self.rows.n_rows() * N);
        let mut intercepts = [0.0; N];
        let weight = |document: &u32| {
            let weights = self.weights;
            weights.is_none_or(|weights| weights[*document as usize] > 0.0)
        };
        let mut order: Vec<u32> = (0..self.rows.n_rows() as u32).filter(weight).collect();
        let mut random = Random::new(SEED);
        for _ in 0..settings.max_iter {
            random.shuffle(&mut order);
            simd::run(Pass::<N> {
                problem: self,
                steps,
                order: &order,
                classes: classes.clone(),
                weights: weights.as_chunks_mut().0,
                duals: duals.as_chunks_mut().0,
                intercepts: &mut intercepts,
            });
        }
        let intercepts = intercepts[..classes.len()].iter();
        Correction {
            mirrored: self.n_classes == 2,
            lanes: N,
            weights,
            intercepts: intercepts.map(|e| e * self.intercept_scaling).collect(),
            classes,
        }
    }
}

/// A pass over the documents, for `N` classes or fewer.
struct Pass<'a, const N: usize> {
    problem: &'a Problem<'a>,
    steps: &'a [Step],
    order: &'a [u32],
    classes: Range<usize>,
    weights: &'a mut [[f32; N]],
    /// How much each document corrects each class, 0 or more.
    duals: &'a mut [[f32; N]],
    intercepts: &'a mut [f32; N],
}

impl<const N: usize> Work for Pass<'_, N> {
    type Output = ();

    #[inline(always)]
    fn run(mut self) {
        for (at, &document) in self.order.iter().enumerate() {
            if let Some(&next) = self.order.get(at + 1) {
                self.prefetch(next as usize);
            }
            self.visit(document as usize);
        }
    }
}

impl<const N: usize> Pass<'_, N> {
    /// Asks for what the next document needs.
    #[inline(always)]
    fn prefetch(&self, document: usize) {
        /// Numbers of a cache line.
        const LINE: usize = 16;
        let flat = self.weights.as_flattened();
        for &column in self.problem.rows.row(document).0 {
            for line in (0..N).step_by(LINE) {
                simd::prefetch(flat, column as usize * N + line);
            }
        }
        simd::prefetch(self.duals, document);
        let margin = document * self.problem.n_classes + self.classes.start;
        simd::prefetch(self.problem.margins, margin);
    }

    /// Sets the duals of a document to the best values while all others stay, and corrects the weights.
    #[inline(always)]
    fn visit(&mut self, document: usize) {
        let Problem {
            rows,
            targets,
            margins,
            n_classes,
            intercept_scaling,
            ..
        } = *self.problem;
        let margins = &margins[document * n_classes..][self.classes.clone()];
        let mut scores = [NO_CLASS; N];
        scores[..margins.len()].copy_from_slice(margins);
        for (score, intercept) in scores.iter_mut().zip(&*self.intercepts) {
            *score += intercept_scaling * intercept;
        }
        let (columns, values) = rows.row(document);
        for (&column, value) in columns.iter().zip(values) {
            for (score, weight) in scores.iter_mut().zip(&self.weights[column as usize]) {
                *score += value * weight;
            }
        }

        let Step { slack, size } = self.steps[document];
        let mut signs = [-1.0; N];
        let own = (targets[document] as usize).wrapping_sub(self.classes.start);
        if let Some(sign) = signs.get_mut(own) {
            *sign = 1.0;
        }
        let mut changes = [0.0; N];
        let lanes = self.duals[document].iter_mut().zip(&mut changes);
        for ((dual, change), (score, sign)) in lanes.zip(scores.iter().zip(&signs)) {
            let slope = sign * score - 1.0 + slack * *dual;
            let best = (*dual - slope * size).max(0.0);
            *change = (best - *dual) * sign;
            *dual = best;
        }
        // Most documents are far enough on the right side after a while.
        if changes.iter().all(|change| *change == 0.0) {
            return;
        }
        for (intercept, change) in self.intercepts.iter_mut().zip(&changes) {
            *intercept += intercept_scaling * change;
        }
        for (&column, value) in columns.iter().zip(values) {
            for (weight, change) in self.weights[column as usize].iter_mut().zip(&changes) {
                *weight += value * change;
            }
        }
    }
}
