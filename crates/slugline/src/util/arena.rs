//! An append-only store of many arrays, whose memory goes back to the system when it is freed.

use bytemuck::Pod;

use super::huge_pages::Zeroed;

/// Bytes of a segment: a large page of memory.
pub(crate) const LARGE: usize = 1 << 21;
/// Bytes of a segment where little is expected: most of a large page would stay empty.
const SMALL: usize = 1 << 16;
/// Fewer expected bytes take small segments.
pub(crate) const LITTLE: usize = 1 << 22;

/// Many arrays in segments, which are never moved to grow. Large segments go back to the system at once when
/// they are freed; the allocator keeps most of many small arrays, which would raise the peak of memory.
#[derive(Debug)]
pub(crate) struct Arena<T> {
    all: Vec<Zeroed<T>>,
    /// How much of the last segment is in use.
    used: usize,
    /// Bytes of a segment.
    size: usize,
}

/// The position and length of an array.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ArenaSpan {
    segment: u32,
    start: u32,
    len: u32,
}

impl<T: Pod> Arena<T> {
    /// An empty arena, with segments for about `bytes` bytes.
    pub(crate) fn for_bytes(bytes: usize) -> Self {
        Self {
            all: Vec::new(),
            used: 0,
            size: if bytes < LITTLE { SMALL } else { LARGE },
        }
    }

    /// Adds an array. None where it has 2^32 values or more, or there are too many segments.
    pub(crate) fn push(&mut self, values: &[T]) -> Option<ArenaSpan> {
        let len = u32::try_from(values.len()).ok()?;
        let room = self.all.last().map_or(0, |segment| segment.len());
        if self.all.is_empty() || room - self.used < values.len() {
            let size = self.size / size_of::<T>().max(1);
            self.all.push(Zeroed::new(size.max(values.len())));
            self.used = 0;
        }
        let place = ArenaSpan {
            segment: u32::try_from(self.all.len()).ok()? - 1,
            start: u32::try_from(self.used).ok()?,
            len,
        };
        if let Some(segment) = self.all.last_mut() {
            segment[self.used..self.used + values.len()].copy_from_slice(values);
            self.used += values.len();
        }
        Some(place)
    }

    /// The array at a place that [`push`](Self::push) returned.
    #[inline]
    pub(crate) fn get(&self, place: ArenaSpan) -> &[T] {
        &self.all[place.segment as usize][place.start as usize..][..place.len as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrays_come_back() {
        let array = |n: u32| -> Vec<u32> { (0..n % 7 * 3_000 + n % 3).map(|at| at ^ n).collect() };
        for bytes in [0, LITTLE] {
            let mut segments = Arena::for_bytes(bytes);
            let mut places: Vec<ArenaSpan> = Vec::new();
            for n in 0..100 {
                places.push(segments.push(&array(n)).unwrap());
            }
            let larger_than_a_segment = vec![7; LARGE];
            let place = segments.push(&larger_than_a_segment).unwrap();
            assert_eq!(segments.get(place), larger_than_a_segment);
            for (n, place) in places.into_iter().enumerate() {
                assert_eq!(segments.get(place), array(n as u32));
            }
            let none = segments.push(&[]).unwrap();
            assert!(segments.get(none).is_empty());
        }
    }
}
