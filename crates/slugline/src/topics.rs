//! The bundled model: technology, policy and markets.

use std::{io::Read, sync::OnceLock};

use flate2::read::GzDecoder;
use safetensors::SafeTensors;

use crate::{
    classifier::TextClassifier,
    error::{Error, Result},
    util::memory::{check_left, missing, room},
    vocabulary::Vocabulary,
};

/// Made from `datasets/` by `cargo run --release -p slugline --example bundle`; a test makes it anew
/// and compares every byte. Compressed it takes a third of the space, and a few milliseconds; its hash
/// table, which is all chance and does not become smaller, is left out (zeros) and made when it is loaded.
static MODEL: &[u8] = include_bytes!("../models/topics.safetensors.gz");

/// What is needed for a moment to make it ready, and a little more.
const MEMORY: usize = 16 << 20;

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
/// Where memory for the model is missing at the first call ([`missing_memory`](crate::missing_memory) tells it); the next
/// call tries again.
pub fn topics() -> &'static TextClassifier {
    static TOPICS: OnceLock<TextClassifier> = OnceLock::new();
    TOPICS.get_or_init(|| match unpacked() {
        Ok(model) => model,
        Err(Error::OutOfMemory { bytes, .. }) => missing(bytes as usize),
        Err(error) => unreachable!("the embedded model is valid, a test loads it: {error}"),
    })
}

fn unpacked() -> Result<TextClassifier> {
    // Small allocations are not tried one by one.
    check_left("the bundled model", MEMORY)?;
    // The size stands at the end.
    let size = MODEL.last_chunk().copied().map_or(0, u32::from_le_bytes);
    let mut bytes = room(size as usize);
    GzDecoder::new(MODEL)
        .read_to_end(&mut bytes)
        .map_err(|source| Error::io("the bundled model", source))?;
    fill_hash_table(&mut bytes)?;
    TextClassifier::from_bytes(&bytes)
}

/// Puts the hash table of the terms in its place. (Were it not the one that was taken out, the checksum of
/// the file would be wrong.)
fn fill_hash_table(file: &mut [u8]) -> Result<()> {
    let damaged = |why: String| Error::ModelFile {
        file: "the bundled model".into(),
        why,
    };
    let (place, slots) = {
        let tensors = SafeTensors::deserialize(file).map_err(|error| damaged(error.to_string()))?;
        let tensor = |name: &str| {
            let view = tensors
                .tensor(name)
                .map_err(|error| damaged(error.to_string()))?;
            Ok::<&[u8], Error>(view.data())
        };
        let (bytes, offsets) = (tensor("terms.bytes")?, tensor("terms.offsets")?);
        let (offsets, _) = offsets.as_chunks::<8>();
        let ends: Vec<usize> = offsets
            .iter()
            .map(|&at| u64::from_le_bytes(at) as usize)
            .collect();
        let terms = ends
            .windows(2)
            .map(|ends| bytes.get(ends[0]..ends[1]).unwrap_or_default());
        let vocabulary = Vocabulary::from_terms(terms);
        let (_, _, slots) = vocabulary.parts();
        let table = tensor("terms.slots")?;
        (
            table.as_ptr() as usize - file.as_ptr() as usize,
            slots.to_vec(),
        )
    };
    let table = file[place..].chunks_exact_mut(size_of::<u64>());
    for (to, slot) in table.zip(slots) {
        to.copy_from_slice(&slot.to_le_bytes());
    }
    Ok(())
}
