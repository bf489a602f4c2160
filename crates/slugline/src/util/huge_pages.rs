//! Large arrays in large pages of memory: random access to many small pages spends most of its time on the page
//! table.

use std::{
    fmt,
    marker::PhantomData,
    ops::{Deref, DerefMut},
    sync::Arc,
};

use bytemuck::Pod;
#[cfg(not(target_family = "wasm"))]
use memmap2::MmapMut;

use super::{
    array::{Array, FileBytes},
    memory::filled,
};

/// An array that is initialised with zeros.
pub(crate) struct Zeroed<T> {
    memory: Backing,
    len: usize,
    values: PhantomData<T>,
}

enum Backing {
    /// The values begin with word number `start`.
    Words { words: Vec<u64>, start: usize },
    /// The values begin `start` bytes into the map.
    #[cfg(not(target_family = "wasm"))]
    Pages { map: MmapMut, start: usize },
}

/// The size of a large page (x86-64, and aarch64 with 4 KB pages).
const PAGE: usize = 1 << 21;

/// Bytes of a cache line.
const LINE: usize = 64;

impl Backing {
    fn new(bytes: usize) -> Self {
        // Where the system has no large pages, or does not map the memory, it is allocated as usual.
        #[cfg(not(target_family = "wasm"))]
        if bytes >= PAGE / 2
            && let Some(room) = bytes
                .checked_next_multiple_of(PAGE)
                .and_then(|room| room.checked_add(PAGE))
            && let Ok(map) = MmapMut::map_anon(room)
        {
            let start = map.as_ptr().align_offset(PAGE);
            if start <= room - bytes {
                #[cfg(all(target_os = "linux", not(miri)))]
                {
                    // No large page for an end that fills less than a quarter of it.
                    let end = (bytes + PAGE / 4 * 3) / PAGE * PAGE;
                    // Where the advice is refused, only the pace suffers.
                    let _ = map.advise_range(memmap2::Advice::HugePage, start, end);
                }
                return Self::Pages { map, start };
            }
        }
        let n = bytes.div_ceil(8) + LINE / 8;
        // A small one cannot fail, and is zeroed by the system.
        let words = match bytes < PAGE / 2 {
            true => vec![0_u64; n],
            false => filled(0_u64, n),
        };
        // Aligned to a cache line, as pages are, so that values cross as few lines as possible.
        let start = words.as_ptr().align_offset(LINE).min(LINE / 8);
        Self::Words { words, start }
    }

    #[inline(always)]
    fn bytes(&self, len: usize) -> &[u8] {
        match self {
            Self::Words { words, start } => &bytemuck::cast_slice(&words[*start..])[..len],
            #[cfg(not(target_family = "wasm"))]
            Self::Pages { map, start } => &map[*start..*start + len],
        }
    }

    #[inline(always)]
    fn bytes_mut(&mut self, len: usize) -> &mut [u8] {
        match self {
            Self::Words { words, start } => {
                &mut bytemuck::cast_slice_mut(&mut words[*start..])[..len]
            }
            #[cfg(not(target_family = "wasm"))]
            Self::Pages { map, start } => &mut map[*start..*start + len],
        }
    }
}

impl<T: Pod> Zeroed<T> {
    pub(crate) fn new(len: usize) -> Self {
        Self {
            memory: Backing::new(len.saturating_mul(size_of::<T>())),
            len,
            values: PhantomData,
        }
    }

    /// An array of `len` copies of a value.
    pub(crate) fn of_value(value: T, len: usize) -> Self {
        let mut values = Self::new(len);
        values.fill(value);
        values
    }

    /// A copy of `values`.
    pub(crate) fn of(values: &[T]) -> Self {
        let mut copy = Self::new(values.len());
        copy.copy_from_slice(values);
        copy
    }
}

/// A growing array, for large temporary data.
pub(crate) struct Growing<T> {
    values: Zeroed<T>,
    len: usize,
}

