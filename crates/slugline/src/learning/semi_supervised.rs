//! Learning from text without labels.

use rayon::prelude::*;

use crate::{
    classifier::{
        Examples, Learned, TextClassifier, TextClassifierParams, UNUSED, Weights, exact_sums,
        summed_values,
    },
    error::{Error, Result, same_length},
    features::{Counts, count_known},
    matrix::Rows,
    naive_bayes::{Evidence, Model, parts_of},
    util::{
        pool::{documents_per_task, with_threads},
        setters::setters,
    },
};

/// Settings for learning from text without labels.
///
/// **Method.** Expectation–maximisation (Nigam, McCallum, Thrun, Mitchell 2000, "Text classification from labeled
/// and unlabeled documents using EM"). In each round the model computes the probability of each class for each
/// text; the text's values, times these probabilities and `weight`, are added to the sums of the labelled
/// documents; and the weights are derived again. (During this a complement model is replaced by a multinomial one,
/// since complement scores are no log-likelihoods.) It ends when the probabilities change by less than 0.001 on
/// average, or after `rounds`.
///
/// **Safeguard.** Without it, a class that is slightly stronger than the others takes texts from them in every
/// round, and may end with all of them. So the classes' shares of the texts are held: after each round the
/// probabilities of every class are scaled such that the class has its expected share (iterative proportional
/// fitting, ten steps; as in class mass normalisation, Zhu, Ghahramani, Lafferty 2003). The shares that the last
/// model finds without scaling are [`free_shares`](SemiSupervised::free_shares): where they differ much from those
/// that were held, the texts contradict the assumption.
///
/// ```
/// use slugline::{ClassShares, Examples, TextClassifier, Unlabelled};
///
/// let examples = Examples::new(&["chips and code", "votes on bills"], &["technology", "policy"])?;
/// let model = TextClassifier::params().fit(&examples)?;
/// let options = Unlabelled::default().rounds(5).class_shares(ClassShares::Given(vec![1.0, 2.0]));
/// let adapted = model.adapt(&["code for phones", "phones", "bills and laws"], &options)?;
/// assert_eq!(adapted.classifier.classify("phones").label(), "technology");
/// # Ok::<(), slugline::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[must_use]
#[non_exhaustive]
pub struct Unlabelled {
    /// The weight of a text without a label, beside 1 for a text with one (default 1).
    pub weight: f64,
    /// The maximum number of rounds (default 25).
    pub rounds: usize,
    /// The classes' shares of the texts (default: all the same).
    pub class_shares: ClassShares,
}

setters!(Unlabelled {
    weight: f64,
    rounds: usize,
    class_shares: ClassShares,
});

impl Default for Unlabelled {
    fn default() -> Self {
        Self {
            weight: 1.0,
            rounds: 25,
            class_shares: ClassShares::Uniform,
        }
    }
}

/// The expected share of each class among the texts without labels.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum ClassShares {
    /// The same share for every class.
    Uniform,
    /// The shares among the labelled documents.
    Learned,
    /// These shares, in the sorted order of the labels; they need not sum to 1.
    Given(Vec<f64>),
    /// No expectation: the safeguard is off.
    Free,
}

/// A classifier that was trained on text without labels, and how the training went.
#[derive(Debug, Clone)]
#[must_use]
#[non_exhaustive]
pub struct SemiSupervised {
    /// The classifier; not calibrated.
    pub classifier: TextClassifier,
    /// Rounds of expectation–maximisation.
    pub rounds: usize,
    /// Whether the probabilities had converged; if not, more rounds would change the classifier.
    pub converged: bool,
    /// The shares that the classes were held to; none where they were free.
    pub held_shares: Option<Vec<f64>>,
    /// The shares of the classes among the texts, as the classifier finds them without being held to any.
    pub free_shares: Vec<f64>,
}

impl SemiSupervised {
    /// The largest difference between a held and a free share; 0 where none were held. A difference
    /// above about 0.05 says that the texts have other shares than those that were held.
    pub fn disagreement(&self) -> f64 {
        let held = self.held_shares.iter().flatten();
        held.zip(&self.free_shares)
            .map(|(held, free)| (held - free).abs())
            .fold(0.0, f64::max)
    }
}

