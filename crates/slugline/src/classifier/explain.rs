//! The contribution of each term to an answer, and its places in the text.

use std::{collections::BTreeMap, ops::Range};

use serde::Serialize;

use super::{TextClassifier, verdict::Scratch, weights::with_prior};
use crate::{
    error::{Error, Result},
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
        let k = self.labels.len();
        // The same terms as those of the weights, in the same order.
        let used = self.learned.in_use(&self.params, self.sums_are_exact())?;
        let sums = with_prior(&used.sums, &used.prior);
        let mut weights = vec![0.0; k];
        let mut terms: Vec<(&str, f64)> = self
            .weights
            .vocabulary
            .iter()
            .enumerate()
            .map(|(id, term)| {
                let sum = sums.feature_count.get(id, class);
                if sum == 0.0 {
                    return (term, 0.0);
                }
                self.weights.linear.row(id).write(&mut weights);
                (term, sum * above(&weights, class, None))
            })
            .collect();
        let order = |a: &(&str, f64), b: &(&str, f64)| b.1.total_cmp(&a.1).then(a.0.cmp(b.0));
        // Only the strongest have to be sorted.
        if n < terms.len() {
            terms.select_nth_unstable_by(n, order);
            terms.truncate(n);
        }
        terms.sort_unstable_by(order);
        let strongest = terms.into_iter().take(n);
        Ok(strongest
            .map(|(term, weight)| (term.to_owned(), weight))
            .collect())
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
