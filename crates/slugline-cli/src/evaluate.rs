//! `slugline evaluate`.

use std::io::{self, BufWriter, Write};

use serde::Serialize;
use slugline::{
    Auto, Scratch,
    evaluate::{Evaluation, OffTopic, OffTopicReport, Report, cross_validate_with},
};

use crate::{
    args::{Evaluate, Format},
    auto,
    engine_args::EngineArgs,
    failure::Failure,
    figures::{write_csv, write_text},
    input, models,
    progress::Progress,
    say,
};

pub(crate) fn run(args: &Evaluate) -> Result<(), Failure> {
    let mut reading = args.input.reading()?;
    let mut off_topic = OffTopic::default();
    let mut limit = None;
    let evaluation = match args.folds {
        Some(folds) => {
            let params = args.engine.params()?;
            let auto = Auto {
                calibrate: args.calibrate,
                ..args.engine.auto()
            };
            let data = input::load(&args.data, &mut reading)?;
            // Said when the progress no longer is in the way.
            let mut chosen = Vec::new();
            let evaluation = {
                let what = format!("{folds} folds of {} documents", data.texts.len());
                let _progress = Progress::working(what);
                cross_validate_with(&data.texts, &data.labels, folds, |texts, labels| {
                    let model = params.fit_auto(texts, labels, None, auto)?;
                    chosen.extend(auto::chosen(&model, auto));
                    Ok(model)
                })?
            };
            for (fold, chosen) in chosen.iter().enumerate() {
                say::note(format_args!("fold {}: {chosen}", fold + 1));
            }
            evaluation
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
            reading.beside(model.labels());
            input::each(&args.data, &mut reading, |record| {
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
                Ok(())
            })?;
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
