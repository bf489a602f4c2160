//! Model files of every kind, and edits of them that keep the checksum right.

use std::sync::LazyLock;

use arbitrary::{Result, Unstructured};
use slugline::{
    Examples, IdfOrder, Language, Model, NaiveBayes, Prior, Refine, StopWords, TextClassifier,
    TextClassifierParams, Unit, Words,
};

use crate::edits::{edit, number};

const DOCUMENTS: [(&str, &str); 9] = [
    ("technology", "the chip maker shipped a robot and its chips"),
    ("technology", "software on a new chip network"),
    ("technology", "a naïve robot and two cameras"),
    ("policy", "the minister told parliament about the bill"),
    ("policy", "the court struck down the law"),
    ("policy", ""),
    ("markets", "shares fell as the bank cut its forecast"),
    ("markets", "the bank raised rates and shares fell"),
    ("sport", "the striker scored and the match was won"),
];

/// A model file, taken apart.
pub struct Parts {
    pub header: String,
    pub data: Vec<u8>,
}

/// Files of every kind of model.
pub static MODELS: LazyLock<Vec<Parts>> = LazyLock::new(|| {
    let labels = DOCUMENTS.map(|(label, _)| label);
    let texts = DOCUMENTS.map(|(_, text)| text);
    let examples = Examples::new(&texts, &labels).expect("equal lengths");
    let fit = |params: &TextClassifierParams| params.clone().threads(1).fit(&examples);
    let many = many_labels();
    let kinds = kinds();
    let models = kinds
        .iter()
        .map(|params| fit(params).expect("a model"))
        .chain([many]);
    models
        .map(|model| take_apart(&model.to_bytes().expect("bytes")))
        .collect()
});

fn kinds() -> Vec<TextClassifierParams> {
    let params = TextClassifier::params;
    let prior = Prior::new()
        .with("policy", "ballot", 1.5)
        .with("markets", "bank", 0.5);
    vec![
        params(),
        params()
            .naive_bayes(NaiveBayes::multinomial())
            .ngram_range(1, 2),
        params()
            .naive_bayes(NaiveBayes::bernoulli())
            .stemmer(Language::English),
        params()
            .model(Model::Complement { norm: true })
            .use_idf(false)
            .norm(None),
        params()
            .analyzer(Unit::CharWb)
            .ngram_range(2, 3)
            .max_features(40),
        params()
            .words(Words::Pattern("[a-z]+".into()))
            .stop_words(StopWords::List(vec!["the".into()])),
        params()
            .idf_order(IdfOrder::AfterNorm)
            .min_df(2)
            .background("sport".to_owned())
            .prior(prior),
        params().refine(Refine::default()),
    ]
}

/// With so many labels that most weights are left out.
fn many_labels() -> TextClassifier {
    let texts: Vec<String> = (0..40)
        .map(|n| format!("common w{} w{} shared{}", n % 20, n % 23, n % 3))
        .collect();
    let labels: Vec<String> = (0..40).map(|n| format!("label {:02}", n % 20)).collect();
    let params = TextClassifier::params()
        .idf_order(IdfOrder::AfterNorm)
        .threads(1);
    let examples = Examples::new(&texts, &labels).expect("equal lengths");
    params.fit(&examples).expect("a model")
}

fn take_apart(file: &[u8]) -> Parts {
    let (length, rest) = file.split_first_chunk::<8>().expect("a header");
    let (header, data) = rest.split_at(u64::from_le_bytes(*length) as usize);
    Parts {
        header: String::from_utf8(header.to_vec()).expect("JSON"),
        data: data.to_vec(),
    }
}

/// A file with a right length and checksum.
pub fn put_together(mut header: Vec<u8>, data: &[u8]) -> Vec<u8> {
    header.resize(header.len().next_multiple_of(8), b' ');
    let mut file = (header.len() as u64).to_le_bytes().to_vec();
    file.extend(header);
    file.extend_from_slice(data);
    let mark = br#"checksum\":\""#;
    let found = file.windows(mark.len()).position(|bytes| bytes == mark);
    if let Some(at) = found.map(|at| at + mark.len())
        && at + 8 <= file.len()
    {
        file[at..at + 8].copy_from_slice(b"00000000");
        let checksum = format!("{:08x}", crc32fast::hash(&file));
        file[at..at + 8].copy_from_slice(checksum.as_bytes());
    }
    file
}

/// A file that was edited: a good one with up to eight edits of its header and its data.
///
/// # Errors
/// Where the input is used up.
pub fn forged(u: &mut Unstructured<'_>) -> Result<Vec<u8>> {
    let Parts { header, data } = &MODELS[u.choose_index(MODELS.len())?];
    let (mut header, mut data) = (header.clone().into_bytes(), data.clone());
    for _ in 0..u.int_in_range(0..=8)? {
        match u.int_in_range(0..=3)? {
            0 => edit(u, &mut header)?,
            1 => edit_number(u, &mut header)?,
            _ => edit(u, &mut data)?,
        }
    }
    Ok(put_together(header, &data))
}

/// Puts another number in the place of one in the header.
fn edit_number(u: &mut Unstructured<'_>, header: &mut Vec<u8>) -> Result<()> {
    let starts: Vec<usize> = (1..header.len())
        .filter(|&at| header[at].is_ascii_digit() && !header[at - 1].is_ascii_alphanumeric())
        .collect();
    if starts.is_empty() {
        return Ok(());
    }
    let at = *u.choose(&starts)?;
    let length = header[at..]
        .iter()
        .take_while(|byte| byte.is_ascii_digit())
        .count();
    let number = match u.int_in_range(0..=3)? {
        0 => format!("{:e}", f64::from_bits(number(u)?)),
        1 => u.int_in_range(0..=9)?.to_string(),
        _ => number(u)?.to_string(),
    };
    header.splice(at..at + length, number.into_bytes());
    Ok(())
}
