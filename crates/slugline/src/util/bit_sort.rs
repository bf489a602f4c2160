//! Sorting distinct ids by marking bits.

/// A set of ids below a limit, as three levels of bits. A bit of an upper level says that a word of the level
/// below is not zero, so the time to read the set depends on its size, not on the limit.
#[derive(Debug, Default, Clone)]
pub(crate) struct BitSort {
    ids: Vec<u64>,
    words: Vec<u64>,
    top: Vec<u64>,
}

impl BitSort {
    /// Makes room for ids below `limit`.
    pub(crate) fn reserve(&mut self, limit: usize) {
        if self.ids.len() * 64 < limit {
            self.ids.resize(limit.div_ceil(64), 0);
            self.words.resize(limit.div_ceil(64 * 64), 0);
            self.top.resize(limit.div_ceil(64 * 64 * 64), 0);
        }
    }

    /// Adds an id below the limit.
    #[inline(always)]
    pub(crate) fn insert(&mut self, id: u32) {
        let id = id as usize;
        self.ids[id >> 6] |= 1 << (id & 63);
        self.words[id >> 12] |= 1 << (id >> 6 & 63);
        self.top[id >> 18] |= 1 << (id >> 12 & 63);
    }

    /// Visits all ids in ascending order and leaves the set empty.
    #[inline(always)]
    pub(crate) fn drain(&mut self, mut visit: impl FnMut(u32)) {
        for top in 0..self.top.len() {
            each_bit(std::mem::take(&mut self.top[top]), |bit| {
                let word = top << 6 | bit;
                each_bit(std::mem::take(&mut self.words[word]), |bit| {
                    let ids = word << 6 | bit;
                    each_bit(std::mem::take(&mut self.ids[ids]), |bit| {
                        visit((ids << 6 | bit) as u32);
                    });
                });
            });
        }
    }
}

#[inline(always)]
fn each_bit(mut bits: u64, mut visit: impl FnMut(usize)) {
    while bits != 0 {
        visit(bits.trailing_zeros() as usize);
        bits &= bits - 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn is_sort_and_dedup(mut ids in prop::collection::vec(0_u32..700_000, 0..200), small in any::<bool>()) {
            if small {
                for id in &mut ids {
                    *id %= 70;
                }
            }
            let mut set = BitSort::default();
            for _ in 0..2 {
                set.reserve(700_000);
                for &id in &ids {
                    set.insert(id);
                }
                let mut out = Vec::new();
                set.drain(|id| out.push(id));
                ids.sort_unstable();
                ids.dedup();
                prop_assert_eq!(&out, &ids);
            }
            set.drain(|_| panic!("it was emptied"));
        }
    }
}
