//! The command `slugline`.

use std::{env, process::ExitCode};

#[global_allocator]
static ALLOCATOR: slugline_cli::CommandAllocator = slugline_cli::CommandAllocator;

fn main() -> ExitCode {
    slugline_cli::run(env::args_os()).into()
}
