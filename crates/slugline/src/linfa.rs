//! linfa's traits for our types, and sparse rows from and to `sprs`.
//!
//! | ours | linfa |
//! |---|---|
//! | [`VectorizerParams`] | `Fit` over a data set of texts |
//! | [`Vectorizer`] | `Transformer` of texts, or of a data set of texts |
//! | [`NaiveBayesParams`] | `Fit` over [`Rows`] with targets of any label type |
//! | [`LabelledNaiveBayes`] | `Predict` (`PredictInplace`) over [`Rows`] |
//! | [`TextClassifierParams`] | `Fit` over texts with `String` targets |
//! | [`TextClassifier`] | `Predict` (`PredictInplace`) over texts |
//!
//! Where a type has a method of its own by the same name (`Vectorizer::transform` takes a slice),
//! the trait's is called by its full name: `Transformer::transform(&vectorizer, dataset)`. Generic
//! code over linfa's traits needs no such thing.
//!
//! Columns are in code-point order, idf is that of the fitted documents, probabilities are
//! normalised by log-sum-exp.

use linfa::{
    dataset::{AsSingleTargets, DatasetBase, Label, Records},
    traits::{Fit, FitWith, PredictInplace, Transformer},
};
use ndarray::{Array1, ArrayBase, Data, Ix1};
use sprs::CsMat;

use crate::{
    classifier::{Examples, TextClassifier, TextClassifierParams},
    error::{Error, Result},
    features::{Vectorizer, VectorizerParams},
    matrix::Rows,
    naive_bayes::{NaiveBayes, NaiveBayesParams},
};

impl Records for Rows<f64> {
    type Elem = f64;

    fn nsamples(&self) -> usize {
        self.n_rows()
    }

    fn nfeatures(&self) -> usize {
        self.n_columns()
    }
}

impl From<Rows<f64>> for CsMat<f64> {
    fn from(rows: Rows<f64>) -> Self {
        let n_rows = rows.n_rows();
        let (n_columns, indptr, indices, data) = rows.into_parts();
        let indices = indices.into_iter().map(|column| column as usize).collect();
        CsMat::new((n_rows, n_columns), indptr, indices, data)
    }
}

impl TryFrom<CsMat<f64>> for Rows<f64> {
    type Error = Error;

    /// Takes CSR and CSC alike.
    ///
    /// # Errors
    /// [`Error::MalformedRows`] for more than 2^32 columns.
    fn try_from(matrix: CsMat<f64>) -> Result<Self> {
        let matrix = if matrix.is_csr() {
            matrix
        } else {
            matrix.to_csr()
        };
        let n_columns = matrix.cols();
        let indptr = matrix.proper_indptr().to_vec();
        let (_, indices, data) = matrix.into_raw_storage();
        let indices = indices
            .into_iter()
            .map(|column| {
                u32::try_from(column)
                    .map_err(|_| Error::MalformedRows(format!("column {column} is beyond 2^32")))
            })
            .collect::<Result<_>>()?;
        Self::new(n_columns, indptr, indices, data)
    }
}

