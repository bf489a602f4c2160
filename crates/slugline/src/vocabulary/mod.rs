//! term ↔ id: terms end to end in one arena, the same bytes in memory and in the model file, and tables that find them.

mod builder;
mod file_hash;
mod file_table;
#[cfg(test)]
pub(crate) mod flood;
mod frequencies;
mod frequency_order;
mod hash_table;
mod lookup_index;
mod merge;
mod ngram_index;
mod pair_table;
mod short_table;
mod term_key;
mod word_cache;

pub(crate) use builder::{MAX_TERMS, TermTable};
pub(crate) use frequencies::Frequencies;
pub(crate) use frequency_order::FrequencyOrder;
pub(crate) use hash_table::{KeyTable, NONE, Slots};
pub(crate) use lookup_index::LookupIndex;
#[cfg(feature = "dataset")]
pub(crate) use merge::in_order;
pub(crate) use merge::{Merged, ThreadTerms, merge};
pub(crate) use ngram_index::{LearnedNgrams, NgramIndex};
pub(crate) use pair_table::HashedPair;
pub(crate) use short_table::{SHORT, ShortSlots, ShortWord};
pub(crate) use term_key::{HashedKey, INLINE, Key};
pub(crate) use word_cache::{NO_TERM, WordCache, WordCachePool};

use std::{
    cmp::Ordering,
    sync::{Arc, OnceLock},
};

use crate::{
    error::{Error, Result},
    util::{array::Array, identity::Identity},
};

/// Terms and their ids, 0 to `len() - 1`.
///
/// A learned vocabulary is in code-point order (so an id is the term's rank); a given one keeps
/// the order in which it was given.
#[derive(Debug, Clone, Default)]
#[must_use]
pub struct Vocabulary {
    bytes: Array<u8>,
    /// Start of each term in `bytes`, then the end of the last.
    offsets: Array<u64>,
    /// The hash table of the model file, made when a file is written. No look-up reads it.
    slots: Arc<OnceLock<Array<u64>>>,
    lookup_index: Arc<LookupIndex>,
}

impl PartialEq for Vocabulary {
    fn eq(&self, other: &Self) -> bool {
        self.bytes == other.bytes && self.offsets == other.offsets
    }
}

impl Vocabulary {
    /// A vocabulary of these terms, in this order.
    ///
    /// # Errors
    /// [`Error::Parameter`] for a term that comes twice, [`Error::EmptyVocabulary`] for no term.
    pub fn new<S: AsRef<str>>(terms: impl IntoIterator<Item = S>) -> Result<Self> {
        let (mut bytes, mut offsets) = (Vec::new(), vec![0]);
        // Those that ascend are distinct: no table has to tell.
        let mut ascending = true;
        let mut last = 0;
        for term in terms {
            let term = term.as_ref().as_bytes();
            ascending &= offsets.len() == 1 || bytes[last..] < *term;
            last = bytes.len();
            bytes.extend_from_slice(term);
            offsets.push(bytes.len() as u64);
        }
        let n = offsets.len() - 1;
        if n == 0 {
            return Err(Error::EmptyVocabulary("no term was given".into()));
        }
        if n > MAX_TERMS {
            return Err(too_many());
        }
        let vocabulary = Self::from_arena(bytes, offsets);
        if !ascending {
            vocabulary.check_distinct()?;
            return Ok(vocabulary);
        }
        Ok(Self {
            lookup_index: Arc::new(LookupIndex::of_ascending()),
            ..vocabulary
        })
    }

    /// Fails for a term that comes twice.
    fn check_distinct(&self) -> Result<()> {
        let mut table = TermTable::default();
        for (position, term) in self.iter().enumerate() {
            match table.insert(term.as_bytes()) {
                Some(id) if id as usize == position => {}
                Some(id) => {
                    return Err(Error::parameter(
                        "vocabulary",
                        format!("{term:?} at positions {id} and {position}"),
                        "each term once",
                    ));
                }
                None => return Err(too_many()),
            }
        }
        Ok(())
    }

