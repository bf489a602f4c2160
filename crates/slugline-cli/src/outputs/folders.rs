//! Whether a folder that is read holds a file.

use std::{
    collections::HashSet,
    io,
    path::{Path, PathBuf},
};

use slugline::dataset::folder_entries;

use super::identity::{FileIdentity, is_absence, metadata_at};
use crate::failure::{Failure, of_file};

/// Whether a file is in a folder or one of its sub-folders. Hidden files are not read, nor are folders that may not
/// be opened.
pub(super) fn holds(folder: &Path, file: &FileIdentity) -> Result<bool, Failure> {
    let mut entered: HashSet<FileIdentity> = HashSet::new();
    let mut left: Vec<PathBuf> = vec![folder.to_owned()];
    while let Some(folder) = left.pop() {
        // Links may form a cycle.
        let Some(identity) = FileIdentity::of_input(&folder)? else {
            continue;
        };
        if !entered.insert(identity) {
            continue;
        }
        let failed = |error: io::Error| Failure::work(of_file(&folder, &error));
        let entries = match folder_entries(&folder) {
            Ok(entries) => entries,
            Err(error) if is_absence(error.kind()) => continue,
            Err(error) => return Err(failed(error)),
        };
        for entry in entries {
            let entry = entry.map_err(failed)?;
            if entry.file_name().as_encoded_bytes().starts_with(b".") {
                continue;
            }
            let Ok(kind) = entry.file_type() else {
                continue;
            };
            let path = entry.path();
            let is_folder = match kind.is_symlink() {
                true => metadata_at(&path)?.is_some_and(|metadata| metadata.is_dir()),
                false => kind.is_dir(),
            };
            if is_folder {
                left.push(path);
            } else if FileIdentity::of_input(&path)?.as_ref() == Some(file) {
                return Ok(true);
            }
        }
    }
    Ok(false)
}
