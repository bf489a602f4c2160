//! Warnings of likely mistakes that are no errors: settings without effect, and searches that ended at their
//! limit.

use std::{collections::BTreeSet, fmt};

use super::{TextClassifier, calibration::HOTTEST, params::TextClassifierParams};
use crate::{
    counting::Pruning,
    error::Result,
    naive_bayes::{Alpha, Model},
    text::{Analyzer, AnalyzerParams, StopWords, Unit, Words},
};

/// A warning of a likely mistake that is no error.
///
/// ```
/// use slugline::{StopWords, TextClassifier};
///
/// // The text is lower-cased before stop words are looked for.
/// let params = TextClassifier::params().stop_words(StopWords::List(vec!["The".to_owned()]));
/// let notices = params.notices()?;
/// assert_eq!(notices[0].parameter, "stop_words");
/// println!("{}", notices[0]);
/// # Ok::<(), slugline::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Notice {
    /// The name of the parameter in [`TextClassifierParams`], or `labels`.
    pub parameter: &'static str,
    /// The message: what was found, and what follows.
    pub what: String,
    /// Whether a search ended at the limit of its range.
    pub convergence: bool,
}

impl fmt::Display for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.parameter, self.what)
    }
}

/// The number of words that a notice names.
const NAMED: usize = 5;
/// The value that `force_alpha` raises a smaller alpha to.
const LEAST_ALPHA: f64 = 1e-10;

impl TextClassifierParams {
    /// Finds likely mistakes in these settings: stop words and terms of a given vocabulary that the analysis
    /// never finds, options without effect, an `alpha` that is too small.
    ///
    /// ```
    /// use slugline::{StopWords, TextClassifier};
    ///
    /// let words = StopWords::List(vec!["new york".into()]);
    /// let notices = TextClassifier::params().stop_words(words).notices()?;
    /// assert_eq!(notices[0].parameter, "stop_words");
    /// # Ok::<(), slugline::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`check`](Self::check).
    pub fn notices(&self) -> Result<Vec<Notice>> {
        self.check()?;
        let all = [
            self.of_stop_words()?,
            self.of_words(),
            self.of_upper_case(),
            self.of_unreachable_terms()?,
            self.of_pruning(),
            self.of_alpha(),
        ];
        Ok(all.into_iter().flatten().collect())
    }

    /// Stop words that the analysis splits or changes, and so never finds.
    fn of_stop_words(&self) -> Result<Option<Notice>> {
        let params = &self.features.text;
        let list = params.stop_words.list()?;
        let own: BTreeSet<&str> = list.iter().copied().collect();
        let reader = |params: &AnalyzerParams| {
            Analyzer::new(AnalyzerParams {
                stop_words: StopWords::None,
                stemmer: None,
                ngram_range: (1, 1),
                ..params.clone()
            })
        };
        let analyzer = reader(params)?;
        // Some words of the languages' lists are split under any settings: no mistake of the user's.
        let plain = match params.stop_words {
            StopWords::Language(_) => Some(reader(&AnalyzerParams::default())?),
            _ => None,
        };
        let is_odd = |word: &str| {
            let read = plain.as_ref().map(|plain| plain.terms(word));
            read.is_some_and(|read| read.iter().any(|one| !own.contains(&**one)))
        };
        let mut made = BTreeSet::new();
        let mut words = Vec::new();
        for word in &list {
            let read = analyzer.terms(word);
            let unknown: Vec<&String> = read.iter().filter(|one| !own.contains(&***one)).collect();
            if !unknown.is_empty() && !is_odd(word) {
                words.push(*word);
                made.extend(unknown.into_iter().cloned());
            }
        }
        Ok((!words.is_empty()).then(|| {
            notice(
                "stop_words",
                format!(
                    "inconsistent with how texts are read: {} {} read as {}, not in the list, and so \
                     not left out",
                    named(words.iter().copied()),
                    if words.len() == 1 { "is" } else { "are" },
                    named(made.iter().map(String::as_str)),
                ),
            )
        }))
    }

