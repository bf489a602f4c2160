//! Fitting in batches and bounded memory gives the bits of fitting at once.

use std::path::PathBuf;

use slugline::{
    Error, IdfOrder, Memory, Model, NaiveBayes, Norm, Prior, StopWords, TextClassifier,
    TextClassifierParams, Trained, TrainerOptions, Unit,
};

use super::corpora::{Weighted, examples, weighted};

impl Weighted {
    fn fit(&self, params: &TextClassifierParams, has_weights: bool) -> Vec<u8> {
        let weights = has_weights.then_some(self.weights.as_slice());
        let model = params.fit(&weighted(&self.texts, &self.labels, weights));
        model.unwrap().to_bytes().unwrap()
    }

    fn train(
        &self,
        params: &TextClassifierParams,
        has_weights: bool,
        memory: Option<&str>,
        batch: usize,
    ) -> slugline::Result<Trained> {
        let mut trainer = params.trainer(&options(memory))?;
        for start in (0..self.texts.len()).step_by(batch) {
            let range = start..(start + batch).min(self.texts.len());
            let weights = has_weights.then(|| &self.weights[range.clone()]);
            trainer.add(&weighted(
                &self.texts[range.clone()],
                &self.labels[range],
                weights,
            ))?;
        }
        trainer.finish()
    }
}

fn options(memory: Option<&str>) -> TrainerOptions {
    TrainerOptions::default().memory(memory.map(|memory| memory.parse::<Memory>().unwrap()))
}

fn params() -> TextClassifierParams {
    TextClassifier::params()
}

fn without(params: TextClassifierParams) -> TextClassifierParams {
    let words = ["w1", "wörd14with2", "rather long"].map(String::from);
    params.without_terms(StopWords::List(words.to_vec()))
}

#[test]
fn the_bits_of_fitting_at_once() {
    let corpus = Weighted::new(9000, 3500);
    let after = || params().idf_order(IdfOrder::AfterNorm);
    let prior = Prior::new()
        .with("sport", "w17", 2.0)
        .with("sport", "zebra", 1.0)
        .with("news", "aardvark", 0.5)
        .with("a label of the prior alone", "w3", 1.5);
    let given: Vec<String> = (0..900).rev().map(|n| format!("w{}", n * 3)).collect();
    let settings = [
        ("defaults", params()),
        ("after norm", after()),
        ("after norm, pruned", after().min_df(3).max_features(500)),
        ("pruned", params().min_df(2).max_df(0.5).max_features(700)),
        ("fractions", params().min_df(0.001).max_df(0.9)),
        (
            "counts",
            params().norm(None).use_idf(false).model(Model::Multinomial),
        ),
        (
            "l1",
            params()
                .norm(Norm::L1)
                .smooth_idf(false)
                .sublinear_tf(false),
        ),
        ("no idf", params().use_idf(false)),
        ("bernoulli", params().naive_bayes(NaiveBayes::bernoulli())),
        (
            "bernoulli above",
            params()
                .naive_bayes(NaiveBayes::bernoulli())
                .model(Model::Bernoulli {
                    binarize: Some(0.2),
                }),
        ),
        ("background", params().background("weather".to_owned())),
        (
            "background, after norm",
            after().background("news".to_owned()),
        ),
        ("prior", params().max_features(300).prior(prior.clone())),
        ("prior, after norm", after().min_df(2).prior(prior)),
        ("given", params().vocabulary(given)),
        ("binary", params().binary(true)),
        ("two words", params().ngram_range(1, 2).min_df(4)),
        (
            "without terms",
            without(params()).ngram_range(1, 2).min_df(4),
        ),
        (
            "without terms, after norm",
            without(after()).max_features(500),
        ),
        (
            "characters",
            params().analyzer(Unit::CharWb).ngram_range(2, 3),
        ),
        (
            "stems",
            params()
                .stop_words(StopWords::List(vec!["w1".into()]))
                .stemmer(slugline::Language::English),
        ),
    ];
    for (at, (name, params)) in settings.into_iter().enumerate() {
        let weighted = at % 2 == 1;
        let expected = corpus.fit(&params, weighted);
        for (memory, threads, batch) in [
            (None, 3, 1000),
            (Some("6M"), 1, 9000),
            (Some("6M"), 3, 9000),
            (Some("6M"), 3, 7),
            (Some("6000000"), 2, 1),
        ] {
            // Few terms, and few rows of them.
            let memory = memory.map(|memory| if name == "given" { "1M" } else { memory });
            let trained = corpus
                .train(&params.clone().threads(threads), weighted, memory, batch)
                .unwrap_or_else(|error| panic!("{name}, {memory:?}: {error}"));
            assert_eq!(trained.pruned_terms, 0, "{name}");
            assert_eq!(trained.spilled_bytes > 0, memory.is_some(), "{name}");
            let bytes = trained.model.to_bytes().unwrap();
            assert!(
                bytes == expected,
                "{name}, {memory:?}, {threads} threads, batches of {batch}"
            );
        }
    }
}

