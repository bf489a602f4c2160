//! One model, many threads: each gets the answers that one thread gets, also while what is made at first use is being
//! made.

use std::{sync::Barrier, thread};

use slugline::{IdfOrder, NaiveBayes, Norm, Scratch, TextClassifier, TextClassifierParams};

use super::corpora::{examples, overlapping_topics};

/// More threads than processors, so that they are interrupted in the middle of things.
const THREADS: usize = 8;

/// All that a model says of some texts.
#[derive(Debug, PartialEq)]
struct Answers {
    labels: Vec<String>,
    one_by_one: Vec<String>,
    probabilities: Vec<Vec<f64>>,
    shares: Vec<Vec<f64>>,
    reasons: Vec<String>,
    notices: String,
    bytes: Vec<u8>,
}

/// Asks for everything, beginning with another question for each `first`: so that threads meet in all that is made once.
fn answers(model: &TextClassifier, texts: &[String], first: usize) -> Answers {
    let mut scratch = Scratch::default();
    match first % 4 {
        0 => drop(model.predict(texts)),
        1 => drop(model.shares_with(&mut scratch, &texts[0])),
        2 => drop(model.predict_with(&mut scratch, texts)),
        _ => drop(model.notices()),
    }
    let labels = model.predict(texts).unwrap();
    let one_by_one = model.predict_with(&mut scratch, texts).unwrap();
    let (mut probabilities, mut shares, mut reasons) = (Vec::new(), Vec::new(), Vec::new());
    for text in texts {
        let verdict = model.classify_with(&mut scratch, text);
        probabilities.push(verdict.probabilities().to_vec());
        shares.push(model.shares_with(&mut scratch, text).shares().to_vec());
        reasons.push(format!("{:?}", model.explain(text)));
    }
    Answers {
        labels: labels.into_iter().map(str::to_owned).collect(),
        one_by_one: one_by_one.into_iter().map(str::to_owned).collect(),
        probabilities,
        shares,
        reasons,
        notices: format!("{:?}", model.notices()),
        bytes: model.to_bytes().unwrap(),
    }
}

fn kinds() -> [TextClassifierParams; 4] {
    let params = TextClassifier::params;
    [
        params(),
        params().ngram_range(1, 2).threads(2),
        params()
            .idf_order(IdfOrder::AfterNorm)
            .norm(Norm::L1)
            .naive_bayes(NaiveBayes::multinomial())
            .stemmer(slugline::Language::English),
        params()
            .naive_bayes(NaiveBayes::bernoulli())
            .analyzer(slugline::Unit::CharWb)
            .ngram_range(2, 3),
    ]
}

#[test]
fn many_threads_get_the_answers_of_one() {
    let (texts, labels) = overlapping_topics(150, 3);
    let (asked, _) = overlapping_topics(60, 4);
    for params in kinds() {
        let model = params.fit(&examples(&texts, &labels)).unwrap();
        // Read back, it has made nothing yet.
        let bytes = model.to_bytes().unwrap();
        let fresh = || TextClassifier::from_bytes(&bytes).unwrap();
        let expected = answers(&fresh(), &asked, 0);
        let (shared, start) = (fresh(), Barrier::new(THREADS));
        thread::scope(|scope| {
            let ask = |first: usize| {
                let (shared, start, asked) = (&shared, &start, &asked);
                scope.spawn(move || {
                    start.wait();
                    answers(shared, asked, first)
                })
            };
            let asking: Vec<_> = (0..THREADS).map(ask).collect();
            for thread in asking {
                assert!(thread.join().unwrap() == expected, "{params:?}");
            }
        });
    }
}

/// A model that is changed leaves the one that others read as it was.
#[test]
fn a_change_is_a_new_model() {
    let (texts, labels) = overlapping_topics(60, 5);
    let params = TextClassifier::params().idf_order(IdfOrder::AfterNorm);
    let model = params.fit(&examples(&texts, &labels)).unwrap();
    let (more, of_more) = overlapping_topics(10, 6);
    let expected = answers(&model, &more, 0);
    thread::scope(|scope| {
        let reading = scope.spawn(|| answers(&model, &more, 1));
        let changed = model.partial_fit(&examples(&more, &of_more)).unwrap();
        let back = changed.forget(&examples(&more, &of_more)).unwrap();
        assert!(back.to_bytes().unwrap() == model.to_bytes().unwrap());
        assert!(reading.join().unwrap() == expected);
    });
}
