//! Temporary files that have a name at this moment, for a process that ends without running destructors.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
};

/// More files than a command writes at once. What is beyond is left behind.
const MOST: usize = 8;

/// Kept without memory that may be missing, and locked for a moment at a time, within which none is asked for.
static NAMES: Mutex<[Option<PathBuf>; MOST]> = Mutex::new([const { None }; MOST]);

/// A file, whose name is known as long as this is kept.
#[derive(Debug)]
pub(super) struct Unfinished<F> {
    pub(super) file: F,
    at: Option<usize>,
}

fn names() -> MutexGuard<'static, [Option<PathBuf>; MOST]> {
    NAMES.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Makes a file with this name, which is known from then on.
pub(super) fn make<F>(
    path: &Path,
    make: impl FnOnce(&Path) -> io::Result<F>,
) -> io::Result<Unfinished<F>> {
    // Before the file is there: from then on nothing may fail.
    let name = path.to_owned();
    let file = make(path)?;
    let mut names = names();
    let at = names.iter().position(Option::is_none);
    if let Some(at) = at {
        names[at] = Some(name);
    }
    Ok(Unfinished { file, at })
}

impl<F> Drop for Unfinished<F> {
    fn drop(&mut self) {
        if let Some(at) = self.at {
            names()[at] = None;
        }
    }
}

/// Removes the temporary files of this process that have a name, so that none is left where it ends without running
/// destructors, by [`std::process::exit`] or [`std::process::abort`]. Files that are being written do not take their
/// place any more. Needs no memory, but for a path of hundreds of bytes.
pub fn remove_unfinished() {
    for name in names().iter().flatten() {
        let _ = fs::remove_file(name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Not by [`remove_unfinished`], since other tests write files beside this one.
    #[test]
    fn a_name_is_known_as_long_as_the_file_is_unfinished() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        let is_known = || names().iter().flatten().any(|name| *name == path);
        let taken = make(&path, |_| Err::<(), _>(io::ErrorKind::AlreadyExists.into()));
        assert!(taken.is_err() && !is_known());
        let made = make(&path, |path| fs::File::create(path)).unwrap();
        assert!(is_known());
        drop(made);
        assert!(!is_known());
        let many: Vec<_> = (0..=MOST)
            .map(|_| make(&path, |_| Ok(())).unwrap())
            .collect();
        drop(many);
        assert!(!is_known());
    }
}
