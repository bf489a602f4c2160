//! How often one document holds each term.

mod ascii;
mod bag;
mod batched;
mod cached;
mod corpus;
mod learn;
mod ngrams;
mod pruning;
mod term_ids;
mod token_lists;
mod without_terms;

pub(crate) use bag::Bag;
pub(crate) use corpus::{Corpus, CorpusCounts};
pub(crate) use learn::learn;
#[cfg(feature = "dataset")]
pub(crate) use learn::no_term;
#[cfg(feature = "dataset")]
pub(crate) use pruning::none_left;
pub use pruning::{DocumentFrequency, Pruning};
pub(crate) use pruning::{document_frequency, totals};
pub(crate) use term_ids::TermsByRank;
pub(crate) use token_lists::TokenRecorder;
pub(crate) use without_terms::TermFilter;

use std::{iter, ops::AddAssign};

use crate::{
    text::{AnalysisPath, Analyzer, AnalyzerScratch},
    util::identity::Identity,
    vocabulary::{TermTable, Vocabulary, WordCache, WordCachePool},
};
use ascii::AsciiBatch;
use batched::{CountIds, LookupBatch, TermIds};
use cached::CachedIds;
use ngrams::{NgramBatch, NgramIds};
use term_ids::{ById, ByRank, KnownNgrams, NewTerms, PrefetchingBag, Renumbered};

/// How many terms a document has, repeats included.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TermCoverage {
    pub(crate) terms: u64,
    /// Those of them that are known.
    pub(crate) known: u64,
}

impl TermCoverage {
    /// The part of the terms that is known; 0 where there are none.
    pub(crate) fn coverage(self) -> f64 {
        match self.terms {
            0 => 0.0,
            all => self.known as f64 / all as f64,
        }
    }
}

/// Term counts of one document at a time, without allocation after warm-up.
#[derive(Debug, Default, Clone)]
pub(crate) struct Counter {
    buffers: ReadBuffers,
    bag: Bag,
}

impl AddAssign for TermCoverage {
    #[inline(always)]
    fn add_assign(&mut self, more: Self) {
        self.terms += more.terms;
        self.known += more.known;
    }
}

/// The buffers for reading a text.
#[derive(Debug, Default, Clone)]
struct ReadBuffers {
    scratch: AnalyzerScratch,
    batch: LookupBatch,
    /// Made when it is needed.
    ascii: Option<Box<AsciiBatch>>,
    ngrams: NgramBatch,
    word_cache: WordCache,
}

impl Counter {
    /// A counter that remembers what others found out about words, if they have left it.
    pub(crate) fn with_word_cache_of(word_caches: &WordCachePool) -> Self {
        let mut counter = Self::default();
        counter.buffers.word_cache = word_caches.take();
        counter
    }

    /// The buffers of the analyzer; they hold no counts.
    pub(crate) fn scratch(&mut self) -> &mut AnalyzerScratch {
        &mut self.buffers.scratch
    }

    /// Leaves what was found out about words to the next counter.
    pub(crate) fn return_word_cache(&mut self, word_caches: &WordCachePool) {
        word_caches.leave(std::mem::take(&mut self.buffers.word_cache));
    }

    /// A counter that learns terms, and [leaves](Self::leave_learned) what it found out about words to those
    /// who look them up later.
    pub(crate) fn learning(analyzer: &Analyzer) -> Self {
        let mut counter = Self::default();
        counter
            .buffers
            .word_cache
            .belong_to([analyzer.identity(), &Identity::default()]);
        counter
    }

    /// Leaves what was found out to the vocabulary that the terms became part of; `id` says under which
    /// number.
    pub(crate) fn leave_learned(
        &mut self,
        vocabulary: &Vocabulary,
        id: impl Fn(u32) -> Option<u32>,
    ) {
        self.buffers.word_cache.renumber(vocabulary.identity(), id);
        self.return_word_cache(vocabulary.word_caches());
    }

    /// Counts the known terms of a text; ids ascend in [`pairs`](Self::pairs) afterwards.
    pub(crate) fn count(&mut self, analyzer: &Analyzer, vocabulary: &Vocabulary, text: &str) {
        self.count_unsorted(analyzer, vocabulary, text);
        self.bag.sort();
    }

