//! Models that answers are given from: in memory, or mapped where they are large, and then watched.

use std::{
    borrow::Cow,
    fs::{File, Metadata},
    ops::Deref,
    path::{Path, PathBuf},
    time::SystemTime,
};

use slugline::{Error, TextClassifier};

use crate::{failure::Failure, say};

/// From this size on a model is mapped: reading it would take a noticeable time, and as much memory. Below, a copy is
/// made, which whatever becomes of the file cannot change.
const LARGE: u64 = 256 << 20;

/// A model, and the file that it is mapped from.
pub(crate) struct OpenModel {
    model: Cow<'static, TextClassifier>,
    mapped: Option<MappedFile>,
}

struct MappedFile {
    path: PathBuf,
    /// The mapped file itself, which another one may have replaced at its path.
    file: File,
    state: FileState,
}

/// What changes with the content of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct FileState {
    size: u64,
    modified: Option<SystemTime>,
}

impl FileState {
    fn of(file: &Metadata) -> Self {
        Self {
            size: file.len(),
            modified: file.modified().ok(),
        }
    }
}

impl OpenModel {
    /// The bundled model.
    pub(crate) fn bundled() -> Self {
        Self {
            model: Cow::Borrowed(slugline::topics()),
            mapped: None,
        }
    }

    /// The model of a file, or of what is no regular file: a pipe, `/dev/stdin`.
    pub(crate) fn read(path: &Path) -> Result<Self, Failure> {
        Self::with_large(path, LARGE)
    }

    /// As [`read`](Self::read); files of `large` bytes and more are mapped.
    fn with_large(path: &Path, large: u64) -> Result<Self, Failure> {
        let io = |source| Error::Io {
            path: path.to_owned(),
            source,
        };
        let what = path.metadata().map_err(io)?;
        if what.is_dir() {
            return Err(Self::of_folder(path));
        }
        // A pipe or a device cannot be mapped.
        if !what.is_file() || what.len() < large {
            return Ok(Self {
                model: Cow::Owned(TextClassifier::load(path)?),
                mapped: None,
            });
        }
        let file = File::open(path).map_err(io)?;
        let state = FileState::of(&file.metadata().map_err(io)?);
        let model = Self {
            model: Cow::Owned(TextClassifier::map_file(&file, path)?),
            mapped: Some(MappedFile {
                path: path.to_owned(),
                file,
                state,
            }),
        };
        model.check()?;
        Ok(model)
    }

    /// The failure of a folder in the place of a file.
    pub(crate) fn of_folder(path: &Path) -> Failure {
        Failure::work(format!(
            "{}: this is a folder, expected a model file",
            say::shown(path)
        ))
    }

    /// Fails where the mapped file was changed or cut short since it was opened: what was answered since may be wrong.
    pub(crate) fn check(&self) -> Result<(), Failure> {
        let Some(mapped) = &self.mapped else {
            return Ok(());
        };
        let now = mapped.file.metadata().map(|file| FileState::of(&file));
        if now.is_ok_and(|now| now == mapped.state) {
            return Ok(());
        }
        Err(Failure::Model(format!(
            "{}: the model file was changed while it was in use: put a new file in its place instead of writing \
             over it, and run again",
            say::shown(&mapped.path)
        )))
    }

    /// The model with other settings, from the same file.
    pub(crate) fn with(
        self,
        change: impl FnOnce(TextClassifier) -> Result<TextClassifier, Failure>,
    ) -> Result<Self, Failure> {
        Ok(Self {
            model: Cow::Owned(change(self.model.into_owned())?),
            mapped: self.mapped,
        })
    }
}

impl Deref for OpenModel {
    type Target = TextClassifier;

    fn deref(&self) -> &TextClassifier {
        &self.model
    }
}

#[cfg(test)]
mod tests {
    use std::{fs, io::Write};

    use super::*;

    fn saved() -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("model.safetensors");
        slugline::topics().save(&path).unwrap();
        (folder, path)
    }

    fn is_changed(model: &OpenModel) -> bool {
        match model.check() {
            Ok(()) => false,
            Err(Failure::Model(why)) => why.contains("changed while it was in use"),
            Err(other) => panic!("{other}"),
        }
    }

    #[test]
    fn a_mapped_model_notices_what_becomes_of_its_file() {
        type Change = fn(&Path);
        let changes: [Change; 5] = [
            |path| drop(File::create(path).unwrap()),
            |path| {
                File::options()
                    .write(true)
                    .open(path)
                    .unwrap()
                    .set_len(4096)
                    .unwrap();
            },
            |path| {
                File::options()
                    .append(true)
                    .open(path)
                    .unwrap()
                    .write_all(b"x")
                    .unwrap();
            },
            // The same size, other numbers.
            |path| {
                let bytes = fs::read(path).unwrap();
                let mut file = File::options().write(true).open(path).unwrap();
                file.write_all(&vec![7; bytes.len()]).unwrap();
            },
            |path| fs::write(path, b"another program's file").unwrap(),
        ];
        for change in changes {
            let (_folder, path) = saved();
            let model = OpenModel::with_large(&path, 0).unwrap();
            assert!(model.mapped.is_some() && !is_changed(&model));
            change(&path);
            assert!(is_changed(&model));
            let model = model.with(Ok).unwrap();
            assert!(is_changed(&model));
        }
    }

    #[test]
    fn a_new_file_in_its_place_is_no_change() {
        let (folder, path) = saved();
        let model = OpenModel::with_large(&path, 0).unwrap();
        let label = model.predict(&["chips and phones"]).unwrap()[0].to_owned();
        slugline::topics().save(&path).unwrap();
        assert!(!is_changed(&model));
        fs::remove_file(&path).unwrap();
        drop(folder);
        assert!(!is_changed(&model));
        assert_eq!(model.predict(&["chips and phones"]).unwrap()[0], label);
    }

    #[test]
    fn a_small_model_is_a_copy() {
        let (_folder, path) = saved();
        let model = OpenModel::read(&path).unwrap();
        assert!(model.mapped.is_none());
        let before = model.predict(&["chips and phones"]).unwrap()[0].to_owned();
        fs::write(&path, b"").unwrap();
        assert!(!is_changed(&model));
        assert_eq!(model.predict(&["chips and phones"]).unwrap()[0], before);
    }
}
