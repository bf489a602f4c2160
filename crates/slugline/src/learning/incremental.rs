//! Adding documents to a model and removing them, by addition and subtraction of sums.

use crate::{
    classifier::{
        Background, Examples, Learned, Prior, TextClassifier, TextClassifierParams, exact_sums,
        union_labels,
    },
    error::{Error, Result},
    naive_bayes::{ClassRowsBuilder, Evidence},
    util::pool::with_threads,
    wording::{count, names},
};

/// The relative rounding error that is tolerated in a sum: weighted values are added in one order and subtracted
/// in another.
const ROUNDING: f64 = 1e-9;

impl TextClassifier {
    /// Adds documents: the result is the classifier that training on all documents, old and new, would
    /// give. Unknown labels become labels of the model, unknown terms join the vocabulary, and idf is derived
    /// anew.
    ///
    /// ```
    /// use slugline::{Examples, IdfOrder, TextClassifier};
    ///
    /// let params = TextClassifier::params().idf_order(IdfOrder::AfterNorm);
    /// let news = Examples::new(&["chips and code", "votes on bills"], &["technology", "policy"])?;
    /// let model = params.fit(&news)?;
    /// let model = model.partial_fit(&Examples::new(&["goals and matches"], &["sport"])?)?;
    /// assert_eq!(model.classify("a late goal in both matches").label(), "sport");
    /// # Ok::<(), slugline::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::NotExact`] as for [`merge`](Self::merge); else as [`TextClassifierParams::fit`].
    ///
    /// The result is not calibrated: the calibration of this model was chosen on its own documents. Nor is it
    /// [refined](TextClassifierParams::refine): a refinement is learned from rows, not from sums.
    pub fn partial_fit<S: AsRef<str> + Sync>(&self, examples: &Examples<'_, S>) -> Result<Self> {
        self.check_exact("adding documents")?;
        let (more, new_labels) = self.learn(examples)?;
        let (all, mine, theirs) = union_labels(&self.labels, &new_labels);
        let learned = self.learned.join(&more, all.len(), &mine, &theirs)?;
        exact_sums::check(&self.params, &learned, "adding documents")?;
        self.with_learned(all, learned)
    }

    /// Takes documents out (machine unlearning): the result is the classifier that training without them
    /// would give. Their values are subtracted from every sum, and terms that no other document holds leave
    /// the vocabulary. Labels stay, with or without documents.
    ///
    /// ```
    /// use slugline::{Examples, IdfOrder, TextClassifier};
    ///
    /// let (texts, labels) = (["chips", "votes", "phones"], ["technology", "policy", "technology"]);
    /// let params = TextClassifier::params().idf_order(IdfOrder::AfterNorm);
    /// let model = params.fit(&Examples::new(&texts, &labels)?)?;
    /// let without = model.forget(&Examples::new(&texts[2..], &labels[2..])?)?;
    /// let two = params.fit(&Examples::new(&texts[..2], &labels[..2])?)?;
    /// assert_eq!(without.to_bytes()?, two.to_bytes()?);
    /// # Ok::<(), slugline::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::NotExact`] as for [`merge`](Self::merge); [`Error::NotLearned`] where the model cannot have
    /// been trained on these documents with these labels and weights: a label or a term is unknown to it, or a
    /// sum would fall below 0. The check is necessary, not sufficient: documents that were never trained on
    /// can pass it.
    ///
    /// The result is not calibrated: the calibration of this model was chosen on its own documents. Nor is it
    /// [refined](TextClassifierParams::refine).
    pub fn forget<S: AsRef<str> + Sync>(&self, examples: &Examples<'_, S>) -> Result<Self> {
        self.check_exact("forgetting")?;
        let (part, labels) = self.learn(examples)?;
        if labels != self.labels {
            let unknown = labels
                .iter()
                .find(|label| self.labels.binary_search(label).is_err());
            return Err(Error::parameter(
                "labels",
                unknown.cloned().unwrap_or_default(),
                format!("labels of the model: {}", names(&self.labels)),
            ));
        }
        exact_sums::check(&self.params, &self.learned, "forgetting")?;
        let fixed = self.params.features.vocabulary.is_some();
        let learned = self.learned.without(&part, &self.labels, fixed)?;
        self.with_learned(self.labels.clone(), learned)
    }

    /// The sums of these documents, over all labels of the model and those of the documents.
    fn learn<S: AsRef<str> + Sync>(
        &self,
        examples: &Examples<'_, S>,
    ) -> Result<(Learned, Vec<String>)> {
        // Without the prior, which the model has already.
        let params = TextClassifierParams {
            prior: Prior::new(),
            ..self.params.clone()
        };
        let known = self.labels.iter().map(String::as_str);
        let known = known.chain(params.background.as_deref());
        let classes = examples.classes_and(&params, known)?;
        let (texts, weights) = (examples.texts(), examples.weights());
        let learned = with_threads("changing the model", params.features.threads, || {
            Learned::fit(&params, &self.analyzer, texts, &classes, weights)
        })??;
        Ok((learned, classes.labels))
    }

    /// This model with other sums: its settings, type of labels and provenance stay.
    pub(super) fn with_learned(&self, labels: Vec<String>, learned: Learned) -> Result<Self> {
        let mut changed =
            Self::from_learned(self.params.clone(), self.analyzer.clone(), labels, learned)?;
        changed.lost_refinement |= self.lost_refinement;
        changed.label_type = self.label_type;
        changed.provenance = self.provenance.clone();
        Ok(changed)
    }

