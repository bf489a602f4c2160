//! Where real text is: our own articles and messy files, and corpora that are not part of the repository.

use std::{env, path::PathBuf};

use slugline::dataset::{self, ReadOptions};

/// The path itself; none, with a printed reason, where nothing is there.
pub(crate) fn present(path: PathBuf) -> Option<PathBuf> {
    if !path.exists() {
        eprintln!("skipped: {} is not there", path.display());
        return None;
    }
    Some(path)
}

/// A path below the repository's `datasets`; none in a crate that was downloaded without it.
pub(crate) fn datasets(name: &str) -> Option<PathBuf> {
    let crates = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    present(crates.join("../../datasets").join(name))
}

/// A file of a corpus that is not part of the repository; `SLUGLINE_DATA` may name the corpora's folder.
pub(crate) fn corpus(name: &str) -> Option<PathBuf> {
    let folder = env::var_os("SLUGLINE_DATA").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"),
        PathBuf::from,
    );
    present(folder.join(name))
}

/// Texts and labels of such a file, title before text.
pub(crate) fn read_corpus(name: &str) -> Option<(Vec<String>, Vec<String>)> {
    Some(dataset::load(&corpus(name)?, &ReadOptions::default()).unwrap())
}
