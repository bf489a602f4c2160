//! Refined classifiers: what they answer, keep, and drop.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use slugline::{
    Auto, Calibration, Error, GivenSums, IdfOrder, Model, NaiveBayes, NaiveBayesParams, Refine,
    Rows, TextClassifier, TextClassifierParams, TrainerOptions, Unlabelled, VectorizerParams,
    cancellable,
};

use super::corpora::examples;

/// Documents of `k` topics on which naive Bayes makes mistakes: three in four have the word of their topic, and half
/// the phrase, each word of which naive Bayes takes for evidence of its own; the others have those of any topic.
fn documents(n: usize, k: usize) -> (Vec<String>, Vec<String>) {
    let mut state = 9_u32;
    let mut below = |most: usize| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as usize % most
    };
    let document = |_| {
        let topic = below(k);
        let word = if below(4) > 0 { topic } else { below(k) };
        let phrase = if below(2) > 0 { topic } else { below(k) };
        let mut words = vec![format!("own{word}")];
        words.extend((0..6).map(|at| format!("phrase{phrase}of{at}")));
        words.extend((0..4).map(|_| format!("word{}", below(60))));
        (words.join(" "), format!("topic{topic:02}"))
    };
    (0..n).map(document).unzip()
}

fn params() -> TextClassifierParams {
    TextClassifier::params().refine(Refine::default())
}

fn right(model: &TextClassifier, texts: &[String], labels: &[String]) -> usize {
    let found = model.predict(texts).unwrap();
    found
        .iter()
        .zip(labels)
        .filter(|(found, label)| found == label)
        .count()
}

#[test]
fn refined_models_are_right_more_often_and_the_same_for_any_number_of_threads() {
    for (k, model) in [
        (2, Model::Complement { norm: false }),
        (5, Model::Multinomial),
        (20, Model::Complement { norm: false }),
        (20, Model::Complement { norm: true }),
        (
            3,
            Model::Bernoulli {
                binarize: Some(0.0),
            },
        ),
    ] {
        let (texts, labels) = documents(900, k);
        let (train, test) = (..600, 600..);
        let plain = params().model(model).refine(None);
        let fit = |params: &TextClassifierParams, threads| {
            params
                .clone()
                .threads(threads)
                .fit(&examples(&texts[train], &labels[train]))
                .unwrap()
        };
        let refined = plain.clone().refine(Refine::default());
        let one = fit(&refined, 1);
        for threads in [2, 3, 8] {
            let more = fit(&refined, threads).with_threads(1);
            assert_eq!(
                more.to_bytes().unwrap(),
                one.to_bytes().unwrap(),
                "{k} {model:?}"
            );
        }
        let (before, after) = (fit(&plain, 1), one);
        let rights = [&before, &after]
            .map(|model| right(model, &texts[test.clone()], &labels[test.clone()]));
        assert!(rights[1] > rights[0], "{k} {model:?} {rights:?}");
        assert_ne!(before.weights_of("own0"), after.weights_of("own0"));
    }
}

#[test]
fn labels_explanations_and_the_file_are_those_of_the_refined_weights() {
    let (texts, labels) = documents(500, 4);
    let model = params()
        .fit(&examples(&texts[..400], &labels[..400]))
        .unwrap();
    let loaded = TextClassifier::from_bytes(&model.to_bytes().unwrap()).unwrap();
    assert_eq!(loaded.settings().refine, Some(Refine::default()));
    assert_eq!(loaded.to_bytes().unwrap(), model.to_bytes().unwrap());
    let all = loaded.predict(&texts).unwrap();
    for (text, label) in texts.iter().zip(all) {
        // Packed labels of many texts, and the plain way of one.
        assert_eq!(model.classify(text).label(), label);
    }
    for text in &texts[..20] {
        let explanation = model.explain(text);
        let sum: f64 = explanation
            .reasons
            .iter()
            .map(|reason| reason.contribution)
            .sum();
        assert!((explanation.bias + sum - explanation.score).abs() < 1e-9);
    }
    // Off is as it was: no trace of the setting in the file.
    let plain = params()
        .refine(None)
        .fit(&examples(&texts[..400], &labels[..400]))
        .unwrap();
    let bytes = plain.to_bytes().unwrap();
    assert!(!bytes.windows(6).any(|bytes| bytes == b"refine"));
}