    /// These terms, which are distinct, in this order.
    pub(crate) fn from_terms<'a>(terms: impl ExactSizeIterator<Item = &'a [u8]>) -> Self {
        let mut bytes = Vec::with_capacity(terms.len() * 8);
        let mut offsets = Vec::with_capacity(terms.len() + 1);
        offsets.push(0);
        for term in terms {
            bytes.extend_from_slice(term);
            offsets.push(bytes.len() as u64);
        }
        Self::from_arena(bytes, offsets)
    }

    /// The terms that lie end to end in `bytes`, which are distinct; where each begins, and where the
    /// last one ends.
    pub(crate) fn from_arena(bytes: Vec<u8>, offsets: Vec<u64>) -> Self {
        Self {
            bytes: bytes.into(),
            offsets: offsets.into(),
            slots: Arc::default(),
            lookup_index: Arc::default(),
        }
    }

    /// The terms with these ids, numbered anew from 0.
    pub(crate) fn select(&self, kept: &[u32]) -> Self {
        let terms = kept.iter().map(|&id| self.term(id).unwrap_or_default());
        let terms = Self::from_terms(terms.map(str::as_bytes));
        Self {
            lookup_index: Arc::new(self.lookup_index.selected(self.len(), kept)),
            ..terms
        }
    }

    /// Number of terms.
    pub fn len(&self) -> usize {
        self.offsets.len().saturating_sub(1)
    }

    /// Whether there is no term.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The id of a term.
    #[inline]
    pub fn id(&self, term: &str) -> Option<u32> {
        let count = || self.lookup_index.is_to_be_searched(term.len(), self);
        self.find(term, count)
    }

    /// As [`id`](Self::id), for callers that say how much they look up ([`lookup_index`](Self::lookup_index),
    /// [`ngram_index`](Self::ngram_index)): it makes no table where terms can be searched.
    #[inline]
    pub(crate) fn counted_id(&self, term: &str) -> Option<u32> {
        self.find(term, || self.lookup_index.is_ascending())
    }

    #[inline]
    fn find(&self, term: &str, is_to_be_searched: impl FnOnce() -> bool) -> Option<u32> {
        let term = term.as_bytes();
        match self.lookup_index.made() {
            None if self.is_empty() => None,
            None if is_to_be_searched() => self.search(term),
            _ => {
                let slots = self.lookup_index.now(self).slots();
                let id = slots.get(Key::of(term), |id| self.bytes_of(id) == term);
                (id != NONE).then_some(id)
            }
        }
    }

    /// The id of a term among ascending ones.
    fn search(&self, term: &[u8]) -> Option<u32> {
        let (bytes, offsets) = (&*self.bytes, &*self.offsets);
        let (mut from, mut to) = (0, self.len());
        while from < to {
            let middle = from + (to - from) / 2;
            let (start, end) = (offsets[middle] as usize, offsets[middle + 1] as usize);
            match bytes[start..end].cmp(term) {
                Ordering::Equal => return Some(middle as u32),
                Ordering::Less => from = middle + 1,
                Ordering::Greater => to = middle,
            }
        }
        None
    }

    /// The table for many look-ups, once the `bytes` of text that were looked up, these included,
    /// repay making it.
    #[inline]
    pub(crate) fn lookup_index(&self, bytes: usize) -> Option<&KeyTable> {
        match self.lookup_index.made() {
            Some(table) => Some(table),
            None => self.lookup_index.make(bytes, self),
        }
    }

    /// As [`lookup_index`](Self::lookup_index), of word n-grams by their words.
    #[inline]
    pub(crate) fn ngram_index(&self, bytes: usize) -> Option<&NgramIndex> {
        match self.lookup_index.ngrams() {
            Some(index) => Some(index),
            None => self.lookup_index.make_ngrams(bytes, self),
        }
    }

    /// As [`ngram_index`](Self::ngram_index), made now if it was not.
    pub(crate) fn ngram_index_now(&self) -> &NgramIndex {
        self.lookup_index.ngrams_now(self)
    }

    /// Keeps the tables that all terms were learned with, for the index of n-grams.
    pub(crate) fn keep_learned(&self, learned: LearnedNgrams) {
        self.lookup_index.keep_learned(learned);
    }

    /// The identity of this vocabulary and its clones.
    pub(crate) fn identity(&self) -> &Identity {
        &self.lookup_index.identity
    }

    /// The caches of words that were looked up here.
    pub(crate) fn word_caches(&self) -> &WordCachePool {
        &self.lookup_index.word_caches
    }

    /// The term of an id, None from `len()` on.
    pub fn term(&self, id: u32) -> Option<&str> {
        let start = *self.offsets.get(id as usize)? as usize;
        let end = *self.offsets.get(id as usize + 1)? as usize;
        std::str::from_utf8(self.bytes.get(start..end)?).ok()
    }

    /// The bytes of the term of an id below `len()`.
    #[inline]
    fn bytes_of(&self, id: u32) -> &[u8] {
        let (bytes, offsets) = (&*self.bytes, &*self.offsets);
        &bytes[offsets[id as usize] as usize..offsets[id as usize + 1] as usize]
    }

    /// The key of the term of an id below `len()`.
    #[inline]
    fn key(&self, id: u32) -> Key {
        let (start, end) = (self.offsets[id as usize], self.offsets[id as usize + 1]);
        Key::at(&self.bytes, start as usize, (end - start) as usize)
    }

    /// How many bytes each term has.
    fn lengths(&self) -> impl Iterator<Item = usize> {
        let ends = self.offsets.windows(2);
        ends.map(|ends| (ends[1] - ends[0]) as usize)
    }

    /// As [`key`](Self::key), of many terms: first how long each is. Where it is longer than
    /// [`INLINE`], the key is that of its beginning.
    fn lengths_and_keys(&self) -> impl Fn(u32) -> (usize, Key) + Copy + Sync {
        let (bytes, offsets) = (&*self.bytes, &*self.offsets);
        #[inline(always)]
        move |id| {
            let start = offsets[id as usize] as usize;
            let length = offsets[id as usize + 1] as usize - start;
            (length, Key::at(bytes, start, length.min(INLINE)))
        }
    }

    /// All terms in order of id.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &str> {
        (0..self.len() as u32).map(|id| self.term(id).unwrap_or_default())
    }

    /// The arrays of a model file: the terms end to end, where each begins, the hash table.
    pub(crate) fn parts(&self) -> (&[u8], &[u64], &[u64]) {
        let make = || file_table::table(self.len(), self.terms()).into();
        let slots = self.slots.get_or_init(make);
        (&self.bytes, &self.offsets, slots)
    }

    /// The bytes of all terms in order of id.
    fn terms(&self) -> impl Iterator<Item = &[u8]> {
        let (bytes, offsets) = (&*self.bytes, &*self.offsets);
        let ends = offsets.windows(2);
        ends.map(|ends| &bytes[ends[0] as usize..ends[1] as usize])
    }

    /// Whether each term comes after the one before, so that all are distinct. By their first eight bytes where these
    /// differ: to compare all bytes takes most of the time of loading a small model.
    fn ascends(&self) -> bool {
        let (bytes, offsets) = (&*self.bytes, &*self.offsets);
        // Big-endian, and zeros behind a shorter term: if such numbers differ, they are in the order of the terms.
        let beginning = |start: usize, length: usize| {
            let mut eight = [0; 8];
            if let Some(whole) = bytes.get(start..).and_then(<[u8]>::first_chunk) {
                eight = *whole;
            } else {
                let rest = &bytes[start..];
                eight[..rest.len()].copy_from_slice(rest);
            }
            u64::from_be_bytes(eight) & !u64::MAX.unbounded_shr(8 * length.min(8) as u32)
        };
        let mut last: Option<(u64, &[u8])> = None;
        offsets.windows(2).all(|ends| {
            let (start, end) = (ends[0] as usize, ends[1] as usize);
            let (next, term) = (beginning(start, end - start), &bytes[start..end]);
            let after =
                last.is_none_or(|(last, before)| last < next || (last == next && before < term));
            last = Some((next, term));
            after
        })
    }

    /// A vocabulary from the arrays of a model file, after checking everything that a look-up
    /// relies on: the terms are distinct text. The error says what is wrong.
    ///
    /// The hash table of the file is not taken: to check that every term is found in it takes longer than a binary
    /// search for the words of a short text, and a table that was altered would make answers differ.
    pub(crate) fn from_parts(bytes: Array<u8>, offsets: Array<u64>) -> Result<Self, String> {
        let n = offsets.len().saturating_sub(1);
        if n == 0 || n > MAX_TERMS || offsets[0] != 0 || offsets[n] != bytes.len() as u64 {
            return Err(format!("the offsets of {n} terms do not span their bytes"));
        }
        if let Some(id) = offsets.windows(2).position(|pair| pair[0] > pair[1]) {
            return Err(format!("the offsets fall after term {id}"));
        }
        let text = std::str::from_utf8(&bytes).map_err(|error| format!("terms: {error}"))?;
        if let Some(&cut) = offsets
            .iter()
            .find(|&&at| !text.is_char_boundary(at as usize))
        {
            return Err(format!("a term begins inside a character, at byte {cut}"));
        }
        let vocabulary = Self {
            bytes,
            offsets,
            slots: Arc::default(),
            lookup_index: Arc::default(),
        };
        if vocabulary.ascends() {
            return Ok(Self {
                lookup_index: Arc::new(LookupIndex::of_ascending()),
                ..vocabulary
            });
        }
        // A vocabulary that was given in another order.
        vocabulary
            .check_distinct()
            .map_err(|error| error.to_string())?;
        Ok(vocabulary)
    }
}

