//! How answers are printed.

use clap::ValueEnum;

/// How results are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum OutputFormat {
    /// For people
    Text,
    /// One JSON object a line
    #[value(name = "jsonl", alias = "json")]
    Json,
    /// Comma-separated values with a header
    Csv,
}
