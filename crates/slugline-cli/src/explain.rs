//! `slugline explain`.

use std::{
    io::{self, BufWriter, StdoutLock, Write},
    ops::Range,
    path::Path,
};

use anstream::{AutoStream, ColorChoice};
use owo_colors::OwoColorize;
use serde::Serialize;
use slugline::{
    Explanation, OTHER, Reason, Scratch, Shares,
    dataset::{Format, Record},
    wording::{count, readable},
};

use crate::{
    answer_args::RecordSelection,
    answers::{Probabilities, UNKNOWN, of_label, other_reason, share_note, source},
    args::{Color, ExplainArgs},
    failure::Failure,
    input::{self, Reading},
    layout::{self, clip, clip_start, wrapped},
    models,
    open_model::OpenModel,
    output_format::OutputFormat,
    say,
};

#[derive(Serialize)]
struct Explained<'a> {
    source: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a str>,
    /// The answer of `classify`: the most likely label, or `other`.
    answer: &'a str,
    #[serde(flatten)]
    explanation: &'a Explanation,
    probability: f64,
    probabilities: Probabilities<'a>,
    shares: Probabilities<'a>,
    evidence: f64,
    recognised: u64,
}

pub(crate) fn run(args: &ExplainArgs) -> Result<(), Failure> {
    let selection = args.records.selection()?;
    let mut model = models::open(args.model.as_deref())?;
    if args.other.is_given() {
        model = model.with(|model| args.other.set(model))?;
    }
    let mut reading = args.input.reading()?;
    let choice = match args.color {
        Color::Auto => AutoStream::choice(&io::stdout()),
        Color::Always => ColorChoice::Always,
        Color::Never => ColorChoice::Never,
    };
    let mut out = Printer {
        args,
        model: &model,
        width: layout::width(),
        has_places: args.files.len() > 1 || args.files.iter().any(|file| file.is_dir()),
        explained: 0,
        choice,
        out: BufWriter::new(io::stdout().lock()),
    };
    let mut failed = 0;
    for file in &args.files {
        // A file that cannot be read does not stop the others.
        match explain_file(file, &mut reading, &selection, &mut out) {
            Ok(files) => failed += files,
            Err(Failure::Work(why)) => {
                out.out.flush()?;
                say::error(&why);
                failed += 1;
            }
            Err(other) => return Err(other),
        }
    }
    out.out.flush()?;
    reading.finish()?;
    if failed == 0 {
        return Ok(());
    }
    if out.has_places {
        say::error(&format!(
            "{}, {} could not be read",
            count(out.explained, "explanation"),
            count(failed, "file")
        ));
    }
    Err(Failure::Reported)
}

/// Explains the records of a file that were asked for; returns the number of files of a folder that could
/// not be read.
fn explain_file(
    file: &Path,
    reading: &mut Reading,
    selection: &RecordSelection,
    out: &mut Printer<'_>,
) -> Result<u64, Failure> {
    let mut records = input::open(file, &reading.options)?;
    let from = records.format();
    // Of a folder all documents are explained, as of a list of files.
    let selection = match (from, selection) {
        (Format::Folder, RecordSelection::First) => &RecordSelection::All,
        (_, selection) => selection,
    };
    let (mut number, mut failed) = (0, 0);
    while selection.last().is_none_or(|last| number < last) {
        let record = match reading.next(&mut records) {
            None => break,
            Some(Ok(record)) => record,
            Some(Err(Failure::Work(why))) if from == Format::Folder => {
                out.out.flush()?;
                say::error(&why);
                failed += 1;
                continue;
            }
            Some(Err(failure)) => return Err(failure),
        };
        number += 1;
        if selection.has(number) {
            out.explain(&record)?;
        }
    }
    let name = || say::shown(file);
    if number == 0 && failed == 0 {
        return Err(Failure::work(format!("{}: no text", name())));
    }
    if let Some(last) = selection.last().filter(|last| *last > number) {
        return Err(Failure::work(format!(
            "{}: there is no record {last}: it has {}",
            name(),
            count(number, "record")
        )));
    }
    let is_data = !from.is_document() && from != Format::Folder;
    // A live input may have to be waited for.
    out.out.flush()?;
    if *selection == RecordSelection::First && is_data && reading.next(&mut records).is_some() {
        say::note(format_args!(
            "{}: only the first record is explained: --record N explains another, --record all explains \
             all",
            name()
        ));
    }
    reading.end_of(&records);
    Ok(failed)
}

/// Writes explanations to standard output.
struct Printer<'a> {
    args: &'a ExplainArgs,
    model: &'a OpenModel,
    width: Option<usize>,
    /// Whether explanations in text format begin with the place, for whole files, too.
    has_places: bool,
    explained: u64,
    choice: ColorChoice,
    out: BufWriter<StdoutLock<'static>>,
}

