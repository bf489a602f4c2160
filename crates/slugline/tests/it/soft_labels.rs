//! Probabilities of labels in place of labels.

use ndarray::{Array2, array};
use proptest::prelude::*;
use slugline::{
    Auto, Examples, IdfOrder, NaiveBayes, NaiveBayesParams, Refine, TextClassifier,
    TextClassifierParams, TrainerOptions, Unlabelled, evaluate::cross_validate,
};

use super::corpora::{documents, labels, texts, with_background};

const LABELS: [&str; 3] = ["m", "p", "t"];

fn models() -> impl Strategy<Value = NaiveBayesParams> {
    prop::sample::select(vec![
        NaiveBayes::multinomial(),
        NaiveBayes::complement(),
        NaiveBayes::bernoulli(),
    ])
}

fn settings() -> impl Strategy<Value = TextClassifierParams> {
    (models(), any::<bool>(), 1_usize..3).prop_map(|(model, exact, threads)| {
        let order = if exact {
            IdfOrder::AfterNorm
        } else {
            IdfOrder::BeforeNorm
        };
        TextClassifier::params()
            .naive_bayes(model)
            .idf_order(order)
            .threads(threads)
    })
}

/// Rows of probabilities, eighths, of which many are 0.
fn probabilities(rows: usize) -> impl Strategy<Value = Array2<f64>> {
    let row = (0_u32..=8, 0_u32..=8).prop_map(|(a, b)| {
        let (low, high) = (a.min(b), a.max(b));
        [low, high - low, 8 - high].map(|eighths| f64::from(eighths) / 8.0)
    });
    prop::collection::vec(row, rows).prop_map(Array2::from)
}

fn soft<'a>(texts: &'a [String], probabilities: &Array2<f64>) -> Examples<'a, String> {
    Examples::with_probabilities(texts, &LABELS, &probabilities.view()).unwrap()
}

fn bytes(model: &TextClassifier) -> Vec<u8> {
    model.to_bytes().unwrap()
}

