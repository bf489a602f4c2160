//! Forged model files: whole by their checksum, wrong in what they say. A generator that starts from a good file and
//! knows its structure.

use serde_json::{Map, Value, json};

/// A model file taken apart.
#[derive(Debug, Clone)]
pub(crate) struct File {
    /// The settings, labels and so on.
    pub(crate) metadata: Value,
    pub(crate) tensors: Vec<Tensor>,
}

#[derive(Debug, Clone)]
pub(crate) struct Tensor {
    pub(crate) name: String,
    pub(crate) dtype: String,
    pub(crate) shape: Vec<usize>,
    pub(crate) data: Vec<u8>,
    /// Offsets that are written in place of the right ones.
    offsets: Option<[u64; 2]>,
}

impl Tensor {
    /// The bytes of a number.
    fn width(&self) -> usize {
        match self.dtype.as_str() {
            "U8" => 1,
            "U32" => 4,
            _ => 8,
        }
    }

    /// Sets numbers of eight bytes, and the shape: so many rows of them.
    pub(crate) fn set<T: Into<[u8; 8]>>(
        &mut self,
        rows: usize,
        numbers: impl IntoIterator<Item = T>,
    ) {
        self.data = numbers.into_iter().flat_map(Into::into).collect();
        let all = self.data.len() / 8;
        self.shape = match self.shape.len() {
            2 => vec![rows, all / rows.max(1)],
            _ => vec![all],
        };
    }
}

impl File {
    pub(crate) fn of(bytes: &[u8]) -> Self {
        let length = u64::from_le_bytes(bytes[..8].try_into().unwrap()) as usize;
        let (header, data) = bytes[8..].split_at(length);
        let header: Map<String, Value> = serde_json::from_slice(header).unwrap();
        let text = header["__metadata__"]["slugline"].as_str().unwrap();
        let metadata = serde_json::from_str(text).unwrap();
        let tensors = header.iter().filter(|(name, _)| *name != "__metadata__");
        let tensor = |(name, info): (&String, &Value)| {
            let number = |value: &Value| value.as_u64().unwrap() as usize;
            let [start, end] = [0, 1].map(|at| number(&info["data_offsets"][at]));
            let tensor = Tensor {
                name: name.clone(),
                dtype: info["dtype"].as_str().unwrap().to_owned(),
                shape: info["shape"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(number)
                    .collect(),
                data: data[start..end].to_vec(),
                offsets: None,
            };
            (start, tensor)
        };
        let mut tensors: Vec<_> = tensors.map(tensor).collect();
        tensors.sort_by_key(|(start, _)| *start);
        Self {
            metadata,
            tensors: tensors.into_iter().map(|(_, tensor)| tensor).collect(),
        }
    }

    pub(crate) fn tensor(&mut self, name: &str) -> Option<&mut Tensor> {
        self.tensors.iter_mut().find(|tensor| tensor.name == name)
    }

    /// The file, with the checksum that it should have.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut metadata = self.metadata.clone();
        metadata["checksum"] = "00000000".into();
        // By hand, so that a name may come twice.
        let mut header = format!(
            "{{\"__metadata__\":{}",
            json!({"slugline": metadata.to_string()})
        );
        let mut end = 0;
        let mut data = Vec::new();
        for tensor in &self.tensors {
            let start = end;
            end += tensor.data.len() as u64;
            let info = json!({
                "dtype": tensor.dtype,
                "shape": tensor.shape,
                "data_offsets": tensor.offsets.unwrap_or([start, end]),
            });
            header += &[",", &json!(tensor.name).to_string(), ":", &info.to_string()].concat();
            data.extend_from_slice(&tensor.data);
        }
        header.push('}');
        while !header.len().is_multiple_of(8) {
            header.push(' ');
        }
        let mut file = (header.len() as u64).to_le_bytes().to_vec();
        file.extend_from_slice(header.as_bytes());
        file.append(&mut data);
        let mark = br#"\"checksum\":\""#;
        if let Some(at) = file.windows(mark.len()).position(|bytes| bytes == mark) {
            let at = at + mark.len();
            let checksum = format!("{:08x}", crc32fast::hash(&file));
            file[at..at + 8].copy_from_slice(checksum.as_bytes());
        }
        file
    }

