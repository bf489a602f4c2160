//! Text → terms: case, accents, words, stop words, stems, n-grams, in that order.
//!
//! [`Analyzer`] passes every term to a closure as a `&str` that points into reusable buffers, so no term is
//! allocated.

mod ascii_piece;
mod ngram_arena;
mod ngrams;
mod normalize;
mod params;
mod pattern;
mod stem;
mod stem_skip;
mod stop_words;
mod word_boundaries;
mod word_search;

use std::{borrow::Cow, ops::Range};

pub(crate) use ascii_piece::{AsciiFold, AsciiPiece, PIECE};
pub(crate) use ngram_arena::{AnalyzerBuffers, AnalyzerScratch};
pub(crate) use params::names;
pub use params::{AnalyzerParams, LONGEST_NGRAM, StopWords, StripAccents, Unit, Words};
pub use stem::Language;
pub(crate) use stem::StemCache;
pub(crate) use word_boundaries::{BoundaryBuffer, WordStream};
#[doc(hidden)]
pub use word_boundaries::{is_space, is_word};

use crate::{error::Result, util::identity::Identity};
use normalize::Fold;
use pattern::Matcher;
use stem::Stemmer;
use stop_words::StopSet;

/// Splits text into terms, by the settings in [`AnalyzerParams`].
///
/// The terms and their order are those of scikit-learn's `CountVectorizer(...).build_analyzer()` with the same
/// settings (`words = Sklearn`).
///
/// ```
/// use slugline::text::{Analyzer, AnalyzerParams};
///
/// let analyzer = Analyzer::new(AnalyzerParams::default().ngram_range(1, 2))?;
/// assert_eq!(analyzer.terms("Chips, again"), ["chips", "again", "chips again"]);
/// # Ok::<(), slugline::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Analyzer {
    params: AnalyzerParams,
    fold: Fold,
    matcher: Matcher,
    stop: StopSet,
    stemmer: Option<Stemmer>,
    path: AnalysisPath,
    identity: Identity,
}

/// The ways from a text to its terms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AnalysisPath {
    /// Terms are the words of the folded text, of at least so many characters.
    Words { min_chars: usize },
    /// Each word becomes one term or none, whatever stands around it: stop words and stems, which are worked out
    /// once for each distinct word.
    CachedWords { min_chars: usize },
    /// n-grams of words, which become one word or none each.
    Ngrams { min_chars: usize },
    /// n-grams of characters, and words that a pattern or UAX #29 finds.
    Terms,
}

impl Analyzer {
    /// Makes an analyzer: checks the settings, compiles a pattern, looks up stop words.
    ///
    /// # Errors
    /// [`Error::Parameter`](crate::Error::Parameter) for an n-gram range that is empty or starts
    /// at 0, a pattern that does not compile or has several capture groups, or a stop-word
    /// language that is not known.
    pub fn new(params: AnalyzerParams) -> Result<Self> {
        params.check()?;
        let matcher = Matcher::new(&params.words)?;
        let stop = StopSet::new(&params.stop_words)?;
        let of_words = params.analyzer == Unit::Word;
        let path = match matcher.min_chars().filter(|_| of_words) {
            None => AnalysisPath::Terms,
            Some(min_chars) if params.ngram_range.1 > 1 => AnalysisPath::Ngrams { min_chars },
            Some(min_chars) if stop.is_empty() && params.stemmer.is_none() => {
                AnalysisPath::Words { min_chars }
            }
            Some(min_chars) => AnalysisPath::CachedWords { min_chars },
        };
        Ok(Self {
            fold: Fold::new(params.lowercase, params.strip_accents),
            matcher,
            stop,
            stemmer: params.stemmer.map(Stemmer::new),
            path,
            identity: Identity::default(),
            params,
        })
    }

    /// The settings.
    pub fn params(&self) -> &AnalyzerParams {
        &self.params
    }

    /// Calls `visit` with every term of `text`, in scikit-learn's order: all 1-grams, then all
    /// 2-grams and so on (`char_wb`: word by word). `scratch` is a [`Scratch`](crate::Scratch).
    ///
    /// ```
    /// use slugline::{Scratch, text::{Analyzer, AnalyzerParams}};
    ///
    /// let analyzer = Analyzer::new(AnalyzerParams::default())?;
    /// let (mut scratch, mut letters) = (Scratch::default(), 0);
    /// for text in ["Chips, again", "votes"] {
    ///     analyzer.for_each_term(text, &mut scratch, |term| letters += term.len());
    /// }
    /// assert_eq!(letters, 15);
    /// # Ok::<(), slugline::Error>(())
    /// ```
    pub fn for_each_term(
        &self,
        text: &str,
        scratch: &mut impl AnalyzerBuffers,
        mut visit: impl FnMut(&str),
    ) {
        let scratch = scratch.analyzer_scratch();
        self.run::<false>(text, scratch, &mut |term, _| visit(term));
    }

    /// As [`for_each_term`](Self::for_each_term), with the byte range of `text` that each term was
    /// read from. Ranges lie on character boundaries. The padding of `char_wb` adds
    /// nothing to a range.
    pub fn for_each_span(
        &self,
        text: &str,
        scratch: &mut impl AnalyzerBuffers,
        mut visit: impl FnMut(&str, Range<usize>),
    ) {
        self.run::<true>(text, scratch.analyzer_scratch(), &mut visit);
    }

    /// All terms of `text` as strings. It allocates: for tests, and to see what the analysis does.
    pub fn terms(&self, text: &str) -> Vec<String> {
        let mut terms = Vec::new();
        self.for_each_term(text, &mut AnalyzerScratch::default(), |term| {
            terms.push(term.to_owned());
        });
        terms
    }

