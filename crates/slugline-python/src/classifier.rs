//! `_core.Classifier`: the fitted text classifier.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    path::PathBuf,
    sync::{Mutex, PoisonError},
};

use numpy::{IntoPyArray, PyArray1, PyArray2, PyReadonlyArray2, ndarray::Array2};
use pyo3::{
    exceptions::PyValueError,
    prelude::*,
    types::{PyBytes, PyList, PyString, PyTuple, PyType},
};
use slugline::{
    Auto, Examples, GivenSums, Notice, Prior, PriorTerm, Scratch, TextClassifier,
    TextClassifierParams, replace::strays,
};

use crate::{
    characters::Characters,
    documents::{Documents, SampleWeights, Targets, given, weighted},
    errors::{of_panic, to_python},
    listed::Listed,
    settings::Settings,
    work::{CancellableText, long_on_texts, on_texts, unlocked},
};

/// The names of the labels, and their type in Python.
#[derive(FromPyObject)]
pub(crate) struct Labels(pub(crate) Listed<String>, pub(crate) String);

/// A notice: (parameter, message, whether a search ended at a limit).
pub(crate) type NoticeParts = (&'static str, String, bool);

pub(crate) fn parts(notice: Notice) -> NoticeParts {
    (notice.parameter, notice.what, notice.convergence)
}

/// Fewer texts, and bytes, take less time than starting a thread.
const FEW: (usize, usize) = (64, 1 << 15);

/// FitOptions of fitting beside texts, labels, weights and settings.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub(crate) struct FitOptions {
    /// The prior: (label, term, weight).
    prior: Listed<(String, String, f64)>,
    /// The names of the parameters that are chosen on the data, `calibrate` included.
    auto: Listed<String>,
    threads: usize,
}

impl FitOptions {
    /// The settings of a fit.
    pub(crate) fn params(&self, settings: Settings) -> slugline::Result<TextClassifierParams> {
        let prior = prior_of(self.prior.0.iter().cloned());
        Ok(settings.params(self.threads)?.prior(prior))
    }

    pub(crate) fn auto(&self) -> Auto {
        let asked = |name: &str| self.auto.0.iter().any(|own| own == name);
        Auto::default()
            .alpha(asked("alpha"))
            .naive_bayes(asked("naive_bayes"))
            .sublinear_tf(asked("sublinear_tf"))
            .norm(asked("norm"))
            .calibrate(asked("calibrate"))
            .by_length(asked("by_length"))
    }
}

/// A prior of (label, term, weight).
pub(crate) fn prior_of(terms: impl IntoIterator<Item = (String, String, f64)>) -> Prior {
    let term = |(label, term, weight)| PriorTerm {
        label,
        term,
        weight,
    };
    terms.into_iter().map(term).collect()
}

/// The verdict on one text: the position of its label, all probabilities, the number of known terms, the
/// shares, the evidence, and whether it is `other`.
type VerdictParts = (usize, Vec<f64>, u64, Vec<f64>, f64, bool);

/// The shares of each document, and its evidence.
type SharesAndEvidence<'py> = (Bound<'py, PyArray2<f64>>, Bound<'py, PyArray1<f64>>);

/// A fitted text classifier. Immutable: safe to share between threads.
#[pyclass(frozen, module = "slugline._core")]
pub(crate) struct Classifier {
    model: TextClassifier,
    /// Idle buffers.
    scratches: Mutex<Vec<Scratch>>,
}

impl From<TextClassifier> for Classifier {
    fn from(model: TextClassifier) -> Self {
        Self {
            model,
            scratches: Mutex::default(),
        }
    }
}

#[pymethods]
impl Classifier {
    /// Fits on documents; `targets` are positions among `labels`, which are sorted, or probabilities of them.
    #[staticmethod]
    fn fit(
        py: Python<'_>,
        settings: Settings,
        documents: &Documents,
        labels: Labels,
        targets: Targets<'_>,
        sample_weight: SampleWeights<'_>,
        options: FitOptions,
    ) -> PyResult<Self> {
        let params = options.params(settings).map_err(to_python)?;
        let label_type = labels.1.parse().map_err(to_python)?;
        let targets = targets.numbers()?;
        let weights = given(&sample_weight)?;
        let texts = documents.texts();
        let auto = options.auto();
        let work = |texts: &[CancellableText<'_>]| {
            let examples = targets.examples(texts, labels.0.0)?;
            params.fit_auto(&weighted(examples, weights)?, auto)
        };
        let model = match params.refine {
            None => on_texts(py, &texts, work)?,
            Some(_) => long_on_texts(py, &texts, work)?,
        };
        Ok(model.with_label_type(label_type).into())
    }

