//! Reading and writing model files.

use std::{
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
    open_model::OpenModel,
    outputs::{self, CheckDepth, Files, is_stream},
    say,
};

/// The model of a file, or the bundled one.
pub(crate) fn open(path: Option<&Path>) -> Result<OpenModel, Failure> {
    match path {
        Some(path) => OpenModel::read(path),
        None => Ok(OpenModel::bundled()),
    }
}

/// The model of a file that is to be changed, in memory.
pub(crate) fn read(path: &Path) -> Result<TextClassifier, Failure> {
    if path.is_dir() {
        return Err(OpenModel::of_folder(path));
    }
    Ok(TextClassifier::load(path)?)
}

/// Fails before any work where the model could not be written in the end.
pub(crate) fn check_output(path: &Path) -> Result<(), Failure> {
    if !is_stream(path) {
        return Ok(Replacement::check(path)?);
    }
    if io::stdout().is_terminal() {
        return Err(Failure::usage(
            "--output -: standard output is a terminal, and a model is binary: redirect it, or name a file",
        ));
    }
    Ok(())
}

/// The model with these files noted as what it was trained on.
pub(crate) fn with_sources(mut model: TextClassifier, paths: &[PathBuf]) -> TextClassifier {
    for path in paths {
        // The file name alone: a model does not disclose folders of the machine it was trained on.
        let name = path.file_name().unwrap_or(path.as_os_str());
        model = model.with_source(name.to_string_lossy());
    }
    model
}

/// The failure of a pipe closed before the whole model was written. Answers may be cut off, a model may not.
fn unread(name: &str) -> Failure {
    Failure::work(format!(
        "{name}: the reader closed the pipe before the whole model was written"
    ))
}

/// Writes the model and prints its size.
pub(crate) fn save(model: &TextClassifier, path: &Path, files: &Files) -> Result<(), Failure> {
    outputs::check(files, CheckDepth::WithoutFolders)?;
    if is_stream(path) {
        let mut out = io::stdout().lock();
        let written = model.write(&mut out).and_then(|()| out.flush());
        written.map_err(|error| match error.kind() {
            ErrorKind::BrokenPipe => unread("<stdout>"),
            _ => error.into(),
        })?;
    } else {
        for stray in replace::strays(path) {
            say::warning(format_args!(
                "{} is a temporary file of a run that was killed, or of one that is writing now: delete it \
                 if there is none",
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
    notices::warn_of_model(model);
    Ok(())
}
