//! Documents that were read, with the terms that they hold: what sums are taken of.

use crate::{
    counts::{Counts, Pruning, document_frequency, totals},
    error::Result,
    rows::Rows,
    tokens::{CountRows, Reader, Tokens},
    vocabulary::Vocabulary,
};

/// The terms of documents, their frequencies, and how often each document holds each of them.
pub(crate) struct Documents {
    pub(crate) vocabulary: Vocabulary,
    /// Documents that hold each term.
    pub(crate) df: Vec<u64>,
    /// Total count of each term.
    pub(crate) total: Vec<f64>,
    pub(crate) counts: Held,
}

/// Counts, in the form in which they came.
pub(crate) enum Held {
    /// Of terms that were learned.
    Tokens(Tokens),
    /// Of terms that were given.
    Rows(Rows<u32>),
}

impl Documents {
    pub(crate) fn of_tokens(
        vocabulary: Vocabulary,
        df: Vec<u64>,
        total: Vec<f64>,
        tokens: Tokens,
    ) -> Self {
        Self {
            vocabulary,
            df,
            total,
            counts: Held::Tokens(tokens),
        }
    }

    pub(crate) fn of_rows(vocabulary: Vocabulary, rows: Rows<u32>) -> Self {
        Self {
            vocabulary,
            df: document_frequency(&rows),
            total: totals(&rows),
            counts: Held::Rows(rows),
        }
    }

    /// Counts a term once a document.
    pub(crate) fn binary(mut self) -> Self {
        self.counts = match self.counts {
            Held::Tokens(mut tokens) => {
                tokens.binary();
                Held::Tokens(tokens)
            }
            Held::Rows(rows) => Held::Rows(rows.map(|_| 1)),
        };
        self.total = self.df.iter().map(|&df| df as f64).collect();
        self
    }

    /// How many terms each document has, repeats included.
    pub(crate) fn lengths(&self) -> impl Iterator<Item = f64> {
        let mut reader = Reader::default();
        (0..self.counts.n_rows()).map(move |row| {
            let (_, counts) = self.counts.row(row, &mut reader);
            counts.iter().map(|&n| f64::from(n)).sum()
        })
    }

    /// The terms to keep; None where they are all kept.
    ///
    /// # Errors
    /// As [`Pruning::keep`].
    pub(crate) fn kept(&self, pruning: &Pruning) -> Result<Option<Vec<u32>>> {
        if *pruning == Pruning::default() {
            return Ok(None);
        }
        let kept = pruning.keep(self.counts.n_rows(), &self.df, &self.total)?;
        Ok((kept.len() < self.df.len()).then_some(kept))
    }

    /// These terms alone (ascending), numbered anew from 0.
    pub(crate) fn select(self, kept: &[u32]) -> Self {
        let counts = match self.counts {
            Held::Rows(rows) => Held::Rows(rows.select(kept)),
            Held::Tokens(mut tokens) => {
                let mut new = vec![None; self.df.len()];
                for (position, &old) in kept.iter().enumerate() {
                    new[old as usize] = Some(position as u32);
                }
                tokens.renumber(kept.len(), |old| new[old as usize]);
                Held::Tokens(tokens)
            }
        };
        Self {
            vocabulary: self.vocabulary.select(kept),
            df: kept.iter().map(|&id| self.df[id as usize]).collect(),
            total: kept.iter().map(|&id| self.total[id as usize]).collect(),
            counts,
        }
    }

    /// With more terms, which no document holds; ids are ranks anew.
    pub(crate) fn with_terms(self, new: &[&str]) -> Result<Self> {
        let mut terms: Vec<&str> = self.vocabulary.iter().chain(new.iter().copied()).collect();
        terms.sort_unstable();
        terms.dedup();
        let vocabulary = Vocabulary::new(&terms)?;
        let n = vocabulary.len();
        // Both are in code-point order, so that the columns of a row still ascend.
        let ids: Vec<u32> = self
            .vocabulary
            .iter()
            .filter_map(|term| vocabulary.id(term))
            .collect();
        let (mut df, mut total) = (vec![0; n], vec![0.0; n]);
        for (old, &id) in ids.iter().enumerate() {
            df[id as usize] = self.df[old];
            total[id as usize] = self.total[old];
        }
        let counts = match self.counts {
            Held::Rows(rows) => Held::Rows(rows.renumber(&ids, n)),
            Held::Tokens(mut tokens) => {
                tokens.renumber(n, |old| Some(ids[old as usize]));
                Held::Tokens(tokens)
            }
        };
        Ok(Self {
            vocabulary,
            df,
            total,
            counts,
        })
    }

    /// The counts as rows. Runs on the current pool.
    pub(crate) fn into_counts(self) -> Counts {
        Counts {
            vocabulary: self.vocabulary,
            rows: self.counts.into_rows(),
        }
    }
}

impl Held {
    /// The counts as rows. Runs on the current pool.
    pub(crate) fn into_rows(self) -> Rows<u32> {
        match self {
            Self::Rows(rows) => rows,
            Self::Tokens(tokens) => tokens.rows(|_, counts, values| values.extend(counts)),
        }
    }
}

impl CountRows for Held {
    fn n_rows(&self) -> usize {
        match self {
            Self::Tokens(tokens) => tokens.n_rows(),
            Self::Rows(rows) => rows.n_rows(),
        }
    }

    fn n_columns(&self) -> usize {
        match self {
            Self::Tokens(tokens) => tokens.n_columns(),
            Self::Rows(rows) => rows.n_columns(),
        }
    }

    #[inline(always)]
    fn row<'a>(&'a self, row: usize, reader: &'a mut Reader) -> (&'a [u32], &'a [u32]) {
        match self {
            Self::Tokens(tokens) => tokens.row(row, reader),
            Self::Rows(rows) => rows.row(row),
        }
    }

    #[inline]
    fn prefetch(&self, row: usize) {
        if let Self::Tokens(tokens) = self {
            CountRows::prefetch(tokens, row);
        }
    }
}
