//! Detecting the encoding of a text, and decoding it to UTF-8.

use std::{
    fmt,
    io::{self, BufRead, Read},
    str::FromStr,
};

use encoding_rs::DecoderResult;

use super::{
    InvalidUtf8,
    fault::Fault,
    peek::{EVIDENCE, Peek},
    utf8::line_breaks,
};
use crate::error::{Error, Result};

/// The character encoding of a text: one of the [Encoding Standard](https://encoding.spec.whatwg.org/),
/// by any of its labels (`windows-1252`, `latin1`, `shift_jis`, `utf-16le` …), or UTF-32.
///
/// ```
/// use slugline::dataset::Encoding;
///
/// let encoding: Encoding = "latin1".parse()?;
/// assert_eq!(encoding.to_string(), "windows-1252");
/// # Ok::<(), slugline::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Encoding(EncodingKind);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum EncodingKind {
    Standard(&'static encoding_rs::Encoding),
    Utf32 { big_endian: bool },
}

impl Encoding {
    const UTF_8: Self = Self(EncodingKind::Standard(encoding_rs::UTF_8));
    const UTF_16LE: Self = Self(EncodingKind::Standard(encoding_rs::UTF_16LE));
    const UTF_16BE: Self = Self(EncodingKind::Standard(encoding_rs::UTF_16BE));
    const UTF_32LE: Self = Self(EncodingKind::Utf32 { big_endian: false });
    const UTF_32BE: Self = Self(EncodingKind::Utf32 { big_endian: true });

    pub(super) fn is_utf8(self) -> bool {
        self == Self::UTF_8
    }
}

impl fmt::Display for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            EncodingKind::Standard(encoding) => f.pad(&encoding.name().to_ascii_lowercase()),
            EncodingKind::Utf32 { big_endian: false } => f.pad("utf-32le"),
            EncodingKind::Utf32 { big_endian: true } => f.pad("utf-32be"),
        }
    }
}

impl FromStr for Encoding {
    type Err = Error;

    /// Upper and lower case are the same, and so are Python's spellings (`latin_1`, `utf_8_sig`).
    fn from_str(name: &str) -> Result<Self> {
        let lower = name.trim().to_ascii_lowercase();
        let dashes = lower.replace('_', "-");
        match dashes.as_str() {
            "utf-8-sig" => return Ok(Self::UTF_8),
            "utf-32" | "utf-32le" | "utf-32-le" => return Ok(Self::UTF_32LE),
            "utf-32be" | "utf-32-be" => return Ok(Self::UTF_32BE),
            "utf-16-le" => return Ok(Self::UTF_16LE),
            "utf-16-be" => return Ok(Self::UTF_16BE),
            _ => {}
        }
        [&lower, &dashes, &dashes.replace('-', "")]
            .into_iter()
            .find_map(|label| encoding_rs::Encoding::for_label_no_replacement(label.as_bytes()))
            .map(|encoding| Self(EncodingKind::Standard(encoding)))
            .ok_or_else(|| {
                Error::parameter(
                    "encoding",
                    name,
                    "a label of the Encoding Standard such as utf-8, utf-16le, windows-1252, \
                     iso-8859-15, shift_jis, gb18030 or koi8-r",
                )
            })
    }
}

/// Byte-order marks; the longer one of two with one beginning first.
const MARKS: [(&[u8], Encoding); 5] = [
    (b"\xef\xbb\xbf", Encoding::UTF_8),
    (b"\xff\xfe\0\0", Encoding::UTF_32LE),
    (b"\0\0\xfe\xff", Encoding::UTF_32BE),
    (b"\xff\xfe", Encoding::UTF_16LE),
    (b"\xfe\xff", Encoding::UTF_16BE),
];

/// The number of bytes in which HTML and XML may declare their encoding.
const DECLARATION: usize = 1024;

