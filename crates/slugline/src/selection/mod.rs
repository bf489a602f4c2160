//! Evaluation, and the choice of settings, temperature and the limit for `other`.

mod audit;
mod auto;
mod calibrate;
pub mod evaluate;
mod off_topic;
mod temperature;

pub use audit::{Audit, Doubt};
pub use auto::Auto;
