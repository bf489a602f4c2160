//! Model files that were edited, with a right checksum: refused, or a model that answers.
#![no_main]

use arbitrary::Unstructured;
use libfuzzer_sys::fuzz_target;
use slugline::{Scratch, TextClassifier};
use slugline_fuzz::{init, models::forged};

fuzz_target!(init: init(), |data: &[u8]| {
    let Ok(file) = forged(&mut Unstructured::new(data)) else {
        return;
    };
    if let Ok(model) = TextClassifier::from_bytes(&file) {
        check(&model);
    }
});

const TEXTS: [&str; 5] = [
    "the chip maker and the bank cut shares",
    "common w7 w3 shared1 w7",
    "ministers told the court about a naïve robot, ballot",
    "",
    "the the the chip chip robot network w1 w2 w3 w4 w5 label",
];

fn check(model: &TextClassifier) {
    let mut scratch = Scratch::default();
    let mut labels = Vec::new();
    for text in TEXTS {
        let verdict = model.classify_with(&mut scratch, text);
        let sum: f64 = verdict.probabilities().iter().sum();
        labels.push(verdict.label());
        // Infinite weights are valid (alpha = 0); ∞ − ∞ is no probability.
        let scores = model.joint_log_likelihood_with(&mut scratch, text);
        if scores.iter().all(|score| score.is_finite()) {
            assert!((sum - 1.0).abs() < 1e-9, "probabilities add up to {sum}");
        }
        let shares = model.shares_with(&mut scratch, text);
        assert!(shares.shares().iter().all(|share| share.is_finite()));
        let mut spans = model
            .explain(text)
            .reasons
            .into_iter()
            .flat_map(|reason| reason.spans);
        assert!(spans.all(|span| text.get(span).is_some()));
    }
    // What `inspect` shows.
    let _ = (model.notices(), model.provenance(), model.feature_count());
    for label in model.labels() {
        let _ = model.top_terms(label, 3);
    }
    let bytes = model.to_bytes().expect("bytes");
    let again = TextClassifier::from_bytes(&bytes).expect("a file that was just written");
    let again = again.to_bytes().expect("bytes");
    assert!(again == bytes, "written and read, it differs");
    // So much text that packed weights are worth their making.
    let numbers = model.vocabulary().len() * (20 + model.labels().len());
    let blanks = " ".repeat(numbers + 4096);
    model.predict(&[&blanks]).expect("threads");
    let quick = model.predict(&TEXTS).expect("threads");
    assert_eq!(quick, labels);
}
