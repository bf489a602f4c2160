//! The command `slugline`.

use std::{alloc::System, env, iter, process::ExitCode};

#[global_allocator]
static ALLOCATOR: slugline_cli::CommandAllocator = slugline_cli::CommandAllocator(System);

fn main() -> ExitCode {
    // Read by the command itself, so that memory that is missing for them is told, too.
    slugline_cli::run(iter::once_with(env::args_os).flatten()).into()
}
