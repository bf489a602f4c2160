//! Labels that are two by mistake.

use std::collections::BTreeMap;

use slugline::dataset::similar_labels;

use crate::say;

/// So many groups are named.
const NAMED: usize = 5;

/// Says which labels of the data differ only in upper and lower case, in white space or in the form of
/// their characters, from one another or from those that a model knows.
pub(crate) fn note_similar(counts: &BTreeMap<String, u64>, known: &[String]) {
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
                0 => format!("{label:?} (of the model)"),
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
