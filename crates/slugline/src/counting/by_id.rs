//! Counting the words that a vocabulary has, by their ids.

use super::{
    Seen,
    bag::Tally,
    batched::{LongWord, Sink, Waiting},
    cached::Numbers,
};
use crate::vocabulary::Word;
use crate::vocabulary::{NONE, Slots, Vocabulary};

/// Counts the words that a vocabulary has.
pub(super) struct Known<'a> {
    pub(super) vocabulary: &'a Vocabulary,
    pub(super) slots: Slots<'a>,
    pub(super) tally: &'a mut Tally,
    pub(super) seen: Seen,
}

impl Sink for Known<'_> {
    #[inline(always)]
    fn ask(&self, word: Word) {
        self.slots.prefetch(word.hash);
    }

    #[inline(always)]
    fn take(&mut self, words: &[Word]) {
        self.tally.reserve(words.len());
        // Counted afterwards: a search that goes on where none was foretold holds up what follows.
        let mut ids = [0; Waiting::MOST];
        let mut known = 0;
        for &Word { key, hash } in words.iter().take(Waiting::MOST) {
            let found = self.slots.find_hashed(key, hash, |_| false);
            let id = found.unwrap_or(NONE);
            ids[known & (Waiting::MOST - 1)] = id;
            known += usize::from(id != NONE);
        }
        self.tally.add_all_reserved(ids[..known].iter().copied());
        self.seen.terms += words.len() as u64;
        self.seen.known += known as u64;
    }

    fn ask_long(&self, word: Word) {
        self.ask(word);
    }

    fn take_long(&mut self, words: &[LongWord], text: &str) {
        for long in words {
            let Word { key, hash } = long.word;
            let same = |id| self.vocabulary.term(id) == Some(long.of(text));
            if let Ok(id) = self.slots.find_hashed(key, hash, same) {
                self.tally.add(id);
                self.seen.known += 1;
            }
        }
        self.seen.terms += words.len() as u64;
    }
}

impl Numbers for &Vocabulary {
    fn ask(&self, word: Word) {
        self.prefetch(word);
    }

    fn of(&mut self, _: Word, term: &str) -> Option<u32> {
        self.id(term)
    }
}
