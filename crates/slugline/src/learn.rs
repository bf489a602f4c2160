//! Learning a vocabulary and counting in one pass over the texts.

use rayon::prelude::*;

use crate::{
    analyze::Analyzer,
    ascending::Ascending,
    counter::Counter,
    error::{Error, Result},
    kernel,
    rows::Rows,
    vocabulary::{MAX_TERMS, Merged, TermTable, Vocabulary, merge, too_many},
};

/// The terms of some texts, numbered as they were met, and their counts: columns in any order.
struct Block {
    terms: TermTable,
    rows: Rows<u32>,
}

/// Learns the vocabulary of texts (every term, in code-point order) and counts them in one pass.
/// Runs on the current pool.
pub(crate) fn learn<S: AsRef<str> + Sync>(
    analyzer: &Analyzer,
    texts: &[S],
) -> Result<(Vocabulary, Rows<u32>)> {
    // Every block meets the frequent terms anew, so there are few of them.
    let blocks = match rayon::current_num_threads() {
        1 => 1,
        threads => threads * 2,
    };
    let blocks: Vec<Block> = texts
        .par_chunks(texts.len().div_ceil(blocks).max(1))
        .map(|texts| Block::of(analyzer, texts))
        .collect::<Result<_>>()?;

    let (tables, rows): (Vec<TermTable>, Vec<Rows<u32>>) = blocks
        .into_iter()
        .map(|block| (block.terms, block.rows))
        .unzip();
    let Merged { terms, ranks } = merge(&tables.iter().collect::<Vec<_>>());
    if terms.is_empty() {
        return Err(no_term(texts.len() as u64));
    }
    if terms.len() > MAX_TERMS {
        return Err(too_many());
    }
    let bytes = |&(table, id): &(u32, u32)| tables[table as usize].bytes(id);
    let (vocabulary, parts) = rayon::join(
        || Vocabulary::from_terms(terms.iter().map(bytes)),
        || {
            rows.into_par_iter()
                .zip(ranks)
                .map(|(rows, ranks)| ranked(rows, &ranks, terms.len()))
                .collect()
        },
    );
    Ok((vocabulary, Rows::concat(terms.len(), parts)))
}

pub(crate) fn no_term(n_documents: u64) -> Error {
    Error::EmptyVocabulary(format!(
        "{n_documents} documents hold no term; perhaps they are empty or hold only stop words"
    ))
}

impl Block {
    fn of<S: AsRef<str>>(analyzer: &Analyzer, texts: &[S]) -> Result<Self> {
        let mut terms = TermTable::default();
        let mut rows = Rows::empty(usize::MAX);
        let mut counter = Counter::default();
        for (position, text) in texts.iter().enumerate() {
            if let Some(next) = texts.get(position + 1) {
                kernel::prefetch_start(next.as_ref().as_bytes());
            }
            if !counter.learn(analyzer, &mut terms, text.as_ref()) {
                return Err(too_many());
            }
            counter.leave_row(&mut rows);
        }
        Ok(Self { terms, rows })
    }
}

/// The rows with every id replaced by its rank, in ascending order.
fn ranked(mut rows: Rows<u32>, ranks: &[u32], n_terms: usize) -> Rows<u32> {
    let mut order = Ascending::default();
    order.reserve(n_terms);
    // Only the counts of the ids in `order` mean something.
    let mut count_of = vec![0; n_terms];
    rows.for_each_row_mut(|ids, counts| {
        for (&id, &count) in ids.iter().zip(&*counts) {
            let rank = ranks[id as usize];
            count_of[rank as usize] = count;
            order.insert(rank);
        }
        let mut places = ids.iter_mut().zip(counts);
        order.drain(|rank| {
            if let Some((id, count)) = places.next() {
                (*id, *count) = (rank, count_of[rank as usize]);
            }
        });
    });
    rows
}
