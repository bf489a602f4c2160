//! The command `slugline`.

use std::{env, process::ExitCode};

fn main() -> ExitCode {
    slugline_cli::run(env::args_os()).into()
}
