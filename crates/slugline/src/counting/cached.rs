//! The ids of words by what is remembered of them, and what becomes of new ones.

use super::batched::TermIds;
use crate::{
    text::{Analyzer, StemCache},
    vocabulary::{HashedKey, INLINE, Key, NO_TERM, WordCache},
};

/// The ids of words that become terms: a word that is not remembered is analysed, and the id of its term is
/// remembered.
pub(super) struct CachedIds<'a, I> {
    pub(super) word_cache: &'a mut WordCache,
    pub(super) ids: &'a mut I,
    pub(super) analyzer: &'a Analyzer,
    pub(super) stems: &'a mut StemCache,
}

impl<I: TermIds> TermIds for CachedIds<'_, I> {
    const LEARNS: bool = true;

    #[inline(always)]
    fn prefetch(&self, word: HashedKey) {
        self.word_cache.slots().prefetch(word.hash);
    }

    /// Long words are not remembered.
    fn prefetch_long(&self, _: HashedKey) {}

    #[inline(always)]
    fn find(&self, HashedKey { key, hash }: HashedKey) -> Option<u32> {
        self.word_cache
            .slots()
            .find_hashed(key, hash, |_| false)
            .ok()
    }

    /// About half of the new words are their own stems.
    #[inline(always)]
    fn prefetch_new(&self, word: HashedKey) {
        self.ids.prefetch(word);
    }

    #[cold]
    fn of(&mut self, word: HashedKey, text: &str) -> u32 {
        if text.len() > INLINE {
            return self.id_of_term(word, text);
        }
        let HashedKey { key, hash } = word;
        let slots = self.word_cache.slots();
        match slots.find_hashed(key, hash, |_| false) {
            // It came twice.
            Ok(id) => id,
            Err(free) => {
                let id = self.id_of_term(word, text);
                self.word_cache.put(free, key, id);
                id
            }
        }
    }
}

impl<I: TermIds> CachedIds<'_, I> {
    fn id_of_term(&mut self, word: HashedKey, text: &str) -> u32 {
        let Some(term) = self.analyzer.term_once(text, INLINE, self.stems) else {
            return NO_TERM;
        };
        let word = match *term == *text {
            true => word,
            false => HashedKey::of(Key::of(term.as_bytes())),
        };
        self.ids.of(word, &term)
    }
}
