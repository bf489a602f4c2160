//! Model files: the same bytes again and again, and an error for anything that is not whole.

use std::{fs, path::PathBuf};

use super::{
    corpora::{examples, fit, prior, texts},
    signed::{sign, with_header},
};
use slugline::{
    Error, IdfOrder, Language, Scratch, StopWords, TextClassifier, TextClassifierParams, Words,
};

fn variants() -> Vec<TextClassifierParams> {
    let params = TextClassifier::params;
    vec![
        params(),
        params()
            .idf_order(IdfOrder::AfterNorm)
            .min_df(2)
            .ngram_range(1, 2),
        params()
            .naive_bayes(slugline::NaiveBayes::bernoulli())
            .stemmer(Language::English),
        params().naive_bayes(slugline::NaiveBayes::multinomial().alpha(0.0)),
        params()
            .words(Words::Pattern(r"[a-z]+".into()))
            .stop_words(StopWords::List(vec!["the".into()])),
        params().vocabulary(["chip", "bank", "bill"]),
        full(),
    ]
}

/// With all that a file can hold.
fn full() -> TextClassifierParams {
    TextClassifier::params()
        .min_df(2)
        .idf_order(IdfOrder::AfterNorm)
        .background("technology".to_owned())
        .prior(prior())
}

/// With so many labels that most weights are left out.
fn many_labels() -> TextClassifier {
    let label = |n: usize| format!("label {:02}", n % 20);
    let texts: Vec<String> = (0..60)
        .map(|n| format!("common w{} w{} shared{}", n % 20, n % 23, n % 3))
        .collect();
    let labels: Vec<String> = (0..60).map(label).collect();
    let params = TextClassifier::params().idf_order(IdfOrder::AfterNorm);
    params.fit(&examples(&texts, &labels)).unwrap()
}

fn refused(bytes: &[u8], what: &str) -> String {
    match TextClassifier::from_bytes(bytes) {
        Ok(_) => panic!("{what}: was accepted"),
        Err(error @ Error::ModelFile { .. }) => error.to_string(),
        Err(other) => panic!("{what}: {other:?}"),
    }
}

#[test]
fn write_read_write_gives_the_same_bytes_and_answers() {
    let models = variants().into_iter().map(|params| fit(&params));
    for model in models.chain([many_labels()]) {
        let model = model.with_source("a test");
        let bytes = model.to_bytes().unwrap();
        let read = TextClassifier::from_bytes(&bytes).unwrap();
        assert_eq!(read.to_bytes().unwrap(), bytes);
        assert_eq!(read.provenance(), model.provenance());
        assert_eq!(read.labels(), model.labels());
        assert!(read.vocabulary().iter().eq(model.vocabulary().iter()));
        for text in texts() {
            assert_eq!(read.classify(text), model.classify(text));
            assert_eq!(read.explain(text), model.explain(text));
        }
    }
}

#[test]
fn what_labels_were_is_remembered() {
    use slugline::LabelType;
    let model = fit(&TextClassifier::params());
    assert_eq!(model.label_type(), LabelType::Text);
    for label_type in [LabelType::Text, LabelType::Integer, LabelType::Boolean] {
        let bytes = model
            .clone()
            .with_label_type(label_type)
            .to_bytes()
            .unwrap();
        let read = TextClassifier::from_bytes(&bytes).unwrap();
        assert_eq!(read.label_type(), label_type);
    }
    // Of names nothing is said, so that files of models with names stay as they were.
    let bytes = model.to_bytes().unwrap();
    assert!(!bytes.windows(10).any(|bytes| bytes == b"label_type"));
}

