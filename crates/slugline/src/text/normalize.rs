//! Case and accents, character by character, with the origin of every byte where asked for.

use unicode_normalization::char::{canonical_combining_class, decompose_compatible};
use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

use super::params::StripAccents;
use crate::util::simd::{self, Work};

#[derive(Debug, Clone, Copy)]
pub(super) struct Fold {
    lowercase: bool,
    strip_accents: Option<StripAccents>,
}

impl Fold {
    pub(super) fn new(lowercase: bool, strip_accents: Option<StripAccents>) -> Self {
        Self {
            lowercase,
            strip_accents,
        }
    }

    pub(super) fn lowercase(self) -> bool {
        self.lowercase
    }

    /// The folded text: `text` itself where nothing is to be done, else the content of `folded`.
    ///
    /// NFKD reorders combining marks only, and those are dropped: so decomposing one character at
    /// a time gives the same as `unicodedata.normalize("NFKD", text)` of the whole.
    pub(super) fn apply<'a, const SPANS: bool>(
        self,
        text: &'a str,
        folded: &'a mut String,
        origins: &mut Vec<usize>,
    ) -> &'a str {
        origins.clear();
        if !self.lowercase && (self.strip_accents.is_none() || text.is_ascii()) {
            return text;
        }
        folded.clear();
        if !SPANS && text.is_ascii() {
            folded.push_str(text);
            simd::run(Lowercase(folded));
            return folded;
        }
        folded.reserve(text.len());
        let mut at = 0;
        while at < text.len() {
            let rest = &text[at..];
            let ascii = ascii_prefix(rest);
            if ascii > 0 {
                let from = folded.len();
                folded.push_str(&rest[..ascii]);
                if self.lowercase {
                    folded[from..].make_ascii_lowercase();
                }
                if SPANS {
                    origins.extend(at..at + ascii);
                }
                at += ascii;
            } else if let Some(c) = rest.chars().next() {
                self.fold_char(text, at, c, folded);
                if SPANS {
                    origins.resize(folded.len(), at);
                }
                at += c.len_utf8();
            }
        }
        if SPANS {
            origins.push(text.len());
        }
        folded
    }

    fn fold_char(self, text: &str, at: usize, c: char, folded: &mut String) {
        if !self.lowercase {
            self.strip_char(c, folded);
        } else if c == 'Σ' {
            let end_of_word = is_final_sigma(&text[..at], &text[at + c.len_utf8()..]);
            self.strip_char(if end_of_word { 'ς' } else { 'σ' }, folded);
        } else {
            for lower in c.to_lowercase() {
                self.strip_char(lower, folded);
            }
        }
    }

    fn strip_char(self, c: char, folded: &mut String) {
        match self.strip_accents {
            None => folded.push(c),
            Some(StripAccents::Ascii) => decompose_compatible(c, |part| {
                if part.is_ascii() {
                    folded.push(part);
                }
            }),
            Some(StripAccents::Unicode) => decompose_compatible(c, |part| {
                if canonical_combining_class(part) == 0 {
                    folded.push(part);
                }
            }),
        }
    }
}

struct Lowercase<'a>(&'a mut str);

impl Work for Lowercase<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        self.0.make_ascii_lowercase();
    }
}

fn ascii_prefix(text: &str) -> usize {
    let bytes = text.as_bytes();
    let mut at = 0;
    // Whole words at a time: most text is ASCII, and `is_ascii` of 32 bytes is a few instructions.
    while let Some(block) = bytes.get(at..at + 32) {
        if !block.is_ascii() {
            break;
        }
        at += 32;
    }
    at + bytes[at..].iter().take_while(|b| b.is_ascii()).count()
}

/// Unicode's `Final_Sigma` (The Unicode Standard, table 3-17): a cased letter before, none after,
/// case-ignorable characters skipped. The same rule as in `str::to_lowercase` and Python.
fn is_final_sigma(before: &str, after: &str) -> bool {
    let cased_next = |mut chars: &mut dyn Iterator<Item = char>| {
        (&mut chars)
            .find(|&c| !is_case_ignorable(c))
            .is_some_and(is_cased)
    };
    cased_next(&mut before.chars().rev()) && !cased_next(&mut after.chars())
}

