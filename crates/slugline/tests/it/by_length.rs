//! Calibration by length, level class sums, and documents of a prior.

use super::corpora::{examples, fit, labels, texts, with_background};
use slugline::{
    Auto, Calibration, Examples, IdfOrder, NaiveBayes, Prior, Scratch, TextClassifier,
    TextClassifierParams, TrainerOptions,
};

fn params() -> TextClassifierParams {
    TextClassifier::params()
        .naive_bayes(NaiveBayes::multinomial().alpha(0.3).fit_prior(false))
        .background("sport".to_owned())
}

fn by_length() -> Auto {
    Auto::default().calibrate(true).by_length(true)
}

/// Texts whose words all stand in several of them, so that leaving one out leaves no word unknown.
fn twice() -> (Vec<String>, Vec<&'static str>) {
    let (texts, labels) = with_background();
    let texts = texts.iter().filter(|text| !text.is_empty());
    let labels = labels.iter().zip(with_background().0);
    let labels = labels
        .filter(|(_, text)| !text.is_empty())
        .map(|(label, _)| *label);
    let (texts, labels): (Vec<&str>, Vec<&str>) = (texts.copied().collect(), labels.collect());
    // A few words of another topic, so that not all is clear.
    let mixed = |at: usize, text: &str| {
        let other = texts[(at * 5 + 3) % texts.len()];
        let some: Vec<&str> = other.split(' ').take(at % 4 + 1).collect();
        format!("{text} {}", some.join(" "))
    };
    let more = texts.iter().enumerate().map(|(at, text)| mixed(at, text));
    let all = texts.iter().map(|text| (*text).to_owned()).chain(more);
    (all.collect(), [labels.clone(), labels].concat())
}

/// softmax(score · r / temperature) and (m − 3 / n) / √n, from the documented formulas.
#[test]
fn by_the_book() {
    let (texts, labels) = with_background();
    let prior = || {
        Prior::new()
            .with("policy", "vote", 1.5)
            .with("sport", "goal", 2.0)
    };
    for level in [false, true] {
        let params = params().level_class_sums(level);
        let examples = examples(&texts, &labels);
        let model = params
            .clone()
            .prior(prior())
            .fit_auto(&examples, by_length())
            .unwrap();
        // All four as classes, to see the sums of the background, too.
        let zero = Prior::new()
            .with("policy", "vote", 0.0)
            .with("sport", "goal", 0.0);
        let all = params.background(None).prior(zero).fit(&examples).unwrap();
        let terms: Vec<&str> = all.vocabulary().iter().collect();
        let mut p = all.feature_count().unwrap().mapv(|sum| sum + 0.3);
        let at = |term: &str| terms.iter().position(|own| *own == term).unwrap();
        p[[1, at("vote")]] += 1.5;
        p[[2, at("goal")]] += 2.0;
        let totals: Vec<f64> = p.rows().into_iter().map(|row| row.sum()).collect();
        let largest = totals.iter().copied().fold(0.0, f64::max);
        for (mut row, total) in p.rows_mut().into_iter().zip(&totals) {
            row /= if level { largest } else { *total };
        }
        let mut scratch = Scratch::default();
        for text in [
            "goal",
            "minister, a vote and the chip",
            "keeper and bank shares fell",
        ] {
            let words: Vec<&str> = {
                let all = text.split([' ', ',']);
                let mut words: Vec<&str> = all.filter(|word| terms.contains(word)).collect();
                words.sort_unstable();
                words.dedup();
                words
            };
            let n = words.len() as f64;
            let values: Vec<f64> = words.iter().map(|word| all.idf()[at(word)]).collect();
            let length = values.iter().map(|x| x * x).sum::<f64>().sqrt();
            let log = |class: usize| -> f64 {
                let terms = words.iter().zip(&values);
                terms
                    .map(|(word, x)| x / length * p[[class, at(word)]].ln())
                    .sum()
            };
            let topics = [log(0), log(1), log(3)];
            let best = topics.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let evidence = (best - log(2) - 3.0 / n) / n.sqrt();
            let shares = model.shares_with(&mut scratch, text);
            assert!(
                (shares.evidence() - evidence).abs() < 1e-9,
                "{text} {level}"
            );
            let r = n / (n + 2.0) / (1.0 + n / 60.0).sqrt() / model.calibration().temperature;
            let powers: Vec<f64> = topics
                .iter()
                .map(|score| ((score - best) * r).exp())
                .collect();
            // The class sums of the model are level over its own classes, without the background: the same for all.
            for (found, power) in shares.verdict().probabilities().iter().zip(&powers) {
                let expected = power / powers.iter().sum::<f64>();
                assert!((found - expected).abs() < 1e-9, "{text} {level}");
            }
        }
    }
}

