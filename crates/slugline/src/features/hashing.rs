//! Rows without a vocabulary: a term's column is its hash.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::tfidf::{Norm, normalise};
use crate::{
    error::{Error, Result},
    matrix::Rows,
    text::{Analyzer, AnalyzerParams, AnalyzerScratch},
    util::{
        memory::within,
        pool::{documents_per_task, sensible, with_threads},
        setters::setters,
    },
};

/// Settings of a [`HashingVectorizer`], with scikit-learn's names and defaults.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[must_use]
#[non_exhaustive]
pub struct HashingParams {
    /// The analysis of text into terms.
    pub analyzer: AnalyzerParams,
    /// The number of columns, 1 to 2^31 − 2 (default 2^20).
    pub n_features: usize,
    /// Add terms with a negative hash as −1, so that collisions cancel out on average (default
    /// true). Naive Bayes over counts needs it off: it takes no negative values.
    pub alternate_sign: bool,
    /// Set every non-zero value to 1 (default false).
    pub binary: bool,
    /// The norm to which a row is scaled (default l2).
    pub norm: Option<Norm>,
    /// The number of threads; 0 (default) is one for each processor.
    #[serde(skip)]
    pub threads: usize,
}

setters!(HashingParams {
    analyzer: AnalyzerParams,
    n_features: usize,
    alternate_sign: bool,
    binary: bool,
    norm: impl Into<Option<Norm>>,
    threads: usize,
});

impl Default for HashingParams {
    fn default() -> Self {
        Self {
            analyzer: AnalyzerParams::default(),
            n_features: 1 << 20,
            alternate_sign: true,
            binary: false,
            norm: Some(Norm::L2),
            threads: 0,
        }
    }
}

/// Bytes of text that are hashed in less time than it takes to start threads.
const LITTLE: usize = 1 << 14;

/// Makes rows of a fixed width from texts, without a vocabulary: scikit-learn's `HashingVectorizer`.
///
/// The column is |h| mod `n_features` with h the signed 32-bit MurmurHash3 of the term (seed 0). Hash and seed are
/// scikit-learn's, so that words can be chosen that share a column: that costs accuracy, not time, since the terms of a
/// text are sorted by column.
/// Source: Weinberger et al. 2009, "Feature hashing for large scale multitask learning".
///
/// ```
/// use slugline::hashing::{HashingParams, HashingVectorizer};
///
/// let vectorizer = HashingVectorizer::new(HashingParams::default().n_features(16))?;
/// assert_eq!(vectorizer.transform(&["chips and rules"])?.n_columns(), 16);
/// # Ok::<(), slugline::Error>(())
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct HashingVectorizer {
    params: HashingParams,
    analyzer: Analyzer,
}

impl HashingVectorizer {
    /// Makes a vectoriser, and checks the settings.
    ///
    /// # Errors
    /// [`Error::Parameter`] for settings out of range.
    pub fn new(params: HashingParams) -> Result<Self> {
        if !(1..i32::MAX as usize).contains(&params.n_features) {
            return Err(Error::parameter(
                "n_features",
                params.n_features,
                "1 to 2147483646",
            ));
        }
        Ok(Self {
            analyzer: Analyzer::new(params.analyzer.clone())?,
            params,
        })
    }

    /// The rows of texts: documents × `n_features`. A value whose terms cancel out stays as a
    /// stored zero, as in scikit-learn.
    ///
    /// # Errors
    /// [`Error::Parameter`] where the system refuses the threads.
    pub fn transform<S: AsRef<str> + Sync>(&self, texts: &[S]) -> Result<Rows<f64>> {
        let bytes = || texts.iter().map(|text| text.as_ref().len()).sum::<usize>();
        if texts.len() < LITTLE && bytes() < LITTLE {
            sensible(self.params.threads)?;
            return within("hashing texts", || self.transform_block(texts));
        }
        with_threads("hashing texts", self.params.threads, || {
            let parts = texts
                .par_chunks(documents_per_task(texts.len()))
                .map(|texts| self.transform_block(texts))
                .collect();
            Rows::concat(self.params.n_features, parts)
        })
    }

    fn transform_block<S: AsRef<str>>(&self, texts: &[S]) -> Rows<f64> {
        let mut rows = Rows::empty(self.params.n_features);
        let mut scratch = AnalyzerScratch::default();
        let mut pairs: Vec<(u32, f64)> = Vec::new();
        let (mut columns, mut values) = (Vec::new(), Vec::new());
        for text in texts {
            pairs.clear();
            self.analyzer
                .for_each_term(text.as_ref(), &mut scratch, |term| {
                    pairs.push(self.column(term));
                });
            pairs.sort_by_key(|&(column, _)| column);
            columns.clear();
            values.clear();
            for run in pairs.chunk_by(|a, b| a.0 == b.0) {
                columns.push(run[0].0);
                values.push(match self.params.binary {
                    true => 1.0,
                    false => run.iter().map(|&(_, sign)| sign).sum::<f64>(),
                });
            }
            normalise(self.params.norm, &mut values);
            rows.push_row(columns.iter().copied().zip(values.iter().copied()));
        }
        rows
    }

    fn column(&self, term: &str) -> (u32, f64) {
        let hash = murmur3(term.as_bytes());
        // |−2^31| is no i32; scikit-learn takes (2^31 − 1 − (n − 1)) mod n, which equals 2^31 mod n, as with the
        // unsigned value.
        let column = hash.unsigned_abs() as usize % self.params.n_features;
        let negative = self.params.alternate_sign && hash < 0;
        (column as u32, if negative { -1.0 } else { 1.0 })
    }
}

/// MurmurHash3 x86 32 with seed 0, as a signed number (Austin Appleby, public domain; the variant
/// that scikit-learn uses).
#[doc(hidden)]
pub fn murmur3(bytes: &[u8]) -> i32 {
    let scramble = |block: u32| {
        block
            .wrapping_mul(0xCC9E_2D51)
            .rotate_left(15)
            .wrapping_mul(0x1B87_3593)
    };
    let mut hash = 0_u32;
    let (blocks, tail) = bytes.as_chunks::<4>();
    for block in blocks {
        hash ^= scramble(u32::from_le_bytes(*block));
        hash = hash
            .rotate_left(13)
            .wrapping_mul(5)
            .wrapping_add(0xE654_6B64);
    }
    let mut last = [0; 4];
    last[..tail.len()].copy_from_slice(tail);
    hash ^= scramble(u32::from_le_bytes(last));
    hash ^= bytes.len() as u32;
    hash = (hash ^ (hash >> 16)).wrapping_mul(0x85EB_CA6B);
    hash = (hash ^ (hash >> 13)).wrapping_mul(0xC2B2_AE35);
    (hash ^ (hash >> 16)).cast_signed()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_texts_have_the_rows_of_many() {
        let vectorizer = HashingVectorizer::new(HashingParams::default().threads(2)).unwrap();
        let texts: Vec<String> = (0..3000)
            .map(|n| format!("a text of {n} and {}", n % 7))
            .collect();
        let many = vectorizer.transform(&texts).unwrap();
        let few = vectorizer.transform(&texts[..40]).unwrap();
        assert!(texts.concat().len() > LITTLE);
        for row in 0..40 {
            assert_eq!(few.row(row), many.row(row));
        }
        let none: [&str; 0] = [];
        assert_eq!(vectorizer.transform(&none).unwrap().n_rows(), 0);
    }
}
