//! Refinement against the plain way, scikit-learn's numbers, and itself on other numbers of threads.

use proptest::prelude::*;
use serde_json::Value;

use super::{order::Random, *};
use crate::{
    naive_bayes::{
        ClassRows, Evidence, NaiveBayesParams, derive, linear::SPARSE, params::Model,
        weighing::MANY_CLASSES,
    },
    util::pool::with_threads,
};

/// The corrections of weights and intercepts, class by class and term by term, as the formulas stand; `in_groups`:
/// documents pass over groups of classes.
fn plain(problem: &Problem<'_>, settings: Refine, in_groups: bool) -> (Vec<f32>, Vec<f32>) {
    let (k, terms) = (problem.n_classes, problem.rows.n_columns());
    let beta = problem.intercept_scaling;
    let n = problem.rows.n_rows();
    let mut all = (vec![0.0_f32; terms * k], vec![0.0_f32; k]);
    let mut duals = vec![0.0_f32; n * k];
    for first in (0..k).step_by(descent::GROUP) {
        let group = first..(first + descent::GROUP).min(k);
        let mut active = vec![true; n];
        let weight = |document: u32| problem.weights.map_or(1.0, |all| all[document as usize]);
        let mut order: Vec<u32> = (0..n as u32).collect();
        order.retain(|&document| weight(document) > 0.0);
        let mut random = Random::new(descent::SEED);
        for number in 0..settings.max_iter {
            random.shuffle(&mut order);
            let of_all = !in_groups || number % descent::ALL_GROUPS_EVERY == 0;
            for &document in &order {
                let at = document as usize;
                if !of_all && !active[at] {
                    continue;
                }
                let (columns, values) = problem.rows.row(at);
                let slack = (0.5 / (settings.c * weight(document))) as f32;
                let length: f32 = values.iter().map(|value| value * value).sum();
                for class in group.clone() {
                    let dual = &mut duals[at * k + class];
                    let own = problem.targets[at] as usize == class;
                    let sign = if own { 1.0 } else { -1.0 };
                    let mut score = problem.margins[at * k + class] + beta * all.1[class];
                    for (&column, value) in columns.iter().zip(values) {
                        score += value * all.0[column as usize * k + class];
                    }
                    let slope = sign * score - 1.0 + slack * *dual;
                    let size = 1.0 / (length + beta * beta + slack);
                    let best = (*dual - slope * size).max(0.0);
                    let change = (best - *dual) * sign;
                    *dual = best;
                    all.1[class] += beta * change;
                    for (&column, value) in columns.iter().zip(values) {
                        all.0[column as usize * k + class] += value * change;
                    }
                }
                if of_all {
                    active[at] = duals[at * k..][group.clone()]
                        .iter()
                        .any(|&dual| dual > 0.0);
                }
            }
        }
    }
    all.1.iter_mut().for_each(|intercept| *intercept *= beta);
    all
}

/// All corrections as numbers of their own.
fn dense(corrections: &[Correction], terms: usize, k: usize) -> (Vec<f32>, Vec<f32>) {
    let mut weights = vec![0.0; terms * k];
    let mut intercepts = vec![0.0; k];
    for correction in corrections {
        for (term, weights) in weights.chunks_exact_mut(k).enumerate() {
            correction.add(term, 1.0, weights);
        }
        correction.add_intercepts(&mut intercepts);
    }
    let single = |values: Vec<f64>| values.into_iter().map(|value| value as f32).collect();
    (single(weights), single(intercepts))
}

fn bits(numbers: &[f32]) -> Vec<u32> {
    // Zero is zero, whichever sign a correction by the opposite leaves it with.
    numbers
        .iter()
        .map(|number| (number + 0.0).to_bits())
        .collect()
}

proptest! {
    #[test]
    fn bits_are_those_of_the_plain_way_for_any_number_of_threads(
        k in 2_usize..150,
        cells in prop::collection::vec(prop::option::weighted(0.4, 1_u8..20), 10..300),
        weighted in any::<bool>(),
        seed in any::<u32>(),
    ) {
        let number = |n: usize| (seed.wrapping_mul(n as u32 * 2 + 1) >> 8) as f32 / 16_777_216.0;
        let mut rows = Rows::empty(9);
        for cells in cells.chunks_exact(9) {
            rows.push_row(cells.iter().enumerate().filter_map(|(column, cell)| {
                cell.map(|cell| (column as u32, f32::from(cell) / 20.0))
            }));
        }
        let n = rows.n_rows();
        let targets: Vec<u32> = (0..n).map(|at| (number(at) * k as f32) as u32).collect();
        let weights: Vec<f64> = (0..n).map(|at| (number(at + n) * 3.0).floor().into()).collect();
        let mut margins: Vec<f32> = (0..n * k).map(|at| number(at + 7) * 2.0 - 1.5).collect();
        if k == 2 {
            margins.chunks_exact_mut(2).for_each(|pair| pair[0] = -pair[1]);
        }
        let problem = Problem {
            rows: &rows,
            targets: &targets,
            weights: weighted.then_some(weights.as_slice()),
            margins: &margins,
            n_classes: k,
            intercept_scaling: INTERCEPT_SCALING,
        };
        let settings = Refine { c: 0.7, max_iter: 6 };
        let expected = plain(&problem, settings, k >= MANY_CLASSES);
        for threads in [1, 2, 3, 8] {
            let found = with_threads("a refinement", threads, || problem.solve(settings)).unwrap();
            let found = dense(&found.unwrap(), 9, k);
            prop_assert_eq!(bits(&found.0), bits(&expected.0));
            prop_assert_eq!(bits(&found.1), bits(&expected.1));
        }
    }
}

