//! Files each of which broke something once.

use std::sync::PoisonError;

use super::{signed::with_header, *};

/// 20,000 terms and 200,000 labels in nine megabytes: no table of all terms and labels is made.
#[test]
fn many_terms_and_labels_in_a_small_file() {
    let _one = ONE.lock().unwrap_or_else(PoisonError::into_inner);
    watch();
    let texts: Vec<String> = (0..2000)
        .map(|at| {
            (0..10)
                .map(|n| format!("word{}", at * 10 + n))
                .collect::<Vec<_>>()
                .join(" ")
        })
        .collect();
    let labels: Vec<String> = (0..texts.len())
        .map(|at| format!("l{:07}", at % 40))
        .collect();
    for params in [
        TextClassifier::params().idf_order(IdfOrder::AfterNorm),
        TextClassifier::params()
            .naive_bayes(NaiveBayes::multinomial())
            .idf_order(IdfOrder::AfterNorm),
        TextClassifier::params().naive_bayes(NaiveBayes::bernoulli()),
    ] {
        let model = params.fit(&examples(&texts, &labels)).unwrap();
        let mut file = File::of(&model.to_bytes().unwrap()).with_labels(200_000);
        file.metadata["calibration"] =
            serde_json::json!({"temperature": 1.0, "by_length": true, "other_below": 0.1});
        let bytes = file.bytes();
        assert!(bytes.len() < 12_000_000, "{}", bytes.len());
        let mut faults = Vec::new();
        assert!(use_all("many", &bytes, &texts[..2], &mut faults));
        assert!(faults.is_empty(), "{faults:#?}");
    }
}

/// Terms that share a row of weights: each would be packed by itself.
#[test]
fn rows_that_many_terms_share_are_refused() {
    let _one = ONE.lock().unwrap_or_else(PoisonError::into_inner);
    let mut file = File::of(
        &many_labels(&TextClassifier::params(), 70)
            .to_bytes()
            .unwrap(),
    );
    let places = file.tensor("weights.places").unwrap();
    for place in places.data.chunks_exact_mut(4) {
        place.copy_from_slice(&(1_u32 << 31).to_le_bytes());
    }
    let error = TextClassifier::from_bytes(&file.bytes()).unwrap_err();
    assert!(error.to_string().contains("weights.places"), "{error}");
}

/// A range of n-grams without an end costs what the text has.
#[test]
fn ranges_of_ngrams_without_an_end() {
    let _one = ONE.lock().unwrap_or_else(PoisonError::into_inner);
    watch();
    let known = texts().join(" ");
    let words: Vec<&str> = known.split_whitespace().collect();
    let text: Vec<&str> = words.iter().copied().cycle().take(20_000).collect();
    let mut faults = Vec::new();
    for (name, unit) in [
        ("words", Unit::Word),
        ("char", Unit::Char),
        ("char_wb", Unit::CharWb),
    ] {
        let model = fit(&TextClassifier::params().analyzer(unit).ngram_range(1, 2));
        let mut file = File::of(&model.to_bytes().unwrap());
        file.metadata["params"]["features"]["analyzer"]["ngram_range"] =
            serde_json::json!([1, u64::MAX]);
        // Characters are more than words.
        let text = match unit {
            Unit::Word => text.join(" "),
            _ => text[..4000].join(" "),
        };
        let whole = text.replace(' ', "");
        for text in [text, whole] {
            assert!(use_all(name, &file.bytes(), &[text], &mut faults), "{name}");
        }
        // A caller's, too.
        let short: Vec<&str> = words.iter().copied().cycle().take(300).collect();
        let short = short.join(" ");
        let params = TextClassifier::params()
            .analyzer(unit)
            .ngram_range(1, usize::MAX);
        run(&format!("{name}: fit"), &mut faults, || {
            params
                .fit(&examples(&[short, "chip".into()], &["a", "b"]))
                .map(drop)
        });
    }
    assert!(faults.is_empty(), "{faults:#?}");
    for (min, max) in [(0, 1), (2, 1), (65, 65), (usize::MAX, usize::MAX)] {
        let error = TextClassifier::params()
            .ngram_range(min, max)
            .check()
            .unwrap_err();
        assert!(error.to_string().contains("ngram_range"), "{error}");
    }
}