impl<T: Pod> Default for Growing<T> {
    fn default() -> Self {
        Self {
            values: Zeroed::new(0),
            len: 0,
        }
    }
}

impl<T: Pod> Growing<T> {
    /// An empty array with capacity for `n` values.
    pub(crate) fn with_room_for(n: usize) -> Self {
        Self {
            values: Zeroed::new(n),
            len: 0,
        }
    }

    /// Adds a value.
    #[inline]
    pub(crate) fn push(&mut self, value: T) {
        self.extend(&[value]);
    }

    /// Adds values.
    #[inline]
    pub(crate) fn extend(&mut self, values: &[T]) {
        let len = self.len + values.len();
        if len > self.values.len() {
            self.grow(len);
        }
        self.values[self.len..len].copy_from_slice(values);
        self.len = len;
    }

    /// Shortens the array to `len` values; the capacity stays.
    #[cfg(any(feature = "dataset", test))]
    pub(crate) fn truncate(&mut self, len: usize) {
        self.len = self.len.min(len);
    }

    #[cold]
    fn grow(&mut self, len: usize) {
        let mut more = Zeroed::new(len.next_power_of_two().max(16));
        more[..self.len].copy_from_slice(self);
        self.values = more;
    }
}

impl<T: Pod> Deref for Growing<T> {
    type Target = [T];

    #[inline(always)]
    fn deref(&self) -> &[T] {
        &self.values[..self.len]
    }
}

impl<T: Pod> Clone for Growing<T> {
    fn clone(&self) -> Self {
        Self {
            values: self.values.clone(),
            len: self.len,
        }
    }
}

impl<T> fmt::Debug for Growing<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{} values]", self.len)
    }
}

impl<T: Pod> Deref for Zeroed<T> {
    type Target = [T];

    #[inline(always)]
    fn deref(&self) -> &[T] {
        bytemuck::cast_slice(self.memory.bytes(self.len * size_of::<T>()))
    }
}

impl<T: Pod> DerefMut for Zeroed<T> {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut [T] {
        bytemuck::cast_slice_mut(self.memory.bytes_mut(self.len * size_of::<T>()))
    }
}

impl<T: Pod + Send + Sync> FileBytes for Zeroed<T> {
    fn bytes(&self) -> &[u8] {
        self.memory.bytes(self.len * size_of::<T>())
    }
}

impl<T: Pod + Send + Sync> From<Zeroed<T>> for Array<T> {
    fn from(values: Zeroed<T>) -> Self {
        let end = values.len * size_of::<T>();
        let file: Arc<dyn FileBytes> = Arc::new(values);
        Self::in_file(&file, 0, end).unwrap_or_default()
    }
}

impl<T> fmt::Debug for Zeroed<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{} values]", self.len)
    }
}

impl<T: Pod> Clone for Zeroed<T> {
    fn clone(&self) -> Self {
        Self::of(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn growing_is_a_vector() {
        let (mut growing, mut vector) = (Growing::default(), Vec::new());
        for n in 0..500_u64 {
            let values: Vec<u64> = (0..n).collect();
            growing.extend(&values);
            growing.push(n);
            vector.extend_from_slice(&values);
            vector.push(n);
            assert_eq!(*growing, *vector);
        }
        assert_eq!(*growing.clone(), *vector);
        growing.truncate(3);
        vector.truncate(3);
        growing.push(9);
        vector.push(9);
        assert_eq!(*growing, *vector);
    }

    #[test]
    fn small_and_large() {
        for len in [0, 1, 1000, 200_000, 1_000_000] {
            let mut values = Zeroed::<u64>::new(len);
            assert_eq!(values.len(), len);
            assert!(values.iter().all(|&value| value == 0));
            for (at, value) in values.iter_mut().enumerate() {
                *value = at as u64;
            }
            let copy = values.clone();
            assert_eq!(*copy, *values);
            let array = Array::from(values);
            assert!(
                array
                    .iter()
                    .enumerate()
                    .all(|(at, &value)| value == at as u64)
            );
            assert_eq!(array.len(), len);
        }
    }
}