    /// Puts the ids, ascending, and the counts of the known terms of a text into these buffers.
    pub(crate) fn count_into(
        &mut self,
        analyzer: &Analyzer,
        vocabulary: &Vocabulary,
        text: &str,
        ids: &mut Vec<u32>,
        counts: &mut Vec<f64>,
    ) -> TermCoverage {
        let seen = self.count_unsorted(analyzer, vocabulary, text);
        self.bag.drain_sorted(ids, counts);
        seen
    }

    fn count_unsorted(
        &mut self,
        analyzer: &Analyzer,
        vocabulary: &Vocabulary,
        text: &str,
    ) -> TermCoverage {
        let Self { buffers, bag } = self;
        bag.clear(vocabulary.len());
        let work = text.len().saturating_mul(analyzer.terms_per_word());
        if let AnalysisPath::Ngrams { .. } = analyzer.path() {
            if let Some(index) = vocabulary.ngram_index(work) {
                let mut ids = KnownNgrams::new(vocabulary, index);
                let mut counts = Renumbered {
                    new: index.ids(),
                    counts: bag,
                };
                return buffers.count_ngrams(analyzer, text, &mut ids, &mut counts);
            }
        } else if let Some(table) = vocabulary.lookup_index(work) {
            return buffers.count(analyzer, text, 0, &mut ById::new(vocabulary, table), bag);
        }
        let mut seen = TermCoverage::default();
        analyzer.for_each_term(text, &mut buffers.scratch, |term| {
            seen.terms += 1;
            if let Some(id) = vocabulary.counted_id(term) {
                bag.reserve(1);
                bag.add_all(iter::once(id));
                seen.known += 1;
            }
        });
        seen
    }

    /// Counts the known terms of a text by their ranks, and asks for their rows, which will be used next.
    pub(crate) fn count_ranked<P: Fn(u32) + Copy>(
        &mut self,
        analyzer: &Analyzer,
        terms: TermsByRank<'_, P>,
        text: &str,
    ) -> &mut Bag {
        let Self { buffers, bag } = self;
        bag.clear(terms.ranked.len());
        let mut ranks = ByRank::new(&terms);
        let prefetch_row = terms.prefetch_row;
        let mut read = 0;
        if let AnalysisPath::Words { min_chars } = analyzer.path() {
            let fold = analyzer.ascii_fold(min_chars);
            let ascii = buffers.ascii.get_or_insert_default();
            read = ascii.count(text, fold, &ranks, prefetch_row, bag);
            if read == text.len() {
                return bag;
            }
        }
        let mut counts = PrefetchingBag {
            prefetch_row,
            bag,
            n_ranks: ranks.len() as u32,
        };
        if let (AnalysisPath::Ngrams { .. }, Some(index)) =
            (analyzer.path(), terms.vocabulary.ngram_index(usize::MAX))
        {
            let mut ids = KnownNgrams::new(terms.vocabulary, index);
            let mut counts = Renumbered {
                new: terms.ranked.ranks(),
                counts: &mut counts,
            };
            buffers.count_ngrams(analyzer, text, &mut ids, &mut counts);
        } else {
            buffers.count(analyzer, text, read, &mut ranks, &mut counts);
        }
        counts.bag
    }

    /// Before learning into another table, or one that was emptied: what was found out about words is
    /// forgotten.
    #[cfg(feature = "dataset")]
    pub(crate) fn begin_anew(&mut self) {
        self.buffers.word_cache = WordCache::default();
    }

    /// Counts the terms of a text, adding those that `table` does not have; ids come in no order.
    /// False where the table is full. A counter learns into one table, until it
    /// [begins anew](Self::begin_anew).
    #[cfg(any(feature = "dataset", test))]
    pub(crate) fn learn(&mut self, analyzer: &Analyzer, table: &mut TermTable, text: &str) -> bool {
        self.bag.clear(0);
        let mut terms = NewTerms { table, full: false };
        let Self { buffers, bag } = self;
        buffers.learn(analyzer, text, &mut terms, bag);
        !terms.full
    }

