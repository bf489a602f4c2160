//! `Examples`: what is checked when labelled texts are put together, and that every way of learning takes them alike.

use super::corpora::{examples, fit, labels, texts, weighted};
use slugline::{
    Auto, Examples, Prior, TextClassifier, TextClassifierParams, TrainerOptions,
    evaluate::{cross_validate, cross_validate_with},
};

fn params() -> TextClassifierParams {
    TextClassifier::params()
}

fn bytes(model: &TextClassifier) -> Vec<u8> {
    model.to_bytes().unwrap()
}

#[test]
fn what_is_wrong_is_said() {
    let texts = ["xx yy", "zz"];
    let new = |labels: &[&str]| Examples::new(&texts, labels).unwrap_err().to_string();
    let numbered = |labels: &[&str], targets: &[usize]| {
        let labels = labels.iter().map(|&label| label.to_owned()).collect();
        let made = Examples::numbered(&texts, labels, targets);
        made.unwrap_err().to_string()
    };
    let weights = |weights: &[f64]| {
        let made = examples(&texts, &["a", "b"]).with_weights(weights);
        made.unwrap_err().to_string()
    };
    for (error, says) in [
        (new(&["a"]), "labels (one for each text): expected 2, got 1"),
        (
            new(&["a", ""]),
            "labels is empty at position 1: expected a name for each document's class",
        ),
        (
            numbered(&["a", "b"], &[0]),
            "targets (one for each text): expected 2, got 1",
        ),
        (
            numbered(&["a", "b"], &[0, 2]),
            "targets is 2: expected class ids below 2",
        ),
        (
            numbered(&["b", "a"], &[0, 1]),
            "labels is [\"b\", \"a\"]: expected names, sorted and distinct, at least one",
        ),
        (
            weights(&[1.0]),
            "sample weights (one for each text): expected 2, got 1",
        ),
        (
            weights(&[1.0, -1.0]),
            "sample_weight is -1: expected finite numbers, 0 or more, not all 0",
        ),
        (
            weights(&[f64::NAN, 1.0]),
            "sample_weight is NaN: expected finite numbers, 0 or more, not all 0",
        ),
    ] {
        assert_eq!(error, says);
    }
    // What only the fit can know.
    let none = examples(&[""; 0], &[""; 0]);
    let fit = |examples: &Examples<'_, &str>| params().fit(examples).unwrap_err().to_string();
    assert_eq!(
        fit(&none),
        "labels is []: expected names, sorted and distinct, at least one"
    );
    let weightless = weighted(&texts, &["a", "b"], Some(&[0.0, 0.0]));
    assert_eq!(
        fit(&weightless),
        "sample_weight is 0 everywhere: expected finite numbers, 0 or more, not all 0"
    );
    let nameless = Prior::new().with("", "x", 1.0);
    let error = params().prior(nameless).fit(&examples(&texts, &["a", "b"]));
    assert_eq!(
        error.unwrap_err().to_string(),
        "labels is empty at position 0: expected a name for each document's class"
    );
}

#[test]
fn numbered_labels_are_the_same_labels() {
    let (texts, labels) = (texts(), labels());
    let by_name = examples(&texts, &labels);
    let names = by_name.labels().to_vec();
    assert_eq!(names, ["markets", "policy", "technology"]);
    let again = Examples::numbered(&texts, names, by_name.targets()).unwrap();
    assert_eq!(again.targets(), by_name.targets());
    let model = params().fit(&again).unwrap();
    assert!(bytes(&model) == bytes(&fit(&params())));

    // Labels without texts, and those of a prior, are labels of the model.
    let more = ["arts", "markets", "policy", "technology"].map(str::to_owned);
    let targets: Vec<usize> = by_name.targets().iter().map(|target| target + 1).collect();
    let more = Examples::numbered(&texts, more.to_vec(), &targets).unwrap();
    let prior = Prior::new().with("letters", "editor", 1.0);
    let all = ["arts", "letters", "markets", "policy", "technology"];
    let with_prior = params().prior(prior);
    assert_eq!(with_prior.fit(&more).unwrap().labels(), all);
    let mut trainer = with_prior.trainer(&TrainerOptions::default()).unwrap();
    trainer.add(&more).unwrap();
    assert_eq!(
        trainer.labels(),
        ["technology", "policy", "markets", "arts"],
        "in order of first occurrence, those without texts last"
    );
    let trained = trainer.finish().unwrap().model;
    assert!(bytes(&trained) == bytes(&with_prior.fit(&more).unwrap()));
}

/// A text of weight 2 is as good as two texts, wherever weights are taken. Counts without idf: idf counts texts.
#[test]
fn weights_count_in_every_way_of_learning() {
    let params = params().use_idf(false).sublinear_tf(false).norm(None);
    let (texts, labels) = (texts(), labels());
    let twice = |of: &[&'static str]| -> Vec<&str> {
        let first = of.iter().copied().take(1);
        of.iter().copied().chain(first).collect()
    };
    let mut weights = vec![1.0; texts.len()];
    weights[0] = 2.0;
    let one = weighted(&texts, &labels, Some(&weights));
    let (texts, labels) = (twice(&texts), twice(&labels));
    let two = examples(&texts, &labels);
    let sums =
        |examples: &Examples<'_, &str>| params.fit(examples).unwrap().feature_count().unwrap();
    assert_eq!(sums(&one), sums(&two));

    let audited = |examples: &Examples<'_, &str>| {
        let audit = params.audit(examples).unwrap();
        let last = audit.doubts.into_iter().find(|doubt| doubt.document == 11);
        last.unwrap().margin
    };
    assert!((audited(&one) - audited(&two)).abs() < 1e-9);

    // Cross-validation trains with the weights of the folds.
    let mut seen = Vec::new();
    let evaluation = cross_validate_with(&one, 3, |examples| {
        seen.extend_from_slice(examples.weights().unwrap());
        params.fit(examples)
    });
    assert_eq!(evaluation.unwrap().n(), 12);
    assert_eq!(seen.iter().filter(|&&weight| weight > 1.0).count(), 2);
    assert_eq!(seen.len(), 24);
    assert_eq!(cross_validate(&params, &two, 3).unwrap().n(), 13);

    let auto = Auto::default().alpha(true);
    let _ = params.fit_auto(&one, auto).unwrap();
    // Documents to calibrate on count once.
    let error = params.fit(&one).unwrap().calibrated(&one).unwrap_err();
    assert!(
        error.to_string().starts_with("sample_weight is given"),
        "{error}"
    );
}
