//! What all benches run on: labelled texts, and the chance that generated ones are made with.

/// Documents and their labels.
#[derive(Default)]
pub(crate) struct Corpus {
    /// The texts.
    pub(crate) texts: Vec<String>,
    /// A label for each.
    pub(crate) labels: Vec<String>,
}

impl Corpus {
    /// The labelled texts.
    pub(crate) fn examples(&self) -> slugline::Examples<'_, String> {
        slugline::Examples::new(&self.texts, &self.labels).expect("every text has a label")
    }

    /// Bytes of text.
    pub(crate) fn bytes(&self) -> u64 {
        self.texts.iter().map(|text| text.len() as u64).sum()
    }
}

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
    fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// A rank below `n` by Zipf's law: that of rank r comes with a probability proportional to
    /// 1 / (r + 1), by the inverse of the continuous law's cumulative distribution ln(r) / ln(n).
    pub(crate) fn rank(&mut self, n: usize) -> usize {
        ((n as f64).powf(self.unit()) as usize - 1).min(n - 1)
    }
}
