//! Goes from texts to labels through linfa's traits, and hands the sparse rows to `sprs`. Needs the feature
//! `linfa`, which is on by default.
//!
//! ```sh
//! cargo run --release -p slugline --example linfa
//! ```

use linfa::{
    DatasetBase,
    traits::{Fit, Predict, Transformer},
};
use ndarray::{Array1, array};
use slugline::{NaiveBayes, Result, Rows, Vectorizer, linfa::LabelledNaiveBayes};
use sprs::CsMat;

fn main() -> Result<()> {
    let texts = array![
        "wolves and bears in the forest",
        "sails and anchors of the old ships",
        "a bear in the forest",
        "the ships set their sails",
    ]
    .mapv(str::to_owned);
    let labels = array!["animals", "ships", "animals", "ships"].mapv(str::to_owned);
    let documents = DatasetBase::new(texts, labels);

    // Texts → TF-IDF rows → model, each step by its trait.
    let vectorizer = Fit::fit(&Vectorizer::params(), &documents)?;
    let rows: DatasetBase<Rows<f64>, _> = Transformer::transform(&vectorizer, documents)?;
    let model: LabelledNaiveBayes<String> = Fit::fit(&NaiveBayes::complement().alpha(0.3), &rows)?;

    let unseen = array!["a forest without bears", "sails without anchors"].mapv(str::to_owned);
    let unseen: DatasetBase<Rows<f64>, _> =
        Transformer::transform(&vectorizer, DatasetBase::from(unseen))?;
    let predicted: Array1<String> = model.predict(&unseen);
    println!("{}", predicted.to_vec().join(" "));

    let matrix: CsMat<f64> = unseen.records.into();
    println!(
        "{} × {}, {} values",
        matrix.rows(),
        matrix.cols(),
        matrix.nnz()
    );
    Ok(())
}
