//! Makes the bundled model from `datasets/topics`, bit for bit the same every time:
//! `cargo run --release -p slugline --example bundle`. `tests/topics.rs` uses the same recipe.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use slugline::{
    Result, StopWords, TextClassifier,
    dataset::{Column, ReadOptions, Record, open},
};

/// The repository's folder of articles and the place of the model in the crate.
pub(crate) fn places() -> (PathBuf, PathBuf) {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    (
        here.join("../../datasets/topics"),
        here.join("models/topics.safetensors"),
    )
}

/// Title and text, main label and split (`train` or `test`) of every article, in the order of file
/// names and lines.
pub(crate) fn articles(folder: &Path) -> Result<Vec<(Record, String)>> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .and_then(|entries| {
            entries
                .map(|entry| Ok(entry?.path()))
                .collect::<io::Result<_>>()
        })
        .map_err(|source| slugline::Error::Io {
            path: folder.to_owned(),
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

/// Trains on the articles of the split `train`; the others stay unseen, to measure on.
///
/// # Errors
/// Those of reading and training.
pub(crate) fn build(folder: &Path) -> Result<TextClassifier> {
    let articles = articles(folder)?;
    let train = articles.iter().filter(|(_, split)| split == "train");
    let (texts, labels): (Vec<&str>, Vec<&str>) = train
        .map(|(record, _)| {
            (
                record.text.as_str(),
                record.label.as_deref().unwrap_or_default(),
            )
        })
        .unzip();
    let model = TextClassifier::params()
        .stop_words(StopWords::Language("english".into()))
        .fit_weighted(&texts, &labels, Some(&balanced(&labels)))?;
    Ok(model.with_source("datasets/topics"))
}

/// A weight for each document such that every topic weighs the same: some topics have more articles
/// than others so far, and that says nothing about the news.
fn balanced(labels: &[&str]) -> Vec<f64> {
    let count = |label: &str| labels.iter().filter(|other| **other == label).count() as f64;
    let share = labels.len() as f64 / 3.0;
    labels.iter().map(|label| share / count(label)).collect()
}

#[allow(
    dead_code,
    reason = "the test that shares this recipe has no use for it"
)]
fn main() -> Result<()> {
    let (articles, model) = places();
    build(&articles)?.save(model)
}
