//! `slugline train` and `slugline merge`.

use slugline::{Auto, TextClassifier, dataset::LabelUse};

use crate::{
    auto,
    failure::Failure,
    input,
    learn_args::{Merge, Train},
    models,
    progress::Progress,
    say,
};

pub(crate) fn run(args: &Train) -> Result<(), Failure> {
    let params = args.engine.params()?;
    let options = args
        .input
        .options(LabelUse::Required, args.label.as_deref())?;
    models::check_output(&args.output)?;
    let data = input::load(&args.data, &options)?;
    let auto = Auto {
        calibrate: args.calibrate,
        ..args.engine.auto()
    };
    let model = {
        let _progress = Progress::working(format!("training on {} documents", data.texts.len()));
        auto::fit(&params, auto, &data.texts, &data.labels)?
    };
    if let Some(chosen) = auto::chosen(&model, auto) {
        say::note(chosen);
    }
    let model = models::with_sources(model, &args.data);
    models::save(&model, &args.output)
}

pub(crate) fn merge(args: &Merge) -> Result<(), Failure> {
    models::check_output(&args.output)?;
    let mut merged: Option<TextClassifier> = None;
    for path in &args.models {
        let model = TextClassifier::map(path)?;
        merged = Some(match merged {
            None => model,
            Some(merged) => merged
                .merge(&model)
                .map_err(|error| Failure::work(format!("{}: {error}", path.display())))?,
        });
    }
    match merged {
        Some(merged) => models::save(&merged, &args.output),
        None => Err(Failure::usage("merge what? Name two models or more")),
    }
}
