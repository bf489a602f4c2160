//! A classifier as bytes. The same classifier always gives the same bytes.

use std::collections::HashMap;

use bytemuck::{NoUninit, cast_slice};
use safetensors::{Dtype, serialize, tensor::TensorView};

use super::{FORMAT, Header, KEY, NO_CHECKSUM, checksum, checksum_position};
use crate::{
    classifier::TextClassifier,
    error::{Error, Result},
    vocabulary::Vocabulary,
};

impl TextClassifier {
    /// The model file's bytes.
    ///
    /// # Errors
    /// [`Error::ModelFile`] on a big-endian machine.
    pub fn to_bytes(&self) -> Result<Vec<u8>> {
        if cfg!(target_endian = "big") {
            return Err(fault("this format needs a little-endian machine"));
        }
        let header = Header {
            checksum: NO_CHECKSUM.to_owned(),
            format: FORMAT,
            n_documents: self.learned.n_documents,
            labels: self.labels.clone(),
            label_type: self.label_type,
            params: self.params.clone(),
            calibration: self.calibration,
            provenance: self.provenance.clone(),
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
        tensors.add("weights", Dtype::F64, &[n, k], &weights.linear.weights)?;
        tensors.add("bias", Dtype::F64, &[k], &weights.linear.bias)?;
        let n = learned.vocabulary.len();
        tensors.add("class_count", Dtype::F64, &[k], &learned.sums.class_count)?;
        tensors.add("df", Dtype::U64, &[n], &learned.df)?;
        tensors.add("total", Dtype::F64, &[n], &learned.total)?;
        tensors.add(
            "feature_count",
            Dtype::F64,
            &[n, k],
            &learned.sums.feature_count,
        )?;
        let count = learned.background.as_ref().map(|own| [own.n_documents]);
        if let (Some(background), Some(count)) = (&learned.background, &count) {
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
        if learned.vocabulary != weights.vocabulary {
            tensors.vocabulary("learned", &learned.vocabulary)?;
        }

        let mut file =
            serialize(tensors.0, Some(metadata)).map_err(|error| fault(error.to_string()))?;
        let position =
            checksum_position(&file).ok_or_else(|| fault("the header has no checksum"))?;
        let digits = checksum(&file, position);
        file[position..position + digits.len()].copy_from_slice(digits.as_bytes());
        Ok(file)
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
