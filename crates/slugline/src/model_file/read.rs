//! Classifiers from bytes: everything is checked, then used in place.

use std::{collections::HashSet, fmt, sync::Arc};

use bytemuck::AnyBitPattern;
use safetensors::{Dtype, SafeTensors};
use serde::{
    Deserialize, Deserializer,
    de::{Error as _, IgnoredAny, MapAccess, Visitor},
};

use super::{FORMAT, Header, KEY, checksum, checksum_position};
use crate::{
    classifier::{
        Background, Lazy, LazyQuantized, Learned, MAX_DOCUMENTS, PriorCounts, TextClassifier,
        Weights,
    },
    error::{Error, Result},
    features::Tfidf,
    naive_bayes::{ClassRows, Evidence, Linear, SPARSE, Sparse},
    util::array::{Array, FileBytes},
    vocabulary::Vocabulary,
    wording,
};

/// The reason why a file cannot be used.
type Refusal = String;

pub(super) fn classifier(file: &Arc<dyn FileBytes>, name: &str) -> Result<TextClassifier> {
    if cfg!(target_endian = "big") {
        return Err(fault(
            name,
            "this format needs a little-endian machine".into(),
        ));
    }
    read(file).map_err(|why| fault(name, why))
}

fn fault(name: &str, why: Refusal) -> Error {
    Error::ModelFile {
        file: name.to_owned(),
        why,
    }
}

fn read(file: &Arc<dyn FileBytes>) -> Result<TextClassifier, Refusal> {
    let bytes = file.bytes();
    let header = header(bytes)?;
    let source = TensorFile::new(file)?;
    let k = header.labels.len();
    // As a caller's settings, before anything is made of them.
    let analyzer = header
        .params
        .checked_analyzer()
        .map_err(|error| format!("settings: {error}"))?;
    if header.n_documents > MAX_DOCUMENTS {
        return Err(format!(
            "{}, at most {MAX_DOCUMENTS} can be",
            wording::count(header.n_documents, "document")
        ));
    }

    let vocabulary = source.vocabulary("terms")?;
    let n = vocabulary.len();
    let learned_vocabulary = match source.has("learned.offsets") {
        true => source.vocabulary("learned")?,
        false => vocabulary.clone(),
    };
    let m = learned_vocabulary.len();

    let idf = source.numbers("idf", &[n], f64::is_finite)?;
    let count = |value: f64| value.is_finite() && value >= 0.0;
    let weights = Weights {
        vocabulary,
        tfidf: Tfidf::from_idf(header.params.features.tfidf, idf),
        linear: source.linear(n, k)?,
        quantized: LazyQuantized::default(),
    };
    let learned = Learned {
        vocabulary: learned_vocabulary,
        n_documents: header.n_documents,
        df: source.array("df", Dtype::U64, &[m])?,
        total: source.numbers("total", &[m], count)?,
        sums: Evidence {
            class_count: source.numbers("class_count", &[k], count)?,
            feature_count: match header.format {
                ..3 => {
                    let all = source.numbers("feature_count", &[m, k], count)?;
                    ClassRows::from_dense(k, &all)
                }
                _ => source.class_rows("sums", m, k, count)?,
            },
        },
        background: match source.has("background") {
            false => None,
            true => Some(Background {
                n_documents: source.numbers("background_count", &[1], count)?[0],
                sums: source.numbers("background", &[m], count)?,
            }),
        },
        prior: source.prior(m, k)?,
    };
    if let Some(&df) = learned.df.iter().find(|&&df| df > header.n_documents) {
        return Err(format!(
            "a term in {df} of {}",
            wording::count(header.n_documents, "document")
        ));
    }
    // Shares are computed from the sums of the terms that classification uses.
    let exact = header.params.sums_are_exact() && header.provenance.imported_from.is_none();
    let kept = learned
        .kept(&header.params, exact)
        .map_err(|error| format!("settings: {error}"))?;
    let kept = kept.map_or(m, |kept| kept.len());
    if kept != n {
        return Err(format!(
            "{} for classification, where the settings leave {kept} of {m}",
            wording::count(n, "term")
        ));
    }
    if let Some(fault) = header.calibration.fault() {
        return Err(fault);
    }
    header
        .params
        .naive_bayes
        .check(k, n)
        .map_err(|error| format!("settings: {error}"))?;
    Ok(TextClassifier {
        params: header.params,
        labels: header.labels,
        label_type: header.label_type,
        analyzer,
        learned,
        weights,
        calibration: header.calibration,
        mixture: Lazy::default(),
        margins: Lazy::default(),
        provenance: header.provenance,
        lost_refinement: false,
        note: header.note,
    })
}

