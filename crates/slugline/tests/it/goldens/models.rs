//! Naive Bayes on small matrices.

use ndarray::Array2;
use serde_json::Value;
use slugline::{Alpha, Model, NaiveBayes, NaiveBayesParams, Result, Rows};

use super::common::{assert_close, golden, number, numbers};

fn matrix(value: &Value) -> Rows<f64> {
    let rows: Vec<Vec<f64>> = value.as_array().unwrap().iter().map(numbers).collect();
    let columns = rows.first().map_or(0, Vec::len);
    let dense = Array2::from_shape_vec((rows.len(), columns), rows.concat()).unwrap();
    Rows::from_dense(&dense.view())
}

fn params(case: &Value) -> NaiveBayesParams {
    let given = &case["params"];
    let mut params = match case["model"].as_str().unwrap() {
        "multinomial" => NaiveBayes::multinomial(),
        "complement" => NaiveBayes::complement(),
        _ => NaiveBayes::bernoulli(),
    };
    if let Some(norm) = given["norm"].as_bool() {
        params.model = Model::Complement { norm };
    }
    if let Some(binarize) = given.get("binarize") {
        params.model = Model::Bernoulli {
            binarize: (!binarize.is_null()).then(|| number(binarize)),
        };
    }
    match &given["alpha"] {
        Value::Null => {}
        Value::Array(_) => params.alpha = Alpha::PerFeature(numbers(&given["alpha"])),
        alpha => params.alpha = Alpha::Scalar(number(alpha)),
    }
    if let Some(force_alpha) = given["force_alpha"].as_bool() {
        params.force_alpha = force_alpha;
    }
    if let Some(fit_prior) = given["fit_prior"].as_bool() {
        params.fit_prior = fit_prior;
    }
    if given["class_prior"].is_array() {
        params.class_prior = Some(numbers(&given["class_prior"]));
    }
    params
}

fn targets(value: &Value) -> Vec<usize> {
    let ids = value.as_array().unwrap().iter();
    ids.map(|id| usize::try_from(id.as_i64().unwrap()).unwrap_or(usize::MAX))
        .collect()
}

/// Positions among the declared classes; without a declaration classes are 0, 1, 2 …
fn positions(ids: &[usize], classes: &Value) -> Vec<usize> {
    let Some(classes) = classes.as_array() else {
        return ids.to_vec();
    };
    let position = |id: &usize| {
        classes
            .iter()
            .position(|class| class.as_u64() == Some(*id as u64))
    };
    ids.iter()
        .map(|id| position(id).unwrap_or(usize::MAX))
        .collect()
}

fn weights(case: &Value) -> Option<Vec<f64>> {
    case["sample_weight"]
        .is_array()
        .then(|| numbers(&case["sample_weight"]))
}

/// Fits at once, or in chunks where the case has them.
fn fit(case: &Value) -> Result<NaiveBayes> {
    let (x, weights) = (matrix(&case["x"]), weights(case));
    let y = positions(&targets(&case["y"]), &case["classes"]);
    let n_classes = match &case["classes"] {
        Value::Array(classes) => classes.len(),
        _ => case["class_count"]
            .as_array()
            .map_or_else(|| y.iter().max().map_or(0, |id| id + 1), Vec::len),
    };
    let Some(chunks) = case["chunks"].as_array() else {
        return params(case).fit_weighted(&x, &y, n_classes, weights.as_deref());
    };
    let dense = x.to_dense();
    let mut model: Option<NaiveBayes> = None;
    let mut start = 0;
    for chunk in chunks {
        let end = start + chunk.as_u64().unwrap() as usize;
        let part = Rows::from_dense(&dense.slice(ndarray::s![start..end, ..]));
        let weights = weights.as_ref().map(|weights| &weights[start..end]);
        model = Some(match model {
            None => params(case).fit_weighted(&part, &y[start..end], n_classes, weights)?,
            Some(model) => model.partial_fit(&part, &y[start..end], weights)?,
        });
        start = end;
    }
    Ok(model.unwrap())
}

