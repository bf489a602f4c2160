//! The same small task through linfa's own traits, and none of the faults of linfa-preprocessing
//! 0.8.1: an idf taken from the batch at hand, columns in hash order, dense rows only,
//! probabilities without log-sum-exp.

use linfa::{
    DatasetBase,
    traits::{Fit, FitWith, Predict, Transformer},
};
use ndarray::{Array1, array};
use slugline::{Error, NaiveBayes, Rows, TextClassifier, Vectorizer, linfa::LabelledNaiveBayes};
use sprs::CsMat;

use super::corpora;

fn dataset() -> DatasetBase<Array1<String>, Array1<String>> {
    let own = |texts: Vec<&str>| texts.into_iter().map(str::to_owned).collect();
    DatasetBase::new(
        Array1::from_vec(own(corpora::texts())),
        Array1::from_vec(own(corpora::labels())),
    )
}

#[test]
fn vectoriser_and_model_through_traits() -> Result<(), Error> {
    let vectorizer = Fit::fit(&Vectorizer::params(), &dataset())?;
    let rows: DatasetBase<Rows<f64>, _> = Transformer::transform(&vectorizer, dataset())?;
    let model: LabelledNaiveBayes<String> = Fit::fit(&NaiveBayes::multinomial(), &rows)?;
    let predicted: Array1<String> = model.predict(&rows);

    let (direct, direct_rows) = Vectorizer::params().fit_transform(&corpora::texts())?;
    assert_eq!(rows.records(), &direct_rows);
    let targets: Vec<usize> = corpora::labels()
        .iter()
        .map(|label| model.labels().iter().position(|own| own == label).unwrap())
        .collect();
    let expected = NaiveBayes::multinomial()
        .fit(&direct_rows, &targets, 3)?
        .predict(&direct_rows)?;
    let expected: Vec<&String> = expected
        .into_iter()
        .map(|class| &model.labels()[class])
        .collect();
    assert!(predicted.iter().eq(expected));

    // Columns in code-point order, and one document's row as in the batch.
    let terms: Vec<&str> = vectorizer.vocabulary().iter().collect();
    assert!(terms.is_sorted());
    let alone = array![dataset().records()[0].clone()];
    let one: Rows<f64> = Transformer::transform(&vectorizer, &alone)?;
    assert_eq!(one.row(0), direct_rows.row(0));
    assert_eq!(direct.vocabulary(), vectorizer.vocabulary());
    Ok(())
}

#[test]
fn classifier_through_traits() -> Result<(), Error> {
    let dataset = dataset();
    let model = Fit::fit(&TextClassifier::params(), &dataset)?;
    let predicted: Array1<String> = Predict::predict(&model, dataset.records());
    assert_eq!(
        predicted.to_vec(),
        corpora::fit(&TextClassifier::params()).predict(&corpora::texts())?
    );
    Ok(())
}

#[test]
fn incremental_fitting_and_weights() -> Result<(), Error> {
    let part = |rows: [[f64; 2]; 2], targets: [usize; 2]| {
        let rows = Rows::from_dense(&ndarray::arr2(&rows).view());
        DatasetBase::new(rows, Array1::from_vec(targets.to_vec()))
    };
    let (first, second) = (
        part([[2.0, 0.0], [0.0, 3.0]], [4, 9]),
        part([[1.0, 1.0], [0.0, 1.0]], [4, 9]),
    );
    let params = NaiveBayes::multinomial();
    let model = params.fit_with(None, &first)?;
    let model = params.fit_with(Some(model), &second)?;
    assert_eq!(model.labels(), [4, 9]);
    assert_eq!(
        model.model().feature_count(),
        array![[3.0, 1.0], [0.0, 4.0]]
    );

    let unknown = part([[1.0, 0.0], [1.0, 0.0]], [4, 5]);
    assert!(params.fit_with(Some(model), &unknown).is_err());

    let weighted = first.with_weights(array![1.0, 2.0]);
    let model = Fit::fit(&params, &weighted)?;
    assert_eq!(model.model().class_count(), array![1.0, 2.0]);
    Ok(())
}

#[test]
fn sparse_rows_to_sprs_and_back() -> Result<(), Error> {
    let (_, rows) = Vectorizer::params().fit_transform(&corpora::texts())?;
    let matrix = CsMat::from(rows.clone());
    assert_eq!(
        (matrix.rows(), matrix.cols()),
        (rows.n_rows(), rows.n_columns())
    );
    assert_eq!(matrix.to_dense(), rows.to_dense());
    assert_eq!(Rows::try_from(matrix.to_csc())?, rows);
    assert_eq!(Rows::try_from(matrix)?, rows);
    Ok(())
}

#[test]
fn probabilities_do_not_underflow() -> Result<(), Error> {
    let x = Rows::from_dense(&array![[1e6, 0.0], [0.0, 1e6]].view());
    let model = NaiveBayes::multinomial().fit(&x, &[0, 1], 2)?;
    let proba = model.predict_proba(&x)?;
    assert!((proba[[0, 0]] - 1.0).abs() < 1e-12 && (proba.row(1).sum() - 1.0).abs() < 1e-12);
    Ok(())
}
