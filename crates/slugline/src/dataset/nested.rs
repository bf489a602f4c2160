//! Values of nested JSON objects: `data.text` is the key `text` of the object `data`.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::object::Value;

/// The value at a path of keys that are joined by dots. Keys may contain dots: one that is the path, or the rest of it,
/// wins over one that begins it.
pub(super) fn find<'a>(object: &'a str, path: &str) -> serde_json::Result<Option<Value<'a>>> {
    let mut deserializer = serde_json::Deserializer::from_str(object);
    NestedSeed(path).deserialize(&mut deserializer)
}

struct NestedSeed<'a>(&'a str);

impl<'de> DeserializeSeed<'de> for NestedSeed<'_> {
    type Value = Option<Value<'de>>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for NestedSeed<'_> {
    type Value = Option<Value<'de>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Self::Value, A::Error> {
        let (mut own, mut below) = (None, None);
        while let Some(key) = entries.next_key::<String>()? {
            if key == self.0 {
                own = Some(entries.next_value()?);
                continue;
            }
            let rest = self
                .0
                .strip_prefix(&*key)
                .and_then(|rest| rest.strip_prefix('.'));
            match rest {
                Some(rest) => below = entries.next_value_seed(NestedSeed(rest))?.or(below),
                None => drop(entries.next_value::<IgnoredAny>()?),
            }
        }
        Ok(own.or(below))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Self::Value, A::Error> {
        while elements.next_element::<IgnoredAny>()?.is_some() {}
        Ok(None)
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<Self::Value, E> {
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_go_through_objects() {
        let string = |text: &str| Some(Value::String(text.to_owned().into()));
        for (json, path, expected) in [
            (r#"{"data": {"text": "a"}}"#, "data.text", string("a")),
            (
                r#"{"data": {"text": "a"}, "data.text": "b"}"#,
                "data.text",
                string("b"),
            ),
            (
                r#"{"a": {"b.c": "x", "b": {"c": "y"}}}"#,
                "a.b.c",
                string("x"),
            ),
            (r#"{"a.b": {"c": "x"}}"#, "a.b.c", string("x")),
            (r#"{"a": {"b": {"c": null}}}"#, "a.b.c", Some(Value::Null)),
            (r#"{"a": [{"b": 1}]}"#, "a.b", None),
            (r#"{"a": "b"}"#, "a.b", None),
            (r#"{"a": {}}"#, "a.b", None),
        ] {
            assert_eq!(find(json, path).unwrap(), expected, "{json}");
        }
    }
}