/// The format of a file that is no model file, by its first bytes.
fn foreign(file: &[u8]) -> Option<&'static str> {
    // Longer signatures first, where one is the beginning of the other.
    const KINDS: [(&[u8], &str); 13] = [
        (
            b"PK\x03\x04",
            "a zip archive (skops, NumPy and office programs write such files)",
        ),
        (b"\x80\x02", "a pickle"),
        (b"\x80\x03", "a pickle"),
        (b"\x80\x04", "a pickle"),
        (b"\x80\x05", "a pickle"),
        (b"\x1f\x8b", "compressed with gzip"),
        (b"\x28\xb5\x2f\xfd", "compressed with zstd"),
        (b"BZh", "compressed with bzip2"),
        (b"\xfd7zXZ", "compressed with xz"),
        (b"\x89HDF", "an HDF5 file"),
        (b"PAR1", "a Parquet file"),
        (b"GGUF", "a GGUF model"),
        (b"%PDF", "a PDF document"),
    ];
    // A truncated model file, or one too short to tell.
    if file.get(8).is_none_or(|&byte| byte == b'{') {
        return None;
    }
    let kind = KINDS.iter().find(|(start, _)| file.starts_with(start));
    match kind {
        Some((_, what)) => Some(what),
        // The first eight bytes of a model file are a length, whose upper bytes are 0.
        None if file
            .iter()
            .take(64)
            .all(|&byte| byte >= 0x20 || byte.is_ascii_whitespace()) =>
        {
            Some("text")
        }
        None => None,
    }
}

/// The part of the metadata that every version has.
#[derive(serde::Deserialize)]
struct Version {
    format: u32,
}

/// The metadata, after a check of the checksum.
fn header(file: &[u8]) -> Result<Header, Refusal> {
    let (_, metadata) = SafeTensors::read_metadata(file).map_err(|_| match foreign(file) {
        Some(what) => format!(
            "not a whole safetensors file: it seems to be {what}; expected a model file that `train` or \
             `save` has written"
        ),
        None => "not a whole safetensors file: expected a model file that `train` or `save` has written"
            .to_owned(),
    })?;
    distinct_keys(file)?;
    let json = metadata
        .metadata()
        .as_ref()
        .and_then(|metadata| metadata.get(KEY))
        .ok_or("a safetensors file, but not one of slugline's")?;
    let version: Version =
        serde_json::from_str(json).map_err(|_| "the metadata names no format".to_owned())?;
    if version.format == 0 || version.format > FORMAT {
        return Err(format!(
            "format {}; this version of slugline reads formats 1 to {FORMAT}: use a newer one",
            version.format
        ));
    }
    let position = checksum_position(file).ok_or("the header has no checksum")?;
    let expected = checksum(file, position);
    if file[position..position + expected.len()] != *expected.as_bytes() {
        return Err("the checksum is wrong: the file was damaged or altered".into());
    }
    let header: Header = serde_json::from_str(json).map_err(|error| {
        // The setting alone: the message ends with a line and column of the JSON.
        let message = error.to_string();
        let what = message.split(" at line ").next().unwrap_or_default();
        format!("the metadata is not as this version of slugline writes it ({what})")
    })?;
    if header.labels.is_empty() || header.labels.windows(2).any(|pair| pair[0] >= pair[1]) {
        return Err("the labels are not sorted and distinct".into());
    }
    if header.labels[0].is_empty() {
        return Err("a label is empty".into());
    }
    Ok(header)
}

