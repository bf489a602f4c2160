//! `slugline evaluate`.

use std::{
    collections::BTreeMap,
    io::{self, BufWriter, Write},
};

use serde::Serialize;
use slugline::{
    OTHER, Scratch, TextClassifier,
    evaluate::{Evaluation, OffTopic, OffTopicReport, Report, cross_validate_each},
    wording::{count, name, names},
};

use crate::{
    answers::source,
    args::Evaluate,
    auto,
    engine_args::EngineArgs,
    failure::Failure,
    figures::{write_csv, write_text},
    input::{self, Reading},
    layout::{self, wrapped},
    models, notices,
    output_format::OutputFormat,
    outputs::{self, Files, Look},
    progress::Progress,
    say,
    wrong::{Wrong, WrongFile, reasons},
};

pub(crate) fn run(args: &Evaluate, files: &Files) -> Result<(), Failure> {
    if args.folds.is_none() && args.engine != EngineArgs::default() {
        return Err(Failure::usage(
            "training options have no meaning for a finished model: add --folds K to try them, \
             or train a model with them",
        ));
    }
    let mut reading = args.input.reading()?;
    let mut wrong = match &args.errors.errors {
        Some(path) => Some(WrongFile::create(path)?),
        None => None,
    };
    let measured = match args.folds {
        Some(folds) => over_folds(args, folds, &mut reading, wrong.as_mut())?,
        None => of_model(args, &mut reading, wrong.as_mut())?,
    };
    if let Some(wrong) = wrong {
        outputs::check(files, Look::Again)?;
        wrong.finish(measured.judged)?;
    }
    let Measured {
        evaluation,
        off_topic,
        ..
    } = measured;
    let mut out = BufWriter::new(io::stdout().lock());
    match args.format {
        OutputFormat::Json => {
            let answer = Figures {
                report: evaluation.report(),
                off_topic,
            };
            serde_json::to_writer(&mut out, &answer)?;
            writeln!(out)?;
        }
        OutputFormat::Csv => write_csv(&mut out, &evaluation)?,
        OutputFormat::Text => {
            let width = layout::width();
            write_text(&mut out, &evaluation, width)?;
            if let Some(report) = off_topic {
                write_off_topic(&mut out, &report, width)?;
            }
        }
    }
    out.flush()?;
    Ok(())
}

/// What was found.
struct Measured {
    evaluation: Evaluation,
    off_topic: Option<OffTopicReport>,
    /// Documents that were judged, those about none of the topics among them where there is a limit.
    judged: u64,
}

fn over_folds(
    args: &Evaluate,
    folds: usize,
    reading: &mut Reading,
    wrong: Option<&mut WrongFile>,
) -> Result<Measured, Failure> {
    let params = args.engine.params()?;
    let auto = args.engine.auto().calibrate(args.calibrate);
    reading.keeps_columns = wrong.is_some();
    let data = input::load(&args.data, reading)?;
    // Said when the progress no longer is in the way.
    let mut chosen = Vec::new();
    let mut found: Vec<(usize, Wrong)> = Vec::new();
    let evaluation = {
        let documents = count(data.texts.len(), "document");
        let _progress = Progress::working(format!("{} of {documents}", count(folds, "fold")));
        cross_validate_each(
            &data.examples()?,
            folds,
            |examples| {
                let model = params.fit_auto(examples, auto)?;
                chosen.extend(auto::chosen(&model, auto));
                Ok(model)
            },
            |document, model, verdict| {
                let (text, label) = (&data.texts[document], &data.labels[document]);
                if wrong.is_some() && verdict.label() != label {
                    let document_wrong = Wrong {
                        source: data.place(document),
                        id: data.id(document).map(str::to_owned),
                        text: text.clone(),
                        label: label.clone(),
                        answer: verdict.label().to_owned(),
                        probability: verdict.probability(),
                        reasons: reasons(model, text, verdict.label(), label),
                    };
                    found.push((document, document_wrong));
                }
            },
        )?
    };
    for (fold, chosen) in chosen.iter().enumerate() {
        say::note(format_args!("fold {}: {chosen}", fold + 1));
    }
    note_rare(&data.labels, folds);
    if let Some(file) = wrong {
        // As they stand in the data, and not fold by fold.
        found.sort_by_key(|(document, _)| *document);
        for (_, document) in &found {
            file.add(document)?;
        }
    }
    Ok(Measured {
        judged: evaluation.n(),
        evaluation,
        off_topic: None,
    })
}

/// Says which labels cannot be answered rightly, since all their documents are in one fold.
fn note_rare(labels: &[String], folds: usize) {
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    for label in labels {
        *counts.entry(label).or_default() += 1;
    }
    let all: Vec<&str> = counts.keys().copied().collect();
    notices::of_labels(&all, None);
    let alone: Vec<&str> = counts
        .iter()
        .filter(|(_, count)| **count < 2)
        .map(|(label, _)| *label)
        .collect();
    if !alone.is_empty() {
        say::note(format_args!(
            "slugline: warning: {} with a single document ({}) cannot be learned in {folds} folds: the model \
             that judges the document has not seen the label",
            count(alone.len(), "label"),
            names(&alone)
        ));
    }
}

