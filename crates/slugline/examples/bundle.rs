//! Makes the bundled model from `datasets/` alone, bit for bit the same every time:
//! `cargo run --release -p slugline --example bundle`. `tests/it/topics.rs` uses the same recipe.
//!
//! To see what a part of the recipe adds: `… --example bundle -- MODEL [PART …]` writes a model file without these
//! parts ([`PARTS`]).

use std::{
    collections::BTreeMap,
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

use flate2::{Compression, write::GzEncoder};
use serde::Deserialize;
use slugline::{
    Auto, Examples, NaiveBayes, Prior, PriorTerm, Result, StopWords, TextClassifier,
    TextClassifierParams, dataset::load_prior,
};

/// The parts of the recipe that can be left out: tables of `datasets/priors`, articles, and settings.
const PARTS: [&str; 9] = [
    "terms",
    "public_counts",
    "wikinews_sums",
    "similarity",
    "border",
    "plain",
    "second_topics",
    "without_terms",
    "level_class_sums",
];

/// The label of the articles about none of the topics.
pub(crate) const BACKGROUND: &str = "other";
/// What each label weighs in all: some topics have more articles than others, and that says nothing about the news.
const EACH: f64 = 720.0;
/// The part of an article about two topics that is about the main one: of the rest the sums of the other learn.
const MAIN: f64 = 0.8;
/// What the public counts are multiplied with, and the shares of words by their similarity to a topic.
const PUBLIC: f64 = 5.0;
const SIMILARITY: f64 = 3.0;
/// The lowest weight of a compiled term of a label that counts: lighter words of policy (forms of government, courts,
/// schools) stand in all kinds of news.
const LEAST: [(&str, f64); 1] = [("policy", 4.0)];
/// The evidence below which the answer is `other`. The limit that parts the articles best, by leave-one-out, is higher;
/// but what is written for a corpus keeps to its topic, and news does not.
const OTHER_BELOW: f64 = 0.06;

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
pub(crate) fn articles(datasets: &Path, left_out: &[String]) -> Result<Vec<Article>> {
    let folder = datasets.join("topics");
    let read = || -> io::Result<Vec<Article>> {
        let mut files: Vec<PathBuf> = fs::read_dir(&folder)?
            .map(|entry| Ok(entry?.path()))
            .collect::<io::Result<_>>()?;
        files.retain(|path| {
            path.extension()
                .is_some_and(|extension| extension == "jsonl")
        });
        // `border-a.jsonl`, `plain-a.jsonl`.
        files.retain(|path| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            !left_out.iter().any(|part| name.starts_with(part.as_str()))
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
pub(crate) fn prior(datasets: &Path, left_out: &[String]) -> Result<Prior> {
    let table = |name: &str| match has(left_out, name) {
        true => load_prior(&datasets.join(format!("priors/{name}.tsv"))),
        false => Ok(Prior::new()),
    };
    let terms = shaped(&table("terms")?);
    let public = table("public_counts")?.scaled(PUBLIC);
    let similarity = table("similarity")?.scaled(SIMILARITY);
    let all = terms.and(public).and(similarity);
    Ok(all.and(table("wikinews_sums")?))
}

/// Whether a part of the recipe is in.
fn has(left_out: &[String], part: &str) -> bool {
    !left_out.iter().any(|own| own == part)
}

/// The compiled terms with squared weights, scaled such that the words of each label sum to what they do on average as
/// they are written: a topic has no more to say because its list is longer.
fn shaped(written: &Prior) -> Prior {
    let is_word = |term: &&PriorTerm| !term.term.contains(' ');
    let words = |prior: &Prior| -> BTreeMap<String, f64> {
        let mut sums = BTreeMap::new();
        for term in prior.terms().iter().filter(is_word) {
            *sums.entry(term.label.clone()).or_default() += term.weight;
        }
        sums
    };
    let counts = |term: &&PriorTerm| {
        let least = LEAST.iter().find(|(label, _)| *label == term.label);
        least.is_none_or(|(_, least)| term.weight >= *least)
    };
    let squared = |term: &PriorTerm| PriorTerm {
        weight: term.weight * term.weight,
        ..term.clone()
    };
    let squares: Prior = written.terms().iter().filter(counts).map(squared).collect();
    let (plain, square) = (words(written), words(&squares));
    let mean = plain.values().sum::<f64>() / plain.len() as f64;
    let scaled = |term: &PriorTerm| PriorTerm {
        weight: term.weight * mean / square[&term.label],
        ..term.clone()
    };
    squares.terms().iter().map(scaled).collect()
}

/// Words that no term of the model holds: English stop words but for those that are words of the news, and some more.
fn dropped_words(datasets: &Path) -> Result<StopWords> {
    let words = |name: &str| -> Result<Vec<String>> {
        let path = datasets.join("priors").join(name);
        let list =
            fs::read_to_string(&path).map_err(|source| slugline::Error::Io { path, source })?;
        let words = list.lines().filter(|line| !line.starts_with('#'));
        Ok(words.map(str::to_owned).collect())
    };
    let kept = words("kept_words.txt")?;
    let english = StopWords::Language("english".into());
    let english = english.list()?.into_iter().map(str::to_owned);
    let dropped = english.filter(|word| !kept.contains(word));
    StopWords::List(dropped.collect()).and(words("dropped_words.txt")?)
}

/// Multinomial, since its term distributions are also those of the shares; the table in
/// `datasets/MODEL_CARD.md` has what else was tried.
pub(crate) fn params(datasets: &Path, left_out: &[String]) -> Result<TextClassifierParams> {
    let level = has(left_out, "level_class_sums");
    let naive_bayes = NaiveBayes::multinomial().alpha(0.6).fit_prior(false);
    let mut params = TextClassifier::params()
        .ngram_range(1, 2)
        .min_df(10)
        .naive_bayes(naive_bayes.level_class_sums(level))
        .background(BACKGROUND.to_owned())
        .prior(prior(datasets, left_out)?);
    if has(left_out, "without_terms") {
        params = params
            .without_terms(dropped_words(datasets)?)
            .without_numbers(true);
    }
    Ok(params)
}

/// Trains on the articles of the split `train`; the others stay unseen, to measure on.
///
/// `left_out`: the parts of the recipe that are not used.
///
/// # Errors
/// Those of reading and training.
pub(crate) fn build(datasets: &Path, left_out: &[String]) -> Result<TextClassifier> {
    let mut articles = articles(datasets, left_out)?;
    articles.retain(|article| article.split == "train");
    if !has(left_out, "second_topics") {
        for article in &mut articles {
            article.labels.truncate(1);
        }
    }
    let texts: Vec<String> = articles
        .iter()
        .map(|article| format!("{}\n{}", article.title, article.text))
        .collect();
    let main: Vec<&str> = articles
        .iter()
        .map(|article| article.labels.first().map_or("", String::as_str))
        .collect();
    let params = params(datasets, left_out)?;
    let (labels, weights) = parts(&articles);
    let examples = Examples::with_label_probabilities(&texts, &labels)?.with_weights(&weights)?;
    let model = params.fit(&examples)?;
    // Leave-one-out wants one label for each article.
    let examples = Examples::new(&texts, &main)?.with_weights(&weights)?;
    let auto = Auto::default().calibrate(true).by_length(true);
    let calibration = params.fit_auto(&examples, auto)?.calibration();
    Ok(model
        .with_calibration(calibration)?
        .with_other_below(Some(OTHER_BELOW))?
        .with_source("datasets/topics")
        .with_source("datasets/priors"))
}

/// Labels of an article, with their probabilities.
type Parts<'a> = Vec<(&'a str, f64)>;

/// What of an article is about which topic.
fn about(article: &Article) -> Parts<'_> {
    match article.labels.as_slice() {
        [main, second, ..] => vec![(main, MAIN), (second, 1.0 - MAIN)],
        labels => labels.iter().map(|label| (label.as_str(), 1.0)).collect(),
    }
}

/// The labels of each article with their probabilities, and its weight: such that every label weighs [`EACH`].
fn parts(articles: &[Article]) -> (Vec<Parts<'_>>, Vec<f64>) {
    let mut labels: Vec<Parts<'_>> = articles.iter().map(about).collect();
    let mut sums: BTreeMap<&str, f64> = BTreeMap::new();
    for (label, part) in labels.iter().flatten() {
        *sums.entry(label).or_default() += part;
    }
    let mut weights = Vec::with_capacity(articles.len());
    for of_article in &mut labels {
        for (label, part) in &mut *of_article {
            *part *= EACH / sums[label];
        }
        let weight: f64 = of_article.iter().map(|(_, part)| part).sum();
        for (_, part) in of_article {
            *part /= weight;
        }
        weights.push(weight);
    }
    (labels, weights)
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
    let mut arguments = std::env::args().skip(1);
    if let Some(file) = arguments.next() {
        let left_out: Vec<String> = arguments.collect();
        if let Some(unknown) = left_out.iter().find(|part| !PARTS.contains(&part.as_str())) {
            return Err(slugline::Error::Parameter {
                name: "part",
                value: unknown.clone(),
                expected: PARTS.join(", "),
            });
        }
        return build(&datasets, &left_out)?.save(Path::new(&file));
    }
    let bytes = without_hash_table(build(&datasets, &[])?.to_bytes()?);
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
