//! The vocabulary's table for many look-ups, made when it is worth it.

use std::sync::{
    Mutex, MutexGuard, OnceLock, PoisonError,
    atomic::{AtomicUsize, Ordering},
};

use super::{
    Vocabulary,
    hash_table::{KeyTable, NONE},
    ngram_index::{LearnedNgrams, NgramIndex},
    term_key::Key,
    word_cache::WordCachePool,
};
use crate::util::identity::Identity;

/// A table with the terms themselves in its slots. It takes a while to make (about 20 ns a term), so that a program
/// that classifies one text would wait for nothing: terms that ascend, as those of nearly all model files do, are
/// searched until then.
#[derive(Debug, Default)]
pub(crate) struct LookupIndex {
    table: OnceLock<KeyTable>,
    ngrams: OnceLock<NgramIndex>,
    /// What a fit has left for that index.
    learned: Mutex<Option<LearnedNgrams>>,
    bytes: AtomicUsize,
    /// Whether the terms are known to ascend, so that they can be searched without a table.
    ascending: bool,
    /// The identity of this vocabulary and its clones.
    pub(super) identity: Identity,
    pub(super) word_caches: WordCachePool,
}

impl LookupIndex {
    /// That of terms that ascend.
    pub(super) fn of_ascending() -> Self {
        Self {
            ascending: true,
            ..Self::default()
        }
    }

    /// Whether a term is looked up sooner by a binary search: until so many were that they repay making the table.
    #[cold]
    pub(super) fn is_to_be_searched(&self, bytes: usize, vocabulary: &Vocabulary) -> bool {
        // A search takes as long as putting three or four terms into the table.
        self.ascending && !self.is_repaid(bytes, vocabulary.len().saturating_mul(2))
    }

    /// Whether the terms are known to ascend.
    pub(super) fn is_ascending(&self) -> bool {
        self.ascending
    }

    /// The table, if it was made.
    #[inline]
    pub(super) fn made(&self) -> Option<&KeyTable> {
        self.table.get()
    }

    /// The table, made now if it was not.
    pub(super) fn now(&self, vocabulary: &Vocabulary) -> &KeyTable {
        self.table.get_or_init(|| table_of(vocabulary))
    }

    /// That of a vocabulary that has the terms `kept` of these `n` under new numbers: what became of words
    /// goes there.
    pub(super) fn selected(&self, n: usize, kept: &[u32]) -> Self {
        let selected = Self::default();
        // The index of fewer terms is made anew: it is smaller.
        drop(self.learned().take());
        if self.word_caches.is_empty() {
            return selected;
        }
        let mut new = vec![NONE; n];
        for (position, &id) in kept.iter().enumerate() {
            new[id as usize] = position as u32;
        }
        let identities = [&self.identity, &selected.identity];
        let word_caches = self
            .word_caches
            .carry(identities, |id| new.get(id as usize).copied());
        Self {
            word_caches,
            ..selected
        }
    }

    /// The table, once as much text was looked up as repays making it.
    #[cold]
    pub(super) fn make(&self, bytes: usize, vocabulary: &Vocabulary) -> Option<&KeyTable> {
        // A term costs as much to put in as a third of a word of text to search.
        self.is_repaid(bytes, vocabulary.len().saturating_mul(2))
            .then(|| self.now(vocabulary))
    }

    /// The index of word n-grams, if it was made.
    #[inline]
    pub(super) fn ngrams(&self) -> Option<&NgramIndex> {
        self.ngrams.get()
    }

    /// The index of word n-grams, once as much text was looked up as repays making it.
    #[cold]
    pub(super) fn make_ngrams(&self, bytes: usize, vocabulary: &Vocabulary) -> Option<&NgramIndex> {
        // The slow way joins words, too, so that half as much text repays the index.
        let repaid = self.is_repaid(bytes, vocabulary.len());
        (repaid || self.learned().is_some()).then(|| self.ngrams_now(vocabulary))
    }

    /// The index of word n-grams, made now if it was not: of the tables of the fit, if there are any.
    pub(super) fn ngrams_now(&self, vocabulary: &Vocabulary) -> &NgramIndex {
        self.ngrams.get_or_init(|| match self.learned().take() {
            Some(learned) => NgramIndex::of_learned(learned),
            None => NgramIndex::new(vocabulary),
        })
    }

    /// Keeps the tables that the terms were learned with.
    pub(super) fn keep_learned(&self, learned: LearnedNgrams) {
        *self.learned() = Some(learned);
    }

    fn learned(&self) -> MutexGuard<'_, Option<LearnedNgrams>> {
        // Nobody can panic between two states.
        self.learned.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether so many more bytes, and those before, are enough.
    fn is_repaid(&self, bytes: usize, enough: usize) -> bool {
        let before = self.bytes.fetch_add(bytes, Ordering::Relaxed);
        before.saturating_add(bytes) >= enough
    }
}

fn table_of(vocabulary: &Vocabulary) -> KeyTable {
    let mut table = KeyTable::with_ample_room_for(vocabulary.len());
    // Short words are the frequent ones: they come first, so that most searches end where they begin.
    for lengths in [0..=4, 5..=7, 8..=usize::MAX] {
        for (id, term) in vocabulary.terms().enumerate() {
            if lengths.contains(&term.len()) {
                table.insert(Key::of(term), id as u32);
            }
        }
    }
    table
}
