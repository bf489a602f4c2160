//! Warnings about the labels of data: further labels that were dropped, and labels that look alike.

use std::collections::BTreeMap;

use slugline::{
    dataset::{FurtherLabels, similar_labels},
    wording::count,
};

use crate::say;

/// The number of labels that a message names.
const NAMED: usize = 5;

/// Warns of records with several labels, and of the labels that no record has any more.
pub(crate) fn warn_of_further(further: &FurtherLabels, kept: &BTreeMap<String, u64>) {
    if further.records == 0 {
        return;
    }
    let which = match further.records {
        1 => "1 record has".to_owned(),
        n => format!("{n} records have"),
    };
    let lost: Vec<&str> = further
        .labels
        .iter()
        .filter(|label| !kept.contains_key(*label))
        .map(String::as_str)
        .collect();
    let lost = match lost.len() {
        0 => String::new(),
        n => {
            let more = match n.saturating_sub(NAMED) {
                0 => "",
                _ => ", …",
            };
            format!(
                "; {} left without a record: {}{more}",
                count(n as u64, "label"),
                lost[..n.min(NAMED)].join(", ")
            )
        }
    };
    say::warning(format_args!(
        "{which} several labels, of which the first was kept{lost}"
    ));
}

/// Warns of labels of the data that differ only in case, white space or normal form from one another or
/// from those of a model or a prior (`known_of`).
pub(crate) fn warn_of_similar(counts: &BTreeMap<String, u64>, known: &[String], known_of: &str) {
    let mut all = counts.clone();
    for label in known {
        all.entry(label.clone()).or_default();
    }
    let groups: Vec<String> = similar_labels(&all)
        .iter()
        // Labels of the model that look alike were reported when it was trained.
        .filter(|group| group.iter().any(|(_, count)| *count > 0))
        .map(|group| {
            let labels = group.iter().map(|(label, count)| match count {
                0 => format!("{label:?} (of the {known_of})"),
                count => format!("{label:?} ({count})"),
            });
            labels.collect::<Vec<String>>().join(" and ")
        })
        .collect();
    if groups.is_empty() {
        return;
    }
    let more = match groups.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!("; and {more} more"),
    };
    let named = &groups[..groups.len().min(NAMED)];
    say::warning(format_args!(
        "labels that look alike are different labels: {}{more}; if they are one label, write it in one way",
        named.join("; ")
    ));
}
