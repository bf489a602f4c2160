//! `slugline adapt`.

use slugline::{ClassShares, SemiSupervised, Unlabelled, wording::count};

use crate::{
    failure::Failure, input, learn_args::Adapt, models, outputs::Files, progress::Progress, say,
    update::note_calibration,
};

/// Shares that differ by more than this are said.
const FAR: f64 = 0.05;

pub(crate) fn run(args: &Adapt, files: &Files) -> Result<(), Failure> {
    let how = Unlabelled::default()
        .weight(args.weight)
        .rounds(args.rounds)
        .class_shares(class_shares(&args.class_shares)?);
    models::check_output(&args.output)?;
    let mut reading = args.input.reading()?;
    let model = models::open(args.model.as_deref())?.into_owned();
    let model = model.with_threads(args.threads.into());
    let texts = input::load(&args.files, &mut reading)?.texts;
    let adapted = {
        let _progress = Progress::working(format!("adapting to {}", count(texts.len(), "text")));
        model.adapt(&texts, &how)?
    };
    say::note(format_args!(
        "read {} in {}",
        count(texts.len(), "text"),
        count(adapted.rounds, "round")
    ));
    if !adapted.converged {
        say::note("slugline: --rounds: the texts were still moving after the last one: raise it");
    }
    note_shares(&adapted, model.labels());
    note_calibration(&model);
    let adapted = models::with_sources(adapted.classifier, &args.files);
    models::save(&adapted, &args.output, files)
}

fn class_shares(written: &str) -> Result<ClassShares, Failure> {
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

/// What the texts say of the shares that were held, where it is something else.
fn note_shares(adapted: &SemiSupervised, labels: &[String]) {
    let list = |shares: &[f64]| {
        let shares = labels.iter().zip(shares);
        let shares = shares.map(|(label, share)| format!("{label} {share:.2}"));
        shares.collect::<Vec<String>>().join(", ")
    };
    let free = list(&adapted.free_shares);
    match &adapted.held_shares {
        Some(held) if adapted.disagreement() > FAR => say::note(format_args!(
            "the texts speak for other shares than those that were held ({}): {free}; set what you know \
             with --class-shares",
            list(held)
        )),
        _ => say::note(format_args!("shares of the texts: {free}")),
    }
}
