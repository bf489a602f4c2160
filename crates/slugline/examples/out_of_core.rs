//! Trains on batches that come one after the other, in bounded memory: the texts need not fit into it. The
//! model has the same bits as one that was trained on all texts at once.
//!
//! ```sh
//! cargo run --release -p slugline --example out_of_core
//! ```

use slugline::{Examples, Memory, Result, TextClassifier, TrainerOptions};

/// A batch of made-up documents, as it might come from a file or a database.
fn batch(number: usize) -> (Vec<String>, Vec<&'static str>) {
    const TOPICS: [(&str, [&str; 4]); 2] = [
        ("rail", ["train", "station", "track", "signal"]),
        ("air", ["plane", "airport", "runway", "pilot"]),
    ];
    (0..100)
        .map(|document| {
            let (label, words) = TOPICS[document % 2];
            let (one, other) = (
                words[(number + document) % 4],
                words[(number + document / 2) % 4],
            );
            (
                format!("the {one} and the {other} in report{number}x{document}"),
                label,
            )
        })
        .unzip()
}

fn main() -> Result<()> {
    let options = TrainerOptions::default().memory("16M".parse::<Memory>()?);
    let mut trainer = TextClassifier::params().trainer(&options)?;
    for number in 0..50 {
        let (texts, labels) = batch(number);
        trainer.add(&Examples::new(&texts, &labels)?)?;
    }
    let trained = trainer.finish()?;
    println!("{} documents", trained.model.n_documents());
    println!("{} terms left out for want of memory", trained.pruned_terms);

    let (texts, labels): (Vec<_>, Vec<_>) = (0..50).map(batch).unzip();
    let (texts, labels) = (texts.concat(), labels.concat());
    let at_once = TextClassifier::params().fit(&Examples::new(&texts, &labels)?)?;
    println!(
        "same bits: {}",
        trained.model.to_bytes()? == at_once.to_bytes()?
    );
    println!(
        "{}",
        trained
            .model
            .classify("a plane at the station of the airport")
            .label()
    );
    Ok(())
}
