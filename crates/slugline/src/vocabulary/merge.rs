//! The terms of several tables under one numbering: their rank in code-point order.

use std::{
    cmp::Ordering,
    ops::Range,
    sync::atomic::{AtomicU32, Ordering::Relaxed},
};

use rayon::prelude::*;

#[cfg(any(feature = "dataset", test))]
use super::builder::TermTable;
use super::{
    builder::Terms,
    frequencies::{Frequencies, Frequency},
    term_key::INLINE,
};

/// The terms that one thread has met.
pub(crate) struct ThreadTerms {
    pub(crate) terms: Terms,
    pub(crate) frequencies: Frequencies,
}

/// The distinct terms of all tables, ascending.
pub(crate) struct Merged {
    /// The terms end to end.
    pub(crate) bytes: Vec<u8>,
    /// The start of each, then the end of the last.
    pub(crate) offsets: Vec<u64>,
    /// Documents that hold each.
    pub(crate) df: Vec<u64>,
    /// How often each came.
    pub(crate) total: Vec<f64>,
    /// For each table the rank of each of its ids.
    pub(crate) ranks: Vec<Vec<AtomicU32>>,
}

/// A term of a table, with what decides its place in nearly every comparison.
type Entry = (u128, u32);
/// Pieces of the alphabet for each thread, since terms are not spread evenly over it.
const PIECES: usize = 4;

/// Puts all terms in order. Runs on the current pool.
pub(crate) fn merge(met: Vec<ThreadTerms>) -> Merged {
    let sorted: Vec<Vec<Entry>> = met
        .par_iter()
        .map(|met| {
            let mut entries = Vec::new();
            // Words that are parts of terms alone never came as terms.
            let came = |&id: &u32| met.frequencies.of(id).df > 0;
            sort(&met.terms, &mut entries, came);
            entries
        })
        .collect();
    let mut ranks: Vec<Vec<AtomicU32>> = Vec::with_capacity(met.len());
    for met in &met {
        ranks.push((0..met.terms.len()).map(|_| AtomicU32::new(0)).collect());
    }
    let pieces: Vec<AlphabetPiece> = cuts(&met, &sorted)
        .par_iter()
        .map(|ranges| AlphabetPiece::of(&met, &sorted, ranges))
        .collect();
    // To give much memory back takes a while, too.
    rayon::join(
        || {
            // The end of this loop comes before every load. Of one table, all ranks are known by now.
            if let ([entries], [ranks]) = (&*sorted, &*ranks) {
                for (rank, &(_, id)) in (0..).zip(entries) {
                    ranks[id as usize].store(rank, Relaxed);
                }
            }
            drop(sorted);
        },
        || met.into_par_iter().for_each(drop),
    );
    let firsts: Vec<u32> = pieces
        .iter()
        .scan(0, |next, piece| {
            *next += piece.df.len() as u32;
            Some(*next - piece.df.len() as u32)
        })
        .collect();
    pieces.par_iter().zip(firsts).for_each(|(piece, first)| {
        for &(table, id, rank) in &piece.members {
            // The end of this loop comes before every load.
            ranks[table as usize][id as usize].store(first + rank, Relaxed);
        }
    });
    let mut all = AlphabetPiece::joined(pieces);
    all.ends.insert(0, 0);
    Merged {
        bytes: all.bytes,
        offsets: all.ends,
        df: all.df,
        total: all.total,
        ranks,
    }
}

/// For each piece of the alphabet where it lies in each table's entries.
fn cuts(met: &[ThreadTerms], sorted: &[Vec<Entry>]) -> Vec<Vec<Range<usize>>> {
    let pieces = match rayon::current_num_threads() {
        1 => 1,
        threads => threads * PIECES,
    };
    let longest = (0..met.len()).max_by_key(|&table| sorted[table].len());
    let mut starts = vec![0; met.len()];
    let mut cuts = Vec::with_capacity(pieces);
    for piece in 1..=pieces {
        let ends: Vec<usize> = match longest {
            Some(longest) if piece < pieces && !sorted[longest].is_empty() => {
                let first = &sorted[longest][sorted[longest].len() * piece / pieces];
                let first = (&met[longest].terms, first);
                let before = |table: usize| {
                    let terms = &met[table].terms;
                    sorted[table].partition_point(|entry| compare((terms, entry), first).is_lt())
                };
                (0..met.len()).map(before).collect()
            }
            _ => sorted.iter().map(Vec::len).collect(),
        };
        let ranges = starts.iter().zip(&ends);
        cuts.push(ranges.map(|(&start, &end)| start..end).collect());
        starts = ends;
    }
    cuts
}

