//! PassedColumns of the input that are passed on, and the names of the answer's columns beside them.

use std::{borrow::Cow, sync::Arc};

use slugline::{
    dataset::Cell,
    wording::{name, names},
};

use crate::output_format::OutputFormat;

/// The prefix of the answer's columns whose name a column of the input has.
const PREFIX: &str = "slugline_";

/// The columns of a record that are passed on, with their names.
pub(crate) type PassedColumns = [(Arc<str>, Cell)];

/// Whether a column of this name is passed on.
pub(crate) fn has(columns: &PassedColumns, name: &str) -> bool {
    columns.iter().any(|(column, _)| **column == *name)
}

/// The order and the names of the output's columns. It changes with the first record that has columns, and with
/// JSON objects that have new keys.
#[derive(Debug, Clone, Default)]
pub(crate) struct ColumnLayout {
    /// In CSV the columns that are passed on, once they are known.
    pub(crate) header: Option<Vec<Arc<str>>>,
    /// The answer's columns that are renamed: old and new name.
    renamed: Vec<(String, String)>,
}

impl ColumnLayout {
    /// Whether a record's columns fit: each has a place, and none has the name of one of the answer's (`own`).
    /// An error where one cannot have a place.
    pub(crate) fn fits(
        &self,
        columns: &PassedColumns,
        format: OutputFormat,
        own: &[String],
    ) -> Result<bool, String> {
        if format == OutputFormat::Csv {
            return match &self.header {
                None => Ok(false),
                Some(header) => places(header, columns).map(|_| true),
            };
        }
        let is_new = |(name, _): &(Arc<str>, Cell)| {
            !replaces_own(name)
                && own.iter().any(|own| **own == **name)
                && !self.renamed.iter().any(|(own, _)| **own == **name)
        };
        Ok(!columns.iter().any(is_new))
    }

    /// Changes the layout so that a record's columns fit. Returns whether columns of the answer were renamed.
    pub(crate) fn fit_to(
        &mut self,
        columns: &PassedColumns,
        format: OutputFormat,
        own: &[String],
    ) -> bool {
        let is_taken = |name: &str| columns.iter().any(|(column, _)| **column == *name);
        let before = self.renamed.len();
        for name in own {
            if replaces_own(name)
                || !is_taken(name)
                || self.renamed.iter().any(|(own, _)| own == name)
            {
                continue;
            }
            let mut new = format!("{PREFIX}{name}");
            while is_taken(&new) || own.contains(&new) {
                new.insert_str(0, PREFIX);
            }
            self.renamed.push((name.clone(), new));
        }
        if format == OutputFormat::Csv {
            self.header = Some(columns.iter().map(|(name, _)| Arc::clone(name)).collect());
        }
        self.renamed.len() > before
    }

    /// The name of a column of the answer.
    pub(crate) fn name<'n>(&'n self, own: &'n str) -> &'n str {
        let renamed = self.renamed.iter().find(|(name, _)| name == own);
        renamed.map_or(own, |(_, new)| new)
    }

    /// The renamed columns, for a message.
    pub(crate) fn renamed(&self) -> String {
        let pairs = self.renamed.iter();
        let pairs = pairs.map(|(own, new)| format!("`{own}` is `{new}`"));
        pairs.collect::<Vec<String>>().join(", ")
    }

    /// The fields of a record under the header; empty where it lacks a column.
    pub(crate) fn fields<'r>(&self, columns: &'r PassedColumns) -> Vec<Cow<'r, str>> {
        let Some(header) = &self.header else {
            return Vec::new();
        };
        let mut fields = vec![Cow::Borrowed(""); header.len()];
        // Records that do not fit were refused by `fits`.
        if let Ok(places) = places(header, columns) {
            for (place, (_, cell)) in places.into_iter().zip(columns) {
                fields[place] = cell.to_field();
            }
        }
        fields
    }
}

/// Whether a column of the input replaces the answer's column of that name.
pub(crate) fn replaces_own(name: &str) -> bool {
    matches!(name, "id" | "text")
}

/// The place of each column under the header, or which one has none.
fn places(header: &[Arc<str>], columns: &PassedColumns) -> Result<Vec<usize>, String> {
    let is_same = |(own, (column, _)): (&Arc<str>, &(Arc<str>, Cell))| own == column;
    if header.len() == columns.len() && header.iter().zip(columns).all(is_same) {
        return Ok((0..header.len()).collect());
    }
    let mut is_used = vec![false; header.len()];
    let mut places = Vec::with_capacity(columns.len());
    for (column, _) in columns {
        let mut free = (0..header.len()).filter(|&at| header[at] == *column && !is_used[at]);
        let Some(place) = free.next() else {
            return Err(format!(
                "the first record has no column \"{}\" (it has {}), so there is none in this CSV: name the \
                 columns with --columns, or use --format jsonl",
                name(column),
                names(header)
            ));
        };
        is_used[place] = true;
        places.push(place);
    }
    Ok(places)
}

/// The keys of a record's columns in a JSON object: columns of the same name are numbered after the first, so
/// that none is lost.
pub(crate) fn keys(columns: &PassedColumns) -> Vec<Cow<'_, str>> {
    let mut keys: Vec<Cow<'_, str>> = Vec::with_capacity(columns.len());
    for (column, _) in columns {
        let mut key = Cow::Borrowed(&**column);
        let mut number = 2;
        while keys.contains(&key)
            || (number > 2 && columns.iter().any(|(other, _)| **other == *key))
        {
            key = Cow::Owned(format!("{column}_{number}"));
            number += 1;
        }
        keys.push(key);
    }
    keys
}
