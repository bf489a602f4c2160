//! The hot loop of labels: Σ tf · idf · weight for each class.

use super::{
    lanes::{LANES, Lanes, RowHead, Sums},
    tf::Tf,
};
use crate::util::{
    huge_pages::Zeroed,
    simd::{self, Eight, EightWork},
};

/// Rows by rank: first dense ones, of `stride` vectors each; then sparse ones, with numbers for few classes.
#[derive(Debug)]
pub(super) struct QuantizedRows {
    pub(super) dense: Zeroed<Lanes>,
    pub(super) stride: usize,
    pub(super) sparse: Option<SparseRows>,
}

/// The number of dense rows that are added in all passes before the next ones: unlike the rows of a whole text, they
/// fit into the nearest cache beside the next ones. With 172 classes, in single precision, labels came 1.1 to 1.2
/// times as fast as with passes over all rows.
const TOGETHER: usize = 16;

/// The most vectors of a pass: as many as fit into sixteen registers, beside those that are needed.
const MOST: usize = 11;

impl QuantizedRows {
    /// Adds dense rows, each times its factor.
    #[inline(always)]
    fn add_dense<V: Eight>(&self, rows: &[(u32, f32)], sums: &mut [Sums]) {
        const LANES_A_LINE: usize = 4;
        let (dense, stride) = (&*self.dense, self.stride);
        sums.fill([0.0; LANES]);
        let mut rows = rows.chunks(TOGETHER).peekable();
        while let Some(some) = rows.next() {
            for &(row, _) in rows.peek().copied().unwrap_or_default() {
                for line in 0..stride.div_ceil(LANES_A_LINE) {
                    simd::prefetch(dense, row as usize + line * LANES_A_LINE);
                }
            }
            let mut done = 0;
            loop {
                // As many vectors as fit into registers, in passes of about the same length.
                let left = stride - done;
                match left.div_ceil(left.div_ceil(MOST).max(1)) {
                    0 => break,
                    1 => add_lanes::<V, 1>(dense, some, sums, &mut done),
                    2 => add_lanes::<V, 2>(dense, some, sums, &mut done),
                    3 => add_lanes::<V, 3>(dense, some, sums, &mut done),
                    4 => add_lanes::<V, 4>(dense, some, sums, &mut done),
                    5 => add_lanes::<V, 5>(dense, some, sums, &mut done),
                    6 => add_lanes::<V, 6>(dense, some, sums, &mut done),
                    7 => add_lanes::<V, 7>(dense, some, sums, &mut done),
                    8 => add_lanes::<V, 8>(dense, some, sums, &mut done),
                    9 => add_lanes::<V, 9>(dense, some, sums, &mut done),
                    10 => add_lanes::<V, 10>(dense, some, sums, &mut done),
                    _ => add_lanes::<V, MOST>(dense, some, sums, &mut done),
                }
            }
        }
    }
}

/// Adds the next `N` vectors of some dense rows.
#[inline(always)]
fn add_lanes<V: Eight, const N: usize>(
    dense: &[Lanes],
    rows: &[(u32, f32)],
    sums: &mut [Sums],
    done: &mut usize,
) {
    let first = *done;
    *done += N;
    let dense = &dense[first..];
    let Some(sums) = sums[first..].first_chunk_mut::<N>() else {
        return;
    };
    let mut all = [V::all(0.0); N];
    for (all, sums) in all.iter_mut().zip(&*sums) {
        *all = V::load(sums);
    }
    for &(row, value) in rows {
        let row = row as usize;
        if let Some(Ok(row)) = dense.get(row..row + N).map(<&[_; N]>::try_from) {
            add(&mut all, row, value);
        }
    }
    for (sums, all) in sums.iter_mut().zip(all) {
        all.store(sums);
    }
}

/// The rows of ranks from `first` on: numbers for few classes, added to a number that each class has.
#[derive(Debug)]
pub(super) struct SparseRows {
    pub(super) first: u32,
    /// The bits of each row's idf, and the start of its numbers; then the end of the last row.
    pub(super) heads: Vec<[u32; 2]>,
    pub(super) numbers: Vec<SparseNumber>,
    /// The number of each class, laid out as a dense row.
    pub(super) of_class: Vec<Sums>,
}

/// A number of a sparse row: its place in the row, and what is added to the class's number.
#[derive(Debug, Clone, Copy)]
pub(super) struct SparseNumber {
    pub(super) lane: u32,
    pub(super) number: f32,
}

/// Buffers that are kept between texts: where each dense row begins, with its factor (value times step), and the sparse rows with
/// the values of their terms.
#[derive(Debug, Default, Clone)]
pub(super) struct TermParts {
    dense: Vec<(u32, f32)>,
    sparse: Vec<(u32, f32)>,
}

/// Sums the rows of a text's terms.
pub(super) struct TermAdder<'a> {
    pub(super) rows: &'a QuantizedRows,
    pub(super) tf: &'a Tf,
    /// Whether the text's length is wanted: [`TermSums::length`].
    pub(super) normed: bool,
    /// The distinct terms of the text. The counts by rank are reset to zero.
    pub(super) ranks: &'a [u32],
    pub(super) counts: &'a mut [u32],
    pub(super) parted: &'a mut TermParts,
    /// The result: Σ tf · idf · weight, for each lane.
    pub(super) sums: &'a mut [Sums],
}

/// Sums over the terms of a text.
#[derive(Default)]
pub(super) struct TermSums {
    /// Σ tf.
    pub(super) tf: f32,
    /// Σ |tf · idf · step| over the dense rows.
    pub(super) steps: f32,
    /// What the length of the text is made of; zeros where it is not wanted.
    pub(super) length: LengthSums,
}

