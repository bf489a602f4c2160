//! The arguments of the commands that train, change or audit a model.

use std::path::{Path, PathBuf};

use clap::{Args, ValueHint};

use crate::{
    answer_args::ColumnsArgs,
    auto::Calibrate,
    describe::DescribeArgs,
    engine_args::EngineArgs,
    failure::Failure,
    input::{InputArgs, LabelledArgs},
    listed::{self, FileListArgs},
    output_format::OutputFormat,
    outputs::Files,
    values::{one_or_more, threads},
};

#[derive(Debug, Args)]
pub(crate) struct TrainArgs {
    /// Labelled data sets: CSV, TSV, JSON Lines, fastText, …, or a folder with one sub-folder per label
    #[arg(value_name = "DATA", required_unless_present_any = ["files_from", "unlabelled"])]
    #[arg(value_hint = ValueHint::AnyPath)]
    pub(crate) data: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) listed: FileListArgs,
    /// File to write the model to, or `-` for standard output
    #[arg(long, short, value_name = "MODEL", value_hint = ValueHint::FilePath)]
    pub(crate) output: PathBuf,
    /// Calibrate the probabilities, and choose the limit for `other`, by leave-one-out. `by-length`: both depend on
    /// the number of known terms of a text, which makes short and long texts less sure of themselves
    #[arg(long, value_enum, value_name = "HOW")]
    #[arg(num_args = 0..=1, require_equals = true, default_missing_value = "alike")]
    pub(crate) calibrate: Option<Calibrate>,
    /// Use about this much memory (bytes, or with K, M, G: powers of 1024): read the data once, and keep
    /// what does not fit in temporary files (in TMPDIR). The model is the same, unless its terms alone do
    /// not fit: then the most frequent are kept, with a warning
    #[arg(long, value_name = "SIZE")]
    pub(crate) memory: Option<String>,
    #[command(flatten)]
    pub(crate) describe: DescribeArgs,
    #[command(flatten)]
    pub(crate) input: LabelledArgs,
    #[command(flatten)]
    pub(crate) engine: EngineArgs,
}

#[derive(Debug, Args)]
pub(crate) struct MergeArgs {
    /// Model files, at least two
    #[arg(value_name = "MODEL", value_hint = ValueHint::FilePath)]
    pub(crate) models: Vec<PathBuf>,
    /// Same as MODEL; may be given several times
    #[arg(long = "model", value_name = "MODEL", value_hint = ValueHint::FilePath)]
    also: Vec<PathBuf>,
    #[command(flatten)]
    listed: FileListArgs,
    /// File to write the merged model to, or `-` for standard output
    #[arg(long, short, value_name = "MODEL", value_hint = ValueHint::FilePath)]
    pub(crate) output: PathBuf,
}

/// The arguments that `update` and `forget` share.
#[derive(Debug, Args)]
pub(crate) struct ChangeArgs {
    /// Model file to change; with --model all names are DATA
    #[arg(value_name = "MODEL", value_hint = ValueHint::FilePath)]
    first: Option<PathBuf>,
    /// Labelled data sets
    #[arg(value_name = "DATA", value_hint = ValueHint::AnyPath)]
    pub(crate) data: Vec<PathBuf>,
    /// Same as MODEL
    #[arg(long, value_name = "MODEL", value_hint = ValueHint::FilePath)]
    model: Option<PathBuf>,
    #[command(flatten)]
    listed: FileListArgs,
    /// File to write the changed model to (MODEL itself, or another), or `-` for standard output
    #[arg(long, short, value_name = "MODEL", value_hint = ValueHint::FilePath)]
    pub(crate) output: PathBuf,
    /// Number of threads, 0 for one per processor; the model does not depend on it
    #[arg(long, value_name = "N", default_value_t = 0)]
    #[arg(value_parser = threads)]
    pub(crate) threads: u16,
    #[command(flatten)]
    pub(crate) input: LabelledArgs,
}

#[derive(Debug, Args)]
pub(crate) struct UpdateArgs {
    /// Fail on a label that the model does not have, instead of adding it
    #[arg(long)]
    pub(crate) known_labels: bool,
    #[command(flatten)]
    pub(crate) change: ChangeArgs,
}

