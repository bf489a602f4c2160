//! Fitting on documents that come in batches, in bounded memory.
//!
//! The documents are read once. Their count rows, and lists of their terms, are spilled (kept in memory or in an
//! unnamed temporary file). Then the terms are chosen, and the rows are read back and summed in document order.
//! Every number is computed as [`fit`](TextClassifierParams::fit) does, so the model has the same bits.

mod finish;
mod memory;
mod options;
mod reading;
mod sums;
mod terms;

use std::{
    collections::HashMap,
    env,
    num::NonZero,
    path::PathBuf,
    sync::{Arc, atomic::AtomicBool},
    thread,
};

use rayon::prelude::*;

pub use memory::Memory;
pub use options::{Trained, TrainerOptions};

use crate::{
    classifier::{Examples, Prior, TextClassifierParams, exact_sums},
    error::{Error, Result},
    util::{
        pool::{sensible, with_threads},
        spill::Spill,
    },
    vocabulary::Vocabulary,
};
use memory::{Budget, shares};
use options::EarlyStop;
use reading::{Batch, ReadSettings, ThreadReader};
use sums::Segment;

/// Fits a classifier on documents that come in batches, of which none is kept. Made by
/// [`TextClassifierParams::trainer`].
///
/// The model is that of [`TextClassifierParams::fit`] on all documents, bit for bit, for any batches
/// and any number of threads, as long as it fits into the memory; [`Trained::pruned_terms`] says what
/// happens where it does not.
///
/// ```
/// use slugline::{Examples, Memory, TextClassifier, TrainerOptions};
///
/// let options = TrainerOptions::default().memory("64M".parse::<Memory>()?);
/// let mut trainer = TextClassifier::params().trainer(&options)?;
/// let batch = ["chips and code", "ministers and votes"];
/// trainer.add(&Examples::new(&batch, &["technology", "policy"])?)?;
/// trainer.add(&Examples::new(&["code for phones"], &["technology"])?)?;
/// let model = trainer.finish()?.model;
/// assert_eq!(model.classify("new code").label(), "technology");
/// # Ok::<(), slugline::Error>(())
/// ```
#[derive(Debug)]
#[must_use]
pub struct Trainer {
    params: TextClassifierParams,
    budget: Budget,
    how: ReadSettings,
    readers: Vec<ThreadReader>,
    /// The number of the list that each reader's terms belong to.
    list_of: Vec<usize>,
    rows: Spill,
    segments: Vec<Segment>,
    terms: Spill,
    /// The places of the complete lists of terms.
    lists: Vec<std::ops::Range<u64>>,
    folder: PathBuf,
    labels: Vec<String>,
    number_of: HashMap<String, u32>,
    n_documents: u64,
    /// Whether there were weights, and whether one was above 0.
    weights: (bool, bool),
    stop: EarlyStop,
    /// Whether a batch was read in part: then the training has failed.
    broken: bool,
}

impl TextClassifierParams {
    /// Begins to fit on documents that come in batches.
    ///
    /// # Errors
    /// [`Error::Parameter`] for settings out of range, and for less than [`Memory::LEAST`].
    pub fn trainer(&self, options: &TrainerOptions) -> Result<Trainer> {
        self.check_not_refined("in bounded memory: it goes over the rows in random order")?;
        let analyzer = self.checked_analyzer()?;
        let threads = match self.features.threads {
            0 => thread::available_parallelism().map_or(1, NonZero::get),
            threads => threads,
        };
        let threads = sensible(threads)?;
        let budget = Budget::new(options.memory)?;
        let folder = options.temporary_folder.clone();
        let folder = folder.unwrap_or_else(env::temp_dir);
        let known = self.features.vocabulary.as_ref();
        let readers = budget.readers(threads);
        Ok(Trainer {
            how: ReadSettings {
                analyzer,
                known: known.map(Vocabulary::new).transpose()?,
                binary: self.features.binary,
                memory: budget.terms_of_each(readers),
            },
            params: self.clone(),
            budget,
            readers: (0..readers).map(|_| ThreadReader::default()).collect(),
            list_of: (0..readers).collect(),
            rows: Spill::new(budget.put_away(), &folder),
            segments: Vec::new(),
            terms: Spill::new(budget.put_away(), &folder),
            lists: vec![0..0; readers],
            folder,
            labels: Vec::new(),
            number_of: HashMap::new(),
            n_documents: 0,
            weights: (false, false),
            stop: EarlyStop::default(),
            broken: false,
        })
    }
}

