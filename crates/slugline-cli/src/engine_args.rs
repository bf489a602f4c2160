//! The training options as flags, under scikit-learn's names.

mod checks;

use std::path::{Path, PathBuf};

use clap::{Args, ValueHint};
use slugline::{
    Auto, Error, IdfOrder, Language, Model, NaiveBayes, Norm, Prior, Refine, StopWords,
    StripAccents, TextClassifier, TextClassifierParams, Unit, Words, dataset::load_prior,
    wording::count,
};

use crate::{
    failure::{Failure, flag},
    outputs::{Files, metadata_at},
    say,
    values::{Choice, document_frequency, lines, ngram_range, parse, parse_beside, threads},
};

#[allow(
    clippy::struct_excessive_bools,
    reason = "each is a flag of the command line"
)]
/// Training options. All are optional, so that `evaluate` can tell whether any was given.
#[derive(Debug, Args, Default, PartialEq)]
#[command(next_help_heading = "Training options")]
pub(crate) struct EngineArgs {
    /// Model: multinomial, complement or bernoulli; auto: multinomial or complement, chosen on the data
    /// [default: complement]
    #[arg(long, value_name = "NAME")]
    naive_bayes: Option<String>,
    /// Additive smoothing, 0 or more; auto: chosen on the data [default: 0.3, and 1.0
    /// with --idf-order after_norm]
    #[arg(long, value_name = "NUMBER|auto", allow_negative_numbers = true)]
    alpha: Option<Choice<f64>>,
    /// true: use an alpha below 1e-10 as it is; false: raise it to 1e-10 [default: true]
    #[arg(long, value_name = "BOOL")]
    force_alpha: Option<bool>,
    /// Multinomial and Bernoulli models: use a uniform class prior instead of the class frequencies
    #[arg(long)]
    no_fit_prior: bool,
    /// Multinomial and Bernoulli models: class prior, in the sorted order of the labels
    #[arg(
        long,
        value_name = "P,P,…",
        value_delimiter = ',',
        conflicts_with = "no_fit_prior"
    )]
    #[arg(allow_negative_numbers = true)]
    class_prior: Option<Vec<f64>>,
    /// Multinomial model: raise the sums of all classes to the largest, so that a term that no class knows argues
    /// for none
    #[arg(long)]
    level_class_sums: bool,
    /// Complement model: normalise the weights of each class
    #[arg(long)]
    norm_weights: bool,
    /// Bernoulli model: threshold above which a term is present; none: values are 0 and 1 [default: 0]
    #[arg(long, value_name = "NUMBER|none", allow_negative_numbers = true)]
    binarize: Option<String>,
    /// Terms: n-grams of word, char or char_wb [default: word]
    #[arg(long, value_name = "UNIT")]
    analyzer: Option<String>,
    /// Words: sklearn (two or more letters, digits, underscores) or unicode (UAX #29) [default: sklearn]
    #[arg(long, value_name = "RULE", conflicts_with = "token_pattern")]
    words: Option<String>,
    /// Regular expression whose matches are the words
    #[arg(long, value_name = "REGEX")]
    token_pattern: Option<String>,
    /// Do not convert the text to lower case
    #[arg(long)]
    no_lowercase: bool,
    /// Remove accents: ascii, unicode or none [default: none]
    #[arg(long, value_name = "HOW")]
    strip_accents: Option<String>,
    /// Stop words to leave out: a language's, those of a file (one per line), or none [default: none]
    #[arg(long, value_name = "LANGUAGE|FILE", value_hint = ValueHint::FilePath)]
    stop_words: Option<String>,
    /// Language of the Snowball stemmer, or none [default: none]
    #[arg(long, value_name = "LANGUAGE")]
    stem: Option<String>,
    /// Smallest and largest n of the n-grams, at most 64 [default: 1,1]
    #[arg(long, value_name = "MIN,MAX")]
    ngram_range: Option<String>,
    /// Leave out terms in fewer documents than this number (2) or fraction (0.01) [default: 1]
    #[arg(long, value_name = "DF")]
    min_df: Option<String>,
    /// Leave out terms in more documents than this number (100) or fraction (0.5) [default: 1.0]
    #[arg(long, value_name = "DF")]
    max_df: Option<String>,
    /// Keep only the N most frequent terms
    #[arg(long, value_name = "N")]
    max_features: Option<usize>,
    /// Leave out terms that hold one of these words, and leave the other n-grams as they are in the text: a
    /// language's stop words, those of a file (one per line), or none; may be given several times [default: none]
    #[arg(long, value_name = "LANGUAGE|FILE", value_hint = ValueHint::FilePath)]
    without_terms: Vec<String>,
    /// Leave out terms that hold a number (a word of digits alone)
    #[arg(long)]
    without_numbers: bool,
    /// Use the terms of this file (one per line) instead of learning them
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    #[arg(conflicts_with_all = ["min_df", "max_df", "max_features", "without_terms", "without_numbers"])]
    vocabulary: Option<PathBuf>,
    /// Count a term at most once per document
    #[arg(long)]
    binary: bool,
    /// Norm of each document's row: l1, l2 or none; auto: l1 or l2, chosen on the data [default: l2]
    #[arg(long, value_name = "NORM")]
    norm: Option<String>,
    /// Do not multiply by inverse document frequency
    #[arg(long, conflicts_with_all = ["no_smooth_idf", "idf_order"])]
    no_idf: bool,
    /// Use idf = ln(n / df) + 1 instead of ln((1 + n) / (1 + df)) + 1
    #[arg(long)]
    no_smooth_idf: bool,
    /// Use 1 + ln(count) instead of the count; auto: chosen on the data [default: true]
    #[arg(long, value_name = "BOOL|auto", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    sublinear_tf: Option<Choice<bool>>,
    /// Multiply by idf before the norm, as scikit-learn does, or after it, so that models merge exactly:
    /// before-norm or after-norm [default: before-norm]
    #[arg(long, value_name = "ORDER")]
    idf_order: Option<String>,
    /// Prior: terms that speak for a label, as pseudo-counts, in a table (tabs, or commas in .csv) with the
    /// columns label, term and weight, or term and one for each label; may be given several times
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    prior: Vec<PathBuf>,
    /// Factor of the weights of the prior [default: 1]
    #[arg(long, value_name = "NUMBER", requires = "prior")]
    prior_strength: Option<f64>,
    /// Label of documents about none of the topics: no class, but the background that evidence for the
    /// topics is measured against
    #[arg(long, value_name = "LABEL")]
    background: Option<String>,
    /// Refine naive Bayes by a linear support vector machine that starts from it: more accurate with some thousand
    /// documents, and takes twice the time; C is the weight of mistakes, after an equals sign [default: off; 0.3 where
    /// C is not given]
    #[arg(long, value_name = "C", num_args = 0..=1, require_equals = true, default_missing_value = "0.3")]
    refine: Option<f64>,
    /// Passes of the refinement over the documents, 1 to 10,000 [default: 3]
    #[arg(long, value_name = "N", requires = "refine")]
    refine_max_iter: Option<usize>,
    /// Number of threads, 0 for one per processor; the model does not depend on it [default: 0]
    #[arg(long, value_name = "N", value_parser = threads)]
    threads: Option<u16>,
}

