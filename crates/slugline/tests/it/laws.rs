//! Laws that hold for any documents: everything learned is a sum.

use proptest::prelude::*;
use slugline::{
    GivenSums, IdfOrder, Language, Model, NaiveBayes, NaiveBayesParams, Norm, Rows, Scratch,
    TextClassifier, TextClassifierParams, Unit, Vectorizer, Words,
    text::{Analyzer, AnalyzerParams, StripAccents},
};

use super::{
    corpora::{self, documents, examples},
    real,
};

fn exact_params() -> impl Strategy<Value = TextClassifierParams> {
    let models = vec![
        NaiveBayes::multinomial(),
        NaiveBayes::complement(),
        NaiveBayes::complement().alpha(0.01).fit_prior(false),
        NaiveBayes::bernoulli(),
    ];
    let norms = prop::sample::select(vec![None, Some(Norm::L1), Some(Norm::L2)]);
    (prop::sample::select(models), norms, any::<bool>(), 1_u64..3).prop_map(
        |(model, norm, sublinear_tf, min_df)| {
            TextClassifier::params()
                .naive_bayes(model)
                .norm(norm)
                .sublinear_tf(sublinear_tf)
                .idf_order(IdfOrder::AfterNorm)
                .min_df(min_df)
                .threads(1)
        },
    )
}

fn fit(
    params: &TextClassifierParams,
    documents: &[(String, String)],
) -> slugline::Result<TextClassifier> {
    let (texts, labels): (Vec<&str>, Vec<&str>) = documents
        .iter()
        .map(|(text, label)| (text.as_str(), label.as_str()))
        .unzip();
    params.fit(&examples(&texts, &labels))
}

fn matrix() -> impl Strategy<Value = (Vec<Vec<f64>>, Vec<usize>)> {
    let row = prop::collection::vec(prop_oneof![Just(0.0), 0.0..5.0_f64], 4);
    prop::collection::vec((row, 0_usize..3), 2..12).prop_map(|rows| rows.into_iter().unzip())
}

fn rows(dense: &[Vec<f64>]) -> Rows<f64> {
    let array = ndarray::Array2::from_shape_vec((dense.len(), 4), dense.concat()).unwrap();
    Rows::from_dense(&array.view())
}

