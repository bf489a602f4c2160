//! The memory limit of training, and its division.

use std::{fmt, ops::Range, str::FromStr};

use crate::{
    classifier::TextClassifierParams,
    error::{Error, Result},
    naive_bayes::Model,
    wording::count,
};

/// An amount of memory, written as a number of bytes, or with `K`, `M`, `G` or `T` behind it for
/// powers of 1024: `512M` is 536,870,912 bytes.
///
/// ```
/// use slugline::Memory;
///
/// let memory: Memory = "512M".parse()?;
/// assert_eq!(memory.bytes(), 512 << 20);
/// assert!("half of it".parse::<Memory>().is_err());
/// # Ok::<(), slugline::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Memory(u64);

const UNITS: [char; 4] = ['K', 'M', 'G', 'T'];

impl Memory {
    /// The smallest limit that training accepts: one `M`.
    pub const LEAST: Self = Self(1 << 20);

    /// An amount of this many bytes.
    pub fn of_bytes(bytes: u64) -> Self {
        Self(bytes)
    }

    /// The number of bytes.
    pub fn bytes(self) -> u64 {
        self.0
    }
}

impl FromStr for Memory {
    type Err = Error;

    fn from_str(written: &str) -> Result<Self> {
        let unit = written
            .chars()
            .next_back()
            .map(|unit| unit.to_ascii_uppercase());
        let power = unit.and_then(|unit| UNITS.iter().position(|&known| known == unit));
        let (digits, shift) = match power {
            Some(power) => (&written[..written.len() - 1], 10 * (power + 1)),
            None => (written, 0),
        };
        let digits_only = digits.bytes().all(|byte| byte.is_ascii_digit());
        let bytes = digits.parse::<u64>().ok().filter(|_| digits_only);
        let bytes = bytes.and_then(|number| number.checked_mul(1 << shift));
        bytes.map(Self).ok_or_else(|| {
            Error::parameter(
                "memory",
                format!("{written:?}"),
                "a number of bytes, or one with K, M, G or T behind it, such as 512M",
            )
        })
    }
}

impl fmt::Display for Memory {
    /// In the largest unit of which it is a whole number.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (mut number, mut unit) = (self.0, None);
        for larger in UNITS {
            if number == 0 || number % 1024 != 0 {
                break;
            }
            (number, unit) = (number / 1024, Some(larger));
        }
        write!(f, "{number}{}", unit.map(String::from).unwrap_or_default())
    }
}

/// The division of the memory. While documents are read: half for the terms, at most a sixteenth each for rows and
/// for terms before they are spilled, the rest for work in progress. Afterwards: three quarters for the model.
#[derive(Debug, Clone, Copy)]
pub(super) struct Budget(Option<Memory>);

impl Budget {
    pub(super) fn new(memory: Option<Memory>) -> Result<Self> {
        match memory {
            Some(memory) if memory < Memory::LEAST => Err(Error::parameter(
                "memory",
                memory,
                format!("at least {}", Memory::LEAST),
            )),
            memory => Ok(Self(memory)),
        }
    }

    fn part(self, of: u64) -> usize {
        self.0.map_or(usize::MAX, |memory| {
            usize::try_from(memory.0 / of).unwrap_or(usize::MAX)
        })
    }

    /// The number of reading threads, each of which collects terms of its own.
    pub(super) fn readers(self, threads: usize) -> usize {
        const LEAST: usize = 1 << 17;
        (self.part(2) / LEAST).clamp(1, threads.max(1))
    }

    /// Bytes for the terms of each reading thread.
    pub(super) fn terms_of_each(self, readers: usize) -> usize {
        match self.part(2) {
            usize::MAX => usize::MAX,
            part => part / readers.max(1),
        }
    }

    /// Bytes of rows, and of terms, that stay in memory before they are written to the disk.
    pub(super) fn put_away(self) -> usize {
        match self.part(16) {
            usize::MAX => usize::MAX,
            // More would not pay off: small files stay in the page cache.
            part => part.min(1 << 22),
        }
    }

    /// Bytes of text that are read before its rows are spilled.
    pub(super) fn piece(self) -> usize {
        self.part(64).clamp(1 << 14, 1 << 23)
    }

    /// Bytes of spilled rows that are read back at once.
    pub(super) fn chunk(self) -> usize {
        self.part(128).clamp(1 << 12, 1 << 22)
    }

    /// Bytes of the buffer of each list of terms that is read.
    pub(super) fn cursor(self, lists: usize) -> usize {
        (self.part(32) / lists.max(1)).clamp(1 << 9, 1 << 16)
    }