impl Printer<'_> {
    fn explain(&mut self, record: &Record) -> Result<(), Failure> {
        let mut scratch = Scratch::default();
        let shares = self.model.shares_with(&mut scratch, &record.text);
        let label = self.args.label.as_deref();
        let label = label.unwrap_or(shares.verdict().label());
        let versus = self.args.versus.as_deref();
        let explanation = self.model.explain_label(&record.text, label, versus)?;
        let shown = match self.args.format {
            OutputFormat::Json => object(record, &shares, &explanation)?,
            OutputFormat::Csv => rows(record, &shares, &explanation, self.explained == 0)?,
            OutputFormat::Text => self.text(record, &shares, &explanation)?,
        };
        self.model.check()?;
        self.out.write_all(&shown)?;
        self.explained += 1;
        Ok(())
    }

    fn text(
        &self,
        record: &Record,
        shares: &Shares<'_, '_>,
        explanation: &Explanation,
    ) -> io::Result<Vec<u8>> {
        let mut out = AutoStream::new(Vec::new(), self.choice);
        if self.explained > 0 {
            writeln!(out)?;
        }
        if self.has_places || !record.format.is_document() {
            let place = clip_start(&source(record), self.width.unwrap_or(usize::MAX));
            writeln!(out, "{}", place.underline())?;
        }
        let top = self.args.top;
        self.write_verdict(&mut out, shares, explanation)?;
        write_reasons(&mut out, explanation, top, self.width)?;
        write_marked(&mut out, &record.text, explanation, top, self.width)?;
        Ok(out.into_inner())
    }

    fn write_verdict(
        &self,
        out: &mut impl Write,
        shares: &Shares<'_, '_>,
        explanation: &Explanation,
    ) -> io::Result<()> {
        let verdict = shares.verdict();
        let width = self.width;
        // A label takes half a line at most, so that there is room for the words beside it.
        let short = |label: &str| clip(label, width.map_or(usize::MAX, |width| width / 2));
        // Bold is added after wrapping, since its escape codes have no width.
        let mut note = |what: String, bold: &str| {
            let lines = wrapped(&what, width, 2);
            match bold {
                "" => writeln!(out, "{lines}"),
                bold => writeln!(out, "{}", lines.replacen(bold, &bold.bold().to_string(), 1)),
            }
        };
        let versus = explanation.versus.as_deref().map(short);
        let versus = match (versus, self.model.labels().len()) {
            (None, 1) => "nothing: it is the only label".to_owned(),
            (versus, _) => versus.unwrap_or_else(|| "the average of the others".to_owned()),
        };
        let label = short(&explanation.label);
        let probability = probability(shares, &explanation.label);
        let compared = format!("{label} ({probability:.3}), compared with {versus}");
        let is_asked = self.args.label.is_some();
        let why = other_reason(shares, self.model);
        if let (Some(why), false) = (&why, is_asked) {
            // As `classify` answers; what follows explains the most likely topic.
            note(format!("{OTHER}, about none of the topics: {why}"), OTHER)?;
            note(format!("  the most likely topic is {compared}"), &label)?;
        } else {
            note(compared, &label)?;
            if let Some(why) = why {
                note(format!("  the answer is {OTHER}: {why}"), "")?;
            }
        }
        if verdict.label() != explanation.label {
            let (best, probability) = (short(verdict.label()), verdict.probability());
            note(
                format!("  the most likely topic is {best} ({probability:.3})"),
                "",
            )?;
        }
        if verdict.recognised() == 0 {
            note(format!("  {UNKNOWN}"), "")?;
        } else if let Some(why) = share_note(shares).filter(|_| !shares.is_other()) {
            note(format!("  {why}"), "")?;
        }
        Ok(())
    }
}

fn object(
    record: &Record,
    shares: &Shares<'_, '_>,
    explanation: &Explanation,
) -> Result<Vec<u8>, Failure> {
    let verdict = shares.verdict();
    let probabilities = Probabilities::of(verdict, usize::MAX);
    let answer = Explained {
        source: &source(record),
        id: record.id.as_deref(),
        answer: shares.label_or_other(),
        explanation,
        probability: probability(shares, &explanation.label),
        shares: probabilities.shares(shares),
        probabilities,
        evidence: shares.evidence(),
        recognised: verdict.recognised(),
    };
    let mut line = serde_json::to_vec(&answer)?;
    line.push(b'\n');
    Ok(line)
}

/// One row for each term.
fn rows(
    record: &Record,
    shares: &Shares<'_, '_>,
    explanation: &Explanation,
    has_header: bool,
) -> Result<Vec<u8>, Failure> {
    let mut csv = csv::Writer::from_writer(Vec::new());
    if has_header {
        csv.write_record(["source", "answer", "label", "term", "contribution", "count"])?;
    }
    let source = source(record);
    let beginning = [source.as_str(), shares.label_or_other(), &explanation.label];
    let mut row = |term: &str, contribution: f64, count: &str| {
        let contribution = contribution.to_string();
        let fields = beginning.iter().copied();
        csv.write_record(fields.chain([term, contribution.as_str(), count]))
    };
    row("(bias)", explanation.bias, "")?;
    for reason in &explanation.reasons {
        row(&reason.term, reason.contribution, &reason.count.to_string())?;
    }
    csv.into_inner().map_err(Failure::work)
}

