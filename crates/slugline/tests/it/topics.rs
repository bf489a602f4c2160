//! The bundled model, and the data that it was made from.

#[path = "../../examples/bundle.rs"]
mod bundle;

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    fs,
    io::Read,
    path::PathBuf,
};

use serde_json::Value;
use slugline::{
    Scratch,
    evaluate::{Evaluation, OffTopic},
};

use super::real;

/// The repository's data; none in a crate that was downloaded without it.
fn datasets() -> Option<PathBuf> {
    real::present(bundle::places().0)
}

/// Every article as it is written.
fn articles() -> Option<Vec<Value>> {
    let mut files: Vec<PathBuf> = fs::read_dir(datasets()?.join("topics"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "jsonl"))
        .collect();
    files.sort();
    let lines = files.iter().flat_map(|file| {
        let text = fs::read_to_string(file).unwrap();
        let lines: Vec<Value> = text
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        lines
    });
    Some(lines.collect())
}

fn words(article: &Value, key: &str) -> Vec<String> {
    let values = article[key].as_array().into_iter().flatten();
    values
        .map(|value| value.as_str().unwrap().to_owned())
        .collect()
}

fn text(article: &Value) -> String {
    format!(
        "{}\n{}",
        article["title"].as_str().unwrap(),
        article["text"].as_str().unwrap()
    )
}

#[test]
fn the_bundled_model_is_rebuilt_bit_for_bit() {
    let Some(datasets) = datasets() else { return };
    let built = bundle::build(&datasets, &[]).unwrap().to_bytes().unwrap();
    assert!(
        built == slugline::topics().to_bytes().unwrap(),
        "the bundled model is not loaded as it was made"
    );
    let built = bundle::without_hash_table(built);
    let (_, model) = bundle::places();
    let packed = fs::read(model).unwrap();
    let mut committed = Vec::new();
    flate2::read::GzDecoder::new(&*packed)
        .read_to_end(&mut committed)
        .unwrap();
    assert!(
        built == committed,
        "datasets/ and the bundled model differ: `cargo run --release -p slugline --example bundle`"
    );
    assert!(
        packed.len() <= 2 << 20,
        "{} bytes are embedded",
        packed.len()
    );
}

/// Articles that were not trained on: the main topic, both topics of those about two, and `other`.
#[test]
fn held_out_articles() {
    let Some(articles) = articles() else { return };
    let model = slugline::topics();
    let mut scratch = Scratch::default();
    let mut evaluation = Evaluation::new(model.labels());
    let mut off_topic = OffTopic::default();
    let (mut border, mut both) = (0, 0);
    for article in articles.iter().filter(|article| article["split"] == "test") {
        let labels = words(article, "labels");
        let shares = model.shares_with(&mut scratch, &text(article));
        off_topic.add(labels[0] != "other", shares.evidence());
        if labels[0] == "other" {
            continue;
        }
        evaluation.add(&labels[0], shares.verdict());
        if labels.len() > 1 {
            border += 1;
            let large = shares.at_least(0.2);
            let shown = |label: &String| large.iter().any(|(own, _)| own == label);
            both += usize::from(labels[..2].iter().all(shown));
        }
    }
    let other = off_topic.report(model.calibration().other_below).unwrap();
    println!(
        "{} articles, accuracy {:.3}, ECE {:.3}; both topics of {both} of {border}; other {other:?}",
        evaluation.n(),
        evaluation.accuracy(),
        evaluation.calibration_error()
    );
    assert!(evaluation.accuracy() >= 0.92, "{:?}", evaluation.report());
    assert!(f64::from(both as u32) >= 0.8 * f64::from(border));
    assert!(other.auroc >= 0.95, "{other:?}");
}