fn assert_matrix(actual: &Array2<f64>, expected: &Value, tolerance: f64, what: &str) {
    let expected: Vec<Vec<f64>> = expected.as_array().unwrap().iter().map(numbers).collect();
    assert_eq!(actual.nrows(), expected.len(), "{what}");
    for (actual, expected) in actual.rows().into_iter().zip(&expected) {
        for (&actual, &expected) in actual.iter().zip(expected) {
            match expected.is_nan() {
                true => assert!(actual.is_nan(), "{what}: {actual} instead of NaN"),
                false => assert_close(actual, expected, tolerance, what),
            }
        }
    }
}

fn has_nan(value: &Value) -> bool {
    value.to_string().contains("nan")
}

fn check(name: &str) -> usize {
    let golden = golden("naive_bayes.json");
    let cases = golden[name].as_array().unwrap();
    for case in cases {
        let what = &format!("{} {}", case["model"], case["params"]);
        let model = fit(case).unwrap_or_else(|error| panic!("{what}: {error}"));
        // ln(1 − exp(p)) loses its digits for p near 0, in scikit-learn too.
        let tiny = case["model"] == "bernoulli"
            && case["params"]["alpha"]
                .as_f64()
                .is_some_and(|alpha| alpha < 1e-6);
        let tolerance = if tiny { 1e-2 } else { 1e-9 };

        for (&actual, &expected) in model
            .class_count()
            .iter()
            .zip(&numbers(&case["class_count"]))
        {
            assert_close(actual, expected, 1e-12, what);
        }
        assert_matrix(
            &model.feature_count().to_owned(),
            &case["feature_count"],
            1e-12,
            what,
        );
        for (&actual, &expected) in model
            .class_log_prior()
            .iter()
            .zip(&numbers(&case["class_log_prior"]))
        {
            assert_close(actual, expected, 1e-12, what);
        }
        assert_matrix(
            &model.feature_log_prob(),
            &case["feature_log_prob"],
            tolerance,
            what,
        );
        let x = matrix(&case["x_test"]);
        let scores = model.joint_log_likelihood(&x).unwrap();
        assert_matrix(&scores, &case["joint_log_likelihood"], tolerance, what);
        let proba = model.predict_proba(&x).unwrap();
        // Where it has no probabilities it has labels all the same.
        let expected = positions(&targets(&case["predict"]), &case["classes"]);
        if !tiny || has_nan(&case["predict_proba"]) {
            assert_eq!(model.predict(&x).unwrap(), expected, "{what}");
        }
        if tiny {
            continue;
        }
        assert_matrix(&proba, &case["predict_proba"], 1e-9, what);
        let log_proba = model.predict_log_proba(&x).unwrap();
        let expected = case["predict_log_proba"].as_array().unwrap();
        for (actual, expected) in log_proba.rows().into_iter().zip(expected) {
            for (&actual, &expected) in actual.iter().zip(&numbers(expected)) {
                // Near 0 scikit-learn's own digits are lost: it subtracts two large numbers.
                assert!(
                    actual == expected
                        || actual.is_nan() && expected.is_nan()
                        || (actual - expected).abs() < 1e-9 * expected.abs().max(1.0)
                );
            }
        }
    }
    println!("{name}: {} cases", cases.len());
    cases.len()
}

#[test]
fn models_are_scikit_learns() {
    assert!(check("cases") > 100);
}

#[test]
fn partial_fit_is_scikit_learns() {
    assert!(check("partial") > 10);
}

#[test]
fn what_scikit_learn_refuses_is_refused() {
    let golden = golden("naive_bayes.json");
    let mut refused = 0;
    for case in golden["wrong"].as_array().unwrap() {
        let Some(error) = case["error"].as_str() else {
            continue;
        };
        // Not to be said in Rust: classes are always declared. Broken in scikit-learn: BernoulliNB
        // with alpha per feature. The length of `y` is compared in `Rows` of any shape.
        let other = ["classes must be passed", "broadcast", "y contains"];
        if other.iter().any(|text| error.contains(text)) || case["x"].to_string().contains("nan") {
            continue;
        }
        let result = fit(case).and_then(|model| model.predict(&matrix(&case["x_test"])));
        assert!(
            result.is_err(),
            "{} {}: expected {error}",
            case["model"],
            case["params"]
        );
        refused += 1;
    }
    println!("{refused} refused");
    assert!(refused > 30);
}
