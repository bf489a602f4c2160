//! `slugline classify`.

use std::{
    io::{self, BufWriter, IsTerminal, Write},
    path::{Path, PathBuf},
};

use serde::{Serialize, Serializer};
use slugline::{
    Scratch, TextClassifier, Verdict,
    dataset::{Format as InputFormat, LabelUse, Position, ReadOptions, Record},
};

use crate::{
    args::{Classify, Format},
    failure::Failure,
    input, models,
    progress::Progress,
};

pub(crate) fn run(args: &Classify) -> Result<(), Failure> {
    let mut files = args.files.clone();
    if files.is_empty() {
        if io::stdin().is_terminal() {
            return Err(Failure::usage(
                "classify what? Name a file, or `-` for standard input",
            ));
        }
        files.push(PathBuf::from("-"));
    }
    let options = args.input.options(LabelUse::Ignored, None)?;
    let model = models::open(args.model.as_deref())?;
    let top = args.top.map_or(usize::MAX, |top| top as usize);
    let single = files.len() == 1 && format_of(&files[0], &options) == InputFormat::Text;
    let mut answers = Answers::new(&model, args.format, single, top)?;

    let mut failed = false;
    for file in &files {
        // One bad file does not cost the answers to the others.
        match classify_file(file, &options, &model, &mut answers) {
            Ok(()) => {}
            Err(Failure::Work(why)) => {
                answers.flush()?;
                eprintln!("slugline: error: {why}");
                failed = true;
            }
            Err(other) => return Err(other),
        }
    }
    answers.flush()?;
    if failed {
        Err(Failure::Reported)
    } else {
        Ok(())
    }
}

/// A file whose name says nothing is text.
fn format_of(file: &Path, options: &ReadOptions) -> InputFormat {
    options
        .format
        .or_else(|| {
            (!input::is_stdin(file))
                .then(|| InputFormat::of_path(file))
                .flatten()
        })
        .unwrap_or(InputFormat::Text)
}

fn classify_file(
    file: &Path,
    options: &ReadOptions,
    model: &TextClassifier,
    answers: &mut Answers,
) -> Result<(), Failure> {
    let format = format_of(file, options);
    let options = ReadOptions {
        format: Some(format),
        ..options.clone()
    };
    let mut scratch = Scratch::default();
    let mut records = input::open(file, &options)?;
    // Answers on a terminal are progress enough, and a bar would run through them.
    let progress =
        (!io::stdout().is_terminal()).then(|| Progress::reading(file, records.total_bytes()));
    while let Some(record) = records.next() {
        let record = record?;
        let verdict = model.classify_with(&mut scratch, &record.text);
        answers.write(&record, format, &verdict)?;
        if let Some(progress) = &progress {
            progress.at(records.bytes_read());
        }
    }
    Ok(())
}

/// Where answers go, and in which shape.
struct Answers {
    format: Format,
    single: bool,
    top: usize,
    labels: Vec<String>,
    text: Option<BufWriter<io::StdoutLock<'static>>>,
    csv: Option<csv::Writer<io::StdoutLock<'static>>>,
}

impl Answers {
    fn new(
        model: &TextClassifier,
        format: Format,
        single: bool,
        top: usize,
    ) -> Result<Self, Failure> {
        let mut answers = Self {
            format,
            single,
            top,
            labels: model.labels().to_vec(),
            text: None,
            csv: None,
        };
        if format == Format::Csv {
            let mut csv = csv::Writer::from_writer(io::stdout().lock());
            let fixed = ["source", "label", "probability"].into_iter();
            let labels = answers.labels.iter().map(String::as_str);
            csv.write_record(fixed.chain(labels).chain(["recognised"]))?;
            answers.csv = Some(csv);
        } else {
            answers.text = Some(BufWriter::new(io::stdout().lock()));
        }
        Ok(answers)
    }

    fn write(
        &mut self,
        record: &Record,
        format: InputFormat,
        verdict: &Verdict<'_>,
    ) -> Result<(), Failure> {
        let source = source(&record.position, format);
        if let Some(csv) = &mut self.csv {
            // `--top` leaves the other columns empty, so that the header holds.
            let top = verdict.top(self.top);
            let shown = |label: &String| top.iter().find(|(name, _)| name == label);
            let cells = self.labels.iter().map(|label| {
                shown(label).map_or_else(String::new, |(_, probability)| probability.to_string())
            });
            let fixed = [
                source,
                verdict.label().to_owned(),
                verdict.probability().to_string(),
            ];
            let last = [verdict.recognised().to_string()];
            csv.write_record(fixed.into_iter().chain(cells).chain(last))?;
        } else if let Some(out) = &mut self.text {
            match self.format {
                Format::Json => {
                    let answer = Answer {
                        source: &source,
                        id: record.id.as_deref(),
                        label: verdict.label(),
                        probability: verdict.probability(),
                        probabilities: Probabilities(ranked(verdict, self.top)),
                        recognised: verdict.recognised(),
                    };
                    serde_json::to_writer(&mut *out, &answer)?;
                    writeln!(out)?;
                }
                _ if self.single => write_single(out, verdict, self.top)?,
                _ => writeln!(
                    out,
                    "{source}\t{}\t{:.4}",
                    verdict.label(),
                    verdict.probability()
                )?,
            }
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<(), Failure> {
        if let Some(csv) = &mut self.csv {
            csv.flush()?;
        }
        if let Some(text) = &mut self.text {
            text.flush()?;
        }
        Ok(())
    }
}

/// A record's place; a file that is one document needs no line.
fn source(position: &Position, format: InputFormat) -> String {
    match format {
        InputFormat::Text | InputFormat::Folder => position.file.to_string(),
        _ => position.to_string(),
    }
}

/// All labels in their order, or the few most likely ones.
fn ranked<'a>(verdict: &Verdict<'a>, top: usize) -> Vec<(&'a str, f64)> {
    if top >= verdict.probabilities().len() {
        return verdict.by_label().collect();
    }
    verdict.top(top)
}

fn write_single(out: &mut impl Write, verdict: &Verdict<'_>, top: usize) -> io::Result<()> {
    writeln!(out, "{}", verdict.label())?;
    let width = verdict
        .by_label()
        .map(|(label, _)| label.chars().count())
        .max()
        .unwrap_or(0);
    for (label, probability) in verdict.top(top) {
        let bar = "█".repeat((probability * 30.0).round() as usize);
        writeln!(out, "  {label:width$}  {probability:.3}  {bar}")?;
    }
    if verdict.recognised() == 0 {
        writeln!(
            out,
            "  (no word of this text is known to the model: this is only its guess before reading)"
        )?;
    }
    Ok(())
}

#[derive(Serialize)]
struct Answer<'a> {
    source: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a str>,
    label: &'a str,
    probability: f64,
    probabilities: Probabilities<'a>,
    recognised: u64,
}

/// Pairs as a JSON object that keeps their order.
struct Probabilities<'a>(Vec<(&'a str, f64)>);

impl Serialize for Probabilities<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().copied())
    }
}