/// Sums that the length of a text is made of.
#[derive(Default)]
pub(super) struct LengthSums {
    /// Σ tf².
    pub(super) tf_squared: f32,
    /// Σ |tf · idf| and Σ (tf · idf)².
    pub(super) tfidf: [f32; 2],
}

impl TermSums {
    /// Adds a term with a dense row; returns the factor of its numbers.
    #[inline(always)]
    fn add_dense<const NORMED: bool>(&mut self, tf: f32, head: RowHead) -> f32 {
        let steps = tf * head.step;
        self.steps += steps.abs();
        self.add::<NORMED>(tf, head.idf);
        steps
    }

    #[inline(always)]
    fn add<const NORMED: bool>(&mut self, tf: f32, idf: f32) {
        self.tf += tf;
        if NORMED {
            let value = tf * idf;
            self.length.tf_squared += tf * tf;
            self.length.tfidf[0] += value.abs();
            self.length.tfidf[1] += value * value;
        }
    }
}

impl EightWork for TermAdder<'_> {
    type Output = TermSums;

    #[inline(always)]
    fn run<V: Eight>(self) -> TermSums {
        // Without the length, a row of one vector takes a quarter less instructions.
        match self.normed {
            true => self.sums::<V, true>(),
            false => self.sums::<V, false>(),
        }
    }
}

impl TermAdder<'_> {
    #[inline(always)]
    fn sums<V: Eight, const NORMED: bool>(mut self) -> TermSums {
        let found = match (self.rows.stride, &self.rows.sparse) {
            (1, None) => return self.at_once::<V, 1, NORMED>(),
            (2, None) => return self.at_once::<V, 2, NORMED>(),
            (4, None) => return self.at_once::<V, 4, NORMED>(),
            _ => self.part::<NORMED>(),
        };
        self.rows.add_dense::<V>(&self.parted.dense, self.sums);
        if let Some(sparse) = &self.rows.sparse {
            self.add_sparse(sparse);
        }
        found
    }

    /// Sums rows that are short enough for a single pass.
    #[inline(always)]
    fn at_once<V: Eight, const N: usize, const NORMED: bool>(&mut self) -> TermSums {
        let (rows, _) = self.rows.dense.as_chunks::<N>();
        let (tf, counts) = (self.tf, &mut self.counts[..]);
        let mut sums = [V::all(0.0); N];
        let mut found = TermSums::default();
        for &rank in self.ranks {
            let rank = rank as usize;
            let tf = tf.of(std::mem::take(&mut counts[rank]));
            let Some(row) = rows.get(rank) else {
                continue;
            };
            let steps = found.add_dense::<NORMED>(tf, RowHead::of(&row[0]));
            add(&mut sums, row, steps);
        }
        for (to, sums) in self.sums.iter_mut().zip(sums) {
            sums.store(to);
        }
        found
    }

    /// Computes the values, and separates terms with dense rows from terms with sparse ones.
    #[inline(always)]
    fn part<const NORMED: bool>(&mut self) -> TermSums {
        let (first, heads, numbers) = match &self.rows.sparse {
            Some(sparse) => (sparse.first, &*sparse.heads, &*sparse.numbers),
            None => (u32::MAX, &[][..], &[][..]),
        };
        let (dense, stride) = (&*self.rows.dense, self.rows.stride);
        let counts = &mut self.counts[..];
        let mut found = TermSums::default();
        let TermParts {
            dense: many,
            sparse: few,
        } = &mut *self.parted;
        many.resize(self.ranks.len(), (0, 0.0));
        few.resize(self.ranks.len(), (0, 0.0));
        let (many_places, few_places) = (&mut many[..], &mut few[..]);
        let (mut n_many, mut n_few) = (0, 0);
        for &rank in self.ranks {
            let tf = self.tf.of(std::mem::take(&mut counts[rank as usize]));
            match rank.checked_sub(first) {
                None => {
                    let row = rank as usize * stride;
                    let head = RowHead::of(&dense[row]);
                    many_places[n_many] = (row as u32, found.add_dense::<NORMED>(tf, head));
                    n_many += 1;
                }
                Some(row) => {
                    let [idf, start] = heads[row as usize];
                    let idf = f32::from_bits(idf);
                    simd::prefetch(numbers, start as usize);
                    few_places[n_few] = (row, tf * idf);
                    n_few += 1;
                    found.add::<NORMED>(tf, idf);
                }
            }
        }
        many.truncate(n_many);
        few.truncate(n_few);
        found
    }

    /// Adds the sparse rows.
    #[inline(always)]
    fn add_sparse(&mut self, sparse: &SparseRows) {
        let sums = self.sums.as_flattened_mut();
        let mut all = 0.0;
        for &(row, value) in &self.parted.sparse {
            all += value;
            let row = row as usize;
            let ([_, start], [_, end]) = (sparse.heads[row], sparse.heads[row + 1]);
            for &SparseNumber { lane, number } in &sparse.numbers[start as usize..end as usize] {
                sums[lane as usize] += value * number;
            }
        }
        for (sums, of_class) in self.sums.iter_mut().zip(&sparse.of_class) {
            for (sum, number) in sums.iter_mut().zip(of_class) {
                *sum += all * number;
            }
        }
    }
}

#[inline(always)]
fn add<V: Eight, const N: usize>(sums: &mut [V; N], row: &[Lanes; N], steps: f32) {
    let steps = V::all(steps);
    for (sums, lanes) in sums.iter_mut().zip(row) {
        *sums = sums.add_product(V::whole(lanes), steps);
    }
}
