//! The whole classifier on AG News, 20 Newsgroups and R8: the same label on every test document as
//! scikit-learn, and the same figures. Skipped where the corpora are absent.

use serde_json::Value;
use slugline::{
    Model, NaiveBayes, Norm, Scratch, StopWords, TextClassifier, TextClassifierParams,
    evaluate::Evaluation,
};

use super::common::{assert_close, golden, number, sha256};
use crate::{corpora::examples, real::read_corpus};

fn params(case: &Value) -> TextClassifierParams {
    let model = match case["model"]["name"].as_str().unwrap() {
        "multinomial" => NaiveBayes::multinomial(),
        "complement" => NaiveBayes::complement(),
        _ => NaiveBayes::bernoulli(),
    };
    let vectorizer = &case["vectorizer"];
    let mut params = TextClassifier::params()
        .naive_bayes(model.alpha(number(&case["model"]["alpha"])))
        .norm(Norm::L2)
        .sublinear_tf(vectorizer["sublinear_tf"].as_bool().unwrap_or(false));
    if let Some(language) = vectorizer["stop_words"].as_str() {
        params = params.stop_words(StopWords::Language(language.into()));
    }
    if let Some(min_df) = vectorizer["min_df"].as_u64() {
        params = params.min_df(min_df);
    }
    if let Some(range) = vectorizer["ngram_range"].as_array() {
        let n = |at: usize| range[at].as_u64().unwrap() as usize;
        params = params.ngram_range(n(0), n(1));
    }
    params
}

fn check(corpus: &str, train: &str, test: &str) {
    let (Some((texts, labels)), Some((test_texts, test_labels))) =
        (read_corpus(train), read_corpus(test))
    else {
        return;
    };
    let golden = golden("corpora.json");
    let mut compared = 0;
    for case in golden["cases"].as_array().unwrap() {
        if case["corpus"] != corpus {
            continue;
        }
        let what = format!("{corpus} {} {}", case["vectorizer"], case["model"]);
        assert_eq!(texts.len() as u64, case["n_train"], "{what}");
        let model = params(case).fit(&examples(&texts, &labels)).unwrap();
        assert_eq!(
            model.vocabulary().len() as u64,
            case["n_features"],
            "{what}"
        );

        let predicted = model.predict(&test_texts).unwrap();
        assert_eq!(
            sha256(&predicted.join("\n")),
            case["predictions_sha256"],
            "{what}"
        );
        let mut scratch = Scratch::default();
        let mut evaluation = Evaluation::new(model.labels());
        for (text, label) in test_texts.iter().zip(&test_labels) {
            evaluation.add(label, &model.classify_with(&mut scratch, text));
        }
        let figures = [
            (evaluation.accuracy(), "accuracy"),
            (evaluation.macro_f1(), "macro_f1"),
            (evaluation.weighted_f1(), "weighted_f1"),
            (evaluation.log_loss(), "log_loss"),
        ];
        for (actual, name) in figures {
            assert_close(actual, number(&case[name]), 1e-9, &format!("{what} {name}"));
        }
        if matches!(model.settings().naive_bayes.model, Model::Complement { .. }) {
            println!("{what}: accuracy {:.4}", evaluation.accuracy());
        }
        compared += 1;
    }
    assert!(compared > 10, "{compared} cases of {corpus}");
}

#[test]
fn ag_news() {
    check(
        "ag_news",
        "ag_news/train_subset.jsonl.gz",
        "ag_news/test.jsonl.gz",
    );
}

#[test]
fn twenty_newsgroups() {
    check(
        "20newsgroups",
        "20newsgroups/train_bydate60.jsonl.gz",
        "20newsgroups/test_bydate40.jsonl.gz",
    );
}

#[test]
fn reuters_r8() {
    check(
        "r8",
        "reuters21578/r8_train.jsonl.gz",
        "reuters21578/r8_test.jsonl.gz",
    );
}
