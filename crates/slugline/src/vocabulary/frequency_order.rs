//! Terms under numbers that put the frequent ones first, so that what belongs to them lies together and
//! stays in the caches.

use super::{
    Vocabulary,
    hash_table::{KeyTable, Slots},
    short_table::{SHORT, ShortSlots, ShortTable},
    term_key::HashedKey,
    word_cache::WordCachePool,
};
use crate::util::identity::Identity;

/// The terms of a vocabulary and their ranks, 0 to its length - 1.
#[derive(Debug)]
pub(crate) struct FrequencyOrder {
    short: ShortTable,
    /// Terms that are too long for the other table.
    long: KeyTable,
    /// The id of each rank.
    ids: Vec<u32>,
    /// The rank of each number of an n-gram, for word n-grams: they are found by number first.
    ranks: Vec<u32>,
    identity: Identity,
    word_caches: WordCachePool,
}

impl FrequencyOrder {
    /// The terms in the order of `ids`, which holds each id once.
    pub(crate) fn new(vocabulary: &Vocabulary, ids: Vec<u32>) -> Self {
        let length_and_key = vocabulary.lengths_and_keys();
        let term = |rank: usize| length_and_key(ids[rank]);
        let n_short = vocabulary
            .lengths()
            .filter(|&length| length <= SHORT)
            .count();
        let mut short = ShortTable::with_room_for(n_short, ids.len() as u32);
        let others = short.fill(ids.len(), term);
        let mut long = KeyTable::with_room_for(others.len());
        for rank in others {
            long.insert(vocabulary.key(ids[rank as usize]), rank);
        }
        let identity = Identity::default();
        let identities = [vocabulary.identity(), &identity];
        Self {
            short,
            long,
            word_caches: word_caches(vocabulary, &ids, identities),
            ids,
            ranks: Vec::new(),
            identity,
        }
    }

    /// As [`new`](Self::new), of word n-grams, which the vocabulary's own index finds.
    pub(crate) fn of_ngrams(vocabulary: &Vocabulary, ids: Vec<u32>) -> Self {
        let of_id = ranks(&ids);
        let numbers = vocabulary.ngram_index_now().ids().iter();
        Self {
            ranks: numbers.map(|&id| of_id[id as usize]).collect(),
            short: ShortTable::with_room_for(0, ids.len() as u32),
            long: KeyTable::with_room_for(0),
            ids,
            identity: Identity::default(),
            word_caches: WordCachePool::default(),
        }
    }

    #[inline(always)]
    pub(crate) fn short(&self) -> ShortSlots<'_> {
        self.short.slots()
    }

    /// The table of the words of more than [`SHORT`](super::SHORT) bytes.
    #[inline(always)]
    pub(crate) fn long(&self) -> Slots<'_> {
        self.long.slots()
    }

    /// Whether the term of this rank is this one.
    pub(crate) fn is(&self, vocabulary: &Vocabulary, rank: u32, term: &[u8]) -> bool {
        vocabulary.bytes_of(self.id(rank)) == term
    }

    /// The rank of a term of any length.
    pub(crate) fn rank(
        &self,
        vocabulary: &Vocabulary,
        word: HashedKey,
        term: &[u8],
    ) -> Option<u32> {
        let HashedKey { key, hash } = word;
        if ShortTable::takes(term.len(), key) {
            return self.short().get(key);
        }
        let same = |rank| self.is(vocabulary, rank, term);
        self.long().find_hashed(key, hash, same).ok()
    }

    /// The rank of each number, of [word n-grams](Self::of_ngrams) alone.
    pub(crate) fn ranks(&self) -> &[u32] {
        &self.ranks
    }

    pub(crate) fn id(&self, rank: u32) -> u32 {
        self.ids[rank as usize]
    }

    pub(crate) fn len(&self) -> usize {
        self.ids.len()
    }

    /// The identity of these ranks.
    pub(crate) fn identity(&self) -> &Identity {
        &self.identity
    }

    /// The caches of words that were looked up here.
    pub(crate) fn word_caches(&self) -> &WordCachePool {
        &self.word_caches
    }
}

/// The vocabulary's caches of words, with ranks in place of ids.
fn word_caches(vocabulary: &Vocabulary, ids: &[u32], identities: [&Identity; 2]) -> WordCachePool {
    let word_caches = vocabulary.word_caches();
    // Where words are terms as they stand, nothing is.
    if word_caches.is_empty() {
        return WordCachePool::default();
    }
    let ranks = ranks(ids);
    word_caches.carry(identities, |id| ranks.get(id as usize).copied())
}

/// The rank of each id, from the id of each rank.
fn ranks(ids: &[u32]) -> Vec<u32> {
    let mut ranks = vec![0; ids.len()];
    for (rank, &id) in (0..).zip(ids) {
        ranks[id as usize] = rank;
    }
    ranks
}

#[cfg(test)]
mod tests {
    use super::{super::term_key::Key, *};

    #[test]
    fn ranks_of_terms_of_any_length() {
        let terms: Vec<String> = (0..2000)
            .map(|n| format!("{n}{}", "é".repeat(n % 11)))
            .chain(["\0".into(), "\0\0".into()])
            .collect();
        let vocabulary = Vocabulary::new(&terms).unwrap();
        let ids: Vec<u32> = (0..terms.len() as u32).rev().collect();
        let ranked = FrequencyOrder::new(&vocabulary, ids.clone());
        let rank_of = |term: &str| {
            let word = HashedKey::of(Key::of(term.as_bytes()));
            ranked.rank(&vocabulary, word, term.as_bytes())
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