    /// Gives the file so many labels in place of its own, without documents, and every number that goes with them: of
    /// a model whose rows are all sparse no number for each term and label.
    pub(crate) fn with_labels(mut self, n: usize) -> Self {
        let old = self.metadata["labels"].as_array().map_or(0, Vec::len);
        self.metadata["labels"] = (0..n).map(|label| format!("l{label:07}")).collect();
        for name in ["bias", "class_count", "weights.of_class", "weights"] {
            let Some(tensor) = self.tensor(name) else {
                continue;
            };
            let rows = match name {
                "weights" => tensor.data.len() / (8 * old.max(1)),
                _ => 1,
            };
            let width = tensor.data.len() / rows.max(1);
            let rows_of = tensor.data.chunks_exact(width.max(1));
            let longer = rows_of.flat_map(|row| row.iter().copied().cycle().take(8 * n));
            tensor.data = longer.collect();
            if let Some(last) = tensor.shape.last_mut() {
                *last = n;
            }
        }
        self
    }
}

/// Numbers that look like chance, the same for a seed on every machine.
#[derive(Debug, Clone)]
pub(crate) struct Chance(pub(crate) u64);

impl Chance {
    pub(crate) fn next(&mut self) -> u64 {
        // SplitMix64.
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ mixed >> 31
    }

    pub(crate) fn below(&mut self, n: usize) -> usize {
        (self.next() % n.max(1) as u64) as usize
    }

    fn of<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }
}

/// A file with one to four things wrong.
pub(crate) fn forged(good: &File, chance: &mut Chance) -> File {
    let mut file = good.clone();
    for _ in 0..=chance.below(4) {
        match chance.below(16) {
            0 | 1 => setting(&mut file, chance),
            2 => number(&mut file.metadata, chance),
            3 => labels(&mut file, chance),
            4 => {
                let n = [1, 2, 15, 16, 63, 64, 65, 257, 5000][chance.below(9)];
                file = file.with_labels(n);
            }
            5 => whole(&mut file, chance),
            6 => layout(&mut file, chance),
            7 => length(&mut file, chance),
            8 => terms(&mut file, chance),
            _ => value(&mut file, chance),
        }
    }
    file
}

