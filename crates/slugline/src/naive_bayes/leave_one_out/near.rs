//! Complement models of many classes, nearly: of the scores for a refinement a millionth does not matter.
//!
//! Taking a document out changes the sums of every class but its own by the same part of each term, so that a term's
//! logarithm changes by ln(1 − u) with u the part over the sum. Where a term is known to few classes, that is one
//! number for all the others; where many know it, u is small, and three powers of it say it: no logarithm is taken
//! for a class. Of abstracts with 172 classes (arXiv) all scores take a tenth of the time.

use super::{LeaveOneOutTerms, Totals};
use crate::{
    error::Result,
    naive_bayes::{
        derive,
        linear::{Linear, SPARSE},
        params::{Model, NaiveBayesParams},
        weighing::MANY_CLASSES,
    },
    util::{
        huge_pages::Zeroed,
        math::ln,
        simd::{self, Work},
    },
};

/// Up to here ln(1 − u) is taken from three powers of u; the next one is 2^-22 of a term's value at most.
const SMALL: f64 = 1.0 / 32.0;

/// −ln(1 − u) for small u.
macro_rules! powers {
    ($u:expr, $number:ty) => {
        $u + $u * $u * (0.5 + $u * (1.0 / 3.0 as $number))
    };
}

pub(super) struct NearComplement {
    linear: Linear,
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

    /// # Errors
    /// As [`derive`], and [`Linear::check`].
    pub(super) fn new(params: &NaiveBayesParams, totals: &Totals) -> Result<Self> {
        let linear = derive(params, &totals.sums)?;
        linear.check(params, &totals.sums)?;
        let Some(sparse) = &linear.sparse else {
            // Only where no total has a finite logarithm.
            return Err(params.why_no_number(&totals.sums));
        };
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
        Ok(Self {
            linear,
            inverse,
            highest,
        })
    }

    /// Leaves the scores of a document under the model without it.
    pub(super) fn scores(&self, totals: &Totals, left: LeaveOneOutTerms<'_>) {
        let LeaveOneOutTerms {
            document, scores, ..
        } = left;
        let sums = totals.sums.feature_count.view();
        let k = scores.len();
        let Some(sparse) = &self.linear.sparse else {
            return;
        };
        self.linear
            .scores_of(document.columns, document.values, scores);
        let own = scores[document.class];
        // −Σ x_t ln(1 − u_tc): in part the same for all classes.
        let mut of_all = 0.0;
        let mut of_classes = vec![0.0_f32; k];
        let (mut values, mut parts) = (0.0, 0.0);
        let terms = document.columns.iter().zip(document.values);
        for ((&column, &value), &part) in terms.zip(document.parts) {
            let column = column as usize;
            let part = part * document.weight;
            values += value;
            parts += part;
            let alpha = left.smoothing.of(column);
            let all = left.of_terms[column] + alpha;
            let gain = |others: f64| match part / others {
                u if u <= SMALL => powers!(u, f64),
                _ => -ln((others - part).max(alpha) / others),
            };
            let place = sparse.places[column];
            let row = (place & !SPARSE) as usize;
            if place & SPARSE != 0 {
                let common = gain(all);
                of_all += value * common;
                let (classes, counts) = sums.row(column);
                for (&class, count) in classes.iter().zip(counts) {
                    let more = gain(all - count) - common;
                    of_classes[class as usize] += (value * more) as f32;
                }
            } else if part * f64::from(self.highest[row]) <= SMALL {
                simd::run(Powers {
                    inverse: &self.inverse[row * k..][..k],
                    part: part as f32,
                    value: value as f32,
                    sums: &mut of_classes,
                });
            } else {
                let mut counts = vec![0.0; k];
                let (classes, own) = sums.row(column);
                for (&class, &own) in classes.iter().zip(own) {
                    counts[class as usize] = own;
                }
                for (sum, count) in of_classes.iter_mut().zip(&counts) {
                    *sum += (value * gain(all - count)) as f32;
                }
            }
        }
        for (score, of_class) in scores.iter_mut().zip(&of_classes) {
            *score += of_all + f64::from(*of_class);
        }
        scores[document.class] = own;
        if values == 0.0 {
            return;
        }
        let mut lost = vec![parts; k];
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
        for ((score, lost), total) in scores.iter_mut().zip(&lost).zip(left.total) {
            let u = lost / total;
            *score -= values
                * match u <= SMALL {
                    true => powers!(u, f64),
                    false => -ln((1.0 - u).max(0.0)),
                };
        }
    }
}

/// Adds the value times −ln(1 − u) of a term to the sum of each class.
struct Powers<'a> {
    inverse: &'a [f32],
    part: f32,
    value: f32,
    sums: &'a mut [f32],
}

impl Work for Powers<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        for (sum, inverse) in self.sums.iter_mut().zip(self.inverse) {
            let u = self.part * inverse;
            *sum += self.value * powers!(u, f32);
        }
    }
}
