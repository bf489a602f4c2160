//! An open-addressing table from terms to ids over one arena of bytes.

use super::hash::hash;

/// A free slot. A used one holds the upper half of the term's hash and the id.
pub(crate) const EMPTY: u64 = u64::MAX;
/// Ids are 32 bits; the last is kept free for [`EMPTY`].
pub(crate) const MAX_TERMS: usize = u32::MAX as usize - 1;

pub(crate) fn id_of(slot: u64) -> u32 {
    slot as u32
}

/// Looks a term up. `slots.len()` is a power of two and at least one slot is free, so the search
/// ends; `term_bytes` gives the bytes of an id.
#[inline]
pub(crate) fn find<'a>(
    slots: &[u64],
    hash: u64,
    term: &[u8],
    term_bytes: impl Fn(u32) -> &'a [u8],
) -> Result<u32, usize> {
    let mask = slots.len() - 1;
    let mut at = hash as usize & mask;
    loop {
        let slot = slots[at];
        if slot == EMPTY {
            return Err(at);
        }
        if slot >> 32 == hash >> 32 && term_bytes(id_of(slot)) == term {
            return Ok(id_of(slot));
        }
        at = (at + 1) & mask;
    }
}

/// Slots for `n` terms at a load of at most one half.
pub(crate) fn slots_for(n: usize) -> usize {
    (n * 2).next_power_of_two().max(8)
}

/// Terms in order of first sight, while they are being collected.
#[derive(Debug, Clone)]
pub(crate) struct TermTable {
    arena: Vec<u8>,
    /// Start of each term, then the end of the last.
    offsets: Vec<usize>,
    slots: Vec<u64>,
}

impl Default for TermTable {
    fn default() -> Self {
        Self {
            arena: Vec::new(),
            offsets: vec![0],
            slots: vec![EMPTY; slots_for(0)],
        }
    }
}

impl TermTable {
    pub(crate) fn len(&self) -> usize {
        self.offsets.len() - 1
    }

    pub(crate) fn bytes(&self, id: u32) -> &[u8] {
        let id = id as usize;
        &self.arena[self.offsets[id]..self.offsets[id + 1]]
    }

    /// The id of a term, new or known. None when the table is full (2^32 − 2 terms).
    pub(crate) fn insert(&mut self, term: &[u8]) -> Option<u32> {
        let hash = hash(term);
        match find(&self.slots, hash, term, |id| self.bytes(id)) {
            Ok(id) => Some(id),
            Err(_) if self.len() >= MAX_TERMS => None,
            Err(free) => {
                let id = self.len() as u32;
                self.arena.extend_from_slice(term);
                self.offsets.push(self.arena.len());
                self.slots[free] = (hash >> 32 << 32) | u64::from(id);
                if self.len() * 2 > self.slots.len() {
                    self.grow();
                }
                Some(id)
            }
        }
    }

    fn grow(&mut self) {
        let size = slots_for(self.len() * 2);
        let mut slots = vec![EMPTY; size];
        for id in 0..self.len() as u32 {
            place(&mut slots, hash(self.bytes(id)), id);
        }
        self.slots = slots;
    }
}

/// Puts a term that is not there yet into the table.
pub(crate) fn place(slots: &mut [u64], hash: u64, id: u32) {
    let mask = slots.len() - 1;
    let mut at = hash as usize & mask;
    while slots[at] != EMPTY {
        at = (at + 1) & mask;
    }
    slots[at] = (hash >> 32 << 32) | u64::from(id);
}
