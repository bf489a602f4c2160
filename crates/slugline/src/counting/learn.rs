//! Learning a vocabulary in one pass over the texts, whose terms are kept as they came.

use std::sync::atomic::{AtomicBool, Ordering};

use super::{
    Counter,
    corpus::Corpus,
    token_lists::{TokenLists, TokenRecorder},
};
use crate::{
    error::{Error, Result},
    text::{AnalysisPath, Analyzer},
    util::{arena::ArenaSpan, pool::deal_out, simd},
    vocabulary::{
        LearnedNgrams, MAX_TERMS, Merged, TermTable, ThreadTerms, Vocabulary, merge, too_many,
    },
};

/// Stretches of documents for each thread: so many that all threads end at about the same time.
const STRETCHES: usize = 32;

/// The terms and documents that one thread has read; terms are numbered as they come.
struct ThreadCorpus {
    terms: TermTable,
    counter: Counter,
    reading: TokenRecorder,
    /// The stretches that it has read.
    stretches: Vec<(usize, Vec<ArenaSpan>)>,
}

/// Learns the vocabulary of texts (every term, in code-point order) and reads them. Runs on the
/// current pool.
pub(crate) fn learn<S: AsRef<str> + Sync>(analyzer: &Analyzer, texts: &[S]) -> Result<Corpus> {
    // Every thread meets the frequent terms anew, but once only.
    let size = texts
        .len()
        .div_ceil(rayon::current_num_threads() * STRETCHES)
        .max(1);
    let bytes: usize = texts.iter().map(|text| text.as_ref().len()).sum();
    let bytes = bytes / rayon::current_num_threads();
    let of_ngrams = match analyzer.path() {
        AnalysisPath::Ngrams { .. } => bytes,
        _ => 0,
    };
    let begin = || ThreadCorpus {
        terms: TermTable::for_text(bytes, of_ngrams),
        counter: Counter::learning(analyzer),
        reading: TokenRecorder::of_text(bytes, of_ngrams),
        stretches: Vec::new(),
    };
    let full = AtomicBool::new(false);
    let parts = deal_out(texts.len().div_ceil(size), begin, |part, at| {
        let stretch = &texts[at * size..texts.len().min((at + 1) * size)];
        if !full.load(Ordering::Relaxed) && !part.read(analyzer, at, stretch) {
            full.store(true, Ordering::Relaxed);
        }
    });
    if full.into_inner() {
        return Err(too_many());
    }
    let mut stretches = Vec::new();
    let mut met = Vec::with_capacity(parts.len());
    let mut documents = Vec::with_capacity(parts.len());
    let mut counters = Vec::with_capacity(parts.len());
    // Several threads have several numberings; where words are no terms, some numbers are none.
    let longest = match (analyzer.path(), analyzer.ngram_range()) {
        (AnalysisPath::Ngrams { .. }, (1, longest)) if parts.len() == 1 => Some(longest),
        _ => None,
    };
    let mut tables = None;
    for (thread, part) in parts.into_iter().enumerate() {
        let read = part.stretches.into_iter();
        stretches.extend(read.map(|(at, read)| (at, (thread, read))));
        let (frequencies, ids) = part.reading.finish();
        let (terms, words, pairs) = part.terms.into_parts();
        met.push(ThreadTerms { terms, frequencies });
        tables = longest.map(|longest| (longest, words, pairs));
        documents.push(ids);
        counters.push(part.counter);
    }
    stretches.sort_unstable_by_key(|&(at, _)| at);
    let stretches = stretches.into_iter().map(|(_, read)| read).collect();

    let Merged {
        bytes,
        offsets,
        df,
        total,
        ranks,
    } = merge(met);
    if df.is_empty() {
        return Err(no_term(texts.len() as u64));
    }
    if df.len() > MAX_TERMS {
        return Err(too_many());
    }
    let vocabulary = Vocabulary::from_arena(bytes, offsets);
    // Of n-grams, words have other numbers in the look-ups to come.
    if matches!(analyzer.path(), AnalysisPath::CachedWords { .. }) {
        for (counter, ranks) in counters.iter_mut().zip(&ranks) {
            counter.leave_learned(&vocabulary, |id| {
                Some(ranks.get(id as usize)?.load(Ordering::Relaxed))
            });
        }
    }
    drop(counters);
    if let (Some((longest, words, pairs)), Some(ranks)) = (tables, ranks.first()) {
        vocabulary.keep_learned(LearnedNgrams {
            words,
            pairs,
            ids: ranks
                .iter()
                .map(|rank| rank.load(Ordering::Relaxed))
                .collect(),
            longest,
        });
    }
    let tokens = TokenLists::new(stretches, size, documents, ranks, df.len());
    Ok(Corpus::of_tokens(vocabulary, df, total, tokens))
}

