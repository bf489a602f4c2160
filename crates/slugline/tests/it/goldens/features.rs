//! Vocabulary, counts, TF-IDF and hashed rows.

use serde_json::Value;
use slugline::{
    DocumentFrequency, Norm, TfidfParams, Vectorizer, VectorizerParams,
    hashing::{HashingParams, HashingVectorizer, murmur3},
};

use super::common::{
    analyzer_params, assert_close, assert_rows, chosen, golden, numbers, strings, texts,
};

fn document_frequency(value: &Value) -> DocumentFrequency {
    match value.as_u64() {
        Some(count) => DocumentFrequency::Count(count),
        None => DocumentFrequency::Fraction(value.as_f64().unwrap()),
    }
}

fn norm(value: &Value) -> Option<Norm> {
    value.as_str().map(|name| name.parse().unwrap())
}

/// scikit-learn checks these when it is called, slugline by its types.
fn is_out_of_range(params: &Value) -> bool {
    let negative = |name: &str| params[name].as_i64().is_some_and(|df| df < 0);
    // A whole 0 is refused there; here it means "in at least, or at most, 0 documents".
    let zero = |name: &str| params[name].as_u64() == Some(0);
    negative("min_df")
        || negative("max_df")
        || zero("min_df")
        || zero("max_df")
        || params["max_features"].as_i64().is_some_and(|n| n < 1)
        || params["ngram_range"][0].as_i64() < Some(1)
}

fn vectorizer_params(params: &Value) -> VectorizerParams {
    let mut all = Vectorizer::count_params().threads(1);
    all.text = analyzer_params(params);
    all.pruning.min_df = document_frequency(&params["min_df"]);
    all.pruning.max_df = document_frequency(&params["max_df"]);
    all.pruning.max_features = params["max_features"].as_u64().map(|n| n as usize);
    all.vocabulary = (!params["vocabulary"].is_null()).then(|| strings(&params["vocabulary"]));
    all.binary = params["binary"].as_bool().unwrap();
    if params.get("norm").is_some() {
        all.tfidf = TfidfParams::default()
            .norm(norm(&params["norm"]))
            .use_idf(params["use_idf"].as_bool().unwrap())
            .smooth_idf(params["smooth_idf"].as_bool().unwrap())
            .sublinear_tf(params["sublinear_tf"].as_bool().unwrap());
    }
    all
}

fn check(file: &str, tolerance: f64) {
    let texts = texts();
    let golden = golden(file);
    let (mut compared, mut refused) = (0, 0);
    for case in golden["cases"].as_array().unwrap() {
        let params = &case["params"];
        if params.get("n_features").is_some()
            || (case["error"].is_string() && is_out_of_range(params))
        {
            continue;
        }
        let fit = chosen(&texts, &case["fit"]);
        let result = vectorizer_params(params).fit_transform(&fit);
        if let Some(error) = case["error"].as_str() {
            // Differs from scikit-learn: no idf is infinite (`TfidfParams::idf`).
            // No rows are made of no texts; scikit-learn's TF-IDF refuses that.
            if !error.contains("infinity") && !error.contains("0 sample(s)") {
                assert!(result.is_err(), "{params}: expected {error}");
                refused += 1;
            }
            continue;
        }
        let (vectorizer, rows) = result.unwrap_or_else(|error| panic!("{params}: {error}"));
        let terms: Vec<&str> = vectorizer.vocabulary().iter().collect();
        let ties = &case["ties"];
        if ties["stable"].as_bool() == Some(false) {
            assert_eq!(terms, strings(&ties["stable_vocabulary"]), "{params}");
            continue;
        }
        assert_eq!(terms, strings(&case["vocabulary"]), "{params}");
        if case["idf"].is_array() {
            let expected = numbers(&case["idf"]);
            for (&actual, &expected) in vectorizer.tfidf().idf().iter().zip(&expected) {
                if expected.is_finite() {
                    assert_close(actual, expected, 1e-12, "idf");
                }
            }
            if expected.iter().any(|idf| idf.is_infinite()) {
                continue;
            }
        }
        assert_rows(&rows, &case["fit_rows"], tolerance, &params.to_string());
        let rows = vectorizer
            .transform(&chosen(&texts, &case["transform"]))
            .unwrap();
        assert_rows(
            &rows,
            &case["transform_rows"],
            tolerance,
            &params.to_string(),
        );
        compared += 1;
    }
    println!("{file}: {compared} cases compared, {refused} refused alike");
    assert!(compared > 40);
}

#[test]
fn counts_are_scikit_learns() {
    check("counts.json", 0.0);
}

#[test]
fn tfidf_is_scikit_learns() {
    check("tfidf.json", 1e-12);
}

#[test]
fn hashed_rows_are_scikit_learns() {
    let texts = texts();
    let golden = golden("hashing.json");
    for case in golden["murmur"].as_array().unwrap() {
        let term = case["term"].as_str().unwrap();
        assert_eq!(
            i64::from(murmur3(term.as_bytes())),
            case["hash"].as_i64().unwrap(),
            "{term:?}"
        );
    }
    for case in golden["cases"].as_array().unwrap() {
        let params = &case["params"];
        let vectorizer = HashingVectorizer::new(
            HashingParams::default()
                .analyzer(analyzer_params(params))
                .n_features(params["n_features"].as_u64().unwrap() as usize)
                .alternate_sign(params["alternate_sign"].as_bool().unwrap())
                .binary(params["binary"].as_bool().unwrap())
                .norm(norm(&params["norm"]))
                .threads(2),
        );
        if case["error"].is_string() {
            assert!(vectorizer.is_err(), "{params}");
            continue;
        }
        let rows = vectorizer
            .unwrap()
            .transform(&chosen(&texts, &case["transform"]))
            .unwrap();
        assert_rows(&rows, &case["rows"], 1e-12, &params.to_string());
    }
}