fn of_model(
    args: &Evaluate,
    reading: &mut Reading,
    mut wrong: Option<&mut WrongFile>,
) -> Result<Measured, Failure> {
    let model = models::open(args.model.as_deref())?;
    let background = model.settings().background.clone();
    let limit = model.calibration().other_below;
    let mut evaluation = Evaluation::new(model.labels());
    let mut off_topic = OffTopic::default();
    let mut scratch = Scratch::default();
    let mut judged = 0;
    // The answer `other` counts for nothing in the figures of the topics, but it is one.
    let needs_shares = background.is_some() || (limit.is_some() && wrong.is_some());
    reading.beside(model.labels());
    input::each(&args.data, reading, |mut record| {
        let label = record.label.take().unwrap_or_default();
        let about_none = background.as_deref() == Some(&label);
        let (answer, probability) = if needs_shares {
            let shares = model.shares_with(&mut scratch, &record.text);
            let verdict = shares.verdict();
            if background.is_some() {
                off_topic.add(!about_none, shares.evidence());
            }
            if !about_none {
                evaluation.add(&label, verdict);
            } else if limit.is_none() {
                // There is no answer but a topic.
                return Ok(());
            }
            (shares.label_or_other().to_owned(), verdict.probability())
        } else {
            let verdict = model.classify_with(&mut scratch, &record.text);
            evaluation.add(&label, &verdict);
            (verdict.label().to_owned(), verdict.probability())
        };
        let is_right = answer == label || (about_none && answer == OTHER);
        judged += 1;
        if let Some(file) = wrong.as_deref_mut().filter(|_| !is_right) {
            file.add(&Wrong {
                source: source(&record),
                id: record.id,
                reasons: reasons(&model, &record.text, &answer, &label),
                text: record.text,
                label,
                answer,
                probability,
            })?;
        }
        Ok(())
    })?;
    check_labels(reading.labels(), &model)?;
    Ok(Measured {
        evaluation,
        off_topic: off_topic.report(limit),
        judged,
    })
}

/// Fails where the data and the model have no label in common, and names the labels that only the data
/// has.
fn check_labels(labels: &BTreeMap<String, u64>, model: &TextClassifier) -> Result<(), Failure> {
    if labels.is_empty() {
        return Err(Failure::work(
            "there are no labelled records to evaluate on",
        ));
    }
    let background = model.settings().background.as_deref();
    let is_topic = |label: &String| model.labels().contains(label);
    let is_known = |label: &String| is_topic(label) || background == Some(label);
    let listed = |labels: &[(&String, &u64)]| {
        let mut labels = labels.to_vec();
        labels.sort_by(|a, b| b.1.cmp(a.1).then(a.0.cmp(b.0)));
        let most = labels.len().min(20);
        let shown = labels[..most].iter();
        let shown = shown.map(|(label, n)| format!("{} ({})", name(label), count(**n, "document")));
        let shown = shown.collect::<Vec<String>>().join(", ");
        match labels.len() - most {
            0 => shown,
            more => format!("{shown} and {more} more"),
        }
    };
    if !labels.keys().any(is_topic) {
        let all: Vec<(&String, &u64)> = labels.iter().collect();
        let of_model = names(model.labels());
        return Err(Failure::work(format!(
            "the data and the model have no label in common: the data has {}, the model {of_model}; choose \
             the column of the labels with --label, another model with --model, or write the labels alike",
            listed(&all),
        )));
    }
    let unknown: Vec<(&String, &u64)> = labels
        .iter()
        .filter(|(label, _)| !is_known(label))
        .collect();
    if !unknown.is_empty() {
        say::note(format_args!(
            "slugline: warning: the model does not know {} of the data and answers all their documents \
             wrongly: {}; its labels are {}",
            count(unknown.len(), "label"),
            listed(&unknown),
            names(model.labels())
        ));
    }
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

fn write_off_topic(
    out: &mut impl Write,
    report: &OffTopicReport,
    width: Option<usize>,
) -> io::Result<()> {
    let line = format!(
        "about none of the topics: {}, AUROC {:.4}",
        count(report.n, "document"),
        report.auroc
    );
    writeln!(out, "\n{}", wrapped(&line, width, 2))?;
    if let (Some(caught), Some(lost)) = (report.caught, report.lost) {
        let line = format!(
            "answered `{OTHER}`: {caught:.4} of them, {lost:.4} of the documents about a topic"
        );
        writeln!(out, "{}", wrapped(&line, width, 2))?;
    }
    Ok(())
}