/// Fails where a key of the header comes twice: programs would not agree on which one counts.
fn distinct_keys(file: &[u8]) -> Result<(), Refusal> {
    let (length, rest) = file.split_at_checked(8).unwrap_or_default();
    let length = <[u8; 8]>::try_from(length).map_or(0, u64::from_le_bytes);
    let length = usize::try_from(length).unwrap_or(usize::MAX);
    let header = rest.get(..length).unwrap_or_default();
    let read = serde_json::from_slice::<DistinctKeys>(header);
    read.map(drop).map_err(|error| {
        let message = error.to_string();
        let what = message.split(" at line ").next().unwrap_or_default();
        format!("the header is not as expected ({what})")
    })
}

/// A JSON object whose keys are distinct, and those of its metadata.
struct DistinctKeys;

impl<'de> Deserialize<'de> for DistinctKeys {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Self)
    }
}

impl<'de> Visitor<'de> for DistinctKeys {
    type Value = Self;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self, A::Error> {
        let mut seen = HashSet::new();
        while let Some(key) = map.next_key::<String>()? {
            if key == "__metadata__" {
                map.next_value::<Self>()?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
            if let Some(twice) = seen.replace(key) {
                return Err(A::Error::custom(format!("{twice:?} comes twice")));
            }
        }
        Ok(self)
    }
}

/// The tensors of a file and where its data begins.
struct TensorFile<'a> {
    file: &'a Arc<dyn FileBytes>,
    tensors: SafeTensors<'a>,
}

impl<'a> TensorFile<'a> {
    fn new(file: &'a Arc<dyn FileBytes>) -> Result<Self, Refusal> {
        let tensors = SafeTensors::deserialize(file.bytes())
            .map_err(|_| "the header does not fit the data behind it".to_owned())?;
        Ok(Self { file, tensors })
    }

    fn has(&self, name: &str) -> bool {
        self.tensors.tensor(name).is_ok()
    }

    fn tensor<T: AnyBitPattern>(
        &self,
        name: &str,
        dtype: Dtype,
    ) -> Result<(Array<T>, Vec<usize>), Refusal> {
        let tensor = self
            .tensors
            .tensor(name)
            .map_err(|_| format!("{name} is missing"))?;
        if tensor.dtype() != dtype {
            return Err(format!(
                "{name} is of type {:?}, not {dtype:?}",
                tensor.dtype()
            ));
        }
        let bytes = self.file.bytes();
        let start = tensor.data().as_ptr().addr() - bytes.as_ptr().addr();
        let array = Array::in_file(self.file, start, start + tensor.data().len())
            .ok_or_else(|| format!("{name} is not aligned"))?;
        Ok((array, tensor.shape().to_vec()))
    }

    fn array<T: AnyBitPattern>(
        &self,
        name: &str,
        dtype: Dtype,
        shape: &[usize],
    ) -> Result<Array<T>, Refusal> {
        let (array, actual) = self.tensor(name, dtype)?;
        if actual != shape {
            return Err(format!("{name} has shape {actual:?}, expected {shape:?}"));
        }
        Ok(array)
    }

    fn numbers(
        &self,
        name: &str,
        shape: &[usize],
        good: impl Fn(f64) -> bool,
    ) -> Result<Array<f64>, Refusal> {
        let array: Array<f64> = self.array(name, Dtype::F64, shape)?;
        // Without a branch per number, since this is most of the loading time.
        if !array.iter().fold(true, |all, &value| all & good(value)) {
            return Err(format!("{name} holds a value that cannot be"));
        }
        Ok(array)
    }

