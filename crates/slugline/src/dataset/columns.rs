//! The columns of a table that are text, label and id.

use std::sync::Arc;

use super::{Column, LabelUse, OtherColumns, ReadOptions};

/// The maximum number of names in a message, and the maximum length of each.
const LISTED: usize = 20;
const LISTED_CHARS: usize = 40;

/// The chosen columns, as indices from 0.
pub(super) struct Columns {
    pub(super) text: Vec<usize>,
    /// The title, which precedes the text where it is not empty.
    pub(super) title: Option<usize>,
    pub(super) label: Option<usize>,
    /// The name of the label's column in messages.
    pub(super) label_place: String,
    pub(super) id: Option<usize>,
    /// The other columns of a record, with their names.
    pub(super) kept: Vec<(Arc<str>, usize)>,
    /// The number of fields that every record must have.
    pub(super) width: usize,
}

impl Columns {
    /// Chooses by the header row; the error is a message.
    pub(super) fn by_name(names: &[String], options: &ReadOptions) -> Result<Self, String> {
        let find = |name: &str| names.iter().position(|known| known == name);
        let default_label = || find("label").or_else(|| find("labels"));
        let (text, title) = if options.text.is_empty() {
            let text = find("text").ok_or_else(|| missing("\"text\"", names, "text"))?;
            unique("text", names, "text")?;
            (vec![text], find("title"))
        } else {
            (resolve_all(&options.text, names, "text")?, None)
        };
        let label = match (options.labels, &options.label) {
            (LabelUse::Ignored, _) => None,
            (_, Some(column)) => Some(resolve(column, names, "label")?),
            (LabelUse::Optional, None) => default_label(),
            (LabelUse::Required, None) => Some(
                default_label()
                    .ok_or_else(|| missing("\"label\" or \"labels\"", names, "label"))?,
            ),
        };
        // A title that is the label must not be part of the text.
        let title = title.filter(|title| label != Some(*title));
        let label_name = label.and_then(|at| names.get(at));
        if let Some(name) = label_name.filter(|_| options.label.is_none()) {
            unique(name, names, "label")?;
        }
        Ok(Self {
            kept: kept(names, options, |column| resolve(column, names, "columns"))?,
            text,
            title,
            label,
            label_place: format!("column \"{}\"", label_name.map_or("label", String::as_str)),
            id: find("id"),
            width: names.len(),
        })
    }

    /// Chooses in a table of `width` columns without a header row; the error is a message.
    pub(super) fn by_number(width: usize, options: &ReadOptions) -> Result<Self, String> {
        let asked = |what: &str, setting: &str| {
            format!(
                "without a header row the {what} column is chosen by its number: give `{setting}` with \
                 a number from 1 to {width}"
            )
        };
        if options.text.is_empty() {
            return Err(asked("text", "text"));
        }
        let number = |column: &Column, setting: &str| match column {
            Column::Name(name) => Err(format!(
                "column \"{name}\" is a name, and without a header row columns have none: give \
                 `{setting}` with a number from 1 to {width}"
            )),
            Column::Number(number) => index(*number, width, setting),
        };
        let text = options.text.iter().map(|column| number(column, "text"));
        let text: Vec<usize> = text.collect::<Result<_, _>>()?;
        let label = match (options.labels, &options.label) {
            (LabelUse::Ignored, _) | (LabelUse::Optional, None) => None,
            (LabelUse::Required, None) => return Err(asked("label", "label")),
            (_, Some(column)) => Some(number(column, "label")?),
        };
        let names: Vec<String> = (1..=width).map(|number| number.to_string()).collect();
        Ok(Self {
            kept: kept(&names, options, |column| number(column, "columns"))?,
            text,
            title: None,
            label,
            label_place: format!("column {}", label.map_or(0, |at| at + 1)),
            id: None,
            width,
        })
    }
}

/// The other columns to keep.
fn kept(
    names: &[String],
    options: &ReadOptions,
    resolve: impl Fn(&Column) -> Result<usize, String>,
) -> Result<Vec<(Arc<str>, usize)>, String> {
    let places: Vec<usize> = match &options.columns {
        OtherColumns::None => return Ok(Vec::new()),
        OtherColumns::All => (0..names.len()).collect(),
        OtherColumns::Named(columns) => columns.iter().map(resolve).collect::<Result<_, _>>()?,
    };
    let name = |at: usize| names.get(at).map_or("", String::as_str).into();
    Ok(places.into_iter().map(|at| (name(at), at)).collect())
}

fn resolve_all(columns: &[Column], names: &[String], setting: &str) -> Result<Vec<usize>, String> {
    columns
        .iter()
        .map(|column| resolve(column, names, setting))
        .collect()
}

fn resolve(column: &Column, names: &[String], setting: &str) -> Result<usize, String> {
    match column {
        Column::Number(number) => index(*number, names.len(), setting),
        Column::Name(name) => {
            unique(name, names, setting)?;
            names
                .iter()
                .position(|known| known == name)
                .ok_or_else(|| missing(&format!("\"{name}\""), names, setting))
        }
    }
}

fn index(number: usize, width: usize, setting: &str) -> Result<usize, String> {
    match number.checked_sub(1) {
        Some(at) if at < width => Ok(at),
        _ => Err(format!(
            "there is no column {number}: give `{setting}` with a number from 1 to {width}"
        )),
    }
}

/// The message for a missing column; `name` is quoted.
fn missing(name: &str, names: &[String], setting: &str) -> String {
    let hint = match names {
        [only] if only.contains(';') => ", so perhaps it is separated by semicolons, not by commas",
        [only] if only.contains('\t') => ", so perhaps it is separated by tabs: say so (tsv)",
        [only] if only.contains(',') => ", so perhaps it is separated by commas: say so (csv)",
        _ => "",
    };
    let columns = if names.len() == 1 {
        "the only column is"
    } else {
        "the columns are"
    };
    format!(
        "there is no column {name}: {columns} {}{hint}; choose with `{setting}`",
        list(names)
    )
}

/// Fails where two columns have a name.
fn unique(name: &str, names: &[String], setting: &str) -> Result<(), String> {
    let mut places = (1..).zip(names).filter(|(_, known)| *known == name);
    match (places.next(), places.next()) {
        (Some((first, _)), Some((second, _))) => Err(format!(
            "columns {first} and {second} are both named \"{name}\": give `{setting}` with a number"
        )),
        _ => Ok(()),
    }
}

/// Lists names for a message: without control characters, and not too many.
pub(super) fn list(names: &[String]) -> String {
    let shown: Vec<String> = names
        .iter()
        .take(LISTED)
        .map(|name| {
            let clipped: String = name.chars().take(LISTED_CHARS).collect();
            let more = if clipped.len() < name.len() {
                "…"
            } else {
                ""
            };
            format!("\"{}{more}\"", clipped.escape_debug())
        })
        .collect();
    match names.len().saturating_sub(LISTED) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_stay_readable() {
        assert_eq!(list(&["a".to_owned(), "b\n".to_owned()]), r#""a", "b\n""#);
        let many: Vec<String> = (0..30).map(|i| format!("{i}{}", "x".repeat(100))).collect();
        let listed = list(&many);
        assert!(listed.ends_with("…\" and 10 more"), "{listed}");
        assert!(listed.len() < 1100);
    }
}