#[test]
fn saved_loaded_and_mapped_models_agree() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model.safetensors");
    let model = fit(&TextClassifier::params());
    fs::write(&path, "an older file").unwrap();
    model.save(&path).unwrap();
    let (loaded, mapped) = (
        TextClassifier::load(&path).unwrap(),
        TextClassifier::map(&path).unwrap(),
    );
    // Saving over a mapped file puts a new one in its place: the mapped model lives on.
    fit(&TextClassifier::params().ngram_range(1, 3))
        .save(&path)
        .unwrap();
    for text in texts() {
        assert_eq!(loaded.classify(text), model.classify(text));
        assert_eq!(mapped.classify(text), model.classify(text));
    }
    let left: Vec<_> = fs::read_dir(folder.path()).unwrap().collect();
    assert_eq!(left.len(), 1, "no temporary file stays behind: {left:?}");
}

#[test]
fn files_that_cannot_be_read_or_written() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("no/model.safetensors");
    let model = fit(&TextClassifier::params());
    for error in [
        model.save(&missing).unwrap_err(),
        TextClassifier::load(&missing).unwrap_err(),
        TextClassifier::map(&missing).unwrap_err(),
    ] {
        assert!(
            matches!(error, Error::Io { .. }) && error.to_string().contains("model.safetensors")
        );
    }
    let empty = folder.path().join("empty");
    fs::write(&empty, "").unwrap();
    for error in [
        TextClassifier::load(&empty).unwrap_err(),
        TextClassifier::map(&empty).unwrap_err(),
    ] {
        assert!(
            error
                .to_string()
                .contains("empty: not a whole safetensors file"),
            "{error}"
        );
    }
}

#[test]
fn cut_at_every_length() {
    let bytes = fit(&TextClassifier::params()).to_bytes().unwrap();
    for length in 0..bytes.len() {
        refused(&bytes[..length], &format!("cut to {length} bytes"));
    }
    println!("{} lengths", bytes.len());
}

#[test]
fn every_byte_flipped() {
    let bytes = fit(&TextClassifier::params()).to_bytes().unwrap();
    let header = 8 + u64::from_le_bytes(bytes[..8].try_into().unwrap()) as usize;
    let mut changed = bytes.clone();
    let mut flips = 0;
    for at in 0..bytes.len() {
        // Every bit of the header; the data is numbers, one flip of each byte will do.
        let masks: &[u8] = if at < header {
            &[1, 2, 4, 8, 16, 32, 64, 128, 255]
        } else {
            &[255]
        };
        for mask in masks {
            changed[at] = bytes[at] ^ mask;
            refused(&changed, &format!("byte {at} ^ {mask}"));
            flips += 1;
        }
        changed[at] = bytes[at];
    }
    println!(
        "{flips} flips, {header} bytes of header, {} bytes in all",
        bytes.len()
    );
}

