//! Messages on standard error: errors, warnings and notes.
//!
//! A standard error that cannot be written to (`2>&1 | head`) neither stops the command nor panics, as
//! `eprintln!` would: the exit status still tells the result.

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

/// Set by `--quiet`: print errors only.
static QUIET: AtomicBool = AtomicBool::new(false);

/// Sets whether only errors are printed from now on.
pub(crate) fn be_quiet(quiet: bool) {
    QUIET.store(quiet, Ordering::Relaxed);
}

/// Whether only errors are printed.
pub(crate) fn is_quiet() -> bool {
    QUIET.load(Ordering::Relaxed)
}

/// Prints an error on one line, however many lines its cause has.
pub(crate) fn error(why: &str) {
    let lines: Vec<&str> = why.lines().map(str::trim).collect();
    line(&format!("slugline: error: {}", lines.join(" ")));
}

/// Prints a line about what was done, unless `--quiet`.
pub(crate) fn note(what: impl Display) {
    if !is_quiet() {
        line(&what.to_string());
    }
}

/// Prints a line about what is likely a mistake, or was left out, unless `--quiet`.
pub(crate) fn warning(what: impl Display) {
    note(format_args!("slugline: warning: {what}"));
}

/// Prints a line with control characters escaped: file names, labels and terms may hold some.
fn line(what: &str) {
    let _ = writeln!(io::stderr(), "{}", printable(what));
}

/// A path as messages show it.
pub(crate) fn shown(path: &Path) -> String {
    printable(&path.to_string_lossy()).into_owned()
}

/// The standard library's messages about numbers, in plainer words.
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

/// Prints what clap returned in place of arguments (a usage error, help or the version); returns the exit status.
pub(crate) fn usage(mut error: clap::Error) -> u8 {
    if !error.use_stderr() {
        // A reader that has gone away is no failure, as for every other output.
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
    // Without a command clap prints the help, which does not begin with `error:`.
    let name = match message.to_string().starts_with("error:") {
        true => "slugline: ",
        false => "",
    };
    let message = message.ansi().to_string();
    let message = NUMBERS.iter().fold(message, |message, (theirs, ours)| {
        message.replace(theirs, ours)
    });
    let _ = write!(anstream::stderr(), "{name}{message}");
    USAGE
}

/// An argument with its control characters escaped; None where it has none.
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
