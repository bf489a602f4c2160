//! The class sums from which the weights are derived.

use rayon::prelude::*;

use super::{class_rows::ClassRows, params::Model};
use crate::{
    error::{Error, Result, same_length},
    matrix::Rows,
    naive_bayes::class_rows::Adder,
    util::array::Array,
};

/// Per class: the (weighted) number of documents, and of each feature the sum of its values.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Evidence {
    /// One number for each class.
    pub(crate) class_count: Array<f64>,
    /// The sums of each feature, without the zeros.
    pub(crate) feature_count: ClassRows,
}

impl Evidence {
    pub(crate) fn zero(n_classes: usize, n_features: usize) -> Self {
        Self {
            class_count: vec![0.0; n_classes].into(),
            feature_count: ClassRows::zero(n_classes, n_features),
        }
    }

    pub(crate) fn n_classes(&self) -> usize {
        self.class_count.len()
    }

    pub(crate) fn n_features(&self) -> usize {
        self.feature_count.n_features()
    }

    /// The sum over all features of each class.
    pub(super) fn totals(&self) -> Vec<f64> {
        let mut totals = vec![0.0; self.n_classes()];
        for (classes, sums) in self.feature_count.iter() {
            for (&class, sum) in classes.iter().zip(sums) {
                totals[class as usize] += sum;
            }
        }
        totals
    }

    /// The evidence with these documents added. Runs on the current pool.
    ///
    /// Each thread takes a range of features and reads the documents in order, so that every sum is taken in
    /// document order, with the same bits for any number of threads.
    pub(crate) fn add(
        &self,
        model: Model,
        rows: &Rows<f64>,
        targets: &[usize],
        weights: Option<&[f64]>,
    ) -> Result<Self> {
        let k = self.n_classes();
        check(rows, targets, weights, k, self.n_features())?;
        let weight = |row: usize| weights.map_or(1.0, |weights| weights[row]);

        let mut class_count = self.class_count.to_vec();
        for (row, &class) in targets.iter().enumerate() {
            class_count[class] += weight(row);
        }

        let mut feature_count = self.feature_count.to_dense();
        let features = self
            .n_features()
            .div_ceil(rayon::current_num_threads())
            .max(1);
        feature_count
            .par_chunks_mut(features * k)
            .enumerate()
            .for_each(|(part, sums)| {
                let first = part * features;
                let last = first + sums.len() / k;
                for (row, &class) in targets.iter().enumerate() {
                    let (columns, values) = rows.row(row);
                    let from = columns.partition_point(|&column| (column as usize) < first);
                    let to = columns.partition_point(|&column| (column as usize) < last);
                    for (&column, &value) in columns[from..to].iter().zip(&values[from..to]) {
                        sums[(column as usize - first) * k + class] +=
                            weight(row) * model.value(value);
                    }
                }
            });
        Ok(Self {
            class_count: class_count.into(),
            feature_count: ClassRows::from_dense(k, &feature_count),
        })
    }

    /// The evidence of some features, in this order.
    pub(crate) fn select(&self, kept: &[u32]) -> Self {
        Self {
            class_count: self.class_count.clone(),
            feature_count: self.feature_count.select(kept),
        }
    }

    /// The evidence without the last class, and that class's number of documents and sums.
    pub(crate) fn split_last(&self) -> (Self, f64, Vec<f64>) {
        let (rest, last) = self.feature_count.split_last();
        let (&count, counts) = self.class_count.split_last().unwrap_or((&0.0, &[]));
        let evidence = Self {
            class_count: counts.to_vec().into(),
            feature_count: rest,
        };
        (evidence, count, last)
    }

    /// The sum of two evidences over the same classes and features.
    pub(crate) fn merge(&self, other: &Self) -> Result<Self> {
        let k = self.n_classes();
        same_length("classes", k, other.n_classes())?;
        same_length("features", self.n_features(), other.n_features())?;
        let class_count = self.class_count.iter().zip(&*other.class_count);
        let class_count: Vec<f64> = class_count.map(|(a, b)| a + b).collect();
        let mut sum = Adder::new(k);
        for (a, b) in self.feature_count.iter().zip(other.feature_count.iter()) {
            sum.add(a);
            sum.add(b);
            sum.end_row();
        }
        Ok(Self {
            class_count: class_count.into(),
            feature_count: sum.finish(),
        })
    }
}

impl Model {
    /// The value that the model sums for a value of a row.
    #[inline(always)]
    pub(crate) fn value(self, value: f64) -> f64 {
        match self {
            Self::Bernoulli {
                binarize: Some(threshold),
            } => f64::from(u8::from(value > threshold)),
            _ => value,
        }
    }
}

fn check(
    rows: &Rows<f64>,
    targets: &[usize],
    weights: Option<&[f64]>,
    n_classes: usize,
    n_features: usize,
) -> Result<()> {
    rows.check_columns(n_features)?;
    rows.check_not_negative()?;
    check_targets(rows.n_rows(), targets, weights, n_classes)
}

/// Fails unless each row has a class, and where weights are given a valid weight.
pub(crate) fn check_targets(
    n_rows: usize,
    targets: &[usize],
    weights: Option<&[f64]>,
    n_classes: usize,
) -> Result<()> {
    same_length("class ids (one for each row)", n_rows, targets.len())?;
    if let Some(&class) = targets.iter().find(|&&class| class >= n_classes) {
        return Err(Error::parameter(
            "targets",
            class,
            format!("class ids below {n_classes}"),
        ));
    }
    if let Some(weights) = weights {
        let expected = "finite numbers, 0 or more, not all 0";
        same_length("sample weights (one for each row)", n_rows, weights.len())?;
        if let Some(&weight) = weights
            .iter()
            .find(|&&weight| !(weight >= 0.0 && weight.is_finite()))
        {
            return Err(Error::parameter("sample_weight", weight, expected));
        }
        if weights.iter().all(|&weight| weight == 0.0) {
            return Err(Error::parameter("sample_weight", "0 everywhere", expected));
        }
    }
    Ok(())
}
