//! Compressed files: recognised by their first bytes, decompressed as a stream.

use std::{
    io::{self, BufRead, BufReader, Cursor, Read},
    path::Path,
};

use flate2::bufread::MultiGzDecoder;

use super::{fault::Fault, format::lower_extension, zstd::ZstdReader};

/// Bytes asked of the file, and of the decompressor, at a time.
const BUFFER: usize = 64 << 10;

/// What the first bytes of a file say about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Content {
    Gzip,
    Zstd,
    /// A compression that is not read; without this the complaint would be about UTF-8.
    Foreign(&'static str),
}

/// One byte of a magic number: the value that the byte has under the mask.
type Pattern = &'static [(u8, u8)];

const MAGIC: [(Content, Pattern); 6] = [
    (Content::Gzip, &[(0x1f, 0xff), (0x8b, 0xff)]),
    (
        Content::Zstd,
        &[(0x28, 0xff), (0xb5, 0xff), (0x2f, 0xff), (0xfd, 0xff)],
    ),
    // A zstd file may begin with a skippable frame, of which there are sixteen magic numbers.
    (
        Content::Zstd,
        &[(0x50, 0xf0), (0x2a, 0xff), (0x4d, 0xff), (0x18, 0xff)],
    ),
    (
        Content::Foreign("xz"),
        &[(0xfd, 0xff), (b'7', 0xff), (b'z', 0xff), (b'X', 0xff)],
    ),
    // "BZh", the level as a digit, and the first two bytes of a block's magic number.
    (
        Content::Foreign("bzip2"),
        &[
            (b'B', 0xff),
            (b'Z', 0xff),
            (b'h', 0xff),
            (0x30, 0xf0),
            (0x31, 0xff),
            (0x41, 0xff),
            (0x59, 0xff),
            (0x26, 0xff),
        ],
    ),
    (
        Content::Foreign("zip"),
        &[(b'P', 0xff), (b'K', 0xff), (0x03, 0xff), (0x04, 0xff)],
    ),
];

/// The longest magic number of all.
const LONGEST: usize = 8;

/// The uncompressed content of `input`. `path` is given for files, whose names may promise a
/// compression: a promise that the content does not keep is an error, not garbage text.
pub(super) fn decompress(
    mut input: impl Read + Send + 'static,
    path: Option<&Path>,
) -> io::Result<Box<dyn BufRead + Send>> {
    let (first, content) = sniff(&mut input)?;
    let input = BufReader::with_capacity(BUFFER, Cursor::new(first).chain(input));
    match content {
        Some(Content::Gzip) => Ok(buffered(Named {
            name: "gzip",
            input: MultiGzDecoder::new(input),
        })),
        Some(Content::Zstd) => Ok(buffered(Named {
            name: "zstd",
            input: ZstdReader::new(input),
        })),
        Some(Content::Foreign(name)) => Err(Fault::File(format!(
            "the content is compressed with {name}, which is not read: decompress it, or compress \
             it with gzip or zstd"
        ))
        .into()),
        None => match path.and_then(promised) {
            Some(name) => Err(Fault::File(format!(
                "the file's name says {name}, but its content is not {name} data: rename the \
                 file, or fetch it again"
            ))
            .into()),
            None => Ok(Box::new(input)),
        },
    }
}

fn buffered(input: impl Read + Send + 'static) -> Box<dyn BufRead + Send> {
    Box::new(BufReader::with_capacity(BUFFER, input))
}

/// The compression that the file's name promises.
fn promised(path: &Path) -> Option<&'static str> {
    match lower_extension(path)?.as_str() {
        "gz" => Some("gzip"),
        "zst" | "zstd" => Some("zstd"),
        _ => None,
    }
}

/// Reads just enough bytes to tell: asking for more would make a person who types into a pipe wait
/// for an answer to the first line.
fn sniff(input: &mut impl Read) -> io::Result<(Vec<u8>, Option<Content>)> {
    let mut first = Vec::with_capacity(LONGEST);
    loop {
        let begins = |(_, pattern): &&(Content, Pattern)| {
            pattern
                .iter()
                .zip(&first)
                .all(|(p, byte)| byte & p.1 == p.0)
        };
        let Some((content, pattern)) = MAGIC.iter().find(begins) else {
            return Ok((first, None));
        };
        if first.len() >= pattern.len() {
            return Ok((first, Some(*content)));
        }
        let mut byte = [0];
        if input.read(&mut byte)? == 0 {
            return Ok((first, None));
        }
        first.extend(byte);
    }
}

/// A decompressor whose complaints say which compression they are about and what to do.
struct Named<R> {
    name: &'static str,
    input: R,
}

impl<R: Read> Read for Named<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.input.read(buffer).map_err(|error| {
            // The disk's own errors pass unchanged: the data is not to blame for those.
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

    #[test]
    fn sniffing_reads_no_more_than_it_needs() {
        let sniffed = |bytes: &'static [u8]| {
            let mut input = bytes;
            let (first, content) = sniff(&mut input).unwrap();
            (first.len(), content)
        };
        assert_eq!(sniffed(b""), (0, None));
        assert_eq!(sniffed(b"hello"), (1, None));
        assert_eq!(sniffed(b"P"), (1, None));
        assert_eq!(sniffed(b"\x1f\x8b\x08\x00"), (2, Some(Content::Gzip)));
        assert_eq!(sniffed(b"\x28\xb5\x2f\xfd\x00"), (4, Some(Content::Zstd)));
        assert_eq!(sniffed(b"\x5a\x2a\x4d\x18"), (4, Some(Content::Zstd)));
        assert_eq!(sniffed(b"BZh is a name"), (4, None));
        assert_eq!(sniffed(b"BZh91AY&SY"), (8, Some(Content::Foreign("bzip2"))));
        assert_eq!(
            sniffed(b"PK\x03\x04..."),
            (4, Some(Content::Foreign("zip")))
        );
    }
}
