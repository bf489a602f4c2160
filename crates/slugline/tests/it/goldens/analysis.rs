//! Terms, in order.

use slugline::{Scratch, text::Analyzer};

use super::common::{analyzer_params, golden, strings, texts};

#[test]
fn terms_are_scikit_learns() {
    let texts = texts();
    let golden = golden("analysis.json");
    let cases = golden["cases"].as_array().unwrap();
    for case in cases {
        let text = &texts[case["text"].as_u64().unwrap() as usize];
        let analyzer = Analyzer::new(analyzer_params(&case["params"])).unwrap();
        assert_eq!(
            analyzer.terms(text),
            strings(&case["terms"]),
            "{} of {text:?}",
            case["params"]
        );
    }
    println!("{} cases", cases.len());
}

/// With spans the same terms come, and every span is a piece of the text.
#[test]
fn spans_agree_with_terms() {
    let texts = texts();
    let golden = golden("analysis.json");
    let mut scratch = Scratch::default();
    for case in golden["cases"].as_array().unwrap() {
        let text = &texts[case["text"].as_u64().unwrap() as usize];
        let analyzer = Analyzer::new(analyzer_params(&case["params"])).unwrap();
        let mut terms = Vec::new();
        analyzer.for_each_span(text, &mut scratch, |term, span| {
            assert!(text.get(span.clone()).is_some(), "{span:?} of {text:?}");
            terms.push(term.to_owned());
        });
        assert_eq!(
            terms,
            strings(&case["terms"]),
            "{} of {text:?}",
            case["params"]
        );
    }
}
