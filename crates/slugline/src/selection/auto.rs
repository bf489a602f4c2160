//! Settings chosen by leave-one-out, without held-out data and without fitting twice.

use rayon::prelude::*;

use super::temperature::HeldOut;
use crate::{
    classifier::{
        Calibration, Examples, HeldOutScorer, TextClassifier, TextClassifierParams, WithRows,
    },
    error::{Error, Result},
    features::Norm,
    naive_bayes::{Alpha, Model, NaiveBayesParams, argmax},
    util::{pool::with_threads, setters::setters},
    wording::names,
};

/// The settings that are chosen by leave-one-out when a classifier is fitted.
///
/// Every training document is scored by the model without it: its values are subtracted from the sums of its class
/// (vocabulary and idf stay those of all documents). `alpha` is searched between 0.001 and 10, first at the powers of
/// ten on a sixteenth of the documents, then at five values around the best on a fifth of them (at least 500 and
/// 1,500, if there are as many). Of the values whose log-loss, after calibration, is at most a twentieth above the
/// lowest, the one with the highest accuracy is chosen: accuracy is the goal, but log-loss needs fewer documents to
/// tell values apart.
///
/// Log-loss is no measure between models: a multinomial model can have the lower one and be wrong more often (20
/// Newsgroups: 0.46 beside 0.49, accuracy 0.866 beside 0.877). So the other settings are changed only where accuracy
/// is higher by more than its standard error, √(p (1 − p) / n) of n documents (Breiman, Friedman, Olshen, Stone 1984,
/// "Classification and Regression Trees", section 3.4.3).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[allow(
    clippy::struct_excessive_bools,
    reason = "each is chosen or not, whatever else is"
)]
#[must_use]
#[non_exhaustive]
pub struct Auto {
    /// Choose the smoothing.
    pub alpha: bool,
    /// Choose between the multinomial and the complement model.
    pub naive_bayes: bool,
    /// Choose between the count and 1 + ln(count).
    pub sublinear_tf: bool,
    /// Choose between l1 and l2.
    pub norm: bool,
    /// Choose the temperature of the probabilities, and the limit for `other`.
    pub calibrate: bool,
    /// Calibrate [by length](Calibration).
    pub by_length: bool,
}

setters!(Auto {
    alpha: bool,
    naive_bayes: bool,
    sublinear_tf: bool,
    norm: bool,
    calibrate: bool,
    by_length: bool,
});

impl Auto {
    /// What of this is calibration.
    fn calibration_alone(self) -> Self {
        Self {
            calibrate: self.calibrate,
            by_length: self.by_length,
            ..Self::default()
        }
    }
}

/// The first values of `alpha`.
const COARSE: [f64; 5] = [1e-3, 1e-2, 0.1, 1.0, 10.0];
/// The second values of `alpha`, as multiples of the best of the first.
const FINE: [f64; 5] = [0.2, 0.45, 1.0, 2.2, 5.0];
/// The highest log-loss that is accepted, as a multiple of the lowest.
const ABOUT_AS_GOOD: f64 = 1.05;

/// The number of documents of topics, and of background, on which the limit for `other` is chosen.
const FOR_LIMIT: usize = 2000;

/// Settings and their figures.
#[derive(Debug, Clone)]
struct Trial {
    params: TextClassifierParams,
    accuracy: f64,
    log_loss: f64,
}

impl TextClassifierParams {
    /// Fits as [`fit`](Self::fit), with some settings chosen on the documents. The chosen
    /// values are in the [settings](TextClassifier::settings) of the result.
    ///
    /// ```
    /// use slugline::{Auto, Examples, TextClassifier};
    ///
    /// let texts = ["chips and code", "votes on bills", "code for phones", "bills and laws"];
    /// let examples = Examples::new(&texts, &["technology", "policy", "technology", "policy"])?;
    /// let auto = Auto::default().alpha(true).calibrate(true);
    /// let model = TextClassifier::params().fit_auto(&examples, auto)?;
    /// println!("{:?}", model.settings().naive_bayes.alpha);
    /// # Ok::<(), slugline::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`fit`](Self::fit); [`Error::Parameter`] where there is nothing to choose between
    /// (a Bernoulli model has no TF-IDF values), or fewer than two labels.
    pub fn fit_auto<S: AsRef<str> + Sync>(
        &self,
        examples: &Examples<'_, S>,
        auto: Auto,
    ) -> Result<TextClassifier> {
        let analyzer = self.checked_analyzer()?;
        self.check_auto(auto)?;
        if auto == Auto::default() {
            return self.fit(examples);
        }
        with_threads("choosing settings", self.features.threads, || {
            let mut fitted = WithRows::fit(self, analyzer, examples, auto.calibrate)?;
            if auto != auto.calibration_alone() {
                fitted = fitted.tuned(auto)?;
            }
            let classifier = fitted.classifier()?;
            if !auto.calibrate {
                return Ok(classifier);
            }
            Ok(TextClassifier {
                calibration: fitted.calibration(&classifier, auto.by_length)?,
                ..classifier
            })
        })?
    }

