//! `slugline inspect`.

use std::{
    collections::BTreeMap,
    io::{self, BufWriter, Write},
};

use serde::Serialize;
use slugline::{
    Calibration, Provenance, TextClassifier, TextClassifierParams, printable, wording::count,
};

use crate::{
    args::{InspectArgs, InspectFormat},
    failure::Failure,
    layout::{self, clip, wrapped},
    models,
};

#[derive(Serialize)]
struct Contents<'a> {
    documents: u64,
    terms: usize,
    labels: BTreeMap<&'a str, LabelContents>,
    #[serde(skip_serializing_if = "Option::is_none")]
    background_documents: Option<f64>,
    prior_terms: usize,
    calibration: Calibration,
    merges_exactly: bool,
    settings: &'a TextClassifierParams,
    provenance: &'a Provenance,
}

#[derive(Serialize)]
struct LabelContents {
    documents: f64,
    top_terms: Vec<(String, f64)>,
}

pub(crate) fn run(args: &InspectArgs) -> Result<(), Failure> {
    let model = models::open(args.model.as_deref())?;
    let contents = contents(&model, args.top)?;
    model.check()?;
    let mut out = BufWriter::new(io::stdout().lock());
    match args.format {
        InspectFormat::Json => {
            serde_json::to_writer(&mut out, &contents)?;
            writeln!(out)?;
        }
        InspectFormat::Text => write_text(&mut out, &contents)?,
    }
    out.flush()?;
    Ok(())
}

fn contents(model: &TextClassifier, top: usize) -> Result<Contents<'_>, Failure> {
    let mut labels = BTreeMap::new();
    let all = model.labels().iter().zip(model.class_count());
    for ((label, &documents), top_terms) in all.zip(model.top_terms_by_label(top)?) {
        labels.insert(
            label.as_str(),
            LabelContents {
                documents,
                top_terms,
            },
        );
    }
    Ok(Contents {
        documents: model.n_documents(),
        terms: model.vocabulary().len(),
        labels,
        background_documents: model.background_count(),
        prior_terms: model.prior_count(),
        calibration: model.calibration(),
        merges_exactly: model.settings().sums_are_exact(),
        settings: model.settings(),
        provenance: model.provenance(),
    })
}

fn write_text(out: &mut impl Write, contents: &Contents<'_>) -> Result<(), Failure> {
    let width = layout::width();
    writeln!(out, "documents  {}", contents.documents)?;
    writeln!(out, "terms      {}", contents.terms)?;
    writeln!(
        out,
        "merges     {}",
        if contents.merges_exactly {
            "exactly"
        } else {
            "not exactly (see --idf-order)"
        }
    )?;
    let provenance = contents.provenance;
    let trained = format!(
        "trained    by slugline {} on {}",
        printable(&provenance.slugline),
        match provenance.sources.as_slice() {
            [] => "data without a name".to_owned(),
            sources => printable(&sources.join(", ")).into_owned(),
        }
    );
    writeln!(out, "{}", wrapped(&trained, width, 11))?;
    if let Some(documents) = contents.background_documents {
        let documents = count(documents.round() as u64, "document");
        writeln!(out, "background {documents} about none of the topics")?;
    }
    if contents.prior_terms > 0 {
        writeln!(out, "prior      {}", count(contents.prior_terms, "term"))?;
    }
    let Calibration {
        temperature,
        by_length,
        other_below,
        ..
    } = contents.calibration;
    // No calibration ends at exactly 1, the temperature of a model that never was calibrated.
    let never = Calibration::default().temperature;
    let how = if by_length { ", by length" } else { "" };
    match temperature.total_cmp(&never).is_eq() {
        true => writeln!(out, "calibrated no")?,
        false => writeln!(out, "calibrated temperature {temperature:.3}{how}")?,
    }
    if let Some(limit) = other_below {
        writeln!(out, "other      below an evidence of {limit:.3}")?;
    }
    writeln!(out, "\nlabels, their documents and strongest terms")?;
    for (label, of_label) in &contents.labels {
        let terms: Vec<&str> = of_label
            .top_terms
            .iter()
            .map(|(term, _)| term.as_str())
            .collect();
        // Weighted counts need not be whole.
        let documents = (of_label.documents * 10.0).round() / 10.0;
        let room = width.map_or(usize::MAX, |width| width / 2);
        let line = format!(
            "  {} ({documents}): {}",
            clip(label, room),
            printable(&terms.join(", "))
        );
        writeln!(out, "{}", wrapped(&line, width, 4))?;
    }
    let settings = serde_json::to_string_pretty(contents.settings)?;
    writeln!(out, "\nsettings")?;
    for line in settings.lines() {
        writeln!(out, "{}", clip(line, width.unwrap_or(usize::MAX)))?;
    }
    Ok(())
}
