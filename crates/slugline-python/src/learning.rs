//! Adding and forgetting documents, learning from text without labels, and the audit.

use std::collections::BTreeMap;

use numpy::PyReadonlyArray2;
use pyo3::{exceptions::PyValueError, prelude::*};
use slugline::{Auto, ClassShares, Examples, Result, SemiSupervised, TextClassifier, Unlabelled};

use crate::{
    classifier::{Classifier, FitOptions, Labels, NoticeParts, parts},
    documents::{Documents, SampleWeights, Targets, given, weighted},
    errors::to_python,
    listed::Listed,
    settings::Settings,
    work::{CancellableText, long_on_texts, on_texts},
};

/// The settings as JSON, as in a model file.
#[pyfunction]
pub(crate) fn settings_in_file(settings: Settings) -> PyResult<String> {
    let params = settings.params(1).map_err(to_python)?;
    Ok(params.to_json())
}

/// Warnings about these settings.
#[pyfunction]
pub(crate) fn notices(settings: Settings) -> PyResult<Vec<NoticeParts>> {
    let found = settings.params(1).and_then(|params| params.notices());
    Ok(found.map_err(to_python)?.into_iter().map(parts).collect())
}

/// Groups of labels that look alike, each with its count.
#[pyfunction]
pub(crate) fn similar_labels(counts: BTreeMap<String, u64>) -> Vec<Vec<(String, u64)>> {
    slugline::dataset::similar_labels(&counts)
}

/// The classifier with more documents, each with the name of its label, or with the probabilities of these labels.
/// `settings` must be those of the model.
#[pyfunction]
pub(crate) fn partial_fit(
    py: Python<'_>,
    model: &Classifier,
    settings: Settings,
    documents: &Documents,
    labels: GivenLabels<'_>,
    sample_weight: SampleWeights<'_>,
    threads: usize,
) -> PyResult<Classifier> {
    let model = same_settings(model, settings, threads)?;
    changed(py, documents, labels, sample_weight, |examples| {
        model.partial_fit(examples)
    })
}

/// The classifier without these documents, each with the name of its label, or with the probabilities of these
/// labels. `settings` must be those of the model.
#[pyfunction]
pub(crate) fn forget(
    py: Python<'_>,
    model: &Classifier,
    settings: Settings,
    documents: &Documents,
    labels: GivenLabels<'_>,
    sample_weight: SampleWeights<'_>,
    threads: usize,
) -> PyResult<Classifier> {
    let model = same_settings(model, settings, threads)?;
    changed(py, documents, labels, sample_weight, |examples| {
        model.forget(examples)
    })
}

/// The model; an error where it was fitted with other settings. Changing it drops a refinement.
fn same_settings(
    model: &Classifier,
    settings: Settings,
    threads: usize,
) -> PyResult<TextClassifier> {
    let params = settings.params(threads).map_err(to_python)?;
    let [own, asked] =
        [model.model().settings().clone(), params].map(|params| params.refine(None).to_json());
    if own != asked {
        return Err(PyValueError::new_err(
            "the parameters are not those that the model was fitted with",
        ));
    }
    Ok(model.model().clone().with_threads(threads))
}

/// The name of each document's label; or names, and documents × names, their probabilities.
type GivenLabels<'py> = (Listed<String>, Option<PyReadonlyArray2<'py, f64>>);

fn changed(
    py: Python<'_>,
    documents: &Documents,
    (Listed(labels), probabilities): GivenLabels<'_>,
    sample_weight: SampleWeights<'_>,
    change: impl FnOnce(&Examples<'_, CancellableText<'_>>) -> Result<TextClassifier> + Send,
) -> PyResult<Classifier> {
    let weights = given(&sample_weight)?;
    let probabilities = probabilities.as_ref().map(PyReadonlyArray2::as_array);
    let texts = documents.texts();
    let model = on_texts(py, &texts, |texts| {
        let examples = match &probabilities {
            None => Examples::new(texts, &labels)?,
            Some(rows) => Examples::with_probabilities(texts, &labels, rows)?,
        };
        change(&weighted(examples, weights)?)
    })?;
    Ok(model.into())
}

/// (document, label, suggested, probability, margin).
type DoubtParts = (usize, String, String, f64, f64);
/// The labels, the confusion matrix (true × predicted), the accuracy, and the doubts, most doubtful first.
type AuditParts = (Vec<String>, Vec<Vec<u64>>, f64, Vec<DoubtParts>);

