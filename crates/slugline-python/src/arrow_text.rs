//! Copies of the text of Arrow arrays, checked.

use std::{collections::HashMap, ops::Range};

use pyo3::{exceptions::PyValueError, prelude::*};

use crate::{
    arrow_interface::{Foreign, OwnedSchema, invalid},
    arrow_types::{Key, not_text},
    errors::room,
};

/// What memory is for, in errors.
const COPY: &str = "a copy of the Arrow data";

/// One array of text.
pub(crate) enum TextColumn {
    /// Texts, end to end or one over the other, and the range of each.
    Texts(String, Vec<Range<usize>>),
    /// Categories: the distinct texts, and the number of each document's text.
    Dictionary(Box<TextColumn>, Vec<usize>),
}

impl TextColumn {
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Texts(_, ranges) => ranges.len(),
            Self::Dictionary(_, keys) => keys.len(),
        }
    }

    /// Adds the texts to a list, in order.
    pub(crate) fn texts<'a>(&'a self, into: &mut Vec<&'a str>) {
        match self {
            // The ranges were checked when they were made.
            Self::Texts(text, ranges) => into.extend(
                ranges
                    .iter()
                    .map(|range| text.get(range.clone()).unwrap_or_default()),
            ),
            Self::Dictionary(categories, keys) => {
                let mut texts = Vec::new();
                categories.texts(&mut texts);
                into.extend(
                    keys.iter()
                        .map(|&key| texts.get(key).copied().unwrap_or_default()),
                );
            }
        }
    }
}

/// An array of the interface, or the categories of one.
pub(crate) struct Part<'a> {
    pub(crate) array: Foreign<'a>,
    /// Known sizes of buffers by address.
    pub(crate) sizes: &'a HashMap<usize, usize>,
    /// The number of documents before it.
    pub(crate) before: usize,
}

