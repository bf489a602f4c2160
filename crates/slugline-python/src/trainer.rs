//! Fitting on batches of documents.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Mutex, PoisonError, atomic::AtomicBool},
};

use numpy::PyReadonlyArray1;
use pyo3::{exceptions::PyRuntimeError, prelude::*};
use slugline::{Examples, Memory, TrainerOptions};

use crate::{
    classifier::{Classifier, FitOptions, prior_of},
    documents::{Documents, SampleWeights, given, weighted},
    errors::{of_panic, to_python},
    listed::Listed,
    settings::Settings,
    work::{on_texts, watched},
};

/// Fitting in batches. After an error the trainer cannot be used.
#[pyclass(frozen, module = "slugline._core")]
pub(crate) struct Trainer(Mutex<Option<slugline::Trainer>>);

#[pymethods]
impl Trainer {
    /// `settings` without class prior and `options` without prior, since labels are known only at the end. `memory` is
    /// parsed as a `slugline::Memory`.
    #[new]
    fn new(settings: Settings, memory: Option<&str>, options: FitOptions) -> PyResult<Self> {
        let make = || {
            let params = options.params(settings)?;
            let memory = memory.map(str::parse::<Memory>).transpose()?;
            params.trainer(&TrainerOptions::default().memory(memory))
        };
        let trainer = make().map_err(to_python)?;
        Ok(Self(Mutex::new(Some(trainer))))
    }

    /// Reads documents; `targets[i]` is the position of document i's label in `labels`.
    fn add(
        &self,
        py: Python<'_>,
        documents: &Documents,
        labels: Listed<String>,
        targets: PyReadonlyArray1<'_, usize>,
        sample_weight: SampleWeights<'_>,
    ) -> PyResult<()> {
        let targets = targets.as_slice()?;
        let names = targets.iter().map(|&target| labels.0.get(target));
        let names: Vec<&str> = names
            .map(|name| name.map(String::as_str).unwrap_or_default())
            .collect();
        let weights = given(&sample_weight)?;
        let texts = documents.texts();
        let mut trainer = self.take()?;
        let trainer = on_texts(py, &texts, move |texts| {
            trainer.add(&weighted(Examples::new(texts, &names)?, weights)?)?;
            Ok(trainer)
        })?;
        *self.lock() = Some(trainer);
        Ok(())
    }

    /// The labels, in order of first occurrence.
    fn labels(&self) -> PyResult<Vec<String>> {
        let trainer = self.lock();
        let trainer = trainer.as_ref().ok_or_else(gone)?;
        Ok(trainer.labels().to_vec())
    }

    /// The classifier, and the number of terms that did not fit into the memory. `class_prior` is in the order of the
    /// labels' sorted names; `prior` is (label, term, weight).
    fn finish(
        &self,
        py: Python<'_>,
        label_type: &str,
        class_prior: Option<Listed<f64>>,
        prior: Listed<(String, String, f64)>,
        background: Option<String>,
    ) -> PyResult<(Classifier, u64)> {
        let label_type = label_type.parse().map_err(to_python)?;
        let stop = Arc::new(AtomicBool::new(false));
        let trainer = self
            .take()?
            .with_class_prior(class_prior.map(|shares| shares.0));
        let trainer = trainer.with_labels_of(prior_of(prior.0), background);
        let trainer = trainer.with_stop(Arc::clone(&stop));
        let finish = || catch_unwind(AssertUnwindSafe(|| trainer.finish()));
        let trained = watched(py, &stop, finish)?
            .map_err(|cause| of_panic(&*cause))?
            .map_err(to_python)?;
        let model = trained.model.with_label_type(label_type);
        Ok((model.into(), trained.pruned_terms))
    }
}

impl Trainer {
    fn lock(&self) -> std::sync::MutexGuard<'_, Option<slugline::Trainer>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self) -> PyResult<slugline::Trainer> {
        self.lock().take().ok_or_else(gone)
    }
}

fn gone() -> PyErr {
    PyRuntimeError::new_err("the training has ended, or another thread is adding documents")
}
