//! A classifier as bytes. The same classifier always gives the same bytes.

use std::{
    collections::HashMap,
    io::{self, Write},
};

use bytemuck::{NoUninit, cast_slice};
use safetensors::{
    Dtype,
    tensor::{Metadata, TensorInfo, TensorView},
};

use super::{FORMAT, Header, KEY, NO_CHECKSUM, checksum_position};
use crate::{
    classifier::TextClassifier,
    error::{Error, Result},
    naive_bayes::ClassRows,
    util::memory::{room, within},
    vocabulary::Vocabulary,
};

/// A model file in pieces that borrow the arrays, so that writing a large model takes no second copy in memory.
pub(super) struct Pieces<'a> {
    /// The bytes before the tensors.
    head: Vec<u8>,
    tensors: Vec<TensorView<'a>>,
}

impl Pieces<'_> {
    pub(super) fn write(&self, out: &mut impl Write) -> io::Result<()> {
        out.write_all(&self.head)?;
        self.tensors
            .iter()
            .try_for_each(|tensor| out.write_all(tensor.data()))
    }
}

impl TextClassifier {
    /// The model file's bytes.
    ///
    /// # Errors
    /// [`Error::ModelFile`] on a big-endian machine.
    pub fn to_bytes(&self) -> Result<Vec<u8>> {
        let pieces = self.pieces()?;
        let data: usize = pieces
            .tensors
            .iter()
            .map(|tensor| tensor.data().len())
            .sum();
        let mut file = within("the model file", || room(pieces.head.len() + data))?;
        pieces
            .write(&mut file)
            .map_err(|error| fault(error.to_string()))?;
        Ok(file)
    }

    /// Writes the model file's bytes into `out`, without a copy of them all in memory.
    ///
    /// # Errors
    /// What `out` fails with; of the kind `Unsupported` on a big-endian machine.
    pub fn write(&self, out: &mut impl Write) -> io::Result<()> {
        let pieces = self.pieces();
        let pieces = pieces.map_err(|error| io::Error::new(io::ErrorKind::Unsupported, error))?;
        pieces.write(out)
    }

    /// The model file, not yet put together.
    pub(super) fn pieces(&self) -> Result<Pieces<'_>> {
        if cfg!(target_endian = "big") {
            return Err(fault("this format needs a little-endian machine"));
        }
        let header = Header {
            checksum: NO_CHECKSUM.to_owned(),
            format: match self.learned.prior.df.is_empty() {
                true => 3,
                false => FORMAT,
            },
            n_documents: self.learned.n_documents,
            labels: self.labels.clone(),
            label_type: self.label_type,
            params: self.params.clone(),
            calibration: self.calibration,
            provenance: self.provenance.clone(),
            note: self.note.clone(),
        };
        let header = serde_json::to_string(&header).map_err(|error| fault(error.to_string()))?;
        // A single key: safetensors keeps the metadata in a hash map, whose order is chance.
        let metadata = HashMap::from([(KEY.to_owned(), header)]);

        let (learned, weights) = (&self.learned, &self.weights);
        let k = self.labels.len();
        let n = weights.vocabulary.len();
        let mut tensors = Tensors::default();
        tensors.vocabulary("terms", &weights.vocabulary)?;
        tensors.add("idf", Dtype::F64, &[n], weights.tfidf.idf())?;
        let linear = &weights.linear;
        let dense = linear.dense.len() / k.max(1);
        tensors.add("weights", Dtype::F64, &[dense, k], &linear.dense)?;
        tensors.add("bias", Dtype::F64, &[k], &linear.bias)?;
        if let Some(sparse) = &linear.sparse {
            let rows = sparse.of_term.len();
            tensors.add("weights.places", Dtype::U32, &[n], &sparse.places)?;
            tensors.add("weights.of_class", Dtype::F64, &[k], &sparse.of_class)?;
            tensors.add("weights.of_term", Dtype::F64, &[rows], &sparse.of_term)?;
            tensors.class_rows("weights", &sparse.differences)?;
        }
        let n = learned.vocabulary.len();
        tensors.add("class_count", Dtype::F64, &[k], &learned.sums.class_count)?;
        tensors.add("df", Dtype::U64, &[n], &learned.df)?;
        tensors.add("total", Dtype::F64, &[n], &learned.total)?;
        tensors.class_rows("sums", &learned.sums.feature_count)?;
        if let Some(background) = &learned.background {
            let count = std::slice::from_ref(&background.n_documents);
            tensors.add("background", Dtype::F64, &[n], &background.sums)?;
            tensors.add("background_count", Dtype::F64, &[1], count)?;
        }
        let prior = &learned.prior;
        if !prior.terms.is_empty() {
            let n = prior.terms.len();
            tensors.add("prior.terms", Dtype::U32, &[n], &prior.terms)?;
            tensors.add("prior.classes", Dtype::U32, &[n], &prior.classes)?;
            tensors.add("prior.counts", Dtype::F64, &[n], &prior.counts)?;
        }
        if !prior.df.is_empty() {
            let count = std::slice::from_ref(&prior.n_documents);
            tensors.add("prior.df", Dtype::U64, &[n], &prior.df)?;
            tensors.add("prior.n_documents", Dtype::U64, &[1], count)?;
        }
        if learned.vocabulary != weights.vocabulary {
            tensors.vocabulary("learned", &learned.vocabulary)?;
        }

