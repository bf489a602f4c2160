//! A Python estimator's parameters as the library's settings.

use pyo3::prelude::*;
use slugline::{
    DocumentFrequency, Error, Language, Model, Norm, Refine, Result, StopWords, StripAccents,
    TextClassifier, TextClassifierParams, Words,
};

use crate::listed::Listed;

/// The parameters by name, as `get_params` gives them.
#[allow(
    clippy::struct_excessive_bools,
    reason = "each is a parameter of the estimator"
)]
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub(crate) struct Settings {
    naive_bayes: String,
    alpha: Option<AlphaSetting>,
    force_alpha: bool,
    fit_prior: bool,
    class_prior: Option<Listed<f64>>,
    level_class_sums: bool,
    norm_weights: bool,
    binarize: Option<f64>,
    lowercase: bool,
    strip_accents: Option<String>,
    analyzer: String,
    words: String,
    token_pattern: Option<String>,
    stop_words: Option<StopWordsSetting>,
    stemmer: Option<String>,
    ngram_range: (usize, usize),
    min_df: DocumentFrequencySetting,
    max_df: DocumentFrequencySetting,
    max_features: Option<usize>,
    without_terms: Option<StopWordsSetting>,
    without_numbers: bool,
    vocabulary: Option<Listed<String>>,
    binary: bool,
    norm: Option<String>,
    use_idf: bool,
    smooth_idf: bool,
    sublinear_tf: bool,
    idf_order: String,
    background: Option<String>,
    /// C and max_iter, or their defaults.
    refine: Option<(Option<f64>, Option<usize>)>,
}

#[derive(FromPyObject)]
enum AlphaSetting {
    One(f64),
    PerFeature(Listed<f64>),
}

#[derive(FromPyObject)]
enum StopWordsSetting {
    Language(String),
    Words(Listed<String>),
}

impl From<StopWordsSetting> for StopWords {
    fn from(setting: StopWordsSetting) -> Self {
        match setting {
            StopWordsSetting::Language(language) => Self::Language(language),
            StopWordsSetting::Words(words) => Self::List(words.0),
        }
    }
}

/// `min_df` or `max_df`: an integer is a number of documents, a float a proportion, as in scikit-learn.
#[derive(FromPyObject)]
enum DocumentFrequencySetting {
    Count(u64),
    Fraction(f64),
}

impl From<DocumentFrequencySetting> for DocumentFrequency {
    fn from(frequency: DocumentFrequencySetting) -> Self {
        match frequency {
            DocumentFrequencySetting::Count(count) => Self::Count(count),
            DocumentFrequencySetting::Fraction(part) => Self::Fraction(part),
        }
    }
}

impl Settings {
    pub(crate) fn params(self, threads: usize) -> Result<TextClassifierParams> {
        let model = match self.naive_bayes.as_str() {
            "multinomial" => Model::Multinomial,
            "complement" => Model::Complement {
                norm: self.norm_weights,
            },
            "bernoulli" => Model::Bernoulli {
                binarize: self.binarize,
            },
            other => {
                return Err(Error::Parameter {
                    name: "naive_bayes",
                    value: other.to_owned(),
                    expected: "multinomial, complement or bernoulli".to_owned(),
                });
            }
        };
        let words = match (self.token_pattern, self.words.as_str()) {
            (Some(pattern), "sklearn") => Words::Pattern(pattern),
            (None, words) => words.parse()?,
            (Some(_), words) => {
                return Err(Error::Parameter {
                    name: "words",
                    value: words.to_owned(),
                    expected: "sklearn where a token_pattern is given".to_owned(),
                });
            }
        };
        let strip_accents = self.strip_accents.map(|how| how.parse::<StripAccents>());
        let stemmer = self.stemmer.map(|language| language.parse::<Language>());
        let norm = self.norm.map(|norm| norm.parse::<Norm>());
        let mut params = TextClassifier::params()
            .lowercase(self.lowercase)
            .strip_accents(strip_accents.transpose()?)
            .analyzer(self.analyzer.parse()?)
            .words(words)
            .stop_words(self.stop_words.map_or(StopWords::None, Into::into))
            .stemmer(stemmer.transpose()?)
            .ngram_range(self.ngram_range.0, self.ngram_range.1)
            .min_df(self.min_df)
            .max_df(self.max_df)
            .max_features(self.max_features)
            .without_terms(self.without_terms.map_or(StopWords::None, Into::into))
            .without_numbers(self.without_numbers)
            .binary(self.binary)
            .norm(norm.transpose()?)
            .use_idf(self.use_idf)
            .smooth_idf(self.smooth_idf)
            .sublinear_tf(self.sublinear_tf)
            .idf_order(self.idf_order.parse()?)
            .threads(threads)
            .model(model)
            .fit_prior(self.fit_prior)
            .level_class_sums(self.level_class_sums)
            .background(self.background)
            .refine(self.refine.map(|(c, max_iter)| {
                let default = Refine::default();
                let max_iter = max_iter.unwrap_or(default.max_iter);
                default.c(c.unwrap_or(default.c)).max_iter(max_iter)
            }));
        params.naive_bayes.force_alpha = self.force_alpha;
        params = match self.alpha {
            None => params,
            Some(AlphaSetting::One(alpha)) => params.alpha(alpha),
            Some(AlphaSetting::PerFeature(alphas)) => params.alpha(alphas.0),
        };
        if let Some(class_prior) = self.class_prior {
            params = params.class_prior(class_prior.0);
        }
        if let Some(vocabulary) = self.vocabulary {
            params = params.vocabulary(vocabulary.0);
        }
        params.check()?;
        Ok(params)
    }
}
