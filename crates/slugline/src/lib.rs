#![doc = include_str!("lib.md")]

pub mod analyze;
mod ascending;
mod classifier;
mod counter;
mod counts;
pub mod dataset;
mod documents;
mod error;
pub mod evaluate;
mod grid;
pub mod hashing;
mod kernel;
mod learn;
#[cfg(feature = "linfa")]
pub mod linfa;
mod logarithm;
mod lookups;
mod map;
mod model_file;
pub mod naive_bayes;
mod options;
mod outcomes;
pub mod replace;
mod rows;
mod segments;
mod spill;
mod storage;
mod tally;
mod tfidf;
mod threads;
mod tokens;
#[cfg(feature = "topics")]
mod topics;
mod vectorizer;
mod vocabulary;
#[doc(hidden)]
pub mod wording;
mod zeroed;

pub use analyze::{Language, StopWords, StripAccents, Unit, Words};
pub use classifier::{
    Audit, Auto, Calibration, ClassShares, Doubt, Explanation, GivenSums, LabelType, Memory,
    Notice, OTHER, Prior, PriorTerm, Reason, Scratch, SemiSupervised, Shares, TextClassifier,
    TextClassifierParams, Trained, Trainer, TrainerOptions, Unlabelled, Verdict,
};
pub use counts::{Counts, DocumentFrequency, Pruning};
pub use error::{Error, Result, printable};
pub use model_file::Provenance;
pub use naive_bayes::{Alpha, Model, NaiveBayes, NaiveBayesParams};
pub use rows::Rows;
pub use tfidf::{IdfOrder, Norm, Tfidf, TfidfParams};
pub use threads::MAX_THREADS;
#[cfg(feature = "topics")]
pub use topics::topics;
pub use vectorizer::{Vectorizer, VectorizerParams};
pub use vocabulary::Vocabulary;

/// The README's code is compiled and run by the tests.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;
