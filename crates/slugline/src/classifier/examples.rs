//! Labelled texts: what every way of learning takes.

use std::borrow::Cow;

use super::{
    label_type::check_sorted,
    labels::{ClassShare, Classes, join_labels, number_labels},
    params::TextClassifierParams,
};
use crate::error::{Error, Result, same_length};

/// Texts, the label of each (or the probability of each label), and perhaps a weight for each. Borrows the texts; the
/// labels are checked and numbered once, when it is made.
///
/// ```
/// use slugline::{Examples, TextClassifier};
///
/// let texts = ["chips and code", "votes on bills", "code for phones"];
/// let examples = Examples::new(&texts, &["technology", "policy", "technology"])?;
/// assert_eq!((examples.labels(), examples.targets()), (&["policy".into(), "technology".into()][..], &[1, 0, 1][..]));
/// let model = TextClassifier::params().fit(&examples)?;
/// assert_eq!(model.classify("new code").label(), "technology");
///
/// // A document of weight 2 adds twice as much to the sums of its class.
/// let examples = examples.with_weights(&[1.0, 2.0, 1.0])?;
/// assert_eq!(TextClassifier::params().fit(&examples)?.class_count(), [2.0, 2.0]);
///
/// // Labels that are numbered already; a label that no text has becomes a label of the model, too.
/// let labels = ["markets", "policy", "technology"].map(str::to_owned).to_vec();
/// let examples = Examples::numbered(&texts, labels, &[2, 1, 2])?;
/// assert_eq!(TextClassifier::params().fit(&examples)?.labels().len(), 3);
/// # Ok::<(), slugline::Error>(())
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct Examples<'a, S> {
    texts: &'a [S],
    /// Sorted and distinct.
    labels: Vec<String>,
    targets: Cow<'a, [usize]>,
    /// Of probabilities: for each label the texts that have it in part.
    shares: Option<Vec<ClassShare>>,
    weights: Option<&'a [f64]>,
}

impl<'a, S> Examples<'a, S> {
    /// Texts, and the label of each.
    ///
    /// # Errors
    /// [`Error::Length`] where the lengths differ, [`Error::Parameter`] for an empty label.
    pub fn new<L: AsRef<str>>(texts: &'a [S], labels: &[L]) -> Result<Self> {
        same_length("labels (one for each text)", texts.len(), labels.len())?;
        let (labels, targets) = number_labels(labels)?;
        Ok(Self {
            texts,
            labels,
            targets: targets.into(),
            shares: None,
            weights: None,
        })
    }

    /// Texts whose labels are numbered already: `targets[i]` is the position of text `i`'s label in `labels`, which
    /// are sorted and distinct. A label that no text has becomes a label of the model, too. The label of
    /// [background](crate::TextClassifierParams::background) documents may be among them; it does not become one.
    ///
    /// # Errors
    /// [`Error::Length`] where the lengths differ, [`Error::Parameter`] for labels that are not sorted, equal or
    /// empty, and for a target that is no position of a label.
    pub fn numbered(texts: &'a [S], labels: Vec<String>, targets: &'a [usize]) -> Result<Self> {
        same_length("targets (one for each text)", texts.len(), targets.len())?;
        if !labels.is_empty() {
            check_sorted(&labels)?;
        }
        if let Some(&class) = targets.iter().find(|&&class| class >= labels.len()) {
            return Err(Error::parameter(
                "targets",
                class,
                format!("class ids below {}", labels.len()),
            ));
        }
        Ok(Self {
            texts,
            labels,
            targets: targets.into(),
            shares: None,
            weights: None,
        })
    }

    /// Texts whose labels have probabilities: for each of `labels` (sorted and distinct) the texts that have it in part,
    /// and the most likely one of each text.
    pub(super) fn of_shares(
        texts: &'a [S],
        labels: Vec<String>,
        targets: Vec<usize>,
        shares: Vec<ClassShare>,
    ) -> Self {
        Self {
            texts,
            labels,
            targets: targets.into(),
            shares: Some(shares),
            weights: None,
        }
    }

    /// The same texts with a weight ≥ 0 for each: a text of weight 2 adds twice as much to the sums of its class.
    /// Document frequencies count every text once, as in scikit-learn.
    ///
    /// # Errors
    /// [`Error::Length`] where the lengths differ, [`Error::Parameter`] for a weight that is negative or not finite.
    pub fn with_weights(self, weights: &'a [f64]) -> Result<Self> {
        let what = "sample weights (one for each text)";
        same_length(what, self.texts.len(), weights.len())?;
        let good = |weight: f64| weight >= 0.0 && weight.is_finite();
        if let Some(weight) = weights.iter().find(|&&weight| !good(weight)) {
            let expected = "finite numbers, 0 or more, not all 0";
            return Err(Error::parameter("sample_weight", weight, expected));
        }
        Ok(Self {
            weights: Some(weights),
            ..self
        })
    }

    /// The number of texts.
    pub fn len(&self) -> usize {
        self.texts.len()
    }

    /// Whether there are no texts.
    pub fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }

    /// The texts.
    pub fn texts(&self) -> &'a [S] {
        self.texts
    }

    /// The labels, sorted and distinct.
    pub fn labels(&self) -> &[String] {
        &self.labels
    }

    /// The position of each text's label among [`labels`](Self::labels); of probabilities, that of the most likely
    /// label, the first in sorted order of equals.
    pub fn targets(&self) -> &[usize] {
        &self.targets
    }

    /// The weight of each text; none where each counts for 1.
    pub fn weights(&self) -> Option<&'a [f64]> {
        self.weights
    }

    /// The label of each text, in order.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        let names = self.targets.iter();
        names.map(|&target| self.labels[target].as_str())
    }

    /// The classes of the texts under these settings, where the model has `more` labels.
    ///
    /// # Errors
    /// [`Error::Parameter`] where one of `more` is empty, or where there is no label but the background's.
    pub(crate) fn classes_and<'l>(
        &self,
        params: &TextClassifierParams,
        more: impl Iterator<Item = &'l str>,
    ) -> Result<Classes> {
        let (labels, targets) = join_labels(&self.labels, &self.targets, more)?;
        check_sorted(&labels)?;
        let shares = self.shares.as_ref().map(|shares| {
            let mut joined = vec![ClassShare::new(); labels.len()];
            for (label, of_label) in self.labels.iter().zip(shares) {
                joined[labels.partition_point(|other| other < label)].clone_from(of_label);
            }
            joined
        });
        Classes::new(params, labels, targets, shares)
    }

    /// Fails where texts have probabilities.
    ///
    /// # Errors
    /// [`Error::Parameter`], with what needs labels.
    pub(crate) fn need_labels(&self, what: &str) -> Result<()> {
        match self.shares {
            None => Ok(()),
            Some(_) => Err(Error::parameter(
                "labels",
                "probabilities",
                format!("one label for each text, which {what} needs"),
            )),
        }
    }

    /// The classes of a model with these settings, the labels of its prior among them.
    ///
    /// # Errors
    /// [`Error::Parameter`] where there is no label, or none but the background's.
    pub(crate) fn classes(&self, params: &TextClassifierParams) -> Result<Classes> {
        self.classes_and(params, params.prior.labels())
    }
}
