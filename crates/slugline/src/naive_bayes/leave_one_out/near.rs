//! Complement models of many classes, nearly: for a refinement it does not matter what all classes share, nor the last
//! digits.
//!
//! Taking a document out changes the sums of every class but its own by the same part of each term, so that a term's
//! logarithm changes by ln(1 − u) with u the part over the sum. Where a term is known to few classes, that is one
//! number for all the others; where many know it, u is small, and three powers of it say it: no logarithm is taken
//! for a class. Where u is very small, it is that of the term over all classes. The weights of terms that many
//! classes know are added up in single precision, less their mean.
//!
//! Of abstracts with 172 classes (arXiv) all scores take less than a third of the time of exact ones.

use super::{Document, LeaveOneOutTerms, Smoothing, Totals, dense_rows::DenseRows};
use crate::{
    naive_bayes::{
        class_rows::ClassRowsView,
        linear::{Linear, SPARSE},
        params::{Model, NaiveBayesParams},
        weighing::MANY_CLASSES,
    },
    util::{
        huge_pages::Zeroed,
        math::{ln, ln_of_all_ordinary},
        simd::{self, Work},
    },
};

/// Up to here ln(1 − u) is taken from three powers of u; the next one is 2^-22 of a term's value at most.
const SMALL: f64 = 1.0 / 32.0;
/// Up to here, for the largest u of any class, ln(1 − u) is that of all classes together: off by less than this.
const TINY: f64 = 1.0 / 64.0;

pub(super) struct NearComplement {
    linear: Linear,
    /// The dense rows of it.
    weights: DenseRows,
    /// dense rows × classes: 1 / (Ñ_ct + α_t).
    inverse: Zeroed<f32>,
    /// The highest of each dense row.
    highest: Vec<f32>,
}

impl NearComplement {
    /// Whether scores of such a model are taken this way: with fewer classes it would not be worth it.
    pub(super) fn is_for(model: Model, n_classes: usize) -> bool {
        matches!(model, Model::Complement { norm: false }) && n_classes >= MANY_CLASSES
    }

    /// From the weights of the model with all documents; none where no row of it is sparse, since no total has a
    /// finite logarithm.
    pub(super) fn new(params: &NaiveBayesParams, totals: &Totals, linear: &Linear) -> Option<Self> {
        let sparse = linear.sparse.as_ref()?;
        let k = linear.n_classes();
        let mut inverse = Zeroed::new(linear.dense.len());
        let mut highest = vec![0.0_f32; linear.dense.len() / k];
        let rows = totals.sums.feature_count.iter();
        for ((term, &place), (classes, counts)) in sparse.places.iter().enumerate().zip(rows) {
            if place & SPARSE != 0 {
                continue;
            }
            let all = totals.of_terms[term] + params.alpha_of(term);
            let row = &mut inverse[place as usize * k..][..k];
            row.fill((1.0 / all) as f32);
            let mut most: f64 = 0.0;
            for (&class, &count) in classes.iter().zip(counts) {
                row[class as usize] = (1.0 / (all - count)) as f32;
                most = most.max(count);
            }
            highest[place as usize] = (1.0 / (all - most)) as f32;
        }
        Some(Self {
            weights: DenseRows::less_mean(&linear.dense, k),
            linear: linear.clone(),
            inverse,
            highest,
        })
    }

    /// Prefetches what [`scores`](Self::scores) needs of rare terms among these columns.
    pub(super) fn prefetch(&self, totals: &Totals, columns: &[u32]) {
        let Some(sparse) = &self.linear.sparse else {
            return;
        };
        let (differences, sums) = (sparse.differences.view(), totals.sums.feature_count.view());
        let places = &*sparse.places;
        for &column in columns {
            let place = places[column as usize];
            if place & SPARSE == 0 {
                continue;
            }
            let (_, numbers) = differences.row((place & !SPARSE) as usize);
            simd::prefetch(numbers, 0);
            let (classes, counts) = sums.row(column as usize);
            simd::prefetch(classes, 0);
            simd::prefetch(counts, 0);
        }
    }

