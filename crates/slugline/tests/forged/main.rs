//! Forged model files: whatever a file says, loading it is an error, or using it costs no more than its size and that of
//! the text allow, and its answers agree. A test binary of its own, because its global allocator has a limit.
//!
//! A short run is part of the tests. A long one:
//!
//! `SLUGLINE_FORGED=100000 cargo test --release -p slugline --test forged -- --ignored --nocapture`

#[allow(dead_code, reason = "the tests of `it` use the rest")]
#[path = "../it/corpora.rs"]
mod corpora;
#[path = "../it/forged_file.rs"]
mod forged_file;
#[path = "../it/signed.rs"]
mod signed;

mod limits;
mod single;

use std::{
    sync::{PoisonError, atomic::Ordering},
    time::Instant,
};

use corpora::{examples, fit, prior, texts};
use forged_file::{Chance, File, forged};
use limits::{MOST_HELD, ONE, SLOWEST, run, watch};
use slugline::{
    Examples, IdfOrder, Language, NaiveBayes, Refine, Scratch, TextClassifier,
    TextClassifierParams, Unit, Words,
};

/// A model of each kind, and how it was made.
fn good() -> Vec<(&'static str, TextClassifier)> {
    let params = TextClassifier::params;
    let after = || params().idf_order(IdfOrder::AfterNorm);
    let full = after()
        .min_df(2)
        .background("technology".to_owned())
        .prior(prior());
    let calibrated = |model: TextClassifier| model.with_other_below(Some(0.01)).unwrap();
    vec![
        ("default", fit(&params())),
        ("n-grams", fit(&after().min_df(2).ngram_range(1, 2))),
        (
            "Bernoulli",
            fit(&params()
                .naive_bayes(NaiveBayes::bernoulli())
                .stemmer(Language::English)),
        ),
        (
            "no smoothing",
            fit(&params().naive_bayes(NaiveBayes::multinomial().alpha(0.0))),
        ),
        (
            "pattern",
            fit(&params().words(Words::Pattern(r"[a-z]+".into()))),
        ),
        (
            "vocabulary",
            fit(&params().vocabulary(["chip", "bank", "bill"])),
        ),
        ("background and prior", calibrated(fit(&full))),
        (
            "characters",
            fit(&after().analyzer(Unit::CharWb).ngram_range(2, 4)),
        ),
        (
            "level sums",
            fit(&params()
                .naive_bayes(NaiveBayes::multinomial())
                .level_class_sums(true)),
        ),
        ("refined", fit(&after().refine(Refine::default()))),
        ("20 labels", many_labels(&after(), 20)),
        ("70 labels", many_labels(&after(), 70)),
        ("90 labels, normalised", many_labels(&norm_weights(), 90)),
    ]
}

fn norm_weights() -> TextClassifierParams {
    TextClassifier::params().model(slugline::Model::Complement { norm: true })
}

fn many_labels(params: &TextClassifierParams, n: usize) -> TextClassifier {
    let text = |at: usize| format!("the bank common w{} w{} shared{}", at % n, at % 23, at % 3);
    let texts: Vec<String> = (0..n * 3).map(text).collect();
    let labels: Vec<String> = (0..n * 3)
        .map(|at| format!("label {:02}", at % n))
        .collect();
    params.fit(&examples(&texts, &labels)).unwrap()
}

/// Loads a file and uses the model in every way; returns whether it was accepted.
fn use_all(name: &str, file: &[u8], texts: &[String], faults: &mut Vec<String>) -> bool {
    let Some(Ok(model)) = run(&format!("{name}: load"), faults, || {
        TextClassifier::from_bytes(file)
    }) else {
        return false;
    };
    let model = model.with_threads(1);
    let call = |what: &str| format!("{name}: {what}");
    let alone = run(&call("classify"), faults, || {
        let mut scratch = Scratch::default();
        let label = |text| model.classify_with(&mut scratch, text).label().to_owned();
        texts
            .iter()
            .map(String::as_str)
            .map(label)
            .collect::<Vec<_>>()
    });
    // So much text that the packed weights are made.
    let bytes: usize = texts.iter().map(String::len).sum();
    let times = (100_000 / bytes.max(1)).clamp(2, 30);
    let many: Vec<&String> = texts.iter().cycle().take(texts.len() * times).collect();
    let together = run(&call("predict"), faults, || model.predict(&many).ok());
    if let (Some(alone), Some(Some(together))) = (&alone, &together) {
        let again = model.clone();
        for (at, (one, other)) in alone.iter().cycle().zip(together).enumerate() {
            if one != other {
                faults.push(format!(
                    "{name}: {one:?} alone and {other:?} together, text {}",
                    at % texts.len()
                ));
                break;
            }
        }
        // With tables now, where the first ones were found without.
        let with_tables = run(&call("classify again"), faults, || {
            texts
                .iter()
                .map(|text| again.classify(text).label().to_owned())
                .collect::<Vec<_>>()
        });
        if with_tables.as_ref() != Some(alone) {
            faults.push(format!("{name}: other labels with tables"));
        }
    }
    run(&call("shares"), faults, || {
        let mut scratch = Scratch::default();
        for text in texts {
            model.shares_with(&mut scratch, text);
        }
    });
    run(&call("explain"), faults, || model.explain(&texts[0]));
    run(&call("inspect"), faults, || {
        (
            model.top_terms_by_label(10).is_ok(),
            model.settings().to_json(),
        )
    });
    let label = model.labels()[0].clone();
    let new = ["a new chip for the bank", "common w1 shared1"];
    let labels = [label.as_str(), "new label"];
    let more = Examples::new(&new, &labels).expect("labels are not empty");
    for (what, change) in [
        (
            "update",
            &(|| model.partial_fit(&more)) as &dyn Fn() -> slugline::Result<TextClassifier>,
        ),
        ("forget", &|| {
            model.forget(&Examples::new(&new[..1], &labels[..1]).unwrap())
        }),
        ("merge", &|| model.merge(&model)),
    ] {
        let Some(Ok(changed)) = run(&call(what), faults, change) else {
            continue;
        };
        let again = run(&call(&format!("{what} and write")), faults, || {
            let bytes = changed.to_bytes()?;
            TextClassifier::from_bytes(&bytes)
        });
        if let Some(Err(error)) = again {
            faults.push(format!("{name}: cannot be read after {what}: {error}"));
        }
    }
    true
}

