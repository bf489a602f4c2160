//! Labels without probabilities: 16-bit weights, in steps of each term's own, are stored beside the idf, frequent
//! terms first, and summed in the order of the text. With many classes, terms of few classes come last, with
//! weights for these few. The error has a bound: a text whose two best classes are closer than that is scored
//! in the plain way, so the labels are those of the plain scores.
//!
//! # The bound
//!
//! A text has n distinct terms with the values v_t = tf · idf / length; its score for class c is
//! S_c = b_c + Σ v_t w_tc. With V = Σ |v_t|, W the largest |w_tc|, B the largest |b_c|, and the roundings u = 2⁻²⁴ of
//! single and U = 2⁻⁵³ of double precision (Higham 2002, Accuracy and Stability of Numerical Algorithms, section 3.1;
//! terms of second order at the end):
//!
//! - **Rows.** A row holds whole numbers q_tc with |step_t q_tc − (w_tc − m_t)| ≤ (½ + 10⁻⁹) step_t, since step_t is a
//!   32,767th of max_c |w_tc − m_t| or more, which includes the rounding of m_t. m_t is the same for all classes, so
//!   differences of scores do not have it; the rounding of w_tc − m_t is U W. This is off by Σ |v_t| step_t / 2 in all.
//! - **Single precision.** Let Q be the largest |w_tc − m_t|. tf, idf · step (or idf, or a number of a sparse row) and
//!   their product are rounded once each, a product with q_tc and n + 1 additions follow: n + 5 roundings of V Q. The
//!   squares of a length are rounded three times and added up, n + 7 roundings. Nothing overflows or vanishes, since
//!   idf is 0 or from 10⁻⁶ to 10⁶, step_t is 10⁻³⁰ or more, W < 10²⁰, and counts are below 2³²; a number of a sparse row
//!   that is below 10⁻³⁰ may, so Q counts as 10⁻³⁰ at least. (2 n + 12) u V Q.
//! - **Double precision.** The division by the length and the sum with b_c are roundings of V W + B.
//! - **Without the length.** Where all biases are zeros, so is B, and the length L is left out: the scores here are
//!   L S_c, and L > 0 is the same for all classes, so the same one is highest. Every bound above and below is a sum of
//!   |v_t| times what does not depend on L, hence L times as large for L v_t = tf · idf; a difference of more than L
//!   times the bound is one of more than the bound. That L is not computed leaves out roundings and adds none. Then V is
//!   Σ tf · max |idf|, which is no less than Σ |tf · idf|. Without a norm, with biases or not, L is 1, and V the same
//!   sum.
//! - **The plain way** computes the same sum in double precision: values of at most n + 7 roundings, products, and
//!   n + 2 additions. A weight of a sparse row is a sum of two or three numbers, and W the sum of the largest of each.
//!   (2 n + 12) U (V W + B).
//!
//! Both ways together: with r = 2.1 n + 50, of which 0.1 n + 38 are for what is of second order (r u ≤ 0.01) and for
//! V and Σ |v_t| step_t, which are sums in single precision themselves, a score is off by no more than
//! Σ |v_t| step_t / 2 + r u V max(Q, 10⁻³⁰) + 2 r U (V W + B), and a difference of two by twice that. Where the packed
//! scores of two classes are farther apart, both ways find the same one higher.
//!
//! Measured beside the exact scores: `benches/README.md`.

mod best;
mod lanes;
mod lazy;
mod prefetch;
mod ranks;
mod rows;
mod sums;
mod tf;

pub(crate) use lazy::LazyQuantized;

use super::{params::TextClassifierParams, weights::Weights};
use crate::{
    counting::{Bag, TermsByRank},
    features::{IdfOrder, Norm},
    naive_bayes::Model,
    text::AnalysisPath,
    util::simd,
    vocabulary::{FrequencyOrder, Vocabulary, WordCachePool},
};
use best::TopTwo;
use lanes::{HEAD, LANES, Lanes, Sums};
use prefetch::RowsToPrefetch;
use ranks::ranks;
use rows::{Largest, rows};
use sums::{LengthSums, QuantizedRows, TermAdder, TermParts, TermSums};
use tf::Tf;

