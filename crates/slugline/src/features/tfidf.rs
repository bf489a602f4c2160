//! TF-IDF weighting of counts. The idf is fitted once, so a document has the same row alone and in a batch.

use std::{fmt, str::FromStr, sync::LazyLock};

use serde::{Deserialize, Serialize};

use crate::{
    counting::document_frequency,
    error::{Error, Result, same_length},
    matrix::Rows,
    util::{array::Array, setters::setters, simd},
};

/// The norm that is 1 after scaling a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Norm {
    /// The sum of absolute values.
    L1,
    /// The square root of the sum of squares.
    L2,
}

impl FromStr for Norm {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        match name {
            "l1" => Ok(Self::L1),
            "l2" => Ok(Self::L2),
            _ => Err(Error::parameter("norm", name, "l1, l2 or none")),
        }
    }
}

/// Whether idf is multiplied in before or after a row is normalised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IdfOrder {
    /// tf × idf, then norm: scikit-learn's order. A row depends on idf, so class sums of rows are out of
    /// date when documents are added.
    #[default]
    BeforeNorm,
    /// tf, norm, then × idf: what a document adds to the class sums depends on that document alone, so
    /// merging and forgetting are exact.
    AfterNorm,
}

impl FromStr for IdfOrder {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        match name {
            "before_norm" | "before-norm" => Ok(Self::BeforeNorm),
            "after_norm" | "after-norm" => Ok(Self::AfterNorm),
            _ => Err(Error::parameter(
                "idf_order",
                name,
                "before_norm or after_norm",
            )),
        }
    }
}

impl fmt::Display for IdfOrder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::BeforeNorm => "before_norm",
            Self::AfterNorm => "after_norm",
        })
    }
}

/// Settings of [`Tfidf`], with scikit-learn's names and defaults.
///
/// | field | default | meaning |
/// |---|---|---|
/// | `norm` | `L2` | row length: l1, l2 or none |
/// | `use_idf` | `true` | multiply by idf |
/// | `smooth_idf` | `true` | idf = ln((1 + n) / (1 + df)) + 1, else ln(n / df) + 1 |
/// | `sublinear_tf` | `false` | tf = 1 + ln(count) instead of the count |
/// | `idf_order` | `BeforeNorm` | see [`IdfOrder`] (slugline's own) |
///
/// ```
/// use ndarray::array;
/// use slugline::{Rows, Tfidf, TfidfParams};
///
/// let counts = Rows::from_dense(&array![[2.0, 1.0], [0.0, 1.0]].view());
/// let tfidf = Tfidf::fit(TfidfParams::default().norm(None), &counts);
/// assert_eq!(tfidf.idf()[1], 1.0);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[must_use]
#[non_exhaustive]
pub struct TfidfParams {
    /// The norm to which a row is scaled, if any.
    pub norm: Option<Norm>,
    /// Multiply by idf.
    pub use_idf: bool,
    /// Compute idf as if one more document held every term once.
    pub smooth_idf: bool,
    /// Use 1 + ln(count) instead of the count.
    pub sublinear_tf: bool,
    /// Whether idf is multiplied in before or after the norm.
    pub idf_order: IdfOrder,
}

setters!(TfidfParams {
    norm: impl Into<Option<Norm>>,
    use_idf: bool,
    smooth_idf: bool,
    sublinear_tf: bool,
    idf_order: IdfOrder,
});

impl Default for TfidfParams {
    fn default() -> Self {
        Self {
            norm: Some(Norm::L2),
            use_idf: true,
            smooth_idf: true,
            sublinear_tf: false,
            idf_order: IdfOrder::BeforeNorm,
        }
    }
}

impl TfidfParams {
    /// Settings that leave counts as they are.
    pub fn counts() -> Self {
        Self {
            norm: None,
            use_idf: false,
            ..Self::default()
        }
    }

    /// Whether a row depends on its own document alone (not on idf), so that sums of rows can be
    /// added and subtracted exactly.
    pub fn sums_are_exact(&self) -> bool {
        !self.use_idf || self.idf_order == IdfOrder::AfterNorm || self.norm.is_none()
    }

    /// The inverse document frequency of each term from the number of documents that hold it.
    ///
    /// Source: scikit-learn's `TfidfTransformer`. A term that no document holds has df = 0; without
    /// smoothing its idf would be infinite, so it is counted as one that a single document holds.
    /// (Differs from scikit-learn: there it is infinite, and NaN when normalised.) Where there are no documents, every
    /// idf is 1.
    pub fn idf(&self, n_documents: u64, df: &[u64]) -> Vec<f64> {
        let n = n_documents as f64;
        let idf = |df: u64| match self.smooth_idf {
            true => ((1.0 + n) / (1.0 + df as f64)).ln() + 1.0,
            false => (n.max(1.0) / df.max(1) as f64).ln() + 1.0,
        };
        // Most terms are rare: the idf of small frequencies is computed once.
        let rare: Vec<f64> = (0..RARE.min(df.len() as u64)).map(idf).collect();
        let known = |&df: &u64| rare.get(usize::try_from(df).ok()?).copied();
        df.iter()
            .map(|df| known(df).unwrap_or_else(|| idf(*df)))
            .collect()
    }
}

/// Document frequencies below this have their idf in a table.
const RARE: u64 = 256;

/// 1 + ln(count) of small counts.
static SUBLINEAR: LazyLock<[f64; 64]> =
    LazyLock::new(|| std::array::from_fn(|count| (count as f64).ln() + 1.0));