/// The distinct terms of a piece of the alphabet.
#[derive(Default)]
struct AlphabetPiece {
    bytes: Vec<u8>,
    ends: Vec<u64>,
    df: Vec<u64>,
    total: Vec<f64>,
    /// Table, id there and rank in this piece; nothing if there is one table alone.
    members: Vec<(u32, u32, u32)>,
}

impl AlphabetPiece {
    fn of(met: &[ThreadTerms], sorted: &[Vec<Entry>], ranges: &[Range<usize>]) -> Self {
        let mut piece = Self::default();
        // No list has more than all together.
        let least = ranges.iter().map(ExactSizeIterator::len).max().unwrap_or(0);
        piece.ends.reserve_exact(least + 1);
        piece.df.reserve_exact(least);
        piece.total.reserve_exact(least);
        if let ([met], [entries], [range]) = (met, sorted, ranges) {
            piece.take_all(met, &entries[range.clone()]);
            return piece;
        }
        let n = ranges.iter().map(ExactSizeIterator::len).sum();
        piece.members.reserve_exact(n);
        let lists = sorted.iter().zip(ranges).zip(met).zip(0..);
        let mut lists: Vec<List> = lists
            .map(|(((entries, range), met), table)| List {
                met,
                table,
                entries: &entries[range.clone()],
            })
            .collect();
        loop {
            lists.retain(|list| !list.entries.is_empty());
            let Some(least) = lists.iter().copied().reduce(List::least) else {
                return piece;
            };
            piece.take(least, &mut lists);
        }
    }

    /// Takes all terms of the only table.
    fn take_all(&mut self, met: &ThreadTerms, entries: &[Entry]) {
        /// The distance of prefetching, in terms: they were met in another order.
        const AHEAD: usize = 16;
        for (at, &entry) in entries.iter().enumerate() {
            if let Some(&(_, soon)) = entries.get(at + AHEAD) {
                met.frequencies.prefetch(soon);
                met.terms.prefetch(soon);
            }
            if let Some(&(first, soon)) = entries.get(at + AHEAD / 2)
                && is_long(first)
            {
                met.terms.prefetch_bytes(soon);
            }
            self.push_bytes(met, entry);
            let Frequency { df, total } = met.frequencies.of(entry.1);
            self.push_frequency(df, total);
        }
    }

    /// Takes the first term of `least` from all lists that have it.
    fn take(&mut self, least: List, lists: &mut [List]) {
        let Some(&(first, id)) = least.entries.first() else {
            return;
        };
        self.push_bytes(least.met, (first, id));
        let (mut all_df, mut all) = (0, 0);
        for list in lists {
            if let Some((&entry, rest)) = list.entries.split_first()
                && (list.table == least.table
                    || compare((&list.met.terms, &entry), (&least.met.terms, &(first, id))).is_eq())
            {
                let Frequency { df, total } = list.met.frequencies.of(entry.1);
                all_df += df;
                all += total;
                self.members
                    .push((list.table, entry.1, self.df.len() as u32));
                list.entries = rest;
            }
        }
        self.push_frequency(all_df, all);
    }

    #[inline(always)]
    fn push_bytes(&mut self, met: &ThreadTerms, (first, id): Entry) {
        if is_long(first) {
            self.bytes.extend_from_slice(met.terms.bytes(id));
        } else {
            // The term itself: nothing has to be fetched.
            let bytes = first.to_be_bytes();
            let length = usize::from(bytes[INLINE]);
            self.bytes.extend_from_slice(&bytes);
            self.bytes.truncate(self.bytes.len() + length - bytes.len());
        }
        self.ends.push(self.bytes.len() as u64);
    }

    #[inline(always)]
    fn push_frequency(&mut self, df: u64, total: u64) {
        self.df.push(df);
        self.total.push(total as f64);
    }

    /// One piece of all, without the members.
    fn joined(pieces: Vec<Self>) -> Self {
        let mut pieces = pieces.into_iter();
        let mut all = pieces.next().unwrap_or_default();
        all.members = Vec::new();
        let more = pieces.as_slice();
        let n = more.iter().map(|piece| piece.df.len()).sum();
        all.bytes
            .reserve_exact(more.iter().map(|piece| piece.bytes.len()).sum());
        all.ends.reserve_exact(n + 1);
        all.df.reserve_exact(n);
        all.total.reserve_exact(n);
        for piece in pieces {
            let start = all.bytes.len() as u64;
            all.bytes.extend_from_slice(&piece.bytes);
            all.ends.extend(piece.ends.iter().map(|end| start + end));
            all.df.extend_from_slice(&piece.df);
            all.total.extend_from_slice(&piece.total);
        }
        all
    }
}

/// The terms of a table that are still to come, ascending.
#[derive(Clone, Copy)]
struct List<'a> {
    met: &'a ThreadTerms,
    table: u32,
    entries: &'a [Entry],
}