/// The probability of a label.
fn probability(shares: &Shares<'_, '_>, label: &str) -> f64 {
    of_label(shares.verdict().by_label(), label)
}

/// The reasons for the label and those against it, strongest first.
fn for_and_against(explanation: &Explanation) -> (Vec<&Reason>, Vec<&Reason>) {
    let reasons = explanation.reasons.iter();
    reasons
        .filter(|reason| reason.contribution != 0.0)
        .partition(|reason| reason.contribution > 0.0)
}

fn write_reasons(
    out: &mut impl Write,
    explanation: &Explanation,
    top: usize,
    width: Option<usize>,
) -> io::Result<()> {
    let (fors, againsts) = for_and_against(explanation);
    let room = width.map_or(usize::MAX, |width| width - 13);
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
            let term = clip(
                &reason.term,
                room.saturating_sub(layout::wide(&times)).max(1),
            );
            writeln!(out, "  {:+9.4}  {term}{times}", reason.contribution)?;
        }
        if let Some(rest) = reasons.get(top..).filter(|rest| !rest.is_empty()) {
            let sum: f64 = rest.iter().map(|reason| reason.contribution).sum();
            writeln!(out, "  {sum:+9.4}  ({} more)", rest.len())?;
        }
    }
    writeln!(out, "\n  {:+9.4}  bias", explanation.bias)?;
    writeln!(out, "  {:+9.4}  score: the sum of all", explanation.score)
}

/// The text, with the terms that are listed in colour.
fn write_marked(
    out: &mut impl Write,
    text: &str,
    explanation: &Explanation,
    top: usize,
    width: Option<usize>,
) -> io::Result<()> {
    let (fors, againsts) = for_and_against(explanation);
    let fors = fors.iter().take(top).flat_map(|reason| mark(reason, true));
    let againsts = againsts
        .iter()
        .take(top)
        .flat_map(|reason| mark(reason, false));
    let mut marks: Vec<(Range<usize>, bool)> = fors.chain(againsts).collect();
    // n-grams overlap: of those that begin first the longest is shown.
    marks.sort_by_key(|(span, _)| (span.start, usize::MAX - span.end));
    writeln!(out)?;
    let mut lines = LineWrapper { width, column: 0 };
    let mut at = 0;
    for (span, for_label) in marks {
        if span.start < at {
            continue;
        }
        let (plain, word) = (&text[at..span.start], &text[span.clone()]);
        // A mark that begins inside a word may be wrapped away from it, as a terminal would do.
        let plain = lines.set(plain);
        let word = lines.set(word);
        if for_label {
            write!(out, "{plain}{}", word.green().bold())?;
        } else {
            write!(out, "{plain}{}", word.red())?;
        }
        at = span.end;
    }
    writeln!(out, "{}", lines.set(text[at..].trim_end()))
}

/// Wraps a text piece by piece, so that pieces can be coloured.
struct LineWrapper {
    width: Option<usize>,
    column: usize,
}

impl LineWrapper {
    fn set(&mut self, piece: &str) -> String {
        let text = readable(piece);
        let Some(width) = self.width else {
            return text.into_owned();
        };
        let text = text.replace('\t', "    ");
        let mut set = String::with_capacity(text.len());
        // Each word with the blanks and line breaks behind it.
        for part in text.split_inclusive([' ', '\n']) {
            let word = part.trim_end_matches([' ', '\n']);
            let takes = layout::wide(word);
            if self.column > 0 && self.column + takes > width {
                set.truncate(set.trim_end_matches(' ').len());
                set.push('\n');
                self.column = 0;
            }
            if takes > width {
                self.break_up(word, width, &mut set);
            } else {
                set.push_str(word);
                self.column += takes;
            }
            for blank in part[word.len()..].chars() {
                if blank == '\n' {
                    set.push('\n');
                    self.column = 0;
                } else if self.column < width {
                    set.push(' ');
                    self.column += 1;
                }
            }
        }
        set
    }

    /// Breaks text without spaces (a URL, Chinese, Japanese) at the width.
    fn break_up(&mut self, word: &str, width: usize, set: &mut String) {
        for character in word.chars() {
            let mut bytes = [0; 4];
            let character: &str = character.encode_utf8(&mut bytes);
            let takes = layout::wide(character);
            if self.column + takes > width {
                set.push('\n');
                self.column = 0;
            }
            set.push_str(character);
            self.column += takes;
        }
    }
}

fn mark(reason: &Reason, for_label: bool) -> impl Iterator<Item = (Range<usize>, bool)> {
    reason
        .spans
        .iter()
        .map(move |span| (span.clone(), for_label))
}
