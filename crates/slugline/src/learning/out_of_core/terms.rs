//! The vocabulary from lists of terms.
//!
//! A list holds the terms of some documents in code-point order: for each term its length, its bytes, its number in
//! the rows of the documents, its document frequency and its total count. Merging all lists gives the frequencies
//! of every term over all documents, with only the vocabulary in memory. (Heinz and Zobel 2003, "Efficient
//! single-pass index construction for text databases".)

use std::{
    cmp::{Ordering, Reverse},
    collections::{BinaryHeap, binary_heap::PeekMut},
    ops::{Range, RangeInclusive},
};

use super::options::EarlyStop;
use crate::{
    counting::TermFilter,
    error::Result,
    util::spill::{Cursor, Spilled, put},
    vocabulary::{NONE, Vocabulary},
};

/// The lists, and the range of each.
pub(super) struct TermLists<'a> {
    pub(super) bytes: &'a Spilled,
    pub(super) ranges: &'a [Range<u64>],
    /// The prior's terms, which are never pruned, as a list.
    pub(super) of_prior: &'a Spilled,
    /// Bytes of the buffer of each list.
    pub(super) buffer: usize,
    pub(super) stop: &'a EarlyStop,
}

/// A term, with its frequencies over all documents.
pub(super) struct Term<'a> {
    bytes: &'a [u8],
    df: u64,
    total: u64,
    of_prior: bool,
}

/// Numbers of terms.
#[derive(Debug, Default)]
pub(super) struct TermTotals {
    /// Terms in the documents.
    pub(super) found: u64,
    /// Terms that `min_df`, `max_df` and `without_terms` keep.
    pub(super) passing: u64,
    /// The bytes of these.
    pub(super) bytes: u64,
    /// Terms only in the prior.
    pub(super) of_prior: u64,
}

/// The terms of a model.
pub(super) struct ChosenTerms {
    pub(super) vocabulary: Vocabulary,
    pub(super) df: Vec<u64>,
    pub(super) total: Vec<f64>,
}

/// The current term of a list.
struct ListHead<'a> {
    cursor: Cursor<'a>,
    list: usize,
    term: Vec<u8>,
    id: u64,
    df: u64,
    total: u64,
}

impl<'a> ListHead<'a> {
    fn new(cursor: Cursor<'a>, list: usize) -> Self {
        Self {
            cursor,
            list,
            term: Vec::new(),
            id: 0,
            df: 0,
            total: 0,
        }
    }

    /// Moves to the next term; false where there is none.
    fn advance(&mut self) -> Result<bool> {
        if self.cursor.is_at_end() {
            return Ok(false);
        }
        self.cursor.bytes(&mut self.term)?;
        self.id = self.cursor.number()?;
        self.df = self.cursor.number()?;
        self.total = self.cursor.number()?;
        Ok(true)
    }
}

impl Ord for ListHead<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        (&self.term, self.list).cmp(&(&other.term, other.list))
    }
}

impl PartialOrd for ListHead<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for ListHead<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for ListHead<'_> {}

