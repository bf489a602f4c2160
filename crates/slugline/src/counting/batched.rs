//! Many look-ups in flight: the slots of some dozens of words are asked for before the first of them is
//! looked at.

use crate::vocabulary::Word;
use crate::{
    text::{QuickWords, Room, Visit},
    util::simd::{self, Work},
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

    /// As [`ask`](Self::ask), for a long word.
    fn ask_long(&self, word: Word);

    /// Takes some long words, which may come before or after shorter ones that stood beside them.
    fn take_long(&mut self, words: &[LongWord], text: &str);
}

/// A long word that was read and not looked up yet.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct LongWord {
    pub(crate) word: Word,
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

/// Room for words that were read and not looked up yet.
#[derive(Debug, Clone)]
pub(crate) struct Waiting {
    words: [Word; Self::MOST],
    long: LongWords,
    room: Room,
}

impl Default for Waiting {
    fn default() -> Self {
        Self {
            words: [Word::default(); Self::MOST],
            long: LongWords::default(),
            room: Room::default(),
        }
    }
}

impl Waiting {
    /// The most words that are looked up together.
    pub(crate) const MOST: usize = 64;
    /// The most long words that are.
    pub(crate) const MOST_LONG: usize = 32;

    /// Hands all words to `sink`.
    pub(crate) fn read(&mut self, words: QuickWords<'_>, sink: &mut impl Sink) {
        simd::run(Reading {
            words,
            waiting: self,
            sink,
        });
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
            waiting:
                Waiting {
                    words: waiting,
                    long,
                    room,
                },
            sink,
        } = self;
        let text = words.folded();
        let mut each = OneWord {
            text,
            waiting,
            len: 0,
            long,
            sink,
        };
        words.for_each_word(room, &mut each);
        let OneWord { len, .. } = each;
        flush(sink, &waiting[..len & (Waiting::MOST - 1)]);
        if long.len > 0 {
            long.flush(sink, text);
        }
    }
}

struct OneWord<'a, S> {
    text: &'a str,
    waiting: &'a mut [Word; Waiting::MOST],
    /// How many words wait: fewer than there is room for. Kept here, it stays in a register.
    len: usize,
    long: &'a mut LongWords,
    sink: &'a mut S,
}

impl<S: Sink> Visit for &mut OneWord<'_, S> {
    #[inline(always)]
    fn word(&mut self, start: usize, end: usize) {
        if end - start > S::LONGEST {
            self.long.add(self.sink, self.text, start, end);
            return;
        }
        let word = Word::of(Key::at(self.text.as_bytes(), start, end - start));
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

/// Long words that were read and not looked up yet.
#[derive(Debug, Clone, Default)]
struct LongWords {
    words: [LongWord; Waiting::MOST_LONG],
    len: usize,
}

impl LongWords {
    #[inline(never)]
    fn add(&mut self, sink: &mut impl Sink, text: &str, start: usize, end: usize) {
        let word = Word::of(Key::at(text.as_bytes(), start, end - start));
        sink.ask_long(word);
        self.words[self.len] = LongWord { word, start, end };
        self.len += 1;
        if self.len == self.words.len() {
            self.flush(sink, text);
        }
    }

    fn flush(&mut self, sink: &mut impl Sink, text: &str) {
        sink.take_long(&self.words[..self.len], text);
        self.len = 0;
    }
}

#[inline(never)]
fn flush(sink: &mut impl Sink, words: &[Word]) {
    sink.take(words);
}