/// The texts of a one-dimensional array.
fn texts<'a, S: AsRef<str> + 'a, D: Data<Elem = S>>(array: &'a ArrayBase<D, Ix1>) -> Vec<&'a str> {
    array.iter().map(AsRef::as_ref).collect()
}

impl<S, D, T> Fit<ArrayBase<D, Ix1>, T, Error> for VectorizerParams
where
    S: AsRef<str> + Clone,
    D: Data<Elem = S>,
    ArrayBase<D, Ix1>: Records,
{
    type Object = Vectorizer;

    fn fit(&self, dataset: &DatasetBase<ArrayBase<D, Ix1>, T>) -> Result<Vectorizer> {
        VectorizerParams::fit(self, &texts(dataset.records()))
    }
}

impl<S, D> Transformer<&ArrayBase<D, Ix1>, Result<Rows<f64>>> for Vectorizer
where
    S: AsRef<str>,
    D: Data<Elem = S>,
    for<'a> &'a ArrayBase<D, Ix1>: Records,
{
    fn transform(&self, array: &ArrayBase<D, Ix1>) -> Result<Rows<f64>> {
        Vectorizer::transform(self, &texts(array))
    }
}

impl<S, D, T> Transformer<DatasetBase<ArrayBase<D, Ix1>, T>, Result<DatasetBase<Rows<f64>, T>>>
    for Vectorizer
where
    S: AsRef<str>,
    D: Data<Elem = S>,
    ArrayBase<D, Ix1>: Records,
    DatasetBase<ArrayBase<D, Ix1>, T>: Records,
{
    /// Turns a data set of texts into one of rows; targets and weights stay.
    fn transform(
        &self,
        dataset: DatasetBase<ArrayBase<D, Ix1>, T>,
    ) -> Result<DatasetBase<Rows<f64>, T>> {
        let rows = Vectorizer::transform(self, &texts(dataset.records()))?;
        let DatasetBase {
            targets, weights, ..
        } = dataset;
        Ok(DatasetBase::new(rows, targets).with_weights(weights))
    }
}

/// A naive Bayes model with the labels of a linfa data set.
#[derive(Debug, Clone)]
#[must_use]
pub struct LabelledNaiveBayes<L> {
    model: NaiveBayes,
    labels: Vec<L>,
}

impl<L> LabelledNaiveBayes<L> {
    /// The model over class numbers.
    pub fn model(&self) -> &NaiveBayes {
        &self.model
    }

    /// The labels, sorted: class `i` is `labels()[i]`.
    pub fn labels(&self) -> &[L] {
        &self.labels
    }
}

/// The number of each target among sorted labels.
fn numbered<L: Label>(targets: impl Iterator<Item = L>, labels: &[L]) -> Result<Vec<usize>> {
    targets
        .map(|target| {
            labels.binary_search(&target).map_err(|_| {
                Error::parameter(
                    "targets",
                    format!("{target:?}"),
                    format!("one of {labels:?}"),
                )
            })
        })
        .collect()
}

/// Sample weights of a data set; linfa keeps none as an empty array, and `f32`.
fn sample_weight(weights: Option<&[f32]>) -> Option<Vec<f64>> {
    let weights = weights.filter(|weights| !weights.is_empty())?;
    Some(weights.iter().copied().map(f64::from).collect())
}

impl<L, T> Fit<Rows<f64>, T, Error> for NaiveBayesParams
where
    L: Label,
    T: AsSingleTargets<Elem = L>,
{
    type Object = LabelledNaiveBayes<L>;

    fn fit(&self, dataset: &DatasetBase<Rows<f64>, T>) -> Result<LabelledNaiveBayes<L>> {
        let targets = dataset.as_single_targets();
        let mut labels: Vec<L> = targets.iter().cloned().collect();
        labels.sort();
        labels.dedup();
        let numbers = numbered(targets.iter().cloned(), &labels)?;
        let weights = sample_weight(dataset.weights());
        let model = self.fit_weighted(
            dataset.records(),
            &numbers,
            labels.len(),
            weights.as_deref(),
        )?;
        Ok(LabelledNaiveBayes { model, labels })
    }
}

impl<'a, L, T> FitWith<'a, Rows<f64>, T, Error> for NaiveBayesParams
where
    L: Label + 'a,
    T: AsSingleTargets<Elem = L>,
{
    type ObjectIn = Option<LabelledNaiveBayes<L>>;
    type ObjectOut = LabelledNaiveBayes<L>;

    /// Adds a data set to a model. The first one names the labels.
    fn fit_with(
        &self,
        model: Self::ObjectIn,
        dataset: &'a DatasetBase<Rows<f64>, T>,
    ) -> Result<Self::ObjectOut> {
        let Some(LabelledNaiveBayes { model, labels }) = model else {
            return Fit::fit(self, dataset);
        };
        let numbers = numbered(dataset.as_single_targets().iter().cloned(), &labels)?;
        let weights = sample_weight(dataset.weights());
        let model = model.partial_fit(dataset.records(), &numbers, weights.as_deref())?;
        Ok(LabelledNaiveBayes { model, labels })
    }
}

impl<L: Label> PredictInplace<Rows<f64>, Array1<L>> for LabelledNaiveBayes<L> {
    /// # Panics
    /// As linfa's own models, where the number of columns differs from the fitted one.
    fn predict_inplace<'a>(&'a self, rows: &'a Rows<f64>, targets: &mut Array1<L>) {
        let classes = self
            .model
            .predict(rows)
            .unwrap_or_else(|error| panic!("linfa's Predict has no way to report: {error}"));
        for (target, class) in targets.iter_mut().zip(classes) {
            *target = self.labels[class].clone();
        }
    }

    fn default_target(&self, rows: &Rows<f64>) -> Array1<L> {
        Array1::default(rows.n_rows())
    }
}

impl<S, D, T> Fit<ArrayBase<D, Ix1>, T, Error> for TextClassifierParams
where
    S: AsRef<str>,
    D: Data<Elem = S>,
    ArrayBase<D, Ix1>: Records,
    T: AsSingleTargets<Elem = String>,
{
    type Object = TextClassifier;

    fn fit(&self, dataset: &DatasetBase<ArrayBase<D, Ix1>, T>) -> Result<TextClassifier> {
        let targets = dataset.as_single_targets();
        let labels: Vec<&str> = targets.iter().map(String::as_str).collect();
        let weights = sample_weight(dataset.weights());
        let texts = texts(dataset.records());
        let examples = Examples::new(&texts, &labels)?;
        self.fit(&match &weights {
            Some(weights) => examples.with_weights(weights)?,
            None => examples,
        })
    }
}

impl<S, D> PredictInplace<ArrayBase<D, Ix1>, Array1<String>> for TextClassifier
where
    S: AsRef<str>,
    D: Data<Elem = S>,
    ArrayBase<D, Ix1>: Records,
{
    fn predict_inplace<'a>(&'a self, array: &'a ArrayBase<D, Ix1>, targets: &mut Array1<String>) {
        let mut scratch = crate::classifier::Scratch::default();
        for (target, text) in targets.iter_mut().zip(array) {
            let verdict = self.classify_with(&mut scratch, text.as_ref());
            verdict.label().clone_into(target);
        }
    }

    fn default_target(&self, array: &ArrayBase<D, Ix1>) -> Array1<String> {
        Array1::default(array.len())
    }
}
