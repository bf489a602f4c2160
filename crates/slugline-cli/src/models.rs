//! Opening and writing model files.

use std::{
    borrow::Cow,
    fs,
    path::{Path, PathBuf},
};

use indicatif::DecimalBytes;
use slugline::TextClassifier;

use crate::{failure::Failure, say};

/// The model of a file, or the bundled one.
pub(crate) fn open(path: Option<&Path>) -> Result<Cow<'static, TextClassifier>, Failure> {
    Ok(match path {
        Some(path) => Cow::Owned(TextClassifier::map(path)?),
        None => Cow::Borrowed(slugline::topics()),
    })
}

/// Fails early, before hours of work, where the model could not be written in the end.
pub(crate) fn check_output(path: &Path) -> Result<(), Failure> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    if !folder.is_dir() {
        return Err(Failure::work(format!(
            "{}: the folder {} does not exist: make it first",
            path.display(),
            folder.display()
        )));
    }
    if path.is_dir() {
        return Err(Failure::work(format!(
            "{}: is a folder, expected a file name",
            path.display()
        )));
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

/// Writes the model and says what was written.
pub(crate) fn save(model: &TextClassifier, path: &Path) -> Result<(), Failure> {
    model.save(path)?;
    let size = fs::metadata(path).map_or(0, |metadata| metadata.len());
    say::note(format_args!(
        "{}: {} documents, {} labels, {} terms, {}",
        path.display(),
        model.n_documents(),
        model.labels().len(),
        model.vocabulary().len(),
        DecimalBytes(size)
    ));
    Ok(())
}
