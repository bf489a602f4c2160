//! Stems beside those of the Snowball project's own package.

use slugline::{
    Language, Words,
    text::{Analyzer, AnalyzerParams},
};

use super::common::golden;

/// Words that are stemmed otherwise: rust-stemmers is of 2019, and Snowball has mended its
/// algorithms since. Greek comes from a newer crate.
fn known_to_differ(language: Language) -> &'static [&'static str] {
    match language {
        Language::English => &[
            "added",
            "adding",
            "cardiologist",
            "emergencies",
            "emergency",
            "evening",
            "evenings",
            "interfering",
            "internal",
            "international",
            "internationally",
            "internment",
            "interval",
            "organic",
            "organization",
            "organizers",
            "rheumatologist",
            "universal",
            "universities",
            "university",
        ],
        Language::Romanian => &["bucurești", "şi", "ţara"],
        Language::Russian => &["ёж", "ёлка"],
        _ => &[],
    }
}

#[test]
fn stems_are_snowballs() {
    let golden = golden("stems.json");
    for case in golden["cases"].as_array().unwrap() {
        let language: Language = case["language"].as_str().unwrap().parse().unwrap();
        let analyzer = Analyzer::new(
            AnalyzerParams::default()
                .words(Words::Pattern("(?s).+".into()))
                .stemmer(language),
        )
        .unwrap();
        let stems = case["stems"].as_object().unwrap();
        let differing: Vec<&String> = stems
            .iter()
            // No term is empty: such a word stays as it is.
            .filter(|(word, stem)| {
                stem.as_str() != Some("") && analyzer.terms(word) != [stem.as_str().unwrap()]
            })
            .map(|(word, _)| word)
            .collect();
        println!(
            "{language}: {} words, {} differ",
            stems.len(),
            differing.len()
        );
        assert_eq!(differing, known_to_differ(language), "{language}");
    }
}
