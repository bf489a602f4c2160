//! Labels that look alike, and labels that were not kept.

use std::collections::{BTreeMap, BTreeSet};

use unicode_normalization::UnicodeNormalization;

/// Characters without width that `char::is_whitespace` does not include.
const INVISIBLE: [char; 10] = [
    '\u{180e}', '\u{200b}', '\u{200c}', '\u{200d}', '\u{200e}', '\u{200f}', '\u{2060}', '\u{feff}',
    '\u{ad}', '\0',
];

/// Labels that were not kept, since only the first of each record is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct FurtherLabels {
    /// The number of records with several labels.
    pub records: u64,
    /// The labels that were not the first of a record (of another record they may be).
    pub labels: BTreeSet<String>,
}

impl FurtherLabels {
    /// Adds those of one record.
    pub(super) fn add(&mut self, labels: impl IntoIterator<Item = String>) {
        self.records += 1;
        for label in labels {
            if !self.labels.contains(&label) {
                self.labels.insert(label);
            }
        }
    }
}

/// A label without white space and invisible characters around it.
pub(super) fn trimmed(label: &str) -> &str {
    label.trim_matches(|c: char| c.is_whitespace() || INVISIBLE.contains(&c))
}

/// The labels among these that differ only in upper and lower case, in white space or in Unicode's
/// normal form, with their counts: a group for each, in sorted order.
///
/// ```
/// use std::collections::BTreeMap;
/// use slugline::dataset::similar_labels;
///
/// let counts: BTreeMap<String, u64> =
///     [("policy", 40), ("markets", 12), ("Policy", 2)].map(|(l, n)| (l.to_owned(), n)).into();
/// assert_eq!(
///     similar_labels(&counts),
///     [[("Policy".to_owned(), 2), ("policy".to_owned(), 40)]]
/// );
/// ```
pub fn similar_labels(counts: &BTreeMap<String, u64>) -> Vec<Vec<(String, u64)>> {
    let mut groups: BTreeMap<String, Vec<(String, u64)>> = BTreeMap::new();
    for (label, count) in counts {
        let group = groups.entry(folded(label)).or_default();
        group.push((label.clone(), *count));
    }
    let mut similar: Vec<_> = groups.into_values().filter(|g| g.len() > 1).collect();
    similar.sort();
    similar
}

/// A label without case, white space and other normal forms: equal for labels that look alike.
fn folded(label: &str) -> String {
    let normal: String = trimmed(label).nfkc().collect();
    // Through upper case, so that ß becomes ss, and both small sigmas are one.
    let lower = normal.to_uppercase().to_lowercase();
    let words: Vec<&str> = lower.split_whitespace().collect();
    words.join(" ").nfkc().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_sees_is_trimmed() {
        for label in [
            "policy",
            " policy",
            "policy\u{a0}",
            "\u{feff}policy",
            "\u{200b}policy\u{3000}\t",
            "policy\r",
            "\u{2060}\u{200e}policy\u{200f}",
        ] {
            assert_eq!(trimmed(label), "policy", "{label:?}");
        }
        assert_eq!(trimmed("real\u{a0}estate"), "real\u{a0}estate");
        assert_eq!(trimmed(" \u{feff} "), "");
    }

    #[test]
    fn labels_that_look_alike_are_found() {
        let counts = |labels: &[&str]| -> BTreeMap<String, u64> {
            labels
                .iter()
                .map(|label| ((*label).to_owned(), 1))
                .collect()
        };
        for pair in [
            ["policy", "Policy"],
            ["caf\u{e9}", "CAFE\u{301}"],
            ["real estate", "real\u{a0}estate"],
            ["real estate", "Real  Estate"],
            ["STRASSE", "straße"],
            ["ΟΔΟΣ", "οδος"],
            ["\u{ff21}B", "ab"],
            ["a", " a"],
        ] {
            let similar = similar_labels(&counts(&pair));
            assert_eq!(similar.len(), 1, "{pair:?}");
            assert_eq!(similar[0].len(), 2);
        }
        assert!(similar_labels(&counts(&["policy", "policies", "politics"])).is_empty());
        assert!(similar_labels(&counts(&["résumé", "resume", "c++", "c"])).is_empty());
    }
}
