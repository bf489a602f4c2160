//! Tells which terms of a text argued for its label and against it, where they stand in the text, and
//! which terms speak most for a label in general.
//!
//! ```sh
//! cargo run --release -p slugline --example explain
//! ```

use slugline::{Examples, Language, Result, StopWords, TextClassifier};

fn main() -> Result<()> {
    let texts = [
        "The orchestra played a symphony, and the choir sang.",
        "A pianist opened the festival with two sonatas.",
        "The gallery shows paintings and drawings of the harbour.",
        "Her paintings of the festival hang in the museum.",
    ];
    let examples = Examples::new(&texts, &["music", "music", "art", "art"])?;
    let model = TextClassifier::params()
        .stop_words(StopWords::Language("english".into()))
        .stemmer(Language::English)
        .fit(&examples)?;

    let text = "The museum shows a painting of a choir at the festival.";
    let explanation = model.explain(text);
    println!("{}, score {:.3}", explanation.label, explanation.score);
    println!("  {:+.3} bias", explanation.bias);
    for reason in &explanation.reasons {
        // Terms are stems; the spans lead back to the words of the text.
        let words: Vec<&str> = reason
            .spans
            .iter()
            .map(|span| &text[span.clone()])
            .collect();
        println!(
            "  {:+.3} {} ({})",
            reason.contribution,
            reason.term,
            words.join(", ")
        );
    }

    for (term, strength) in model.top_terms("music", 3)? {
        println!("music: {term} {strength:.3}");
    }
    Ok(())
}
