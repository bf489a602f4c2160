//! The terms of a vocabulary as words, pairs of what the words before the last became and the last word: an
//! n-gram is found without joining its words, and without comparing any but long ones.

use super::{
    Vocabulary,
    hash_table::{KeyTable, NONE, Slots},
    pair_table::{HashedPair, PairTable},
    term_key::{HashedKey, Key},
};
use crate::util::identity::Identity;

/// Every term, and every beginning of one, has a number. Terms have the first ones, in any order; a beginning that is
/// no term, or a word that stands in terms alone, has one behind them.
#[derive(Debug)]
pub(crate) struct NgramIndex {
    words: KeyTable,
    pairs: PairTable,
    /// Whether a pair begins with a number, a bit each.
    begins: Vec<u64>,
    /// The id of each term.
    ids: Vec<u32>,
    /// The words that are no terms, by their numbers less those of the terms; nothing for beginnings.
    others: Vec<Box<[u8]>>,
    /// The identity of these numbers.
    pub(crate) identity: Identity,
}

impl NgramIndex {
    /// Of word n-grams, whose words are joined by one blank.
    pub(super) fn new(vocabulary: &Vocabulary) -> Self {
        let mut by_length: Vec<Vec<u32>> = Vec::new();
        for (id, term) in (0..).zip(vocabulary.terms()) {
            let blanks = words(term).count() - 1;
            if by_length.len() <= blanks {
                by_length.resize_with(blanks + 1, Vec::new);
            }
            by_length[blanks].push(id);
        }
        let mut by_length = by_length.into_iter();
        let words = by_length.next().unwrap_or_default();
        let mut index = Self {
            words: KeyTable::with_ample_room_for(words.len()),
            pairs: PairTable::with_room_for(vocabulary.len() - words.len()),
            begins: vec![0; vocabulary.len().div_ceil(64)],
            ids: (0..vocabulary.len() as u32).collect(),
            others: Vec::new(),
            identity: Identity::default(),
        };
        for id in words {
            index.words.insert(vocabulary.key(id), id);
        }
        // The shorter ones first: so a beginning that is a term has its id.
        for ids in by_length {
            index.add_all(vocabulary, &ids);
        }
        index
    }

    /// Of the tables that the terms were learned with, one thread's and with all single words among them: nothing is
    /// looked up again.
    pub(super) fn of_learned(learned: LearnedNgrams) -> Self {
        let LearnedNgrams {
            words,
            pairs,
            ids,
            longest,
        } = learned;
        // Nearly every word begins a pair: to find out which do takes longer than it saves.
        let begins = match longest {
            ..=2 => vec![u64::MAX; ids.len().div_ceil(64)],
            _ => pairs.firsts(ids.len()),
        };
        Self {
            words,
            pairs,
            begins,
            ids,
            others: Vec::new(),
            identity: Identity::default(),
        }
    }

    /// Adds terms of several words, some dozens at a time, so that their slots come from memory together.
    fn add_all(&mut self, vocabulary: &Vocabulary, ids: &[u32]) {
        const TOGETHER: usize = 32;
        let (mut beginning, mut number) = (&[][..], NONE);
        for ids in ids.chunks(TOGETHER) {
            let mut parts = [(&[][..], &[][..], HashedKey::default()); TOGETHER];
            for (part, &id) in parts.iter_mut().zip(ids) {
                let term = vocabulary.bytes_of(id);
                let blank = term.iter().rposition(|&byte| byte == b' ').unwrap_or(0);
                let (first, last) = (&term[..blank], &term[blank + 1..]);
                let key = HashedKey::of(Key::of(last));
                self.words.slots().prefetch(key.hash);
                *part = (first, last, key);
            }
            let mut pairs = [HashedPair::default(); TOGETHER];
            for (pair, &(first, last, key)) in pairs.iter_mut().zip(&parts[..ids.len()]) {
                // In code-point order, terms with the same beginning follow one another.
                if number == NONE || first != beginning {
                    (beginning, number) = (first, self.beginning_or_new(vocabulary, first));
                }
                *pair = HashedPair::of(number, self.word_or_new(vocabulary, last, key));
                self.pairs.prefetch(*pair);
            }
            for (&pair, &id) in pairs.iter().zip(ids) {
                if let Err(free) = self.pairs.find(pair) {
                    self.put(free, pair, id);
                }
            }
        }
    }

