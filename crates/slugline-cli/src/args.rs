//! The command line: commands, their arguments and help.

use std::path::{Path, PathBuf};

use clap::{Args, Parser, Subcommand, ValueEnum, ValueHint};

use crate::{
    answer_args::{ColumnsArgs, ErrorsArgs, OtherArgs, RecordArgs},
    auto::Calibrate,
    engine_args::EngineArgs,
    examples,
    failure::Failure,
    input::{InputArgs, LabelledArgs},
    learn_args::{AdaptArgs, AuditArgs, ChangeArgs, MergeArgs, TrainArgs, UpdateArgs},
    listed::FileListArgs,
    output_format::OutputFormat,
    outputs::Files,
    pages::{CompletionsArgs, ManArgs},
    values::{one_or_more, threads},
};

/// Classify text by topic, and explain why.
///
/// The bundled model knows three topics of news: technology, policy and markets. `slugline train` makes a model
/// of any others.
#[derive(Debug, Parser)]
#[command(name = "slugline", version, max_term_width = 100)]
#[command(after_help = examples::SLUGLINE)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
    /// Print errors only: no notes, no warnings, no progress
    #[arg(long, short, global = true, display_order = 900)]
    pub(crate) quiet: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Classify text files, standard input, or every record of a data set
    #[command(after_help = examples::CLASSIFY)]
    Classify(ClassifyArgs),
    /// Train a classifier on labelled text
    #[command(after_help = examples::TRAIN)]
    Train(TrainArgs),
    /// Evaluate a model on labelled text, or training options by cross-validation
    #[command(after_help = examples::EVALUATE)]
    Evaluate(EvaluateArgs),
    /// Show which terms speak for and against the topic of a text
    #[command(after_help = examples::EXPLAIN)]
    Explain(ExplainArgs),
    /// Show a model's settings, labels, sizes and strongest terms
    #[command(after_help = examples::INSPECT)]
    Inspect(InspectArgs),
    /// Merge models that were trained on different documents
    #[command(after_help = examples::MERGE)]
    Merge(MergeArgs),
    /// Add labelled documents to a model, as if it had been trained on them, too
    #[command(override_usage = "slugline update [OPTIONS] MODEL DATA... -o MODEL")]
    #[command(after_help = examples::UPDATE)]
    Update(UpdateArgs),
    /// Remove documents from a model, as if it had never been trained on them
    #[command(override_usage = "slugline forget [OPTIONS] MODEL DATA... -o MODEL")]
    #[command(after_help = examples::FORGET)]
    Forget(ChangeArgs),
    /// List documents whose label is doubtful, by leave-one-out
    #[command(after_help = examples::AUDIT)]
    Audit(AuditArgs),
    /// Adapt a model to text without labels
    #[command(after_help = examples::ADAPT)]
    Adapt(AdaptArgs),
    /// Print the completion script of a shell
    #[command(after_help = examples::COMPLETIONS)]
    Completions(CompletionsArgs),
    /// Print the manual page of a command, or write all pages to a folder
    #[command(after_help = examples::MAN)]
    Man(ManArgs),
}

impl Command {
    /// Joins arguments that name the same thing, and reads lists of files.
    pub(crate) fn resolve(&mut self) -> Result<(), Failure> {
        match self {
            Self::Classify(args) => args.listed.add_to(&mut args.files),
            Self::Train(args) => args.listed.add_to(&mut args.data),
            Self::Evaluate(args) => args.listed.add_to(&mut args.data),
            Self::Inspect(args) => {
                args.model = args.model.take().or_else(|| args.named.take());
                Ok(())
            }
            Self::Merge(args) => args.resolve(),
            Self::Update(args) => args.change.resolve("update"),
            Self::Forget(args) => args.resolve("forget"),
            Self::Audit(args) => args.listed.add_to(&mut args.data),
            Self::Adapt(args) => args.listed.add_to(&mut args.files),
            Self::Explain(args) => args.listed.add_to(&mut args.files),
            Self::Completions(_) | Self::Man(_) => Ok(()),
        }
    }