/// Texts, a class and a weight for each, and probabilities.
fn corpus() -> impl Strategy<Value = (Vec<String>, Vec<usize>, Vec<f64>, Array2<f64>)> {
    documents(20).prop_flat_map(|documents| {
        let texts: Vec<String> = documents.into_iter().map(|(text, _)| text).collect();
        let n = texts.len();
        let weights = prop::collection::vec(1_u32..9, n).prop_map(|weights| {
            weights
                .into_iter()
                .map(|weight| f64::from(weight) / 4.0)
                .collect()
        });
        (
            Just(texts),
            prop::collection::vec(0_usize..3, n),
            weights,
            probabilities(n),
        )
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn probabilities_of_one_are_labels((texts, classes, weights, _) in corpus(), params in settings(), weighted in any::<bool>()) {
        let certain = Array2::from_shape_fn((texts.len(), 3), |(text, class)| f64::from(u8::from(classes[text] == class)));
        let (mut soft, mut hard) = (
            soft(&texts, &certain),
            Examples::numbered(&texts, LABELS.map(str::to_owned).to_vec(), &classes).unwrap(),
        );
        prop_assert_eq!(soft.targets(), hard.targets());
        if weighted {
            (soft, hard) = (soft.with_weights(&weights).unwrap(), hard.with_weights(&weights).unwrap());
        }
        let (soft, hard) = (params.fit(&soft).unwrap(), params.fit(&hard).unwrap());
        prop_assert_eq!(bytes(&soft), bytes(&hard));
    }

    /// The sums of a label are those of all texts with that label, weighted by its probability.
    #[test]
    fn sums_are_those_of_weighted_fits((texts, _, weights, probabilities) in corpus(), params in settings()) {
        let model = params.fit(&soft(&texts, &probabilities).with_weights(&weights).unwrap()).unwrap();
        let sums = model.feature_count().unwrap();
        for (class, label) in LABELS.iter().enumerate() {
            let weights: Vec<f64> = probabilities.column(class).iter().zip(&weights).map(|(p, weight)| p * weight).collect();
            if weights.iter().all(|&weight| weight == 0.0) {
                prop_assert!(sums.row(class).iter().all(|&sum| sum == 0.0));
                prop_assert_eq!(model.class_count()[class].to_bits(), 0.0_f64.to_bits());
                continue;
            }
            let one = Examples::new(&texts, &vec![label; texts.len()]).unwrap();
            let one = params.fit(&one.with_weights(&weights).unwrap()).unwrap();
            let alone = one.feature_count().unwrap();
            prop_assert_eq!(sums.row(class), alone.row(0));
            prop_assert_eq!(model.class_count()[class].to_bits(), one.class_count()[0].to_bits());
            prop_assert_eq!(model.idf(), one.idf());
        }
    }

    /// Named or in columns, sorted or not, with zeros or without: the same model.
    #[test]
    fn names_and_columns_are_the_same((texts, _, _, probabilities) in corpus(), params in settings(), zeros in any::<bool>()) {
        let named: Vec<Vec<(&str, f64)>> = probabilities
            .rows()
            .into_iter()
            .map(|row| {
                let parts = LABELS.iter().copied().zip(row.iter().copied()).rev();
                parts.filter(|&(_, p)| zeros || p > 0.0).collect()
            })
            .collect();
        let named = Examples::with_label_probabilities(&texts, &named).unwrap();
        let columns = soft(&texts, &probabilities);
        // A label that no text has is a label of a column.
        if named.labels() == columns.labels() {
            prop_assert_eq!(named.targets(), columns.targets());
            prop_assert_eq!(bytes(&params.fit(&named).unwrap()), bytes(&params.fit(&columns).unwrap()));
        } else {
            prop_assert!(!zeros);
        }
    }

    #[test]
    fn exact_sums_add_and_subtract((texts, _, _, probabilities) in corpus(), model in models(), at in 0.0..1.0_f64) {
        let params = TextClassifier::params().naive_bayes(model).idf_order(IdfOrder::AfterNorm);
        let at = (texts.len() as f64 * at) as usize;
        let (a, b) = probabilities.view().split_at(ndarray::Axis(0), at);
        let [a, b] = [(&texts[..at], a), (&texts[at..], b)].map(|(texts, rows)| {
            Examples::with_probabilities(texts, &LABELS, &rows).unwrap()
        });
        let all = params.fit(&soft(&texts, &probabilities)).unwrap();
        if let (Ok(first), Ok(second)) = (params.fit(&a), params.fit(&b)) {
            prop_assert_eq!(bytes(&first.partial_fit(&b).unwrap()), bytes(&all));
            prop_assert_eq!(bytes(&second.merge(&first).unwrap()), bytes(&all));
            prop_assert_eq!(bytes(&all.forget(&b).unwrap()), bytes(&first));
        }
    }
}

#[test]
fn columns_may_come_in_any_order() {
    let texts = ["chips and code", "votes on bills", "votes on chips"];
    let fit = |labels: &[&str], probabilities: &Array2<f64>| {
        let examples = Examples::with_probabilities(&texts, labels, &probabilities.view()).unwrap();
        (
            examples.targets().to_vec(),
            bytes(&TextClassifier::params().fit(&examples).unwrap()),
        )
    };
    let one = fit(&["a", "b"], &array![[0.2, 0.8], [1.0, 0.0], [0.5, 0.5]]);
    assert_eq!(one.0, [1, 0, 0]);
    assert_eq!(
        one,
        fit(&["b", "a"], &array![[0.8, 0.2], [0.0, 1.0], [0.5, 0.5]])
    );
}

/// The background is a class of its own, wherever its label stands among the others.
#[test]
fn a_background_in_part() {
    let (texts, labels) = with_background();
    for name in ["sport", "alpha"] {
        let labels: Vec<&str> = labels
            .iter()
            .map(|&label| if label == "sport" { name } else { label })
            .collect();
        let params = TextClassifier::params().background(name.to_owned());
        let hard = params
            .fit(&Examples::new(&texts, &labels).unwrap())
            .unwrap();
        let mut names = labels.clone();
        names.sort_unstable();
        names.dedup();
        let certain = Array2::from_shape_fn((texts.len(), names.len()), |(text, class)| {
            f64::from(u8::from(labels[text] == names[class]))
        });
        let fit = |probabilities: &Array2<f64>| {
            let examples =
                Examples::with_probabilities(&texts, &names, &probabilities.view()).unwrap();
            params.fit(&examples).unwrap()
        };
        assert_eq!(bytes(&fit(&certain)), bytes(&hard));
        let mixed = certain / 2.0 + 0.5 / names.len() as f64;
        let at = names.iter().position(|&label| label == name).unwrap();
        let count = fit(&mixed).background_count().unwrap();
        assert!((count - mixed.column(at).sum()).abs() < 1e-12, "{count}");
    }
}

#[test]
fn texts_without_labels_join_texts_with_probabilities() {
    let (texts, labels) = (texts(), labels());
    let mut names = labels.clone();
    names.sort_unstable();
    names.dedup();
    let certain = Array2::from_shape_fn((texts.len(), names.len()), |(text, class)| {
        f64::from(u8::from(labels[text] == names[class]))
    });
    let learn = |examples: &Examples<'_, &str>| {
        let unlabelled = ["shares of the bank", "the new phone"];
        let learned = TextClassifier::params().fit_semi_supervised(
            examples,
            &unlabelled,
            &Unlabelled::default(),
        );
        bytes(&learned.unwrap().classifier)
    };
    let soft = Examples::with_probabilities(&texts, &names, &certain.view()).unwrap();
    assert_eq!(
        learn(&soft),
        learn(&Examples::new(&texts, &labels).unwrap())
    );
}

#[test]
fn what_is_wrong_is_said() {
    let texts = ["xx yy", "zz"];
    let error = |labels: &[&str], probabilities: Array2<f64>| {
        let made = Examples::with_probabilities(&texts, labels, &probabilities.view());
        made.unwrap_err().to_string()
    };
    for (error, says) in [
        (
            error(&["a"], array![[1.0]]),
            "rows of probabilities (one for each text): expected 2, got 1",
        ),
        (
            error(&["a"], array![[0.5, 0.5], [1.0, 0.0]]),
            "columns of probabilities (one for each label): expected 1, got 2",
        ),
        (
            error(&["a", ""], array![[0.5, 0.5], [1.0, 0.0]]),
            "labels is empty at position 1: expected a name for each document's class",
        ),
        (
            error(&["a", "a"], array![[0.5, 0.5], [1.0, 0.0]]),
            "labels is \"a\" twice: expected each label once",
        ),
        (
            error(&["a", "b"], array![[0.5, 0.5], [70.0, 30.0]]),
            "probabilities is [70, 30] for text 1: expected numbers from 0 to 1 whose sum is 1",
        ),
        (
            error(&["a", "b"], array![[1.5, -0.5], [1.0, 0.0]]),
            "probabilities is [1.5, -0.5] for text 0: expected numbers from 0 to 1 whose sum is 1",
        ),
        (
            error(&["a", "b"], array![[f64::NAN, 1.0], [1.0, 0.0]]),
            "probabilities is [NaN, 1] for text 0: expected numbers from 0 to 1 whose sum is 1",
        ),
    ] {
        assert_eq!(error, says);
    }
    for (labels, says) in [
        (
            vec![vec![("a", 1.0)]],
            "probabilities (those of the labels of each text): expected 2, got 1",
        ),
        (
            vec![vec![("a", 1.0)], vec![("a", 0.5), ("", 0.5)]],
            "labels is empty at position 1: expected a name for each document's class",
        ),
        (
            vec![vec![("a", 1.0)], vec![("a", 0.5), ("b", 0.25), ("a", 0.25)]],
            "probabilities is \"a\" twice for text 1: expected each label once",
        ),
        (
            vec![vec![("b", 0.5), ("a", 0.4)], vec![("a", 1.0)]],
            "probabilities is {\"b\": 0.5, \"a\": 0.4} for text 0: expected numbers from 0 to 1 whose sum is 1",
        ),
        (
            vec![vec![("a", 1.0)], vec![]],
            "probabilities is {} for text 1: expected numbers from 0 to 1 whose sum is 1",
        ),
        (
            vec![vec![("a", f64::NAN)], vec![("a", 1.0)]],
            "probabilities is {\"a\": NaN} for text 0: expected numbers from 0 to 1 whose sum is 1",
        ),
    ] {
        let made = Examples::with_label_probabilities(&texts, &labels);
        assert_eq!(made.unwrap_err().to_string(), says);
    }
}

#[test]
fn what_needs_labels_says_so() {
    let texts = ["xx yy", "zz yy"];
    let probabilities = array![[0.5, 0.5], [1.0, 0.0]];
    let examples =
        Examples::with_probabilities(&texts, &["a", "b"], &probabilities.view()).unwrap();
    let params = TextClassifier::params();
    let error = |found: slugline::Result<TextClassifier>| found.unwrap_err().to_string();
    let mut trainer = params.trainer(&TrainerOptions::default()).unwrap();
    for (error, what) in [
        (
            error(params.clone().refine(Refine::default()).fit(&examples)),
            "leaving one text out",
        ),
        (
            error(params.fit_auto(&examples, Auto::default().alpha(true))),
            "leaving one text out",
        ),
        (
            error(params.fit(&examples).unwrap().calibrated(&examples)),
            "a calibration",
        ),
        (
            params.audit(&examples).unwrap_err().to_string(),
            "leaving one text out",
        ),
        (
            cross_validate(&params, &examples, 2)
                .unwrap_err()
                .to_string(),
            "cross-validation",
        ),
        (
            trainer.add(&examples).unwrap_err().to_string(),
            "training out of core",
        ),
    ] {
        assert!(
            error.starts_with("labels is probabilities: expected one label for each text, which"),
            "{error}"
        );
        assert!(error.contains(what), "{error}");
    }
}
