//! The hash table of model files. It is written as the format says; no look-up reads it.

use super::file_hash::hash;
use crate::util::huge_pages::Zeroed;

/// A free slot. A used one holds the upper half of the term's hash and the id.
const EMPTY: u64 = u64::MAX;

/// The table of distinct terms, numbered from 0: open addressing with linear probing, the terms put in in order, at
/// a load of at most one half.
pub(super) fn table<'a>(n: usize, terms: impl Iterator<Item = &'a [u8]>) -> Zeroed<u64> {
    let mut slots = Zeroed::of_value(EMPTY, (n * 2).next_power_of_two().max(8));
    let mut next_free = NextFree(Zeroed::new(slots.len()));
    for (id, term) in terms.enumerate() {
        let hash = hash(term);
        slots[next_free.take(hash as usize)] = (hash >> 32 << 32) | id as u64;
    }
    slots
}

/// For each slot how far away one may be that is free, 0 where it is free itself: disjoint sets with path halving,
/// so that terms that were chosen to have the same hash take no longer than others.
struct NextFree(Zeroed<u32>);

impl NextFree {
    /// The first free slot from `at` on, which is then taken.
    fn take(&mut self, at: usize) -> usize {
        let Self(far) = self;
        let last = far.len() - 1;
        let mut at = at & last;
        while far[at] != 0 {
            let to = (at + far[at] as usize) & last;
            if let Some(farther) = far[at].checked_add(far[to]) {
                far[at] = farther;
            }
            at = to;
        }
        far[at] = 1;
        at
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vocabulary::flood;

    /// The table by its definition.
    fn plain(terms: &[String]) -> Vec<u64> {
        let mut slots = vec![EMPTY; (terms.len() * 2).next_power_of_two().max(8)];
        let last = slots.len() - 1;
        for (id, term) in (0..).zip(terms) {
            let hash = hash(term.as_bytes());
            let mut at = hash as usize & last;
            while slots[at] != EMPTY {
                at = (at + 1) & last;
            }
            slots[at] = (hash >> 32 << 32) | id;
        }
        slots
    }

    #[test]
    fn is_that_of_linear_probing() {
        for n in [0, 1, 4, 5, 1000, 4096] {
            let random: Vec<String> = (0..n).map(|n| format!("w{n}")).collect();
            let flooded = flood::words_of(n, |term| hash(term) as usize & 0xFFF < 16);
            for terms in [random, flooded] {
                let found = table(n, terms.iter().map(String::as_bytes));
                assert_eq!(*found, *plain(&terms));
            }
        }
    }
}
