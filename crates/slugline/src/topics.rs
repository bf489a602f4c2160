//! The bundled model: technology, policy and markets.

use std::sync::OnceLock;

use crate::classifier::TextClassifier;

/// Made from `datasets/topics` by `cargo run --release -p slugline --example bundle`; a test makes
/// it anew and compares every byte.
static MODEL: &[u8] = include_bytes!("../models/topics.safetensors");

/// The classifier that names news articles `technology`, `policy` or `markets`. It is made ready at
/// the first call and shared from then on.
///
/// ```
/// let verdict = slugline::topics().classify("The central bank raised interest rates again.");
/// assert_eq!(verdict.label(), "markets");
/// ```
///
/// # Panics
/// Never: the embedded model is checked by the tests.
pub fn topics() -> &'static TextClassifier {
    static TOPICS: OnceLock<TextClassifier> = OnceLock::new();
    TOPICS.get_or_init(|| {
        TextClassifier::from_bytes(MODEL).expect("the embedded model is valid: a test loads it")
    })
}
