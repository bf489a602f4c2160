//! What became of a word: stop words and stems are worked out once for each distinct word, not once
//! for each time it stands in a text.

use std::sync::{Mutex, MutexGuard, PoisonError};

use super::{
    hash_table::{KeyTable, NONE, Slots},
    term_key::Key,
};
use crate::util::identity::{Identity, RememberedIdentity};

/// The entry of a word that is no term: no id is as large.
pub(crate) const NO_TERM: u32 = NONE - 1;

/// The ids of words, or that they have none. Which ids those are is up to the owner: an analyzer, and
/// what gives terms their numbers.
#[derive(Debug, Default, Clone)]
pub(crate) struct WordCache {
    ids: KeyTable,
    owner: [RememberedIdentity; 2],
}

impl WordCache {
    /// Distinct words kept at once: six megabytes. A full table is emptied, which costs little and
    /// keeps a stream of made-up words from filling the memory. As many as go into the table before it
    /// grows; 20 Newsgroups has 140,000, training and test together.
    const MOST: usize = 5 << 15;

    /// Forgets everything unless it was worked out for these two.
    pub(crate) fn belong_to(&mut self, owner: [&Identity; 2]) {
        if !self
            .owner
            .iter()
            .zip(owner)
            .all(|(own, other)| own.is(other))
        {
            self.ids.clear();
            self.owner = owner.map(Identity::remember);
        }
    }

    /// The ids of the words that are remembered, [`NONE`] of an unknown term, [`NO_TERM`] of a word that
    /// is none.
    #[inline(always)]
    pub(crate) fn slots(&self) -> Slots<'_> {
        self.ids.slots()
    }

    /// Remembers a word that the search did not find, where it said.
    pub(crate) fn put(&mut self, free: usize, key: Key, id: u32) {
        if self.ids.len() >= Self::MOST {
            self.ids.clear();
            self.ids.insert(key, id);
        } else {
            self.ids.put_densely(free, key, id);
        }
    }

    /// What is known stays known where terms get new numbers; `new` says of a number which one it is
    /// now, if any. It is asked for numbers that no term has, too.
    pub(crate) fn renumber(&mut self, numbers: &Identity, new: impl Fn(u32) -> Option<u32>) {
        self.ids.renumber(|id| match id {
            NO_TERM => NO_TERM,
            id => new(id).unwrap_or(NONE),
        });
        self.owner[1] = numbers.remember();
    }
}

/// Outcomes that are not in use: they outlive the call that found them, since working them out again
/// would take longer than most calls.
#[derive(Debug, Default)]
pub(crate) struct WordCachePool(Mutex<Vec<WordCache>>);

impl WordCachePool {
    /// As many as are kept: more threads than this would not wait for each other's findings.
    const MOST: usize = 64;

    /// Some outcomes, empty ones where there are none.
    pub(crate) fn take(&self) -> WordCache {
        self.lock().pop().unwrap_or_default()
    }

    /// Keeps outcomes for the next one who needs them.
    pub(crate) fn leave(&self, word_cache: WordCache) {
        let mut spare = self.lock();
        if word_cache.ids.len() > 0 && spare.len() < Self::MOST {
            spare.push(word_cache);
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.lock().is_empty()
    }

    /// Takes everything that was found out for `numbers` along to new ones: a word that was stemmed once
    /// is not stemmed again. As [`Outcomes::renumber`].
    pub(crate) fn carry(
        &self,
        [old, new]: [&Identity; 2],
        number: impl Fn(u32) -> Option<u32>,
    ) -> Self {
        let mut all = std::mem::take(&mut *self.lock());
        all.retain(|word_cache| word_cache.owner[1].is(old));
        for word_cache in &mut all {
            word_cache.renumber(new, &number);
        }
        Self(Mutex::new(all))
    }

    fn lock(&self) -> MutexGuard<'_, Vec<WordCache>> {
        // Whoever panicked held the lock for a push or a pop: the list is whole.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The id of a word, if it is remembered.
    fn id(word_cache: &WordCache, word: &str) -> Option<u32> {
        let id = word_cache.slots().find(Key::of(word.as_bytes()), |_| false);
        id.ok()
    }

    fn put(word_cache: &mut WordCache, word: &str, id: u32) {
        let key = Key::of(word.as_bytes());
        if let Err(free) = word_cache.slots().find(key, |_| false) {
            word_cache.put(free, key, id);
        }
    }

    #[test]
    fn another_owner_begins_anew_and_a_full_table_is_emptied() {
        let (one, two, shared) = (
            Identity::default(),
            Identity::default(),
            Identity::default(),
        );
        let mut word_cache = WordCache::default();
        word_cache.belong_to([&one, &shared]);
        put(&mut word_cache, "cats", 7);
        word_cache.belong_to([&one, &shared]);
        assert_eq!(id(&word_cache, "cats"), Some(7));
        word_cache.belong_to([&two, &shared]);
        assert_eq!(id(&word_cache, "cats"), None);
        for n in 0..WordCache::MOST + 10 {
            put(&mut word_cache, &format!("w{n}"), 1);
            assert!(word_cache.ids.len() <= WordCache::MOST);
        }
        assert_eq!(word_cache.ids.memory(), 6 << 20);
        assert_eq!(id(&word_cache, "w1"), None);
        assert_eq!(
            id(&word_cache, &format!("w{}", WordCache::MOST + 9)),
            Some(1)
        );
    }

    #[test]
    fn new_numbers_and_nothing_of_other_owners() {
        let (analyzer, old, new, other) = (
            Identity::default(),
            Identity::default(),
            Identity::default(),
            Identity::default(),
        );
        let spare = WordCachePool::default();
        for owner in [&old, &other] {
            let mut word_cache = WordCache::default();
            word_cache.belong_to([&analyzer, owner]);
            for (word, id) in [("cats", 7), ("dogs", 8), ("stop", NO_TERM), ("xyz", NONE)] {
                put(&mut word_cache, word, id);
            }
            spare.leave(word_cache);
        }
        // 8 has no number any more.
        let carried = spare.carry([&old, &new], |id| (id == 7).then_some(0));
        assert!(spare.is_empty());
        let mut word_cache = carried.take();
        assert!(carried.is_empty());
        word_cache.belong_to([&analyzer, &new]);
        assert_eq!(id(&word_cache, "cats"), Some(0));
        assert_eq!(id(&word_cache, "dogs"), Some(NONE));
        assert_eq!(id(&word_cache, "stop"), Some(NO_TERM));
        assert_eq!(id(&word_cache, "xyz"), Some(NONE));
    }
}
