//! Terms under numbers that put the frequent ones first, so that what belongs to them lies together and
//! stays in the caches.

use std::sync::Arc;

use super::{KeyTable, ShortSlots, ShortTable, Vocabulary};
use crate::{
    lookups::Word,
    outcomes::{Spare, Token},
};

/// The terms of a vocabulary and their ranks, 0 to its length - 1.
#[derive(Debug)]
pub(crate) struct Ranked {
    short: ShortTable,
    /// Terms that are too long for the other table.
    long: KeyTable,
    /// The id of each rank.
    ids: Vec<u32>,
    token: Arc<Token>,
    remembered: Spare,
}

impl Ranked {
    /// The terms in the order of `ids`, which holds each id once.
    pub(crate) fn new(vocabulary: &Vocabulary, ids: Vec<u32>) -> Self {
        let mut ranks = vec![0; ids.len()];
        for (rank, &id) in ids.iter().enumerate() {
            ranks[id as usize] = rank as u32;
        }
        let is_short = |id: &u32| ShortTable::takes(vocabulary.bytes_of(*id));
        let n_short = (0..ids.len() as u32).filter(is_short).count();
        let mut short = ShortTable::with_room_for(n_short);
        let mut long = KeyTable::with_room_for(ids.len() - n_short);
        // Frequent ones first: their searches end where they begin. Otherwise in the order in which the
        // terms lie in memory.
        let frequent = ids.len() as u32 / 8;
        for first in [true, false] {
            let mut waiting = Inserting::default();
            for (id, &rank) in ranks.iter().enumerate() {
                if (rank < frequent) != first {
                    continue;
                }
                let id = id as u32;
                if is_short(&id) {
                    waiting.push(&mut short, Word::of(vocabulary.key(id)), rank);
                } else {
                    long.insert(vocabulary.key(id), rank);
                }
            }
            waiting.finish(&mut short);
        }
        let token = Arc::default();
        let tokens = [vocabulary.token(), &token];
        let remembered = vocabulary.remembered();
        Self {
            short,
            long,
            ids,
            remembered: remembered.carry(tokens, |id| ranks.get(id as usize).copied()),
            token,
        }
    }

    #[inline(always)]
    pub(crate) fn short(&self) -> ShortSlots<'_> {
        self.short.slots()
    }

    /// Asks for the memory where the search for a long word begins.
    pub(crate) fn prefetch_long(&self, word: Word) {
        self.long.slots().prefetch(word.hash);
    }

    /// The rank of a word of more than [`SHORT`](super::SHORT) bytes.
    pub(crate) fn long(&self, vocabulary: &Vocabulary, word: Word, text: &str) -> Option<u32> {
        let same = |rank: u32| vocabulary.bytes_of(self.id(rank)) == text.as_bytes();
        let Word { key, hash } = word;
        self.long.slots().find_hashed(key, hash, same).ok()
    }

    /// The rank of a term of any length.
    pub(crate) fn rank(&self, vocabulary: &Vocabulary, word: Word, term: &str) -> Option<u32> {
        match ShortTable::takes(term.as_bytes()) {
            true => self.short().get(word.key, word.hash),
            false => self.long(vocabulary, word, term),
        }
    }

    pub(crate) fn id(&self, rank: u32) -> u32 {
        self.ids[rank as usize]
    }

    pub(crate) fn len(&self) -> usize {
        self.ids.len()
    }

    /// Tells these ranks from all others.
    pub(crate) fn token(&self) -> &Arc<Token> {
        &self.token
    }

    /// What became of the words that were looked up here.
    pub(crate) fn remembered(&self) -> &Spare {
        &self.remembered
    }
}

/// Terms whose slots were asked for and that are put there later.
struct Inserting {
    terms: [(Word, u32); Self::MOST],
    len: usize,
}

impl Default for Inserting {
    fn default() -> Self {
        Self {
            terms: [(Word::default(), 0); Self::MOST],
            len: 0,
        }
    }
}

impl Inserting {
    const MOST: usize = 32;

    fn push(&mut self, table: &mut ShortTable, word: Word, rank: u32) {
        table.slots().prefetch(word.hash);
        self.terms[self.len] = (word, rank);
        self.len += 1;
        if self.len == Self::MOST {
            self.finish(table);
        }
    }

    fn finish(&mut self, table: &mut ShortTable) {
        for &(Word { key, hash }, rank) in &self.terms[..self.len] {
            table.insert(key, hash, rank);
        }
        self.len = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vocabulary::Key;

    #[test]
    fn ranks_of_terms_of_any_length() {
        let terms: Vec<String> = (0..2000)
            .map(|n| format!("{n}{}", "é".repeat(n % 11)))
            .chain(["\0".into(), "\0\0".into()])
            .collect();
        let vocabulary = Vocabulary::new(&terms).unwrap();
        let ids: Vec<u32> = (0..terms.len() as u32).rev().collect();
        let ranked = Ranked::new(&vocabulary, ids.clone());
        let rank_of = |term: &str| {
            let word = Word::of(Key::of(term.as_bytes()));
            ranked.rank(&vocabulary, word, term)
        };
        for (rank, &id) in ids.iter().enumerate() {
            let term = vocabulary.term(id).unwrap();
            assert_eq!(rank_of(term), Some(rank as u32), "{term:?}");
            assert_eq!(ranked.id(rank as u32), id);
        }
        assert_eq!(rank_of("2000"), None);
        assert_eq!(rank_of("another term of some length"), None);
        assert_eq!(ranked.len(), terms.len());
    }
}
