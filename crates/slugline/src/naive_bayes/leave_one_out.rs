//! The scores that a model would give one of its documents, had it not seen it.
//!
//! A model is a sum over documents, so a document is taken out by subtracting what it added: only the
//! sums of its own terms and class are touched, and only those logarithms are taken anew. Scoring every
//! training document this way takes about as long as scoring it with the model as it is.

use super::{Evidence, Linear, Model, NaiveBayesParams};
use crate::kernel::{self, Work};

/// A model and what is needed to take one document out.
pub(crate) struct LeaveOneOut<'a> {
    params: &'a NaiveBayesParams,
    sums: &'a Evidence,
    linear: &'a Linear,
    prior: Vec<f64>,
    kind: Kind,
}

/// What each model's scores depend on beside the sums.
enum Kind {
    /// Σ_t (N_ct + α_t) of each class.
    Multinomial { total: Vec<f64> },
    Complement {
        /// Σ_c N_ct + α_t of each term.
        all: Vec<f64>,
        /// Σ_t (Ñ_ct + α_t) of each class.
        total: Vec<f64>,
        /// With normalised weights, Σ_t ln((Ñ_ct + α_t) / total) of each class.
        length: Option<Vec<f64>>,
    },
    /// For each class, with one document fewer: Σ_t ln(1 − p_ct), as if the document held no term.
    Bernoulli { absent: Vec<f64> },
}

/// One training document.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Document<'a> {
    pub(crate) columns: &'a [u32],
    /// What the weights are multiplied with.
    pub(crate) values: &'a [f64],
    /// What it added to the sums of its class, before its weight.
    pub(crate) parts: &'a [f64],
    /// Whether the model without it has the term; where not, the value is 0.
    pub(crate) known: &'a [bool],
    pub(crate) class: usize,
    pub(crate) weight: f64,
}

impl<'a> LeaveOneOut<'a> {
    /// `linear` are the weights derived from `sums` with `params`.
    pub(crate) fn new(
        params: &'a NaiveBayesParams,
        sums: &'a Evidence,
        linear: &'a Linear,
    ) -> Self {
        let kind = match params.model {
            Model::Multinomial => Kind::Multinomial {
                total: totals(sums, |feature, count, _| count + params.alpha_of(feature)),
            },
            Model::Complement { norm } => complement(params, sums, norm),
            Model::Bernoulli { .. } => Kind::Bernoulli {
                absent: absent(params, sums, 1.0),
            },
        };
        Self {
            params,
            sums,
            linear,
            prior: params.class_log_prior(&sums.class_count),
            kind,
        }
    }

    /// The joint log-likelihood of the document under each class of the model without it.
    ///
    /// A logarithm of what is left is that of what was there, which the weights have, and
    /// ln(1 − part / what was there).
    pub(crate) fn scores(&self, document: Document<'_>, scores: &mut [f64]) {
        self.linear
            .scores_of(document.columns, document.values, scores);
        let Document { class, weight, .. } = document;
        if let Kind::Complement { all, total, length } = &self.kind {
            // With one class there is no other whose sums the document is in.
            if scores.len() > 1 {
                self.complement(document, all, total, length.as_deref(), scores);
            }
            return;
        }
        let mut class_count = self.sums.class_count.to_vec();
        class_count[class] = (class_count[class] - weight).max(0.0);
        let prior = self.params.class_log_prior(&class_count);
        for ((score, new), was) in scores.iter_mut().zip(&prior).zip(&self.prior) {
            // Where no document has the class before or after, nothing changes.
            let change = new - was;
            *score += if change.is_nan() { 0.0 } else { change };
        }
        match &self.kind {
            Kind::Bernoulli { absent } => {
                self.forget_absent(document, scores);
                scores[class] = prior[class] + self.bernoulli(document, absent);
            }
            Kind::Multinomial { total } => self.multinomial(document, total, scores),
            Kind::Complement { .. } => {}
        }
    }

    /// Asks for the sums and weights of these columns ahead of [`scores`](Self::scores).
    pub(crate) fn prefetch(&self, columns: &[u32]) {
        self.linear.prefetch(columns);
        let (k, sums) = (self.sums.n_classes(), &*self.sums.feature_count);
        for &column in columns {
            for line in (0..k).step_by(LINE) {
                kernel::prefetch(sums, column as usize * k + line);
            }
            if let Kind::Complement { all, .. } = &self.kind {
                kernel::prefetch(all, column as usize);
            }
        }
    }