    fn check_auto(&self, auto: Auto) -> Result<()> {
        if auto.by_length && !auto.calibrate {
            return Err(Error::parameter(
                "by_length",
                "on",
                "off where nothing is calibrated",
            ));
        }
        let bernoulli = matches!(self.naive_bayes.model, Model::Bernoulli { .. });
        let of_rows = auto.naive_bayes || auto.sublinear_tf || auto.norm;
        if bernoulli && of_rows {
            return Err(Error::parameter(
                "auto",
                "naive_bayes, sublinear_tf or norm of a Bernoulli model",
                "a multinomial or complement model: a Bernoulli model asks only which terms are there",
            ));
        }
        Ok(())
    }

    /// Every combination of the values to choose from, except those of `alpha`.
    fn candidates(&self, auto: Auto) -> Vec<Self> {
        let mut all = vec![self.clone()];
        let mut vary = |asked: bool, change: &dyn Fn(&Self) -> Option<Self>| {
            if asked {
                let more: Vec<Self> = all.iter().filter_map(change).collect();
                all.extend(more);
            }
        };
        vary(auto.sublinear_tf, &|params| {
            let sublinear = params.features.tfidf.sublinear_tf;
            Some(params.clone().sublinear_tf(!sublinear))
        });
        vary(auto.norm, &|params| {
            let norm = match params.features.tfidf.norm {
                Some(Norm::L1) => Norm::L2,
                _ => Norm::L1,
            };
            Some(params.clone().norm(Some(norm)))
        });
        vary(auto.naive_bayes, &|params| {
            let model = match params.naive_bayes.model {
                Model::Multinomial => Model::Complement { norm: false },
                _ => Model::Multinomial,
            };
            // Only the multinomial model has them level.
            Some(params.clone().model(model).level_class_sums(false))
        });
        all
    }
}

impl WithRows {
    /// The same documents under the settings that are best.
    fn tuned(self, auto: Auto) -> Result<Self> {
        if self.classes.labels.len() < 2 {
            return Err(Error::parameter(
                "labels",
                names(&self.classes.labels),
                "at least two labels, to choose settings by how well they are told apart",
            ));
        }
        let mut best: Option<Trial> = None;
        let mut rest = self;
        // What is to be beaten: the accuracy of the settings as they were given, and its standard error.
        let mut least = f64::NEG_INFINITY;
        for params in rest.params.candidates(auto) {
            rest = rest.with_settings(params)?;
            let judge = HeldOutScorer::new(&rest)?;
            let documents = rest.of_topics();
            let mut alphas = vec![rest.params.naive_bayes.alpha.clone()];
            if auto.alpha {
                let coarse = rest.trials(
                    &judge,
                    &COARSE.map(Alpha::Scalar),
                    &sample(&documents, 16, 500),
                )?;
                let best = coarse
                    .into_iter()
                    .zip(COARSE)
                    .min_by(|a, b| a.0.log_loss.total_cmp(&b.0.log_loss));
                let best = best.map_or(COARSE[0], |(_, alpha)| alpha);
                alphas = FINE.map(|factor| Alpha::Scalar(best * factor)).to_vec();
            }
            let documents = sample(&documents, 5, 1500);
            let Some(found) = best_alpha(rest.trials(&judge, &alphas, &documents)?) else {
                continue;
            };
            match &best {
                None => {
                    let p = found.accuracy;
                    least = p + (p * (1.0 - p) / documents.len() as f64).sqrt();
                    best = Some(found);
                }
                Some(before) if found.accuracy > least.max(before.accuracy) => best = Some(found),
                Some(_) => {}
            }
        }
        match best {
            Some(best) => rest.with_settings(best.params),
            None => Ok(rest),
        }
    }