#[derive(Debug, Args)]
pub(crate) struct AuditArgs {
    /// Labelled data sets
    #[arg(value_name = "DATA", required_unless_present = "files_from", value_hint = ValueHint::AnyPath)]
    pub(crate) data: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) listed: FileListArgs,
    /// List the N most doubtful documents [default: in text format up to 20 with a negative margin, in JSON
    /// and CSV all]
    #[arg(long, value_name = "N", value_parser = one_or_more)]
    pub(crate) top: Option<u32>,
    /// Output format
    #[arg(long, value_enum, default_value = "text")]
    pub(crate) format: OutputFormat,
    #[command(flatten)]
    pub(crate) columns: ColumnsArgs,
    #[command(flatten)]
    pub(crate) input: LabelledArgs,
    #[command(flatten)]
    pub(crate) engine: EngineArgs,
}

#[derive(Debug, Args)]
pub(crate) struct AdaptArgs {
    /// Text without labels: text files, or data sets, whose labels are not read
    #[arg(value_name = "FILE", required_unless_present = "files_from", value_hint = ValueHint::AnyPath)]
    pub(crate) files: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) listed: FileListArgs,
    /// Model file to adapt [default: the bundled technology / policy / markets model]
    #[arg(long, value_name = "MODEL", value_hint = ValueHint::FilePath)]
    pub(crate) model: Option<PathBuf>,
    /// File to write the adapted model to, or `-` for standard output
    #[arg(long, short, value_name = "MODEL", value_hint = ValueHint::FilePath)]
    pub(crate) output: PathBuf,
    /// Share of each label in the texts: uniform, learned (as in the training data), free (estimated in every
    /// round: one label may take all), or numbers in the sorted order of the labels
    #[arg(long, value_name = "SHARES", default_value = "uniform")]
    pub(crate) class_shares: String,
    /// Weight of a text, where a labelled document has 1
    #[arg(
        long,
        value_name = "NUMBER",
        default_value_t = 1.0,
        allow_negative_numbers = true
    )]
    pub(crate) weight: f64,
    /// Maximum number of rounds
    #[arg(long, value_name = "N", default_value_t = 25)]
    pub(crate) rounds: usize,
    /// Number of threads, 0 for one per processor; the model does not depend on it
    #[arg(long, value_name = "N", default_value_t = 0)]
    #[arg(value_parser = threads)]
    pub(crate) threads: u16,
    #[command(flatten)]
    pub(crate) input: InputArgs,
}

impl TrainArgs {
    pub(crate) fn files(&self, files: &mut Files) {
        files.read_all("data", &self.data);
        self.listed.files(files);
        self.describe.files(files);
        self.input.files(files);
        self.engine.files(files);
        files.write("--output", &self.output);
    }
}

impl MergeArgs {
    pub(crate) fn resolve(&mut self) -> Result<(), Failure> {
        self.models.append(&mut self.also);
        self.listed.add_to(&mut self.models)?;
        match self.models.len() {
            0 | 1 => Err(Failure::usage("merge: expected two models or more")),
            _ => Ok(()),
        }
    }

    pub(crate) fn files(&self, files: &mut Files) {
        files.read_all("model", &self.models);
        self.listed.files(files);
        files.write("--output", &self.output);
    }
}

impl ChangeArgs {
    /// Positional arguments are the model and the data, or with `--model` the data alone.
    pub(crate) fn resolve(&mut self, command: &str) -> Result<(), Failure> {
        match (&self.model, self.first.take()) {
            (None, first) => self.model = first,
            (Some(_), Some(first)) => self.data.insert(0, first),
            (Some(_), None) => {}
        }
        self.listed.add_to(&mut self.data)?;
        match (&self.model, self.data.is_empty()) {
            (None, _) => Err(listed::missing(command, "a model, then data sets")),
            (Some(_), true) => Err(listed::missing(command, "data sets after the model")),
            (Some(_), false) => Ok(()),
        }
    }

    /// The model to change.
    pub(crate) fn model(&self) -> &Path {
        self.model.as_deref().unwrap_or(Path::new(""))
    }

    pub(crate) fn files(&self, files: &mut Files) {
        files.change(self.model());
        files.read_all("data", &self.data);
        self.listed.files(files);
        self.input.files(files);
        files.write_changed("--output", &self.output);
    }
}

impl AuditArgs {
    pub(crate) fn files(&self, files: &mut Files) {
        files.read_all("data", &self.data);
        self.listed.files(files);
        self.input.files(files);
        self.engine.files(files);
        files.print();
    }
}

impl AdaptArgs {
    pub(crate) fn files(&self, files: &mut Files) {
        files.read_all("text", &self.files);
        self.listed.files(files);
        files.read_model(self.model.as_deref());
        self.input.files(files);
        files.write("--output", &self.output);
    }
}