    fn multinomial(&self, document: Document<'_>, total: &[f64], scores: &mut [f64]) {
        let (k, class) = (self.sums.n_classes(), document.class);
        let mut gone = vec![0.0; k];
        let (mut change, mut values) = (0.0, 0.0);
        for term in terms(document) {
            let counts = &self.sums.feature_count[term.column * k..][..k];
            let alpha = self.params.alpha_of(term.column);
            if term.known {
                change += term.value * log_left(term.part / (counts[class] + alpha));
                gone[class] += term.part;
            } else {
                // With the term goes its smoothing, in every class.
                for (gone, count) in gone.iter_mut().zip(counts) {
                    *gone += count + alpha;
                }
            }
            values += term.value;
        }
        for ((score, gone), total) in scores.iter_mut().zip(gone).zip(total) {
            if gone != 0.0 {
                *score -= values * log_left(gone / total);
            }
        }
        scores[class] += change;
    }

    fn complement(
        &self,
        document: Document<'_>,
        all: &[f64],
        total: &[f64],
        length: Option<&[f64]>,
        scores: &mut [f64],
    ) {
        let k = scores.len();
        let mut gone = vec![0.0; k];
        let mut gone_logs = vec![0.0; k];
        let (mut values, mut parts, mut unknown) = (0.0, 0.0, 0.0);
        for term in terms(document) {
            if term.known {
                parts += term.part;
            } else {
                unknown += 1.0;
                let (sum, counts) = (
                    all[term.column],
                    &self.sums.feature_count[term.column * k..],
                );
                for ((gone, logs), count) in gone.iter_mut().zip(&mut gone_logs).zip(counts) {
                    *gone += sum - count;
                    *logs += (sum - count).max(0.0).ln();
                }
            }
            values += term.value;
        }
        let mut changes = vec![0.0; k];
        let mut longer = vec![0.0; if length.is_some() { k } else { 0 }];
        kernel::run(Complement {
            sums: self.sums,
            document,
            all,
            changes: &mut changes,
            longer: &mut longer,
        });
        // The sums of the document's own class do not hold it.
        changes[document.class] = 0.0;
        if let Some(longer) = longer.get_mut(document.class) {
            *longer = 0.0;
        }
        for (class, score) in scores.iter_mut().enumerate() {
            let other = class != document.class;
            let gone = gone[class] + if other { parts } else { 0.0 };
            let shift = log_left(gone / total[class]);
            let change = changes[class] - values * shift;
            *score = match length {
                None => *score - change,
                Some(length) => {
                    let n = self.sums.n_features() as f64;
                    let left = length[class] + longer[class] - gone_logs[class]
                        + unknown * total[class].ln()
                        - (n - unknown) * shift;
                    (*score * length[class] + change) / left
                }
            };
        }
    }

    /// Takes ln(1 − p) of the terms that are not known out of the scores of the other classes.
    fn forget_absent(&self, document: Document<'_>, scores: &mut [f64]) {
        let k = self.sums.n_classes();
        for term in terms(document).filter(|term| !term.known) {
            let counts = &self.sums.feature_count[term.column * k..][..k];
            let alpha = self.params.alpha_of(term.column);
            let n = self.sums.class_count.iter();
            for ((score, count), n) in scores.iter_mut().zip(counts).zip(n) {
                *score -= (n - count + alpha).ln() - (n + 2.0 * alpha).ln();
            }
        }
    }

    fn bernoulli(&self, document: Document<'_>, absent_of_one: &[f64]) -> f64 {
        let (k, class) = (self.sums.n_classes(), document.class);
        let n = self.sums.class_count[class];
        let left = n - document.weight;
        let mut score = match document.weight.to_bits() == 1.0_f64.to_bits() {
            true => absent_of_one[class],
            false => absent(self.params, self.sums, document.weight)[class],
        };
        for term in terms(document) {
            let alpha = self.params.alpha_of(term.column);
            let count = self.sums.feature_count[term.column * k + class];
            let all = (left + 2.0 * alpha).ln();
            if term.value != 0.0 {
                score += ((count - term.part).max(0.0) + alpha).ln() - all;
            }
            // It was counted among the absent ones, where it could be.
            if left - count + alpha > 0.0 {
                score -= (left - count + alpha).ln() - all;
            }
        }
        score
    }
}

/// A term of a document.
#[derive(Clone, Copy)]
struct Term {
    column: usize,
    value: f64,
    /// With the document's weight.
    part: f64,
    known: bool,
}

/// The terms of a document that say anything, and those that go with it.
#[inline(always)]
fn terms(document: Document<'_>) -> impl Iterator<Item = Term> {
    let numbers = document.values.iter().zip(document.parts);
    let terms = document.columns.iter().zip(numbers).zip(document.known);
    terms
        .map(move |((&column, (&value, &part)), &known)| Term {
            column: column as usize,
            value,
            part: document.weight * part,
            known,
        })
        .filter(|term| term.value != 0.0 || term.part != 0.0 || !term.known)
}

