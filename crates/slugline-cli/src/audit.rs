//! `slugline audit`.

use std::io::{self, BufWriter, Write};

use serde::Serialize;
use slugline::{Auto, Doubt};

use crate::{
    args::Format,
    auto,
    failure::Failure,
    figures::write_text,
    input::{self, Labelled},
    learn_args::Audit,
    progress::Progress,
    say,
};

/// So many documents are listed for people.
const LISTED: usize = 20;
/// So many characters of a text are shown.
const BEGINNING: usize = 60;

pub(crate) fn run(args: &Audit) -> Result<(), Failure> {
    let mut params = args.engine.params()?;
    let mut reading = args.input.reading()?;
    let data = input::load(&args.data, &mut reading)?;
    let auto = args.engine.auto();
    let (audit, chosen) = {
        let what = format!("judging {} documents", data.texts.len());
        let _progress = Progress::working(what);
        let mut chosen = None;
        if auto != Auto::default() {
            let model = params.fit_auto(&data.texts, &data.labels, None, auto)?;
            params = model.settings().clone();
            chosen = auto::chosen(&model, auto);
        }
        (params.audit(&data.texts, &data.labels)?, chosen)
    };
    if let Some(chosen) = chosen {
        say::note(chosen);
    }
    let asked = args.top.map(|top| top as usize);
    let listed = &audit.doubts[..asked.unwrap_or(usize::MAX).min(audit.doubts.len())];
    let mut out = BufWriter::new(io::stdout().lock());
    match args.format {
        Format::Json => {
            for doubt in listed {
                serde_json::to_writer(&mut out, &Line::of(doubt, &data))?;
                writeln!(out)?;
            }
        }
        Format::Csv => {
            let mut csv = csv::Writer::from_writer(&mut out);
            for doubt in listed {
                csv.serialize(Line::of(doubt, &data))?;
            }
            csv.flush()?;
        }
        Format::Text => {
            write_text(&mut out, &audit.evaluation)?;
            let doubted = audit.doubts.partition_point(|doubt| doubt.margin < 0.0);
            let listed = match asked {
                Some(_) => listed,
                None => &listed[..doubted.min(LISTED)],
            };
            write_doubts(&mut out, listed, doubted, &data)?;
        }
    }
    out.flush()?;
    Ok(())
}

/// A document, as JSON and CSV have it.
#[derive(Serialize)]
struct Line<'a> {
    source: String,
    label: &'a str,
    suggested: &'a str,
    probability: f64,
    margin: f64,
}

impl<'a> Line<'a> {
    fn of(doubt: &'a Doubt, data: &Labelled) -> Self {
        Self {
            source: data.place(doubt.document),
            label: &doubt.label,
            suggested: &doubt.suggested,
            probability: doubt.probability,
            margin: doubt.margin,
        }
    }
}

fn write_doubts(
    out: &mut impl Write,
    listed: &[Doubt],
    doubted: usize,
    data: &Labelled,
) -> io::Result<()> {
    let of = data.texts.len();
    write!(
        out,
        "\nthe others give another label: {doubted} of {of} documents"
    )?;
    match listed.len() {
        0 => writeln!(out)?,
        1 => writeln!(out, "; the most doubtful:")?,
        n => writeln!(out, "; the {n} most doubtful:")?,
    }
    if listed.is_empty() {
        return Ok(());
    }
    let lines: Vec<Line<'_>> = listed.iter().map(|doubt| Line::of(doubt, data)).collect();
    let width = |name: &str, of: &dyn Fn(&Line<'_>) -> usize| {
        lines.iter().map(of).max().unwrap_or(0).max(name.len())
    };
    let source = width("place", &|line| line.source.chars().count());
    let label = width("label", &|line| line.label.chars().count());
    let suggested = width("suggested", &|line| line.suggested.chars().count());
    writeln!(
        out,
        "{:source$}  {:label$}  {:suggested$}  probability   margin  text",
        "place", "label", "suggested"
    )?;
    for (line, doubt) in lines.iter().zip(listed) {
        let row = format!(
            "{:source$}  {:label$}  {:suggested$}  {:11.3}  {:7.3}  {}",
            line.source,
            line.label,
            line.suggested,
            line.probability,
            line.margin,
            beginning(&data.texts[doubt.document])
        );
        writeln!(out, "{}", row.trim_end())?;
    }
    Ok(())
}

/// The beginning of a text on one line, with nothing in it that a terminal would obey.
fn beginning(text: &str) -> String {
    let mut words = String::new();
    for word in text.split_whitespace() {
        if words.chars().count() > BEGINNING {
            break;
        }
        if !words.is_empty() {
            words.push(' ');
        }
        words.push_str(word);
    }
    let mut shown: String = words.chars().take(BEGINNING).map(escaped).collect();
    if words.chars().count() > BEGINNING {
        shown.push('…');
    }
    shown
}

/// A character, or how it is written where it would move, hide or turn round what stands beside it.
fn escaped(character: char) -> String {
    match character {
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => character.escape_debug().to_string(),
        control if control.is_control() => control.escape_debug().to_string(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_beginning_is_one_line_without_control_characters() {
        assert_eq!(beginning("  Two\n lines\tand  more "), "Two lines and more");
        assert_eq!(
            beginning("a \u{1b}[31mred\u{202e}"),
            "a \\u{1b}[31mred\\u{202e}"
        );
        let long = "wörd ".repeat(40);
        assert_eq!(beginning(&long).chars().count(), BEGINNING + 1);
        assert!(beginning(&"x".repeat(1000)).ends_with("x…"));
        assert_eq!(beginning(""), "");
    }
}
