//! The ids of words by what is remembered of them, and what becomes of new ones.

use super::{batched::TermIds, ngrams::NgramIds};
use crate::{
    text::{Analyzer, StemCache},
    vocabulary::{HashedKey, HashedPair, INLINE, Key, NO_TERM, WordCache},
};

/// The ids of words that become terms: a word that is not remembered is analysed, and the id of its term is
/// remembered.
pub(super) struct CachedIds<'a, I> {
    word_cache: &'a mut WordCache,
    ids: &'a mut I,
    analyzer: &'a Analyzer,
    stems: &'a mut StemCache,
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
    fn prefetch_new(&self, HashedKey { key, .. }: HashedKey) {
        let hash = self.ids.hash(key);
        self.ids.prefetch(HashedKey { key, hash });
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

impl<'a, I: TermIds> CachedIds<'a, I> {
    /// What was remembered for another analyzer or other numbers is forgotten.
    pub(super) fn new(
        word_cache: &'a mut WordCache,
        ids: &'a mut I,
        analyzer: &'a Analyzer,
        stems: &'a mut StemCache,
    ) -> Self {
        if let Some(numbers) = ids.identity() {
            word_cache.belong_to([analyzer.identity(), numbers]);
        }
        Self {
            word_cache,
            ids,
            analyzer,
            stems,
        }
    }

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

impl<I: NgramIds> NgramIds for CachedIds<'_, I> {
    fn n_terms(&self) -> u32 {
        self.ids.n_terms()
    }

    #[inline(always)]
    fn may_begin(&self, number: u32) -> bool {
        self.ids.may_begin(number)
    }

    #[inline(always)]
    fn prefetch_pair(&self, pair: HashedPair) {
        self.ids.prefetch_pair(pair);
    }

    #[inline(always)]
    fn of_pair(&mut self, pair: HashedPair) -> u32 {
        self.ids.of_pair(pair)
    }
}
