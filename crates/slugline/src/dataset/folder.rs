//! A folder with one sub-folder for each class.

use std::{
    collections::HashSet,
    fs, io,
    path::{Path, PathBuf},
};

use super::{LabelUse, Record, plain::document, source::Source};
use crate::{Error, Result};

/// Walks through the files of a data set, in the order of their names at every level.
///
/// It holds the names of the folders on the way to the current file, not those of all files.
pub(super) struct Folder {
    /// What is left of each folder on the way, last name first.
    levels: Vec<Vec<PathBuf>>,
    /// The sub-folder of the data set's folder that the walk is in, and its name.
    label: Option<String>,
    /// Every folder entered, links resolved: a link that leads back into one would never end.
    entered: HashSet<PathBuf>,
}

impl Folder {
    /// Looks at the sub-folders. A file beside them is an error at once where labels are required.
    pub(super) fn new(path: &Path, source: &Source) -> Result<Self> {
        let mut folder = Self {
            levels: Vec::new(),
            label: None,
            entered: HashSet::new(),
        };
        let top = folder.enter(path)?;
        if source.options.labels == LabelUse::Required {
            for entry in top.iter().rev() {
                if !metadata(entry)?.is_dir() {
                    return Err(source.sibling(entry).error(format!(
                        "the file stands beside the class folders, so it has no label: move it \
                         into a sub-folder of {} named for its class",
                        source.name
                    )));
                }
            }
        }
        folder.levels.push(top);
        Ok(folder)
    }

    /// The next file as a record.
    pub(super) fn next(&mut self, source: &Source) -> Result<Option<Record>> {
        loop {
            let depth = self.levels.len();
            let Some(level) = self.levels.last_mut() else {
                return Ok(None);
            };
            let Some(path) = level.pop() else {
                self.levels.pop();
                continue;
            };
            let kind = metadata(&path)?;
            if depth == 1 {
                self.label = None;
            }
            if kind.is_dir() {
                if depth == 1 && source.options.labels != LabelUse::Ignored {
                    self.label = Some(class_of(&path, source)?);
                }
                let inside = self.enter(&path)?;
                self.levels.push(inside);
            } else if kind.is_file() {
                let file = source.sibling(&path);
                return document(file.open(&path)?, &file, self.label.clone()).map(Some);
            } else {
                // Opening a pipe would wait for someone to write into it.
                return Err(source.sibling(&path).error(
                    "neither a file nor a folder, expected the texts of a class: remove it",
                ));
            }
        }
    }

    /// What stands in a folder, last name first, hidden names left out.
    fn enter(&mut self, path: &Path) -> Result<Vec<PathBuf>> {
        let failed = |error: io::Error| Error::io(path, error);
        if !self.entered.insert(fs::canonicalize(path).map_err(failed)?) {
            return Err(Error::Dataset {
                file: path.to_string_lossy().into_owned(),
                why: "a symbolic link leads to this folder a second time, expected each document \
                      once: remove the link"
                    .to_owned(),
            });
        }
        let mut names = Vec::new();
        for entry in fs::read_dir(path).map_err(failed)? {
            let name = entry.map_err(failed)?.file_name();
            if !name.as_encoded_bytes().starts_with(b".") {
                names.push(name);
            }
        }
        names.sort_unstable_by(|a, b| b.cmp(a));
        Ok(names.into_iter().map(|name| path.join(name)).collect())
    }
}

/// What a path stands for, links followed.
fn metadata(path: &Path) -> Result<fs::Metadata> {
    fs::metadata(path).map_err(|error| Error::io(path, error))
}

/// The label that a sub-folder stands for.
fn class_of(path: &Path, source: &Source) -> Result<String> {
    match path.file_name().and_then(|name| name.to_str()) {
        Some(name) if !name.trim().is_empty() => Ok(name.to_owned()),
        _ => Err(source
            .sibling(path)
            .error("the folder's name is blank or not UTF-8, expected a class: rename it")),
    }
}
