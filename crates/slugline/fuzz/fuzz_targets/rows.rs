//! Matrices of odd numbers: errors or probabilities, never a panic.
#![no_main]

use arbitrary::{Result, Unstructured};
use libfuzzer_sys::fuzz_target;
use slugline::{
    IdfOrder, Model, NaiveBayes, NaiveBayesParams, Norm, Refine, Rows, Tfidf, TfidfParams,
};
use slugline_fuzz::init;

/// Classes of a fit.
const CLASSES: usize = 3;

fuzz_target!(init: init(), |data: &[u8]| {
    // An input that ends early is a shorter case.
    let _ = case(&mut Unstructured::new(data));
});

fn case(u: &mut Unstructured<'_>) -> Result<()> {
    let columns = u.int_in_range(0..=5)?;
    let params = params(u, columns)?;
    let Some(rows) = matrix(u, columns)? else {
        return Ok(());
    };
    check_tfidf(u, &rows)?;
    let targets = (0..rows.n_rows()).map(|_| u.int_in_range(0..=CLASSES));
    let mut targets = targets.collect::<Result<Vec<usize>>>()?;
    // One beyond the classes now and then.
    if !u.ratio(1, 16)? {
        targets
            .iter_mut()
            .for_each(|target| *target = (*target).min(CLASSES - 1));
    }
    let weights = match u.arbitrary()? {
        true => Some(
            (0..rows.n_rows())
                .map(|_| number(u))
                .collect::<Result<Vec<f64>>>()?,
        ),
        false => None,
    };
    if u.ratio(1, 8)? {
        check_refined(&params, &rows, &targets, weights.as_deref());
    }
    let Ok(model) = params.fit_weighted(&rows, &targets, CLASSES, weights.as_deref()) else {
        return Ok(());
    };
    let _ = (model.feature_count(), model.class_log_prior());
    check_model(&model, &rows);
    let Some(more) = matrix(u, columns)? else {
        return Ok(());
    };
    check_model(&model, &more);
    let classes = vec![0; more.n_rows()];
    if let Ok(both) = model.partial_fit(&more, &classes, None) {
        check_model(&both, &rows);
    }
    if let Ok(second) = params.fit(&more, &classes, CLASSES)
        && let Ok(merged) = model.merge(&second)
    {
        check_model(&merged, &more);
    }
    Ok(())
}

fn params(u: &mut Unstructured<'_>, columns: usize) -> Result<NaiveBayesParams> {
    let model = *u.choose(&[
        Model::Multinomial,
        Model::Complement { norm: false },
        Model::Complement { norm: true },
        Model::Bernoulli {
            binarize: Some(0.0),
        },
        Model::Bernoulli {
            binarize: Some(1.5),
        },
        Model::Bernoulli { binarize: None },
    ])?;
    let mut params = NaiveBayesParams::new(model).fit_prior(u.arbitrary()?);
    params = match u.int_in_range(0..=3)? {
        0 => params.alpha(number(u)?),
        1 => params.alpha(
            (0..columns)
                .map(|_| number(u))
                .collect::<Result<Vec<f64>>>()?,
        ),
        _ => params,
    };
    if u.ratio(1, 4)? {
        params = params.class_prior([number(u)?, number(u)?, number(u)?]);
    }
    Ok(params
        .force_alpha(u.arbitrary()?)
        .level_class_sums(u.ratio(1, 8)?))
}

/// A number: mostly a small count, else one at the limits.
fn number(u: &mut Unstructured<'_>) -> Result<f64> {
    const ODD: [f64; 16] = [
        0.0,
        -0.0,
        1.0,
        2.0,
        0.5,
        3.0,
        -1.0,
        f64::NAN,
        f64::INFINITY,
        f64::NEG_INFINITY,
        f64::MIN_POSITIVE,
        5e-324,
        1e-300,
        1e300,
        f64::MAX,
        1e16,
    ];
    match u.int_in_range(0..=7)? {
        0 => u.arbitrary(),
        1 | 2 => u.choose(&ODD).copied(),
        _ => Ok(f64::from(u.int_in_range(0..=9_u8)?)),
    }
}

/// A matrix; none where its parts contradict each other and are refused.
fn matrix(u: &mut Unstructured<'_>, columns: usize) -> Result<Option<Rows<f64>>> {
    let (mut indptr, mut indices, mut data) = (vec![0], Vec::new(), Vec::new());
    for _ in 0..u.int_in_range(0..=6)? {
        let stored = u.arbitrary::<u8>()?;
        for column in (0..columns).filter(|column| stored >> column & 1 == 1) {
            indices.push(column as u32);
            data.push(number(u)?);
        }
        indptr.push(indices.len());
    }
    if u.ratio(1, 16)? && !indices.is_empty() {
        // A column twice, out of order or out of range; a start beyond the end.
        let at = u.choose_index(indices.len())?;
        indices[at] = u.arbitrary()?;
        let at = u.choose_index(indptr.len())?;
        indptr[at] = u.arbitrary()?;
    }
    Ok(Rows::new(columns, indptr, indices, data).ok())
}

fn check_tfidf(u: &mut Unstructured<'_>, rows: &Rows<f64>) -> Result<()> {
    let params = TfidfParams::default()
        .norm(*u.choose(&[None, Some(Norm::L1), Some(Norm::L2)])?)
        .use_idf(u.arbitrary()?)
        .smooth_idf(u.arbitrary()?)
        .sublinear_tf(u.arbitrary()?)
        .idf_order(*u.choose(&[IdfOrder::BeforeNorm, IdfOrder::AfterNorm])?);
    let tfidf = Tfidf::fit(params, rows);
    assert!(tfidf.idf().iter().all(|idf| idf.is_finite()));
    let weighed = tfidf
        .transform(rows.clone())
        .expect("the columns of the fit");
    // Of counts whose squares are finite, the weights are.
    let (_, _, counts) = rows.parts();
    if counts.iter().all(|count| (1.0..1e100).contains(count)) {
        let (_, _, weights) = weighed.parts();
        assert!(
            weights.iter().all(|weight| weight.is_finite()),
            "{params:?}"
        );
    }
    Ok(())
}

fn check_refined(
    params: &NaiveBayesParams,
    rows: &Rows<f64>,
    targets: &[usize],
    weights: Option<&[f64]>,
) {
    let refine = Refine::default().max_iter(3);
    if let Ok(model) = params.fit_refined(refine, rows, targets, CLASSES, weights, 1) {
        assert!(model.coef().iter().all(|weight| weight.is_finite()));
        assert!(
            model
                .predict(rows)
                .is_ok_and(|classes| classes.len() == rows.n_rows())
        );
    }
}

/// Scores are numbers; probabilities are, too, wherever some class is possible.
fn check_model(model: &NaiveBayes, rows: &Rows<f64>) {
    let Ok(scores) = model.joint_log_likelihood(rows) else {
        return;
    };
    let probabilities = model.predict_proba(rows).expect("as the scores");
    let classes = model.predict(rows).expect("as the scores");
    assert!(classes.iter().all(|&class| class < CLASSES));
    for (scores, row) in scores.rows().into_iter().zip(probabilities.rows()) {
        if scores.iter().all(|score| score.is_finite()) {
            assert!((row.sum() - 1.0).abs() < 1e-9, "{row} of {scores}");
        }
    }
}
