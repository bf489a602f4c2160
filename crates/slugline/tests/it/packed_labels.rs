//! Labels by packed weights are those of the scores: an input that a fuzz target found, and settings and texts of all
//! kinds.

use super::corpora::examples;
use proptest::prelude::*;
use slugline::{
    Examples, IdfOrder, Model, Norm, StripAccents, TextClassifier, TextClassifierParams, Unit,
};

/// What makes packed weights worth their making: text of blanks alone.
fn make_packed_weights(model: &TextClassifier) {
    let blanks = " ".repeat(model.vocabulary().len() * 20 + model.labels().len() * 64 + 4096);
    // With many classes, numbers count, too.
    let often = 1 + model.labels().len() / 4;
    model.predict(&vec![&blanks; often]).unwrap();
}

#[test]
fn terms_that_end_with_zeros() {
    let zeros = "\0".repeat(98);
    let text = format!(
        "\u{2}\u{3}The regulat+rs' chips, an;internationalisation of netw\u{5}\0\0\0\0\0\0\0orks e:tbh anks' shares \
         fell,ghegulators' chips, an\u{fffd}\u{fffd}nternationalisation of nettion of {zeros}netw\u{5}\0\0\0\0\0\0\0orks \
         e:tbh anks' shares fell,gheg."
    );
    let (first, second) = text.split_at(text.find(" of \0").unwrap());
    let known = [
        text.as_str(),
        first,
        "chip bank law vote",
        "the share of été",
    ];
    let unseen = [text.as_str(), first, second, "", "chip law chip été"];
    for (sublinear, norm) in [(true, true), (true, false), (false, true), (false, false)] {
        let params = TextClassifier::params()
            .analyzer(Unit::CharWb)
            .strip_accents(Some(StripAccents::Unicode))
            .ngram_range(3, 4)
            .sublinear_tf(sublinear)
            .norm(None)
            .model(Model::Complement { norm })
            .alpha(1.0)
            .threads(1);
        let model = params
            .fit(&examples(&known, &["a", "b", "c", "a"]))
            .unwrap();
        let expected = unseen.map(|text| model.classify(text).label().to_owned());
        make_packed_weights(&model);
        assert_eq!(
            model.predict(&unseen).unwrap(),
            expected,
            "{sublinear} {norm}"
        );
    }
}

fn settings() -> impl Strategy<Value = TextClassifierParams> {
    let models = prop::sample::select(vec![
        Model::Multinomial,
        Model::Complement { norm: false },
        Model::Complement { norm: true },
    ]);
    let alphas = prop::sample::select(vec![
        1e-300, 1e-40, 1e-10, 1e-3, 0.3, 1.0, 1e3, 1e5, 1e10, 1e16, 1e40, 1e300,
    ]);
    let terms = prop::sample::select(vec![
        (Unit::Word, 1, 1),
        (Unit::Word, 1, 1),
        (Unit::Word, 1, 1),
        (Unit::Word, 1, 2),
        (Unit::Char, 1, 3),
        (Unit::CharWb, 2, 4),
    ]);
    let norms = prop::sample::select(vec![None, None, Some(Norm::L1), Some(Norm::L2)]);
    let orders = prop::sample::select(vec![IdfOrder::BeforeNorm, IdfOrder::AfterNorm]);
    let flags = any::<[bool; 5]>();
    let all = (models, alphas, terms, norms, orders, flags);
    all.prop_map(|(model, alpha, (unit, min, max), norm, order, flags)| {
        let [sublinear, binary, use_idf, fit_prior, level] = flags;
        TextClassifier::params()
            .idf_order(order)
            .model(model)
            .alpha(alpha)
            .analyzer(unit)
            .ngram_range(min, max)
            .norm(norm)
            .sublinear_tf(sublinear)
            .binary(binary)
            .use_idf(use_idf)
            .fit_prior(fit_prior)
            .level_class_sums(level && model == Model::Multinomial)
            .threads(1)
    })
}

/// Texts of few words, some of which are repeated many times, so that scores are often close or the same.
fn texts(n: usize) -> impl Strategy<Value = Vec<String>> {
    let word = prop_oneof![
        8 => (0_u32..12, 0_u32..12).prop_map(|(a, b)| format!("w{}", a * b)),
        1 => "[a-c]{1,4}\0{0,3}",
        1 => "[ab]{11,17}",
        1 => prop::sample::select(vec!["été", "中", "\0", "_", "x\0y"]).prop_map(String::from),
    ];
    let times = prop_oneof![12 => 1..3_usize, 1 => 90..110_usize, 1 => 250..1001_usize];
    let text = prop::collection::vec((word, times), 0..12).prop_map(|words| {
        let repeated: Vec<String> = words
            .into_iter()
            .map(|(word, times)| [word.as_str()].repeat(times).join(" "))
            .collect();
        repeated.join(" ")
    });
    prop::collection::vec(text, n)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// 3,200 labels.
    #[test]
    fn labels_are_those_of_the_scores(
        params in settings(),
        known in texts(24),
        unseen in texts(12),
        classes in prop::sample::select(vec![2_usize, 3, 4, 5, 12, 24, 70]),
        weights in prop::sample::select(vec![[1.0, 1.0, 1.0], [1e-6, 2e-6, 1e-6], [1.0, 1e6, 1.0], [1e9, 3e9, 2e9]]),
    ) {
        // With many classes, each has a text.
        let known: Vec<&String> = known.iter().cycle().take(classes.max(24)).collect();
        let labels: Vec<String> = (0..known.len()).map(|n| format!("{:02}", n % classes)).collect();
        let weights: Vec<f64> = (0..known.len()).map(|n| weights[n % 3]).collect();
        let examples = Examples::new(&known, &labels).unwrap().with_weights(&weights).unwrap();
        let fitted = params.fit(&examples);
        // Without terms, or with weights that are not exact, there is none, and the case does not count.
        prop_assume!(fitted.is_ok());
        let model = fitted.unwrap();
        make_packed_weights(&model);
        let unseen: Vec<&String> = unseen.iter().chain(known.iter().copied().take(4)).collect();
        let found = model.predict(&unseen).unwrap();
        for (text, found) in unseen.into_iter().zip(found) {
            prop_assert_eq!(model.classify(text).label(), found, "{:?}", text);
        }
    }
}
