//! Opening and writing model files.

use std::{
    borrow::Cow,
    fs,
    io::{self, ErrorKind, IsTerminal, Write},
    path::{Path, PathBuf},
};

use indicatif::DecimalBytes;
use slugline::{
    Error, TextClassifier,
    replace::{self, Replacement},
    wording::count,
};

use crate::{
    failure::Failure,
    notices,
    outputs::{self, Files, Look, is_stream},
    say,
};

/// The model of a file, or the bundled one.
pub(crate) fn open(path: Option<&Path>) -> Result<Cow<'static, TextClassifier>, Failure> {
    Ok(match path {
        Some(path) => Cow::Owned(read(path)?),
        None => Cow::Borrowed(slugline::topics()),
    })
}

/// The model of a file, or of what is no regular file: a pipe, `/dev/stdin`.
pub(crate) fn read(path: &Path) -> Result<TextClassifier, Failure> {
    match fs::metadata(path) {
        Ok(what) if what.is_dir() => Err(Failure::work(format!(
            "{}: this is a folder, expected a model file",
            say::shown(path)
        ))),
        // What has no size cannot be mapped.
        Ok(what) if !what.is_file() => Ok(TextClassifier::load(path)?),
        _ => Ok(TextClassifier::map(path)?),
    }
}

/// Fails early, before hours of work, where the model could not be written in the end.
pub(crate) fn check_output(path: &Path) -> Result<(), Failure> {
    if !is_stream(path) {
        return Ok(Replacement::check(path)?);
    }
    if io::stdout().is_terminal() {
        return Err(Failure::usage(
            "--output -: standard output is a terminal, and a model is no text: redirect it to a file, or \
             name one",
        ));
    }
    Ok(())
}

/// The model with these files noted as what it was trained on.
pub(crate) fn with_sources(mut model: TextClassifier, paths: &[PathBuf]) -> TextClassifier {
    for path in paths {
        // The name only: a model does not tell where on whose machine the data lay.
        let name = path.file_name().unwrap_or(path.as_os_str());
        model = model.with_source(name.to_string_lossy());
    }
    model
}

/// A part of a model is none: that nobody reads the rest is a failure here, and not where answers are printed.
fn unread(name: &str) -> Failure {
    Failure::work(format!(
        "{name}: the reader went away before the whole model was written"
    ))
}

/// Writes the model and says what was written.
pub(crate) fn save(model: &TextClassifier, path: &Path, files: &Files) -> Result<(), Failure> {
    outputs::check(files, Look::Again)?;
    if is_stream(path) {
        let mut out = io::stdout().lock();
        let written = model.write(&mut out).and_then(|()| out.flush());
        written.map_err(|error| match error.kind() {
            ErrorKind::BrokenPipe => unread("<stdout>"),
            _ => error.into(),
        })?;
    } else {
        for stray in replace::strays(path) {
            say::note(format_args!(
                "slugline: {} was left by a run that was killed while it wrote, or belongs to one that \
                 writes now: if there is none, delete it",
                say::shown(&stray)
            ));
        }
        model.save(path).map_err(|error| match error {
            Error::Io { source, .. } if source.kind() == ErrorKind::BrokenPipe => {
                unread(&say::shown(path))
            }
            error => error.into(),
        })?;
    }
    let size = fs::metadata(path).ok().filter(fs::Metadata::is_file);
    let size = size.map(|file| format!(", {}", DecimalBytes(file.len())));
    say::note(format_args!(
        "{}: {}, {}, {}{}",
        match is_stream(path) {
            true => "<stdout>".to_owned(),
            false => say::shown(path),
        },
        count(model.n_documents(), "document"),
        count(model.labels().len(), "label"),
        count(model.vocabulary().len(), "term"),
        size.unwrap_or_default()
    ));
    notices::of_model(model);
    Ok(())
}
