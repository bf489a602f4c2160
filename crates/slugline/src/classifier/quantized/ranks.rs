//! The order of the terms, so that rows that are read together lie together.

use crate::naive_bayes::{Linear, WeightRow};

/// With fewer classes than this all rows are dense: a second pass would cost more than it saves.
const MANY_CLASSES: usize = 64;
/// A row is sparse where at most one in this many classes has a number of its own: adding eight adjacent numbers
/// takes as long as adding one to its class.
const FEW: usize = 8;

/// The ids of the terms by rank, and the number of dense rows. These come first; within each kind terms are ordered by
/// idf in steps, frequent ones first. Terms of a step keep their order.
pub(super) fn ranks(idf: &[f64], linear: &Linear) -> (Vec<u32>, usize) {
    const STEPS: usize = 256;
    let k = linear.n_classes();
    let may_be_sparse = k >= MANY_CLASSES;
    let view = linear.view();
    let is_sparse = |id: usize| match view.row(id) {
        WeightRow::Dense(_) => false,
        WeightRow::Sparse { differences, .. } => differences.0.len() * FEW <= k,
    };
    let step = |(id, idf): (usize, &f64)| {
        let sparse = may_be_sparse && is_sparse(id);
        // The idf of a term that a millionth of all documents hold is 15.
        (((idf * 16.0) as usize).min(STEPS - 1) + usize::from(sparse) * STEPS) as u16
    };
    let steps: Vec<u16> = idf.iter().enumerate().map(step).collect();
    let mut starts = [0_usize; 2 * STEPS + 1];
    for &step in &steps {
        starts[step as usize + 1] += 1;
    }
    for at in 1..=2 * STEPS {
        starts[at] += starts[at - 1];
    }
    let dense = starts[STEPS];
    let mut ids = vec![0; idf.len()];
    for (id, &step) in steps.iter().enumerate() {
        let next = &mut starts[step as usize];
        ids[*next] = id as u32;
        *next += 1;
    }
    (ids, dense)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::naive_bayes::{ClassRows, SPARSE, Sparse};

    #[test]
    fn dense_and_frequent_terms_come_first() {
        let idf = [9.0, 1.0, 1e300, 1.01, 5.0, f64::INFINITY];
        let mut linear = Linear::dense(vec![0.0], vec![0.0; 6]);
        assert_eq!(ranks(&idf, &linear), (vec![1, 3, 4, 0, 2, 5], 6));
        linear.sparse = Some(Sparse {
            places: [0, SPARSE, 1, SPARSE | 1, 2, SPARSE | 2].to_vec().into(),
            of_class: vec![0.0].into(),
            of_term: vec![0.0; 3].into(),
            differences: ClassRows::zero(1, 3),
        });
        assert_eq!(ranks(&idf, &linear), (vec![1, 3, 4, 0, 2, 5], 6));
        linear.bias = vec![0.0; MANY_CLASSES].into();
        linear.dense = vec![0.0; MANY_CLASSES * 3].into();
        assert_eq!(ranks(&idf, &linear), (vec![4, 0, 2, 1, 3, 5], 3));
    }
}
