//! What is said about the labels of data: those that were left out, and those that are two by mistake.

use std::collections::BTreeMap;

use slugline::{
    dataset::{FurtherLabels, similar_labels},
    wording::count,
};

use crate::say;

/// So many are named.
const NAMED: usize = 5;

/// Says how many records had several labels, and which labels no record has any more.
pub(crate) fn note_further(further: &FurtherLabels, kept: &BTreeMap<String, u64>) {
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
    say::note(format_args!(
        "slugline: {which} several labels, of which the first was kept{lost}"
    ));
}

/// Says which labels of the data differ only in upper and lower case, in white space or in the form of
/// their characters, from one another or from those that a model or a prior (`known_of`) knows.
pub(crate) fn note_similar(counts: &BTreeMap<String, u64>, known: &[String], known_of: &str) {
    let mut all = counts.clone();
    for label in known {
        all.entry(label.clone()).or_default();
    }
    let groups: Vec<String> = similar_labels(&all)
        .iter()
        // What the model alone is to blame for was said when it was trained.
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
    say::note(format_args!(
        "slugline: labels that look alike are different labels: {}{more}; write each in one way if it is \
         one label",
        named.join("; ")
    ));
}