    /// As [`learn`](Self::learn), but the terms go to `reading` as they come.
    pub(crate) fn read(
        &mut self,
        analyzer: &Analyzer,
        table: &mut TermTable,
        reading: &mut TokenRecorder,
        text: &str,
    ) -> bool {
        let mut terms = NewTerms { table, full: false };
        self.buffers.learn(analyzer, text, &mut terms, reading);
        !terms.full
    }

    /// The (id, count) pairs of the last document.
    pub(crate) fn pairs(&self) -> impl Iterator<Item = (u32, u32)> {
        self.bag.pairs()
    }
}

/// Makes the tables for looking terms up, where so many bytes of words repay it.
pub(crate) fn prepare_lookups(analyzer: &Analyzer, vocabulary: &Vocabulary, bytes: usize) {
    match analyzer.path() {
        AnalysisPath::Ngrams { .. } => _ = vocabulary.ngram_index(bytes),
        _ => _ = vocabulary.lookup_index(bytes),
    }
}

impl ReadBuffers {
    /// Counts the terms of a text by their ids; words of its first bytes have been `read`, perhaps.
    fn count<I: TermIds, C: CountIds>(
        &mut self,
        analyzer: &Analyzer,
        text: &str,
        read: usize,
        ids: &mut I,
        counts: &mut C,
    ) -> TermCoverage {
        let Self {
            scratch,
            batch,
            word_cache,
            ..
        } = self;
        match analyzer.path() {
            AnalysisPath::Words { min_chars } => {
                let (words, _) = analyzer.words(text, min_chars, scratch);
                batch.count(words.after(read), ids, counts)
            }
            AnalysisPath::CachedWords { min_chars } => {
                let (words, stems) = analyzer.words(text, min_chars, scratch);
                let mut ids = CachedIds::new(word_cache, ids, analyzer, stems);
                batch.count(words, &mut ids, counts)
            }
            AnalysisPath::Ngrams { .. } | AnalysisPath::Terms => {
                batch.count_terms(analyzer, text, scratch, ids, counts)
            }
        }
    }

    /// As [`count`](Self::count), and n-grams of words by their words.
    fn learn<C: CountIds>(
        &mut self,
        analyzer: &Analyzer,
        text: &str,
        terms: &mut NewTerms<'_>,
        counts: &mut C,
    ) {
        match analyzer.path() {
            AnalysisPath::Ngrams { .. } => self.count_ngrams(analyzer, text, terms, counts),
            _ => self.count(analyzer, text, 0, terms, counts),
        };
    }

