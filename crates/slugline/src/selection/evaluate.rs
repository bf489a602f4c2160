//! The figures of a classifier: accuracy, precision, recall, F1, confusion, log-loss, calibration,
//! and cross-validation.

pub use super::off_topic::{OffTopic, OffTopicReport};

use std::collections::BTreeMap;

use serde::Serialize;

use crate::{
    classifier::{Examples, Scratch, TextClassifier, TextClassifierParams, Verdict},
    error::{Error, Result},
    wording::count,
};

/// Counts of answers and true labels, from which all figures follow. The memory is constant in the number
/// of documents.
///
/// ```
/// use slugline::{Examples, TextClassifier, evaluate::Evaluation};
///
/// let examples = Examples::new(&["chips and code", "votes on bills"], &["technology", "policy"])?;
/// let model = TextClassifier::params().fit(&examples)?;
/// let mut evaluation = Evaluation::new(model.labels());
/// for (text, truth) in [("new chips", "technology"), ("more votes", "policy"), ("code", "policy")] {
///     evaluation.add(truth, &model.classify(text));
/// }
/// assert_eq!(evaluation.n(), 3);
/// assert!((evaluation.accuracy() - 2.0 / 3.0).abs() < 1e-12);
/// // truth × predicted: one document of policy was taken for technology.
/// assert_eq!(evaluation.confusion(), [[1, 1], [0, 1]]);
/// # Ok::<(), slugline::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Evaluation {
    labels: Vec<String>,
    position: BTreeMap<String, usize>,
    /// truth × predicted.
    confusion: Vec<Vec<u64>>,
    log_loss: f64,
    /// For each tenth of confidence: number of documents, right answers, sum of the confidences.
    bins: [(u64, u64, f64); 10],
}

/// Scores of one class.
///
/// ```
/// use slugline::{Examples, TextClassifier, evaluate::Evaluation};
///
/// let examples = Examples::new(&["chips and code", "votes on bills"], &["technology", "policy"])?;
/// let model = TextClassifier::params().fit(&examples)?;
/// let mut evaluation = Evaluation::new(model.labels());
/// for (text, truth) in [("new chips", "technology"), ("more votes", "policy"), ("code", "policy")] {
///     evaluation.add(truth, &model.classify(text));
/// }
/// let policy = &evaluation.per_class()[0];
/// assert_eq!((policy.label.as_str(), policy.precision, policy.recall, policy.support), ("policy", 1.0, 0.5, 2));
/// # Ok::<(), slugline::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ClassScores {
    /// The class.
    #[serde(skip)]
    pub label: String,
    /// The part of the documents with this answer whose true label it is; 0 where no answer is this label.
    pub precision: f64,
    /// The part of the documents with this true label whose answer it is; 0 where there are none.
    pub recall: f64,
    /// 2 · precision · recall / (precision + recall); 0 where both are 0.
    pub f1: f64,
    /// The number of documents with this true label.
    pub support: u64,
}

/// All figures at once, for output.
///
/// ```
/// use slugline::{Examples, TextClassifier, evaluate::Evaluation};
///
/// let examples = Examples::new(&["chips and code", "votes on bills"], &["technology", "policy"])?;
/// let model = TextClassifier::params().fit(&examples)?;
/// let mut evaluation = Evaluation::new(model.labels());
/// for (text, truth) in [("new chips", "technology"), ("more votes", "policy"), ("code", "policy")] {
///     evaluation.add(truth, &model.classify(text));
/// }
/// let report = evaluation.report();
/// assert_eq!((report.n, report.labels.len()), (3, 2));
/// assert_eq!(report.accuracy, evaluation.accuracy());
/// assert_eq!(report.per_class["technology"].recall, 1.0);
/// # Ok::<(), slugline::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
#[allow(
    missing_docs,
    reason = "each field is documented at the method of its name"
)]
#[non_exhaustive]
pub struct Report {
    pub n: u64,
    pub accuracy: f64,
    pub macro_f1: f64,
    pub weighted_f1: f64,
    pub log_loss: f64,
    pub calibration_error: f64,
    pub labels: Vec<String>,
    pub per_class: BTreeMap<String, ClassScores>,
    pub confusion: Vec<Vec<u64>>,
}

