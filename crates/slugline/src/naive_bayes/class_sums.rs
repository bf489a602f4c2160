//! Class sums from counts, weighted one row at a time: no row of floats is kept.

use super::{class_rows::ClassRows, evidence::Evidence, params::Model};
use crate::{
    matrix::RowSource,
    util::{
        arena::{Arena, ArenaSpan},
        grid,
        huge_pages::Zeroed,
        pool::deal_out,
        simd::{self, Work},
    },
};

/// Count rows, and the weighting of a row.
pub(crate) struct Weighed<'a, R, F> {
    pub(crate) counts: &'a R,
    /// Computes the values of a row from its columns and counts: finite, not negative.
    pub(crate) weigh: F,
    /// Whether a weight times a value is put on the grid of exact sums.
    pub(crate) on_grid: bool,
}

/// The buffers and results of a thread, which takes the sums of one class after the other.
struct Summing<R> {
    reader: R,
    values: Vec<f64>,
    features: Vec<u32>,
    /// The sums of the current class; zeros between two classes.
    sums: Zeroed<f64>,
    taken: Vec<Taken>,
    lists: SumLists,
}

/// A finished class, and the places of its features and sums.
struct Taken {
    class: usize,
    features: ArenaSpan,
    sums: ArenaSpan,
}

/// Sums that are not zero, and their features, ascending.
struct SumLists {
    features: Arena<u32>,
    sums: Arena<f64>,
}

impl<R> Summing<R> {
    /// Moves the sums of a class out, leaving zeros. None where there are too many.
    fn take(&mut self, class: usize) -> Option<Taken> {
        let (features, sums) = (&mut self.features, &mut self.values);
        features.clear();
        sums.clear();
        for (feature, sum) in self.sums.iter_mut().enumerate() {
            if *sum != 0.0 {
                features.push(feature as u32);
                sums.push(std::mem::take(sum));
            }
        }
        Some(Taken {
            class,
            features: self.lists.features.push(features)?,
            sums: self.lists.sums.push(sums)?,
        })
    }
}

/// The rows of a class, ascending, and the weight of each; none: each counts for 1.
pub(crate) struct Members {
    rows: Vec<usize>,
    weights: Option<Vec<f64>>,
}

impl Members {
    /// Of each class, where a row belongs to one: `targets` and `weights` are checked.
    pub(crate) fn of(targets: &[usize], weights: Option<&[f64]>, n_classes: usize) -> Vec<Self> {
        let none = || Self {
            rows: Vec::new(),
            weights: weights.map(|_| Vec::new()),
        };
        let mut all: Vec<Self> = std::iter::repeat_with(none).take(n_classes).collect();
        for (row, &class) in targets.iter().enumerate() {
            let members = &mut all[class];
            members.rows.push(row);
            if let (Some(of_class), Some(weights)) = (&mut members.weights, weights) {
                of_class.push(weights[row]);
            }
        }
        all
    }

    /// Of a class that rows belong to in parts: `shares` are rows, ascending, and their parts; the weight is the part
    /// times the row's own.
    pub(crate) fn in_parts(
        shares: &[(usize, f64)],
        weights: Option<&[f64]>,
        on_grid: bool,
    ) -> Self {
        let weigh = |&(row, share): &(usize, f64)| {
            let weight = weights.map_or(share, |weights| share * weights[row]);
            let weight = if on_grid {
                grid::weighted(weight)
            } else {
                weight
            };
            (weight > 0.0).then_some((row, weight))
        };
        let (rows, weights) = shares.iter().filter_map(weigh).unzip();
        Self {
            rows,
            weights: Some(weights),
        }
    }
}