    /// Leaves the scores of a document under the model without it, but for a number that all classes share.
    pub(super) fn scores(&self, totals: &Totals, left: LeaveOneOutTerms<'_>) {
        let Some(sparse) = &self.linear.sparse else {
            return;
        };
        let LeaveOneOutTerms {
            document, scores, ..
        } = left;
        let k = scores.len();
        let sums = totals.sums.feature_count.view();
        self.linear
            .sparse_scores_of(document.columns, document.values, scores);
        let dense = document.columns.iter().zip(document.values);
        let dense: Vec<(usize, f32)> = dense
            .map(|(&column, &value)| (sparse.places[column as usize], value))
            .filter(|(place, _)| place & SPARSE == 0)
            .map(|(place, value)| (place as usize, value as f32))
            .collect();
        self.weights.add(&dense, scores);
        let own = scores[document.class];
        let mut gains = vec![0.0; k];
        let of_all = simd::run(Gains {
            near: self,
            places: &sparse.places,
            sums,
            of_terms: left.of_terms,
            smoothing: left.smoothing,
            document,
            of_classes: &mut gains,
        });
        for (score, gain) in scores.iter_mut().zip(&gains) {
            *score += of_all + f64::from(*gain);
        }
        scores[document.class] = own;

        let values: f64 = document.values.iter().sum();
        let parts: f64 = document.parts.iter().sum();
        let mut lost = vec![parts * document.weight; k];
        lost[document.class] = 0.0;
        for &column in document.gone {
            // With the term goes its smoothing, in every class.
            let column = column as usize;
            let all = left.of_terms[column] + left.smoothing.of(column);
            for lost in &mut lost {
                *lost += all;
            }
            let (classes, counts) = sums.row(column);
            for (&class, count) in classes.iter().zip(counts) {
                lost[class as usize] -= count;
            }
        }
        let most = lost.iter().copied().fold(0.0, f64::max);
        let least = left.total.iter().copied().fold(f64::INFINITY, f64::min);
        let small = most <= SMALL * least;
        for ((score, &lost), &total) in scores.iter_mut().zip(&lost).zip(left.total) {
            // A branch for all classes, so that the loops are vectorised.
            *score -= values
                * if small {
                    small_gain(lost / total)
                } else {
                    gain(lost, total)
                };
        }
    }
}

/// −ln(1 − part / whole).
#[inline(always)]
fn gain(part: f64, whole: f64) -> f64 {
    let u = part / whole;
    match u <= SMALL {
        true => small_gain(u),
        // What is left is the smoothing, at least, but for rounding.
        false => -ln((1.0 - u).max(f64::EPSILON)),
    }
}

/// −ln(1 − u) where u is at most [`SMALL`].
#[inline(always)]
fn small_gain(u: f64) -> f64 {
    u + u * u * (0.5 + u * (1.0 / 3.0))
}

/// −Σ x_t ln(1 − u_tc) of a document: gives the part that is the same for all classes, and leaves the rest.
struct Gains<'a> {
    near: &'a NearComplement,
    places: &'a [u32],
    sums: ClassRowsView<'a>,
    of_terms: &'a [f64],
    smoothing: &'a Smoothing,
    document: Document<'a>,
    of_classes: &'a mut [f32],
}