    fn of_words(&self) -> Option<Notice> {
        let params = &self.features.text;
        let parameter = match params.words {
            _ if params.analyzer == Unit::Word => return None,
            Words::Sklearn => return None,
            Words::Unicode => "words",
            Words::Pattern(_) => "token_pattern",
        };
        let why = format!(
            "not used: terms of the analyzer {} are made of characters",
            params.analyzer
        );
        Some(notice(parameter, why))
    }

    fn of_upper_case(&self) -> Option<Notice> {
        let vocabulary = self.features.vocabulary.as_deref()?;
        let upper = || upper_case(vocabulary);
        if !self.features.text.lowercase || upper().next().is_none() {
            return None;
        }
        Some(notice(
            "vocabulary",
            format!(
                "upper-case letters in {}, while texts are lower-cased: no text holds such a term",
                named(upper())
            ),
        ))
    }

    /// Terms of the vocabulary that the analysis never finds.
    fn of_unreachable_terms(&self) -> Result<Option<Notice>> {
        let params = &self.features.text;
        let Some(vocabulary) = self.features.vocabulary.as_deref() else {
            return Ok(None);
        };
        if params.analyzer != Unit::Word {
            return Ok(None);
        }
        let analyzer = Analyzer::new(params.clone())?;
        let told: BTreeSet<&str> = match params.lowercase {
            true => upper_case(vocabulary).collect(),
            false => BTreeSet::new(),
        };
        let mut scratch = crate::text::AnalyzerScratch::default();
        let mut lost = Vec::new();
        for term in vocabulary
            .iter()
            .filter(|term| !told.contains(term.as_str()))
        {
            let mut found = false;
            analyzer.for_each_term(term, &mut scratch, |read| found |= read == term);
            if !found {
                lost.push(term.as_str());
            }
        }
        let how_many = lost.len();
        Ok((how_many > 0).then(|| {
            let what = format!(
                "no text holds {} with these settings of the analysis ({how_many} of {} terms)",
                named(lost.iter().copied()),
                vocabulary.len(),
            );
            notice("vocabulary", what)
        }))
    }

    fn of_pruning(&self) -> Option<Notice> {
        let features = &self.features;
        let (own, plain) = (&features.pruning, Pruning::default());
        let parameter = match () {
            () if features.vocabulary.is_none() => return None,
            () if own.min_df != plain.min_df => "min_df",
            () if own.max_df != plain.max_df => "max_df",
            () if own.max_features != plain.max_features => "max_features",
            () if !features.without_terms.is_none() => "without_terms",
            () if features.without_numbers => "without_numbers",
            () => return None,
        };
        Some(notice(
            parameter,
            "not used: the vocabulary is given".into(),
        ))
    }

    fn of_alpha(&self) -> Option<Notice> {
        let params = &self.naive_bayes;
        let least = match &params.alpha {
            Alpha::Scalar(alpha) => *alpha,
            Alpha::PerFeature(alphas) => alphas.iter().copied().fold(f64::INFINITY, f64::min),
        };
        let what = match params.force_alpha {
            false if least < LEAST_ALPHA => format!(
                "{least} is too small for exact numbers and raised to {LEAST_ALPHA:e}: force_alpha keeps \
                 it as it is"
            ),
            true if least == 0.0 => {
                "0 smooths nothing: a single term that a class was never seen with rules the class out"
                    .into()
            }
            _ => return None,
        };
        Some(notice("alpha", what))
    }
}

impl TextClassifier {
    /// Finds likely mistakes in this model, beside those of [its settings](TextClassifierParams::notices): a
    /// single label, a class prior that a complement model does not use, a temperature at the end of
    /// its range, a refinement that was dropped since the model was fitted or read.
    pub fn notices(&self) -> Vec<Notice> {
        let all = [
            self.of_labels(),
            self.of_class_prior(),
            self.of_temperature(),
            self.of_refinement(),
        ];
        all.into_iter().flatten().collect()
    }

