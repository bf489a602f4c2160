//! Class sums of rows that belong to several classes in parts.

use rayon::prelude::*;

use super::{class_rows::ClassRows, evidence::Evidence, params::Model};
use crate::{matrix::Rows, util::grid};

/// The number of classes whose sums are taken together.
const TOGETHER: usize = 8;

impl Evidence {
    /// These sums with, for each row and class, `weight` times the row's part in the class added: `parts` is
    /// rows × classes. Each sum is taken in the order of the rows, so that the bits are the same for any
    /// number of threads. Runs on the current pool. `on_grid`: round what is added to the grid of exact sums.
    pub(crate) fn with_parts(
        &self,
        model: Model,
        rows: &Rows<f64>,
        parts: &[f64],
        weight: f64,
        on_grid: bool,
    ) -> Self {
        let k = self.n_classes();
        let mut class_count = self.class_count.to_vec();
        let mut feature_count = self.feature_count.to_dense();
        for first in (0..k).step_by(TOGETHER) {
            let classes = first..(first + TOGETHER).min(k);
            let sums: Vec<(f64, Vec<f64>)> = classes
                .into_par_iter()
                .map(|class| {
                    let mut count = 0.0;
                    let mut sums = vec![0.0; rows.n_columns()];
                    for ((columns, values), parts) in rows.iter().zip(parts.chunks_exact(k)) {
                        let moved = |number| match on_grid {
                            true => grid::weighted(number),
                            false => number,
                        };
                        let part = moved(weight * parts[class]);
                        if part > 0.0 {
                            count += part;
                            for (&column, &value) in columns.iter().zip(values) {
                                sums[column as usize] += moved(part * model.value(value));
                            }
                        }
                    }
                    (count, sums)
                })
                .collect();
            for (at, (count, sums)) in sums.into_iter().enumerate() {
                class_count[first + at] += count;
                let places = feature_count.iter_mut().skip(first + at).step_by(k);
                for (place, sum) in places.zip(sums) {
                    *place += sum;
                }
            }
        }
        Self {
            class_count: class_count.into(),
            feature_count: ClassRows::from_dense(k, &feature_count),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn parts_of_one_are_whole_rows() {
        let rows = Rows::from_dense(&array![[1.0, 0.0], [2.0, 3.0]].view());
        let zero = Evidence::zero(2, 2);
        let hard = zero.add(Model::Multinomial, &rows, &[1, 0], None).unwrap();
        let parts = [0.0, 1.0, 1.0, 0.0];
        assert_eq!(
            zero.with_parts(Model::Multinomial, &rows, &parts, 1.0, false),
            hard
        );
        let soft = hard.with_parts(
            Model::Multinomial,
            &rows,
            &[0.25, 0.75, 0.5, 0.5],
            2.0,
            true,
        );
        assert_eq!(*soft.class_count, [1.0 + 1.5, 1.0 + 2.5]);
        assert_eq!(
            *soft.feature_count.to_dense(),
            [2.0 + 2.5, 1.0 + 3.5, 3.0 + 3.0, 3.0]
        );
    }
}
