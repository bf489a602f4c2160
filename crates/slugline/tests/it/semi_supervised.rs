//! Learning from text without labels.

use std::{collections::BTreeMap, fmt::Write as _, path::Path};

use slugline::{
    ClassShares, IdfOrder, Model, NaiveBayes, Prior, Scratch, TextClassifier, Unlabelled,
    dataset::{Description, WordVectors, load_prior},
    evaluate::Evaluation,
};

use super::{
    corpora::{examples, sized_topics},
    real::read_corpus,
};

fn accuracy(model: &TextClassifier, texts: &[String], labels: &[String]) -> f64 {
    let mut evaluation = Evaluation::new(model.labels());
    let mut scratch = Scratch::default();
    for (text, label) in texts.iter().zip(labels) {
        evaluation.add(label, &model.classify_with(&mut scratch, text));
    }
    evaluation.accuracy()
}

#[test]
fn texts_without_labels_help() {
    let (texts, labels) = sized_topics([200, 200, 200], 1, 0, 5);
    let (unseen, truth) = sized_topics([100, 100, 100], 2, 0, 5);
    let few = 9;
    for params in [
        TextClassifier::params(),
        TextClassifier::params().naive_bayes(NaiveBayes::multinomial().alpha(0.1)),
        TextClassifier::params()
            .idf_order(IdfOrder::AfterNorm)
            .min_df(2),
        TextClassifier::params().model(Model::Bernoulli {
            binarize: Some(0.0),
        }),
    ] {
        let alone = params
            .fit(&examples(&texts[..few], &labels[..few]))
            .unwrap();
        let how = Unlabelled::default();
        let learned = params
            .fit_semi_supervised(
                &examples(&texts[..few], &labels[..few]),
                &texts[few..],
                &how,
            )
            .unwrap();
        let (before, after) = (
            accuracy(&alone, &unseen, &truth),
            accuracy(&learned.classifier, &unseen, &truth),
        );
        assert!(after > before + 0.05, "{before} {after}");
        assert!(learned.disagreement() < 0.05, "{:?}", learned.free_shares);
        assert_eq!(learned.classifier.settings(), &params);
        let other = params.clone().threads(3);
        let same = other
            .fit_semi_supervised(
                &examples(&texts[..few], &labels[..few]),
                &texts[few..],
                &how,
            )
            .unwrap();
        assert_eq!(same.free_shares, learned.free_shares);
        let bytes = |model: TextClassifier| model.with_threads(1).to_bytes().unwrap();
        assert_eq!(bytes(same.classifier), bytes(learned.classifier));
    }
}

#[test]
fn a_few_words_are_enough_to_begin_with() {
    let (texts, labels) = sized_topics([200, 200, 200], 3, 0, 5);
    let prior = ["markets", "policy", "technology"]
        .iter()
        .fold(Prior::new(), |prior, label| {
            (0..4).fold(prior, |prior, n| {
                prior.with(*label, format!("{}{n}", &label[..2]), 2.0)
            })
        });
    let params = TextClassifier::params().prior(prior);
    let none: [&str; 0] = [];
    let unlabelled: Vec<&str> = texts.iter().map(String::as_str).collect();
    let learned = params
        .fit_semi_supervised(&examples(&none, &none), &unlabelled, &Unlabelled::default())
        .unwrap();
    let found = accuracy(&learned.classifier, &texts, &labels);
    assert!(found > 0.9, "{found}");
    let without = TextClassifier::params();
    assert!(
        without
            .fit_semi_supervised(&examples(&none, &none), &unlabelled, &Unlabelled::default())
            .is_err()
    );
}

