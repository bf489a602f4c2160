//! slugline against the golden numbers of scikit-learn (`tests/goldens/README.md`): terms and
//! counts exactly, floats to 1e-9 relative.

#![allow(
    clippy::float_cmp,
    reason = "infinities and counts are compared exactly"
)]

mod analysis;
mod common;
mod corpora;
mod features;
mod models;
mod sib200;
mod stems;
mod unicode;
