//! The seeds of the hash tables in memory: chosen by chance once in a process, so that nobody can choose words that
//! all lie in one place of a table. No order of a table reaches an output, so no result depends on them.

use std::{
    hash::{BuildHasher, RandomState},
    sync::{
        Once,
        atomic::{AtomicU64, Ordering},
    },
};

/// How many there are.
const SEEDS: usize = 3;

/// Zeros until they are chosen. Atomic numbers, not a cell that is asked whether it was filled: they are read for every
/// word.
static CHOSEN: [AtomicU64; SEEDS] = [const { AtomicU64::new(0) }; SEEDS];

/// Chooses the seeds, if that was not done. Whoever makes a table calls it first: then they are there when something is
/// hashed for it.
pub(crate) fn choose() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        for seed in &CHOSEN {
            // Odd, so that a multiplication by it loses nothing.
            seed.store(RandomState::new().hash_one(0_u8) | 1, Ordering::Relaxed);
        }
    });
}

/// A seed, an odd number, which is the same until the process ends.
#[inline(always)]
pub(crate) fn seed<const AT: usize>() -> u64 {
    let seed = CHOSEN[AT].load(Ordering::Relaxed);
    debug_assert!(seed != 0, "a table was to be made first");
    seed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seeds_differ_and_stay() {
        choose();
        let seeds = || [seed::<0>(), seed::<1>(), seed::<2>()];
        let [a, b, c] = seeds();
        assert!(a != b && b != c && a != c);
        choose();
        assert_eq!(seeds(), [a, b, c]);
    }
}