/// ln(1 − ratio), where rounding may leave the ratio above 1, and 0 / 0 means that nothing was there to
/// be taken.
#[inline(always)]
fn log_left(ratio: f64) -> f64 {
    match ratio {
        small if small < SMALL => log_left_of_small(small),
        large if large >= 1.0 => f64::NEG_INFINITY,
        nothing if nothing.is_nan() => 0.0,
        other => (-other).ln_1p(),
    }
}

/// Values of a cache line.
const LINE: usize = 8;

/// Below this a few powers are as good as a logarithm, and many are taken at once.
const SMALL: f64 = 1.0 / 32.0;

/// ln(1 − r) = −r − r²/2 − r³/3 …; what is left out is below 2⁻⁴³ of it.
#[inline(always)]
fn log_left_of_small(r: f64) -> f64 {
    const POWERS: [f64; 8] = [
        1.0 / 8.0,
        1.0 / 7.0,
        1.0 / 6.0,
        1.0 / 5.0,
        1.0 / 4.0,
        1.0 / 3.0,
        1.0 / 2.0,
        1.0,
    ];
    -r * POWERS.iter().fold(0.0, |sum, factor| sum * r + factor)
}

/// Σ_t x_t · ln(1 − part_t / (Ñ_ct + α_t)) for every class c, and with normalised weights the same
/// without x_t.
struct Complement<'a> {
    sums: &'a Evidence,
    document: Document<'a>,
    all: &'a [f64],
    changes: &'a mut [f64],
    longer: &'a mut [f64],
}

impl Work for Complement<'_> {
    type Output = ();

    #[inline(always)]
    fn run(mut self) {
        let k = self.changes.len();
        let mut class = 0;
        while class < k {
            match k - class {
                1 => self.add::<1>(&mut class),
                2 => self.add::<2>(&mut class),
                3 => self.add::<3>(&mut class),
                _ => self.add::<4>(&mut class),
            }
        }
    }
}

impl Complement<'_> {
    /// A few classes at a time, whose sums stay in registers.
    #[inline(always)]
    fn add<const N: usize>(&mut self, class: &mut usize) {
        let (k, first) = (self.changes.len(), *class);
        *class += N;
        let (mut changes, mut longer) = ([0.0; N], [0.0; N]);
        for term in terms(self.document).filter(|term| term.known) {
            let all = self.all[term.column];
            let at = term.column * k + first;
            let Some(counts) = self.sums.feature_count[at..].first_chunk::<N>() else {
                return;
            };
            let part = term.part;
            let mut logs = counts.map(|count| part / (all - count));
            if logs.iter().all(|&ratio| ratio < SMALL) {
                logs = logs.map(log_left_of_small);
            } else {
                // Most classes do not have the term at all.
                let without = log_left(part / all);
                for (log, &count) in logs.iter_mut().zip(counts) {
                    *log = if count == 0.0 {
                        without
                    } else {
                        log_left(*log)
                    };
                }
            }
            for ((change, longer), log) in changes.iter_mut().zip(&mut longer).zip(logs) {
                // An infinite logarithm of a term that says nothing is nothing.
                *change += if term.value == 0.0 {
                    0.0
                } else {
                    term.value * log
                };
                *longer += log;
            }
        }
        self.changes[first..first + N].copy_from_slice(&changes);
        if !self.longer.is_empty() {
            self.longer[first..first + N].copy_from_slice(&longer);
        }
    }
}

/// Σ_t of something for each class.
fn totals(sums: &Evidence, of: impl Fn(usize, f64, f64) -> f64) -> Vec<f64> {
    let k = sums.n_classes();
    let mut total = vec![0.0; k];
    for (feature, counts) in sums.feature_count.chunks_exact(k).enumerate() {
        let all = counts.iter().sum();
        for (total, &count) in total.iter_mut().zip(counts) {
            *total += of(feature, count, all);
        }
    }
    total
}

fn complement(params: &NaiveBayesParams, sums: &Evidence, norm: bool) -> Kind {
    let others = |feature: usize, count: f64, all: f64| all + params.alpha_of(feature) - count;
    let total = totals(sums, others);
    let length = norm.then(|| {
        let logs = totals(sums, |feature, count, all| {
            others(feature, count, all).max(0.0).ln()
        });
        let n = sums.n_features() as f64;
        logs.iter()
            .zip(&total)
            .map(|(logs, total)| logs - n * total.ln())
            .collect()
    });
    let rows = sums
        .feature_count
        .chunks_exact(sums.n_classes())
        .enumerate();
    Kind::Complement {
        all: rows
            .map(|(feature, counts)| counts.iter().sum::<f64>() + params.alpha_of(feature))
            .collect(),
        total,
        length,
    }
}

