//! Priors, backgrounds, shares, and what is chosen on held-out documents.

use super::corpora::{DOCUMENTS, examples, fit, labels, texts, with_background};
use proptest::prelude::*;
use slugline::{
    Auto, Error, IdfOrder, NaiveBayes, Prior, Scratch, StopWords, TextClassifier,
    TextClassifierParams,
};

fn params() -> TextClassifierParams {
    TextClassifier::params().naive_bayes(NaiveBayes::multinomial().alpha(0.3))
}

#[test]
fn pseudo_counts_are_counts() {
    // A prior of weight w for a term is what documents whose values sum to w would add to the sums.
    let plain = fit(&params());
    let prior = Prior::new()
        .with("policy", "minister", 0.5)
        .with("policy", "Minister", 0.25)
        .with("markets", "unheard", 2.0);
    let with = fit(&params().prior(prior));
    assert_eq!(with.prior_count(), 2);
    let (before, after) = (
        plain.feature_count().unwrap(),
        with.feature_count().unwrap(),
    );
    let column = |model: &TextClassifier, term| model.vocabulary().id(term).unwrap() as usize;
    // The sums over documents stay what they are; a term that no document holds has none.
    assert_eq!(
        before.column(column(&plain, "minister")),
        after.column(column(&with, "minister"))
    );
    assert!(after.column(column(&with, "unheard")).sum().abs() < 1e-300);
    // P(t | c) = (N + α + π) / Σ.
    let n = with.vocabulary().len() as f64;
    let total = after.row(1).sum() + 0.3 * n + 0.75;
    let expected = ((after[[1, column(&with, "minister")]] + 0.3 + 0.75) / total).ln();
    assert!((with.weights_of("minister").unwrap()[1] - expected).abs() < 1e-12);
    assert_eq!(with.classify("unheard").label(), "markets");
    assert_eq!(plain.classify("unheard").recognised(), 0);
}

#[test]
fn a_prior_is_read_like_a_text_and_never_pruned() {
    let prior = Prior::new()
        .with("policy", "Prime Minister", 1.0)
        .with("policy", "parliament", 1.0)
        .with("policy", "the", 1.0)
        .with("policy", "of the", 1.0);
    let pruned = params()
        .min_df(3)
        .stop_words(StopWords::Language("english".into()))
        .prior(prior.clone());
    let one = fit(&pruned);
    assert!(one.vocabulary().id("parliament").is_some());
    assert!(one.vocabulary().id("prime minister").is_none());
    assert_eq!(prior.usable(&one.settings().features).unwrap(), 1);
    let two = fit(&pruned.ngram_range(1, 2));
    assert!(two.vocabulary().id("prime minister").is_some());
    assert!(
        two.vocabulary().id("prime").is_none(),
        "only the whole n-gram"
    );
    assert_eq!(two.document_frequency("prime minister"), 0);
}

#[test]
fn labels_of_the_prior_are_labels() {
    let prior = Prior::new().with("sport", "goal", 1.0);
    let model = fit(&params().prior(prior));
    assert_eq!(model.labels(), ["markets", "policy", "sport", "technology"]);
    // No document has it: its class prior is 0.
    let even = params().fit_prior(false);
    let prior = Prior::new().with("sport", "goal", 1.0);
    assert_eq!(fit(&even.prior(prior)).classify("a goal").label(), "sport");
}

#[test]
fn priors_that_make_no_sense() {
    let cases = [
        (
            params().prior(Prior::new().with("policy", "x y", -1.0)),
            "-1 for the term",
        ),
        (
            params().prior(Prior::new().with("policy", "xy", f64::NAN)),
            "NaN",
        ),
        (
            TextClassifier::params()
                .naive_bayes(NaiveBayes::bernoulli())
                .prior(Prior::new().with("policy", "xy", 1.0)),
            "Bernoulli",
        ),
        (
            params()
                .analyzer(slugline::Unit::Char)
                .prior(Prior::new().with("policy", "xy", 1.0)),
            "characters",
        ),
        (
            params().prior(
                Prior::new()
                    .with("policy", "xy", 1e308)
                    .with("policy", "yz", 1e308),
            ),
            "finite",
        ),
        (params().background("nobody".to_owned()), "nobody"),
    ];
    for (params, expected) in cases {
        let error = params.fit(&examples(&texts(), &labels())).unwrap_err();
        assert!(error.to_string().contains(expected), "{error}");
    }
    let alone = params()
        .background("a".to_owned())
        .fit(&examples(&["x y z"], &["a"]));
    assert!(alone.unwrap_err().to_string().contains("the only label"));
}

