//! Made-up text whose words follow Zipf's law, as those of real text do. The same seed gives the same
//! text.

use crate::corpus::{Chance, Corpus};

/// Words of a text.
pub(crate) const LENGTH: usize = 150;

/// What a text is made of.
pub(crate) struct Zipf {
    words: Vec<String>,
    classes: usize,
    chance: Chance,
}

/// The word of a rank: frequent ones are short, as in real text.
fn word(rank: usize) -> String {
    const SYLLABLES: [&str; 16] = [
        "ka", "lo", "mer", "ti", "sun", "do", "pre", "vi", "ran", "ste", "bu", "fol", "gi", "ned",
        "qua", "ox",
    ];
    let mut word = String::new();
    let mut rest = rank + 1;
    while rest > 0 {
        word.push_str(SYLLABLES[rest % 16]);
        rest /= 16;
    }
    word
}

impl Zipf {
    /// Texts of `terms` different words, about `classes` topics.
    pub(crate) fn new(terms: usize, classes: usize) -> Self {
        Self {
            words: (0..terms).map(word).collect(),
            classes,
            chance: Chance::new(1),
        }
    }

    /// A text: every fifth word is drawn from a part of the vocabulary that belongs to the class.
    fn text(&mut self, class: usize) -> String {
        let terms = self.words.len();
        let mut text = String::with_capacity(LENGTH * 8);
        for at in 0..LENGTH {
            let rank = match at % 5 {
                0 => (self.chance.rank(terms) * self.classes + class) % terms,
                _ => self.chance.rank(terms),
            };
            text.push_str(&self.words[rank]);
            text.push_str(if at % 12 == 11 { ". " } else { " " });
        }
        text
    }

    /// Texts, until there are so many bytes and a text of every class.
    pub(crate) fn corpus(&mut self, bytes: u64) -> Corpus {
        let mut corpus = Corpus::default();
        let mut so_far = 0;
        while so_far < bytes || corpus.texts.len() < self.classes {
            let class = corpus.texts.len() % self.classes;
            let text = self.text(class);
            so_far += text.len() as u64;
            corpus.texts.push(text);
            corpus.labels.push(format!("class{class:04}"));
        }
        corpus
    }

    /// The corpus with all words as one more text, so that a model of it knows every one.
    pub(crate) fn with_all_words(&self, mut corpus: Corpus) -> Corpus {
        corpus.texts.push(self.words.join(" "));
        corpus.labels.push(corpus.labels[0].clone());
        corpus
    }
}
