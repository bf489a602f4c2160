//! How much more likely a text is under a topic than under the background.

use super::{
    calibration::of_length,
    params::TextClassifierParams,
    weights::{InUse, LEAST, Smoothed, SparseRows, TermTable},
};
use crate::{
    naive_bayes::{ClassRow, ClassRows, Document},
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
    /// ln P(t | c), and ln P(t | background).
    table: TermTable<SparseTable>,
    /// The divisors of the sums of each label, and of the background.
    divisors: Vec<f64>,
    /// Whether the background has documents or a prior of its own.
    background: bool,
}

/// ln P(t | c) = of_term_t − log_divisor_c + more_tc.
#[derive(Debug)]
struct SparseTable {
    of_term: Vec<f64>,
    log_divisors: Vec<f64>,
    /// terms × (labels + 1): what a label knows of a term.
    more: ClassRows,
    /// ln P(t | background) where that is the mean of all labels.
    background: Option<Vec<f64>>,
}

impl SparseTable {
    fn new(smoothed: Smoothed, divisors: &[f64], known: bool) -> Self {
        let Smoothed { alphas, more, .. } = smoothed;
        let k = divisors.len() - 1;
        let all: f64 = divisors[..k].iter().map(|divisor| 1.0 / divisor).sum();
        let pooled = |(alpha, (classes, values)): (&f64, ClassRow<'_>)| {
            let own = classes.iter().zip(values);
            let own = own.map(|(&class, value)| value / divisors[class as usize]);
            ln((alpha * all + own.sum::<f64>()) / k as f64)
        };
        let background = (!known).then(|| alphas.iter().zip(more.iter()).map(pooled).collect());
        let of_term: Vec<f64> = alphas.iter().map(|alpha| ln(*alpha)).collect();
        let more = more.map_rows(|term, _, values| {
            for value in values {
                *value = ln(alphas[term] + *value) - of_term[term];
            }
        });
        Self {
            of_term,
            log_divisors: divisors.iter().map(|divisor| ln(*divisor)).collect(),
            more,
            background,
        }
    }

    /// Writes Σ_t x_t · ln P(t | c) for each label, and for the background.
    fn sum(&self, columns: &[u32], values: &[f64], sums: &mut [f64]) {
        let k = sums.len() - 1;
        let (mut all, mut of_terms, mut background) = (0.0, 0.0, 0.0);
        for (&column, value) in columns.iter().zip(values) {
            let term = column as usize;
            all += value;
            of_terms += value * self.of_term[term];
            let (classes, more) = self.more.row(term);
            for (&class, more) in classes.iter().zip(more) {
                sums[class as usize] += value * more;
            }
            if let Some(own) = &self.background {
                background += value * own[term];
            }
        }
        for (sum, divisor) in sums.iter_mut().zip(&self.log_divisors) {
            *sum += of_terms - all * divisor;
        }
        if self.background.is_some() {
            sums[k] = background;
        }
    }
}

impl SparseRows for SparseTable {
    fn extend(&self, term: usize, row: &mut Vec<f64>) {
        let first = row.len();
        let of_term = self.of_term[term];
        row.extend(self.log_divisors.iter().map(|divisor| of_term - divisor));
        let (classes, values) = self.more.row(term);
        for (&class, value) in classes.iter().zip(values) {
            row[first + class as usize] += value;
        }
        if let (Some(background), Some(last)) = (&self.background, row.last_mut()) {
            *last = background[term];
        }
    }
}

impl Margins {
    pub(crate) fn new(params: &TextClassifierParams, used: &InUse) -> Self {
        Self::with_table(params, used, used.is_large())
    }

    /// As [`new`](Self::new), with the table that is for [large](InUse::is_large) ones or the other.
    fn with_table(params: &TextClassifierParams, used: &InUse, sparse: bool) -> Self {
        let naive_bayes = &params.naive_bayes;
        let background = used.knows_background();
        let labels = used.sums.n_classes();
        if sparse {
            let smoothed = used.smoothed(naive_bayes, 1.0);
            let divisors = naive_bayes.divisors(smoothed.totals.clone());
            return Self {
                labels,
                table: TermTable::Sparse(SparseTable::new(smoothed, &divisors, background)),
                divisors,
                background,
            };
        }
        let (mut table, totals) = used.with_smoothing(naive_bayes, 1.0);
        let wide = labels + 1;
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
            table: TermTable::Dense(table),
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
        let table = match &self.table {
            TermTable::Dense(table) => table,
            TermTable::Sparse(table) => {
                sums.clear();
                sums.resize(wide, 0.0);
                table.sum(columns, values, sums);
                return self.of_sums(values.len(), sums);
            }
        };
        for &column in columns {
            simd::prefetch(table, column as usize * wide);
        }
        let rows = columns
            .iter()
            .map(|&column| &table[column as usize * wide..][..wide]);
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
            self.table.extend(column, wide, &mut table);
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
        self.of_sums(values.len(), sums)
    }

    /// The evidence of a document of `n` terms, from its sums for each label and the background.
    fn of_sums(&self, n: usize, sums: &[f64]) -> f64 {
        if n == 0 {
            return 0.0;
        }
        let best = sums[..self.labels]
            .iter()
            .copied()
            .fold(f64::NEG_INFINITY, f64::max);
        of_length(best - sums[self.labels], n)
    }
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::naive_bayes::NaiveBayesParams;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn both_tables_agree_up_to_rounding(
            used in crate::classifier::weights::tests::used(),
            columns in prop::collection::btree_set(0_u32..40, 0..40),
            level in any::<bool>(),
        ) {
            let naive_bayes = NaiveBayesParams::new(crate::naive_bayes::Model::Multinomial);
            let params = TextClassifierParams {
                naive_bayes: naive_bayes.level_class_sums(level),
                ..TextClassifierParams::default()
            };
            let [dense, sparse] = [false, true].map(|sparse| Margins::with_table(&params, &used, sparse));
            let columns: Vec<u32> = columns.into_iter().collect();
            let values: Vec<f64> = columns.iter().map(|&column| 0.1 + f64::from(column) / 7.0).collect();
            let mut sums = Vec::new();
            let evidence = [&dense, &sparse].map(|margins| margins.evidence(&columns, &values, &mut sums));
            prop_assert!((evidence[0] - evidence[1]).abs() < 1e-9, "{evidence:?}");
            let parts = vec![0.0; columns.len()];
            let document = Document { columns: &columns, values: &values, parts: &parts, class: 0, gone: &[], weight: 1.0 };
            let without = [&dense, &sparse].map(|margins| margins.evidence_without(&document));
            prop_assert!((without[0] - without[1]).abs() < 1e-9, "{without:?}");
        }
    }
}
