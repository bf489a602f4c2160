//! The bundled model: technology, policy and markets.

use std::{io::Read, sync::OnceLock};

use flate2::read::GzDecoder;

use crate::{
    classifier::TextClassifier,
    error::{Error, Result},
};

/// Made from `datasets/` by `cargo run --release -p slugline --example bundle`; a test makes it anew
/// and compares every byte. Compressed it takes less than half of the space, and a few milliseconds.
static MODEL: &[u8] = include_bytes!("../models/topics.safetensors.gz");

/// The classifier that names news articles `technology`, `policy` or `markets`, tells how much of an
/// article speaks of each, and whether it is about none of them. It is made ready at the first call
/// and shared from then on. `datasets/MODEL_CARD.md` says how good it is, and at what.
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
    TOPICS.get_or_init(|| unpacked().expect("the embedded model is valid: a test loads it"))
}

fn unpacked() -> Result<TextClassifier> {
    let mut bytes = Vec::new();
    GzDecoder::new(MODEL)
        .read_to_end(&mut bytes)
        .map_err(|source| Error::io("the bundled model", source))?;
    TextClassifier::from_bytes(&bytes)
}
