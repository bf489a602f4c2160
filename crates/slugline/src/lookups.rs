//! Many look-ups in flight: the slots of some dozens of words are asked for before the first of them is
//! looked at.

use std::ops::Range;

use crate::{
    analyze::{QuickWords, VisitKey},
    kernel::{self, Work},
    vocabulary::{INLINE, Key},
};

/// Where the words of a text end up.
pub(crate) trait Sink {
    /// Words of more bytes are long; at most [`INLINE`].
    const LONGEST: usize = INLINE;

    /// Asks for the memory where the search for a word will begin.
    fn ask(&self, word: Word);

    /// Takes some words.
    fn take(&mut self, words: &[Word]);

    /// Takes a long word. It may overtake shorter ones.
    fn take_long(&mut self, word: &str);
}

/// A word that was read and not looked up yet.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Word {
    pub(crate) key: Key,
    /// The key's hash: a search needs it twice, when it asks for the memory and when it looks there.
    pub(crate) hash: u64,
}

impl Word {
    #[inline(always)]
    pub(crate) fn of(key: Key) -> Self {
        let hash = key.hash();
        Self { key, hash }
    }
}

/// Words that were read and not looked up yet.
#[derive(Debug, Clone)]
pub(crate) struct Waiting {
    words: [Word; Self::MOST],
    len: usize,
}

impl Default for Waiting {
    fn default() -> Self {
        Self {
            words: [Word::default(); Self::MOST],
            len: 0,
        }
    }
}

impl Waiting {
    /// The most words that are looked up together.
    pub(crate) const MOST: usize = 64;

    /// Hands all words to `sink`.
    pub(crate) fn read(&mut self, words: QuickWords<'_>, sink: &mut impl Sink) {
        self.len = 0;
        kernel::run(Reading {
            words,
            waiting: self,
            sink,
        });
    }

    #[inline(never)]
    fn flush(&mut self, sink: &mut impl Sink) {
        sink.take(&self.words[..self.len]);
        self.len = 0;
    }
}

struct Reading<'a, S> {
    words: QuickWords<'a>,
    waiting: &'a mut Waiting,
    sink: &'a mut S,
}

impl<S: Sink> Work for Reading<'_, S> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Self {
            words,
            waiting,
            sink,
        } = self;
        words.for_each_key(OneWord {
            folded: words.folded(),
            waiting,
            sink,
        });
        waiting.flush(sink);
    }
}

struct OneWord<'a, S> {
    folded: &'a str,
    waiting: &'a mut Waiting,
    sink: &'a mut S,
}

impl<S: Sink> VisitKey for OneWord<'_, S> {
    #[inline(always)]
    fn word(&mut self, key: Key, range: Range<usize>) {
        let waiting = &mut *self.waiting;
        if range.len() > S::LONGEST {
            self.sink.take_long(&self.folded[range]);
            return;
        }
        let word = Word::of(key);
        self.sink.ask(word);
        // The mask tells the compiler that the place exists.
        waiting.words[waiting.len & (Waiting::MOST - 1)] = word;
        waiting.len += 1;
        if waiting.len == Waiting::MOST {
            waiting.flush(self.sink);
        }
    }
}
