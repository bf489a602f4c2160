//! Many look-ups in flight: the slots of some dozens of words are asked for before the first of them is
//! looked at.

use crate::{
    analyze::{QuickWords, Visit},
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

/// Room for words that were read and not looked up yet.
#[derive(Debug, Clone)]
pub(crate) struct Waiting([Word; Self::MOST]);

impl Default for Waiting {
    fn default() -> Self {
        Self([Word::default(); Self::MOST])
    }
}

impl Waiting {
    /// The most words that are looked up together.
    pub(crate) const MOST: usize = 64;

    /// Hands all words to `sink`.
    pub(crate) fn read(&mut self, words: QuickWords<'_>, sink: &mut impl Sink) {
        kernel::run(Reading {
            words,
            waiting: &mut self.0,
            sink,
        });
    }
}

struct Reading<'a, S> {
    words: QuickWords<'a>,
    waiting: &'a mut [Word; Waiting::MOST],
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
        let mut each = OneWord {
            folded: words.folded(),
            waiting,
            len: 0,
            sink,
        };
        words.for_each_word(&mut each);
        let OneWord { len, .. } = each;
        flush(sink, &waiting[..len & (Waiting::MOST - 1)]);
    }
}

struct OneWord<'a, S> {
    folded: &'a str,
    waiting: &'a mut [Word; Waiting::MOST],
    /// How many words wait: fewer than there is room for. Kept here, it stays in a register.
    len: usize,
    sink: &'a mut S,
}

impl<S: Sink> Visit for &mut OneWord<'_, S> {
    #[inline(always)]
    fn word(&mut self, start: usize, end: usize) {
        if end - start > S::LONGEST {
            self.sink.take_long(&self.folded[start..end]);
            return;
        }
        let word = Word::of(Key::at(self.folded.as_bytes(), start, end - start));
        self.sink.ask(word);
        // The masks tell the compiler that the place exists.
        self.waiting[self.len & (Waiting::MOST - 1)] = word;
        self.len += 1;
        if self.len == Waiting::MOST {
            self.len = 0;
            flush(self.sink, self.waiting);
        }
    }
}

#[inline(never)]
fn flush(sink: &mut impl Sink, words: &[Word]) {
    sink.take(words);
}
