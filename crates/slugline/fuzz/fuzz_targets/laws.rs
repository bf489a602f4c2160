//! Documents that are added, merged and forgotten in any order: the model is that of a fit on those that are left, to
//! the last bit.
#![no_main]

use arbitrary::{Result, Unstructured};
use libfuzzer_sys::fuzz_target;
use slugline::{
    Error, Examples, IdfOrder, Model, Norm, Scratch, TextClassifier, TextClassifierParams,
};
use slugline_fuzz::{
    documents::{Document, documents},
    init,
};

fuzz_target!(init: init(), |data: &[u8]| {
    // An input that ends early is a shorter sequence.
    let _ = sequence(&mut Unstructured::new(data));
});

fn sequence(u: &mut Unstructured<'_>) -> Result<()> {
    let params = params(u)?;
    let mut held = documents(u, 6)?;
    let Some(mut model) = fit(&params, &held) else {
        return Ok(());
    };
    let mut forgot = false;
    let mut steps = Vec::new();
    // Most sequences are short, so that there are many of them.
    let most = if u.ratio(1, 8)? { 20 } else { 4 };
    while !u.is_empty() && steps.len() < most {
        let changed = match u.int_in_range(0..=9)? {
            0..=2 => {
                let more = documents(u, 4)?;
                steps.push(format!("add {more:?}"));
                let added = with_examples(&more, |examples| model.partial_fit(examples));
                added.inspect(|_| held.extend(more))
            }
            3..=5 => {
                let more = documents(u, 4)?;
                steps.push(format!("merge {more:?}"));
                let Some(other) = fit(&params, &more) else {
                    continue;
                };
                let merged = match u.arbitrary()? {
                    true => model.merge(&other).ok(),
                    false => other.merge(&model).ok(),
                };
                merged.inspect(|_| held.extend(more))
            }
            6..=8 => {
                // One document at least stays.
                let n = u.int_in_range(0..=held.len() - 1)?;
                let from = u.int_in_range(0..=held.len() - n)?;
                if n == 0 {
                    continue;
                }
                let gone: Vec<Document> = held.drain(from..from + n).collect();
                steps.push(format!("forget {gone:?}"));
                let left = with_examples(&gone, |examples| {
                    let left = model.forget(examples);
                    let is_refused = matches!(left, Err(Error::NotLearned(_)));
                    assert!(
                        !is_refused,
                        "{:?}\n{params:?}\n{steps:#?}\nheld: {held:#?}",
                        left.err()
                    );
                    left
                });
                match left {
                    Some(left) => {
                        forgot = true;
                        Some(left)
                    }
                    None => {
                        held.extend(gone);
                        None
                    }
                }
            }
            // Seldom: it takes longer than all else.
            _ => {
                let bytes = model.to_bytes().expect("bytes");
                Some(TextClassifier::from_bytes(&bytes).expect("a file of ours"))
            }
        };
        model = changed.unwrap_or(model);
    }
    let Some(all) = fit(&params, &held) else {
        return Ok(());
    };
    // Labels stay when their last document is forgotten; a fit does not know them.
    if forgot && all.labels() != model.labels() {
        return Ok(());
    }
    let same = model.to_bytes().expect("bytes") == all.to_bytes().expect("bytes");
    assert!(same, "{params:?}\n{steps:#?}\nheld: {held:#?}");
    let mut scratch = Scratch::default();
    for document in held.iter().take(2) {
        let label = model.classify_with(&mut scratch, &document.text).label();
        assert_eq!(
            model.predict(&[&document.text]).expect("one thread"),
            [label]
        );
    }
    Ok(())
}

fn params(u: &mut Unstructured<'_>) -> Result<TextClassifierParams> {
    let model = u.choose(&[
        Model::Multinomial,
        Model::Complement { norm: false },
        Model::Complement { norm: true },
        Model::Bernoulli {
            binarize: Some(0.0),
        },
    ])?;
    Ok(TextClassifier::params()
        .model(*model)
        .alpha(*u.choose(&[1.0, 0.3])?)
        .idf_order(IdfOrder::AfterNorm)
        .norm(*u.choose(&[None, Some(Norm::L1), Some(Norm::L2)])?)
        .sublinear_tf(u.arbitrary()?)
        .use_idf(u.arbitrary()?)
        .ngram_range(1, u.int_in_range(1..=2)?)
        .min_df(u64::from(u.int_in_range(1..=2_u8)?))
        .background(u.ratio(1, 4)?.then(|| "t".to_owned()))
        .threads(1))
}

/// The model of documents; none where there is none (every document has weight 0, or no term is left).
fn fit(params: &TextClassifierParams, documents: &[Document]) -> Option<TextClassifier> {
    with_examples(documents, |examples| params.fit(examples))
}

fn with_examples<T>(
    documents: &[Document],
    work: impl FnOnce(&Examples<'_, &str>) -> slugline::Result<T>,
) -> Option<T> {
    let texts: Vec<&str> = documents
        .iter()
        .map(|document| document.text.as_str())
        .collect();
    let labels: Vec<&str> = documents.iter().map(|document| document.label).collect();
    let weights: Vec<f64> = documents.iter().map(|document| document.weight).collect();
    let examples = Examples::new(&texts, &labels).expect("equal lengths");
    work(&examples.with_weights(&weights).ok()?).ok()
}
