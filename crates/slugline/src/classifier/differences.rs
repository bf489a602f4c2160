//! The settings in which two models differ.

use serde_json::Value;

use super::params::TextClassifierParams;
use crate::wording::count;

/// The maximum length of a value in a message.
const SHOWN: usize = 60;

impl TextClassifierParams {
    /// Lists the settings in which these differ from others, each with both values. Models whose settings
    /// differ cannot be [merged](super::TextClassifier::merge). Threads are no part of a model, and merging drops a refinement.
    ///
    /// ```
    /// use slugline::TextClassifier;
    ///
    /// let (one, other) = (TextClassifier::params(), TextClassifier::params().alpha(0.5));
    /// let expected = ("alpha".to_owned(), ["0.3".to_owned(), "0.5".to_owned()]);
    /// assert_eq!(one.differences(&other), [expected]);
    /// ```
    pub fn differences(&self, other: &Self) -> Vec<(String, [String; 2])> {
        let [own, others] = [self, other].map(|params| {
            let settings = serde_json::to_value(params.clone().refine(None)).unwrap_or_default();
            let mut flat = Vec::new();
            flatten("", &settings, &mut flat);
            flat
        });
        let value = |all: &[(String, Value)], name: &str| {
            let found = all.iter().find(|(own, _)| own == name);
            found.map_or(Value::Null, |(_, value)| value.clone())
        };
        let mut names: Vec<&String> = own.iter().map(|(name, _)| name).collect();
        for (name, _) in &others {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        names
            .into_iter()
            .map(|name| (name.clone(), [value(&own, name), value(&others, name)]))
            .filter(|(_, [own, others])| own != others)
            .map(|(name, values)| (name, values.map(|value| clipped(written(&value)))))
            .collect()
    }

    /// Whether all settings but the threads and the refinement are equal.
    pub(crate) fn same_model(&self, other: &Self) -> bool {
        let [own, others] = [self, other].map(|params| params.clone().refine(None).to_json());
        own == others
    }
}

/// Lists the settings of all groups, under their own names.
fn flatten(name: &str, value: &Value, to: &mut Vec<(String, Value)>) {
    // The model is one setting, with options of its own: `complement (norm true)`.
    if let (Value::Object(fields), false) = (value, name == "model") {
        let groups = [
            "",
            "features",
            "analyzer",
            "pruning",
            "tfidf",
            "naive_bayes",
        ];
        if groups.contains(&name) {
            for (name, value) in fields {
                flatten(name, value, to);
            }
            return;
        }
    }
    to.push((name.to_owned(), value.clone()));
}

/// A value without JSON's punctuation.
fn written(value: &Value) -> String {
    match value {
        Value::Null => "none".to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(values) if values.len() > 8 => {
            let first: Vec<String> = values.iter().take(3).map(written).collect();
            format!("{}, … ({})", first.join(","), count(values.len(), "value"))
        }
        Value::Array(values) => {
            let values: Vec<String> = values.iter().map(written).collect();
            values.join(",")
        }
        Value::Object(fields) => {
            // `{"count": 3}`, `{"fraction": 0.5}`, `{"complement": {"norm": true}}`
            let parts = fields
                .iter()
                .map(|(name, value)| match (name.as_str(), value) {
                    ("count" | "fraction" | "language" | "pattern", value) => written(value),
                    (name, Value::Object(_)) => format!("{name} ({})", written(value)),
                    (name, value) => format!("{name} {}", written(value)),
                });
            parts.collect::<Vec<String>>().join(", ")
        }
        other => other.to_string(),
    }
}

/// Shortens a value for a message. Values are compared before, so two different ones may look alike here.
fn clipped(value: String) -> String {
    match value.chars().count() > SHOWN {
        false => value,
        true => value.chars().take(SHOWN).chain(['…']).collect(),
    }
}

#[cfg(test)]
mod tests {
    use crate::{classifier::TextClassifier, naive_bayes::Model, text::StopWords};

    #[test]
    fn each_setting_is_named_once_with_both_values() {
        let one = TextClassifier::params();
        assert_eq!(one.differences(&one.clone().threads(3)), []);
        let other = one
            .clone()
            .model(Model::Bernoulli {
                binarize: Some(0.0),
            })
            .ngram_range(1, 2)
            .min_df(3)
            .stop_words(StopWords::List(vec!["a".into(), "b".into()]))
            .background("other".to_owned())
            .class_prior([0.5, 0.5]);
        let found: Vec<String> = one
            .differences(&other)
            .into_iter()
            .map(|(name, [own, others])| format!("{name}: {own} | {others}"))
            .collect();
        assert_eq!(
            found,
            [
                "ngram_range: 1,1 | 1,2",
                "stop_words: none | list a,b",
                "min_df: 1 | 3",
                "class_prior: none | 0.5,0.5",
                "model: complement (norm false) | bernoulli (binarize 0.0)",
                "background: none | other"
            ]
        );
    }

    #[test]
    fn long_lists_that_begin_alike_differ() {
        let terms = |last: &str| {
            let mut terms: Vec<String> = (0..50).map(|n| format!("term{n}")).collect();
            terms.push(last.to_owned());
            terms
        };
        let params = TextClassifier::params();
        let one = params.clone().vocabulary(terms("x"));
        let found = one.differences(&params.vocabulary(terms("y")));
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].0, "vocabulary");
        assert_eq!(found[0].1[0], "term0,term1,term2, … (51 values)");
    }
}
