//! Dual coordinate descent: a pass goes over the documents, and corrects the weights by each of them.

use std::ops::Range;

use super::{
    Refine,
    lanes::{Eights, Lane},
    order::Random,
};
use crate::{
    error::{Error, Result},
    matrix::Rows,
    util::{
        cancel::Cancel,
        huge_pages::Zeroed,
        pool::deal_out,
        simd::{self, Eight, EightWork, Work},
    },
};

/// With fewer classes than this, numbers are taken one by one.
const FEW_CLASSES: usize = 5;
/// So many classes are corrected together, and no more: their scores find registers. With 32 at a time, 172 classes
/// took 1.25 times as long.
const MOST_CLASSES: usize = 64;
/// The score of a lane without a class: no document asks for a correction of it.
const NO_CLASS: f32 = -1e30;
/// Bytes of a cache line.
const LINE: usize = 64;
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
    /// The numbers of a row.
    width: usize,
    /// terms × width.
    weights: Zeroed<f32>,
    /// β e_c, with lanes of no class.
    intercepts: Vec<f32>,
}

impl Correction {
    /// Adds the corrections of a term, times its value, one for each class.
    pub(super) fn add(&self, term: usize, value: f64, to: &mut [f64]) {
        self.add_lanes(&self.weights[term * self.width..][..self.width], value, to);
    }

    /// Adds the corrections of the intercepts.
    pub(super) fn add_intercepts(&self, to: &mut [f64]) {
        self.add_lanes(&self.intercepts, 1.0, to);
    }

    fn add_lanes(&self, lanes: &[f32], value: f64, to: &mut [f64]) {
        if self.mirrored {
            to[0] -= value * f64::from(lanes[0]);
        }
        for (to, &lane) in to[self.classes.clone()].iter_mut().zip(lanes) {
            *to += value * f64::from(lane);
        }
    }
}

/// How many lanes some classes take: one for each, or for eight of them.
fn lanes(classes: &Range<usize>) -> usize {
    match classes.len() < FEW_CLASSES {
        true => classes.len(),
        false => classes.len().div_ceil(8),
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
    ///
    /// # Errors
    /// [`Error::Cancelled`].
    pub(super) fn solve(&self, settings: Refine) -> Result<Vec<Correction>> {
        // The problems of two classes are the same one, with opposite signs.
        let first = usize::from(self.n_classes == 2);
        let n = self.n_classes - first;
        let cancel = Cancel::current();
        let blocks = n
            .div_ceil(MOST_CLASSES)
            .max(rayon::current_num_threads())
            .min(n);
        let steps = self.steps(settings.c);
        // Lanes of eight are filled where classes are enough.
        let whole = if n >= 8 * blocks { 8 } else { 1 };
        let edge = |block: usize| first + (n * block / blocks).next_multiple_of(whole).min(n);
        let solved = deal_out(blocks, Vec::new, |solved, block| {
            let classes = edge(block)..edge(block + 1);
            solved.push(match lanes(&classes) {
                1 => self.solve_block::<1>(settings, &steps, classes, &cancel),
                2 => self.solve_block::<2>(settings, &steps, classes, &cancel),
                3 => self.solve_block::<3>(settings, &steps, classes, &cancel),
                4 => self.solve_block::<4>(settings, &steps, classes, &cancel),
                5 => self.solve_block::<5>(settings, &steps, classes, &cancel),
                6 => self.solve_block::<6>(settings, &steps, classes, &cancel),
                7 => self.solve_block::<7>(settings, &steps, classes, &cancel),
                _ => self.solve_block::<8>(settings, &steps, classes, &cancel),
            });
        });
        match cancel.is_set() {
            true => Err(Error::Cancelled),
            false => Ok(solved.into_iter().flatten().collect()),
        }
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

    /// The corrections of the classes of `M` lanes; unfinished where the work was cancelled.
    fn solve_block<const M: usize>(
        &self,
        settings: Refine,
        steps: &[Step],
        classes: Range<usize>,
        cancel: &Cancel,
    ) -> Correction {
        let width = match classes.len() < FEW_CLASSES {
            true => M,
            false => 8 * M,
        };
        let mut weights = Zeroed::new(self.rows.n_columns() * width);
        let mut duals = Zeroed::new(self.rows.n_rows() * width);
        let mut intercepts = vec![0.0; width];
        let weight = |document: &u32| {
            let weights = self.weights;
            weights.is_none_or(|weights| weights[*document as usize] > 0.0)
        };
        let mut order: Vec<u32> = (0..self.rows.n_rows() as u32).filter(weight).collect();
        let mut random = Random::new(SEED);
        for _ in 0..settings.max_iter {
            if cancel.is_set() {
                break;
            }
            random.shuffle(&mut order);
            let pass = Pass::<M> {
                problem: self,
                steps,
                order: &order,
                classes: classes.clone(),
                weights: &mut weights,
                duals: &mut duals,
                intercepts: &mut intercepts,
            };
            match classes.len() < FEW_CLASSES {
                true => simd::run(pass),
                false => simd::run_eights(pass),
            }
        }
        let intercepts = intercepts.iter();
        Correction {
            mirrored: self.n_classes == 2,
            width,
            weights,
            intercepts: intercepts.map(|e| e * self.intercept_scaling).collect(),
            classes,
        }
    }
}

/// A pass over the documents.
struct Pass<'a, const M: usize> {
    problem: &'a Problem<'a>,
    steps: &'a [Step],
    order: &'a [u32],
    classes: Range<usize>,
    /// terms × width.
    weights: &'a mut [f32],
    /// documents × width: how much each document corrects each class, 0 or more.
    duals: &'a mut [f32],
    intercepts: &'a mut [f32],
}

impl<const M: usize> Work for Pass<'_, M> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        self.over_lanes::<f32>();
    }
}