fn models() -> [NaiveBayesParams; 4] {
    let mut normed = NaiveBayes::complement();
    normed.model = Model::Complement { norm: true };
    [
        NaiveBayes::multinomial(),
        NaiveBayes::complement(),
        normed,
        NaiveBayes::bernoulli(),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    /// Merging the models of any split, in either order, gives the model of all documents, bit for
    /// bit: the written files are equal.
    #[test]
    fn merge_is_fit_on_all(params in exact_params(), documents in documents(20), at in 0.0..1.0_f64) {
        let at = (documents.len() as f64 * at) as usize;
        let (a, b) = documents.split_at(at);
        // A part may have no term that pruning keeps: then there is no model to merge.
        if let (Ok(all), Ok(a), Ok(b)) = (fit(&params, &documents), fit(&params, a), fit(&params, b)) {
            let all = all.to_bytes().unwrap();
            prop_assert_eq!(&a.merge(&b).unwrap().to_bytes().unwrap(), &all);
            prop_assert_eq!(&b.merge(&a).unwrap().to_bytes().unwrap(), &all);
        }
    }

    #[test]
    fn any_number_of_threads_gives_the_same_bits(documents in documents(60), exact in any::<bool>()) {
        let order = if exact { IdfOrder::AfterNorm } else { IdfOrder::BeforeNorm };
        let params = TextClassifier::params().idf_order(order).ngram_range(1, 2);
        let one = fit(&params.clone().threads(1), &documents).unwrap();
        for threads in [2, 3, 7] {
            let many = fit(&params.clone().threads(threads), &documents).unwrap();
            prop_assert_eq!(many.to_bytes().unwrap(), one.to_bytes().unwrap());
            let texts: Vec<&str> = documents.iter().map(|(text, _)| text.as_str()).collect();
            prop_assert_eq!(many.predict_proba(&texts).unwrap(), one.predict_proba(&texts).unwrap());
        }
    }

    #[test]
    fn alone_or_in_a_batch_a_text_has_the_same_row(documents in documents(10), more in documents(5)) {
        let texts: Vec<&str> = documents.iter().map(|(text, _)| text.as_str()).collect();
        let (vectorizer, fitted) = Vectorizer::params().fit_transform(&texts).unwrap();
        prop_assert_eq!(&vectorizer.transform(&texts).unwrap(), &fitted);
        let more: Vec<&str> = more.iter().map(|(text, _)| text.as_str()).collect();
        let batch = vectorizer.transform(&more).unwrap();
        for (at, text) in more.iter().enumerate() {
            let alone = vectorizer.transform(&[text]).unwrap();
            prop_assert_eq!(alone.row(0), batch.row(at));
        }
    }

    #[test]
    fn the_parts_of_a_classifier_are_the_classifier(documents in documents(20)) {
        let params = TextClassifier::params().ngram_range(1, 2).min_df(1);
        let classifier = fit(&params, &documents).unwrap();
        let texts: Vec<&str> = documents.iter().map(|(text, _)| text.as_str()).collect();
        let (_, rows) = params.features.fit_transform(&texts).unwrap();
        let targets: Vec<usize> = documents
            .iter()
            .map(|(_, label)| classifier.labels().iter().position(|own| own == label).unwrap())
            .collect();
        let model = params.naive_bayes.fit(&rows, &targets, classifier.labels().len()).unwrap();
        prop_assert_eq!(
            classifier.joint_log_likelihood(&texts).unwrap(),
            model.joint_log_likelihood(&rows).unwrap()
        );
    }

    #[test]
    fn any_chunks_of_partial_fit_are_one_fit((dense, targets) in matrix(), at in 1_usize..11) {
        let at = at.min(dense.len() - 1);
        for params in models() {
            let whole = params.fit(&rows(&dense), &targets, 3).unwrap();
            let first = params.fit(&rows(&dense[..at]), &targets[..at], 3).unwrap();
            let both = first.partial_fit(&rows(&dense[at..]), &targets[at..], None).unwrap();
            let second = params.fit(&rows(&dense[at..]), &targets[at..], 3).unwrap();
            let merged = first.merge(&second).unwrap();
            let expected = whole.joint_log_likelihood(&rows(&dense)).unwrap();
            for model in [both, merged] {
                let actual = model.joint_log_likelihood(&rows(&dense)).unwrap();
                for (a, b) in actual.iter().zip(&expected) {
                    let same_infinity = a.is_infinite() && a.total_cmp(b).is_eq();
                    prop_assert!(same_infinity || (a - b).abs() <= 1e-9 * b.abs().max(1.0), "{a} {b}");
                }
            }
        }
    }

    #[test]
    fn probabilities_sum_to_one((dense, targets) in matrix(), huge in 0.0..1e9_f64) {
        for params in models() {
            for alpha in [0.0, 1e-12, 1.0] {
                let model = params.clone().alpha(alpha).fit(&rows(&dense), &targets, 3).unwrap();
                let mut wild = dense.clone();
                wild[0][0] = huge;
                let scores = model.joint_log_likelihood(&rows(&wild)).unwrap();
                for (row, scores) in model.predict_proba(&rows(&wild)).unwrap().rows().into_iter().zip(scores.rows()) {
                    // Without smoothing a row may be impossible in every class: as in scikit-learn it has none then.
                    let highest = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                    if alpha == 0.0 && (scores.iter().any(|score| score.is_nan()) || highest.is_infinite()) {
                        prop_assert!(row.iter().any(|p| p.is_nan()), "{row}");
                        continue;
                    }
                    prop_assert!(row.iter().all(|p| (0.0..=1.0 + 1e-12).contains(p)), "{row}");
                    prop_assert!((row.sum() - 1.0).abs() < 1e-9, "{row}");
                }
            }
        }
    }

    /// Contributions and bias add up to the score, which is the distance of the scores themselves.
    #[test]
    fn explanations_add_up(documents in documents(20), text in "[a-z ]{0,30}(chip|bank|vote|law ){0,9}") {
        let model = fit(&TextClassifier::params().ngram_range(1, 2), &documents).unwrap();
        let explanation = model.explain(&text);
        let scores = model.joint_log_likelihood(&[&text]).unwrap();
        let class = model.labels().iter().position(|own| *own == explanation.label).unwrap();
        let k = model.labels().len() as f64;
        let distance = if k > 1.0 {
            scores[[0, class]] - (scores.sum() - scores[[0, class]]) / (k - 1.0)
        } else {
            scores[[0, class]]
        };
        prop_assert!((explanation.score - distance).abs() < 1e-9, "{} {distance}", explanation.score);
        for reason in &explanation.reasons {
            prop_assert_eq!(reason.count, reason.spans.len());
            for span in &reason.spans {
                prop_assert!(text.get(span.clone()).is_some());
            }
        }
    }

    /// Any string at all, in any settings: no panic, and a probability.
    #[test]
    fn any_text_is_safe(text in "\\PC*|[\\x00-\\x7f\\u{300}ΣİßßéÅﬁ中नम्]{0,60}", unit in 0..3, strip in 0..3, words in 0..3) {
        let unit = [Unit::Word, Unit::Char, Unit::CharWb][unit as usize];
        let words = [Words::Sklearn, Words::Unicode, Words::Pattern(r"(\w)\w*".into())][words as usize].clone();
        let params = AnalyzerParams::default()
            .analyzer(unit)
            .strip_accents([None, Some(StripAccents::Ascii), Some(StripAccents::Unicode)][strip as usize])
            .words(words)
            .stemmer((unit == Unit::Word).then_some(Language::English))
            .ngram_range(1, 3);
        let analyzer = Analyzer::new(params.clone()).unwrap();
        let mut scratch = Scratch::default();
        let mut spans = Vec::new();
        analyzer.for_each_span(&text, &mut scratch, |term, span| {
            assert!(text.get(span).is_some());
            spans.push(term.to_owned());
        });
        prop_assert_eq!(analyzer.terms(&text), spans);
        let mut all = TextClassifier::params().threads(1);
        all.features.text = params;
        let model = all.fit(&examples(&[text.as_str(), "chip and bank"], &["a", "b"])).unwrap();
        let verdict = model.classify(&text);
        prop_assert!(verdict.probability().is_finite());
        model.explain(&text);
    }
}

/// The two halves of AG News; skipped where the corpus is absent.
#[test]
fn merged_halves_of_ag_news_are_the_whole() {
    let Some((texts, labels)) = real::read_corpus("ag_news/train_subset.jsonl.gz") else {
        return;
    };
    let half = texts.len() / 2;
    for params in [
        TextClassifier::params().idf_order(IdfOrder::AfterNorm),
        TextClassifier::params()
            .idf_order(IdfOrder::AfterNorm)
            .min_df(2)
            .norm(Norm::L1),
        TextClassifier::params()
            .norm(None)
            .use_idf(false)
            .sublinear_tf(false)
            .naive_bayes(NaiveBayes::multinomial()),
    ] {
        let fit = |range: std::ops::Range<usize>, threads: usize| {
            params
                .clone()
                .threads(threads)
                .fit(&examples(&texts[range.clone()], &labels[range]))
                .unwrap()
        };
        let whole = fit(0..texts.len(), 1);
        let whole = whole.to_bytes().unwrap();
        assert!(
            fit(0..texts.len(), 2).to_bytes().unwrap() == whole,
            "2 threads"
        );
        let merged = fit(0..half, 2).merge(&fit(half..texts.len(), 2)).unwrap();
        assert!(merged.to_bytes().unwrap() == whole, "a bit differs");
    }
}

#[test]
fn fitted_values_are_shared_between_threads() {
    fn shared<T: Send + Sync + Clone>() {}
    shared::<TextClassifier>();
    shared::<Vectorizer>();
    shared::<NaiveBayes>();
    shared::<Analyzer>();
}

#[test]
fn what_would_not_be_exact_is_refused() {
    let model = corpora::fit(&TextClassifier::params());
    let error = model.merge(&model).unwrap_err().to_string();
    assert!(error.contains("idf_order = after_norm"), "{error}");
    let other = corpora::fit(&TextClassifier::params().alpha(0.5));
    assert!(
        model
            .merge(&other)
            .unwrap_err()
            .to_string()
            .contains("different settings")
    );
}

#[test]
fn a_million_tokens_and_nothing_at_all() {
    for model in models() {
        let model = corpora::fit(&TextClassifier::params().naive_bayes(model).norm(None));
        let long = "bank shares minister chip ".repeat(250_000);
        let mut scratch = Scratch::default();
        let verdict = model.classify_with(&mut scratch, &long);
        assert!(verdict.probabilities().iter().all(|p| p.is_finite()));
        assert_eq!(verdict.recognised(), 1_000_000);
        for text in ["", "zzz qqq"] {
            let verdict = model.classify_with(&mut scratch, text);
            assert_eq!(verdict.recognised(), 0);
            assert!((verdict.probabilities().iter().sum::<f64>() - 1.0).abs() < 1e-12);
        }
    }
}

#[test]
fn settings_out_of_range_are_told_before_reading() {
    let params = TextClassifier::params;
    assert!(params().check().is_ok());
    for (wrong, name) in [
        (params().alpha(-1.0), "alpha"),
        (params().ngram_range(2, 1), "ngram_range"),
        (params().min_df(1.5), "min_df"),
        (params().class_prior([0.0, 0.0]), "class_prior"),
    ] {
        let error = wrong.check().unwrap_err().to_string();
        assert!(error.starts_with(name), "{error}");
        assert_eq!(
            wrong
                .fit(&examples(&["a text"], &["x"]))
                .unwrap_err()
                .to_string(),
            error
        );
    }
    let error = params()
        .threads(100_000)
        .fit(&examples(&["a text"], &["x"]));
    assert!(error.unwrap_err().to_string().contains("at most 1024"));
}

#[test]
fn without_smoothing_weights_are_numbers_or_the_fit_fails() {
    let texts = ["chip code", "bank rate"];
    let labels = ["technology", "markets"];
    let complement = |norm| {
        let mut params = TextClassifier::params().alpha(0.0);
        params.naive_bayes.model = Model::Complement { norm };
        params.fit(&examples(&texts, &labels))
    };
    let error = complement(true).unwrap_err().to_string();
    assert!(error.contains("alpha is 0"), "{error}");
    // Infinite weights are taken as large ones, so that an explanation is a sum of numbers.
    let model = complement(false).unwrap();
    let why = model.explain("chip, code, chip");
    assert!(why.score.is_finite() && why.bias.is_finite());
    assert!(
        why.reasons
            .iter()
            .all(|reason| reason.contribution.is_finite())
    );
    assert_eq!(why.label, "technology");
    assert!(why.score > 0.0);
}

#[test]
fn sums_taken_elsewhere_give_the_same_classifier() {
    for params in [
        TextClassifier::params(),
        TextClassifier::params().use_idf(false).norm(None),
        TextClassifier::params().naive_bayes(NaiveBayes::bernoulli()),
    ] {
        let model = corpora::fit(&params);
        let given = GivenSums::new(
            "a test",
            model.labels().to_vec(),
            model.vocabulary().iter().map(str::to_owned).collect(),
            model.class_count().to_vec(),
            model.feature_count().unwrap(),
        )
        .idf(params.features.tfidf.use_idf.then(|| model.idf().to_vec()));
        let again = params.from_sums(given.clone()).unwrap();
        let again = TextClassifier::from_bytes(&again.to_bytes().unwrap()).unwrap();
        for text in corpora::texts() {
            assert_eq!(again.classify(text), model.classify(text));
        }
        assert_eq!(again.feature_count().unwrap(), given.feature_count);
        let error = again.merge(&again).unwrap_err().to_string();
        assert!(error.contains("a test"), "{error}");
        let wrong = |change: &dyn Fn(&mut GivenSums)| {
            let mut given = given.clone();
            change(&mut given);
            params.from_sums(given).unwrap_err().to_string()
        };
        assert!(wrong(&|given| given.labels.reverse()).contains("sorted"));
        assert!(wrong(&|given| given.class_count[0] = f64::NAN).contains("class_count"));
        assert!(wrong(&|given| given.terms.truncate(3)).contains("one for each term"));
    }
}
