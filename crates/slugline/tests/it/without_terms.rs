//! Leaving terms out by the words that they hold.

use proptest::prelude::*;
use slugline::{
    IdfOrder, Model, NaiveBayes, Prior, Scratch, StopWords, TextClassifier, TextClassifierParams,
    Unlabelled, Vectorizer,
};

use super::corpora::{self, examples};

fn words(words: &[&str]) -> StopWords {
    StopWords::List(words.iter().map(|&word| word.to_owned()).collect())
}

/// Leaves out what holds "of", "mr" or a number.
fn without(params: TextClassifierParams) -> TextClassifierParams {
    params
        .without_terms(words(&["of", "Mr"]))
        .without_numbers(true)
}

/// Whether [`without`] keeps a term: another way of saying it.
fn stays(term: &str) -> bool {
    term.split(' ')
        .all(|word| !["of", "mr", "10", "2024"].contains(&word))
}

/// Labelled texts over few words, in which every way of leaving out occurs.
fn documents(most: usize) -> impl Strategy<Value = (Vec<String>, Vec<&'static str>)> {
    let word = prop::sample::select(vec![
        "chip", "of", "bank", "Mr", "10", "2024", "vote", "share", "x1",
    ]);
    let text = prop::collection::vec(word, 0..10).prop_map(|words| words.join(" "));
    let label = prop::sample::select(vec!["m", "p", "t"]);
    prop::collection::vec((text, label), 1..most).prop_map(|mut documents| {
        documents.push(("chip bank vote".to_owned(), "m"));
        documents.into_iter().unzip()
    })
}

