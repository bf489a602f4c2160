//! Python's view of every code point: `\w`, `\s`, `str.lower`, accents.

use serde_json::Value;
use slugline::text::{Analyzer, AnalyzerParams, StripAccents, Unit, Words, is_space, is_word};

use super::common::{golden, sha256};

fn ranges(value: &Value) -> Vec<(u32, u32)> {
    serde_json::from_value(value.clone()).unwrap()
}

/// Every code point that the goldens' Unicode version knows, marked where it is in a range.
fn for_each_assigned(golden: &Value, name: &str, mut check: impl FnMut(char, bool)) {
    let mut marked = vec![false; 0x11_0000];
    for (first, last) in ranges(&golden[name]) {
        marked[first as usize..=last as usize].fill(true);
    }
    for (first, last) in ranges(&golden["unassigned"]) {
        assert!(!marked[first as usize..=last as usize].contains(&true));
    }
    let mut unassigned = vec![false; 0x11_0000];
    for (first, last) in ranges(&golden["unassigned"]) {
        unassigned[first as usize..=last as usize].fill(true);
    }
    let chars = (0..0x11_0000).filter(|&c| !unassigned[c as usize]);
    for c in chars.filter_map(char::from_u32) {
        check(c, marked[c as usize]);
    }
}

#[test]
fn word_and_space_characters_are_pythons() {
    let golden = golden("unicode.json");
    for_each_assigned(&golden, "word", |c, word| {
        assert_eq!(is_word(c), word, "{c:?}");
    });
    for_each_assigned(&golden, "space", |c, space| {
        assert_eq!(is_space(c), space, "{c:?}");
    });
}

#[test]
fn lower_case_is_pythons() {
    let golden = golden("unicode.json");
    let lower = golden["lower"].as_object().unwrap();
    // One character is one 1-gram; a longer lower case gives several, in order.
    let analyzer = Analyzer::new(AnalyzerParams::default().analyzer(Unit::Char)).unwrap();
    for_each_assigned(&golden, "word", |c, _| {
        let expected = lower
            .iter()
            .find(|(code, _)| u32::from_str_radix(code, 16) == Ok(u32::from(c)))
            .map_or_else(
                || c.to_string(),
                |(_, lower)| lower.as_str().unwrap().to_owned(),
            );
        assert_eq!(analyzer.terms(&c.to_string()).concat(), expected, "{c:?}");
    });
}

#[test]
fn stripped_accents_are_pythons() {
    let golden = golden("unicode.json");
    let mut assigned = Vec::new();
    for_each_assigned(&golden, "word", |c, _| assigned.push(c));
    for case in golden["stripped"].as_array().unwrap() {
        let first = case["start"].as_u64().unwrap() as u32;
        for form in ["ascii", "unicode"] {
            let analyzer = Analyzer::new(
                AnalyzerParams::default()
                    .lowercase(false)
                    .strip_accents(form.parse::<StripAccents>().unwrap())
                    .words(Words::Pattern("(?s).+".into())),
            )
            .unwrap();
            let block = assigned
                .iter()
                .filter(|&&c| u32::from(c) / 4096 == first / 4096);
            let stripped: Vec<String> = block
                .map(|c| analyzer.terms(&c.to_string()).concat())
                .collect();
            assert_eq!(
                sha256(&stripped.join("\n")),
                case[format!("{form}_sha256")].as_str().unwrap(),
                "{first:x} {form}"
            );
        }
    }
}
