//! `slugline explain`.

use std::{
    io::{self, Write},
    ops::Range,
};

use anstream::{AutoStream, ColorChoice};
use owo_colors::OwoColorize;
use serde::Serialize;
use slugline::{Explanation, Reason, Verdict};

use crate::{
    answers::{Probabilities, source},
    args::{Color, Explain, Format},
    failure::Failure,
    input, models,
};

#[derive(Serialize)]
struct Answer<'a> {
    source: &'a str,
    #[serde(flatten)]
    explanation: &'a Explanation,
    probability: f64,
    probabilities: Probabilities<'a>,
    recognised: u64,
}

pub(crate) fn run(args: &Explain) -> Result<(), Failure> {
    let model = models::open(args.model.as_deref())?;
    let mut reading = args.input.reading()?;
    let mut records = input::open(&args.file, &reading.options)?;
    let record = reading.next(&mut records);
    reading.finish()?;
    let Some(record) = record else {
        return Err(Failure::work(format!(
            "{}: holds no text",
            args.file.display()
        )));
    };
    let record = record?;
    let text = &record.text;
    let verdict = model.classify(text);
    let label = args.label.as_deref().unwrap_or(verdict.label());
    let explanation = model.explain_label(text, label, args.versus.as_deref())?;
    let probability = verdict
        .by_label()
        .find(|(name, _)| *name == label)
        .map_or(0.0, |(_, probability)| probability);

    match args.format {
        Format::Json => {
            let mut out = io::stdout().lock();
            let answer = Answer {
                source: &source(&record),
                explanation: &explanation,
                probability,
                probabilities: Probabilities::of(&verdict, usize::MAX),
                recognised: verdict.recognised(),
            };
            serde_json::to_writer(&mut out, &answer)?;
            writeln!(out)?;
        }
        Format::Csv => {
            let mut csv = csv::Writer::from_writer(io::stdout().lock());
            csv.write_record(["term", "contribution", "count"])?;
            csv.write_record(["(before reading)", &explanation.bias.to_string(), ""])?;
            for reason in &explanation.reasons {
                let contribution = reason.contribution.to_string();
                csv.write_record([&reason.term, &contribution, &reason.count.to_string()])?;
            }
            csv.flush()?;
        }
        Format::Text => {
            let choice = match args.color {
                Color::Auto => ColorChoice::Auto,
                Color::Always => ColorChoice::Always,
                Color::Never => ColorChoice::Never,
            };
            let mut out = AutoStream::new(io::stdout().lock(), choice);
            write_verdict(&mut out, &verdict, &explanation, probability)?;
            write_reasons(&mut out, &explanation, args.top)?;
            write_marked(&mut out, text, &explanation, args.top)?;
            out.flush()?;
        }
    }
    Ok(())
}

fn write_verdict(
    out: &mut impl Write,
    verdict: &Verdict<'_>,
    explanation: &Explanation,
    probability: f64,
) -> io::Result<()> {
    let versus = explanation.versus.as_deref();
    let versus = versus.unwrap_or("the average of the others");
    let label = &explanation.label;
    writeln!(
        out,
        "{} ({probability:.3}), compared with {versus}",
        label.bold()
    )?;
    if verdict.label() != label {
        let (best, probability) = (verdict.label(), verdict.probability());
        writeln!(out, "  the most likely topic is {best} ({probability:.3})")?;
    }
    if verdict.recognised() == 0 {
        writeln!(
            out,
            "  no word of this text is known to the model: this is only its guess before reading"
        )?;
    }
    Ok(())
}

/// The reasons for the label and those against it, strongest first.
fn sides(explanation: &Explanation) -> (Vec<&Reason>, Vec<&Reason>) {
    let reasons = explanation.reasons.iter();
    reasons
        .filter(|reason| reason.contribution != 0.0)
        .partition(|reason| reason.contribution > 0.0)
}

fn write_reasons(out: &mut impl Write, explanation: &Explanation, top: usize) -> io::Result<()> {
    let (fors, againsts) = sides(explanation);
    for (title, reasons) in [("for", &fors), ("against", &againsts)] {
        if reasons.is_empty() {
            continue;
        }
        writeln!(out, "\n{title}")?;
        for reason in reasons.iter().take(top) {
            let times = match reason.count {
                0 | 1 => String::new(),
                count => format!(" × {count}"),
            };
            writeln!(
                out,
                "  {:+9.4}  {}{times}",
                reason.contribution, reason.term
            )?;
        }
        if let Some(rest) = reasons.get(top..).filter(|rest| !rest.is_empty()) {
            let sum: f64 = rest.iter().map(|reason| reason.contribution).sum();
            writeln!(out, "  {sum:+9.4}  ({} more)", rest.len())?;
        }
    }
    writeln!(out, "\n  {:+9.4}  before reading", explanation.bias)?;
    writeln!(out, "  {:+9.4}  score: the sum of all", explanation.score)
}

/// The text, with the terms that are listed in colour.
fn write_marked(
    out: &mut impl Write,
    text: &str,
    explanation: &Explanation,
    top: usize,
) -> io::Result<()> {
    let (fors, againsts) = sides(explanation);
    let fors = fors.iter().take(top).flat_map(|reason| mark(reason, true));
    let againsts = againsts
        .iter()
        .take(top)
        .flat_map(|reason| mark(reason, false));
    let mut marks: Vec<(Range<usize>, bool)> = fors.chain(againsts).collect();
    // n-grams overlap: the longest of those that begin first is shown.
    marks.sort_by_key(|(span, _)| (span.start, usize::MAX - span.end));
    writeln!(out)?;
    let mut at = 0;
    for (span, for_label) in marks {
        if span.start < at {
            continue;
        }
        let (plain, word) = (&text[at..span.start], &text[span.clone()]);
        if for_label {
            write!(out, "{plain}{}", word.green().bold())?;
        } else {
            write!(out, "{plain}{}", word.red())?;
        }
        at = span.end;
    }
    writeln!(out, "{}", text[at..].trim_end())
}

fn mark(reason: &Reason, for_label: bool) -> impl Iterator<Item = (Range<usize>, bool)> {
    reason
        .spans
        .iter()
        .map(move |span| (span.clone(), for_label))
}
