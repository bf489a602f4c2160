//! `slugline._core`: the Rust side of the Python package.
//!
//! It converts values, releases the interpreter lock, watches for Ctrl-C and turns errors into exceptions;
//! the crate `slugline` does the work. The estimators are written in Python (`python/slugline`).

#![allow(
    clippy::needless_pass_by_value,
    reason = "arguments that Python passes are owned by the function"
)]
#![allow(
    clippy::cast_possible_wrap,
    reason = "NumPy's sizes are signed, and no array has 2^63 values"
)]

mod arrow;
mod arrow_interface;
mod arrow_text;
mod arrow_types;
mod characters;
mod classifier;
mod csr;
mod describe;
mod documents;
mod errors;
mod learning;
mod listed;
mod refined;
mod scores;
mod settings;
mod sparse;
mod terms;
mod trainer;
mod vocabulary;
mod work;

use std::{alloc::System, ffi::OsString};

use pyo3::prelude::*;

use listed::Listed;

#[pymodule]
mod _core {
    #[pymodule_export]
    use super::{
        classifier::Classifier,
        command,
        describe::{describe, read_word_vectors, words_of},
        documents::{Documents, readable},
        errors::NotNative,
        learning::{
            adapt, audit, fit_semi_supervised, forget, notices, partial_fit, settings_in_file,
            similar_labels,
        },
        refined::fit_refined,
        sparse::{class_sums, log_likelihood, log_likelihood_of_few, normalise, times_idf},
        terms::{Analysis, count, count_few, hash, learn},
        trainer::Trainer,
        vocabulary::Vocabulary,
        work::threads,
    };

    #[pymodule_export]
    const __VERSION__: &str = env!("CARGO_PKG_VERSION");
    #[pymodule_export]
    const LONGEST_NGRAM: usize = slugline::text::LONGEST_NGRAM;
}

/// As the command's own: it ends the command, and nothing else, where memory runs out.
#[global_allocator]
static ALLOCATOR: slugline_cli::CommandAllocator = slugline_cli::CommandAllocator(System);

/// Runs the command `slugline`; returns its exit status.
#[pyfunction]
fn command(py: Python<'_>, arguments: Listed<OsString>) -> u8 {
    py.detach(|| slugline_cli::run(arguments.0))
}