fn ratio(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { part / whole } else { 0.0 }
}

impl Evaluation {
    /// Makes an empty evaluation for a classifier with these labels.
    pub fn new(labels: &[String]) -> Self {
        let mut evaluation = Self {
            labels: Vec::new(),
            position: BTreeMap::new(),
            confusion: Vec::new(),
            log_loss: 0.0,
            bins: [(0, 0, 0.0); 10],
        };
        for label in labels {
            evaluation.number(label);
        }
        evaluation
    }

    /// The position of a label; a new one is appended.
    fn number(&mut self, label: &str) -> usize {
        if let Some(&position) = self.position.get(label) {
            return position;
        }
        let position = self.labels.len();
        self.labels.push(label.to_owned());
        self.position.insert(label.to_owned(), position);
        for row in &mut self.confusion {
            row.push(0);
        }
        self.confusion.push(vec![0; position + 1]);
        position
    }

    /// Adds an answer and the true label. A true label that the classifier does not have counts
    /// as an error of probability 0 and becomes a class of its own.
    pub fn add(&mut self, truth: &str, verdict: &Verdict<'_, '_>) {
        let probability = verdict
            .by_label()
            .find(|(label, _)| *label == truth)
            .map_or(0.0, |(_, probability)| probability);
        let (row, column) = (self.number(truth), self.number(verdict.label()));
        self.add_numbered(row, column, probability, verdict.probability());
    }

    /// As [`add`](Self::add), for labels by number: the true one and the answer's, with the probabilities of both.
    pub(crate) fn add_numbered(
        &mut self,
        row: usize,
        column: usize,
        probability: f64,
        confidence: f64,
    ) {
        self.confusion[row][column] += 1;
        // As in scikit-learn: a true label with probability 0 costs −ln(2^-52), not infinity.
        self.log_loss -= probability.clamp(f64::EPSILON, 1.0 - f64::EPSILON).ln();
        let bin = ((confidence * 10.0) as usize).min(9);
        self.bins[bin].0 += 1;
        self.bins[bin].1 += u64::from(row == column);
        self.bins[bin].2 += confidence;
    }

    /// Adds the answers of another evaluation.
    pub fn merge(&mut self, other: &Self) {
        let numbers: Vec<usize> = other
            .labels
            .iter()
            .map(|label| self.number(label))
            .collect();
        for (row, counts) in numbers.iter().zip(&other.confusion) {
            for (column, count) in numbers.iter().zip(counts) {
                self.confusion[*row][*column] += count;
            }
        }
        self.log_loss += other.log_loss;
        for (bin, more) in self.bins.iter_mut().zip(&other.bins) {
            bin.0 += more.0;
            bin.1 += more.1;
            bin.2 += more.2;
        }
    }

    /// The number of documents.
    pub fn n(&self) -> u64 {
        self.confusion.iter().flatten().sum()
    }

    /// The labels of the classifier, then those that occur only as true labels.
    pub fn labels(&self) -> &[String] {
        &self.labels
    }

    /// The confusion matrix, truth × predicted, in the order of [`labels`](Self::labels).
    pub fn confusion(&self) -> &[Vec<u64>] {
        &self.confusion
    }

    /// The part of answers that are right; 0 where there are none.
    pub fn accuracy(&self) -> f64 {
        let right: u64 = (0..self.labels.len())
            .map(|class| self.confusion[class][class])
            .sum();
        ratio(right as f64, self.n() as f64)
    }

