//! Words that were chosen to lie in one place of a hash table take no longer than others.

use std::time::{Duration, Instant};

use super::corpora::examples;
use slugline::{Language, TextClassifier, TextClassifierParams};

#[allow(dead_code, reason = "the tests of the tables use the rest")]
#[path = "../../src/vocabulary/flood.rs"]
mod flood;

/// How long it takes to fit texts of these words, to write the model, to read it, to classify each text alone and all of
/// them together.
fn time(params: &TextClassifierParams, words: &[String]) -> Duration {
    let texts: Vec<String> = words.chunks(200).map(|words| words.join(" ")).collect();
    let labels: Vec<String> = (0..texts.len()).map(|n| format!("{}", n % 4)).collect();
    let began = Instant::now();
    let model = params.clone().threads(1).fit(&examples(&texts, &labels));
    let model = model.unwrap();
    let read = TextClassifier::from_bytes(&model.to_bytes().unwrap()).unwrap();
    let found: Vec<&str> = texts
        .iter()
        .map(|text| read.classify(text).label())
        .collect();
    let many: Vec<&String> = texts.iter().cycle().take(texts.len() * 20).collect();
    assert_eq!(read.predict(&many).unwrap()[..found.len()], found);
    began.elapsed()
}

#[test]
fn flooded_words_take_no_longer_than_others() {
    const WORDS: usize = 20_000;
    let flooded = flood::flooded(WORDS);
    assert_eq!(flooded.len(), WORDS);
    let random = flood::words_of(WORDS, |_| true);
    let params = TextClassifier::params;
    for (name, params) in [
        ("words", params()),
        ("stems", params().stemmer(Language::German)),
        ("n-grams", params().ngram_range(1, 2)),
    ] {
        // Other tests run beside this one: what is quadratic is slow every time.
        let mut rounds = (0..6).map(|_| (time(&params, &random), time(&params, &flooded)));
        let found = rounds.find(|(others, chosen)| *chosen < *others * 4);
        println!("{name}: {found:?}");
        assert!(found.is_some(), "{name}: flooded words take longer");
    }
}