/// Calibration by leave-one-out is that of models that were fitted without each text.
#[test]
fn leave_one_out_is_fitting_without_a_text() {
    let (texts, labels) = twice();
    // Without idf and norm, which stay those of all documents.
    let params = params().use_idf(false).norm(None);
    let chosen = params
        .fit_auto(&examples(&texts, &labels), by_length())
        .unwrap()
        .calibration();
    let form = {
        let mut form = Calibration::default();
        form.by_length = true;
        form
    };
    let (mut topics, mut background, mut scored) = (Vec::new(), Vec::new(), Vec::new());
    for left in 0..texts.len() {
        let rest: Vec<usize> = (0..texts.len()).filter(|&at| at != left).collect();
        let of_rest: Vec<&str> = rest.iter().map(|&at| texts[at].as_str()).collect();
        let labels_of_rest: Vec<&str> = rest.iter().map(|&at| labels[at]).collect();
        let model = params.fit(&examples(&of_rest, &labels_of_rest)).unwrap();
        let model = model.with_calibration(form).unwrap();
        let mut scratch = Scratch::default();
        let evidence = model.shares_with(&mut scratch, &texts[left]).evidence();
        if labels[left] == "sport" {
            background.push(evidence);
            continue;
        }
        topics.push(evidence);
        let class = model
            .labels()
            .iter()
            .position(|label| label == labels[left])
            .unwrap();
        // Scaled by the length, at a temperature of 1.
        let logs = model.predict_log_proba(&[&texts[left]]).unwrap();
        scored.push((logs.row(0).to_vec(), class));
    }
    let quality = |limit: f64| {
        let below = |all: &[f64]| all.iter().filter(|evidence| **evidence < limit).count() as f64;
        below(&background) / background.len() as f64 - below(&topics) / topics.len() as f64
    };
    let all = topics.iter().chain(&background);
    let best = all
        .clone()
        .map(|limit| quality(limit + 1e-9))
        .fold(0.0, f64::max);
    let limit = chosen.other_below.unwrap();
    assert!(
        (quality(limit) - best).abs() < 1e-12,
        "{} {best}",
        quality(limit)
    );
    // It lies half way between two texts.
    let nearest = |side: f64| {
        let distances = all.clone().map(|evidence| (evidence - limit) * side);
        distances
            .filter(|distance| *distance > 0.0)
            .fold(f64::INFINITY, f64::min)
    };
    assert!((nearest(1.0) - nearest(-1.0)).abs() < 1e-9);

    let doubt = 1.0 / (scored.len() as f64 + 2.0);
    let loss = |temperature: f64| -> f64 {
        let of_text = |(logs, class): &(Vec<f64>, usize)| {
            let scores: Vec<f64> = logs.iter().map(|log| log / temperature).collect();
            let sum = scores.iter().map(|score| score.exp()).sum::<f64>().ln();
            let others = (logs.len() - 1) as f64;
            let part = |at: usize| {
                if at == *class {
                    1.0 - doubt
                } else {
                    doubt / others
                }
            };
            (0..scores.len())
                .map(|at| part(at) * (sum - scores[at]))
                .sum::<f64>()
        };
        scored.iter().map(of_text).sum()
    };
    let found = loss(chosen.temperature);
    assert!(found < loss(chosen.temperature * 1.001) && found < loss(chosen.temperature / 1.001));
}

/// Level class sums are those with a term that no document holds, as often in each class as it lacks of the largest.
#[test]
fn level_class_sums_are_a_term_that_nobody_uses() {
    let (texts, labels) = twice();
    let examples = examples(&texts, &labels);
    let plain = params().fit(&examples).unwrap();
    let all = params().background(None).fit(&examples).unwrap();
    let totals: Vec<f64> = {
        let sums = all.feature_count().unwrap();
        sums.rows().into_iter().map(|row| row.sum()).collect()
    };
    let largest = totals.iter().copied().fold(0.0, f64::max);
    let unused = all.labels().iter().zip(&totals);
    let unused = unused.fold(Prior::new(), |prior, (label, total)| {
        prior.with(label.clone(), "unused", largest - total)
    });
    let level = params()
        .level_class_sums(true)
        .fit_auto(&examples, by_length())
        .unwrap();
    let expected = params()
        .prior(unused)
        .fit_auto(&examples, by_length())
        .unwrap();
    let weights = |model: &TextClassifier, term| {
        let weights = model.weights_of(term).unwrap();
        [weights[0] - weights[1], weights[0] - weights[2]]
    };
    for term in plain.vocabulary().iter() {
        for (a, b) in weights(&level, term)
            .into_iter()
            .zip(weights(&expected, term))
        {
            assert!((a - b).abs() < 1e-12, "{term}");
        }
        let plain = weights(&plain, term);
        assert!((weights(&level, term)[0] - plain[0]).abs() > 1e-6, "{term}");
    }
    let (a, b) = (level.calibration(), expected.calibration());
    assert!(
        (a.temperature / b.temperature - 1.0).abs() < 0.01,
        "{a:?} {b:?}"
    );
    assert!(
        (a.other_below.unwrap() - b.other_below.unwrap()).abs() < 1e-3,
        "{a:?} {b:?}"
    );

    let complement = TextClassifier::params().level_class_sums(true);
    let error = complement.fit(&examples).unwrap_err().to_string();
    assert!(
        error.contains("level_class_sums is on: expected off for the complement model"),
        "{error}"
    );
}