    /// The files that are read and written. **A new option that names a file adds it here**, in the method
    /// `files` of its arguments; a test finds options that do not.
    pub(crate) fn files(&self) -> Files {
        let mut files = Files::default();
        match self {
            Self::Classify(args) => args.files(&mut files),
            Self::Train(args) => args.files(&mut files),
            Self::Evaluate(args) => args.files(&mut files),
            Self::Explain(args) => args.files(&mut files),
            Self::Inspect(args) => args.files(&mut files),
            Self::Merge(args) => args.files(&mut files),
            Self::Update(args) => args.change.files(&mut files),
            Self::Forget(args) => args.files(&mut files),
            Self::Audit(args) => args.files(&mut files),
            Self::Adapt(args) => args.files(&mut files),
            Self::Completions(_) => files.print(),
            Self::Man(args) => args.files(&mut files),
        }
        files
    }
}

#[derive(Debug, Args)]
pub(crate) struct ClassifyArgs {
    /// Text files, data sets (CSV, TSV, JSON Lines, …; .gz and .zst too) or `-` for standard input
    #[arg(value_name = "FILE", value_hint = ValueHint::AnyPath)]
    pub(crate) files: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) listed: FileListArgs,
    /// Model file [default: the bundled technology / policy / markets model]
    #[arg(long, value_name = "MODEL", value_hint = ValueHint::FilePath)]
    pub(crate) model: Option<PathBuf>,
    /// Output format
    #[arg(long, value_enum, default_value = "text")]
    pub(crate) format: OutputFormat,
    /// Print the label alone, without probabilities and shares: the same labels several times as fast. With a
    /// limit for `other` (--other-below, or a calibrated model's) the shares are computed to know it, unless the model
    /// is calibrated by length, as the bundled one is
    #[arg(long, conflicts_with_all = ["top", "threshold"])]
    pub(crate) label_only: bool,
    /// Print only the K most likely topics [default: all]
    #[arg(long, value_name = "K", value_parser = one_or_more)]
    pub(crate) top: Option<u32>,
    /// Print every topic whose share of the text is SHARE or more (0 to 1), instead of one label
    #[arg(long, value_name = "SHARE", value_parser = share, allow_negative_numbers = true)]
    pub(crate) threshold: Option<f64>,
    #[command(flatten)]
    pub(crate) other: OtherArgs,
    #[command(flatten)]
    pub(crate) columns: ColumnsArgs,
    /// Number of threads, 0 for one per processor; answers and their order do not depend on it
    #[arg(long, value_name = "N", default_value_t = 0)]
    #[arg(value_parser = threads)]
    pub(crate) threads: u16,
    #[command(flatten)]
    pub(crate) input: InputArgs,
}

/// Parses a share, from 0 to 1.
fn share(written: &str) -> Result<f64, String> {
    let share = written
        .parse()
        .ok()
        .filter(|share| (0.0..=1.0).contains(share));
    share.ok_or_else(|| "expected a number from 0 to 1".to_owned())
}

#[derive(Debug, Args)]
pub(crate) struct EvaluateArgs {
    /// Labelled data sets
    #[arg(value_name = "DATA", required_unless_present = "files_from", value_hint = ValueHint::AnyPath)]
    pub(crate) data: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) listed: FileListArgs,
    /// Model file [default: the bundled technology / policy / markets model]
    #[arg(long, value_name = "MODEL", value_hint = ValueHint::FilePath, conflicts_with = "folds")]
    pub(crate) model: Option<PathBuf>,
    /// Cross-validate the training options with K stratified folds, instead of evaluating a model
    #[arg(long, value_name = "K")]
    pub(crate) folds: Option<usize>,
    /// Calibrate the model of every fold; `by-length`: as `slugline train` says
    #[arg(long, value_enum, value_name = "HOW", requires = "folds")]
    #[arg(num_args = 0..=1, require_equals = true, default_missing_value = "alike")]
    pub(crate) calibrate: Option<Calibrate>,
    /// Output format
    #[arg(long, value_enum, default_value = "text")]
    pub(crate) format: OutputFormat,
    #[command(flatten)]
    pub(crate) errors: ErrorsArgs,
    #[command(flatten)]
    pub(crate) input: LabelledArgs,
    #[command(flatten)]
    pub(crate) engine: EngineArgs,
}

