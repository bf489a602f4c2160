//! Documents as the terms that they hold, one after the other: what is read once, counted later, and
//! takes half the room of counts.

use std::sync::atomic::AtomicU32;

use rayon::prelude::*;

use super::{bag::BitSort, batched::CountIds};
use crate::{
    matrix::{RowSource, Rows},
    util::{
        arena::{Arena, ArenaSpan, LARGE, LITTLE},
        huge_pages::Zeroed,
        simd,
    },
    vocabulary::Frequencies,
};

/// The documents that one thread has read, and the frequencies of their terms.
#[derive(Debug)]
pub(crate) struct TokenRecorder {
    frequencies: Frequencies,
    /// The document at hand: the first `len`; behind them is room.
    ids: Vec<u32>,
    len: usize,
    /// Documents are numbered from 1.
    document: u32,
    documents: Arena<u32>,
}

impl TokenRecorder {
    /// Nothing yet; about so many bytes of text will come, and so many bytes of n-grams of words.
    pub(crate) fn of_text(bytes: usize, of_ngrams: usize) -> Self {
        Self {
            frequencies: Frequencies {
                terms: Zeroed::new(match bytes < LITTLE {
                    true => 1 << 10,
                    false => LARGE.max(of_ngrams * 2) / size_of::<[u64; 2]>(),
                }),
            },
            ids: Vec::new(),
            len: 0,
            document: 0,
            documents: Arena::for_bytes(bytes),
        }
    }

    /// A document begins. False where there are more of them than numbers.
    pub(crate) fn begin(&mut self) -> bool {
        self.len = 0;
        let next = self.document.checked_add(1);
        self.document = next.unwrap_or(self.document);
        next.is_some()
    }

    /// The document ends: where it is. None where it is too long (2^32 terms).
    pub(crate) fn end(&mut self) -> Option<ArenaSpan> {
        self.documents.push(&self.ids[..self.len])
    }

    /// The frequencies of all terms, and the ids of the documents.
    pub(crate) fn finish(self) -> (Frequencies, Arena<u32>) {
        (self.frequencies, self.documents)
    }
}

impl CountIds for TokenRecorder {
    #[inline]
    fn grow(&mut self, n_terms: usize) {
        let terms = &mut self.frequencies.terms;
        if terms.len() < n_terms {
            let mut more = Zeroed::new(n_terms.next_power_of_two());
            more[..terms.len()].copy_from_slice(terms);
            *terms = more;
        }
    }

    #[inline(always)]
    fn reserve(&mut self, ids: usize) {
        if self.ids.len() < self.len + ids {
            self.ids.resize((self.len + ids).next_power_of_two(), 0);
        }
    }

    #[inline(always)]
    fn add_all(&mut self, ids: impl Iterator<Item = u32>) {
        let terms = &mut *self.frequencies.terms;
        let document = u64::from(self.document);
        let mut added = 0;
        for (place, id) in self.ids[self.len..].iter_mut().zip(ids) {
            *place = id;
            added += 1;
            let [total, df_and_last] = &mut terms[id as usize];
            *total += 1;
            // No branch: whether a term is new to the document cannot be foretold.
            let new = u64::from(*df_and_last & u64::from(u32::MAX) != document);
            *df_and_last = ((*df_and_last >> 32) + new) << 32 | document;
        }
        self.len += added;
    }
}

/// Documents that were read by several threads, each with a numbering of its own.
#[derive(Debug)]
pub(crate) struct TokenLists {
    /// In the order of the documents: the thread that read them, and where they are.
    stretches: Vec<(usize, Vec<ArenaSpan>)>,
    /// Documents in each stretch but the last.
    size: usize,
    n_documents: usize,
    /// For each thread the ids that it read.
    documents: Vec<Arena<u32>>,
    /// For each thread the columns of its ids; [`n_columns`](Self::n_columns) for those that are
    /// left out.
    columns: Vec<Vec<u32>>,
    n_columns: usize,
    /// Every count is 1.
    binary: bool,
}

/// Buffers for reading one document after the other.
#[derive(Debug)]
pub(crate) struct TokenReader {
    order: BitSort,
    /// Zeros between two documents.
    count_of: Zeroed<u32>,
    columns: Vec<u32>,
    counts: Vec<u32>,
}

impl Default for TokenReader {
    fn default() -> Self {
        Self {
            order: BitSort::default(),
            count_of: Zeroed::new(0),
            columns: Vec::new(),
            counts: Vec::new(),
        }
    }
}

