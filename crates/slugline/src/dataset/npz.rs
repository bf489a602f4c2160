//! Word vectors in an archive of NumPy arrays (`.npz`): `words` and `vectors`.

use std::{
    fs::File,
    io::{self, BufReader, ErrorKind, Read},
    path::Path,
    sync::{Arc, atomic::AtomicU64},
};

use zip::{ZipArchive, result::ZipError};

use super::{
    ReadOptions,
    expansion::{Expanded, ExpansionLimit},
    fault::Fault,
    word_vectors::WordVectors,
};
use crate::{
    error::{Error, Result},
    wording::names,
};

/// The largest row of an array that is read, in bytes: a damaged header asks for no more memory.
const LARGEST_ROW: usize = 1 << 24;

/// Whether the file is a zip archive, as `.npz` is.
pub(super) fn is_zip(path: &Path) -> Result<bool> {
    let mut beginning = Vec::new();
    File::open(path)
        .and_then(|file| file.take(4).read_to_end(&mut beginning))
        .map_err(|error| Error::io(path, error))?;
    Ok(beginning == b"PK\x03\x04")
}

/// Reads the vectors of the `wanted` words.
pub(super) fn read(
    path: &Path,
    options: &ReadOptions,
    wanted: &dyn Fn(&str) -> bool,
) -> Result<WordVectors> {
    let fault = |why: String| Error::Dataset {
        file: path.to_string_lossy().into_owned(),
        why,
    };
    let io = |error: io::Error| match error.kind() {
        ErrorKind::UnexpectedEof | ErrorKind::InvalidData | ErrorKind::InvalidInput => {
            fault("the archive is damaged or cut off: write it again".into())
        }
        _ => match error.downcast::<Fault>() {
            Ok(why) => fault(why.to_string()),
            Err(error) => Error::io(path, error),
        },
    };
    let zip = |error: ZipError| match error {
        ZipError::Io(error) => io(error),
        error => fault(format!(
            "not readable as an archive of NumPy arrays: {error}"
        )),
    };
    let file = File::open(path).map_err(io)?;
    // The strings of an array all have the room of the longest: what counts is the archive as a whole.
    let size = file.metadata().map_err(io)?.len();
    let size = Arc::new(AtomicU64::new(size));
    let limit = ExpansionLimit::of(options);
    let mut archive = ZipArchive::new(BufReader::new(file)).map_err(zip)?;
    let entries: Vec<String> = archive
        .file_names()
        .map(|name| Ok(name.map_err(zip)?.into_owned()))
        .collect::<Result<_>>()?;
    for name in ["words.npy", "vectors.npy"] {
        if !entries.iter().any(|entry| entry == name) {
            return Err(fault(format!(
                "the arrays {}: expected `words` (strings) and `vectors` (words × dimensions)",
                names(&entries)
            )));
        }
    }
    let array = archive.by_name("words.npy").map_err(zip)?;
    let mut array = BufReader::new(Expanded::new(array, Arc::clone(&size), limit));
    let header = Header::read(&mut array).map_err(io)?;
    let (n, characters) = match (header.kind.strip_prefix("<U"), header.shape.as_slice()) {
        (Some(characters), &[n]) => (n, characters.parse().unwrap_or(usize::MAX)),
        _ => {
            return Err(fault(format!(
                "`words` {header}: expected strings in one dimension (np.array(words, dtype=str))"
            )));
        }
    };
    let mut row = row_of(characters, 4).map_err(io)?;
    // Which rows are wanted, and their words.
    let mut kept = Vec::new();
    for at in 0..n {
        array.read_exact(&mut row).map_err(io)?;
        let word = string(&row);
        if wanted(&word) {
            kept.push((at, word));
        }
    }
    drop(array);
    let array = archive.by_name("vectors.npy").map_err(zip)?;
    let mut array = BufReader::new(Expanded::new(array, Arc::clone(&size), limit));
    let header = Header::read(&mut array).map_err(io)?;
    let (size, dimensions) = match (header.kind.as_str(), header.shape.as_slice()) {
        ("<f4", &[rows, dimensions]) if rows == n && dimensions > 0 => (4, dimensions),
        ("<f8", &[rows, dimensions]) if rows == n && dimensions > 0 => (8, dimensions),
        _ => {
            return Err(fault(format!(
                "`vectors` {header}: expected float32 or float64, {n} × dimensions, in C order"
            )));
        }
    };
    if header.is_fortran {
        return Err(fault(
            "`vectors` are in Fortran order: save np.ascontiguousarray(vectors)".into(),
        ));
    }
    let mut row = row_of(dimensions, size).map_err(io)?;
    let mut found = WordVectors::empty(dimensions);
    let mut kept = kept.into_iter().peekable();
    let mut vector = Vec::with_capacity(dimensions);
    for at in 0..n {
        array.read_exact(&mut row).map_err(io)?;
        let Some((_, word)) = kept.next_if(|(kept, _)| *kept == at) else {
            continue;
        };
        numbers(&row, size, &mut vector);
        if !found.add(&word, &vector) {
            return Err(fault(format!(
                "the vector of {word:?} has a number that is not finite"
            )));
        }
    }
    Ok(found)
}