/// The encoding of a text: by its byte-order mark, else the given one, else detected. Only as much is read as a mark, or
/// zeros in every other byte, take.
pub(super) fn of(input: &mut Peek, given: Option<Encoding>) -> io::Result<Encoding> {
    if let Some(told) = marked(input)?.or(given) {
        return Ok(told);
    }
    let bytes = input.evidence()?;
    Ok(unmarked_utf16(bytes)
        .or_else(|| declared(bytes))
        .unwrap_or(Encoding::UTF_8))
}

/// Whether a byte-order mark or the caller says that a text is in another encoding than UTF-8.
pub(super) fn is_told(input: &mut Peek, given: Option<Encoding>) -> io::Result<bool> {
    let told = marked(input)?.or(given);
    Ok(told.is_some_and(|encoding| !encoding.is_utf8()))
}

/// The encoding that a byte-order mark says.
fn marked(input: &mut Peek) -> io::Result<Option<Encoding>> {
    loop {
        let bytes = input.at_hand();
        let open =
            |(mark, _): &(&[u8], Encoding)| mark.len() > bytes.len() && mark.starts_with(bytes);
        if !MARKS.iter().any(open) || !input.more()? {
            break;
        }
    }
    let bytes = input.at_hand();
    let mark = MARKS.iter().find(|(mark, _)| bytes.starts_with(mark));
    Ok(mark.map(|(_, encoding)| *encoding))
}

/// UTF-16 by its zero bytes: of the characters that are in every text (letters of English, digits, spaces,
/// line breaks) one byte of two is zero, and always the same one; the other one hardly ever is.
fn unmarked_utf16(bytes: &[u8]) -> Option<Encoding> {
    let units = bytes.len() / 2;
    let zeros = |parity: usize| {
        let bytes = bytes.iter().skip(parity).step_by(2);
        bytes.take(units).filter(|byte| **byte == 0).count()
    };
    let (encoding, high, zeros) = match (zeros(0), zeros(1)) {
        (few, zeros) if few * 4 < zeros => (Encoding::UTF_16LE, 1, zeros),
        (zeros, few) if few * 4 < zeros => (Encoding::UTF_16BE, 0, zeros),
        _ => return None,
    };
    // In other alphabets the high bytes come from about two blocks of Unicode.
    let mut blocks = [0_usize; 256];
    for byte in bytes.iter().skip(high).step_by(2).take(units) {
        if let Some(count) = blocks.get_mut(usize::from(*byte)) {
            *count += 1;
        }
    }
    blocks.sort_unstable_by(|a, b| b.cmp(a));
    let common: usize = blocks.iter().take(2).sum();
    if zeros * 4 < units && common * 5 < units * 4 {
        return None;
    }
    let units = bytes.chunks_exact(2).map(|unit| match (unit, high) {
        ([low, high], 1) | ([high, low], _) => u16::from_le_bytes([*low, *high]),
        _ => 0,
    });
    let is_text = char::decode_utf16(units)
        .enumerate()
        .all(|(at, character)| match character {
            Ok(character) => {
                !character.is_control() || matches!(character, '\t' | '\n' | '\r' | '\u{c}')
            }
            // The last character may be cut.
            Err(_) => at + 1 >= EVIDENCE / 2,
        });
    is_text.then_some(encoding)
}

/// The encoding that HTML or XML declares. A text that is UTF-8 is taken for that, whatever it says.
fn declared(bytes: &[u8]) -> Option<Encoding> {
    let start = bytes.trim_ascii_start();
    if !start.starts_with(b"<") || !has_foreign_bytes(bytes) {
        return None;
    }
    let head = start.get(..DECLARATION).unwrap_or(start);
    let head = String::from_utf8_lossy(head).to_ascii_lowercase();
    let after = if let Some(rest) = head.strip_prefix("<?xml") {
        let declaration = rest.split("?>").next()?;
        declaration.split_once("encoding")?.1
    } else {
        let meta = head.split("<meta").skip(1);
        let mut meta = meta.filter_map(|meta| meta.split_once('>').map(|(tag, _)| tag));
        meta.find_map(|tag| tag.split_once("charset").map(|(_, value)| value))?
    };
    let value = after.trim_start().strip_prefix('=')?;
    let value = value.trim_start().trim_start_matches(['"', '\'']);
    let label: &str = value
        .split(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | ';' | '/' | '>'))
        .next()?;
    // As in browsers: a text whose declaration could be read is not UTF-16.
    label
        .parse::<Encoding>()
        .ok()
        .filter(|encoding| !encoding.to_string().starts_with("utf-"))
}

