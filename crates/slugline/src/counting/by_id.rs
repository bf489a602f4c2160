//! Counting the words that a vocabulary has, by their ids.

use super::{
    TermCoverage,
    bag::Bag,
    batched::{LongWord, LookupBatch, WordSink},
    cached::TermIds,
};
use crate::vocabulary::{HashedKey, NONE, Slots, Vocabulary};

/// Counts the words that a vocabulary has.
pub(super) struct ById<'a> {
    pub(super) vocabulary: &'a Vocabulary,
    pub(super) slots: Slots<'a>,
    pub(super) bag: &'a mut Bag,
    pub(super) seen: TermCoverage,
}

impl WordSink for ById<'_> {
    #[inline(always)]
    fn ask(&self, word: HashedKey) {
        self.slots.prefetch(word.hash);
    }

    #[inline(always)]
    fn take(&mut self, words: &[HashedKey]) {
        self.bag.reserve(words.len());
        // Counted afterwards: a search that goes on where none was foretold holds up what follows.
        let mut ids = [0; LookupBatch::MOST];
        let mut known = 0;
        for &HashedKey { key, hash } in words.iter().take(LookupBatch::MOST) {
            let found = self.slots.find_hashed(key, hash, |_| false);
            let id = found.unwrap_or(NONE);
            ids[known & (LookupBatch::MOST - 1)] = id;
            known += usize::from(id != NONE);
        }
        self.bag.add_all_reserved(ids[..known].iter().copied());
        self.seen.terms += words.len() as u64;
        self.seen.known += known as u64;
    }

    fn ask_long(&self, word: HashedKey) {
        self.ask(word);
    }

    fn take_long(&mut self, words: &[LongWord], text: &str) {
        for long in words {
            let HashedKey { key, hash } = long.word;
            let same = |id| self.vocabulary.term(id) == Some(long.of(text));
            if let Ok(id) = self.slots.find_hashed(key, hash, same) {
                self.bag.add(id);
                self.seen.known += 1;
            }
        }
        self.seen.terms += words.len() as u64;
    }
}

impl TermIds for &Vocabulary {
    fn ask(&self, word: HashedKey) {
        self.prefetch(word);
    }

    fn of(&mut self, _: HashedKey, term: &str) -> Option<u32> {
        self.id(term)
    }
}
