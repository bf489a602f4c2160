//! The choice of terms by the number of documents that hold them, and by `without_terms`.

use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

use super::without_terms::TermFilter;
use crate::{
    error::{Error, Result},
    matrix::Rows,
    util::setters::setters,
    vocabulary::Vocabulary,
    wording::count,
};

/// A bound on the number of documents that hold a term: an absolute count, or a fraction of all
/// documents.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DocumentFrequency {
    /// So many documents.
    Count(u64),
    /// This part of the documents, 0 to 1.
    Fraction(f64),
}

impl DocumentFrequency {
    fn of(self, n_documents: usize) -> f64 {
        match self {
            Self::Count(count) => count as f64,
            Self::Fraction(fraction) => fraction * n_documents as f64,
        }
    }

    fn check(self, name: &'static str) -> Result<()> {
        match self {
            Self::Fraction(part) if !(0.0..=1.0).contains(&part) => Err(Error::parameter(
                name,
                part,
                "a whole number of documents, or a fraction from 0 to 1",
            )),
            _ => Ok(()),
        }
    }
}

impl From<u64> for DocumentFrequency {
    fn from(count: u64) -> Self {
        Self::Count(count)
    }
}

impl From<i32> for DocumentFrequency {
    /// So that `.min_df(2)` means two documents; a negative number means none.
    fn from(count: i32) -> Self {
        Self::Count(u64::try_from(count).unwrap_or(0))
    }
}

impl From<f64> for DocumentFrequency {
    fn from(part: f64) -> Self {
        Self::Fraction(part)
    }
}

/// The rules by which terms are kept.
///
/// ```
/// use slugline::{Pruning, Vectorizer};
///
/// // Terms in two documents or more, but not in more than nine tenths of them.
/// let pruning = Pruning::default().min_df(2).max_df(0.9);
/// let vectorizer = Vectorizer::params().pruning(pruning).fit(&["red car", "red bus", "old bus"])?;
/// assert!(vectorizer.vocabulary().iter().eq(["bus", "red"]));
/// # Ok::<(), slugline::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[must_use]
#[non_exhaustive]
pub struct Pruning {
    /// Terms in fewer documents are left out.
    pub min_df: DocumentFrequency,
    /// Terms in more documents are left out.
    pub max_df: DocumentFrequency,
    /// Of the rest, only so many with the highest total count; ties go to the earlier term.
    pub max_features: Option<usize>,
}

setters!(Pruning {
    min_df: impl Into<DocumentFrequency>,
    max_df: impl Into<DocumentFrequency>,
    max_features: impl Into<Option<usize>>,
});

impl Default for Pruning {
    fn default() -> Self {
        Self {
            min_df: DocumentFrequency::Count(1),
            max_df: DocumentFrequency::Fraction(1.0),
            max_features: None,
        }
    }
}

impl Pruning {
    pub(crate) fn check(&self) -> Result<()> {
        self.min_df.check("min_df")?;
        self.max_df.check("max_df")?;
        if self.max_features == Some(0) {
            return Err(Error::parameter("max_features", 0, "at least 1, or none"));
        }
        Ok(())
    }

    /// The fewest documents that a term must occur in, of so many.
    pub(crate) fn least(&self, n_documents: usize) -> u64 {
        self.min_df.of(n_documents).ceil() as u64
    }

    /// The columns to keep, ascending: of the terms that are not left out `without`, those that pass these rules.
    ///
    /// # Errors
    /// [`Error::Parameter`] where `max_df` means fewer documents than `min_df`,
    /// [`Error::EmptyVocabulary`] where nothing is left.
    pub(crate) fn keep(
        &self,
        without: Option<&TermFilter>,
        n_documents: usize,
        vocabulary: &Vocabulary,
        df: &[u64],
        total: &[f64],
    ) -> Result<Vec<u32>> {
        let passes = self.bounds(n_documents)?;
        let mut kept: Vec<u32> = (0..df.len() as u32)
            .filter(|&id| passes.contains(&(df[id as usize] as f64)))
            .collect();
        if let Some(without) = without {
            kept.retain(|&id| {
                let term = vocabulary.term(id);
                term.is_some_and(|term| !without.leaves_out(term))
            });
        }
        if let Some(limit) = self.max_features.filter(|&limit| limit < kept.len()) {
            kept.sort_by(|&a, &b| {
                total[b as usize]
                    .total_cmp(&total[a as usize])
                    .then(a.cmp(&b))
            });
            kept.truncate(limit);
            kept.sort_unstable();
        }
        if kept.is_empty() {
            return Err(none_left(without));
        }
        Ok(kept)
    }

    /// The numbers of documents that `min_df` and `max_df` let pass.
    ///
    /// # Errors
    /// [`Error::Parameter`] where `max_df` means fewer documents than `min_df`.
    pub(crate) fn bounds(&self, n_documents: usize) -> Result<RangeInclusive<f64>> {
        let (low, high) = (self.min_df.of(n_documents), self.max_df.of(n_documents));
        if high < low {
            let noun = match low.total_cmp(&1.0).is_eq() {
                true => "document",
                false => "documents",
            };
            return Err(Error::parameter(
                "max_df",
                format!("{high} of {}", count(n_documents, "document")),
                format!("at least min_df, which is {low} {noun}"),
            ));
        }
        Ok(low..=high)
    }
}

pub(crate) fn none_left(without: Option<&TermFilter>) -> Error {
    let advice = match without {
        None => "a lower min_df or a higher max_df",
        Some(_) => "fewer words in without_terms, a lower min_df or a higher max_df",
    };
    Error::EmptyVocabulary(format!("after pruning no terms remain; try {advice}"))
}

/// In how many rows each column has a value.
pub(crate) fn document_frequency<T>(rows: &Rows<T>) -> Vec<u64> {
    let mut df = vec![0; rows.n_columns()];
    for &column in rows.parts().1 {
        df[column as usize] += 1;
    }
    df
}

/// Total count of each column.
pub(crate) fn totals(rows: &Rows<u32>) -> Vec<f64> {
    let mut total = vec![0.0; rows.n_columns()];
    for (columns, counts) in rows.iter() {
        for (&column, &count) in columns.iter().zip(counts) {
            total[column as usize] += f64::from(count);
        }
    }
    total
}
