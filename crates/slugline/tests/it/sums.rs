//! Everything learned is a sum: adding, forgetting, joining, leaving one out.

use ndarray::Array2;
use proptest::prelude::*;
use slugline::{
    Auto, Counts, Examples, IdfOrder, Model, NaiveBayes, Norm, Rows, TextClassifier,
    TextClassifierParams, Vectorizer,
    dataset::{ReadOptions, load},
    text::{Analyzer, AnalyzerParams},
};

use super::{
    corpora::{examples, overlapping_topics},
    real,
};

fn exact() -> Vec<TextClassifierParams> {
    let params = TextClassifier::params;
    vec![
        params().idf_order(IdfOrder::AfterNorm),
        params()
            .idf_order(IdfOrder::AfterNorm)
            .norm(Some(Norm::L1))
            .min_df(2),
        params()
            .model(Model::Multinomial)
            .norm(None)
            .sublinear_tf(false),
        params().model(Model::Bernoulli {
            binarize: Some(0.0),
        }),
    ]
}

/// Every number that a model has.
fn same(a: &TextClassifier, b: &TextClassifier) {
    assert_eq!(a.labels(), b.labels());
    assert_eq!(a.n_documents(), b.n_documents());
    assert!(a.vocabulary().iter().eq(b.vocabulary().iter()));
    assert_eq!(a.class_count(), b.class_count());
    let near = |a: f64, b: f64| (a - b).abs() <= 1e-12 * a.abs().max(1.0);
    for term in a.vocabulary().iter() {
        assert_eq!(a.document_frequency(term), b.document_frequency(term));
        let (a, b) = (a.weights_of(term).unwrap(), b.weights_of(term).unwrap());
        assert!(
            a.iter().zip(&b).all(|(&a, &b)| near(a, b)),
            "{term}: {a:?} {b:?}"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn forgetting_is_never_having_seen(seed in 1_u64..1000, gone in 1_usize..30) {
        let (texts, labels) = overlapping_topics(60, seed);
        for params in exact() {
            let all = params.fit(&examples(&texts, &labels)).unwrap();
            let forgotten = all.forget(&examples(&texts[..gone], &labels[..gone])).unwrap();
            // All labels are known to the model that never saw the documents, too.
            let mut names = labels.clone();
            names.sort_unstable();
            names.dedup();
            let targets: Vec<usize> = labels[gone..]
                .iter()
                .map(|label| names.iter().position(|name| name == label).unwrap())
                .collect();
            let rest = params.fit(&Examples::numbered(&texts[gone..], names, &targets).unwrap()).unwrap();
            same(&forgotten, &rest);
        }
    }

    #[test]
    fn adding_and_joining_are_fitting_at_once(seed in 1_u64..1000, order in any::<u64>()) {
        let (texts, labels) = overlapping_topics(80, seed);
        for params in exact() {
            let all = params.fit(&examples(&texts, &labels)).unwrap();
            let mut shards: Vec<TextClassifier> = texts
                .chunks(10)
                .zip(labels.chunks(10))
                .map(|(texts, labels)| params.fit(&examples(texts, labels)).unwrap())
                .collect();
            let added = texts[10..].chunks(10).zip(labels[10..].chunks(10)).fold(
                shards[0].clone(),
                |model, (texts, labels)| model.partial_fit(&examples(texts, labels)).unwrap(),
            );
            same(&added, &all);
            shards.sort_by_key(|shard| shard.n_documents().wrapping_mul(order) ^ order.rotate_left(shard.vocabulary().len() as u32));
            let joined = shards[1..].iter().fold(shards[0].clone(), |a, b| a.merge(b).unwrap());
            same(&joined, &all);
        }
    }
}

#[test]
fn the_bits_of_exact_sums_do_not_depend_on_the_order() {
    let (texts, labels) = overlapping_topics(90, 3);
    let params = TextClassifier::params().idf_order(IdfOrder::AfterNorm);
    let all = params.fit(&examples(&texts, &labels)).unwrap();
    let first = params.fit(&examples(&texts[..40], &labels[..40])).unwrap();
    let added = first
        .partial_fit(&examples(&texts[40..], &labels[40..]))
        .unwrap();
    let forgotten = added
        .forget(&examples(&texts[..20], &labels[..20]))
        .unwrap();
    let rest = params.fit(&examples(&texts[20..], &labels[20..])).unwrap();
    assert_eq!(added.to_bytes().unwrap(), all.to_bytes().unwrap());
    assert_eq!(forgotten.to_bytes().unwrap(), rest.to_bytes().unwrap());
}

#[test]
fn what_was_never_learned_cannot_be_forgotten() {
    let (texts, labels) = overlapping_topics(30, 5);
    let params = TextClassifier::params().idf_order(IdfOrder::AfterNorm);
    let model = params.fit(&examples(&texts, &labels)).unwrap();
    let wrong = |texts: &[&str], labels: &[&str]| {
        model
            .forget(&examples(texts, labels))
            .unwrap_err()
            .to_string()
    };
    assert!(wrong(&["unheard"], &["policy"]).contains("\"unheard\""));
    assert!(wrong(&[&texts[0]], &["sport"]).contains("sport"));
    let other = if labels[0] == "policy" {
        "markets"
    } else {
        "policy"
    };
    assert!(wrong(&[&texts[0]], &[other]).contains("would become"));
    assert!(wrong(&[texts[0].as_str(); 9], &[other; 9]).contains("training had"));
    let all: Vec<&str> = texts.iter().map(String::as_str).collect();
    let names: Vec<&str> = labels.iter().map(String::as_str).collect();
    assert!(wrong(&all, &names).contains("30 of 30"));
    let inexact = TextClassifier::params()
        .fit(&examples(&texts, &labels))
        .unwrap();
    let error = inexact
        .forget(&examples(&texts[..1], &labels[..1]))
        .unwrap_err();
    assert!(error.to_string().contains("after_norm"), "{error}");
    assert!(
        inexact
            .partial_fit(&examples(&texts[..1], &labels[..1]))
            .is_err()
    );
}

#[test]
fn a_prior_and_a_background_stay() {
    let (texts, mut labels) = overlapping_topics(60, 8);
    for label in labels.iter_mut().step_by(7) {
        "other".clone_into(label);
    }
    let prior = slugline::Prior::new().with("policy", "parliament", 2.0);
    let params = TextClassifier::params()
        .idf_order(IdfOrder::AfterNorm)
        .background("other".to_owned())
        .prior(prior);
    let all = params.fit(&examples(&texts, &labels)).unwrap();
    let first = params.fit(&examples(&texts[..30], &labels[..30])).unwrap();
    let added = first
        .partial_fit(&examples(&texts[30..], &labels[30..]))
        .unwrap();
    same(&added, &all);
    assert_eq!(added.background_count(), all.background_count());
    // A batch without background.
    let topics: Vec<usize> = (30..60).filter(|&at| labels[at] != "other").collect();
    let of =
        |from: &[String]| -> Vec<String> { topics.iter().map(|&at| from[at].clone()).collect() };
    let more = first
        .partial_fit(&examples(&of(&texts), &of(&labels)))
        .unwrap();
    assert_eq!(more.background_count(), first.background_count());
    let back = more.forget(&examples(&of(&texts), &of(&labels))).unwrap();
    same(&back, &first);
    assert_eq!(back.prior_count(), 1);
}

/// Our own articles, and AG News where it is there.
fn real_text() -> Vec<(Vec<String>, Vec<String>)> {
    // Articles of ours that are about two topics name both.
    let options = ReadOptions::default().first_label(true);
    let articles = real::datasets("topics/policy-a.jsonl");
    let articles = articles.map(|path| load(&path, &options).unwrap());
    let news = real::read_corpus("ag_news/train_subset.jsonl.gz");
    articles.into_iter().chain(news).collect()
}

/// Refitting for each document on all others, with the idf of all.
fn margins_by_refitting(
    params: &TextClassifierParams,
    texts: &[String],
    targets: &[usize],
    k: usize,
) -> Vec<f64> {
    let analyzer = Analyzer::new(AnalyzerParams::default()).unwrap();
    let counts = Counts::learn(&analyzer, texts, 1).unwrap();
    let idf = Vectorizer::params()
        .fit(texts)
        .unwrap()
        .tfidf()
        .idf()
        .to_vec();
    let row = |document: usize, keep: &dyn Fn(u32) -> bool| -> Vec<(u32, f64)> {
        let (columns, counts) = counts.rows.row(document);
        let mut row: Vec<(u32, f64)> = columns
            .iter()
            .zip(counts)
            .filter(|(column, _)| keep(**column))
            .map(|(&column, &count)| (column, (f64::from(count).ln() + 1.0) * idf[column as usize]))
            .collect();
        let length = row
            .iter()
            .map(|(_, value)| value * value)
            .sum::<f64>()
            .sqrt();
        for (_, value) in &mut row {
            *value /= length;
        }
        row
    };
    let df = counts.document_frequency();
    (0..texts.len())
        .map(|left_out| {
            let (own, _) = counts.rows.row(left_out);
            let known = |column: u32| df[column as usize] > u64::from(own.contains(&column));
            let new: Vec<Option<u32>> = (0..df.len() as u32)
                .scan(0, |next, column| {
                    let id = known(column).then_some(*next);
                    *next += u32::from(known(column));
                    Some(id)
                })
                .collect();
            let n_known = new.iter().flatten().count();
            let matrix = |rows: Vec<Vec<(u32, f64)>>| {
                let (mut indptr, mut indices, mut data) = (vec![0], Vec::new(), Vec::new());
                for row in rows {
                    for (column, value) in row {
                        indices.push(new[column as usize].unwrap());
                        data.push(value);
                    }
                    indptr.push(indices.len());
                }
                Rows::new(n_known, indptr, indices, data).unwrap()
            };
            let others: Vec<usize> = (0..texts.len())
                .filter(|&other| other != left_out)
                .collect();
            let rows = matrix(others.iter().map(|&other| row(other, &|_| true)).collect());
            let of_others: Vec<usize> = others.iter().map(|&other| targets[other]).collect();
            let model = params.naive_bayes.fit(&rows, &of_others, k).unwrap();
            let scores: Array2<f64> = model
                .joint_log_likelihood(&matrix(vec![row(left_out, &known)]))
                .unwrap();
            let own = scores[[0, targets[left_out]]];
            let others = (0..k).filter(|&class| class != targets[left_out]);
            own - others
                .map(|class| scores[[0, class]])
                .fold(f64::NEG_INFINITY, f64::max)
        })
        .collect()
}

#[test]
fn leave_one_out_is_refitting() {
    for (texts, labels) in real_text() {
        let step = (texts.len() / 300).max(1);
        let pick = |from: &[String]| -> Vec<String> {
            from.iter().step_by(step).take(300).cloned().collect()
        };
        let (texts, mut labels) = (pick(&texts), pick(&labels));
        if labels.iter().all(|label| *label == labels[0]) {
            // One topic: the article's number makes three.
            labels = (0..labels.len())
                .map(|at| format!("class {}", at % 3))
                .collect();
        }
        let mut names = labels.clone();
        names.sort_unstable();
        names.dedup();
        let targets: Vec<usize> = labels
            .iter()
            .map(|label| names.binary_search(label).unwrap())
            .collect();
        for model in [
            NaiveBayes::complement().alpha(0.3),
            NaiveBayes::multinomial().alpha(0.1),
        ] {
            let params = TextClassifier::params().naive_bayes(model);
            let expected = margins_by_refitting(&params, &texts, &targets, names.len());
            let audit = params.audit(&examples(&texts, &labels)).unwrap();
            assert_eq!(audit.doubts.len(), texts.len());
            assert!(audit.doubts.is_sorted_by(|a, b| a.margin <= b.margin));
            for doubt in &audit.doubts {
                let off = (doubt.margin - expected[doubt.document]).abs();
                assert!(off < 1e-9, "{doubt:?} {}", expected[doubt.document]);
                assert_eq!(doubt.suggested == doubt.label, doubt.margin > 0.0);
            }
        }
    }
}

#[test]
fn settings_are_chosen_and_the_rest_is_fitting() {
    let (texts, labels) = overlapping_topics(400, 12);
    let auto = Auto::default()
        .alpha(true)
        .naive_bayes(true)
        .sublinear_tf(true)
        .norm(true)
        .calibrate(true);
    for threads in [1, 3] {
        let params = TextClassifier::params().threads(threads);
        let chosen = params.fit_auto(&examples(&texts, &labels), auto).unwrap();
        let again = chosen.settings().fit(&examples(&texts, &labels)).unwrap();
        same(&chosen, &again);
        let calibration = chosen.calibration();
        assert!((calibration.temperature - 1.0).abs() > 1e-6);
        assert!(calibration.other_below.is_some());
        let one = TextClassifier::params()
            .threads(1)
            .fit_auto(&examples(&texts, &labels), auto)
            .unwrap();
        assert_eq!(
            one.to_bytes().unwrap(),
            chosen.with_threads(1).to_bytes().unwrap()
        );
    }
    let only = vec!["policy"; texts.len()];
    assert!(
        TextClassifier::params()
            .fit_auto(&examples(&texts, &only), auto)
            .is_err()
    );
    let bernoulli = TextClassifier::params().model(Model::Bernoulli {
        binarize: Some(0.0),
    });
    assert!(
        bernoulli
            .fit_auto(&examples(&texts, &labels), auto)
            .is_err()
    );
}

/// A twentieth of the labels is wrong: they are found.
#[test]
fn an_audit_finds_wrong_labels() {
    let (texts, labels) = overlapping_topics(600, 21);
    let mut wrong = labels.clone();
    for label in wrong.iter_mut().step_by(20) {
        let other = if *label == "policy" {
            "markets"
        } else {
            "policy"
        };
        other.clone_into(label);
    }
    let audit = TextClassifier::params()
        .audit(&examples(&texts, &wrong))
        .unwrap();
    let first = &audit.doubts[..48];
    let found = first
        .iter()
        .filter(|doubt| doubt.document % 20 == 0)
        .count();
    assert!(found >= 24, "{found} of 30 among the first 48");
    assert_eq!(audit.evaluation.n(), 600);
    // The same numbers, bit by bit, for any number of threads.
    for threads in [1, 2, 5] {
        let params = TextClassifier::params().threads(threads);
        let again = params.audit(&examples(&texts, &wrong)).unwrap();
        assert_eq!(again.doubts, audit.doubts);
    }
}

#[test]
fn the_strongest_terms_come_from_the_sums_of_the_weights() {
    let (texts, labels) = overlapping_topics(80, 4);
    let prior = slugline::Prior::new().with("policy", "ballot", 50.0);
    for params in [
        TextClassifier::params(),
        TextClassifier::params()
            .idf_order(IdfOrder::AfterNorm)
            .min_df(2),
    ] {
        let model = params
            .prior(prior.clone())
            .fit(&examples(&texts, &labels))
            .unwrap();
        let class = model.labels().iter().position(|label| label == "policy");
        let class = class.unwrap();
        let sums = model.feature_count().unwrap();
        let top = model.top_terms("policy", 5).unwrap();
        assert!(top.iter().any(|(term, _)| term == "ballot"), "{top:?}");
        for (term, strength) in top {
            let id = model.vocabulary().id(&term).unwrap() as usize;
            let weights = model.weights_of(&term).unwrap();
            let others = (weights.iter().sum::<f64>() - weights[class]) / 2.0;
            let counted = sums[[class, id]] + if term == "ballot" { 50.0 } else { 0.0 };
            let expected = counted * (weights[class] - others);
            assert!(
                (strength - expected).abs() < 1e-9,
                "{term} {strength} {expected}"
            );
        }
    }
}

/// A multinomial model has the lower log-loss on all of these, and is less often right on 20 Newsgroups, 0.797 → 0.771.
#[test]
fn what_is_chosen_is_not_worse_than_the_default() {
    for (train, test) in [
        (
            "20newsgroups/train_bydate60.jsonl.gz",
            "20newsgroups/test_bydate40.jsonl.gz",
        ),
        (
            "reuters21578/r8_train.jsonl.gz",
            "reuters21578/r8_test.jsonl.gz",
        ),
        ("ag_news/train_subset.jsonl.gz", "ag_news/test.jsonl.gz"),
    ] {
        let (Some((texts, labels)), Some((unseen, truth))) =
            (real::read_corpus(train), real::read_corpus(test))
        else {
            continue;
        };
        let examples = examples(&texts, &labels);
        let accuracy = |auto: Auto| {
            let model = TextClassifier::params().fit_auto(&examples, auto).unwrap();
            let found = model.predict(&unseen).unwrap();
            found
                .iter()
                .zip(&truth)
                .filter(|(found, truth)| found == truth)
                .count() as f64
                / truth.len() as f64
        };
        let default = accuracy(Auto::default());
        for auto in [
            Auto::default().alpha(true),
            Auto::default().naive_bayes(true),
            Auto::default().alpha(true).naive_bayes(true),
            Auto::default()
                .alpha(true)
                .naive_bayes(true)
                .sublinear_tf(true)
                .norm(true),
        ] {
            let found = accuracy(auto);
            assert!(
                found > default - 0.003,
                "{train} {auto:?}: {found}, default {default}"
            );
        }
    }
}
