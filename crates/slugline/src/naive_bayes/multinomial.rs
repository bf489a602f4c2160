//! Multinomial naive Bayes.

use rayon::prelude::*;

use super::{Evidence, NaiveBayesParams, linear::Linear};
use crate::{threads::for_each_piece, zeroed::Zeroed};

/// log P(term | class) = ln(N_ct + α_t) − ln Σ_t (N_ct + α_t), with N_ct the sum of the term's
/// values over the documents of the class. The joint log-likelihood of a row x is
/// log P(class) + Σ_t x_t · log P(t | class).
///
/// Source: Manning, Raghavan, Schütze 2008, chapter 13; scikit-learn's `MultinomialNB`.
pub(super) fn derive(params: &NaiveBayesParams, evidence: &Evidence) -> Linear {
    let k = evidence.n_classes();
    let sums = &*evidence.feature_count;
    let log_total: Vec<f64> = totals(params, evidence)
        .iter()
        .map(|total| total.ln())
        .collect();
    // Most terms are unknown to most classes: their logarithm is that of the smoothing, taken once.
    let nothing = match sums.is_empty() {
        true => 1.0,
        false => params.alpha_of(0),
    };
    let log_nothing = nothing.ln();
    let of_nothing: Vec<f64> = log_total
        .iter()
        .map(|log_total| log_nothing - log_total)
        .collect();
    let mut log_prob = Zeroed::new(sums.len());
    for_each_piece(&mut log_prob, k, |feature, log_probs| {
        let alpha = params.alpha_of(feature);
        let sums = &sums[feature * k..][..k];
        log_probs.copy_from_slice(&of_nothing);
        for (class, sum) in sums.iter().enumerate() {
            let count = sum + alpha;
            if count.to_bits() != nothing.to_bits() {
                log_probs[class] = count.ln() - log_total[class];
            }
        }
    });
    Linear {
        bias: params.class_log_prior(&evidence.class_count).into(),
        weights: log_prob.into(),
    }
}

/// Σ_t (N_ct + α_t) of each class, feature after feature.
fn totals(params: &NaiveBayesParams, evidence: &Evidence) -> Vec<f64> {
    let k = evidence.n_classes();
    let mut totals = vec![0.0; k];
    // Each thread takes some of the classes.
    let classes = match rayon::current_thread_index() {
        Some(_) => k.div_ceil(rayon::current_num_threads()),
        None => k,
    };
    totals
        .par_chunks_mut(classes.max(1))
        .enumerate()
        .for_each(|(at, totals)| {
            let first = at * classes;
            for (feature, sums) in evidence.feature_count.chunks_exact(k).enumerate() {
                let alpha = params.alpha_of(feature);
                for (total, sum) in totals.iter_mut().zip(&sums[first..]) {
                    *total += sum + alpha;
                }
            }
        });
    totals
}

/// N_ct + α_t, feature by feature.
pub(super) fn smoothed(params: &NaiveBayesParams, evidence: &Evidence) -> Zeroed<f64> {
    let k = evidence.n_classes();
    let mut counts = Zeroed::new(evidence.feature_count.len());
    let sums = &*evidence.feature_count;
    for_each_piece(&mut counts, k, |feature, counts| {
        let alpha = params.alpha_of(feature);
        for (count, sum) in counts.iter_mut().zip(&sums[feature * k..]) {
            *count = sum + alpha;
        }
    });
    counts
}