#[test]
fn the_background_is_no_class() {
    let (texts, labels) = with_background();
    let model = params()
        .background("sport".to_owned())
        .fit(&examples(&texts, &labels))
        .unwrap();
    assert_eq!(model.labels(), ["markets", "policy", "technology"]);
    assert_eq!(model.background_count(), Some(4.0));
    assert_eq!(model.n_documents(), 16);
    assert_eq!(model.class_count(), [4.0, 4.0, 4.0]);
    // The classes' sums are those of a model of all, without the background's.
    let four = params().fit(&examples(&texts, &labels)).unwrap();
    let (three, four) = (
        model.feature_count().unwrap(),
        four.feature_count().unwrap(),
    );
    assert_eq!(three.row(0), four.row(0));
    assert_eq!(three.row(1), four.row(1));
    assert_eq!(three.row(2), four.row(3));

    let mut scratch = Scratch::default();
    let mut evidence = |text: &str| model.shares_with(&mut scratch, text).evidence();
    assert!(evidence("a goal and a penalty in the match") < evidence("the chip and the browser"));
    assert!(evidence("the keeper and the striker") < 0.0);
}

#[test]
fn shares_of_a_text_about_two_topics() {
    let model = fit(&params());
    let mut scratch = Scratch::default();
    let shares = model.shares_with(
        &mut scratch,
        "The minister told parliament of the bank's shares",
    );
    let of = |label| shares.by_label().find(|(own, _)| *own == label).unwrap().1;
    assert!(of("policy") > 0.3 && of("markets") > 0.3 && of("technology") < 0.1);
    let labels: Vec<&str> = shares
        .at_least(0.2)
        .iter()
        .map(|(label, _)| *label)
        .collect();
    assert_eq!(labels.len(), 2);
    assert!(!labels.contains(&"technology"));
    assert!((0.5..=1.0).contains(&shares.coverage()));
    // One by one and all at once are the same bits.
    let (all, evidence) = model.predict_shares(&texts()).unwrap();
    for ((text, row), evidence) in texts().iter().zip(all.rows()).zip(evidence) {
        let shares = model.shares_with(&mut scratch, text);
        assert_eq!(row.as_slice().unwrap(), shares.shares());
        assert_eq!(evidence.to_bits(), shares.evidence().to_bits());
    }
}

/// Expectation–maximisation written plainly, from the documented formulas.
#[test]
fn shares_by_the_book() {
    let (texts, labels) = with_background();
    let model = params()
        .background("sport".to_owned())
        .prior(
            Prior::new()
                .with("policy", "vote", 1.5)
                .with("sport", "goal", 2.0),
        )
        .fit(&examples(&texts, &labels))
        .unwrap();
    let all = params()
        .prior(
            Prior::new()
                .with("policy", "vote", 0.0)
                .with("sport", "goal", 0.0),
        )
        .fit(&examples(&texts, &labels))
        .unwrap();
    let sums = all.feature_count().unwrap();
    let terms: Vec<&str> = all.vocabulary().iter().collect();
    let at = |term| terms.iter().position(|own| *own == term).unwrap();
    let mut p = sums.mapv(|sum| sum + 0.3);
    // A tenth of the prior.
    p[[1, at("vote")]] += 0.15;
    p[[2, at("goal")]] += 0.2;
    for mut row in p.rows_mut() {
        let total = row.sum();
        row /= total;
    }
    let topics = [0, 1, 3];
    let background: Vec<f64> = (0..terms.len())
        .map(|t| 0.5 * p[[2, t]] + 0.5 * topics.iter().map(|&c| p[[c, t]]).sum::<f64>() / 3.0)
        .collect();

    let words = ["minister", "vote", "chip", "goal", "bank"];
    let mut theta = [1.0 / 3.0; 3];
    let mut lambda = 0.5;
    for _ in 0..2000 {
        let (mut s, mut b) = ([0.0; 3], 0.0);
        for word in words {
            let t = at(word);
            let parts: Vec<f64> = (0..3)
                .map(|c| (1.0 - lambda) * theta[c] * p[[topics[c], t]])
                .collect();
            let rest = lambda * background[t];
            let sum = parts.iter().sum::<f64>() + rest;
            for c in 0..3 {
                s[c] += parts[c] / sum;
            }
            b += rest / sum;
        }
        let explained: f64 = s.iter().sum();
        for c in 0..3 {
            theta[c] = (s[c] + 0.07 * explained / 3.0) / (explained * 1.07);
        }
        lambda = b / (b + explained);
    }
    let mut scratch = Scratch::default();
    let shares = model.shares_with(&mut scratch, &format!("{} vote", words.join(" ")));
    for (found, expected) in shares.shares().iter().zip(theta) {
        assert!(
            (found - expected).abs() < 0.01,
            "{:?} {theta:?}",
            shares.shares()
        );
    }
}

