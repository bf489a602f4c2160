//! Texts → sparse rows of counts or TF-IDF weights.

use serde::{Deserialize, Serialize};

use super::{
    counts::{Counts, count_known},
    options::text_options,
    tfidf::{IdfOrder, Norm, Tfidf, TfidfParams},
};
use crate::{
    counting::{Corpus, CorpusCounts, DocumentFrequency, Pruning, TermFilter, learn},
    error::{Error, Result},
    matrix::Rows,
    text::{Analyzer, AnalyzerParams, Language, StopWords, StripAccents, Unit, Words},
    util::{pool::with_threads, setters::setters},
    vocabulary::Vocabulary,
};

/// Settings of a [`Vectorizer`], with a builder method for each.
///
/// ```
/// use slugline::{StopWords, Vectorizer};
///
/// let params = Vectorizer::params().ngram_range(1, 2).stop_words(StopWords::Language("english".into()));
/// let vectorizer = params.fit(&["the chips and the code"])?;
/// assert!(vectorizer.vocabulary().iter().eq(["chips", "chips code", "code"]));
/// # Ok::<(), slugline::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
#[must_use]
pub struct VectorizerParams {
    /// The analysis of text into terms. (In model files the group has the name `analyzer`.)
    #[serde(rename = "analyzer")]
    pub text: AnalyzerParams,
    /// Which learned terms are kept.
    pub pruning: Pruning,
    /// Learned terms that hold one of these words are left out.
    #[serde(default, skip_serializing_if = "StopWords::is_none")]
    pub without_terms: StopWords,
    /// Learned terms that hold a number, a word of digits alone, are left out.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub without_numbers: bool,
    /// The terms, if they are given instead of learned.
    pub vocabulary: Option<Vec<String>>,
    /// Count a term once in a document.
    pub binary: bool,
    /// The weighting of counts.
    pub tfidf: TfidfParams,
    /// The number of threads; 0 is one for each processor. Not part of a model: it changes no result.
    #[serde(skip)]
    pub threads: usize,
}

setters!(VectorizerParams {
    text: AnalyzerParams,
    pruning: Pruning,
    tfidf: TfidfParams,
});

text_options!(VectorizerParams,);

impl VectorizerParams {
    /// Multiply idf in before or after the norm (default before, as scikit-learn does).
    pub fn idf_order(mut self, idf_order: IdfOrder) -> Self {
        self.tfidf.idf_order = idf_order;
        self
    }

    pub(crate) fn check(&self) -> Result<()> {
        self.pruning.check()?;
        TermFilter::new(&self.text, &self.without_terms, self.without_numbers).map(drop)
    }

    /// Which terms are left out by the words that they hold; None where none is, or where the vocabulary is given.
    ///
    /// # Errors
    /// As [`check`](Self::check).
    pub(crate) fn term_filter(&self) -> Result<Option<TermFilter>> {
        match self.vocabulary {
            Some(_) => Ok(None),
            None => TermFilter::new(&self.text, &self.without_terms, self.without_numbers),
        }
    }

    /// Whether some of the learned terms may be left out.
    pub(crate) fn prunes(&self) -> bool {
        let all = self.pruning == Pruning::default()
            && self.without_terms.is_none()
            && !self.without_numbers;
        self.vocabulary.is_none() && !all
    }

    /// Fits on texts and returns the vectoriser.
    ///
    /// # Errors
    /// [`Error::Parameter`] for settings out of range, [`Error::EmptyVocabulary`] where no term is
    /// found or pruning leaves none.
    pub fn fit<S: AsRef<str> + Sync>(&self, texts: &[S]) -> Result<Vectorizer> {
        Ok(self.fit_transform(texts)?.0)
    }

