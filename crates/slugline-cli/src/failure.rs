//! Failures of a command, and their exit status.

use std::{
    fmt, io,
    path::{Path, PathBuf},
};

use slugline::{Error, printable};

use crate::{
    exit_status::{FAILURE, SUCCESS, USAGE},
    say,
};

/// Why a command stops.
#[derive(Debug)]
pub(crate) enum Failure {
    /// Invalid arguments: exit status 2.
    Usage(String),
    /// A setting that is out of range: invalid arguments where the command has its flag, else it is the model's.
    Setting { name: &'static str, why: String },
    /// The work failed: exit status 1.
    Work(String),
    /// The model is no longer what it was, so no other file can be answered either: exit status 1.
    Model(String),
    /// Some inputs failed, and each was reported already: exit status 1.
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

    /// The failure of a command that has these flags.
    pub(crate) fn with_flags(self, has: impl FnOnce(&str) -> bool) -> Self {
        match &self {
            Self::Setting { name, why } => match flag(name).strip_prefix("--") {
                Some(flag) if !has(flag) => Self::Work(format!("{name} {why}")),
                _ => Self::Usage(self.to_string()),
            },
            _ => self,
        }
    }

    /// Prints the failure and returns the exit status.
    pub(crate) fn report(&self) -> u8 {
        match self {
            Self::Closed => SUCCESS,
            Self::Reported => FAILURE,
            Self::Work(why) | Self::Model(why) => {
                say::error(why);
                FAILURE
            }
            Self::Usage(_) | Self::Setting { .. } => {
                say::error(&self.to_string());
                say::note("`slugline --help` lists the commands and options");
                USAGE
            }
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Usage(why) | Self::Work(why) | Self::Model(why) => f.write_str(why),
            Self::Setting { name, why } => write!(f, "{} {why}", flag(name)),
            Self::Reported | Self::Closed => Ok(()),
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        match error {
            // An error of the data, not of the arguments.
            Error::Parameter {
                name: "description" | "labels" | "targets",
                ..
            } => Self::work(error),
            Error::Parameter {
                name,
                value,
                expected,
            } => Self::Setting {
                name,
                why: format!(
                    "is {}: expected {}",
                    match value.is_empty() {
                        true => "empty",
                        false => value.as_str(),
                    },
                    as_typed(&expected)
                ),
            },
            Error::Length {
                what,
                expected,
                actual,
            } => Self::Work(length(what, expected, actual)),
            Error::File { source, .. } => (*source).into(),
            Error::Io { path, source } => Self::Work(of_file(&path, &source)),
            // Messages about files, in which a word may look like an option's name.
            Error::Dataset { .. } | Error::Record { .. } | Error::Utf8 { .. } => {
                Self::Work(of_data(&error))
            }
            Error::ModelFile { .. } => Self::Work(error.to_string()),
            _ => Self::Work(as_typed(&error.to_string())),
        }
    }
}

/// The library's error about data, with flags in the place of settings, which it names in backticks:
/// `` `quoting = none` ``.
pub(crate) fn of_data(error: &Error) -> String {
    let message = error.to_string();
    let message = match error {
        Error::File { source, .. } => return of_data(source),
        Error::Dataset { .. } => message
            .replace("name the format", "name the format with --input-format")
            .replace("name its format", "name its format with --input-format")
            .replace("name one that has", "name one that has with --input-format")
            .replace("leave the other columns out", "leave --columns out")
            .replace("leave the text columns out", "leave --text out")
            .replace("leave the label column out", "leave --label out")
            .replace("is opened as a model", "is given with --model"),
        _ => message,
    };
    let mut shown = String::with_capacity(message.len());
    let mut rest = message.as_str();
    while let Some((before, after)) = rest.split_once('`') {
        shown.push_str(before);
        // Names that stand in the data are in quotes.
        let is_ours = before.ends_with([' ', '(']);
        let code = after.split_once('`').filter(|_| is_ours);
        let setting = code.map(|(code, _)| code.split_once(" = ").unwrap_or((code, "")));
        match (setting, code) {
            (Some((name, value)), Some((_, behind))) if READING.contains(&name) => {
                shown.push_str(&flag(name));
                if !value.is_empty() {
                    shown.push(' ');
                    shown.push_str(value);
                }
                rest = behind;
            }
            _ => {
                shown.push('`');
                rest = after;
            }
        }
    }
    shown + rest
}

/// Settings of reading that stand in the library's messages.
const READING: [&str; 11] = [
    "columns",
    "encoding",
    "first_label",
    "invalid_utf8",
    "label",
    "max_expanded_bytes",
    "max_expansion",
    "quoting",
    "sheet",
    "skip_bad",
    "text",
];

/// The operating system's error about a file, in words: with the missing folder, without error numbers.
pub(crate) fn of_file(path: &Path, why: &io::Error) -> String {
    let shown = |path: &Path| printable(&path.display().to_string()).into_owned();
    let name = shown(path);
    match (why.kind(), missing_folder(path)) {
        (io::ErrorKind::NotFound, Some(folder)) => {
            format!("{name}: the folder {} does not exist", shown(&folder))
        }
        (io::ErrorKind::NotFound, None) if path.is_symlink() => {
            format!("{name}: the link points to a file that does not exist")
        }
        (io::ErrorKind::NotFound, None) => format!("{name}: there is no such file or folder"),
        _ => format!("{name}: {}", reason(why)),
    }
}

/// The reason without the system's error number.
pub(crate) fn reason(why: &io::Error) -> String {
    let text = why.to_string();
    match text.rsplit_once(" (os error ") {
        Some((reason, _)) => reason.to_owned(),
        None => text,
    }
}

/// The first folder of a path that does not exist.
fn missing_folder(path: &Path) -> Option<PathBuf> {
    let mut missing = None;
    let mut folder = path.parent();
    while let Some(at) = folder.filter(|folder| !folder.as_os_str().is_empty()) {
        if at.exists() {
            break;
        }
        missing = Some(at.to_owned());
        folder = at.parent();
    }
    missing
}

/// The message of `Error::Length`, with the option that was given too few or too many values.
fn length(what: &str, expected: usize, actual: usize) -> String {
    let (name, of) = what.split_once(" (").unwrap_or((what, ""));
    let of = of.trim_end_matches(')');
    let name = match name.trim_start_matches("values of ") {
        "class shares" => "--class-shares".to_owned(),
        name if name == "alpha" || OPTIONS.contains(&name) => flag(name),
        _ => name.to_owned(),
    };
    match of {
        "" => format!("{name}: expected {expected}, got {actual}"),
        of => format!("{name}: expected {expected} ({of}), got {actual}"),
    }
}

/// Parameters that the library's messages name.
const OPTIONS: [&str; 22] = [
    "class_prior",
    "class_shares",
    "fit_prior",
    "force_alpha",
    "idf_order",
    "level_class_sums",
    "max_df",
    "max_features",
    "min_df",
    "naive_bayes",
    "ngram_range",
    "norm_weights",
    "other_below",
    "prior_strength",
    "smooth_idf",
    "stop_words",
    "strip_accents",
    "sublinear_tf",
    "token_pattern",
    "use_idf",
    "without_numbers",
    "without_terms",
];

/// A message of the library with parameters replaced by options.
pub(crate) fn as_typed(message: &str) -> String {
    let mut message = message
        .replace("idf_order = ", "--idf-order ")
        .replace("after_norm", "after-norm")
        .replace("before_norm", "before-norm");
    for option in OPTIONS {
        if message.contains(option) {
            message = message.replace(option, &flag(option));
        }
    }
    message
}

/// The option that sets a parameter of the library.
pub(crate) fn flag(parameter: &str) -> String {
    match parameter {
        // Several flags name columns; the value tells which it is.
        "column" => "column".to_owned(),
        "format" => "--input-format".to_owned(),
        "stemmer" => "--stem".to_owned(),
        "language" => "the language".to_owned(),
        "use_idf" => "--no-idf".to_owned(),
        "smooth_idf" => "--no-smooth-idf".to_owned(),
        "fit_prior" => "--no-fit-prior".to_owned(),
        "lowercase" => "--no-lowercase".to_owned(),
        "model" => "--naive-bayes".to_owned(),
        "C" => "--refine".to_owned(),
        "max_iter" => "--refine-max-iter".to_owned(),
        "header" => "--no-header".to_owned(),
        "strength" | "sharpness" => format!("--describe-{parameter}"),
        name => format!("--{}", name.replace('_', "-")),
    }
}

/// A failure to write to standard output.
impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self::Closed,
            _ => Self::work(format!("<stdout>: {}", reason(&error))),
        }
    }
}

