//! JSON Lines.

use std::collections::BTreeMap;

use serde::de::{DeserializeSeed, IgnoredAny};

use super::{
    Column, LabelUse, Record,
    columns::list,
    lines::Lines,
    object::{Value, Wanted},
    source::Source,
    utf8::Utf8Reader,
};
use crate::Result;

/// Characters of a message of `serde_json` that are passed on.
const QUOTED_CHARS: usize = 120;

/// Reads the records of a file with one JSON object a line.
pub(super) struct JsonLines {
    lines: Lines,
    /// The keys that are looked up, each once; the fields below are places in it.
    keys: Vec<String>,
    id: usize,
    /// The keys of the label, in the order in which they are tried, and what messages call them.
    labels: Vec<usize>,
    label_names: String,
    /// A key whose text comes first where it is there and not empty.
    title: Option<usize>,
    text: Vec<usize>,
}

impl JsonLines {
    pub(super) fn new(input: Utf8Reader, source: &Source) -> Result<Self> {
        let options = &source.options;
        let mut keys = Vec::new();
        let name = |column: &Column, flag: &str| match column {
            Column::Name(name) => Ok(name.clone()),
            Column::Number(number) => Err(source.error(format!(
                "JSON objects have keys, not numbered columns: give {flag} with a key instead of \
                 {number}"
            ))),
        };
        let id = place(&mut keys, "id");
        let labels = match (options.labels, &options.label) {
            (LabelUse::Ignored, _) => Vec::new(),
            (_, Some(column)) => vec![place(&mut keys, &name(column, "--label")?)],
            (_, None) => vec![place(&mut keys, "label"), place(&mut keys, "labels")],
        };
        let mut text = Vec::new();
        for column in &options.text {
            text.push(place(&mut keys, &name(column, "--text")?));
        }
        let mut title = None;
        if text.is_empty() {
            // A title that is the label would give the answer away.
            title = Some(place(&mut keys, "title")).filter(|title| !labels.contains(title));
            text.push(place(&mut keys, "text"));
        }
        let names = labels.iter().filter_map(|place| keys.get(*place));
        let names: Vec<String> = names.map(|key| format!("\"{key}\"")).collect();
        Ok(Self {
            lines: Lines::new(input),
            id,
            label_names: names.join(" or "),
            labels,
            keys,
            title,
            text,
        })
    }

    /// The next record.
    pub(super) fn next(&mut self, source: &Source) -> Result<Option<Record>> {
        let Some((number, line)) = self.lines.next(source)? else {
            return Ok(None);
        };
        let (text, label, id) = self
            .pick(&line, source.options.labels)
            .map_err(|why| source.record_error(number, why))?;
        Ok(Some(Record {
            text,
            label: source.label(number, label, &self.label_names)?,
            id,
            position: source.position(number),
        }))
    }

    /// Text, label and id of one object. A label that is there but empty is the empty string.
    fn pick(&self, line: &str, labels: LabelUse) -> Result<Picked, String> {
        let values = parse(line, &self.keys)?;
        let value = |place: usize| values.get(place).and_then(Option::as_ref);
        let key = |place: usize| self.keys.get(place).map_or("", String::as_str);

        let mut parts = Vec::with_capacity(self.text.len() + 1);
        if let Some(title) = self.title {
            match value(title) {
                None | Some(Value::Null) => {}
                Some(Value::String(title)) if title.is_empty() => {}
                Some(found) => parts.push(text_of(key(title), found)?),
            }
        }
        for &place in &self.text {
            match value(place) {
                None => return Err(missing(&format!("\"{}\"", key(place)), line, "--text")),
                Some(found) => parts.push(text_of(key(place), found)?),
            }
        }
        let mut label = None;
        for &place in &self.labels {
            if label.is_none() {
                label = value(place).map_or(Ok(None), |found| label_of(key(place), found))?;
            }
        }
        let absent = self.labels.iter().all(|place| value(*place).is_none());
        if absent && labels == LabelUse::Required {
            return Err(missing(&self.label_names, line, "--label"));
        }
        let id = match value(self.id) {
            Some(Value::String(id) | Value::Number(id)) if !id.is_empty() => Some(id.clone()),
            _ => None,
        };
        Ok((parts.join("\n"), label, id))
    }
}

/// Text, label and id.
type Picked = (String, Option<String>, Option<String>);

/// The place of a key in `keys`, where it is put if it is not there.
fn place(keys: &mut Vec<String>, key: &str) -> usize {
    keys.iter()
        .position(|known| known == key)
        .unwrap_or_else(|| {
            keys.push(key.to_owned());
            keys.len() - 1
        })
}

/// The values of `keys` in one line.
fn parse(line: &str, keys: &[String]) -> Result<Vec<Option<Value>>, String> {
    let mut deserializer = serde_json::Deserializer::from_str(line);
    Wanted(keys)
        .deserialize(&mut deserializer)
        .and_then(|values| deserializer.end().map(|()| values))
        .map_err(|error| {
            let hint = if line.trim_start().starts_with('[') {
                "; `jq -c '.[]'` makes that of a JSON array"
            } else {
                ""
            };
            // serde_json counts lines from the start of its input, so its line is always 1; and it
            // quotes a string in full, however long.
            let message = error.to_string();
            let what = message
                .rsplit_once(" at line ")
                .map_or(&*message, |(what, _)| what);
            let what: String = what.chars().take(QUOTED_CHARS).collect();
            format!(
                "column {}: {what}: expected one complete JSON object on each line{hint}",
                error.column()
            )
        })
}

fn text_of<'a>(key: &str, value: &'a Value) -> Result<&'a str, String> {
    match value {
        Value::String(text) => Ok(text),
        other => Err(format!(
            "\"{key}\" is {}, expected a string: mend it, or choose other keys with --text",
            other.kind()
        )),
    }
}

/// The label in a value: `None` for null, the empty string for an empty array.
fn label_of(key: &str, value: &Value) -> Result<Option<String>, String> {
    let (value, part) = match value {
        Value::Null => return Ok(None),
        Value::Array(None) => return Ok(Some(String::new())),
        Value::Array(Some(first)) => (&**first, "the first element of "),
        value => (value, ""),
    };
    match value {
        Value::String(label) | Value::Number(label) => Ok(Some(label.clone())),
        Value::Bool(label) => Ok(Some(label.to_string())),
        other => Err(format!(
            "{part}\"{key}\" is {}, expected a string, a number or an array of these: mend it, or \
             choose another key with --label",
            other.kind()
        )),
    }
}

/// The message for a key that an object lacks, with those that it has.
#[expect(
    clippy::zero_sized_map_values,
    reason = "the values have to be parsed, but not kept"
)]
fn missing(key: &str, line: &str, flag: &str) -> String {
    let keys: Vec<String> = serde_json::from_str::<BTreeMap<String, IgnoredAny>>(line)
        .unwrap_or_default()
        .into_keys()
        .collect();
    let keys = if keys.is_empty() {
        "the object is empty".to_owned()
    } else {
        format!("the keys are {}", list(&keys))
    };
    format!("there is no {key}: {keys}; choose with {flag}")
}