/// From vectors of words and two words on each label to a model, without a label; the same bits for any threads.
#[test]
fn descriptions_are_enough_to_begin_with() {
    let (texts, truth) = sized_topics([200, 200, 200], 9, 0, 5);
    let topics = ["markets", "policy", "technology"];
    // A word is near its topic, and a little near another; common words are near the first.
    let mut table = String::new();
    for (at, topic) in topics.iter().enumerate() {
        for n in 0..30 {
            let mut vector = [0.3; 3];
            vector[at] += 0.2;
            vector[n % 3] += 0.15;
            let [a, b, c] = vector;
            writeln!(table, "{}{n} {a} {b} {c}", &topic[..2]).unwrap();
        }
    }
    for n in 0..40 {
        writeln!(table, "common{n} 0.5 0.3 0.3").unwrap();
    }
    let path = std::env::temp_dir().join(format!("slugline-describe-{}", std::process::id()));
    std::fs::write(&path, table).unwrap();
    let vectors = WordVectors::load(&path).unwrap();
    std::fs::remove_file(&path).unwrap();
    let descriptions = topics.map(|topic| Description {
        label: topic.to_owned(),
        text: format!("{0}0 and {0}1", &topic[..2]),
    });
    let prior = vectors
        .describe(&descriptions, &vectors.words(), 2.0, 15.0)
        .unwrap();
    let none: Vec<String> = Vec::new();
    let fit = |threads| {
        TextClassifier::params()
            .prior(prior.clone())
            .threads(threads)
            .fit_semi_supervised(&examples(&none, &none), &texts, &Unlabelled::default())
            .unwrap()
            .classifier
    };
    let model = fit(1);
    let found = accuracy(&model, &texts, &truth);
    assert!(found > 0.9, "{found}");
    let bytes = |model: TextClassifier| model.with_threads(1).to_bytes().unwrap();
    assert_eq!(bytes(fit(3)), bytes(model));
}

/// A start that takes common words for one topic's: free, one topic ends with half of
/// the texts and another with a fifth; held, each ends with a third, and nearly always the right one.
#[test]
fn no_class_takes_from_the_others() {
    let (texts, truth) = sized_topics([300, 300, 300], 4, 0, 10);
    let prior = (0..40).fold(Prior::new(), |prior, n| {
        prior.with("markets", format!("common{n}"), 30.0)
    });
    let prior = ["markets", "policy", "technology"]
        .iter()
        .fold(prior, |prior, label| {
            (0..3).fold(prior, |prior, n| {
                prior.with(*label, format!("{}{n}", &label[..2]), 1.0)
            })
        });
    let params = TextClassifier::params()
        .norm(None)
        .naive_bayes(NaiveBayes::multinomial().alpha(0.1))
        .prior(prior);
    let none: Vec<String> = Vec::new();
    let with = |class_shares| {
        let how = Unlabelled::default().class_shares(class_shares).rounds(30);
        let learned = params
            .fit_semi_supervised(&examples(&none, &none), &texts, &how)
            .unwrap();
        (accuracy(&learned.classifier, &texts, &truth), learned)
    };
    let (free, swallowed) = with(ClassShares::Free);
    let (held, kept) = with(ClassShares::Uniform);
    let largest = swallowed
        .free_shares
        .iter()
        .fold(0.0, |a: f64, &b| a.max(b));
    assert!(largest > 0.45, "{:?}", swallowed.free_shares);
    assert_eq!(swallowed.held_shares, None);
    assert!(held > 0.9 && held > free + 0.2, "{free} {held}");
    assert!(kept.disagreement() < 0.05, "{:?}", kept.free_shares);
}

/// Shares that the texts speak against are reported.
#[test]
fn wrong_shares_are_told() {
    let (texts, labels) = sized_topics([400, 40, 40], 5, 0, 5);
    let params = TextClassifier::params().naive_bayes(NaiveBayes::multinomial().alpha(0.1));
    let with = |class_shares| {
        let how = Unlabelled::default().class_shares(class_shares);
        params
            .fit_semi_supervised(&examples(&texts[..60], &labels[..60]), &texts[60..], &how)
            .unwrap()
    };
    let wrong = with(ClassShares::Given(vec![0.1, 0.1, 0.8])).disagreement();
    let right = with(ClassShares::Given(vec![400.0, 40.0, 40.0])).disagreement();
    assert!(wrong > 0.05 && right < 0.05, "{wrong} {right}");
}