    /// A classifier from sums that another program took. `labels` are sorted.
    #[staticmethod]
    fn from_sums(
        settings: Settings,
        program: String,
        labels: Labels,
        terms: Listed<String>,
        idf: Option<Listed<f64>>,
        class_count: Listed<f64>,
        feature_count: PyReadonlyArray2<'_, f64>,
    ) -> PyResult<Self> {
        let feature_count = feature_count.as_array().to_owned();
        let given = GivenSums::new(program, labels.0.0, terms.0, class_count.0, feature_count)
            .idf(idf.map(|idf| idf.0));
        let make = || {
            let label_type = labels.1.parse()?;
            let model = settings.params(1)?.from_sums(given)?;
            Ok(model.with_label_type(label_type).into())
        };
        make().map_err(to_python)
    }

    /// The bundled technology / policy / markets model.
    #[staticmethod]
    fn topics(py: Python<'_>) -> PyResult<Self> {
        let model = unlocked(py, slugline::topics)?;
        Ok(model.clone().into())
    }

    /// Reads a model file.
    #[staticmethod]
    fn load(py: Python<'_>, path: PathBuf) -> PyResult<Self> {
        let model = unlocked(py, || TextClassifier::load(path))?;
        model.map(Into::into).map_err(to_python)
    }

    /// A classifier from the bytes of a model file.
    #[staticmethod]
    fn from_bytes(py: Python<'_>, bytes: &[u8]) -> PyResult<Self> {
        let model = unlocked(py, || TextClassifier::from_bytes(bytes))?;
        model.map(Into::into).map_err(to_python)
    }

    /// Writes the model file, completely or not at all.
    ///
    /// The note holds the estimator's own state. Returns temporary files that killed runs left beside it.
    #[pyo3(signature = (path, note=None))]
    fn save(&self, py: Python<'_>, path: PathBuf, note: Option<String>) -> PyResult<Vec<String>> {
        let strays = unlocked(py, || {
            let strays = strays(&path);
            self.model.clone().with_note(note).save(path)?;
            Ok(strays)
        })?;
        let strays = strays.map_err(to_python)?;
        let shown = strays
            .iter()
            .map(|stray| stray.to_string_lossy().into_owned());
        Ok(shown.collect())
    }