impl Part<'_> {
    /// The texts. The schema was checked.
    pub(crate) fn column(&self, schema: &OwnedSchema) -> PyResult<TextColumn> {
        let values = schema.dictionary_format()?;
        self.check_nulls(|at| format!("document {} is null, expected a text", self.before + at))?;
        let Some(values) = values else {
            return self.texts(&schema.format()?);
        };
        let (_, n) = self.extent()?;
        if n == 0 {
            return Ok(TextColumn::Texts(String::new(), Vec::new()));
        }
        let dictionary = self.array.dictionary();
        let categories = Part {
            array: dictionary.ok_or_else(|| invalid("an array of categories without them"))?,
            sizes: self.sizes,
            before: 0,
        };
        categories.check_nulls(|_| "a category is null, expected a text".to_owned())?;
        let categories = categories.texts(&values)?;
        let keys = match Key::of(&schema.format()?) {
            Some(Key::I8) => self.keys::<i8>(),
            Some(Key::U8) => self.keys::<u8>(),
            Some(Key::I16) => self.keys::<i16>(),
            Some(Key::U16) => self.keys::<u16>(),
            Some(Key::I32) => self.keys::<i32>(),
            Some(Key::U32) => self.keys::<u32>(),
            Some(Key::I64) => self.keys::<i64>(),
            Some(Key::U64) => self.keys::<u64>(),
            None => Err(not_text(&schema.format()?)),
        }?;
        match keys.iter().position(|&key| key >= categories.len()) {
            Some(at) => Err(invalid(format!(
                "document {} is of category {}, and there are {}",
                self.before + at,
                keys[at],
                categories.len()
            ))),
            None => Ok(TextColumn::Dictionary(Box::new(categories), keys)),
        }
    }

    /// The position of the first value in the buffers, and the number of values.
    fn extent(&self) -> PyResult<(usize, usize)> {
        let (offset, length) = self.array.extent();
        let numbers = usize::try_from(offset)
            .ok()
            .zip(usize::try_from(length).ok());
        numbers
            .filter(|(offset, length)| offset.checked_add(*length).is_some())
            .ok_or_else(|| invalid(format!("an offset of {offset} and a length of {length}")))
    }

    /// A copy of `n` values of a buffer, from number `start` on.
    fn copied<T: bytemuck::Pod>(&self, buffer: usize, start: usize, n: usize) -> PyResult<Vec<T>> {
        let size = size_of::<T>();
        let (Some(from), Some(bytes)) = (start.checked_mul(size), n.checked_mul(size)) else {
            return Err(invalid(format!("a buffer of {n} values from {start} on")));
        };
        self.check(buffer, from, bytes)?;
        let mut values: Vec<T> = room(COPY, n)?;
        values.resize(n, T::zeroed());
        self.copy(buffer, from, bytemuck::cast_slice_mut(&mut values))?;
        Ok(values)
    }

    /// Fails where a buffer does not reach as far as `length` bytes behind number `start`, as far as that is known.
    fn check(&self, buffer: usize, start: usize, length: usize) -> PyResult<()> {
        if length == 0 {
            return Ok(());
        }
        let address = self.array.buffer(buffer);
        let address = address.ok_or_else(|| invalid(format!("buffer {buffer} is missing")))?;
        let known = self.sizes.get(&address.addr());
        let most = known.copied().unwrap_or(isize::MAX as usize);
        let end = start.checked_add(length).filter(|&end| end <= most);
        match end.and_then(|end| address.addr().checked_add(end)) {
            Some(_) => Ok(()),
            None => Err(invalid(format!(
                "{length} bytes from {start} on, of a buffer that has {most}"
            ))),
        }
    }

    /// Copies bytes of a buffer, from number `start` on.
    fn copy(&self, buffer: usize, start: usize, into: &mut [u8]) -> PyResult<()> {
        self.check(buffer, start, into.len())?;
        if !into.is_empty() {
            self.array.copy(buffer, start, into);
        }
        Ok(())
    }

    /// Fails with a message about the first null.
    fn check_nulls(&self, why: impl Fn(usize) -> String) -> PyResult<()> {
        let (offset, n) = self.extent()?;
        if n == 0 || self.array.null_count() == 0 || self.array.buffer(0).is_none() {
            return Ok(());
        }
        let (first, end) = (offset / 8, (offset + n).div_ceil(8));
        let valid: Vec<u8> = self.copied(0, first, end - first)?;
        let is_null = |at: &usize| {
            let bit = offset + at - first * 8;
            valid[bit / 8] >> (bit % 8) & 1 == 0
        };
        match (0..n).find(is_null) {
            Some(at) => Err(PyValueError::new_err(why(at))),
            None => Ok(()),
        }
    }

    fn texts(&self, format: &str) -> PyResult<TextColumn> {
        let (offset, n) = self.extent()?;
        if n == 0 {
            // PyArrow lets the offsets of an empty slice point outside of its buffer.
            return Ok(TextColumn::Texts(String::new(), Vec::new()));
        }
        match format {
            "u" => self.end_to_end::<i32>(offset, n),
            "U" => self.end_to_end::<i64>(offset, n),
            _ => self.views(offset, n),
        }
    }

    /// Texts that lie end to end: each begins where the one before ends.
    fn end_to_end<T: bytemuck::Pod + TryInto<usize>>(
        &self,
        offset: usize,
        n: usize,
    ) -> PyResult<TextColumn> {
        let offsets: Vec<T> = self.copied(1, offset, n.saturating_add(1))?;
        let mut offsets = offsets.into_iter().map(TryInto::<usize>::try_into);
        let fault = || invalid("offsets that are negative or fall");
        let Some(Ok(first)) = offsets.next() else {
            return Err(fault());
        };
        let mut ranges = room(COPY, n)?;
        let mut start = 0;
        for end in offsets {
            let end = end.ok().and_then(|end| end.checked_sub(first));
            let end = end.filter(|&end| end >= start).ok_or_else(fault)?;
            ranges.push(start..end);
            start = end;
        }
        self.check(2, first, start)?;
        let mut text = room(COPY, start)?;
        text.resize(start, 0);
        self.copy(2, first, &mut text)?;
        self.valid(text, ranges)
    }

    /// Texts each of which says where it is: in the view itself, or in one of several buffers.
    fn views(&self, offset: usize, n: usize) -> PyResult<TextColumn> {
        /// Texts of so many bytes lie in the view.
        const SHORT: usize = 12;
        let views: Vec<[u8; 16]> = self.copied(1, offset, n)?;
        let n_buffers = self.array.n_buffers();
        // Validity and views before the buffers of text, their sizes behind them.
        let n_texts = n_buffers
            .checked_sub(3)
            .ok_or_else(|| invalid("views without sizes"))?;
        let sizes: Vec<i64> = self.copied(n_buffers - 1, 0, n_texts)?;
        let number = |view: &[u8; 16], at: usize| {
            let bytes = [view[at], view[at + 1], view[at + 2], view[at + 3]];
            usize::try_from(i32::from_ne_bytes(bytes))
        };
        // The buffer of each text and its range there, checked; None in the view.
        let place = |view: &[u8; 16]| -> PyResult<(usize, Option<(usize, usize)>)> {
            let fault = || invalid("a view of text that is in no buffer");
            let length = number(view, 0).map_err(|_| fault())?;
            if length <= SHORT {
                return Ok((length, None));
            }
            let (Ok(buffer), Ok(start)) = (number(view, 8), number(view, 12)) else {
                return Err(fault());
            };
            let size = sizes
                .get(buffer)
                .and_then(|&size| usize::try_from(size).ok());
            match size {
                Some(size) if start + length <= size => Ok((length, Some((buffer, start)))),
                _ => Err(fault()),
            }
        };
        let (mut in_views, mut in_buffers) = (0_usize, 0_usize);
        for view in &views {
            match place(view)? {
                (length, None) => in_views += length,
                (length, Some(_)) => in_buffers = in_buffers.saturating_add(length),
            }
        }
        // Where texts share bytes, each of them would be copied again and again: the buffers are copied instead.
        let all = sizes.iter().map(|&size| usize::try_from(size).unwrap_or(0));
        let all = all.fold(0_usize, usize::saturating_add);
        let mut starts = Vec::new();
        let mut text: Vec<u8> = room(COPY, in_views.saturating_add(in_buffers.min(all)))?;
        if in_buffers > all {
            for (buffer, &size) in sizes.iter().enumerate() {
                let start = text.len();
                starts.push(start);
                text.resize(start + usize::try_from(size).unwrap_or(0), 0);
                self.copy(2 + buffer, 0, &mut text[start..])?;
            }
        }
        let mut ranges = room(COPY, n)?;
        for view in &views {
            let (length, place) = place(view)?;
            let start = match place {
                Some((buffer, start)) if in_buffers > all => starts[buffer] + start,
                _ => text.len(),
            };
            match place {
                None => text.extend_from_slice(&view[4..4 + length]),
                Some(_) if in_buffers > all => {}
                Some((buffer, from)) => {
                    text.resize(start + length, 0);
                    self.copy(2 + buffer, from, &mut text[start..])?;
                }
            }
            ranges.push(start..start + length);
        }
        self.valid(text, ranges)
    }

    /// The column, where every range of the bytes is UTF-8.
    fn valid(&self, bytes: Vec<u8>, ranges: Vec<Range<usize>>) -> PyResult<TextColumn> {
        let fault = |at: usize| invalid(format!("document {} is not UTF-8", self.before + at));
        let is_text = |bytes: &[u8]| str::from_utf8(bytes).is_ok();
        match String::from_utf8(bytes) {
            Ok(text) => match ranges
                .iter()
                .position(|range| text.get(range.clone()).is_none())
            {
                Some(at) => Err(fault(at)),
                None => Ok(TextColumn::Texts(text, ranges)),
            },
            Err(error) => {
                let bytes = error.as_bytes();
                let broken = |range: &Range<usize>| {
                    bytes.get(range.clone()).is_none_or(|text| !is_text(text))
                };
                match ranges.iter().position(broken) {
                    Some(at) => Err(fault(at)),
                    // Bytes between the texts, which are nobody's.
                    None => Ok(TextColumn::Texts(lossless(bytes), ranges)),
                }
            }
        }
    }

    /// The numbers of the categories.
    fn keys<T: bytemuck::Pod + TryInto<usize>>(&self) -> PyResult<Vec<usize>> {
        let (offset, n) = self.extent()?;
        let keys: Vec<T> = self.copied(1, offset, n)?;
        let mut numbers = room(COPY, n)?;
        for key in keys {
            let key = key.try_into().map_err(|_| invalid("a negative category"))?;
            numbers.push(key);
        }
        Ok(numbers)
    }
}

/// The text, with a space in the place of every byte that is not UTF-8, so that all others stay where they are.
fn lossless(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().map(|_| ' '));
    }
    text
}