    /// Fits on texts and returns the vectoriser with the texts' rows, in one pass.
    ///
    /// # Errors
    /// As [`fit`](Self::fit).
    pub fn fit_transform<S: AsRef<str> + Sync>(
        &self,
        texts: &[S],
    ) -> Result<(Vectorizer, Rows<f64>)> {
        self.check()?;
        let analyzer = Analyzer::new(self.text.clone())?;
        with_threads("fitting a vectoriser", self.threads, || {
            let mut documents = self.read(&analyzer, texts)?;
            if self.vocabulary.is_none()
                && let Some(kept) = documents.kept(&self.pruning, self.term_filter()?.as_ref())?
            {
                documents = documents.select(&kept);
            }
            let tfidf = Tfidf::from_df(self.tfidf, texts.len() as u64, &documents.df);
            let vocabulary = documents.vocabulary;
            let rows = match documents.counts {
                CorpusCounts::Rows(rows) => tfidf.weighed(rows),
                CorpusCounts::TokenLists(tokens) => tokens.rows(|columns, counts, values| {
                    values.extend(counts.iter().map(|&count| f64::from(count)));
                    tfidf.weigh(columns, values);
                }),
            };
            let vectorizer = Vectorizer {
                params: self.clone(),
                analyzer,
                vocabulary,
                tfidf,
            };
            Ok((vectorizer, rows))
        })?
    }

    /// Reads the texts: all their terms, or the given ones. Runs on the current pool.
    pub(crate) fn read<S: AsRef<str> + Sync>(
        &self,
        analyzer: &Analyzer,
        texts: &[S],
    ) -> Result<Corpus> {
        if texts.is_empty() {
            return Err(Error::EmptyVocabulary("there are no documents".into()));
        }
        let documents = match &self.vocabulary {
            None => learn(analyzer, texts)?,
            Some(terms) => {
                let vocabulary = Vocabulary::new(terms)?;
                let rows = count_known(analyzer, &vocabulary, texts);
                Corpus::of_rows(vocabulary, rows)
            }
        };
        Ok(match self.binary {
            true => documents.binary(),
            false => documents,
        })
    }

    /// As [`read`](Self::read), with the counts as rows.
    pub(crate) fn count<S: AsRef<str> + Sync>(
        &self,
        analyzer: &Analyzer,
        texts: &[S],
    ) -> Result<Counts> {
        Ok(self.read(analyzer, texts)?.into())
    }
}

/// Makes sparse rows from texts: a fitted vocabulary with its TF-IDF weighting. Immutable; share it freely
/// between threads.
///
/// ```
/// use slugline::Vectorizer;
///
/// let texts = ["chips and chips", "chips and rules"];
/// let (vectorizer, rows) = Vectorizer::count_params().fit_transform(&texts)?;
/// assert!(vectorizer.vocabulary().iter().eq(["and", "chips", "rules"]));
/// assert_eq!(rows.row(0), (&[0, 1][..], &[1.0, 2.0][..]));
/// # Ok::<(), slugline::Error>(())
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct Vectorizer {
    params: VectorizerParams,
    analyzer: Analyzer,
    vocabulary: Vocabulary,
    tfidf: Tfidf,
}

impl Vectorizer {
    /// Settings for TF-IDF rows: the defaults of scikit-learn's `TfidfVectorizer`.
    pub fn params() -> VectorizerParams {
        VectorizerParams::default()
    }

    /// Settings for rows of counts: the defaults of scikit-learn's `CountVectorizer`.
    pub fn count_params() -> VectorizerParams {
        VectorizerParams {
            tfidf: TfidfParams::counts(),
            ..Default::default()
        }
    }

    /// Makes the rows of texts: documents × terms. Terms that were not learned are ignored.
    ///
    /// # Errors
    /// [`Error::Parameter`] where the system refuses the threads.
    pub fn transform<S: AsRef<str> + Sync>(&self, texts: &[S]) -> Result<Rows<f64>> {
        with_threads("counting terms", self.params.threads, || {
            let counts = count_known(&self.analyzer, &self.vocabulary, texts);
            self.tfidf.weighed(match self.params.binary {
                true => counts.map(|_| 1),
                false => counts,
            })
        })
    }

    /// The settings.
    pub fn vectorizer_params(&self) -> &VectorizerParams {
        &self.params
    }

    /// The terms and their columns.
    pub fn vocabulary(&self) -> &Vocabulary {
        &self.vocabulary
    }

    /// The weighting, with the idf of each column.
    pub fn tfidf(&self) -> &Tfidf {
        &self.tfidf
    }
}
