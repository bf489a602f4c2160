//! Output formats.

use clap::ValueEnum;

/// How answers are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum OutputFormat {
    /// Plain text
    Text,
    /// JSON Lines, one object per line; also called json
    #[value(name = "jsonl", alias = "json")]
    Json,
    /// Comma-separated values with a header
    Csv,
}
