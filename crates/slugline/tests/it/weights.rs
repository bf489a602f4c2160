//! With weights, too, sums with idf after the norm are exact: any parts in any order make the same bytes.

use super::corpora::{examples, weighted};
use proptest::prelude::*;
use slugline::{
    Error, IdfOrder, Model, Norm, TextClassifier, TextClassifierParams, TrainerOptions, Unlabelled,
};

fn params() -> TextClassifierParams {
    TextClassifier::params().idf_order(IdfOrder::AfterNorm)
}

fn settings() -> Vec<TextClassifierParams> {
    vec![
        params(),
        params()
            .model(Model::Multinomial)
            .norm(Some(Norm::L1))
            .min_df(2),
        params()
            .norm(None)
            .sublinear_tf(false)
            .background("c".to_owned()),
        params().model(Model::Bernoulli {
            binarize: Some(0.0),
        }),
        params()
            .model(Model::Complement { norm: true })
            .sublinear_tf(true),
    ]
}

/// A text, its label and its weight.
type Document = (String, &'static str, f64);

fn documents() -> impl Strategy<Value = Vec<Document>> {
    let words = prop::collection::vec(0_u32..25, 1..9);
    let weight = prop_oneof![
        Just(0.0),
        Just(0.1),
        Just(1.0 / 3.0),
        Just(0.5),
        Just(1.0),
        Just(2.0),
        1e-6..1e3,
    ];
    let document = (words, 0_usize..3, weight);
    prop::collection::vec(document, 9..40).prop_map(|documents| {
        let text = |words: Vec<u32>| {
            let words: Vec<String> = words.into_iter().map(|word| format!("w{word}")).collect();
            words.join(" ")
        };
        let documents = documents.into_iter().enumerate();
        let documents = documents.map(|(at, (words, label, weight))| match at {
            // Every part knows every label and a word, and weighs something.
            0..3 | 6..9 => (text(words) + " w0", ["a", "b", "c"][at % 3], 0.7),
            3..6 => (text(words) + " w0", ["a", "b", "c"][at % 3], 1.3),
            _ => (text(words), ["a", "b", "c"][label], weight),
        });
        documents.collect()
    })
}

fn fit(params: &TextClassifierParams, documents: &[&Document]) -> TextClassifier {
    let (texts, labels, weights) = columns(documents);
    params
        .fit(&weighted(&texts, &labels, Some(&weights)))
        .unwrap()
}

fn columns<'a>(documents: &[&'a Document]) -> (Vec<&'a str>, Vec<&'a str>, Vec<f64>) {
    let texts = documents
        .iter()
        .map(|document| document.0.as_str())
        .collect();
    let labels = documents.iter().map(|document| document.1).collect();
    (
        texts,
        labels,
        documents.iter().map(|document| document.2).collect(),
    )
}