/// A table of slots that was altered changes no answer.
#[test]
fn altered_slots_change_no_answer() {
    let _one = ONE.lock().unwrap_or_else(PoisonError::into_inner);
    let model = fit(&TextClassifier::params());
    let good = File::of(&model.to_bytes().unwrap());
    let many: Vec<&str> = texts().into_iter().cycle().take(2000).collect();
    for case in 0..4 {
        let mut file = good.clone();
        let slots = file.tensor("terms.slots").unwrap();
        let n = slots.data.len();
        match case {
            0 => slots.data.rotate_left(8),
            1 => slots.data.rotate_left(n / 2),
            2 => slots
                .data
                .chunks_exact_mut(16)
                .for_each(|pair| pair.rotate_left(8)),
            // The halves of the hashes alone.
            _ => slots.data.chunks_exact_mut(8).for_each(|slot| {
                if slot != [0xFF; 8] {
                    slot[4..].reverse();
                }
            }),
        }
        assert_ne!(file.bytes(), good.bytes());
        let read = TextClassifier::from_bytes(&file.bytes()).unwrap();
        assert_eq!(read.to_bytes().unwrap(), model.to_bytes().unwrap());
        for text in texts() {
            assert_eq!(read.classify(text), model.classify(text));
        }
        assert_eq!(read.predict(&many).unwrap(), model.predict(&many).unwrap());
    }
}

/// A term that comes twice would be found under one id by one table, and under the other by another.
#[test]
fn terms_that_come_twice_are_refused() {
    let _one = ONE.lock().unwrap_or_else(PoisonError::into_inner);
    for given in [["aa", "bb", "cc"], ["cc", "aa", "bb"]] {
        let model = TextClassifier::params().vocabulary(given);
        let model = model
            .fit(&examples(&["aa bb", "cc bb"], &["x", "y"]))
            .unwrap();
        let mut file = File::of(&model.to_bytes().unwrap());
        let bytes = file.tensor("terms.bytes").unwrap();
        bytes.data.copy_within(0..2, 4);
        let error = TextClassifier::from_bytes(&file.bytes()).unwrap_err();
        assert!(
            error.to_string().contains("at positions 0 and 2"),
            "{error}"
        );
    }
}

/// Counts that are too large for their sum: an error, no overflow.
#[test]
fn forged_counts_do_not_overflow() {
    let _one = ONE.lock().unwrap_or_else(PoisonError::into_inner);
    let model = fit(&TextClassifier::params().idf_order(IdfOrder::AfterNorm));
    let good = File::of(&model.to_bytes().unwrap());
    let with = |documents: u64, total: f64| {
        let mut file = good.clone();
        file.metadata["n_documents"] = documents.into();
        let df = file.tensor("df").unwrap();
        let n = df.data.len() / 8;
        df.set(1, vec![documents.to_le_bytes(); n]);
        file.tensor("total")
            .unwrap()
            .set(1, vec![total.to_le_bytes(); n]);
        TextClassifier::from_bytes(&file.bytes())
    };
    for documents in [(1 << 53) + 1, 1 << 63, u64::MAX] {
        let error = with(documents, 1.0).unwrap_err().to_string();
        assert!(error.contains("documents"), "{error}");
    }
    let most = with(1 << 53, 1.0).unwrap();
    let error = most.merge(&model).unwrap_err().to_string();
    assert!(error.contains("documents"), "{error}");
    assert!(most.partial_fit(&examples(&["chip"], &["policy"])).is_err());
    let large = with(1 << 52, 1e308).unwrap();
    let error = large.merge(&large).unwrap_err().to_string();
    assert!(error.contains("beyond the largest number"), "{error}");
}

/// A key that comes twice: of two headers a program may take either.
#[test]
fn keys_that_come_twice_are_refused() {
    let _one = ONE.lock().unwrap_or_else(PoisonError::into_inner);
    let bytes = fit(&TextClassifier::params()).to_bytes().unwrap();
    let file = File::of(&bytes);
    assert!(TextClassifier::from_bytes(&file.bytes()).is_ok());
    for at in 0..file.tensors.len() {
        let mut twice = file.clone();
        // As a reader sees it that takes the last of both, the file is whole.
        let mut first = twice.tensors[at].clone();
        let again = twice.tensors[at].clone();
        first.data.clear();
        first.shape = vec![0];
        twice.tensors.insert(at, first);
        let error = TextClassifier::from_bytes(&twice.bytes())
            .unwrap_err()
            .to_string();
        assert!(
            error.contains(&again.name) && error.contains("twice"),
            "{error}"
        );
    }
    // The metadata, and the settings in it.
    let twice = |from: &str, to: &str| {
        with_header(&bytes, |header| {
            assert!(header.contains(from), "{from}");
            assert!(header.contains("checksum"), "{header}");
            header.replacen(from, to, 1)
        })
    };
    for (from, to) in [
        (
            r#"{"__metadata__":{"#,
            r#"{"__metadata__":{},"__metadata__":{"#,
        ),
        (r#"{"slugline":"#, r#"{"slugline":"{}","slugline":"#),
        (r#"\"format\":3"#, r#"\"format\":3,\"format\":3"#),
        (
            r#"\"lowercase\":true"#,
            r#"\"lowercase\":false,\"lowercase\":true"#,
        ),
    ] {
        let file = twice(from, to);
        assert!(TextClassifier::from_bytes(&file).is_err(), "{from}");
    }
}