/// Scores every document with the model without it.
#[pyfunction]
pub(crate) fn audit(
    py: Python<'_>,
    settings: Settings,
    documents: &Documents,
    labels: Listed<String>,
    options: FitOptions,
) -> PyResult<AuditParts> {
    let mut params = options.params(settings).map_err(to_python)?;
    // Its probabilities are calibrated anyway.
    let auto = options.auto().calibrate(false);
    let texts = documents.texts();
    let refined = params.refine.is_some();
    let work = |texts: &[CancellableText<'_>]| {
        let examples = Examples::new(texts, &labels.0)?;
        if auto != Auto::default() {
            let chosen = params.fit_auto(&examples, auto)?;
            params = chosen.settings().clone();
        }
        params.audit(&examples)
    };
    let audit = match refined {
        true => long_on_texts(py, &texts, work)?,
        false => on_texts(py, &texts, work)?,
    };
    let doubts = audit.doubts.into_iter().map(|doubt| {
        (
            doubt.document,
            doubt.label,
            doubt.suggested,
            doubt.probability,
            doubt.margin,
        )
    });
    Ok((
        audit.evaluation.labels().to_vec(),
        audit.evaluation.confusion().to_vec(),
        audit.evaluation.accuracy(),
        doubts.collect(),
    ))
}

/// FitOptions for learning from texts without labels.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub(crate) struct UnlabelledOptions {
    weight: f64,
    max_iter: usize,
    class_shares: SharesSetting,
}

#[derive(FromPyObject)]
enum SharesSetting {
    Name(String),
    /// In the order of the labels' sorted names.
    Given(Listed<f64>),
}

impl UnlabelledOptions {
    fn unlabelled(self) -> PyResult<Unlabelled> {
        let class_shares = match self.class_shares {
            SharesSetting::Given(shares) => ClassShares::Given(shares.0),
            SharesSetting::Name(name) => match name.as_str() {
                "uniform" => ClassShares::Uniform,
                "learned" => ClassShares::Learned,
                "free" => ClassShares::Free,
                other => {
                    return Err(PyValueError::new_err(format!(
                        "class_shares is {other:?}: expected \"uniform\", \"learned\", \"free\", or a \
                         number for each class"
                    )));
                }
            },
        };
        Ok(Unlabelled::default()
            .weight(self.weight)
            .rounds(self.max_iter)
            .class_shares(class_shares))
    }
}

/// The classifier, the number of rounds, whether it converged, the held shares, the free shares, and their
/// largest difference.
type SemiSupervisedParts = (Classifier, usize, bool, Option<Vec<f64>>, Vec<f64>, f64);

fn semi_supervised_parts(found: SemiSupervised) -> SemiSupervisedParts {
    let disagreement = found.disagreement();
    (
        found.classifier.into(),
        found.rounds,
        found.converged,
        found.held_shares,
        found.free_shares,
        disagreement,
    )
}

/// As `Classifier.fit`, with texts that have no labels.
#[pyfunction]
#[allow(
    clippy::too_many_arguments,
    reason = "they are those of fit, and two more"
)]
pub(crate) fn fit_semi_supervised(
    py: Python<'_>,
    settings: Settings,
    documents: &Documents,
    labels: Labels,
    targets: Targets<'_>,
    sample_weight: SampleWeights<'_>,
    options: FitOptions,
    unlabelled: &Documents,
    unlabelled_options: UnlabelledOptions,
) -> PyResult<SemiSupervisedParts> {
    let params = options.params(settings).map_err(to_python)?;
    let label_type = labels.1.parse().map_err(to_python)?;
    let targets = targets.numbers()?;
    let weights = given(&sample_weight)?;
    let options = unlabelled_options.unlabelled()?;
    let mut texts = documents.texts();
    let n = texts.len();
    texts.extend(unlabelled.texts());
    let found = on_texts(py, &texts, |texts| {
        let (labelled, unlabelled) = texts.split_at(n);
        let examples = targets.examples(labelled, labels.0.0)?;
        let examples = weighted(examples, weights)?;
        let mut found = params.fit_semi_supervised(&examples, unlabelled, &options)?;
        found.classifier = found.classifier.with_label_type(label_type);
        Ok(found)
    })?;
    Ok(semi_supervised_parts(found))
}

/// The classifier adapted to texts without labels.
#[pyfunction]
pub(crate) fn adapt(
    py: Python<'_>,
    model: &Classifier,
    documents: &Documents,
    unlabelled_options: UnlabelledOptions,
    threads: usize,
) -> PyResult<SemiSupervisedParts> {
    let model = model.model().clone().with_threads(threads);
    let options = unlabelled_options.unlabelled()?;
    let texts = documents.texts();
    let found = on_texts(py, &texts, |texts| model.adapt(texts, &options))?;
    Ok(semi_supervised_parts(found))
}