impl TermLists<'_> {
    /// Visits all terms in order, with the frequencies of all lists together.
    fn visit(&self, mut visit: impl FnMut(Term<'_>) -> Result<()>) -> Result<()> {
        let prior = self.ranges.len();
        let lists = self.ranges.iter().map(|range| (self.bytes, range.clone()));
        let all = lists.chain([(self.of_prior, 0..self.of_prior.len())]);
        let mut heads = BinaryHeap::new();
        for (list, (bytes, range)) in all.enumerate() {
            let mut head = ListHead::new(bytes.cursor(range, self.buffer), list);
            if head.advance()? {
                heads.push(Reverse(head));
            }
        }
        let mut term = Vec::new();
        let mut visited = 0_u64;
        while let Some(first) = heads.peek() {
            if visited.is_multiple_of(1 << 13) {
                self.stop.check(self.bytes.folder())?;
            }
            visited += 1;
            term.clone_from(&first.0.term);
            let (mut df, mut total, mut of_prior) = (0, 0, false);
            while let Some(mut head) = heads.peek_mut().filter(|head| head.0.term == term) {
                df += head.0.df;
                total += head.0.total;
                of_prior |= head.0.list == prior;
                if !head.0.advance()? {
                    PeekMut::pop(head);
                }
            }
            visit(Term {
                bytes: &term,
                df,
                total,
                of_prior,
            })?;
        }
        Ok(())
    }

    /// Counts the terms, and offers those within `bounds` that are not left out `without`.
    pub(super) fn survey(
        &self,
        bounds: &RangeInclusive<f64>,
        without: Option<&TermFilter>,
        best: &mut MostFrequent,
    ) -> Result<TermTotals> {
        let mut survey = TermTotals::default();
        self.visit(|term| {
            if term.df == 0 {
                survey.of_prior += 1;
                return Ok(());
            }
            let left_out = match without {
                None => false,
                Some(without) => {
                    let text = str::from_utf8(term.bytes).map_err(|_| self.bytes.damaged())?;
                    without.leaves_out(text)
                }
            };
            if bounds.contains(&(term.df as f64)) && !left_out {
                survey.passing += 1;
                best.offer(term.total, survey.found);
            }
            survey.found += 1;
            survey.bytes += term.bytes.len() as u64;
            Ok(())
        })?;
        Ok(survey)
    }

    /// The terms of the prior, and of the others those with the numbers `kept` (None: all), about `n`.
    pub(super) fn choose(&self, kept: Option<&[u64]>, n: usize) -> Result<ChosenTerms> {
        let (mut bytes, mut offsets) = (Vec::with_capacity(n * 8), Vec::with_capacity(n + 1));
        let (mut df, mut total) = (Vec::with_capacity(n), Vec::with_capacity(n));
        let mut kept = kept.map(|kept| kept.iter().peekable());
        let mut number = 0;
        offsets.push(0);
        self.visit(|term| {
            let mut keep = term.of_prior;
            if term.df > 0 {
                keep |= kept
                    .as_mut()
                    .is_none_or(|kept| kept.next_if_eq(&&number).is_some());
                number += 1;
            }
            if keep {
                bytes.extend_from_slice(term.bytes);
                offsets.push(bytes.len() as u64);
                df.push(term.df);
                total.push(term.total as f64);
            }
            Ok(())
        })?;
        Ok(ChosenTerms {
            vocabulary: Vocabulary::from_arena(bytes, offsets),
            df,
            total,
        })
    }

    /// The vocabulary's number for each number of a list; [`NONE`] for terms that the vocabulary does not have.
    pub(super) fn numbers(&self, list: usize, vocabulary: &Vocabulary) -> Result<Vec<u32>> {
        let mut numbers = Vec::new();
        let Some(range) = self.ranges.get(list) else {
            return Ok(numbers);
        };
        let mut head = ListHead::new(self.bytes.cursor(range.clone(), self.buffer), list);
        let mut known = vocabulary.iter().zip(0_u32..).peekable();
        while head.advance()? {
            let before = |(term, _): &(&str, u32)| term.as_bytes() < head.term.as_slice();
            while known.next_if(before).is_some() {}
            let same = known
                .peek()
                .filter(|(term, _)| term.as_bytes() == head.term);
            let id = usize::try_from(head.id).unwrap_or(usize::MAX);
            if id >= numbers.len() {
                // No list has more terms than bytes.
                if head.id > range.end - range.start {
                    return Err(self.bytes.damaged());
                }
                numbers.resize(id + 1, NONE);
            }
            numbers[id] = same.map_or(NONE, |&(_, id)| id);
        }
        Ok(numbers)
    }
}

/// The terms of a prior as a list.
pub(super) fn list_of(prior: &[(String, u32, f64)]) -> Vec<u8> {
    let mut terms: Vec<&str> = prior.iter().map(|(term, ..)| term.as_str()).collect();
    terms.dedup();
    let mut list = Vec::new();
    for term in terms {
        put(&mut list, term.len() as u64);
        list.extend(term.as_bytes());
        list.extend([0, 0, 0]);
    }
    list
}

/// Keeps the terms with the highest total count; ties go to the earlier one.
#[derive(Debug)]
pub(super) struct MostFrequent {
    most: usize,
    /// (total, number).
    found: Vec<(u64, u64)>,
}

impl MostFrequent {
    pub(super) fn new(most: usize) -> Self {
        Self {
            most,
            found: Vec::new(),
        }
    }

    fn offer(&mut self, total: u64, number: u64) {
        self.found.push((total, number));
        if self.found.len() >= self.most.saturating_mul(2).saturating_add(1024) {
            self.cut();
        }
    }

    fn cut(&mut self) {
        if self.found.len() > self.most {
            self.found
                .select_nth_unstable_by_key(self.most, |&(total, number)| (Reverse(total), number));
            self.found.truncate(self.most);
        }
    }

    /// Keeps at most `most` of them.
    pub(super) fn keep(&mut self, most: usize) {
        self.most = self.most.min(most);
        self.cut();
    }

    /// Their numbers, ascending.
    pub(super) fn numbers(mut self) -> Vec<u64> {
        self.cut();
        let mut numbers: Vec<u64> = self.found.iter().map(|&(_, number)| number).collect();
        numbers.sort_unstable();
        numbers
    }
}