fn is_cased(c: char) -> bool {
    c.is_lowercase() || c.is_uppercase() || c.general_category() == GeneralCategory::TitlecaseLetter
}

fn is_case_ignorable(c: char) -> bool {
    use GeneralCategory::{EnclosingMark, Format, ModifierLetter, ModifierSymbol, NonspacingMark};
    // Word_Break = MidLetter, MidNumLet or Single_Quote.
    const MID: [char; 18] = [
        '\'', '.', ':', '·', '\u{387}', '\u{55F}', '\u{5F4}', '\u{2018}', '\u{2019}', '\u{2024}',
        '\u{2027}', '\u{FE13}', '\u{FE52}', '\u{FE55}', '\u{FF07}', '\u{FF0E}', '\u{FF1A}',
        '\u{B7}',
    ];
    MID.contains(&c)
        || matches!(
            c.general_category(),
            NonspacingMark | EnclosingMark | Format | ModifierLetter | ModifierSymbol
        )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn fold(text: &str, strip: Option<StripAccents>) -> (String, Vec<usize>) {
        let (mut folded, mut origins) = (String::new(), Vec::new());
        let out = Fold::new(true, strip)
            .apply::<true>(text, &mut folded, &mut origins)
            .to_owned();
        (out, origins)
    }

    #[test]
    fn sigma_and_dotted_capital_i() {
        assert_eq!(fold("ΟΔΟΣ ΣΑΣ. Σ", None).0, "ΟΔΟΣ ΣΑΣ. Σ".to_lowercase());
        assert_eq!(fold("İSTANBUL", None).0, "i̇stanbul");
        assert_eq!(fold("İ", Some(StripAccents::Unicode)).0, "i");
    }

    #[test]
    fn accents() {
        assert_eq!(
            fold("Été ﬁn Ωmega ™", Some(StripAccents::Unicode)).0,
            "ete fin ωmega TM"
        );
        assert_eq!(
            fold("Été ﬁn Ωmega ™", Some(StripAccents::Ascii)).0,
            "ete fin mega TM"
        );
    }

    /// The standard library and `unicode-properties` may be a Unicode version apart: so only
    /// characters of up to Unicode 14, the version of the golden numbers, are compared.
    #[test]
    fn case_rule_agrees_with_the_standard_library_around_every_character() {
        let goldens = include_str!("../../tests/goldens/unicode.json");
        let goldens: serde_json::Value = serde_json::from_str(goldens).unwrap();
        let unassigned: Vec<(u32, u32)> =
            serde_json::from_value(goldens["unassigned"].clone()).unwrap();
        let old = |c: &u32| {
            !unassigned
                .iter()
                .any(|(first, last)| (first..=last).contains(&c))
        };
        for c in (0..=0x0010_FFFF).filter(old).filter_map(char::from_u32) {
            for text in [
                format!("a{c}Σ"),
                format!("aΣ{c}"),
                format!("aΣ{c}b"),
                format!("{c}Σ"),
            ] {
                assert_eq!(fold(&text, None).0, text.to_lowercase(), "{text:?}");
            }
        }
    }

    proptest! {
        #[test]
        fn lowercase_is_the_standard_librarys(text in "[Σσςa-zA-ZÀ-ÿА-я'’.: \u{301}\u{ad}]{0,40}") {
            prop_assert_eq!(fold(&text, None).0, text.to_lowercase());
        }

        #[test]
        fn origins_are_character_boundaries_in_order(text in "\\PC{0,40}") {
            for strip in [None, Some(StripAccents::Ascii), Some(StripAccents::Unicode)] {
                let (folded, origins) = fold(&text, strip);
                prop_assert_eq!(origins.len(), folded.len() + 1);
                prop_assert!(origins.windows(2).all(|pair| pair[0] <= pair[1]));
                prop_assert!(origins.iter().all(|&at| text.is_char_boundary(at)));
            }
        }
    }
}