/// Documents of 20 classes with 12 terms, and margins of which most are on the right side.
fn many_classes() -> (Rows<f32>, Vec<u32>, Vec<f32>) {
    let mut random = Random::new(3);
    let mut number = move || (random.next() >> 40) as f32 / 16_777_216.0;
    let mut rows = Rows::empty(12);
    let targets: Vec<u32> = (0..90).map(|at| at % 20).collect();
    let mut margins = Vec::new();
    for &class in &targets {
        rows.push_row((0..12).filter_map(|term| {
            let value = number();
            let own = term == class % 12;
            (own || value > 0.7).then_some((term, if own { 0.5 + value } else { value - 0.5 }))
        }));
        margins.extend((0..20).map(|at| {
            let margin = 1.3 - number();
            if at == class { margin } else { -margin }
        }));
    }
    (rows, targets, margins)
}

/// Groups are only put off: the lowest point is that of all of them.
#[test]
fn after_many_passes_groups_make_no_difference() {
    let (rows, targets, margins) = many_classes();
    let problem = Problem {
        rows: &rows,
        targets: &targets,
        weights: None,
        margins: &margins,
        n_classes: 20,
        intercept_scaling: INTERCEPT_SCALING,
    };
    let solved = |max_iter: usize| {
        let settings = Refine { c: 1.0, max_iter };
        let found = with_threads("a refinement", 1, || problem.solve(settings)).unwrap();
        dense(&found.unwrap(), 12, 20)
    };
    let few = Refine {
        c: 1.0,
        max_iter: 3,
    };
    assert_ne!(solved(3), plain(&problem, few, false));
    let many = Refine {
        max_iter: 2000,
        ..few
    };
    let (found, expected) = (solved(2000), plain(&problem, many, false));
    let pairs = found.0.iter().zip(&expected.0);
    for (found, expected) in pairs.chain(found.1.iter().zip(&expected.1)) {
        assert!((found - expected).abs() < 1e-4, "{found} {expected}");
    }
}

proptest! {
    /// Rows that are stored for few classes are the same ones.
    #[test]
    fn refined_rows_are_scaled_rows_and_corrections(
        k in 16_usize..90,
        known in prop::collection::vec(prop::option::weighted(0.08, 1_u8..9), 900),
        corrected in prop::collection::vec(prop::option::weighted(0.06, -9_i8..9), 1000),
    ) {
        let n = 900 / k;
        // The first term is known to all classes, the second is corrected for all.
        let count = |at: usize| known[at].map_or(if at < k { 1.0 } else { 0.0 }, f64::from);
        let counts: Vec<f64> = (0..n * k).map(count).collect();
        let evidence = Evidence {
            class_count: vec![2.0; k].into(),
            feature_count: ClassRows::from_dense(k, &counts),
        };
        let linear = derive(&NaiveBayesParams::new(Model::Complement { norm: false }), &evidence).unwrap();
        let number = |at: usize| corrected[at].map_or(if at / k == 1 { 0.5 } else { 0.0 }, |number| f32::from(number) / 8.0);
        let all: Vec<f32> = (0..n * k).map(number).collect();
        let edges = [0, k.min(64), k];
        let corrections: Vec<Correction> = edges.windows(2).filter(|edges| edges[0] < edges[1]).map(|edges| {
            let classes = edges[0]..edges[1];
            let rows: Vec<f32> = all.chunks_exact(k).flat_map(|row| row[classes.clone()].to_vec()).collect();
            Correction::new(classes.clone(), false, &rows, classes.len(), vec![0.25; classes.len()])
        }).collect();
        let start = Start { scale: 0.75, intercepts: vec![0.5; k], margins: Vec::new() };
        let refined = with_threads("a refinement", 2, || apply(&linear, &start, &corrections)).unwrap();
        for (row, (weights, added)) in linear.to_dense().chunks_exact(k).zip(all.chunks_exact(k)).enumerate() {
            let mean = weights.iter().sum::<f64>() / k as f64;
            let mut found = vec![0.0; k];
            refined.row(row).write(&mut found);
            for ((found, weight), added) in found.iter().zip(weights).zip(added) {
                let expected = 0.75 * (weight - mean) + f64::from(*added);
                prop_assert!((found - expected).abs() < 1e-12, "{found} {expected}");
            }
        }
        prop_assert!(refined.bias.iter().all(|&bias| (bias - 0.75).abs() < 1e-12));
        let sparse = refined.sparse.unwrap();
        prop_assert!(sparse.places[..2].iter().all(|place| place & SPARSE == 0));
        let stored = sparse.differences.values().len() + refined.dense.len();
        prop_assert!(stored < n * k || n < 4, "{stored}");
    }
}

