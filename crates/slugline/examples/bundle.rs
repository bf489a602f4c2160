//! Makes the bundled model from `datasets/` alone, bit for bit the same every time:
//! `cargo run --release -p slugline --example bundle`. `tests/it/topics.rs` uses the same recipe.

use std::{
    collections::BTreeMap,
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

use flate2::{Compression, write::GzEncoder};
use serde::Deserialize;
use slugline::{
    Auto, Examples, NaiveBayes, Prior, PriorTerm, Result, TextClassifier, TextClassifierParams,
    dataset::load_prior,
};

/// The label of the articles about none of the topics.
pub(crate) const BACKGROUND: &str = "other";
/// What a compiled term's weight (1 to 5) is multiplied with: a core term counts like some 25
/// articles that hold it.
const TERMS: f64 = 0.5;
/// What the part of the public documents that hold a word is multiplied with.
const PUBLIC: f64 = 10.0;
/// How often an article about several topics counts: there are few, and the border between topics runs
/// through them.
const BORDER: f64 = 4.0;

/// The repository's data and the place of the model in the crate.
pub(crate) fn places() -> (PathBuf, PathBuf) {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    (
        here.join("../../datasets"),
        here.join("models/topics.safetensors.gz"),
    )
}

/// What a line of `datasets/topics` says.
#[derive(Debug, Deserialize)]
pub(crate) struct Article {
    title: String,
    text: String,
    /// The main topic first.
    labels: Vec<String>,
    /// `train` or `test`.
    split: String,
}

/// Every article, in the order of file names and lines.
pub(crate) fn articles(datasets: &Path) -> Result<Vec<Article>> {
    let folder = datasets.join("topics");
    let read = || -> io::Result<Vec<Article>> {
        let mut files: Vec<PathBuf> = fs::read_dir(&folder)?
            .map(|entry| Ok(entry?.path()))
            .collect::<io::Result<_>>()?;
        files.retain(|path| {
            path.extension()
                .is_some_and(|extension| extension == "jsonl")
        });
        files.sort();
        let mut articles = Vec::new();
        for file in files {
            for line in fs::read_to_string(file)?.lines() {
                articles.push(serde_json::from_str(line)?);
            }
        }
        Ok(articles)
    };
    read().map_err(|source| slugline::Error::Io {
        path: folder.clone(),
        source,
    })
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
        .ngram_range(1, 2)
        .min_df(3)
        .naive_bayes(NaiveBayes::multinomial().alpha(0.3).fit_prior(false))
        .background(BACKGROUND.to_owned())
        .prior(prior)
}

/// Trains on the articles of the split `train`; the others stay unseen, to measure on.
///
/// # Errors
/// Those of reading and training.
pub(crate) fn build(datasets: &Path) -> Result<TextClassifier> {
    let mut articles = articles(datasets)?;
    articles.retain(|article| article.split == "train");
    let texts: Vec<String> = articles
        .iter()
        .map(|article| format!("{}\n{}", article.title, article.text))
        .collect();
    let labels: Vec<&str> = articles
        .iter()
        .map(|article| article.labels.first().map_or("", String::as_str))
        .collect();
    let auto = Auto::default().calibrate(true);
    let weights = weights(&articles);
    let examples = Examples::new(&texts, &labels)?.with_weights(&weights)?;
    let model = params(prior(datasets)?).fit_auto(&examples, auto)?;
    Ok(model
        .with_source("datasets/topics")
        .with_source("datasets/priors"))
}

/// A weight for each article: [`BORDER`] for one about several topics, and then such that every topic
/// weighs the same: some topics have more articles than others, and that says nothing about the news.
fn weights(articles: &[Article]) -> Vec<f64> {
    let weight = |article: &Article| {
        if article.labels.len() > 1 {
            BORDER
        } else {
            1.0
        }
    };
    let mut sums: BTreeMap<Option<&String>, f64> = BTreeMap::new();
    for article in articles {
        *sums.entry(article.labels.first()).or_default() += weight(article);
    }
    sums.retain(|label, _| label.is_some_and(|label| label != BACKGROUND));
    let share = sums.values().sum::<f64>() / sums.len() as f64;
    articles
        .iter()
        .map(|article| {
            let sum = sums.get(&article.labels.first());
            weight(article) * sum.map_or(1.0, |sum| share / sum)
        })
        .collect()
}

/// The model file with zeros in place of the terms' hash table, which is made when the model is loaded:
/// it would be a fifth of the compressed file.
pub(crate) fn without_hash_table(mut file: Vec<u8>) -> Vec<u8> {
    let length = u64::from_le_bytes(*file.first_chunk().expect("a length comes first"));
    let start = 8 + usize::try_from(length).expect("it fits into memory");
    let header: serde_json::Value = serde_json::from_slice(&file[8..start]).expect("JSON follows");
    let ends = header["terms.slots"]["data_offsets"]
        .as_array()
        .expect("every model has one");
    let end = |at: usize| start + ends[at].as_u64().expect("a number") as usize;
    file[end(0)..end(1)].fill(0);
    file
}

#[allow(
    dead_code,
    reason = "the test that shares this recipe has no use for it"
)]
fn main() -> Result<()> {
    let (datasets, model) = places();
    let bytes = without_hash_table(build(&datasets)?.to_bytes()?);
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
