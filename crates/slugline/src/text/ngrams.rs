//! n-grams as slices of the arena, in scikit-learn's order.

use std::ops::Range;

use super::ngram_arena::ArenaUnit;

type Span = Range<usize>;

fn gram<'a>(arena: &'a str, units: &[ArenaUnit]) -> Option<(&'a str, Span)> {
    let (first, last) = (units.first()?, units.last()?);
    // A blank between two words begins where the second one does and ends where the first one
    // did; alone, it stands for the white space between them.
    let (from, to) = (first.from.min(last.to), last.to.max(first.from));
    Some((&arena[first.start..last.end], from..to))
}

/// For each n in the range, all n-grams over the whole sequence.
pub(super) fn over_units(
    arena: &str,
    units: &[ArenaUnit],
    (min, max): (usize, usize),
    visit: &mut impl FnMut(&str, Span),
) {
    for n in min..=max.min(units.len()) {
        for window in units.windows(n) {
            if let Some((term, span)) = gram(arena, window) {
                visit(term, span);
            }
        }
    }
}

/// Word by word, for each n in the range, the n-grams inside the padded word. A padded word that
/// is not longer than n is one gram, and larger n are left out: it is counted once.
pub(super) fn within_words(
    arena: &str,
    units: &[ArenaUnit],
    (min, max): (usize, usize),
    visit: &mut impl FnMut(&str, Span),
) {
    let mut start = 0;
    while start + 1 < units.len() {
        let inner = units[start + 1..]
            .iter()
            .position(|unit| is_padding(arena, unit))
            .unwrap_or(units.len() - start - 1);
        let word = &units[start..=start + 1 + inner];
        for n in min..=max {
            for window in word.windows(n.min(word.len())) {
                if let Some((term, span)) = gram(arena, window) {
                    visit(term, span);
                }
            }
            if n >= word.len() {
                break;
            }
        }
        start += inner + 1;
    }
}

/// Words hold no white space, so a blank is padding.
fn is_padding(arena: &str, unit: &ArenaUnit) -> bool {
    &arena[unit.start..unit.end] == " "
}

#[cfg(test)]
mod tests {
    use crate::text::{
        Analyzer,
        ngram_arena::AnalyzerScratch,
        params::{AnalyzerParams, Unit},
    };

    fn terms(analyzer: Unit, ngram_range: (usize, usize), text: &str) -> Vec<String> {
        let params = AnalyzerParams {
            analyzer,
            ngram_range,
            ..Default::default()
        };
        Analyzer::new(params).unwrap().terms(text)
    }

    #[test]
    fn words_and_characters() {
        assert_eq!(
            terms(Unit::Word, (2, 3), "aa bb cc"),
            ["aa bb", "bb cc", "aa bb cc"]
        );
        assert_eq!(
            terms(Unit::Char, (1, 2), "a \n b"),
            ["a", " ", "b", "a ", " b"]
        );
        assert_eq!(terms(Unit::Char, (2, 2), "a\nb"), ["a\n", "\nb"]);
        assert_eq!(
            terms(Unit::CharWb, (3, 4), "ab c"),
            [" ab", "ab ", " ab ", " c "]
        );
        assert_eq!(terms(Unit::CharWb, (4, 5), "ab c"), [" ab ", " c "]);
        assert!(terms(Unit::CharWb, (1, 2), " \n").is_empty());
    }

    #[test]
    fn spans_point_at_the_text() {
        let params = AnalyzerParams {
            analyzer: Unit::CharWb,
            ngram_range: (3, 3),
            ..Default::default()
        };
        let text = "Éa  B";
        let mut spans = Vec::new();
        Analyzer::new(params).unwrap().for_each_span(
            text,
            &mut AnalyzerScratch::default(),
            |term, span| {
                spans.push((term.to_owned(), text[span].to_owned()));
            },
        );
        let expected = [(" éa", "Éa"), ("éa ", "Éa"), (" b ", "B")];
        assert_eq!(spans, expected.map(|(a, b)| (a.to_owned(), b.to_owned())));
    }
}