    /// The bytes of the model file, with a note.
    #[pyo3(signature = (note=None))]
    fn to_bytes<'py>(
        &self,
        py: Python<'py>,
        note: Option<String>,
    ) -> PyResult<Bound<'py, PyBytes>> {
        let bytes = unlocked(py, || self.model.clone().with_note(note).to_bytes())?;
        Ok(PyBytes::new(py, &bytes.map_err(to_python)?))
    }

    /// The note that was in the file.
    #[getter]
    fn note(&self) -> Option<&str> {
        self.model.note()
    }

    /// The same classifier without the note.
    fn without_note(&self) -> Self {
        self.model.clone().with_note(None).into()
    }

    /// Warnings about the model: (parameter, message, whether a search ended at a limit).
    fn notices(&self) -> Vec<NoticeParts> {
        self.model.notices().into_iter().map(parts).collect()
    }

    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let make = PyType::new::<Self>(py).getattr("from_bytes")?;
        let arguments = PyTuple::new(py, [self.to_bytes(py, None)?])?;
        PyTuple::new(py, [make, arguments.into_any()])
    }

    /// The merge of both: the classifier of a fit on the documents of both.
    fn merge(&self, py: Python<'_>, other: &Self) -> PyResult<Self> {
        let merged = unlocked(py, || self.model.merge(&other.model))?;
        merged.map(Into::into).map_err(to_python)
    }

    /// The position of each document's label among `labels`.
    fn predict<'py>(
        &self,
        py: Python<'py>,
        documents: &Documents,
        threads: usize,
    ) -> PyResult<Bound<'py, PyArray1<usize>>> {
        let classes = self.on_documents(
            py,
            documents,
            threads,
            |texts| {
                self.each(texts, |scratch, text| {
                    self.model.classify_with(scratch, text).class()
                })
            },
            |model, texts| model.predict_class(texts),
        )?;
        Ok(classes.into_pyarray(py))
    }

    /// documents × labels: the probability of each label.
    fn predict_proba<'py>(
        &self,
        py: Python<'py>,
        documents: &Documents,
        threads: usize,
    ) -> PyResult<Bound<'py, PyArray2<f64>>> {
        self.matrix(
            py,
            documents,
            threads,
            |scratch, text, row| {
                row.extend(self.model.classify_with(scratch, text).probabilities());
            },
            |model, texts| model.predict_proba(texts),
        )
    }

    /// documents × labels: log P(label | document).
    fn predict_log_proba<'py>(
        &self,
        py: Python<'py>,
        documents: &Documents,
        threads: usize,
    ) -> PyResult<Bound<'py, PyArray2<f64>>> {
        self.matrix(
            py,
            documents,
            threads,
            |scratch, text, row| row.extend(self.model.log_probabilities_with(scratch, text)),
            |model, texts| model.predict_log_proba(texts),
        )
    }

    /// documents × labels: log P(label) + log P(document | label).
    fn joint_log_likelihood<'py>(
        &self,
        py: Python<'py>,
        documents: &Documents,
        threads: usize,
    ) -> PyResult<Bound<'py, PyArray2<f64>>> {
        self.matrix(
            py,
            documents,
            threads,
            |scratch, text, row| row.extend(self.model.joint_log_likelihood_with(scratch, text)),
            |model, texts| model.joint_log_likelihood(texts),
        )
    }

    /// documents × labels: the share of each topic; and the evidence of each document.
    fn predict_shares<'py>(
        &self,
        py: Python<'py>,
        documents: &Documents,
        threads: usize,
    ) -> PyResult<SharesAndEvidence<'py>> {
        let texts = documents.texts();
        let model = self.model.clone().with_threads(threads);
        let (shares, evidence) = on_texts(py, &texts, |texts| model.predict_shares(texts))?;
        Ok((shares.into_pyarray(py), evidence.into_pyarray(py)))
    }

    /// The same classifier, calibrated on documents that it was not trained on.
    fn calibrated(
        &self,
        py: Python<'_>,
        documents: &Documents,
        labels: Vec<String>,
        by_length: Option<bool>,
    ) -> PyResult<Self> {
        let texts = documents.texts();
        let mut calibration = self.model.calibration();
        calibration.by_length = by_length.unwrap_or(calibration.by_length);
        let model = self.model.clone().with_calibration(calibration);
        let model = model.map_err(to_python)?;
        let model = on_texts(py, &texts, |texts| {
            model.calibrated(&Examples::new(texts, &labels)?)
        })?;
        Ok(model.into())
    }

    /// The same classifier with another limit for `other`.
    fn with_other_below(&self, limit: Option<f64>) -> PyResult<Self> {
        let model = self.model.clone().with_other_below(limit);
        model.map(Into::into).map_err(to_python)
    }

    /// The number of pseudo-counts of its prior.
    #[getter]
    fn prior_count(&self) -> usize {
        self.model.prior_count()
    }

    /// The divisor of the scores in the softmax.
    #[getter]
    fn temperature(&self) -> f64 {
        self.model.calibration().temperature
    }

    /// The evidence below which a text is about none of the topics.
    #[getter]
    fn other_below(&self) -> Option<f64> {
        self.model.calibration().other_below
    }

    /// See `VerdictParts`.
    fn classify(&self, text: &str) -> PyResult<VerdictParts> {
        let mut all = self.each(&[text], |scratch, text| {
            let shares = self.model.shares_with(scratch, text);
            let verdict = shares.verdict();
            (
                verdict.class(),
                verdict.probabilities().to_vec(),
                verdict.recognised(),
                shares.shares().to_vec(),
                shares.evidence(),
                shares.is_other(),
            )
        })?;
        all.pop().ok_or_else(|| of_panic(&"no verdict"))
    }

    /// An explanation: `(label, versus, score, bias, reasons)`; a reason is `(term, count, contribution,
    /// [(start, end), …])` with positions in characters.
    #[pyo3(signature = (text, label=None, versus=None))]
    fn explain<'py>(
        &self,
        text: &Bound<'py, PyString>,
        label: Option<&str>,
        versus: Option<&str>,
    ) -> PyResult<Bound<'py, PyTuple>> {
        let py = text.py();
        let text = text.to_str()?;
        let explain = || {
            let label = label.unwrap_or_else(|| self.model.classify(text).label());
            self.model.explain_label(text, label, versus)
        };
        let why = py.detach(|| catch_unwind(AssertUnwindSafe(explain)));
        let why = why.map_err(|cause| of_panic(&*cause))?.map_err(to_python)?;
        let characters = Characters::of(text);
        let reasons = why.reasons.into_iter().map(|reason| {
            let spans: Vec<(usize, usize)> = reason
                .spans
                .iter()
                .map(|span| (characters.before(span.start), characters.before(span.end)))
                .collect();
            (reason.term, reason.count, reason.contribution, spans)
        });
        let reasons: Vec<_> = reasons.collect();
        (why.label, why.versus, why.score, why.bias, reasons).into_pyobject(py)
    }

    /// The `n` strongest terms of a label, with their strength.
    fn top_terms(&self, py: Python<'_>, label: &str, n: usize) -> PyResult<Vec<(String, f64)>> {
        unlocked(py, || self.model.top_terms(label, n))?.map_err(to_python)
    }

    /// The labels, sorted.
    #[getter]
    fn labels(&self) -> Vec<String> {
        self.model.labels().to_vec()
    }

    /// The type of the labels: text, integer, float or boolean.
    #[getter]
    fn label_type(&self) -> String {
        self.model.label_type().to_string()
    }

    /// The settings as JSON.
    #[getter]
    fn settings(&self) -> String {
        self.model.settings().to_json()
    }

    /// Whether documents can be added and removed, and models merged, exactly.
    #[getter]
    fn sums_are_exact(&self) -> bool {
        self.model.sums_are_exact()
    }

    /// The number of training documents.
    #[getter]
    fn n_documents(&self) -> u64 {
        self.model.n_documents()
    }

    /// The terms, in the order of the features.
    fn terms<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        PyList::new(py, self.model.vocabulary().iter())
    }

    /// The idf of each term.
    fn idf<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f64>> {
        self.model.idf().to_vec().into_pyarray(py)
    }

    /// The number of training documents of each label.
    fn class_count<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f64>> {
        self.model.class_count().to_vec().into_pyarray(py)
    }

    /// labels × terms: the sums that the weights are derived from.
    fn feature_count<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyArray2<f64>>> {
        let sums = unlocked(py, || self.model.feature_count())?;
        Ok(sums
            .map_err(to_python)?
            .as_standard_layout()
            .into_owned()
            .into_pyarray(py))
    }
}

