#![doc = include_str!("lib.md")]

// From the face down to the ground: a room imports from those below it alone (`tests/layers.rs`).
#[cfg(feature = "linfa")]
pub mod linfa;
#[cfg(feature = "topics")]
mod topics;

pub mod dataset;
mod learning;
mod model_file;
mod selection;

mod classifier;

mod features;
pub mod naive_bayes;

mod counting;

pub mod text;
mod vocabulary;

mod matrix;

mod util;

mod error;
pub mod replace;
// Documentation alone: no build compiles it.
#[cfg(doc)]
pub mod guide;
#[doc(hidden)]
pub mod wording;

pub use classifier::{
    Calibration, Explanation, GivenSums, LabelType, Notice, OTHER, Prior, PriorTerm, Provenance,
    Reason, Scratch, Shares, TextClassifier, TextClassifierParams, Verdict,
};
pub use counting::{DocumentFrequency, Pruning};
pub use error::{Error, Result, printable};
pub use features::{
    Counts, IdfOrder, Norm, Tfidf, TfidfParams, Vectorizer, VectorizerParams, hashing,
};
pub use learning::{
    ClassShares, Memory, SemiSupervised, Trained, Trainer, TrainerOptions, Unlabelled,
};
pub use matrix::Rows;
pub use naive_bayes::{Alpha, Model, NaiveBayes, NaiveBayesParams};
pub use selection::{Audit, Auto, Doubt, evaluate};
pub use text::{Language, StopWords, StripAccents, Unit, Words};
#[cfg(feature = "topics")]
pub use topics::topics;
pub use util::pool::MAX_THREADS;
pub use vocabulary::Vocabulary;

/// The README's code is compiled and run by the tests.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;