#[test]
fn other_is_an_answer_where_there_is_a_limit() {
    let (texts, labels) = with_background();
    let params = params().background("sport".to_owned());
    let auto = Auto::default().calibrate(true);
    let model = params.fit_auto(&examples(&texts, &labels), auto).unwrap();
    let limit = model.calibration().other_below.unwrap();
    let mut scratch = Scratch::default();
    let mut label = |model: &TextClassifier, text: &str| {
        let shares = model.shares_with(&mut scratch, text);
        assert_eq!(shares.is_other(), shares.label_or_other() == "other");
        shares.label_or_other().to_owned()
    };
    assert_eq!(label(&model, "the keeper and the striker"), "other");
    assert_eq!(label(&model, ""), "other");
    assert_eq!(label(&model, "xyz"), "other");
    assert_eq!(label(&model, "shares of the bank fell"), "markets");
    let never = model.clone().with_other_below(None).unwrap();
    assert_ne!(label(&never, "the keeper and the striker"), "other");
    let always = model.clone().with_other_below(Some(1e9)).unwrap();
    assert_eq!(label(&always, "shares of the bank fell"), "other");
    assert!(model.clone().with_other_below(Some(f64::NAN)).is_err());
    // It is kept in the file, as are background and prior.
    let read = TextClassifier::from_bytes(&model.to_bytes().unwrap()).unwrap();
    assert_eq!(read.calibration(), model.calibration());
    assert_eq!(read.calibration().other_below, Some(limit));
    assert_eq!(read.background_count(), Some(4.0));
    assert_eq!(label(&read, "the keeper and the striker"), "other");
}

#[test]
fn calibration_leaves_labels_alone_and_lowers_the_log_loss() {
    let texts: Vec<String> = (0..60)
        .map(|n| format!("{} number{}", DOCUMENTS[n % 12].1, n % 7))
        .collect();
    // One label in five is wrong: what is certain beforehand has to become less so.
    let labels: Vec<&str> = (0..60)
        .map(|n| DOCUMENTS[(n + 4 * usize::from(n % 5 == 0)) % 12].0)
        .collect();
    let plain = params().norm(None).fit(&examples(&texts, &labels)).unwrap();
    let held_out: Vec<String> = texts.iter().rev().cloned().collect();
    let truth: Vec<&str> = labels.iter().rev().copied().collect();
    let calibrated = plain.calibrated(&examples(&held_out, &truth)).unwrap();
    assert!((calibrated.calibration().temperature - 1.0).abs() > 0.01);
    let loss = |model: &TextClassifier| {
        let mut evaluation = slugline::evaluate::Evaluation::new(model.labels());
        for (text, label) in held_out.iter().zip(&truth) {
            evaluation.add(label, &model.classify(text));
        }
        evaluation.log_loss()
    };
    assert!(loss(&calibrated) < loss(&plain));
    for text in &texts {
        assert_eq!(
            calibrated.classify(text).label(),
            plain.classify(text).label()
        );
        let probabilities = calibrated.predict_proba(&[text]).unwrap();
        let verdict = calibrated.classify(text);
        assert_eq!(
            probabilities.row(0).as_slice().unwrap(),
            verdict.probabilities()
        );
    }
    assert!(plain.calibrated(&examples(&["x"], &["nobody"])).is_err());
    assert!(plain.calibrated(&examples(&[""; 0], &[""; 0])).is_err());
}

#[test]
fn models_with_background_and_prior_merge_exactly() {
    let (texts, labels) = with_background();
    let prior = Prior::new()
        .with("policy", "vote", 1.5)
        .with("sport", "goal", 2.0)
        .with("technology", "robot", 0.5);
    let params = TextClassifier::params()
        .idf_order(IdfOrder::AfterNorm)
        .min_df(2)
        .background("sport".to_owned())
        .prior(prior);
    let whole = params.fit(&examples(&texts, &labels)).unwrap();
    let odd = |odd: usize| -> (Vec<&str>, Vec<&str>) {
        let pairs = texts.iter().zip(&labels).enumerate();
        pairs
            .filter(|(at, _)| at % 2 == odd)
            .map(|(_, (text, label))| (*text, *label))
            .unzip()
    };
    let part = |which| {
        let (texts, labels) = odd(which);
        params.fit(&examples(&texts, &labels)).unwrap()
    };
    let merged = part(0).merge(&part(1)).unwrap();
    assert_eq!(merged.to_bytes().unwrap(), whole.to_bytes().unwrap());
    let other = params
        .clone()
        .prior(Prior::new().with("policy", "vote", 9.0));
    let (texts, labels) = odd(1);
    let error = part(0)
        .merge(&other.fit(&examples(&texts, &labels)).unwrap())
        .unwrap_err();
    assert!(matches!(error, Error::Incompatible(_)), "{error}");
}

proptest! {
    #[test]
    fn any_text_has_shares(text in "\\PC{0,60}|[a-z ]{0,80}", alpha in prop::sample::select(vec![0.0, 0.3, 5.0])) {
        let model = fit(&TextClassifier::params().naive_bayes(NaiveBayes::multinomial().alpha(alpha)));
        let mut scratch = Scratch::default();
        let shares = model.shares_with(&mut scratch, &text);
        prop_assert!((shares.shares().iter().sum::<f64>() - 1.0).abs() < 1e-9);
        prop_assert!(shares.shares().iter().all(|share| (0.0..=1.0).contains(share)));
        prop_assert!(shares.evidence().is_finite());
        prop_assert!((0.0..=1.0).contains(&shares.coverage()));
    }
}
