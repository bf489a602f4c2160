//! Class sums of spilled rows.

use std::{
    collections::{HashMap, hash_map::Entry},
    ops::Range,
    sync::Arc,
};

use rayon::prelude::*;

use super::terms::TermLists;
use crate::{
    error::Result,
    matrix::Rows,
    naive_bayes::{Accumulator, Evidence, Model, Portion},
    util::spill::{Spilled, take},
    vocabulary::{NONE, Vocabulary},
};

/// Frames of rows (see [`super::reading`]) under one numbering of terms.
#[derive(Debug)]
pub(super) struct Segment {
    pub(super) range: Range<u64>,
    /// The list of the terms; None where terms have the numbers of the vocabulary.
    pub(super) list: Option<usize>,
}

/// The rows of all documents.
pub(super) struct SpilledRows<'a> {
    pub(super) rows: &'a Spilled,
    pub(super) segments: &'a [Segment],
    pub(super) lists: TermLists<'a>,
    /// The class of each label, by the label's number.
    pub(super) classes: &'a [usize],
    pub(super) columns: usize,
    /// Bytes that are read back at once.
    pub(super) chunk: usize,
}

/// A frame, and the vocabulary's numbers of its terms.
struct Frame {
    bytes: Vec<u8>,
    numbers: Option<Arc<Vec<u32>>>,
}

impl SpilledRows<'_> {
    /// The sums over all documents in their order. Runs on the current pool.
    pub(super) fn sums(
        &self,
        model: Model,
        vocabulary: &Vocabulary,
        on_grid: bool,
        weigh: impl Fn(&[u32], &[u32], &mut Vec<f64>) + Sync,
    ) -> Result<Evidence> {
        let mut sums = Accumulator::new(self.columns, vocabulary.len(), on_grid);
        let mut add = |frames: &mut Vec<Frame>| -> Result<()> {
            self.lists.stop.check(self.rows.folder())?;
            let portions: Vec<Portion> = frames
                .par_drain(..)
                .map(|frame| {
                    self.portion(&frame, vocabulary.len(), &weigh)
                        .ok_or_else(|| self.rows.damaged())
                })
                .collect::<Result<_>>()?;
            sums.add(model, &portions);
            Ok(())
        };
        // A list's numbers are kept until its last segment has been read.
        let mut last = HashMap::new();
        for (at, segment) in self.segments.iter().enumerate() {
            last.insert(segment.list, at);
        }
        let mut held: HashMap<usize, Arc<Vec<u32>>> = HashMap::new();
        let (mut frames, mut size) = (Vec::new(), 0);
        for (at, segment) in self.segments.iter().enumerate() {
            let numbers = match segment.list {
                None => None,
                Some(list) => {
                    if let Entry::Vacant(place) = held.entry(list) {
                        place.insert(Arc::new(self.lists.numbers(list, vocabulary)?));
                    }
                    held.get(&list).cloned()
                }
            };
            let mut cursor = self.rows.cursor(segment.range.clone(), 1 << 16);
            while !cursor.is_at_end() {
                let mut bytes = Vec::new();
                cursor.bytes(&mut bytes)?;
                size += bytes.len();
                frames.push(Frame {
                    bytes,
                    numbers: numbers.clone(),
                });
                if size >= self.chunk {
                    add(&mut frames)?;
                    size = 0;
                }
            }
            if let (Some(list), Some(&end)) = (segment.list, last.get(&segment.list))
                && end == at
            {
                held.remove(&list);
            }
        }
        add(&mut frames)?;
        Ok(sums.finish())
    }

    /// The weighted rows of a frame; None where its bytes are no rows.
    fn portion(
        &self,
        frame: &Frame,
        n_terms: usize,
        weigh: &impl Fn(&[u32], &[u32], &mut Vec<f64>),
    ) -> Option<Portion> {
        let mut bytes = &*frame.bytes;
        let (mut targets, mut weights) = (Vec::new(), Vec::new());
        let mut rows = Rows::empty(n_terms);
        let (mut pairs, mut columns, mut counts, mut values) = (vec![], vec![], vec![], vec![]);
        while !bytes.is_empty() {
            let document = take(&mut bytes)?;
            targets.push(*self.classes.get(usize::try_from(document >> 1).ok()?)?);
            let mut weight = 1.0;
            if document & 1 == 1 {
                let (own, rest) = bytes.split_first_chunk()?;
                weight = f64::from_le_bytes(*own);
                bytes = rest;
            }
            weights.push(weight);
            while let Some(term) = take(&mut bytes)?.checked_sub(1) {
                let count = match term & 1 {
                    0 => 1,
                    _ => take(&mut bytes)?,
                };
                let id = usize::try_from(term >> 1).ok()?;
                let id = match &frame.numbers {
                    None => u32::try_from(id).ok()?,
                    Some(numbers) => *numbers.get(id)?,
                };
                if id != NONE {
                    // Sorted as one number.
                    pairs.push(u64::from(id) << 32 | u64::from(u32::try_from(count).ok()?));
                }
            }
            pairs.sort_unstable();
            columns.extend(pairs.iter().map(|pair| (pair >> 32) as u32));
            counts.extend(pairs.drain(..).map(|pair| pair as u32));
            if columns.last().is_some_and(|&last| last as usize >= n_terms) {
                return None;
            }
            weigh(&columns, &counts, &mut values);
            rows.push_row(columns.drain(..).zip(values.drain(..)));
            counts.clear();
        }
        Some(Portion {
            rows,
            targets,
            weights,
        })
    }
}