impl<const M: usize> EightWork for Pass<'_, M> {
    type Output = ();

    #[inline(always)]
    fn run<V: Eight>(self) {
        self.over_lanes::<Eights<V>>();
    }
}

impl<const M: usize> Pass<'_, M> {
    #[inline(always)]
    fn over_lanes<L: Lane>(self) {
        let Some(intercepts) = L::rows(self.intercepts).first_mut() else {
            return;
        };
        let mut visits = Visits::<L, M> {
            problem: self.problem,
            steps: self.steps,
            classes: self.classes,
            weights: L::rows(self.weights),
            duals: L::rows(self.duals),
            intercepts,
        };
        for (at, &document) in self.order.iter().enumerate() {
            let later = |steps| {
                self.order
                    .get(at + steps)
                    .map(|&document| document as usize)
            };
            // What a document needs is asked for when what tells its place is there.
            if let Some(document) = later(8) {
                visits.prefetch_numbers(document);
            }
            if let Some(document) = later(4) {
                visits.prefetch_row(document);
            }
            if let Some(document) = later(1) {
                visits.prefetch_weights(document);
            }
            visits.visit(document as usize);
        }
    }
}

/// Documents that are visited, and what they change.
struct Visits<'a, L: Lane, const M: usize> {
    problem: &'a Problem<'a>,
    steps: &'a [Step],
    classes: Range<usize>,
    weights: &'a mut [[L::Numbers; M]],
    duals: &'a mut [[L::Numbers; M]],
    intercepts: &'a mut [L::Numbers; M],
}

impl<L: Lane, const M: usize> Visits<'_, L, M> {
    /// Asks for the numbers of a document.
    #[inline(always)]
    fn prefetch_numbers(&self, document: usize) {
        let problem = self.problem;
        problem.rows.prefetch_range(document);
        simd::prefetch(self.steps, document);
        simd::prefetch(problem.targets, document);
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
    fn prefetch_row(&self, document: usize) {
        let (columns, values) = self.problem.rows.row(document);
        // The processor finds the rest of a long row by itself.
        for at in (0..columns.len().min(LINE)).step_by(LINE / size_of::<u32>()) {
            simd::prefetch(columns, at);
            simd::prefetch(values, at);
        }
    }

    /// Asks for the weights of the terms of a document.
    #[inline(always)]
    fn prefetch_weights(&self, document: usize) {
        let numbers = self.weights.as_flattened();
        for &column in self.problem.rows.row(document).0 {
            // Rows begin where lines do, or fill a part of one.
            for lane in (0..M).step_by(LINE / size_of::<L::Numbers>()) {
                simd::prefetch(numbers, column as usize * M + lane);
            }
        }
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
        let mut numbers = *self.intercepts;
        let mut signs = *self.intercepts;
        let margins = &margins[document * n_classes..][self.classes.clone()];
        let flat = L::flat(&mut numbers);
        flat.fill(NO_CLASS);
        flat[..margins.len()].copy_from_slice(margins);
        let flat = L::flat(&mut signs);
        flat.fill(-1.0);
        let own = (targets[document] as usize).wrapping_sub(self.classes.start);
        if let Some(sign) = flat.get_mut(own) {
            *sign = 1.0;
        }

        let scaling = L::all(intercept_scaling);
        // No closures: what is not inlined is compiled for any machine.
        let mut scores = [scaling; M];
        for ((score, intercept), number) in scores.iter_mut().zip(&*self.intercepts).zip(&numbers) {
            *score = L::load(number).plus(score.times(L::load(intercept)));
        }
        let (columns, values) = rows.row(document);
        for (&column, &value) in columns.iter().zip(values) {
            let (value, weights) = (L::all(value), &self.weights[column as usize]);
            for (score, weight) in scores.iter_mut().zip(weights) {
                *score = score.plus(value.times(L::load(weight)));
            }
        }

        let Step { slack, size } = self.steps[document];
        let (slack, size, minus) = (L::all(slack), L::all(size), L::all(-1.0));
        let mut changes = [minus; M];
        let lanes = self.duals[document].iter_mut().zip(&mut changes);
        for ((number, change), (score, sign)) in lanes.zip(scores.iter().zip(&signs)) {
            let (dual, sign) = (L::load(number), L::load(sign));
            let slope = sign.times(*score).plus(minus).plus(slack.times(dual));
            let best = dual
                .plus(minus.times(slope.times(size)))
                .at_least(L::all(0.0));
            best.store(number);
            *change = best.plus(minus.times(dual)).times(sign);
        }
        for (lane, (change, intercept)) in changes.iter().zip(&mut *self.intercepts).enumerate() {
            // Most documents are far enough on the right side of most classes: of abstracts with 172 classes, seven
            // in ten of eight classes each ask for no correction.
            if change.is_zero() {
                continue;
            }
            L::load(intercept)
                .plus(scaling.times(*change))
                .store(intercept);
            for (&column, &value) in columns.iter().zip(values) {
                let weight = &mut self.weights[column as usize][lane];
                L::load(weight)
                    .plus(L::all(value).times(*change))
                    .store(weight);
            }
        }
    }
}
