//! The contribution of each term to an answer, and its places in the text.

use std::{collections::BTreeMap, ops::Range};

use serde::Serialize;

use super::{TextClassifier, verdict::Scratch, weights::with_prior};
use crate::{
    error::{Error, Result},
    naive_bayes::{Linear, WeightRow},
    wording::names,
};

/// The terms of a text that argue for a label and against it.
///
/// The score is the label's joint log-likelihood less that of the alternative (one other label, or the
/// average of all others): `score` = `bias` + the sum of all contributions.
///
/// All numbers are finite. With `alpha` = 0 (or a class prior of 0) a weight can be infinite; it is
/// taken here as ±708.4, the logarithm of the smallest positive number, so that contributions can
/// still be added up.
///
/// ```
/// use slugline::{Examples, TextClassifier};
///
/// let examples = Examples::new(&["chips and code", "votes"], &["technology", "policy"])?;
/// let model = TextClassifier::params().fit(&examples)?;
/// let explanation = model.explain("Chips beat votes, and code beats votes");
/// let votes = explanation.reasons.iter().find(|reason| reason.term == "votes").unwrap();
/// assert_eq!((votes.count, votes.spans.as_slice()), (2, &[11..16, 33..38][..]));
/// let sum: f64 = explanation.reasons.iter().map(|reason| reason.contribution).sum();
/// assert!((explanation.bias + sum - explanation.score).abs() < 1e-9);
/// # Ok::<(), slugline::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Explanation {
    /// The label that is explained.
    pub label: String,
    /// The label that it is compared with; none: the average of all others.
    pub versus: Option<String>,
    /// `bias` + the sum of the contributions.
    pub score: f64,
    /// The score of a text without terms: the class prior, and for Bernoulli models all terms as absent.
    pub bias: f64,
    /// The known terms of the text, in order of the absolute contribution, the largest first.
    pub reasons: Vec<Reason>,
}

/// A term of the text, and its contribution to the score.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Reason {
    /// The term as the analysis makes it: lower case, perhaps a stem or several words.
    pub term: String,
    /// The number of its occurrences in the text.
    pub count: usize,
    /// Above 0: it argues for the label; below 0: against it.
    pub contribution: f64,
    /// Its places in the text: byte ranges in order, on character boundaries.
    pub spans: Vec<Range<usize>>,
}

impl TextClassifier {
    /// Explains the text's most likely label against the average of all others.
    pub fn explain(&self, text: &str) -> Explanation {
        let mut scratch = Scratch::default();
        let class = self.classify_with(&mut scratch, text).class();
        self.explain_class(text, class, None)
    }

    /// Explains the score of `label` for the text, compared with `versus` or (none) with the average of all
    /// other labels.
    ///
    /// # Errors
    /// [`Error::Parameter`] for a label that the model does not have, or twice the same.
    pub fn explain_label(
        &self,
        text: &str,
        label: &str,
        versus: Option<&str>,
    ) -> Result<Explanation> {
        let class = self.class_of("label", label)?;
        let versus = versus.map(|other| self.class_of("versus", other));
        let versus = versus.transpose()?;
        if versus == Some(class) {
            return Err(Error::parameter("versus", label, "another label"));
        }
        Ok(self.explain_class(text, class, versus))
    }

    /// The `n` terms that spoke most for a label in training, strongest first: the term's weight less the
    /// average of its weights for the other labels, times the sum of its values in the label's documents (and
    /// the pseudo-count of a prior).
    ///
    /// # Errors
    /// [`Error::Parameter`] for a label that the model does not have.
    pub fn top_terms(&self, label: &str, n: usize) -> Result<Vec<(String, f64)>> {
        let class = self.class_of("label", label)?;
        Ok(self
            .strongest(class..class + 1, n)?
            .pop()
            .unwrap_or_default())
    }

    /// As [`top_terms`](Self::top_terms), for each label, in the order of [`labels`](Self::labels): at once, since each
    /// one by itself reads all sums.
    ///
    /// # Errors
    /// As [`TextClassifierParams::fit`](super::TextClassifierParams::fit).
    pub fn top_terms_by_label(&self, n: usize) -> Result<Vec<Vec<(String, f64)>>> {
        self.strongest(0..self.labels.len(), n)
    }

    fn strongest(&self, of: Range<usize>, n: usize) -> Result<Vec<Vec<(String, f64)>>> {
        // The same terms as those of the weights, in the same order.
        let used = self.learned.in_use(&self.params, self.sums_are_exact())?;
        let sums = with_prior(&used.sums, &used.prior);
        let mut weights = Above::new(&self.weights.linear);
        // The terms that a label knows, ascending; all others have 0.
        let mut known: Vec<Vec<(u32, f64)>> = vec![Vec::new(); of.len()];
        for (id, (classes, sums)) in (0..).zip(sums.feature_count.iter()) {
            let own = classes.iter().zip(sums);
            let own = own.filter(|(class, sum)| of.contains(&(**class as usize)) && **sum != 0.0);
            for (&class, sum) in own {
                let class = class as usize;
                known[class - of.start].push((id, sum * weights.above(id, class)));
            }
        }
        let vocabulary = &self.weights.vocabulary;
        let term = |id: u32| vocabulary.term(id).unwrap_or_default();
        let mut by_name: Vec<u32> = (0..vocabulary.len() as u32).collect();
        by_name.sort_by(|&a, &b| term(a).cmp(term(b)));
        let strongest = |mut terms: Vec<(u32, f64)>| {
            let is_known = |id: u32| terms.binary_search_by_key(&id, |known| known.0).is_ok();
            let others: Vec<u32> = by_name
                .iter()
                .copied()
                .filter(|&id| !is_known(id))
                .take(n)
                .collect();
            terms.extend(others.into_iter().map(|id| (id, 0.0)));
            let order = |a: &(u32, f64), b: &(u32, f64)| {
                b.1.total_cmp(&a.1).then_with(|| term(a.0).cmp(term(b.0)))
            };
            // Only the strongest have to be sorted.
            if n < terms.len() {
                terms.select_nth_unstable_by(n, order);
                terms.truncate(n);
            }
            terms.sort_unstable_by(order);
            terms
                .into_iter()
                .map(|(id, weight)| (term(id).to_owned(), weight))
                .collect()
        };
        Ok(known.into_iter().map(strongest).collect())
    }

