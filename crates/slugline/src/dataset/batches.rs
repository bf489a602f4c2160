//! Parquet and Arrow files as batches of rows, with selected columns.

use std::fs::File;

use arrow_array::RecordBatch;
use arrow_schema::{ArrowError, SchemaRef};
use parquet::arrow::{
    ProjectionMask,
    arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder},
};

use super::{Format, content::Bytes, guard::guarded, ipc::Messages};

/// Rows per batch: few, so that long texts take little memory.
const ROWS: usize = 1024;

/// An opened file, with its schema.
pub(super) struct Opened {
    pub(super) schema: SchemaRef,
    kind: BatchKind,
}

enum BatchKind {
    Parquet(File, ArrowReaderMetadata),
    Arrow(Box<Messages>),
}

/// The batches of a file.
pub(super) type Batches = Box<dyn Iterator<Item = Result<RecordBatch, ArrowError>> + Send>;

impl Opened {
    /// Reads the schema; the error is a message.
    pub(super) fn new(bytes: Bytes, format: Format) -> Result<Self, String> {
        guarded(|| {
            if format != Format::Parquet {
                let (messages, schema) = Messages::new(bytes.into_stream())?;
                let kind = BatchKind::Arrow(Box::new(messages));
                return Ok(Self { schema, kind });
            }
            let file = bytes.into_file().map_err(|error| error.to_string())?;
            let metadata = ArrowReaderMetadata::load(&file, ArrowReaderOptions::new())
                .map_err(|error| error.to_string())?;
            Ok(Self {
                schema: metadata.schema().clone(),
                kind: BatchKind::Parquet(file, metadata),
            })
        })
    }

    /// The batches, with these columns of the schema, which ascend.
    pub(super) fn batches(self, columns: &[usize]) -> Result<Batches, String> {
        guarded(|| match self.kind {
            BatchKind::Parquet(file, metadata) => {
                let mask =
                    ProjectionMask::roots(metadata.parquet_schema(), columns.iter().copied());
                let reader = ParquetRecordBatchReaderBuilder::new_with_metadata(file, metadata)
                    .with_projection(mask)
                    .with_batch_size(ROWS)
                    .build()
                    .map_err(|error| error.to_string())?;
                Ok(Box::new(reader) as Batches)
            }
            BatchKind::Arrow(messages) => {
                let columns = columns.to_vec();
                let project = move |batch: Result<RecordBatch, _>| batch?.project(&columns);
                Ok(Box::new(messages.map(project)) as Batches)
            }
        })
    }
}

/// The next batch.
pub(super) fn next(batches: &mut Batches) -> Result<Option<RecordBatch>, String> {
    guarded(|| {
        batches
            .next()
            .transpose()
            .map_err(|error| error.to_string())
    })
}
