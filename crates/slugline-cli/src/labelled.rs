//! Records as columns.

use std::sync::Arc;

use slugline::{
    Examples,
    dataset::{Cell, Format, Position, Record},
};

use crate::input::place;

/// Records as columns; labels are empty where none are asked for.
#[derive(Default)]
pub(crate) struct Labelled {
    pub(crate) texts: Vec<String>,
    pub(crate) labels: Vec<String>,
    /// The probabilities of labels of the documents that have them, and those documents, ascending.
    probabilities: Vec<(usize, Vec<(String, f64)>)>,
    places: Vec<(Position, Format)>,
    /// Ids and other columns, where they are kept.
    beside: Vec<IdAndColumns>,
}

/// The id and the other columns of a record.
type IdAndColumns = (Option<String>, Vec<(Arc<str>, Cell)>);

impl Labelled {
    /// Adds a record; its id and its other columns only where they are kept.
    pub(crate) fn push(&mut self, record: Record, keeps_columns: bool) {
        if !record.probabilities.is_empty() {
            let document = self.labels.len();
            self.probabilities.push((document, record.probabilities));
        }
        self.texts.push(record.text);
        self.labels.push(record.label.unwrap_or_default());
        self.places.push((record.position, record.format));
        if keeps_columns {
            self.beside.push((record.id, record.columns));
        }
    }

    /// The documents as the library takes them.
    pub(crate) fn examples(&self) -> slugline::Result<Examples<'_, String>> {
        if self.probabilities.is_empty() {
            return Examples::new(&self.texts, &self.labels);
        }
        let certain = self.labels.iter().map(|label| vec![(label.as_str(), 1.0)]);
        let mut all: Vec<Vec<(&str, f64)>> = certain.collect();
        for (document, parts) in &self.probabilities {
            all[*document] = parts
                .iter()
                .map(|(label, p)| (label.as_str(), *p))
                .collect();
        }
        Examples::with_label_probabilities(&self.texts, &all)
    }

    /// The labels of all documents, each with the number of its document: one, or those that have probabilities.
    pub(crate) fn all_labels(&self) -> impl Iterator<Item = (usize, &str)> {
        let probable = self.probabilities.iter().flat_map(|(document, parts)| {
            parts.iter().map(|(label, _)| (*document, label.as_str()))
        });
        let labels = self.labels.iter().enumerate();
        labels
            .map(|(document, label)| (document, label.as_str()))
            .chain(probable)
    }

    /// A document's place.
    pub(crate) fn place(&self, document: usize) -> String {
        let (position, from) = &self.places[document];
        place(position, *from)
    }

    /// A document's other columns; none where they are not kept.
    pub(crate) fn columns(&self, document: usize) -> &[(Arc<str>, Cell)] {
        self.beside
            .get(document)
            .map_or(&[], |(_, columns)| columns.as_slice())
    }

    /// A document's id, if it has one and they are kept.
    pub(crate) fn id(&self, document: usize) -> Option<&str> {
        self.beside.get(document)?.0.as_deref()
    }
}
