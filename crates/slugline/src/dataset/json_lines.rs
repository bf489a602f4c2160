//! JSON Lines.

use std::{borrow::Cow, collections::BTreeMap, sync::Arc};

use serde::de::{DeserializeSeed, IgnoredAny};
use serde_json::value::RawValue;

use super::{
    Cell, Column, Format, LabelUse, OtherColumns, Record,
    columns::list,
    documents::ObjectFinder,
    found_labels::FoundLabels,
    json_fault::json_fault,
    lines::Lines,
    nested,
    object::{Entries, Value, Wanted},
    source::Source,
};
use crate::error::Result;

/// Reads the records of a file with one JSON object a line.
pub(super) struct JsonLines {
    objects: Objects,
    keys: Keys,
    kept: Kept,
}

/// The keys of what a record is made of.
struct Keys {
    /// The distinct keys that are looked up; the fields below are positions in it.
    all: Vec<String>,
    id: usize,
    /// The keys of the label, in the order in which they are tried, and their name in messages.
    labels: Vec<usize>,
    label_names: String,
    /// The key of the title, which precedes the text where it is not empty.
    title: Option<usize>,
    text: Vec<usize>,
}

/// The other keys of the records that are kept.
enum Kept {
    None,
    All,
    Named {
        keys: Vec<Arc<str>>,
        /// Whether an object had them all; later ones may lack some, which are null then.
        seen: bool,
    },
}

impl JsonLines {
    pub(super) fn new(objects: Objects, source: &Source) -> Result<Self> {
        let options = &source.options;
        let mut keys = Vec::new();
        let name = |column: &Column, setting: &str| {
            match column {
            Column::Name(name) => Ok(name.clone()),
            Column::Number(number) => Err(source.error(format!(
                "JSON objects have keys, not numbered columns: give `{setting}` with a key instead of \
                 {number}"
            ))),
        }
        };
        let id = place(&mut keys, "id");
        let labels = match (options.labels, &options.label) {
            (LabelUse::Ignored, _) => Vec::new(),
            (_, Some(column)) => vec![place(&mut keys, &name(column, "label")?)],
            (_, None) => vec![place(&mut keys, "label"), place(&mut keys, "labels")],
        };
        let mut text = Vec::new();
        for column in &options.text {
            text.push(place(&mut keys, &name(column, "text")?));
        }
        let mut title = None;
        if text.is_empty() {
            // A title that is the label must not be part of the text.
            title = Some(place(&mut keys, "title")).filter(|title| !labels.contains(title));
            text.push(place(&mut keys, "text"));
        }
        let kept = match &options.columns {
            OtherColumns::None => Kept::None,
            OtherColumns::All => Kept::All,
            OtherColumns::Named(columns) => Kept::Named {
                keys: columns
                    .iter()
                    .map(|column| Ok(name(column, "columns")?.into()))
                    .collect::<Result<_>>()?,
                seen: false,
            },
        };
        let names = labels.iter().filter_map(|place| keys.get(*place));
        let names: Vec<String> = names.map(|key| format!("\"{key}\"")).collect();
        Ok(Self {
            objects,
            keys: Keys {
                id,
                label_names: names.join(" or "),
                labels,
                all: keys,
                title,
                text,
            },
            kept,
        })
    }

    /// The next record.
    pub(super) fn next(&mut self, source: &Source) -> Result<Option<Record>> {
        let Self {
            objects,
            keys,
            kept,
        } = self;
        let format = objects.format();
        let Some((number, line)) = objects.next(source)? else {
            return Ok(None);
        };
        let bad = |why: String| source.record_error(number, why);
        let (text, labels, id) = keys.pick(&line, format, source).map_err(bad)?;
        let columns = kept.pick(&line).map_err(bad)?;
        let (label, probabilities) = labels.of_record(number, &keys.label_names, source)?;
        Ok(Some(Record {
            text,
            label,
            probabilities,
            id,
            columns,
            position: source.position(number),
            format,
        }))
    }

    /// The source of the objects.
    pub(super) fn objects(&self) -> &Objects {
        &self.objects
    }
}

impl Keys {
    /// Text, labels and id of one object.
    fn pick(&self, line: &str, format: Format, source: &Source) -> Result<Picked, String> {
        let labels = source.options.labels;
        let values = parse(line, &self.all, format)?;
        let value = |place: usize| values.get(place).and_then(Option::as_ref);
        let key = |place: usize| self.all.get(place).map_or("", String::as_str);

        let mut parts = Vec::with_capacity(self.text.len() + 1);
        if let Some(title) = self.title {
            parts.extend(title_of(key(title), value(title))?);
        }
        for &place in &self.text {
            match value(place) {
                None => return Err(missing(&format!("\"{}\"", key(place)), line, "text")),
                Some(found) => parts.push(text_of(key(place), found)?),
            }
        }
        let mut found = None;
        for &place in &self.labels {
            if found.is_none() {
                found = value(place)
                    .map_or(Ok(None), |value| FoundLabels::of(key(place), value, source))?;
            }
        }
        let absent = self.labels.iter().all(|place| value(*place).is_none());
        if absent && labels == LabelUse::Required {
            return Err(missing(&self.label_names, line, "label"));
        }
        let id = value(self.id).and_then(id_of);
        Ok((source.text(&parts), found.unwrap_or_default(), id))
    }
}

/// Text, labels and id.
type Picked = (String, FoundLabels, Option<String>);

