//! The command `slugline`: reads arguments, calls the library, prints.
//!
//! A library, so that the Python package installs the same command as the crate does.

mod adapt;
mod allocator;
mod answer_args;
mod answers;
mod args;
mod audit;
mod auto;
mod bad;
mod batch;
mod classify;
mod describe;
mod engine_args;
mod evaluate;
mod examples;
mod exit_status;
mod explain;
mod failure;
mod figures;
mod input;
mod inspect;
mod label_only;
mod labelled;
mod labels;
mod layout;
mod learn_args;
mod listed;
mod models;
mod notices;
mod open_model;
mod output_format;
mod outputs;
mod pages;
mod passed;
mod progress;
mod record_file;
mod say;
mod train;
mod update;
mod values;
mod wrong;

use std::{
    ffi::OsString,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    path::Path,
};

pub use allocator::CommandAllocator;
use args::{Cli, Command};
use clap::{CommandFactory, FromArgMatches};
use exit_status::SUCCESS;
use failure::Failure;
use outputs::CheckDepth;

/// Runs the command with these arguments (the first is the program's name) on the standard streams, and
/// returns its exit status: 0 for success, 1 for a failure, 2 for invalid arguments.
///
/// Where [`CommandAllocator`] is the global allocator and memory runs out, the process ends with a message and status 1;
/// the memory of `args` counts when they are read within.
pub fn run(args: impl IntoIterator<Item = OsString>) -> u8 {
    allocator::begin();
    let done = catch_unwind(AssertUnwindSafe(|| parse_and_dispatch(args))).or_else(|cause| {
        match slugline::missing_memory(&*cause) {
            Some(error) => Ok(Failure::from(error).report()),
            None => Err(cause),
        }
    });
    allocator::end();
    done.unwrap_or_else(|cause| resume_unwind(cause))
}

fn parse_and_dispatch(args: impl IntoIterator<Item = OsString>) -> u8 {
    let args = join_optional_values(args);
    if let Some(failure) = without_equals_sign(&args) {
        return failure.report();
    }
    let mut command = Cli::command();
    let parsed = command.try_get_matches_from_mut(args).and_then(|found| {
        let cli =
            Cli::from_arg_matches(&found).map_err(|error| error.format(&mut Cli::command()))?;
        Ok((cli, found.subcommand_name().map(str::to_owned)))
    });
    let (cli, name) = match parsed {
        Ok(parsed) => parsed,
        Err(error) => return say::usage(error),
    };
    say::be_quiet(cli.quiet);
    let Err(failure) = dispatch(cli.command) else {
        return SUCCESS;
    };
    let chosen = name.and_then(|name| command.find_subcommand(name));
    let mut flags = chosen.into_iter().flat_map(clap::Command::get_arguments);
    failure
        .with_flags(|flag| flags.any(|arg| arg.get_long() == Some(flag)))
        .report()
}

fn dispatch(mut command: Command) -> Result<(), Failure> {
    command.resolve()?;
    let files = command.files();
    outputs::check(&files, CheckDepth::WithFolders)?;
    match command {
        Command::Classify(args) => classify::run(&args),
        Command::Train(args) => train::run(&args, &files),
        Command::Evaluate(args) => evaluate::run(&args, &files),
        Command::Explain(args) => explain::run(&args),
        Command::Inspect(args) => inspect::run(&args),
        Command::Merge(args) => train::merge(&args, &files),
        Command::Update(args) => update::update(&args, &files),
        Command::Forget(args) => update::forget(&args, &files),
        Command::Audit(args) => audit::run(&args),
        Command::Adapt(args) => adapt::run(&args, &files),
        Command::Completions(args) => pages::completions(&args),
        Command::Man(args) => pages::man(&args),
    }
}

/// Turns `--sublinear-tf auto` into `--sublinear-tf=auto`, and `--calibrate by-length` likewise: the value is optional, so
/// clap takes one after a space for a file.
fn join_optional_values(args: impl IntoIterator<Item = OsString>) -> Vec<OsString> {
    let mut joined: Vec<OsString> = Vec::new();
    for arg in args {
        let is_value_of = |last: &OsString| {
            let mut of_flag = OPTIONAL_VALUES.iter().filter(|(flag, _)| last == flag);
            of_flag.any(|(_, values)| values.iter().any(|value| arg == *value))
        };
        match joined.last_mut() {
            Some(flag) if is_value_of(flag) => {
                flag.push("=");
                flag.push(arg);
            }
            _ => joined.push(arg),
        }
    }
    joined
}

/// Flags whose value is a word and can be left out, and the words.
const OPTIONAL_VALUES: [(&str, &[&str]); 2] = [
    ("--sublinear-tf", &SUBLINEAR_TF_VALUES),
    ("--calibrate", &["alike", "by-length"]),
];

/// The failure of a number after a space, where the flag's value is optional and follows an equals sign: the number
/// would be taken for a file.
fn without_equals_sign(args: &[OsString]) -> Option<Failure> {
    let mut args = args.iter().take_while(|arg| *arg != "--").peekable();
    while let Some(arg) = args.next() {
        let flag = arg.to_str().filter(|flag| NUMBER_FLAGS.contains(flag));
        let number = args.peek().and_then(|next| next.to_str());
        let number = number.filter(|next| next.parse::<f64>().is_ok() && !Path::new(next).exists());
        if let (Some(flag), Some(number)) = (flag, number) {
            return Some(Failure::usage(format!(
                "{flag} {number}: expected the number after an equals sign: {flag}={number}"
            )));
        }
    }
    None
}

/// Flags whose number is optional.
const NUMBER_FLAGS: [&str; 2] = ["--refine", "--skip-bad"];

const SUBLINEAR_TF_VALUES: [&str; 3] = ["auto", "true", "false"];
