//! The model from spilled rows and terms.

use super::{
    Trainer,
    memory::{Budget, Cost},
    options::Trained,
    sums::SpilledRows,
    terms::{ChosenTerms, MostFrequent, TermLists, list_of},
};
use crate::{
    classifier::{
        Background, Classes, Learned, PriorCounts, TextClassifier, TextClassifierParams,
        check_sorted, exact_sums, join_labels, number_labels, summed_values,
    },
    counting::{no_term, none_left},
    error::{Error, Result},
    util::{
        pool::with_threads,
        spill::{Spill, Spilled},
    },
};

/// The minimum number of terms to prune to: with fewer a model is of no use, and training fails.
const FEWEST: u64 = 1000;

/// The settings and sizes that the choice of terms depends on.
struct TermChoice<'a> {
    params: &'a TextClassifierParams,
    budget: Budget,
    n_documents: u64,
    labels: usize,
    columns: usize,
}

impl Trainer {
    /// Makes the model.
    ///
    /// # Errors
    /// Those of [`TextClassifierParams::fit`]. [`Error::Parameter`] where the model does not fit into the
    /// memory and pruning is no way out: with sums that are exact (they are kept of all terms, so that
    /// models can be merged), with a given vocabulary, or where fewer than 1,000 terms would be left.
    /// This is found out before the sums are taken. [`Error::Io`] where temporary files cannot be written or
    /// read.
    pub fn finish(mut self) -> Result<Trained> {
        self.whole()?;
        if self.n_documents == 0 {
            return Err(Error::EmptyVocabulary("there are no documents".into()));
        }
        if self.weights == (true, false) {
            return Err(Error::parameter(
                "sample_weight",
                "0 everywhere",
                "finite numbers, 0 or more, not all 0",
            ));
        }
        let known = self.known()?;
        let (rows, terms) = (self.rows.close()?, self.terms.close()?);
        let (labels, numbers) = number_labels(&self.labels)?;
        let (labels, numbers) = join_labels(&labels, &numbers, self.params.prior.labels())?;
        check_sorted(&labels)?;
        let classes = Classes::new(&self.params, labels, numbers, None)?;
        let prior = self.params.prior.resolve(&self.params, &classes.all())?;
        let of_prior = match known {
            None => list_of(&prior.counts),
            Some(_) => Vec::new(),
        };
        let of_prior = put_away(&of_prior, &self.folder)?;
        let columns = classes.labels.len() + usize::from(classes.background.is_some());
        let choice = TermChoice {
            params: &self.params,
            budget: self.budget,
            n_documents: self.n_documents,
            labels: classes.labels.len(),
            columns,
        };
        let rest = SpilledRows {
            rows: &rows,
            segments: &self.segments,
            lists: TermLists {
                bytes: &terms,
                ranges: &self.lists,
                of_prior: &of_prior,
                buffer: self.budget.cursor(self.lists.len()),
                stop: &self.stop,
            },
            classes: &classes.targets,
            columns,
            chunk: self.budget.chunk(),
        };

        let (mut params, analyzer) = (self.params.clone(), self.how.analyzer.clone());
        let mut pruned_terms = 0;
        let model = with_threads("training", self.params.features.threads, || {
            let ChosenTerms {
                vocabulary,
                df,
                total,
            } = if let Some(known) = known {
                choice.given(known)?
            } else {
                let (chosen, pruned) = choice.learned(&rest.lists)?;
                if let Some((left_out, stayed)) = pruned {
                    pruned_terms = left_out;
                    params.features.pruning.max_features = Some(stayed);
                }
                chosen
            };
            let prior = PriorCounts::of(&vocabulary, &prior);
            let weigh = summed_values(&params, &df, self.n_documents, &prior);
            let (model, on_grid) = (params.naive_bayes.model, exact_sums::holds(&params));
            let sums = rest.sums(model, &vocabulary, on_grid, weigh)?;
            let (sums, background) = Background::split(sums, &classes);
            let learned = Learned {
                vocabulary,
                n_documents: self.n_documents,
                df: df.into(),
                total: total.into(),
                sums,
                background,
                prior,
            };
            TextClassifier::from_learned(params, analyzer, classes.labels.clone(), learned)
        })??;
        Ok(Trained {
            model,
            pruned_terms,
            spilled_bytes: rows.on_disk() + terms.on_disk(),
        })
    }

