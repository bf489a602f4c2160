//! Folders of documents and data sets, with or without sub-folders for the classes.

use std::{
    collections::HashSet,
    ffi::OsStr,
    fs::{self, ReadDir},
    io::{self, ErrorKind},
    path::{Path, PathBuf},
    sync::Arc,
};

use super::{
    LabelUse, OtherColumns, ReadOptions, Record, content::Content, plain::document,
    reader::RecordReader, source::Source,
};
use crate::error::{Error, Result};

/// Files that systems and programs leave in folders, in lower case.
const SYSTEM: [&str; 9] = [
    "thumbs.db",
    "ehthumbs.db",
    "desktop.ini",
    "__macosx",
    "$recycle.bin",
    "system volume information",
    "lost+found",
    "@eadir",
    "icon\r",
];

/// Walks through the files of a data set, in the order of their names at every level.
///
/// Memory holds the entries of the folders on the path to the current file, not of all folders. After an error it goes
/// on with the next entry.
pub(super) struct Folder {
    /// The remaining entries of each folder on the path, in reverse order.
    levels: Vec<Vec<PathBuf>>,
    /// The sub-folder of the data set's folder that the walk is in, and its name.
    label: Option<String>,
    /// The data set's folder, links resolved.
    root: PathBuf,
    /// Every folder entered, links resolved, so that cycles of links end.
    entered: HashSet<PathBuf>,
    /// The data set that is being read.
    inside: Option<(Source, RecordReader)>,
    /// The options for data sets: labels are optional, since the class folder's name may be one.
    options: Arc<ReadOptions>,
    /// Whether columns were chosen and no file so far has columns.
    columns_unused: bool,
}

impl Folder {
    /// Lists the folder. Where labels are required, a document beside the class folders is an error.
    pub(super) fn new(path: &Path, source: &Source) -> Result<Self> {
        let options = &source.options;
        let columns_chosen = !options.text.is_empty()
            || options.columns != OtherColumns::None
            || (options.label.is_some() && options.labels != LabelUse::Ignored);
        let mut folder = Self {
            levels: Vec::new(),
            label: None,
            root: fs::canonicalize(path).map_err(|error| Error::io(path, error))?,
            entered: HashSet::new(),
            inside: None,
            options: Arc::new(ReadOptions {
                format: None,
                labels: match options.labels {
                    LabelUse::Required => LabelUse::Optional,
                    other => other,
                },
                ..(**options).clone()
            }),
            columns_unused: columns_chosen,
        };
        let top = folder.enter(path)?;
        if options.labels == LabelUse::Required && !options.skip_bad {
            for entry in top.iter().rev() {
                // Entries without metadata are errors when they are read.
                let is_file = fs::metadata(entry).is_ok_and(|kind| kind.is_file());
                let inside = source.sibling(entry).with_options(&folder.options);
                let is_document = |content: Content| content.format.is_document();
                if is_file && inside.open(entry).is_ok_and(is_document) {
                    return Err(beside(source, entry));
                }
            }
        }
        folder.levels.push(top);
        Ok(folder)
    }

    /// The next record.
    pub(super) fn next(&mut self, source: &Source) -> Result<Option<Record>> {
        loop {
            if let Some(record) = self.next_inside(source) {
                return record.map(Some);
            }
            let depth = self.levels.len();
            let Some(level) = self.levels.last_mut() else {
                return self.end(source);
            };
            let Some(path) = level.pop() else {
                self.levels.pop();
                continue;
            };
            if depth == 1 {
                self.label = None;
            }
            let file = source.sibling(&path);
            if let Some(record) = self
                .visit(&path, depth, &file)
                .map_err(|error| file.file_error(error))?
            {
                return Ok(Some(record));
            }
        }
    }

    /// The last record as it stands in its data set.
    pub(super) fn last(&self) -> Option<String> {
        self.inside.as_ref().and_then(|(_, reader)| reader.last())
    }

    /// Whether the next record is in memory.
    pub(super) fn has_buffered(&self) -> bool {
        let inside = self.inside.as_ref();
        inside.is_some_and(|(_, reader)| reader.has_buffered())
    }

    /// The next record of the data set that is being read; `None` where there is none.
    fn next_inside(&mut self, source: &Source) -> Option<Result<Record>> {
        let (file, reader) = self.inside.as_mut()?;
        let record = match reader.next(file) {
            Ok(Some(record)) => {
                let label = record.label.clone().or_else(|| self.label.clone());
                let required = source.options.labels == LabelUse::Required;
                if label.is_none() && required {
                    Err(file.record_error(
                        record.position.line,
                        "label is empty: expected the record's class in the data set, or the data set in \
                         a sub-folder named for it",
                    ))
                } else {
                    Ok(Record { label, ..record })
                }
            }
            Ok(None) => {
                self.inside = None;
                return None;
            }
            Err(error) if file.ends_with(&error) => {
                let error = file.file_error(error);
                *reader = RecordReader::Done;
                Err(error)
            }
            Err(error) => Err(error),
        };
        if record.is_err() && !source.options.skip_bad {
            *reader = RecordReader::Done;
        }
        Some(record)
    }

