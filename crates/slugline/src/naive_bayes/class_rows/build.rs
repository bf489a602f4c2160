//! Building [`ClassRows`]: row by row, from sums of rows, or from lists class by class.

use rayon::prelude::*;

use super::{ClassRow, ClassRows, cut};
use crate::util::huge_pages::Zeroed;

impl ClassRows {
    /// From the features (ascending) of each class and their numbers, none of them zero. Runs on the
    /// current pool.
    pub(crate) fn from_classes(of_classes: &[(&[u32], &[f64])], n_features: usize) -> Self {
        /// Ranges of features per thread: small enough that a range stays in the caches.
        const RANGES: usize = 8;
        let range = n_features
            .div_ceil(rayon::current_num_threads() * RANGES)
            .max(1);
        // The part of a class's list in a range of features.
        let within = |class: usize, at: usize| {
            let (features, values) = of_classes[class];
            let before = |end: usize| features.partition_point(|&f| (f as usize) < end);
            let some = before(at * range)..before((at + 1) * range);
            features[some.clone()].iter().zip(&values[some])
        };
        let mut starts = vec![0_u64; n_features + 1];
        let counts = starts[1..].par_chunks_mut(range).enumerate();
        counts.for_each(|(at, counts)| {
            for class in 0..of_classes.len() {
                within(class, at).for_each(|(&f, _)| counts[f as usize - at * range] += 1);
            }
        });
        let mut end = 0;
        for start in &mut starts {
            end += *start;
            *start = end;
        }
        let (mut classes, mut values) = (Zeroed::new(end as usize), Zeroed::new(end as usize));
        let firsts: Vec<usize> = (0..n_features).step_by(range).collect();
        let of_range = |&first: &usize| &starts[first..=(first + range).min(n_features)];
        let ends = || {
            firsts
                .iter()
                .map(|first| of_range(first)[of_range(first).len() - 1])
        };
        let pieces: Vec<_> = cut(&mut classes, ends())
            .zip(cut(&mut values, ends()))
            .collect();
        let pieces: Vec<_> = firsts.iter().map(of_range).zip(pieces).collect();
        let pieces = pieces.into_par_iter().enumerate();
        pieces.for_each(|(at, (starts, (classes, values)))| {
            let mut next: Vec<usize> = starts.iter().map(|s| (s - starts[0]) as usize).collect();
            for class in 0..of_classes.len() {
                for (&feature, &value) in within(class, at) {
                    let next = &mut next[feature as usize - at * range];
                    (classes[*next], values[*next]) = (class as u32, value);
                    *next += 1;
                }
            }
        });
        Self {
            n_classes: of_classes.len(),
            starts: starts.into(),
            classes: classes.into(),
            values: values.into(),
        }
    }
}

/// Builds class rows row by row.
pub(crate) struct Builder {
    n_classes: usize,
    starts: Vec<u64>,
    classes: Vec<u32>,
    values: Vec<f64>,
}

impl Builder {
    pub(crate) fn new(n_classes: usize) -> Self {
        Self {
            n_classes,
            starts: vec![0],
            classes: Vec::new(),
            values: Vec::new(),
        }
    }

    /// Adds the next row: distinct classes, ascending, and numbers that are not zero.
    pub(crate) fn push(&mut self, classes: &[u32], values: &[f64]) {
        self.classes.extend_from_slice(classes);
        self.values.extend_from_slice(values);
        self.starts.push(self.values.len() as u64);
    }

    /// Adds the next row, from the numbers of all classes.
    pub(crate) fn push_dense(&mut self, row: &[f64]) {
        for (class, &value) in row.iter().enumerate() {
            if value != 0.0 {
                self.classes.push(class as u32);
                self.values.push(value);
            }
        }
        self.starts.push(self.values.len() as u64);
    }

    pub(crate) fn finish(self) -> ClassRows {
        ClassRows {
            n_classes: self.n_classes,
            starts: self.starts.into(),
            classes: self.classes.into(),
            values: self.values.into(),
        }
    }
}

/// Builds class rows of which each is a sum of rows.
pub(crate) struct Adder {
    rows: Builder,
    /// The sums of the current row, for all classes.
    all: Vec<f64>,
    /// With many classes those of the current row, with repeats: to look at all of them for each row would take terms
    /// times classes.
    touched: Vec<u32>,
}

impl Adder {
    /// With fewer classes than this a row is read as a whole.
    const MANY_CLASSES: usize = 64;

    pub(crate) fn new(n_classes: usize) -> Self {
        Self {
            rows: Builder::new(n_classes),
            all: vec![0.0; n_classes],
            touched: Vec::new(),
        }
    }

    /// Adds a row to the current one.
    pub(crate) fn add(&mut self, (classes, values): ClassRow<'_>) {
        for (&class, value) in classes.iter().zip(values) {
            self.all[class as usize] += value;
        }
        if self.all.len() >= Self::MANY_CLASSES {
            self.touched.extend_from_slice(classes);
        }
    }

    /// As [`add`](Self::add), with the classes renumbered.
    pub(crate) fn add_as(&mut self, (classes, values): ClassRow<'_>, numbers: &[usize]) {
        for (&class, value) in classes.iter().zip(values) {
            self.all[numbers[class as usize]] += value;
        }
        if self.all.len() >= Self::MANY_CLASSES {
            let numbers = classes.iter().map(|&class| numbers[class as usize] as u32);
            self.touched.extend(numbers);
        }
    }

    /// Ends the current row.
    pub(crate) fn end_row(&mut self) {
        let Self { rows, all, touched } = self;
        if all.len() < Self::MANY_CLASSES {
            rows.push_dense(all);
            all.fill(0.0);
            return;
        }
        touched.sort_unstable();
        touched.dedup();
        for class in touched.drain(..) {
            let value = std::mem::take(&mut all[class as usize]);
            if value != 0.0 {
                rows.classes.push(class);
                rows.values.push(value);
            }
        }
        rows.starts.push(rows.values.len() as u64);
    }

    pub(crate) fn finish(self) -> ClassRows {
        self.rows.finish()
    }
}
