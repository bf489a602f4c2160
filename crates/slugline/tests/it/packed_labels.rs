//! Labels by packed weights are those of the scores: inputs that a fuzz target found.

use super::corpora::examples;
use slugline::{Model, StripAccents, TextClassifier, Unit};

#[test]
fn a_term_that_a_text_repeats_without_a_norm() {
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
        // So much text that packed weights are worth their making.
        let blanks = " ".repeat(model.vocabulary().len() * 20 + 4096);
        model.predict(&[&blanks]).unwrap();
        assert_eq!(
            model.predict(&unseen).unwrap(),
            expected,
            "{sublinear} {norm}"
        );
    }
}