/// Steps of iterative proportional fitting in a round.
const STEPS: usize = 10;
/// The probabilities have converged where they change by less than this on average.
const AT_REST: f64 = 1e-3;

impl TextClassifierParams {
    /// Fits on texts with labels and texts without. Where no text has a label, the start is the
    /// [prior](Self::prior): some words that speak for each label.
    ///
    /// ```
    /// use slugline::{Examples, TextClassifier, Unlabelled};
    ///
    /// let examples = Examples::new(&["chips and code", "votes on bills"], &["technology", "policy"])?;
    /// let unlabelled = ["code for phones", "bills and laws", "phones"];
    /// let learned = TextClassifier::params().fit_semi_supervised(&examples, &unlabelled, &Unlabelled::default())?;
    /// assert_eq!(learned.classifier.classify("new phones").label(), "technology");
    /// # Ok::<(), slugline::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`fit`](Self::fit); [`Error::Parameter`] where there are neither labelled texts nor a prior,
    /// or for settings of `unlabelled` out of range.
    pub fn fit_semi_supervised<S: AsRef<str> + Sync>(
        &self,
        examples: &Examples<'_, S>,
        unlabelled: &[S],
        how: &Unlabelled,
    ) -> Result<SemiSupervised> {
        self.check_not_refined("with text without labels: it has no margins to learn from")?;
        let analyzer = self.checked_analyzer()?;
        if examples.labels().is_empty() && self.prior.labels().next().is_none() {
            return Err(Error::parameter(
                "labels",
                "none",
                "labelled texts, or a prior that names labels and words that speak for them",
            ));
        }
        let mut classes = examples.classes(self)?;
        with_threads("training", self.features.threads, || {
            // Read as one corpus: vocabulary, pruning and idf are those of all texts.
            let texts = examples.texts().iter().chain(unlabelled);
            let all: Vec<&str> = texts.map(AsRef::as_ref).collect();
            let n = examples.len();
            // Texts without a label have the weight 0 in the first fit.
            let mut weights = examples
                .weights()
                .map_or_else(|| vec![1.0; n], <[f64]>::to_vec);
            weights.resize(all.len(), 0.0);
            classes.targets.resize(all.len(), 0);
            let weights = (n > 0).then_some(weights);
            let (mut learned, rows) =
                Learned::fit_rows(self, &analyzer, &all, &classes, weights.as_deref(), None)?;
            if n == 0 {
                learned.forget_sums();
            }
            let rows = rows.tail(n);
            let model =
                TextClassifier::from_learned(self.clone(), analyzer, classes.labels, learned)?;
            ExpectationMaximisation::new(model, rows, how)?.run(how)
        })?
    }
}

impl TextClassifier {
    /// Adapts the classifier to texts without labels: it learns their words, and its own sums keep their
    /// weight. Any classifier can be adapted; in scikit-learn's order of idf and norm, its own sums keep the
    /// idf with which they were taken.
    ///
    /// # Errors
    /// [`Error::Parameter`] for settings of `how` out of range, or where there is no text.
    pub fn adapt<S: AsRef<str> + Sync>(
        &self,
        unlabelled: &[S],
        how: &Unlabelled,
    ) -> Result<SemiSupervised> {
        with_threads("training", self.params.features.threads, || {
            let (learned, rows) = self.read(unlabelled)?;
            let model = self.with_learned(self.labels.clone(), learned)?;
            // Start with the probabilities of the model as it is.
            let start = self.predict_proba(unlabelled)?;
            let mut learning = ExpectationMaximisation::new(model, rows, how)?;
            learning.start = Some(start.into_raw_vec_and_offset().0);
            learning.run(how)
        })?
    }

