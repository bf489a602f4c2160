//! Labelled documents over a small vocabulary, so that terms and labels repeat.

use arbitrary::{Result, Unstructured};

/// Words of several lengths and scripts; prefixes of each other, stop words, words that stemming changes.
pub const WORDS: [&str; 24] = [
    "chip",
    "chips",
    "bank",
    "banking",
    "the",
    "vote",
    "law",
    "share",
    "shares",
    "minister",
    "internationalisation",
    "été",
    "Ωmega",
    "Straße",
    "рынок",
    "中文",
    "x1",
    "2026",
    "a",
    "ab",
    "abcdefgh",
    "abcdefghi",
    "network",
    "networks",
];

/// The labels.
pub const LABELS: [&str; 4] = ["m", "p", "t", "ünlabelled"];

/// A document.
#[derive(Debug, Clone)]
pub struct Document {
    pub text: String,
    pub label: &'static str,
    pub weight: f64,
}

/// Up to twelve words.
///
/// # Errors
/// Where the input is used up.
pub fn text(u: &mut Unstructured<'_>) -> Result<String> {
    let mut text = String::new();
    for _ in 0..u.int_in_range(0..=12)? {
        text += u.choose(&WORDS)?;
        text += u.choose(&[" ", " ", " ", ", ", "\n", "-"])?;
    }
    Ok(text)
}

/// Up to `most` documents.
///
/// # Errors
/// Where the input is used up.
pub fn documents(u: &mut Unstructured<'_>, most: usize) -> Result<Vec<Document>> {
    (0..u.int_in_range(1..=most)?)
        .map(|_| {
            Ok(Document {
                label: u.choose(&LABELS)?,
                weight: *u.choose(&[1.0, 1.0, 2.0, 0.5, 1.0 / 3.0, 0.0])?,
                text: text(u)?,
            })
        })
        .collect()
}
