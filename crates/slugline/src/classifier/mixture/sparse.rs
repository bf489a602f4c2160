//! P(t | c) of many labels without a number for each term and label: what all labels have in common, and what a few
//! have beside it.

use super::mixing::{Mixing, STEPS};
use crate::{
    classifier::weights::{Smoothed, SparseRows},
    naive_bayes::ClassRows,
    util::math,
};

/// P(t | c) = (α_t + n_tc) / T_c, and P(t | background).
#[derive(Debug)]
pub(super) struct SparseTable {
    /// α_t of each term.
    alphas: Vec<f64>,
    /// 1 / T_c of each label.
    per_total: Vec<f64>,
    /// terms × labels: n_tc / T_c.
    more: ClassRows,
    background: Vec<f64>,
}

impl SparseTable {
    /// The table, and T of each label and of the background. With background documents or a prior of the background,
    /// which are `known`, P(t | background) is half the mean of all P(t | c) and half their own.
    pub(super) fn new(smoothed: Smoothed, known: bool) -> (Self, Vec<f64>) {
        let Smoothed {
            alphas,
            more,
            totals,
        } = smoothed;
        let k = totals.len() - 1;
        let (more, of_background) = more.split_last();
        let per_total: Vec<f64> = totals[..k].iter().map(|total| 1.0 / total).collect();
        let more = more.map_rows(|_, classes, values| {
            for (&class, value) in classes.iter().zip(values) {
                *value *= per_total[class as usize];
            }
        });
        let all: f64 = per_total.iter().sum();
        let rows = alphas.iter().zip(more.iter()).zip(of_background);
        let background = rows.map(|((alpha, (_, values)), own)| {
            let pooled = (alpha * all + values.iter().sum::<f64>()) / k as f64;
            match known {
                true => f64::midpoint((alpha + own) / totals[k], pooled),
                false => pooled,
            }
        });
        let background = background.collect();
        let table = Self {
            alphas,
            per_total,
            more,
            background,
        };
        (table, totals)
    }

    /// Fits the shares of a document to its terms: as with a number for each term and label, up to rounding. A step takes
    /// the time of the labels and of the rows' numbers. Returns Σ_t ln(Σ_c θ_c · P(t | c) / P(t | background)).
    pub(super) fn fit(&self, columns: &[u32], mixing: &mut Mixing) -> f64 {
        let k = self.per_total.len();
        mixing.start(k);
        for _ in 0..STEPS {
            let common = self.common(&mixing.weights);
            // Σ_t weight_t · α_t.
            let mut of_all = 0.0;
            for &column in columns {
                let term = column as usize;
                let (classes, values) = self.more.row(term);
                let background = self.background[term];
                let mixed =
                    self.mixed(common, &mixing.weights, term) + mixing.weights[k] * background;
                let weight = 1.0 / mixed;
                of_all += weight * self.alphas[term];
                for (&class, value) in classes.iter().zip(values) {
                    mixing.sums[class as usize][0] += weight * value;
                }
                mixing.sums[k][0] += weight * background;
            }
            for (sums, per_total) in mixing.sums.iter_mut().zip(&self.per_total) {
                sums[0] += of_all * per_total;
            }
            if !mixing.step() {
                break;
            }
        }
        let common = self.common(&mixing.shares);
        let gain = |&column: &u32| {
            let term = column as usize;
            math::ln(self.mixed(common, &mixing.shares, term) / self.background[term])
        };
        columns.iter().map(gain).sum()
    }

    /// Σ_c weight_c / T_c.
    fn common(&self, weights: &[f64]) -> f64 {
        let products = weights.iter().zip(&self.per_total);
        products.map(|(weight, per_total)| weight * per_total).sum()
    }

    /// Σ_c weight_c · P(t | c) of a term.
    fn mixed(&self, common: f64, weights: &[f64], term: usize) -> f64 {
        let (classes, values) = self.more.row(term);
        let own = classes.iter().zip(values);
        let own = own.map(|(&class, value)| weights[class as usize] * value);
        self.alphas[term] * common + own.sum::<f64>()
    }
}

impl SparseRows for SparseTable {
    /// Appends P(t | c) of each label, and P(t | background).
    fn extend(&self, term: usize, row: &mut Vec<f64>) {
        let first = row.len();
        let alpha = self.alphas[term];
        row.extend(self.per_total.iter().map(|per_total| alpha * per_total));
        let (classes, values) = self.more.row(term);
        for (&class, value) in classes.iter().zip(values) {
            row[first + class as usize] += value;
        }
        row.push(self.background[term]);
    }
}
