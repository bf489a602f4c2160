//! Zstandard files of any number of frames, over ruzstd, which decodes one frame.

use std::io::{self, BufRead, ErrorKind, Read};

use ruzstd::decoding::{
    BlockDecodingStrategy, FrameDecoder,
    errors::{FrameDecoderError, ReadFrameHeaderError},
};

/// Decompresses all frames one after the other, skips skippable ones, and compares checksums.
///
/// A block (at most 128 KiB) is decoded when its content is asked for, so memory is bounded by the window, which ruzstd
/// limits to 128 MiB.
pub(super) struct ZstdReader<R> {
    input: R,
    decoder: FrameDecoder,
    in_frame: bool,
}

impl<R: BufRead> ZstdReader<R> {
    pub(super) fn new(input: R) -> Self {
        Self {
            input,
            decoder: FrameDecoder::new(),
            in_frame: false,
        }
    }

    /// Moves to the next frame with content; `false` at the end of the file.
    fn next_frame(&mut self) -> io::Result<bool> {
        while !self.input.fill_buf()?.is_empty() {
            match self.decoder.reset(&mut self.input) {
                Ok(()) => return Ok(true),
                Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame {
                    length,
                    ..
                })) => {
                    let length = u64::from(length);
                    let skipped = io::copy(&mut (&mut self.input).take(length), &mut io::sink())?;
                    if skipped < length {
                        return Err(ErrorKind::UnexpectedEof.into());
                    }
                }
                Err(error) => return Err(io::Error::other(error)),
            }
        }
        Ok(false)
    }

    /// Fails where the checksum of the frame just read does not match.
    fn check(&self) -> io::Result<()> {
        let expected = self.decoder.get_checksum_from_data();
        if expected.is_some() && expected != self.decoder.get_calculated_checksum() {
            return Err(io::Error::other("the checksum does not match the content"));
        }
        Ok(())
    }
}

impl<R: BufRead> Read for ZstdReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        loop {
            if !self.in_frame {
                if !self.next_frame()? {
                    return Ok(0);
                }
                self.in_frame = true;
            }
            while self.decoder.can_collect() == 0 && !self.decoder.is_finished() {
                self.decoder
                    .decode_blocks(&mut self.input, BlockDecodingStrategy::UptoBlocks(1))
                    .map_err(io::Error::other)?;
            }
            let read = self.decoder.read(buffer)?;
            if read > 0 {
                return Ok(read);
            }
            self.check()?;
            self.in_frame = false;
        }
    }
}

#[cfg(test)]
mod tests {
    use ruzstd::encoding::{CompressionLevel, compress_to_vec};

    use super::*;

    fn decoded(bytes: &[u8]) -> io::Result<Vec<u8>> {
        let mut out = Vec::new();
        ZstdReader::new(bytes).read_to_end(&mut out)?;
        Ok(out)
    }

    #[test]
    fn frames_follow_each_other_and_skippable_ones_are_skipped() {
        let mut file = b"\x50\x2a\x4d\x18\x03\x00\x00\x00abc".to_vec();
        file.extend(compress_to_vec(&b"one "[..], CompressionLevel::Fastest));
        file.extend(b"\x5f\x2a\x4d\x18\x00\x00\x00\x00");
        file.extend(compress_to_vec(&b"two"[..], CompressionLevel::Fastest));
        assert_eq!(decoded(&file).unwrap(), b"one two");
        assert!(decoded(b"\x50\x2a\x4d\x18\x03\x00\x00\x00ab").is_err());
        assert_eq!(decoded(b"").unwrap(), b"");
    }

    /// Damage anywhere is an error or, where a frame ends, a shorter text: never a panic.
    #[test]
    fn damage_is_never_a_panic() {
        let text = "the cat sat on the mat, and the dog sat on the cat. ".repeat(40);
        let file = compress_to_vec(text.as_bytes(), CompressionLevel::Fastest);
        assert_eq!(decoded(&file).unwrap(), text.as_bytes());
        for cut in 1..file.len() {
            assert!(decoded(&file[..cut]).is_err(), "cut at {cut}");
        }
        for place in 0..file.len() {
            for bit in 0..8 {
                let mut damaged = file.clone();
                damaged[place] ^= 1 << bit;
                let _ = decoded(&damaged);
            }
        }
    }

    #[test]
    fn a_wrong_checksum_is_an_error() {
        let mut file = compress_to_vec(&b"some text"[..], CompressionLevel::Fastest);
        let last = file.len() - 1;
        file[last] ^= 1;
        assert!(decoded(&file).unwrap_err().to_string().contains("checksum"));
    }
}
