//! The temperature and the limit of `other`, chosen on documents that the model has not seen.

use super::temperature::HeldOut;
use crate::{
    classifier::{Calibration, Examples, Scratch, TextClassifier},
    error::{Error, Result},
    wording::count,
};

/// The fraction of the held-out documents that is answered with `other`, where there is no background.
const LOST: f64 = 0.02;

impl Calibration {
    /// Chooses both from the scores of held-out documents, which are [scaled](Self::scale) where it is by length.
    pub(super) fn choose(held_out: &HeldOut, by_length: bool) -> Self {
        Self {
            temperature: held_out.temperature(),
            by_length,
            other_below: held_out.limit(),
        }
    }
}

impl HeldOut {
    /// Adds documents with their targets: positions among the model's labels, None for background.
    fn add<'t>(
        &mut self,
        model: &TextClassifier,
        documents: impl Iterator<Item = (&'t str, Option<usize>)>,
    ) {
        let mut scratch = Scratch::default();
        for (text, target) in documents {
            let evidence = model.shares_with(&mut scratch, text).evidence();
            match target {
                None => self.background.push(evidence),
                Some(class) => {
                    self.topics.push(evidence);
                    model.score(&mut scratch, text);
                    let scale = model.calibration.scale(scratch.columns.len());
                    self.add_scores(&scratch.scores, scale, class);
                }
            }
        }
    }

    fn limit(&self) -> Option<f64> {
        if self.background.is_empty() {
            let mut topics = self.topics.clone();
            topics.sort_by(f64::total_cmp);
            return topics.get((topics.len() as f64 * LOST) as usize).copied();
        }
        let (n, m) = (self.topics.len() as f64, self.background.len() as f64);
        let mut all: Vec<(f64, bool)> = self
            .topics
            .iter()
            .map(|&evidence| (evidence, true))
            .collect();
        all.extend(self.background.iter().map(|&evidence| (evidence, false)));
        all.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        // A limit between two documents is right about background below it and topics above it.
        let (mut best, mut limit) = (0.0, None);
        let (mut lost, mut caught) = (0.0, 0.0);
        for pair in all.windows(2) {
            match pair[0].1 {
                true => lost += 1.0,
                false => caught += 1.0,
            }
            let quality = caught / m - lost / n;
            if quality > best && pair[0].0 < pair[1].0 {
                best = quality;
                limit = Some(f64::midpoint(pair[0].0, pair[1].0));
            }
        }
        limit
    }
}

impl TextClassifier {
    /// Calibrates the classifier on documents that it was not trained on, [by length](Calibration) where it is now
    /// calibrated so. A text whose label is
    /// [`background`](crate::TextClassifierParams::background) helps to choose `other_below`.
    ///
    /// # Errors
    /// [`Error::Parameter`] for a label that the model does not have, where there is no document of a topic, and
    /// for weights, which have no part in it.
    pub fn calibrated<S: AsRef<str>>(&self, examples: &Examples<'_, S>) -> Result<Self> {
        examples.need_labels("a calibration")?;
        if examples.weights().is_some() {
            return Err(Error::parameter(
                "sample_weight",
                "given",
                "none: documents to calibrate on count once",
            ));
        }
        let background = self.params.background.as_deref();
        let targets = examples
            .names()
            .map(|label| match Some(label) == background {
                true => Ok(None),
                false => self.class_of("label", label).map(Some),
            })
            .collect::<Result<Vec<_>>>()?;
        if targets.iter().all(Option::is_none) {
            return Err(Error::parameter(
                "labels",
                format!(
                    "{}, none of them about a topic",
                    count(examples.len(), "text")
                ),
                "some texts of the model's labels",
            ));
        }
        let texts = examples.texts();
        let mut held_out = HeldOut::default();
        held_out.add(self, texts.iter().map(AsRef::as_ref).zip(targets));
        Ok(Self {
            calibration: Calibration::choose(&held_out, self.calibration.by_length),
            ..self.clone()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_parts_topics_from_background() {
        let mut held_out = HeldOut::default();
        held_out.topics = vec![0.9, 0.5, 0.2, 0.7];
        held_out.background = vec![0.1, 0.4, 0.3, -0.2];
        // 0.45: one topic lost, all background caught.
        assert!((held_out.limit().unwrap() - 0.45).abs() < 1e-12);
        let mut alone = HeldOut::default();
        alone.topics = (0..100).map(f64::from).collect();
        assert_eq!(alone.limit(), Some(2.0));
        assert_eq!(HeldOut::default().limit(), None);
    }
}