#[test]
fn sums_stay_and_what_changes_them_drops_the_refinement() {
    let (texts, labels) = documents(300, 3);
    let exact = TextClassifier::params().idf_order(IdfOrder::AfterNorm);
    let refined = exact.clone().refine(Refine::default().c(1.0).max_iter(5));
    let fit = |params: &TextClassifierParams, from, to| {
        params
            .fit(&examples(&texts[from..to], &labels[from..to]))
            .unwrap()
    };
    let whole = fit(&exact, 0, 300).to_bytes().unwrap();
    assert_ne!(fit(&refined, 0, 300).to_bytes().unwrap(), whole);
    let (one, other) = (fit(&refined, 0, 200), fit(&exact, 200, 300));
    assert_eq!(one.merge(&other).unwrap().to_bytes().unwrap(), whole);
    assert_eq!(other.merge(&one).unwrap().to_bytes().unwrap(), whole);
    let more = one
        .partial_fit(&examples(&texts[200..], &labels[200..]))
        .unwrap();
    assert_eq!(more.settings().refine, None);
    assert_eq!(more.to_bytes().unwrap(), whole);
    let all = fit(&refined, 0, 300);
    let less = all
        .forget(&examples(&texts[200..], &labels[200..]))
        .unwrap();
    assert_eq!(
        less.to_bytes().unwrap(),
        fit(&exact, 0, 200).to_bytes().unwrap()
    );
    let adapted = all.adapt(&texts[..50], &Unlabelled::default()).unwrap();
    assert_eq!(adapted.classifier.settings().refine, None);

    // Each of them says so, also after another change; the fitted model and the file do not.
    let told = |model: &TextClassifier| {
        let notices = model.notices();
        notices.iter().any(|notice| notice.parameter == "refine")
    };
    let merged = other.merge(&one).unwrap();
    let again = merged
        .forget(&examples(&texts[290..], &labels[290..]))
        .unwrap();
    for model in [&more, &less, &adapted.classifier, &merged, &again] {
        assert!(told(model));
    }
    for model in [&one, &other, &other.merge(&other).unwrap()] {
        assert!(!told(model));
    }
    assert!(!told(
        &TextClassifier::from_bytes(&more.to_bytes().unwrap()).unwrap()
    ));
}

#[test]
fn probabilities_are_calibrated_on_documents_that_the_model_has_not_seen() {
    let auto = Auto::default().calibrate(true);
    // Two classes, some, and so many that documents pass over groups of them.
    for k in [2, 6, 20] {
        let (texts, labels) = documents(1200, k);
        let loss = |params: TextClassifierParams| {
            let model = params
                .fit_auto(&examples(&texts[..800], &labels[..800]), auto)
                .unwrap();
            assert_ne!(model.calibration(), Calibration::default());
            let probabilities = model.predict_proba(&texts[800..]).unwrap();
            let of_truth =
                probabilities
                    .rows()
                    .into_iter()
                    .zip(&labels[800..])
                    .map(|(row, label)| {
                        -row[model.labels().iter().position(|own| own == label).unwrap()].ln()
                    });
            of_truth.sum::<f64>() / 400.0
        };
        let (refined, plain) = (loss(params()), loss(params().refine(None)));
        assert!(refined < plain * 1.05, "{k} classes: {refined} {plain}");
        let chance = (k as f64).ln();
        assert!(refined < 0.56 * chance, "{k} classes: {refined} {chance}");
    }
}

#[test]
fn weights_of_zero_and_background_documents_are_not_learned_from() {
    let (mut texts, mut labels) = documents(200, 3);
    // Without idf, which counts every document.
    let params = params().use_idf(false);
    let without = params.fit(&examples(&texts, &labels)).unwrap();
    texts.push("own0 own0 own1".to_owned());
    labels.push("topic02".to_owned());
    let mut weights = vec![1.0; 200];
    weights.push(0.0);
    let zero = params
        .fit(&examples(&texts, &labels).with_weights(&weights).unwrap())
        .unwrap();
    let with = params.fit(&examples(&texts, &labels)).unwrap();
    labels[200] = "none".to_owned();
    let beside = params
        .background("none".to_owned())
        .fit(&examples(&texts, &labels))
        .unwrap();
    assert_eq!(beside.labels(), without.labels());
    for term in ["own0", "phrase1of2", "word7"] {
        assert_eq!(zero.weights_of(term), without.weights_of(term));
        assert_eq!(beside.weights_of(term), without.weights_of(term));
        assert_ne!(with.weights_of(term), without.weights_of(term));
    }
}

