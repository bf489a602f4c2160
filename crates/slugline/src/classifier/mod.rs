//! The text classifier: text → terms → rows → label, in one value.

mod calibration;
mod differences;
pub(crate) mod exact_sums;
mod examples;
mod explain;
mod import;
mod label_type;
mod labels;
mod leave_one_out;
mod margins;
mod mixture;
mod notices;
mod params;
mod predict;
mod prior;
mod prior_counts;
mod provenance;
mod quantized;
mod refined;
mod similarity;
mod soft_labels;
mod sums;
mod verdict;
mod weights;

pub use calibration::Calibration;
pub(crate) use calibration::HOTTEST;
pub use examples::Examples;
pub use explain::{Explanation, Reason};
pub use import::GivenSums;
pub use label_type::LabelType;
#[cfg(feature = "dataset")]
pub(crate) use label_type::check_sorted;
pub(crate) use labels::{Classes, union_labels};
#[cfg(feature = "dataset")]
pub(crate) use labels::{join_labels, number_labels};
pub(crate) use leave_one_out::{HeldOutScorer, WithRows};
pub(crate) use margins::Margins;
pub(crate) use mixture::{Mixture, MixtureBuffers};
pub use mixture::{OTHER, Shares};
pub use notices::Notice;
pub use params::TextClassifierParams;
pub use prior::{Prior, PriorTerm};
pub(crate) use prior_counts::PriorCounts;
pub use provenance::Provenance;
pub(crate) use quantized::LazyQuantized;
#[cfg(feature = "dataset")]
pub(crate) use soft_labels::{PROBABILITIES, are_probabilities, listed, most_likely};
pub(crate) use sums::{Background, Learned, MAX_DOCUMENTS, summed_values};
pub use verdict::{Scratch, Verdict};
pub(crate) use weights::{UNUSED, Weights, with_prior};

use std::sync::{Arc, OnceLock};

use ndarray::Array2;

use crate::{
    error::Result,
    text::Analyzer,
    util::{memory::check_left, pool::with_threads},
    vocabulary::Vocabulary,
};

/// What is made at its first use, since classification does not need it; clones share it.
pub(crate) type Lazy<T> = OnceLock<Arc<T>>;

/// A fitted text classifier. Immutable, cheap to clone, safe to share between threads.
///
/// ```
/// use slugline::{Examples, TextClassifier};
///
/// let texts = ["chips and code", "ministers and votes", "code for phones", "votes on bills"];
/// let examples = Examples::new(&texts, &["technology", "policy", "technology", "policy"])?;
/// let model = TextClassifier::params().ngram_range(1, 2).fit(&examples)?;
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
    pub(crate) mixture: Lazy<Mixture>,
    pub(crate) margins: Lazy<Margins>,
    pub(crate) provenance: Provenance,
    pub(crate) note: Option<String>,
    /// Whether a refinement was dropped since the model was fitted or read.
    pub(crate) lost_refinement: bool,
}

impl TextClassifierParams {
    /// Fits on labelled texts.
    ///
    /// The same texts give the same bits for any number of threads.
    ///
    /// # Errors
    /// [`Error::Parameter`](crate::Error::Parameter) for settings out of range, or where there are no labels or only
    /// weights of 0, [`Error::EmptyVocabulary`](crate::Error::EmptyVocabulary) where no term is found or kept.
    ///
    /// A label that occurs only in the [prior](Self::prior) becomes a label of the model, too.
    pub fn fit<S: AsRef<str> + Sync>(&self, examples: &Examples<'_, S>) -> Result<TextClassifier> {
        let analyzer = self.checked_analyzer()?;
        if self.refine.is_some() {
            return with_threads("training", self.features.threads, || {
                WithRows::fit(self, analyzer, examples, false)?.classifier()
            })?;
        }
        let classes = examples.classes(self)?;
        // Words take four bytes each; where not even that is there, small allocations need not be made to find out.
        let texts = examples.texts().iter().map(|text| text.as_ref().len());
        check_left("training", texts.sum::<usize>() / 4)?;
        // The weights are derived on the same pool.
        with_threads("training", self.features.threads, || {
            let (texts, weights) = (examples.texts(), examples.weights());
            let learned = Learned::fit(self, &analyzer, texts, &classes, weights)?;
            TextClassifier::from_learned(self.clone(), analyzer, classes.labels, learned)
        })?
    }
}

