//! Adds documents to a model, takes one out again, and merges models that were trained apart. Every result
//! is the model that training anew would give, byte for byte.
//!
//! ```sh
//! cargo run --release -p slugline --example update_and_forget
//! ```

use slugline::{Examples, IdfOrder, Result, TextClassifier};

fn main() -> Result<()> {
    let texts = [
        "Flour, butter and sugar make a good cake.",
        "Dig the bed and sow the beans in rows.",
        "Bake the bread until the crust is brown.",
        "Water the roses and cut them in autumn.",
        "Plant beans beside roses, and water them.",
    ];
    let labels = ["kitchen", "garden", "kitchen", "garden", "garden"];
    // With idf after the norm, what a document adds to the sums depends on that document alone.
    let params = TextClassifier::params().idf_order(IdfOrder::AfterNorm);
    let all = params.fit(&Examples::new(&texts, &labels)?)?;

    let monday = params.fit(&Examples::new(&texts[..3], &labels[..3])?)?;
    let updated = monday.partial_fit(&Examples::new(&texts[3..], &labels[3..])?)?;
    println!(
        "updated equals trained: {}",
        updated.to_bytes()? == all.to_bytes()?
    );

    let forgot = all.forget(&Examples::new(&texts[4..], &labels[4..])?)?;
    let never_seen = params.fit(&Examples::new(&texts[..4], &labels[..4])?)?;
    println!(
        "forgot equals never seen: {}",
        forgot.to_bytes()? == never_seen.to_bytes()?
    );

    let tuesday = params.fit(&Examples::new(&texts[3..], &labels[3..])?)?;
    let merged = monday.merge(&tuesday)?;
    println!(
        "merged equals trained: {}",
        merged.to_bytes()? == all.to_bytes()?
    );

    // A document that the model cannot have seen is refused.
    let refused = all.forget(&Examples::new(&["An unknown text."], &["garden"])?);
    println!("refused: {}", refused.is_err());
    Ok(())
}
