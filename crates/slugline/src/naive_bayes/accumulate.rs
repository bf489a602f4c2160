//! Class sums of rows that come in portions and are not kept.

use rayon::prelude::*;

use super::{class_rows::ClassRows, evidence::Evidence, params::Model};
use crate::{
    matrix::Rows,
    util::{grid, huge_pages::Zeroed},
};

/// The sums so far.
pub(crate) struct Accumulator {
    class_count: Vec<f64>,
    /// feature × class.
    feature_count: Zeroed<f64>,
    /// Whether a weight times a value is put on the grid of exact sums.
    on_grid: bool,
}

/// Some rows, with the class and the weight of each. The caller guarantees finite values ≥ 0, and classes and
/// columns that the accumulator has.
pub(crate) struct Portion {
    pub(crate) rows: Rows<f64>,
    pub(crate) targets: Vec<usize>,
    pub(crate) weights: Vec<f64>,
}

impl Accumulator {
    pub(crate) fn new(n_classes: usize, n_features: usize, on_grid: bool) -> Self {
        Self {
            class_count: vec![0.0; n_classes],
            feature_count: Zeroed::new(n_features * n_classes),
            on_grid,
        }
    }

    /// Adds the rows in their order. Runs on the current pool.
    ///
    /// Each thread takes ranges of features, so that every sum is taken in document order: the sums have the bits
    /// of [`Evidence::add`] for any number of threads and any portions.
    pub(crate) fn add(&mut self, model: Model, portions: &[Portion]) {
        for portion in portions {
            for (&class, weight) in portion.targets.iter().zip(&portion.weights) {
                self.class_count[class] += weight;
            }
        }
        let k = self.class_count.len();
        let n_features = self.feature_count.len() / k.max(1);
        let pieces = match rayon::current_num_threads() {
            1 => 1,
            // Several ranges per thread, since terms are spread unevenly over the alphabet.
            threads => threads * 4,
        };
        let features = n_features.div_ceil(pieces).max(1);
        let on_grid = self.on_grid;
        self.feature_count
            .par_chunks_mut((features * k).max(1))
            .enumerate()
            .for_each(|(piece, sums)| {
                let first = piece * features;
                let last = first + sums.len() / k;
                for portion in portions {
                    portion.add_features(model, on_grid, first..last, k, sums);
                }
            });
    }

    pub(crate) fn finish(self) -> Evidence {
        Evidence {
            feature_count: ClassRows::from_dense(self.class_count.len(), &self.feature_count),
            class_count: self.class_count.into(),
        }
    }
}

impl Portion {
    /// Adds the values of a range of features to their sums.
    fn add_features(
        &self,
        model: Model,
        on_grid: bool,
        some: std::ops::Range<usize>,
        k: usize,
        sums: &mut [f64],
    ) {
        let documents = self.targets.iter().zip(&self.weights);
        for ((columns, values), (&class, weight)) in self.rows.iter().zip(documents) {
            let from = columns.partition_point(|&column| (column as usize) < some.start);
            let to = columns.partition_point(|&column| (column as usize) < some.end);
            let row = columns[from..to].iter().zip(&values[from..to]);
            // A weight of 1 leaves values on the grid.
            if on_grid && weight.to_bits() != 1.0_f64.to_bits() {
                for (&column, &value) in row {
                    sums[(column as usize - some.start) * k + class] +=
                        grid::weighted(weight * model.value(value));
                }
                continue;
            }
            for (&column, &value) in row {
                sums[(column as usize - some.start) * k + class] += weight * model.value(value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::util::pool::with_threads;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn bits_are_those_of_adding_all_rows_at_once(
            dense in prop::collection::vec(prop::collection::vec(0_u32..3, 7), 1..40),
            k in 1_usize..20,
            size in 1_usize..9,
        ) {
            let row = |row: usize| {
                let values = dense[row].iter().enumerate().filter(|(_, value)| **value > 0);
                values.map(move |(column, &value)| (column as u32, f64::from(value) / (row as f64 + 3.0)))
            };
            let n = dense.len();
            let mut rows = Rows::empty(7);
            (0..n).for_each(|at| rows.push_row(row(at)));
            let targets: Vec<usize> = (0..n).map(|row| row * row % k).collect();
            let weights: Vec<f64> = (0..n).map(|row| 0.1 + row as f64 / 3.0).collect();
            let portions: Vec<Portion> = (0..n)
                .step_by(size)
                .map(|start| {
                    let end = (start + size).min(n);
                    let mut rows = Rows::empty(7);
                    (start..end).for_each(|at| rows.push_row(row(at)));
                    Portion { rows, targets: targets[start..end].to_vec(), weights: weights[start..end].to_vec() }
                })
                .collect();
            for model in [Model::Multinomial, Model::Bernoulli { binarize: Some(0.4) }] {
                let zero = Evidence::zero(k, 7);
                let expected = with_threads("a test", 1, || zero.add(model, &rows, &targets, Some(&weights))).unwrap();
                for threads in [1, 3] {
                    let sums = with_threads("a test", threads, || {
                        let mut sums = Accumulator::new(k, 7, false);
                        portions.chunks(3).for_each(|portions| sums.add(model, portions));
                        sums.finish()
                    });
                    prop_assert_eq!(&sums.unwrap(), expected.as_ref().unwrap());
                }
            }
        }
    }
}
