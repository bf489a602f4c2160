//! Compressed files: recognised by their first bytes, decompressed as a stream.

use std::{
    io::{self, Read},
    path::Path,
    sync::Arc,
};

use flate2::bufread::MultiGzDecoder;

use super::{
    expansion::{Counted, Expanded, ExpansionLimit},
    fault::Fault,
    format::lower_extension,
    peek::{Beginning, Peek},
    zstd::ZstdReader,
};

/// The supported compressions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Compression {
    Gzip,
    Zstd,
}

/// A magic number: the value of each byte, and its mask.
type Pattern = &'static [(u8, u8)];

const MAGIC: [(Compression, Pattern); 3] = [
    (Compression::Gzip, &[(0x1f, 0xff), (0x8b, 0xff)]),
    (
        Compression::Zstd,
        &[(0x28, 0xff), (0xb5, 0xff), (0x2f, 0xff), (0xfd, 0xff)],
    ),
    // A zstd file may begin with a skippable frame, of which there are sixteen magic numbers.
    (
        Compression::Zstd,
        &[(0x50, 0xf0), (0x2a, 0xff), (0x4d, 0xff), (0x18, 0xff)],
    ),
];

/// The compression that the first bytes show.
fn kind_of(bytes: &[u8]) -> Beginning<Compression> {
    let agrees = |((value, mask), byte): (&(u8, u8), &u8)| byte & mask == *value;
    let mut possible = MAGIC
        .iter()
        .filter(|(_, pattern)| pattern.iter().zip(bytes).all(agrees));
    match possible.next() {
        None => Beginning::Other,
        Some((kind, pattern)) if bytes.len() >= pattern.len() => Beginning::Known(*kind),
        Some(_) => Beginning::Open,
    }
}

/// The uncompressed content of `input`, and whether it was compressed; an error where it expands to more than the
/// limit. `path` is given for files: where its extension names a compression that the content does not have, that is an
/// error.
pub(super) fn decompress(
    input: impl Read + Send + 'static,
    path: Option<&Path>,
    limit: ExpansionLimit,
) -> io::Result<(Peek, bool)> {
    let compressed = Arc::default();
    let mut input = Peek::new(Counted {
        input,
        read: Arc::clone(&compressed),
    });
    let named = |name, input| {
        let input = Named { name, input };
        Ok((Peek::new(Expanded::new(input, compressed, limit)), true))
    };
    match sniff(&mut input)? {
        Some(Compression::Gzip) => {
            named("gzip", Decoder::Gzip(Box::new(MultiGzDecoder::new(input))))
        }
        Some(Compression::Zstd) => named("zstd", Decoder::Zstd(Box::new(ZstdReader::new(input)))),
        None => match path.and_then(promised) {
            Some(name) => Err(Fault::File(format!(
                "the file's name says {name}, but its content is not {name} data: rename the \
                 file, or fetch it again"
            ))
            .into()),
            None => Ok((input, false)),
        },
    }
}

/// The compression that a file's extension names.
fn promised(path: &Path) -> Option<&'static str> {
    match lower_extension(path)?.as_str() {
        "gz" => Some("gzip"),
        "zst" | "zstd" => Some("zstd"),
        _ => None,
    }
}

/// Reads just enough bytes to tell, so that the first line of a live input is answered at once.
fn sniff(input: &mut Peek) -> io::Result<Option<Compression>> {
    loop {
        match kind_of(input.at_hand()) {
            Beginning::Known(kind) => return Ok(Some(kind)),
            Beginning::Open if input.more()? => {}
            _ => return Ok(None),
        }
    }
}

enum Decoder {
    Gzip(Box<MultiGzDecoder<Peek>>),
    Zstd(Box<ZstdReader<Peek>>),
}

/// A decompressor whose errors name the compression and say what to do.
struct Named {
    name: &'static str,
    input: Decoder,
}

impl Read for Named {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = match &mut self.input {
            Decoder::Gzip(input) => input.read(buffer),
            Decoder::Zstd(input) => input.read(buffer),
        };
        read.map_err(|error| {
            // Errors of the disk pass unchanged: the data is not at fault.
            if error.raw_os_error().is_some() {
                return error;
            }
            Fault::File(format!(
                "the {} data is damaged or cut short ({error}): fetch or compress the file again",
                self.name
            ))
            .into()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives a byte at a time.
    struct Slow(&'static [u8]);

    impl Read for Slow {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let count = self.0.len().min(1);
            (&mut self.0).take(count as u64).read(buffer)
        }
    }

    #[test]
    fn sniffing_reads_no_more_than_it_needs() {
        let sniffed = |bytes: &'static [u8]| {
            let mut input = Peek::new(Slow(bytes));
            let kind = sniff(&mut input).unwrap();
            (input.at_hand().len(), kind)
        };
        assert_eq!(sniffed(b""), (0, None));
        assert_eq!(sniffed(b"hello"), (1, None));
        assert_eq!(sniffed(b"P"), (1, None));
        assert_eq!(sniffed(b"PK\x03"), (2, None));
        assert_eq!(sniffed(b"\x1f\x8b\x08\x00"), (2, Some(Compression::Gzip)));
        assert_eq!(
            sniffed(b"\x28\xb5\x2f\xfd\x00"),
            (4, Some(Compression::Zstd))
        );
        assert_eq!(sniffed(b"\x5a\x2a\x4d\x18"), (4, Some(Compression::Zstd)));
        assert_eq!(sniffed(b"\x6a\x2a\x4d\x18"), (1, None));
        assert_eq!(sniffed(b"\x1f\x2a\x4d\x18"), (2, None));
    }
}
