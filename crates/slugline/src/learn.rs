//! Learning a vocabulary in one pass over the texts, whose terms are kept as they came.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::{
    analyze::Analyzer,
    counter::Counter,
    documents::Documents,
    error::{Error, Result},
    kernel,
    segments::Place,
    threads::deal_out,
    tokens::{Reading, Tokens},
    vocabulary::{MAX_TERMS, Merged, Met, TermTable, Vocabulary, merge, too_many},
};

/// Stretches of documents for each thread: so many that all threads end at about the same time.
const STRETCHES: usize = 32;

/// What one thread meets: terms, numbered as they come, and documents.
struct Part {
    terms: TermTable,
    counter: Counter,
    reading: Reading,
    /// The stretches that it has read.
    stretches: Vec<(usize, Vec<Place>)>,
}

/// Learns the vocabulary of texts (every term, in code-point order) and reads them. Runs on the
/// current pool.
pub(crate) fn learn<S: AsRef<str> + Sync>(analyzer: &Analyzer, texts: &[S]) -> Result<Documents> {
    // Every thread meets the frequent terms anew, but once only.
    let size = texts
        .len()
        .div_ceil(rayon::current_num_threads() * STRETCHES)
        .max(1);
    let bytes: usize = texts.iter().map(|text| text.as_ref().len()).sum();
    let bytes = bytes / rayon::current_num_threads();
    let begin = || Part {
        terms: TermTable::for_text(bytes),
        counter: Counter::default(),
        reading: Reading::of_text(bytes),
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
    for (thread, part) in parts.into_iter().enumerate() {
        let read = part.stretches.into_iter();
        stretches.extend(read.map(|(at, read)| (at, (thread, read))));
        let (frequencies, ids) = part.reading.finish();
        met.push(Met {
            terms: part.terms.into_terms(),
            frequencies,
        });
        documents.push(ids);
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
    let tokens = Tokens::new(stretches, size, documents, ranks, df.len());
    let vocabulary = Vocabulary::from_arena(bytes, offsets);
    Ok(Documents::of_tokens(vocabulary, df, total, tokens))
}

pub(crate) fn no_term(n_documents: u64) -> Error {
    Error::EmptyVocabulary(format!(
        "{n_documents} documents hold no term; perhaps they are empty or hold only stop words"
    ))
}

impl Part {
    /// Reads a stretch. False where the table of terms is full.
    fn read<S: AsRef<str>>(&mut self, analyzer: &Analyzer, at: usize, texts: &[S]) -> bool {
        let Self {
            terms,
            counter,
            reading,
            stretches,
        } = self;
        let mut places = Vec::with_capacity(texts.len());
        for (position, text) in texts.iter().enumerate() {
            if let Some(next) = texts.get(position + 1) {
                kernel::prefetch_start(next.as_ref().as_bytes());
            }
            if !reading.begin() || !counter.read(analyzer, terms, reading, text.as_ref()) {
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
