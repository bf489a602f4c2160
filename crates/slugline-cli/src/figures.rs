//! How good a model is, as text and CSV.

use std::io::{self, Write};

use slugline::evaluate::Evaluation;

use crate::failure::Failure;

/// One row a class; the confusion matrix as one column a predicted class.
pub(crate) fn write_csv(out: &mut impl Write, evaluation: &Evaluation) -> Result<(), Failure> {
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

pub(crate) fn write_text(out: &mut impl Write, evaluation: &Evaluation) -> io::Result<()> {
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
