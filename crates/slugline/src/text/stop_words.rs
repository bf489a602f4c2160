//! Lists of words to leave out.

use std::collections::HashSet;

use super::{params::StopWords, stem::Language};
use crate::error::{Error, Result};

/// scikit-learn's `ENGLISH_STOP_WORDS` (318 words, from the Glasgow Information Retrieval Group),
/// as of scikit-learn 1.9.1: needed to agree with `stop_words="english"`.
const ENGLISH: &str = include_str!("stop_words_english.txt");

#[derive(Debug, Clone, Default)]
pub(super) struct StopSet {
    words: HashSet<Box<str>>,
    /// Longest word in bytes: most words are ruled out before they are hashed.
    longest: usize,
}

impl StopWords {
    /// The words, in the order of their list.
    ///
    /// # Errors
    /// [`Error::Parameter`] for a language without a list.
    pub fn list(&self) -> Result<Vec<&str>> {
        self.list_for("stop_words")
    }

    /// As [`list`](Self::list), for a parameter that errors name.
    pub(crate) fn list_for(&self, parameter: &'static str) -> Result<Vec<&str>> {
        match self {
            Self::None => Ok(Vec::new()),
            Self::Language(name) => list(name, parameter),
            Self::List(words) => Ok(words.iter().map(String::as_str).collect()),
        }
    }

    /// These words and more.
    ///
    /// ```
    /// use slugline::StopWords;
    ///
    /// let words = StopWords::Language("english".into()).and(["mr", "mrs"])?;
    /// assert_eq!(words.list()?.len(), 320);
    /// # Ok::<(), slugline::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`list`](Self::list).
    pub fn and<S: Into<String>>(&self, words: impl IntoIterator<Item = S>) -> Result<Self> {
        let own = self.list()?.into_iter().map(String::from);
        Ok(Self::List(
            own.chain(words.into_iter().map(Into::into)).collect(),
        ))
    }
}

impl StopSet {
    pub(super) fn new(stop_words: &StopWords) -> Result<Self> {
        Ok(Self::of(stop_words.list()?))
    }

    fn of<'a>(words: impl IntoIterator<Item = &'a str>) -> Self {
        let words: HashSet<Box<str>> = words.into_iter().map(Box::from).collect();
        let longest = words.iter().map(|word| word.len()).max().unwrap_or(0);
        Self { words, longest }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    pub(super) fn contains(&self, word: &str) -> bool {
        word.len() <= self.longest && self.words.contains(word)
    }
}

fn list(name: &str, parameter: &'static str) -> Result<Vec<&'static str>> {
    let language = name.to_lowercase();
    if language == "english" || language == "en" {
        return Ok(ENGLISH.lines().collect());
    }
    let known = language.parse::<Language>();
    let code = known
        .as_ref()
        .map_or(language.as_str(), |known| known.code());
    stop_words::lookup(code).map(<[_]>::to_vec).ok_or_else(|| {
        Error::parameter(
            parameter,
            name,
            format!(
                "english, another language by name, or one of the codes {}",
                stop_words::available_languages().join(", ")
            ),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_by_name_and_code() {
        let has = |name: &str, word| {
            StopSet::new(&StopWords::Language(name.into()))
                .unwrap()
                .contains(word)
        };
        assert_eq!(list("english", "stop_words").unwrap().len(), 318);
        assert!(has("english", "whereupon") && !has("english", "software"));
        assert!(has("german", "und") && has("de", "und") && has("French", "dans"));
        assert!(has("zh", "的"));
    }

    #[test]
    fn every_stemmer_language_is_found_or_refused_by_name() {
        for language in Language::ALL {
            if let Err(error) = list(&language.to_string(), "stop_words") {
                assert!(error.to_string().contains(&language.to_string()), "{error}");
            }
        }
        let error = list("klingonese", "stop_words").unwrap_err().to_string();
        assert!(
            error.contains("klingonese") && error.contains("english"),
            "{error}"
        );
    }
}
