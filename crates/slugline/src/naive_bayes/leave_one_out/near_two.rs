//! Complement models of two classes, nearly: the sums of the document's own class are those of the other documents, so
//! that its weights serve, and logarithms are taken for the other class alone.

use super::{Document, LeaveOneOutTerms};
use crate::{
    naive_bayes::{linear::Linear, params::Model},
    util::{
        array::Array,
        math::{ln, ln_of_all_ordinary},
        simd::Work,
    },
};

/// The terms whose logarithms are taken together.
const TERMS: usize = 8;

pub(super) struct NearTwo {
    /// terms × 2.
    weights: Array<f64>,
}

impl NearTwo {
    /// None for other models. The sums plus their smoothing are ordinary numbers (`math::is_ordinary`).
    pub(super) fn new(model: Model, linear: &Linear) -> Option<Self> {
        let is_for = matches!(model, Model::Complement { norm: false }) && linear.n_classes() == 2;
        is_for.then(|| Self {
            weights: linear.dense.clone(),
        })
    }

    /// Writes the scores of a document under the model without it.
    pub(super) fn scores<'a>(&'a self, left: LeaveOneOutTerms<'a>) -> impl Work<Output = ()> {
        Scores {
            weights: self.weights.as_chunks().0,
            counts: left.counts.as_chunks().0,
            left,
        }
    }
}

struct Scores<'a> {
    weights: &'a [[f64; 2]],
    counts: &'a [[f64; 2]],
    left: LeaveOneOutTerms<'a>,
}

impl Work for Scores<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let LeaveOneOutTerms {
            of_terms,
            smoothing,
            total,
            document,
            scores,
            ..
        } = self.left;
        let Document {
            columns,
            values,
            parts,
            gone,
            class: own,
            weight,
        } = document;
        let other = 1 - own;
        let (mut of_own, mut of_other) = (0.0, 0.0);
        let (mut all_values, mut all_parts) = (0.0, 0.0);
        let others = values.chunks(TERMS).zip(parts.chunks(TERMS));
        for (columns, (values, parts)) in columns.chunks(TERMS).zip(others) {
            let mut logs = [1.0; TERMS];
            for ((log, &column), &part) in logs.iter_mut().zip(columns).zip(parts) {
                let column = column as usize;
                let sum = of_terms[column] - self.counts[column][other];
                // Rounding may leave a number below 0.
                *log = (sum - part * weight).max(0.0) + smoothing.of(column);
                all_parts += part;
            }
            ln_of_all_ordinary(&mut logs);
            for ((log, &column), &value) in logs.iter().zip(columns).zip(values) {
                of_own += value * self.weights[column as usize][own];
                of_other += value * log;
                all_values += value;
            }
        }
        let mut lost = [0.0; 2];
        lost[other] = all_parts * weight;
        for &column in gone {
            // With the term goes its smoothing, in both classes.
            let column = column as usize;
            for (lost, count) in lost.iter_mut().zip(self.counts[column]) {
                *lost += of_terms[column] - count + smoothing.of(column);
            }
        }
        let of_total = |class: usize| ln((total[class] - lost[class]).max(0.0));
        if all_values != 0.0 {
            scores[own] += of_own + all_values * (of_total(own) - ln(total[own]));
            scores[other] += all_values * of_total(other) - of_other;
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::naive_bayes::{
        ClassRows, Document, LeaveOneOut, Model, NaiveBayesParams, Totals, derive,
        evidence::Evidence,
    };
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn scores_are_those_of_leave_one_out_but_for_rounding(
            cells in prop::collection::vec(0_u8..9, 40),
            document in prop::collection::vec((any::<bool>(), 1_u8..9), 19),
            class in 0_usize..2,
            doubled in any::<bool>(),
        ) {
            let weight = if doubled { 2.0 } else { 1.0 };
            let mut counts: Vec<f64> = cells.iter().map(|&cell| f64::from(cell) / 16.0).collect();
            let (mut columns, mut values) = (Vec::new(), Vec::new());
            for (column, (present, cell)) in document.into_iter().enumerate() {
                if present {
                    columns.push(column as u32);
                    values.push(f64::from(cell) / 16.0);
                    counts[column * 2 + class] += weight * f64::from(cell) / 16.0;
                }
            }
            // The last term goes with the document.
            counts[38] = 0.0;
            counts[39] = 0.0;
            counts[38 + class] = weight * 0.25;
            let evidence = Evidence {
                class_count: vec![3.0; 2].into(),
                feature_count: ClassRows::from_dense(2, &counts),
            };
            let model = Model::Complement { norm: false };
            let params = NaiveBayesParams::new(model).alpha(0.3);
            let linear = derive(&params, &evidence).unwrap();
            let parts: Vec<f64> = values.iter().map(|value| value * 0.5).collect();
            let document = Document { columns: &columns, values: &values, parts: &parts, gone: &[19], class, weight };
            let totals = Totals::near(model, evidence);
            let (mut exact, mut near) = ([0.0; 2], [0.0; 2]);
            LeaveOneOut::new(&params, &totals, true).unwrap().scores(document, &mut exact);
            let two = LeaveOneOut::near(&params, &totals, &linear).unwrap();
            prop_assert!(two.two.is_some());
            two.scores(document, &mut near);
            for (near, exact) in near.iter().zip(exact) {
                prop_assert!((near - exact).abs() < 1e-12 * exact.abs().max(1.0), "{near} {exact}");
            }
        }
    }
}