impl Classifier {
    pub(crate) fn model(&self) -> &TextClassifier {
        &self.model
    }

    /// documents × labels: `one` appends the row of a text, `all` makes the rows of many.
    fn matrix<'py>(
        &self,
        py: Python<'py>,
        documents: &Documents,
        threads: usize,
        one: impl Fn(&mut Scratch, &str, &mut Vec<f64>),
        all: impl FnOnce(&TextClassifier, &[CancellableText<'_>]) -> slugline::Result<Array2<f64>>
        + Send,
    ) -> PyResult<Bound<'py, PyArray2<f64>>> {
        let few = |texts: &[&str]| self.rows(texts, one);
        let rows = self.on_documents(py, documents, threads, few, all)?;
        Ok(rows.into_pyarray(py))
    }

    /// Runs `small` on this thread for a few texts, and `large` on `threads` threads for many.
    fn on_documents<R: Send>(
        &self,
        py: Python<'_>,
        documents: &Documents,
        threads: usize,
        small: impl FnOnce(&[&str]) -> PyResult<R>,
        large: impl FnOnce(&TextClassifier, &[CancellableText<'_>]) -> slugline::Result<R> + Send,
    ) -> PyResult<R> {
        let texts = documents.texts();
        if few(&texts) {
            return small(&texts);
        }
        let model = self.model.clone().with_threads(threads);
        on_texts(py, &texts, |texts| large(&model, texts))
    }

    /// Runs `finish` on each of a few texts on this thread.
    fn each<R>(
        &self,
        texts: &[&str],
        finish: impl Fn(&mut Scratch, &str) -> R,
    ) -> PyResult<Vec<R>> {
        let scratches = || {
            self.scratches
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
        };
        let mut scratch = scratches().pop().unwrap_or_default();
        let all = catch_unwind(AssertUnwindSafe(|| {
            texts
                .iter()
                .map(|text| finish(&mut scratch, text))
                .collect()
        }))
        .map_err(|cause| of_panic(&*cause))?;
        scratches().push(scratch);
        Ok(all)
    }

    /// A matrix (texts × labels) for a few texts; `finish` appends the row of a text.
    fn rows(
        &self,
        texts: &[&str],
        finish: impl Fn(&mut Scratch, &str, &mut Vec<f64>),
    ) -> PyResult<Array2<f64>> {
        let k = self.model.labels().len();
        let rows = self.each(texts, |scratch, text| {
            let mut row = Vec::with_capacity(k);
            finish(scratch, text, &mut row);
            row
        })?;
        Array2::from_shape_vec((texts.len(), k), rows.concat())
            .map_err(|error| PyValueError::new_err(error.to_string()))
    }
}

fn few(texts: &[&str]) -> bool {
    texts.len() < FEW.0 && texts.iter().map(|text| text.len()).sum::<usize>() < FEW.1
}
