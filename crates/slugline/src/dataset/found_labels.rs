//! The labels of a record in JSON or in columns with types: one, several, or probabilities.

use super::{labels::trimmed, object::Value, source::Source};
use crate::{
    classifier::{PROBABILITIES, are_probabilities, listed, most_likely},
    error::Result,
};

/// A record's label, and the labels with their probabilities where it has these.
type RecordLabels = (Option<String>, Vec<(String, f64)>);

/// What a record has in the place of its label.
#[derive(Debug, PartialEq)]
pub(super) enum FoundLabels {
    Names(Vec<String>),
    /// Labels and their probabilities; there is at least one.
    Probabilities(Vec<(String, f64)>),
}

impl Default for FoundLabels {
    fn default() -> Self {
        Self::Names(Vec::new())
    }
}

impl FoundLabels {
    /// The labels in a value: `None` for null. Elements of an array and probabilities that are null are none.
    pub(super) fn of(
        key: &str,
        value: &Value<'_>,
        source: &Source,
    ) -> Result<Option<Self>, String> {
        let (values, part) = match value {
            Value::Null => return Ok(None),
            Value::Object(entries) if source.options.probabilities => {
                return probabilities_of(key, entries).map(Some);
            }
            Value::Array(elements) => (elements.as_slice(), "an element of "),
            value => (std::slice::from_ref(value), ""),
        };
        let mut labels = Vec::with_capacity(values.len());
        for value in values {
            match value {
                Value::Null => {}
                Value::String(label) => labels.push(label.to_string()),
                Value::Number(label) => labels.push(label.clone()),
                Value::Bool(label) => labels.push(label.to_string()),
                Value::Object(_) if part.is_empty() => {
                    return Err(format!(
                        "\"{key}\" is an object, expected a string, a number or an array of these: mend it, or \
                         choose another key with `label` (probabilities of labels are for plain fitting, adding and \
                         forgetting alone)"
                    ));
                }
                other => {
                    return Err(format!(
                        "{part}\"{key}\" is {}, expected a string, a number or an array of these: mend \
                         it, or choose another key with `label`",
                        other.kind()
                    ));
                }
            }
        }
        Ok(Some(Self::Names(labels)))
    }

    /// The label of the record at `line`, and its probabilities where it has these: sorted, and checked as
    /// [`Examples::with_label_probabilities`](crate::Examples::with_label_probabilities) does.
    pub(super) fn of_record(self, line: u64, place: &str, source: &Source) -> Result<RecordLabels> {
        let mut parts = match self {
            Self::Names(labels) => return Ok((source.label(line, labels, place)?, Vec::new())),
            Self::Probabilities(parts) => parts,
        };
        let wrong = |why: String| Err(source.record_error(line, why));
        for (label, _) in &mut parts {
            let name = trimmed(label);
            if name.is_empty() {
                return wrong(format!(
                    "a label is empty: expected the record's classes in {place}"
                ));
            }
            if source.options.trim_labels && name.len() < label.len() {
                *label = name.to_owned();
            }
        }
        parts.sort_by(|a, b| a.0.cmp(&b.0));
        if let Some([(label, _), _]) = parts.windows(2).find(|pair| pair[0].0 == pair[1].0) {
            return wrong(format!(
                "the label {label:?} has two probabilities, expected one"
            ));
        }
        if !are_probabilities(parts.iter().map(|part| part.1)) {
            return wrong(format!(
                "the labels are {}: expected {PROBABILITIES}",
                listed(parts.iter().map(|(label, p)| (label.as_str(), *p)))
            ));
        }
        let likely = most_likely(parts.iter().map(|(label, p)| (label, *p)));
        Ok((likely.cloned(), parts))
    }
}

/// The probabilities in the entries of an object.
fn probabilities_of(key: &str, entries: &[(String, Value<'_>)]) -> Result<FoundLabels, String> {
    let mut parts = Vec::with_capacity(entries.len());
    for (label, value) in entries {
        let number = match value {
            Value::Null => continue,
            Value::Number(number) => number.parse().ok(),
            _ => None,
        };
        let Some(p) = number else {
            return Err(format!(
                "\"{key}\": the probability of {label:?} is {}, expected a number",
                value.kind()
            ));
        };
        parts.push((label.clone(), p));
    }
    Ok(match parts.is_empty() {
        true => FoundLabels::default(),
        false => FoundLabels::Probabilities(parts),
    })
}