/// Whether bytes are not UTF-8; the last character of a full sample may be cut.
fn has_foreign_bytes(bytes: &[u8]) -> bool {
    let is_cut = bytes.len() >= EVIDENCE;
    str::from_utf8(bytes).is_err_and(|error| error.error_len().is_some() || !is_cut)
}

/// The text of `input` in UTF-8, without a byte-order mark.
pub(super) fn decode(mut input: Peek, encoding: Encoding, policy: InvalidUtf8) -> Peek {
    let marks = MARKS.iter().filter(|(_, own)| *own == encoding);
    let mark = marks
        .map(|(mark, _)| *mark)
        .find(|mark| input.at_hand().starts_with(mark));
    // UTF-8 is validated by `Utf8Reader`, which also drops the byte-order mark and counts its bytes.
    if encoding.is_utf8() {
        return input;
    }
    let length = mark.map_or(0, <[u8]>::len);
    input.consume(length);
    Peek::new(Transcoder {
        decoder: match encoding.0 {
            EncodingKind::Standard(encoding) => {
                Decoder::Standard(encoding.new_decoder_without_bom_handling())
            }
            EncodingKind::Utf32 { big_endian } => Decoder::Utf32 { big_endian },
        },
        encoding,
        policy,
        input,
        text: Vec::new(),
        taken: 0,
        ended: false,
        line: 1,
        offset: length as u64,
        fault: None,
    })
}

enum Decoder {
    Standard(encoding_rs::Decoder),
    Utf32 { big_endian: bool },
}

/// Decodes another encoding to UTF-8.
struct Transcoder {
    input: Peek,
    encoding: Encoding,
    decoder: Decoder,
    policy: InvalidUtf8,
    /// Decoded text, of which `taken` bytes have been delivered.
    text: Vec<u8>,
    taken: usize,
    ended: bool,
    /// The line of the next character, and the offset of the next byte.
    line: u64,
    offset: u64,
    /// The error to return once the text before it is delivered.
    fault: Option<Fault>,
}

/// The result of decoding some bytes.
struct DecoderStep {
    read: usize,
    /// The number of malformed bytes at the end of those read.
    malformed: usize,
}

impl Transcoder {
    /// Decodes what the input has buffered.
    fn refill(&mut self) -> io::Result<()> {
        self.text.clear();
        self.taken = 0;
        while self.text.is_empty() && self.fault.is_none() && !self.ended {
            let least = match self.decoder {
                Decoder::Standard(_) => 1,
                Decoder::Utf32 { .. } => 4,
            };
            let bytes = self.input.at_least(least)?;
            let last = bytes.is_empty();
            let step = match &mut self.decoder {
                Decoder::Standard(decoder) => standard(decoder, bytes, last, &mut self.text),
                Decoder::Utf32 { big_endian } => utf32(bytes, *big_endian, &mut self.text),
            };
            self.input.consume(step.read);
            self.offset += step.read as u64;
            self.ended = last && step.malformed == 0;
            self.line += line_breaks(&self.text);
            if step.malformed > 0 {
                if self.policy == InvalidUtf8::Replace {
                    self.text.extend_from_slice("\u{fffd}".as_bytes());
                } else {
                    self.fault = Some(Fault::File(format!(
                        "invalid {} at byte {} (line {}): give the encoding that the text has \
                         (`encoding`), or replace the invalid bytes (`invalid_utf8 = replace`)",
                        self.encoding,
                        self.offset.saturating_sub(step.malformed as u64),
                        self.line
                    )));
                }
            }
        }
        match self.fault.take() {
            Some(fault) if self.text.is_empty() => Err(fault.into()),
            fault => {
                self.fault = fault;
                Ok(())
            }
        }
    }
}

