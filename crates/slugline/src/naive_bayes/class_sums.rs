//! Class sums straight from rows of counts, weighed one row at a time: no row of floats is kept.

use rayon::prelude::*;

use super::{Evidence, Model, evidence::check_targets};
use crate::{error::Result, rows::Rows, zeroed::Zeroed};

/// Classes whose sums are taken before they are put where they belong.
const TOGETHER: usize = 8;
/// Features that are put in their place together: a piece that fits into the nearest memory.
const PIECE: usize = 512;

/// Rows of counts, and what becomes of a row.
pub(crate) struct Weighed<'a, F> {
    pub(crate) counts: &'a Rows<u32>,
    /// Gives the values of a row from its columns and counts: finite, not negative.
    pub(crate) weigh: F,
}

impl<F: Fn(&[u32], &[u32], &mut Vec<f64>) + Sync> Weighed<'_, F> {
    /// The sums of these rows, bit by bit those that [`Evidence::add`] gives. Runs on the current
    /// pool.
    ///
    /// One thread takes the sums of a class, over the rows of the class in their order: the same
    /// additions in the same order for any number of threads. Meanwhile the class's sums lie side by
    /// side, so that most of them are found in the nearest memory.
    pub(crate) fn sums(
        &self,
        model: Model,
        targets: &[usize],
        weights: Option<&[f64]>,
        n_classes: usize,
    ) -> Result<Evidence> {
        check_targets(self.counts.n_rows(), targets, weights, n_classes)?;
        let n_features = self.counts.n_columns();
        let weight = |row: usize| weights.map_or(1.0, |weights| weights[row]);
        let mut class_count = vec![0.0; n_classes];
        let mut rows_of = vec![Vec::new(); n_classes];
        for (row, &class) in targets.iter().enumerate() {
            class_count[class] += weight(row);
            rows_of[class].push(row);
        }

        let mut feature_count = Zeroed::<f64>::new(n_features * n_classes);
        let together = TOGETHER.max(rayon::current_num_threads());
        for (group, rows_of) in rows_of.chunks(together).enumerate() {
            let sums: Vec<Vec<f64>> = rows_of
                .par_iter()
                .map(|rows| {
                    let mut sums = vec![0.0; n_features];
                    let mut values = Vec::new();
                    for &row in rows {
                        let (columns, counts) = self.counts.row(row);
                        (self.weigh)(columns, counts, &mut values);
                        for (&column, &value) in columns.iter().zip(&values) {
                            sums[column as usize] += weight(row) * model.value(value);
                        }
                    }
                    sums
                })
                .collect();
            let first = group * together;
            feature_count
                .par_chunks_mut(PIECE * n_classes)
                .enumerate()
                .for_each(|(piece, places)| {
                    for (class, sums) in sums.iter().enumerate() {
                        let places = places.iter_mut().skip(first + class).step_by(n_classes);
                        for (place, sum) in places.zip(&sums[piece * PIECE..]) {
                            *place = *sum;
                        }
                    }
                });
        }
        Ok(Evidence {
            class_count: class_count.into(),
            feature_count: feature_count.into(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::threads::with_threads;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn bits_are_those_of_adding_rows(
            dense in prop::collection::vec(prop::collection::vec(0_u32..3, 7), 1..40),
            k in 1_usize..20,
            weighted in any::<bool>(),
        ) {
            let n = dense.len();
            let mut counts = Rows::empty(7);
            for row in &dense {
                counts.push_row(row.iter().enumerate().filter(|(_, count)| **count > 0).map(|(c, &n)| (c as u32, n)));
            }
            let targets: Vec<usize> = (0..n).map(|row| row * row % k).collect();
            let weights: Vec<f64> = (0..n).map(|row| 0.1 + row as f64 / 3.0).collect();
            let weights = weighted.then_some(weights.as_slice());
            let value = |column: u32, count: u32| f64::from(count) / (f64::from(column) + 3.0);
            let mut rows = Rows::empty(7);
            for (columns, counts) in counts.iter() {
                rows.push_row(columns.iter().zip(counts).map(|(&c, &n)| (c, value(c, n))));
            }
            for model in [Model::Multinomial, Model::Bernoulli { binarize: Some(0.4) }] {
                let expected = with_threads(1, || Evidence::zero(k, 7).add(model, &rows, &targets, weights)).unwrap();
                for threads in [1, 3] {
                    let weighed = Weighed {
                        counts: &counts,
                        weigh: |columns: &[u32], counts: &[u32], values: &mut Vec<f64>| {
                            values.clear();
                            values.extend(columns.iter().zip(counts).map(|(&c, &n)| value(c, n)));
                        },
                    };
                    let sums = with_threads(threads, || weighed.sums(model, &targets, weights, k)).unwrap();
                    match (&sums, &expected) {
                        (Ok(sums), Ok(expected)) => prop_assert_eq!(sums, expected),
                        (sums, expected) => prop_assert_eq!(sums.is_err(), expected.is_err()),
                    }
                }
            }
        }
    }
}
