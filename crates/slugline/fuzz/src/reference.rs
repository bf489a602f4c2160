//! The terms of a text by scikit-learn's definition, one string at a time: slow, short, and written apart from the
//! library.

use std::{collections::BTreeMap, panic::catch_unwind, sync::Mutex};

use regex::Regex;
use rust_stemmers::{Algorithm, Stemmer};
use slugline::{
    Language, StopWords, StripAccents, Unit, Words,
    text::{AnalyzerParams, is_space, is_word},
};
use unicode_normalization::{UnicodeNormalization, char::canonical_combining_class};
use unicode_segmentation::UnicodeSegmentation;

/// The patterns of words that are tried: two that mean whole words, and some that do not.
pub const PATTERNS: [&str; 6] = [
    r"\b\w+\b",
    r"(?u)\b\w{3,}\b",
    "[a-z]+",
    r"(\w)\w*",
    r"\S+",
    "",
];

/// The terms, in scikit-learn's order.
pub fn terms(params: &AnalyzerParams, text: &str) -> Vec<String> {
    let text = fold(params, text);
    let (min, max) = params.ngram_range;
    match params.analyzer {
        Unit::Word => {
            let words = words(&params.words, &text).into_iter();
            let words: Vec<String> = words.filter_map(|word| term(params, word)).collect();
            let ngrams = (min..=max).flat_map(|n| words.windows(n));
            ngrams.map(|words| words.join(" ")).collect()
        }
        Unit::Char => {
            let chars = squeeze(&text);
            let ngrams = (min..=max).flat_map(|n| chars.windows(n));
            ngrams.map(String::from_iter).collect()
        }
        _ => {
            let mut terms = Vec::new();
            for word in text.split(is_space).filter(|word| !word.is_empty()) {
                let word: Vec<char> = format!(" {word} ").chars().collect();
                for n in min..=max {
                    let n = n.min(word.len());
                    terms.extend(word.windows(n).map(String::from_iter));
                    // A word that is shorter than n counts once.
                    if n == word.len() {
                        break;
                    }
                }
            }
            terms
        }
    }
}

fn fold(params: &AnalyzerParams, text: &str) -> String {
    let text = match params.lowercase {
        true => text.to_lowercase(),
        false => text.to_owned(),
    };
    match params.strip_accents {
        None => text,
        Some(StripAccents::Ascii) => text.nfkd().filter(char::is_ascii).collect(),
        Some(StripAccents::Unicode) => {
            let parts = text.nfkd();
            parts
                .filter(|&c| canonical_combining_class(c) == 0)
                .collect()
        }
    }
}

fn words<'a>(words: &Words, text: &'a str) -> Vec<&'a str> {
    let runs = |least: usize| -> Vec<&'a str> {
        let runs = text.split(|c| !is_word(c));
        runs.filter(|run| !run.is_empty() && run.chars().count() >= least)
            .collect()
    };
    // What `\w` and `\s` of Python mean in the `regex` crate.
    let pattern = match words {
        Words::Unicode => return text.unicode_words().collect(),
        Words::Sklearn => return runs(2),
        Words::Pattern(pattern) => match pattern.as_str() {
            r"\b\w+\b" => return runs(1),
            r"(?u)\b\w{3,}\b" => return runs(3),
            r"(\w)\w*" => r"([\p{L}\p{N}_])[\p{L}\p{N}_]*",
            r"\S+" => r"[^\s\x1c-\x1f]+",
            other => other,
        },
        other => unreachable!("{other:?} is not tried"),
    };
    // Classes of Unicode take a millisecond to compile.
    static REGEXES: Mutex<BTreeMap<String, Regex>> = Mutex::new(BTreeMap::new());
    let mut regexes = REGEXES.lock().expect("one thread");
    let compile = || Regex::new(pattern).expect("a pattern of ours");
    let regex = regexes.entry(pattern.to_owned()).or_insert_with(compile);
    let words = regex.captures_iter(text);
    let words = words.filter_map(|found| found.get(found.len() - 1));
    words.map(|word| word.as_str()).collect()
}

fn term(params: &AnalyzerParams, word: &str) -> Option<String> {
    let is_stop_word = match &params.stop_words {
        StopWords::List(list) => list.iter().any(|stop| stop == word),
        _ => false,
    };
    if is_stop_word {
        return None;
    }
    let algorithm = match params.stemmer {
        Some(Language::English) => Algorithm::English,
        Some(Language::French) => Algorithm::French,
        Some(Language::German) => Algorithm::German,
        Some(Language::Russian) => Algorithm::Russian,
        Some(Language::Turkish) => Algorithm::Turkish,
        _ => return Some(word.to_owned()),
    };
    let stem = catch_unwind(|| Stemmer::create(algorithm).stem(word).into_owned());
    let stem = stem.ok().filter(|stem| !stem.is_empty());
    Some(stem.unwrap_or_else(|| word.to_owned()))
}

/// The characters, runs of two or more white-space characters as one blank.
fn squeeze(text: &str) -> Vec<char> {
    let mut chars: Vec<char> = Vec::new();
    let mut in_run = false;
    for c in text.chars() {
        match is_space(c) && in_run {
            true => *chars.last_mut().expect("a run has begun") = ' ',
            false => chars.push(c),
        }
        in_run = is_space(c);
    }
    chars
}