    /// The sums with the vocabulary and the document frequencies of more texts, and the texts' rows.
    fn read<S: AsRef<str> + Sync>(&self, texts: &[S]) -> Result<(Learned, Rows<u32>)> {
        let features = &self.params.features;
        let fixed = features.vocabulary.is_some();
        let mut counts = match fixed {
            false => features.count(&self.analyzer, texts)?,
            true => Counts {
                vocabulary: self.learned.vocabulary.clone(),
                rows: count_known(&self.analyzer, &self.learned.vocabulary, texts),
            },
        };
        if features.binary {
            counts.rows = counts.rows.map(|_| 1);
        }
        if !fixed && !self.params.sums_are_exact() {
            let (df, total) = (counts.document_frequency(), counts.totals());
            // Terms of the model stay, however rare they are in these texts.
            let without = features.term_filter()?;
            let n_documents = counts.rows.n_rows();
            let mut kept = features
                .pruning
                .keep(
                    without.as_ref(),
                    n_documents,
                    &counts.vocabulary,
                    &df,
                    &total,
                )
                .unwrap_or_default();
            let known = counts.vocabulary.iter().enumerate();
            kept.extend(
                known
                    .filter(|(_, term)| self.learned.vocabulary.id(term).is_some())
                    .map(|(id, _)| id as u32),
            );
            kept.sort_unstable();
            kept.dedup();
            counts = counts.select(&kept)?;
        }
        let k = self.labels.len();
        let n = counts.vocabulary.len();
        let more = Learned {
            n_documents: counts.rows.n_rows() as u64,
            df: counts.document_frequency().into(),
            total: counts.totals().into(),
            sums: Evidence::zero(k, n),
            background: None,
            prior: crate::classifier::PriorCounts::default(),
            vocabulary: counts.vocabulary.clone(),
        };
        let classes: Vec<usize> = (0..k).collect();
        let learned = self.learned.join(&more, k, &classes, &classes)?;
        let ids: Vec<u32> = counts
            .vocabulary
            .iter()
            .filter_map(|term| learned.vocabulary.id(term))
            .collect();
        let rows = counts.rows.renumber(&ids, learned.vocabulary.len());
        Ok((learned, rows))
    }
}

/// The state of expectation–maximisation.
struct ExpectationMaximisation {
    model: TextClassifier,
    /// The sums of the labelled documents.
    labelled: Evidence,
    /// The count rows of the texts without labels, over the learned vocabulary; and the rows that are summed.
    rows: Rows<u32>,
    summed: Rows<f64>,
    /// For each learned term its position among those in use, the same in all rounds.
    position: Option<Vec<u32>>,
    /// The settings that the classifier will have.
    settings: TextClassifierParams,
    /// rows × classes: the probabilities to start with; None: those of the model.
    start: Option<Vec<f64>>,
    shares: Option<Vec<f64>>,
}

impl ExpectationMaximisation {
    fn new(model: TextClassifier, rows: Rows<u32>, how: &Unlabelled) -> Result<Self> {
        if !(how.weight > 0.0 && how.weight.is_finite()) {
            return Err(Error::parameter(
                "weight",
                how.weight,
                "a finite number above 0",
            ));
        }
        if how.rounds == 0 {
            return Err(Error::parameter("rounds", 0, "at least 1"));
        }
        if rows.n_rows() == 0 {
            return Err(Error::parameter(
                "unlabelled",
                "no texts",
                "at least one text",
            ));
        }
        let settings = model.params.clone();
        let mut model = model;
        // Complement scores rank the classes, but are no log-likelihoods.
        if let Model::Complement { .. } = settings.naive_bayes.model {
            model.params.naive_bayes.model = Model::Multinomial;
            model.weights = Weights::derive(&model.params, &model.learned)?;
        }
        let summed = {
            let Learned {
                df,
                n_documents,
                prior,
                ..
            } = &model.learned;
            let weigh = summed_values(&model.params, df, *n_documents, prior);
            rows.clone()
                .with_values(|columns, counts, values: &mut [f64]| {
                    let mut row = Vec::new();
                    weigh(columns, counts, &mut row);
                    values.copy_from_slice(&row);
                })
        };
        Ok(Self {
            shares: shares(&how.class_shares, &model)?,
            labelled: model.learned.sums.clone(),
            position: model
                .learned
                .positions(&settings, settings.sums_are_exact())?,
            settings,
            model,
            rows,
            summed,
            start: None,
        })
    }