/// The documents of each of three parts, in any order; the first nine in turn.
fn parts(documents: &[Document], order: u64) -> [Vec<&Document>; 3] {
    let mut parts = [vec![], vec![], vec![]];
    for (at, document) in documents.iter().enumerate() {
        let part = if at < 9 {
            at / 3
        } else {
            (order >> (at % 60)) as usize % 3
        };
        parts[part].push(document);
    }
    for part in &mut parts {
        let n = part.len();
        part.rotate_left(order as usize % n);
    }
    parts
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn any_parts_in_any_order_make_the_same_bytes(documents in documents(), order in any::<u64>()) {
        let bytes = |model: &TextClassifier| model.to_bytes().unwrap();
        for params in settings() {
            let [a, b, c] = parts(&documents, order);
            let all: Vec<&Document> = documents.iter().collect();
            let whole = fit(&params, &all);
            let shards = [&a, &b, &c].map(|part| fit(&params, part));
            let joined = shards[2].merge(&shards[0]).unwrap().merge(&shards[1]).unwrap();
            prop_assert!(bytes(&joined) == bytes(&whole));

            let mut updated = shards[1].clone();
            for part in [&c, &a] {
                let (texts, labels, weights) = columns(part);
                updated = updated.partial_fit(&weighted(&texts, &labels, Some(&weights))).unwrap();
            }
            prop_assert!(bytes(&updated) == bytes(&whole));

            let (texts, labels, weights) = columns(&c);
            let left = whole.forget(&weighted(&texts, &labels, Some(&weights))).unwrap();
            prop_assert!(bytes(&left) == bytes(&shards[0].merge(&shards[1]).unwrap()));
            prop_assert!(bytes(&left) == bytes(&fit(&params, &[a.clone(), b.clone()].concat())));

            let mut trainer = params.trainer(&TrainerOptions::default()).unwrap();
            for part in [&a, &b, &c] {
                let (texts, labels, weights) = columns(part);
                trainer.add(&weighted(&texts, &labels, Some(&weights))).unwrap();
            }
            prop_assert!(bytes(&trainer.finish().unwrap().model) == bytes(&whole));
        }
    }

    /// What a model learned of texts without labels is a sum of parts: it stays when more is added and
    /// taken out again.
    #[test]
    fn adapted_models_are_sums_too(documents in documents(), order in any::<u64>()) {
        let [a, b, c] = parts(&documents, order);
        let (unlabelled, ..) = columns(&b);
        let adapted = fit(&params(), &a).adapt(&unlabelled, &Unlabelled::default()).unwrap().classifier;
        let (texts, labels, weights) = columns(&c);
        let more = adapted.partial_fit(&weighted(&texts, &labels, Some(&weights))).unwrap();
        prop_assert!(more.to_bytes().unwrap() == adapted.merge(&fit(&params(), &c)).unwrap().to_bytes().unwrap());
        let left = more.forget(&weighted(&texts, &labels, Some(&weights))).unwrap();
        prop_assert!(left.to_bytes().unwrap() == adapted.to_bytes().unwrap());
    }
}

#[test]
fn weights_of_one_are_none() {
    let (texts, labels) = (["aa bb", "bb cc", "cc dd dd"], ["x", "y", "x"]);
    let plain = params()
        .fit(&examples(&texts, &labels))
        .unwrap()
        .to_bytes()
        .unwrap();
    let weighted = params()
        .fit(&weighted(&texts, &labels, Some(&[1.0; 3])))
        .unwrap();
    assert!(weighted.to_bytes().unwrap() == plain);
}

#[test]
fn weights_that_are_too_small_or_too_large_are_told() {
    let (texts, labels) = (["aa bb", "bb cc"], ["x", "y"]);
    let error = params()
        .fit(&weighted(&texts, &labels, Some(&[1e-12, 1.0])))
        .unwrap_err();
    assert!(error.to_string().starts_with("sample_weight is"), "{error}");
    let mut trainer = params().trainer(&TrainerOptions::default()).unwrap();
    let error = trainer
        .add(&weighted(&texts, &labels, Some(&[1e-12, 1.0])))
        .unwrap_err();
    assert!(error.to_string().starts_with("sample_weight is"), "{error}");
    // Elsewhere nothing is exact, and nothing is too small.
    let usual = TextClassifier::params();
    let _ = usual
        .fit(&weighted(&texts, &labels, Some(&[1e-12, 1.0])))
        .unwrap();

    let heavy = params()
        .fit(&weighted(&texts, &labels, Some(&[1e7, 0.3])))
        .unwrap();
    let light = params().fit(&examples(&texts, &labels)).unwrap();
    for error in [
        heavy.merge(&light).unwrap_err(),
        light.merge(&heavy).unwrap_err(),
        heavy.partial_fit(&examples(&texts, &labels)).unwrap_err(),
        heavy
            .forget(&examples(&texts[..1], &labels[..1]))
            .unwrap_err(),
    ] {
        assert!(matches!(error, Error::NotExact { .. }), "{error}");
    }
}