impl<R: RowSource, F: Fn(&[u32], &[u32], &mut Vec<f64>) + Sync> Weighed<'_, R, F> {
    /// The sums of these rows class by class, with the bits of [`Evidence::add`]. Runs on the current pool.
    ///
    /// One thread takes all sums of a class, over its rows in their order: the same additions in the same
    /// order for any number of threads. The sums of one class lie side by side, so that most of them are
    /// in the nearest cache.
    pub(crate) fn by_class(&self, model: Model, members: &[Members]) -> ByClass {
        let n_features = self.counts.n_columns();
        let n_classes = members.len();
        let count = |members: &Members| match &members.weights {
            Some(weights) => weights.iter().fold(0.0, |sum, weight| sum + weight),
            None => members.rows.len() as f64,
        };
        let class_count = members.iter().map(count).collect();
        // The largest class first, so that the others fill the time of the other threads.
        let mut order: Vec<usize> = (0..n_classes).collect();
        order.sort_by_key(|&class| std::cmp::Reverse(members[class].rows.len()));

        // Classes without rows, of which a model may have many, take no time and no memory.
        let with_rows = order.partition_point(|&class| !members[class].rows.is_empty());
        let bytes = n_features * with_rows * size_of::<f64>() / 2;
        let begin = || Summing {
            reader: R::Reader::default(),
            values: Vec::new(),
            sums: Zeroed::new(n_features),
            features: Vec::new(),
            taken: Vec::new(),
            lists: SumLists {
                features: Arena::for_bytes(bytes),
                sums: Arena::for_bytes(bytes),
            },
        };
        let summed = deal_out(with_rows, begin, |own, at| {
            simd::run(OneClass {
                weighed: self,
                model,
                members: &members[order[at]],
                own,
            });
            let taken = own.take(order[at]);
            own.taken.extend(taken);
        });
        ByClass {
            class_count,
            n_features,
            summed: summed
                .into_iter()
                .map(|own| (own.taken, own.lists))
                .collect(),
        }
    }
}

/// The rows of one class.
struct OneClass<'a, R: RowSource, F> {
    weighed: &'a Weighed<'a, R, F>,
    model: Model,
    members: &'a Members,
    own: &'a mut Summing<R::Reader>,
}

impl<R: RowSource, F: Fn(&[u32], &[u32], &mut Vec<f64>) + Sync> Work for OneClass<'_, R, F> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Summing {
            reader,
            values,
            sums,
            ..
        } = self.own;
        let sums = &mut **sums;
        let Weighed {
            counts,
            weigh,
            on_grid,
        } = self.weighed;
        let Members { rows, weights } = self.members;
        for (position, &row) in rows.iter().enumerate() {
            if let Some(&next) = rows.get(position + 1) {
                counts.prefetch(next);
            }
            let (columns, counts) = counts.row(row, reader);
            weigh(columns, counts, values);
            let weight = weights.as_ref().map_or(1.0, |weights| weights[position]);
            let row = columns.iter().zip(&*values);
            // Tested for each row, not for each value.
            if *on_grid && weights.is_some() {
                for (&column, &value) in row {
                    sums[column as usize] += grid::weighted(weight * self.model.value(value));
                }
                continue;
            }
            for (&column, &value) in row {
                sums[column as usize] += weight * self.model.value(value);
            }
        }
    }
}

/// The sums class by class.
pub(crate) struct ByClass {
    class_count: Vec<f64>,
    n_features: usize,
    summed: Vec<(Vec<Taken>, SumLists)>,
}

impl ByClass {
    /// The sums feature by feature. Runs on the current pool.
    pub(crate) fn finish(self) -> Evidence {
        let mut sums = vec![(&[][..], &[][..]); self.class_count.len()];
        for (taken, lists) in &self.summed {
            for taken in taken {
                sums[taken.class] = (
                    lists.features.get(taken.features),
                    lists.sums.get(taken.sums),
                );
            }
        }
        Evidence {
            feature_count: ClassRows::from_classes(&sums, self.n_features),
            class_count: self.class_count.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{matrix::Rows, util::pool::with_threads};
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
                let expected = with_threads("a test", 1, || Evidence::zero(k, 7).add(model, &rows, &targets, weights));
                let expected = expected.unwrap().unwrap();
                for threads in [1, 3] {
                    let weighed = Weighed {
                        counts: &counts,
                        weigh: |columns: &[u32], counts: &[u32], values: &mut Vec<f64>| {
                            values.clear();
                            values.extend(columns.iter().zip(counts).map(|(&c, &n)| value(c, n)));
                        },
                        on_grid: false,
                    };
                    let members = Members::of(&targets, weights, k);
                    let sums = with_threads("a test", threads, || weighed.by_class(model, &members).finish());
                    prop_assert_eq!(&sums.unwrap(), &expected);
                }
            }
        }
    }
}
