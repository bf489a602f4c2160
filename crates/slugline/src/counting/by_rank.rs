//! Counting the words that a vocabulary has, by their ranks.

use super::{
    bag::Bag,
    batched::{LongWord, LookupBatch, WordSink},
    cached::TermIds,
    token_lists::CountIds,
};
use crate::vocabulary::HashedKey;
use crate::{
    util::simd,
    vocabulary::{FrequencyOrder, SHORT, ShortSlots, Slots, Vocabulary},
};

/// The terms of a vocabulary under their ranks, and what belongs to each.
#[derive(Clone, Copy)]
pub(crate) struct TermsByRank<'a, T> {
    pub(crate) vocabulary: &'a Vocabulary,
    pub(crate) ranked: &'a FrequencyOrder,
    pub(crate) rows: RowsToPrefetch<'a, T>,
}

impl<T> TermsByRank<'_, T> {
    /// The rank of a term of any length.
    pub(super) fn rank(&self, word: HashedKey, term: &str) -> Option<u32> {
        self.ranked.rank(self.vocabulary, word, term)
    }
}

impl<T> TermIds for TermsByRank<'_, T> {
    fn ask(&self, word: HashedKey) {
        // Nearly all words are short.
        self.ranked.short().prefetch(word.hash);
    }

    fn of(&mut self, word: HashedKey, term: &str) -> Option<u32> {
        self.rank(word, term)
    }
}

/// Rows of the same length by rank; the ranks behind them have something else, of eight bytes each.
#[derive(Clone, Copy)]
pub(crate) struct RowsToPrefetch<'a, T> {
    pub(crate) values: &'a [T],
    pub(crate) stride: usize,
    pub(crate) others: &'a [[u32; 2]],
    /// The first of the others.
    pub(crate) first: u32,
}

impl<T> RowsToPrefetch<'_, T> {
    /// Asks for the beginning of a row, and for the line behind it where the row is longer: what
    /// follows the processor foresees.
    #[inline(always)]
    fn prefetch(self, rank: u32) {
        // Of a rank behind the last row nothing is asked: the memory there may be nobody's, and looking for
        // it takes time.
        let at = (rank as usize * self.stride).min(self.values.len());
        simd::prefetch(self.values, at);
        let a_line = 64 / size_of::<T>();
        if self.stride > a_line {
            simd::prefetch(self.values, at + a_line);
            if !self.others.is_empty() {
                simd::prefetch(self.others, rank.saturating_sub(self.first) as usize);
            }
        }
    }
}

/// Counts ranks, and asks for their rows, which will be used next.
pub(super) struct PrefetchingBag<'a, T> {
    pub(super) rows: RowsToPrefetch<'a, T>,
    pub(super) tally: &'a mut Bag,
}

impl<T: Copy> CountIds for PrefetchingBag<'_, T> {
    #[inline(always)]
    fn grow(&mut self, n_terms: usize) {
        self.tally.grow(n_terms);
    }

    #[inline(always)]
    fn reserve(&mut self, ids: usize) {
        self.tally.reserve(ids);
    }

    #[inline(always)]
    fn ask(&self, rank: u32) {
        self.rows.prefetch(rank);
        self.tally.prefetch(rank);
    }

    #[inline(always)]
    fn add_all(&mut self, ranks: impl Iterator<Item = u32>) {
        self.tally.add_all_reserved(ranks);
    }
}

/// Counts the words that a vocabulary has by their ranks.
pub(super) struct ByRank<'a, T> {
    pub(super) terms: TermsByRank<'a, T>,
    pub(super) short: ShortSlots<'a>,
    pub(super) long: Slots<'a>,
    pub(super) counts: PrefetchingBag<'a, T>,
}

impl<T: Copy> WordSink for ByRank<'_, T> {
    const LONGEST: usize = SHORT;

    #[inline(always)]
    fn ask(&self, word: HashedKey) {
        self.short.prefetch(word.hash);
    }

    #[inline(always)]
    fn take(&mut self, words: &[HashedKey]) {
        self.counts.reserve(words.len());
        let short = self.short;
        let mut ranks = [0; LookupBatch::MOST];
        let mut known = 0;
        for &HashedKey { key, hash } in words {
            if let Some(rank) = short.get(key, hash) {
                self.counts.ask(rank);
                ranks[known & (LookupBatch::MOST - 1)] = rank;
                known += 1;
            }
        }
        self.counts.add_all(ranks[..known].iter().copied());
    }

    fn ask_long(&self, word: HashedKey) {
        self.long.prefetch_whole(word.hash);
    }

    fn take_long(&mut self, words: &[LongWord], text: &str) {
        let TermsByRank {
            vocabulary, ranked, ..
        } = self.terms;
        self.counts.reserve(words.len());
        let mut ranks = [0; LookupBatch::MOST_LONG];
        let mut known = 0;
        for long in words {
            let HashedKey { key, hash } = long.word;
            let same = |rank| ranked.is(vocabulary, rank, long.of(text));
            if let Ok(rank) = self.long.find_hashed(key, hash, same) {
                self.counts.ask(rank);
                ranks[known & (LookupBatch::MOST_LONG - 1)] = rank;
                known += 1;
            }
        }
        self.counts.add_all(ranks[..known].iter().copied());
    }
}
