//! `slugline update` and `slugline forget`.

use std::path::Path;

use slugline::{
    Calibration, Error, Examples, LabelType, TextClassifier,
    wording::{count, name, names},
};

use crate::{
    failure::Failure,
    input,
    labelled::Labelled,
    learn_args::{ChangeArgs, UpdateArgs},
    models,
    outputs::Files,
    progress::Progress,
    say,
};

pub(crate) fn update(args: &UpdateArgs, files: &Files) -> Result<(), Failure> {
    let (change, known_only) = (&args.change, args.known_labels);
    let (model, data) = read(change, |model, label| match known_only {
        true => check_known(model, label),
        false => check_type(model, label),
    })?;
    let n = data.texts.len();
    let changed = {
        let _progress = Progress::working(format!("adding {}", count(n, "document")));
        model.partial_fit(&data.examples()?)?
    };
    let new_terms = changed
        .vocabulary()
        .iter()
        .filter(|term| model.vocabulary().id(term).is_none())
        .count();
    let new_labels: Vec<&str> = changed
        .labels()
        .iter()
        .filter(|label| model.labels().binary_search(label).is_err())
        .map(String::as_str)
        .collect();
    let labels = match new_labels.as_slice() {
        [] => "no new label".to_owned(),
        [label] => format!("a new label: {}", name(label)),
        labels => format!("new labels: {}", names(labels)),
    };
    say::note(format_args!(
        "added {}, {labels}, {}",
        count(n, "document"),
        count(new_terms, "new term")
    ));
    warn_of_dropped(&model);
    let changed = models::with_sources(changed, &change.data);
    models::save(&changed, &change.output, files)
}

pub(crate) fn forget(args: &ChangeArgs, files: &Files) -> Result<(), Failure> {
    let (model, data) = read(args, check_known)?;
    let n = data.texts.len();
    let changed = {
        let _progress = Progress::working(format!("forgetting {}", count(n, "document")));
        let changed = model.forget(&data.examples()?);
        changed.map_err(|error| match error {
            Error::NotLearned(_) => Failure::work(format!("{}: {error}", input::names(&args.data))),
            other => other.into(),
        })?
    };
    let gone = model
        .vocabulary()
        .iter()
        .filter(|term| changed.vocabulary().id(term).is_none())
        .count();
    say::note(format_args!(
        "forgot {}, and {} that no other document holds",
        count(n, "document"),
        count(gone, "term")
    ));
    warn_of_dropped(&model);
    models::save(&changed, &args.output, files)
}

/// Reads the model and the documents, and checks their labels.
fn read(
    args: &ChangeArgs,
    check: impl Fn(&TextClassifier, &str) -> Result<(), String>,
) -> Result<(TextClassifier, Labelled), Failure> {
    let mut reading = args.input.reading()?;
    models::check_output(&args.output)?;
    // Loaded, not mapped: the file may be the one that is written.
    let model = TextClassifier::load(args.model())?.with_threads(args.threads.into());
    check_exact(&model, args.model())?;
    reading.compare_with(model.labels());
    reading.options.probabilities = true;
    let data = input::load(&args.data, &mut reading)?;
    for (document, label) in data.all_labels() {
        check(&model, label)
            .map_err(|why| Failure::work(format!("{}: {why}", data.place(document))))?;
    }
    Ok((model, data))
}

/// Fails before any data is read where the model's sums are not exact, with the library's reason.
fn check_exact(model: &TextClassifier, path: &Path) -> Result<(), Failure> {
    if model.sums_are_exact() {
        return Ok(());
    }
    match Examples::new(&[""; 0], &[""; 0]).and_then(|none| model.partial_fit(&none)) {
        Err(error) => {
            let error = Failure::from(error);
            Err(Failure::work(format!("{}: {error}", say::shown(path))))
        }
        Ok(_) => Ok(()),
    }
}

/// Fails where a label is none of the model's, and not its background either.
fn check_known(model: &TextClassifier, label: &str) -> Result<(), String> {
    let labels = model.labels();
    let background = model.settings().background.as_deref();
    if labels.iter().any(|own| own == label) || background == Some(label) {
        return Ok(());
    }
    Err(format!(
        "the model does not have the label {label:?}: expected one of {}",
        names(labels)
    ))
}

/// Fails where a new label is not of the type of the model's labels: text fits no model of whole numbers.
fn check_type(model: &TextClassifier, label: &str) -> Result<(), String> {
    let good = match model.label_type() {
        LabelType::Text => true,
        LabelType::Integer => label.parse::<i128>().is_ok_and(|n| n.to_string() == label),
        // Numbers and truth values are spelt in several ways.
        _ => return check_known(model, label),
    };
    match good {
        true => Ok(()),
        false => Err(format!(
            "the label is {label:?}: expected a whole number, as the model's labels are, such as {}",
            model.labels().first().map_or("0", String::as_str)
        )),
    }
}

/// Warns of what a change of a model drops.
pub(crate) fn warn_of_dropped(model: &TextClassifier) {
    Dropped::of(model).warn();
}

/// What a change of models drops.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Dropped {
    calibration: bool,
    refinement: bool,
}

impl Dropped {
    pub(crate) fn of(model: &TextClassifier) -> Self {
        Self {
            calibration: model.calibration() != Calibration::default(),
            refinement: model.settings().refine.is_some(),
        }
    }

    /// What is dropped of this or of another model.
    pub(crate) fn or(self, other: Self) -> Self {
        Self {
            calibration: self.calibration || other.calibration,
            refinement: self.refinement || other.refinement,
        }
    }

    pub(crate) fn warn(self) {
        if self.calibration {
            say::warning(
                "the calibration is dropped, since it was chosen for the unchanged model: `slugline train \
                 --calibrate` on all documents chooses a new one",
            );
        }
        if self.refinement {
            say::warning(
                "the refinement is dropped, since it was learned from documents that the model no longer has: \
                 `slugline train --refine` on all documents learns one",
            );
        }
    }
}