#[test]
fn forged_headers() {
    let bytes = fit(&TextClassifier::params()).to_bytes().unwrap();
    let cases = [
        (r#"\"format\":3"#, r#"\"format\":9"#, "format 9"),
        (r#"\"format\":3"#, r#"\"format\":0"#, "format 0"),
        (r#"\"technology\""#, r#"\"aaa\""#, "not sorted"),
        (
            r#"[\"markets\",\"policy\",\"technology\"]"#,
            "[]",
            "not sorted",
        ),
        (
            r#"[\"markets\",\"policy\",\"technology\"]"#,
            r#"[\"a\"]"#,
            "shape",
        ),
        (
            r#"\"ngram_range\":[1,1]"#,
            r#"\"ngram_range\":[3,1]"#,
            "ngram_range",
        ),
        (r#"\"alpha\":0.3"#, r#"\"alpha\":-1"#, "alpha"),
        (
            r#"\"lowercase\":true"#,
            r#"\"lowercase\":true,\"more\":1"#,
            "unknown field",
        ),
        (
            r#"\"n_documents\":12"#,
            r#"\"n_documents\":1"#,
            "1 document",
        ),
        (r#""slugline""#, r#""other""#, "not one of slugline's"),
        (
            r#""idf":{"dtype":"F64""#,
            r#""idf":{"dtype":"I64""#,
            "idf is of type I64",
        ),
        (r#""idf":{"#, r#""idg":{"#, "idf"),
    ];
    for (from, to, expected) in cases {
        let forged = with_header(&bytes, |header| {
            assert!(header.contains(from), "{from} in {header}");
            header.replacen(from, to, 1)
        });
        let error = refused(&forged, expected);
        assert!(error.contains(expected), "{to}: {error}");
    }
}

#[test]
fn forged_data() {
    // Every eight bytes of the data in turn replaced by a hostile number, the checksum made right:
    // an error or an answer, never a panic.
    for model in [fit(&full()), many_labels()] {
        forge_data(&model.to_bytes().unwrap());
    }
}

fn forge_data(bytes: &[u8]) {
    let header = 8 + u64::from_le_bytes(bytes[..8].try_into().unwrap()) as usize;
    let (mut accepted, mut tried) = (0, 0);
    let mut scratch = Scratch::default();
    for at in (header..bytes.len() - 8).step_by(8) {
        for value in [u64::MAX, 0, 1 << 40, f64::NAN.to_bits()] {
            let mut file = bytes.to_vec();
            file[at..at + 8].copy_from_slice(&value.to_le_bytes());
            sign(&mut file);
            tried += 1;
            if let Ok(model) = TextClassifier::from_bytes(&file) {
                accepted += 1;
                for text in texts() {
                    let verdict = model.classify(text);
                    assert!((verdict.probabilities().iter().sum::<f64>() - 1.0).abs() < 1e-9);
                    model.explain(text);
                    let shares = model.shares_with(&mut scratch, text);
                    assert!(shares.shares().iter().all(|share| share.is_finite()));
                }
            }
        }
    }
    println!("{tried} forged files, {accepted} of them harmless");
    assert!(accepted < tried);
}

/// One committed file for each format version stays readable, with the answers it gave when made.
#[test]
fn old_versions_stay_readable() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/model_files");
    let path = |version: u32| folder.join(format!("v{version}.safetensors"));
    if std::env::var_os("SLUGLINE_WRITE_MODEL_FILES").is_some() {
        many_labels().save(path(3)).unwrap();
    }
    let old = TextClassifier::load(path(1)).unwrap();
    assert_eq!(old.labels(), ["markets", "policy", "technology"]);
    assert_eq!(old.n_documents(), 12);
    assert_eq!(old.classify("the bank and its shares").label(), "markets");
    let probability = |model: &TextClassifier| {
        let verdict = model.classify("minister");
        assert_eq!(verdict.label(), "policy");
        verdict.probability()
    };
    let (v1, v2) = (probability(&old), TextClassifier::load(path(2)).unwrap());
    assert!((v1 - V1_MINISTER).abs() < 1e-12, "{v1}");
    assert_eq!(v2.labels(), ["markets", "policy"]);
    assert_eq!((v2.n_documents(), v2.prior_count()), (12, 2));
    assert_eq!(v2.background_count(), Some(4.0));
    assert_eq!(v2.calibration().other_below, Some(0.01));
    assert_eq!(v2.classify("ballot").label(), "policy");
    let v2 = probability(&v2);
    assert!((v2 - V2_MINISTER).abs() < 1e-12, "{v2}");
    let v3 = TextClassifier::load(path(3)).unwrap();
    assert_eq!((v3.labels().len(), v3.n_documents()), (20, 60));
    let verdict = v3.classify("common w7 w3 shared1");
    assert_eq!(verdict.label(), "label 07");
    let v3 = verdict.probability();
    assert!((v3 - V3_W7).abs() < 1e-12, "{v3}");
}
const V1_MINISTER: f64 = 0.991_184_846_106_489_5;
const V2_MINISTER: f64 = 0.998_218_306_015_407_3;
const V3_W7: f64 = 0.168_390_677_219_873_14;
