//! How a command ends badly, and the exit status that says so.

use std::{fmt, io};

use crate::{FAILURE, SUCCESS, USAGE, say};

/// Why a command stops.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The command line does not make sense: exit status 2.
    Usage(String),
    /// The work failed: exit status 1.
    Work(String),
    /// Some inputs failed, each reported already: exit status 1, and nothing more to say.
    Reported,
    /// The reader of our output has gone away (`| head`): not an error.
    Closed,
}

impl Failure {
    pub(crate) fn usage(why: impl fmt::Display) -> Self {
        Self::Usage(why.to_string())
    }

    pub(crate) fn work(why: impl fmt::Display) -> Self {
        Self::Work(why.to_string())
    }

    /// Prints what there is to say and gives the exit status.
    pub(crate) fn report(&self) -> u8 {
        match self {
            Self::Closed => SUCCESS,
            Self::Reported => FAILURE,
            Self::Work(why) => {
                say::error(why);
                FAILURE
            }
            Self::Usage(why) => {
                say::error(why);
                say::note("slugline: `slugline --help` lists the commands and options");
                USAGE
            }
        }
    }
}

impl From<slugline::Error> for Failure {
    fn from(error: slugline::Error) -> Self {
        match error {
            // Of the data, and not of the command line.
            slugline::Error::Parameter {
                name: "labels" | "targets",
                ..
            } => Self::work(error),
            slugline::Error::Parameter {
                name,
                value,
                expected,
            } => Self::Usage(format!("{} is {value}: expected {expected}", flag(name))),
            // A file of a folder: what is wrong with it is said as of a file that was named.
            slugline::Error::File { source, .. } => (*source).into(),
            slugline::Error::Dataset { .. } => Self::Work(
                error
                    .to_string()
                    .replace("name the format", "name the format with --input-format")
                    .replace("name its format", "name its format with --input-format")
                    .replace("name one that has", "name one that has with --input-format"),
            ),
            _ => Self::Work(error.to_string()),
        }
    }
}

/// The flag by which a parameter of the library is set.
pub(crate) fn flag(parameter: &str) -> String {
    match parameter {
        // Of which flag, the value tells.
        "column" => "column".to_owned(),
        "format" => "--input-format".to_owned(),
        "stemmer" => "--stem".to_owned(),
        "language" => "the language".to_owned(),
        name => format!("--{}", name.replace('_', "-")),
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self::Closed,
            _ => Self::work(error),
        }
    }
}

impl From<serde_json::Error> for Failure {
    fn from(error: serde_json::Error) -> Self {
        match error.io_error_kind() {
            Some(_) => io::Error::from(error).into(),
            None => Self::work(error),
        }
    }
}

impl From<csv::Error> for Failure {
    fn from(error: csv::Error) -> Self {
        match error.into_kind() {
            csv::ErrorKind::Io(error) => error.into(),
            other => Self::work(format!("{other:?}")),
        }
    }
}
