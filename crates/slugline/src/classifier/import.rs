//! Classifiers from the sums of another program.

use ndarray::{Array2, Axis};

use super::{
    TextClassifier,
    label_type::{LabelType, check_sorted},
    params::TextClassifierParams,
    provenance::Provenance,
    sums::Learned,
    weights::Weights,
};
use crate::{
    error::{Error, Result, same_length},
    features::Tfidf,
    naive_bayes::{ClassRows, Evidence},
    util::setters::setters,
    vocabulary::Vocabulary,
};

/// The sums of a model that another program fitted, with the classes in sorted order of labels.
///
/// ```
/// use ndarray::array;
/// use slugline::{GivenSums, NaiveBayes, TextClassifier};
///
/// let labels = ["policy", "technology"].map(str::to_owned).to_vec();
/// let terms = ["chips", "votes"].map(str::to_owned).to_vec();
/// // Three documents of each class; "votes" five times in those about policy.
/// let sums = GivenSums::new("another program 1.0", labels, terms, vec![3.0, 3.0], array![[0.0, 5.0], [4.0, 1.0]]);
/// let params = TextClassifier::params().use_idf(false).naive_bayes(NaiveBayes::multinomial());
/// let model = params.from_sums(sums)?;
/// assert_eq!(model.classify("votes").label(), "policy");
/// # Ok::<(), slugline::Error>(())
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
#[must_use]
pub struct GivenSums {
    /// The program that took the sums, with its version.
    pub program: String,
    /// The labels, sorted.
    pub labels: Vec<String>,
    /// The terms, in the order of the columns.
    pub terms: Vec<String>,
    /// The idf of each term; none where the settings use no idf.
    pub idf: Option<Vec<f64>>,
    /// The (weighted) number of documents of each class.
    pub class_count: Vec<f64>,
    /// classes × terms: the sum of each term's values over the documents of each class.
    pub feature_count: Array2<f64>,
}

impl GivenSums {
    /// Sums with the classes in sorted order of labels, without idf.
    pub fn new(
        program: impl Into<String>,
        labels: Vec<String>,
        terms: Vec<String>,
        class_count: Vec<f64>,
        feature_count: Array2<f64>,
    ) -> Self {
        Self {
            program: program.into(),
            labels,
            terms,
            idf: None,
            class_count,
            feature_count,
        }
    }
}

setters!(GivenSums {
    idf: impl Into<Option<Vec<f64>>>,
});

impl TextClassifierParams {
    /// Makes a classifier from the sums of another program. It answers as one that was fitted here, but it
    /// cannot be merged, since document frequencies are unknown.
    ///
    /// # Errors
    /// [`Error::Length`] and [`Error::Parameter`] where the parts do not belong together.
    pub fn from_sums(&self, given: GivenSums) -> Result<TextClassifier> {
        self.check_not_refined("with sums alone: it is learned from rows")?;
        let analyzer = self.checked_analyzer()?;
        if !self.prior.is_empty() || self.background.is_some() {
            return Err(Error::parameter(
                "prior",
                "given (or a background)",
                "neither: such sums are taken as they are",
            ));
        }
        let vocabulary = Vocabulary::new(&given.terms)?;
        let (n, k) = (vocabulary.len(), given.labels.len());
        check_sorted(&given.labels)?;
        same_length(
            "class counts (one for each label)",
            k,
            given.class_count.len(),
        )?;
        same_length(
            "rows of feature_count (one for each label)",
            k,
            given.feature_count.nrows(),
        )?;
        same_length(
            "columns of feature_count (one for each term)",
            n,
            given.feature_count.ncols(),
        )?;
        let idf = match (given.idf, self.features.tfidf.use_idf) {
            (Some(idf), true) => idf,
            (None, false) => vec![1.0; n],
            (given, _) => {
                return Err(Error::parameter(
                    "idf",
                    if given.is_some() { "given" } else { "missing" },
                    "numbers where the settings use idf, and only there",
                ));
            }
        };
        same_length("idf (one for each term)", n, idf.len())?;
        let feature_count: Vec<f64> = given.feature_count.t().iter().copied().collect();
        for (what, values) in [
            ("idf", &idf),
            ("class_count", &given.class_count),
            ("feature_count", &feature_count),
        ] {
            let bad = |value: &f64| !value.is_finite() || (*value < 0.0 && what != "idf");
            if let Some(position) = values.iter().position(bad) {
                return Err(Error::NotFinite {
                    what,
                    position,
                    value: values[position],
                });
            }
        }
        let total = given.feature_count.sum_axis(Axis(0)).to_vec();
        let n_documents = given.class_count.iter().sum::<f64>().round() as u64;
        let sums = Evidence {
            class_count: given.class_count.into(),
            feature_count: ClassRows::from_dense(k, &feature_count),
        };
        let tfidf = Tfidf::from_idf(self.features.tfidf, idf.into());
        Ok(TextClassifier {
            lost_refinement: false,
            analyzer,
            weights: Weights::of_sums(self, vocabulary.clone(), tfidf, &sums, &[])?,
            params: self.clone(),
            labels: given.labels,
            label_type: LabelType::Text,
            learned: Learned {
                vocabulary,
                n_documents,
                df: vec![0; n].into(),
                total: total.into(),
                sums,
                background: None,
                prior: super::PriorCounts::default(),
            },
            calibration: super::calibration::Calibration::default(),
            mixture: super::Lazy::default(),
            margins: super::Lazy::default(),
            provenance: Provenance {
                imported_from: Some(given.program),
                ..Provenance::default()
            },
            note: None,
        })
    }
}