/// Without margins, and with many passes, the correction is scikit-learn's `LinearSVC` (its version stands in the
/// file).
#[test]
fn without_a_start_it_is_a_linear_support_vector_machine() {
    let goldens = include_str!("../../../tests/goldens/refinement.json");
    let goldens: Value = serde_json::from_str(goldens).unwrap();
    let cases = goldens["cases"].as_array().unwrap();
    assert!(cases.len() >= 8, "{}", cases.len());
    for case in cases {
        let numbers =
            |name: &str| -> Vec<Vec<f64>> { serde_json::from_value(case[name].clone()).unwrap() };
        let x = numbers("x");
        let mut rows = Rows::empty(x[0].len());
        for row in &x {
            let cells = row.iter().enumerate().filter(|(_, value)| **value != 0.0);
            rows.push_row(cells.map(|(column, &value)| (column as u32, value as f32)));
        }
        let targets: Vec<u32> = serde_json::from_value(case["y"].clone()).unwrap();
        let weights: Option<Vec<f64>> =
            serde_json::from_value(case["sample_weight"].clone()).unwrap();
        let k = *targets.iter().max().unwrap() as usize + 1;
        let problem = Problem {
            rows: &rows,
            targets: &targets,
            weights: weights.as_deref(),
            margins: &vec![0.0; rows.n_rows() * k],
            n_classes: k,
            intercept_scaling: INTERCEPT_SCALING,
        };
        let settings = Refine {
            c: case["C"].as_f64().unwrap(),
            max_iter: 5000,
        };
        let corrections = with_threads("a refinement", 1, || problem.solve(settings)).unwrap();
        let (found, intercepts) = dense(&corrections.unwrap(), rows.n_columns(), k);
        let coef = numbers("coef");
        let expected: Vec<f64> = serde_json::from_value(case["intercept"].clone()).unwrap();
        // Of two classes scikit-learn has the weights of the second.
        let first = k - coef.len();
        assert_eq!((first, expected.len()), (usize::from(k == 2), coef.len()));
        let close = |found: f32, expected: f64| {
            let off = (f64::from(found) - expected).abs();
            assert!(
                off < 2e-5 * expected.abs().max(1.0),
                "{}: {found} {expected}",
                case["name"]
            );
        };
        for (class, coef) in (first..).zip(&coef) {
            close(intercepts[class], expected[class - first]);
            for (term, &weight) in coef.iter().enumerate() {
                close(found[term * k + class], weight);
            }
        }
    }
}

/// Four documents of three classes, and their model.
fn model(alpha: f64) -> (NaiveBayesParams, Evidence, Rows<f32>, [u32; 4]) {
    let counts = [
        [3.0, 0.0, 1.0, 0.0],
        [2.0, 1.0, 0.0, 0.0],
        [0.0, 4.0, 1.0, 1.0],
        [0.0, 0.0, 2.0, 3.0],
    ];
    let targets = [0, 0, 1, 2];
    let mut sums = vec![0.0; 12];
    let mut rows = Rows::empty(4);
    for (counts, &class) in counts.iter().zip(&targets) {
        for (term, count) in counts.iter().enumerate() {
            sums[term * 3 + class as usize] += count;
        }
        let cells = counts.iter().enumerate().filter(|(_, count)| **count > 0.0);
        rows.push_row(cells.map(|(term, &count)| (term as u32, count as f32)));
    }
    let evidence = Evidence {
        class_count: vec![2.0, 1.0, 1.0].into(),
        feature_count: ClassRows::from_dense(3, &sums),
    };
    (
        NaiveBayesParams::new(Model::Multinomial).alpha(alpha),
        evidence,
        rows,
        targets,
    )
}