fn standard(
    decoder: &mut encoding_rs::Decoder,
    bytes: &[u8],
    last: bool,
    text: &mut Vec<u8>,
) -> DecoderStep {
    let bytes = bytes.get(..EVIDENCE).unwrap_or(bytes);
    let room = decoder.max_utf8_buffer_length_without_replacement(bytes.len());
    text.resize(room.unwrap_or(4 * EVIDENCE), 0);
    let (result, read, written) = decoder.decode_to_utf8_without_replacement(bytes, text, last);
    text.truncate(written);
    let malformed = match result {
        DecoderResult::Malformed(length, after) => usize::from(length) + usize::from(after),
        DecoderResult::InputEmpty | DecoderResult::OutputFull => 0,
    };
    DecoderStep { read, malformed }
}

fn utf32(bytes: &[u8], big_endian: bool, text: &mut Vec<u8>) -> DecoderStep {
    let mut read = 0;
    for unit in bytes.chunks(4) {
        let [a, b, c, d] = *unit else {
            // The input ends in the middle of a character.
            if read == 0 {
                return DecoderStep {
                    read: unit.len(),
                    malformed: unit.len(),
                };
            }
            break;
        };
        let code = match big_endian {
            true => u32::from_be_bytes([a, b, c, d]),
            false => u32::from_le_bytes([a, b, c, d]),
        };
        read += 4;
        match char::from_u32(code) {
            Some(character) => {
                text.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
            }
            None => return DecoderStep { read, malformed: 4 },
        }
    }
    DecoderStep { read, malformed: 0 }
}