impl Trainer {
    /// Reads a batch of documents. Batches of 32 KB of text or more are read by several threads. Labels are
    /// numbered over all batches, in order of first occurrence; a label that no text of its batch has comes last.
    ///
    /// # Errors
    /// [`Error::Parameter`] for a weight that is too small for exact sums, and for
    /// [probabilities](Examples::with_probabilities): nothing of the batch has been read then.
    /// [`Error::Io`] where a temporary file cannot be written: then the training has failed.
    pub fn add<S: AsRef<str> + Sync>(&mut self, examples: &Examples<'_, S>) -> Result<()> {
        self.whole()?;
        examples.need_labels("training out of core")?;
        let texts = examples.texts();
        let weights = exact_sums::weights(&self.params, examples.weights())?;
        self.weights.0 |= weights.is_some();
        self.weights.1 |= weights
            .as_deref()
            .is_none_or(|all| all.iter().any(|&weight| weight > 0.0))
            && !texts.is_empty();
        let classes = self.numbered(examples.labels(), examples.targets());
        self.n_documents += texts.len() as u64;

        // Reset when all of it has been read.
        self.broken = true;
        let documents = Batch {
            texts,
            classes: &classes,
            weights: weights.as_deref(),
        };
        let mut start = 0;
        let mut size = 0;
        for (at, text) in texts.iter().enumerate() {
            size += text.as_ref().len();
            if size >= self.budget.piece() || at + 1 == texts.len() {
                self.read(&documents.range(start..at + 1), size)?;
                (start, size) = (at + 1, 0);
            }
        }
        self.broken = false;
        Ok(())
    }

    /// Sets the class prior, in the sorted order of the labels: for callers who know that order only when
    /// all labels have come.
    pub fn with_class_prior(mut self, class_prior: Option<Vec<f64>>) -> Self {
        self.params.naive_bayes.class_prior = class_prior;
        self
    }

    /// With this prior and this label of the background, for callers who know how their labels are spelt
    /// only when they have seen some.
    pub fn with_labels_of(mut self, prior: Prior, background: Option<String>) -> Self {
        self.params.prior = prior;
        self.params.background = background;
        self
    }

    /// Sets a flag with which another thread can end [`finish`](Self::finish) early, with an error.
    pub fn with_stop(mut self, stop: Arc<AtomicBool>) -> Self {
        self.stop.0 = stop;
        self
    }

    /// The labels so far, the background's among them, in order of first occurrence.
    pub fn labels(&self) -> &[String] {
        &self.labels
    }

    /// The number of documents that have been read.
    pub fn n_documents(&self) -> u64 {
        self.n_documents
    }

    /// The number of a label, in order of first occurrence.
    fn number(&mut self, label: &str) -> u32 {
        if let Some(&number) = self.number_of.get(label) {
            return number;
        }
        let number = self.labels.len() as u32;
        self.labels.push(label.to_owned());
        self.number_of.insert(label.to_owned(), number);
        number
    }

    /// The numbers of a batch's targets among the labels of all batches.
    fn numbered(&mut self, labels: &[String], targets: &[usize]) -> Vec<u32> {
        let mut numbers: Vec<Option<u32>> = vec![None; labels.len()];
        let mut number =
            |target: usize| *numbers[target].get_or_insert_with(|| self.number(&labels[target]));
        let classes = targets.iter().map(|&target| number(target)).collect();
        (0..labels.len()).for_each(|label| {
            number(label);
        });
        classes
    }

    fn read<S: AsRef<str> + Sync>(&mut self, documents: &Batch<'_, S>, bytes: usize) -> Result<()> {
        /// Fewer bytes take less time than starting a thread.
        const FEW: usize = 1 << 15;
        let how = &self.how;
        if self.readers.len() == 1 || bytes < FEW {
            self.readers[0].read(how, documents)?;
            return self.put_away(0);
        }
        let shares = shares(documents.texts, self.readers.len());
        let readers = &mut self.readers;
        with_threads("training", readers.len(), || {
            readers
                .par_iter_mut()
                .zip(shares)
                .try_for_each(|(reader, range)| reader.read(how, &documents.range(range)))
        })??;
        (0..self.readers.len()).try_for_each(|reader| self.put_away(reader))
    }

    /// Spills the rows and terms of a reader.
    fn put_away(&mut self, reader: usize) -> Result<()> {
        let known = self.how.known.is_some();
        let list_of = &mut self.list_of[reader];
        self.readers[reader].put_away(|rows, terms| {
            let list = (!known).then_some(*list_of);
            if !rows.is_empty() {
                let range = self.rows.append(rows)?;
                match self.segments.last_mut() {
                    Some(last) if last.list == list => last.range.end = range.end,
                    _ => self.segments.push(Segment { range, list }),
                }
            }
            if let Some(terms) = terms {
                self.lists[*list_of] = self.terms.append(terms)?;
                *list_of = self.lists.len();
                self.lists.push(0..0);
            }
            Ok(())
        })
    }

    fn whole(&self) -> Result<()> {
        if self.broken {
            return Err(Error::Incompatible(
                "a batch could not be read to its end, so the training has failed: begin anew"
                    .into(),
            ));
        }
        Ok(())
    }
}