/// TF-IDF weighting with a fixed idf: scikit-learn's `TfidfTransformer`.
///
/// ```
/// use slugline::{Tfidf, TfidfParams, Vectorizer};
///
/// let (_, counts) = Vectorizer::count_params().fit_transform(&["chips and chips", "chips and rules"])?;
/// let tfidf = Tfidf::fit(TfidfParams::default(), &counts);
/// let rows = tfidf.transform(counts)?;
/// let (_, values) = rows.row(1);
/// // `rules`, in one document alone, weighs more than `and` and `chips`.
/// assert!(values[2] > values[0]);
/// # Ok::<(), slugline::Error>(())
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct Tfidf {
    params: TfidfParams,
    idf: Array<f64>,
}

impl Tfidf {
    /// Learns idf from rows of counts: df is the number of rows with a stored value.
    pub fn fit<T>(params: TfidfParams, rows: &Rows<T>) -> Self {
        Self::from_df(params, rows.n_rows() as u64, &document_frequency(rows))
    }

    /// Computes idf from given document frequencies.
    pub fn from_df(params: TfidfParams, n_documents: u64, df: &[u64]) -> Self {
        Self {
            params,
            idf: params.idf(n_documents, df).into(),
        }
    }

    pub(crate) fn from_idf(params: TfidfParams, idf: Array<f64>) -> Self {
        Self { params, idf }
    }

    /// The parameters.
    pub fn params(&self) -> &TfidfParams {
        &self.params
    }

    /// The idf of each column.
    pub fn idf(&self) -> &[f64] {
        &self.idf
    }

    /// Turns rows of counts into TF-IDF rows.
    ///
    /// # Errors
    /// [`Error::Length`] where the number of columns differs from the fitted one.
    pub fn transform(&self, rows: Rows<f64>) -> Result<Rows<f64>> {
        same_length("columns", self.idf.len(), rows.n_columns())?;
        let mut rows = rows;
        rows.for_each_row_mut(|columns, values| self.weigh(columns, values));
        Ok(rows)
    }

    /// The TF-IDF rows of counts over the fitted columns.
    pub(crate) fn weighed(&self, counts: Rows<u32>) -> Rows<f64> {
        counts.with_values(|columns, counts, values: &mut [f64]| {
            for (value, &count) in values.iter_mut().zip(counts) {
                *value = f64::from(count);
            }
            self.weigh(columns, values);
        })
    }

    /// Prefetches the idf of these columns for [`weigh`](Self::weigh).
    pub(crate) fn prefetch(&self, columns: &[u32]) {
        let idf = &*self.idf;
        for &column in columns {
            simd::prefetch(idf, column as usize);
        }
    }

    /// Turns the counts of one row into weights, in place.
    #[inline(always)]
    pub(crate) fn weigh(&self, columns: &[u32], values: &mut [f64]) {
        let idf = &*self.idf;
        let times_idf = |values: &mut [f64]| {
            for (value, &column) in values.iter_mut().zip(columns) {
                *value *= idf[column as usize];
            }
        };
        if self.params.sublinear_tf {
            let of_counts = &*SUBLINEAR;
            for value in values.iter_mut() {
                // Most counts are small.
                let count = *value as usize;
                let whole = (count as f64).to_bits() == value.to_bits();
                *value = match of_counts.get(count) {
                    Some(&tf) if whole => tf,
                    _ => value.ln() + 1.0,
                };
            }
        }
        let after = self.params.idf_order == IdfOrder::AfterNorm;
        if self.params.use_idf && !after {
            times_idf(values);
        }
        normalise(self.params.norm, values);
        if self.params.use_idf && after {
            times_idf(values);
        }
    }
}

/// Scales a row to length 1. A row of zeros stays as it is.
#[inline(always)]
pub(crate) fn normalise(norm: Option<Norm>, values: &mut [f64]) {
    let length = match norm {
        None => return,
        Some(Norm::L1) => values.iter().map(|value| value.abs()).sum(),
        Some(Norm::L2) => values.iter().map(|value| value * value).sum::<f64>().sqrt(),
    };
    if length > 0.0 {
        for value in values {
            *value /= length;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn two_orders_by_hand() {
        let counts = Rows::from_dense(&array![[3.0, 4.0], [1.0, 0.0]].view());
        let params = TfidfParams {
            smooth_idf: false,
            ..Default::default()
        };
        let idf = 2.0_f64.ln() + 1.0;
        let before = Tfidf::fit(params, &counts)
            .transform(counts.clone())
            .unwrap();
        let length = (9.0 + (4.0 * idf).powi(2)).sqrt();
        assert!((before.to_dense()[[0, 1]] - 4.0 * idf / length).abs() < 1e-15);

        let params = TfidfParams {
            idf_order: IdfOrder::AfterNorm,
            ..params
        };
        let after = Tfidf::fit(params, &counts).transform(counts).unwrap();
        assert!((after.to_dense()[[0, 1]] - 0.8 * idf).abs() < 1e-15);
        assert!((after.to_dense()[[0, 0]] - 0.6).abs() < 1e-15);
    }

    #[test]
    fn a_term_that_no_document_holds_has_a_finite_idf() {
        let params = TfidfParams {
            smooth_idf: false,
            ..Default::default()
        };
        assert!(params.idf(5, &[0]).iter().all(|idf| idf.is_finite()));
        // Nor is it infinite without any document.
        assert!(
            params
                .idf(0, &[0])
                .iter()
                .all(|idf| idf.to_bits() == 1.0_f64.to_bits())
        );
    }
}
