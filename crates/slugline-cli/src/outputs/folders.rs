//! Whether a folder that is read holds a file.

use std::{
    collections::HashSet,
    fs,
    path::{Path, PathBuf},
};

use super::identity::FileIdentity;

/// Whether a file is in a folder or one of its sub-folders. Hidden files are not read; folders that cannot be
/// opened fail when they are read.
pub(super) fn holds(folder: &Path, file: &FileIdentity) -> bool {
    let mut entered: HashSet<FileIdentity> = HashSet::new();
    let mut left: Vec<PathBuf> = vec![folder.to_owned()];
    while let Some(folder) = left.pop() {
        // Links may form a cycle.
        let Some(identity) = FileIdentity::of_input(&folder) else {
            continue;
        };
        if !entered.insert(identity) {
            continue;
        }
        let entries = fs::read_dir(&folder).into_iter().flatten();
        for entry in entries.flatten() {
            if entry.file_name().as_encoded_bytes().starts_with(b".") {
                continue;
            }
            let Ok(kind) = entry.file_type() else {
                continue;
            };
            let path = entry.path();
            if kind.is_dir() || (kind.is_symlink() && path.is_dir()) {
                left.push(path);
            } else if FileIdentity::of_input(&path).as_ref() == Some(file) {
                return true;
            }
        }
    }
    false
}
