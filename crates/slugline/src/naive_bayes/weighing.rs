//! Weights from sums, for all models.

use super::{
    class_rows::{ClassRows, ClassRowsView},
    linear::{Linear, SPARSE, Sparse},
};
use crate::{
    error::{Error, Result},
    util::{huge_pages::Zeroed, pool::for_each_piece},
};

/// With fewer classes than this the weights of a term fit into two cache lines, and all rows are dense.
pub(super) const MANY_CLASSES: usize = 16;
/// A term has a sparse row where it occurs in at most one in this many classes.
pub(super) const FEW: usize = 4;

/// The formula of a model for its weights.
pub(super) trait Weighing: Sync {
    /// The common part of the weights of a term, from the total of its sums.
    fn of_term(&self, term: usize, all: f64) -> f64;

    /// The weight of a term for a class, from its `sum` in the class; `all` is its total, `of_term` its common part.
    fn weight(&self, term: usize, of_term: f64, all: f64, class: usize, sum: f64) -> f64;

    /// The common part of each class's weights: with a sum of 0 a weight is this plus the term's part. None where
    /// weights are no such sums.
    fn of_class(&self) -> Option<&[f64]>;
}

/// Fails where a number for each term and class would take far more memory than the sums, which a file may claim to be
/// of many terms and many classes in a few bytes.
///
/// # Errors
/// [`Error::Parameter`] for more than 2²⁵ numbers (256 MB) and 256 for each sum.
pub(super) fn check_size(sums: &ClassRows) -> Result<()> {
    let (terms, classes) = (sums.n_features(), sums.n_classes());
    let most = (1 << 25) + sums.values().len().saturating_mul(256);
    match terms.saturating_mul(classes) <= most {
        true => Ok(()),
        false => Err(Error::parameter(
            "labels",
            classes,
            format!(
                "at most {} for {terms} terms: these settings (norm_weights, a smoothing for each term, or none) need \
                 a weight for each of both",
                most / terms.max(1)
            ),
        )),
    }
}

/// The weights of all terms. Rows of terms in few classes are sparse, if `sparse` allows it. Runs on the current
/// pool where this thread belongs to one.
///
/// # Errors
/// Of [`check_size`], where no row is sparse.
pub(super) fn weigh(
    bias: Vec<f64>,
    sums: &ClassRows,
    model: &impl Weighing,
    sparse: bool,
) -> Result<Linear> {
    let k = sums.n_classes();
    let view = sums.view();
    let of_class = model.of_class();
    let may_be_sparse = sparse
        && k >= MANY_CLASSES
        && of_class.is_some_and(|of_class| of_class.iter().all(|part| part.is_finite()));
    if !may_be_sparse {
        check_size(sums)?;
        let mut weights = Zeroed::new(sums.n_features() * k);
        for_each_piece(&mut weights, k, |term, weights| {
            dense_row(model, view, term, weights);
        });
        return Ok(Linear::dense(bias, weights));
    }

    let (mut dense_terms, mut sparse_terms, mut of_term) = (Vec::new(), Vec::new(), Vec::new());
    let mut places = Vec::with_capacity(sums.n_features());
    for (term, (classes, values)) in sums.iter().enumerate() {
        let part = model.of_term(term, values.iter().sum());
        if classes.len() * FEW <= k && part.is_finite() {
            places.push(sparse_terms.len() as u32 | SPARSE);
            sparse_terms.push(term as u32);
            of_term.push(part);
        } else {
            places.push(dense_terms.len() as u32);
            dense_terms.push(term as u32);
        }
    }
    let mut dense = Zeroed::new(dense_terms.len() * k);
    for_each_piece(&mut dense, k, |row, weights| {
        dense_row(model, view, dense_terms[row] as usize, weights);
    });
    let of_class = of_class.unwrap_or_default();
    let differences = sums.select(&sparse_terms).map_rows(|row, classes, values| {
        let (term, of_term) = (sparse_terms[row] as usize, of_term[row]);
        let all = values.iter().sum();
        for (&class, value) in classes.iter().zip(values) {
            let class = class as usize;
            *value = model.weight(term, of_term, all, class, *value) - (of_term + of_class[class]);
        }
    });
    Ok(Linear {
        bias: bias.into(),
        dense: dense.into(),
        sparse: Some(Sparse {
            places: places.into(),
            of_class: of_class.to_vec().into(),
            of_term: of_term.into(),
            differences,
        }),
    })
}