    /// The frequencies of a given vocabulary; None where terms are learned, after spilling the last lists.
    fn known(&mut self) -> Result<Option<ChosenTerms>> {
        let Some(vocabulary) = self.how.known.take() else {
            for reader in 0..self.readers.len() {
                self.readers[reader].end_terms(self.how.memory);
                self.put_away(reader)?;
            }
            self.readers.clear();
            return Ok(None);
        };
        let readers = std::mem::take(&mut self.readers);
        let mut df = vec![0; vocabulary.len()];
        let mut total = vec![0.0; vocabulary.len()];
        for reader in &readers {
            for (sum, part) in df.iter_mut().zip(&reader.df) {
                *sum += part;
            }
            for (sum, &part) in total.iter_mut().zip(&reader.total) {
                *sum += part as f64;
            }
        }
        Ok(Some(ChosenTerms {
            vocabulary,
            df,
            total,
        }))
    }
}

impl TermChoice<'_> {
    fn cost(&self, bytes: u64, terms: u64) -> Cost {
        let length = bytes.div_ceil(terms.max(1));
        Cost::new(self.params, self.labels, self.columns, length)
    }

    fn given(&self, known: ChosenTerms) -> Result<ChosenTerms> {
        let n = known.vocabulary.len() as u64;
        let bytes: usize = known.vocabulary.iter().map(str::len).sum();
        let cost = self.cost(bytes as u64, n);
        self.budget
            .check(&cost, n, n, "shorten the given vocabulary")?;
        Ok(known)
    }

    /// The terms of the model, and where the memory is too small for all, the numbers of terms left out and kept.
    fn learned(&self, lists: &TermLists<'_>) -> Result<(ChosenTerms, Option<(u64, usize)>)> {
        let pruning = &self.params.features.pruning;
        let exact = self.params.sums_are_exact();
        let n_documents = usize::try_from(self.n_documents).unwrap_or(usize::MAX);
        let bounds = pruning.bounds(n_documents)?;
        let without = self.params.features.term_filter()?;
        let asked = pruning.max_features.map_or(u64::MAX, |most| most as u64);

        // The maximum for terms of one byte, so more are never kept.
        let most = self.budget.most_terms(&self.cost(1, 1)).min(asked);
        let mut best = MostFrequent::new(match exact {
            true => 0,
            false => usize::try_from(most).unwrap_or(usize::MAX),
        });
        let survey = lists.survey(&bounds, without.as_ref(), &mut best)?;
        if survey.found == 0 {
            return Err(no_term(self.n_documents));
        }
        if survey.passing == 0 {
            return Err(none_left(without.as_ref()));
        }
        let cost = self.cost(survey.bytes, survey.found);
        let wanted = survey.passing.min(asked);
        if exact {
            let all = survey.found + survey.of_prior;
            let advice = "these settings keep sums of all terms, so give a vocabulary; or with \
                          idf_order = before_norm a max_features or a min_df";
            self.budget
                .check(&cost, all, wanted + survey.of_prior, advice)?;
            return Ok((lists.choose(None, all as usize)?, None));
        }
        let room = self.budget.most_terms(&cost);
        let of_prior = self.params.prior.terms().len() as u64;
        let room = room.saturating_sub(of_prior);
        if room < wanted.min(FEWEST) {
            let all = wanted + of_prior;
            let advice = "lower max_features or raise min_df";
            self.budget.check(&cost, all, all, advice)?;
        }
        best.keep(usize::try_from(room.min(asked)).unwrap_or(usize::MAX));
        let kept = best.numbers();
        let pruned = (room < wanted).then(|| (wanted - room, kept.len()));
        let n = kept.len() + self.params.prior.terms().len();
        Ok((lists.choose(Some(&kept), n)?, pruned))
    }
}

/// Spills a few bytes, which stay in memory.
fn put_away(bytes: &[u8], folder: &std::path::Path) -> Result<Spilled> {
    let mut spill = Spill::new(usize::MAX, folder);
    spill.append(bytes)?;
    spill.close()
}
