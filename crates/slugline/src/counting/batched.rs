//! Many look-ups in flight: the slots of some dozens of words are asked for before the first of them is
//! looked at.

use crate::{
    text::{BoundaryBuffer, VisitWord, WordStream},
    util::simd::{self, Work},
    vocabulary::{HashedKey, INLINE, Key},
};

/// The receiver of the words of a text.
pub(crate) trait WordSink {
    /// Words of more bytes are long; at most [`INLINE`].
    const LONGEST: usize = INLINE;

    /// Asks for the memory where the search for a word will begin.
    fn ask(&self, word: HashedKey);

    /// Takes some words.
    fn take(&mut self, words: &[HashedKey]);

    /// As [`ask`](Self::ask), for a long word.
    fn ask_long(&self, word: HashedKey);

    /// Takes some long words, which may come before or after shorter ones that stood beside them.
    fn take_long(&mut self, words: &[LongWord], text: &str);
}

/// A long word that was read and not looked up yet.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct LongWord {
    pub(crate) word: HashedKey,
    start: usize,
    end: usize,
}

impl LongWord {
    /// The word itself, in the text that it was read from.
    #[inline(always)]
    pub(crate) fn of(self, text: &str) -> &str {
        &text[self.start..self.end]
    }
}

/// A buffer of words that were read and not looked up yet.
#[derive(Debug, Clone)]
pub(crate) struct LookupBatch {
    words: [HashedKey; Self::MOST],
    long: LongWords,
    room: BoundaryBuffer,
}

impl Default for LookupBatch {
    fn default() -> Self {
        Self {
            words: [HashedKey::default(); Self::MOST],
            long: LongWords::default(),
            room: BoundaryBuffer::default(),
        }
    }
}

impl LookupBatch {
    /// The most words that are looked up together.
    pub(crate) const MOST: usize = 64;
    /// The most long words that are.
    pub(crate) const MOST_LONG: usize = 32;

    /// Hands all words to `sink`.
    pub(crate) fn read(&mut self, words: WordStream<'_>, sink: &mut impl WordSink) {
        simd::run(BatchedRead {
            words,
            batch: self,
            sink,
        });
    }
}

struct BatchedRead<'a, S> {
    words: WordStream<'a>,
    batch: &'a mut LookupBatch,
    sink: &'a mut S,
}

impl<S: WordSink> Work for BatchedRead<'_, S> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Self {
            words,
            batch:
                LookupBatch {
                    words: batch,
                    long,
                    room,
                },
            sink,
        } = self;
        let text = words.folded();
        let mut each = OneWord {
            text,
            batch,
            len: 0,
            long,
            sink,
        };
        words.for_each_word(room, &mut each);
        let OneWord { len, .. } = each;
        flush(sink, &batch[..len & (LookupBatch::MOST - 1)]);
        if long.len > 0 {
            long.flush(sink, text);
        }
    }
}

struct OneWord<'a, S> {
    text: &'a str,
    batch: &'a mut [HashedKey; LookupBatch::MOST],
    /// How many words wait: fewer than there is room for. Kept here, it stays in a register.
    len: usize,
    long: &'a mut LongWords,
    sink: &'a mut S,
}

impl<S: WordSink> VisitWord for &mut OneWord<'_, S> {
    #[inline(always)]
    fn word(&mut self, start: usize, end: usize) {
        if end - start > S::LONGEST {
            self.long.add(self.sink, self.text, start, end);
            return;
        }
        let word = HashedKey::of(Key::at(self.text.as_bytes(), start, end - start));
        self.sink.ask(word);
        // The masks tell the compiler that the place exists.
        self.batch[self.len & (LookupBatch::MOST - 1)] = word;
        self.len += 1;
        if self.len == LookupBatch::MOST {
            self.len = 0;
            flush(self.sink, self.batch);
        }
    }
}

/// Long words that were read and not looked up yet.
#[derive(Debug, Clone, Default)]
struct LongWords {
    words: [LongWord; LookupBatch::MOST_LONG],
    len: usize,
}

impl LongWords {
    #[inline(never)]
    fn add(&mut self, sink: &mut impl WordSink, text: &str, start: usize, end: usize) {
        let word = HashedKey::of(Key::at(text.as_bytes(), start, end - start));
        sink.ask_long(word);
        self.words[self.len] = LongWord { word, start, end };
        self.len += 1;
        if self.len == self.words.len() {
            self.flush(sink, text);
        }
    }

    fn flush(&mut self, sink: &mut impl WordSink, text: &str) {
        sink.take_long(&self.words[..self.len], text);
        self.len = 0;
    }
}

#[inline(never)]
fn flush(sink: &mut impl WordSink, words: &[HashedKey]) {
    sink.take(words);
}