    /// Precision, recall and F1 of every class.
    pub fn per_class(&self) -> Vec<ClassScores> {
        let scores = |(class, label): (usize, &String)| {
            let right = self.confusion[class][class] as f64;
            let support: u64 = self.confusion[class].iter().sum();
            let given: u64 = self.confusion.iter().map(|row| row[class]).sum();
            ClassScores {
                label: label.clone(),
                precision: ratio(right, given as f64),
                recall: ratio(right, support as f64),
                f1: ratio(2.0 * right, (given + support) as f64),
                support,
            }
        };
        self.labels.iter().enumerate().map(scores).collect()
    }

    /// The mean F1 over the classes that occur, among the true labels or the answers.
    pub fn macro_f1(&self) -> f64 {
        let given = |class: usize| self.confusion.iter().any(|row| row[class] > 0);
        let occurring: Vec<f64> = self
            .per_class()
            .iter()
            .enumerate()
            .filter(|(class, scores)| scores.support > 0 || given(*class))
            .map(|(_, scores)| scores.f1)
            .collect();
        ratio(occurring.iter().sum(), occurring.len() as f64)
    }

    /// The mean F1 weighted by the number of documents of each class.
    pub fn weighted_f1(&self) -> f64 {
        let weighted = self
            .per_class()
            .iter()
            .map(|scores| scores.f1 * scores.support as f64)
            .sum();
        ratio(weighted, self.n() as f64)
    }

    /// The mean of −ln P(true label), in nats; probabilities are kept 2^-52 away from 0 and 1.
    pub fn log_loss(&self) -> f64 {
        ratio(self.log_loss, self.n() as f64)
    }

    /// Expected calibration error (Naeini et al. 2015): over ten equal bins of confidence, the mean
    /// distance between confidence and accuracy, weighted by the documents in the bin.
    pub fn calibration_error(&self) -> f64 {
        let off = |&(_, right, confidence): &(u64, u64, f64)| (confidence - right as f64).abs();
        ratio(self.bins.iter().map(off).sum(), self.n() as f64)
    }

    /// All figures at once.
    pub fn report(&self) -> Report {
        Report {
            n: self.n(),
            accuracy: self.accuracy(),
            macro_f1: self.macro_f1(),
            weighted_f1: self.weighted_f1(),
            log_loss: self.log_loss(),
            calibration_error: self.calibration_error(),
            labels: self.labels.clone(),
            per_class: self
                .per_class()
                .into_iter()
                .map(|scores| (scores.label.clone(), scores))
                .collect(),
            confusion: self.confusion.clone(),
        }
    }
}

/// The fold of each document, 0 to `k` − 1, such that every fold has its share of every class (as nearly as
/// whole documents allow). Documents are dealt out in order, class by class, without chance.
///
/// ```
/// use slugline::evaluate::stratified_folds;
///
/// assert_eq!(stratified_folds(&["a", "a", "b", "b"], 2)?, [0, 1, 0, 1]);
/// # Ok::<(), slugline::Error>(())
/// ```
///
/// # Errors
/// [`Error::Parameter`] unless 2 ≤ `k` ≤ number of documents.
pub fn stratified_folds<L: Ord>(labels: &[L], k: usize) -> Result<Vec<usize>> {
    if k < 2 || k > labels.len() {
        return Err(Error::parameter(
            "folds",
            k,
            match labels.len() {
                few @ 0..2 => format!("at least 2 documents, got {}", count(few, "document")),
                many => format!("2 to {many} (the number of documents)"),
            },
        ));
    }
    let mut by_label: Vec<usize> = (0..labels.len()).collect();
    by_label.sort_by(|&a, &b| labels[a].cmp(&labels[b]));
    let mut folds = vec![0; labels.len()];
    for (at, document) in by_label.into_iter().enumerate() {
        folds[document] = at % k;
    }
    Ok(folds)
}

