//! The classes of documents, and the background.

use std::collections::HashMap;

use super::params::TextClassifierParams;
use crate::{
    error::{Error, Result},
    util::simd,
    wording::names,
};

/// The labels of a model, and the class of each document.
pub(crate) struct Classes {
    /// Sorted, without the background's.
    pub(crate) labels: Vec<String>,
    /// For each document the position of its label; `labels.len()` for background.
    pub(crate) targets: Vec<usize>,
    /// The label of background documents, where there is one.
    pub(crate) background: Option<String>,
}

impl Classes {
    /// Takes the background's label, if any, out of `labels`, which are sorted and distinct; `targets` are positions
    /// among them.
    pub(crate) fn new(
        params: &TextClassifierParams,
        mut labels: Vec<String>,
        targets: &[usize],
    ) -> Result<Self> {
        let mut targets = targets.to_vec();
        if let Some(&class) = targets.iter().find(|&&class| class >= labels.len()) {
            return Err(Error::parameter(
                "targets",
                class,
                format!("class ids below {}", labels.len()),
            ));
        }
        if let Some(name) = &params.background {
            let Some(at) = labels.iter().position(|label| label == name) else {
                return Err(Error::parameter(
                    "background",
                    format!("{name:?}"),
                    format!(
                        "a label that documents or the prior have: {}",
                        names(&labels)
                    ),
                ));
            };
            labels.remove(at);
            if labels.is_empty() {
                return Err(Error::parameter(
                    "background",
                    format!("{name:?}, the only label"),
                    "documents of at least one other label",
                ));
            }
            for class in &mut targets {
                *class = match (*class).cmp(&at) {
                    std::cmp::Ordering::Less => *class,
                    std::cmp::Ordering::Equal => labels.len(),
                    std::cmp::Ordering::Greater => *class - 1,
                };
            }
        }
        Ok(Self {
            labels,
            targets,
            background: params.background.clone(),
        })
    }

    /// The labels, followed by the background's.
    pub(crate) fn all(&self) -> Vec<&str> {
        let labels = self.labels.iter().map(String::as_str);
        labels.chain(self.background.as_deref()).collect()
    }
}

/// The labels of both sides, sorted and distinct, and the positions of each side's labels among them.
pub(crate) fn union_labels(
    mine: &[String],
    theirs: &[String],
) -> (Vec<String>, Vec<usize>, Vec<usize>) {
    let mut all = [mine, theirs].concat();
    all.sort_unstable();
    all.dedup();
    let number = |old: &[String]| -> Vec<usize> {
        old.iter()
            .map(|label| all.partition_point(|other| other < label))
            .collect()
    };
    let (mine, theirs) = (number(mine), number(theirs));
    (all, mine, theirs)
}

/// Sorted distinct labels (those of the documents and `more`), and the position of each document's label among them.
pub(crate) fn number_labels<'a, L: AsRef<str>>(
    labels: &'a [L],
    more: impl Iterator<Item = &'a str>,
) -> Result<(Vec<String>, Vec<usize>)> {
    // Numbered in order of first occurrence, then by rank: there are few labels to sort.
    let mut numbers: HashMap<&str, usize> = HashMap::new();
    let mut number = |label: &'a str| {
        let next = numbers.len();
        *numbers.entry(label).or_insert(next)
    };
    let mut targets = Vec::with_capacity(labels.len());
    for (position, label) in labels.iter().enumerate() {
        // Prefetched, since labels are scattered in memory.
        if let Some(later) = labels.get(position + 16) {
            simd::prefetch(later.as_ref().as_bytes(), 0);
        }
        targets.push(number(label.as_ref()));
    }
    more.for_each(|label| {
        number(label);
    });
    let mut order: Vec<(&str, usize)> = numbers.into_iter().collect();
    order.sort_unstable();
    let mut rank = vec![0; order.len()];
    for (position, &(_, number)) in order.iter().enumerate() {
        rank[number] = position;
    }
    for target in &mut targets {
        *target = rank[*target];
    }
    let distinct: Vec<&str> = order.into_iter().map(|(label, _)| label).collect();
    if distinct.first().is_some_and(|label| label.is_empty()) {
        let position = labels.iter().position(|label| label.as_ref().is_empty());
        return Err(Error::parameter(
            "labels",
            format!("empty at position {}", position.unwrap_or(0)),
            "a name for each document's class",
        ));
    }
    Ok((distinct.into_iter().map(str::to_owned).collect(), targets))
}