    /// The class rows of a number of features.
    fn class_rows(
        &self,
        name: &str,
        features: usize,
        classes: usize,
        good: impl Fn(f64) -> bool,
    ) -> Result<ClassRows, Refusal> {
        let starts = self.array(&format!("{name}.starts"), Dtype::U64, &[features + 1])?;
        let (of_values, shape) = self.tensor(&format!("{name}.classes"), Dtype::U32)?;
        let values = self.numbers(&format!("{name}.values"), &shape, good)?;
        ClassRows::from_parts(classes, starts, of_values, values)
            .map_err(|why| format!("{name}: {why}"))
    }

    /// The weights of a number of terms and classes.
    fn linear(&self, terms: usize, classes: usize) -> Result<Linear, Refusal> {
        // Infinite weights are valid (alpha = 0).
        let not_nan = |value: f64| !value.is_nan();
        let bias = self.numbers("bias", &[classes], not_nan)?;
        if !self.has("weights.places") {
            let weights = self.numbers("weights", &[terms, classes], not_nan)?;
            return Ok(Linear::dense(bias, weights));
        }
        let places: Array<u32> = self.array("weights.places", Dtype::U32, &[terms])?;
        // Rows are numbered as they come, so that no two terms share one: packed weights have a row for each.
        let (mut dense, mut sparse) = (0, 0);
        for &place in &*places {
            let next = if place & SPARSE == 0 {
                &mut dense
            } else {
                &mut sparse
            };
            if (place & !SPARSE) as usize != *next {
                return Err("weights.places does not number the rows as they come".into());
            }
            *next += 1;
        }
        Ok(Linear {
            bias,
            dense: self.numbers("weights", &[dense, classes], not_nan)?,
            sparse: Some(Sparse {
                places,
                of_class: self.numbers("weights.of_class", &[classes], f64::is_finite)?,
                of_term: self.numbers("weights.of_term", &[sparse], f64::is_finite)?,
                differences: self.class_rows("weights", sparse, classes, not_nan)?,
            }),
        })
    }

    /// The pseudo-counts of a prior over `terms` terms and `labels` labels; none where there is none.
    fn prior(&self, terms: usize, labels: usize) -> Result<PriorCounts, Refusal> {
        if !self.has("prior.terms") {
            return Ok(PriorCounts::default());
        }
        let (ids, shape): (Array<u32>, _) = self.tensor("prior.terms", Dtype::U32)?;
        let classes: Array<u32> = self.array("prior.classes", Dtype::U32, &shape)?;
        let counts = self.numbers("prior.counts", &shape, |value| {
            value.is_finite() && value >= 0.0
        })?;
        if ids.windows(2).any(|pair| pair[0] > pair[1])
            || ids.last().is_some_and(|&id| id as usize >= terms)
            || classes.iter().any(|&class| class as usize > labels)
        {
            return Err(format!(
                "the prior names terms or classes out of order, or beyond {} and {}",
                wording::count(terms, "term"),
                wording::count(labels, "label")
            ));
        }
        let (mut n_documents, mut df) = (0, Array::default());
        if self.has("prior.df") {
            n_documents = self.array("prior.n_documents", Dtype::U64, &[1])?[0];
            df = self.array("prior.df", Dtype::U64, &[terms])?;
            // So that sums with the model's own documents fit.
            if let Some(&most) = df.iter().max().filter(|&&most| most > n_documents) {
                return Err(format!(
                    "a term in {most} of {n_documents} documents of the prior"
                ));
            }
        }
        Ok(PriorCounts {
            terms: ids,
            classes,
            counts,
            n_documents,
            df,
        })
    }

    fn vocabulary(&self, name: &str) -> Result<Vocabulary, Refusal> {
        let (bytes, _) = self.tensor(&format!("{name}.bytes"), Dtype::U8)?;
        let (offsets, _) = self.tensor(&format!("{name}.offsets"), Dtype::U64)?;
        Vocabulary::from_parts(bytes, offsets).map_err(|why| format!("{name}: {why}"))
    }
}
