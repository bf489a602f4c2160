//! `slugline adapt`.

use slugline::{ClassShares, SemiSupervised, Unlabelled, wording::count};

use crate::{
    failure::Failure, input, learn_args::AdaptArgs, models, outputs::Files, progress::Progress,
    say, update::warn_of_dropped,
};

/// A disagreement of shares above this is reported.
const FAR: f64 = 0.05;

pub(crate) fn run(args: &AdaptArgs, files: &Files) -> Result<(), Failure> {
    let options = Unlabelled::default()
        .weight(args.weight)
        .rounds(args.rounds)
        .class_shares(class_shares(&args.class_shares)?);
    models::check_output(&args.output)?;
    let mut reading = args.input.reading()?;
    let model = models::open(args.model.as_deref())?;
    let model = model.with(|model| Ok(model.with_threads(args.threads.into())))?;
    let texts = input::load(&args.files, &mut reading)?.texts;
    let adapted = {
        let _progress = Progress::working(format!("adapting to {}", count(texts.len(), "text")));
        model.adapt(&texts, &options)?
    };
    model.check()?;
    say::note(format_args!(
        "read {} in {}",
        count(texts.len(), "text"),
        count(adapted.rounds, "round")
    ));
    tell(&adapted, model.labels());
    warn_of_dropped(&model);
    let adapted = models::with_sources(adapted.classifier, &args.files);
    models::save(&adapted, &args.output, files)
}

/// Parses `--class-shares`.
pub(crate) fn class_shares(written: &str) -> Result<ClassShares, Failure> {
    Ok(match written {
        "uniform" => ClassShares::Uniform,
        "learned" => ClassShares::Learned,
        "free" => ClassShares::Free,
        numbers => {
            let shares: Result<Vec<f64>, _> =
                numbers.split(',').map(|n| n.trim().parse()).collect();
            ClassShares::Given(shares.map_err(|_| {
                Failure::usage(format!(
                    "--class-shares is {numbers}: expected uniform, learned, free, or numbers such as \
                     0.5,0.3,0.2"
                ))
            })?)
        }
    })
}

/// Warns where more rounds would change the model, and tells of the shares.
pub(crate) fn tell(adapted: &SemiSupervised, labels: &[String]) {
    if !adapted.converged {
        say::warning("--rounds: the shares had not converged after the last round: raise it");
    }
    note_shares(adapted, labels);
}

/// Prints the shares that the texts speak for, and warns where they differ from those that were held.
fn note_shares(adapted: &SemiSupervised, labels: &[String]) {
    let list = |shares: &[f64]| {
        let shares = labels.iter().zip(shares);
        let shares = shares.map(|(label, share)| format!("{label} {share:.2}"));
        shares.collect::<Vec<String>>().join(", ")
    };
    let free = list(&adapted.free_shares);
    match &adapted.held_shares {
        Some(held) if adapted.disagreement() > FAR => say::warning(format_args!(
            "--class-shares: the texts speak for other shares ({free}) than those that were held ({}): set \
             what you know",
            list(held)
        )),
        _ => say::note(format_args!("shares of the texts: {free}")),
    }
}
