//! Priors from files: terms that speak for a label, as a table.

use std::path::Path;

use crate::{
    classifier::{Prior, PriorTerm},
    error::{Error, Result},
    wording::{count, names},
};

/// Reads a [`Prior`] from a table with the columns `label`, `term` and, optionally, `weight`
/// (otherwise 1), named in the first row; other columns are passed over. Fields are divided by commas
/// where the file's name ends in `.csv`, elsewhere by tabs; lines that begin with `#` are comments.
///
/// # Errors
/// [`Error::Io`] where the file cannot be read, [`Error::Dataset`] where a column is missing or there
/// is no row, [`Error::Record`] for a row with an empty field or a weight that is no number from 0 on.
///
/// ```
/// let folder = std::env::temp_dir();
/// let path = folder.join("slugline-prior.tsv");
/// std::fs::write(&path, "label\tterm\tweight\npolicy\tprime minister\t3\n")?;
/// let prior = slugline::dataset::load_prior(&path)?;
/// assert_eq!(prior.terms()[0].term, "prime minister");
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
    let column = |name: &str| header.iter().position(|own| own == name);
    let (Some(label), Some(term)) = (column("label"), column("term")) else {
        let found: Vec<&str> = header.iter().collect();
        return Err(Error::Dataset {
            file,
            why: format!(
                "no column `label` or no column `term`, but {}: expected a first row that names both \
                 (and perhaps `weight`), divided by {}",
                names(&found),
                if comma { "commas" } else { "tabs" }
            ),
        });
    };
    let weight = column("weight");
    let mut terms = Vec::new();
    for row in table.records() {
        let row = row.map_err(|error| fault(path, &file, error))?;
        let line = row.position().map_or(0, csv::Position::line);
        let wrong = |why: String| Error::Record {
            file: file.clone(),
            line,
            why,
        };
        let field = |at: usize| row.get(at).unwrap_or_default().to_owned();
        let (label, term) = (field(label), field(term));
        if label.is_empty() || term.is_empty() {
            return Err(wrong("an empty field: expected a label and a term".into()));
        }
        let weight = match weight.map(field) {
            None => 1.0,
            Some(written) => written
                .parse()
                .ok()
                .filter(|weight: &f64| *weight >= 0.0 && weight.is_finite())
                .ok_or_else(|| {
                    wrong(format!(
                        "the weight {written:?}: expected a number from 0 on"
                    ))
                })?,
        };
        terms.push(PriorTerm {
            label,
            term,
            weight,
        });
    }
    if terms.is_empty() {
        return Err(Error::Dataset {
            file,
            why: "no terms: expected a row for each".into(),
        });
    }
    Ok(terms.into_iter().collect())
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
