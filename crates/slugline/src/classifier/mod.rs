//! The whole path in one value: text → terms → rows → topic.

mod calibration;
mod differences;
mod explain;
mod import;
mod label_type;
mod labels;
mod mixture;
mod notices;
mod params;
mod predict;
mod prior;
mod provenance;
mod quantized;
mod sums;
mod verdict;
mod weights;

pub use calibration::Calibration;
pub(crate) use calibration::HOTTEST;
pub use explain::{Explanation, Reason};
pub use import::GivenSums;
pub use label_type::LabelType;
pub(crate) use label_type::check_sorted;
pub(crate) use labels::{Classes, number_labels, union_labels};
pub(crate) use mixture::{LazyMixture, Mixture};
pub use mixture::{OTHER, Shares};
pub use notices::Notice;
pub use params::TextClassifierParams;
pub use prior::{Prior, PriorTerm};
pub use provenance::Provenance;
pub(crate) use quantized::LazyQuantized;
pub(crate) use sums::{Background, Learned, PriorCounts, summed_values};
pub use verdict::{Scratch, Verdict};
pub(crate) use weights::{UNUSED, Weights, with_prior};

use ndarray::Array2;

use crate::{
    error::{Result, same_length},
    text::Analyzer,
    util::pool::with_threads,
    vocabulary::Vocabulary,
};

/// A fitted text classifier. Immutable, cheap to clone, safe to share between threads.
///
/// ```
/// use slugline::TextClassifier;
///
/// let texts = ["chips and code", "ministers and votes", "code for phones", "votes on bills"];
/// let labels = ["technology", "policy", "technology", "policy"];
/// let model = TextClassifier::params().ngram_range(1, 2).fit(&texts, &labels)?;
///
/// let verdict = model.classify("new phones, new code");
/// assert_eq!(verdict.label(), "technology");
/// assert!(verdict.probability() > 0.5);
/// # Ok::<(), slugline::Error>(())
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct TextClassifier {
    pub(crate) params: TextClassifierParams,
    pub(crate) labels: Vec<String>,
    pub(crate) label_type: LabelType,
    pub(crate) analyzer: Analyzer,
    pub(crate) learned: Learned,
    pub(crate) weights: Weights,
    pub(crate) calibration: Calibration,
    pub(crate) mixture: LazyMixture,
    pub(crate) provenance: Provenance,
    pub(crate) note: Option<String>,
}

impl TextClassifierParams {
    /// Fits on texts and their labels.
    ///
    /// The same texts give the same bits for any number of threads.
    ///
    /// # Errors
    /// [`Error::Length`] where the lengths differ, [`Error::Parameter`] for settings out of range
    /// or an empty label, [`Error::EmptyVocabulary`] where no term is found or kept.
    ///
    /// A label that only the [prior](Self::prior) names is known to the model all the same.
    pub fn fit<S, L>(&self, texts: &[S], labels: &[L]) -> Result<TextClassifier>
    where
        S: AsRef<str> + Sync,
        L: AsRef<str>,
    {
        self.fit_weighted(texts, labels, None)
    }

    /// As [`fit`](Self::fit), with a weight ≥ 0 for each text. Weights scale what a document adds
    /// to its class; document frequencies count every document once, as in scikit-learn.
    ///
    /// # Errors
    /// As [`fit`](Self::fit).
    pub fn fit_weighted<S, L>(
        &self,
        texts: &[S],
        labels: &[L],
        sample_weight: Option<&[f64]>,
    ) -> Result<TextClassifier>
    where
        S: AsRef<str> + Sync,
        L: AsRef<str>,
    {
        same_length("labels (one for each text)", texts.len(), labels.len())?;
        let (labels, targets) = number_labels(labels, self.prior.labels())?;
        self.fit_classes(texts, labels, &targets, sample_weight)
    }

    /// As [`fit_weighted`](Self::fit_weighted), for texts whose labels are numbered already:
    /// `targets[i]` is the position of text `i`'s label in `labels`, which are sorted and distinct.
    /// A label that no text has is known to the model all the same. Where the label of background
    /// documents is among them, it is none of the model's labels.
    ///
    /// # Errors
    /// As [`fit`](Self::fit).
    pub fn fit_classes<S: AsRef<str> + Sync>(
        &self,
        texts: &[S],
        labels: Vec<String>,
        targets: &[usize],
        sample_weight: Option<&[f64]>,
    ) -> Result<TextClassifier> {
        same_length("targets (one for each text)", texts.len(), targets.len())?;
        let analyzer = self.checked_analyzer()?;
        check_sorted(&labels)?;
        let classes = Classes::new(self, labels, targets)?;
        // The weights are derived on the same pool.
        with_threads(self.features.threads, || {
            let learned = Learned::fit(self, &analyzer, texts, &classes, sample_weight)?;
            TextClassifier::from_learned(self.clone(), analyzer, classes.labels, learned)
        })?
    }
}

