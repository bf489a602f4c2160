//! Counting the words that a vocabulary has, by their ranks.

use super::{
    bag::Bag,
    batched::{LongWord, LookupBatch, WordSink},
    cached::TermIds,
    token_lists::CountIds,
};
use crate::vocabulary::{FrequencyOrder, HashedKey, SHORT, ShortSlots, Slots, Vocabulary};

/// The terms of a vocabulary under their ranks. `prefetch_row` asks for the memory of what belongs to a rank
/// that was counted, and will be used next.
#[derive(Clone, Copy)]
pub(crate) struct TermsByRank<'a, P> {
    pub(crate) vocabulary: &'a Vocabulary,
    pub(crate) ranked: &'a FrequencyOrder,
    pub(crate) prefetch_row: P,
}

impl<P> TermsByRank<'_, P> {
    /// The rank of a term of any length.
    pub(super) fn rank(&self, word: HashedKey, term: &str) -> Option<u32> {
        self.ranked.rank(self.vocabulary, word, term)
    }
}

impl<P> TermIds for TermsByRank<'_, P> {
    fn ask(&self, word: HashedKey) {
        // Nearly all words are short.
        self.ranked.short().prefetch(word.hash);
    }

    fn of(&mut self, word: HashedKey, term: &str) -> Option<u32> {
        self.rank(word, term)
    }
}

/// Counts ranks, and asks for their rows, which will be used next.
pub(super) struct PrefetchingBag<'a, P> {
    pub(super) prefetch_row: P,
    pub(super) bag: &'a mut Bag,
}

impl<P: Fn(u32)> CountIds for PrefetchingBag<'_, P> {
    #[inline(always)]
    fn grow(&mut self, n_terms: usize) {
        self.bag.grow(n_terms);
    }

    #[inline(always)]
    fn reserve(&mut self, ids: usize) {
        self.bag.reserve(ids);
    }

    #[inline(always)]
    fn ask(&self, rank: u32) {
        (self.prefetch_row)(rank);
        self.bag.prefetch(rank);
    }

    #[inline(always)]
    fn add_all(&mut self, ranks: impl Iterator<Item = u32>) {
        self.bag.add_all_reserved(ranks);
    }
}

/// Counts the words that a vocabulary has by their ranks.
pub(super) struct ByRank<'a, P> {
    pub(super) terms: TermsByRank<'a, P>,
    pub(super) short: ShortSlots<'a>,
    pub(super) long: Slots<'a>,
    pub(super) counts: PrefetchingBag<'a, P>,
}

impl<P: Fn(u32)> WordSink for ByRank<'_, P> {
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
