//! The command line: commands, their arguments and help.

use std::path::{Path, PathBuf};

use clap::{Args, Parser, Subcommand, ValueEnum, ValueHint};

use crate::{
    engine_args::EngineArgs,
    failure::Failure,
    input::{InputArgs, LabelledArgs},
    learn_args::{Adapt, Audit, Change, Merge, Train, Update},
    listed::Listed,
    outputs::Files,
    pages::{Completions, Man},
};

/// Names the topic of text, and says why.
///
/// Out of the box it tells technology, policy and markets apart; `train` teaches it any topics.
#[derive(Debug, Parser)]
#[command(name = "slugline", version, max_term_width = 100)]
#[command(after_help = "Examples:
  slugline classify article.txt
  slugline explain article.txt
  slugline train news.csv -o desk.safetensors
  slugline evaluate test.csv --model desk.safetensors
  slugline classify --model desk.safetensors --format json today.jsonl.gz

The exit status is 0 when all went well, 1 for a failure, 2 for arguments that make no sense.
`slugline help COMMAND` tells more about a command.")]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
    /// Say nothing but errors: no notes, no progress
    #[arg(long, short, global = true, display_order = 900)]
    pub(crate) quiet: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Name the topic of text files, of standard input, or of every record of a data set
    #[command(after_help = "Examples:
  slugline classify article.txt
  slugline classify --format json news.csv > topics.jsonl
  slugline classify --threshold 0.2 article.txt
  zcat news.jsonl.gz | slugline classify --input-format jsonl -
  slugline classify --model desk.safetensors --text headline,body news.csv")]
    Classify(Classify),
    /// Train a classifier on labelled text
    #[command(after_help = "Examples:
  slugline train news.csv -o desk.safetensors
  slugline train news.csv --text headline,body --label section -o desk.safetensors
  slugline train news.csv --prior terms.tsv --background other --calibrate -o desk.safetensors
  slugline train folders/ --ngram-range 1,2 --stop-words english --min-df 2 -o desk.safetensors
  slugline train news.csv --alpha auto --sublinear-tf auto -o desk.safetensors
  zcat archive.jsonl.gz | slugline train --memory 512M --input-format jsonl - -o desk.safetensors

`auto` chooses a setting on the data: every document is judged by the model without it. The defaults are TF-IDF as in scikit-learn with sublinear tf, and complement naive Bayes with
alpha 0.3.")]
    Train(Train),
    /// Measure a model on labelled text, or training options by cross-validation
    #[command(after_help = "Examples:
  slugline evaluate test.csv --model desk.safetensors
  slugline evaluate news.csv --folds 5 --naive-bayes multinomial --alpha 0.1
  slugline evaluate news.csv --folds 5 --alpha auto --calibrate

With --folds, what is `auto` is chosen anew in every fold, on the documents that it is trained on.")]
    Evaluate(Evaluate),
    /// Say which terms argued for and against the topic of a text
    #[command(after_help = "Examples:
  slugline explain article.txt
  slugline explain article.txt --label policy --versus technology
  slugline explain --format json article.txt")]
    Explain(Explain),
    /// Show what is in a model: settings, labels, sizes, strongest terms
    #[command(after_help = "Examples:
  slugline inspect
  slugline inspect desk.safetensors --top 20
  slugline inspect desk.safetensors --format json")]
    Inspect(Inspect),
    /// Join models that were trained apart on different documents
    #[command(after_help = "Example:
  slugline train monday.csv --idf-order after-norm -o monday.safetensors
  slugline train tuesday.csv --idf-order after-norm -o tuesday.safetensors
  slugline merge monday.safetensors tuesday.safetensors -o both.safetensors")]
    Merge(Merge),
    /// Add documents to a model: as if it had been trained on them, too
    #[command(override_usage = "slugline update [OPTIONS] MODEL DATA... -o MODEL")]
    #[command(after_help = "Examples:
  slugline train monday.csv --idf-order after-norm -o desk.safetensors
  slugline update desk.safetensors tuesday.csv wednesday.csv -o desk.safetensors
  slugline update desk.safetensors tuesday.csv --known-labels -o new.safetensors

