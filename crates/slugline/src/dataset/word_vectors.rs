//! Tables of word vectors, and priors from them.

use std::{
    collections::{HashMap, HashSet},
    path::Path,
};

use ndarray::{Array2, ArrayView2};

use super::{ReadOptions, npz, small_table::SmallTable, word_vectors_text};
use crate::{
    classifier::Prior,
    error::{Error, Result, same_length},
    text::{Analyzer, AnalyzerParams},
    wording::names,
};

/// What a label is about, in a sentence or a few words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Description {
    /// The label.
    pub label: String,
    /// What it is about.
    pub text: String,
}

/// Reads descriptions of labels from a table with the columns `label` and `description`, named in the first row; other
/// columns are passed over. A label may have several rows. Fields are divided as for
/// [`load_prior`](super::load_prior).
///
/// # Errors
/// [`Error::Io`] where the file cannot be read, [`Error::Dataset`] where a column is missing or there are not two
/// labels, [`Error::Record`] for a row with an empty field.
pub fn load_descriptions(path: &Path) -> Result<Vec<Description>> {
    let mut table = SmallTable::open(path)?;
    let (Some(label), Some(text)) = (table.column("label"), table.column("description")) else {
        let found: Vec<&str> = table.header.iter().collect();
        return Err(table.error(format!(
            "the columns {}: expected a first row that names \"label\" and \"description\", divided by {}",
            names(&found),
            table.divided_by
        )));
    };
    let mut found: Vec<Description> = Vec::new();
    while let Some((line, row)) = table.next()? {
        let [label, text] = [label, text].map(|at| row.get(at).unwrap_or_default().to_owned());
        if label.is_empty() || text.is_empty() {
            let why = "an empty field: expected a label and a description";
            return Err(table.row_error(line, why));
        }
        found.push(Description { label, text });
    }
    if found.iter().all(|other| other.label == found[0].label) {
        return Err(table.error("expected descriptions of two labels or more"));
    }
    Ok(found)
}

/// Vectors of words, and perhaps of other texts, that a language model has learned.
///
/// | file | content |
/// |---|---|
/// | text, as word2vec, GloVe and fastText write it; gzip and Zstandard, too | a line for each word: the word, then its numbers, divided by spaces. A first line with two numbers, of words and of dimensions, is recognised |
/// | `.npz` of NumPy, as `slugline.describe` writes it | `words` (strings, n) and `vectors` (`float32` or `float64`, n × d) |
///
/// word2vec's binary format is not read.
///
/// ```
/// use slugline::dataset::{Description, WordVectors};
///
/// let path = std::env::temp_dir().join("slugline-vectors.txt");
/// std::fs::write(&path, "chip 1 0.1\nphone 0.9 0\nsenate 0 1\nvote 0.2 0.8\n")?;
/// let vectors = WordVectors::load(&path)?;
/// let about = |label: &str, text: &str| Description { label: label.into(), text: text.into() };
/// let topics = [about("technology", "phones and a phone"), about("policy", "a vote in the senate")];
/// let prior = vectors.describe(&topics, &["chip", "senate"], 2.0, 15.0)?;
/// assert!(prior.terms()[0].weight > 1.9); // chip, of technology
/// # std::fs::remove_file(path)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct WordVectors {
    /// The position of each word's vector.
    places: HashMap<Box<str>, usize>,
    /// words × dimensions
    values: Vec<f32>,
    dimensions: usize,
}

impl WordVectors {
    /// Reads all vectors of a file.
    ///
    /// # Errors
    /// [`Error::Io`] where it cannot be read, [`Error::Dataset`] and [`Error::Record`] where it is no table of vectors,
    /// is cut off, or has a number that is not finite.
    pub fn load(path: &Path) -> Result<Self> {
        Self::load_with(path, &ReadOptions::default())
    }

    /// As [`load`](Self::load), with the limits of these options: [`max_expansion`](ReadOptions::max_expansion),
    /// [`max_expanded_bytes`](ReadOptions::max_expanded_bytes) and
    /// [`max_record_bytes`](ReadOptions::max_record_bytes), for a line.
    ///
    /// # Errors
    /// As [`load`](Self::load), and [`Error::Dataset`] for what exceeds a limit.
    pub fn load_with(path: &Path, options: &ReadOptions) -> Result<Self> {
        Self::load_where(path, options, &|_| true)
    }

    /// Reads the vectors that [`describe`](Self::describe) needs, in memory for these alone: those of the descriptions,
    /// of their words, and of terms.
    ///
    /// # Errors
    /// As [`load`](Self::load).
    pub fn load_for(
        path: &Path,
        descriptions: &[Description],
        is_term: impl Fn(&str) -> bool,
    ) -> Result<Self> {
        Self::load_for_with(path, &ReadOptions::default(), descriptions, is_term)
    }

    /// As [`load_for`](Self::load_for), with the limits of these options, as for [`load_with`](Self::load_with).
    ///
    /// # Errors
    /// As [`load_with`](Self::load_with).
    pub fn load_for_with(
        path: &Path,
        options: &ReadOptions,
        descriptions: &[Description],
        is_term: impl Fn(&str) -> bool,
    ) -> Result<Self> {
        let texts = descriptions.iter().flat_map(|description| {
            let words = description.words().into_iter();
            words.chain([description.text.clone()])
        });
        let texts: HashSet<String> = texts.collect();
        Self::load_where(path, options, &|word| is_term(word) || texts.contains(word))
    }

    fn load_where(
        path: &Path,
        options: &ReadOptions,
        wanted: &dyn Fn(&str) -> bool,
    ) -> Result<Self> {
        match npz::is_zip(path)? {
            true => npz::read(path, options, wanted),
            false => word_vectors_text::read(path, options, wanted),
        }
    }

