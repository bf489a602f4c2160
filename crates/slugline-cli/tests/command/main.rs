//! The command end to end, on corpora written for these tests.

#![allow(missing_docs)]

mod answers;
mod bad_records;
mod columns;
mod describe;
mod desk;
mod errors;
mod folders;
mod formats;
mod label_only;
mod learning;
mod memory;
#[cfg(feature = "formats")]
mod messy_files;
mod models;
mod narrow;
mod notices;
mod outputs;
mod pages;
mod said;
mod shares;
mod soft_labels;
mod stream;
mod waiting;
mod words;