    /// The class of a label; `name` is that of the parameter.
    pub(crate) fn class_of(&self, name: &'static str, label: &str) -> Result<usize> {
        self.labels
            .iter()
            .position(|own| own == label)
            .ok_or_else(|| Error::parameter(name, label, format!("one of {}", names(&self.labels))))
    }

    fn explain_class(&self, text: &str, class: usize, versus: Option<usize>) -> Explanation {
        let mut scratch = Scratch::default();
        self.score(&mut scratch, text);

        // A tree keeps ids in order, and with them terms of equal contribution.
        let mut spans: BTreeMap<u32, Vec<Range<usize>>> = BTreeMap::new();
        let vocabulary = &self.weights.vocabulary;
        self.analyzer
            .for_each_span(text, scratch.counter.scratch(), |term, span| {
                if let Some(id) = vocabulary.id(term) {
                    spans.entry(id).or_default().push(span);
                }
            });

        let linear = &self.weights.linear;
        let mut weights = vec![0.0; self.labels.len()];
        let bias = above(&linear.bias, class, versus);
        let mut reasons: Vec<Reason> = scratch
            .columns
            .iter()
            .zip(&scratch.values)
            .map(|(&id, value)| {
                let spans = spans.remove(&id).unwrap_or_default();
                linear.row(id as usize).write(&mut weights);
                Reason {
                    term: vocabulary.term(id).unwrap_or_default().to_owned(),
                    count: spans.len(),
                    contribution: value * above(&weights, class, versus),
                    spans,
                }
            })
            .collect();
        let score = bias
            + reasons
                .iter()
                .map(|reason| reason.contribution)
                .sum::<f64>();
        reasons.sort_by(|a, b| b.contribution.abs().total_cmp(&a.contribution.abs()));
        Explanation {
            label: self.labels[class].clone(),
            versus: versus.map(|other| self.labels[other].clone()),
            score,
            bias,
            reasons,
        }
    }
}

/// The weight of a term for a class less the average of its weights for the others.
struct Above<'a> {
    linear: &'a Linear,
    /// The term whose weights these are.
    term: Option<u32>,
    weights: Vec<f64>,
    /// Their sum, where there are more than [`FEW`](Self::FEW).
    total: f64,
    /// Σ of_class, where rows are sparse.
    of_classes: f64,
}

impl<'a> Above<'a> {
    /// With more classes sparse rows are not written out, and the average is taken from the sum of all weights: a sum
    /// over all classes for each term and class would take the square of their number.
    const FEW: usize = 256;

    fn new(linear: &'a Linear) -> Self {
        let sparse = linear.sparse.as_ref();
        Self {
            linear,
            term: None,
            weights: vec![0.0; linear.n_classes()],
            total: 0.0,
            of_classes: sparse.map_or(0.0, |sparse| sparse.of_class.iter().sum()),
        }
    }

    fn above(&mut self, term: u32, class: usize) -> f64 {
        let row = self.linear.row(term as usize);
        let k = self.weights.len();
        let (own, total) = match row {
            WeightRow::Sparse {
                of_term,
                of_class,
                differences: (classes, differences),
            } if k > Self::FEW => {
                let common = |class: u32| of_term + of_class[class as usize];
                let (mut own, mut total) =
                    (common(class as u32), k as f64 * of_term + self.of_classes);
                for (&other, difference) in classes.iter().zip(differences) {
                    let weight = finite(common(other) + difference);
                    total += weight - common(other);
                    if other as usize == class {
                        own = weight;
                    }
                }
                (own, total)
            }
            _ => {
                if self.term != Some(term) {
                    self.term = Some(term);
                    row.write(&mut self.weights);
                    if k > Self::FEW {
                        self.total = self.weights.iter().copied().map(finite).sum();
                    }
                }
                if k <= Self::FEW {
                    return above(&self.weights, class, None);
                }
                (finite(self.weights[class]), self.total)
            }
        };
        own - (total - own) / (k - 1) as f64
    }
}

/// The value of a class minus that of another, or minus the average of all others.
fn above(values: &[f64], class: usize, versus: Option<usize>) -> f64 {
    let value = |class: usize| finite(values[class]);
    let others = match versus {
        Some(other) => value(other),
        None if values.len() == 1 => 0.0,
        None => {
            let others = (0..values.len()).filter(|&other| other != class);
            others.map(value).sum::<f64>() / (values.len() - 1) as f64
        }
    };
    value(class) - others
}

/// Replaces an infinite number by a very large one.
fn finite(value: f64) -> f64 {
    let most = -f64::MIN_POSITIVE.ln();
    match value.is_infinite() {
        true => most.copysign(value),
        false => value,
    }
}