fn models() -> impl Strategy<Value = TextClassifierParams> {
    let models = vec![
        NaiveBayes::multinomial(),
        NaiveBayes::complement(),
        NaiveBayes::bernoulli(),
    ];
    let ngrams = prop::sample::select(vec![(1, 1), (1, 2), (2, 3)]);
    (prop::sample::select(models), ngrams, 1_u64..3).prop_map(|(model, (min, max), min_df)| {
        TextClassifier::params()
            .naive_bayes(model)
            .ngram_range(min, max)
            .min_df(min_df)
            .threads(1)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    /// The model is that of the terms that stay: those of a fit without the setting, less those that hold a word.
    #[test]
    fn the_model_is_that_of_the_vocabulary_that_stays(
        (texts, labels) in documents(20),
        params in models(),
        limit in 1_usize..9,
    ) {
        let Ok(all) = params.fit(&examples(&texts, &labels)) else {
            return Ok(());
        };
        let left: Vec<String> = all.vocabulary().iter().filter(|term| stays(term)).map(str::to_owned).collect();
        let fitted = without(params.clone()).fit(&examples(&texts, &labels));
        prop_assert_eq!(fitted.is_err(), left.is_empty());
        let Ok(fitted) = fitted else {
            return Ok(());
        };
        prop_assert!(fitted.vocabulary().iter().eq(left.iter().map(String::as_str)));
        let given = params.clone().vocabulary(left).fit(&examples(&texts, &labels)).unwrap();
        prop_assert_eq!(
            fitted.joint_log_likelihood(&texts).unwrap(),
            given.joint_log_likelihood(&texts).unwrap()
        );
        let rows = |params: &TextClassifierParams| params.features.fit_transform(&texts).unwrap();
        let (vectorizer, rows_without) = rows(&without(params.clone()));
        prop_assert!(vectorizer.vocabulary().iter().eq(given.vocabulary().iter()));
        prop_assert_eq!(rows_without, rows(given.settings()).1);

        // `max_features` counts the terms that stay.
        let least = without(params.max_features(limit)).fit(&examples(&texts, &labels)).unwrap();
        prop_assert_eq!(least.vocabulary().len(), limit.min(fitted.vocabulary().len()));
        prop_assert!(least.vocabulary().iter().all(stays));
    }

    #[test]
    fn merging_adding_and_forgetting_stay_exact(
        (texts, labels) in documents(20),
        params in models(),
        at in 0.0..1.0_f64,
    ) {
        let params = without(params).idf_order(IdfOrder::AfterNorm);
        let at = (texts.len() as f64 * at) as usize;
        let fit = |range: std::ops::Range<usize>| {
            params.fit(&examples(&texts[range.clone()], &labels[range]))
        };
        let (all, a, b) = (fit(0..texts.len()), fit(0..at), fit(at..texts.len()));
        if let (Ok(all), Ok(a), Ok(b)) = (all, a, b) {
            let bytes = all.to_bytes().unwrap();
            prop_assert!(all.vocabulary().iter().all(stays));
            prop_assert_eq!(&a.merge(&b).unwrap().to_bytes().unwrap(), &bytes);
            let rest = examples(&texts[at..], &labels[at..]);
            prop_assert_eq!(&a.partial_fit(&rest).unwrap().to_bytes().unwrap(), &bytes);
            // Labels stay, with or without documents.
            if a.labels() == all.labels() {
                prop_assert_eq!(all.forget(&rest).unwrap().to_bytes().unwrap(), a.to_bytes().unwrap());
            }
            let read = TextClassifier::from_bytes(&bytes).unwrap();
            prop_assert_eq!(&read.settings().clone().threads(1), all.settings());
            prop_assert_eq!(&read.to_bytes().unwrap(), &bytes);
            prop_assert_eq!(
                read.joint_log_likelihood(&texts).unwrap(),
                all.joint_log_likelihood(&texts).unwrap()
            );
            let shares = |model: &TextClassifier| {
                let mut scratch = Scratch::default();
                model.shares_with(&mut scratch, &texts[0]).shares().to_vec()
            };
            prop_assert_eq!(shares(&read), shares(&all));
        }
    }

    #[test]
    fn any_number_of_threads_gives_the_same_bits((texts, labels) in documents(40), after in any::<bool>()) {
        let order = if after { IdfOrder::AfterNorm } else { IdfOrder::BeforeNorm };
        let params = without(TextClassifier::params()).ngram_range(1, 2).idf_order(order);
        let fit = |threads| params.clone().threads(threads).fit(&examples(&texts, &labels)).unwrap();
        let one = fit(1);
        for threads in [2, 3] {
            prop_assert_eq!(fit(threads).to_bytes().unwrap(), one.to_bytes().unwrap());
        }
    }
}

/// Where the terms left out are the rare ones, the weights are those of a pruned fit: what is left out does its work
/// at the same place as `min_df`.
#[test]
fn with_exact_sums_terms_are_left_out_where_min_df_prunes() {
    let (texts, labels) = (corpora::texts(), corpora::labels());
    let (examples, order) = (examples(&texts, &labels), IdfOrder::AfterNorm);
    let params = TextClassifier::params().idf_order(order);
    let pruned = params.clone().min_df(2).fit(&examples).unwrap();
    let all = params.fit(&examples).unwrap();
    let rare: Vec<&str> = all
        .vocabulary()
        .iter()
        .filter(|term| pruned.vocabulary().id(term).is_none())
        .collect();
    assert!(rare.len() > 20);
    let left = params.without_terms(words(&rare)).fit(&examples).unwrap();
    assert!(left.vocabulary().iter().eq(pruned.vocabulary().iter()));
    assert_eq!(
        left.joint_log_likelihood(&texts).unwrap(),
        pruned.joint_log_likelihood(&texts).unwrap()
    );
}

#[test]
fn stop_words_join_what_stands_apart_and_this_does_not() {
    let english = || StopWords::Language("english".into());
    let params = Vectorizer::params().ngram_range(1, 2);
    let terms = |params: slugline::VectorizerParams| -> Vec<String> {
        let fitted = params.fit(&["Bank of England, again"]).unwrap();
        fitted.vocabulary().iter().map(str::to_owned).collect()
    };
    assert_eq!(
        terms(params.clone().stop_words(english())),
        ["bank", "bank england", "england"]
    );
    assert_eq!(terms(params.without_terms(english())), ["bank", "england"]);
}

#[test]
fn terms_of_a_prior_are_left_out_too() {
    let prior = Prior::new()
        .with("policy", "Mr Speaker", 1.0)
        .with("policy", "speaker", 2.0)
        .with("markets", "10", 1.0);
    for order in [IdfOrder::BeforeNorm, IdfOrder::AfterNorm] {
        let params = without(TextClassifier::params().ngram_range(1, 2).idf_order(order));
        assert_eq!(prior.usable(&params.features).unwrap(), 1);
        let model = corpora::fit(&params.clone().prior(prior.clone()));
        let one = Prior::new().with("policy", "speaker", 2.0);
        let expected = corpora::fit(&params.prior(one));
        assert_eq!(model.to_bytes().unwrap(), expected.to_bytes().unwrap());
        assert!(model.vocabulary().id("speaker").is_some());
    }
}

#[test]
fn texts_without_labels_bring_no_such_terms() {
    for order in [IdfOrder::BeforeNorm, IdfOrder::AfterNorm] {
        let params = without(TextClassifier::params()).idf_order(order);
        let model = corpora::fit(&params);
        let new = ["Mr Speaker asked 10 times", "a chip of silicon"];
        let adapted = model.adapt(&new, &Unlabelled::default()).unwrap();
        let known = adapted.classifier.vocabulary();
        assert!(known.id("speaker").is_some() && known.id("silicon").is_some());
        assert!(known.iter().all(stays));
    }
}

#[test]
fn a_given_vocabulary_stays_and_what_is_not_set_is_not_in_the_file() {
    let given = TextClassifier::params().vocabulary(["bank", "of", "mr"]);
    let (plain, set) = (corpora::fit(&given), corpora::fit(&without(given)));
    assert!(set.vocabulary().iter().eq(["bank", "of", "mr"]));
    let texts = corpora::texts();
    assert_eq!(
        plain.joint_log_likelihood(&texts).unwrap(),
        set.joint_log_likelihood(&texts).unwrap()
    );
    let file = plain.to_bytes().unwrap();
    let holds = |name: &[u8]| file.windows(name.len()).any(|part| part == name);
    assert!(holds(b"min_df") && !holds(b"without"));
}

#[test]
fn models_that_differ_in_it_are_not_merged() {
    let params = TextClassifier::params().idf_order(IdfOrder::AfterNorm);
    let one = corpora::fit(&params);
    let other = corpora::fit(&without(params));
    let error = one.merge(&other).unwrap_err().to_string();
    for part in [
        "without_terms is none and list of,Mr",
        "without_numbers is none and true",
    ] {
        assert!(error.contains(part), "{error}");
    }
}

#[test]
fn settings_that_leave_nothing_or_cannot_work_are_errors() {
    let params = TextClassifier::params;
    let texts = ["of 10", "Mr of"];
    let error = |params: &TextClassifierParams| {
        let error = params.fit(&examples(&texts, &["a", "b"])).unwrap_err();
        error.to_string()
    };
    for order in [IdfOrder::BeforeNorm, IdfOrder::AfterNorm] {
        let error = error(&without(params()).idf_order(order));
        assert!(error.contains("fewer words in without_terms"), "{error}");
    }
    let characters = params().analyzer(slugline::Unit::Char);
    let refused = error(&characters.clone().without_numbers(true));
    assert!(refused.contains("without_numbers is set"), "{refused}");
    assert!(without(characters).check().is_err());
    // Rows that are normalised over the terms that stay are no sums of their own.
    let counts = params().use_idf(false).model(Model::Multinomial);
    assert!(counts.sums_are_exact() && !without(counts).sums_are_exact());
}