impl Work for Gains<'_> {
    type Output = f64;

    #[inline(always)]
    fn run(self) -> f64 {
        let document = self.document;
        let k = self.of_classes.len();
        let mut of_all = 0.0;
        let mut rare = Vec::with_capacity(document.columns.len());
        let mut ratios = Vec::with_capacity(document.columns.len() * 4);
        let terms = document.columns.iter().zip(document.values);
        for ((&column, &value), &part) in terms.zip(document.parts) {
            let column = column as usize;
            let part = part * document.weight;
            let all = self.of_terms[column] + self.smoothing.of(column);
            let place = self.places[column];
            let row = (place & !SPARSE) as usize;
            let highest = match place & SPARSE {
                0 => part * f64::from(self.near.highest[row]),
                _ => f64::INFINITY,
            };
            if highest <= TINY {
                of_all += value * small_gain(part / all);
                continue;
            }
            if highest <= SMALL {
                let inverse = &self.near.inverse[row * k..][..k];
                let (value, part) = (value as f32, part as f32);
                for (sum, inverse) in self.of_classes.iter_mut().zip(inverse) {
                    let u = part * inverse;
                    *sum += value * (u + u * u * (0.5 + u * (1.0 / 3.0)));
                }
                continue;
            }
            // What is left is the smoothing, at least, but for rounding.
            let ratio = |whole: f64| (1.0 - part / whole).max(f64::EPSILON);
            ratios.push(ratio(all));
            let (classes, counts) = self.sums.row(column);
            ratios.extend(counts.iter().map(|count| ratio(all - count)));
            rare.push((value, classes));
        }
        // Together, so that they are vectorised.
        ln_of_all_ordinary(&mut ratios);
        let mut logs = &*ratios;
        for (value, classes) in rare {
            let Some((common, rest)) = logs.split_first() else {
                break;
            };
            let (of_classes, rest) = rest.split_at(classes.len());
            of_all -= value * common;
            for (&class, log) in classes.iter().zip(of_classes) {
                self.of_classes[class as usize] += (value * (common - log)) as f32;
            }
            logs = rest;
        }
        of_all
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::naive_bayes::{ClassRows, LeaveOneOut, derive, evidence::Evidence};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn scores_are_nearly_those_of_leave_one_out_but_for_what_classes_share(
            k in 16_usize..40,
            cells in prop::collection::vec(prop::option::weighted(0.2, 1_u8..9), 700..900),
            document in prop::collection::vec((any::<bool>(), 1_u8..9), 16),
            class in 0_usize..16,
            doubled in any::<bool>(),
            frequent in any::<bool>(),
        ) {
            // The first terms are known to many classes, the last one goes with the document. Of frequent terms a
            // document is a very small part.
            let frequency = if frequent { 512.0 } else { 1.0 };
            let n = 17;
            let weight = if doubled { 2.0 } else { 1.0 };
            let mut counts = vec![0.0; n * k];
            for (at, count) in counts[..16 * k].iter_mut().enumerate() {
                let cell = cells.get(at).copied().flatten().map_or(0.0, f64::from);
                *count = frequency * (cell / 16.0 + if at < 5 * k { 1.0 } else { 0.0 });
            }
            let (mut columns, mut values) = (Vec::new(), Vec::new());
            for (column, (present, cell)) in document.into_iter().enumerate() {
                if present {
                    columns.push(column as u32);
                    values.push(f64::from(cell) / 16.0);
                    counts[column * k + class] += weight * f64::from(cell) / 16.0;
                }
            }
            counts[16 * k + class] = weight * 0.25;
            let evidence = Evidence {
                class_count: vec![3.0; k].into(),
                feature_count: ClassRows::from_dense(k, &counts),
            };
            let model = Model::Complement { norm: false };
            let params = NaiveBayesParams::new(model).alpha(0.3);
            let document = Document { columns: &columns, values: &values, parts: &values, gone: &[16], class, weight };
            let (mut exact, mut near) = (vec![0.0; k], vec![0.0; k]);
            let totals = Totals::new(model, evidence.clone());
            LeaveOneOut::new(&params, &totals, true).unwrap().scores(document, &mut exact);
            let linear = derive(&params, &evidence).unwrap();
            let totals = Totals::near(model, evidence);
            LeaveOneOut::near(&params, &totals, &linear).unwrap().scores(document, &mut near);
            let mean = |scores: &[f64]| scores.iter().sum::<f64>() / k as f64;
            let (shared, of_exact) = (mean(&near), mean(&exact));
            // Of terms whose part is tiny in every sum, all classes have that of the sum over all.
            let far = |(&column, &value): (&u32, &f64)| {
                let counts = &counts[column as usize * k..][..k];
                let all = counts.iter().sum::<f64>() + 0.3;
                let of = |whole: f64| value * weight / whole;
                let highest = of(all - counts.iter().copied().fold(0.0, f64::max));
                if highest <= TINY * 1.001 { value * (highest - of(all)) } else { 0.0 }
            };
            let far = 1e-4 + columns.iter().zip(&values).map(far).sum::<f64>();
            for (near, exact) in near.iter().zip(&exact) {
                let (near, exact) = (near - shared, exact - of_exact);
                prop_assert!((near - exact).abs() < far * exact.abs().max(1.0), "{near} {exact}");
            }
        }
    }
}