/// A setting gets another value that it may have, or one that it may not.
fn setting(file: &mut File, chance: &mut Chance) {
    let huge = u64::MAX;
    let cases: [(&str, Value); 38] = [
        ("/params/features/analyzer/ngram_range", json!([1, huge])),
        ("/params/features/analyzer/ngram_range", json!([1, 100_000])),
        ("/params/features/analyzer/ngram_range", json!([huge, huge])),
        ("/params/features/analyzer/ngram_range", json!([2, 3])),
        ("/params/features/analyzer/ngram_range", json!([0, 1])),
        ("/params/features/analyzer/analyzer", json!("char")),
        ("/params/features/analyzer/analyzer", json!("char_wb")),
        ("/params/features/analyzer/words", json!("unicode")),
        (
            "/params/features/analyzer/words",
            json!({"pattern": r"(\w+\s?){1,40}"}),
        ),
        (
            "/params/features/analyzer/words",
            json!({"pattern": r"\b\w{18446744073709551615,}\b"}),
        ),
        (
            "/params/features/analyzer/words",
            json!({"pattern": "((a*)*)*("}),
        ),
        (
            "/params/features/analyzer/words",
            json!({"pattern": r"(?:\w{1,999}){1,999}"}),
        ),
        ("/params/features/analyzer/words", json!({"pattern": ""})),
        (
            "/params/features/analyzer/stop_words",
            json!({"list": ["the", "bank", ""]}),
        ),
        (
            "/params/features/analyzer/stop_words",
            json!({"language": "klingon"}),
        ),
        ("/params/features/analyzer/stemmer", json!("german")),
        ("/params/features/analyzer/strip_accents", json!("ascii")),
        ("/params/features/pruning/min_df", json!({"count": huge})),
        ("/params/features/pruning/max_df", json!({"fraction": -1.0})),
        ("/params/features/pruning/max_df", json!({"count": 1})),
        ("/params/features/pruning/max_features", json!(1)),
        ("/params/features/binary", json!(true)),
        ("/params/features/tfidf/norm", json!("l1")),
        ("/params/features/tfidf/norm", json!(null)),
        ("/params/features/tfidf/use_idf", json!(false)),
        ("/params/features/tfidf/sublinear_tf", json!(true)),
        ("/params/features/tfidf/idf_order", json!("after_norm")),
        ("/params/features/tfidf/idf_order", json!("before_norm")),
        ("/params/naive_bayes/model", json!("multinomial")),
        (
            "/params/naive_bayes/model",
            json!({"complement": {"norm": true}}),
        ),
        (
            "/params/naive_bayes/model",
            json!({"bernoulli": {"binarize": 0.5}}),
        ),
        ("/params/naive_bayes/alpha", json!(1e308)),
        ("/params/naive_bayes/alpha", json!(0.0)),
        ("/params/naive_bayes/class_prior", json!([0.5, 0.5])),
        (
            "/calibration",
            json!({"temperature": 1e-300, "by_length": true, "other_below": 0.1}),
        ),
        (
            "/calibration",
            json!({"temperature": 2.0, "by_length": true, "other_below": -1e300}),
        ),
        ("/n_documents", json!(huge)),
        ("/n_documents", json!(1_u64 << 53)),
    ];
    let (path, value) = chance.of(&cases);
    let (parent, name) = path.rsplit_once('/').unwrap();
    if let Some(Value::Object(parent)) = file.metadata.pointer_mut(parent) {
        parent.insert(name.to_owned(), value.clone());
    }
}

/// Some number, text or truth value of the metadata becomes another.
fn number(value: &mut Value, chance: &mut Chance) {
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            let at = chance.below(fields.len());
            if let Some(field) = fields.values_mut().nth(at) {
                number(field, chance);
            }
        }
        Value::Array(values) if !values.is_empty() => {
            let at = chance.below(values.len());
            number(&mut values[at], chance);
        }
        _ => {
            let hostile = [
                json!(0),
                json!(1),
                json!(-1),
                json!(2),
                json!(u64::MAX),
                json!(1_u64 << 53),
                json!(1e300),
                json!(1e-300),
                json!(-0.0),
                json!(0.5),
                json!(null),
                json!(true),
                json!(false),
                json!(""),
                json!([]),
                json!({}),
            ];
            *value = chance.of(&hostile).clone();
        }
    }
}

fn labels(file: &mut File, chance: &mut Chance) {
    let Some(labels) = file.metadata["labels"].as_array_mut() else {
        return;
    };
    let at = chance.below(labels.len());
    match chance.below(4) {
        0 if !labels.is_empty() => drop(labels.remove(at)),
        1 => labels.insert(at, "zz".into()),
        2 if !labels.is_empty() => labels[at] = "".into(),
        _ => labels.reverse(),
    }
}

/// All numbers of a tensor, or a tensor as a whole.
fn whole(file: &mut File, chance: &mut Chance) {
    let other = chance.of(&file.tensors).clone();
    let at = chance.below(file.tensors.len());
    let tensor = &mut file.tensors[at];
    let width = tensor.width();
    match chance.below(4) {
        0 => {
            let number = hostile(tensor, chance);
            let numbers = tensor.data.chunks_exact_mut(width);
            numbers.for_each(|own| own.copy_from_slice(&number));
        }
        1 => {
            let numbers = tensor.data.chunks_exact(width).rev();
            tensor.data = numbers.flatten().copied().collect();
        }
        2 => {
            let n = tensor.data.len();
            tensor.data = other.data.iter().copied().cycle().take(n).collect();
            tensor.data.resize(n, 0);
        }
        _ => {
            let turn = width * chance.below(tensor.data.len() / width);
            tensor.data.rotate_left(turn);
        }
    }
}

