//! Arrays one after the other in memory that the system has back as soon as it is free.

use bytemuck::Pod;

use crate::zeroed::Zeroed;

/// Bytes of a segment: a large page of memory.
const SEGMENT: usize = 1 << 21;
/// Bytes of each of the first segments, which come in small pages, for the sake of little text.
const SMALL: usize = 1 << 20;
/// So many segments are small.
const SMALL_SEGMENTS: usize = 4;

/// Many arrays. What grows in segments never has to be copied. Elsewhere what is freed stays with the
/// process for the most part, and the peak of memory is higher by it.
#[derive(Debug)]
pub(crate) struct Segments<T> {
    segments: Vec<Zeroed<T>>,
    /// How much of the last segment is in use.
    used: usize,
}

/// Where an array is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    segment: u32,
    start: u32,
    len: u32,
}

impl<T> Default for Segments<T> {
    fn default() -> Self {
        Self {
            segments: Vec::new(),
            used: 0,
        }
    }
}

impl<T: Pod> Segments<T> {
    /// Adds an array. None where it is too long (2^32 values), or there are too many.
    pub(crate) fn push(&mut self, values: &[T]) -> Option<Place> {
        let len = u32::try_from(values.len()).ok()?;
        let room = self.segments.last().map_or(0, |segment| segment.len());
        if self.segments.is_empty() || room - self.used < values.len() {
            let bytes = match self.segments.len() < SMALL_SEGMENTS {
                true => SMALL,
                false => SEGMENT,
            };
            let size = bytes / size_of::<T>().max(1);
            self.segments.push(Zeroed::new(size.max(values.len())));
            self.used = 0;
        }
        let place = Place {
            segment: u32::try_from(self.segments.len()).ok()? - 1,
            start: u32::try_from(self.used).ok()?,
            len,
        };
        if let Some(segment) = self.segments.last_mut() {
            segment[self.used..self.used + values.len()].copy_from_slice(values);
            self.used += values.len();
        }
        Some(place)
    }

    /// The array at a place that [`push`](Self::push) gave.
    #[inline]
    pub(crate) fn get(&self, place: Place) -> &[T] {
        &self.segments[place.segment as usize][place.start as usize..][..place.len as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrays_come_back() {
        let mut segments = Segments::default();
        let array = |n: u32| -> Vec<u32> { (0..n % 7 * 30_000 + n % 3).map(|at| at ^ n).collect() };
        let mut places: Vec<Place> = Vec::new();
        for n in 0..100 {
            places.push(segments.push(&array(n)).unwrap());
        }
        // Larger than a segment.
        let large = vec![7; SEGMENT];
        let place = segments.push(&large).unwrap();
        assert_eq!(segments.get(place), large);
        for (n, place) in places.into_iter().enumerate() {
            assert_eq!(segments.get(place), array(n as u32));
        }
        assert_eq!(
            segments.push(&[]).map(|place| segments.get(place).len()),
            Some(0)
        );
    }
}
