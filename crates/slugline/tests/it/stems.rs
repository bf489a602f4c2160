//! What a fit found out about words is known to the first prediction, and changes nothing.

use super::corpora::{examples, labels, prior, texts};
use slugline::{
    Auto, IdfOrder, Language, StopWords, TextClassifier, TextClassifierParams, Vectorizer,
};

fn variants() -> Vec<(&'static str, TextClassifierParams)> {
    let stems = || {
        TextClassifier::params()
            .stemmer(Language::English)
            .stop_words(StopWords::List(vec!["the".into(), "rose".into()]))
    };
    vec![
        ("plain", stems()),
        ("pruned before the sums", stems().min_df(2)),
        (
            "pruned after the sums",
            stems().min_df(2).idf_order(IdfOrder::AfterNorm),
        ),
        ("with a prior's terms", stems().min_df(2).prior(prior())),
        ("stop words alone", stems().stemmer(None)),
        ("n-grams", stems().ngram_range(1, 2)),
    ]
}

/// Known words, words of the same stems that training had not, and unknown ones; so many that labels take
/// the quick way.
fn unseen() -> Vec<String> {
    let new =
        "The banking minister fairly shared rising chips, ballots and phoning courts: robotics";
    let texts = texts().into_iter().chain([new, "rose the", "zebras", ""]);
    let texts: Vec<String> = texts.map(str::to_owned).collect();
    texts.iter().cycle().take(2000).cloned().collect()
}

/// Fitted with and without settings that are chosen on the way.
fn fit(params: &TextClassifierParams, alpha: bool) -> TextClassifier {
    let auto = Auto::default().alpha(alpha);
    params
        .fit_auto(&examples(&texts(), &labels()), auto)
        .unwrap()
}

fn bits(probabilities: impl IntoIterator<Item = f64>) -> Vec<u64> {
    probabilities.into_iter().map(f64::to_bits).collect()
}

#[test]
fn answers_are_those_of_a_model_that_remembers_nothing() {
    let unseen = unseen();
    for (name, params) in variants() {
        for (auto, threads) in [(false, 1), (false, 3), (true, 1)] {
            let params = params.clone().threads(threads);
            let bytes = fit(&params, auto).to_bytes().unwrap();
            let read = || TextClassifier::from_bytes(&bytes).unwrap();
            let labels = read();
            let labels = labels.predict(&unseen).unwrap();
            let probabilities = bits(read().predict_proba(&unseen).unwrap());
            for labels_first in [true, false] {
                let model = fit(&params, auto);
                if labels_first {
                    assert_eq!(model.predict(&unseen).unwrap(), labels, "{name}");
                }
                let found = bits(model.clone().predict_proba(&unseen).unwrap());
                assert_eq!(found, probabilities, "{name}");
                assert_eq!(model.predict(&unseen).unwrap(), labels, "{name}");
                assert_eq!(model.to_bytes().unwrap(), bytes, "{name}");
            }
        }
    }
}

#[test]
fn rows_are_those_of_texts_that_come_alone() {
    let params = Vectorizer::params()
        .stemmer(Language::English)
        .stop_words(StopWords::List(vec!["rose".into()]))
        .min_df(2);
    let (vectorizer, rows) = params.fit_transform(&texts()).unwrap();
    let again = vectorizer.transform(&texts()).unwrap();
    assert_eq!(again, rows);
    for (text, (columns, values)) in texts().iter().zip(rows.iter()) {
        let alone = params.fit(&texts()).unwrap().transform(&[text]).unwrap();
        assert_eq!(alone.row(0), (columns, values));
    }
}
