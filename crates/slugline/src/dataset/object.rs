//! Parsing some values of a JSON object, without keeping the others.

use std::{borrow::Cow, fmt};

use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor,
};
use serde_json::{Number, value::RawValue};

/// A JSON value, as far as data sets need it. Strings without escapes are borrowed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value<'a> {
    Null,
    Bool(bool),
    /// A number as JSON writes it: `1`, `1.5`.
    Number(String),
    String(Cow<'a, str>),
    Array(Vec<Value<'a>>),
    /// The entries, in the order in which they stand.
    Object(Vec<(String, Value<'a>)>),
}

impl Value<'_> {
    /// The name of the type in messages.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "a boolean",
            Self::Number(_) => "a number",
            Self::String(_) => "a string",
            Self::Array(_) => "an array",
            Self::Object(_) => "an object",
        }
    }
}

impl<'de> Deserialize<'de> for Value<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ValueVisitor)
    }
}

struct ValueVisitor;

impl<'de> Visitor<'de> for ValueVisitor {
    type Value = Value<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E: Error>(self) -> Result<Value<'de>, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value<'de>, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value<'de>, E> {
        Ok(Value::Number(value.to_string()))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value<'de>, E> {
        Ok(Value::Number(value.to_string()))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value<'de>, E> {
        // `Number` writes 1.0 as JSON does, where Rust alone would write 1.
        let number = Number::from_f64(value).ok_or_else(|| E::custom("number out of range"))?;
        Ok(Value::Number(number.to_string()))
    }

    fn visit_borrowed_str<E: Error>(self, value: &'de str) -> Result<Value<'de>, E> {
        Ok(Value::String(Cow::Borrowed(value)))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value<'de>, E> {
        Ok(Value::String(Cow::Owned(value.to_owned())))
    }

    fn visit_string<E: Error>(self, value: String) -> Result<Value<'de>, E> {
        Ok(Value::String(Cow::Owned(value)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Value<'de>, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = elements.next_element()? {
            values.push(value);
        }
        Ok(Value::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value<'de>, A::Error> {
        let mut found = Vec::new();
        while let Some(entry) = entries.next_entry()? {
            found.push(entry);
        }
        Ok(Value::Object(found))
    }
}

/// The values of the keys `wanted`, in that order, `None` for those that the object lacks; of a
/// key that stands twice, the last.
pub(super) struct Wanted<'a>(pub(super) &'a [String]);

impl<'de> DeserializeSeed<'de> for Wanted<'_> {
    type Value = Vec<Option<Value<'de>>>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Wanted<'_> {
    type Value = Vec<Option<Value<'de>>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Self::Value, A::Error> {
        let mut values = vec![None; self.0.len()];
        while let Some(place) = entries.next_key_seed(KeyPlace(self.0))? {
            match place.and_then(|place| values.get_mut(place)) {
                Some(value) => *value = Some(entries.next_value()?),
                None => drop(entries.next_value::<IgnoredAny>()?),
            }
        }
        Ok(values)
    }
}

/// A key as its position among the wanted ones.
struct KeyPlace<'a>(&'a [String]);

impl<'de> DeserializeSeed<'de> for KeyPlace<'_> {
    type Value = Option<usize>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for KeyPlace<'_> {
    type Value = Option<usize>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E: Error>(self, key: &str) -> Result<Self::Value, E> {
        Ok(self.0.iter().position(|wanted| wanted == key))
    }
}

/// All entries of a JSON object, in the order in which they stand, values as they are written.
pub(super) struct Entries<'a>(pub(super) Vec<(String, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Entries<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(EntriesVisitor).map(Self)
    }
}

struct EntriesVisitor;

impl<'de> Visitor<'de> for EntriesVisitor {
    type Value = Vec<(String, &'de RawValue)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Self::Value, A::Error> {
        let mut found: Vec<(String, &RawValue)> = Vec::new();
        while let Some((key, value)) = entries.next_entry::<String, &RawValue>()? {
            // Of a repeated key the last one counts, as everywhere.
            match found.iter_mut().find(|(known, _)| *known == key) {
                Some(known) => known.1 = value,
                None => found.push((key, value)),
            }
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted<'a>(keys: &[&str], json: &'a str) -> serde_json::Result<Vec<Option<Value<'a>>>> {
        let keys: Vec<String> = keys.iter().map(|key| (*key).to_owned()).collect();
        Wanted(&keys).deserialize(&mut serde_json::Deserializer::from_str(json))
    }

    #[test]
    fn only_wanted_values_are_kept() {
        let string = |text: &str| Some(Value::String(text.to_owned().into()));
        let json = r#"{"x": [[{}]], "a": "1", "b\n": "2", "a": "3", "c": {"a": 1}}"#;
        assert_eq!(
            wanted(&["a", "b\n", "c", "d"], json).unwrap(),
            [
                string("3"),
                string("2"),
                Some(Value::Object(vec![(
                    "a".to_owned(),
                    Value::Number("1".to_owned())
                )])),
                None
            ]
        );
    }

    #[test]
    fn strings_without_escapes_are_borrowed() {
        let found = wanted(&["a", "b"], r#"{"a": "é", "b": "\u00e9"}"#).unwrap();
        assert!(matches!(found[0], Some(Value::String(Cow::Borrowed("é")))));
        assert!(matches!(&found[1], Some(Value::String(Cow::Owned(text))) if text == "é"));
    }

    #[test]
    fn numbers_keep_their_look() {
        let json = r#"{"a": 1, "b": 1.0, "c": -7, "d": [2, "x"], "e": []}"#;
        let number = |text: &str| Value::Number(text.to_owned());
        assert_eq!(
            wanted(&["a", "b", "c", "d", "e"], json).unwrap(),
            [
                number("1"),
                number("1.0"),
                number("-7"),
                Value::Array(vec![number("2"), Value::String("x".into())]),
                Value::Array(Vec::new())
            ]
            .map(Some)
        );
    }

    #[test]
    fn depth_is_bounded() {
        for deep in ["[".repeat(100_000), "{\"a\":".repeat(100_000)] {
            assert!(wanted(&["a"], &format!("{{\"a\": {deep}")).is_err());
            assert!(wanted(&["b"], &format!("{{\"a\": {deep}")).is_err());
        }
    }
}
