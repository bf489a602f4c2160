//! The choice of terms by the words that they hold.

use std::{collections::HashSet, iter};

use crate::{
    error::{Error, Result},
    text::{Analyzer, AnalyzerParams, StopWords, Unit},
};

/// Tells which terms are left out: those that hold a listed word, or a number.
#[derive(Debug, Clone)]
pub(crate) struct TermFilter {
    /// Entries of the list as the analysis gives them: a word, or several that are joined by one blank.
    listed: HashSet<Box<str>>,
    /// The largest number of words of an entry.
    longest: usize,
    numbers: bool,
}

impl TermFilter {
    /// The filter of a list, whose entries are analysed with the settings of the texts, stop words aside; None where
    /// nothing is to be left out.
    ///
    /// # Errors
    /// [`Error::Parameter`] for settings out of range, a language without a list, or terms that are not words.
    pub(crate) fn new(
        params: &AnalyzerParams,
        words: &StopWords,
        numbers: bool,
    ) -> Result<Option<Self>> {
        if words.is_none() && !numbers {
            return Ok(None);
        }
        if params.analyzer != Unit::Word {
            let name = match words {
                StopWords::None => "without_numbers",
                _ => "without_terms",
            };
            let expected = "none: character n-grams have no words to be left out by";
            return Err(Error::parameter(name, "set", expected));
        }
        let analyzer = Analyzer::new(AnalyzerParams {
            stop_words: StopWords::None,
            ngram_range: (1, 1),
            ..params.clone()
        })?;
        let listed: HashSet<Box<str>> = words
            .list_for("without_terms")?
            .into_iter()
            .map(|entry| analyzer.terms(entry).join(" ").into_boxed_str())
            .filter(|entry| !entry.is_empty())
            .collect();
        let lengths = listed.iter().map(|entry| entry.split(' ').count());
        Ok(Some(Self {
            longest: lengths.max().unwrap_or(0),
            listed,
            numbers,
        }))
    }

    /// Whether a term is left out.
    pub(crate) fn leaves_out(&self, term: &str) -> bool {
        // `words = unicode` has decimal points and commas inside of words.
        let of_number = |c: char| c.is_numeric() || matches!(c, '.' | ',');
        let is_number = |word: &str| word.contains(char::is_numeric) && word.chars().all(of_number);
        (self.numbers && term.split(' ').any(is_number)) || self.holds_listed(term)
    }

    /// Whether words of the term that stand side by side are an entry of the list.
    fn holds_listed(&self, term: &str) -> bool {
        let mut starts = iter::once(0).chain(term.match_indices(' ').map(|(blank, _)| blank + 1));
        starts.any(|start| {
            let rest = &term[start..];
            let blanks = rest.match_indices(' ').map(|(blank, _)| blank);
            let mut ends = blanks.chain([rest.len()]).take(self.longest);
            ends.any(|end| self.listed.contains(&rest[..end]))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{Language, StripAccents};

    fn left_out(params: &AnalyzerParams, words: &[&str], numbers: bool, term: &str) -> bool {
        let words = StopWords::List(words.iter().map(|&word| word.into()).collect());
        let filter = TermFilter::new(params, &words, numbers).unwrap().unwrap();
        filter.leaves_out(term)
    }

    #[test]
    fn a_term_that_holds_a_listed_word_is_left_out() {
        let params = AnalyzerParams::default();
        let out = |term| left_out(&params, &["Mr", "she", "prime minister"], false, term);
        for term in [
            "mr",
            "mr smith",
            "said she",
            "as she said",
            "prime minister",
            "the prime minister",
        ] {
            assert!(out(term), "{term}");
        }
        for term in [
            "mrs",
            "smith",
            "shell",
            "prime",
            "minister",
            "prime the minister",
            "minister prime",
            "10",
        ] {
            assert!(!out(term), "{term}");
        }
    }

    #[test]
    fn numbers_are_words_of_digits_alone() {
        let params = AnalyzerParams::default();
        let out = |term| left_out(&params, &[], true, term);
        for term in ["10", "10 percent", "of 2024", "٣٤", "3.14", "1,000 men"] {
            assert!(out(term), "{term}");
        }
        for term in ["percent", "5g", "g20 summit", "10_000", ""] {
            assert!(!out(term), "{term}");
        }
    }

    #[test]
    fn the_list_is_analysed_like_the_texts() {
        let plain = AnalyzerParams::default;
        let stems = plain().stemmer(Language::English);
        assert!(left_out(&stems, &["running"], false, "run"));
        // A stop word stands for its stem here, too.
        let stops = stems.stop_words(StopWords::List(vec!["running".into()]));
        assert!(left_out(&stops, &["running"], false, "run fast"));
        let accents = plain().strip_accents(StripAccents::Unicode);
        assert!(left_out(&accents, &["Café"], false, "cafe bar"));
        let cased = plain().lowercase(false);
        assert!(left_out(&cased, &["Mr"], false, "Mr Smith"));
        assert!(!left_out(&cased, &["Mr"], false, "mr smith"));
        // No word of the analysis: it has two characters or more.
        assert!(!left_out(&plain(), &["a", ""], false, "a day"));
    }

    #[test]
    fn what_leaves_nothing_out_is_no_filter_and_characters_have_no_words() {
        let params = AnalyzerParams::default();
        let none = TermFilter::new(&params, &StopWords::None, false).unwrap();
        assert!(none.is_none());
        let english = StopWords::Language("english".into());
        let found = TermFilter::new(&params, &english, false).unwrap().unwrap();
        assert!(found.leaves_out("of parliament") && !found.leaves_out("parliament"));

        let characters = params.clone().analyzer(Unit::CharWb);
        let refused = |params: &AnalyzerParams, words: &StopWords, numbers| {
            let error = TermFilter::new(params, words, numbers).unwrap_err();
            error.to_string()
        };
        let error = refused(&characters, &english, true);
        assert!(
            error.contains("without_terms") && error.contains("character"),
            "{error}"
        );
        let error = refused(&characters, &StopWords::None, true);
        assert!(error.contains("without_numbers"), "{error}");
        let unknown = StopWords::Language("klingonese".into());
        let error = refused(&params, &unknown, false);
        assert!(error.contains("without_terms is klingonese"), "{error}");
    }
}
