//! The command end to end, on corpora written for these tests.

#![allow(missing_docs)]

mod answers;
mod bad_records;
mod desk;
mod errors;
mod formats;
mod learning;
#[cfg(feature = "formats")]
mod messy_files;
mod models;
mod notices;
mod outputs;
mod pages;
mod shares;
mod stream;
