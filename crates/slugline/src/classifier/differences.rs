//! Two settings side by side.

use serde_json::Value;

/// Adds what differs between two values of this name, as "name is value and value".
pub(super) fn between(name: &str, mine: &Value, theirs: &Value, into: &mut Vec<String>) {
    if mine == theirs {
        return;
    }
    if let (Value::Object(mine), Value::Object(theirs)) = (mine, theirs)
        && (is_group(name) || mine.keys().eq(theirs.keys()))
    {
        let names = mine
            .keys()
            .chain(theirs.keys().filter(|name| !mine.contains_key(*name)));
        for own in names {
            let of = |values: &serde_json::Map<String, Value>| {
                values.get(own).cloned().unwrap_or_default()
            };
            between(parameter(name, own), &of(mine), &of(theirs), into);
        }
        return;
    }
    into.push(format!("{name} is {} and {}", shown(mine), shown(theirs)));
}

/// Whether the fields of the value of this name are parameters of their own.
fn is_group(name: &str) -> bool {
    matches!(name, "" | "features" | "naive_bayes" | "pruning" | "tfidf")
}

/// The name by which a user knows a field.
fn parameter<'a>(group: &'a str, field: &'a str) -> &'a str {
    match (group, field) {
        ("naive_bayes", "model") => "naive_bayes",
        // What a complement or Bernoulli model is set to.
        ("complement", "norm") => "norm_weights",
        // A fraction or a count: the setting is the same one.
        ("min_df" | "max_df" | "words" | "stop_words", _) => group,
        ("model", kind) => kind,
        (_, field) => field,
    }
}

/// A value in a line; the name of a variant stands for itself.
fn shown(value: &Value) -> String {
    const LONGEST: usize = 60;
    let text = match value {
        Value::Null => "none".to_owned(),
        Value::Object(fields) if fields.len() == 1 => fields
            .iter()
            .map(|(name, value)| match value {
                Value::Object(_) => format!("{name:?}"),
                value => value.to_string(),
            })
            .collect(),
        other => other.to_string(),
    };
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use crate::{NaiveBayes, StopWords, TextClassifier, Words};

    #[test]
    fn each_setting_that_differs_is_named_with_both_values() {
        let plain = TextClassifier::params();
        let cases = [
            (plain.clone().alpha(1.0), "alpha is 0.3 and 1.0"),
            (
                plain.clone().ngram_range(1, 2),
                "ngram_range is [1,1] and [1,2]",
            ),
            (plain.clone().min_df(2), "min_df is 1 and 2"),
            (plain.clone().max_df(0.5), "max_df is 1.0 and 0.5"),
            (plain.clone().max_features(7), "max_features is none and 7"),
            (
                plain.clone().background("x".to_owned()),
                "background is none and \"x\"",
            ),
            (
                plain.clone().class_prior([0.5, 0.5]),
                "class_prior is none and [0.5,0.5]",
            ),
            (
                plain
                    .clone()
                    .stop_words(StopWords::Language("english".into())),
                "stop_words is \"none\" and \"english\"",
            ),
            (
                plain.clone().words(Words::Unicode),
                "words is \"sklearn\" and \"unicode\"",
            ),
            (
                plain.clone().model(NaiveBayes::multinomial().model),
                "naive_bayes is \"complement\" and \"multinomial\"",
            ),
            (
                plain.clone().model(crate::Model::Complement { norm: true }),
                "norm_weights is false and true",
            ),
            (plain.clone().norm(None), "norm is \"l2\" and none"),
        ];
        for (other, expected) in cases {
            assert_eq!(plain.differences(&other), [expected]);
        }
        assert!(plain.differences(&plain.clone().threads(7)).is_empty());
        let both = plain.clone().alpha(1.0).binary(true);
        assert_eq!(plain.differences(&both).len(), 2);
    }
}
