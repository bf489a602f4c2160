//! What is said on standard error.
//!
//! A standard error that cannot be written to (`2>&1 | head`) is no reason to stop or to panic, as
//! `eprintln!` would: the exit status still tells how it went.

use std::{
    fmt::Display,
    io::{self, Write},
};

use crate::{SUCCESS, USAGE};

/// An error, on one line however many its cause takes up.
pub(crate) fn error(why: &str) {
    let lines: Vec<&str> = why.lines().map(str::trim).collect();
    note(format_args!("slugline: error: {}", lines.join(" ")));
}

/// A line for whoever watches.
pub(crate) fn note(what: impl Display) {
    let _ = writeln!(io::stderr(), "{what}");
}

/// What clap found in the arguments: a mistake, or the wish for help or the version.
pub(crate) fn usage(error: &clap::Error) -> u8 {
    if !error.use_stderr() {
        // As for every other output: a reader that has gone away is no failure.
        let _ = error.print();
        return SUCCESS;
    }
    let message = error.render();
    // Without any command clap shows the help, which begins otherwise.
    let name = match message.to_string().starts_with("error:") {
        true => "slugline: ",
        false => "",
    };
    let _ = write!(anstream::stderr(), "{name}{}", message.ansi());
    USAGE
}