/// For each class without a document of this weight that holds no term: Σ_t ln(1 − p_ct). Left out are
/// the terms that every document of the class holds.
fn absent(params: &NaiveBayesParams, sums: &Evidence, weight: f64) -> Vec<f64> {
    let k = sums.n_classes();
    let mut absent = vec![0.0; k];
    for (feature, counts) in sums.feature_count.chunks_exact(k).enumerate() {
        let alpha = params.alpha_of(feature);
        for ((absent, count), n) in absent.iter_mut().zip(counts).zip(&*sums.class_count) {
            let left = n - weight;
            if left - count + alpha > 0.0 {
                *absent += (left - count + alpha).ln() - (left + 2.0 * alpha).ln();
            }
        }
    }
    absent
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{naive_bayes::derive, rows::Rows};
    use proptest::prelude::*;

    fn params(model: Model) -> NaiveBayesParams {
        NaiveBayesParams::new(model).alpha(0.3)
    }

    proptest! {
        /// Against refitting on the other documents.
        #[test]
        fn is_refitting(
            dense in prop::collection::vec(prop::collection::vec(0_u32..3, 6), 3..12),
            weighted in any::<bool>(),
            uniform in any::<bool>(),
            forgets in any::<bool>(),
        ) {
            let k = 3;
            let n = dense.len();
            let mut rows = Rows::empty(6);
            for row in &dense {
                let row = row.iter().enumerate().filter(|(_, count)| **count > 0);
                rows.push_row(row.map(|(c, &n)| (c as u32, f64::from(n) / 2.0)));
            }
            let targets: Vec<usize> = (0..n).map(|row| row * 7 % k).collect();
            let weights: Vec<f64> = (0..n).map(|row| if weighted { 0.5 + (row % 4) as f64 } else { 1.0 }).collect();
            for model in [
                Model::Multinomial,
                Model::Complement { norm: false },
                Model::Complement { norm: true },
                Model::Bernoulli { binarize: Some(0.0) },
            ] {
                let params = params(model).fit_prior(!uniform);
                // Over the terms that some document holds, without the document `skip`.
                let add = |skip: Option<usize>, columns: &[usize]| {
                    let kept: Vec<usize> = (0..n).filter(|&row| Some(row) != skip).collect();
                    let mut rest = Rows::empty(columns.len());
                    for &row in &kept {
                        let (of_row, values) = rows.row(row);
                        let renumbered = of_row.iter().zip(values).filter_map(|(&column, &value)| {
                            let column = columns.iter().position(|&old| old == column as usize)?;
                            Some((column as u32, value))
                        });
                        rest.push_row(renumbered);
                    }
                    let targets: Vec<usize> = kept.iter().map(|&row| targets[row]).collect();
                    let weights: Vec<f64> = kept.iter().map(|&row| weights[row]).collect();
                    let zero = Evidence::zero(k, columns.len());
                    zero.add(model, &rest, &targets, Some(&weights)).unwrap()
                };
                let sums = add(None, &[0, 1, 2, 3, 4, 5]);
                let linear = derive(&params, &sums).unwrap();
                let leave_one_out = LeaveOneOut::new(&params, &sums, &linear);
                for row in 0..n {
                    let (columns, parts) = rows.row(row);
                    let parts: Vec<f64> = parts.iter().map(|&value| model.value(value)).collect();
                    let known: Vec<bool> = columns
                        .iter()
                        .map(|column| !forgets || (0..n).any(|other| other != row && rows.row(other).0.contains(column)))
                        .collect();
                    let values: Vec<f64> = parts.iter().zip(&known).map(|(&value, &known)| if known { value } else { 0.0 }).collect();
                    let gone = |column: usize| columns.iter().zip(&known).any(|(&own, &known)| own as usize == column && !known);
                    let left: Vec<usize> = (0..6).filter(|&column| !gone(column)).collect();
                    let mut expected = vec![0.0; k];
                    let (new, of_known): (Vec<u32>, Vec<f64>) = columns
                        .iter()
                        .zip(&values)
                        .filter_map(|(&column, &value)| Some((left.iter().position(|&old| old == column as usize)? as u32, value)))
                        .unzip();
                    derive(&params, &add(Some(row), &left)).unwrap().scores_of(&new, &of_known, &mut expected);
                    let mut found = vec![0.0; k];
                    leave_one_out.scores(
                        Document { columns, values: &values, parts: &parts, known: &known, class: targets[row], weight: weights[row] },
                        &mut found,
                    );
                    for (found, expected) in found.iter().zip(&expected) {
                        let same = found.to_bits() == expected.to_bits()
                            || (found - expected).abs() < 1e-9;
                        prop_assert!(same, "{model:?} {found} {expected}");
                    }
                }
            }
        }
    }
}
