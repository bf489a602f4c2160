//! Answers of `classify --label-only`: labels without numbers.

use std::io::{self, Write};

use serde::{Serialize, Serializer, ser::SerializeMap};
use slugline::{Scratch, dataset::Record};

use crate::{
    answers::{Answers, entries_before_numbers, source},
    failure::Failure,
    layout::{clip, clip_start, fit, widest},
    output_format::OutputFormat,
    passed::ColumnLayout,
};

impl Answers<'_> {
    /// Classifies records and renders the labels, in order.
    pub(crate) fn render_labels(
        &self,
        scratch: &mut Scratch,
        records: &[Record],
        layout: &ColumnLayout,
    ) -> Result<Vec<u8>, Failure> {
        let labels = self.labels_alone(scratch, records)?;
        let answers = records.iter().zip(labels);
        let mut out = Vec::new();
        match self.format {
            OutputFormat::Csv => {
                let mut csv = csv::Writer::from_writer(&mut out);
                for (record, label) in answers {
                    for field in layout.fields(&record.columns) {
                        csv.write_field(field.as_bytes())?;
                    }
                    csv.write_field(source(record))?;
                    csv.write_field(label)?;
                    csv.write_record(None::<&[u8]>)?;
                }
                csv.flush()?;
                drop(csv);
            }
            OutputFormat::Json => {
                for (record, label) in answers {
                    let answer = LabelAlone {
                        record,
                        layout,
                        label,
                    };
                    serde_json::to_writer(&mut out, &answer)?;
                    out.push(b'\n');
                }
            }
            OutputFormat::Text => {
                for (record, label) in answers {
                    self.write_label(&mut out, record, label)?;
                }
            }
        }
        Ok(out)
    }

    /// The labels, which are those that are printed with numbers.
    fn labels_alone(
        &self,
        scratch: &mut Scratch,
        records: &[Record],
    ) -> Result<Vec<&str>, Failure> {
        if self.model.calibration().other_below.is_some() {
            let label = |record: &Record| self.model.label_or_other_with(scratch, &record.text);
            let labels = records.iter().map(label);
            return Ok(labels.collect());
        }
        let texts: Vec<&str> = records.iter().map(|record| &*record.text).collect();
        Ok(self.model.predict_with(scratch, &texts)?)
    }

    fn write_label(&self, out: &mut Vec<u8>, record: &Record, label: &str) -> io::Result<()> {
        if self.single && record.format.is_document() {
            return writeln!(out, "{}", clip(label, self.width.unwrap_or(usize::MAX)));
        }
        let source = source(record);
        let mut columns = [widest([&source]), widest([label])];
        // A tab takes up to eight columns.
        fit(&mut columns, 8, self.line_width, 8);
        let [source, label] = [clip_start(&source, columns[0]), clip(label, columns[1])];
        writeln!(out, "{source}\t{label}")
    }
}

/// A label as a JSON object, after the columns that are passed on.
struct LabelAlone<'a> {
    record: &'a Record,
    layout: &'a ColumnLayout,
    label: &'a str,
}

impl Serialize for LabelAlone<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        entries_before_numbers(&mut map, self.record, self.layout, self.label)?;
        map.end()
    }
}
