//! Arrays in memory of their own, or in the bytes of a model file.

use std::{fmt, ops::Deref, sync::Arc};

/// The bytes of a model file, loaded or mapped.
pub(crate) trait FileBytes: Send + Sync {
    fn bytes(&self) -> &[u8];
}

/// An immutable array, cheap to clone and to share between threads.
#[derive(Clone)]
pub(crate) enum Array<T> {
    Owned(Arc<Vec<T>>),
    /// `start..end` of a file's bytes; length and alignment were checked when it was made.
    File {
        file: Arc<dyn FileBytes>,
        start: usize,
        end: usize,
    },
}

impl<T: bytemuck::AnyBitPattern> Array<T> {
    /// None where the range is outside the file or does not hold whole, aligned values.
    pub(crate) fn in_file(file: &Arc<dyn FileBytes>, start: usize, end: usize) -> Option<Self> {
        let bytes = file.bytes().get(start..end)?;
        bytemuck::try_cast_slice::<u8, T>(bytes).ok()?;
        Some(Self::File {
            file: Arc::clone(file),
            start,
            end,
        })
    }
}

impl<T: bytemuck::AnyBitPattern> Deref for Array<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        match self {
            Self::Owned(values) => values,
            Self::File { file, start, end } => bytemuck::cast_slice(&file.bytes()[*start..*end]),
        }
    }
}

impl<T> From<Vec<T>> for Array<T> {
    fn from(values: Vec<T>) -> Self {
        Self::Owned(Arc::new(values))
    }
}

impl<T> Default for Array<T> {
    fn default() -> Self {
        Vec::new().into()
    }
}

impl<T: bytemuck::AnyBitPattern + fmt::Debug> fmt::Debug for Array<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{} values]", self.len())
    }
}

impl<T: bytemuck::AnyBitPattern + PartialEq> PartialEq for Array<T> {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}