    /// Bytes for the model, including what making it takes.
    fn model(self) -> u64 {
        self.0.map_or(u64::MAX, |memory| memory.0 / 4 * 3)
    }

    /// The maximum number of terms of a model that keeps sums only for the terms it uses.
    pub(super) fn most_terms(self, cost: &Cost) -> u64 {
        self.model() / (cost.learned + cost.used)
    }

    /// Fails where a model with `learned` terms, of which it uses `used`, exceeds the memory.
    pub(super) fn check(self, cost: &Cost, learned: u64, used: u64, advice: &str) -> Result<()> {
        let needed = learned
            .saturating_mul(cost.learned)
            .saturating_add(used.saturating_mul(cost.used));
        match self.0 {
            Some(memory) if needed > self.model() => {
                const MEGA: u64 = 1 << 20;
                let least = (needed / 3)
                    .saturating_mul(4)
                    .div_ceil(MEGA)
                    .saturating_add(1);
                Err(Error::parameter(
                    "memory",
                    memory,
                    format!(
                        "at least {least}M for {} and {}, or fewer terms: {advice}",
                        count(learned, "term"),
                        count(cost.labels, "label")
                    ),
                ))
            }
            _ => Ok(()),
        }
    }
}

/// The cost of a term in bytes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cost {
    /// A term that sums are kept for.
    learned: u64,
    /// In addition, a term that classification uses.
    used: u64,
    labels: usize,
}

impl Cost {
    /// The cost with `columns` labels and background, and terms of `length` bytes.
    pub(super) fn new(
        params: &TextClassifierParams,
        labels: usize,
        columns: usize,
        length: u64,
    ) -> Self {
        // Its offset, its frequencies, its slot in the file's hash table, and the buffers of choosing it.
        const LEARNED: u64 = 128;
        const NUMBER: u64 = size_of::<f64>() as u64;
        let exact = params.sums_are_exact();
        let bernoulli = matches!(params.naive_bayes.model, Model::Bernoulli { .. });
        // The weights; the sums times idf; the sums with the prior.
        let scaled = exact && params.features.tfidf.use_idf && !bernoulli;
        let copies = 1 + u64::from(scaled) + u64::from(!params.prior.is_empty());
        // An exact model that prunes has its terms twice; one with a prior looks them up.
        let terms = 32 + if exact { 192 } else { 0 } + if copies > 1 { 96 } else { 0 };
        Self {
            learned: LEARNED + 2 * length + NUMBER * columns as u64,
            used: terms + NUMBER * labels as u64 * copies,
            labels,
        }
    }
}

/// Splits texts into at most `parts` ranges of about the same number of bytes.
pub(super) fn shares<S: AsRef<str>>(texts: &[S], parts: usize) -> Vec<Range<usize>> {
    let bytes: usize = texts.iter().map(|text| text.as_ref().len() + 1).sum();
    let each = bytes.div_ceil(parts.max(1));
    let (mut ranges, mut start, mut so_far) = (Vec::with_capacity(parts), 0, 0);
    for (at, text) in texts.iter().enumerate() {
        so_far += text.as_ref().len() + 1;
        if so_far >= each && ranges.len() + 1 < parts {
            ranges.push(start..at + 1);
            (start, so_far) = (at + 1, 0);
        }
    }
    if start < texts.len() {
        ranges.push(start..texts.len());
    }
    ranges
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_and_written() {
        for (written, bytes, again) in [
            ("512M", 512 << 20, "512M"),
            ("2g", 2 << 30, "2G"),
            ("1024k", 1 << 20, "1M"),
            ("1048577", 1_048_577, "1048577"),
            ("1T", 1 << 40, "1T"),
            ("0", 0, "0"),
        ] {
            let memory: Memory = written.parse().unwrap();
            assert_eq!(memory.bytes(), bytes);
            assert_eq!(memory.to_string(), again);
        }
        for bad in [
            "",
            "M",
            "-1",
            "+1",
            "1.5G",
            "12MB",
            "é",
            "99999999999999T",
            "1 M",
        ] {
            let error = bad.parse::<Memory>().unwrap_err().to_string();
            assert!(error.contains("such as 512M"), "{error}");
        }
    }

    #[test]
    fn shares_hold_every_text_once() {
        let texts: Vec<String> = (0..20).map(|n| "x".repeat(n * n % 17)).collect();
        for parts in 1..25 {
            let ranges = shares(&texts, parts);
            assert!(ranges.len() <= parts);
            let all: Vec<usize> = ranges.into_iter().flatten().collect();
            assert_eq!(all, (0..20).collect::<Vec<_>>());
        }
        assert!(shares(&[] as &[&str], 3).is_empty());
    }
}
