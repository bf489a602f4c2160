//! Snowball stemming, guarded and remembered: each distinct word is stemmed once.

use std::{
    borrow::Cow,
    collections::HashMap,
    fmt,
    panic::{AssertUnwindSafe, catch_unwind},
    str::FromStr,
};

use serde::{Deserialize, Serialize};

use super::{params::names, stem_skip};
use crate::error::{Error, Result};

macro_rules! languages {
    ($($language:ident $name:literal $code:literal),+) => {
        /// A language that has a Snowball stemmer.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        #[allow(missing_docs, reason = "the names say it")]
        #[non_exhaustive]
        pub enum Language {
            $($language),+
        }

        impl Language {
            /// All of them, in alphabetical order.
            pub const ALL: &[Self] = &[$(Self::$language),+];

            /// The ISO 639-1 code.
            pub fn code(self) -> &'static str {
                match self { $(Self::$language => $code),+ }
            }
        }

        names!(Language, "language", $($name => $language),+);
    };
}

languages!(
    Arabic "arabic" "ar", Danish "danish" "da", Dutch "dutch" "nl", English "english" "en",
    Finnish "finnish" "fi", French "french" "fr", German "german" "de", Greek "greek" "el",
    Hungarian "hungarian" "hu", Italian "italian" "it", Norwegian "norwegian" "no",
    Portuguese "portuguese" "pt", Romanian "romanian" "ro", Russian "russian" "ru",
    Spanish "spanish" "es", Swedish "swedish" "sv", Tamil "tamil" "ta", Turkish "turkish" "tr"
);

impl Language {
    /// rust-stemmers' algorithm; none for Greek, where it panics on some words (`ισαισα`).
    fn algorithm(self) -> Option<rust_stemmers::Algorithm> {
        use rust_stemmers::Algorithm as A;
        Some(match self {
            Self::Arabic => A::Arabic,
            Self::Danish => A::Danish,
            Self::Dutch => A::Dutch,
            Self::English => A::English,
            Self::Finnish => A::Finnish,
            Self::French => A::French,
            Self::German => A::German,
            Self::Greek => return None,
            Self::Hungarian => A::Hungarian,
            Self::Italian => A::Italian,
            Self::Norwegian => A::Norwegian,
            Self::Portuguese => A::Portuguese,
            Self::Romanian => A::Romanian,
            Self::Russian => A::Russian,
            Self::Spanish => A::Spanish,
            Self::Swedish => A::Swedish,
            Self::Tamil => A::Tamil,
            Self::Turkish => A::Turkish,
        })
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stemmer(Language);

impl Stemmer {
    pub(super) fn new(language: Language) -> Self {
        Self(language)
    }

    /// The stem of a folded word. A word that the algorithm cannot digest, or of which it leaves
    /// nothing, stays as it is: no input may panic, and no term is empty.
    pub(super) fn stem(self, word: &str) -> Cow<'_, str> {
        if self.0 == Language::English && stem_skip::english(word) {
            return Cow::Borrowed(word);
        }
        let stem = catch_unwind(AssertUnwindSafe(|| match self.0.algorithm() {
            Some(algorithm) => rust_stemmers::Stemmer::create(algorithm).stem(word),
            None => frostem::Stemmer::new(frostem::Algorithm::Greek).stem(word),
        }));
        match stem {
            Ok(stem) if !stem.is_empty() => stem,
            _ => Cow::Borrowed(word),
        }
    }
}

/// A cache of stems. Texts repeat their words, so nearly every stem is a look-up.
#[derive(Debug, Default, Clone)]
pub(crate) struct StemCache {
    stemmer: Option<Stemmer>,
    stems: HashMap<Box<str>, Box<str>>,
}

impl StemCache {
    /// Distinct words kept at once: a few megabytes. A full cache is emptied, which costs little
    /// and keeps a stream of made-up words from filling the memory.
    const CAPACITY: usize = 1 << 16;

    pub(super) fn stem(&mut self, stemmer: Stemmer, word: &str) -> &str {
        if self.stemmer != Some(stemmer) || self.stems.len() >= Self::CAPACITY {
            self.stems.clear();
            self.stemmer = Some(stemmer);
        }
        if !self.stems.contains_key(word) {
            let stem = stemmer.stem(word).into();
            self.stems.insert(word.into(), stem);
        }
        &self.stems[word]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn stem(language: Language, word: &str) -> String {
        Stemmer::new(language).stem(word).into()
    }

    #[test]
    fn stems() {
        assert_eq!(stem(Language::English, "regulators"), "regul");
        assert_eq!(stem(Language::German, "märkten"), "markt");
        assert_eq!(stem(Language::Russian, "компании"), "компан");
    }

    #[test]
    fn greek_words_that_break_rust_stemmers() {
        assert_eq!(stem(Language::Greek, "αγορες"), "αγορ");
        assert!(!stem(Language::Greek, "ισαισα").is_empty());
    }

    #[test]
    fn a_cache_serves_one_language_at_a_time_and_stays_small() {
        let mut cache = StemCache::default();
        assert_eq!(cache.stem(Stemmer::new(Language::English), "cats"), "cat");
        assert_eq!(cache.stem(Stemmer::new(Language::Tamil), "cats"), "cats");
        for n in 0..StemCache::CAPACITY + 10 {
            cache.stem(Stemmer::new(Language::English), &format!("w{n}"));
        }
        assert!(cache.stems.len() <= StemCache::CAPACITY);
    }

    proptest! {
        #[test]
        fn any_word_in_any_language(word in "\\PC{1,12}", greek in "[α-ωάέήίόύώϊϋ]{1,10}") {
            for &language in Language::ALL {
                prop_assert!(!stem(language, &word).is_empty());
                prop_assert!(!stem(language, &greek).is_empty());
            }
        }

        /// Joins the endings that the Greek algorithm knows: random letters do not find its faults.
        #[test]
        fn greek_endings(parts in prop::collection::vec(
            prop::sample::select(vec!["ισα", "ιζα", "ωσα", "αμε", "ησα", "ουσα", "εσα", "ων", "ιστ",
                "ικ", "ος", "ης", "εισ", "ομαι", "α", "ε", "σ"]), 1..5)) {
            prop_assert!(!stem(Language::Greek, &parts.concat()).is_empty());
        }
    }
}
