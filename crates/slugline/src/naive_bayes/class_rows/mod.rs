//! Sparse features × classes matrices, for sums.

mod build;

use ndarray::Array2;
use rayon::prelude::*;

pub(crate) use build::{Adder, Builder};

use crate::util::{array::Array, huge_pages::Zeroed, pool::for_each_piece};

/// features × classes: the numbers that are not zero, feature by feature, their classes ascending.
///
/// Most terms occur in few classes: in 8 of 172 in arXiv's abstracts, where a dense matrix would take fourteen
/// times the memory.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ClassRows {
    n_classes: usize,
    /// The start of each feature's row, then the end of the last.
    starts: Array<u64>,
    classes: Array<u32>,
    values: Array<f64>,
}

/// The classes of a feature and their numbers.
pub(crate) type ClassRow<'a> = (&'a [u32], &'a [f64]);

/// The arrays as slices: resolving them for each row would take longer than reading it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ClassRowsView<'a> {
    starts: &'a [u64],
    classes: &'a [u32],
    values: &'a [f64],
}

impl<'a> ClassRowsView<'a> {
    /// The numbers of a feature that are not zero.
    #[inline(always)]
    pub(crate) fn row(self, feature: usize) -> ClassRow<'a> {
        let range = self.starts[feature] as usize..self.starts[feature + 1] as usize;
        (&self.classes[range.clone()], &self.values[range])
    }
}

impl ClassRows {
    /// Rows of zeros.
    pub(crate) fn zero(n_classes: usize, n_features: usize) -> Self {
        Self {
            n_classes,
            starts: vec![0; n_features + 1].into(),
            classes: Array::default(),
            values: Array::default(),
        }
    }

    /// From all numbers, feature by feature.
    pub(crate) fn from_dense(n_classes: usize, all: &[f64]) -> Self {
        let mut rows = Builder::new(n_classes);
        for row in all.chunks_exact(n_classes.max(1)) {
            rows.push_dense(row);
        }
        rows.finish()
    }

    /// Makes rows from the arrays of a file; the error says what is wrong with them.
    pub(crate) fn from_parts(
        n_classes: usize,
        starts: Array<u64>,
        classes: Array<u32>,
        values: Array<f64>,
    ) -> Result<Self, String> {
        let n = values.len();
        if classes.len() != n
            || starts.first() != Some(&0)
            || starts.last() != Some(&(n as u64))
            || starts.windows(2).any(|pair| pair[0] > pair[1])
        {
            return Err(format!(
                "rows of {} classes and {n} values do not begin and end where they should",
                classes.len()
            ));
        }
        let rows = Self {
            n_classes,
            starts,
            classes,
            values,
        };
        // Classes ascend, so the last one is the largest.
        let good = |classes: &[u32]| {
            classes.is_sorted_by(|a, b| a < b)
                && classes
                    .last()
                    .is_none_or(|&last| (last as usize) < n_classes)
        };
        if !rows.iter().all(|(classes, _)| good(classes)) {
            return Err(format!(
                "rows whose classes are not distinct, ascending and below {n_classes}"
            ));
        }
        Ok(rows)
    }

    /// Starts, classes and values.
    pub(crate) fn parts(&self) -> (&[u64], &[u32], &[f64]) {
        (&self.starts, &self.classes, &self.values)
    }

    pub(crate) fn n_classes(&self) -> usize {
        self.n_classes
    }

    pub(crate) fn n_features(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }

    pub(crate) fn values(&self) -> &[f64] {
        &self.values
    }

    pub(crate) fn view(&self) -> ClassRowsView<'_> {
        ClassRowsView {
            starts: &self.starts,
            classes: &self.classes,
            values: &self.values,
        }
    }

    /// The numbers of a feature that are not zero.
    pub(crate) fn row(&self, feature: usize) -> ClassRow<'_> {
        self.view().row(feature)
    }

    /// The rows of all features.
    pub(crate) fn iter(&self) -> impl ExactSizeIterator<Item = ClassRow<'_>> {
        let view = self.view();
        (0..self.n_features()).map(move |feature| view.row(feature))
    }

    /// All numbers, feature by feature. On the current pool where this thread belongs to one.
    pub(crate) fn to_dense(&self) -> Zeroed<f64> {
        let k = self.n_classes;
        let view = self.view();
        let mut all = Zeroed::new(self.n_features() * k);
        for_each_piece(&mut all, k, |feature, all| {
            let (classes, values) = view.row(feature);
            for (&class, &value) in classes.iter().zip(values) {
                all[class as usize] = value;
            }
        });
        all
    }

    /// classes × features: all numbers.
    pub(crate) fn by_class(&self) -> Array2<f64> {
        let mut all = Array2::zeros((self.n_classes, self.n_features()));
        for (feature, (classes, values)) in self.iter().enumerate() {
            for (&class, &value) in classes.iter().zip(values) {
                all[[class as usize, feature]] = value;
            }
        }
        all
    }

    /// The rows of some features, in this order.
    pub(crate) fn select(&self, kept: &[u32]) -> Self {
        let view = self.view();
        let mut rows = Builder::new(self.n_classes);
        for &feature in kept {
            let (classes, values) = view.row(feature as usize);
            rows.push(classes, values);
        }
        rows.finish()
    }

    /// The rows with other numbers: `change` gets each feature, its classes and their numbers. Runs on the current
    /// pool where this thread belongs to one.
    pub(crate) fn map_rows(&self, change: impl Fn(usize, &[u32], &mut [f64]) + Sync) -> Self {
        /// Features per task, so many that the cost of starting a task is negligible.
        const MANY: usize = 1 << 13;
        let mut values = Zeroed::of(&self.values);
        let pieces = (0..self.n_features()).step_by(MANY).collect::<Vec<_>>();
        let ends = pieces
            .iter()
            .map(|&first| self.starts[(first + MANY).min(self.n_features())]);
        let pieces: Vec<_> = pieces.iter().copied().zip(cut(&mut values, ends)).collect();
        let view = self.view();
        let of_piece = |(first, values): (usize, &mut [f64])| {
            let mut left = values;
            for feature in first..(first + MANY).min(self.n_features()) {
                let (classes, own) = view.row(feature);
                let (values, rest) = left.split_at_mut(own.len());
                change(feature, classes, values);
                left = rest;
            }
        };
        match rayon::current_thread_index() {
            Some(_) => pieces.into_par_iter().for_each(of_piece),
            None => pieces.into_iter().for_each(of_piece),
        }
        Self {
            values: values.into(),
            ..self.clone()
        }
    }

    /// The rows without the last class, and the numbers of that class.
    pub(crate) fn split_last(&self) -> (Self, Vec<f64>) {
        let last = self.n_classes.saturating_sub(1);
        let mut rows = Builder::new(last);
        let mut of_last = Vec::with_capacity(self.n_features());
        for (classes, values) in self.iter() {
            let has = classes.last() == Some(&(last as u32));
            let rest = classes.len() - usize::from(has);
            rows.push(&classes[..rest], &values[..rest]);
            of_last.push(if has { values[rest] } else { 0.0 });
        }
        (rows.finish(), of_last)
    }
}

