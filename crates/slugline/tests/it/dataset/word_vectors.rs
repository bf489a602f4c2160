//! Tables of word vectors, descriptions of labels, and priors from both.

use std::io::Write as _;

use slugline::{
    dataset::{Description, WordVectors, load_descriptions},
    ndarray::ArrayView2,
};
use tempfile::TempDir;
use zip::write::SimpleFileOptions;

use super::compression::gzip;

fn in_file<T>(name: &str, content: &[u8], read: impl Fn(&std::path::Path) -> T) -> T {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, content).unwrap();
    read(&path)
}

fn load(name: &str, content: &[u8]) -> Result<WordVectors, String> {
    in_file(name, content, |path| {
        WordVectors::load(path).map_err(|error| error.to_string())
    })
}

fn about(label: &str, text: &str) -> Description {
    Description {
        label: label.into(),
        text: text.into(),
    }
}

/// An array as NumPy writes it.
fn npy(kind: &str, shape: &str, values: &[u8]) -> Vec<u8> {
    let header = format!("{{'descr': {kind}, 'fortran_order': False, 'shape': {shape}, }}\n");
    let mut array = b"\x93NUMPY\x01\x00".to_vec();
    array.extend((header.len() as u16).to_le_bytes());
    array.extend(header.as_bytes());
    array.extend(values);
    array
}

fn strings(words: &[&str], width: usize) -> Vec<u8> {
    let character = |word: &str, at| word.chars().nth(at).map_or(0, u32::from);
    words
        .iter()
        .flat_map(|word| (0..width).flat_map(|at| character(word, at).to_le_bytes()))
        .collect()
}

fn npz(arrays: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, array) in arrays {
        archive
            .start_file(*name, SimpleFileOptions::default())
            .unwrap();
        archive.write_all(array).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

const WORDS: [&str; 3] = ["chip", "naïve", "prime minister"];
const VALUES: [f32; 6] = [1.0, 0.5, -2.0, 0.25, 3.5e-3, 7.0];

#[test]
fn vectors_are_taken_from_memory() {
    let values = ArrayView2::from_shape((3, 2), &VALUES).unwrap();
    check(&WordVectors::new(&WORDS, &values).unwrap());
    let error = WordVectors::new(&WORDS[..2], &values).unwrap_err();
    assert!(error.to_string().contains("expected 2, got 3"), "{error}");
    let values = values.mapv(|value| if value > 6.0 { f32::NAN } else { value });
    let error = WordVectors::new(&WORDS, &values.view()).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("not finite for \"prime minister\""),
        "{error}"
    );
}

fn check(vectors: &WordVectors) {
    assert_eq!(vectors.words(), WORDS);
    assert_eq!(vectors.values(), VALUES);
    assert_eq!(vectors.get("prime minister"), Some(&VALUES[4..]));
    assert_eq!(vectors.get("minister"), None);
}

#[test]
fn text_is_read() {
    let lines = "chip 1 0.5\nnaïve -2 2.5e-1\nprime minister 3.5e-3\t7 \n";
    for (name, text) in [
        ("glove.txt", lines.to_owned()),
        ("word2vec.vec", format!("3 2\n{lines}")),
        ("crlf.txt", lines.replace('\n', "\r\n")),
        ("twice.txt", format!("{lines}chip 9 9\n")),
    ] {
        check(&load(name, text.as_bytes()).unwrap());
    }
    check(&load("glove.txt.gz", &gzip(lines.as_bytes())).unwrap());
    // What is not wanted is not kept, and its numbers are not looked at.
    let text = format!("{lines}odd x y\nbad\u{a0}word 1 1\n");
    let topics = [about("a", "Naïve"), about("b", "prime minister")];
    for (topics, expected) in [(&topics[..0], &WORDS[..1]), (&topics, &WORDS)] {
        let kept = in_file("v.txt", text.as_bytes(), |path| {
            WordVectors::load_for(path, topics, |word| word == "chip").unwrap()
        });
        assert_eq!(kept.words(), expected);
    }
    // A word that is not UTF-8.
    let bytes = [lines.as_bytes(), b"caf\xe9 1 1\n"].concat();
    assert_eq!(load("v.txt", &bytes).unwrap().len(), 4);
}