#[test]
fn a_model_is_carried_over_to_other_words() {
    let (old, labels) = sized_topics([150, 150, 150], 6, 0, 5);
    // Half of the topics' words are new.
    let (new, truth) = sized_topics([300, 300, 300], 7, 15, 5);
    for params in [
        TextClassifier::params(),
        TextClassifier::params().idf_order(IdfOrder::AfterNorm),
    ] {
        let model = params.fit(&examples(&old, &labels)).unwrap();
        let before = accuracy(&model, &new, &truth);
        let adapted = model.adapt(&new, &Unlabelled::default()).unwrap();
        let after = accuracy(&adapted.classifier, &new, &truth);
        assert!(after > before && after > 0.95, "{before} {after}");
        assert!(adapted.classifier.vocabulary().id("te44").is_some());
        assert!(model.vocabulary().id("te44").is_none());
        assert_eq!(adapted.classifier.n_documents(), 450 + 900);
        let read = TextClassifier::from_bytes(&adapted.classifier.to_bytes().unwrap()).unwrap();
        assert_eq!(accuracy(&read, &new, &truth).to_bits(), after.to_bits());
    }
}

#[test]
fn settings_out_of_range_are_errors() {
    let (texts, labels) = sized_topics([5, 5, 5], 8, 0, 5);
    let model = TextClassifier::params()
        .fit(&examples(&texts, &labels))
        .unwrap();
    let error = |how: Unlabelled| model.adapt(&texts, &how).unwrap_err().to_string();
    let default = Unlabelled::default;
    assert!(error(default().weight(0.0)).contains("weight"));
    assert!(error(default().rounds(0)).contains("rounds"));
    let shares = |shares| default().class_shares(ClassShares::Given(shares));
    assert!(error(shares(vec![1.0])).contains("class shares"));
    assert!(error(shares(vec![1.0, -1.0, 1.0])).contains("class_shares"));
    let none: [&str; 0] = [];
    assert!(model.adapt(&none, &default()).is_err());
}

/// AG News: 20 labels a class and the rest without labels; ten words a class and no label at all.
#[test]
fn ag_news() {
    let (Some((texts, labels)), Some((unseen, truth))) = (
        read_corpus("ag_news/train_subset.jsonl.gz"),
        read_corpus("ag_news/test.jsonl.gz"),
    ) else {
        return;
    };
    let mut left: BTreeMap<&str, u32> = labels.iter().map(|label| (label.as_str(), 20)).collect();
    let (mut known, mut unknown) = (Vec::new(), Vec::new());
    // Spread over the file, which is in no order of label.
    for at in (0..texts.len()).map(|at| at * 7919 % texts.len()) {
        let left = left.get_mut(labels[at].as_str()).unwrap();
        if *left == 0 {
            unknown.push(texts[at].clone());
        } else {
            *left -= 1;
            known.push(at);
        }
    }
    let of =
        |from: &[String]| -> Vec<String> { known.iter().map(|&at| from[at].clone()).collect() };
    let params = TextClassifier::params();
    let alone = accuracy(
        &params.fit(&examples(&of(&texts), &of(&labels))).unwrap(),
        &unseen,
        &truth,
    );
    let how = Unlabelled::default();
    let learned = params
        .fit_semi_supervised(&examples(&of(&texts), &of(&labels)), &unknown, &how)
        .unwrap();
    let with = accuracy(&learned.classifier, &unseen, &truth);
    println!("20 labels a class: {alone:.3} alone, {with:.3} with the rest unlabelled");
    assert!(with >= 0.85, "{alone} {with}");

    let words = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/ag_news_words.tsv");
    let none: Vec<String> = Vec::new();
    let learned = params
        .prior(load_prior(&words).unwrap())
        .fit_semi_supervised(&examples(&none, &none), &texts, &how)
        .unwrap();
    let with = accuracy(&learned.classifier, &unseen, &truth);
    println!("ten words a class and no label: {with:.3}");
    assert!(with >= 0.85, "{with}");
}
