//! Any text, any settings of the analysis: the terms are those of the plain reference, whatever instructions the
//! processor has, and labels come out the same by the quick way and by the scores.
#![no_main]

use arbitrary::{Result, Unstructured};
use libfuzzer_sys::fuzz_target;
use slugline::{
    Examples, IdfOrder, Language, Model, NaiveBayes, Norm, Scratch, StopWords, StripAccents,
    TextClassifier, TextClassifierParams, Unit, Words,
    text::{Analyzer, AnalyzerParams},
};
use slugline_fuzz::{
    init, portable,
    reference::{PATTERNS, terms},
};

fuzz_target!(init: init(), |data: &[u8]| {
    let mut u = Unstructured::new(data);
    let Ok((params, with_model)) = case(&mut u) else {
        return;
    };
    let text = String::from_utf8_lossy(u.take_rest());
    check_terms(&params.features.text, &text);
    if with_model {
        check_labels(&params, &text);
    }
});

/// Settings, and whether labels are compared, too.
fn case(u: &mut Unstructured<'_>) -> Result<(TextClassifierParams, bool)> {
    let [unit, words, fold, stop, min, more, model, weights] = u.arbitrary::<[u8; 8]>()?;
    let unit = [Unit::Word, Unit::Word, Unit::Char, Unit::CharWb][usize::from(unit) % 4];
    let of_words = unit == Unit::Word;
    let words = match usize::from(words) % 16 {
        0..8 => Words::Sklearn,
        8..10 => Words::Unicode,
        pattern => Words::Pattern(PATTERNS[pattern - 10].to_owned()),
    };
    let stop_words = match of_words && stop & 1 == 1 {
        true => StopWords::List(
            ["the", "a", "chip", "été", "中文"]
                .map(String::from)
                .to_vec(),
        ),
        false => StopWords::None,
    };
    let languages = [
        Language::English,
        Language::French,
        Language::German,
        Language::Russian,
        Language::Turkish,
    ];
    let stemmer = languages
        .get(usize::from(stop >> 1) % 8)
        .filter(|_| of_words);
    let min = 1 + usize::from(min) % 3;
    let mut params = TextClassifier::params().threads(1);
    params.features.text = AnalyzerParams::default()
        .lowercase(fold & 1 == 0)
        .strip_accents(
            [None, Some(StripAccents::Ascii), Some(StripAccents::Unicode)]
                [usize::from(fold >> 1) % 3],
        )
        .analyzer(unit)
        .words(words)
        .stop_words(stop_words)
        .stemmer(stemmer.copied())
        .ngram_range(min, min + usize::from(more) % 3);
    let kind = match model % 4 {
        0 => NaiveBayes::complement().alpha(0.3),
        1 => NaiveBayes::multinomial(),
        2 => NaiveBayes::bernoulli(),
        _ => NaiveBayes::complement(),
    };
    params = params
        .naive_bayes(kind)
        .model(match model % 4 {
            3 => Model::Complement { norm: true },
            _ => params_model(model),
        })
        .binary(weights & 1 == 1)
        .sublinear_tf(weights & 2 == 2)
        .norm([None, Some(Norm::L1), Some(Norm::L2)][usize::from(weights >> 2) % 3])
        .idf_order(match weights & 16 {
            0 => IdfOrder::BeforeNorm,
            _ => IdfOrder::AfterNorm,
        });
    // A model takes as long as the terms of some ten texts.
    Ok((params, model & 192 == 192))
}

fn params_model(model: u8) -> Model {
    match model % 4 {
        1 => Model::Multinomial,
        2 => Model::Bernoulli {
            binarize: Some(0.0),
        },
        _ => Model::Complement { norm: false },
    }
}

fn check_terms(params: &AnalyzerParams, text: &str) {
    let analyzer = Analyzer::new(params.clone()).expect("settings in range");
    let expected = terms(params, text);
    assert_eq!(analyzer.terms(text), expected, "{params:?}");
    assert_eq!(
        portable(|| analyzer.terms(text)),
        expected,
        "portable, {params:?}"
    );
    let mut with_spans = Vec::new();
    analyzer.for_each_span(text, &mut Scratch::default(), |term, span| {
        assert!(text.get(span.clone()).is_some(), "{span:?}");
        with_spans.push(term.to_owned());
    });
    assert_eq!(with_spans, expected, "with spans, {params:?}");
}

fn check_labels(params: &TextClassifierParams, text: &str) {
    let halves = text.char_indices().nth(text.chars().count() / 2);
    let (first, second) = text.split_at(halves.map_or(0, |(at, _)| at));
    let examples = [text, first, "chip bank law vote", "the share of été"];
    let examples = Examples::new(&examples, &["a", "b", "c", "a"]).expect("equal lengths");
    let fit = || params.fit(&examples);
    // No term is left where every word is a stop word, say.
    let Ok(model) = fit() else { return };
    let same = portable(fit).expect("a model, since there is one");
    let bytes = model.to_bytes().expect("bytes");
    assert!(
        bytes == same.to_bytes().expect("bytes"),
        "the portable fit differs"
    );

    let texts = [text, first, second, "", "chip law chip été"];
    let scores = model.joint_log_likelihood(&texts).expect("one thread");
    let plainly = portable(|| model.joint_log_likelihood(&texts)).expect("one thread");
    assert_eq!(scores, plainly, "portable scores");
    let expected: Vec<&str> = texts
        .iter()
        .map(|text| model.classify(text).label())
        .collect();
    // So much text that packed weights are worth their making.
    let blanks = " ".repeat(model.vocabulary().len() * 20 + 4096);
    model.predict(&[&blanks]).expect("one thread");
    assert_eq!(model.predict(&texts).expect("one thread"), expected);
    let quick = portable(|| model.predict_with(&mut Scratch::default(), &texts));
    assert_eq!(quick.expect("one thread"), expected, "portable");
}