    /// Fails where a document's values in the sums depend on other documents.
    pub(super) fn check_exact(&self, operation: &'static str) -> Result<()> {
        if let Some(program) = self.provenance.imported_from.as_deref() {
            return Err(Error::NotExact {
                operation,
                why: format!(
                    "the sums come from {program}, which does not keep in how many documents a term \
                     occurs"
                ),
            });
        }
        if !self.params.sums_are_exact() {
            return Err(Error::NotExact {
                operation,
                why: "each document's row depends on idf or on pruning, and so on the other \
                      documents; train with idf_order = after_norm"
                    .into(),
            });
        }
        Ok(())
    }
}

impl Learned {
    /// The sums minus those of `part`, which has the same classes.
    fn without(&self, part: &Self, labels: &[String], fixed: bool) -> Result<Self> {
        let impossible = Error::NotLearned;
        if part.n_documents >= self.n_documents {
            return Err(impossible(format!(
                "{} of {} would leave none",
                part.n_documents,
                count(self.n_documents, "document")
            )));
        }
        let (mut df, mut total) = (self.df.to_vec(), self.total.to_vec());
        // The rows that change: all numbers would be terms times classes.
        let mut changed: Vec<Option<Vec<f64>>> = vec![None; df.len()];
        let mut class_count = self.sums.class_count.to_vec();
        let mut background = self
            .background
            .clone()
            .map(|own| (own.n_documents, own.sums.to_vec()));
        let take = |from: &mut f64, part: f64, what: &dyn Fn() -> String| -> Result<()> {
            let left = *from - part;
            if left < -ROUNDING * from.abs().max(1.0) {
                return Err(impossible(format!("{} would become {left}", what())));
            }
            *from = left.max(0.0);
            Ok(())
        };
        for ((count, &gone), label) in class_count
            .iter_mut()
            .zip(&*part.sums.class_count)
            .zip(labels)
        {
            take(count, gone, &|| {
                format!("the number of documents of {label}")
            })?;
        }
        if let (Some((n, _)), Some(gone)) = (&mut background, &part.background) {
            take(n, gone.n_documents, &|| {
                "the number of background documents".into()
            })?;
        }
        for (old, term) in part.vocabulary.iter().enumerate() {
            if part.df[old] == 0 {
                continue;
            }
            let Some(id) = self.vocabulary.id(term).map(|id| id as usize) else {
                return Err(impossible(format!("no training document holds {term:?}")));
            };
            df[id] = df[id].checked_sub(part.df[old]).ok_or_else(|| {
                impossible(format!(
                    "{term:?} is in {} of them, where training had {}",
                    part.df[old], self.df[id]
                ))
            })?;
            let name = |what: &str| format!("the {what} of {term:?}");
            take(&mut total[id], part.total[old], &|| name("count"))?;
            let (own_classes, own) = self.sums.feature_count.row(id);
            let mut own = own.to_vec();
            let (classes, gone) = part.sums.feature_count.row(old);
            for (class, &gone) in classes.iter().zip(gone) {
                let mut nothing = 0.0;
                let from = match own_classes.binary_search(class) {
                    Ok(at) => &mut own[at],
                    Err(_) => &mut nothing,
                };
                take(from, gone, &|| {
                    name(&format!("sum for {}", labels[*class as usize]))
                })?;
            }
            changed[id] = Some(own);
            if let (Some((_, sums)), Some(gone)) = (&mut background, &part.background) {
                take(&mut sums[id], gone.sums[old], &|| {
                    name("sum for the background")
                })?;
            }
        }
        let n_documents = self.n_documents - part.n_documents;
        self.check_frequencies(&df, n_documents)?;
        let mut feature_count = ClassRowsBuilder::new(self.sums.n_classes());
        for ((classes, values), changed) in self.sums.feature_count.iter().zip(&changed) {
            let values = changed.as_deref().unwrap_or(values);
            let left = classes.iter().zip(values).filter(|(_, sum)| **sum != 0.0);
            let (classes, values): (Vec<u32>, Vec<f64>) = left.unzip();
            feature_count.push(&classes, &values);
        }
        let left = Self {
            vocabulary: self.vocabulary.clone(),
            n_documents,
            df: df.into(),
            total: total.into(),
            sums: Evidence {
                class_count: class_count.into(),
                feature_count: feature_count.finish(),
            },
            background: background.map(|(n_documents, sums)| Background {
                n_documents,
                sums: sums.into(),
            }),
            prior: self.prior.clone(),
        };
        Ok(if fixed { left } else { left.seen_only() })
    }

    /// Fails where a term would be in more documents than there are, as after documents that were never learned.
    fn check_frequencies(&self, df: &[u64], n_documents: u64) -> Result<()> {
        let Some(id) = df.iter().position(|&df| df > n_documents) else {
            return Ok(());
        };
        let term = self.vocabulary.term(id as u32).unwrap_or_default();
        Err(Error::NotLearned(format!(
            "{term:?} would be in {} of {}",
            df[id],
            count(n_documents, "document")
        )))
    }

    /// The sums without terms that neither a document nor the prior holds.
    fn seen_only(self) -> Self {
        let kept: Vec<u32> = (0..self.df.len() as u32)
            .filter(|&id| self.df[id as usize] > 0 || self.prior.terms.binary_search(&id).is_ok())
            .collect();
        if kept.len() == self.df.len() || kept.is_empty() {
            return self;
        }
        self.select(&kept)
    }
}
