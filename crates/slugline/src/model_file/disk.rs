//! Reading model files from the disk: into memory, or mapped.

use std::{
    fs::File,
    io::{ErrorKind, Read},
    path::Path,
    sync::Arc,
};

use super::read::classifier;
use crate::{
    classifier::TextClassifier,
    error::{Error, Result},
    util::{array::FileBytes, huge_pages::Zeroed, memory::within},
};

/// What memory is for, in errors.
const MODEL: &str = "the model";

impl TextClassifier {
    /// Reads a model file into memory: a copy, which nothing that becomes of the file can change.
    ///
    /// # Errors
    /// [`Error::Io`] where it cannot be read, [`Error::ModelFile`] where it is damaged, of another
    /// program, or of a newer version, [`Error::OutOfMemory`] where it is larger than the memory.
    pub fn load(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        within(MODEL, || {
            let file = read(path).map_err(|source| Error::io(path, source))?;
            classifier(&file, &path.display().to_string())
        })?
    }

    /// Maps a model file into memory: pages are read when they are needed, and shared between
    /// processes.
    ///
    /// The file must not be changed in place or cut short while the classifier lives ([`save`]
    /// never does that: it puts a new file in its place). A file that is written over answers with other numbers, or
    /// panics; one that is cut short ends the process by a signal (`SIGBUS`) where a missing page is read. Where that
    /// cannot be promised, use [`load`], which makes a copy; to notice a change before an answer is given, use
    /// [`map_file`] and compare the file's size and time.
    ///
    /// [`save`]: Self::save
    /// [`load`]: Self::load
    /// [`map_file`]: Self::map_file
    ///
    /// Not on WebAssembly, which has no files to map.
    ///
    /// # Errors
    /// As [`load`].
    #[cfg(not(target_family = "wasm"))]
    pub fn map(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let file = File::open(path).map_err(|source| Error::io(path, source))?;
        Self::map_file(&file, path)
    }

    /// As [`map`], of a file that is open, which messages call `path`.
    ///
    /// The file's metadata are those of what is mapped, also when another file has taken its place:
    ///
    /// ```
    /// use std::fs::File;
    /// use slugline::TextClassifier;
    ///
    /// let path = std::env::temp_dir().join("slugline-map-file.safetensors");
    /// # slugline::TextClassifier::params().fit(&slugline::Examples::new(&["new chips", "rates rise"], &["x", "y"])?)?.save(&path)?;
    /// let file = File::open(&path)?;
    /// let before = file.metadata()?;
    /// let model = TextClassifier::map_file(&file, &path)?;
    /// let answer = model.classify("chips").label().to_owned();
    /// let now = file.metadata()?;
    /// assert_eq!((now.len(), now.modified()?), (before.len(), before.modified()?)); // The answer counts.
    /// # assert_eq!(answer, "x");
    /// # std::fs::remove_file(path)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// [`map`]: Self::map
    ///
    /// # Errors
    /// As [`load`](Self::load).
    #[cfg(not(target_family = "wasm"))]
    pub fn map_file(file: &File, path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let map = crate::util::mmap::map(file).map_err(|source| Error::io(path, source))?;
        let file: Arc<dyn FileBytes> = Arc::new(map);
        within(MODEL, || classifier(&file, &path.display().to_string()))?
    }

    /// A classifier from the bytes of a model file, which are copied.
    ///
    /// # Errors
    /// [`Error::ModelFile`] as for [`load`](Self::load).
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        within(MODEL, || classifier(&aligned(bytes), ""))?
    }
}

/// Reads a file into aligned memory.
fn read(path: &Path) -> std::io::Result<Arc<dyn FileBytes>> {
    let mut file = File::open(path)?;
    let size = file.metadata()?.len();
    // A pipe has no size, and a file may change its size meanwhile: both are read to the end.
    let Some(len) = usize::try_from(size).ok().filter(|&len| len > 0) else {
        return read_on(file);
    };
    let mut words = Aligned::zeros(len);
    let mut filled = 0;
    while filled < len {
        match read_some(&mut file, &mut words.bytes_mut()[filled..])? {
            0 => return Ok(aligned(&words.bytes()[..filled])),
            n => filled += n,
        }
    }
    match read_some(&mut file, &mut [0])? {
        0 => Ok(Arc::new(words)),
        _ => read_on(File::open(path)?),
    }
}

/// Reads once, and again where a signal interrupted it.
fn read_some(file: &mut File, bytes: &mut [u8]) -> std::io::Result<usize> {
    loop {
        match file.read(bytes) {
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            read => return read,
        }
    }
}

fn read_on(mut file: File) -> std::io::Result<Arc<dyn FileBytes>> {
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    Ok(aligned(&bytes))
}

fn aligned(bytes: &[u8]) -> Arc<dyn FileBytes> {
    let mut words = Aligned::zeros(bytes.len());
    words.bytes_mut().copy_from_slice(bytes);
    Arc::new(words)
}

/// Bytes on an 8-byte boundary, so that arrays of numbers are read in place.
struct Aligned {
    words: Zeroed<u64>,
    len: usize,
}

impl Aligned {
    fn zeros(len: usize) -> Self {
        Self {
            words: Zeroed::new(len.div_ceil(8)),
            len,
        }
    }

    fn bytes_mut(&mut self) -> &mut [u8] {
        &mut bytemuck::cast_slice_mut(&mut self.words)[..self.len]
    }
}

impl FileBytes for Aligned {
    fn bytes(&self) -> &[u8] {
        &bytemuck::cast_slice(&self.words)[..self.len]
    }
}
