//! A small labelled corpus for the tests, written for them.

#![allow(dead_code, reason = "each test binary uses its part")]

use slugline::{TextClassifier, TextClassifierParams};

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

pub(crate) fn fit(params: &TextClassifierParams) -> TextClassifier {
    params.fit(&texts(), &labels()).unwrap()
}
