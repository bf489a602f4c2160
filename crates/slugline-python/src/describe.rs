//! Priors from descriptions of the labels, and tables of word vectors.

use std::{collections::HashSet, path::PathBuf};

use numpy::{IntoPyArray, PyArray2, PyReadonlyArray2, ndarray::Array2};
use pyo3::prelude::*;
use slugline::{
    Vectorizer,
    dataset::{Description, ReadOptions, WordVectors},
};

use crate::{
    documents::Documents,
    errors::to_python,
    listed::Listed,
    work::{on_texts, unlocked},
};

/// The distinct words of documents, sorted.
#[pyfunction]
pub(crate) fn words_of(py: Python<'_>, documents: &Documents) -> PyResult<Vec<String>> {
    let texts = documents.texts();
    on_texts(py, &texts, |texts| {
        let fitted = Vectorizer::params().fit(texts)?;
        Ok(fitted.vocabulary().iter().map(str::to_owned).collect())
    })
}

/// The words of a file of word vectors, and words × dimensions.
#[pyfunction]
pub(crate) fn read_word_vectors(
    py: Python<'_>,
    path: PathBuf,
) -> PyResult<(Vec<String>, Bound<'_, PyArray2<f32>>)> {
    let table = unlocked(py, || WordVectors::load(&path))?.map_err(to_python)?;
    let words: Vec<String> = table.words().into_iter().map(str::to_owned).collect();
    let n = words.len();
    let dimensions = table.values().len() / n.max(1);
    // As many values as n × dimensions by construction.
    let values = Array2::from_shape_vec((n, dimensions), table.values().to_vec());
    Ok((words, values.unwrap_or_default().into_pyarray(py)))
}

/// Texts with their vectors (texts × dimensions), or the file that has them.
#[derive(FromPyObject)]
pub(crate) enum Source<'py> {
    File(PathBuf),
    Memory(Listed<String>, PyReadonlyArray2<'py, f32>),
}

/// The terms that have a vector, and their weights (terms × topics). A topic has a row (its name, a sentence) for each of
/// its sentences, one behind the other.
#[pyfunction]
pub(crate) fn describe<'py>(
    py: Python<'py>,
    vectors: Source<'py>,
    topics: Listed<(String, String)>,
    terms: Listed<String>,
    strength: f64,
    sharpness: f64,
    max_expansion: u64,
) -> PyResult<(Vec<String>, Bound<'py, PyArray2<f64>>)> {
    let descriptions: Vec<Description> = topics
        .0
        .into_iter()
        .map(|(label, text)| Description { label, text })
        .collect();
    let table = match &vectors {
        Source::Memory(words, values) => WordVectors::new(&words.0, &values.as_array()),
        Source::File(path) => {
            let options = ReadOptions::default().max_expansion(max_expansion);
            let of_terms: HashSet<&str> = terms.0.iter().map(String::as_str).collect();
            unlocked(py, || {
                WordVectors::load_for_with(path, &options, &descriptions, |word| {
                    of_terms.contains(word)
                })
            })?
        }
    };
    let table = table.map_err(to_python)?;
    let prior = unlocked(py, || {
        table.describe(&descriptions, &terms.0, strength, sharpness)
    })?
    .map_err(to_python)?;
    // Term by term, the labels of each in the order of the topics.
    let lines = prior.terms();
    let k = descriptions
        .chunk_by(|one, next| one.label == next.label)
        .count();
    let kept: Vec<String> = lines
        .iter()
        .step_by(k.max(1))
        .map(|line| line.term.clone())
        .collect();
    let weights = lines.iter().map(|line| line.weight).collect();
    let weights = Array2::from_shape_vec((kept.len(), k), weights);
    Ok((kept, weights.unwrap_or_default().into_pyarray(py)))
}
