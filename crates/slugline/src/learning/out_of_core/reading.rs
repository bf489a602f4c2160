//! Count rows of texts, as bytes that can be spilled.
//!
//! Rows come in frames: the number of bytes, then document after document: class × 2 + (1 where a
//! weight follows), the weight, then for each term id × 2 + (1 where a count follows) + 1, the count,
//! and a 0 at the end. Terms come in lists: see [`super::terms`].

use crate::{
    counting::Counter,
    error::Result,
    text::Analyzer,
    util::{simd, spill::put},
    vocabulary::{TermTable, Vocabulary, in_order, too_many},
};

/// The bytes of a frame, which a thread reads back at once.
const FRAME: usize = 1 << 15;

/// The settings of reading, the same for all texts.
#[derive(Debug)]
pub(super) struct ReadSettings {
    pub(super) analyzer: Analyzer,
    /// The vocabulary, if it is given.
    pub(super) known: Option<Vocabulary>,
    pub(super) binary: bool,
    /// Bytes for the terms of one reader.
    pub(super) memory: usize,
}

/// Some documents, with the number of each one's label, and its weight.
pub(super) struct Batch<'a, S> {
    pub(super) texts: &'a [S],
    pub(super) classes: &'a [u32],
    pub(super) weights: Option<&'a [f64]>,
}

/// The rows that a thread has read, and its terms so far.
///
/// Its buffers are reused: an allocator keeps much of what is freed and allocated again.
#[derive(Debug, Default)]
pub(super) struct ThreadReader {
    terms: TermTable,
    counter: Counter,
    /// The document frequency of each term.
    pub(super) df: Vec<u64>,
    pub(super) total: Vec<u64>,
    frame: Vec<u8>,
    order: Vec<(u128, u32)>,
    rows: Vec<u8>,
    lists: Vec<u8>,
    parts: Vec<NumberedRows>,
}

/// Rows under one numbering of terms, and the list of the terms where the numbering ends here, as their ends in the
/// buffers.
#[derive(Debug)]
struct NumberedRows {
    rows: usize,
    list: Option<usize>,
}

impl<S> Batch<'_, S> {
    pub(super) fn range(&self, range: std::ops::Range<usize>) -> Self {
        Self {
            texts: &self.texts[range.clone()],
            classes: &self.classes[range.clone()],
            weights: self.weights.map(|weights| &weights[range]),
        }
    }
}

impl ThreadReader {
    pub(super) fn read<S: AsRef<str>>(
        &mut self,
        how: &ReadSettings,
        documents: &Batch<'_, S>,
    ) -> Result<()> {
        let texts = simd::prefetching(documents.texts);
        for (at, (text, &class)) in texts.zip(documents.classes).enumerate() {
            self.count(how, text)?;
            let weight = documents.weights.map_or(1.0, |weights| weights[at]);
            self.leave_row(how.binary, class, weight);
            if self.frame.len() >= FRAME {
                self.end_frame();
            }
            if how.known.is_none() && self.is_full(how.memory) {
                self.end_terms(how.memory);
            }
        }
        self.end_part(None);
        Ok(())
    }

    /// Passes the rows, and where their numbering of terms ends the list of the terms, to `take`; clears both.
    pub(super) fn put_away(
        &mut self,
        mut take: impl FnMut(&[u8], Option<&[u8]>) -> Result<()>,
    ) -> Result<()> {
        let (mut row, mut list) = (0, 0);
        for part in self.parts.drain(..) {
            let terms = part.list.map(|end| &self.lists[list..end]);
            take(&self.rows[row..part.rows], terms)?;
            (row, list) = (part.rows, part.list.unwrap_or(list));
        }
        self.rows.clear();
        self.lists.clear();
        Ok(())
    }

    fn count(&mut self, how: &ReadSettings, text: &str) -> Result<()> {
        let n_terms = if let Some(vocabulary) = &how.known {
            self.counter.count(&how.analyzer, vocabulary, text);
            vocabulary.len()
        } else {
            if !self.counter.learn(&how.analyzer, &mut self.terms, text) {
                return Err(too_many());
            }
            self.terms.len()
        };
        self.df.resize(n_terms, 0);
        self.total.resize(n_terms, 0);
        Ok(())
    }

    fn leave_row(&mut self, binary: bool, class: u32, weight: f64) {
        let weighted = weight.to_bits() != 1.0_f64.to_bits();
        put(&mut self.frame, u64::from(class) << 1 | u64::from(weighted));
        if weighted {
            self.frame.extend(weight.to_le_bytes());
        }
        for (id, count) in self.counter.pairs() {
            let count = if binary { 1 } else { count };
            self.df[id as usize] += 1;
            self.total[id as usize] += u64::from(count);
            put(
                &mut self.frame,
                (u64::from(id) << 1 | u64::from(count != 1)) + 1,
            );
            if count != 1 {
                put(&mut self.frame, u64::from(count));
            }
        }
        self.frame.push(0);
    }

    fn end_frame(&mut self) {
        if !self.frame.is_empty() {
            put(&mut self.rows, self.frame.len() as u64);
            self.rows.append(&mut self.frame);
        }
    }

    fn end_part(&mut self, list: Option<usize>) {
        self.end_frame();
        let rows = self.rows.len();
        self.parts.push(NumberedRows { rows, list });
    }

    /// Whether the terms fill their memory, or would while their hash table grows.
    fn is_full(&self, memory: usize) -> bool {
        let (all, slots) = self.terms.memory();
        let counts = size_of_val(&*self.df) + size_of_val(&*self.total);
        // The old and the new hash table, which is twice as large.
        all + counts > memory || (self.terms.grows_soon() && slots.saturating_mul(3) > memory)
    }

    /// Appends the list of the terms, if there are any, and clears them.
    pub(super) fn end_terms(&mut self, memory: usize) {
        if self.terms.len() == 0 {
            return;
        }
        let list = &mut self.lists;
        for id in in_order(&self.terms, &mut self.order) {
            let term = self.terms.bytes(id);
            put(list, term.len() as u64);
            list.extend(term);
            put(list, u64::from(id));
            put(list, self.df[id as usize]);
            put(list, self.total[id as usize]);
        }
        let end = list.len();
        self.end_part(Some(end));
        self.df.clear();
        self.total.clear();
        self.counter.begin_anew();
        match self.terms.memory().1 > memory / 2 {
            // After a document with very many terms, free the table.
            true => self.terms = TermTable::default(),
            false => self.terms.clear(),
        }
    }
}