    fn of_labels(&self) -> Option<Notice> {
        let [label] = self.labels.as_slice() else {
            return None;
        };
        // Beside a background a single label is enough.
        if self.params.background.is_some() {
            return None;
        }
        Some(notice(
            "labels",
            format!("there is only one, {label:?}: the model gives it to every text"),
        ))
    }

    fn of_refinement(&self) -> Option<Notice> {
        let what = "dropped: it was learned from documents that the model no longer has; a fit on all of them learns one";
        self.lost_refinement.then(|| notice("refine", what.into()))
    }

    fn of_class_prior(&self) -> Option<Notice> {
        let params = &self.params.naive_bayes;
        let parameter = match params.model {
            Model::Complement { .. } if self.labels.len() == 1 => return None,
            Model::Complement { .. } if params.class_prior.is_some() => "class_prior",
            Model::Complement { .. } if !params.fit_prior => "fit_prior",
            _ => return None,
        };
        Some(notice(
            parameter,
            "not used: a complement model of several classes has no class prior".into(),
        ))
    }

    fn of_temperature(&self) -> Option<Notice> {
        let temperature = self.calibration.temperature;
        // At the end of the range, up to the search's rounding.
        let at_end = temperature.ln().abs() > HOTTEST.ln() - 1e-6;
        at_end.then(|| Notice {
            convergence: true,
            ..notice(
                "temperature",
                format!(
                    "{temperature:.1e} is the end of its range: the documents that it was chosen on do not \
                     bound it, and probabilities are not to be trusted"
                ),
            )
        })
    }
}

fn notice(parameter: &'static str, what: String) -> Notice {
    Notice {
        parameter,
        what,
        convergence: false,
    }
}

fn upper_case(vocabulary: &[String]) -> impl Iterator<Item = &str> {
    let terms = vocabulary.iter().map(String::as_str);
    terms.filter(|term| term.chars().any(char::is_uppercase))
}

