//! Priors: pseudo-counts of terms, for labels.

use std::collections::{BTreeMap, HashMap};

use super::{params::TextClassifierParams, prior_counts::NamedPrior};
use crate::{
    counting::TermFilter,
    error::{Error, Result},
    features::VectorizerParams,
    naive_bayes::Model,
    text::{Analyzer, AnalyzerParams, Unit},
    wording::names,
};

/// Terms that speak for a label, with pseudo-counts: an informative Dirichlet prior of naive Bayes.
///
/// With N_ct the sum of a term's values over the documents of a class, smoothing by `alpha` is a
/// symmetric Dirichlet prior, without information: P(t | c) ∝ N_ct + α. An informative one adds a pseudo-count
/// for a class and a term: P(t | c) ∝ N_ct + α + π_ct. A weight of π counts as much as documents of the class
/// whose values of the term sum to π: with TF-IDF rows of length 1, in which a typical term of the topic has a
/// value of about 0.1, a weight of 1 is worth about ten documents. The class
/// prior and the document frequencies stay those of the documents.
///
/// A term is analysed like a text (case, accents, stop words, stems) and stands for the n-gram of all
/// its words. One that is no n-gram of the settings (a stop word; two words where `ngram_range` is
/// 1 to 1), or that `without_terms` leaves out, has no effect: [`usable`](Self::usable) counts those that
/// have one. Terms of the prior are part of the vocabulary whether or not a document holds them, and are never
/// pruned by frequency.
///
/// For the multinomial and the complement model, with words as terms.
///
/// Source: Manning, Raghavan, Schütze 2008, section 13.2 (smoothing as a prior); informative priors
/// from word lists as in Jagarlamudi, Daumé, Udupa 2012, "Incorporating lexical priors into topic
/// models".
///
/// ```
/// use slugline::{Examples, Prior, TextClassifier};
///
/// let prior = Prior::new().with("policy", "parliament", 1.0).with("technology", "chip", 1.0);
/// let examples = Examples::new(&["votes on bills", "code for phones"], &["policy", "technology"])?;
/// let model = TextClassifier::params().prior(prior).fit(&examples)?;
/// assert_eq!(model.classify("a new chip").label(), "technology");
/// # Ok::<(), slugline::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
#[must_use]
pub struct Prior {
    terms: Vec<PriorTerm>,
    n_documents: u64,
    df: BTreeMap<String, u64>,
}

/// One line of a [`Prior`].
#[derive(Debug, Clone, PartialEq)]
pub struct PriorTerm {
    /// The label that the term speaks for.
    pub label: String,
    /// The term, a word or several.
    pub term: String,
    /// The pseudo-count, 0 or more.
    pub weight: f64,
}

impl Prior {
    /// An empty prior.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a term. Weights of the same term and label add up.
    pub fn with(mut self, label: impl Into<String>, term: impl Into<String>, weight: f64) -> Self {
        self.terms.push(PriorTerm {
            label: label.into(),
            term: term.into(),
            weight,
        });
        self
    }

    /// Sets from how many documents the weights were taken, and how many of them hold a term: the idf of the model is
    /// that of these documents and its own, idf_t = ln((1 + n + n′) / (1 + df_t + df′_t)) + 1. A term without a weight
    /// has no part in it.
    ///
    /// ```
    /// use slugline::Prior;
    ///
    /// // Sums over 500 documents, of which 40 hold "tariff".
    /// let prior = Prior::new().with("policy", "tariff", 6.5);
    /// let prior = prior.with_document_frequencies(500, [("tariff", 40)]);
    /// assert_eq!(prior.n_documents(), 500);
    /// ```
    pub fn with_document_frequencies(
        mut self,
        n_documents: u64,
        df: impl IntoIterator<Item = (impl Into<String>, u64)>,
    ) -> Self {
        self.n_documents = n_documents;
        self.df = df.into_iter().map(|(term, df)| (term.into(), df)).collect();
        self
    }

    /// The number of documents that the weights were taken from; 0 where it is not known.
    pub fn n_documents(&self) -> u64 {
        self.n_documents
    }

    /// Multiplies every weight by `strength`.
    pub fn scaled(mut self, strength: f64) -> Self {
        for term in &mut self.terms {
            term.weight *= strength;
        }
        self
    }

    /// Adds the terms and the documents of another prior.
    pub fn and(mut self, other: Self) -> Self {
        self.terms.extend(other.terms);
        self.n_documents = self.n_documents.saturating_add(other.n_documents);
        for (term, more) in other.df {
            let df = self.df.entry(term).or_default();
            *df = df.saturating_add(more);
        }
        self
    }

    /// Whether there are no terms.
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// The terms, in the order in which they were given.
    pub fn terms(&self) -> &[PriorTerm] {
        &self.terms
    }

    /// The label of each of its terms.
    pub(crate) fn labels(&self) -> impl Iterator<Item = &str> {
        self.terms.iter().map(|term| term.label.as_str())
    }

