//! Every training document, judged by the model that has not seen it.

use rayon::prelude::*;

use super::{
    Learned, TextClassifier, TextClassifierParams,
    classes::Classes,
    learned::summed_values,
    mixture::Mixture,
    weights::{UNUSED, with_prior},
};
use crate::{
    analyze::Analyzer,
    error::Result,
    naive_bayes::{
        Alpha, Document, Evidence, LeaveOneOut, Linear, Model, NaiveBayesParams, derive,
    },
    rows::Rows,
    tfidf::Tfidf,
    threads::documents_per_task,
};

/// What was learned of documents, and their rows.
pub(super) struct WithRows {
    pub(super) params: TextClassifierParams,
    pub(super) classes: Classes,
    pub(super) learned: Learned,
    /// Over the learned vocabulary.
    pub(super) rows: Rows<u32>,
    /// How many terms each document has, those included that were pruned.
    lengths: Vec<f64>,
    pub(super) weights: Option<Vec<f64>>,
}

impl WithRows {
    /// Reads the documents. Runs on the current pool.
    pub(super) fn fit<S: AsRef<str> + Sync>(
        params: &TextClassifierParams,
        texts: &[S],
        labels: Vec<String>,
        targets: &[usize],
        sample_weight: Option<&[f64]>,
    ) -> Result<Self> {
        let analyzer = Analyzer::new(params.features.analyzer.clone())?;
        let classes = Classes::new(params, labels, targets)?;
        let mut lengths = Vec::new();
        let read = Some(&mut lengths);
        let (learned, rows) =
            Learned::fit_rows(params, &analyzer, texts, &classes, sample_weight, read)?;
        Ok(Self {
            params: params.clone(),
            classes,
            learned,
            rows,
            lengths,
            weights: sample_weight.map(<[f64]>::to_vec),
        })
    }

    /// The same documents under other settings of weighting or of naive Bayes.
    pub(super) fn with_settings(mut self, params: TextClassifierParams) -> Result<Self> {
        let changed = params.features != self.params.features
            || params.naive_bayes.model != self.params.naive_bayes.model;
        self.params = params;
        if changed {
            self.learned.sum(
                &self.params,
                &self.rows,
                &self.classes,
                self.weights.as_deref(),
            )?;
        }
        Ok(self)
    }

    /// The classifier, and what is left.
    pub(super) fn classifier(&self) -> Result<TextClassifier> {
        TextClassifier::from_learned(
            self.params.clone(),
            self.classes.labels.clone(),
            self.learned.clone(),
        )
    }

    /// The documents of the topics, background left out.
    pub(super) fn of_topics(&self) -> Vec<usize> {
        let k = self.classes.labels.len();
        let targets = self.classes.targets.iter().enumerate();
        targets
            .filter(|(_, class)| **class < k)
            .map(|(at, _)| at)
            .collect()
    }
}

/// The rows of training documents, as they were summed and as they are scored.
///
/// Left out is what a document added to the sums of its class, and the terms that the vocabulary would
/// not have without it. The idf of the others is that of all documents: one of many hardly moves it.
#[derive(Clone)]
pub(super) struct Judge<'a> {
    with_rows: &'a WithRows,
    tfidf: Tfidf,
    /// The sums with the prior's pseudo-counts.
    sums: Evidence,
    /// For each learned term its position among those in use.
    position: Option<Vec<u32>>,
    /// Of each term in use, whether a document that holds it would know it, had it not been trained on:
    /// enough others hold it.
    known: Vec<bool>,
    /// How many terms the last feature stands for, where it stands for all that no document in question
    /// holds.
    lumped: Option<usize>,
}

impl<'a> Judge<'a> {
    pub(super) fn new(with_rows: &'a WithRows) -> Result<Self> {
        let (params, learned) = (&with_rows.params, &with_rows.learned);
        let exact = params.sums_are_exact();
        let position = learned.positions(params, exact)?;
        let used = learned.in_use(params, exact)?;
        let features = &params.features;
        let least = match features.vocabulary {
            Some(_) => 0,
            None => features.pruning.least(with_rows.rows.n_rows()).max(1),
        };
        let mut known: Vec<bool> = used.df.iter().map(|&df| df > least).collect();
        for &(term, ..) in &used.prior {
            known[term as usize] = true;
        }
        if features.vocabulary.is_some() {
            known.fill(true);
        }
        Ok(Self {
            known,
            sums: with_prior(&used.sums, &used.prior),
            tfidf: used.tfidf,
            position,
            with_rows,
            lumped: None,
        })
    }