#[test]
fn the_refined_model_is_the_scaled_one_and_the_correction() {
    let (params, evidence, rows, targets) = model(1.0);
    let linear = derive(&params, &evidence).unwrap();
    // The scores of the model itself stand in for those of leave-one-out.
    let mut scores = vec![0.0; 12];
    for (centred, (columns, values)) in scores.chunks_exact_mut(3).zip(rows.iter()) {
        let values: Vec<f64> = values.iter().map(|&value| value.into()).collect();
        let mut of_document = [0.0; 3];
        linear.scores_of(columns, &values, &mut of_document);
        centre(&of_document, centred);
    }
    let refined = |threads: usize, settings: Refine| {
        let documents = TrainingRows {
            rows: &rows,
            targets: &targets,
            weights: None,
            scores: scores.clone(),
        };
        with_threads("a refinement", threads, || {
            refine(settings, &linear, documents)
        })
        .unwrap()
        .unwrap()
    };
    let settings = Refine {
        c: 1.0,
        max_iter: 50,
    };
    let found = refined(1, settings);
    assert_eq!(found, refined(3, settings));
    // The margins of the refined model are those it started from and the corrections: with little weight on
    // mistakes there are hardly any.
    let start = Start::new(scores.clone(), &targets, None, 3).unwrap();
    let still = refined(
        1,
        Refine {
            c: 1e-6,
            max_iter: 1,
        },
    );
    for (row, (columns, values)) in rows.iter().enumerate() {
        let values: Vec<f64> = values.iter().map(|&value| value.into()).collect();
        let (mut before, mut after) = ([0.0; 3], [0.0; 3]);
        still.scores_of(columns, &values, &mut before);
        found.scores_of(columns, &values, &mut after);
        for class in 0..3 {
            assert!((before[class] - f64::from(start.margins[row * 3 + class])).abs() < 1e-4);
            let sign = if targets[row] as usize == class {
                1.0
            } else {
                -1.0
            };
            // Nobody is worse off in so small a set, and all are on the right side.
            assert!(sign * after[class] > 0.0, "{row} {class} {after:?}");
        }
    }
}

/// As the formula stands, fold by fold.
#[test]
fn held_out_scores_are_those_of_corrections_from_other_documents() {
    let (_, _, rows, targets) = model(1.0);
    let scores: Vec<f32> = (0..12_u8).map(|at| f32::from(at * 7 % 5)).collect();
    let weights = [1.0, 2.0, 1.0, 0.5];
    let settings = Refine {
        c: 1.0,
        max_iter: 9,
    };
    let documents = || TrainingRows {
        rows: &rows,
        targets: &targets,
        weights: Some(&weights),
        scores: scores.clone(),
    };
    let found = with_threads("a refinement", 2, || {
        held_out_scores(settings, 3, documents())
    })
    .unwrap()
    .unwrap();
    let start = Start::new(scores.clone(), &targets, Some(&weights), 3).unwrap();
    let mut corrected = 0;
    for document in 0..4 {
        let others: Vec<f64> = (0..4)
            .map(|at| {
                if at % FOLDS == document % FOLDS {
                    0.0
                } else {
                    weights[at]
                }
            })
            .collect();
        let problem = Problem {
            rows: &rows,
            targets: &targets,
            weights: Some(&others),
            margins: &start.margins,
            n_classes: 3,
            intercept_scaling: INTERCEPT_SCALING,
        };
        let (corrections, intercepts) = plain(&problem, settings, false);
        let (columns, values) = rows.row(document);
        for class in 0..3 {
            let margin = start.margins[document * 3 + class];
            let mut expected = f64::from(margin) + f64::from(intercepts[class]);
            for (&column, &value) in columns.iter().zip(values) {
                let weight = corrections[column as usize * 3 + class];
                expected += f64::from(value) * f64::from(weight);
            }
            assert!((found[document * 3 + class] - expected).abs() < 1e-9);
            corrected += usize::from((expected - f64::from(margin)).abs() > 1e-3);
        }
    }
    assert!(corrected > 6, "{corrected}");
}

#[test]
fn models_that_rule_classes_out_and_settings_out_of_range_are_refused() {
    let (params, evidence, rows, targets) = model(0.0);
    let linear = derive(&params, &evidence).unwrap();
    let refused = |settings: Refine, scores: Vec<f32>| {
        let documents = TrainingRows {
            rows: &rows,
            targets: &targets,
            weights: None,
            scores,
        };
        let error =
            with_threads("a refinement", 1, || refine(settings, &linear, documents)).unwrap();
        error.unwrap_err().to_string()
    };
    let plain = Refine::default();
    assert!(refused(plain, vec![0.0; 12]).starts_with("alpha is 0"));
    assert!(refused(plain, vec![f32::NAN; 12]).starts_with("alpha is 0"));
    for c in [0.0, -1.0, f64::NAN, f64::INFINITY, 1e7] {
        assert!(refused(Refine { c, ..plain }, vec![0.0; 12]).starts_with("C is "));
    }
    let none = Refine {
        max_iter: 0,
        ..plain
    };
    assert!(refused(none, vec![0.0; 12]).starts_with("max_iter is 0"));
}