/// Names, types and places of tensors.
fn layout(file: &mut File, chance: &mut Chance) {
    let other = chance.of(&file.tensors).clone();
    let at = chance.below(file.tensors.len());
    match chance.below(6) {
        0 => drop(file.tensors.remove(at)),
        1 => file.tensors[at].name = other.name,
        2 => file.tensors.push(other),
        3 => file.tensors[at].dtype = other.dtype,
        4 => file.tensors[at].offsets = Some([chance.next() >> chance.below(64), chance.next()]),
        _ => file.tensors[at]
            .shape
            .push(chance.next() as usize >> chance.below(64)),
    }
}

/// A tensor becomes shorter or longer, and its shape with it, perhaps.
fn length(file: &mut File, chance: &mut Chance) {
    let at = chance.below(file.tensors.len());
    let tensor = &mut file.tensors[at];
    let width = tensor.width();
    let n = tensor.data.len() / width;
    let new = match chance.below(3) {
        0 => n.saturating_sub(1 + chance.below(3)),
        1 => n + 1 + chance.below(3),
        _ => chance.below(2 * n + 2),
    };
    tensor.data.resize(new * width, 0);
    if chance.below(4) > 0 && tensor.shape.len() == 1 {
        tensor.shape = vec![new];
    }
}

/// The bytes of the terms: others, the same again, words that are no words.
fn terms(file: &mut File, chance: &mut Chance) {
    let name = *chance.of(&["terms.bytes", "learned.bytes"]);
    let letter = *chance.of(&[b' ', b'a', 0, b'\n', 0xC3, b'0']);
    let n = chance.below(40);
    let Some(tensor) = file.tensor(name) else {
        return;
    };
    let at = chance.below(tensor.data.len());
    let end = (at + n).min(tensor.data.len());
    tensor.data[at..end].fill(letter);
}

/// One number of a tensor.
fn value(file: &mut File, chance: &mut Chance) {
    let at = chance.below(file.tensors.len());
    let tensor = &mut file.tensors[at];
    let width = tensor.width();
    let n = tensor.data.len() / width;
    if n == 0 {
        return;
    }
    let number = hostile(tensor, chance);
    let [one, other] = [chance.below(n), chance.below(n)].map(|at| at * width);
    match chance.below(4) {
        0 => (0..width).for_each(|byte| tensor.data.swap(one + byte, other + byte)),
        1 => tensor.data.copy_within(one..one + width, other),
        _ => tensor.data[one..one + width].copy_from_slice(&number),
    }
}

/// The bytes of a number that a tensor of this type should not hold, perhaps.
fn hostile(tensor: &Tensor, chance: &mut Chance) -> Vec<u8> {
    match tensor.dtype.as_str() {
        "U8" => vec![*chance.of(&[0, b' ', b'a', 0x80, 0xFF])],
        "U32" => {
            let near = chance.below(tensor.data.len() / 4 + 2) as u32;
            let numbers = [0, 1, near, near | 1 << 31, u32::MAX, 1 << 31];
            chance.of(&numbers).to_le_bytes().to_vec()
        }
        "U64" => {
            let near = chance.below(tensor.data.len() / 8 + 2) as u64;
            let numbers = [0, 1, near, 1 << 32, 1 << 53, u64::MAX];
            chance.of(&numbers).to_le_bytes().to_vec()
        }
        _ => {
            let numbers = [
                0.0,
                -0.0,
                1.0,
                -1.0,
                f64::NAN,
                f64::INFINITY,
                f64::NEG_INFINITY,
                f64::MAX,
                f64::MIN,
                f64::MIN_POSITIVE,
                5e-324,
                1e300,
                -1e300,
                1e-300,
                1e30,
                -1e30,
                1e-30,
                1e19,
                1.000_000_000_000_000_2,
            ];
            chance.of(&numbers).to_le_bytes().to_vec()
        }
    }
}