impl From<serde_json::Error> for Failure {
    fn from(error: serde_json::Error) -> Self {
        match error.io_error_kind() {
            Some(_) => io::Error::from(error).into(),
            // The answer's own values can be written: it is a value of the data that cannot.
            None => Self::work("an answer cannot be written as JSON"),
        }
    }
}

impl From<csv::Error> for Failure {
    fn from(error: csv::Error) -> Self {
        match error.into_kind() {
            csv::ErrorKind::Io(error) => error.into(),
            _ => Self::work("an answer cannot be written as CSV"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_of_a_model_are_no_flags() {
        let alpha = || {
            Failure::from(Error::Parameter {
                name: "alpha",
                value: "0.3".into(),
                expected: "another number".into(),
            })
        };
        match alpha().with_flags(|flag| flag == "alpha") {
            Failure::Usage(why) => assert_eq!(why, "--alpha is 0.3: expected another number"),
            other => panic!("{other:?}"),
        }
        match alpha().with_flags(|_| false) {
            Failure::Work(why) => assert_eq!(why, "alpha is 0.3: expected another number"),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn settings_are_shown_as_flags() {
        let shown = |why: &str| {
            of_data(&Error::Record {
                file: "a.csv".into(),
                line: 2,
                why: why.into(),
            })
        };
        for (why, says) in [
            ("choose with `text`", "choose with --text"),
            (
                "keep the first with `first_label`, or leave it out with `skip_bad`",
                "keep the first with --first-label, or leave it out with --skip-bad",
            ),
            (
                "say it (`encoding = utf-16le`); `quoting = none`",
                "say it (--encoding utf-16le); --quoting none",
            ),
            // Code that is no setting, and what stands in the data.
            ("`__label__a` and `text", "`__label__a` and `text"),
            ("there is no \"`text`\"", "there is no \"`text`\""),
        ] {
            assert_eq!(shown(why), format!("a.csv:2: {says}"));
        }
        let folder = Error::File {
            file: "a/b".into(),
            source: Box::new(Error::Dataset {
                file: "a/b".into(),
                why: "a model is opened as a model; name a file".into(),
            }),
        };
        assert_eq!(
            of_data(&folder),
            "a/b: a model is given with --model; name a file"
        );
    }
}