    /// The number of terms that have an effect with these settings: n-grams of the analysis that `without_terms`
    /// does not leave out.
    ///
    /// # Errors
    /// [`Error::Parameter`] for settings out of range, or terms that are not words.
    pub fn usable(&self, params: &VectorizerParams) -> Result<usize> {
        let reader = TermReader::new(params)?;
        let used = |term: &&PriorTerm| reader.read(&term.term).is_some();
        Ok(self.terms.iter().filter(used).count())
    }

    /// The n-grams, each with the position of its label among `labels` and its weight.
    pub(crate) fn resolve(
        &self,
        params: &TextClassifierParams,
        labels: &[&str],
    ) -> Result<NamedPrior> {
        if self.is_empty() {
            return Ok(NamedPrior::default());
        }
        if matches!(params.naive_bayes.model, Model::Bernoulli { .. }) {
            return Err(Error::parameter(
                "prior",
                "given",
                "none for the Bernoulli model, whose terms are there or not: use the multinomial \
                 or the complement model",
            ));
        }
        let reader = TermReader::new(&params.features)?;
        // A term may have a weight for each of many labels: it is read once.
        let mut ngrams: HashMap<&str, Option<String>> = HashMap::new();
        let mut found = Vec::with_capacity(self.terms.len());
        for PriorTerm {
            label,
            term,
            weight,
        } in &self.terms
        {
            let good = *weight >= 0.0 && weight.is_finite();
            if !good {
                return Err(Error::parameter(
                    "prior",
                    format!("{weight} for the term {term:?}"),
                    "finite weights, 0 or more",
                ));
            }
            let class = labels.iter().position(|own| own == label).ok_or_else(|| {
                Error::parameter(
                    "prior",
                    format!("for the label {label:?}"),
                    format!("one of {}", names(labels)),
                )
            })?;
            let ngram = ngrams.entry(term).or_insert_with(|| reader.read(term));
            if let Some(ngram) = ngram {
                found.push((ngram.clone(), class as u32, *weight));
            }
        }
        let mut sums = vec![0.0; labels.len()];
        for (_, class, weight) in &found {
            sums[*class as usize] += weight;
        }
        if !sums.iter().all(|sum: &f64| sum.is_finite()) {
            return Err(Error::parameter(
                "prior",
                "too large",
                "weights whose sums over the terms of a label are finite",
            ));
        }
        found.sort_by(|a, b| (&a.0, a.1).cmp(&(&b.0, b.1)));
        found.dedup_by(|next, kept| {
            let same = next.0 == kept.0 && next.1 == kept.1;
            if same {
                kept.2 += next.2;
            }
            same
        });
        Ok(NamedPrior {
            df: self.document_frequencies(&reader, &found)?,
            counts: found,
            n_documents: self.n_documents,
        })
    }

    /// The document frequencies of n-grams that have weights; `found` is sorted.
    fn document_frequencies(
        &self,
        reader: &TermReader,
        found: &[(String, u32, f64)],
    ) -> Result<Vec<(String, u64)>> {
        let mut all: BTreeMap<String, u64> = BTreeMap::new();
        for (term, &df) in &self.df {
            let Some(read) = reader.read(term) else {
                continue;
            };
            if found.binary_search_by(|own| own.0.cmp(&read)).is_err() {
                continue;
            }
            let sum = all.entry(read).or_default();
            *sum = sum.saturating_add(df);
            if *sum > self.n_documents {
                return Err(Error::parameter(
                    "prior",
                    format!("{sum} documents with the term {term:?}"),
                    format!("at most the number of documents, {}", self.n_documents),
                ));
            }
        }
        Ok(all.into_iter().collect())
    }
}

impl FromIterator<PriorTerm> for Prior {
    fn from_iter<I: IntoIterator<Item = PriorTerm>>(terms: I) -> Self {
        Self {
            terms: terms.into_iter().collect(),
            ..Self::default()
        }
    }
}

/// Analyses a prior's terms as text.
struct TermReader {
    words: Analyzer,
    ngram_range: (usize, usize),
    without: Option<TermFilter>,
}

impl TermReader {
    fn new(features: &VectorizerParams) -> Result<Self> {
        let params = &features.text;
        if params.analyzer != Unit::Word {
            return Err(Error::parameter(
                "prior",
                "given",
                "none where terms are n-grams of characters",
            ));
        }
        let words = AnalyzerParams {
            ngram_range: (1, 1),
            ..params.clone()
        };
        Ok(Self {
            words: Analyzer::new(words)?,
            ngram_range: params.ngram_range,
            without: features.term_filter()?,
        })
    }

    /// The n-gram of all words of a term; None where that is no n-gram of the settings, or left out.
    fn read(&self, term: &str) -> Option<String> {
        let words = self.words.terms(term);
        let (min, max) = self.ngram_range;
        let ngram = (min..=max)
            .contains(&words.len())
            .then(|| words.join(" "))?;
        let without = self.without.as_ref();
        (!without.is_some_and(|without| without.leaves_out(&ngram))).then_some(ngram)
    }
}
