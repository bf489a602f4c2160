//! The hot loop of labels: from counts to sums of weighted weights, in one pass over the terms.

use crate::kernel::Work;

/// Numbers of a vector: an idf and seven weights, or eight weights.
pub(super) const LANES: usize = 8;

pub(super) type Lanes = [f32; LANES];

/// Counts below this have their tf in a table.
const SMALL: usize = 256;

/// What a count becomes.
#[derive(Debug)]
pub(super) struct Tf {
    /// Of small counts, which nearly all are.
    small: [f32; SMALL],
    binary: bool,
    sublinear: bool,
}

impl Tf {
    pub(super) fn new(binary: bool, sublinear: bool) -> Self {
        let mut tf = Self {
            small: [0.0; SMALL],
            binary,
            sublinear,
        };
        tf.small = std::array::from_fn(|count| tf.compute(count as u32));
        tf
    }

    #[cold]
    fn compute(&self, count: u32) -> f32 {
        match count {
            0 => 0.0,
            _ if self.binary => 1.0,
            _ if self.sublinear => (f64::from(count).ln() + 1.0) as f32,
            _ => f64::from(count) as f32,
        }
    }

    #[inline(always)]
    fn of(&self, count: u32) -> f32 {
        match self.small.get(count as usize) {
            Some(&tf) => tf,
            None => self.compute(count),
        }
    }
}

/// Adds up the terms of a text.
pub(super) struct Adding<'a> {
    pub(super) rows: &'a [Lanes],
    pub(super) stride: usize,
    pub(super) tf: &'a Tf,
    /// The distinct terms of the text, and counts by rank, which are set to zero.
    pub(super) ranks: &'a [u32],
    pub(super) counts: &'a mut [u32],
    /// Is left with tf · idf of each term.
    pub(super) values: &'a mut [f32],
    /// Is left with Σ tf · idf · lane, for each lane.
    pub(super) sums: &'a mut [Lanes],
}

/// Sums over the terms of a text.
#[derive(Default)]
pub(super) struct Found {
    /// Σ tf and Σ tf².
    pub(super) tf: [f32; 2],
    /// Σ |tf · idf| and Σ (tf · idf)².
    pub(super) tfidf: [f32; 2],
}

impl Work for Adding<'_> {
    type Output = Found;

    #[inline(always)]
    fn run(mut self) -> Found {
        // As many as there are registers for.
        let found = match self.stride {
            1 => return self.first::<1>(),
            2 => return self.first::<2>(),
            3 => return self.first::<3>(),
            _ => self.first::<4>(),
        };
        let mut done = 4;
        loop {
            match self.stride - done {
                0 => return found,
                1 => self.more::<1>(&mut done),
                2 | 3 => self.more::<2>(&mut done),
                4..=7 => self.more::<4>(&mut done),
                _ => self.more::<8>(&mut done),
            }
        }
    }
}

impl Adding<'_> {
    /// Works the values out, and adds up the first lanes.
    #[inline(always)]
    fn first<const N: usize>(&mut self) -> Found {
        let Self {
            rows, stride, tf, ..
        } = *self;
        let counts = &mut self.counts[..];
        let mut sums = [[0.0; LANES]; N];
        let mut found = Found::default();
        for (value, &rank) in self.values.iter_mut().zip(self.ranks) {
            let rank = rank as usize;
            let tf = tf.of(std::mem::take(&mut counts[rank]));
            let Some(row) = rows.get(rank * stride..).and_then(<[_]>::first_chunk::<N>) else {
                continue;
            };
            *value = tf * row[0][0];
            found.tf[0] += tf;
            found.tf[1] += tf * tf;
            found.tfidf[0] += value.abs();
            found.tfidf[1] += *value * *value;
            add(&mut sums, row, *value);
        }
        self.sums[..N].copy_from_slice(&sums);
        found
    }

    /// Adds up the next lanes.
    #[inline(always)]
    fn more<const N: usize>(&mut self, done: &mut usize) {
        let mut sums = [[0.0; LANES]; N];
        let first = *done;
        *done += N;
        for (&value, &rank) in self.values.iter().zip(self.ranks) {
            let row = self.rows.get(rank as usize * self.stride + first..);
            if let Some(row) = row.and_then(<[_]>::first_chunk::<N>) {
                add(&mut sums, row, value);
            }
        }
        self.sums[first..*done].copy_from_slice(&sums);
    }
}

#[inline(always)]
fn add<const N: usize>(sums: &mut [Lanes; N], row: &[Lanes; N], value: f32) {
    for (sums, lanes) in sums.iter_mut().zip(row) {
        for (sum, lane) in sums.iter_mut().zip(lanes) {
            *sum += value * lane;
        }
    }
}
