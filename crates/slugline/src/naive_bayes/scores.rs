//! Scores of a row, a few classes at a time: the hot loop of prediction.

#[cfg(test)]
use super::linear::WeightRow;
use super::linear::{Linear, LinearView, SPARSE, SparseView};
use crate::util::simd::{self, Work};

impl Linear {
    /// Writes the score of a row for each class. Each score is summed over the columns in their order, those with
    /// dense rows first, so it does not depend on how many classes are summed together.
    pub(crate) fn scores_of(&self, columns: &[u32], values: &[f64], scores: &mut [f64]) {
        scores.copy_from_slice(&self.bias);
        let LinearView { dense, sparse, .. } = self.view();
        simd::run(Dense {
            columns,
            values,
            weights: dense,
            places: sparse.map(|sparse| sparse.places),
            scores,
        });
        if let Some(sparse) = sparse {
            sparse.add(columns, values, scores);
        }
    }

    /// Writes the bias and what the sparse rows add to it.
    pub(crate) fn sparse_scores_of(&self, columns: &[u32], values: &[f64], scores: &mut [f64]) {
        scores.copy_from_slice(&self.bias);
        if let Some(sparse) = self.view().sparse {
            sparse.add(columns, values, scores);
        }
    }

    /// As [`scores_of`](Self::scores_of), with the same bits, one class at a time.
    #[cfg(test)]
    pub(crate) fn plain_scores_of(&self, columns: &[u32], values: &[f64], scores: &mut [f64]) {
        scores.copy_from_slice(&self.bias);
        let row = || {
            columns
                .iter()
                .zip(values)
                .filter(|(_, value)| **value != 0.0)
        };
        for (&column, value) in row() {
            if let WeightRow::Dense(weights) = self.row(column as usize) {
                for (score, weight) in scores.iter_mut().zip(weights) {
                    *score += value * weight;
                }
            }
        }
        let (mut all, mut of_terms) = (0.0, 0.0);
        for (&column, value) in row() {
            if let WeightRow::Sparse {
                of_term,
                differences,
                ..
            } = self.row(column as usize)
            {
                all += value;
                of_terms += value * of_term;
                for (&class, difference) in differences.0.iter().zip(differences.1) {
                    scores[class as usize] += value * difference;
                }
            }
        }
        if let Some(sparse) = self.sparse.as_ref().filter(|_| all != 0.0) {
            for (score, of_class) in scores.iter_mut().zip(&*sparse.of_class) {
                *score += of_terms + all * of_class;
            }
        }
    }

    /// Prefetches the weights of these columns for [`scores_of`](Self::scores_of).
    pub(crate) fn prefetch(&self, columns: &[u32]) {
        let view = self.view();
        for &column in columns {
            view.prefetch(column as usize);
        }
    }
}

impl SparseView<'_> {
    /// Adds the sparse rows. The parts that all classes share are added once, at the end.
    fn add(&self, columns: &[u32], values: &[f64], scores: &mut [f64]) {
        let (mut all, mut of_terms) = (0.0, 0.0);
        for (&column, &value) in columns.iter().zip(values) {
            let place = self.places[column as usize];
            if place & SPARSE == 0 || value == 0.0 {
                continue;
            }
            let row = (place & !SPARSE) as usize;
            all += value;
            of_terms += value * self.of_term[row];
            let (classes, differences) = self.differences.row(row);
            for (&class, difference) in classes.iter().zip(differences) {
                scores[class as usize] += value * difference;
            }
        }
        // Without such terms the scores of the dense rows keep their bits.
        if all != 0.0 {
            for (score, of_class) in scores.iter_mut().zip(self.of_class) {
                *score += of_terms + all * of_class;
            }
        }
    }
}

struct Dense<'a> {
    columns: &'a [u32],
    values: &'a [f64],
    weights: &'a [f64],
    places: Option<&'a [u32]>,
    scores: &'a mut [f64],
}

