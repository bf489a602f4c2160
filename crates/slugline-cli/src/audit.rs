//! `slugline audit`.

use std::{
    io::{self, BufWriter, Write},
    sync::Arc,
};

use serde::{Serialize, Serializer, ser::SerializeMap};
use slugline::{Audit, Auto, Doubt, printable, wording::count};

use crate::{
    auto,
    failure::Failure,
    figures::write_text,
    input,
    labelled::Labelled,
    layout::{self, clip, clip_start, fit, pad, widest, wrapped},
    learn_args::AuditArgs,
    notices,
    output_format::OutputFormat,
    passed::{self, ColumnLayout, keys},
    progress::Progress,
    say,
};

/// The number of documents listed in text format.
const LISTED: usize = 20;
/// The number of characters shown of a text, where the width is unlimited.
const BEGINNING: usize = 60;

/// The columns of the answer.
const OWN: [&str; 6] = [
    "source",
    "label",
    "suggested",
    "probability",
    "margin",
    "text",
];

pub(crate) fn run(args: &AuditArgs) -> Result<(), Failure> {
    let mut params = args.engine.params()?;
    if params.refine.is_some() {
        return Err(Failure::usage(
            "--refine has no effect: an audit compares each label with naive Bayes without its document",
        ));
    }
    let mut reading = args.input.reading()?;
    reading.options.columns = args.columns.columns(args.format)?;
    reading.keeps_columns = args.columns.are_given();
    let data = input::load(&args.data, &mut reading)?;
    let auto = args.engine.auto();
    let (audit, chosen) = {
        let documents = count(data.texts.len(), "document");
        let _progress = Progress::working(format!("auditing {documents}"));
        let mut chosen = None;
        let examples = data.examples()?;
        if auto != Auto::default() {
            let model = params.fit_auto(&examples, auto)?;
            params = model.settings().clone();
            chosen = auto::chosen(&model, auto);
        }
        (params.audit(&examples)?, chosen)
    };
    if let Some(chosen) = chosen {
        say::note(chosen);
    }
    notices::warn_of_labels(audit.evaluation.labels(), params.background.as_deref());
    let asked = args.top.map(|top| top as usize);
    let listed = &audit.doubts[..asked.unwrap_or(usize::MAX).min(audit.doubts.len())];
    let mut out = BufWriter::new(io::stdout().lock());
    match args.format {
        OutputFormat::Json | OutputFormat::Csv => {
            write_table(&mut out, args.format, listed, &data)?;
        }
        OutputFormat::Text => {
            let width = layout::width();
            write_text(&mut out, &audit.evaluation, width)?;
            write_doubts(&mut out, &audit, asked, &data, width)?;
        }
    }
    out.flush()?;
    Ok(())
}

/// Writes one line per document, as CSV or JSON Lines, after the columns that are passed on.
fn write_table(
    out: &mut impl Write,
    format: OutputFormat,
    listed: &[Doubt],
    data: &Labelled,
) -> Result<(), Failure> {
    let own = OWN.map(str::to_owned);
    // All documents are known, so the names hold from the first line on. In the order of the data, since
    // the first record decides which columns there are.
    let mut layout = ColumnLayout::default();
    for document in 0..data.texts.len() {
        let columns = data.columns(document);
        let has_room = layout.fits(columns, format, &own);
        let place = || printable(&data.place(document)).into_owned();
        if !has_room.map_err(|why| Failure::work(format!("{}: {why}", place())))? {
            layout.fit_to(columns, format, &own);
        }
    }
    if !layout.renamed().is_empty() {
        say::note(format_args!(
            "--columns: the data has columns of the same name, so in the answer {}",
            layout.renamed()
        ));
    }
    let has_text = layout
        .header
        .iter()
        .flatten()
        .any(|column| **column == *"text");
    let own: &[&str] = match has_text {
        true => &OWN[..5],
        false => &OWN,
    };
    if format == OutputFormat::Json {
        for doubt in listed {
            let line = DoubtLine {
                doubt,
                data,
                layout: &layout,
            };
            serde_json::to_writer(&mut *out, &line)?;
            writeln!(out)?;
        }
        return Ok(());
    }
    let mut csv = csv::Writer::from_writer(out);
    let header: Vec<Arc<str>> = layout.header.clone().unwrap_or_default();
    let names = own.iter().map(|own| layout.name(own));
    csv.write_record(header.iter().map(|name| &**name).chain(names))?;
    for doubt in listed {
        let columns = layout.fields(data.columns(doubt.document));
        for field in &columns {
            csv.write_field(field.as_bytes())?;
        }
        csv.write_field(data.place(doubt.document))?;
        csv.write_field(&doubt.label)?;
        csv.write_field(&doubt.suggested)?;
        csv.write_field(doubt.probability.to_string())?;
        csv.write_field(doubt.margin.to_string())?;
        if !has_text {
            csv.write_field(&data.texts[doubt.document])?;
        }
        csv.write_record(None::<&[u8]>)?;
    }
    csv.flush()?;
    Ok(())
}

