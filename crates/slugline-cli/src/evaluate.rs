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
    args::EvaluateArgs,
    auto,
    engine_args::EngineArgs,
    failure::Failure,
    figures::{write_csv, write_text},
    input::{self, Reading},
    layout::{self, wrapped},
    models, notices,
    output_format::OutputFormat,
    outputs::{self, CheckDepth, Files},
    progress::Progress,
    say,
    wrong::{WrongAnswer, WrongAnswerFile, reasons},
};

pub(crate) fn run(args: &EvaluateArgs, files: &Files) -> Result<(), Failure> {
    if args.folds.is_none() && args.engine != EngineArgs::default() {
        return Err(Failure::usage(
            "training options have no effect on a trained model: add --folds K to evaluate them, or train \
             a model with them",
        ));
    }
    let mut reading = args.input.reading()?;
    let mut wrong = match &args.errors.errors {
        Some(path) => Some(WrongAnswerFile::create(path)?),
        None => None,
    };
    let measured = match args.folds {
        Some(folds) => evaluate_folds(args, folds, &mut reading, wrong.as_mut())?,
        None => evaluate_model(args, &mut reading, wrong.as_mut())?,
    };
    if let Some(wrong) = wrong {
        outputs::check(files, CheckDepth::WithoutFolders)?;
        wrong.finish(measured.n_evaluated)?;
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

/// The result of an evaluation.
struct Measured {
    evaluation: Evaluation,
    off_topic: Option<OffTopicReport>,
    /// Number of documents evaluated; background documents count where there is a limit for `other`.
    n_evaluated: u64,
}

fn evaluate_folds(
    args: &EvaluateArgs,
    folds: usize,
    reading: &mut Reading,
    wrong: Option<&mut WrongAnswerFile>,
) -> Result<Measured, Failure> {
    let params = args.engine.params()?;
    let auto = auto::calibrated(args.engine.auto(), args.calibrate);
    reading.keeps_columns = wrong.is_some();
    let data = input::load(&args.data, reading)?;
    // Printed after the progress bar is gone.
    let mut chosen = Vec::new();
    let mut found: Vec<(usize, WrongAnswer)> = Vec::new();
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
                    let document_wrong = WrongAnswer {
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
    warn_of_rare(&data.labels, folds);
    if let Some(file) = wrong {
        // In the order of the data, not fold by fold.
        found.sort_by_key(|(document, _)| *document);
        for (_, document) in &found {
            file.add(document)?;
        }
    }
    Ok(Measured {
        n_evaluated: evaluation.n(),
        evaluation,
        off_topic: None,
    })
}

/// Warns of labels with a single document: the model of its fold has not seen the label.
fn warn_of_rare(labels: &[String], folds: usize) {
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    for label in labels {
        *counts.entry(label).or_default() += 1;
    }
    let all: Vec<&str> = counts.keys().copied().collect();
    notices::warn_of_labels(&all, None);
    let alone: Vec<&str> = counts
        .iter()
        .filter(|(_, count)| **count < 2)
        .map(|(label, _)| *label)
        .collect();
    if !alone.is_empty() {
        say::warning(format_args!(
            "{} with a single document ({}) cannot be learned in {folds} folds: the model that classifies the \
             document has not seen the label",
            count(alone.len(), "label"),
            names(&alone)
        ));
    }
}

fn evaluate_model(
    args: &EvaluateArgs,
    reading: &mut Reading,
    mut wrong: Option<&mut WrongAnswerFile>,
) -> Result<Measured, Failure> {
    let model = models::open(args.model.as_deref())?;
    let background = model.settings().background.clone();
    let limit = model.calibration().other_below;
    let mut evaluation = Evaluation::new(model.labels());
    let mut off_topic = OffTopic::default();
    let mut scratch = Scratch::default();
    let mut n_evaluated = 0;
    // `other` does not count in the figures of the topics, but a wrong `other` is listed.
    let needs_shares = background.is_some() || (limit.is_some() && wrong.is_some());
    reading.compare_with(model.labels());
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
                // Without a limit there is no answer `other`.
                return Ok(());
            }
            (shares.label_or_other().to_owned(), verdict.probability())
        } else {
            let verdict = model.classify_with(&mut scratch, &record.text);
            evaluation.add(&label, &verdict);
            (verdict.label().to_owned(), verdict.probability())
        };
        let is_right = answer == label || (about_none && answer == OTHER);
        n_evaluated += 1;
        if let Some(file) = wrong.as_deref_mut().filter(|_| !is_right) {
            file.add(&WrongAnswer {
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
    model.check()?;
    check_labels(reading.labels(), &model)?;
    Ok(Measured {
        evaluation,
        off_topic: off_topic.report(limit),
        n_evaluated,
    })
}

/// Fails where the data and the model have no label in common; warns of labels that only the data has.
fn check_labels(labels: &BTreeMap<String, u64>, model: &TextClassifier) -> Result<(), Failure> {
    if labels.is_empty() {
        return Err(Failure::work("no labelled records"));
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
            "the data and the model have no label in common: the data has {}, the model {of_model}; name \
             the column of the labels with --label, or another model with --model",
            listed(&all),
        )));
    }
    let unknown: Vec<(&String, &u64)> = labels
        .iter()
        .filter(|(label, _)| !is_known(label))
        .collect();
    if !unknown.is_empty() {
        say::warning(format_args!(
            "the model does not know {} of the data, and all their documents are wrong: {}; its labels are {}",
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
            "answered with `{OTHER}`: {caught:.4} of them, {lost:.4} of the documents about a topic"
        );
        writeln!(out, "{}", wrapped(&line, width, 2))?;
    }
    Ok(())
}
