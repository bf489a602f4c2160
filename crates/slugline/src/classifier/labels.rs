//! The classes of documents, and the background.

use std::collections::HashMap;

use super::params::TextClassifierParams;
use crate::{
    error::{Error, Result},
    util::simd,
    wording::names,
};

/// The documents that belong to a class in part, ascending, and the part of each.
pub(crate) type ClassShare = Vec<(usize, f64)>;

/// The labels of a model, and the class of each document.
pub(crate) struct Classes {
    /// Sorted, without the background's.
    pub(crate) labels: Vec<String>,
    /// For each document the position of its label; `labels.len()` for background.
    pub(crate) targets: Vec<usize>,
    /// Where documents belong to several classes in parts: those of each class, the background's last. `targets` are
    /// then the largest parts.
    pub(crate) shares: Option<Vec<ClassShare>>,
    /// The label of background documents, where there is one.
    pub(crate) background: Option<String>,
}

impl Classes {
    /// Takes the background's label, if any, out of `labels`, which are sorted and distinct; `targets` are positions
    /// among them, `shares` are those of each label.
    pub(crate) fn new(
        params: &TextClassifierParams,
        mut labels: Vec<String>,
        mut targets: Vec<usize>,
        mut shares: Option<Vec<ClassShare>>,
    ) -> Result<Self> {
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
            if let Some(shares) = &mut shares {
                let of_background = shares.remove(at);
                shares.push(of_background);
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
            shares,
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

/// Labels and `more`, sorted and distinct, and for each target, a position among `labels`, its position among them.
///
/// # Errors
/// [`Error::Parameter`] where one of `more` is empty.
pub(crate) fn join_labels<'l>(
    labels: &[String],
    targets: &[usize],
    more: impl Iterator<Item = &'l str>,
) -> Result<(Vec<String>, Vec<usize>)> {
    let is_known = |name: &str| {
        labels
            .binary_search_by(|label| label.as_str().cmp(name))
            .is_ok()
    };
    let new: Vec<String> = more
        .filter(|label| !is_known(label))
        .map(str::to_owned)
        .collect();
    if new.iter().any(String::is_empty) {
        return Err(empty_label(0));
    }
    let (joined, numbers, _) = union_labels(labels, &new);
    let targets = targets.iter().map(|&target| numbers[target]).collect();
    Ok((joined, targets))
}

/// The labels of documents, sorted and distinct, and the position of each document's label among them.
///
/// # Errors
/// [`Error::Parameter`] for an empty one.
pub(crate) fn number_labels<L: AsRef<str>>(labels: &[L]) -> Result<(Vec<String>, Vec<usize>)> {
    // Numbered in order of first occurrence, then by rank: there are few labels to sort.
    let mut numbers: HashMap<&str, usize> = HashMap::new();
    let mut targets = Vec::with_capacity(labels.len());
    for (position, label) in labels.iter().enumerate() {
        // Prefetched, since labels are scattered in memory.
        if let Some(later) = labels.get(position + 16) {
            simd::prefetch(later.as_ref().as_bytes(), 0);
        }
        let next = numbers.len();
        targets.push(*numbers.entry(label.as_ref()).or_insert(next));
    }
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
        return Err(empty_label(position.unwrap_or(0)));
    }
    Ok((distinct.into_iter().map(str::to_owned).collect(), targets))
}

/// The error for a label without a name.
pub(crate) fn empty_label(position: usize) -> Error {
    Error::parameter(
        "labels",
        format!("empty at position {position}"),
        "a name for each document's class",
    )
}
