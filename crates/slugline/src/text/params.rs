//! The settings of text analysis, under scikit-learn's names.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use super::stem::Language;
use crate::{
    error::{Error, Result},
    util::setters::setters,
};

/// The largest n of an n-gram, in words or characters. A larger maximum of
/// [`ngram_range`](AnalyzerParams::ngram_range) is taken as this one, so that the n-grams of a text have no more than
/// 64 · 65 / 2 times its length, whatever a caller or a model file asks for. (Differs from scikit-learn, which has no
/// limit.)
pub const LONGEST_NGRAM: usize = 64;

/// Settings of an [`Analyzer`](super::Analyzer).
///
/// | field | default | meaning |
/// |---|---|---|
/// | `lowercase` | `true` | lower-case the text first, as Python's `str.lower` does |
/// | `strip_accents` | `None` | decompose (NFKD) and drop combining marks (`Unicode`), or all that is not ASCII (`Ascii`) |
/// | `analyzer` | `Word` | terms are word n-grams, character n-grams, or character n-grams inside words |
/// | `words` | `Sklearn` | the definition of a word (ignored by the character analyzers) |
/// | `stop_words` | `None` | words to leave out, compared before stemming |
/// | `stemmer` | `None` | Snowball stemmer of a language |
/// | `ngram_range` | `(1, 1)` | smallest and largest n; 1 ≤ min ≤ max. No n-gram is longer than [`LONGEST_NGRAM`] |
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[must_use]
#[non_exhaustive]
pub struct AnalyzerParams {
    /// Lower-case the text first.
    pub lowercase: bool,
    /// Remove accents after lower-casing.
    pub strip_accents: Option<StripAccents>,
    /// The units of n-grams (scikit-learn's `analyzer`).
    pub analyzer: Unit,
    /// The definition of a word.
    pub words: Words,
    /// Words to leave out.
    pub stop_words: StopWords,
    /// Reduce each word to its stem.
    pub stemmer: Option<Language>,
    /// Smallest and largest n of the n-grams.
    pub ngram_range: (usize, usize),
}

setters!(AnalyzerParams {
    lowercase: bool,
    strip_accents: impl Into<Option<StripAccents>>,
    analyzer: Unit,
    words: Words,
    stop_words: StopWords,
    stemmer: impl Into<Option<Language>>,
});

impl Default for AnalyzerParams {
    fn default() -> Self {
        Self {
            lowercase: true,
            strip_accents: None,
            analyzer: Unit::Word,
            words: Words::Sklearn,
            stop_words: StopWords::None,
            stemmer: None,
            ngram_range: (1, 1),
        }
    }
}

impl AnalyzerParams {
    /// Sets [`ngram_range`](#structfield.ngram_range).
    pub fn ngram_range(mut self, min: usize, max: usize) -> Self {
        self.ngram_range = (min, max);
        self
    }

    pub(super) fn check(&self) -> Result<()> {
        let (min, max) = self.ngram_range;
        if min == 0 || min > max || min > LONGEST_NGRAM {
            return Err(Error::parameter(
                "ngram_range",
                format!("({min}, {max})"),
                format!("1 <= min <= max, and min <= {LONGEST_NGRAM}"),
            ));
        }
        if self.analyzer != Unit::Word {
            let unused = if self.stemmer.is_some() {
                Some("stemmer")
            } else if self.stop_words != StopWords::None {
                Some("stop_words")
            } else {
                None
            };
            if let Some(name) = unused {
                return Err(Error::parameter(
                    name,
                    "set",
                    "none: character n-grams have no words to stem or to leave out",
                ));
            }
        }
        Ok(())
    }
}

/// The ways to remove accents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StripAccents {
    /// NFKD, then everything that is not ASCII is dropped. Of text in other scripts than Latin nothing is left.
    Ascii,
    /// NFKD, then combining marks are dropped.
    Unicode,
}

/// The units of n-grams.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Unit {
    /// Words. Those of an n-gram are joined by one blank.
    Word,
    /// Characters, across word boundaries; runs of white space count as one blank.
    Char,
    /// Characters inside one word, which is padded with a blank on either side.
    CharWb,
}

/// The definition of a word.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Words {
    /// scikit-learn's default, Python's `(?u)\b\w\w+\b`: runs of two or more letters, digits or
    /// underscores.
    Sklearn,
    /// UAX #29 word segmentation, words that hold a letter or a digit.
    Unicode,
    /// Every match of a pattern (its capture group, where it has one). `\w`, `\W`, `\s`, `\S`
    /// mean what they mean in Python; the rest is the syntax of the `regex` crate, where `\b`
    /// also counts combining marks as part of a word. The whole-word patterns `\b\w+\b` and
    /// `\b\w{n,}\b` run natively and agree with Python on all text.
    ///
    /// The time is in proportion to the text. For that, a pattern that may look far beyond a word (`\w+Z|\w`: a part
    /// without a limit, behind which something must follow) has at most 32 characters and classes, repetitions
    /// counted, and sees 512 to 1,024 bytes of text from where it begins to look. One loop over a class, `[a-z]+\b`
    /// say, finds words of any length.
    Pattern(String),
}

impl FromStr for Words {
    type Err = Error;

    /// Parses `sklearn` or `unicode`; a pattern has no name.
    fn from_str(name: &str) -> Result<Self> {
        match name {
            "sklearn" => Ok(Self::Sklearn),
            "unicode" => Ok(Self::Unicode),
            _ => Err(Error::parameter("words", name, "sklearn or unicode")),
        }
    }
}

/// The words that are left out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum StopWords {
    /// None.
    #[default]
    None,
    /// The list of a language, by English name or ISO 639-1 code. `english` is scikit-learn's own
    /// list of 318 words; all others are those of the crate `stop-words` (Stopwords ISO).
    Language(String),
    /// These words, compared with the folded text (lower-case them where `lowercase` is on).
    List(Vec<String>),
}

impl StopWords {
    /// For serde: what is not set is not in the model file.
    pub(crate) fn is_none(&self) -> bool {
        *self == Self::None
    }
}

macro_rules! names {
    ($type:ident, $what:literal, $($name:literal => $value:ident),+) => {
        impl FromStr for $type {
            type Err = Error;

            fn from_str(name: &str) -> Result<Self> {
                match name {
                    $($name => Ok(Self::$value),)+
                    _ => Err(Error::parameter($what, name, [$($name),+].join(", "))),
                }
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(match self { $(Self::$value => $name),+ })
            }
        }
    };
}
pub(crate) use names;

names!(StripAccents, "strip_accents", "ascii" => Ascii, "unicode" => Unicode);
names!(Unit, "analyzer", "word" => Word, "char" => Char, "char_wb" => CharWb);
