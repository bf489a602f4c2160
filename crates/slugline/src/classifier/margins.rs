//! How much more likely a text is under a topic than under the background.

use super::{
    calibration::of_length,
    params::TextClassifierParams,
    weights::{InUse, LEAST},
};
use crate::{
    naive_bayes::Document,
    util::{math::ln, simd},
};

/// ln P(t | c) of every term for each label, and ln P(t | background), side by side.
///
/// P(t | c) = (N_ct + α_t + π_ct) / Σ_t (N_ct + α_t + π_ct), whatever the naive Bayes model, with the largest divisor
/// for all where [class sums are level](crate::NaiveBayesParams::level_class_sums). Without background documents
/// P(t | background) is the mean of all P(t | c).
#[derive(Debug)]
pub(crate) struct Margins {
    labels: usize,
    /// terms × (labels + 1).
    table: Vec<f64>,
    /// The divisors of the sums of each label, and of the background.
    divisors: Vec<f64>,
    /// Whether the background has documents or a prior of its own.
    background: bool,
}

impl Margins {
    pub(crate) fn new(params: &TextClassifierParams, used: &InUse) -> Self {
        let naive_bayes = &params.naive_bayes;
        let background = used.knows_background();
        let (mut table, totals) = used.with_smoothing(naive_bayes, 1.0);
        let wide = used.sums.n_classes() + 1;
        let labels = wide - 1;
        let divisors = naive_bayes.divisors(totals);
        for row in table.chunks_exact_mut(wide) {
            for (cell, divisor) in row.iter_mut().zip(&divisors) {
                *cell /= divisor;
            }
            if !background {
                row[labels] = mean(&row[..labels]);
            }
            for cell in row {
                *cell = ln(*cell);
            }
        }
        Self {
            labels,
            table,
            divisors,
            background,
        }
    }

    /// The evidence of a document for the topics:
    /// (max_c Σ_t x_t · (ln P(t | c) − ln P(t | background)) − 3 / n) / √n, with n the number of its terms.
    ///
    /// A sum over terms that argue one way grows with their number, one of terms that argue by chance with the square
    /// root of it; and where there are few, a word with two meanings weighs too much ([`of_length`]).
    pub(crate) fn evidence(&self, columns: &[u32], values: &[f64], sums: &mut Vec<f64>) -> f64 {
        let wide = self.labels + 1;
        for &column in columns {
            simd::prefetch(&self.table, column as usize * wide);
        }
        let rows = columns
            .iter()
            .map(|&column| &self.table[column as usize * wide..][..wide]);
        self.of_rows(rows, values, sums)
    }

    /// The evidence of a training document under the model without it. The background is the number behind the last
    /// class.
    pub(crate) fn evidence_without(&self, document: &Document<'_>) -> f64 {
        let &Document {
            columns,
            values,
            parts,
            class,
            weight,
            ..
        } = document;
        let (k, wide) = (self.labels, self.labels + 1);
        let divisor = self.divisors[class];
        // Nothing but rounding is left of a class without smoothing whose only document this is.
        let left = (divisor - weight * parts.iter().sum::<f64>()).max(LEAST);
        let mut table = Vec::with_capacity(columns.len() * wide);
        for (&column, &part) in columns.iter().zip(parts) {
            let first = table.len();
            table.extend_from_slice(&self.table[column as usize * wide..][..wide]);
            let row: &mut [f64] = &mut table[first..];
            let sum = row[class].exp() * divisor - weight * part;
            row[class] = ln(sum.max(LEAST) / left);
            if !self.background {
                let topics: Vec<f64> = row[..k].iter().map(|log| log.exp()).collect();
                row[k] = ln(mean(&topics));
            }
        }
        self.of_rows(table.chunks_exact(wide), values, &mut Vec::new())
    }

    fn of_rows<'r>(
        &self,
        rows: impl Iterator<Item = &'r [f64]>,
        values: &[f64],
        sums: &mut Vec<f64>,
    ) -> f64 {
        sums.clear();
        sums.resize(self.labels + 1, 0.0);
        for (row, value) in rows.zip(values) {
            for (sum, log) in sums.iter_mut().zip(row) {
                *sum += value * log;
            }
        }
        if values.is_empty() {
            return 0.0;
        }
        let best = sums[..self.labels]
            .iter()
            .copied()
            .fold(f64::NEG_INFINITY, f64::max);
        of_length(best - sums[self.labels], values.len())
    }
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}