    /// Takes words, or other texts, and their vectors (words × dimensions); of two of a word the first counts.
    ///
    /// # Errors
    /// [`Error::Length`] where their numbers differ, [`Error::Parameter`] for a vector with a number that is not finite.
    pub fn new<W: AsRef<str>>(words: &[W], vectors: &ArrayView2<'_, f32>) -> Result<Self> {
        let (rows, dimensions) = vectors.dim();
        same_length("vectors (one for each word)", words.len(), rows)?;
        let mut table = Self::empty(dimensions);
        for (word, vector) in words.iter().map(AsRef::as_ref).zip(vectors.rows()) {
            if !table.add(word, &vector.to_vec()) {
                return Err(Error::parameter(
                    "vectors",
                    format!("not finite for {word:?}"),
                    "finite numbers",
                ));
            }
        }
        Ok(table)
    }

    pub(super) fn empty(dimensions: usize) -> Self {
        Self {
            dimensions,
            ..Self::default()
        }
    }

    /// Adds a vector; of two of a word the first counts. False where a number is not finite.
    pub(super) fn add(&mut self, word: &str, vector: &[f32]) -> bool {
        let is_finite = vector.iter().all(|value| value.is_finite());
        if is_finite && !self.places.contains_key(word) {
            self.places.insert(word.into(), self.places.len());
            self.values.extend_from_slice(vector);
        }
        is_finite
    }

    /// The number of words.
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// The words in the order of the file.
    pub fn words(&self) -> Vec<&str> {
        let mut words = vec![""; self.len()];
        for (word, &place) in &self.places {
            words[place] = word;
        }
        words
    }

    /// The vectors, words × dimensions, row by row.
    pub fn values(&self) -> &[f32] {
        &self.values
    }

    /// The vector of a word, or of another text that the file has.
    pub fn get(&self, word: &str) -> Option<&[f32]> {
        let first = self.places.get(word)? * self.dimensions;
        self.values.get(first..first + self.dimensions)
    }

    /// A prior from the cosines of terms and descriptions ([`Prior::from_similarity`]).
    ///
    /// The vector of a description is its own, where the file has one, or else the mean of the vectors of its
    /// words (as a classifier with default settings reads them), scaled to length 1. Of several descriptions of a label
    /// it is their mean, each scaled likewise. Terms without a vector are left out.
    ///
    /// # Errors
    /// [`Error::Parameter`] for a description without a vector, where no term has one, and as
    /// [`Prior::from_similarity`].
    pub fn describe<T: AsRef<str>>(
        &self,
        descriptions: &[Description],
        terms: &[T],
        strength: f64,
        sharpness: f64,
    ) -> Result<Prior> {
        let mut labels: Vec<&str> = Vec::new();
        let mut about: Vec<Vec<f64>> = Vec::new();
        for description in descriptions {
            let vector = self.of_description(description)?;
            if let Some(at) = labels.iter().position(|label| *label == description.label) {
                add_to(&mut about[at], &vector);
            } else {
                labels.push(&description.label);
                about.push(vector);
            }
        }
        for (about, label) in about.iter_mut().zip(&labels) {
            *about = unit(about).ok_or_else(|| {
                Error::parameter(
                    "description",
                    format!("several of {label:?} that cancel"),
                    "descriptions whose vectors point in one direction",
                )
            })?;
        }
        let units = terms.iter().filter_map(|term| {
            let term = term.as_ref();
            Some((term, unit(&doubles(self.get(term)?))?))
        });
        let (terms, units): (Vec<&str>, Vec<Vec<f64>>) = units.unzip();
        if terms.is_empty() {
            return Err(Error::parameter(
                "terms",
                "without vectors",
                "terms of which some have a vector: try one of the same language, in lower case",
            ));
        }
        let cosines = Array2::from_shape_fn((terms.len(), labels.len()), |(term, label)| {
            dot(&units[term], &about[label])
        });
        Prior::from_similarity(&terms, &labels, &cosines.view(), strength, sharpness)
    }

    /// The vector of a description, of length 1.
    fn of_description(&self, description: &Description) -> Result<Vec<f64>> {
        let mut sum = vec![0.0; self.dimensions];
        match self.get(&description.text) {
            Some(own) => sum = doubles(own),
            None => {
                for word in description.words() {
                    let vector = self.get(&word).and_then(|vector| unit(&doubles(vector)));
                    add_to(&mut sum, &vector.unwrap_or_default());
                }
            }
        }
        unit(&sum).ok_or_else(|| {
            Error::parameter(
                "description",
                format!("{:?} (of {:?})", description.text, description.label),
                "a text that has a vector, or words that have one, and not 0",
            )
        })
    }
}

impl Description {
    /// Its words, as a classifier with default settings reads them.
    fn words(&self) -> Vec<String> {
        // The default settings are in range.
        Analyzer::new(AnalyzerParams::default())
            .map(|analyzer| analyzer.terms(&self.text))
            .unwrap_or_default()
    }
}

fn doubles(vector: &[f32]) -> Vec<f64> {
    vector.iter().copied().map(f64::from).collect()
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn add_to(sum: &mut [f64], vector: &[f64]) {
    for (sum, value) in sum.iter_mut().zip(vector) {
        *sum += value;
    }
}

/// The vector scaled to length 1; None for one without length.
fn unit(vector: &[f64]) -> Option<Vec<f64>> {
    let length = dot(vector, vector).sqrt();
    // Below: rounding alone.
    (length > 1e-12).then(|| vector.iter().map(|value| value / length).collect())
}
