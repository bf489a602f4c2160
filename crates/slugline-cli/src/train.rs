//! `slugline train` and `slugline merge`.

use slugline::{Auto, TextClassifier, dataset::LabelUse};

use crate::{
    args::{Merge, Train},
    failure::Failure,
    input, models,
    progress::Progress,
};

pub(crate) fn run(args: &Train) -> Result<(), Failure> {
    let params = args.engine.params()?;
    let options = args
        .input
        .options(LabelUse::Required, args.label.as_deref())?;
    models::check_output(&args.output)?;
    let (texts, labels) = input::load(&args.data, &options)?;
    let mut model = {
        let _progress = Progress::working(format!("training on {} documents", texts.len()));
        match args.calibrate {
            true => params.fit_auto(
                &texts,
                &labels,
                None,
                Auto {
                    calibrate: true,
                    ..Auto::default()
                },
            )?,
            false => params.fit(&texts, &labels)?,
        }
    };
    for path in &args.data {
        // The name only: a model does not tell where on whose machine the data lay.
        let name = path.file_name().unwrap_or(path.as_os_str());
        model = model.with_source(name.to_string_lossy());
    }
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