    /// The same for a few documents, at less cost: the sums of all terms that none of them holds become
    /// those of one feature, with the smoothing of all. Totals over all terms, which is what these terms
    /// matter for, stay the same; not so the normalised weights of a complement model.
    pub(super) fn of_few(&self, documents: &[usize]) -> Self {
        let k = self.sums.n_classes();
        let mut held = vec![false; self.sums.n_features()];
        for &document in documents {
            for &column in self.with_rows.rows.row(document).0 {
                if let Some(held) = held.get_mut(self.in_use(column) as usize) {
                    *held = true;
                }
            }
        }
        let mut new = vec![UNUSED; held.len()];
        let (mut counts, mut idf, mut known) = (Vec::new(), Vec::new(), Vec::new());
        let mut rest = vec![0.0; k];
        for (column, sums) in self.sums.feature_count.chunks_exact(k).enumerate() {
            if held[column] {
                new[column] = known.len() as u32;
                counts.extend_from_slice(sums);
                idf.push(self.tfidf.idf()[column]);
                known.push(self.known[column]);
            } else {
                for (rest, sum) in rest.iter_mut().zip(sums) {
                    *rest += sum;
                }
            }
        }
        let lumped = held.len() - known.len();
        counts.extend(rest);
        let place = |column: u32| new.get(column as usize).copied().unwrap_or(UNUSED);
        let learned = 0..self.with_rows.learned.df.len() as u32;
        Self {
            with_rows: self.with_rows,
            tfidf: Tfidf::from_idf(*self.tfidf.params(), idf.into()),
            sums: Evidence {
                class_count: self.sums.class_count.clone(),
                feature_count: counts.into(),
            },
            position: Some(learned.map(|column| place(self.in_use(column))).collect()),
            known,
            lumped: Some(lumped),
        }
    }

    /// The position in use of a learned term.
    fn in_use(&self, column: u32) -> u32 {
        self.position
            .as_ref()
            .map_or(column, |position| position[column as usize])
    }

    /// The settings for these features.
    fn smoothed(&self, params: &NaiveBayesParams) -> NaiveBayesParams {
        let mut params = params.clone();
        if let (Some(lumped), Alpha::Scalar(alpha)) = (self.lumped, &params.alpha) {
            let mut alphas = vec![*alpha; self.sums.n_features()];
            if let Some(last) = alphas.last_mut() {
                *last *= lumped as f64;
            }
            params.alpha = Alpha::PerFeature(alphas);
        }
        params
    }

    /// The weights for these settings of naive Bayes, which may differ from those of the fit but for
    /// the kind of rows (Bernoulli or not).
    pub(super) fn weights(&self, params: &NaiveBayesParams) -> Result<Linear> {
        let linear = derive(&self.smoothed(params), &self.sums)?;
        linear.check()?;
        Ok(linear)
    }

    /// documents × classes: the joint log-likelihood of each of these training documents (of the
    /// topics) under the model without it. Runs on the current pool.
    pub(super) fn scores(
        &self,
        params: &NaiveBayesParams,
        linear: &Linear,
        documents: &[usize],
    ) -> Vec<f64> {
        let k = self.with_rows.classes.labels.len();
        let params = self.smoothed(params);
        let leave_one_out = LeaveOneOut::new(&params, &self.sums, linear);
        let ask = |columns: &[u32]| leave_one_out.prefetch(columns);
        let scores = self.each(documents, ask, |document, row| {
            let mut scores = vec![0.0; k];
            leave_one_out.scores(
                Document {
                    columns: &row.columns,
                    values: &row.values,
                    parts: &row.parts,
                    known: &row.known,
                    class: self.with_rows.classes.targets[document],
                    weight: self.weight(document),
                },
                &mut scores,
            );
            scores
        });
        scores.concat()
    }

    /// The [evidence](super::Shares::evidence) of each of these training documents under the model
    /// without it; a term that no other document holds is one that the model does not know. Runs on the
    /// current pool.
    pub(super) fn evidence(&self, mixture: &Mixture, documents: &[usize]) -> Vec<f64> {
        self.each(
            documents,
            |_| {},
            |document, row| {
                let class = self.with_rows.classes.targets[document];
                let weight = self.weight(document);
                let known: Vec<usize> =
                    (0..row.columns.len()).filter(|&at| row.known[at]).collect();
                let pick =
                    |values: &[f64]| -> Vec<f64> { known.iter().map(|&at| values[at]).collect() };
                let counts = pick(&row.counts);
                let columns: Vec<u32> = known.iter().map(|&at| row.columns[at]).collect();
                // What the other terms added to the total is left in: it is little beside the whole.
                let without = mixture.without(&columns, &pick(&row.parts), class, weight);
                let rows: Vec<u32> = (0..known.len() as u32).collect();
                let (mut shares, mut parts) = (Vec::new(), Vec::new());
                let evidence = without.fit(&rows, &counts, &mut shares, &mut parts);
                match self.with_rows.lengths[document] {
                    0.0 => 0.0,
                    all => evidence * counts.iter().sum::<f64>() / all,
                }
            },
        )
    }