#[test]
fn pruning_for_want_of_memory_is_that_of_max_features() {
    let corpus = Weighted::new(6000, 8000);
    let prior = Prior::new()
        .with("sport", "w17", 2.0)
        .with("sport", "zebra", 1.0);
    for params in [
        params(),
        params().min_df(2),
        params().prior(prior),
        without(params()),
    ] {
        let mut models = Vec::new();
        for (threads, batch) in [(1, 6000), (3, 11), (2, 900)] {
            let params = params.clone().threads(threads);
            let trained = corpus.train(&params, false, Some("1M"), batch).unwrap();
            let limit = trained
                .model
                .settings()
                .features
                .pruning
                .max_features
                .unwrap();
            assert!(trained.pruned_terms > 0 && limit >= 1000, "{limit}");
            let bytes = trained.model.to_bytes().unwrap();
            assert!(bytes == corpus.fit(&params.max_features(limit), false));
            models.push(bytes);
        }
        assert!(models.iter().all(|model| *model == models[0]));
        let all = corpus
            .train(&params, false, None, 6000)
            .unwrap()
            .model
            .vocabulary()
            .len();
        let some = TextClassifier::from_bytes(&models[0])
            .unwrap()
            .vocabulary()
            .len();
        let pruned = corpus
            .train(&params, false, Some("1M"), 6000)
            .unwrap()
            .pruned_terms;
        assert!(
            (all - some).abs_diff(pruned as usize) <= 2,
            "{all} {some} {pruned}"
        );
    }
}

#[test]
fn a_model_that_does_not_fit_is_refused_with_what_to_do() {
    let corpus = Weighted::new(3000, 8000);
    let refused = |params: TextClassifierParams| {
        let error = corpus.train(&params, false, Some("1M"), 3000).unwrap_err();
        assert!(
            matches!(error, Error::Parameter { name: "memory", .. }),
            "{error}"
        );
        error.to_string()
    };
    let exact = refused(params().idf_order(IdfOrder::AfterNorm));
    assert!(
        exact.contains("memory is 1M: expected at least ") && exact.contains("vocabulary"),
        "{exact}"
    );
    // What it asks for is enough.
    let asked = exact
        .split("at least ")
        .nth(1)
        .unwrap()
        .split(' ')
        .next()
        .unwrap();
    let params_after = params().idf_order(IdfOrder::AfterNorm);
    let _ = corpus
        .train(&params_after, false, Some(asked), 3000)
        .unwrap();
    let given: Vec<String> = (0..20_000).map(|n| format!("w{n}")).collect();
    assert!(refused(params().vocabulary(given)).contains("shorten"));

    let many: Vec<String> = (0..3000).map(|n| format!("label {n}")).collect();
    let mut trainer = params().trainer(&options(Some("1M"))).unwrap();
    trainer.add(&examples(&corpus.texts, &many)).unwrap();
    let error = trainer.finish().unwrap_err().to_string();
    assert!(
        error.contains("3000 labels") && error.contains("max_features"),
        "{error}"
    );

    let error = params()
        .trainer(&options(Some("1000")))
        .unwrap_err()
        .to_string();
    assert_eq!(error, "memory is 1000: expected at least 1M");
    assert_eq!(Memory::LEAST.to_string(), "1M");
}

