//! The arguments of the commands that learn.

use std::path::PathBuf;

use clap::Args;

use crate::{
    args::{Format, MAX_THREADS},
    engine_args::EngineArgs,
    input::InputArgs,
};

#[derive(Debug, Args)]
pub(crate) struct Train {
    /// Labelled data sets: CSV, TSV, JSON Lines, fastText, or a folder with one sub-folder a class
    #[arg(value_name = "DATA", required = true)]
    pub(crate) data: Vec<PathBuf>,
    /// Where to write the model
    #[arg(long, short, value_name = "MODEL")]
    pub(crate) output: PathBuf,
    #[command(flatten)]
    pub(crate) input: InputArgs,
    /// Column or key of the label [default: label, else labels]
    #[arg(long, value_name = "COLUMN")]
    pub(crate) label: Option<String>,
    /// Calibrate the probabilities, and choose the limit for `other`, on each document as judged by the
    /// model without it
    #[arg(long)]
    pub(crate) calibrate: bool,
    #[command(flatten)]
    pub(crate) engine: EngineArgs,
}

#[derive(Debug, Args)]
pub(crate) struct Merge {
    /// The models, at least two
    #[arg(value_name = "MODEL", required = true, num_args = 2..)]
    pub(crate) models: Vec<PathBuf>,
    /// Where to write the joined model
    #[arg(long, short, value_name = "MODEL")]
    pub(crate) output: PathBuf,
}

/// What `update` and `forget` take.
#[derive(Debug, Args)]
pub(crate) struct Change {
    /// The model to change
    #[arg(value_name = "MODEL")]
    pub(crate) model: PathBuf,
    /// Labelled data sets
    #[arg(value_name = "DATA", required = true)]
    pub(crate) data: Vec<PathBuf>,
    /// Where to write the changed model: another file, or MODEL itself
    #[arg(long, short, value_name = "MODEL")]
    pub(crate) output: PathBuf,
    /// Threads, 0 for one each processor; any number gives the same model
    #[arg(long, value_name = "N", default_value_t = 0)]
    #[arg(value_parser = clap::value_parser!(u16).range(..=MAX_THREADS))]
    pub(crate) threads: u16,
    #[command(flatten)]
    pub(crate) input: InputArgs,
    /// Column or key of the label [default: label, else labels]
    #[arg(long, value_name = "COLUMN")]
    pub(crate) label: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Update {
    #[command(flatten)]
    pub(crate) change: Change,
    /// A label that the model does not have is an error, instead of a new one
    #[arg(long)]
    pub(crate) known_labels: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Audit {
    /// Labelled data sets
    #[arg(value_name = "DATA", required = true)]
    pub(crate) data: Vec<PathBuf>,
    /// List the N most doubtful documents [default: text format: 20, of those to which the others give
    /// another label; JSON and CSV: all documents]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) top: Option<u32>,
    /// Output format
    #[arg(long, value_enum, default_value = "text")]
    pub(crate) format: Format,
    #[command(flatten)]
    pub(crate) input: InputArgs,
    /// Column or key of the label [default: label, else labels]
    #[arg(long, value_name = "COLUMN")]
    pub(crate) label: Option<String>,
    #[command(flatten)]
    pub(crate) engine: EngineArgs,
}
