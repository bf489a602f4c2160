//! Many look-ups in flight: the slots of some dozens of words are asked for before the first of them is
//! looked at.

use super::TermCoverage;
use crate::{
    text::{Analyzer, AnalyzerScratch, BoundaryBuffer, WordStream},
    util::{
        identity::Identity,
        simd::{self, Work},
    },
    vocabulary::{HashedKey, INLINE, Key, NO_TERM, NONE},
};

/// The ids of terms: what a word becomes.
pub(super) trait TermIds {
    /// Words of more bytes are long; at most [`INLINE`].
    const LONGEST: usize = INLINE;
    /// Whether [`of`](Self::of) learns words that [`find`](Self::find) does not know.
    const LEARNS: bool = false;

    /// The identity of the numbers, where they stay the same from one text to the next.
    fn identity(&self) -> Option<&Identity> {
        None
    }

    /// The hash of a short word, by which [`prefetch`](Self::prefetch) and [`find`](Self::find) search.
    #[inline(always)]
    fn hash(&self, key: Key) -> u64 {
        key.hash()
    }

    /// Asks for the memory where the search for a word will begin.
    fn prefetch(&self, word: HashedKey);

    /// As [`prefetch`](Self::prefetch), for a long word.
    fn prefetch_long(&self, word: HashedKey) {
        self.prefetch(word);
    }

    /// The id of a short word, if it is known at once.
    fn find(&self, word: HashedKey) -> Option<u32>;

    /// As [`prefetch`](Self::prefetch), for a word that was not found and will be learned.
    fn prefetch_new(&self, _word: HashedKey) {}

    /// The id of a term of any length, [`NONE`] or [`NO_TERM`]; learned, if need be.
    fn of(&mut self, word: HashedKey, term: &str) -> u32;

    /// Looks short words up, and counts their ids when the memory for it is there: a search that goes on where none
    /// was foretold holds up what follows. `counts` has room for them.
    #[inline(always)]
    fn count(&mut self, words: &[HashedKey], counts: &mut impl CountIds) -> TermCoverage {
        let mut found = FoundIds::default();
        let (mut new, mut n_new) = ([0; MOST], 0);
        for (at, &word) in words.iter().enumerate() {
            let id = self.find(word);
            if Self::LEARNS && id.is_none() {
                // Worked out after the others, when what it takes is there (5 % of a first prediction with
                // stems on 20 Newsgroups).
                self.prefetch_new(word);
                new[n_new & (MOST - 1)] = at as u8;
                n_new += 1;
            } else {
                let id = id.unwrap_or(NONE);
                counts.prefetch(id);
                found.add(id);
            }
        }
        for &at in &new[..n_new] {
            let word = words[usize::from(at)];
            let (bytes, length) = word.key.bytes();
            // A key is made of a whole word, so its bytes are text.
            let term = std::str::from_utf8(&bytes[..length]).unwrap_or_default();
            found.add(id_of(self, word, term, counts));
        }
        found.count(counts)
    }
}

/// What counts ids.
pub(super) trait CountIds {
    /// Ids below `n_terms` may come.
    fn grow(&mut self, n_terms: usize);

    /// Makes room for so many ids.
    fn reserve(&mut self, ids: usize);

    /// Asks for the memory of an id that will be counted, or of [`NONE`].
    fn prefetch(&self, _id: u32) {}

    /// Counts ids, for which there is room.
    fn add_all(&mut self, ids: impl Iterator<Item = u32>);
}

/// The most words that are looked up together.
pub(super) const MOST: usize = 64;
/// The most long words that are.
const MOST_LONG: usize = 32;

/// A buffer of words that were read and not looked up yet.
#[derive(Debug, Clone)]
pub(super) struct LookupBatch {
    words: [HashedKey; MOST],
    long: LongWords,
    boundaries: BoundaryBuffer,
}

impl Default for LookupBatch {
    fn default() -> Self {
        Self {
            words: [HashedKey::default(); MOST],
            long: LongWords::default(),
            boundaries: BoundaryBuffer::default(),
        }
    }
}

/// A long word that was read and not looked up yet, and its place in the text.
#[derive(Debug, Clone, Copy, Default)]
struct LongWord {
    word: HashedKey,
    start: usize,
    end: usize,
}

#[derive(Debug, Clone, Default)]
struct LongWords {
    words: [LongWord; MOST_LONG],
    len: usize,
}

impl LookupBatch {
    pub(super) fn boundaries(&mut self) -> &mut BoundaryBuffer {
        &mut self.boundaries
    }

    /// Counts all words by their ids.
    pub(super) fn count<I: TermIds, C: CountIds>(
        &mut self,
        words: WordStream<'_>,
        ids: &mut I,
        counts: &mut C,
    ) -> TermCoverage {
        let mut lookups = Lookups::new(ids, counts);
        simd::run(BatchedCount {
            words,
            batch: self,
            lookups: &mut lookups,
        });
        lookups.seen
    }

    /// Counts the terms of a text, of whatever they are made.
    pub(super) fn count_terms<I: TermIds, C: CountIds>(
        &mut self,
        analyzer: &Analyzer,
        text: &str,
        scratch: &mut AnalyzerScratch,
        ids: &mut I,
        counts: &mut C,
    ) -> TermCoverage {
        let mut lookups = Lookups::new(ids, counts);
        let (waiting, mut len) = (&mut self.words, 0);
        analyzer.for_each_term(text, scratch, |term| {
            let key = Key::of(term.as_bytes());
            // A term that is empty, or begins or ends with a zero, which no word does, might look like a free slot or
            // a shorter term.
            let ends = [term.as_bytes().first(), term.as_bytes().last()];
            let is_plain = ends.iter().all(|end| end.is_some_and(|&byte| byte != 0));
            if term.len() > I::LONGEST || !is_plain {
                lookups.count_one(HashedKey::of(key), term);
                return;
            }
            let hash = lookups.ids.hash(key);
            let word = HashedKey { key, hash };
            lookups.ids.prefetch(word);
            waiting[len & (MOST - 1)] = word;
            len += 1;
            if len == MOST {
                len = 0;
                lookups.count(waiting);
            }
        });
        lookups.count(&waiting[..len]);
        lookups.seen
    }
}

