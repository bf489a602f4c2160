//! Verdicts as text, JSON and CSV.

use std::{
    collections::HashSet,
    fmt::Write as _,
    io::{self, Write},
};

use serde::{Serialize, Serializer, ser::SerializeMap};
use slugline::{OTHER, Scratch, Shares, TextClassifier, Verdict, dataset::Record};

use crate::{
    failure::Failure,
    input::place,
    layout::{clip, clip_start, fit, pad, wide, widest, wrapped},
    open_model::OpenModel,
    output_format::OutputFormat,
    passed::{self, ColumnLayout, keys},
};

/// Renders answers. Threads share it: each renders its own records.
pub(crate) struct Answers<'a> {
    pub(crate) model: &'a OpenModel,
    pub(crate) format: OutputFormat,
    /// Whether the input is one file: if it is one document, the answer has several lines.
    pub(crate) single: bool,
    /// Whether the label is printed without any number.
    pub(crate) label_only: bool,
    /// The share from which a label is printed; None: print one label.
    pub(crate) threshold: Option<f64>,
    /// Number of most likely topics to print.
    pub(crate) top: usize,
    /// Width of lines of prose in text format.
    pub(crate) width: Option<usize>,
    /// Width of lines of places and labels: on a terminal alone, since a program may read them elsewhere.
    pub(crate) line_width: Option<usize>,
}

/// The keys of our JSON objects.
const KEYS: [&str; 9] = [
    "source",
    "id",
    "label",
    "labels",
    "probability",
    "probabilities",
    "shares",
    "evidence",
    "recognised",
];

