//! Words or characters laid out one behind the other, so that every n-gram is a slice.

use std::ops::Range;

use super::{Origin, stem::StemCache, word_boundaries::is_space};

/// Buffers that an [`Analyzer`](super::Analyzer) fills and reuses: [`Scratch`](crate::Scratch), for code outside
/// this crate.
pub trait AnalyzerBuffers {
    /// The part that an analyzer needs.
    #[doc(hidden)]
    fn analyzer_scratch(&mut self) -> &mut AnalyzerScratch;
}

/// What an analyzer needs of its buffers. Public in name only: outside this crate it is a part of
/// [`Scratch`](crate::Scratch).
#[derive(Debug, Default, Clone)]
pub struct AnalyzerScratch {
    pub(super) folded: String,
    pub(super) origins: Vec<usize>,
    /// The units' text. Words stand one blank apart, so that an n-gram is a slice of it and is
    /// never joined.
    pub(super) arena: String,
    pub(super) units: Vec<ArenaUnit>,
    pub(super) stems: StemCache,
}

impl AnalyzerBuffers for AnalyzerScratch {
    fn analyzer_scratch(&mut self) -> &mut AnalyzerScratch {
        self
    }
}

/// One word or character: where it stands in the arena and in the original text.
#[derive(Debug, Clone)]
pub(super) struct ArenaUnit {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) from: usize,
    pub(super) to: usize,
}

impl ArenaUnit {
    fn new(arena: Range<usize>, source: Range<usize>) -> Self {
        Self {
            start: arena.start,
            end: arena.end,
            from: source.start,
            to: source.end,
        }
    }
}

pub(super) fn push_word(
    arena: &mut String,
    units: &mut Vec<ArenaUnit>,
    word: &str,
    span: Range<usize>,
) {
    if !units.is_empty() {
        arena.push(' ');
    }
    let start = arena.len();
    arena.push_str(word);
    units.push(ArenaUnit::new(start..arena.len(), span));
}

/// The characters of the text, runs of two or more white-space characters as one blank
/// (scikit-learn: `re.sub(r"\s\s+", " ", text)`; a single line feed stays what it is).
pub(super) fn squeeze<const SPANS: bool>(
    source: &str,
    origin: &Origin<'_>,
    arena: &mut String,
    units: &mut Vec<ArenaUnit>,
) {
    arena.clear();
    units.clear();
    let mut chars = source.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let mut end = at + c.len_utf8();
        let mut unit = c;
        if is_space(c) {
            while let Some(&(next, space)) = chars.peek().filter(|(_, next)| is_space(*next)) {
                unit = ' ';
                end = next + space.len_utf8();
                chars.next();
            }
        }
        let span = if SPANS { origin.span(at..end) } else { 0..0 };
        let start = arena.len();
        arena.push(unit);
        units.push(ArenaUnit::new(start..arena.len(), span));
    }
}

/// The characters of the words between white space, with one blank before, between and after
/// them: a word with its padding is a slice.
pub(super) fn pad_words<const SPANS: bool>(
    source: &str,
    origin: &Origin<'_>,
    arena: &mut String,
    units: &mut Vec<ArenaUnit>,
) {
    arena.clear();
    units.clear();
    let mut in_word = false;
    let mut end = 0;
    for (at, c) in source.char_indices() {
        if is_space(c) {
            in_word = false;
            continue;
        }
        let span = if SPANS {
            origin.span(at..at + c.len_utf8())
        } else {
            0..0
        };
        if !in_word {
            // The blank between two words belongs to both paddings: as the first character of a
            // gram it stands where the next word begins, as the last where this one ended.
            let start = arena.len();
            arena.push(' ');
            let before = if start == 0 { span.start } else { end };
            units.push(ArenaUnit {
                start,
                end: start + 1,
                from: span.start,
                to: before,
            });
            in_word = true;
        }
        end = span.end;
        let start = arena.len();
        arena.push(c);
        units.push(ArenaUnit::new(start..arena.len(), span));
    }
    if !units.is_empty() {
        let start = arena.len();
        arena.push(' ');
        units.push(ArenaUnit::new(start..start + 1, end..end));
    }
}