/// Forges a file by each of these seeds, which choose the kind of model, too. Returns how many were accepted.
fn forge(seeds: impl ExactSizeIterator<Item = u64>, words: usize) -> usize {
    let _one = ONE.lock().unwrap_or_else(PoisonError::into_inner);
    watch();
    let good = good();
    let files: Vec<(&str, File)> = good
        .iter()
        .map(|(name, model)| (*name, File::of(&model.to_bytes().unwrap())))
        .collect();
    let mut read: Vec<String> = texts().into_iter().map(str::to_owned).collect();
    read.extend(
        [
            "",
            "w1 w2 w3 common shared1",
            "bank bank bank",
            "ein ganz anderer Text",
        ]
        .map(String::from),
    );
    let mut chance = Chance(1);
    let known: Vec<&str> = texts()
        .into_iter()
        .flat_map(str::split_whitespace)
        .collect();
    let long: Vec<&str> = (0..words)
        .map(|_| known[chance.below(known.len())])
        .collect();
    read.push(long.join(" "));
    let mut faults = Vec::new();
    for (name, file) in &files {
        assert!(use_all(name, &file.bytes(), &read, &mut faults), "{name}");
    }
    assert!(faults.is_empty(), "good files: {faults:#?}");
    let began = Instant::now();
    let (n, mut accepted) = (seeds.len(), 0);
    for seed in seeds {
        let (name, file) = &files[seed as usize % files.len()];
        let forged = forged(file, &mut Chance(seed)).bytes();
        let before = faults.len();
        accepted += usize::from(use_all(
            &format!("seed {seed}, {name}"),
            &forged,
            &read,
            &mut faults,
        ));
        if faults.len() > before {
            let path = format!("{}/forged-{seed}.safetensors", env!("CARGO_TARGET_TMPDIR"));
            std::fs::write(path, &forged).unwrap();
        }
    }
    println!(
        "{n} forged files in {:?}, {accepted} of them accepted; the slowest call {} us, at most {} MB held",
        began.elapsed(),
        SLOWEST.load(Ordering::Relaxed),
        MOST_HELD.load(Ordering::Relaxed) >> 20,
    );
    assert!(
        faults.is_empty(),
        "{} faults: {:#?}",
        faults.len(),
        &faults[..faults.len().min(40)]
    );
    accepted
}

#[test]
fn a_thousand_forged_files() {
    let accepted = forge((0..1000_u32).map(u64::from), 300);
    assert!((51..1000).contains(&accepted), "{accepted} were accepted");
}

/// A model that could not be read any more after `forget`, and patterns of words that took more than a second.
#[test]
fn files_that_broke_something_once() {
    let seeds = [
        2_003_596,
        2_004_130,
        5_000_344,
        4_295_010_335,
        4_295_038_445,
    ];
    forge(
        seeds.into_iter(),
        if cfg!(debug_assertions) { 300 } else { 20_000 },
    );
}

#[test]
#[ignore = "takes an hour: see the head of this file"]
fn as_many_forged_files_as_are_asked_for() {
    let number = |name: &str, default: u64| {
        let given = std::env::var(name).ok();
        given.map_or(default, |given| given.parse().unwrap())
    };
    let n = number("SLUGLINE_FORGED", 100_000) as usize;
    let first = number("SLUGLINE_SEED", 1 << 32);
    let accepted = forge((0..n).map(|at| first + at as u64), 20_000);
    let expected = n.div_ceil(20)..n;
    assert!(expected.contains(&accepted), "{accepted} were accepted");
}