    /// Counts the n-grams of words of a text. Only for [`AnalysisPath::Ngrams`].
    fn count_ngrams<I: NgramIds, C: CountIds>(
        &mut self,
        analyzer: &Analyzer,
        text: &str,
        ids: &mut I,
        counts: &mut C,
    ) -> TermCoverage {
        let AnalysisPath::Ngrams { min_chars } = analyzer.path() else {
            return TermCoverage::default();
        };
        let Self {
            scratch,
            batch,
            ngrams,
            word_cache,
            ..
        } = self;
        let range = analyzer.ngram_range();
        let (words, stems) = analyzer.words(text, min_chars, scratch);
        let boundaries = batch.boundaries();
        if analyzer.keeps_words() {
            return ngrams.count(words, boundaries, range, ids, counts);
        }
        let mut ids = CachedIds::new(word_cache, ids, analyzer, stems);
        ngrams.count(words, boundaries, range, &mut ids, counts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        text::{AnalyzerParams, Language, StopWords, StripAccents, Unit, Words},
        vocabulary::FrequencyOrder,
    };
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    fn analyzers() -> Vec<Analyzer> {
        let plain = AnalyzerParams::default;
        let stops = StopWords::Language("english".into());
        [
            plain(),
            AnalyzerParams {
                lowercase: false,
                ..plain()
            },
            AnalyzerParams {
                strip_accents: Some(StripAccents::Unicode),
                ..plain()
            },
            AnalyzerParams {
                stop_words: stops.clone(),
                ..plain()
            },
            AnalyzerParams {
                stop_words: stops.clone(),
                stemmer: Some(Language::English),
                ..plain()
            },
            AnalyzerParams {
                ngram_range: (1, 2),
                words: Words::Pattern(r"\b\w+\b".into()),
                ..plain()
            },
            AnalyzerParams {
                ngram_range: (2, 4),
                ..plain()
            },
            AnalyzerParams {
                ngram_range: (1, 3),
                stop_words: stops,
                stemmer: Some(Language::English),
                ..plain()
            },
            AnalyzerParams {
                analyzer: Unit::CharWb,
                ngram_range: (1, 4),
                ..plain()
            },
            // Some terms are empty.
            AnalyzerParams {
                words: Words::Pattern("[a-z]*".into()),
                ..plain()
            },
        ]
        .map(|params| Analyzer::new(params).unwrap())
        .to_vec()
    }

    /// Term by term, with nothing remembered.
    fn reference(analyzer: &Analyzer, vocabulary: &Vocabulary, text: &str) -> Vec<(u32, u32)> {
        let mut counts = BTreeMap::new();
        for term in analyzer.terms(text) {
            if let Some(id) = vocabulary.iter().position(|known| known == term) {
                *counts.entry(id as u32).or_insert(0) += 1;
            }
        }
        counts.into_iter().collect()
    }

    proptest! {
        #[test]
        fn quick_and_slow_ways_agree(
            texts in prop::collection::vec(
                "(\\PC{0,6}|THE|cats? |running|[a-z]{1,3}|[é中Σσ\u{301}İ]{1,3}|[a-f]{12,18}| |_){0,60}",
                1..5,
            ),
        ) {
            for analyzer in analyzers() {
                let mut terms: Vec<String> = texts.iter().flat_map(|text| analyzer.terms(text)).collect();
                terms.sort_unstable();
                terms.dedup();
                let learned = terms.clone();
                // Every third term is not known, words of known n-grams among them.
                terms = terms.into_iter().enumerate().filter(|(n, _)| n % 3 > 0).map(|(_, term)| term).collect();
                let mut counter = Counter::default();
                let mut learner = Counter::default();
                let mut table = TermTable::default();
                for text in &texts {
                    prop_assert!(learner.learn(&analyzer, &mut table, text));
                }
                let mut found: Vec<&[u8]> = (0..table.len() as u32).map(|id| table.bytes(id)).collect();
                if analyzer.params().ngram_range.0 > 1 {
                    // Their words are there, too.
                    found.retain(|term| term.contains(&b' '));
                }
                found.sort_unstable();
                prop_assert_eq!(found, learned.iter().map(String::as_bytes).collect::<Vec<_>>());
                let Ok(vocabulary) = Vocabulary::new(&terms) else {
                    continue;
                };
                let ids = (0..vocabulary.len() as u32).rev().collect();
                let order = match analyzer.path() {
                    AnalysisPath::Ngrams { .. } => FrequencyOrder::of_ngrams(&vocabulary, ids),
                    _ => FrequencyOrder::new(&vocabulary, ids),
                };
                let by_rank = TermsByRank { vocabulary: &vocabulary, ranked: &order, prefetch_row: |_| {} };
                for made in [false, true, true] {
                    if made {
                        vocabulary.lookup_index(usize::MAX);
                        vocabulary.ngram_index(usize::MAX);
                    }
                    for text in &texts {
                        let expected = reference(&analyzer, &vocabulary, text);
                        counter.count(&analyzer, &vocabulary, text);
                        prop_assert_eq!(counter.pairs().collect::<Vec<_>>(), expected.clone());
                        let (mut ids, mut counts) = (vec![9], vec![]);
                        let seen = counter.count_into(&analyzer, &vocabulary, text, &mut ids, &mut counts);
                        let pairs = ids.iter().copied().zip(counts.iter().map(|&count| count as u32));
                        prop_assert_eq!(pairs.collect::<Vec<_>>(), expected.clone());
                        prop_assert_eq!(seen.known, expected.iter().map(|&(_, count)| u64::from(count)).sum::<u64>());
                        prop_assert_eq!(seen.terms, analyzer.terms(text).len() as u64);
                        let bag = counter.count_ranked(&analyzer, by_rank, text);
                        let mut pairs: Vec<_> = bag.pairs().map(|(rank, count)| (order.id(rank), count)).collect();
                        pairs.sort_unstable();
                        prop_assert_eq!(pairs, expected);
                    }
                }
            }
        }
    }
}
