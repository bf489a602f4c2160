//! `slugline train` and `slugline merge`.

use std::path::Path;

use slugline::{
    Auto, Memory, TextClassifier, TextClassifierParams, TrainerOptions, dataset::Description,
    wording::count,
};

use crate::{
    auto, describe,
    failure::{Failure, flag},
    input::{self, Reading},
    learn_args::{MergeArgs, TrainArgs},
    models, notices,
    outputs::Files,
    progress::Progress,
    say,
    update::Dropped,
    values::parse,
};

pub(crate) fn run(args: &TrainArgs, files: &Files) -> Result<(), Failure> {
    let params = args.engine.params()?;
    let descriptions = args.describe.descriptions()?;
    let mut reading = args.input.reading()?;
    reading.compare_with_prior(&params.prior, &descriptions);
    models::check_output(&args.output)?;
    notices::warn_of_settings(&params)?;
    let auto = auto::calibrated(args.engine.auto(), args.calibrate);
    // What leaves texts out, or reads them in batches, needs one label for each.
    reading.options.probabilities =
        params.refine.is_none() && auto == Auto::default() && args.memory.is_none();
    let model = if let Some(memory) = &args.memory {
        if auto != Auto::default() {
            return Err(Failure::usage(
                "--memory reads the data once, and --calibrate and auto need it several times: leave one of \
                 them out",
            ));
        }
        if args.describe.is_given() {
            return Err(Failure::usage(
                "--memory reads the data once, and --describe and --unlabelled need it several times: leave one \
                 of them out",
            ));
        }
        from_stream(args, memory, &params, &mut reading)?
    } else if args.describe.is_given() {
        with_descriptions(args, &descriptions, params, &mut reading, auto)?
    } else {
        let data = input::load(&args.data, &mut reading)?;
        let _progress = Progress::working(format!(
            "training on {}",
            count(data.texts.len(), "document")
        ));
        params.fit_auto(&data.examples()?, auto)?
    };
    if let Some(chosen) = auto::chosen(&model, auto) {
        say::note(chosen);
    }
    let model = models::with_sources(model, &args.data);
    let model = models::with_sources(model, &args.describe.unlabelled);
    models::save(&model, &args.output, files)
}

/// Trains with descriptions of the labels, on text without labels, or both.
fn with_descriptions(
    args: &TrainArgs,
    descriptions: &[Description],
    mut params: TextClassifierParams,
    reading: &mut Reading,
    auto: Auto,
) -> Result<TextClassifier, Failure> {
    let how = args.describe.how()?;
    let is_labelled = args.describe.unlabelled.is_empty();
    if !is_labelled && auto != Auto::default() {
        return Err(Failure::usage(
            "--calibrate and auto choose by labelled documents, which --unlabelled has not: leave one of them out",
        ));
    }
    let (data, texts) = args.describe.load(&args.data, reading)?;
    let described = args.describe.prior(
        descriptions,
        &params,
        &reading.options,
        data.texts.iter().chain(&texts),
    )?;
    params.prior = params.prior.and(described);
    let examples = data.examples()?;
    let learned = {
        let documents = count(data.texts.len() + texts.len(), "document");
        let _progress = Progress::working(format!("training on {documents}"));
        if is_labelled {
            return Ok(params.fit_auto(&examples, auto)?);
        }
        params.fit_semi_supervised(&examples, &texts, &how)?
    };
    describe::tell(&learned, texts.len());
    Ok(learned.classifier)
}

/// Trains on data that is read once and never held in memory as a whole.
fn from_stream(
    args: &TrainArgs,
    memory: &str,
    params: &TextClassifierParams,
    reading: &mut Reading,
) -> Result<TextClassifier, Failure> {
    let memory: Memory = parse("memory", memory)?;
    let mut trainer = params.trainer(&TrainerOptions::default().memory(memory))?;
    // The batch comes on top of the memory limit: large enough for several threads, and no larger.
    let most = usize::try_from(memory.bytes() / 64).unwrap_or(usize::MAX);
    let batch = most.clamp(1 << 14, 4 << 20);
    input::in_batches(&args.data, reading, batch, |batch| {
        Ok(trainer.add(&batch.examples()?)?)
    })?;
    let trained = {
        let documents = count(trainer.n_documents(), "document");
        let _progress = Progress::working(format!("training on {documents}"));
        trainer.finish()?
    };
    if trained.pruned_terms > 0 {
        let stayed = trained.model.settings().features.pruning.max_features;
        say::warning(format_args!(
            "{} did not fit into --memory {memory}: only the most frequent were kept, as with \
             --max-features {}",
            count(trained.pruned_terms, "term"),
            stayed.unwrap_or_default()
        ));
    }
    Ok(trained.model)
}

pub(crate) fn merge(args: &MergeArgs, files: &Files) -> Result<(), Failure> {
    models::check_output(&args.output)?;
    let mut merged: Option<TextClassifier> = None;
    let mut dropped = Dropped::default();
    for path in &args.models {
        let model = models::read(path)?;
        dropped = dropped.or(Dropped::of(&model));
        merged = Some(match merged {
            None => model,
            Some(merged) => {
                check_settings(&merged, &args.models[0], &model, path)?;
                merged.merge(&model).map_err(|error| {
                    let error = Failure::from(error);
                    Failure::work(format!("{}: {error}", say::shown(path)))
                })?
            }
        });
    }
    match merged {
        Some(merged) => {
            // Models that cannot be merged were refused before.
            dropped.warn();
            models::save(&merged, &args.output, files)
        }
        None => Err(Failure::usage("merge: expected two models or more")),
    }
}

/// Fails where two models have different settings, with the flags, values and files.
fn check_settings(
    one: &TextClassifier,
    first: &Path,
    other: &TextClassifier,
    path: &Path,
) -> Result<(), Failure> {
    let differences = one.settings().differences(other.settings());
    if differences.is_empty() {
        return Ok(());
    }
    let (first, path) = (say::shown(first), say::shown(path));
    let differences = differences.into_iter().map(|(setting, [own, others])| {
        format!(
            "{} is {own} in {first} and {others} in {path}",
            flag(&setting)
        )
    });
    let differences = differences.collect::<Vec<String>>().join("; ");
    Err(Failure::work(format!(
        "{path}: models with different settings cannot be merged: {differences}"
    )))
}