/// Stratified `k`-fold cross-validation: each document is classified by a model that was trained on the other
/// folds. Background documents are trained on, and not evaluated. Weights count in the training; the figures count
/// every document once.
///
/// ```
/// use slugline::{Examples, TextClassifier, evaluate::cross_validate};
///
/// let texts = ["chips and code", "votes on bills", "code for phones", "bills and laws"];
/// let examples = Examples::new(&texts, &["technology", "policy", "technology", "policy"])?;
/// let evaluation = cross_validate(&TextClassifier::params(), &examples, 2)?;
/// assert_eq!(evaluation.n(), 4);
/// # Ok::<(), slugline::Error>(())
/// ```
///
/// # Errors
/// Those of [`stratified_folds`] and of training.
pub fn cross_validate<S: AsRef<str>>(
    params: &TextClassifierParams,
    examples: &Examples<'_, S>,
    k: usize,
) -> Result<Evaluation> {
    cross_validate_with(examples, k, |examples| params.fit(examples))
}

/// As [`cross_validate`], with `fit` for the training in each fold. Settings that `fit` chooses are chosen without
/// the documents that they are evaluated on.
///
/// ```
/// use slugline::{Auto, Examples, TextClassifier, evaluate::cross_validate_with};
///
/// let texts = ["chips and code", "ministers and votes", "code for phones", "votes on bills"];
/// let examples = Examples::new(&texts, &["technology", "policy", "technology", "policy"])?;
/// let (params, auto) = (TextClassifier::params(), Auto::default().alpha(true));
/// let evaluation = cross_validate_with(&examples, 2, |examples| params.fit_auto(examples, auto))?;
/// assert_eq!(evaluation.n(), 4);
/// # Ok::<(), slugline::Error>(())
/// ```
///
/// # Errors
/// Those of [`stratified_folds`] and of `fit`.
pub fn cross_validate_with<S: AsRef<str>>(
    examples: &Examples<'_, S>,
    k: usize,
    fit: impl FnMut(&Examples<'_, &str>) -> Result<TextClassifier>,
) -> Result<Evaluation> {
    cross_validate_each(examples, k, fit, |_, _, _| {})
}

/// As [`cross_validate_with`], and calls `judged` for every document that is evaluated, with its position, the
/// classifier that was trained without it, and the answer.
///
/// # Errors
/// As [`cross_validate_with`].
pub fn cross_validate_each<S: AsRef<str>>(
    examples: &Examples<'_, S>,
    k: usize,
    mut fit: impl FnMut(&Examples<'_, &str>) -> Result<TextClassifier>,
    mut judged: impl FnMut(usize, &TextClassifier, &Verdict<'_, '_>),
) -> Result<Evaluation> {
    examples.need_labels("cross-validation")?;
    // Numbers are in the order of the names.
    let folds = stratified_folds(examples.targets(), k)?;
    let texts = examples.texts();
    let labels: Vec<&str> = examples.names().collect();
    let mut total = Evaluation::new(&[]);
    let mut scratch = Scratch::default();
    for fold in 0..k {
        let of_fold = |inside: bool| {
            let chosen = folds
                .iter()
                .enumerate()
                .filter(move |(_, f)| (**f == fold) == inside);
            chosen.map(|(document, _)| document)
        };
        let of = |document: usize| (texts[document].as_ref(), labels[document]);
        // By name: the labels of the model are those of the folds that it is trained on.
        let (train, train_labels): (Vec<&str>, Vec<&str>) = of_fold(false).map(of).unzip();
        let weights = examples.weights();
        let weights = weights.map(|all| of_fold(false).map(|at| all[at]).collect::<Vec<f64>>());
        let train = Examples::new(&train, &train_labels)?;
        let model = fit(&match &weights {
            Some(weights) => train.with_weights(weights)?,
            None => train,
        })?;
        let background = model.settings().background.as_deref();
        // Background documents have no right answer among the labels.
        for document in of_fold(true) {
            let (text, label) = of(document);
            if background != Some(label) {
                let verdict = model.classify_with(&mut scratch, text);
                total.add(label, &verdict);
                judged(document, &model, &verdict);
            }
        }
    }
    // Folds may lack a class, so labels came in any order: sort and renumber them.
    let mut labels = total.labels.clone();
    labels.sort_unstable();
    let mut sorted = Evaluation::new(&labels);
    sorted.merge(&total);
    Ok(sorted)
}
