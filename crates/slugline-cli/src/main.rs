//! The command `slugline`: reads arguments, calls the library, prints.

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
mod train;

use std::process::ExitCode;

use args::{Cli, Command};
use clap::Parser;

fn main() -> ExitCode {
    let done = match Cli::parse().command {
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
