//! Priors from files: terms that speak for a label, as a table.

use std::path::Path;

use crate::{
    classifier::{Prior, PriorTerm},
    error::{Error, Result},
    wording::{count, names},
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
/// [`Error::Io`] where the file cannot be read, [`Error::Dataset`] where the columns are others or no row has a
/// weight, [`Error::Record`] for a row without a label or term, or with a weight that is no number from 0 on.
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
    let file = path.to_string_lossy().into_owned();
    let comma = path.extension().is_some_and(|ending| ending == "csv");
    let mut table = csv::ReaderBuilder::new()
        .delimiter(if comma { b',' } else { b'\t' })
        .comment(Some(b'#'))
        .quoting(comma)
        .trim(csv::Trim::All)
        .from_path(path)
        .map_err(|error| fault(path, &file, error))?;
    let header = table
        .headers()
        .map_err(|error| fault(path, &file, error))?
        .clone();
    let columns = Columns::new(&header, comma).map_err(|why| Error::Dataset {
        file: file.clone(),
        why,
    })?;
    let mut terms = Vec::new();
    let mut documents = Documents::default();
    for row in table.records() {
        let row = row.map_err(|error| fault(path, &file, error))?;
        columns
            .read(&row, &mut terms, &mut documents)
            .map_err(|why| Error::Record {
                file: file.clone(),
                line: row.position().map_or(0, csv::Position::line),
                why,
            })?;
    }
    if terms.is_empty() {
        return Err(Error::Dataset {
            file,
            why: "no terms: expected a row for each".into(),
        });
    }
    let prior: Prior = terms.into_iter().collect();
    if documents.df.is_empty() {
        return Ok(prior);
    }
    match documents.all {
        Some(n) => Ok(prior.with_document_frequencies(n, documents.df)),
        None => Err(Error::Dataset {
            file,
            why: "a column `documents` without the number of all: expected a row that has it, and no term".into(),
        }),
    }
}

/// The documents that weights were taken from.
#[derive(Default)]
struct Documents {
    all: Option<u64>,
    df: Vec<(String, u64)>,
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
    fn new(header: &csv::StringRecord, comma: bool) -> std::result::Result<Self, String> {
        let column = |name: &str| header.iter().position(|own| own == name);
        let (label, term, weight) = (column("label"), column("term"), column("weight"));
        let labels = header.iter().enumerate();
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
                Ok(Self::Labels {
                    term,
                    documents: column(DOCUMENTS),
                    labels,
                })
            }
            _ => {
                let found: Vec<&str> = header.iter().collect();
                Err(format!(
                    "the columns {}: expected a first row that names `term` and `label` (and perhaps \
                     `weight`), or `term` and each label, divided by {}",
                    names(&found),
                    if comma { "commas" } else { "tabs" }
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
    ) -> std::result::Result<(), String> {
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
                let of_term = documents.map(|at| documents_of(field(at))).transpose()?;
                match of_term {
                    Some(n) if field(*term).is_empty() => {
                        if counted.all.replace(n).is_some() {
                            return Err(
                                "a second row without a term: expected one, with the number of \
                                        all documents"
                                    .into(),
                            );
                        }
                        return Ok(());
                    }
                    None if field(*term).is_empty() => {
                        return Err("an empty field: expected a term".into());
                    }
                    Some(n) => counted.df.push((field(*term).to_owned(), n)),
                    None => {}
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

fn documents_of(written: &str) -> std::result::Result<u64, String> {
    written.parse().map_err(|_| {
        format!("{written:?} in the column `documents`: expected a whole number from 0 on")
    })
}

fn weight_of(written: &str) -> std::result::Result<f64, String> {
    let weight = written.parse().ok();
    weight
        .filter(|weight: &f64| *weight >= 0.0 && weight.is_finite())
        .ok_or_else(|| format!("the weight {written:?}: expected a number from 0 on"))
}

fn fault(path: &Path, file: &str, error: csv::Error) -> Error {
    let line = error.position().map_or(0, csv::Position::line);
    match error.into_kind() {
        csv::ErrorKind::Io(source) => Error::io(path, source),
        csv::ErrorKind::UnequalLengths {
            expected_len, len, ..
        } => Error::Record {
            file: file.to_owned(),
            line,
            why: format!(
                "{}, expected {expected_len} as in the first row",
                count(len, "field")
            ),
        },
        kind => Error::Record {
            file: file.to_owned(),
            line,
            why: match kind {
                csv::ErrorKind::Utf8 { .. } => "the text is not UTF-8: convert the file".to_owned(),
                _ => "cannot be read as a table".to_owned(),
            },
        },
    }
}