/// The first few, quoted, and the number of the rest.
fn named<'a>(all: impl Iterator<Item = &'a str>) -> String {
    let all: Vec<String> = all.map(|one| format!("{one:?}")).collect();
    let shown = all[..all.len().min(NAMED)].join(", ");
    match all.len().saturating_sub(NAMED) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

#[cfg(test)]
mod tests {
    use super::{super::calibration::Calibration, *};
    use crate::{classifier::Examples, naive_bayes::NaiveBayes};

    fn told(params: &TextClassifierParams) -> Vec<String> {
        let notices = params.notices().unwrap();
        notices.iter().map(ToString::to_string).collect()
    }

    fn words(words: &[&str]) -> StopWords {
        StopWords::List(words.iter().map(|&word| word.to_owned()).collect())
    }

    #[test]
    fn settings_that_are_likely_a_mistake() {
        let plain = TextClassifier::params();
        let mut weak = plain.clone().alpha(1e-12);
        weak.naive_bayes.force_alpha = false;
        let terms = |terms: &[&str]| plain.clone().vocabulary(terms.iter().copied());
        let cases = [
            (
                plain.clone().stop_words(words(&["the", "new york"])),
                "\"new york\" is read as \"new\", \"york\"",
            ),
            (
                plain.clone().stop_words(words(&["The"])),
                "\"The\" is read as \"the\"",
            ),
            (
                plain.clone().stop_words(words(&["don't"])),
                "\"don't\" is read as \"don\"",
            ),
            (
                plain
                    .clone()
                    .stop_words(words(&["été"]))
                    .strip_accents(crate::text::StripAccents::Unicode),
                "\"ete\"",
            ),
            (
                plain
                    .clone()
                    .analyzer(Unit::Char)
                    .words(Words::Pattern("x+".into())),
                "token_pattern: not used",
            ),
            (
                plain.clone().analyzer(Unit::CharWb).words(Words::Unicode),
                "words: not used",
            ),
            (terms(&["phone", "Chip"]), "upper-case letters in \"Chip\""),
            (terms(&["phone", "new york"]), "no text holds \"new york\""),
            (terms(&["phone", "a"]), "no text holds \"a\""),
            (
                terms(&["the"]).stop_words(words(&["the"])),
                "no text holds \"the\"",
            ),
            (
                terms(&["phones"]).stemmer(crate::text::Language::English),
                "no text holds \"phones\"",
            ),
            (terms(&["phone"]).min_df(2), "min_df: not used"),
            (terms(&["phone"]).max_features(2), "max_features: not used"),
            (
                terms(&["phone"]).without_terms(words(&["the"])),
                "without_terms: not used",
            ),
            (
                terms(&["phone"]).without_numbers(true),
                "without_numbers: not used",
            ),
            (weak, "alpha: 0.000000000001 is too small"),
            (plain.clone().alpha(0.0), "alpha: 0 smooths nothing"),
            (
                plain.clone().alpha(vec![1.0, 0.0]),
                "alpha: 0 smooths nothing",
            ),
        ];
        for (params, expected) in cases {
            let told = told(&params);
            assert_eq!(told.len(), 1, "{expected}: {told:?}");
            assert!(told[0].contains(expected), "{expected}: {told:?}");
        }
    }

    #[test]
    fn settings_that_are_none() {
        let plain = TextClassifier::params();
        let good = [
            plain.clone(),
            plain
                .clone()
                .stop_words(words(&["the", "new", "york", "new york", "a"])),
            plain
                .clone()
                .stop_words(StopWords::Language("english".into())),
            plain.clone().stop_words(words(&["The"])).lowercase(false),
            plain
                .clone()
                .stop_words(StopWords::Language("french".into())),
            plain
                .clone()
                .vocabulary(["new york", "new"])
                .ngram_range(1, 2),
            plain
                .clone()
                .vocabulary([" a", "b "])
                .analyzer(Unit::CharWb)
                .ngram_range(2, 2),
            plain.clone().vocabulary(["Chip"]).lowercase(false),
            plain.clone().alpha(1e-12),
        ];
        for params in good {
            assert_eq!(told(&params), [""; 0]);
        }
    }

    #[test]
    fn models_that_are_likely_a_mistake() {
        let texts = ["new phones", "old phones", "votes"];
        let fit = |params: TextClassifierParams, labels: [&str; 3]| {
            params
                .fit(&Examples::new(&texts, &labels).unwrap())
                .unwrap()
        };
        let parameter = |model: &TextClassifier| {
            let found = model.notices();
            found
                .iter()
                .map(|notice| notice.parameter)
                .collect::<Vec<_>>()
        };
        let plain = TextClassifier::params();
        let two = ["a", "a", "b"];
        assert_eq!(parameter(&fit(plain.clone(), ["a"; 3])), ["labels"]);
        assert_eq!(parameter(&fit(plain.clone(), two)), [""; 0]);
        assert_eq!(
            parameter(&fit(plain.clone().class_prior([0.5, 0.5]), two)),
            ["class_prior"]
        );
        assert_eq!(
            parameter(&fit(plain.clone().fit_prior(false), two)),
            ["fit_prior"]
        );
        let multinomial = plain.clone().model(NaiveBayes::multinomial().model);
        assert_eq!(
            parameter(&fit(multinomial.class_prior([0.5, 0.5]), two)),
            [""; 0]
        );
        for temperature in [HOTTEST, 1.0 / HOTTEST] {
            let mut model = fit(plain.clone(), two);
            model.calibration = Calibration {
                temperature,
                by_length: false,
                other_below: None,
            };
            assert_eq!(parameter(&model), ["temperature"]);
            assert!(model.notices()[0].convergence);
        }
    }
}