#[test]
fn what_has_no_rows_to_learn_from_refuses() {
    let (texts, labels) = documents(30, 2);
    let refused = |result: Result<(), Error>, why: &str| {
        let error = result.unwrap_err().to_string();
        assert!(
            error.starts_with("refine is set: expected none") && error.contains(why),
            "{error}"
        );
    };
    let trainer = params().trainer(&TrainerOptions::default());
    refused(trainer.map(drop), "bounded memory");
    let unlabelled = Unlabelled::default();
    let both = params().fit_semi_supervised(&examples(&texts, &labels), &texts, &unlabelled);
    refused(both.map(drop), "without labels");
    let labels_of_sums = vec!["x".into(), "y".into()];
    let counts = slugline::ndarray::array![[1.0], [2.0]];
    let sums = GivenSums::new(
        "another",
        labels_of_sums,
        vec!["a".into()],
        vec![1.0, 1.0],
        counts,
    );
    refused(params().from_sums(sums).map(drop), "sums alone");
    let none = params()
        .alpha(0.0)
        .fit(&examples(&texts, &labels))
        .unwrap_err()
        .to_string();
    assert!(none.starts_with("alpha is 0"), "{none}");
    let wrong = params().refine(Refine::default().c(0.0)).check();
    assert!(wrong.unwrap_err().to_string().starts_with("C is 0"));
    // A single label leaves nothing to correct.
    let same = vec!["x"; 30];
    assert_eq!(
        params().fit(&examples(&texts, &same)).unwrap().labels(),
        ["x"]
    );
}

/// The rows of documents as a classifier makes them, their classes, and the classifier's settings of naive Bayes.
fn rows_of(texts: &[String], labels: &[String], k: usize) -> (Rows<f64>, Vec<usize>) {
    let vectorizer = VectorizerParams::default().sublinear_tf(true).threads(1);
    let (_, rows) = vectorizer.fit_transform(texts).unwrap();
    let class = |label: &String| label[5..].parse().unwrap();
    let classes: Vec<usize> = labels.iter().map(class).collect();
    assert!(classes.iter().all(|&class| class < k));
    (rows, classes)
}

#[test]
fn rows_are_refined_as_their_texts_are_with_the_same_bits_for_any_number_of_threads() {
    for (k, bayes, model) in [
        (
            2,
            NaiveBayes::complement(),
            Model::Complement { norm: false },
        ),
        (5, NaiveBayes::multinomial(), Model::Multinomial),
        (
            20,
            NaiveBayes::complement(),
            Model::Complement { norm: false },
        ),
    ] {
        let (texts, labels) = documents(900, k);
        let weights: Vec<f64> = (0..texts.len()).map(|at| 0.5 + (at % 3) as f64).collect();
        let settings = Refine::default();
        let (rows, classes) = rows_of(&texts, &labels, k);
        let fit = |weights: Option<&[f64]>, threads| {
            let bayes = bayes.clone().alpha(0.3);
            bayes.fit_refined(settings, &rows, &classes, k, weights, threads)
        };
        for weights in [None, Some(&*weights)] {
            let examples = examples(&texts, &labels);
            let examples = match weights {
                Some(weights) => examples.with_weights(weights).unwrap(),
                None => examples,
            };
            let of_texts = params().model(model).fit(&examples).unwrap();
            let expected = of_texts.joint_log_likelihood(&texts).unwrap();
            let one = fit(weights, 1).unwrap();
            let found = one.decision_function(&rows).unwrap();
            for (found, expected) in found.iter().zip(&expected) {
                assert!((found - expected).abs() < 2e-3, "{found} {expected}");
            }
            let named = one.predict(&rows).unwrap().into_iter();
            let named: Vec<String> = named.map(|class| format!("topic{class:02}")).collect();
            assert_eq!(named, of_texts.predict(&texts).unwrap());
            for threads in [2, 3] {
                let more = fit(weights, threads).unwrap();
                assert_eq!(more.coef(), one.coef());
                assert_eq!(more.intercept(), one.intercept());
            }
        }
    }
}