struct BatchedCount<'a, 'b, I, C> {
    words: WordStream<'a>,
    batch: &'a mut LookupBatch,
    lookups: &'a mut Lookups<'b, I, C>,
}

impl<I: TermIds, C: CountIds> Work for BatchedCount<'_, '_, I, C> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Self {
            words,
            batch,
            lookups,
        } = self;
        let LookupBatch {
            words: waiting,
            long,
            boundaries,
        } = batch;
        let mut len = 0;
        words.for_each_word(
            boundaries,
            take(words.text, waiting, &mut len, long, lookups),
        );
        lookups.count(&waiting[..len & (MOST - 1)]);
        lookups.count_long(long, words.text);
    }
}

/// Takes the place of a word in the text; looks all up when so many wait as there is room for. `len`, how many
/// wait, stays in a register.
fn take<'a, I: TermIds, C: CountIds>(
    text: &'a str,
    waiting: &'a mut [HashedKey; MOST],
    len: &'a mut usize,
    long: &'a mut LongWords,
    lookups: &'a mut Lookups<'_, I, C>,
) -> impl FnMut(usize, usize) {
    #[inline(always)]
    move |start, end| {
        if end - start > I::LONGEST {
            lookups.take_long(long, text, start, end);
            return;
        }
        let key = Key::at(text.as_bytes(), start, end - start);
        let hash = lookups.ids.hash(key);
        let word = HashedKey { key, hash };
        lookups.ids.prefetch(word);
        // The mask tells the compiler that the place exists.
        waiting[*len & (MOST - 1)] = word;
        *len += 1;
        if *len == MOST {
            *len = 0;
            lookups.count(waiting);
        }
    }
}

/// Looks words up and counts them.
pub(super) struct Lookups<'a, I, C> {
    pub(super) ids: &'a mut I,
    pub(super) counts: &'a mut C,
    pub(super) seen: TermCoverage,
}

impl<'a, I: TermIds, C: CountIds> Lookups<'a, I, C> {
    pub(super) fn new(ids: &'a mut I, counts: &'a mut C) -> Self {
        Self {
            ids,
            counts,
            seen: TermCoverage::default(),
        }
    }

    #[inline(never)]
    fn count(&mut self, words: &[HashedKey]) {
        self.counts.reserve(words.len());
        self.seen += self.ids.count(words, self.counts);
    }

    fn count_one(&mut self, word: HashedKey, term: &str) {
        self.counts.reserve(1);
        let mut found = FoundIds::default();
        found.add(id_of(self.ids, word, term, self.counts));
        self.seen += found.count(self.counts);
    }

    #[inline(never)]
    fn take_long(&mut self, long: &mut LongWords, text: &str, start: usize, end: usize) {
        let word = HashedKey::of(Key::at(text.as_bytes(), start, end - start));
        self.ids.prefetch_long(word);
        long.words[long.len] = LongWord { word, start, end };
        long.len += 1;
        if long.len == MOST_LONG {
            self.count_long(long, text);
        }
    }

    /// Counts the long words; they come before or after shorter ones that stood beside them.
    fn count_long(&mut self, long: &mut LongWords, text: &str) {
        if long.len == 0 {
            return;
        }
        self.counts.reserve(long.len);
        let mut found = FoundIds::default();
        for &LongWord { word, start, end } in &long.words[..long.len] {
            let id = id_of(self.ids, word, &text[start..end], self.counts);
            self.counts.prefetch(id);
            found.add(id);
        }
        self.seen += found.count(self.counts);
        long.len = 0;
    }
}

/// The id of a term, for which `counts` has room afterwards.
#[inline]
pub(super) fn id_of<I: TermIds + ?Sized>(
    ids: &mut I,
    word: HashedKey,
    term: &str,
    counts: &mut impl CountIds,
) -> u32 {
    let id = ids.of(word, term);
    make_room::<I>(counts, id);
    id
}

/// Makes room for the count of an id that may be new.
#[inline(always)]
pub(super) fn make_room<I: TermIds + ?Sized>(counts: &mut impl CountIds, id: u32) {
    if I::LEARNS && id < NO_TERM {
        counts.grow(id as usize + 1);
    }
}

/// The ids of some words.
pub(super) struct FoundIds {
    ids: [u32; MOST],
    known: usize,
    terms: usize,
}

impl Default for FoundIds {
    #[inline(always)]
    fn default() -> Self {
        Self {
            ids: [0; MOST],
            known: 0,
            terms: 0,
        }
    }
}

impl FoundIds {
    /// Adds one of at most [`MOST`].
    #[inline(always)]
    pub(super) fn add(&mut self, id: u32) {
        // No branch: which words are known cannot be foretold. The mask tells the compiler that the place exists.
        self.ids[self.known & (MOST - 1)] = id;
        self.known += usize::from(id < NO_TERM);
        self.terms += usize::from(id != NO_TERM);
    }

    #[inline(always)]
    pub(super) fn count(&self, counts: &mut impl CountIds) -> TermCoverage {
        counts.add_all(self.ids[..self.known].iter().copied());
        TermCoverage {
            terms: self.terms as u64,
            known: self.known as u64,
        }
    }
}