impl Read for Transcoder {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.taken >= self.text.len() {
            if let Some(fault) = self.fault.take() {
                self.ended = true;
                return Err(fault.into());
            }
            self.refill()?;
        }
        let mut rest = self.text.get(self.taken..).unwrap_or_default();
        let count = rest.read(buffer)?;
        self.taken += count;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Decodes bytes that come in portions of every small size.
    fn read(bytes: &[u8], given: Option<&str>, policy: InvalidUtf8) -> (String, String) {
        struct Portions(io::Cursor<Vec<u8>>, usize);
        impl Read for Portions {
            fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
                let most = self.1.min(buffer.len());
                self.0.read(&mut buffer[..most])
            }
        }
        let given = given.map(|name| name.parse().unwrap());
        let results = [1, 2, 3, 5, 8, 4096].map(|size| {
            let mut input = Peek::new(Portions(io::Cursor::new(bytes.to_vec()), size));
            let encoding = of(&mut input, given).unwrap();
            let mut text = Vec::new();
            let read = decode(input, encoding, policy).read_to_end(&mut text);
            let why = read.map_or_else(|error| error.to_string(), |_| String::new());
            (String::from_utf8_lossy(&text).into_owned(), why)
        });
        let [first, rest @ ..] = results;
        for result in rest {
            assert_eq!(result, first);
        }
        first
    }

    fn text(bytes: &[u8], given: Option<&str>) -> String {
        let (text, why) = read(bytes, given, InvalidUtf8::Error);
        assert_eq!(why, "");
        text
    }

    fn utf16(text: &str, big: bool) -> Vec<u8> {
        let units = text.encode_utf16();
        units
            .flat_map(|unit| {
                if big {
                    unit.to_be_bytes()
                } else {
                    unit.to_le_bytes()
                }
            })
            .collect()
    }

    fn utf32(text: &str, big: bool) -> Vec<u8> {
        let units = text.chars().map(u32::from);
        units
            .flat_map(|unit| {
                if big {
                    unit.to_be_bytes()
                } else {
                    unit.to_le_bytes()
                }
            })
            .collect()
    }

    #[test]
    fn marked_and_unmarked_texts_are_told() {
        for sample in [
            "Größe, 3 €\n😀 done\n",
            "Всё хорошо, пишем дальше\n",
            "一二三，四五六\n天 地\n",
        ] {
            for big in [false, true] {
                let mark = "\u{feff}";
                assert_eq!(text(&utf16(&format!("{mark}{sample}"), big), None), sample);
                assert_eq!(text(&utf32(&format!("{mark}{sample}"), big), None), sample);
                let name = ["utf-32le", "utf-32be"][usize::from(big)];
                assert_eq!(text(&utf32(sample, big), Some(name)), sample);
                let name = ["utf-16le", "utf-16be"][usize::from(big)];
                assert_eq!(text(&utf16(sample, big), Some(name)), sample);
            }
        }
        for sample in [
            "Größe, 3 €\n😀 done\n",
            "Всё хорошо, пишем дальше\n",
            "a",
            "{\"a\"",
        ] {
            for big in [false, true] {
                assert_eq!(text(&utf16(sample, big), None), sample);
            }
        }
        for utf8 in ["hello\0world and more", "Größe", "", "a", "a\0\0b"] {
            assert_eq!(text(utf8.as_bytes(), None), utf8);
        }
    }

    #[test]
    fn the_given_encoding_is_read() {
        assert_eq!(text(b"caf\xe9 \x80", Some("windows-1252")), "café €");
        assert_eq!(text(b"caf\xe9", Some("latin_1")), "café");
        assert_eq!(
            text(b"\x83\x65\x83\x58\x83\x67", Some("shift_jis")),
            "テスト"
        );
        assert_eq!(
            text("\u{feff}é".as_bytes(), Some("windows-1252")),
            "\u{feff}é"
        );
    }

    #[test]
    fn html_and_xml_declare_their_encoding() {
        let html = b"<!DOCTYPE html><meta charset='windows-1252'><p>caf\xe9";
        assert!(text(html, None).ends_with("café"));
        let http = b"<html><meta http-equiv=x content=\"text/html; charset=iso-8859-2\"> \xb1";
        assert!(text(http, None).ends_with('ą'));
        let xml = b"<?xml version='1.0' encoding=\"ISO-8859-15\"?><html>\xa4</html>";
        assert!(text(xml, None).contains('€'));
        // A page that was converted to UTF-8 may still declare its old encoding.
        let utf8 = "<meta charset=latin1><p>café".as_bytes();
        assert!(text(utf8, None).ends_with("café"));
    }

    #[test]
    fn what_is_invalid_has_a_place_or_is_replaced() {
        let mut bytes = utf16("a\nb", false);
        bytes.extend([0x00, 0xd8, b'c', 0]);
        let (before, why) = read(&bytes, Some("utf-16le"), InvalidUtf8::Error);
        assert_eq!(before, "a\nb");
        assert!(
            why.starts_with("invalid utf-16le at byte 6 (line 2): "),
            "{why}"
        );
        let (replaced, why) = read(&bytes, Some("utf-16le"), InvalidUtf8::Replace);
        assert_eq!((replaced.as_str(), why.as_str()), ("a\nb\u{fffd}c", ""));
        let cut = &utf32("ab", true)[..6];
        assert_eq!(
            read(cut, Some("utf-32be"), InvalidUtf8::Replace).0,
            "a\u{fffd}"
        );
        assert!(
            read(cut, Some("utf-32be"), InvalidUtf8::Error)
                .1
                .contains("byte 4")
        );
    }

    #[test]
    fn names_are_those_of_the_standard_and_of_python() {
        for (name, expected) in [
            ("UTF8", "utf-8"),
            ("utf_8_sig", "utf-8"),
            ("cp1252", "windows-1252"),
            ("latin-1", "windows-1252"),
            ("ISO-8859-1", "windows-1252"),
            ("utf-16", "utf-16le"),
            ("utf_32", "utf-32le"),
            ("GBK", "gbk"),
        ] {
            assert_eq!(
                name.parse::<Encoding>().unwrap().to_string(),
                expected,
                "{name}"
            );
        }
        for name in ["", "klingon", "replacement", "hz-gb-2312"] {
            let why = name.parse::<Encoding>().unwrap_err().to_string();
            assert!(
                why.starts_with("encoding is ") && why.contains("windows-1252"),
                "{why}"
            );
        }
    }
}