impl List<'_> {
    /// The one whose first term comes first.
    #[inline(always)]
    fn least(self, other: Self) -> Self {
        match (self.entries.first(), other.entries.first()) {
            (Some(a), Some(b)) if compare((&self.met.terms, a), (&other.met.terms, b)).is_gt() => {
                other
            }
            (None, _) => other,
            _ => self,
        }
    }
}

/// The order of two terms, each with its table.
#[inline(always)]
fn compare(a: (&Terms, &Entry), b: (&Terms, &Entry)) -> Ordering {
    let ((table_a, &(first_a, a)), (table_b, &(first_b, b))) = (a, b);
    match first_a.cmp(&first_b) {
        Ordering::Equal if is_long(first_a) => table_a.bytes(a).cmp(table_b.bytes(b)),
        order => order,
    }
}

/// The ids of a table in the code-point order of their terms, put in order in `entries`; on this thread
/// alone.
#[cfg(any(feature = "dataset", test))]
pub(crate) fn in_order<'a>(
    table: &TermTable,
    entries: &'a mut Vec<Entry>,
) -> impl Iterator<Item = u32> + use<'a> {
    sort(table.terms(), entries, |_| true);
    entries.iter().map(|&(_, id)| id)
}

/// Puts the ids of the `chosen` terms in order.
fn sort(table: &Terms, entries: &mut Vec<Entry>, chosen: impl Fn(&u32) -> bool) {
    entries.clear();
    let ids = (0..table.len() as u32).filter(chosen);
    entries.extend(ids.map(|id| (first_bytes(table, id), id)));
    entries.sort_unstable_by(|a, b| compare((table, a), (table, b)));
}

/// A number that orders terms as their bytes do: the first bytes, then the length, which is the same
/// for all that are longer.
#[inline(always)]
fn first_bytes(table: &Terms, id: u32) -> u128 {
    let (length, key) = table.length_and_key(id);
    let (bytes, _) = key.bytes();
    let first = u128::from_be_bytes(bytes) & !0xFF;
    first | length.min(INLINE + 1) as u128
}

/// Whether terms with the same number may still differ.
fn is_long(first: u128) -> bool {
    first as u8 as usize > INLINE
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::util::pool::with_threads;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn ranks_are_those_of_all_terms_sorted(
            lists in prop::collection::vec(prop::collection::vec("[ab\0é]{0,4}|a{14,17}[ab]?", 0..60), 1..5),
        ) {
            let mut all: Vec<&[u8]> = lists.iter().flatten().map(String::as_bytes).collect();
            all.sort_unstable();
            let every = all.clone();
            all.dedup();
            for threads in [1, 2] {
                // Each list is a document of its table.
                let met: Vec<ThreadTerms> = lists
                    .iter()
                    .map(|list| {
                        let mut terms = TermTable::default();
                        let mut counts = Vec::new();
                        for term in list {
                            let id = terms.insert(term.as_bytes()).unwrap() as usize;
                            counts.resize(terms.len(), 0);
                            counts[id] += 1;
                        }
                        ThreadTerms { terms: terms.into_parts().0, frequencies: Frequencies::of_document(&counts) }
                    })
                    .collect();
                let tables: Vec<Terms> = met.iter().map(|met| met.terms.clone()).collect();
                let merged = with_threads("a test", threads, || merge(met)).unwrap();
                let terms: Vec<&[u8]> = merged
                    .offsets
                    .windows(2)
                    .map(|ends| &merged.bytes[ends[0] as usize..ends[1] as usize])
                    .collect();
                prop_assert_eq!(&terms, &all);
                for (term, (&df, &total)) in all.iter().zip(merged.df.iter().zip(&merged.total)) {
                    let holds = |list: &&Vec<String>| list.iter().any(|other| other.as_bytes() == *term);
                    prop_assert_eq!(df as usize, lists.iter().filter(holds).count());
                    prop_assert_eq!(total as usize, every.iter().filter(|other| *other == term).count());
                }
                for (table, ranks) in tables.iter().zip(&merged.ranks) {
                    let rank = |id: u32| ranks[id as usize].load(Relaxed);
                    for id in 0..table.len() as u32 {
                        prop_assert_eq!(table.bytes(id), all[rank(id) as usize]);
                    }
                    let mut again = TermTable::default();
                    for id in 0..table.len() as u32 {
                        again.insert(table.bytes(id));
                    }
                    let in_order: Vec<u32> = in_order(&again, &mut vec![(1, 1)]).collect();
                    prop_assert!(in_order.is_sorted_by_key(|&id| rank(id)));
                    prop_assert_eq!(in_order.len(), table.len());
                }
            }
        }
    }
}