/// The packed weights and the table of terms, for labels alone.
#[derive(Debug)]
pub(super) struct Quantized {
    terms: FrequencyOrder,
    rows: QuantizedRows,
    tf: Tf,
    /// None, too, where the length makes no difference: without biases it is a factor of all scores.
    norm: Option<Norm>,
    order: IdfOrder,
    bias: Vec<f64>,
    largest: Largest,
}

/// Buffers that are kept between texts.
#[derive(Debug, Default, Clone)]
pub(crate) struct QuantizedBuffers {
    parted: TermParts,
    sums: Vec<Sums>,
    /// Ids and counts.
    pairs: Vec<(u32, u32)>,
}

/// The last step from sums to scores: bias + sum · part.
struct Scores {
    part: f64,
    /// An upper bound of the error in the difference of two scores.
    error: f64,
}

impl Quantized {
    /// None where the error has no bound (infinite weights, possible with `alpha` = 0, and numbers that no fit gives),
    /// and for models that do not use the values as they are.
    fn new(params: &TextClassifierParams, path: AnalysisPath, weights: &Weights) -> Option<Self> {
        if matches!(params.naive_bayes.model, Model::Bernoulli { .. }) {
            return None;
        }
        let tfidf = params.features.tfidf;
        let usual = |idf: &f64| *idf == 0.0 || (1e-6..=1e6).contains(&idf.abs());
        if tfidf.use_idf && !weights.tfidf.idf().iter().all(usual) {
            return None;
        }
        let bias = weights.linear.bias.to_vec();
        let (ids, dense) = ranks(weights.tfidf.idf(), &weights.linear);
        let (terms, rows) = rayon::join(
            || match path {
                AnalysisPath::Ngrams { .. } => {
                    FrequencyOrder::of_ngrams(&weights.vocabulary, ids.clone())
                }
                _ => FrequencyOrder::new(&weights.vocabulary, ids.clone()),
            },
            || rows(weights, tfidf.use_idf, &ids, dense),
        );
        let (rows, largest) = rows?;
        let finite = largest.are_finite() && bias.iter().all(|bias| bias.is_finite());
        let biased = bias.iter().any(|&bias| bias != 0.0);
        finite.then(|| Self {
            terms,
            rows,
            tf: Tf::new(params.features.binary, tfidf.sublinear_tf),
            norm: tfidf.norm.filter(|_| biased),
            order: tfidf.idf_order,
            bias,
            largest,
        })
    }