#[test]
fn refined_rows_that_cannot_be_are_named() {
    let rows = Rows::from_dense(
        &slugline::ndarray::array![[1.0, 0.0], [0.0, 1.0], [2.0, 0.0], [0.0, 3.0]].view(),
    );
    let classes = [0, 1, 0, 1];
    let fit = |params: NaiveBayesParams, rows: &Rows<f64>, weights: Option<&[f64]>| {
        params.fit_refined(Refine::default(), rows, &classes, 2, weights, 1)
    };
    let why = |found: slugline::Result<_>| match found {
        Err(error) => error.to_string(),
        Ok::<slugline::RefinedNaiveBayes, _>(_) => panic!("no error"),
    };
    let bayes = NaiveBayes::complement;
    assert!(why(fit(bayes().alpha(0.0), &rows, None)).starts_with("alpha is 0"));
    let heavy = why(fit(bayes(), &rows, Some(&[1e307; 4])));
    assert!(heavy.starts_with("sample_weight is 1e307"), "{heavy}");
    let negative = Rows::from_dense(&slugline::ndarray::array![[-1.0], [1.0], [1.0], [1.0]].view());
    assert!(matches!(
        fit(bayes(), &negative, None),
        Err(Error::NegativeFeature { .. })
    ));
    let large = Rows::from_dense(&slugline::ndarray::array![[1e30], [1.0], [1e30], [1.0]].view());
    let large = why(fit(bayes(), &large, None));
    assert!(large.starts_with("rows is 1e30"), "{large}");
    let one_class = bayes()
        .fit_refined(Refine::default(), &rows, &[0; 4], 1, None, 1)
        .unwrap();
    assert_eq!(one_class.predict(&rows).unwrap(), [0; 4]);
    let other = Rows::from_dense(&slugline::ndarray::array![[1.0]].view());
    assert!(fit(bayes(), &rows, None).unwrap().predict(&other).is_err());
}

#[test]
fn a_refinement_is_cancelled_between_two_passes() {
    let (texts, labels) = documents(900, 5);
    let (rows, classes) = rows_of(&texts, &labels, 5);
    let settings = Refine::default().max_iter(10_000);
    let fit =
        |threads| NaiveBayes::complement().fit_refined(settings, &rows, &classes, 5, None, threads);
    for threads in [1, 3] {
        let cancelled = Arc::new(AtomicBool::new(false));
        let found = std::thread::scope(|scope| {
            let work = scope.spawn(|| cancellable(&cancelled, || fit(threads)));
            std::thread::sleep(std::time::Duration::from_millis(20));
            cancelled.store(true, Ordering::Relaxed);
            work.join().unwrap()
        });
        assert!(matches!(found, Err(Error::Cancelled)));
    }
    // What is not refined does not ask.
    let cancelled = Arc::new(AtomicBool::new(true));
    let plain = || TextClassifier::params().fit(&examples(&texts, &labels));
    assert!(cancellable(&cancelled, plain).is_ok());
}

/// Its only document is left out once, and nothing is left of its prior then.
#[test]
fn a_class_may_have_a_single_document_of_any_weight() {
    let texts = [
        "stocks fell today",
        "stocks rose today",
        "ministers vote on bill",
        "ministers pass the bill",
        "a new phone",
    ];
    let labels = ["markets", "markets", "policy", "policy", "technology"];
    for model in [Model::Multinomial, Model::Complement { norm: false }] {
        let params = params().model(model);
        let refined = params.fit(&examples(&texts, &labels)).unwrap();
        assert_eq!(refined.predict(&texts).unwrap(), labels);
        for weight in [1e3, 1e7, 1e10, 1e12] {
            let weights = [weight, 1.0, 1.0, 1.0, 1.0];
            let weighted = examples(&texts, &labels).with_weights(&weights).unwrap();
            assert_eq!(
                params.fit(&weighted).unwrap().predict(&texts[..1]).unwrap(),
                ["markets"],
                "{weight}"
            );
        }
    }
    for model in [Model::Multinomial, Model::Complement { norm: false }] {
        let weighted = examples(&texts, &labels).with_weights(&[1e306; 5]).unwrap();
        let error = params()
            .model(model)
            .fit(&weighted)
            .unwrap_err()
            .to_string();
        assert!(error.contains("sample_weight is 1e306"), "{error}");
    }
    let nothing = [1.0, 1.0, 1.0, 1.0, 0.0];
    let weighted = examples(&texts, &labels).with_weights(&nothing).unwrap();
    let error = params()
        .model(Model::Multinomial)
        .fit(&weighted)
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("sample_weight is 0 for all documents of a class"),
        "{error}"
    );
}
