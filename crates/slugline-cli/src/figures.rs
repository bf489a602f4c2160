//! The figures of an evaluation, as text and CSV.

use std::io::{self, Write};

use slugline::evaluate::Evaluation;

use crate::{
    failure::Failure,
    layout::{clip, fit, pad, pad_start, widest, wrapped},
};

/// Writes one row per class; the confusion matrix is one column per predicted class.
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

/// Maximum width of a column of the confusion matrix.
const CELL: usize = 24;
/// Minimum width of a column, so that its numbers have room.
const LEAST_CELL: usize = 6;

pub(crate) fn write_text(
    out: &mut impl Write,
    evaluation: &Evaluation,
    width: Option<usize>,
) -> io::Result<()> {
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
    let numbers = "  precision  recall      f1  support";
    let mut columns = [widest(labels).max(5)];
    fit(&mut columns, numbers.len(), width, 8);
    let [of_label] = columns;
    let shown = |label: &str| pad(&clip(label, of_label), of_label);
    writeln!(out, "\n{}{numbers}", pad("label", of_label))?;
    for scores in evaluation.per_class() {
        let slugline::evaluate::ClassScores {
            label,
            precision,
            recall,
            f1,
            support,
            ..
        } = scores;
        writeln!(
            out,
            "{}  {precision:9.4}  {recall:6.4}  {f1:6.4}  {support:7}",
            shown(&label)
        )?;
    }
    write_confusion(out, evaluation, of_label, width)
}

/// Writes a row for each true label and a column for each predicted one: as many columns as there is room
/// for, and the others below them.
fn write_confusion(
    out: &mut impl Write,
    evaluation: &Evaluation,
    of_label: usize,
    width: Option<usize>,
) -> io::Result<()> {
    let labels = evaluation.labels();
    let title = "confusion matrix: a row for each true label, a column for each predicted one";
    writeln!(out, "\n{}", wrapped(title, width, 2))?;
    // Row names are shortened first, so that there is room for columns.
    let of_row = width.map_or(of_label, |width| of_label.min((width / 3).max(8)));
    let most = width.map_or(CELL, |width| CELL.min(width.saturating_sub(of_row + 2)));
    let of_cell = |column: usize| {
        let largest = evaluation.confusion().iter().map(|row| row[column]).max();
        let digits = largest.unwrap_or(0).to_string().len();
        let label = widest([&labels[column]]);
        label.clamp(LEAST_CELL, most.max(LEAST_CELL)).max(digits)
    };
    let mut first = 0;
    while first < labels.len() {
        let mut cells = vec![of_cell(first)];
        let mut taken = of_row + 2 + cells[0];
        while first + cells.len() < labels.len() {
            let cell = of_cell(first + cells.len());
            if width.is_some_and(|width| taken + 2 + cell > width) {
                break;
            }
            taken += 2 + cell;
            cells.push(cell);
        }
        if first > 0 {
            writeln!(out)?;
        }
        write!(out, "{}", " ".repeat(of_row))?;
        for (label, &cell) in labels[first..].iter().zip(&cells) {
            write!(out, "  {}", pad_start(&clip(label, cell), cell))?;
        }
        writeln!(out)?;
        for (label, counts) in labels.iter().zip(evaluation.confusion()) {
            write!(out, "{}", pad(&clip(label, of_row), of_row))?;
            for (count, &cell) in counts[first..].iter().zip(&cells) {
                write!(out, "  {count:>cell$}")?;
            }
            writeln!(out)?;
        }
        first += cells.len();
    }
    Ok(())
}
