//! The terms of a vocabulary as words, pairs of what the words before the last became and the last word: an
//! n-gram is found without joining its words, and without comparing any but long ones.

use super::{
    Vocabulary,
    hash_table::{KeyTable, NONE, Slots},
    pair_table::{HashedPair, PairTable},
    term_key::{HashedKey, Key},
};
use crate::util::identity::Identity;

/// Every term, and every beginning of one, has a number: a term its id, a beginning that is no term, or a word
/// that stands in terms alone, one behind them.
#[derive(Debug)]
pub(crate) struct NgramIndex {
    words: KeyTable,
    pairs: PairTable,
    /// Whether a pair begins with a number, a bit each.
    begins: Vec<u64>,
    n_terms: u32,
    /// The words that are no terms, by their numbers less `n_terms`; nothing for beginnings.
    others: Vec<Box<str>>,
    /// The identity of these numbers.
    pub(crate) identity: Identity,
}

impl NgramIndex {
    /// Of word n-grams, whose words are joined by one blank.
    pub(super) fn new(vocabulary: &Vocabulary) -> Self {
        let mut by_length: Vec<Vec<u32>> = Vec::new();
        for (id, term) in (0..).zip(vocabulary.terms()) {
            let blanks = term.iter().filter(|&&byte| byte == b' ').count();
            if by_length.len() <= blanks {
                by_length.resize_with(blanks + 1, Vec::new);
            }
            by_length[blanks].push(id);
        }
        let n_words = by_length.first().map_or(0, Vec::len);
        let mut index = Self {
            words: KeyTable::with_ample_room_for(n_words),
            pairs: PairTable::with_room_for(vocabulary.len() - n_words),
            begins: vec![0; vocabulary.len().div_ceil(64)],
            n_terms: vocabulary.len() as u32,
            others: Vec::new(),
            identity: Identity::default(),
        };
        // The shorter ones first: so a beginning that is a term has its id.
        for id in by_length.into_iter().flatten() {
            index.add(vocabulary, id);
        }
        index
    }

    fn add(&mut self, vocabulary: &Vocabulary, id: u32) {
        let term = vocabulary.term(id).unwrap_or_default();
        let Some((first, last)) = term.rsplit_once(' ') else {
            self.words.insert(Key::of(term.as_bytes()), id);
            return;
        };
        let mut words = first.split(' ');
        let Some(word) = words.next() else {
            return;
        };
        let mut number = self.word_or_new(vocabulary, word);
        for word in words {
            let word = self.word_or_new(vocabulary, word);
            number = self.pair_or_new(number, word);
        }
        let last = self.word_or_new(vocabulary, last);
        let pair = HashedPair::of(number, last);
        if let Err(free) = self.pairs.find(pair) {
            self.put(free, pair, id);
        }
    }

    fn word_or_new(&mut self, vocabulary: &Vocabulary, word: &str) -> u32 {
        let key = HashedKey::of(Key::of(word.as_bytes()));
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
                let number = self.other("");
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

    fn other(&mut self, word: &str) -> u32 {
        let number = self.n_terms + self.others.len() as u32;
        self.others.push(word.into());
        number
    }

    /// The number of a word of any length, or [`NONE`].
    pub(crate) fn word(&self, vocabulary: &Vocabulary, word: HashedKey, text: &str) -> u32 {
        let HashedKey { key, hash } = word;
        let same = |number: u32| match number.checked_sub(self.n_terms) {
            None => vocabulary.term(number) == Some(text),
            Some(other) => *self.others[other as usize] == *text,
        };
        self.words
            .slots()
            .find_hashed(key, hash, same)
            .unwrap_or(NONE)
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