    /// The terms, for counting them by rank.
    pub(super) fn terms<'a>(
        &'a self,
        vocabulary: &'a Vocabulary,
    ) -> TermsByRank<'a, impl Fn(u32) + Copy + use<'a>> {
        let sparse = self.rows.sparse.as_ref();
        let rows: RowsToPrefetch<'a> = RowsToPrefetch {
            dense: bytemuck::cast_slice(&self.rows.dense),
            stride: self.rows.stride * size_of::<Lanes>(),
            others: sparse.map_or(&[], |sparse| &sparse.heads),
            first: sparse.map_or(self.terms.len() as u32, |sparse| sparse.first),
        };
        TermsByRank {
            vocabulary,
            ranked: &self.terms,
            prefetch_row: move |rank| rows.prefetch(rank),
        }
    }

    /// The caches of words that were looked up in this table.
    pub(super) fn word_caches(&self) -> &WordCachePool {
        self.terms.word_caches()
    }

    /// Moves the terms that were counted by rank, as ascending ids and counts, to the buffers.
    pub(super) fn leave_counts(
        &self,
        bag: &Bag,
        buffers: &mut QuantizedBuffers,
        ids: &mut Vec<u32>,
        values: &mut Vec<f64>,
    ) {
        let pairs = &mut buffers.pairs;
        pairs.clear();
        pairs.extend(
            bag.pairs()
                .map(|(rank, count)| (self.terms.id(rank), count)),
        );
        pairs.sort_unstable();
        ids.clear();
        ids.extend(pairs.iter().map(|&(id, _)| id));
        values.clear();
        values.extend(pairs.iter().map(|&(_, count)| f64::from(count)));
    }

    /// The class with the highest score, of a text whose terms were counted by rank; clears the counts. None where
    /// the scores may be too close for packed weights.
    pub(super) fn class(&self, bag: &mut Bag, buffers: &mut QuantizedBuffers) -> Option<usize> {
        let Scores { part, error } = self.add_up(bag, buffers, |adding| simd::run_eights(adding));
        let two = simd::run(TopTwo {
            bias: &self.bias,
            sums: &buffers.sums.as_flattened()[HEAD..],
            part,
        });
        (two.highest - two.second > error).then_some(two.class)
    }

    /// Writes the sums of a text, added up by `run`, to `buffers.sums`, class by class after [`HEAD`] unused lanes.
    #[inline(always)]
    fn add_up(
        &self,
        bag: &mut Bag,
        buffers: &mut QuantizedBuffers,
        run: impl FnOnce(TermAdder<'_>) -> TermSums,
    ) -> Scores {
        let QuantizedBuffers { parted, sums, .. } = buffers;
        let (ranks, counts) = bag.parts_mut();
        let distinct = ranks.len();
        sums.resize(self.rows.stride, [0.0; LANES]);
        let found = run(TermAdder {
            rows: &self.rows,
            tf: &self.tf,
            normed: self.norm.is_some(),
            ranks,
            counts,
            parted,
            sums,
        });
        bag.emptied();
        let TermSums { tf, steps, length } = found;
        let LengthSums { tf_squared, tfidf } = length;
        let [first, squares] = match self.order {
            IdfOrder::AfterNorm => [tf, tf_squared],
            IdfOrder::BeforeNorm => tfidf,
        };
        let length = match self.norm {
            None => 1.0,
            Some(Norm::L1) => f64::from(first),
            Some(Norm::L2) => f64::from(squares).sqrt(),
        };
        let part = if length > 0.0 { 1.0 / length } else { 1.0 };
        let total = match self.norm {
            // An upper bound, since the values were not added up.
            None => f64::from(tf) * self.largest.idf,
            Some(_) => f64::from(tfidf[0]) * part,
        };
        let steps = f64::from(steps) * part;
        Scores {
            part,
            error: self.error(distinct, total, steps),
        }
    }

    /// An upper bound of the error in the difference of two scores, that of the plain way included, for a text of `n`
    /// distinct terms: see [the proof](self). `total` is at least the sum of their values, `steps` that of their values
    /// times the steps of their rows.
    fn error(&self, n: usize, total: f64, steps: f64) -> f64 {
        let roundings = 2.1 * n as f64 + 50.0;
        let single = roundings * f64::from(f32::EPSILON) / 2.0;
        if single > 0.01 {
            return f64::INFINITY;
        }
        let double = roundings * f64::EPSILON;
        2.0 * (0.5 * steps
            + single * total * self.largest.quantized.max(1e-30)
            + double * (total * self.largest.weight + self.largest.bias))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        classifier::{Examples, Scratch, TextClassifier, TextClassifierParams},
        counting::Counter,
        features::{IdfOrder, Norm},
        naive_bayes::{Model, argmax},
        text::Language,
        util::simd::EightWork,
    };
    use proptest::prelude::*;

    fn params() -> impl Strategy<Value = TextClassifierParams> {
        let settings = (
            any::<(bool, bool, bool, bool)>(),
            prop::option::of(any::<bool>()),
            0..4_usize,
            0..3_usize,
        );
        settings.prop_map(|((binary, sublinear, after, use_idf), norm, model, way)| {
            let models = [
                Model::Multinomial,
                Model::Complement { norm: false },
                Model::Complement { norm: true },
                Model::Bernoulli {
                    binarize: Some(0.0),
                },
            ];
            let mut params = TextClassifier::params()
                .model(models[model])
                .sublinear_tf(sublinear);
            // Plain words, stems and n-grams: three ways of counting.
            params = match way {
                0 => params,
                1 => params.stemmer(Some(Language::English)),
                _ => params.ngram_range(1, 2),
            };
            params.features.binary = binary;
            params.features.tfidf.use_idf = use_idf;
            params.features.tfidf.norm = norm.map(|l2| if l2 { Norm::L2 } else { Norm::L1 });
            params.features.tfidf.idf_order = match after {
                true => IdfOrder::AfterNorm,
                false => IdfOrder::BeforeNorm,
            };
            params
        })
    }

    #[test]
    fn scores_are_no_more_wrong_than_said() {
        let mut state = 1_u64;
        let mut below = |n: u64| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            (state >> 33) % n
        };
        let mut texts = |n: usize| -> Vec<String> {
            let mut text = || {
                let words: Vec<_> = (0..=below(12))
                    .map(|_| format!("word{}", below(30)))
                    .collect();
                words.join(" ")
            };
            (0..n).map(|_| text()).collect()
        };
        let (known, unseen) = (texts(100), texts(2_000));
        // Without biases, sums are not normalised: exact scores are not, either.
        let unbiased = TextClassifier::params().norm(None);
        let biased = TextClassifier::params().model(Model::Multinomial);
        let settings = [2, 10, 30, 90].map(|classes| [(classes, &unbiased), (classes, &biased)]);
        for (classes, params) in settings.into_iter().flatten() {
            let labels: Vec<String> = (0..known.len())
                .map(|n| format!("{}", n % classes))
                .collect();
            let examples = Examples::new(&known, &labels).unwrap();
            let model = params.clone().fit(&examples).unwrap();
            let quantized =
                Quantized::new(&model.params, model.analyzer.path(), &model.weights).unwrap();
            let (mut counter, mut buffers) = (Counter::default(), QuantizedBuffers::default());
            let scores = model.joint_log_likelihood(&unseen).unwrap();
            let mut most = 0.0_f64;
            let ways: [fn(TermAdder<'_>) -> TermSums; 2] = [
                |adding| simd::run_eights(adding),
                |adding| adding.run::<Sums>(),
            ];
            let texts = unseen.iter().zip(scores.rows());
            let both = texts.flat_map(|text| ways.map(|way| (text, way)));
            for ((text, exact), way) in both {
                let terms = quantized.terms(&model.weights.vocabulary);
                let bag = counter.count_ranked(&model.analyzer, terms, text);
                let Scores { part, error } = quantized.add_up(bag, &mut buffers, way);
                let sums = &buffers.sums.as_flattened()[HEAD..];
                let score = |class: usize| quantized.bias[class] + f64::from(sums[class]) * part;
                for class in 1..classes {
                    let wrong = (score(class) - score(0)) - (exact[class] - exact[0]);
                    assert!(wrong.abs() <= error, "{text}: {wrong} {error}");
                    most = most.max(wrong.abs() / error);
                }
            }
            // And not much less; of two classes both weights are the ends of the row, which have no error.
            assert!(classes == 2 || most > 0.5, "{classes}: {most}");
        }
    }

    proptest! {
        /// Many texts at once get the labels that each gets alone, ties included: texts of few words
        /// and classes with the same documents make many.
        #[test]
        fn labels_are_those_of_exact_scores(
            params in params(),
            alpha in prop::sample::select(vec![0.0, 1e-9, 0.1, 1.0]),
            classes in 1_usize..100,
            documents in prop::collection::vec(prop::collection::vec("[a-c]{1,2}x|[a-z]{14,20}", 0..20), 1..120),
        ) {
            let texts: Vec<String> = documents.iter().map(|words| words.join(" ")).collect();
            let labels: Vec<String> = (0..texts.len()).map(|n| format!("{}", n % classes)).collect();
            let Ok(model) = params.clone().alpha(alpha).fit(&Examples::new(&texts, &labels).unwrap()) else {
                return Ok(());
            };
            // Enough text that the packed weights are made.
            let many: Vec<&String> = texts.iter().cycle().take(texts.len() * 50).collect();
            let found = model.predict_class(&many).unwrap();
            let bernoulli = matches!(model.params.naive_bayes.model, Model::Bernoulli { .. });
            let made = model.weights.quantized.made().is_some();
            // Without smoothing some weights are infinite.
            prop_assert!(made != bernoulli || (!made && alpha == 0.0));
            let normed = matches!(model.params.naive_bayes.model, Model::Complement { norm: true });
            let sparse = model.labels.len() >= 64 && !normed && alpha > 0.0;
            prop_assert!(!made || model.weights.quantized.has_sparse_rows() == sparse);
            // On this thread, in portions, labels are the same; a copy begins without packed weights.
            let fresh = params.clone().alpha(alpha).fit(&Examples::new(&texts, &labels).unwrap()).unwrap();
            let mut scratch = Scratch::default();
            for (texts, found) in many.chunks(37).zip(found.chunks(37)) {
                let alone = fresh.predict_with(&mut scratch, texts).unwrap();
                let found: Vec<&str> = found.iter().map(|&class| model.labels[class].as_str()).collect();
                prop_assert_eq!(alone, found);
            }
            prop_assert_eq!(fresh.weights.quantized.made().is_some(), made);
            let scores = model.joint_log_likelihood(&many).unwrap();
            for (class, scores) in found.iter().zip(scores.rows()) {
                prop_assert_eq!(*class, argmax(&scores.to_vec()));
            }
        }
    }

    /// Texts of words that all classes have nearly as often, so that scores lie close together.
    fn corpus(seed: u64, texts: usize) -> Vec<String> {
        let mut state = seed;
        let mut below = |n: u64| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            (state >> 33) % n
        };
        let mut text = |_| {
            let words: Vec<_> = (0..=below(25))
                .map(|_| format!("word{}", below(20) * below(20)))
                .collect();
            words.join(" ")
        };
        (0..texts).map(&mut text).collect()
    }

    #[test]
    fn labels_are_those_of_exact_scores_with_extreme_settings() {
        let texts = corpus(1, 200);
        let models = [
            Model::Multinomial,
            Model::Complement { norm: false },
            Model::Complement { norm: true },
        ];
        let mut made = 0;
        let mut wrong = Vec::new();
        for (model, classes) in models
            .into_iter()
            .flat_map(|model| [2, 3, 13, 70].map(|classes| (model, classes)))
        {
            let labels: Vec<String> = (0..texts.len())
                .map(|n| format!("{:03}", n % classes))
                .collect();
            for alpha in [1e-300, 1e-40, 1e-10, 1.0, 1e5, 1e10, 1e16, 1e40, 1e300] {
                for settings in 0..12 {
                    let mut params = TextClassifier::params().model(model).alpha(alpha);
                    let features = &mut params.features;
                    features.tfidf.sublinear_tf = settings % 2 == 1;
                    features.tfidf.use_idf = settings % 3 > 0;
                    features.tfidf.norm = [Some(Norm::L2), Some(Norm::L1), None][settings % 3];
                    if settings % 4 >= 2 {
                        features.tfidf.idf_order = IdfOrder::AfterNorm;
                    }
                    params.naive_bayes.level_class_sums =
                        settings == 5 && model == Model::Multinomial;
                    params.naive_bayes.fit_prior = settings != 7;
                    // Huge, tiny, and in halves.
                    let weight = |n: usize| match settings {
                        8 => 1e9 * (1 + n % 3) as f64,
                        9 => 1e-6 * (1 + n % 3) as f64,
                        10 => [1.0, 1e6][n % 2],
                        _ => 1.0,
                    };
                    let weights: Vec<f64> = (0..texts.len()).map(weight).collect();
                    let examples = Examples::new(&texts, &labels)
                        .unwrap()
                        .with_weights(&weights)
                        .unwrap();
                    let Ok(fitted) = params.fit(&examples) else {
                        continue;
                    };
                    let many: Vec<&String> = texts.iter().cycle().take(texts.len() * 3).collect();
                    fitted.weights.quantized.make(
                        &fitted.params,
                        fitted.analyzer.path(),
                        &fitted.weights,
                    );
                    made += usize::from(fitted.weights.quantized.made().is_some());
                    let found = fitted.predict_class(&many).unwrap();
                    let scores = fitted.joint_log_likelihood(&many).unwrap();
                    let rows = found.iter().zip(scores.rows());
                    let differ = rows
                        .filter(|(class, scores)| **class != argmax(&scores.to_vec()))
                        .count();
                    if differ > 0 {
                        wrong.push(format!("{model:?}, {classes} classes, alpha {alpha:e}, settings {settings}: {differ} of {}", many.len()));
                    }
                }
            }
        }
        assert!(wrong.is_empty(), "{} of {made}: {wrong:#?}", wrong.len());
        assert!(made > 900, "{made}");
    }
}
