//! The file of `evaluate --errors`: wrongly classified documents, and why.

use std::{borrow::Cow, path::Path};

use serde::Serialize;
use slugline::{TextClassifier, wording::count};

use crate::{
    failure::Failure,
    record_file::{RecordFile, RecordFormat},
    say,
};

/// The number of terms given as reasons.
const REASONS: usize = 5;

/// A wrongly classified document.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct WrongAnswer {
    pub(crate) source: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) id: Option<String>,
    pub(crate) text: String,
    /// The true label.
    pub(crate) label: String,
    pub(crate) answer: String,
    /// The probability of the answer.
    pub(crate) probability: f64,
    /// The terms that speak most for the answer and against the label.
    pub(crate) reasons: Vec<ReasonTerm>,
}

/// A term and its contribution to the score of the answer minus that of the label.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct ReasonTerm {
    term: String,
    contribution: f64,
    count: usize,
}

/// The terms for which the model answers `answer` and not `label`, which may be unknown to it.
pub(crate) fn reasons(
    model: &TextClassifier,
    text: &str,
    answer: &str,
    label: &str,
) -> Vec<ReasonTerm> {
    let is_known = model.labels().iter().any(|known| known == label);
    let versus = Some(label).filter(|_| is_known);
    // The answer is one of the model's labels; `other` has no terms of its own.
    let Ok(explanation) = model.explain_label(text, answer, versus) else {
        return Vec::new();
    };
    let fors = explanation.reasons.into_iter();
    let fors = fors.filter(|reason| reason.contribution > 0.0);
    fors.take(REASONS)
        .map(|reason| ReasonTerm {
            term: reason.term,
            contribution: reason.contribution,
            count: reason.count,
        })
        .collect()
}

impl WrongAnswer {
    fn fields(&self) -> Vec<Cow<'_, str>> {
        let reasons = self.reasons.iter();
        let reasons = reasons.map(|term| format!("{} {:+.4}", term.term, term.contribution));
        vec![
            (&self.source).into(),
            self.id.as_deref().unwrap_or_default().into(),
            (&self.text).into(),
            (&self.label).into(),
            (&self.answer).into(),
            self.probability.to_string().into(),
            reasons.collect::<Vec<String>>().join("; ").into(),
        ]
    }
}

/// The columns of the file, and the keys of [`WrongAnswer`].
const HEADER: [&str; 7] = [
    "source",
    "id",
    "text",
    "label",
    "answer",
    "probability",
    "reasons",
];

/// The file of wrongly classified documents.
pub(crate) struct WrongAnswerFile {
    file: RecordFile,
    written: u64,
}

impl WrongAnswerFile {
    pub(crate) fn create(path: &Path) -> Result<Self, Failure> {
        let format = RecordFormat::of("--errors", path)?;
        Ok(Self {
            file: RecordFile::create(path, format, &HEADER)?,
            written: 0,
        })
    }

    pub(crate) fn add(&mut self, wrong: &WrongAnswer) -> Result<(), Failure> {
        self.written += 1;
        self.file.add(wrong, || wrong.fields())
    }

    /// Completes the file and prints how many of how many documents are in it.
    pub(crate) fn finish(self, of: u64) -> Result<(), Failure> {
        let path = self.file.finish()?;
        say::note(format_args!(
            "{}: {} wrongly classified, of {of}",
            say::shown(&path),
            count(self.written, "document")
        ));
        Ok(())
    }
}