impl Answers<'_> {
    /// The names of our own columns, each once, whatever the labels are.
    pub(crate) fn own(&self) -> Vec<String> {
        if self.label_only {
            let names: &[&str] = match self.format {
                OutputFormat::Csv => &["source", "label"],
                _ => &["source", "id", "label"],
            };
            return names.iter().map(|name| (*name).to_owned()).collect();
        }
        if self.format != OutputFormat::Csv {
            return KEYS.map(str::to_owned).to_vec();
        }
        let fixed = ["source", "label", "probability"].map(str::to_owned);
        let mut names = fixed.to_vec();
        let behind: &[&str] = match self.threshold {
            Some(_) => &["labels", "evidence", "recognised"],
            None => &["evidence", "recognised"],
        };
        let mut taken: HashSet<String> = names.iter().cloned().collect();
        taken.extend(behind.iter().map(|name| (*name).to_owned()));
        let mut add = |mut name: String| {
            while !taken.insert(name.clone()) {
                name.insert_str(0, "probability ");
            }
            names.push(name);
        };
        for label in self.model.labels() {
            add(label.clone());
        }
        for label in self.model.labels() {
            add(format!("share {label}"));
        }
        names.extend(behind.iter().map(|name| (*name).to_owned()));
        names
    }

    /// The header before all answers.
    pub(crate) fn header(&self, layout: &ColumnLayout) -> Result<Vec<u8>, Failure> {
        if self.format != OutputFormat::Csv {
            return Ok(Vec::new());
        }
        let mut csv = csv::Writer::from_writer(Vec::new());
        for name in layout.header.iter().flatten() {
            csv.write_field(&**name)?;
        }
        for name in self.own() {
            csv.write_field(layout.name(&name))?;
        }
        csv.write_record(None::<&[u8]>)?;
        csv.into_inner().map_err(Failure::work)
    }

    /// Classifies records and renders the answers, in order.
    pub(crate) fn render(
        &self,
        scratch: &mut Scratch,
        records: &[Record],
        layout: &ColumnLayout,
    ) -> Result<Vec<u8>, Failure> {
        let rendered = self.render_unchecked(scratch, records, layout)?;
        self.model.check()?;
        Ok(rendered)
    }

    fn render_unchecked(
        &self,
        scratch: &mut Scratch,
        records: &[Record],
        layout: &ColumnLayout,
    ) -> Result<Vec<u8>, Failure> {
        if self.label_only {
            return self.render_labels(scratch, records, layout);
        }
        let mut out = Vec::new();
        if self.format == OutputFormat::Csv {
            let mut csv = csv::Writer::from_writer(&mut out);
            let mut field = String::new();
            for record in records {
                let shares = self.model.shares_with(scratch, &record.text);
                for field in layout.fields(&record.columns) {
                    csv.write_field(field.as_bytes())?;
                }
                csv.write_field(source(record))?;
                self.write_row(&mut csv, &mut field, &shares)?;
            }
            csv.flush()?;
            drop(csv);
            return Ok(out);
        }
        for record in records {
            let shares = self.model.shares_with(scratch, &record.text);
            if self.format == OutputFormat::Json {
                self.write_object(&mut out, record, layout, &shares)?;
            } else if self.single && record.format.is_document() {
                self.write_single(&mut out, &shares)?;
            } else {
                self.write_line(&mut out, record, &shares)?;
            }
        }
        Ok(out)
    }

    /// Every topic with at least the threshold's share, or `other`; None where one label is asked for.
    fn labels<'m>(&self, shares: &Shares<'m, '_>) -> Option<Vec<&'m str>> {
        let threshold = self.threshold?;
        if shares.is_other() {
            return Some(vec![OTHER]);
        }
        let labels = shares.at_least(threshold);
        Some(labels.into_iter().map(|(label, _)| label).collect())
    }

    /// The label, or the labels, in text format.
    fn shown(&self, shares: &Shares<'_, '_>) -> String {
        match self.labels(shares) {
            None => shares.label_or_other().to_owned(),
            Some(labels) => labels.join(", "),
        }
    }

    /// The answer's columns after the source. `field` is a buffer.
    fn write_row(
        &self,
        csv: &mut csv::Writer<impl Write>,
        field: &mut String,
        shares: &Shares<'_, '_>,
    ) -> Result<(), Failure> {
        let verdict = shares.verdict();
        let mut number = |csv: &mut csv::Writer<_>, number: f64| {
            field.clear();
            // Writing to a string cannot fail.
            _ = write!(field, "{number}");
            csv.write_field(&*field)
        };
        csv.write_field(shares.label_or_other())?;
        number(csv, verdict.probability())?;
        // With `--top` the other columns stay empty: the header names all labels.
        let top = (self.top < verdict.probabilities().len()).then(|| verdict.top(self.top));
        let shown = |label: &str| {
            let top = top.as_ref();
            top.is_none_or(|top| top.iter().any(|(name, _)| *name == label))
        };
        for (label, of_label) in verdict.by_label().chain(shares.by_label()) {
            match shown(label) {
                true => number(csv, of_label)?,
                false => csv.write_field("")?,
            }
        }
        if let Some(labels) = self.labels(shares) {
            csv.write_field(labels.join(";"))?;
        }
        number(csv, shares.evidence())?;
        csv.write_field(verdict.recognised().to_string())?;
        csv.write_record(None::<&[u8]>)?;
        Ok(())
    }

    fn write_object(
        &self,
        out: &mut Vec<u8>,
        record: &Record,
        layout: &ColumnLayout,
        shares: &Shares<'_, '_>,
    ) -> Result<(), Failure> {
        let answer = Answer {
            record,
            layout,
            labels: self.labels(shares),
            probabilities: Probabilities::of(shares.verdict(), self.top),
            shares,
        };
        serde_json::to_writer(&mut *out, &answer)?;
        writeln!(out)?;
        Ok(())
    }

    /// Writes place, label and probability, separated by tabs.
    fn write_line(
        &self,
        out: &mut Vec<u8>,
        record: &Record,
        shares: &Shares<'_, '_>,
    ) -> io::Result<()> {
        let labels = self.shown(shares);
        let source = source(record);
        let probability = format!("{:.4}", shares.verdict().probability());
        let mut columns = [widest([&source]), widest([&labels])];
        // A tab takes up to eight columns.
        fit(&mut columns, 16 + wide(&probability), self.line_width, 8);
        writeln!(
            out,
            "{}\t{}\t{probability}",
            clip_start(&source, columns[0]),
            clip(&labels, columns[1])
        )
    }

    fn write_single(&self, out: &mut impl Write, shares: &Shares<'_, '_>) -> io::Result<()> {
        let verdict = shares.verdict();
        let line = self.shown(shares);
        writeln!(out, "{}", clip(&line, self.width.unwrap_or(usize::MAX)))?;
        let mut columns = [widest(verdict.by_label().map(|(label, _)| label)), BAR];
        // Two blanks, the label, the numbers and the blanks between them, the bar.
        fit(&mut columns, 2 + 2 + 11 + 2 + 5 + 2, self.width, 6);
        let [width, bar] = columns;
        writeln!(out, "  {:width$}  probability  share", "")?;
        for (label, probability) in verdict.top(self.top) {
            let share = share_of(shares, label);
            let bar = "█".repeat((share * bar as f64).round() as usize);
            let label = pad(&clip(label, width), width);
            let line = format!("  {label}  {probability:11.3}  {share:5.2}  {bar}");
            writeln!(out, "{}", line.trim_end())?;
        }
        let mut note = |what: String| writeln!(out, "{}", wrapped(&what, self.width, 3));
        if verdict.recognised() == 0 {
            note(format!("  ({UNKNOWN})"))?;
        } else if let Some(why) = other_reason(shares, self.model) {
            note(format!("  (about none of these topics: {why})"))?;
        } else if let Some(why) = share_note(shares) {
            note(format!("  ({why})"))?;
        }
        Ok(())
    }
}