impl TokenLists {
    /// `stretches` of `size` documents each, the last one perhaps of fewer.
    pub(crate) fn new(
        stretches: Vec<(usize, Vec<ArenaSpan>)>,
        size: usize,
        documents: Vec<Arena<u32>>,
        columns: Vec<Vec<AtomicU32>>,
        n_columns: usize,
    ) -> Self {
        let plain = |columns: Vec<AtomicU32>| columns.into_iter().map(AtomicU32::into_inner);
        Self {
            n_documents: stretches.iter().map(|(_, read)| read.len()).sum(),
            stretches,
            size,
            documents,
            columns: columns
                .into_iter()
                .map(|ids| plain(ids).collect())
                .collect(),
            n_columns,
            binary: false,
        }
    }

    /// Counts a term once a document.
    pub(crate) fn binary(&mut self) {
        self.binary = true;
    }

    /// Puts column `c` under the number `new(c)`; None leaves it out. The order stays.
    pub(crate) fn renumber(&mut self, n_columns: usize, new: impl Fn(u32) -> Option<u32>) {
        let (out_before, out) = (self.n_columns as u32, n_columns as u32);
        for column in self.columns.iter_mut().flatten() {
            *column = match *column {
                column if column == out_before => out,
                column => new(column).unwrap_or(out),
            };
        }
        self.n_columns = n_columns;
    }

    /// All of it as rows; `convert` puts the values of a row, from its columns and counts, behind those
    /// that are there. Runs on the current pool.
    pub(crate) fn rows<T: Copy + Send>(
        &self,
        convert: impl Fn(&[u32], &[u32], &mut Vec<T>) + Sync,
    ) -> Rows<T> {
        let size = documents_per_thread(self.n_documents);
        let parts = (0..self.n_documents.div_ceil(size))
            .into_par_iter()
            .map(|part| {
                let documents = part * size..((part + 1) * size).min(self.n_documents);
                // Repeats included: memory that is not written costs nothing.
                let most = documents.clone().map(|row| self.ids(row).1.len()).sum();
                let mut rows = Rows::with_room(self.n_columns, documents.len(), most);
                let (mut reader, mut values) = (TokenReader::default(), Vec::new());
                for row in documents {
                    let (columns, counts) = self.row(row, &mut reader);
                    values.clear();
                    convert(columns, counts, &mut values);
                    rows.push(columns, &values);
                }
                rows.shrink_to_fit();
                rows
            })
            .collect();
        Rows::concat(self.n_columns, parts)
    }

    /// The thread that read a document, and the terms of the document.
    #[inline(always)]
    fn ids(&self, row: usize) -> (usize, &[u32]) {
        let (thread, places) = &self.stretches[row / self.size];
        (
            *thread,
            self.documents[*thread].get(places[row % self.size]),
        )
    }
}

fn documents_per_thread(documents: usize) -> usize {
    documents.div_ceil(rayon::current_num_threads()).max(1)
}

impl RowSource for TokenLists {
    type Reader = TokenReader;

    fn n_rows(&self) -> usize {
        self.n_documents
    }

    fn n_columns(&self) -> usize {
        self.n_columns
    }

    #[inline(always)]
    fn row<'a>(&'a self, row: usize, reader: &'a mut TokenReader) -> (&'a [u32], &'a [u32]) {
        let (thread, ids) = self.ids(row);
        let column_of = &self.columns[thread];
        let TokenReader {
            order,
            count_of,
            columns,
            counts,
        } = reader;
        // One more for what is left out.
        let all = self.n_columns + 1;
        if count_of.len() < all {
            *count_of = Zeroed::new(all);
            order.reserve(all);
        }
        let count_of = &mut **count_of;
        for &id in ids {
            let column = column_of[id as usize];
            count_of[column as usize] += 1;
            order.insert(column);
        }
        if columns.len() < ids.len() {
            columns.resize(ids.len(), 0);
            counts.resize(ids.len(), 0);
        }
        let mut len = 0;
        let mut places = columns.iter_mut().zip(&mut *counts);
        order.drain(|column| {
            if let Some(place) = places.next() {
                let count = std::mem::take(&mut count_of[column as usize]);
                (*place.0, *place.1) = (column, count);
                len += 1;
            }
        });
        len -= usize::from(len > 0 && columns[len - 1] as usize == self.n_columns);
        if self.binary {
            counts[..len].fill(1);
        }
        (&columns[..len], &counts[..len])
    }

    #[inline]
    fn prefetch(&self, row: usize) {
        // Where a document begins cannot be foreseen by the processor.
        let (thread, places) = &self.stretches[row / self.size];
        simd::prefetch_start(bytemuck::cast_slice(
            self.documents[*thread].get(places[row % self.size]),
        ));
    }
}
