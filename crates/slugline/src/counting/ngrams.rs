//! n-grams of words by the numbers of their words: each is looked up as the n-gram before its last word, and
//! that word. No word is joined to another, and many look-ups are in flight.

use super::{
    TermCoverage,
    batched::{CountIds, FoundIds, Lookups, MOST, TermIds, id_of, make_room},
};
use crate::{
    text::{BoundaryBuffer, WordStream},
    util::simd::{self, Work},
    vocabulary::{HashedKey, HashedPair, Key, NO_TERM, NONE},
};

/// The numbers of n-grams.
pub(super) trait NgramIds: TermIds {
    /// Numbers from this one on are parts of terms alone.
    fn n_terms(&self) -> u32;

    /// Whether there may be an n-gram that begins with this number, which is below [`NO_TERM`].
    #[inline(always)]
    fn may_begin(&self, _number: u32) -> bool {
        true
    }

    /// Asks for the memory where the search for a pair will begin.
    fn prefetch_pair(&self, pair: HashedPair);

    /// The number of a pair, or [`NONE`]; learned, if need be.
    fn of_pair(&mut self, pair: HashedPair) -> u32;
}

/// A word that was read and not looked up yet, and its place in the text.
#[derive(Debug, Clone, Copy, Default)]
struct ReadWord {
    key: HashedKey,
    start: usize,
    end: usize,
}

/// Buffers for the words of a text.
#[derive(Debug, Clone)]
pub(super) struct NgramBatch {
    waiting: [ReadWord; MOST],
    /// The words that became something, in order: their numbers.
    words: Vec<u32>,
    /// The number of the n-gram that begins at each word.
    ngrams: Vec<u32>,
}

impl Default for NgramBatch {
    fn default() -> Self {
        Self {
            waiting: [ReadWord::default(); MOST],
            words: Vec::new(),
            ngrams: Vec::new(),
        }
    }
}

impl NgramBatch {
    /// Counts the n-grams of all words, from the shortest to the longest of `range`.
    pub(super) fn count<I: NgramIds, C: CountIds>(
        &mut self,
        stream: WordStream<'_>,
        boundaries: &mut BoundaryBuffer,
        (min, max): (usize, usize),
        ids: &mut I,
        counts: &mut C,
    ) -> TermCoverage {
        let Self {
            waiting,
            words,
            ngrams,
        } = self;
        words.clear();
        simd::run(ReadWords {
            stream,
            boundaries,
            waiting,
            found: FindWords { ids, counts, words },
        });
        let mut lookups = Lookups::new(ids, counts);
        if min == 1 {
            lookups.count_words(words);
        }
        ngrams.clone_from(words);
        for n in 2..=max.min(words.len()) {
            ngrams.truncate(words.len() + 1 - n);
            if min <= n {
                lookups.lengthen::<true>(ngrams, &words[n - 1..]);
            } else {
                lookups.lengthen::<false>(ngrams, &words[n - 1..]);
            }
        }
        lookups.seen
    }
}

/// Reads the words of a text.
struct ReadWords<'a, 'b, I, C> {
    stream: WordStream<'a>,
    boundaries: &'a mut BoundaryBuffer,
    waiting: &'a mut [ReadWord; MOST],
    found: FindWords<'b, I, C>,
}

/// Looks words up, and keeps their numbers.
struct FindWords<'a, I, C> {
    ids: &'a mut I,
    counts: &'a mut C,
    words: &'a mut Vec<u32>,
}

impl<I: NgramIds, C: CountIds> Work for ReadWords<'_, '_, I, C> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Self {
            stream,
            boundaries,
            waiting,
            mut found,
        } = self;
        let mut len = 0;
        let take = take(stream.text, waiting, &mut len, &mut found);
        stream.for_each_word(boundaries, take);
        found.find(&waiting[..len & (MOST - 1)], stream.text);
    }
}

/// Takes the place of a word in the text; looks all up when so many wait as there is room for.
fn take<'a, I: NgramIds, C: CountIds>(
    text: &'a str,
    waiting: &'a mut [ReadWord; MOST],
    len: &'a mut usize,
    found: &'a mut FindWords<'_, I, C>,
) -> impl FnMut(usize, usize) {
    #[inline(always)]
    move |start, end| {
        let key = HashedKey::of(Key::at(text.as_bytes(), start, end - start));
        found.ids.prefetch(key);
        // The mask tells the compiler that the place exists.
        waiting[*len & (MOST - 1)] = ReadWord { key, start, end };
        *len += 1;
        if *len == MOST {
            *len = 0;
            found.find(waiting, text);
        }
    }
}

impl<I: NgramIds, C: CountIds> FindWords<'_, I, C> {
    #[inline(never)]
    fn find(&mut self, waiting: &[ReadWord], text: &str) {
        for &ReadWord { key, start, end } in waiting {
            let known = match end - start > I::LONGEST {
                true => None,
                false => self.ids.find(key),
            };
            let number = match known {
                Some(number) => number,
                None if I::LEARNS || end - start > I::LONGEST => {
                    id_of(self.ids, key, &text[start..end], self.counts)
                }
                None => NONE,
            };
            if number != NO_TERM {
                self.words.push(number);
            }
        }
    }
}

impl<I: NgramIds, C: CountIds> Lookups<'_, I, C> {
    /// Counts single words.
    fn count_words(&mut self, words: &[u32]) {
        for some in words.chunks(MOST) {
            let mut found = FoundIds::default();
            for &number in some {
                self.found(number, &mut found);
            }
            self.count_found(&found);
        }
    }

    /// Puts in the place of each n-gram the one that is a word longer; `last` holds the word after each.
    fn lengthen<const COUNT: bool>(&mut self, ngrams: &mut [u32], last: &[u32]) {
        for (ngrams, last) in ngrams.chunks_mut(MOST).zip(last.chunks(MOST)) {
            let mut pairs = [HashedPair::default(); MOST];
            let (mut places, mut n) = ([0_u8; MOST], 0);
            for (at, (ngram, &word)) in ngrams.iter_mut().zip(last).enumerate() {
                if (*ngram).max(word) < NO_TERM && self.ids.may_begin(*ngram) {
                    let pair = HashedPair::of(*ngram, word);
                    self.ids.prefetch_pair(pair);
                    (pairs[n & (MOST - 1)], places[n & (MOST - 1)]) = (pair, at as u8);
                    n += 1;
                }
                *ngram = NONE;
            }
            let mut found = FoundIds::default();
            for (&pair, &at) in pairs[..n].iter().zip(&places) {
                let number = self.ids.of_pair(pair);
                make_room::<I>(self.counts, number);
                ngrams[usize::from(at)] = number;
                if COUNT {
                    self.found(number, &mut found);
                }
            }
            if COUNT {
                self.count_found(&found);
                self.seen.terms += (ngrams.len() - n) as u64;
            }
        }
    }

    /// Adds a number to those that are counted together: a part of terms alone is no term.
    #[inline(always)]
    fn found(&self, number: u32, found: &mut FoundIds) {
        let id = if number < self.ids.n_terms() {
            number
        } else {
            NONE
        };
        self.counts.prefetch(id);
        found.add(id);
    }

    fn count_found(&mut self, found: &FoundIds) {
        self.counts.reserve(MOST);
        self.seen += found.count(self.counts);
    }
}
