//! What became of a word: stop words and stems are worked out once for each distinct word, not once
//! for each time it stands in a text.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use crate::{
    counter::Seen,
    lookups::{LongWord, Sink, Word},
    tally::Tally,
    vocabulary::{Key, KeyTable, NONE},
};

/// What is remembered of a word that is no term: no id is as large.
pub(crate) const NO_TERM: u32 = NONE - 1;

/// The ids of words, or that they have none. Which ids those are is up to the owner.
#[derive(Debug, Default, Clone)]
pub(crate) struct Outcomes {
    ids: KeyTable,
    owner: [Weak<Token>; 2],
}

/// Tells one fitted thing from another: clones share it, nothing else does.
#[derive(Debug, Default)]
pub(crate) struct Token(());

impl Outcomes {
    /// Distinct words kept at once: six megabytes. A full table is emptied, which costs little and
    /// keeps a stream of made-up words from filling the memory.
    const MOST: usize = 1 << 17;

    /// Forgets everything unless it was worked out for these two.
    pub(crate) fn belong_to(&mut self, owner: [&Arc<Token>; 2]) {
        // The weak references keep the addresses from being given to other owners.
        let same = |(own, other): (&Weak<Token>, &Arc<Token>)| {
            std::ptr::eq(own.as_ptr(), Arc::as_ptr(other))
        };
        if !self.owner.iter().zip(owner).all(same) {
            self.ids.clear();
            self.owner = owner.map(Arc::downgrade);
        }
    }
}

/// Outcomes that are not in use: they outlive the call that found them, since working them out again
/// would take longer than most calls.
#[derive(Debug, Default)]
pub(crate) struct Spare(Mutex<Vec<Outcomes>>);

impl Spare {
    /// As many as are kept: more threads than this would not wait for each other's findings.
    const MOST: usize = 64;

    /// Some outcomes, empty ones where there are none.
    pub(crate) fn take(&self) -> Outcomes {
        self.lock().pop().unwrap_or_default()
    }

    /// Keeps outcomes for the next one who needs them.
    pub(crate) fn leave(&self, outcomes: Outcomes) {
        let mut spare = self.lock();
        if outcomes.ids.len() > 0 && spare.len() < Self::MOST {
            spare.push(outcomes);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Outcomes>> {
        // Whoever panicked held the lock for a push or a pop: the list is whole.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Counts words by their remembered ids; `work_out` finds the id of one that is not remembered, or
/// says [`NONE`] of an unknown term and [`NO_TERM`] of a word that is none.
pub(crate) struct Remembering<'a, F> {
    pub(crate) outcomes: &'a mut Outcomes,
    pub(crate) tally: &'a mut Tally,
    pub(crate) seen: Seen,
    pub(crate) work_out: F,
}

impl<F: FnMut(&str) -> u32> Remembering<'_, F> {
    #[cold]
    fn first_time(&mut self, key: Key, free: usize) -> u32 {
        let (bytes, length) = key.bytes();
        // A key is made of a whole word, so its bytes are text.
        let word = std::str::from_utf8(&bytes[..length]).unwrap_or_default();
        let id = (self.work_out)(word);
        if self.outcomes.ids.len() >= Outcomes::MOST {
            self.outcomes.ids.clear();
            self.outcomes.ids.insert(key, id);
        } else {
            self.outcomes.ids.put(free, key, id);
        }
        id
    }

    #[inline(always)]
    fn add(&mut self, id: u32) {
        if id < NO_TERM {
            self.tally.grow(id as usize + 1);
            self.tally.add_reserved(id);
            self.seen.known += 1;
        }
        self.seen.terms += u64::from(id != NO_TERM);
    }
}

impl<F: FnMut(&str) -> u32> Sink for Remembering<'_, F> {
    #[inline(always)]
    fn ask(&self, word: Word) {
        self.outcomes.ids.slots().prefetch(word.hash);
    }

    #[inline(always)]
    fn take(&mut self, words: &[Word]) {
        self.tally.reserve(words.len());
        for &Word { key, hash } in words {
            let id = match self.outcomes.ids.slots().find_hashed(key, hash, |_| false) {
                Ok(id) => id,
                Err(free) => self.first_time(key, free),
            };
            self.add(id);
        }
    }

    fn ask_long(&self, _: Word) {}

    fn take_long(&mut self, words: &[LongWord], text: &str) {
        self.tally.reserve(words.len());
        for word in words {
            let id = (self.work_out)(word.of(text));
            self.add(id);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_owner_begins_anew_and_a_full_table_is_emptied() {
        let (one, two) = (Arc::default(), Arc::default());
        let shared = Arc::default();
        let mut outcomes = Outcomes::default();
        let mut tally = Tally::default();
        let mut count = |owner: &Arc<Token>, word: &str, id: Option<u32>| {
            outcomes.belong_to([owner, &shared]);
            tally.clear(0);
            let mut worked_out = false;
            let mut sink = Remembering {
                outcomes: &mut outcomes,
                tally: &mut tally,
                seen: Seen::default(),
                work_out: |_: &str| {
                    worked_out = true;
                    id.unwrap_or(NONE)
                },
            };
            sink.take(&[Word::of(Key::of(word.as_bytes()))]);
            (sink.seen.known, worked_out)
        };
        assert_eq!(count(&one, "cats", Some(7)), (1, true));
        assert_eq!(count(&one, "cats", Some(7)), (1, false));
        assert_eq!(count(&two, "cats", None), (0, true));
        assert_eq!(count(&two, "cats", None), (0, false));
        for n in 0..Outcomes::MOST + 10 {
            count(&two, &format!("w{n}"), Some(1));
        }
        assert_eq!(count(&two, "w1", Some(1)), (1, true));
        assert!(outcomes.ids.len() <= Outcomes::MOST);
    }
}
