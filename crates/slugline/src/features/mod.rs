//! Sparse rows of features: TF-IDF weighting, and vectorisers from text to rows.

mod counts;
pub mod hashing;
mod options;
mod tfidf;
mod vectorizer;

pub use counts::Counts;
pub(crate) use counts::count_known;
pub(crate) use options::text_options;
pub(crate) use tfidf::normalise;
pub use tfidf::{IdfOrder, Norm, Tfidf, TfidfParams};
pub use vectorizer::{Vectorizer, VectorizerParams};