    /// Calls `read` with the row of each of these documents.
    fn each<R: Send>(
        &self,
        documents: &[usize],
        ask: impl Fn(&[u32]) + Sync,
        read: impl Fn(usize, &Row) -> R + Sync,
    ) -> Vec<R> {
        let summed = summed_values(
            &self.with_rows.params,
            &self.with_rows.learned.df,
            self.with_rows.rows.n_rows(),
        );
        let block = |documents: &[usize]| -> Vec<R> {
            let mut row = Row::default();
            let of_document = |&document: &usize| {
                self.row(document, &summed, &ask, &mut row);
                read(document, &row)
            };
            documents.iter().map(of_document).collect()
        };
        let blocks: Vec<Vec<R>> = documents
            .par_chunks(documents_per_task(documents.len()))
            .map(block)
            .collect();
        blocks.into_iter().flatten().collect()
    }

    pub(super) fn weight(&self, document: usize) -> f64 {
        let weights = self.with_rows.weights.as_ref();
        weights.map_or(1.0, |weights| weights[document])
    }

    /// A training document over the terms in use, `ask` being told of them early.
    fn row(
        &self,
        document: usize,
        summed: &impl Fn(&[u32], &[u32], &mut Vec<f64>),
        ask: impl Fn(&[u32]),
        row: &mut Row,
    ) {
        let params = &self.with_rows.params;
        let model = params.naive_bayes.model;
        let (columns, counts) = self.with_rows.rows.row(document);
        row.clear();
        match &self.position {
            None => {
                row.columns.extend_from_slice(columns);
                ask(columns);
                row.counts
                    .extend(counts.iter().map(|&count| f64::from(count)));
                summed(columns, counts, &mut row.parts);
            }
            Some(position) => {
                summed(columns, counts, &mut row.all_parts);
                for ((&column, &count), &part) in columns.iter().zip(counts).zip(&row.all_parts) {
                    let column = position[column as usize];
                    if column != UNUSED {
                        row.columns.push(column);
                        row.counts.push(f64::from(count));
                        row.parts.push(part);
                    }
                }
                ask(&row.columns);
            }
        }
        row.known.extend(
            row.columns
                .iter()
                .map(|&column| self.known[column as usize]),
        );
        let exact = params.sums_are_exact();
        if !exact && row.known.iter().all(|&known| known) {
            // Nothing comes after the sums: a row is summed as it is scored.
            row.values.extend_from_slice(&row.parts);
        } else {
            self.weigh(row);
        }
        let bernoulli = matches!(model, Model::Bernoulli { .. });
        for (value, part) in row.values.iter_mut().zip(&mut row.parts) {
            *value = model.value(*value);
            *part = model.value(*part);
        }
        if exact && params.features.tfidf.use_idf && !bernoulli {
            // From a part of the exact sums to one of the sums that the weights are derived from.
            for (part, &column) in row.parts.iter_mut().zip(&row.columns) {
                *part *= self.tfidf.idf()[column as usize];
            }
        }
    }

    /// The values of the known terms, those of the others being 0.
    fn weigh(&self, row: &mut Row) {
        row.known_columns.clear();
        row.known_values.clear();
        let terms = row.columns.iter().zip(&row.counts).zip(&row.known);
        for ((&column, &count), _) in terms.filter(|(_, known)| **known) {
            row.known_columns.push(column);
            row.known_values.push(count);
        }
        self.tfidf.weigh(&row.known_columns, &mut row.known_values);
        let mut values = row.known_values.iter();
        row.values
            .extend(row.known.iter().map(|&known| match known {
                true => values.next().copied().unwrap_or(0.0),
                false => 0.0,
            }));
    }
}

/// Buffers for one document.
#[derive(Default)]
struct Row {
    columns: Vec<u32>,
    counts: Vec<f64>,
    values: Vec<f64>,
    parts: Vec<f64>,
    known: Vec<bool>,
    known_columns: Vec<u32>,
    known_values: Vec<f64>,
    /// Over all learned terms.
    all_parts: Vec<f64>,
}

impl Row {
    fn clear(&mut self) {
        self.columns.clear();
        self.counts.clear();
        self.values.clear();
        self.parts.clear();
        self.known.clear();
    }
}
