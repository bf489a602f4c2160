//! `slugline evaluate`.

use std::io::{self, BufWriter, Write};

use serde::Serialize;
use slugline::{
    Scratch,
    dataset::LabelUse,
    evaluate::{Evaluation, OffTopic, OffTopicReport, Report, cross_validate},
};

use crate::{
    args::{Evaluate, Format},
    engine_args::EngineArgs,
    failure::Failure,
    input, models,
    progress::Progress,
};

pub(crate) fn run(args: &Evaluate) -> Result<(), Failure> {
    let options = args
        .input
        .options(LabelUse::Required, args.label.as_deref())?;
    let mut off_topic = OffTopic::default();
    let mut limit = None;
    let evaluation = match args.folds {
        Some(folds) => {
            let params = args.engine.params()?;
            let (texts, labels) = input::load(&args.data, &options)?;
            let _progress =
                Progress::working(format!("{folds} folds of {} documents", texts.len()));
            cross_validate(&params, &texts, &labels, folds)?
        }
        None if args.engine != EngineArgs::default() => {
            return Err(Failure::usage(
                "training options have no meaning for a finished model: add --folds K to try them, \
                 or train a model with them",
            ));
        }
        None => {
            let model = models::open(args.model.as_deref())?;
            let background = model.settings().background.clone();
            let mut evaluation = Evaluation::new(model.labels());
            let mut scratch = Scratch::default();
            for path in &args.data {
                let mut records = input::open(path, &options)?;
                let progress = Progress::reading(path, records.total_bytes());
                while let Some(record) = records.next() {
                    let record = record?;
                    let label = record.label.unwrap_or_default();
                    if let Some(background) = &background {
                        let shares = model.shares_with(&mut scratch, &record.text);
                        off_topic.add(label != *background, shares.evidence());
                        limit = model.calibration().other_below;
                        if label != *background {
                            evaluation.add(&label, shares.verdict());
                        }
                    } else {
                        evaluation.add(&label, &model.classify_with(&mut scratch, &record.text));
                    }
                    progress.at(records.bytes_read());
                }
            }
            evaluation
        }
    };
    let off_topic = off_topic.report(limit);
    if evaluation.n() == 0 {
        return Err(Failure::work(
            "there are no labelled records to evaluate on",
        ));
    }
    let mut out = BufWriter::new(io::stdout().lock());
    match args.format {
        Format::Json => {
            let answer = Figures {
                report: evaluation.report(),
                off_topic,
            };
            serde_json::to_writer(&mut out, &answer)?;
            writeln!(out)?;
        }
        Format::Csv => write_csv(&mut out, &evaluation)?,
        Format::Text => {
            write_text(&mut out, &evaluation)?;
            if let Some(report) = off_topic {
                write_off_topic(&mut out, &report)?;
            }
        }
    }
    out.flush()?;
    Ok(())
}

/// All figures as one object.
#[derive(Serialize)]
struct Figures {
    #[serde(flatten)]
    report: Report,
    #[serde(skip_serializing_if = "Option::is_none")]
    off_topic: Option<OffTopicReport>,
}

fn write_off_topic(out: &mut impl Write, report: &OffTopicReport) -> io::Result<()> {
    writeln!(
        out,
        "\nabout none of the topics: {} documents, AUROC {:.4}",
        report.n, report.auroc
    )?;
    if let (Some(caught), Some(lost)) = (report.caught, report.lost) {
        writeln!(
            out,
            "answered `other`: {caught:.4} of them, {lost:.4} of the documents about a topic"
        )?;
    }
    Ok(())
}

/// One row a class; the confusion matrix as one column a predicted class.
fn write_csv(out: &mut impl Write, evaluation: &Evaluation) -> Result<(), Failure> {
    let mut csv = csv::Writer::from_writer(out);
    let fixed = ["label", "precision", "recall", "f1", "support"].map(str::to_owned);
    let predicted = evaluation
        .labels()
        .iter()
        .map(|label| format!("predicted {label}"));
    csv.write_record(fixed.into_iter().chain(predicted))?;
    for (scores, confusion) in evaluation.per_class().iter().zip(evaluation.confusion()) {
        let fixed = [
            scores.label.clone(),
            scores.precision.to_string(),
            scores.recall.to_string(),
            scores.f1.to_string(),
            scores.support.to_string(),
        ];
        csv.write_record(
            fixed
                .into_iter()
                .chain(confusion.iter().map(u64::to_string)),
        )?;
    }
    csv.flush()?;
    Ok(())
}

fn write_text(out: &mut impl Write, evaluation: &Evaluation) -> io::Result<()> {
    let figures = [
        ("documents", evaluation.n().to_string()),
        ("accuracy", format!("{:.4}", evaluation.accuracy())),
        ("macro F1", format!("{:.4}", evaluation.macro_f1())),
        ("weighted F1", format!("{:.4}", evaluation.weighted_f1())),
        ("log-loss", format!("{:.4}", evaluation.log_loss())),
        (
            "calibration error",
            format!("{:.4}", evaluation.calibration_error()),
        ),
    ];
    for (name, figure) in figures {
        writeln!(out, "{name:17}  {figure}")?;
    }
    let labels = evaluation.labels();
    let width = labels
        .iter()
        .map(|label| label.chars().count())
        .max()
        .unwrap_or(0)
        .max(5);
    writeln!(
        out,
        "\n{:width$}  precision  recall      f1  support",
        "label"
    )?;
    for scores in evaluation.per_class() {
        let slugline::evaluate::ClassScores {
            label,
            precision,
            recall,
            f1,
            support,
        } = scores;
        writeln!(
            out,
            "{label:width$}  {precision:9.4}  {recall:6.4}  {f1:6.4}  {support:7}"
        )?;
    }
    writeln!(
        out,
        "\nconfusion: a row for each true label, a column for each answer"
    )?;
    write!(out, "{:width$}", "")?;
    let cell = |label: &String| label.chars().count().clamp(6, 24);
    for label in labels {
        write!(out, "  {label:>0$.24}", cell(label))?;
    }
    writeln!(out)?;
    for (label, counts) in labels.iter().zip(evaluation.confusion()) {
        write!(out, "{label:width$}")?;
        for (column, count) in labels.iter().zip(counts) {
            write!(out, "  {count:>0$}", cell(column))?;
        }
        writeln!(out)?;
    }
    Ok(())
}