For models whose sums are exact (`slugline inspect` says `merges exactly`): train with
`--idf-order after-norm`.")]
    Update(Update),
    /// Take documents out of a model: as if it had never seen them
    #[command(override_usage = "slugline forget [OPTIONS] MODEL DATA... -o MODEL")]
    #[command(after_help = "Example:
  slugline forget desk.safetensors withdrawn.csv -o desk.safetensors

The documents, labels and weights have to be those that it was trained on: what they added is
subtracted, and words that no other document holds leave the vocabulary. The file names that the
model notes as its sources stay. For models whose sums are exact, as for `update`.")]
    Forget(Change),
    /// List the training documents whose label the other documents doubt
    #[command(after_help = "Examples:
  slugline audit news.csv
  slugline audit news.csv --top 100 --ngram-range 1,2
  slugline audit news.csv --format csv > doubts.csv

Every document is judged by the model that was trained on all others (leave-one-out). The margin is the
score of its label less that of the likeliest other one: below 0 the others give it another label.")]
    Audit(Audit),
    /// Carry a model over to other text, which nobody has labelled
    #[command(after_help = "Examples:
  slugline adapt --model desk.safetensors archive.jsonl.gz -o archive.safetensors
  slugline adapt --model desk.safetensors --class-shares 0.5,0.3,0.2 today.csv -o today.safetensors

The model says how much of each text belongs to each label, learns from that, and so on, round by round
(expectation-maximisation). The labels' shares of the texts are held meanwhile, so that no label takes
all; where the texts speak against them, it is said.")]
    Adapt(Adapt),
    /// Print the script by which a shell completes commands, options and files
    #[command(after_help = "Examples:
  slugline completions bash > ~/.local/share/bash-completion/completions/slugline
  slugline completions zsh > ~/.zfunc/_slugline     # a folder of $fpath
  slugline completions fish > ~/.config/fish/completions/slugline.fish
  slugline completions powershell >> $PROFILE")]
    Completions(Completions),
    /// Print the manual page of a command, or write all pages into a folder
    #[command(after_help = "Examples:
  slugline man train | man -l -
  slugline man --output ~/.local/share/man/man1")]
    Man(Man),
}

impl Command {
    /// Puts together what several arguments say of one thing, and reads lists of files.
    pub(crate) fn resolve(&mut self) -> Result<(), Failure> {
        match self {
            Self::Classify(args) => args.listed.add_to(&mut args.files),
            Self::Train(args) => args.resolve(),
            Self::Evaluate(args) => args.listed.add_to(&mut args.data),
            Self::Inspect(args) => {
                args.model = args.model.take().or_else(|| args.named.take());
                Ok(())
            }
            Self::Merge(args) => args.resolve(),
            Self::Update(args) => args.change.resolve("update"),
            Self::Forget(args) => args.resolve("forget"),
            Self::Audit(args) => args.resolve(),
            Self::Adapt(args) => args.resolve(),
            Self::Explain(_) | Self::Completions(_) | Self::Man(_) => Ok(()),
        }
    }

    /// What is read and what is written. **A new option that names a file adds it here**, in the method
    /// `files` of its arguments; a test finds those that are forgotten.
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

/// The library's limit, in the type of a flag's range.
pub(crate) const MAX_THREADS: i64 = slugline::MAX_THREADS.cast_signed() as i64;

/// How results are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people
    Text,
    /// One JSON object a line
    Json,
    /// Comma-separated values with a header
    Csv,
}

#[derive(Debug, Args)]
pub(crate) struct Classify {
    /// Text files, data sets (CSV, TSV, JSON Lines, …; .gz and .zst too) or `-` for standard input
    #[arg(value_name = "FILE", value_hint = ValueHint::AnyPath)]
    pub(crate) files: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) listed: Listed,
    /// Model file [default: the bundled technology / policy / markets model]
    #[arg(long, value_name = "MODEL", value_hint = ValueHint::FilePath)]
    pub(crate) model: Option<PathBuf>,
    /// Output format
    #[arg(long, value_enum, default_value = "text")]
    pub(crate) format: Format,
    /// Only the K most likely topics [default: all]
    #[arg(long, value_name = "K", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) top: Option<u32>,
    /// Several labels: every topic that at least this share of the text speaks of (0 to 1)
    #[arg(long, value_name = "SHARE", value_parser = share, allow_negative_numbers = true)]
    pub(crate) threshold: Option<f64>,
    /// Answer `other` where a text's evidence for the topics is below this [default: the model's limit,
    /// if it has one]
    #[arg(long, value_name = "EVIDENCE", allow_negative_numbers = true)]
    pub(crate) other_below: Option<f64>,
    /// Never answer `other`
    #[arg(long, conflicts_with = "other_below")]
    pub(crate) no_other: bool,
    /// Threads, 0 for one each processor; any number gives the same answers in the same order
    #[arg(long, value_name = "N", default_value_t = 0)]
    #[arg(value_parser = clap::value_parser!(u16).range(..=MAX_THREADS))]
    pub(crate) threads: u16,
    #[command(flatten)]
    pub(crate) input: InputArgs,
}