/// The weights of a term for each class.
fn dense_row(model: &impl Weighing, sums: ClassRowsView<'_>, term: usize, weights: &mut [f64]) {
    let (classes, values) = sums.row(term);
    let all = values.iter().sum();
    let of_term = model.of_term(term, all);
    match model.of_class() {
        Some(of_class) => {
            for (weight, of_class) in weights.iter_mut().zip(of_class) {
                *weight = of_term + of_class;
            }
        }
        None => {
            for (class, weight) in weights.iter_mut().enumerate() {
                *weight = model.weight(term, of_term, all, class, 0.0);
            }
        }
    }
    for (&class, &value) in classes.iter().zip(values) {
        let class = class as usize;
        weights[class] = model.weight(term, of_term, all, class, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::naive_bayes::{Model, NaiveBayesParams, derive, evidence::Evidence};
    use proptest::prelude::*;

    /// The weights by the formulas of the papers, and the part of the bias beside log P(c).
    fn by_formula(params: &NaiveBayesParams, evidence: &Evidence) -> (Vec<f64>, Vec<f64>) {
        let (k, n) = (evidence.n_classes(), evidence.n_features());
        let sums = evidence.feature_count.to_dense();
        let sum = |t: usize, c: usize| sums[t * k + c];
        let others =
            |t: usize, c: usize| (0..k).filter(|&o| o != c).map(|o| sum(t, o)).sum::<f64>();
        let alpha = |t: usize| params.alpha_of(t);
        let of_all = |of: &dyn Fn(usize) -> f64| (0..n).map(of).sum::<f64>();
        let mut weights = vec![0.0; n * k];
        let mut more = vec![0.0; k];
        for c in 0..k {
            let own = of_all(&|t| sum(t, c) + alpha(t));
            let rest = of_all(&|t| others(t, c) + alpha(t));
            let complement = |t: usize| -((others(t, c) + alpha(t)) / rest).ln();
            let length = of_all(&complement);
            for t in 0..n {
                weights[t * k + c] = match params.model {
                    Model::Multinomial => ((sum(t, c) + alpha(t)) / own).ln(),
                    Model::Complement { norm } => complement(t) / if norm { length } else { 1.0 },
                    Model::Bernoulli { .. } => {
                        let p = (sum(t, c) + alpha(t)) / (evidence.class_count[c] + 2.0 * alpha(t));
                        more[c] += (1.0 - p).ln();
                        (p / (1.0 - p)).ln()
                    }
                };
            }
        }
        (weights, more)
    }

    proptest! {
        #[test]
        fn weights_are_those_of_the_formulas(
            k in 2_usize..40,
            cells in prop::collection::vec(prop::option::weighted(0.1, 1_u8..9), 40..400),
            each in any::<bool>(),
        ) {
            let n = cells.len() / k;
            let counts: Vec<f64> = cells[..n * k].iter().map(|cell| f64::from(cell.unwrap_or(0))).collect();
            let evidence = Evidence {
                class_count: (0..k).map(|class| 10.0 + class as f64).collect::<Vec<_>>().into(),
                feature_count: ClassRows::from_dense(k, &counts),
            };
            for model in [
                Model::Multinomial,
                Model::Complement { norm: false },
                Model::Complement { norm: true },
                Model::Bernoulli { binarize: None },
            ] {
                let mut params = NaiveBayesParams::new(model).alpha(0.3);
                if each {
                    params = params.alpha((0..n).map(|t| 0.1 + t as f64 / 50.0).collect::<Vec<_>>());
                }
                let linear = derive(&params, &evidence).unwrap();
                let (weights, more) = by_formula(&params, &evidence);
                for (found, expected) in linear.to_dense().iter().zip(&weights) {
                    // A single term has a weight of 0, divided by a norm of 0.
                    let none = n == 1 && expected.is_nan();
                    prop_assert!(none || (found - expected).abs() < 1e-11, "{model:?} {found} {expected}");
                }
                let prior = params.class_log_prior(&evidence.class_count);
                let complement = matches!(model, Model::Complement { .. });
                for ((found, prior), more) in linear.bias.iter().zip(prior).zip(more) {
                    let expected = if complement { 0.0 } else { prior + more };
                    prop_assert!((found - expected).abs() < 1e-9, "{model:?} {found} {expected}");
                }
                // Rows are sparse where they can be.
                let few = evidence.feature_count.iter().any(|(classes, _)| classes.len() * FEW <= k);
                let can_be = match model {
                    Model::Complement { norm } => !norm,
                    Model::Bernoulli { .. } => !each,
                    Model::Multinomial => true,
                };
                let sparse = linear.sparse.as_ref().is_some_and(|sparse| !sparse.of_term.is_empty());
                prop_assert_eq!(sparse, few && can_be && k >= MANY_CLASSES);
            }
        }
    }
}