/// The length of a bar for a share of 1.
const BAR: usize = 30;

/// The note on a text without a known term.
pub(crate) const UNKNOWN: &str =
    "no term of this text is known to the model: the probabilities are those of any text";

/// A label's number among those of all labels.
pub(crate) fn of_label<'l>(mut all: impl Iterator<Item = (&'l str, f64)>, label: &str) -> f64 {
    let found = all.find(|(own, _)| *own == label);
    found.map_or(0.0, |(_, number)| number)
}

/// The share of a label.
fn share_of(shares: &Shares<'_, '_>, label: &str) -> f64 {
    of_label(shares.by_label(), label)
}

/// Why a text is about none of the topics, where it is.
pub(crate) fn other_reason(shares: &Shares<'_, '_>, model: &TextClassifier) -> Option<String> {
    let limit = model.calibration().other_below?;
    shares.is_other().then(|| {
        format!(
            "evidence {:.3} is below the limit {limit:.3}",
            shares.evidence()
        )
    })
}

/// The note on a text whose largest share is not that of its label.
pub(crate) fn share_note(shares: &Shares<'_, '_>) -> Option<String> {
    let label = shares.verdict().label();
    let (largest, share) = shares
        .by_label()
        .max_by(|a, b| a.1.total_cmp(&b.1).then_with(|| b.0.cmp(a.0)))?;
    // Rounded as printed: a difference that is not printed needs no note.
    let rounded = |share: f64| (share * 100.0).round();
    if largest == label || rounded(share) <= rounded(share_of(shares, label)) {
        return None;
    }
    Some(format!(
        "the largest share is that of {} ({share:.2}), but the text as a whole is most likely about {}: a \
         share says how much of the text is about a topic, the probability which topic is the main one",
        slugline::wording::name(largest),
        slugline::wording::name(label)
    ))
}

/// A record's place.
pub(crate) fn source(record: &Record) -> String {
    place(&record.position, record.format)
}

/// One answer as a JSON object, after the columns that are passed on.
struct Answer<'a> {
    record: &'a Record,
    layout: &'a ColumnLayout,
    labels: Option<Vec<&'a str>>,
    probabilities: Probabilities<'a>,
    shares: &'a Shares<'a, 'a>,
}

impl Serialize for Answer<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (record, shares) = (self.record, self.shares);
        let verdict = shares.verdict();
        let name = |own: &'static str| self.layout.name(own);
        let mut map = serializer.serialize_map(None)?;
        entries_before_numbers(&mut map, record, self.layout, shares.label_or_other())?;
        if let Some(labels) = &self.labels {
            map.serialize_entry(name("labels"), labels)?;
        }
        map.serialize_entry(name("probability"), &verdict.probability())?;
        map.serialize_entry(name("probabilities"), &self.probabilities)?;
        map.serialize_entry(name("shares"), &self.probabilities.shares(shares))?;
        map.serialize_entry(name("evidence"), &shares.evidence())?;
        map.serialize_entry(name("recognised"), &verdict.recognised())?;
        map.end()
    }
}

/// Writes the columns that are passed on, the place, the id and the label.
pub(crate) fn entries_before_numbers<M: SerializeMap>(
    map: &mut M,
    record: &Record,
    layout: &ColumnLayout,
    label: &str,
) -> Result<(), M::Error> {
    for (key, (_, cell)) in keys(&record.columns).iter().zip(&record.columns) {
        map.serialize_entry(key, cell)?;
    }
    map.serialize_entry(layout.name("source"), &source(record))?;
    // An id among the passed-on columns is not repeated.
    let id = record.id.as_deref();
    if let Some(id) = id.filter(|_| !passed::has(&record.columns, "id")) {
        map.serialize_entry(layout.name("id"), id)?;
    }
    map.serialize_entry(layout.name("label"), label)
}

/// Labels and numbers as a JSON object that keeps their order.
pub(crate) struct Probabilities<'a>(Vec<(&'a str, f64)>);

impl<'a> Probabilities<'a> {
    /// All labels in their order, or the `top` most likely ones, most likely first.
    pub(crate) fn of(verdict: &Verdict<'a, '_>, top: usize) -> Self {
        Self(match top < verdict.probabilities().len() {
            true => verdict.top(top),
            false => verdict.by_label().collect(),
        })
    }

    /// The shares of the same labels.
    pub(crate) fn shares(&self, shares: &Shares<'a, '_>) -> Self {
        if self.0.len() == shares.shares().len() {
            // In the order of the labels, as `of` leaves all of them.
            return Self(shares.by_label().collect());
        }
        let labels = self.0.iter();
        let share = |(label, _): &(&'a str, f64)| (*label, share_of(shares, label));
        Self(labels.map(share).collect())
    }
}

impl Serialize for Probabilities<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().copied())
    }
}
