//! The made-up corpora of the tests, each written here once.

use proptest::prelude::*;
use slugline::{Examples, Prior, TextClassifier, TextClassifierParams};

/// Three topics, a few documents each, with shared words, accents and an empty document.
pub(crate) const DOCUMENTS: [(&str, &str); 12] = [
    (
        "technology",
        "The new phone has a faster chip and a sharper screen.",
    ),
    (
        "technology",
        "Engineers patched the browser after the worm spread.",
    ),
    (
        "technology",
        "A naïve robot, one chip, two cameras: the café of the future.",
    ),
    (
        "technology",
        "Chip makers and software firms share one network.",
    ),
    (
        "policy",
        "The minister told parliament that the bill will pass.",
    ),
    (
        "policy",
        "Voters chose a new council; the minister resigned.",
    ),
    ("policy", "The court struck down the law on ID cards."),
    ("policy", ""),
    (
        "markets",
        "Shares fell as the bank cut its forecast for growth.",
    ),
    (
        "markets",
        "The bank raised rates; the euro rose, shares fell again.",
    ),
    (
        "markets",
        "Oil prices and the firm's profit rose in the quarter.",
    ),
    ("markets", "The chip firm's shares rose after its results."),
];

pub(crate) fn texts() -> Vec<&'static str> {
    DOCUMENTS.iter().map(|(_, text)| *text).collect()
}

pub(crate) fn labels() -> Vec<&'static str> {
    DOCUMENTS.iter().map(|(label, _)| *label).collect()
}

/// Labelled texts that nothing is wrong with.
pub(crate) fn examples<'a, S, L: AsRef<str>>(texts: &'a [S], labels: &[L]) -> Examples<'a, S> {
    Examples::new(texts, labels).unwrap()
}

/// The same with weights, where there are any.
pub(crate) fn weighted<'a, S, L: AsRef<str>>(
    texts: &'a [S],
    labels: &[L],
    weights: Option<&'a [f64]>,
) -> Examples<'a, S> {
    let examples = examples(texts, labels);
    match weights {
        Some(weights) => examples.with_weights(weights).unwrap(),
        None => examples,
    }
}

pub(crate) fn fit(params: &TextClassifierParams) -> TextClassifier {
    params.fit(&examples(&texts(), &labels())).unwrap()
}

/// Pseudo-counts of a word that [`DOCUMENTS`] lack and of one that they have.
pub(crate) fn prior() -> Prior {
    Prior::new()
        .with("policy", "ballot", 1.5)
        .with("markets", "bank", 0.5)
}

/// What is off topic for [`DOCUMENTS`].
pub(crate) const SPORT: [&str; 4] = [
    "The striker scored twice and the keeper was sent off in the cup final.",
    "A late goal won the match; the striker left the pitch with an injury.",
    "Runners and swimmers chase medals at the games.",
    "The keeper saved a penalty and the match went to extra time.",
];

/// [`DOCUMENTS`] and [`SPORT`], which has the label `sport`.
pub(crate) fn with_background() -> (Vec<&'static str>, Vec<&'static str>) {
    let texts = texts().into_iter().chain(SPORT).collect();
    let labels = labels().into_iter().chain(["sport"; 4]).collect();
    (texts, labels)
}

/// Short documents over few words, so that terms and classes repeat.
pub(crate) fn documents(most: usize) -> impl Strategy<Value = Vec<(String, String)>> {
    let word = prop::sample::select(vec![
        "chip", "bank", "vote", "law", "share", "été", "Ωmega", "x1",
    ]);
    let text = prop::collection::vec(word, 0..8).prop_map(|words| words.join(" "));
    let label = prop::sample::select(vec!["m", "p", "t"]).prop_map(str::to_owned);
    let one = ("chip bank".to_owned(), "m".to_owned());
    prop::collection::vec((text, label), 0..most).prop_map(move |mut documents| {
        documents.push(one.clone());
        documents
    })
}

/// Numbers that look random and are always the same: a linear congruential generator.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % n
    }
}

/// `n` documents of three topics, whose words overlap.
pub(crate) fn overlapping_topics(n: usize, seed: u64) -> (Vec<String>, Vec<String>) {
    let mut numbers = Numbers(seed * 7919 + 1);
    let topics = ["technology", "policy", "markets"];
    (0..n)
        .map(|_| {
            let topic = numbers.below(3);
            let words: Vec<String> = (0..5 + numbers.below(20))
                .map(|_| match numbers.below(3) {
                    0 => format!("w{}", numbers.below(12)),
                    1 => format!("{}{}", &topics[topic][..2], numbers.below(9)),
                    _ => format!("rare{}", numbers.below(400)),
                })
                .collect();
            (words.join(" "), topics[topic].to_owned())
        })
        .unzip()
}

/// `sizes` documents of each of three topics, in mixed order. On average two of `rate` words belong to the topic alone;
/// their numbers begin at `first`, so that two corpora can write about the same topics in other words.
pub(crate) fn sized_topics(
    sizes: [usize; 3],
    seed: u64,
    first: usize,
    rate: usize,
) -> (Vec<String>, Vec<String>) {
    let mut numbers = Numbers(seed * 7919 + 1);
    let topics = ["markets", "policy", "technology"];
    let mut documents = Vec::new();
    for (topic, n) in topics.iter().zip(sizes) {
        for _ in 0..n {
            let words: Vec<String> = (0..12)
                .map(|_| match numbers.below(rate) {
                    0 | 1 => format!("{}{}", &topic[..2], first + numbers.below(30)),
                    _ => format!("common{}", numbers.below(40)),
                })
                .collect();
            documents.push((words.join(" "), (*topic).to_owned()));
        }
    }
    // Mixed, so that no order of labels helps.
    for at in (1..documents.len()).rev() {
        documents.swap(at, numbers.below(at + 1));
    }
    documents.into_iter().unzip()
}

/// Documents with weights; a few words are frequent, many are rare, and some documents are empty.
pub(crate) struct Weighted {
    pub(crate) texts: Vec<String>,
    pub(crate) labels: Vec<String>,
    pub(crate) weights: Vec<f64>,
}

impl Weighted {
    pub(crate) fn new(documents: usize, words: usize) -> Self {
        let mut numbers = Numbers(12_345);
        let mut corpus = Self {
            texts: Vec::new(),
            labels: Vec::new(),
            weights: Vec::new(),
        };
        for document in 0..documents {
            let label = numbers.below(4);
            let length = if document % 50 == 7 {
                0
            } else {
                numbers.below(60)
            };
            let text: Vec<String> = (0..length)
                .map(|_| {
                    let most = 1 + numbers.below(words);
                    let word = numbers.below(most);
                    match word % 7 {
                        0 => format!("word{label}x{word}"),
                        1 => format!("a-rather-long-wörd{word}with{label}"),
                        _ => format!("w{word}"),
                    }
                })
                .collect();
            corpus.texts.push(text.join(" "));
            let label = ["news", "opinion", "sport", "weather"][label];
            corpus.labels.push(label.to_owned());
            corpus.weights.push(numbers.below(5) as f64 / 3.0);
        }
        corpus
    }
}
