//! The messages of an Arrow stream, or of an Arrow file, which is a stream between two magic numbers, followed by a
//! footer.
//!
//! arrow-ipc's own readers allocate memory by the lengths in the file, so damage could end the program. Here the
//! lengths are compared with the bytes of each message first.

use std::io::{self, BufRead, Read};

use arrow_array::RecordBatch;
use arrow_buffer::Buffer;
use arrow_ipc::{Message, RecordBatch as BatchHeader, reader::StreamDecoder, root_as_message};
use arrow_schema::{ArrowError, SchemaRef};

use super::{expansion::ExpansionLimit, guard::guarded, peek::Peek};

/// The magic number of an Arrow file.
const MARK: &[u8] = b"ARROW1";
/// Its bytes at the beginning of a file, with padding.
const MARK_AND_PADDING: usize = 8;
/// The marker before the length of a message.
const CONTINUATION: [u8; 4] = [0xff; 4];
/// The marker of the end of a stream.
const END: &[u8] = &[0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0];
/// The batches of a stream or file.
pub(super) struct Messages {
    input: Peek,
    decoder: StreamDecoder,
    is_file: bool,
    is_done: bool,
    /// A batch that was read while looking for the schema.
    first: Option<RecordBatch>,
    /// Bytes that the decoder has not consumed.
    rest: Buffer,
    /// Bytes that were read, those that they expand to, and how many they may be.
    read: u64,
    expanded: u64,
    limit: ExpansionLimit,
}

impl Messages {
    /// Reads the schema; the error is a message.
    pub(super) fn new(mut input: Peek, limit: ExpansionLimit) -> Result<(Self, SchemaRef), String> {
        let beginning = input
            .at_least(MARK_AND_PADDING)
            .map_err(|error| error.to_string())?;
        let is_file = beginning.starts_with(MARK);
        if is_file {
            input.consume(MARK_AND_PADDING);
        }
        let mut messages = Self {
            input,
            decoder: StreamDecoder::new(),
            is_file,
            is_done: false,
            first: None,
            rest: Buffer::from(&[]),
            read: 0,
            expanded: 0,
            limit,
        };
        while messages.decoder.schema().is_none() && !messages.is_done {
            let batch = messages.step().map_err(|error| error.to_string())?;
            messages.first = messages.first.or(batch);
        }
        match messages.decoder.schema() {
            Some(schema) => Ok((messages, schema)),
            None => Err("it has no schema".to_owned()),
        }
    }

    /// Reads a message; returns its batch, if it has one.
    fn step(&mut self) -> Result<Option<RecordBatch>, ArrowError> {
        if !self.rest.is_empty() {
            return self.decoder.decode(&mut self.rest);
        }
        let mut prefix = [0; 8];
        let read = fill(&mut self.input, &mut prefix)?;
        let [a, b, c, d, length @ ..] = prefix;
        // The end, or the footer of a file without a marker at the end of its messages.
        let is_end = read == 0 || (self.is_file && read >= 4 && [a, b, c, d] != CONTINUATION);
        if is_end && read == 0 && self.is_file {
            return Err(cut_short());
        }
        let length = u32::from_le_bytes(length);
        if is_end || (read == 8 && length == 0) {
            self.is_done = true;
            // The decoder decodes a message without a body only when more bytes follow.
            return self.decoder.decode(&mut Buffer::from(END));
        }
        if read < 8 || [a, b, c, d] != CONTINUATION {
            return Err(cut_short());
        }
        let metadata = exactly(&mut self.input, u64::from(length))?;
        let message = root_as_message(&metadata)
            .map_err(|error| ArrowError::ParseError(format!("a message is damaged: {error}")))?;
        let body = match u64::try_from(message.bodyLength()) {
            Ok(length) => exactly(&mut self.input, length)?,
            Err(_) => return Err(ArrowError::ParseError("a length is negative".to_owned())),
        };
        self.read += body.len() as u64;
        self.expanded = self.expanded.saturating_add(expanded(&message, &body));
        self.limit
            .check(self.read, self.expanded)
            .map_err(ArrowError::ParseError)?;
        let mut bytes = Vec::with_capacity(prefix.len() + metadata.len() + body.len());
        bytes.extend(prefix);
        bytes.extend(metadata);
        bytes.extend(body);
        let mut bytes = Buffer::from_vec(bytes);
        let batch = self.decoder.decode(&mut bytes)?;
        // A batch without a body came before this message; the rest is for the next call.
        self.rest = bytes;
        Ok(batch)
    }
}

impl Iterator for Messages {
    type Item = Result<RecordBatch, ArrowError>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(first) = self.first.take() {
            return Some(Ok(first));
        }
        while !self.is_done {
            let batch = guarded(|| self.step().map_err(|error| error.to_string()));
            match batch {
                Ok(None) => {}
                Ok(Some(batch)) => return Some(Ok(batch)),
                Err(why) => {
                    self.is_done = true;
                    return Some(Err(ArrowError::ParseError(why)));
                }
            }
        }
        None
    }
}

fn cut_short() -> ArrowError {
    ArrowError::ParseError("it is cut short".to_owned())
}

/// Fills the buffer, or less at the end of the input.
fn fill(input: &mut impl Read, mut buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while !buffer.is_empty() {
        let read = input.read(buffer)?;
        if read == 0 {
            break;
        }
        filled += read;
        buffer = buffer.get_mut(read..).unwrap_or_default();
    }
    Ok(filled)
}

/// Reads exactly `length` bytes, allocating memory as they come.
fn exactly(input: &mut impl Read, length: u64) -> Result<Vec<u8>, ArrowError> {
    let mut bytes = Vec::new();
    input.take(length).read_to_end(&mut bytes)?;
    match bytes.len() as u64 == length {
        true => Ok(bytes),
        false => Err(cut_short()),
    }
}

/// The bytes that the buffers of a message say that they expand to.
fn expanded(message: &Message<'_>, body: &[u8]) -> u64 {
    let dictionary = message.header_as_dictionary_batch();
    let batch: Option<BatchHeader<'_>> = message
        .header_as_record_batch()
        .or_else(|| dictionary.and_then(|dictionary| dictionary.data()));
    let Some(batch) = batch.filter(|batch| batch.compression().is_some()) else {
        return body.len() as u64;
    };
    let sizes = batch.buffers().into_iter().flatten().map(|buffer| {
        let start = usize::try_from(buffer.offset()).unwrap_or(usize::MAX);
        let prefix = body.get(start..).and_then(|rest| rest.first_chunk::<8>());
        let expanded = prefix.map_or(0, |prefix| i64::from_le_bytes(*prefix));
        // Negative: as it is.
        match buffer.length() {
            0 => 0,
            length => u64::try_from(expanded.max(length)).unwrap_or(0),
        }
    });
    sizes.fold(0, u64::saturating_add)
}