impl EngineArgs {
    /// The files that these flags name.
    pub(crate) fn files(&self, files: &mut Files) {
        let stop_words = self.stop_words.iter().map(|list| ("stop-word list", list));
        let without = self
            .without_terms
            .iter()
            .map(|list| ("list of words", list));
        // The name of a language, unless there is a file of that name.
        for (what, list) in stop_words
            .chain(without)
            .filter(|(_, list)| *list != "none")
        {
            files.read(what, Path::new(list));
        }
        if let Some(terms) = &self.vocabulary {
            files.read("vocabulary", terms);
        }
        files.read_all("prior", &self.prior);
    }

    /// The settings that the flags describe.
    pub(crate) fn params(&self) -> Result<TextClassifierParams, Failure> {
        let mut params = self.text_params(TextClassifier::params())?;
        params.naive_bayes.model = self.model()?;
        if let Some(Choice::Given(alpha)) = self.alpha {
            params = params.alpha(alpha);
        }
        if let Some(force_alpha) = self.force_alpha {
            params.naive_bayes.force_alpha = force_alpha;
        }
        params.naive_bayes.fit_prior = !self.no_fit_prior;
        params.naive_bayes.level_class_sums = self.level_class_sums;
        params.naive_bayes.class_prior.clone_from(&self.class_prior);
        self.check_model(params.naive_bayes.model)?;
        params = params.background(self.background.clone());
        // An error now, and not after reading the data.
        params.check().map_err(of_word_list)?;
        params.prior = self.read_prior(&params)?;
        Ok(params)
    }

    fn refine(&self) -> Option<Refine> {
        let mut refine = Refine::default().c(self.refine?);
        if let Some(passes) = self.refine_max_iter {
            refine = refine.max_iter(passes);
        }
        Some(refine)
    }

    /// The settings to be chosen on the data.
    pub(crate) fn auto(&self) -> Auto {
        Auto::default()
            .alpha(self.alpha == Some(Choice::Auto))
            .naive_bayes(self.naive_bayes.as_deref() == Some("auto"))
            .sublinear_tf(self.sublinear_tf == Some(Choice::Auto))
            .norm(self.norm.as_deref() == Some("auto"))
    }

    /// The terms of all files of the prior.
    fn read_prior(&self, params: &TextClassifierParams) -> Result<Prior, Failure> {
        let mut prior = Prior::new();
        for file in &self.prior {
            prior = prior.and(load_prior(file)?);
        }
        if !prior.is_empty() {
            let (all, used) = (prior.terms().len(), prior.usable(&params.features)?);
            say::note(format_args!(
                "--prior: {used} of {} can occur with these settings",
                count(all, "term")
            ));
        }
        Ok(prior.scaled(self.prior_strength.unwrap_or(1.0)))
    }