/// The numbers of a row, of `size` bytes each, as single precision.
fn numbers(row: &[u8], size: usize, numbers: &mut Vec<f32>) {
    numbers.clear();
    match size {
        4 => numbers.extend(
            row.as_chunks()
                .0
                .iter()
                .map(|four| f32::from_le_bytes(*four)),
        ),
        _ => numbers.extend(
            row.as_chunks()
                .0
                .iter()
                .map(|eight| f64::from_le_bytes(*eight) as f32),
        ),
    }
}

/// A string as NumPy keeps it: four bytes a character, zeros behind the last.
fn string(row: &[u8]) -> String {
    let characters = row.as_chunks().0.iter().map(|four| {
        char::from_u32(u32::from_le_bytes(*four)).unwrap_or(char::REPLACEMENT_CHARACTER)
    });
    let text: String = characters.collect();
    text.trim_end_matches('\0').to_owned()
}

/// The header of an array.
struct Header {
    /// NumPy's name of the type of its values.
    kind: String,
    is_fortran: bool,
    shape: Vec<usize>,
}

impl Header {
    /// Reads the header of NumPy's format, version 1 to 3.
    fn read(array: &mut impl Read) -> io::Result<Self> {
        let mut start = [0; 8];
        array.read_exact(&mut start)?;
        let length = match (start.starts_with(b"\x93NUMPY"), start[6]) {
            (true, 1) => {
                let mut length = [0; 2];
                array.read_exact(&mut length)?;
                usize::from(u16::from_le_bytes(length))
            }
            (true, 2 | 3) => {
                let mut length = [0; 4];
                array.read_exact(&mut length)?;
                u32::from_le_bytes(length) as usize
            }
            _ => return Err(ErrorKind::InvalidData.into()),
        };
        let mut header = Vec::new();
        array.take(length as u64).read_to_end(&mut header)?;
        let header = String::from_utf8_lossy(&header);
        Self::parse(&header).ok_or_else(|| ErrorKind::InvalidData.into())
    }

    /// Parses a `dict` of Python: `{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }`.
    fn parse(header: &str) -> Option<Self> {
        let after = |key: &str| Some(header.split_once(key)?.1.trim_start());
        // The type of objects and records is no string.
        let kind = after("'descr':")?;
        let kind = match kind.strip_prefix('\'') {
            Some(kind) => kind.split_once('\'')?.0,
            None => "of records",
        };
        let shape = after("'shape':")?.strip_prefix('(')?.split_once(')')?.0;
        let sizes = shape.split(',').map(str::trim);
        let sizes = sizes.filter(|size| !size.is_empty()).map(str::parse);
        Some(Self {
            kind: kind.to_owned(),
            is_fortran: after("'fortran_order':")?.starts_with("True"),
            shape: sizes.collect::<Result<_, _>>().ok()?,
        })
    }
}

/// Room for a row of values of `size` bytes.
fn row_of(values: usize, size: usize) -> io::Result<Vec<u8>> {
    match size.checked_mul(values) {
        Some(bytes) if bytes <= LARGEST_ROW => Ok(vec![0; bytes]),
        _ => Err(ErrorKind::InvalidData.into()),
    }
}

impl std::fmt::Display for Header {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "has the type {} and the shape {:?}",
            self.kind, self.shape
        )
    }
}