/// A flag's share.
fn share(written: &str) -> Result<f64, String> {
    let share = written
        .parse()
        .ok()
        .filter(|share| (0.0..=1.0).contains(share));
    share.ok_or_else(|| "expected a number from 0 to 1".to_owned())
}

#[derive(Debug, Args)]
pub(crate) struct Evaluate {
    /// Labelled data sets
    #[arg(value_name = "DATA", required_unless_present = "files_from", value_hint = ValueHint::AnyPath)]
    pub(crate) data: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) listed: Listed,
    /// Model file [default: the bundled technology / policy / markets model]
    #[arg(long, value_name = "MODEL", value_hint = ValueHint::FilePath, conflicts_with = "folds")]
    pub(crate) model: Option<PathBuf>,
    /// Cross-validate the training options over K stratified folds instead of measuring a model
    #[arg(long, value_name = "K")]
    pub(crate) folds: Option<usize>,
    /// Calibrate the model of every fold
    #[arg(long, requires = "folds")]
    pub(crate) calibrate: bool,
    /// Output format
    #[arg(long, value_enum, default_value = "text")]
    pub(crate) format: Format,
    #[command(flatten)]
    pub(crate) input: LabelledArgs,
    #[command(flatten)]
    pub(crate) engine: EngineArgs,
}

#[derive(Debug, Args)]
pub(crate) struct Explain {
    /// A text file, or `-` for standard input; of a data set the first record
    #[arg(value_name = "FILE", value_hint = ValueHint::AnyPath)]
    pub(crate) file: PathBuf,
    /// Model file [default: the bundled technology / policy / markets model]
    #[arg(long, value_name = "MODEL", value_hint = ValueHint::FilePath)]
    pub(crate) model: Option<PathBuf>,
    /// Explain this topic instead of the most likely one
    #[arg(long)]
    pub(crate) label: Option<String>,
    /// Compare with this topic instead of the average of all others
    #[arg(long)]
    pub(crate) versus: Option<String>,
    /// Text format: how many terms for and how many against are listed (JSON and CSV have all)
    #[arg(long, value_name = "N", default_value_t = 10)]
    pub(crate) top: usize,
    /// Output format
    #[arg(long, value_enum, default_value = "text")]
    pub(crate) format: Format,
    /// When to colour the text
    #[arg(long, value_enum, default_value = "auto")]
    pub(crate) color: Color,
    #[command(flatten)]
    pub(crate) input: InputArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    /// On a terminal
    Auto,
    /// Even into a file or a pipe
    Always,
    /// Nowhere
    Never,
}

#[derive(Debug, Args)]
pub(crate) struct Inspect {
    /// Model file [default: the bundled technology / policy / markets model]
    #[arg(value_name = "MODEL", value_hint = ValueHint::FilePath, conflicts_with = "model")]
    named: Option<PathBuf>,
    /// Model file, as MODEL
    #[arg(long, value_name = "MODEL", value_hint = ValueHint::FilePath)]
    pub(crate) model: Option<PathBuf>,
    /// How many terms are listed for each label
    #[arg(long, value_name = "N", default_value_t = 10)]
    pub(crate) top: usize,
    /// Output format
    #[arg(long, value_enum, default_value = "text")]
    pub(crate) format: InspectFormat,
}

/// A model is no table: no CSV.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum InspectFormat {
    /// For people
    Text,
    /// One JSON object
    Json,
}

