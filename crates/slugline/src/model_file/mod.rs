//! Saving and loading a classifier: one `.safetensors` file, versioned, checksummed, validated.
//!
//! The file is a plain safetensors container, which many tools open:
//!
//! | tensor | type, shape | content |
//! |---|---|---|
//! | `terms.bytes`, `terms.offsets`, `terms.slots` | u8, u64, u64 | terms that classification knows, end to end; where each begins; a hash table, for other readers |
//! | `idf` | f64, terms | inverse document frequency |
//! | `weights` | f64, terms × classes | what a term's value is multiplied with |
//! | `weights.places` | u32, terms | with 16 classes or more: the number of a term's row in `weights`, or, with the highest bit, of its sparse row |
//! | `weights.of_term`, `weights.of_class` | f64, sparse rows; f64, classes | the weight of a sparse row is the sum of both |
//! | `weights.starts`, `weights.classes`, `weights.values` | u64, sparse rows + 1; u32; f64 | and of what these classes have beside it |
//! | `bias` | f64, classes | what a score starts from |
//! | `class_count` | f64, classes | documents of each class |
//! | `df`, `total` | u64, f64, learned terms | documents that hold a term; its total count |
//! | `sums.starts`, `sums.classes`, `sums.values` | u64, learned terms + 1; u32; f64 | the sums that weights are derived from, without the zeros |
//! | `background` | f64, learned terms | the sums of documents about none of the topics, where there are any |
//! | `background_count` | f64, 1 | how many of them there are |
//! | `prior.terms`, `prior.classes`, `prior.counts` | u32, u32, f64 | pseudo-counts of a prior, where there is one: learned term, class (the background's is the number of labels), count |
//! | `prior.df`, `prior.n_documents` | u64, learned terms; u64, 1 | documents that the pseudo-counts were taken from: those with a term, and all; where they are known |
//! | `learned.bytes`, `.offsets`, `.slots` | as `terms.*` | the learned terms, where pruning makes them more than `terms` |
//!
//! The metadata key `slugline` holds the settings, labels, provenance and checksum as JSON, and where there
//! is one the note of a program around the library, which is kept as it is. The
//! checksum is the CRC-32 of the whole file with the checksum's own eight digits as zeros.
//!
//! Reading trusts nothing: sizes, offsets, distinct terms, settings and numbers are checked before the first
//! look-up. What using a model costs is bounded by its file and the text, whatever the file says:
//!
//! - No table is read from the file that answers depend on: the hash table is made anew, and is not read.
//! - Rows of weights are numbered as they come, so that no two terms share one; packed weights take at most 16 bytes for
//!   each number in the file and 160 for each term.
//! - Tables of terms × labels, for shares and evidence, are made up to 2²⁵ numbers (256 MB) and 4096 labels; of more,
//!   only what labels know of terms. A text takes the time of its terms' numbers and of the labels, 100 times.
//! - Weights that are derived anew (update, forget, merge) are a number for each sum, or at most 2²⁵ numbers and 256 for
//!   each sum ([`Error::Parameter`](crate::Error::Parameter) for more).
//! - A text has no n-grams of more than [64](crate::text::LONGEST_NGRAM) words or characters: 64 for each, and 2080 times
//!   its length in all.
//! - There are at most 2⁵³ documents, so that sums of two models fit.
//!
//! The format is little-endian; a big-endian machine gets an error.

mod disk;
mod read;
#[cfg(feature = "dataset")]
mod save;
mod write;

use serde::{Deserialize, Serialize};

use crate::classifier::{Calibration, LabelType, Provenance, TextClassifierParams};

/// The version that is written. Older ones stay readable.
///
/// 2: background, prior and calibration; a file without them is as in format 1. 3: rows without zeros;
/// before, `weights` held all terms, and `feature_count` (f64, learned terms × classes) the sums. 4: documents of a
/// prior; a file without them is as in format 3, and has its number.
const FORMAT: u32 = 4;
/// The metadata key.
const KEY: &str = "slugline";
/// The digits in place of the checksum while it is computed.
const NO_CHECKSUM: &str = "00000000";

/// The metadata. `checksum` comes first, so that it is easy to find in the header's bytes.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    checksum: String,
    format: u32,
    n_documents: u64,
    labels: Vec<String>,
    #[serde(default, skip_serializing_if = "LabelType::is_text")]
    label_type: LabelType,
    params: TextClassifierParams,
    #[serde(default, skip_serializing_if = "Calibration::is_default")]
    calibration: Calibration,
    provenance: Provenance,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

/// The position of the checksum's digits in the file.
fn checksum_position(file: &[u8]) -> Option<usize> {
    // Inside the metadata string every quote is escaped.
    const BEFORE: &[u8] = br#"\"checksum\":\""#;
    let header = file.get(8..)?;
    let found = header
        .windows(BEFORE.len())
        .position(|bytes| bytes == BEFORE)?;
    let start = 8 + found + BEFORE.len();
    (start + NO_CHECKSUM.len() <= file.len()).then_some(start)
}

/// CRC-32 of the file with the digits at `position` taken as zeros.
fn checksum(file: &[u8], position: usize) -> String {
    let mut crc = crc32fast::Hasher::new();
    crc.update(&file[..position]);
    crc.update(NO_CHECKSUM.as_bytes());
    crc.update(&file[position + NO_CHECKSUM.len()..]);
    format!("{:08x}", crc.finalize())
}
