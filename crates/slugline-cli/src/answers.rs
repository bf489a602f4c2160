//! Verdicts as text, JSON and CSV.

use std::io::{self, Write};

use serde::{Serialize, Serializer};
use slugline::{OTHER, Scratch, Shares, TextClassifier, Verdict, dataset::Record};

use crate::{args::Format, failure::Failure, input::place};

/// In which shape answers are given. Threads share it: each renders its records by itself.
pub(crate) struct Answers<'a> {
    pub(crate) model: &'a TextClassifier,
    pub(crate) format: Format,
    /// One file alone: where it is one document, the answer takes a few lines.
    pub(crate) single: bool,
    /// All labels with at least this share, instead of one.
    pub(crate) threshold: Option<f64>,
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
        for name in ["source", "label", "probability"] {
            csv.write_field(name)?;
        }
        for label in self.model.labels() {
            csv.write_field(label)?;
        }
        for label in self.model.labels() {
            csv.write_field(format!("share {label}"))?;
        }
        if self.threshold.is_some() {
            csv.write_field("labels")?;
        }
        csv.write_field("evidence")?;
        csv.write_field("recognised")?;
        csv.write_record(None::<&[u8]>)?;
        csv.into_inner().map_err(Failure::work)
    }

    /// Classifies records and renders the answers, in order.
    pub(crate) fn render(
        &self,
        scratch: &mut Scratch,
        records: &[Record],
    ) -> Result<Vec<u8>, Failure> {
        let mut out = Vec::new();
        if self.format == Format::Csv {
            let mut csv = csv::Writer::from_writer(&mut out);
            for record in records {
                let shares = self.model.shares_with(scratch, &record.text);
                self.write_row(&mut csv, &source(record), &shares)?;
            }
            csv.flush()?;
            drop(csv);
            return Ok(out);
        }
        for record in records {
            let shares = self.model.shares_with(scratch, &record.text);
            let source = source(record);
            if self.format == Format::Json {
                self.write_object(&mut out, &source, record.id.as_deref(), &shares)?;
            } else if self.single && record.format.is_document() {
                self.write_single(&mut out, &shares)?;
            } else {
                let labels = match self.labels(&shares) {
                    None => shares.label_or_other().to_owned(),
                    Some(labels) => labels.join(", "),
                };
                let probability = shares.verdict().probability();
                writeln!(out, "{source}\t{labels}\t{probability:.4}")?;
            }
        }
        Ok(out)
    }

    /// Every topic that speaks from enough of the text, or `other`; None where one label is asked for.
    fn labels<'s>(&self, shares: &Shares<'s>) -> Option<Vec<&'s str>> {
        let threshold = self.threshold?;
        if shares.is_other() {
            return Some(vec![OTHER]);
        }
        let labels = shares.at_least(threshold);
        Some(labels.into_iter().map(|(label, _)| label).collect())
    }

    fn write_row(
        &self,
        csv: &mut csv::Writer<impl Write>,
        source: &str,
        shares: &Shares<'_>,
    ) -> Result<(), Failure> {
        let verdict = shares.verdict();
        csv.write_field(source)?;
        csv.write_field(shares.label_or_other())?;
        csv.write_field(verdict.probability().to_string())?;
        // `--top` leaves the other columns empty, so that the header holds.
        let top = (self.top < verdict.probabilities().len()).then(|| verdict.top(self.top));
        let shown = |label: &str| {
            let top = top.as_ref();
            top.is_none_or(|top| top.iter().any(|(name, _)| *name == label))
        };
        for (label, number) in verdict.by_label().chain(shares.by_label()) {
            csv.write_field(match shown(label) {
                true => number.to_string(),
                false => String::new(),
            })?;
        }
        if let Some(labels) = self.labels(shares) {
            csv.write_field(labels.join(";"))?;
        }
        csv.write_field(shares.evidence().to_string())?;
        csv.write_field(verdict.recognised().to_string())?;
        csv.write_record(None::<&[u8]>)?;
        Ok(())
    }

    fn write_object(
        &self,
        out: &mut Vec<u8>,
        source: &str,
        id: Option<&str>,
        shares: &Shares<'_>,
    ) -> Result<(), Failure> {
        let verdict = shares.verdict();
        let probabilities = Probabilities::of(verdict, self.top);
        let of_shown = |(label, _): &(&str, f64)| {
            let share = shares.by_label().find(|(own, _)| own == label);
            share.map_or(0.0, |(_, share)| share)
        };
        let answer = Answer {
            source,
            id,
            label: shares.label_or_other(),
            labels: self.labels(shares),
            probability: verdict.probability(),
            shares: Probabilities(
                probabilities
                    .0
                    .iter()
                    .map(|shown| (shown.0, of_shown(shown)))
                    .collect(),
            ),
            probabilities,
            evidence: shares.evidence(),
            recognised: verdict.recognised(),
        };
        serde_json::to_writer(&mut *out, &answer)?;
        writeln!(out)?;
        Ok(())
    }

    fn write_single(&self, out: &mut impl Write, shares: &Shares<'_>) -> io::Result<()> {
        let verdict = shares.verdict();
        match self.labels(shares) {
            None => writeln!(out, "{}", shares.label_or_other())?,
            Some(labels) => writeln!(out, "{}", labels.join(", "))?,
        }
        let width = verdict
            .by_label()
            .map(|(label, _)| label.chars().count())
            .max()
            .unwrap_or(0);
        writeln!(out, "  {:width$}  probability  share", "")?;
        for (label, probability) in verdict.top(self.top) {
            let share = shares.by_label().find(|(own, _)| *own == label);
            let share = share.map_or(0.0, |(_, share)| share);
            let bar = "█".repeat((share * 30.0).round() as usize);
            let line = format!("  {label:width$}  {probability:11.3}  {share:5.2}  {bar}");
            writeln!(out, "{}", line.trim_end())?;
        }
        if verdict.recognised() == 0 {
            writeln!(
                out,
                "  (no word of this text is known to the model: this is only its guess before reading)"
            )?;
        } else if shares.is_other() {
            writeln!(
                out,
                "  (about none of these topics: evidence {:.3} is below the limit {:.3})",
                shares.evidence(),
                self.model.calibration().other_below.unwrap_or(0.0)
            )?;
        }
        Ok(())
    }
}

/// A record's place.
pub(crate) fn source(record: &Record) -> String {
    place(&record.position, record.format)
}

#[derive(Serialize)]
struct Answer<'a> {
    source: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a str>,
    label: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    labels: Option<Vec<&'a str>>,
    probability: f64,
    probabilities: Probabilities<'a>,
    shares: Probabilities<'a>,
    evidence: f64,
    recognised: u64,
}

/// Labels and numbers as a JSON object that keeps their order.
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
