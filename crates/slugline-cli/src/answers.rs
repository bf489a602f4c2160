//! Verdicts as text, JSON and CSV.

use std::io::{self, Write};

use serde::{Serialize, Serializer};
use slugline::{
    Scratch, TextClassifier, Verdict,
    dataset::{Format as InputFormat, Record},
};

use crate::{args::Format, failure::Failure};

/// In which shape answers are given. Threads share it: each renders its records by itself.
pub(crate) struct Answers<'a> {
    pub(crate) model: &'a TextClassifier,
    pub(crate) format: Format,
    /// One text document alone: its answer takes a few lines.
    pub(crate) single: bool,
    /// Only so many of the most likely topics.
    pub(crate) top: usize,
}

impl Answers<'_> {
    /// What stands above all answers.
    pub(crate) fn header(&self) -> Result<Vec<u8>, Failure> {
        if self.format != Format::Csv {
            return Ok(Vec::new());
        }
        let mut csv = csv::Writer::from_writer(Vec::new());
        let fixed = ["source", "label", "probability"].into_iter();
        let labels = self.model.labels().iter().map(String::as_str);
        csv.write_record(fixed.chain(labels).chain(["recognised"]))?;
        csv.into_inner().map_err(Failure::work)
    }

    /// Classifies records and renders the answers, in order.
    pub(crate) fn render(
        &self,
        scratch: &mut Scratch,
        records: &[Record],
        from: InputFormat,
    ) -> Result<Vec<u8>, Failure> {
        let mut out = Vec::new();
        if self.format == Format::Csv {
            let mut csv = csv::Writer::from_writer(&mut out);
            for record in records {
                let verdict = self.model.classify_with(scratch, &record.text);
                self.write_row(&mut csv, &source(record, from), &verdict)?;
            }
            csv.flush()?;
            drop(csv);
            return Ok(out);
        }
        for record in records {
            let verdict = self.model.classify_with(scratch, &record.text);
            let source = source(record, from);
            if self.format == Format::Json {
                self.write_object(&mut out, &source, record.id.as_deref(), &verdict)?;
            } else if self.single {
                write_single(&mut out, &verdict, self.top)?;
            } else {
                let (label, probability) = (verdict.label(), verdict.probability());
                writeln!(out, "{source}\t{label}\t{probability:.4}")?;
            }
        }
        Ok(out)
    }

    fn write_row(
        &self,
        csv: &mut csv::Writer<impl Write>,
        source: &str,
        verdict: &Verdict<'_>,
    ) -> Result<(), Failure> {
        csv.write_field(source)?;
        csv.write_field(verdict.label())?;
        csv.write_field(verdict.probability().to_string())?;
        // `--top` leaves the other columns empty, so that the header holds.
        let top = (self.top < verdict.probabilities().len()).then(|| verdict.top(self.top));
        for (label, probability) in verdict.by_label() {
            let shown = top
                .as_ref()
                .is_none_or(|top| top.iter().any(|(name, _)| *name == label));
            csv.write_field(match shown {
                true => probability.to_string(),
                false => String::new(),
            })?;
        }
        csv.write_field(verdict.recognised().to_string())?;
        csv.write_record(None::<&[u8]>)?;
        Ok(())
    }

    fn write_object(
        &self,
        out: &mut Vec<u8>,
        source: &str,
        id: Option<&str>,
        verdict: &Verdict<'_>,
    ) -> Result<(), Failure> {
        let answer = Answer {
            source,
            id,
            label: verdict.label(),
            probability: verdict.probability(),
            probabilities: Probabilities::of(verdict, self.top),
            recognised: verdict.recognised(),
        };
        serde_json::to_writer(&mut *out, &answer)?;
        writeln!(out)?;
        Ok(())
    }
}

/// A record's place; a file that is one document needs no line.
pub(crate) fn source(record: &Record, from: InputFormat) -> String {
    match from {
        InputFormat::Text | InputFormat::Folder => record.position.file.to_string(),
        _ => record.position.to_string(),
    }
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
        let line = format!("  {label:width$}  {probability:.3}  {bar}");
        writeln!(out, "{}", line.trim_end())?;
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

/// Labels and probabilities as a JSON object that keeps their order.
pub(crate) struct Probabilities<'a>(Vec<(&'a str, f64)>);

impl<'a> Probabilities<'a> {
    /// All labels in their order, or the few most likely ones, most likely first.
    pub(crate) fn of(verdict: &Verdict<'a>, top: usize) -> Self {
        Self(match top < verdict.probabilities().len() {
            true => verdict.top(top),
            false => verdict.by_label().collect(),
        })
    }
}

impl Serialize for Probabilities<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().copied())
    }
}