/// What `datasets/topics/PLAN.md` asks of the corpus: numbers, fields, lengths, and every subtopic.
#[test]
fn the_corpus_keeps_its_plan() {
    let Some(articles) = articles() else { return };
    let plan = fs::read_to_string(datasets().unwrap().join("topics/plan.json")).unwrap();
    let plan: Value = serde_json::from_str(&plan).unwrap();
    let mut ids = HashSet::new();
    let mut by_label: BTreeMap<String, usize> = BTreeMap::new();
    let mut cells: BTreeMap<(String, String), BTreeSet<String>> = BTreeMap::new();
    let mut seen: BTreeMap<(&str, String), usize> = BTreeMap::new();
    let mut border = 0;
    for article in &articles {
        let id = article["id"].as_str().unwrap();
        assert!(ids.insert(id), "{id} twice");
        let labels = words(article, "labels");
        *by_label.entry(labels[0].clone()).or_default() += 1;
        border += usize::from(labels.len() > 1);
        let length = article["text"].as_str().unwrap().split_whitespace().count();
        assert!((80..=300).contains(&length), "{id} has {length} words");
        for (key, all) in [
            ("style", "styles"),
            ("region", "regions"),
            ("period", "periods"),
        ] {
            assert!(
                words(&plan, all).iter().any(|own| article[key] == **own),
                "{id}: {key}"
            );
            *seen
                .entry((key, article[key].as_str().unwrap().to_owned()))
                .or_default() += 1;
        }
        let subtopic = article["subtopic"].as_str().unwrap().to_owned();
        assert!(
            words(&plan["subtopics"], &labels[0]).contains(&subtopic),
            "{id}: {subtopic} is no subtopic of {}",
            labels[0]
        );
        let periods = cells.entry((labels[0].clone(), subtopic)).or_default();
        periods.insert(article["period"].as_str().unwrap().to_owned());
        let split = article["split"].as_str();
        assert!(matches!(split, Some("train" | "test")), "{id}: {split:?}");
    }
    println!(
        "{} articles: {by_label:?}, {border} of several topics; {seen:?}",
        articles.len()
    );
    for topic in ["technology", "policy", "markets"] {
        assert!(by_label[topic] >= 300, "{topic}: {}", by_label[topic]);
        assert!(words(&plan["subtopics"], topic).len() >= 35);
    }
    assert!(border >= 200);
    for (topic, subtopics) in plan["subtopics"].as_object().unwrap() {
        for subtopic in subtopics.as_array().unwrap() {
            let cell = (topic.clone(), subtopic.as_str().unwrap().to_owned());
            let periods = cells.get(&cell).map_or(0, BTreeSet::len);
            // What is off topic has to be broad, and hardly changes with the years.
            let least = if topic == "other" { 1 } else { 2 };
            assert!(
                periods >= least,
                "{cell:?} is written about in {periods} of 3 periods"
            );
        }
    }
    for (all, key) in [
        ("styles", "style"),
        ("regions", "region"),
        ("periods", "period"),
    ] {
        for value in words(&plan, all) {
            let n = seen.get(&(key, value.clone())).copied().unwrap_or(0);
            assert!(n >= 10, "{key} {value}: {n} articles");
        }
    }
}

/// No sentence of six words or more twice, no two articles alike (Jaccard of word 4-grams above 0.25).
#[test]
fn every_article_is_an_original() {
    let Some(articles) = articles() else { return };
    let mut sentences: HashMap<String, &str> = HashMap::new();
    // 4-gram → articles that hold it: only pairs that share some have to be compared.
    let mut holders: HashMap<Vec<String>, Vec<usize>> = HashMap::new();
    let mut sizes = Vec::new();
    for (at, article) in articles.iter().enumerate() {
        let id = article["id"].as_str().unwrap();
        let text = article["text"].as_str().unwrap();
        for sentence in text.split(['.', '!', '?', '\n']) {
            let words: Vec<String> = sentence.split_whitespace().map(str::to_lowercase).collect();
            if words.len() >= 6
                && let Some(other) = sentences.insert(words.join(" "), id)
            {
                panic!("{id} and {other} share a sentence: {sentence}");
            }
        }
        let words: Vec<String> = text
            .split(|c: char| !c.is_alphanumeric() && c != '\'' && c != '’')
            .filter(|word| !word.is_empty())
            .map(str::to_lowercase)
            .collect();
        let grams: HashSet<Vec<String>> = words.windows(4).map(<[String]>::to_vec).collect();
        sizes.push(grams.len());
        for gram in grams {
            holders.entry(gram).or_default().push(at);
        }
    }
    let mut shared: HashMap<(usize, usize), usize> = HashMap::new();
    for articles in holders.values() {
        for (at, a) in articles.iter().enumerate() {
            for b in &articles[at + 1..] {
                *shared.entry((*a, *b)).or_default() += 1;
            }
        }
    }
    let mut closest = (0.0, 0, 0);
    for ((a, b), shared) in shared {
        let jaccard = shared as f64 / (sizes[a] + sizes[b] - shared) as f64;
        if jaccard > closest.0 {
            closest = (jaccard, a, b);
        }
    }
    let (jaccard, a, b) = closest;
    println!(
        "closest: {jaccard:.3}, {} and {}",
        articles[a]["id"], articles[b]["id"]
    );
    assert!(jaccard <= 0.25);
}

#[test]
fn the_term_lists_keep_their_rules() {
    let Some(datasets) = datasets() else { return };
    let terms = slugline::dataset::load_prior(&datasets.join("priors/terms.tsv")).unwrap();
    let mut seen = HashSet::new();
    let mut count: BTreeMap<&str, usize> = BTreeMap::new();
    for term in terms.terms() {
        assert!(seen.insert((&term.label, &term.term)), "{term:?} twice");
        assert!((1.0..=5.0).contains(&term.weight), "{term:?}");
        assert!(term.term.split(' ').count() <= 2, "{term:?}");
        *count.entry(&term.label).or_default() += 1;
    }
    println!("{count:?}");
    for topic in ["technology", "policy", "markets"] {
        assert!(count[topic] >= 1500, "{topic}: {}", count[topic]);
    }
}