        let (mut head, tensors) = tensors.laid_out(metadata)?;
        let position =
            checksum_position(&head).ok_or_else(|| fault("the header has no checksum"))?;
        let mut crc = crc32fast::Hasher::new();
        crc.update(&head);
        for tensor in &tensors {
            crc.update(tensor.data());
        }
        let digits = format!("{:08x}", crc.finalize());
        head[position..position + digits.len()].copy_from_slice(digits.as_bytes());
        Ok(Pieces { head, tensors })
    }
}

fn fault(why: impl Into<String>) -> Error {
    Error::ModelFile {
        file: String::new(),
        why: why.into(),
    }
}

#[derive(Default)]
struct Tensors<'a>(Vec<(String, TensorView<'a>)>);

impl<'a> Tensors<'a> {
    fn add<T: NoUninit>(
        &mut self,
        name: impl Into<String>,
        dtype: Dtype,
        shape: &[usize],
        values: &'a [T],
    ) -> Result<()> {
        let tensor = TensorView::new(dtype, shape.to_vec(), cast_slice(values))
            .map_err(|error| fault(error.to_string()))?;
        self.0.push((name.into(), tensor));
        Ok(())
    }

    /// The head of a safetensors file, and the tensors in file order, as in `safetensors::serialize`, which would
    /// copy them all.
    fn laid_out(self, metadata: HashMap<String, String>) -> Result<(Vec<u8>, Vec<TensorView<'a>>)> {
        let mut tensors = self.0;
        // Tensors of larger numbers first, so that all are aligned.
        tensors.sort_by(|(left_name, left), (right_name, right)| {
            let by_type = right.dtype().cmp(&left.dtype());
            by_type.then_with(|| left_name.cmp(right_name))
        });
        let mut end = 0;
        let mut infos = Vec::with_capacity(tensors.len());
        for (name, tensor) in &tensors {
            let start = end;
            end += tensor.data().len();
            let info = TensorInfo {
                dtype: tensor.dtype(),
                shape: tensor.shape().to_vec(),
                data_offsets: (start, end),
            };
            infos.push((name.clone(), info));
        }
        let header =
            Metadata::new(Some(metadata), infos).map_err(|error| fault(error.to_string()))?;
        let mut header = serde_json::to_vec(&header).map_err(|error| fault(error.to_string()))?;
        header.resize(header.len().next_multiple_of(8), b' ');
        let mut head = (header.len() as u64).to_le_bytes().to_vec();
        head.append(&mut header);
        Ok((
            head,
            tensors.into_iter().map(|(_, tensor)| tensor).collect(),
        ))
    }

    fn class_rows(&mut self, name: &str, rows: &'a ClassRows) -> Result<()> {
        let (starts, classes, values) = rows.parts();
        let n = values.len();
        self.add(
            format!("{name}.starts"),
            Dtype::U64,
            &[starts.len()],
            starts,
        )?;
        self.add(format!("{name}.classes"), Dtype::U32, &[n], classes)?;
        self.add(format!("{name}.values"), Dtype::F64, &[n], values)
    }

    fn vocabulary(&mut self, name: &str, vocabulary: &'a Vocabulary) -> Result<()> {
        let (bytes, offsets, slots) = vocabulary.parts();
        self.add(format!("{name}.bytes"), Dtype::U8, &[bytes.len()], bytes)?;
        self.add(
            format!("{name}.offsets"),
            Dtype::U64,
            &[offsets.len()],
            offsets,
        )?;
        self.add(format!("{name}.slots"), Dtype::U64, &[slots.len()], slots)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_layout_is_that_of_safetensors() {
        let (long, short, bytes) = ([1.5_f64, 2.5], [7_u32, 8, 9], *b"abc");
        let mut tensors = Tensors::default();
        tensors.add("b", Dtype::U8, &[3], &bytes).unwrap();
        tensors.add("c", Dtype::U32, &[3], &short).unwrap();
        tensors.add("z", Dtype::F64, &[1, 2], &long).unwrap();
        tensors.add("a", Dtype::F64, &[2], &long).unwrap();
        let metadata = HashMap::from([("key".to_owned(), "value \"1\"".to_owned())]);
        let expected = safetensors::serialize(tensors.0.clone(), Some(metadata.clone())).unwrap();
        let (head, tensors) = tensors.laid_out(metadata).unwrap();
        let mut file = Vec::new();
        Pieces { head, tensors }.write(&mut file).unwrap();
        assert_eq!(file, expected);
    }
}