    /// The words of `--without-terms`: one list as it is named, several as one.
    fn without_terms(&self) -> Result<StopWords, Failure> {
        let mut words = StopWords::None;
        for list in &self.without_terms {
            let more = word_list(list)?;
            words = match words {
                StopWords::None => more,
                words => words.and(more.list()?)?,
            };
        }
        Ok(words)
    }

    fn model(&self) -> Result<Model, Failure> {
        Ok(match self.naive_bayes.as_deref().unwrap_or("complement") {
            "multinomial" => NaiveBayes::multinomial().model,
            "complement" | "auto" => Model::Complement {
                norm: self.norm_weights,
            },
            "bernoulli" => Model::Bernoulli {
                binarize: match self.binarize.as_deref() {
                    None => Some(0.0),
                    Some("none") => None,
                    Some(number) => Some(number.parse().map_err(|_| {
                        Failure::usage(format!("--binarize is {number}: expected a number or none"))
                    })?),
                },
            },
            other => {
                return Err(Failure::usage(format!(
                    "--naive-bayes is {other}: expected multinomial, complement, bernoulli or auto"
                )));
            }
        })
    }

    fn text_params(
        &self,
        mut params: TextClassifierParams,
    ) -> Result<TextClassifierParams, Failure> {
        let analyzer = &mut params.features.text;
        if let Some(unit) = &self.analyzer {
            analyzer.analyzer = parse("analyzer", unit)?;
        }
        if analyzer.analyzer != Unit::Word && (self.words.is_some() || self.token_pattern.is_some())
        {
            return Err(Failure::usage(
                "--words and --token-pattern have no effect on character n-grams: use --analyzer word",
            ));
        }
        analyzer.words = match (self.words.as_deref(), &self.token_pattern) {
            (_, Some(pattern)) => Words::Pattern(pattern.clone()),
            (None, None) => Words::Sklearn,
            (Some(rule), None) => parse("words", rule)?,
        };
        analyzer.lowercase = !self.no_lowercase;
        analyzer.strip_accents = match self.strip_accents.as_deref() {
            None | Some("none") => None,
            Some(how) => Some(parse_beside::<StripAccents>(
                "strip-accents",
                how,
                &["none"],
            )?),
        };
        if let Some(list) = &self.stop_words {
            analyzer.stop_words = word_list(list)?;
        }
        analyzer.stemmer = match self.stem.as_deref() {
            None | Some("none") => None,
            Some(language) => Some(parse_beside::<Language>("stem", language, &["none"])?),
        };
        if let Some(range) = &self.ngram_range {
            analyzer.ngram_range = ngram_range(range)?;
        }
        if let Some(df) = &self.min_df {
            params = params.min_df(document_frequency("min-df", df)?);
        }
        if let Some(df) = &self.max_df {
            params = params.max_df(document_frequency("max-df", df)?);
        }
        params = params
            .max_features(self.max_features)
            .without_terms(self.without_terms()?)
            .without_numbers(self.without_numbers)
            .binary(self.binary);
        if let Some(file) = &self.vocabulary {
            let mut terms = lines(file)?;
            // A character n-gram may end in a space, a word cannot.
            if params.features.text.analyzer == Unit::Word {
                for term in &mut terms {
                    term.truncate(term.trim_end().len());
                }
                terms.retain(|term| !term.is_empty());
            }
            params = params.vocabulary(terms);
        }
        match self.norm.as_deref() {
            None | Some("auto") => {}
            Some("none") => params = params.norm(None),
            Some(norm) => {
                params = params.norm(parse_beside::<Norm>("norm", norm, &["none", "auto"])?);
            }
        }
        if let Some(order) = &self.idf_order {
            params = params.idf_order(parse::<IdfOrder>("idf-order", order)?);
        }
        Ok(params
            .use_idf(!self.no_idf)
            .smooth_idf(!self.no_smooth_idf)
            .sublinear_tf(self.sublinear_tf != Some(Choice::Given(false)))
            .refine(self.refine())
            .threads(self.threads.map_or(0, usize::from)))
    }
}

/// The words of `--stop-words` and `--without-terms`: none, those of a file, or a language's.
fn word_list(list: &str) -> Result<StopWords, Failure> {
    Ok(match list {
        "none" => StopWords::None,
        file if metadata_at(Path::new(file))?.is_some_and(|file| file.is_file()) => {
            let words = lines(Path::new(file))?;
            StopWords::List(words.iter().map(|word| word.trim().to_owned()).collect())
        }
        language => StopWords::Language(language.to_owned()),
    })
}

/// The error of settings; that of a language without a list says what else may be given.
fn of_word_list(error: Error) -> Failure {
    match error {
        Error::Parameter {
            name: name @ ("stop_words" | "without_terms"),
            value,
            expected,
        } if value != "set" => Failure::usage(format!(
            "{} is {value}: expected none, the file of a list, or a language: {expected}",
            flag(name)
        )),
        error => error.into(),
    }
}