#[test]
fn labels_alone_are_those_of_the_shares() {
    let (texts, labels) = twice();
    let examples = examples(&texts, &labels);
    let more = ["", "xyz", "goal", "the keeper and the bank", "chip"];
    let asked: Vec<&str> = texts.iter().map(String::as_str).chain(more).collect();
    let (mut one, mut two) = (Scratch::default(), Scratch::default());
    let models = [
        params().fit(&examples),
        params().fit_auto(&examples, Auto::default().calibrate(true)),
        params().fit_auto(&examples, by_length()),
    ];
    for model in models {
        let model = model.unwrap();
        let mut found = Vec::new();
        let (_, evidence) = model.predict_shares(&asked).unwrap();
        for (text, evidence) in asked.iter().zip(evidence) {
            let shares = model.shares_with(&mut one, text);
            assert_eq!(shares.evidence().to_bits(), evidence.to_bits());
            assert_eq!(
                model.label_or_other_with(&mut two, text),
                shares.label_or_other()
            );
            found.push(shares.label_or_other().to_owned());
        }
        let limited = model.calibration().other_below.is_some();
        assert_eq!(found.iter().any(|label| label == "other"), limited);
        let logs = model.predict_log_proba(&asked).unwrap();
        let probabilities = model.predict_proba(&asked).unwrap();
        assert_eq!(logs.mapv(f64::exp), probabilities);
        for (text, row) in asked.iter().zip(logs.rows()) {
            assert_eq!(
                model.log_probabilities_with(&mut one, text),
                row.as_slice().unwrap()
            );
        }
        let read = TextClassifier::from_bytes(&model.to_bytes().unwrap()).unwrap();
        assert_eq!(read.calibration(), model.calibration());
        assert_eq!(read.predict_proba(&asked).unwrap(), probabilities);
    }
    // A model that is calibrated by length stays so.
    let model = params().fit_auto(&examples, by_length()).unwrap();
    assert!(model.calibrated(&examples).unwrap().calibration().by_length);
    let auto = Auto::default().by_length(true);
    let error = params().fit_auto(&examples, auto).unwrap_err().to_string();
    assert!(
        error.contains("by_length is on: expected off where nothing is calibrated"),
        "{error}"
    );
    let mut bad = model.calibration();
    bad.temperature = 0.0;
    assert!(model.with_calibration(bad).is_err());
}

#[test]
fn documents_of_a_prior_count_in_the_idf() {
    let prior = Prior::new()
        .with("policy", "minister", 0.5)
        .with("policy", "ballot", 2.0)
        .with_document_frequencies(100, [("Minister", 7), ("ballot", 40), ("bank", 9)]);
    let params = TextClassifier::params().prior(prior.clone());
    let model = fit(&params);
    let idf =
        |model: &TextClassifier, term| model.idf()[model.vocabulary().id(term).unwrap() as usize];
    let expected = |df: f64| (113.0 / (1.0 + df)).ln() + 1.0;
    assert!((idf(&model, "minister") - expected(9.0)).abs() < 1e-12);
    assert!((idf(&model, "ballot") - expected(40.0)).abs() < 1e-12);
    // It has no weight in the prior.
    assert!((idf(&model, "bank") - expected(2.0)).abs() < 1e-12);
    assert_eq!(model.document_frequency("minister"), 2);
    assert_eq!(model.n_documents(), 12);

    let read = TextClassifier::from_bytes(&model.to_bytes().unwrap()).unwrap();
    assert_eq!(read.to_bytes().unwrap(), model.to_bytes().unwrap());
    let mut trainer = params.trainer(&TrainerOptions::default()).unwrap();
    trainer.add(&examples(&texts(), &labels())).unwrap();
    assert_eq!(
        trainer.finish().unwrap().model.to_bytes().unwrap(),
        model.to_bytes().unwrap()
    );

    // Sums that are exact stay so.
    let exact = params.idf_order(IdfOrder::AfterNorm).min_df(2);
    let whole = fit(&exact);
    let part = |from: usize, to: usize| {
        exact
            .fit(&examples(&texts()[from..to], &labels()[from..to]))
            .unwrap()
    };
    let merged = part(0, 5).merge(&part(5, 12)).unwrap();
    assert_eq!(merged.to_bytes().unwrap(), whole.to_bytes().unwrap());
    let (all_texts, all_labels) = (texts(), labels());
    let gone = Examples::new(&all_texts[5..], &all_labels[5..]).unwrap();
    let left = whole.forget(&gone).unwrap();
    assert_eq!(left.idf(), part(0, 5).idf());
    let others = exact
        .clone()
        .prior(prior.with_document_frequencies(99, [("ballot", 40)]));
    let others = others
        .fit(&examples(&texts()[5..], &labels()[5..]))
        .unwrap();
    assert!(part(0, 5).merge(&others).is_err());

    let many = Prior::new().with("policy", "vote", 1.0);
    let many = many.with_document_frequencies(3, [("vote", 2), ("Vote", 2)]);
    let error = TextClassifier::params()
        .prior(many)
        .fit(&examples(&texts(), &labels()));
    let error = error.unwrap_err().to_string();
    assert!(
        error.contains("4 documents with the term") && error.contains("at most the number"),
        "{error}"
    );
}
