//! The tests of the library through its public interface: one binary, linked once. `allocation.rs` beside this
//! folder is the other one, because it sets the global allocator.

mod by_length;
mod corpora;
mod dataset;
mod examples;
mod flooded;
mod goldens;
mod labelled_texts;
mod laws;
mod layers;
#[cfg(feature = "linfa")]
mod linfa;
mod model_file;
mod packed_labels;
mod real;
mod refine;
#[cfg(unix)]
mod replace;
mod semi_supervised;
mod shared;
mod shares;
mod signed;
mod soft_labels;
mod stems;
mod sums;
#[cfg(feature = "topics")]
mod topic_answers;
#[cfg(feature = "topics")]
mod topics;
mod trainer;
mod unsafe_code;
mod weights;
mod without_terms;