    fn run(mut self, how: &Unlabelled) -> Result<SemiSupervised> {
        let mut parts = match self.start.take() {
            Some(start) => start,
            None => self.parts(),
        };
        self.hold(&mut parts);
        let (mut rounds, mut converged) = (0, false);
        while rounds < how.rounds {
            rounds += 1;
            let model = self.model.params.naive_bayes.model;
            let on_grid = exact_sums::holds(&self.model.params);
            let sums = self
                .labelled
                .with_parts(model, &self.summed, &parts, how.weight, on_grid);
            self.model.learned.sums = sums;
            self.model.weights = Weights::derive(&self.model.params, &self.model.learned)?;
            let mut new = self.parts();
            self.hold(&mut new);
            let moved: f64 = new
                .iter()
                .zip(&parts)
                .map(|(new, old)| (new - old).abs())
                .sum();
            parts = new;
            if moved < AT_REST * self.rows.n_rows() as f64 {
                converged = true;
                break;
            }
        }
        let free_shares = mean(&self.parts(), self.model.labels.len());
        self.model.params = self.settings;
        self.model.weights = Weights::derive(&self.model.params, &self.model.learned)?;
        Ok(SemiSupervised {
            rounds,
            converged,
            free_shares,
            held_shares: self.shares,
            classifier: self.model,
        })
    }

    /// rows × classes: the probability of each class under the current model.
    fn parts(&self) -> Vec<f64> {
        let TextClassifier {
            params, weights, ..
        } = &self.model;
        let k = self.model.labels.len();
        let model = params.naive_bayes.model;
        let block = |range: std::ops::Range<usize>| -> Vec<f64> {
            let mut parts = vec![0.0; range.len() * k];
            let (mut columns, mut values) = (Vec::new(), Vec::new());
            for (row, scores) in range.zip(parts.chunks_exact_mut(k)) {
                columns.clear();
                values.clear();
                let (ids, counts) = self.rows.row(row);
                for (&id, &count) in ids.iter().zip(counts) {
                    let position = self.position.as_ref();
                    let column = position.map_or(id, |position| position[id as usize]);
                    if column != UNUSED {
                        columns.push(column);
                        values.push(f64::from(count));
                    }
                }
                weights.tfidf.weigh(&columns, &mut values);
                for value in &mut values {
                    *value = model.value(*value);
                }
                weights.linear.scores_of(&columns, &values, scores);
                parts_of(scores);
            }
            parts
        };
        let n = self.rows.n_rows();
        let size = documents_per_task(n);
        let blocks: Vec<Vec<f64>> = (0..n.div_ceil(size))
            .into_par_iter()
            .map(|at| block(at * size..((at + 1) * size).min(n)))
            .collect();
        blocks.concat()
    }

    /// Scales the probabilities of every class such that the classes have the held shares.
    fn hold(&self, parts: &mut [f64]) {
        let Some(shares) = &self.shares else { return };
        let k = shares.len();
        for _ in 0..STEPS {
            let now = mean(parts, k);
            let factors: Vec<f64> = shares
                .iter()
                .zip(now)
                .map(|(share, now)| if now > 0.0 { share / now } else { 0.0 })
                .collect();
            for parts in parts.chunks_exact_mut(k) {
                for (part, factor) in parts.iter_mut().zip(&factors) {
                    *part *= factor;
                }
                let sum: f64 = parts.iter().sum();
                if sum > 0.0 {
                    for part in parts {
                        *part /= sum;
                    }
                }
            }
        }
    }
}

/// The mean of each column.
fn mean(parts: &[f64], k: usize) -> Vec<f64> {
    let mut sums = vec![0.0; k];
    for parts in parts.chunks_exact(k) {
        for (sum, part) in sums.iter_mut().zip(parts) {
            *sum += part;
        }
    }
    let n = (parts.len() / k).max(1) as f64;
    sums.iter().map(|sum| sum / n).collect()
}

/// The shares to hold, summing to 1.
fn shares(asked: &ClassShares, model: &TextClassifier) -> Result<Option<Vec<f64>>> {
    let k = model.labels.len();
    let shares = match asked {
        ClassShares::Free => return Ok(None),
        ClassShares::Uniform => vec![1.0; k],
        ClassShares::Learned => model.class_count().to_vec(),
        ClassShares::Given(shares) => shares.clone(),
    };
    same_length("class shares (one for each label)", k, shares.len())?;
    let sum: f64 = shares.iter().sum();
    if !(sum > 0.0 && sum.is_finite() && shares.iter().all(|&share| share >= 0.0)) {
        return Err(Error::parameter(
            "class_shares",
            format!("{shares:?}"),
            "finite numbers, 0 or more, not all 0",
        ));
    }
    Ok(Some(shares.iter().map(|share| share / sum).collect()))
}
