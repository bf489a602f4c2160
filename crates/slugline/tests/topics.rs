//! The bundled model and the articles that it was made from.

#![allow(missing_docs)]

#[path = "../examples/bundle.rs"]
mod bundle;

use std::collections::{BTreeMap, HashMap, HashSet};

use slugline::evaluate::Evaluation;

/// The repository's articles; none in a crate that was downloaded without them.
fn articles() -> Option<Vec<(slugline::dataset::Record, String)>> {
    let (folder, _) = bundle::places();
    if !folder.is_dir() {
        eprintln!("skipped: {} is not there", folder.display());
        return None;
    }
    Some(bundle::articles(&folder).unwrap())
}

#[test]
fn the_bundled_model_is_rebuilt_bit_for_bit() {
    if articles().is_none() {
        return;
    }
    let (folder, model) = bundle::places();
    let built = bundle::build(&folder).unwrap().to_bytes().unwrap();
    let committed = std::fs::read(model).unwrap();
    assert!(
        built == committed,
        "datasets/topics and the bundled model differ: `cargo run --release -p slugline --example bundle`"
    );
}

/// Articles that were not trained on.
#[test]
fn held_out_articles() {
    let Some(articles) = articles() else { return };
    let model = slugline::topics();
    let mut evaluation = Evaluation::new(model.labels());
    for (record, _) in articles.iter().filter(|(_, split)| split == "test") {
        evaluation.add(
            record.label.as_deref().unwrap(),
            &model.classify(&record.text),
        );
    }
    println!(
        "{} articles, accuracy {:.3}",
        evaluation.n(),
        evaluation.accuracy()
    );
    assert!(evaluation.accuracy() > 0.75, "{:?}", evaluation.report());
}

#[test]
fn everyday_news() {
    let cases = [
        (
            "technology",
            "The update fixes a flaw in the browser and speeds up the phone's camera app.",
        ),
        (
            "policy",
            "Ministers lost a vote in parliament after rebels backed the opposition's amendment.",
        ),
        (
            "markets",
            "Shares in the retailer fell after it warned that profits would miss forecasts.",
        ),
    ];
    for (label, text) in cases {
        let verdict = slugline::topics().classify(text);
        assert_eq!(verdict.label(), label, "{text} {:?}", verdict.top(3));
    }
}

/// Counts, lengths and originality of the corpus: 30 articles or more a topic, 80 to 300 words, no
/// sentence twice, no two articles alike (Jaccard of word 4-grams above 0.25).
#[test]
fn the_corpus_keeps_its_rules() {
    let Some(articles) = articles() else { return };
    let mut by_label: BTreeMap<&str, usize> = BTreeMap::new();
    let mut ids = HashSet::new();
    let mut sentences: HashMap<String, &str> = HashMap::new();
    let mut grams: Vec<HashSet<Vec<String>>> = Vec::new();
    for (record, split) in &articles {
        let id = record.id.as_deref().unwrap();
        assert!(ids.insert(id), "{id} twice");
        assert!(
            ["train", "test"].contains(&split.as_str()),
            "{id}: split {split}"
        );
        *by_label
            .entry(record.label.as_deref().unwrap())
            .or_default() += 1;
        // The title is the first line.
        let text = record.text.split_once('\n').unwrap().1;
        let words: Vec<String> = text
            .split(|c: char| !c.is_alphanumeric() && c != '\'' && c != '’')
            .filter(|word| !word.is_empty())
            .map(str::to_lowercase)
            .collect();
        let length = text.split_whitespace().count();
        assert!((80..=300).contains(&length), "{id} has {length} words");
        for sentence in text.split(['.', '!', '?', '\n']) {
            let words: Vec<String> = sentence.split_whitespace().map(str::to_lowercase).collect();
            if words.len() >= 6
                && let Some(other) = sentences.insert(words.join(" "), id)
            {
                panic!("{id} and {other} share a sentence: {sentence}");
            }
        }
        grams.push(words.windows(4).map(<[String]>::to_vec).collect());
    }
    for (label, count) in &by_label {
        assert!(
            ["technology", "policy", "markets"].contains(label) && *count >= 30,
            "{label}: {count}"
        );
    }
    assert_eq!(by_label.len(), 3);
    for (at, a) in grams.iter().enumerate() {
        for (back, b) in grams[..at].iter().enumerate() {
            let shared = a.intersection(b).count() as f64;
            let jaccard = shared / (a.len() + b.len()) as f64;
            // shared / (|a| + |b| − shared) > 0.25 just where shared / (|a| + |b|) > 0.2.
            assert!(jaccard <= 0.2, "articles {at} and {back} are alike");
        }
    }
    println!("{} articles: {by_label:?}", articles.len());
}
