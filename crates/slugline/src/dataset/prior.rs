//! Priors from files: terms that speak for a label, as a table.

use std::path::Path;

use super::small_table::SmallTable;
use crate::{
    classifier::{Prior, PriorTerm},
    error::Result,
    wording::names,
};

/// The column of a table with a column for each label that is no label: how many documents hold the term.
const DOCUMENTS: &str = "documents";

/// Reads a [`Prior`] from a table, whose first row names the columns. Fields are divided by commas where the file's
/// name ends in `.csv`, elsewhere by tabs; lines that begin with `#` are comments.
///
/// | columns | a row |
/// |---|---|
/// | `label`, `term` and, optionally, `weight` (otherwise 1) | a term, for one label; other columns are passed over |
/// | `term`, and one for each label | a term, with its weight for each; empty or 0 is no weight. A column `documents` (how many documents hold the term) is no label, and passed over |
///
/// # Errors
/// [`Error::Io`](crate::Error::Io) where the file cannot be read, [`Error::Dataset`](crate::Error::Dataset) where the
/// columns are others or no row has a weight, [`Error::Record`](crate::Error::Record) for a row without a label or term,
/// or with a weight that is no number from 0 on.
///
/// ```
/// let path = std::env::temp_dir().join("slugline-prior.tsv");
/// std::fs::write(&path, "label\tterm\tweight\npolicy\tprime minister\t3\n")?;
/// let prior = slugline::dataset::load_prior(&path)?;
/// assert_eq!(prior.terms()[0].term, "prime minister");
///
/// std::fs::write(&path, "term\tpolicy\ttechnology\nprime minister\t3\t\nchip\t0.2\t1.8\n")?;
/// let prior = slugline::dataset::load_prior(&path)?;
/// assert_eq!(prior.terms().len(), 3);
/// # std::fs::remove_file(path)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn load_prior(path: &Path) -> Result<Prior> {
    let mut table = SmallTable::open(path)?;
    let columns = Columns::new(&table).map_err(|why| table.error(why))?;
    let mut terms = Vec::new();
    while let Some((line, row)) = table.next()? {
        let read = columns.read(&row, &mut terms);
        read.map_err(|why| table.row_error(line, why))?;
    }
    match terms.is_empty() {
        true => Err(table.error("no terms: expected a row for each")),
        false => Ok(terms.into_iter().collect()),
    }
}

/// What the columns of a table are.
enum Columns {
    /// A row is a term for one label.
    Label {
        label: usize,
        term: usize,
        weight: Option<usize>,
    },
    /// A row is a term with a weight for each label.
    Labels {
        term: usize,
        labels: Vec<(usize, String)>,
    },
}

impl Columns {
    fn new(table: &SmallTable) -> Result<Self, String> {
        let [label, term, weight] = ["label", "term", "weight"].map(|name| table.column(name));
        let labels = table.header.iter().enumerate();
        let labels: Vec<(usize, String)> = labels
            .filter(|&(at, name)| Some(at) != term && name != DOCUMENTS)
            .map(|(at, name)| (at, name.to_owned()))
            .collect();
        match (label, term) {
            (Some(label), Some(term)) => Ok(Self::Label {
                label,
                term,
                weight,
            }),
            // A weight of no label: a table of the first kind that lacks a column.
            (None, Some(term)) if weight.is_none() && !labels.is_empty() => {
                for (n, (at, name)) in labels.iter().enumerate() {
                    if name.is_empty() {
                        return Err(format!(
                            "column {} has no name: expected that of a label",
                            at + 1
                        ));
                    }
                    if labels[..n].iter().any(|(_, other)| other == name) {
                        return Err(format!("two columns {name:?}: expected one for each label"));
                    }
                }
                Ok(Self::Labels { term, labels })
            }
            _ => {
                let found: Vec<&str> = table.header.iter().collect();
                Err(format!(
                    "the columns {}: expected a first row that names \"term\" and \"label\" (and perhaps \
                     \"weight\"), or \"term\" and each label, divided by {}",
                    names(&found),
                    table.divided_by
                ))
            }
        }
    }

    /// Adds the terms of a row.
    fn read(&self, row: &csv::StringRecord, terms: &mut Vec<PriorTerm>) -> Result<(), String> {
        let field = |at: usize| row.get(at).unwrap_or_default();
        let mut add = |label: &str, term: usize, weight: f64| {
            terms.push(PriorTerm {
                label: label.to_owned(),
                term: field(term).to_owned(),
                weight,
            });
        };
        match self {
            &Self::Label {
                label,
                term,
                weight,
            } => {
                if field(label).is_empty() || field(term).is_empty() {
                    return Err("an empty field: expected a label and a term".into());
                }
                let weight = weight.map_or(Ok(1.0), |at| weight_of(field(at)))?;
                add(field(label), term, weight);
            }
            Self::Labels { term, labels } => {
                if field(*term).is_empty() {
                    return Err("an empty field: expected a term".into());
                }
                for (at, label) in labels {
                    let written = field(*at);
                    let weight = match written {
                        "" => 0.0,
                        _ => weight_of(written).map_err(|why| format!("{label}: {why}"))?,
                    };
                    if weight > 0.0 {
                        add(label, *term, weight);
                    }
                }
            }
        }
        Ok(())
    }
}

fn weight_of(written: &str) -> Result<f64, String> {
    let weight = written.parse().ok();
    weight
        .filter(|weight: &f64| *weight >= 0.0 && weight.is_finite())
        .ok_or_else(|| format!("the weight {written:?}: expected a number from 0 on"))
}
