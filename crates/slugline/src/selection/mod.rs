//! Evaluation, and what is chosen by it: settings, temperature, the limit of `other`.

mod audit;
mod auto;
mod calibrate;
pub mod evaluate;
mod off_topic;
mod temperature;

pub use audit::{Audit, Doubt};
pub use auto::Auto;
