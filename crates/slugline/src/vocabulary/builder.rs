//! An open-addressing table from terms to ids over one arena of bytes.

use super::{
    hash_table::{KeyTable, Slots},
    pair_table::{HashedPair, PairTable},
    term_key::{HashedKey, INLINE, Key},
};
use crate::util::{
    arena::{LARGE, LITTLE},
    huge_pages::Growing,
    simd,
};

/// Ids are 32 bits; the last two are kept free: no term, and a free slot of the model file's table.
pub(crate) const MAX_TERMS: usize = u32::MAX as usize - 1;

/// Terms in order of first sight.
#[derive(Debug, Clone, Default)]
pub(crate) struct Terms {
    arena: Growing<u8>,
    /// The end of each term.
    ends: Growing<usize>,
}

impl Terms {
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    #[inline]
    fn push(&mut self, term: &[u8]) {
        self.arena.extend(term);
        self.ends.push(self.arena.len());
    }

    /// How long a term is, and the key of its first [`INLINE`] bytes.
    #[inline(always)]
    pub(super) fn length_and_key(&self, id: u32) -> (usize, Key) {
        let id = id as usize;
        let start = id.checked_sub(1).map_or(0, |before| self.ends[before]);
        let length = self.ends[id] - start;
        (length, Key::at(&self.arena, start, length.min(INLINE)))
    }

    /// Asks for the place of a term in memory.
    #[inline(always)]
    pub(super) fn prefetch(&self, id: u32) {
        simd::prefetch(&self.ends, id as usize);
    }

    /// Asks for the bytes of a term.
    #[inline(always)]
    pub(super) fn prefetch_bytes(&self, id: u32) {
        simd::prefetch_start(self.bytes(id));
    }

    #[inline]
    pub(crate) fn bytes(&self, id: u32) -> &[u8] {
        let id = id as usize;
        let start = id.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.arena[start..self.ends[id]]
    }
}

/// Terms in order of first sight, while they are being collected.
#[derive(Debug, Clone, Default)]
pub(crate) struct TermTable {
    terms: Terms,
    ids: KeyTable,
    /// The ids of n-grams, by those of the words before the last and of the last one.
    pairs: PairTable,
    joined: Vec<u8>,
}

impl TermTable {
    /// No terms yet; those of about so many bytes of text will come, and so many bytes of n-grams of words.
    pub(crate) fn for_text(bytes: usize, of_ngrams: usize) -> Self {
        if bytes < LITTLE {
            return Self::default();
        }
        // A large page each, since what grows in small steps leaves holes in memory; with n-grams as much as they may
        // need, since what is not used is never filled, and what grows is filled several times.
        let room = LARGE.max(of_ngrams);
        Self {
            terms: Terms {
                arena: Growing::with_room_for(room),
                ends: Growing::with_room_for(room / size_of::<usize>()),
            },
            ids: KeyTable::with_room_for(1 << 15),
            ..Self::default()
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.terms.len()
    }

    /// The terms, and the tables of words and of n-grams.
    pub(crate) fn into_parts(self) -> (Terms, KeyTable, PairTable) {
        (self.terms, self.ids, self.pairs)
    }

    /// The terms alone.
    #[cfg(any(feature = "dataset", test))]
    pub(crate) fn terms(&self) -> &Terms {
        &self.terms
    }

    /// Bytes of memory in use, and how many of them lie in the hash table, which doubles when it grows.
    #[cfg(feature = "dataset")]
    pub(crate) fn memory(&self) -> (usize, usize) {
        let slots = self.ids.memory() + self.pairs.memory();
        (
            self.terms.arena.len() + size_of_val(&*self.terms.ends) + slots,
            slots,
        )
    }

    /// Forgets all terms, keeping the room.
    #[cfg(feature = "dataset")]
    pub(crate) fn clear(&mut self) {
        self.terms.arena.truncate(0);
        self.terms.ends.truncate(0);
        self.ids.clear();
        self.pairs.clear();
    }

    /// Whether a hash table grows when an eighth more terms, or fewer, are there.
    #[cfg(feature = "dataset")]
    pub(crate) fn grows_soon(&self) -> bool {
        self.ids.grows_soon() || self.pairs.grows_soon()
    }

    #[inline]
    pub(crate) fn bytes(&self, id: u32) -> &[u8] {
        self.terms.bytes(id)
    }

    /// The id of a term, new or known. None when the table is full (2^32 − 2 terms).
    #[inline]
    pub(crate) fn insert(&mut self, term: &[u8]) -> Option<u32> {
        self.insert_hashed(HashedKey::of(Key::of(term)), term)
    }

    /// As [`insert`](Self::insert), for a term whose key is known.
    #[inline(always)]
    pub(crate) fn insert_hashed(&mut self, word: HashedKey, term: &[u8]) -> Option<u32> {
        let HashedKey { key, hash } = word;
        let slots = self.ids.slots();
        match slots.find_hashed(key, hash, |id| self.bytes(id) == term) {
            Ok(id) => Some(id),
            Err(free) => self.add(free, key, term),
        }
    }

    /// The table for searching.
    #[inline(always)]
    pub(crate) fn slots(&self) -> Slots<'_> {
        self.ids.slots()
    }

    /// The n-grams, for searching.
    #[inline(always)]
    pub(crate) fn pairs(&self) -> &PairTable {
        &self.pairs
    }

    /// Adds the n-gram of a known term and one more word, which the search did not find, where it said.
    #[inline(never)]
    pub(crate) fn add_pair(&mut self, free: usize, pair: HashedPair) -> Option<u32> {
        if self.len() >= MAX_TERMS {
            return None;
        }
        let id = self.len() as u32;
        let (first, word) = pair.numbers();
        self.joined.clear();
        self.joined.extend_from_slice(self.terms.bytes(first));
        self.joined.push(b' ');
        self.joined.extend_from_slice(self.terms.bytes(word));
        self.terms.push(&self.joined);
        self.pairs.put(free, pair, id);
        Some(id)
    }

    /// Adds a term that the search did not find, where it said.
    #[inline(never)]
    pub(crate) fn add(&mut self, free: usize, key: Key, term: &[u8]) -> Option<u32> {
        if self.len() >= MAX_TERMS {
            return None;
        }
        let id = self.len() as u32;
        self.terms.push(term);
        self.ids.put(free, key, id);
        Some(id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn ids_in_order_of_first_sight(terms in prop::collection::vec("[ab\0é]{0,20}", 0..200)) {
            let mut table = TermTable::default();
            let mut distinct: Vec<&str> = Vec::new();
            for term in &terms {
                let known = distinct.iter().position(|known| known == term);
                let id = table.insert(term.as_bytes()).unwrap() as usize;
                prop_assert_eq!(id, known.unwrap_or(distinct.len()));
                if known.is_none() {
                    distinct.push(term);
                }
            }
        }
    }
}