impl TextClassifier {
    /// The default settings; see [`TextClassifierParams`].
    pub fn params() -> TextClassifierParams {
        TextClassifierParams::default()
    }

    /// Derives the weights of naive Bayes: a refinement is learned from rows, which the sums do not have.
    /// `analyzer` is the one that read the documents, with its caches.
    pub(crate) fn from_learned(
        mut params: TextClassifierParams,
        analyzer: Analyzer,
        labels: Vec<String>,
        learned: Learned,
    ) -> Result<Self> {
        let lost_refinement = params.refine.take().is_some();
        Ok(Self {
            lost_refinement,
            analyzer,
            weights: Weights::derive(&params, &learned)?,
            params,
            labels,
            label_type: LabelType::Text,
            learned,
            calibration: Calibration::default(),
            mixture: Lazy::default(),
            margins: Lazy::default(),
            provenance: Provenance::default(),
            note: None,
        })
    }

    /// The labels, sorted: the columns of probabilities.
    pub fn labels(&self) -> &[String] {
        &self.labels
    }

    /// The type of the labels before they became strings.
    pub fn label_type(&self) -> LabelType {
        self.label_type
    }

    /// Sets the type of the labels before they became strings.
    pub fn with_label_type(mut self, label_type: LabelType) -> Self {
        self.label_type = label_type;
        self
    }

    /// The terms that classification knows.
    pub fn vocabulary(&self) -> &Vocabulary {
        &self.weights.vocabulary
    }

    /// The settings of the training.
    pub fn settings(&self) -> &TextClassifierParams {
        &self.params
    }

    /// Whether documents can be added and taken out, and models merged, exactly: the settings allow it
    /// ([`TextClassifierParams::sums_are_exact`]), and the sums were taken by slugline.
    pub fn sums_are_exact(&self) -> bool {
        self.params.sums_are_exact() && self.provenance.imported_from.is_none()
    }

    /// The number of training documents.
    pub fn n_documents(&self) -> u64 {
        self.learned.n_documents
    }

    /// The number of training documents of each label (weighted, where weights were given).
    pub fn class_count(&self) -> &[f64] {
        &self.learned.sums.class_count
    }

    /// The number of training documents about none of the topics (weighted, where weights were given);
    /// none where there is no background.
    pub fn background_count(&self) -> Option<f64> {
        self.learned.background.as_ref().map(|own| own.n_documents)
    }

    /// The number of pseudo-counts of the prior: pairs of a term and a label.
    pub fn prior_count(&self) -> usize {
        self.learned.prior.terms.len()
    }

    /// The sums over documents that the weights are derived from, without the prior: classes × terms, in the
    /// order of [`labels`](Self::labels) and of [`vocabulary`](Self::vocabulary).
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

    /// The weight of a term for each label, in the order of [`labels`](Self::labels), with which the term's
    /// TF-IDF value is multiplied; none for an unknown term.
    pub fn weights_of(&self, term: &str) -> Option<Vec<f64>> {
        let id = self.weights.vocabulary.id(term)? as usize;
        let mut weights = vec![0.0; self.labels.len()];
        self.weights.linear.row(id).write(&mut weights);
        Some(weights)
    }

    /// The origin of the model.
    pub fn provenance(&self) -> &Provenance {
        &self.provenance
    }

    /// Adds a source of training documents to the [provenance](Self::provenance).
    pub fn with_source(mut self, source: impl Into<String>) -> Self {
        self.provenance.sources.push(source.into());
        self
    }

    /// The note that a program put beside the model: see [`with_note`](Self::with_note).
    pub fn note(&self) -> Option<&str> {
        self.note.as_deref()
    }

    /// Sets a note, which model files keep as it is: state of the program that uses the library, such as
    /// that of an estimator in another language. It belongs to this model alone: models that are made of it
    /// (merged, updated, adapted) have none.
    pub fn with_note(mut self, note: impl Into<Option<String>>) -> Self {
        self.note = note.into();
        self
    }

    /// Sets the number of threads for work on many texts; 0 is one for each processor.
    pub fn with_threads(mut self, threads: usize) -> Self {
        self.params.features.threads = threads;
        self
    }
}

impl TextClassifierParams {
    /// The settings as JSON, as they stand in a model file.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}
