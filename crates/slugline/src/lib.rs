#![doc = include_str!("lib.md")]

// From the face down to the ground: a room imports from those below it alone (`tests/it/layers.rs`).
#[cfg(feature = "linfa")]
pub mod linfa;
#[cfg(feature = "topics")]
mod topics;

#[cfg(feature = "dataset")]
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
#[cfg(feature = "dataset")]
pub mod replace;
// Documentation alone: no build compiles it.
#[cfg(doc)]
pub mod guide;
#[doc(hidden)]
pub mod wording;

pub use classifier::{
    Calibration, Examples, Explanation, GivenSums, LabelType, Notice, OTHER, Prior, PriorTerm,
    Provenance, Reason, Scratch, Shares, TextClassifier, TextClassifierParams, Verdict,
};
pub use counting::{DocumentFrequency, Pruning};
pub use error::{Error, Result, printable};
pub use features::{
    Counts, IdfOrder, Norm, Tfidf, TfidfParams, Vectorizer, VectorizerParams, hashing,
};
pub use learning::{ClassShares, SemiSupervised, Unlabelled};
#[cfg(feature = "dataset")]
pub use learning::{Memory, Trained, Trainer, TrainerOptions};
pub use matrix::Rows;
pub use naive_bayes::{Alpha, Model, NaiveBayes, NaiveBayesParams, Refine, RefinedNaiveBayes};
/// The arrays that probabilities and sums come in.
pub use ndarray;
pub use selection::{Audit, Auto, Doubt, evaluate};
pub use text::{Language, StopWords, StripAccents, Unit, Words};
#[cfg(feature = "topics")]
pub use topics::topics;
pub use util::cancel::cancellable;
pub use util::memory::{allocation_is_tried, missing_memory};
pub use util::pool::MAX_THREADS;
#[doc(hidden)]
pub use util::pool::sensible as sensible_threads;
#[cfg(fuzzing)]
#[doc(hidden)]
pub use util::simd::portable;
pub use vocabulary::Vocabulary;

/// The README's code is compiled and run by the tests.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;

/// A change whose result is dropped does not compile where warnings are errors:
///
/// ```compile_fail
/// #![deny(unused_must_use)]
/// fn forget(model: &slugline::TextClassifier) -> slugline::Result<()> {
///     model.forget(&slugline::Examples::new(&["a text"], &["policy"])?)?;
///     Ok(())
/// }
/// # fn main() {}
/// ```
///
/// And with its result kept, it does:
///
/// ```
/// #![deny(unused_must_use)]
/// fn forget(model: &slugline::TextClassifier) -> slugline::Result<slugline::TextClassifier> {
///     let model = model.forget(&slugline::Examples::new(&["a text"], &["policy"])?)?;
///     Ok(model)
/// }
/// # fn main() {}
/// ```
#[cfg(doctest)]
struct ChangesMustBeUsed;

/// Settings may gain fields, so code outside the library makes them by their methods. A literal does not compile:
///
/// ```compile_fail
/// let auto = slugline::Auto { alpha: true, ..Default::default() };
/// ```
///
/// And the method does:
///
/// ```
/// let auto = slugline::Auto::default().alpha(true);
/// assert!(auto.alpha);
/// ```
#[cfg(doctest)]
struct SettingsMayGrow;