#[test]
fn batches_that_are_refused_or_empty_change_nothing() {
    let (texts, labels) = (["the bank", "the court"], ["markets", "policy"]);
    let expected = params()
        .fit(&examples(&texts, &labels))
        .unwrap()
        .to_bytes()
        .unwrap();
    let mut trainer = params().trainer(&options(None)).unwrap();
    trainer.add(&examples(&texts[..1], &labels[..1])).unwrap();
    // A weight that would be lost in exact sums is refused before anything is read.
    let mut exact = params()
        .idf_order(IdfOrder::AfterNorm)
        .trainer(&options(None))
        .unwrap();
    let error = exact.add(&weighted(&["x y", "z"], &["a", "b"], Some(&[1.0, 1e-12])));
    assert!(error.unwrap_err().to_string().starts_with("sample_weight"));
    assert_eq!((exact.n_documents(), exact.labels().len()), (0, 0));
    assert_eq!(trainer.n_documents(), 1);
    trainer.add(&examples(&[""; 0], &[""; 0])).unwrap();
    trainer.add(&examples(&texts[1..], &labels[1..])).unwrap();
    assert!(trainer.finish().unwrap().model.to_bytes().unwrap() == expected);
}

#[test]
fn errors_of_the_whole_are_those_of_fit() {
    let fit = |params: &TextClassifierParams, texts: &[&str], labels: &[&str], weights| {
        let expected = params
            .fit(&weighted(texts, labels, weights))
            .unwrap_err()
            .to_string();
        let mut trainer = params.trainer(&options(Some("1M"))).unwrap();
        trainer.add(&weighted(texts, labels, weights)).unwrap();
        assert_eq!(trainer.finish().unwrap_err().to_string(), expected);
    };
    fit(&params(), &["!", ""], &["a", "b"], None);
    fit(&params().min_df(5), &["one", "two"], &["a", "b"], None);
    fit(
        &params().min_df(2).max_df(1_u64),
        &["one", "two"],
        &["a", "b"],
        None,
    );
    fit(
        &params().background("c".to_owned()),
        &["one", "two"],
        &["a", "b"],
        None,
    );
    fit(&params(), &["one", "two"], &["a", "b"], Some(&[0.0, 0.0]));
    let prior = Prior::new().with("a", "term", -1.0);
    fit(&params().prior(prior), &["one", "two"], &["a", "b"], None);
    let none = params()
        .trainer(&options(None))
        .unwrap()
        .finish()
        .unwrap_err();
    assert_eq!(none.to_string(), "empty vocabulary: there are no documents");
    assert!(params().alpha(-1.0).trainer(&options(None)).is_err());
    assert!(params().threads(5000).trainer(&options(None)).is_err());
}

#[test]
fn a_folder_that_cannot_be_written_ends_the_training() {
    let corpus = Weighted::new(6000, 4000);
    let options = TrainerOptions::default()
        .memory(Memory::LEAST)
        .temporary_folder(PathBuf::from("no such folder"));
    let mut trainer = params().trainer(&options).unwrap();
    let error = trainer
        .add(&examples(&corpus.texts, &corpus.labels))
        .unwrap_err();
    assert!(matches!(error, Error::Io { .. }), "{error}");
    let again = trainer
        .add(&examples(&["a text"], &["news"]))
        .unwrap_err()
        .to_string();
    assert!(again.contains("begin anew"), "{again}");
    assert!(trainer.finish().is_err());
}

#[test]
fn it_stops_when_it_is_told_to() {
    let stop = std::sync::Arc::default();
    let mut trainer = params().trainer(&options(None)).unwrap();
    trainer.add(&examples(&["a text"], &["news"])).unwrap();
    let trainer = trainer.with_stop(std::sync::Arc::clone(&stop));
    stop.store(true, std::sync::atomic::Ordering::Relaxed);
    let error = trainer.finish().unwrap_err().to_string();
    assert!(error.contains("the training was stopped"), "{error}");
}
