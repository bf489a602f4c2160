//! Makes the bundled model from `datasets/` alone, bit for bit the same every time:
//! `cargo run --release -p slugline --example bundle`. `tests/topics.rs` uses the same recipe.

use std::{
    collections::BTreeMap,
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

use flate2::{Compression, write::GzEncoder};
use slugline::{
    NaiveBayes, Prior, PriorTerm, Result, TextClassifier, TextClassifierParams,
    dataset::{Column, ReadOptions, Record, load_prior, open},
};

/// The label of the articles about none of the topics.
pub(crate) const BACKGROUND: &str = "other";
/// What a compiled term's weight (1 to 5) is multiplied with: a core term counts like some 25
/// articles that hold it.
const TERMS: f64 = 0.5;
/// What the part of the public documents that hold a word is multiplied with.
const PUBLIC: f64 = 10.0;
/// Parts for the calibration: each is judged by a model of the others.
const FOLDS: usize = 5;

/// The repository's data and the place of the model in the crate.
pub(crate) fn places() -> (PathBuf, PathBuf) {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    (
        here.join("../../datasets"),
        here.join("models/topics.safetensors.gz"),
    )
}

/// Title and text, main label and split (`train` or `test`) of every article, in the order of file
/// names and lines.
pub(crate) fn articles(datasets: &Path) -> Result<Vec<(Record, String)>> {
    let folder = datasets.join("topics");
    let mut files: Vec<PathBuf> = fs::read_dir(&folder)
        .and_then(|entries| {
            entries
                .map(|entry| Ok(entry?.path()))
                .collect::<io::Result<_>>()
        })
        .map_err(|source| slugline::Error::Io {
            path: folder,
            source,
        })?;
    files.retain(|path| {
        path.extension()
            .is_some_and(|extension| extension == "jsonl")
    });
    files.sort();
    let mut articles = Vec::new();
    for file in files {
        let split_as_label = ReadOptions {
            label: Some(Column::Name("split".into())),
            ..Default::default()
        };
        let splits = open(&file, &split_as_label)?;
        for (record, split) in open(&file, &ReadOptions::default())?.zip(splits) {
            articles.push((record?, split?.label.unwrap_or_default()));
        }
    }
    Ok(articles)
}

/// What is known of terms beside the articles.
pub(crate) fn prior(datasets: &Path) -> Result<Prior> {
    let folder = datasets.join("priors");
    let terms = even(&load_prior(&folder.join("terms.tsv"))?).scaled(TERMS);
    let public = load_prior(&folder.join("public_counts.tsv"))?.scaled(PUBLIC);
    Ok(terms.and(public))
}

/// The prior with the weights of each label's words scaled to the same sum: a topic has no more to say
/// because its list is longer.
fn even(prior: &Prior) -> Prior {
    let mut sums: BTreeMap<&str, f64> = BTreeMap::new();
    for term in prior.terms().iter().filter(|term| !term.term.contains(' ')) {
        *sums.entry(&term.label).or_default() += term.weight;
    }
    let mean = sums.values().sum::<f64>() / sums.len() as f64;
    let scaled = |term: &PriorTerm| PriorTerm {
        weight: term.weight * mean / sums[term.label.as_str()],
        ..term.clone()
    };
    prior.terms().iter().map(scaled).collect()
}

/// Multinomial, since its term distributions are also those of the shares; the table in
/// `datasets/MODEL_CARD.md` has what else was tried.
pub(crate) fn params(prior: Prior) -> TextClassifierParams {
    TextClassifier::params()
        .min_df(2)
        .naive_bayes(NaiveBayes::multinomial().alpha(0.3).fit_prior(false))
        .background(BACKGROUND.to_owned())
        .prior(prior)
}

/// Trains on the articles of the split `train`; the others stay unseen, to measure on.
///
/// # Errors
/// Those of reading and training.
pub(crate) fn build(datasets: &Path) -> Result<TextClassifier> {
    let articles = articles(datasets)?;
    let train = articles.iter().filter(|(_, split)| split == "train");
    let (texts, labels): (Vec<&str>, Vec<&str>) = train
        .map(|(record, _)| {
            (
                record.text.as_str(),
                record.label.as_deref().unwrap_or_default(),
            )
        })
        .unzip();
    let model = params(prior(datasets)?).fit_calibrated(
        &texts,
        &labels,
        Some(&balanced(&labels)),
        FOLDS,
    )?;
    Ok(model
        .with_source("datasets/topics")
        .with_source("datasets/priors"))
}

/// A weight for each document such that every topic weighs the same: some topics have more articles
/// than others, and that says nothing about the news.
fn balanced(labels: &[&str]) -> Vec<f64> {
    let count = |label: &str| labels.iter().filter(|other| **other == label).count() as f64;
    let topics = labels.iter().filter(|label| **label != BACKGROUND).count();
    let share = topics as f64 / 3.0;
    labels
        .iter()
        .map(|&label| match label {
            BACKGROUND => 1.0,
            label => share / count(label),
        })
        .collect()
}

#[allow(
    dead_code,
    reason = "the test that shares this recipe has no use for it"
)]
fn main() -> Result<()> {
    let (datasets, model) = places();
    let bytes = build(&datasets)?.to_bytes()?;
    let write = || -> io::Result<()> {
        let mut packed = GzEncoder::new(Vec::new(), Compression::best());
        packed.write_all(&bytes)?;
        fs::write(&model, packed.finish()?)
    };
    write().map_err(|source| slugline::Error::Io {
        path: model.clone(),
        source,
    })
}
