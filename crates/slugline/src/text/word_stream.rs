//! Words alone, for the settings where each word becomes one term or none.

use std::borrow::Cow;

use super::{
    Analyzer,
    ngram_arena::AnalyzerScratch,
    params::Unit,
    stem::StemCache,
    word_boundaries::{self, BoundaryBuffer, VisitWord},
};
use crate::util::identity::Identity;

/// A folded text, to be read as words.
#[derive(Debug, Clone, Copy)]
pub(crate) struct WordStream<'a> {
    folded: &'a str,
    min_chars: usize,
}

impl Analyzer {
    /// The identity of this analyzer and its clones.
    pub(crate) fn identity(&self) -> &Identity {
        &self.identity
    }

    /// Whether each word of the folded text becomes one term or none, whatever stands around it.
    pub(crate) fn words_become_terms(&self) -> bool {
        self.params.analyzer == Unit::Word
            && self.params.ngram_range == (1, 1)
            && self.matcher.whole_runs().is_some()
    }

    /// Whether terms are nothing but the words of the folded text.
    pub(crate) fn words_are_terms(&self) -> bool {
        self.words_become_terms() && self.stop.is_empty() && self.stemmer.is_none()
    }

    /// The text, ready to be read as words. Only where [`words_become_terms`](Self::words_become_terms).
    pub(crate) fn word_stream<'a>(
        &self,
        text: &'a str,
        scratch: &'a mut AnalyzerScratch,
    ) -> WordStream<'a> {
        self.word_stream_and_stems(text, scratch).0
    }

    /// As [`word_stream`](Self::quick_words), with the stems for [`term_of`](Self::term_of).
    pub(crate) fn word_stream_and_stems<'a>(
        &self,
        text: &'a str,
        scratch: &'a mut AnalyzerScratch,
    ) -> (WordStream<'a>, &'a mut StemCache) {
        let AnalyzerScratch {
            folded,
            origins,
            stems,
            ..
        } = scratch;
        let words = WordStream {
            folded: self.fold.apply::<false>(text, folded, origins),
            min_chars: self.matcher.whole_runs().unwrap_or(1),
        };
        (words, stems)
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

impl<'a> WordStream<'a> {
    /// The folded text.
    pub(crate) fn folded(self) -> &'a str {
        self.folded
    }

    /// Hands every word's place in the folded text to `visit`.
    #[inline(always)]
    pub(crate) fn for_each_word(self, room: &mut BoundaryBuffer, visit: impl VisitWord) {
        word_boundaries::for_each_run(self.folded, self.min_chars, room, visit);
    }
}