impl Classify {
    fn files(&self, files: &mut Files) {
        files.read_all("text", &self.files);
        if self.files.is_empty() {
            files.read("text", Path::new("-"));
        }
        self.listed.files(files);
        read_model(files, self.model.as_deref());
        self.input.files(files);
        files.print();
    }
}

impl Evaluate {
    fn files(&self, files: &mut Files) {
        files.read_all("data", &self.data);
        self.listed.files(files);
        read_model(files, self.model.as_deref());
        self.input.files(files);
        self.engine.files(files);
        files.print();
    }
}

impl Explain {
    fn files(&self, files: &mut Files) {
        files.read("text", &self.file);
        read_model(files, self.model.as_deref());
        self.input.files(files);
        files.print();
    }
}

impl Inspect {
    fn files(&self, files: &mut Files) {
        read_model(files, self.model.as_deref());
        files.print();
    }
}

fn read_model(files: &mut Files, model: Option<&Path>) {
    if let Some(model) = model {
        files.read("model", model);
    }
}

#[cfg(test)]
mod tests {
    use clap::{Arg, ArgAction, CommandFactory, ValueHint};

    use super::*;

    /// Options that an option needs beside it, by its id.
    const NEEDED: [(&str, &[&str]); 2] =
        [("bad_records", &["--skip-bad"]), ("prior_strength", &[])];

    fn names_a_file(arg: &Arg) -> bool {
        let hint = arg.get_value_hint();
        matches!(
            hint,
            ValueHint::FilePath | ValueHint::AnyPath | ValueHint::DirPath
        )
    }

    #[test]
    fn what_names_a_file_has_a_hint_for_shells() {
        for command in Cli::command().get_subcommands() {
            for arg in command.get_arguments() {
                let names = arg.get_value_names().unwrap_or_default();
                let is_path = names
                    .iter()
                    .flat_map(|name| name.split('|'))
                    .any(|name| ["FILE", "FOLDER", "DATA", "MODEL", "LIST"].contains(&name));
                let (command, arg_id) = (command.get_name(), arg.get_id());
                assert_eq!(is_path, names_a_file(arg), "{command} {arg_id}: value_hint");
            }
        }
    }

    #[test]
    fn every_file_of_every_command_is_compared() {
        let folder = std::env::temp_dir().join(format!("slugline-args-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let mut found = 0;
        for command in Cli::command().get_subcommands() {
            for tested in command.get_arguments().filter(|arg| names_a_file(arg)) {
                let path = folder.join(tested.get_id().as_str());
                std::fs::write(&path, "listed").unwrap();
                let path = path.to_str().unwrap();
                let mut line = vec!["slugline", command.get_name()];
                for arg in command.get_arguments() {
                    let is_tested = arg.get_id() == tested.get_id();
                    // Either MODEL or --model.
                    let conflicts = command.get_arg_conflicts_with(arg);
                    if conflicts
                        .iter()
                        .any(|other| other.get_id() == tested.get_id())
                    {
                        continue;
                    }
                    match (arg.get_long(), is_tested) {
                        (None, true) => line.push(path),
                        (None, false) if names_a_file(arg) => line.push("beside"),
                        (Some("output"), false) if command.get_name() != "man" => {
                            line.extend(["--output", "beside"]);
                        }
                        _ => {}
                    }
                    let several = matches!(arg.get_action(), ArgAction::Append);
                    if arg.get_long().is_none() && several {
                        line.push("another");
                    }
                }
                let option = tested.get_long().map(|long| format!("--{long}"));
                if let Some(option) = &option {
                    line.extend([option.as_str(), path]);
                }
                for (id, needed) in NEEDED {
                    if tested.get_id() == id {
                        line.extend(needed);
                    }
                }
                let cli = Cli::try_parse_from(&line);
                let mut cli = cli.unwrap_or_else(|error| panic!("{line:?}: {error}"));
                cli.command.resolve().unwrap_or_else(|_| panic!("{line:?}"));
                let files = cli.command.files();
                let (reads, writes) = files.paths();
                assert!(
                    reads
                        .iter()
                        .chain(&writes)
                        .any(|known| *known == Path::new(path)),
                    "{line:?}: add it to `files`"
                );
                found += 1;
            }
        }
        println!("{found} arguments that name files");
        assert!(found > 40, "{found}");
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn the_arguments_make_sense_to_clap() {
        Cli::command().debug_assert();
    }
}