impl Kept {
    /// The kept entries of one object.
    fn pick(&mut self, line: &str) -> Result<Vec<(Arc<str>, Cell)>, String> {
        if matches!(self, Self::None) {
            return Ok(Vec::new());
        }
        let Entries(entries) =
            serde_json::from_str(line).map_err(|error| json_fault(line, &error, "JSON objects"))?;
        // JSON strings have no raw line breaks, so those between values can be spaces: the value fits on one line of
        // JSON Lines.
        let cell = |value: &RawValue| Cell::Json(value.get().replace(['\n', '\r'], " "));
        match self {
            Self::None => Ok(Vec::new()),
            Self::All => Ok(entries
                .into_iter()
                .map(|(key, value)| (key.into(), cell(value)))
                .collect()),
            Self::Named { keys, seen } => {
                let find = |key: &Arc<str>| find(&entries, key);
                let lacking = keys.iter().find(|key| find(key).is_none());
                if let Some(key) = lacking.filter(|_| !*seen) {
                    return Err(missing(&format!("\"{key}\""), line, "columns"));
                }
                *seen = true;
                let null = || Cell::Json("null".to_owned());
                let kept = keys.iter().map(|key| {
                    let value = find(key).map_or_else(null, cell);
                    (Arc::clone(key), value)
                });
                Ok(kept.collect())
            }
        }
    }
}

/// The value of a key: of the object itself, otherwise of an object inside it (`data.url`).
fn find<'a>(entries: &[(String, &'a RawValue)], key: &str) -> Option<&'a RawValue> {
    if let Some((_, value)) = entries.iter().find(|(own, _)| own == key) {
        return Some(value);
    }
    key.match_indices('.').find_map(|(at, _)| {
        let (outer, inner) = (&key[..at], &key[at + 1..]);
        let (_, object) = entries.iter().find(|(own, _)| own == outer)?;
        let Entries(entries) = serde_json::from_str(object.get()).ok()?;
        find(&entries, inner)
    })
}

/// The position of a key in `keys`, to which it is added if it is missing.
fn place(keys: &mut Vec<String>, key: &str) -> usize {
    keys.iter()
        .position(|known| known == key)
        .unwrap_or_else(|| {
            keys.push(key.to_owned());
            keys.len() - 1
        })
}

/// The source of objects.
pub(super) enum Objects {
    /// One object per line.
    Lines(Lines),
    /// An array, or consecutive objects.
    InOnePiece(ObjectFinder),
}

impl Objects {
    fn next(&mut self, source: &Source) -> Result<Option<(u64, Cow<'_, str>)>> {
        match self {
            Self::Lines(lines) => lines.next(source),
            Self::InOnePiece(documents) => {
                let next = documents.next(source)?;
                Ok(next.map(|(line, object)| (line, Cow::Owned(object))))
            }
        }
    }

    /// The last object as it is written.
    pub(super) fn last(&self) -> Option<String> {
        match self {
            Self::Lines(lines) => lines.last(),
            Self::InOnePiece(documents) => documents.last(),
        }
    }

    /// Whether the next object is in memory.
    pub(super) fn has_buffered(&self) -> bool {
        match self {
            Self::Lines(lines) => lines.has_buffered(),
            Self::InOnePiece(documents) => documents.has_buffered(),
        }
    }

    fn format(&self) -> Format {
        match self {
            Self::Lines(_) => Format::JsonLines,
            Self::InOnePiece(_) => Format::Json,
        }
    }
}

/// The values of `keys` in one object.
fn parse<'a>(
    object: &'a str,
    keys: &[String],
    format: Format,
) -> Result<Vec<Option<Value<'a>>>, String> {
    let mut deserializer = serde_json::Deserializer::from_str(object);
    let values = Wanted(keys).deserialize(&mut deserializer);
    let values = values.and_then(|values| deserializer.end().map(|()| values));
    let mut values = values.map_err(|error| {
        let expected = match (format, object.trim_start().starts_with('[')) {
            (Format::Json, _) => "JSON objects, alone or in an array",
            (_, false) => "one complete JSON object on each line",
            (_, true) => {
                "one complete JSON object on each line; name the format json for a JSON array"
            }
        };
        json_fault(object, &error, expected)
    })?;
    for (value, key) in values.iter_mut().zip(keys) {
        if value.is_none() && key.contains('.') {
            // It was parsed above, so there is no error in it.
            *value = nested::find(object, key).unwrap_or_default();
        }
    }
    Ok(values)
}

/// A title, where there is one that is not empty.
pub(super) fn title_of<'a>(
    key: &str,
    value: Option<&'a Value<'_>>,
) -> Result<Option<&'a str>, String> {
    match value {
        None | Some(Value::Null) => Ok(None),
        Some(value) => Ok(Some(text_of(key, value)?).filter(|title| !title.is_empty())),
    }
}

/// The id in a value, if it is a string or a number.
pub(super) fn id_of(value: &Value<'_>) -> Option<String> {
    match value {
        Value::String(id) if !id.is_empty() => Some(id.to_string()),
        Value::Number(id) => Some(id.clone()),
        _ => None,
    }
}

pub(super) fn text_of<'a>(key: &str, value: &'a Value<'_>) -> Result<&'a str, String> {
    match value {
        Value::String(text) => Ok(text),
        other => Err(format!(
            "\"{key}\" is {}, expected a string: mend it, or choose other keys with `text`",
            other.kind()
        )),
    }
}

/// The message for a key that an object lacks, with those that it has.
#[expect(
    clippy::zero_sized_map_values,
    reason = "the values have to be parsed, but not kept"
)]
fn missing(key: &str, line: &str, setting: &str) -> String {
    let keys: Vec<String> = serde_json::from_str::<BTreeMap<String, IgnoredAny>>(line)
        .unwrap_or_default()
        .into_keys()
        .collect();
    let keys = if keys.is_empty() {
        "the object is empty".to_owned()
    } else {
        format!("the keys are {}", list(&keys))
    };
    format!("there is no {key}: {keys}; choose with `{setting}`")
}