    /// `SPANS` is known at compile time, so that the plain path carries no trace of positions.
    fn run<const SPANS: bool>(
        &self,
        text: &str,
        scratch: &mut AnalyzerScratch,
        visit: &mut impl FnMut(&str, Range<usize>),
    ) {
        let AnalyzerScratch {
            folded,
            origins,
            arena,
            units,
            stems,
        } = scratch;
        let source = self.fold.apply::<SPANS>(text, folded, origins);
        let origin = Origin { text, origins };
        match self.params.analyzer {
            Unit::Word if self.params.ngram_range == (1, 1) => {
                self.each_word(source, stems, &mut |word, range| {
                    let span = if SPANS { origin.span(range) } else { 0..0 };
                    visit(word, span);
                });
            }
            Unit::Word => {
                arena.clear();
                units.clear();
                self.each_word(source, stems, &mut |word, range| {
                    let span = if SPANS { origin.span(range) } else { 0..0 };
                    ngram_arena::push_word(arena, units, word, span);
                });
                ngrams::over_units(arena, units, self.ngram_range(), visit);
            }
            Unit::Char => {
                ngram_arena::squeeze::<SPANS>(source, &origin, arena, units);
                ngrams::over_units(arena, units, self.ngram_range(), visit);
            }
            Unit::CharWb => {
                ngram_arena::pad_words::<SPANS>(source, &origin, arena, units);
                ngrams::within_words(arena, units, self.ngram_range(), visit);
            }
        }
    }

    /// Words that are not stop words, stemmed, with their range in the folded text.
    fn each_word(
        &self,
        source: &str,
        stems: &mut StemCache,
        visit: &mut impl FnMut(&str, Range<usize>),
    ) {
        self.matcher.for_each(source, |range| {
            if let Some(term) = self.term_of(&source[range.clone()], stems) {
                visit(term, range);
            }
        });
    }

    /// The identity of this analyzer and its clones.
    pub(crate) fn identity(&self) -> &Identity {
        &self.identity
    }

    /// Whether words are terms, or parts of terms, as they stand: none is left out or stemmed.
    pub(crate) fn keeps_words(&self) -> bool {
        self.stop.is_empty() && self.stemmer.is_none()
    }

    /// The smallest and the largest n of the n-grams, at most [`LONGEST_NGRAM`].
    pub(crate) fn ngram_range(&self) -> (usize, usize) {
        let (min, max) = self.params.ngram_range;
        (min, max.min(LONGEST_NGRAM))
    }

    /// How many terms come of a word, roughly: what looking up the terms of a text costs.
    pub(crate) fn terms_per_word(&self) -> usize {
        let (min, max) = self.ngram_range();
        let lengths = max - min + 1;
        match self.params.analyzer {
            Unit::Word => lengths,
            // A word of English and the blank behind it are six characters.
            Unit::Char | Unit::CharWb => lengths * 6,
        }
    }

    /// The way from texts to terms.
    pub(crate) fn path(&self) -> AnalysisPath {
        self.path
    }

    /// The words of a text, and the stems for [`term_of`](Self::term_of).
    pub(crate) fn words<'a>(
        &self,
        text: &'a str,
        min_chars: usize,
        scratch: &'a mut AnalyzerScratch,
    ) -> (WordStream<'a>, &'a mut StemCache) {
        let AnalyzerScratch {
            folded,
            origins,
            stems,
            ..
        } = scratch;
        let words = WordStream {
            text: self.fold.apply::<false>(text, folded, origins),
            min_chars,
        };
        (words, stems)
    }

    /// How ASCII text is read as words.
    pub(crate) fn ascii_fold(&self, min_chars: usize) -> AsciiFold {
        AsciiFold {
            lowercase: self.fold.lowercase(),
            min_chars,
        }
    }

    /// The term of a word: its stem, or None for a stop word.
    pub(crate) fn term_of<'a>(&self, word: &'a str, stems: &'a mut StemCache) -> Option<&'a str> {
        if self.stop.contains(word) {
            return None;
        }
        Some(match self.stemmer {
            None => word,
            Some(stemmer) => stems.stem(stemmer, word),
        })
    }

    /// As [`term_of`](Self::term_of), for a caller that remembers what becomes of a word of at most
    /// `remembered` bytes.
    pub(crate) fn term_once<'a>(
        &self,
        word: &'a str,
        remembered: usize,
        stems: &'a mut StemCache,
    ) -> Option<Cow<'a, str>> {
        match self.stemmer {
            Some(stemmer) if word.len() <= remembered => {
                (!self.stop.contains(word)).then(|| stemmer.stem(word))
            }
            _ => self.term_of(word, stems).map(Cow::Borrowed),
        }
    }
}

/// The places in the original text of the bytes of the folded text.
struct Origin<'a> {
    text: &'a str,
    /// For each byte of the folded text the start of its source character, then `text.len()`;
    /// empty where folding changed nothing.
    origins: &'a [usize],
}

impl Origin<'_> {
    /// The range of the original text that a range of the folded text was read from.
    fn span(&self, range: Range<usize>) -> Range<usize> {
        if self.origins.is_empty() || range.is_empty() {
            let at = self.origins.get(range.start).copied();
            return at.map_or(range, |at| at..at);
        }
        let start = self.origins[range.start];
        let last = self.origins[range.end - 1];
        let next = self.origins[range.end];
        if next > last {
            return start..next;
        }
        // The range ends inside the expansion of one character (`ﬁ` → `fi`): take all of it.
        let width = self.text[last..].chars().next().map_or(0, char::len_utf8);
        start..last + width
    }
}
