//! Priors from files: terms that speak for a label, as a table.

use std::{collections::HashMap, path::Path};

use super::small_table::SmallTable;
use crate::{
    classifier::{Prior, PriorTerm},
    error::Result,
    wording::names,
};

/// The column of a table with a column for each label that is no label: how many documents hold the term; in a row
/// without a term, how many there are.
const DOCUMENTS: &str = "documents";

/// Reads a [`Prior`] from a table, whose first row names the columns. Fields are divided by commas where the file's
/// name ends in `.csv`, elsewhere by tabs; lines that begin with `#` are comments.
///
/// | columns | a row |
/// |---|---|
/// | `label`, `term` and, optionally, `weight` (otherwise 1) | a term, for one label; other columns are passed over |
/// | `term`, and one for each label | a term, with its weight for each; empty or 0 is no weight |
///
/// With columns for labels, one named `documents` is no label: the number of documents that hold the term, of those
/// that the weights were taken from. A row without a term has the number of all of them. They count in the idf
/// ([`Prior::with_document_frequencies`]).
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
    let mut documents = Documents::default();
    while let Some((line, row)) = table.next()? {
        let read = columns.read(&row, &mut terms, &mut documents);
        read.map_err(|why| table.row_error(line, why))?;
    }
    if terms.is_empty() {
        return Err(table.error("no terms: expected a row for each"));
    }
    let prior: Prior = terms.into_iter().collect();
    match (documents.all, documents.df.is_empty()) {
        (_, true) => Ok(prior),
        (Some(n), false) => Ok(prior.with_document_frequencies(n, documents.df)),
        (None, false) => Err(table.error(
            "a column \"documents\" without the number of all: expected a row that has it, and no term",
        )),
    }
}

/// The documents that weights were taken from.
#[derive(Default)]
struct Documents {
    all: Option<u64>,
    df: HashMap<String, u64>,
}

impl Documents {
    /// Adds the number of a term; that of all documents has none.
    fn add(&mut self, term: &str, n: u64) -> Result<(), String> {
        if term.is_empty() {
            return match self.all.replace(n) {
                None => Ok(()),
                Some(_) => Err(
                    "a second row without a term: expected one, with the number of all documents"
                        .into(),
                ),
            };
        }
        match self.df.insert(term.to_owned(), n) {
            None => Ok(()),
            Some(_) => Err(format!(
                "a second row for the term {term:?}: expected one, since it has a number of documents"
            )),
        }
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
        documents: Option<usize>,
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
        let documents = table.header.iter().filter(|name| *name == DOCUMENTS);
        if label.is_none() && documents.count() > 1 {
            return Err(format!("two columns {DOCUMENTS:?}: expected one"));
        }
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
                Ok(Self::Labels {
                    term,
                    documents: table.column(DOCUMENTS),
                    labels,
                })
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
    fn read(
        &self,
        row: &csv::StringRecord,
        terms: &mut Vec<PriorTerm>,
        counted: &mut Documents,
    ) -> Result<(), String> {
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
            Self::Labels {
                term,
                documents,
                labels,
            } => {
                if let Some(at) = documents {
                    counted.add(field(*term), documents_of(field(*at))?)?;
                    if field(*term).is_empty() {
                        return Ok(());
                    }
                } else if field(*term).is_empty() {
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

fn documents_of(written: &str) -> Result<u64, String> {
    written.parse().map_err(|_| {
        format!("{written:?} in the column \"documents\": expected a whole number from 0 on")
    })
}

fn weight_of(written: &str) -> Result<f64, String> {
    let weight = written.parse().ok();
    weight
        .filter(|weight: &f64| *weight >= 0.0 && weight.is_finite())
        .ok_or_else(|| format!("the weight {written:?}: expected a number from 0 on"))
}