    fn beginning_or_new(&mut self, vocabulary: &Vocabulary, beginning: &[u8]) -> u32 {
        let mut number = NONE;
        for word in words(beginning) {
            let key = HashedKey::of(Key::of(word));
            let word = self.word_or_new(vocabulary, word, key);
            number = match number {
                NONE => word,
                number => self.pair_or_new(number, word),
            };
        }
        number
    }

    fn word_or_new(&mut self, vocabulary: &Vocabulary, word: &[u8], key: HashedKey) -> u32 {
        let known = self.word(vocabulary, key, word);
        if known != NONE {
            return known;
        }
        let number = self.other(word);
        self.words.insert(key.key, number);
        number
    }

    fn pair_or_new(&mut self, first: u32, second: u32) -> u32 {
        let pair = HashedPair::of(first, second);
        match self.pairs.find(pair) {
            Ok(number) => number,
            Err(free) => {
                let number = self.other(b"");
                self.put(free, pair, number);
                number
            }
        }
    }

    fn put(&mut self, free: usize, pair: HashedPair, number: u32) {
        let (first, _) = pair.numbers();
        let place = first as usize / 64;
        if self.begins.len() <= place {
            self.begins.resize(place + 1, 0);
        }
        self.begins[place] |= 1 << (first % 64);
        self.pairs.put(free, pair, number);
    }

    fn other(&mut self, word: &[u8]) -> u32 {
        let number = (self.ids.len() + self.others.len()) as u32;
        self.others.push(word.into());
        number
    }

    /// The number of a word of any length, or [`NONE`].
    pub(crate) fn word(&self, vocabulary: &Vocabulary, word: HashedKey, text: &[u8]) -> u32 {
        let HashedKey { key, hash } = word;
        let same = |number: u32| match self.ids.get(number as usize) {
            Some(&id) => vocabulary.bytes_of(id) == text,
            None => *self.others[number as usize - self.ids.len()] == *text,
        };
        self.words
            .slots()
            .find_hashed(key, hash, same)
            .unwrap_or(NONE)
    }

    /// The id of each term by its number; larger numbers are parts of terms alone.
    #[inline(always)]
    pub(crate) fn ids(&self) -> &[u32] {
        &self.ids
    }

    /// The numbers of short words.
    #[inline(always)]
    pub(crate) fn words(&self) -> Slots<'_> {
        self.words.slots()
    }

    /// Pairs and their numbers.
    #[inline(always)]
    pub(crate) fn pairs(&self) -> &PairTable {
        &self.pairs
    }

    /// Whether a pair begins with this number, which is not [`NONE`].
    #[inline(always)]
    pub(crate) fn begins(&self, number: u32) -> bool {
        let bits = self.begins.get(number as usize / 64).copied();
        bits.unwrap_or(0) >> (number % 64) & 1 == 1
    }
}

/// What the n-grams of a vocabulary were learned with: tables under the numbers of the first sight.
#[derive(Debug)]
pub(crate) struct LearnedNgrams {
    pub(crate) words: KeyTable,
    pub(crate) pairs: PairTable,
    /// The id of each number.
    pub(crate) ids: Vec<u32>,
    /// Words of the longest n-grams.
    pub(crate) longest: usize,
}

/// The words of a term, which are joined by one blank.
fn words(term: &[u8]) -> impl Iterator<Item = &[u8]> {
    term.split(|&byte| byte == b' ')
}