#[test]
fn archives_of_numpy_are_read() {
    let words = npy("'<U14'", "(3,)", &strings(&WORDS, 14));
    let single: Vec<u8> = VALUES
        .iter()
        .flat_map(|value| value.to_le_bytes())
        .collect();
    let double = VALUES
        .iter()
        .flat_map(|&value| f64::from(value).to_le_bytes());
    for vectors in [
        npy("'<f4'", "(3, 2)", &single),
        npy("'<f8'", "(3, 2)", &double.collect::<Vec<u8>>()),
    ] {
        let archive = npz(&[("vectors.npy", vectors), ("words.npy", words.clone())]);
        check(&load("words.npz", &archive).unwrap());
    }
}

#[test]
fn what_is_no_table_of_vectors_is_an_error() {
    for (text, why) in [
        ("", "v.txt: 0 words, expected some"),
        ("chip\n", "no table of word vectors"),
        (
            "chip 1 2\nphone 1\n",
            "v.txt:2: expected a word and 2 numbers",
        ),
        ("chip 1 2\nphone 1 x\n", "v.txt:2: no finite numbers"),
        ("chip 1 nan\n", "v.txt:1: no finite numbers"),
        (
            "3 2\nchip 1 2\n",
            "1 word, expected 3: the file may be cut off",
        ),
        ("3 0\nchip\n", "no table of word vectors"),
    ] {
        let error = load("v.txt", text.as_bytes()).unwrap_err();
        assert!(error.contains(why), "{text:?}: {error}");
    }
    let words = npy("'<U14'", "(3,)", &strings(&WORDS, 14));
    let vectors = npy("'<f4'", "(3, 2)", &[0; 24]);
    let nan = npy("'<f4'", "(3, 2)", &[255; 24]);
    let other = |name: &str, array: &[u8], why| {
        let (words, vectors) = match name {
            "words" => (array.to_vec(), vectors.clone()),
            _ => (words.clone(), array.to_vec()),
        };
        (npz(&[("words.npy", words), ("vectors.npy", vectors)]), why)
    };
    for (archive, why) in [
        (
            npz(&[("words.npy", words.clone())]),
            "the arrays words.npy: expected",
        ),
        other(
            "words",
            &npy("'|O'", "(3,)", &[]),
            "has the type |O and the shape [3]",
        ),
        other("words", &npy("'<U99999999999'", "(3,)", &[]), "damaged"),
        other(
            "words",
            &npy("'<U99999999999999999999'", "(3,)", &[]),
            "damaged",
        ),
        other("words", &npy("'<U14'", "(99999999999,)", &[]), "cut off"),
        other("words", &npy("'<U14'", "(-3,)", &[]), "damaged"),
        other("words", b"no array", "damaged"),
        other(
            "vectors",
            &npy("'<f2'", "(3, 2)", &[0; 12]),
            "expected float32 or float64, 3 ×",
        ),
        other(
            "vectors",
            &npy("'<f4'", "(4, 2)", &[0; 32]),
            "expected float32 or float64, 3 ×",
        ),
        other("vectors", &npy("'<f4'", "(3, 99999999999)", &[]), "damaged"),
        other("vectors", &npy("'<f4'", "(3, 2)", &[0; 20]), "cut off"),
        other(
            "vectors",
            &npy("[('a', '<f4')]", "(3, 2)", &[0; 24]),
            "of records",
        ),
        other(
            "vectors",
            &nan,
            "the vector of \"chip\" has a number that is not finite",
        ),
        (
            npz(&[
                ("words.npy", words.clone()),
                ("vectors.npy", vectors.clone()),
            ])[..200]
                .to_vec(),
            "not readable",
        ),
    ] {
        let error = load("v.npz", &archive).unwrap_err();
        assert!(
            error.contains(why) && error.contains("v.npz: "),
            "{why}: {error}"
        );
    }
}