#[derive(Debug, Args)]
pub(crate) struct ExplainArgs {
    /// Text files, data sets, or `-` for standard input
    #[arg(value_name = "FILE", required_unless_present = "files_from", value_hint = ValueHint::AnyPath)]
    pub(crate) files: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) listed: FileListArgs,
    #[command(flatten)]
    pub(crate) records: RecordArgs,
    /// Model file [default: the bundled technology / policy / markets model]
    #[arg(long, value_name = "MODEL", value_hint = ValueHint::FilePath)]
    pub(crate) model: Option<PathBuf>,
    /// Explain this topic instead of the most likely one
    #[arg(long)]
    pub(crate) label: Option<String>,
    /// Compare with this topic instead of the average of all others
    #[arg(long)]
    pub(crate) versus: Option<String>,
    #[command(flatten)]
    pub(crate) other: OtherArgs,
    /// Number of terms listed for, and number listed against, in text format; JSON and CSV list all
    #[arg(long, value_name = "N", default_value_t = 10)]
    pub(crate) top: usize,
    /// Output format
    #[arg(long, value_enum, default_value = "text")]
    pub(crate) format: OutputFormat,
    /// When to colour the terms
    #[arg(long, value_enum, default_value = "auto")]
    pub(crate) color: Color,
    #[command(flatten)]
    pub(crate) input: InputArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    /// On a terminal only
    Auto,
    /// In files and pipes, too
    Always,
    /// Never
    Never,
}

#[derive(Debug, Args)]
pub(crate) struct InspectArgs {
    /// Model file [default: the bundled technology / policy / markets model]
    #[arg(value_name = "MODEL", value_hint = ValueHint::FilePath, conflicts_with = "model")]
    named: Option<PathBuf>,
    /// Same as MODEL
    #[arg(long, value_name = "MODEL", value_hint = ValueHint::FilePath)]
    pub(crate) model: Option<PathBuf>,
    /// Number of terms listed for each label
    #[arg(long, value_name = "N", default_value_t = 10)]
    pub(crate) top: usize,
    /// Output format
    #[arg(long, value_enum, default_value = "text")]
    pub(crate) format: InspectFormat,
}

/// The formats of `inspect`: no CSV, since a model is no table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum InspectFormat {
    /// Plain text
    Text,
    /// One JSON object
    #[value(name = "json", alias = "jsonl")]
    Json,
}

impl ClassifyArgs {
    fn files(&self, files: &mut Files) {
        files.read_all("text", &self.files);
        if self.files.is_empty() {
            files.read("text", Path::new("-"));
        }
        self.listed.files(files);
        files.read_model(self.model.as_deref());
        self.input.files(files);
        files.print();
    }
}

impl EvaluateArgs {
    fn files(&self, files: &mut Files) {
        if let Some(path) = &self.errors.errors {
            files.write("--errors", path);
        }
        files.read_all("data", &self.data);
        self.listed.files(files);
        files.read_model(self.model.as_deref());
        self.input.files(files);
        self.engine.files(files);
        files.print();
    }
}

impl ExplainArgs {
    fn files(&self, files: &mut Files) {
        files.read_all("text", &self.files);
        self.listed.files(files);
        files.read_model(self.model.as_deref());
        self.input.files(files);
        files.print();
    }
}

impl InspectArgs {
    fn files(&self, files: &mut Files) {
        files.read_model(self.model.as_deref());
        files.print();
    }
}

#[cfg(test)]
mod tests;