/// A document as a JSON object.
struct DoubtLine<'a> {
    doubt: &'a Doubt,
    data: &'a Labelled,
    layout: &'a ColumnLayout,
}

impl Serialize for DoubtLine<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (doubt, data) = (self.doubt, self.data);
        let columns = data.columns(doubt.document);
        let name = |own: &'static str| self.layout.name(own);
        let mut map = serializer.serialize_map(None)?;
        for (key, (_, cell)) in keys(columns).iter().zip(columns) {
            map.serialize_entry(key, cell)?;
        }
        map.serialize_entry(name("source"), &data.place(doubt.document))?;
        map.serialize_entry(name("label"), &doubt.label)?;
        map.serialize_entry(name("suggested"), &doubt.suggested)?;
        map.serialize_entry(name("probability"), &doubt.probability)?;
        map.serialize_entry(name("margin"), &doubt.margin)?;
        if !passed::has(columns, "text") {
            map.serialize_entry(name("text"), &data.texts[doubt.document])?;
        }
        map.end()
    }
}

fn write_doubts(
    out: &mut impl Write,
    audit: &Audit,
    asked: Option<usize>,
    data: &Labelled,
    width: Option<usize>,
) -> io::Result<()> {
    // Of two equal labels the first is the answer, as everywhere.
    let is_doubted = |doubt: &&Doubt| {
        doubt.margin < 0.0 || (doubt.margin <= 0.0 && doubt.suggested < doubt.label)
    };
    let doubted = audit.doubts.iter().filter(is_doubted).count();
    let listed: Vec<&Doubt> = match asked {
        Some(most) => audit.doubts.iter().take(most).collect(),
        None => audit
            .doubts
            .iter()
            .filter(is_doubted)
            .take(LISTED)
            .collect(),
    };
    let of = count(data.texts.len(), "document");
    let which = match listed.len() {
        0 => String::new(),
        1 => "; the most doubtful:".to_owned(),
        n => format!("; the {n} most doubtful:"),
    };
    let title = format!("documents with another label by leave-one-out: {doubted} of {of}{which}");
    writeln!(out, "\n{}", wrapped(&title, width, 2))?;
    if listed.is_empty() {
        return Ok(());
    }
    let places: Vec<String> = listed
        .iter()
        .map(|doubt| data.place(doubt.document))
        .collect();
    let mut columns = [
        widest(&places).max("place".len()),
        widest(listed.iter().map(|doubt| &doubt.label)).max("label".len()),
        widest(listed.iter().map(|doubt| &doubt.suggested)).max("suggested".len()),
    ];
    // The numbers with the blanks around them, and room for a few words of the text.
    let numbers = 2 + 2 + 2 + 11 + 2 + 7;
    fit(&mut columns, numbers + 2 + 12, width, 9);
    let [place, label, suggested] = columns;
    let taken = columns.iter().sum::<usize>() + numbers;
    let room = width.map_or(BEGINNING, |width| width.saturating_sub(taken + 2));
    // Without room for a word, the text has a line of its own.
    let below = room < 8;
    let header = format!(
        "{}  {}  {}  probability   margin{}",
        pad("place", place),
        pad("label", label),
        pad("suggested", suggested),
        if below { "" } else { "  text" }
    );
    writeln!(out, "{}", header.trim_end())?;
    for (doubt, source) in listed.iter().zip(&places) {
        let text = &data.texts[doubt.document];
        let row = format!(
            "{}  {}  {}  {:11.3}  {:7.3}",
            pad(&clip_start(source, place), place),
            pad(&clip(&doubt.label, label), label),
            pad(&clip(&doubt.suggested, suggested), suggested),
            doubt.probability,
            doubt.margin,
        );
        if below {
            let room = width.map_or(BEGINNING, |width| width.saturating_sub(2));
            writeln!(out, "{row}\n  {}", beginning(text, room))?;
        } else {
            let row = format!("{row}  {}", beginning(text, room));
            writeln!(out, "{}", row.trim_end())?;
        }
    }
    Ok(())
}

/// The beginning of a text on one line of `width` columns, with control characters escaped.
fn beginning(text: &str, width: usize) -> String {
    let mut words = String::new();
    for word in text.split_whitespace() {
        if words.len() > 4 * width {
            break;
        }
        if !words.is_empty() {
            words.push(' ');
        }
        // A very long word need not be read to its end.
        words.extend(word.chars().take(width + 1));
    }
    clip(&words, width)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_beginning_is_one_line_without_control_characters() {
        let shown = |text: &str| beginning(text, 60);
        assert_eq!(shown("  Two\n lines\tand  more "), "Two lines and more");
        assert_eq!(
            shown("a \u{1b}[31mred\u{202e}"),
            "a \\u{1b}[31mred\\u{202e}"
        );
        let long = "wörd ".repeat(40);
        assert!(shown(&long).ends_with('…') && layout::wide(&shown(&long)) <= 60);
        assert!(shown(&"x".repeat(1000)).ends_with("x…"));
        assert_eq!(shown(""), "");
    }
}