#[test]
fn descriptions_are_read() {
    let read = |name: &str, table: &str| {
        in_file(name, table.as_bytes(), |path| {
            load_descriptions(path).map_err(|error| error.to_string())
        })
    };
    let table = "# topics\nlabel\tnote\tdescription\nmarkets\t\tShares, and oil.\npolicy\tx\tLaws\nmarkets\t\tBanks\n";
    assert_eq!(
        read("topics.tsv", table).unwrap(),
        [
            about("markets", "Shares, and oil."),
            about("policy", "Laws"),
            about("markets", "Banks")
        ]
    );
    let table = "label,description\nmarkets,\"Shares, and oil.\"\npolicy,Laws\n";
    assert_eq!(read("topics.csv", table).unwrap().len(), 2);
    for (table, why) in [
        (
            "label\ttext\na\tb\n",
            "expected a first row that names \"label\" and \"description\"",
        ),
        ("label\tdescription\na\t\n", "t.tsv:2: an empty field"),
        ("label\tdescription\na\tb\na\tc\n", "two labels or more"),
        ("label\tdescription\n", "two labels or more"),
    ] {
        let error = read("t.tsv", table).unwrap_err();
        assert!(error.contains(why), "{table:?}: {error}");
    }
}

#[test]
fn a_description_has_its_own_vector_or_that_of_its_words() {
    let table = "chip 2 0\nphone 1 0.1\nsenate 0 5\nvote 0.1 1\nzero 0 0\nAbout laws 0 3\n";
    let vectors = load("v.txt", table.as_bytes()).unwrap();
    let terms = ["chip", "vote", "zero", "unknown"];
    let weights = |texts: [&str; 3]| -> Vec<(String, String, f64)> {
        let topics = [
            about("technology", texts[0]),
            about("policy", texts[1]),
            about("technology", texts[2]),
        ];
        let prior = vectors.describe(&topics, &terms, 2.0, 15.0).unwrap();
        let terms = prior.terms().iter().cloned();
        terms.map(|t| (t.label, t.term, t.weight)).collect()
    };
    // By hand: chip (1, 0), vote (0.0995, 0.995); technology (1, 0) and policy (0, 1).
    let found = weights(["A chip and a senate's chip", "About laws", "chip"]);
    let names: Vec<_> = found
        .iter()
        .map(|(label, term, _)| (label.as_str(), term.as_str()))
        .collect();
    assert_eq!(
        names,
        [
            ("technology", "chip"),
            ("policy", "chip"),
            ("technology", "vote"),
            ("policy", "vote")
        ]
    );
    let plain = weights(["chip", "senate", "CHIP, unknown, zero"]);
    let (c, v) = ((1.0, 0.0), (0.1 / 1.01_f64.sqrt(), 1.0 / 1.01_f64.sqrt()));
    let difference = |t: (f64, f64)| (t.0 - t.1) - f64::midpoint(c.0 - c.1, v.0 - v.1);
    for (at, term) in [(0, c), (2, v)] {
        let expected = 2.0 / (1.0 + (-15.0 * difference(term)).exp());
        assert!(
            (plain[at].2 - expected).abs() < 1e-6,
            "{plain:?} {expected}"
        );
    }
    for (texts, terms, why) in [
        (
            ["chip", "unknown words"],
            &["chip"][..],
            "\"unknown words\" (of \"policy\")",
        ),
        (["chip", "zero"], &["chip"], "\"zero\" (of \"policy\")"),
        (["chip", "vote"], &["unknown"], "terms is without vectors"),
        (["chip", "vote"], &[], "terms is without vectors"),
    ] {
        let topics = [about("technology", texts[0]), about("policy", texts[1])];
        let error = vectors
            .describe(&topics, terms, 2.0, 15.0)
            .unwrap_err()
            .to_string();
        assert!(error.contains(why), "{texts:?}: {error}");
    }
}
