//! Columns of the input that are passed on, and what our own are called beside them.

use std::{borrow::Cow, sync::Arc};

use slugline::{
    dataset::Cell,
    wording::{name, names},
};

use crate::output_format::OutputFormat;

/// What our columns begin with where a column of the input has their name.
const PREFIX: &str = "slugline_";

/// The columns of a record that are passed on, with their names.
pub(crate) type Columns = [(Arc<str>, Cell)];

/// Whether a column of this name is passed on.
pub(crate) fn has(columns: &Columns, name: &str) -> bool {
    columns.iter().any(|(column, _)| **column == *name)
}

/// The order and the names of columns. It changes with the first record that has columns, and with JSON
/// objects that bring new keys.
#[derive(Debug, Clone, Default)]
pub(crate) struct Layout {
    /// CSV: the columns that are passed on, once they are known.
    pub(crate) header: Option<Vec<Arc<str>>>,
    /// Our names, and what they are called instead.
    renamed: Vec<(String, String)>,
}

impl Layout {
    /// Whether a record's columns have a place and our names are not among them; an error where they cannot
    /// have one. `own` are our names.
    pub(crate) fn has_room(
        &self,
        columns: &Columns,
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
            !stands_for_ours(name)
                && own.iter().any(|own| **own == **name)
                && !self.renamed.iter().any(|(own, _)| **own == **name)
        };
        Ok(!columns.iter().any(is_new))
    }

    /// Makes room for the columns of a record that has none. Gives whether columns of ours have other names
    /// from now on.
    pub(crate) fn make_room(
        &mut self,
        columns: &Columns,
        format: OutputFormat,
        own: &[String],
    ) -> bool {
        let is_taken = |name: &str| columns.iter().any(|(column, _)| **column == *name);
        let before = self.renamed.len();
        for name in own {
            if stands_for_ours(name)
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

    /// What a column of ours is called.
    pub(crate) fn name<'n>(&'n self, own: &'n str) -> &'n str {
        let renamed = self.renamed.iter().find(|(name, _)| name == own);
        renamed.map_or(own, |(_, new)| new)
    }

    /// Our columns that are called something else, for a message.
    pub(crate) fn renamed(&self) -> String {
        let pairs = self.renamed.iter();
        let pairs = pairs.map(|(own, new)| format!("`{own}` is `{new}`"));
        pairs.collect::<Vec<String>>().join(", ")
    }

    /// The fields of a record under the header; empty where it lacks a column.
    pub(crate) fn fields<'r>(&self, columns: &'r Columns) -> Vec<Cow<'r, str>> {
        let Some(header) = &self.header else {
            return Vec::new();
        };
        let mut fields = vec![Cow::Borrowed(""); header.len()];
        // A record that has no place was refused when it was admitted.
        if let Ok(places) = places(header, columns) {
            for (place, (_, cell)) in places.into_iter().zip(columns) {
                fields[place] = cell.to_field();
            }
        }
        fields
    }
}

/// Whether a column of the input says what ours of that name would: ours is left out then.
pub(crate) fn stands_for_ours(name: &str) -> bool {
    matches!(name, "id" | "text")
}

/// The place of each column under the header, or which one has none.
fn places(header: &[Arc<str>], columns: &Columns) -> Result<Vec<usize>, String> {
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
                "the column \"{}\" is not one of those that the first record has ({}), and so has no place \
                 in this CSV: name the columns with --columns, or choose --format jsonl",
                name(column),
                names(header)
            ));
        };
        is_used[place] = true;
        places.push(place);
    }
    Ok(places)
}

/// Keys for the columns of a record in a JSON object: of columns with one name all but the first get a
/// number, so that none is lost.
pub(crate) fn keys(columns: &Columns) -> Vec<Cow<'_, str>> {
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