    /// Enters a folder, opens a data set, or reads a document.
    fn visit(&mut self, path: &Path, depth: usize, file: &Source) -> Result<Option<Record>> {
        let kind = metadata(path)?;
        let labels = file.options.labels;
        if kind.is_dir() {
            if depth == 1 && labels != LabelUse::Ignored {
                self.label = Some(class_of(path, file)?);
            }
            let inside = self.enter(path)?;
            self.levels.push(inside);
            return Ok(None);
        }
        if !kind.is_file() {
            // Opening a pipe would wait for its writer.
            return Err(file.error(
                "neither a file nor a folder, expected a document or a data set: remove it",
            ));
        }
        let file = file.clone().with_options(&self.options);
        let content = file.open(path)?;
        let format = content.format;
        let reader = RecordReader::new(content, &file)?;
        if let RecordReader::Document(text, format) = reader {
            if labels == LabelUse::Required && self.label.is_none() {
                return Err(beside(&file, path));
            }
            return document(text, &file, format, self.label.clone()).map(Some);
        }
        self.columns_unused &= !format.has_columns();
        self.inside = Some((file, reader));
        Ok(None)
    }

    /// The end of the folder; an error where columns were chosen and no file has any.
    fn end(&mut self, source: &Source) -> Result<Option<Record>> {
        if std::mem::take(&mut self.columns_unused) {
            return Err(source.error(
                "columns were chosen, and the folder holds no data set that has any: leave them out",
            ));
        }
        Ok(None)
    }

    /// The entries of a folder in reverse order, without hidden and system files.
    fn enter(&mut self, path: &Path) -> Result<Vec<PathBuf>> {
        let failed = |error: io::Error| Error::io(path, error);
        let wrong = |why: &str| Error::Dataset {
            file: path.to_string_lossy().into_owned(),
            why: why.to_owned(),
        };
        let real = fs::canonicalize(path).map_err(failed)?;
        // A folder inside of the data set is read at its own place, not through a link to it.
        let is_link = fs::symlink_metadata(path).is_ok_and(|kind| kind.is_symlink());
        if is_link && !self.entered.is_empty() && real.starts_with(&self.root) {
            return Err(wrong(
                "a symbolic link to a folder of the same data set, expected each document once: remove \
                 the link",
            ));
        }
        if !self.entered.insert(real) {
            return Err(wrong(
                "a symbolic link leads to this folder a second time, expected each document once: remove \
                 the link",
            ));
        }
        let mut names = Vec::new();
        for entry in entries(path).map_err(failed)? {
            let name = entry.map_err(failed)?.file_name();
            if !is_left_out(&name) {
                names.push(name);
            }
        }
        names.sort_unstable_by(|a, b| b.cmp(a));
        Ok(names.into_iter().map(|name| path.join(name)).collect())
    }
}

/// Lists a folder, again where a signal interrupted it.
///
/// # Errors
/// Those of the system.
pub fn entries(path: &Path) -> io::Result<ReadDir> {
    loop {
        match fs::read_dir(path) {
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            listed => return listed,
        }
    }
}

/// Whether a name is that of a hidden file, of a system file, or of an office program's lock file.
fn is_left_out(name: &OsStr) -> bool {
    let bytes = name.as_encoded_bytes();
    let lower = name.to_string_lossy().to_lowercase();
    bytes.starts_with(b".") || bytes.starts_with(b"~$") || SYSTEM.contains(&&*lower)
}

/// The error for a document beside the class folders.
fn beside(source: &Source, path: &Path) -> Error {
    let folder = path.parent().unwrap_or(path).display();
    source.sibling(path).error(format!(
        "the file stands beside the class folders, so it has no label: move it into a sub-folder of \
         {folder} named for its class"
    ))
}

/// The metadata of a path, links followed.
fn metadata(path: &Path) -> Result<fs::Metadata> {
    fs::metadata(path).map_err(|error| Error::io(path, error))
}

/// The label of a sub-folder: its name.
fn class_of(path: &Path, source: &Source) -> Result<String> {
    let name = path.file_name().and_then(OsStr::to_str);
    let label = name.map(|name| source.label(1, [name.to_owned()], "the folder's name"));
    match label {
        Some(Ok(Some(label))) => Ok(label),
        _ => {
            Err(source
                .error("the folder's name is blank or not UTF-8, expected a class: rename it"))
        }
    }
}