/// Cuts the values into pieces that end at `ends`.
fn cut<'a, T>(
    values: &'a mut [T],
    ends: impl Iterator<Item = u64> + 'a,
) -> impl Iterator<Item = &'a mut [T]> {
    let (mut left, mut start) = (values, 0);
    ends.map(move |end| {
        let (piece, rest) = std::mem::take(&mut left).split_at_mut((end - start) as usize);
        (left, start) = (rest, end);
        piece
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::util::pool::with_threads;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn is_all_numbers_without_the_zeros(
            k in 1_usize..7,
            cells in prop::collection::vec(0_u8..3, 0..90),
            threads in 1_usize..4,
        ) {
            let n = cells.len() / k;
            let all: Vec<f64> = cells[..n * k].iter().map(|&cell| f64::from(cell) / 3.0).collect();
            let rows = ClassRows::from_dense(k, &all);
            prop_assert_eq!(rows.n_features(), n);
            prop_assert_eq!(&*rows.to_dense(), &all[..]);
            let (starts, classes, values) = rows.parts();
            let again = ClassRows::from_parts(
                k, starts.to_vec().into(), classes.to_vec().into(), values.to_vec().into());
            prop_assert_eq!(again.as_ref(), Ok(&rows));
            let of = |class: usize| -> (Vec<u32>, Vec<f64>) {
                (0..n).filter(|f| all[f * k + class] != 0.0).map(|f| (f as u32, all[f * k + class])).unzip()
            };
            let lists: Vec<_> = (0..k).map(of).collect();
            let lists: Vec<(&[u32], &[f64])> = lists.iter().map(|(f, v)| (&f[..], &v[..])).collect();
            let of_classes = with_threads("a test", threads, || ClassRows::from_classes(&lists, n)).unwrap();
            prop_assert_eq!(&of_classes, &rows);
            let (rest, last) = rows.split_last();
            let all_but_last: Vec<f64> = all.chunks_exact(k).flat_map(|row| &row[..k - 1]).copied().collect();
            if k > 1 {
                prop_assert_eq!(rest, ClassRows::from_dense(k - 1, &all_but_last));
            }
            prop_assert_eq!(last, all.chunks_exact(k).map(|row| row[k - 1]).collect::<Vec<_>>());
            prop_assert_eq!(rows.by_class().t().iter().copied().collect::<Vec<_>>(), all.clone());
            let half = rows.map_rows(|_, _, values| values.iter_mut().for_each(|value| *value /= 2.0));
            let halves: Vec<f64> = all.iter().map(|value| value / 2.0).collect();
            prop_assert_eq!(half, ClassRows::from_dense(k, &halves));
            let reversed: Vec<u32> = (0..n as u32).rev().collect();
            let expected: Vec<f64> = all.chunks_exact(k).rev().flatten().copied().collect();
            prop_assert_eq!(rows.select(&reversed), ClassRows::from_dense(k, &expected));
        }
    }

    #[test]
    fn parts_that_do_not_fit_are_refused() {
        let rows = |starts: &[u64], classes: &[u32]| {
            let values = vec![1.0; 3];
            ClassRows::from_parts(
                3,
                starts.to_vec().into(),
                classes.to_vec().into(),
                values.into(),
            )
        };
        assert!(rows(&[0, 1, 3], &[2, 0, 2]).is_ok());
        for (starts, classes) in [
            (&[0, 1, 3][..], &[2, 0][..]),
            (&[0, 1, 2], &[2, 0, 2]),
            (&[1, 1, 3], &[2, 0, 2]),
            (&[0, 4, 3], &[2, 0, 2]),
            (&[], &[2, 0, 2]),
            (&[0, 1, 3], &[2, 0, 3]),
            (&[0, 1, 3], &[2, 2, 0]),
            (&[0, 1, 3], &[2, 1, 1]),
        ] {
            assert!(rows(starts, classes).is_err(), "{starts:?} {classes:?}");
        }
    }
}