pub(crate) fn no_term(n_documents: u64) -> Error {
    let what = match n_documents {
        1 => "the only document holds no term; perhaps it is empty or holds only stop words".into(),
        n => format!("{n} documents hold no term; perhaps they are empty or hold only stop words"),
    };
    Error::EmptyVocabulary(what)
}

impl ThreadCorpus {
    /// Reads a stretch. False where the table of terms is full.
    fn read<S: AsRef<str>>(&mut self, analyzer: &Analyzer, at: usize, texts: &[S]) -> bool {
        let Self {
            terms,
            counter,
            reading,
            stretches,
        } = self;
        let mut places = Vec::with_capacity(texts.len());
        for text in simd::prefetching(texts) {
            if !reading.begin() || !counter.read(analyzer, terms, reading, text) {
                return false;
            }
            match reading.end() {
                Some(place) => places.push(place),
                None => return false,
            }
        }
        stretches.push((at, places));
        true
    }
}

#[cfg(test)]
mod tests {
    use super::{super::TermsByRank, *};
    use crate::{
        text::{AnalyzerParams, Language, StopWords},
        util::{identity::Identity, pool::with_threads},
        vocabulary::{FrequencyOrder, INLINE, Key, NO_TERM, NONE, WordCachePool},
    };
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    /// Checks what is remembered of some words: `number` says the number of a term. How many were
    /// remembered.
    fn check(
        word_caches: &WordCachePool,
        owner: [&Identity; 2],
        words: &BTreeSet<&str>,
        number: impl Fn(&str) -> Option<u32>,
    ) -> usize {
        let analyzer = analyzer();
        let mut found = 0;
        while !word_caches.is_empty() {
            let mut word_cache = word_caches.take();
            // It would be empty now if it were another's.
            word_cache.belong_to(owner);
            for word in words {
                let slots = word_cache.slots();
                let Ok(id) = slots.find(Key::of(word.as_bytes()), |_| false) else {
                    continue;
                };
                let expected = match analyzer.terms(word).first() {
                    None => NO_TERM,
                    Some(term) => number(term).unwrap_or(NONE),
                };
                assert_eq!(id, expected, "{word}");
                found += 1;
            }
        }
        found
    }

    fn analyzer() -> Analyzer {
        Analyzer::new(AnalyzerParams {
            stemmer: Some(Language::English),
            stop_words: StopWords::List(vec!["the".into(), "cats".into()]),
            ..Default::default()
        })
        .unwrap()
    }

