//! What is said on standard error.
//!
//! A standard error that cannot be written to (`2>&1 | head`) is no reason to stop or to panic, as
//! `eprintln!` would: the exit status still tells how it went.

use std::{
    borrow::Cow,
    fmt::Display,
    io::{self, ErrorKind, Write},
    path::Path,
    sync::atomic::{AtomicBool, Ordering},
};

use clap::error::ContextValue;
use slugline::printable;

use crate::exit_status::{FAILURE, SUCCESS, USAGE};

/// Set by `--quiet`: nothing but errors is said.
static QUIET: AtomicBool = AtomicBool::new(false);

/// From now on nothing but errors is said, or everything.
pub(crate) fn be_quiet(quiet: bool) {
    QUIET.store(quiet, Ordering::Relaxed);
}

/// Whether nothing but errors is said.
pub(crate) fn is_quiet() -> bool {
    QUIET.load(Ordering::Relaxed)
}

/// An error, on one line however many its cause takes up.
pub(crate) fn error(why: &str) {
    let lines: Vec<&str> = why.lines().map(str::trim).collect();
    line(&format!("slugline: error: {}", lines.join(" ")));
}

/// A line for whoever watches.
pub(crate) fn note(what: impl Display) {
    if !is_quiet() {
        line(&what.to_string());
    }
}

/// What a terminal would obey is written out, wherever it comes from: a file's name, a label, a word.
fn line(what: &str) {
    let _ = writeln!(io::stderr(), "{}", printable(what));
}

/// A path as messages show it.
pub(crate) fn shown(path: &Path) -> String {
    printable(&path.to_string_lossy()).into_owned()
}

/// Messages of the standard library about numbers, and what they mean.
const NUMBERS: [(&str, &str); 6] = [
    ("invalid float literal", "expected a number"),
    ("cannot parse float from empty string", "expected a number"),
    (
        "invalid digit found in string",
        "expected a whole number, 0 or more",
    ),
    (
        "cannot parse integer from empty string",
        "expected a whole number",
    ),
    (
        "number too large to fit in target type",
        "the number is too large",
    ),
    (
        "number too small to fit in target type",
        "the number is too small",
    ),
];

/// What clap found in the arguments: a mistake, or the wish for help or the version.
pub(crate) fn usage(mut error: clap::Error) -> u8 {
    if !error.use_stderr() {
        // As for every other output: a reader that has gone away is no failure.
        return match error.print() {
            Err(why) if why.kind() != ErrorKind::BrokenPipe => FAILURE,
            _ => SUCCESS,
        };
    }
    let typed: Vec<_> = error
        .context()
        .filter_map(|(kind, value)| Some((kind, printable_value(value)?)))
        .collect();
    for (kind, value) in typed {
        error.insert(kind, value);
    }
    let message = error.render();
    // Without any command clap shows the help, which begins otherwise.
    let name = match message.to_string().starts_with("error:") {
        true => "slugline: ",
        false => "",
    };
    // What Rust's own parsers of numbers say, in words.
    let message = message.ansi().to_string();
    let message = NUMBERS.iter().fold(message, |message, (theirs, ours)| {
        message.replace(theirs, ours)
    });
    let _ = write!(anstream::stderr(), "{name}{message}");
    USAGE
}

/// What was typed, or came from a shell's `*`, in the form that no terminal obeys; None where it has it.
fn printable_value(value: &ContextValue) -> Option<ContextValue> {
    let has_it = |text: &String| matches!(printable(text), Cow::Borrowed(_));
    let shown = |text: &String| printable(text).into_owned();
    match value {
        ContextValue::String(text) if !has_it(text) => Some(ContextValue::String(shown(text))),
        ContextValue::Strings(texts) if !texts.iter().all(has_it) => {
            Some(ContextValue::Strings(texts.iter().map(shown).collect()))
        }
        _ => None,
    }
}
