//! Dual coordinate descent: a pass goes over the documents, and corrects the weights by each of them.

use std::ops::Range;

use super::{
    Refine,
    correction::Correction,
    lanes::{Eights, Lane},
    order::Random,
    visits::Visits,
};
use crate::{
    error::{Error, Result},
    matrix::Rows,
    naive_bayes::weighing::MANY_CLASSES,
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
/// The classes of a group: where classes are many, documents pass over [groups](Problem::in_groups).
pub(super) const GROUP: usize = 8;
/// The first of so many passes goes over all groups.
pub(super) const ALL_GROUPS_EVERY: usize = 4;
/// So many bytes are in near caches, and found without asking for them in advance.
const NEAR_BYTES: usize = 1 << 20;
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

/// What a step of a document needs beside its row, for any class.
#[derive(Debug, Clone, Copy)]
pub(super) struct Step {
    /// 1 / (2 C s_i).
    pub(super) slack: f32,
    /// 1 / (‖x_i‖² + β² + slack).
    pub(super) size: f32,
}

/// The memory of one block of classes after the other: pages that were never touched cost more than zeros.
#[derive(Default)]
struct Memory {
    weights: Option<Zeroed<f32>>,
    duals: Option<Zeroed<f32>>,
}

/// `n` zeros.
fn zeros(memory: &mut Option<Zeroed<f32>>, n: usize) -> &mut [f32] {
    if let Some(mut used) = memory.take_if(|memory| memory.len() >= n) {
        used[..n].fill(0.0);
        return &mut memory.insert(used)[..n];
    }
    // Freed before there is more.
    *memory = None;
    memory.insert(Zeroed::new(n))
}

impl Problem<'_> {
    /// Whether a document passes over groups of eight classes for which no dual of it was above 0 when all groups
    /// were visited last. Of abstracts with 172 classes that is the case for seven in ten groups.
    pub(super) fn in_groups(&self) -> bool {
        self.n_classes >= MANY_CLASSES
    }

    /// The corrections of all classes, in their order. Runs on the current pool.
    ///
    /// # Errors
    /// [`Error::Cancelled`].
    pub(super) fn solve(&self, settings: Refine) -> Result<Vec<Correction>> {
        // The problems of two classes are the same one, with opposite signs.
        let first = usize::from(self.n_classes == 2);
        let n = self.n_classes - first;
        let cancel = Cancel::current();
        let most = if self.in_groups() {
            n.div_ceil(GROUP)
        } else {
            n
        };
        let blocks = n
            .div_ceil(MOST_CLASSES)
            .max(rayon::current_num_threads())
            .min(most);
        let steps = self.steps(settings.c);
        // Lanes of eight are filled where classes are enough; groups are the same for any number of threads.
        let whole = if self.in_groups() || n >= GROUP * blocks {
            GROUP
        } else {
            1
        };
        let edge = |block: usize| first + (n * block / blocks).next_multiple_of(whole).min(n);
        let begin = || (Vec::new(), Memory::default());
        let solved = deal_out(blocks, begin, |(solved, memory), block| {
            let classes = edge(block)..edge(block + 1);
            let lanes = match self.in_eights(&classes) {
                true => classes.len().div_ceil(8),
                false => classes.len(),
            };
            solved.push(match lanes {
                1 => self.solve_block::<1>(settings, &steps, classes, memory, &cancel),
                2 => self.solve_block::<2>(settings, &steps, classes, memory, &cancel),
                3 => self.solve_block::<3>(settings, &steps, classes, memory, &cancel),
                4 => self.solve_block::<4>(settings, &steps, classes, memory, &cancel),
                5 => self.solve_block::<5>(settings, &steps, classes, memory, &cancel),
                6 => self.solve_block::<6>(settings, &steps, classes, memory, &cancel),
                7 => self.solve_block::<7>(settings, &steps, classes, memory, &cancel),
                _ => self.solve_block::<8>(settings, &steps, classes, memory, &cancel),
            });
        });
        if cancel.is_set() {
            return Err(Error::Cancelled);
        }
        let mut all: Vec<Correction> = solved.into_iter().flat_map(|(solved, _)| solved).collect();
        all.sort_unstable_by_key(|correction| correction.classes.start);
        Ok(all)
    }

    /// Whether a lane is eight of these classes, not one of them.
    fn in_eights(&self, classes: &Range<usize>) -> bool {
        self.in_groups() || classes.len() >= FEW_CLASSES
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
        memory: &mut Memory,
        cancel: &Cancel,
    ) -> Correction {
        let in_eights = self.in_eights(&classes);
        let width = if in_eights { 8 * M } else { M };
        let weights = zeros(&mut memory.weights, self.rows.n_columns() * width);
        let duals = zeros(&mut memory.duals, self.rows.n_rows() * width);
        let mut active = vec![u8::MAX; self.rows.n_rows()];
        let mut intercepts = vec![0.0; width];
        let weight = |document: &u32| {
            let weights = self.weights;
            weights.is_none_or(|weights| weights[*document as usize] > 0.0)
        };
        let mut order: Vec<u32> = (0..self.rows.n_rows() as u32).filter(weight).collect();
        let mut random = Random::new(SEED);
        for number in 0..settings.max_iter {
            if cancel.is_set() {
                break;
            }
            random.shuffle(&mut order);
            let pass = Pass::<M> {
                problem: self,
                steps,
                order: &order,
                classes: classes.clone(),
                weights: &mut *weights,
                duals: &mut *duals,
                active: &mut active,
                intercepts: &mut intercepts,
                all: !self.in_groups() || number % ALL_GROUPS_EVERY == 0,
            };
            match in_eights {
                true => simd::run_eights(pass),
                false => simd::run(pass),
            }
        }
        let intercepts = intercepts.iter().map(|e| e * self.intercept_scaling);
        let mirrored = self.n_classes == 2;
        Correction::new(classes, mirrored, weights, width, intercepts.collect())
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
    /// For each document the lanes with a dual above 0 after the last pass over all groups, a bit each.
    active: &'a mut [u8],
    intercepts: &'a mut [f32],
    /// Whether the pass goes over all groups, not over active ones alone.
    all: bool,
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
            active: self.active,
            intercepts,
        };
        let far = visits.bytes() > NEAR_BYTES;
        for (at, &document) in self.order.iter().enumerate() {
            let later = |steps| {
                let document = self.order.get(at + steps).filter(|_| far);
                document.map(|&document| document as usize)
            };
            // What a document needs is asked for when what tells its place is there.
            if let Some(document) = later(8) {
                visits.prefetch_numbers(document);
            }
            if let Some(document) = later(4) {
                visits.prefetch_row(document);
            }
            if let Some(document) = later(1) {
                visits.prefetch_weights(document, self.all);
            }
            match self.all {
                true => visits.all_lanes(document as usize),
                false => visits.active_lanes(document as usize),
            }
        }
    }
}
