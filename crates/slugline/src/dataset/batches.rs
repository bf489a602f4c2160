//! Parquet and Arrow files as batches of rows, with selected columns.

use arrow_array::RecordBatch;
use arrow_schema::{ArrowError, SchemaRef};
use parquet::arrow::{
    ProjectionMask,
    arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder},
};

use super::{
    Format, content::Bytes, expansion::ExpansionLimit, guard::guarded, ipc::Messages,
    parquet_file::ParquetFile,
};

/// Rows per batch: few, so that long texts take little memory.
const ROWS: usize = 1024;

/// An opened file, with its schema.
pub(super) struct Opened {
    pub(super) schema: SchemaRef,
    /// The bytes of the file, where a value that stands in it once may have any number of rows.
    pub(super) size: Option<u64>,
    kind: BatchKind,
    limit: ExpansionLimit,
}

enum BatchKind {
    Parquet(ParquetFile, ArrowReaderMetadata),
    Arrow(Box<Messages>),
}

/// The batches of a file.
pub(super) type Batches = Box<dyn Iterator<Item = Result<RecordBatch, ArrowError>> + Send>;

impl Opened {
    /// Reads the schema; the error is a message.
    pub(super) fn new(bytes: Bytes, format: Format, limit: ExpansionLimit) -> Result<Self, String> {
        guarded(|| {
            if format != Format::Parquet {
                let (messages, schema) = Messages::new(bytes.into_stream(), limit)?;
                let kind = BatchKind::Arrow(Box::new(messages));
                return Ok(Self {
                    schema,
                    size: None,
                    kind,
                    limit,
                });
            }
            let file = bytes.into_file().map_err(|error| error.to_string())?;
            let size = file.metadata().map_err(|error| error.to_string())?.len();
            let file = ParquetFile(file);
            let metadata = ArrowReaderMetadata::load(&file, ArrowReaderOptions::new())
                .map_err(|error| error.to_string())?;
            Ok(Self {
                schema: metadata.schema().clone(),
                size: Some(size),
                kind: BatchKind::Parquet(file, metadata),
                limit,
            })
        })
    }

    /// The batches, with these columns of the schema, which ascend.
    pub(super) fn batches(self, columns: &[usize]) -> Result<Batches, String> {
        guarded(|| match self.kind {
            BatchKind::Parquet(file, metadata) => {
                check(&metadata, columns, self.size.unwrap_or(0), self.limit)?;
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

/// Fails where the chunks of these columns say that they expand to too much.
fn check(
    metadata: &ArrowReaderMetadata,
    columns: &[usize],
    size: u64,
    limit: ExpansionLimit,
) -> Result<(), String> {
    let schema = metadata.parquet_schema();
    let mut expanded = 0_u64;
    for group in metadata.metadata().row_groups() {
        for (at, chunk) in group.columns().iter().enumerate() {
            if columns.contains(&schema.get_column_root_idx(at)) {
                let bytes = u64::try_from(chunk.uncompressed_size()).unwrap_or(u64::MAX);
                expanded = expanded.saturating_add(bytes);
            }
        }
    }
    limit.check(size, expanded)
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
