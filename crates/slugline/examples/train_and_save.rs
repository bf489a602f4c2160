//! Trains a classifier on labelled texts, measures it by cross-validation, saves it as a model file and
//! opens the file again.
//!
//! ```sh
//! cargo run --release -p slugline --example train_and_save
//! ```

use slugline::{Examples, Result, TextClassifier, evaluate::cross_validate};

const DOCUMENTS: [(&str, &str); 8] = [
    ("sport", "The home team won the match in the last minute."),
    (
        "sport",
        "A late goal decided the match against the champions.",
    ),
    ("sport", "The runner won the race and broke the record."),
    (
        "sport",
        "Their goalkeeper saved the team in a goalless match.",
    ),
    ("weather", "Heavy rain and wind are expected in the north."),
    (
        "weather",
        "Snow fell in the hills, with frost and wind at night.",
    ),
    ("weather", "A dry day with sun in the north, rain later."),
    ("weather", "Fog in the morning, then sun and a light wind."),
];

fn main() -> Result<()> {
    let (labels, texts): (Vec<&str>, Vec<&str>) = DOCUMENTS.into_iter().unzip();
    let examples = Examples::new(&texts, &labels)?;
    let params = TextClassifier::params().sublinear_tf(true).alpha(0.3);

    // Every text is judged by a model that was trained on the other folds.
    let evaluation = cross_validate(&params, &examples, 4)?;
    println!("accuracy {:.2}", evaluation.accuracy());
    println!("macro F1 {:.2}", evaluation.macro_f1());

    let model = params.fit(&examples)?;
    let path = std::env::temp_dir().join(format!("slugline-{}.safetensors", std::process::id()));
    model.save(&path)?;
    let opened = TextClassifier::load(&path)?;
    std::fs::remove_file(&path).ok();

    let text = "Rain stopped the match.";
    assert_eq!(opened.to_bytes()?, model.to_bytes()?);
    for (label, probability) in opened.classify(text).top(2) {
        println!("{label} {probability:.3}");
    }
    Ok(())
}