    proptest! {
        #[test]
        fn n_grams_are_found_in_the_tables_that_learned_them(
            texts in prop::collection::vec("([a-c]{2}|running|abcdefghijklmno[a-c]{1,2}|the)( ([a-c]{2}|cats|abcdefghijklmnop)){0,9}", 1..20),
            (min, max) in prop::sample::select(vec![(1, 2), (1, 3), (2, 2)]),
            stems in any::<bool>(),
        ) {
            let mut params = AnalyzerParams { ngram_range: (min, max), ..Default::default() };
            if stems {
                params.stemmer = Some(Language::English);
                params.stop_words = StopWords::List(vec!["the".into()]);
            }
            let analyzer = Analyzer::new(params).unwrap();
            for threads in [1, 3] {
                let read = || with_threads("a test", threads, || learn(&analyzer, &texts)).unwrap();
                let Ok(Corpus { vocabulary, .. }) = read() else {
                    continue;
                };
                // The same terms, whose index is made of them.
                let anew = Vocabulary::new(vocabulary.iter()).unwrap();
                anew.ngram_index(usize::MAX);
                // One text repays what is there.
                let kept = vocabulary.ngram_index(0).is_some();
                prop_assert!(!kept || min == 1);
                prop_assert!(kept || min > 1 || threads > 1);
                let ids: Vec<u32> = (0..anew.len() as u32).rev().collect();
                let ranked = FrequencyOrder::of_ngrams(&vocabulary, ids.clone());
                let by_rank = TermsByRank { vocabulary: &vocabulary, ranked: &ranked, prefetch_row: |_| {} };
                let mut counters = [Counter::default(), Counter::default()];
                for text in texts.iter().map(String::as_str).chain(["aa", "ab ba unknown aa ab ac the cats"]) {
                    let [counter, other] = &mut counters;
                    other.count(&analyzer, &anew, text);
                    let expected: Vec<(u32, u32)> = other.pairs().collect();
                    counter.count(&analyzer, &vocabulary, text);
                    prop_assert_eq!(counter.pairs().collect::<Vec<_>>(), expected.clone());
                    let bag = counter.count_ranked(&analyzer, by_rank, text);
                    let mut pairs: Vec<_> = bag.pairs().map(|(rank, count)| (ids[rank as usize], count)).collect();
                    pairs.sort_unstable();
                    prop_assert_eq!(pairs, expected);
                }

                // Of fewer terms the index is made anew.
                let Ok(Corpus { vocabulary, .. }) = read() else {
                    continue;
                };
                let kept: Vec<u32> = (0..vocabulary.len() as u32).filter(|id| id % 3 == 0).collect();
                let selected = vocabulary.select(&kept);
                selected.ngram_index(usize::MAX);
                let anew = Vocabulary::new(selected.iter()).unwrap();
                anew.ngram_index(usize::MAX);
                let [counter, other] = &mut counters;
                for text in &texts {
                    counter.count(&analyzer, &selected, text);
                    other.count(&analyzer, &anew, text);
                    prop_assert!(counter.pairs().eq(other.pairs()));
                }
            }
        }

        #[test]
        fn what_became_of_words_is_remembered_under_every_numbering(
            texts in prop::collection::vec(
                "((cat|run|nation|fair|yes)(s|ning|al|ality|ly|ness)? |the |[a-c]{2,3}s? |abcdefghijklm[a-c]{1,4} ){0,20}",
                1..30,
            ),
        ) {
            let analyzer = analyzer();
            let words: BTreeSet<&str> = texts.iter().flat_map(|text| text.split_whitespace()).collect();
            let short = words.iter().filter(|word| word.len() <= INLINE).count();
            for threads in [1, 3] {
                let read = || with_threads("a test", threads, || learn(&analyzer, &texts)).unwrap();
                let Ok(documents) = read() else {
                    return Ok(());
                };
                let vocabulary = &documents.vocabulary;
                let owner = [analyzer.identity(), vocabulary.identity()];
                let found = check(vocabulary.word_caches(), owner, &words, |term| vocabulary.id(term));
                prop_assert!(found >= short && (threads > 1 || found == short));

                // Every third term is left out; then they are numbered by rank.
                let Ok(documents) = read() else {
                    return Ok(());
                };
                let kept: Vec<u32> = (0..documents.df.len() as u32).filter(|id| id % 3 > 0).collect();
                let vocabulary = documents.vocabulary.select(&kept);
                prop_assert!(documents.vocabulary.word_caches().is_empty());
                let ranked = FrequencyOrder::new(&vocabulary, (0..kept.len() as u32).rev().collect());
                prop_assert!(vocabulary.word_caches().is_empty());
                let rank = |term: &str| {
                    let id = vocabulary.id(term)?;
                    Some(kept.len() as u32 - 1 - id)
                };
                let found = check(ranked.word_caches(), [analyzer.identity(), ranked.identity()], &words, rank);
                prop_assert!(found >= short && (threads > 1 || found == short));
            }
        }
    }
}