    /// Scores these documents with each of these alphas, the other settings unchanged.
    fn trials(
        &self,
        judge: &HeldOutScorer<'_>,
        alphas: &[Alpha],
        documents: &[usize],
    ) -> Result<Vec<Trial>> {
        let naive_bayes = &self.params.naive_bayes;
        let settings: Vec<NaiveBayesParams> = alphas
            .iter()
            .map(|alpha| naive_bayes.clone().alpha(alpha.clone()))
            .collect();
        let k = self.classes.labels.len();
        let scores = judge.scores(&settings, documents)?;
        let trial = |(at, naive_bayes): (usize, &NaiveBayesParams)| {
            let mut held_out = HeldOut::default();
            let (mut right, mut all) = (0.0, 0.0);
            let of_documents = scores.chunks_exact(settings.len() * k);
            for (&document, scores) in documents.iter().zip(of_documents) {
                let scores = &scores[at * k..][..k];
                let class = self.classes.targets[document];
                let weight = judge.weight(document);
                right += if argmax(scores) == class { weight } else { 0.0 };
                all += weight;
                held_out.add_scores(scores, 1.0, class);
            }
            Trial {
                params: TextClassifierParams {
                    naive_bayes: naive_bayes.clone(),
                    ..self.params.clone()
                },
                accuracy: right / all,
                log_loss: held_out.log_loss(),
            }
        };
        Ok(settings.par_iter().enumerate().map(trial).collect())
    }

    /// The temperature (and the limit for `other`) by leave-one-out, or by cross-fitting where the model is refined.
    fn calibration(&self, classifier: &TextClassifier, by_length: bool) -> Result<Calibration> {
        let judge = HeldOutScorer::new(self)?;
        let documents = self.of_topics();
        let scores = if let Some(settings) = self.params.refine {
            self.refined_scores(settings)?
        } else {
            let params = std::slice::from_ref(&self.params.naive_bayes);
            judge.scores(params, &documents)?
        };
        let mut held_out = HeldOut::default();
        let k = self.classes.labels.len();
        let form = Calibration {
            by_length,
            ..Calibration::default()
        };
        let n_terms = match by_length {
            true => judge.n_terms(&documents),
            false => vec![0; documents.len()],
        };
        let of_documents = documents.iter().zip(scores.chunks_exact(k)).zip(n_terms);
        for ((&document, scores), n_terms) in of_documents {
            let class = self.classes.targets[document];
            held_out.add_scores(scores, form.scale(n_terms), class);
        }
        let (topics, background): (Vec<usize>, Vec<usize>) =
            (0..self.classes.targets.len()).partition(|&at| self.classes.targets[at] < k);
        let evidence = |documents: &[usize]| {
            // More documents would hardly change the limit.
            let documents = sample(documents, usize::MAX, FOR_LIMIT);
            match by_length {
                true => judge.evidence_by_length(classifier.margins(), &documents),
                false => judge.evidence(classifier.mixture(), &documents),
            }
        };
        held_out.topics = evidence(&topics);
        held_out.background = evidence(&background);
        Ok(Calibration::choose(&held_out, by_length))
    }
}

/// The trial with the highest accuracy among those whose log-loss is about as low as the lowest.
fn best_alpha(trials: Vec<Trial>) -> Option<Trial> {
    let losses = trials.iter().map(|trial| trial.log_loss);
    let lowest = losses.fold(f64::INFINITY, f64::min);
    let good = trials
        .into_iter()
        .filter(|trial| trial.log_loss <= lowest * ABOUT_AS_GOOD);
    good.max_by(|a, b| {
        let by_loss = b.log_loss.total_cmp(&a.log_loss);
        a.accuracy.total_cmp(&b.accuracy).then(by_loss)
    })
}

/// Every `part`-th document, but at least `least`, if there are as many.
fn sample(documents: &[usize], part: usize, least: usize) -> Vec<usize> {
    let n = (documents.len() / part).max(least).min(documents.len());
    // Evenly spread over the data, which may be sorted.
    (0..n)
        .map(|at| documents[at * documents.len() / n])
        .collect()
}
