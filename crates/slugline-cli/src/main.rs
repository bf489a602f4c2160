//! The command `slugline`: reads arguments, calls the library, prints.

mod answers;
mod args;
mod classify;
mod engine_args;
mod evaluate;
mod explain;
mod failure;
mod input;
mod inspect;
mod models;
mod progress;
mod say;
mod train;
mod values;

use std::process::ExitCode;

use args::{Cli, Command};
use clap::Parser;

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return say::usage(&error),
    };
    let done = match cli.command {
        Command::Classify(args) => classify::run(&args),
        Command::Train(args) => train::run(&args),
        Command::Evaluate(args) => evaluate::run(&args),
        Command::Explain(args) => explain::run(&args),
        Command::Inspect(args) => inspect::run(&args),
        Command::Merge(args) => train::merge(&args),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}
