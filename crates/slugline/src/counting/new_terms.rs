//! Counting words, and giving new ones an id.

use std::iter;

use super::{
    ReadBuffers,
    batched::{LongWord, WordSink},
    cached::{TermIds, remember_into},
    token_lists::CountIds,
};
use crate::{
    text::Analyzer,
    vocabulary::{HashedKey, Key, TermTable},
};

/// Counts the terms of a text, which are words or n-grams, and gives new ones an id. False where the
/// table is full.
pub(super) fn learn_into<C: CountIds>(
    counts: &mut C,
    analyzer: &Analyzer,
    buffers: &mut ReadBuffers,
    table: &mut TermTable,
    text: &str,
) -> bool {
    if analyzer.words_are_terms() {
        let mut learning = NewTerms {
            table,
            counts,
            full: false,
        };
        let words = analyzer.word_stream(text, &mut buffers.scratch);
        buffers.batch.read(words, &mut learning);
        return !learning.full;
    }
    let mut full = false;
    if analyzer.words_become_terms() {
        let new = NewTermIds {
            table,
            full: &mut full,
        };
        remember_into(counts, new, analyzer, buffers, text);
        return !full;
    }
    analyzer.for_each_term(text, &mut buffers.scratch, |term| {
        counts.reserve(1);
        full |= !learn(table, counts, Key::of(term.as_bytes()), term.as_bytes());
    });
    !full
}

/// Counts words, and gives new ones an id.
struct NewTerms<'a, C> {
    table: &'a mut TermTable,
    counts: &'a mut C,
    full: bool,
}

impl<C: CountIds> WordSink for NewTerms<'_, C> {
    #[inline(always)]
    fn ask(&self, word: HashedKey) {
        self.table.slots().prefetch(word.hash);
    }

    #[inline(always)]
    fn take(&mut self, words: &[HashedKey]) {
        self.counts.reserve(words.len());
        let mut words = words.iter();
        loop {
            // Nearly all words are known: the table stands still while they are counted.
            let slots = self.table.slots();
            let mut new = None;
            self.counts
                .add_all(words.by_ref().map_while(|&HashedKey { key, hash }| {
                    let found = slots.find_hashed(key, hash, |_| false);
                    if let Err(free) = found {
                        new = Some((key, free));
                    }
                    found.ok()
                }));
            let Some((key, free)) = new else {
                return;
            };
            let (bytes, length) = key.bytes();
            match self.table.add(free, key, &bytes[..length]) {
                Some(id) => {
                    self.counts.grow(self.table.len());
                    self.counts.add_all(iter::once(id));
                }
                None => self.full = true,
            }
        }
    }

    fn ask_long(&self, word: HashedKey) {
        self.ask(word);
    }

    fn take_long(&mut self, words: &[LongWord], text: &str) {
        self.counts.reserve(words.len());
        for long in words {
            let term = long.of(text).as_bytes();
            self.full |= !learn(self.table, self.counts, long.word.key, term);
        }
    }
}

/// Gives terms that have no id the next one.
struct NewTermIds<'a> {
    table: &'a mut TermTable,
    full: &'a mut bool,
}

impl TermIds for NewTermIds<'_> {
    fn ask(&self, word: HashedKey) {
        self.table.slots().prefetch(word.hash);
    }

    fn of(&mut self, word: HashedKey, term: &str) -> Option<u32> {
        let id = self.table.insert_by_key(word.key, term.as_bytes());
        *self.full |= id.is_none();
        id
    }
}

/// Counts one term, for which there is room. False where the table is full.
#[inline(always)]
fn learn<C: CountIds>(table: &mut TermTable, counts: &mut C, key: Key, term: &[u8]) -> bool {
    let Some(id) = table.insert_by_key(key, term) else {
        return false;
    };
    counts.grow(table.len());
    counts.add_all(iter::once(id));
    true
}
