//! Merging two classifiers: adding their sums.

use crate::{
    classifier::{
        Background, Learned, MAX_DOCUMENTS, PriorCounts, TextClassifier, exact_sums, union_labels,
    },
    error::{Error, Result, same_length},
    naive_bayes::{Adder, Evidence},
    util::memory::within,
    vocabulary::Vocabulary,
};

impl TextClassifier {
    /// Merges two classifiers that were trained apart with the same settings: the result is the classifier
    /// that training on the documents of both would give. Classes and vocabularies may differ.
    ///
    /// ```
    /// use slugline::{Examples, IdfOrder, TextClassifier};
    ///
    /// let (texts, labels) = (["chips", "votes", "phones"], ["technology", "policy", "technology"]);
    /// let params = TextClassifier::params().idf_order(IdfOrder::AfterNorm);
    /// let monday = params.fit(&Examples::new(&texts[..2], &labels[..2])?)?;
    /// let tuesday = params.fit(&Examples::new(&texts[2..], &labels[2..])?)?;
    /// let all = params.fit(&Examples::new(&texts, &labels)?)?;
    /// assert_eq!(monday.merge(&tuesday)?.to_bytes()?, all.to_bytes()?);
    /// # Ok::<(), slugline::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::NotExact`] where the settings make a document's part of the sums depend on the
    /// other documents (see [`sums_are_exact`](Self::sums_are_exact)); [`Error::Incompatible`]
    /// where the settings or the priors differ.
    ///
    /// The result is not calibrated: the calibration of either model was chosen on its own documents. Nor is it
    /// [refined](crate::TextClassifierParams::refine).
    pub fn merge(&self, other: &Self) -> Result<Self> {
        if !self.params.same_model(&other.params) {
            let differences: Vec<String> = self
                .params
                .differences(&other.params)
                .into_iter()
                .map(|(setting, [own, others])| format!("{setting} is {own} and {others}"))
                .collect();
            return Err(Error::Incompatible(format!(
                "they were trained with different settings: {}",
                differences.join("; ")
            )));
        }
        if self.label_type != other.label_type {
            return Err(Error::Incompatible(format!(
                "the labels of one are of type {}, those of the other of type {}",
                self.label_type, other.label_type
            )));
        }
        self.check_exact("merging")?;
        other.check_exact("merging")?;
        let (labels, mine, theirs) = union_labels(&self.labels, &other.labels);
        let mut merged = within("merging", || {
            let learned = self
                .learned
                .merge(&other.learned, labels.len(), &mine, &theirs)?;
            exact_sums::check(&self.params, &learned, "merging")?;
            Self::from_learned(self.params.clone(), self.analyzer.clone(), labels, learned)
        })??;
        merged.lost_refinement |=
            self.lost_refinement || other.lost_refinement || other.params.refine.is_some();
        merged.label_type = self.label_type;
        merged.provenance.sources = [
            self.provenance.sources.as_slice(),
            other.provenance.sources.as_slice(),
        ]
        .concat();
        Ok(merged)
    }
}

impl Learned {
    /// The sums of both, over the vocabulary of both. `classes` of the result are `n_classes`;
    /// `mine` and `theirs` are the new numbers of the classes of either side.
    ///
    /// # Errors
    /// [`Error::Incompatible`] where the priors differ.
    pub(super) fn merge(
        &self,
        other: &Self,
        n_classes: usize,
        mine: &[usize],
        theirs: &[usize],
    ) -> Result<Self> {
        // The background is the last class on both sides.
        let priors = [(self, mine), (other, theirs)].map(|(part, classes)| {
            let classes = [classes, &[n_classes]].concat();
            part.prior.named(&part.vocabulary, &classes)
        });
        if priors[0] != priors[1] {
            return Err(Error::Incompatible(
                "they were trained with different priors: joined models have the same one".into(),
            ));
        }
        self.join(other, n_classes, mine, theirs)
    }

    /// As [`merge`](Self::merge), with the prior of `self` alone.
    pub(super) fn join(
        &self,
        other: &Self,
        n_classes: usize,
        mine: &[usize],
        theirs: &[usize],
    ) -> Result<Self> {
        let mut terms: Vec<&str> = self.vocabulary.iter().collect();
        if self.vocabulary != other.vocabulary {
            terms.extend(other.vocabulary.iter());
            terms.sort_unstable();
            terms.dedup();
        }
        let vocabulary = Vocabulary::new(&terms)?;
        let n = vocabulary.len();
        // Both are at most as many, so that the sum fits; documents of a term are at most all documents.
        let n_documents = self.n_documents + other.n_documents;
        if n_documents > MAX_DOCUMENTS {
            return Err(Error::Incompatible(format!(
                "together they have {n_documents} documents, at most {MAX_DOCUMENTS} can be counted"
            )));
        }
        let (mut df, mut total) = (vec![0; n], vec![0.0; n]);
        let mut class_count = vec![0.0; n_classes];
        let mut rows = Vec::new();
        let mut background: Option<(f64, Vec<f64>)> = None;
        for (part, classes) in [(self, mine), (other, theirs)] {
            same_length("classes", part.sums.n_classes(), classes.len())?;
            for (&class, count) in classes.iter().zip(&*part.sums.class_count) {
                class_count[class] += count;
            }
            let (part_df, part_total) = (&*part.df, &*part.total);
            let mut old_ids = vec![None; n];
            for (old, term) in part.vocabulary.iter().enumerate() {
                let Some(id) = vocabulary.id(term).map(|id| id as usize) else {
                    continue;
                };
                df[id] += part_df[old];
                total[id] += part_total[old];
                old_ids[id] = Some(old);
            }
            rows.push((part.sums.feature_count.view(), classes, old_ids));
            if let Some(part_background) = &part.background {
                let (n_documents, sums) = background.get_or_insert_with(|| (0.0, vec![0.0; n]));
                *n_documents += part_background.n_documents;
                for (term, count) in part.vocabulary.iter().zip(&*part_background.sums) {
                    if let Some(id) = vocabulary.id(term) {
                        sums[id as usize] += count;
                    }
                }
            }
        }
        let mut feature_count = Adder::new(n_classes);
        for id in 0..n {
            for (part, classes, old_ids) in &rows {
                if let Some(old) = old_ids[id] {
                    feature_count.add_as(part.row(old), classes);
                }
            }
            feature_count.end_row();
        }
        let feature_count = feature_count.finish();
        let of_background = background.iter();
        let of_background = of_background.flat_map(|(n, sums)| sums.iter().chain([n]));
        let all = class_count.iter().chain(&total).chain(of_background);
        if !all.chain(feature_count.values()).all(|sum| sum.is_finite()) {
            return Err(Error::Incompatible(
                "together their sums are beyond the largest number".into(),
            ));
        }
        let classes = [mine, &[n_classes]].concat();
        let prior = self.prior.named(&self.vocabulary, &classes);
        Ok(Self {
            prior: PriorCounts::of(&vocabulary, &prior),
            background: background.map(|(n_documents, sums)| Background {
                n_documents,
                sums: sums.into(),
            }),
            vocabulary,
            n_documents,
            df: df.into(),
            total: total.into(),
            sums: Evidence {
                class_count: class_count.into(),
                feature_count,
            },
        })
    }
}
