//! Made-up text whose words follow Zipf's law, as those of real text do: the word of rank r comes
//! with a probability proportional to 1 / r. The same seed gives the same text.

/// A small generator (xorshift64*, Vigna 2016): benches need no better chance.
pub(crate) struct Chance(u64);

impl Chance {
    /// A generator with this seed, which must not be 0.
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    /// A number from 0 up to 1.
    pub(crate) fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }
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

/// Documents and their labels.
pub(crate) struct Corpus {
    /// The texts.
    pub(crate) texts: Vec<String>,
    /// One of `classes` labels for each.
    pub(crate) labels: Vec<String>,
}

impl Corpus {
    /// Bytes of text.
    pub(crate) fn bytes(&self) -> u64 {
        self.texts.iter().map(|text| text.len() as u64).sum()
    }

    /// `documents` texts of `length` words out of `terms`, in `classes` classes: every fifth word is
    /// drawn from a part of the vocabulary that belongs to the class.
    pub(crate) fn zipf(
        seed: u64,
        documents: usize,
        length: usize,
        terms: usize,
        classes: usize,
    ) -> Self {
        let words: Vec<String> = (0..terms).map(word).collect();
        let mut chance = Chance::new(seed);
        // Inverse of the cumulative distribution ln(r) / ln(n) of the continuous law.
        let mut rank = move || ((terms as f64).powf(chance.unit()) as usize - 1).min(terms - 1);
        let mut corpus = Self {
            texts: Vec::with_capacity(documents),
            labels: Vec::with_capacity(documents),
        };
        for document in 0..documents {
            let class = document % classes;
            let mut text = String::with_capacity(length * 8);
            for at in 0..length {
                let rank = match at % 5 {
                    0 => (rank() * classes + class) % terms,
                    _ => rank(),
                };
                text.push_str(&words[rank]);
                text.push_str(if at % 12 == 11 { ". " } else { " " });
            }
            corpus.texts.push(text);
            corpus.labels.push(format!("class{class:04}"));
        }
        corpus
    }
}
