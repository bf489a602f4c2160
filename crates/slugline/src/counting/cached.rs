//! Counting words by what is remembered of them, and finding out what became of new ones.

use super::{
    ReadBuffers, TermCoverage,
    batched::{LongWord, LookupBatch, WordSink},
    token_lists::CountIds,
};
use crate::{
    text::{Analyzer, StemCache},
    vocabulary::{HashedKey, INLINE, Key, NO_TERM, NONE, WordCache},
};

/// A numbering of terms.
pub(super) trait TermIds {
    /// Asks for the memory where the search for a term will begin.
    fn ask(&self, word: HashedKey);

    /// The number of a term, which is `word` as a key.
    fn of(&mut self, word: HashedKey, term: &str) -> Option<u32>;
}

/// Counts words by their remembered numbers; a word that is not remembered is analysed, and what became of
/// it is.
struct CachedIds<'a, C, N> {
    word_cache: &'a mut WordCache,
    counts: &'a mut C,
    numbers: N,
    analyzer: &'a Analyzer,
    stems: &'a mut StemCache,
    seen: TermCoverage,
}

/// Counts the words of a text by what is remembered of them.
pub(super) fn remember_into<C: CountIds>(
    counts: &mut C,
    numbers: impl TermIds,
    analyzer: &Analyzer,
    buffers: &mut ReadBuffers,
    text: &str,
) -> TermCoverage {
    let ReadBuffers {
        scratch,
        batch,
        word_cache,
    } = buffers;
    let (words, stems) = analyzer.word_stream_and_stems(text, scratch);
    let mut sink = CachedIds {
        word_cache,
        counts,
        numbers,
        analyzer,
        stems,
        seen: TermCoverage::default(),
    };
    batch.read(words, &mut sink);
    sink.seen
}

impl<C: CountIds, N: TermIds> CachedIds<'_, C, N> {
    /// The number of a word's term, [`NONE`] or [`NO_TERM`].
    fn find_out(&mut self, word: HashedKey, text: &str) -> u32 {
        let Some(term) = self.analyzer.term_once(text, INLINE, self.stems) else {
            return NO_TERM;
        };
        let word = match *term == *text {
            true => word,
            false => HashedKey::of(Key::of(term.as_bytes())),
        };
        let Some(id) = self.numbers.of(word, &term) else {
            return NONE;
        };
        self.counts.grow(id as usize + 1);
        id
    }

    /// As [`find_out`](Self::find_out), for a short word that was not remembered before these words came.
    #[cold]
    fn first_time(&mut self, word: HashedKey) -> u32 {
        let HashedKey { key, hash } = word;
        let slots = self.word_cache.slots();
        let free = match slots.find_hashed(key, hash, |_| false) {
            // It came twice.
            Ok(id) => return id,
            Err(free) => free,
        };
        let (bytes, length) = key.bytes();
        // A key is made of a whole word, so its bytes are text.
        let text = std::str::from_utf8(&bytes[..length]).unwrap_or_default();
        let id = self.find_out(word, text);
        self.word_cache.put(free, key, id);
        id
    }

    #[inline(always)]
    fn count(&mut self, found: &FoundIds) {
        let ids = &found.ids[..found.known];
        self.counts.add_all(ids.iter().copied());
        self.seen.terms += found.terms as u64;
        self.seen.known += found.known as u64;
    }
}

impl<C: CountIds, N: TermIds> WordSink for CachedIds<'_, C, N> {
    #[inline(always)]
    fn ask(&self, word: HashedKey) {
        self.word_cache.slots().prefetch(word.hash);
    }

    #[inline(always)]
    fn take(&mut self, words: &[HashedKey]) {
        debug_assert!(words.len() <= LookupBatch::MOST);
        self.counts.reserve(words.len());
        let mut found = FoundIds::default();
        let (mut new, mut n_new) = ([0; LookupBatch::MOST], 0);
        let slots = self.word_cache.slots();
        for (at, &word) in words.iter().enumerate() {
            if let Ok(id) = slots.find_hashed(word.key, word.hash, |_| false) {
                self.counts.ask(id);
                found.add(id);
            } else {
                // Found out after the others: their terms are asked for meanwhile (5 % of a first prediction
                // on 20 Newsgroups), since about half of the new words are their own stems.
                self.numbers.ask(word);
                new[n_new & (LookupBatch::MOST - 1)] = at as u8;
                n_new += 1;
            }
        }
        for &at in &new[..n_new] {
            let id = self.first_time(words[usize::from(at)]);
            found.add(id);
        }
        self.count(&found);
    }

    fn ask_long(&self, _: HashedKey) {}

    fn take_long(&mut self, words: &[LongWord], text: &str) {
        self.counts.reserve(words.len());
        let mut found = FoundIds::default();
        for long in words {
            found.add(self.find_out(long.word, long.of(text)));
        }
        self.count(&found);
    }
}

/// The ids of some words; they are counted afterwards, when the memory for it is there.
struct FoundIds {
    ids: [u32; LookupBatch::MOST],
    known: usize,
    terms: usize,
}

impl Default for FoundIds {
    #[inline(always)]
    fn default() -> Self {
        Self {
            ids: [0; LookupBatch::MOST],
            known: 0,
            terms: 0,
        }
    }
}

impl FoundIds {
    /// Adds one of at most [`Waiting::MOST`].
    #[inline(always)]
    fn add(&mut self, id: u32) {
        // The mask tells the compiler that the place exists.
        self.ids[self.known & (LookupBatch::MOST - 1)] = id;
        self.known += usize::from(id < NO_TERM);
        self.terms += usize::from(id != NO_TERM);
    }
}
