//! The command `slugline`: reads arguments, calls the library, prints.
//!
//! A library, so that the Python package installs the same command as the crate does.

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

use std::ffi::OsString;

use args::{Cli, Command};
use clap::Parser;

/// Runs the command with these arguments (the first is the name it was called by) on the standard
/// streams, and gives its exit status: 0 when all went well, 1 for a failure, 2 for arguments that
/// make no sense.
pub fn run(args: impl IntoIterator<Item = OsString>) -> u8 {
    let cli = match Cli::try_parse_from(args) {
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
        Ok(()) => SUCCESS,
        Err(failure) => failure.report(),
    }
}

const SUCCESS: u8 = 0;
const FAILURE: u8 = 1;
const USAGE: u8 = 2;