impl TextClassifier {
    /// The default settings; see [`TextClassifierParams`].
    pub fn params() -> TextClassifierParams {
        TextClassifierParams::default()
    }

    /// `analyzer` is the one that read the documents, so that what was found out about words meanwhile is
    /// known to the model.
    pub(crate) fn from_learned(
        params: TextClassifierParams,
        analyzer: Analyzer,
        labels: Vec<String>,
        learned: Learned,
    ) -> Result<Self> {
        Ok(Self {
            analyzer,
            weights: Weights::derive(&params, &learned)?,
            params,
            labels,
            label_type: LabelType::Text,
            learned,
            calibration: Calibration::default(),
            mixture: LazyMixture::default(),
            provenance: Provenance::default(),
            note: None,
        })
    }

    /// The labels, sorted: the columns of probabilities.
    pub fn labels(&self) -> &[String] {
        &self.labels
    }

    /// What the labels were before they became names.
    pub fn label_type(&self) -> LabelType {
        self.label_type
    }

    /// The same classifier with another note of what its labels were.
    pub fn with_label_type(mut self, label_type: LabelType) -> Self {
        self.label_type = label_type;
        self
    }

    /// The terms that classification knows.
    pub fn vocabulary(&self) -> &Vocabulary {
        &self.weights.vocabulary
    }

    /// The settings it was trained with.
    pub fn settings(&self) -> &TextClassifierParams {
        &self.params
    }

    /// Whether its sums are sums over documents in the strict sense, so that it can be merged: its
    /// settings make them so ([`TextClassifierParams::sums_are_exact`]), and slugline took them.
    pub fn sums_are_exact(&self) -> bool {
        self.params.sums_are_exact() && self.provenance.imported_from.is_none()
    }

    /// How many documents it was trained on.
    pub fn n_documents(&self) -> u64 {
        self.learned.n_documents
    }

    /// How many documents of each label it was trained on (weighted, where weights were given).
    pub fn class_count(&self) -> &[f64] {
        &self.learned.sums.class_count
    }

    /// How many documents about none of the topics it was trained on (weighted, where weights were
    /// given); none where it knows no background.
    pub fn background_count(&self) -> Option<f64> {
        self.learned.background.as_ref().map(|own| own.n_documents)
    }

    /// How many pseudo-counts of a prior it was trained with: pairs of a term and a label.
    pub fn prior_count(&self) -> usize {
        self.learned.prior.terms.len()
    }

    /// classes × terms of [`vocabulary`](Self::vocabulary): the sums over documents that the weights
    /// are derived from (the prior is not part of them), in the order of [`labels`](Self::labels).
    ///
    /// # Errors
    /// As [`TextClassifierParams::fit`].
    pub fn feature_count(&self) -> Result<Array2<f64>> {
        let exact = self.sums_are_exact();
        let sums = self.learned.in_use(&self.params, exact)?.sums;
        Ok(sums.feature_count.by_class())
    }

    /// The idf of each term of [`vocabulary`](Self::vocabulary).
    pub fn idf(&self) -> &[f64] {
        self.weights.tfidf.idf()
    }

    /// The number of training documents that hold a term; 0 for an unknown one.
    pub fn document_frequency(&self, term: &str) -> u64 {
        let id = self.learned.vocabulary.id(term);
        id.map_or(0, |id| self.learned.df[id as usize])
    }

    /// The weight of a known term for each label, in the order of [`labels`](Self::labels): what
    /// the term's TF-IDF value is multiplied with.
    pub fn weights_of(&self, term: &str) -> Option<Vec<f64>> {
        let id = self.weights.vocabulary.id(term)? as usize;
        let mut weights = vec![0.0; self.labels.len()];
        self.weights.linear.row(id).write(&mut weights);
        Some(weights)
    }

    /// Where the model comes from.
    pub fn provenance(&self) -> &Provenance {
        &self.provenance
    }

    /// The same classifier with one more thing noted that it was trained on.
    pub fn with_source(mut self, source: impl Into<String>) -> Self {
        self.provenance.sources.push(source.into());
        self
    }

    /// What a program around the library wrote down beside the model: see [`with_note`](Self::with_note).
    pub fn note(&self) -> Option<&str> {
        self.note.as_deref()
    }

    /// The same classifier with a note of the program that uses it, which model files keep as it is: what
    /// an estimator in another language has to know again. It says something of this model alone, so
    /// models that are made of it (merged, updated, adapted) have none.
    pub fn with_note(mut self, note: impl Into<Option<String>>) -> Self {
        self.note = note.into();
        self
    }

    /// The same classifier with another number of threads for work on many texts.
    pub fn with_threads(mut self, threads: usize) -> Self {
        self.params.features.threads = threads;
        self
    }
}

impl TextClassifierParams {
    /// The settings as JSON: what a model file holds of them.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}