impl Work for Dense<'_> {
    type Output = ();

    #[inline(always)]
    fn run(mut self) {
        let mut first = 0;
        loop {
            // As many classes as there are registers for, so that a row's weights are read once.
            let classes = self.scores.len() - first;
            match classes / 4 {
                0 => break,
                1 => self.add::<4>(&mut first),
                2 => self.add::<8>(&mut first),
                3 => self.add::<12>(&mut first),
                4 => self.add::<16>(&mut first),
                5 => self.add::<20>(&mut first),
                6 => self.add::<24>(&mut first),
                7 => self.add::<28>(&mut first),
                _ => self.add::<32>(&mut first),
            }
        }
        match self.scores.len() - first {
            1 => self.add::<1>(&mut first),
            2 => self.add::<2>(&mut first),
            3 => self.add::<3>(&mut first),
            _ => {}
        }
    }
}

impl Dense<'_> {
    /// Adds to the scores of `N` classes, which stay in registers.
    #[inline(always)]
    fn add<const N: usize>(&mut self, class: &mut usize) {
        let (k, first) = (self.scores.len(), *class);
        *class += N;
        let Some(scores) = self.scores[first..].first_chunk_mut::<N>() else {
            return;
        };
        let mut sums = *scores;
        for (&column, &value) in self.columns.iter().zip(self.values) {
            // A value of 0 contributes nothing, even where the weight is infinite (alpha = 0).
            if value == 0.0 {
                continue;
            }
            let mut row = column as usize;
            if let Some(places) = self.places {
                let place = places[row];
                if place & SPARSE != 0 {
                    continue;
                }
                row = place as usize;
            }
            let at = row * k + first;
            if let Some(weights) = self.weights[at..].first_chunk::<N>() {
                for (sum, weight) in sums.iter_mut().zip(weights) {
                    *sum += value * weight;
                }
            }
        }
        *scores = sums;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::naive_bayes::{ClassRows, Sparse};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn bits_are_those_of_the_plain_loop(k in 1_usize..70, seed in any::<u32>(), with_sparse in any::<bool>()) {
            let number = |n: usize| f64::from(seed.wrapping_mul(n as u32 + 1) >> 7).sqrt() - 1e3;
            let is_sparse = |term: usize| with_sparse && number(term * 7) > 0.0;
            let (mut dense, mut all, mut places) = (Vec::new(), Vec::new(), Vec::new());
            let (mut of_term, mut differences) = (Vec::new(), Vec::new());
            let of_class: Vec<f64> = (0..k).map(|class| number(class * 11)).collect();
            for term in 0..50 {
                let mut row: Vec<f64> = (0..k).map(|class| number(term * k + class + k)).collect();
                if is_sparse(term) {
                    places.push(of_term.len() as u32 | SPARSE);
                    of_term.push(number(term * 3));
                    for (class, difference) in row.iter_mut().enumerate() {
                        *difference = if (class + term).is_multiple_of(3) { *difference } else { 0.0 };
                    }
                    differences.extend_from_slice(&row);
                    for (weight, of_class) in row.iter_mut().zip(&of_class) {
                        *weight += of_class + number(term * 3);
                    }
                } else {
                    places.push((dense.len() / k) as u32);
                    dense.extend_from_slice(&row);
                }
                all.extend(row);
            }
            let mut linear = Linear::dense((0..k).map(number).collect::<Vec<_>>(), dense);
            if with_sparse {
                linear.sparse = Some(Sparse {
                    places: places.into(),
                    of_class: of_class.into(),
                    of_term: of_term.into(),
                    differences: ClassRows::from_dense(k, &differences),
                });
            }
            for (found, expected) in linear.to_dense().iter().zip(&all) {
                prop_assert!((found - expected).abs() < 1e-9);
            }
            let columns: Vec<u32> = (0..50).filter(|column| seed >> (column % 31) & 1 == 1).collect();
            let values: Vec<f64> = columns.iter().map(|&c| if c % 7 == 0 { 0.0 } else { number(c as usize) / 1e4 }).collect();
            let (mut plain, mut quick) = (vec![0.0; k], vec![0.0; k]);
            linear.plain_scores_of(&columns, &values, &mut plain);
            linear.prefetch(&columns);
            linear.scores_of(&columns, &values, &mut quick);
            let bits = |scores: &[f64]| scores.iter().map(|score| score.to_bits()).collect::<Vec<_>>();
            prop_assert_eq!(bits(&plain), bits(&quick));
            for (class, score) in quick.iter().enumerate() {
                let products = columns.iter().zip(&values).map(|(&c, v)| v * all[c as usize * k + class]);
                let expected = linear.bias[class] + products.sum::<f64>();
                prop_assert!((score - expected).abs() < 1e-6);
            }
        }
    }
}
