//! The manual: a page for each task, each with an example that runs.
//!
//! | page | tells how to |
//! |---|---|
//! | [`train`] | fit a classifier on labelled texts, choose its settings, and measure it |
//! | [`describe`] | make a classifier from a sentence about each label, without labelled texts |
//! | [`explain`] | find out which words led to an answer |
//! | [`shares`] | see several topics in one text, and texts about none |
//! | [`update_and_forget`] | add documents, take them out, and merge models, exactly |
//! | [`out_of_core`] | train on more text than fits into memory |
//! | [`files`] | read data sets; save and open models |
//! | [`threads`] | use all processors, and get the same bits |
//!
//! The folder `examples/` has a short program for most of them.

#[doc = include_str!("train.md")]
pub mod train {}

#[doc = include_str!("describe.md")]
pub mod describe {}

#[doc = include_str!("explain.md")]
pub mod explain {}

#[doc = include_str!("shares.md")]
pub mod shares {}

#[doc = include_str!("update_and_forget.md")]
pub mod update_and_forget {}

#[doc = include_str!("out_of_core.md")]
pub mod out_of_core {}

#[doc = include_str!("files.md")]
pub mod files {}

#[doc = include_str!("threads.md")]
pub mod threads {}
