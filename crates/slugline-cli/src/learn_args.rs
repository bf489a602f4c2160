//! The arguments of the commands that learn.

use std::path::PathBuf;

use clap::Args;

use crate::{
    args::{Format, MAX_THREADS},
    engine_args::EngineArgs,
    input::{InputArgs, LabelledArgs},
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
    pub(crate) input: LabelledArgs,
    /// Calibrate the probabilities, and choose the limit for `other`, on each document as judged by the
    /// model without it
    #[arg(long)]
    pub(crate) calibrate: bool,
    /// Read the data as a stream and keep to about this much memory (bytes, or with K, M, G: powers of
    /// 1024); what does not fit goes to temporary files (in TMPDIR). The model is the same, unless its
    /// terms alone are too many: then the most frequent stay, and it is said
    #[arg(long, value_name = "SIZE")]
    pub(crate) memory: Option<String>,
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
    pub(crate) input: LabelledArgs,
}

#[derive(Debug, Args)]
pub(crate) struct Update {
    /// A label that the model does not have is an error, instead of a new one
    #[arg(long)]
    pub(crate) known_labels: bool,
    #[command(flatten)]
    pub(crate) change: Change,
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
    pub(crate) input: LabelledArgs,
    #[command(flatten)]
    pub(crate) engine: EngineArgs,
}

#[derive(Debug, Args)]
pub(crate) struct Adapt {
    /// Text without labels: text files, or data sets whose labels are not read
    #[arg(value_name = "FILE", required = true)]
    pub(crate) files: Vec<PathBuf>,
    /// The model to start from [default: the bundled technology / policy / markets model]
    #[arg(long, value_name = "MODEL")]
    pub(crate) model: Option<PathBuf>,
    /// Where to write the adapted model
    #[arg(long, short, value_name = "MODEL")]
    pub(crate) output: PathBuf,
    /// The labels' shares of the texts: uniform (all the same), learned (as in the training data), free
    /// (whatever comes: a strong label may take all), or numbers in the sorted order of the labels
    #[arg(long, value_name = "SHARES", default_value = "uniform")]
    pub(crate) class_shares: String,
    /// What a text counts for beside a labelled document
    #[arg(
        long,
        value_name = "NUMBER",
        default_value_t = 1.0,
        allow_negative_numbers = true
    )]
    pub(crate) weight: f64,
    /// The most rounds
    #[arg(long, value_name = "N", default_value_t = 25)]
    pub(crate) rounds: usize,
    /// Threads, 0 for one each processor; any number gives the same model
    #[arg(long, value_name = "N", default_value_t = 0)]
    #[arg(value_parser = clap::value_parser!(u16).range(..=MAX_THREADS))]
    pub(crate) threads: u16,
    #[command(flatten)]
    pub(crate) input: InputArgs,
}
