//! The formats text, lines and fastText.

#[cfg(feature = "html")]
use super::html;
#[cfg(not(feature = "html"))]
use super::without as html;
use super::{
    Format, Record,
    lines::{Lines, whole},
    source::Source,
    utf8::Utf8Reader,
};
use crate::error::Result;

/// The prefix of a fastText label.
const PREFIX: &str = "__label__";

/// A file that is one document, with the label that the caller gives.
pub(super) fn document(
    input: Utf8Reader,
    source: &Source,
    format: Format,
    label: Option<String>,
) -> Result<Record> {
    let text = whole(input, source)?;
    Ok(Record {
        text: match format {
            Format::Html => html::page(&text),
            _ => source.text(&[text]),
        },
        label,
        probabilities: Vec::new(),
        id: None,
        columns: Vec::new(),
        position: source.position(1),
        format,
    })
}

/// The next document of a file with one per line.
pub(super) fn next_line(lines: &mut Lines, source: &Source) -> Result<Option<Record>> {
    Ok(lines.next(source)?.map(|(line, text)| Record {
        text: source.text(&[text]),
        label: None,
        probabilities: Vec::new(),
        id: None,
        columns: Vec::new(),
        position: source.position(line),
        format: Format::Lines,
    }))
}

/// The next record of a fastText file: labels, then text.
pub(super) fn next_fasttext(lines: &mut Lines, source: &Source) -> Result<Option<Record>> {
    let Some((line, content)) = lines.next(source)? else {
        return Ok(None);
    };
    let mut labels = Vec::new();
    let mut rest = content.trim_start();
    while let Some(after) = rest.strip_prefix(PREFIX) {
        let (label, text) = after.split_once(char::is_whitespace).unwrap_or((after, ""));
        labels.push(label.to_owned());
        rest = text.trim_start();
    }
    let label = source.label(
        line,
        labels,
        "`__label__` at the start of the line (`__label__sports The text`)",
    )?;
    Ok(Some(Record {
        text: source.text(&[rest]),
        label,
        probabilities: Vec::new(),
        id: None,
        columns: Vec::new(),
        position: source.position(line),
        format: Format::FastText,
    }))
}
