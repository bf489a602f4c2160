//! The margins that refinement starts from.

/// Writes the scores of a document less their mean over its classes.
pub(crate) fn centre(scores: &[f64], centred: &mut [f32]) {
    // Sums by turns, which do not wait for each other.
    let mut sums = [0.0; 8];
    let (eights, rest) = scores.as_chunks::<8>();
    for eight in eights {
        for (sum, score) in sums.iter_mut().zip(eight) {
            *sum += score;
        }
    }
    let all = sums.iter().chain(rest).sum::<f64>();
    let mean = all / scores.len() as f64;
    for (centred, score) in centred.iter_mut().zip(scores) {
        *centred = (score - mean) as f32;
    }
}

/// o_ic = scale · m_ic + intercept_c, with m_ic the score of document i for class c less the mean over its classes.
pub(super) struct Start {
    pub(super) scale: f64,
    pub(super) intercepts: Vec<f64>,
    /// documents × classes.
    pub(super) margins: Vec<f32>,
}

impl Start {
    /// From documents × classes, [centred](centre) scores: scale and intercepts with the lowest Σ_ic s_i (o_ic − y_ic)²,
    /// where y_ic is 1 for the document's own class and −1 for the others. The scale is not below 0: a model that is
    /// wrong more often than right is no start. None where a score is infinite or no number.
    pub(super) fn new(
        mut scores: Vec<f32>,
        targets: &[u32],
        weights: Option<&[f64]>,
        n_classes: usize,
    ) -> Option<Self> {
        let mut all = 0.0;
        let mut of_margins = vec![0.0; n_classes];
        let mut of_squares = vec![0.0; n_classes];
        // Over the documents of the class alone: their weights, and their margins for it.
        let (mut own, mut of_own) = (vec![0.0; n_classes], vec![0.0; n_classes]);
        let documents = scores.chunks_exact(n_classes).zip(targets);
        for (document, (scores, &class)) in documents.enumerate() {
            let weight = weights.map_or(1.0, |weights| weights[document]);
            let sums = of_margins.iter_mut().zip(&mut of_squares);
            for (&score, (of_margin, of_square)) in scores.iter().zip(sums) {
                let score = f64::from(score);
                *of_margin += weight * score;
                *of_square += weight * score * score;
            }
            all += weight;
            own[class as usize] += weight;
            of_own[class as usize] += weight * f64::from(scores[class as usize]);
        }
        if all == 0.0 || !of_squares.iter().all(|sum| sum.is_finite()) {
            return None;
        }
        let (mut covariance, mut variance) = (0.0, 0.0);
        for class in 0..n_classes {
            let of_targets = 2.0 * own[class] - all;
            covariance +=
                2.0 * of_own[class] - of_margins[class] - of_margins[class] * of_targets / all;
            variance += of_squares[class] - of_margins[class] * of_margins[class] / all;
        }
        let scale = match variance > 0.0 {
            true => (covariance / variance).max(0.0),
            false => 0.0,
        };
        let intercepts: Vec<f64> = (0..n_classes)
            .map(|class| (2.0 * own[class] - all - scale * of_margins[class]) / all)
            .collect();
        for scores in scores.chunks_exact_mut(n_classes) {
            for (score, intercept) in scores.iter_mut().zip(&intercepts) {
                *score = (scale * f64::from(*score) + intercept) as f32;
            }
        }
        Some(Self {
            scale,
            intercepts,
            margins: scores,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Σ_ic s_i (o_ic − y_ic)².
    fn loss(scores: &[[f64; 3]], targets: &[u32], weights: &[f64], scale: f64, b: &[f64]) -> f64 {
        let mut loss = 0.0;
        for ((scores, &class), weight) in scores.iter().zip(targets).zip(weights) {
            let mean = scores.iter().sum::<f64>() / 3.0;
            for (at, score) in scores.iter().enumerate() {
                let target = if at == class as usize { 1.0 } else { -1.0 };
                loss += weight * (scale * (score - mean) + b[at] - target).powi(2);
            }
        }
        loss
    }

    /// The scores of documents with three classes, centred.
    fn centred(scores: &[[f64; 3]]) -> Vec<f32> {
        let mut all = vec![0.0; scores.len() * 3];
        for (scores, centred) in scores.iter().zip(all.chunks_exact_mut(3)) {
            centre(scores, centred);
        }
        all
    }

    #[test]
    fn no_other_scale_and_intercepts_are_closer() {
        let scores = [
            [3.0, 1.0, 0.5],
            [1.0, 2.5, 2.0],
            [0.0, 0.2, 4.0],
            [2.0, 1.9, -1.0],
            [0.3, 1.0, 0.9],
        ];
        let (targets, weights) = ([0, 1, 2, 0, 2], [1.0, 2.0, 0.5, 1.0, 0.0]);
        let start = Start::new(centred(&scores), &targets, Some(&weights), 3).unwrap();
        let of = |scale: f64, b: &[f64]| loss(&scores, &targets, &weights, scale, b);
        let least = of(start.scale, &start.intercepts);
        for step in [-1e-3, 1e-3] {
            assert!(of(start.scale + step, &start.intercepts) > least);
            for class in 0..3 {
                let mut moved = start.intercepts.clone();
                moved[class] += step;
                assert!(of(start.scale, &moved) > least);
            }
        }
        let expected = start.scale * (3.0 - 1.5) + start.intercepts[0];
        assert!((f64::from(start.margins[0]) - expected).abs() < 1e-6);
    }

    #[test]
    fn scores_that_tell_nothing() {
        let wrong = Start::new(vec![-0.5, 0.5, 0.5, -0.5], &[0, 1], None, 2).unwrap();
        assert_eq!(wrong.scale.to_bits(), 0);
        let same = Start::new(vec![0.0; 4], &[0, 1], None, 2).unwrap();
        assert_eq!(same.scale.to_bits(), 0);
        let ruled_out = centred(&[[0.0, f64::NEG_INFINITY, 1.0]]);
        assert!(Start::new(ruled_out, &[0], None, 3).is_none());
        assert!(Start::new(vec![-0.5, 0.5], &[0], Some(&[0.0]), 2).is_none());
    }
}
