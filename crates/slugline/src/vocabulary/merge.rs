//! The terms of several tables under one numbering: their rank in code-point order.

use std::cmp::Ordering;

use rayon::prelude::*;

use super::{INLINE, TermTable};

/// A term of one of the tables, with what decides its place in nearly every comparison.
struct Entry {
    first: u128,
    table: u32,
    id: u32,
}

/// The distinct terms of all tables, ascending, each by a table that has it and its id there.
pub(crate) struct Merged {
    pub(crate) terms: Vec<(u32, u32)>,
    /// For each table the rank of each of its ids.
    pub(crate) ranks: Vec<Vec<u32>>,
}

/// Puts all terms in order. Runs on the current pool.
pub(crate) fn merge(tables: &[&TermTable]) -> Merged {
    let mut entries: Vec<Entry> = tables
        .iter()
        .enumerate()
        .flat_map(|(table, terms)| {
            (0..terms.len() as u32).map(move |id| Entry {
                first: first_bytes(terms.bytes(id)),
                table: table as u32,
                id,
            })
        })
        .collect();
    let bytes = |entry: &Entry| tables[entry.table as usize].bytes(entry.id);
    let compare = |a: &Entry, b: &Entry| match a.first.cmp(&b.first) {
        Ordering::Equal if is_long(a.first) => bytes(a).cmp(bytes(b)),
        order => order,
    };
    match rayon::current_num_threads() {
        1 => entries.sort_unstable_by(compare),
        _ => entries.par_sort_unstable_by(compare),
    }

    let mut ranks: Vec<Vec<u32>> = tables.iter().map(|table| vec![0; table.len()]).collect();
    let mut terms = Vec::new();
    let mut last: Option<&Entry> = None;
    for entry in &entries {
        if last.is_none_or(|last| compare(last, entry).is_ne()) {
            terms.push((entry.table, entry.id));
        }
        ranks[entry.table as usize][entry.id as usize] = terms.len() as u32 - 1;
        last = Some(entry);
    }
    Merged { terms, ranks }
}

/// The ids of a table in the code-point order of their terms, put in order in `entries`; on this thread
/// alone.
pub(crate) fn in_order<'a>(
    table: &TermTable,
    entries: &'a mut Vec<(u128, u32)>,
) -> impl Iterator<Item = u32> + use<'a> {
    entries.clear();
    entries.extend((0..table.len() as u32).map(|id| (first_bytes(table.bytes(id)), id)));
    entries.sort_unstable_by(|a, b| match a.0.cmp(&b.0) {
        Ordering::Equal if is_long(a.0) => table.bytes(a.1).cmp(table.bytes(b.1)),
        order => order,
    });
    entries.iter().map(|&(_, id)| id)
}

/// A number that orders terms as their bytes do: the first bytes, then the length, which is the same
/// for all that are longer.
fn first_bytes(term: &[u8]) -> u128 {
    let mut bytes = [0; 16];
    let length = term.len().min(INLINE);
    bytes[..length].copy_from_slice(&term[..length]);
    bytes[INLINE] = term.len().min(INLINE + 1) as u8;
    u128::from_be_bytes(bytes)
}

/// Whether terms with the same number may still differ.
fn is_long(first: u128) -> bool {
    first as u8 as usize > INLINE
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::threads::with_threads;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn ranks_are_those_of_all_terms_sorted(
            lists in prop::collection::vec(prop::collection::vec("[ab\0é]{0,4}|a{14,17}[ab]?", 0..60), 1..5),
        ) {
            let tables: Vec<TermTable> = lists
                .iter()
                .map(|list| {
                    let mut table = TermTable::default();
                    for term in list {
                        table.insert(term.as_bytes());
                    }
                    table
                })
                .collect();
            let mut all: Vec<&[u8]> = lists.iter().flatten().map(String::as_bytes).collect();
            all.sort_unstable();
            all.dedup();
            let tables: Vec<&TermTable> = tables.iter().collect();
            for threads in [1, 2] {
                let merged = with_threads(threads, || merge(&tables)).unwrap();
                let terms: Vec<&[u8]> = merged
                    .terms
                    .iter()
                    .map(|&(table, id)| tables[table as usize].bytes(id))
                    .collect();
                prop_assert_eq!(&terms, &all);
                for (table, ranks) in tables.iter().zip(&merged.ranks) {
                    for (id, &rank) in ranks.iter().enumerate() {
                        prop_assert_eq!(table.bytes(id as u32), all[rank as usize]);
                    }
                    let in_order: Vec<u32> = in_order(table, &mut vec![(1, 1)]).collect();
                    prop_assert!(in_order.is_sorted_by_key(|&id| ranks[id as usize]));
                    prop_assert_eq!(in_order.len(), ranks.len());
                }
            }
        }
    }
}