pub(crate) fn too_many() -> Error {
    Error::parameter(
        "vocabulary",
        "too large",
        format!("at most {MAX_TERMS} terms"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn ids_and_terms() {
        let terms: Vec<String> = (0..1000).map(|n| format!("term{n}")).collect();
        let vocabulary = Vocabulary::new(&terms).unwrap();
        for (id, term) in terms.iter().enumerate() {
            assert_eq!(vocabulary.id(term), Some(id as u32));
            assert_eq!(vocabulary.term(id as u32), Some(term.as_str()));
        }
        assert_eq!(vocabulary.id("other"), None);
        assert_eq!(vocabulary.term(1000), None);
        assert!(vocabulary.iter().eq(terms.iter()));
        assert_eq!(Vocabulary::default().id("term1"), None);
    }

    #[test]
    fn ascending_terms_are_searched_until_a_table_is_worth_it() {
        let terms: Vec<String> = (0..200).map(|n| format!("é{n:03}")).collect();
        let vocabulary = Vocabulary::new(&terms).unwrap();
        assert_eq!(vocabulary.id("é007"), Some(7));
        assert!(vocabulary.lookup_index.made().is_none());
        for _ in 0..2 {
            for (id, term) in terms.iter().enumerate() {
                assert_eq!(vocabulary.id(term), Some(id as u32));
                assert_eq!(vocabulary.id(&format!("{term}x")), None);
            }
        }
        assert!(vocabulary.lookup_index.made().is_some());
        let fresh = Vocabulary::new(&terms).unwrap();
        for other in ["", "a", "é", "é1990", "z", "ü"] {
            assert_eq!(fresh.id(other), None, "{other}");
        }
        // Others have their table at once.
        let mixed = Vocabulary::new(["b", "a"]).unwrap();
        assert_eq!(
            (mixed.id("a"), mixed.id("b"), mixed.id("c")),
            (Some(1), Some(0), None)
        );
        assert!(mixed.lookup_index.made().is_some());
    }

    proptest! {
        #[test]
        fn terms_ascend_where_each_comes_after_the_one_before(
            mut terms in prop::collection::vec("[ab\0]{0,3}(abcdefgh)?[a\0é]{0,2}", 1..12),
            sorted in any::<bool>(),
        ) {
            if sorted {
                terms.sort();
            }
            let terms = terms.iter().map(String::as_bytes);
            let vocabulary = Vocabulary::from_terms(terms.clone());
            prop_assert_eq!(vocabulary.ascends(), terms.is_sorted_by(|a, b| a < b));
        }
    }

    #[test]
    fn given_terms_are_checked() {
        assert!(Vocabulary::new(["a", "b", "a"]).is_err());
        assert!(Vocabulary::new(["a", "b", "b"]).is_err());
        assert!(Vocabulary::new(Vec::<String>::new()).is_err());
    }

    #[test]
    fn hostile_parts_are_refused() {
        let good = Vocabulary::new(["ab", "é", "z"]).unwrap();
        let (bytes, offsets, _) = good.parts();
        let try_parts = |bytes: &[u8], offsets: &[u64]| {
            Vocabulary::from_parts(bytes.to_vec().into(), offsets.to_vec().into())
        };
        assert!(try_parts(bytes, offsets).is_ok());
        assert!(try_parts(bytes, &[]).is_err());
        assert!(try_parts(bytes, &[0, 4, 2, 5]).is_err());
        assert!(try_parts(bytes, &[0, 2, 3, 5]).is_err(), "inside é");
        assert!(try_parts(bytes, &[0, 2, 4, 9]).is_err());
        assert!(try_parts(&[0xFF; 5], offsets).is_err());
        // The same term twice, side by side and apart.
        assert!(try_parts(b"abab", &[0, 2, 4]).is_err());
        assert!(try_parts(b"babcba", &[0, 2, 4, 6]).is_err());
        assert!(try_parts(b"babcbb", &[0, 2, 4, 6]).is_ok());
    }
}
