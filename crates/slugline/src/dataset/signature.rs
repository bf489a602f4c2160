//! File signatures: binary formats that are read, and formats that are refused, with advice.

use super::{
    Format,
    peek::{Beginning, Peek, is_control},
};

/// The maximum number of bytes in which the names of files in a zip archive are looked for.
const ZIP_BYTES: usize = 64 << 10;
/// The offset of `ustar` in a tar archive.
const TAR_MAGIC: usize = 257;

/// The kind of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Signature {
    /// A format that is read.
    Read(Format),
    /// A format that is refused.
    Refused(Refused),
    Zip,
}

/// A refused format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Refused {
    /// The name, as in "the content is …".
    what: &'static str,
    advice: &'static str,
    /// Whether a text cannot begin with the signature: then the file is refused even where the format is given.
    certain: bool,
}

impl Refused {
    pub(super) const fn new(what: &'static str, advice: &'static str) -> Self {
        Self {
            what,
            advice,
            certain: true,
        }
    }

    const fn possible(what: &'static str, advice: &'static str) -> Self {
        Self {
            what,
            advice,
            certain: false,
        }
    }

    pub(super) fn is_certain(&self) -> bool {
        self.certain
    }

    /// The message.
    pub(super) fn why(&self) -> String {
        format!(
            "the content is {}, which is not read: {}",
            self.what, self.advice
        )
    }
}

const UNPACK: &str = "unpack it, and name the files or the folder with them";
const COMPRESS: &str = "decompress it, or compress it with gzip or zstd";
const EXTRACT: &str =
    "extract its text first (`pdftotext` makes text of PDF, `pandoc` of most documents)";
const SAVE_AS: &str = "save it as plain text, CSV or .xlsx first";
const EXPORT: &str = "export the texts as CSV, JSON Lines or Parquet first";
const NO_TEXT: &str = "name a file that holds text";
const MODEL: &str = "a model is opened as a model; name a file that holds text";

/// Signatures at the beginning of a file.
const MAGIC: &[(&[u8], Signature)] = {
    use Signature::{Read, Refused as No, Zip};
    const fn no(what: &'static str, advice: &'static str) -> Signature {
        No(Refused::new(what, advice))
    }
    const fn perhaps(what: &'static str, advice: &'static str) -> Signature {
        No(Refused::possible(what, advice))
    }
    &[
        (b"PAR1", Read(Format::Parquet)),
        (b"ARROW1\0\0", Read(Format::Arrow)),
        // The marker of a message in an Arrow stream.
        (b"\xff\xff\xff\xff", Read(Format::Arrow)),
        (b"PK\x03\x04", Zip),
        // Workbooks, documents and mails of old Office versions, told apart by their content.
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
            Read(Format::Spreadsheet),
        ),
        (b"%PDF-", no("a PDF document", EXTRACT)),
        (b"{\\rtf", perhaps("an RTF document", EXTRACT)),
        (b"%!PS", perhaps("a PostScript document", EXTRACT)),
        (
            b"PARE",
            perhaps("an encrypted Parquet file", "decrypt it first"),
        ),
        (
            b"FEA1",
            perhaps(
                "a Feather file of version 1",
                "write it again with version 2",
            ),
        ),
        (b"Obj\x01", no("an Avro file", EXPORT)),
        (b"PK\x05\x06", no("an empty zip archive", UNPACK)),
        (b"7z\xbc\xaf\x27\x1c", no("a 7z archive", UNPACK)),
        (b"Rar!\x1a\x07", no("a RAR archive", UNPACK)),
        (b"!<arch>\n", perhaps("an ar archive", UNPACK)),
        (b"\xfd7zXZ\0", no("compressed with xz", COMPRESS)),
        (b"BZh", perhaps("compressed with bzip2", COMPRESS)),
        (b"\x04\x22\x4d\x18", no("compressed with lz4", COMPRESS)),
        (
            b"\xff\x06\0\0sNaPpY",
            no("compressed with snappy", COMPRESS),
        ),
        (b"\x1f\x9d", no("compressed with compress (.Z)", COMPRESS)),
        (b"LZIP\x01", no("compressed with lzip", COMPRESS)),
        (b"\x1f\x8b", no("compressed twice", "decompress it once")),
        (
            b"\x28\xb5\x2f\xfd",
            no("compressed twice", "decompress it once"),
        ),
        (b"SQLite format 3\0", no("an SQLite database", EXPORT)),
        (b"\x80\x02", no("a Python pickle", EXPORT)),
        (b"\x80\x03", no("a Python pickle", EXPORT)),
        (b"\x80\x04", no("a Python pickle", EXPORT)),
        (b"\x80\x05", no("a Python pickle", EXPORT)),
        (b"\x93NUMPY", no("a NumPy array", EXPORT)),
        (b"\x89HDF\r\n\x1a\n", no("an HDF5 file", EXPORT)),
        (b"<stata_dta>", no("a Stata data set", EXPORT)),
        (b"$FL2@(#)", perhaps("an SPSS data set", EXPORT)),
        (b"RDX", perhaps("an R data file", EXPORT)),
        (b"ORC\n", perhaps("an ORC file", EXPORT)),
        (b"GGUF", perhaps("a language model (GGUF)", MODEL)),
        (b"\xba\x16\x4f\x2f", no("a fastText model", MODEL)),
        (b"\x89PNG\r\n\x1a\n", no("a PNG image", NO_TEXT)),
        (b"\xff\xd8\xff", no("a JPEG image", NO_TEXT)),
        (b"GIF87a", perhaps("a GIF image", NO_TEXT)),
        (b"GIF89a", perhaps("a GIF image", NO_TEXT)),
        (b"II*\0", no("a TIFF image", NO_TEXT)),
        (b"MM\0*", no("a TIFF image", NO_TEXT)),
        (b"8BPS\0", no("a Photoshop image", NO_TEXT)),
        (b"AT&TFORM", perhaps("a DjVu document", EXTRACT)),
        (b"ITSF\x03", no("a CHM help file", EXTRACT)),
        (b"ID3\x03", no("an MP3 recording", NO_TEXT)),
        (b"ID3\x04", no("an MP3 recording", NO_TEXT)),
        (b"OggS\0", no("an Ogg recording", NO_TEXT)),
        (b"fLaC\0", no("a FLAC recording", NO_TEXT)),
        (b"\x1a\x45\xdf\xa3", no("a Matroska or WebM film", NO_TEXT)),
        (b"\x7fELF", no("a program (ELF)", NO_TEXT)),
        (b"MZ\x90\0", no("a program (Windows PE)", NO_TEXT)),
        (b"\xcf\xfa\xed\xfe", no("a program (Mach-O)", NO_TEXT)),
        (b"\xce\xfa\xed\xfe", no("a program (Mach-O)", NO_TEXT)),
        (b"\xfe\xed\xfa\xcf", no("a program (Mach-O)", NO_TEXT)),
        (b"\xfe\xed\xfa\xce", no("a program (Mach-O)", NO_TEXT)),
        (
            b"\xca\xfe\xba\xbe",
            no("a program (Java class or Mach-O)", NO_TEXT),
        ),
        (b"\0asm", no("a program (WebAssembly)", NO_TEXT)),
        (b"PACK\0\0\0", no("a git pack", NO_TEXT)),
        (b"DIRC\0\0\0", no("a git index", NO_TEXT)),
        (b"bplist00", perhaps("a property list", EXPORT)),
        (b"\0\0\0\x01Bud1", no("a .DS_Store file", NO_TEXT)),
    ]
};

/// Signatures at an offset, compared where the bytes are at hand.
const INSIDE: &[(usize, &[u8], Refused)] = &[
    (TAR_MAGIC, b"ustar", Refused::new("a tar archive", UNPACK)),
    (
        4,
        b"ftyp",
        Refused::possible("a film or an image (MP4, HEIC)", NO_TEXT),
    ),
    (8, b"WEBP", Refused::possible("a WebP image", NO_TEXT)),
    (8, b"WAVE", Refused::possible("a WAV recording", NO_TEXT)),
    (8, b"AVI ", Refused::possible("an AVI film", NO_TEXT)),
    (
        60,
        b"BOOKMOBI",
        Refused::possible("a Mobipocket book", EXTRACT),
    ),
];

/// The kind of a stream, if a signature tells it; only as much is read as that takes.
pub(super) fn of(input: &mut Peek) -> std::io::Result<Option<Signature>> {
    loop {
        match begins(input.at_hand()) {
            // What is read is taken for what its first bytes say: a live stream is not waited for.
            Beginning::Known(signature @ Signature::Read(_)) => return Ok(Some(signature)),
            Beginning::Known(signature) => return Ok(refine(signature, input.evidence()?)),
            Beginning::Open if input.more()? => {}
            _ => return Ok(further_on(input.evidence()?)),
        }
    }
}

fn begins(bytes: &[u8]) -> Beginning<Signature> {
    let mut open = false;
    for (magic, signature) in MAGIC {
        if bytes.starts_with(magic) {
            return Beginning::Known(*signature);
        }
        open |= magic.starts_with(bytes);
    }
    match open {
        true => Beginning::Open,
        false => Beginning::Other,
    }
}

/// Checks short signatures further, since a text may begin with the same letters.
fn refine(signature: Signature, bytes: &[u8]) -> Option<Signature> {
    let Signature::Refused(refused) = signature else {
        return Some(signature);
    };
    let text = bytes.get(..256).unwrap_or(bytes);
    // RTF and PostScript are text, and PDF begins as one.
    let is_text = [&b"{\\rtf"[..], b"%!PS", b"%PDF-", b"<stata", b"!<arch"]
        .iter()
        .any(|magic| bytes.starts_with(magic));
    match refused.certain || is_text || looks_binary(text) {
        true => Some(signature),
        false => further_on(bytes),
    }
}

fn further_on(bytes: &[u8]) -> Option<Signature> {
    let found = INSIDE.iter().find(|(at, magic, refused)| {
        bytes.get(*at..).is_some_and(|rest| rest.starts_with(magic))
            && (refused.certain || looks_binary(bytes.get(..256).unwrap_or(bytes)))
    });
    if let Some((_, _, refused)) = found {
        return Some(Signature::Refused(*refused));
    }
    // The length of the header in eight bytes, the upper ones 0, and the beginning of the header.
    let safetensors = bytes
        .get(3..10)
        .is_some_and(|rest| rest == b"\0\0\0\0\0{\"");
    // A bitmap has its length, then four bytes of zeros.
    let bitmap = bytes.starts_with(b"BM") && bytes.get(6..10) == Some(&[0; 4]);
    if safetensors {
        let what = "a safetensors file (a model)";
        return Some(Signature::Refused(Refused::new(what, MODEL)));
    }
    bitmap.then(|| Signature::Refused(Refused::new("a BMP image", NO_TEXT)))
}

/// The kind of a zip archive, by the names of the files in it that are at hand.
pub(super) fn of_zip(input: &mut Peek) -> std::io::Result<Signature> {
    let bytes = input.at_least(ZIP_BYTES)?;
    let no = |what, advice| Ok(Signature::Refused(Refused::new(what, advice)));
    let mut rest = bytes;
    while let Some(entry) = next_entry(&mut rest) {
        let (name, content) = entry;
        let begins = |prefix: &[u8]| name.starts_with(prefix);
        let ends = |suffix: &[u8]| name.ends_with(suffix);
        if begins(b"xl/") {
            return Ok(Signature::Read(Format::Spreadsheet));
        } else if begins(b"word/") {
            return no("a Word document (.docx)", EXTRACT);
        } else if begins(b"ppt/") {
            return no("a PowerPoint presentation (.pptx)", EXTRACT);
        } else if name == b"mimetype" {
            let holds = |what: &[u8]| content.windows(what.len()).take(100).any(|at| at == what);
            if holds(b"opendocument.spreadsheet") {
                return Ok(Signature::Read(Format::Spreadsheet));
            } else if holds(b"epub+zip") {
                return no("an EPUB book", EXTRACT);
            } else if holds(b"opendocument.") {
                return no("an OpenDocument text or presentation", EXTRACT);
            }
        } else if ends(b"/data.pkl") {
            return no("a PyTorch model", MODEL);
        } else if ends(b".npy") {
            return no("an archive of NumPy arrays (.npz)", EXPORT);
        } else if begins(b"Index/") && ends(b".iwa") {
            return no("a Pages, Numbers or Keynote document", SAVE_AS);
        } else if begins(b"META-INF/") {
            return no("a Java archive", NO_TEXT);
        }
    }
    no("a zip archive", UNPACK)
}

/// The name of the next file in a zip archive, and what follows it.
fn next_entry<'a>(rest: &mut &'a [u8]) -> Option<(&'a [u8], &'a [u8])> {
    const HEADER: usize = 30;
    const NAME_LENGTH: usize = 26;
    let bytes: &'a [u8] = rest;
    let at = bytes.windows(4).position(|four| four == b"PK\x03\x04")?;
    let entry = bytes.get(at..)?;
    *rest = entry.get(4..)?;
    let length = [*entry.get(NAME_LENGTH)?, *entry.get(NAME_LENGTH + 1)?];
    let end = HEADER + usize::from(u16::from_le_bytes(length));
    let end = end.min(entry.len());
    Some((entry.get(HEADER..end)?, entry.get(end..)?))
}

/// Whether bytes are not text in any single-byte encoding: text has hardly any control characters.
pub(super) fn looks_binary(bytes: &[u8]) -> bool {
    let controls = bytes.iter().filter(|byte| is_control(**byte)).count();
    controls * 20 > bytes.len()
}

/// The message for binary data of unknown kind.
pub(super) const BINARY: &str = "the content is binary data of a kind that is not known, expected text: \
     name a file that holds text, or say its encoding if it is text (`encoding = utf-16le`)";

#[cfg(test)]
mod tests {
    use super::*;

    fn what(bytes: &'static [u8]) -> Option<&'static str> {
        match of(&mut Peek::new(bytes)).unwrap()? {
            Signature::Refused(refused) => Some(refused.what),
            Signature::Read(format) => Some(format.name()),
            Signature::Zip => match of_zip(&mut Peek::new(bytes)).unwrap() {
                Signature::Refused(refused) => Some(refused.what),
                Signature::Read(format) => Some(format.name()),
                Signature::Zip => None,
            },
        }
    }

    #[test]
    fn texts_that_begin_like_something_are_texts() {
        for text in [
            &b""[..],
            b"P",
            b"PAR4 is a word",
            b"BZh is a name",
            b"BM is a firm",
            b"MZ",
            b"GIF89a was a standard, and so was GIF87a",
            b"RDX is an explosive",
            b"GGUF and other words",
            b"ORC\nand elf",
            b"ID3 tags",
            b"Obj",
            b"the ftyp box of a file",
        ] {
            assert_eq!(what(text), None, "{text:?}");
        }
    }

    #[test]
    fn kinds_are_named() {
        for (bytes, name) in [
            (&b"%PDF-1.7\n%\xe2\xe3"[..], "a PDF document"),
            (b"{\\rtf1\\ansi text}", "an RTF document"),
            (b"BZh91AY&SY\x01\x02\x03\x04\x80", "compressed with bzip2"),
            (b"GIF89a\x01\0\x01\0\x80\x01\0", "a GIF image"),
            (
                b"\x08\x01\0\0\0\0\0\0{\"__metadata__\"",
                "a safetensors file (a model)",
            ),
            (b"BM\x46\0\0\0\0\0\0\0\x36\0\0\0", "a BMP image"),
            (
                b"\0\0\0\x18ftypmp42\0\0\0\0",
                "a film or an image (MP4, HEIC)",
            ),
            (b"PAR1\x15", "parquet"),
            (b"PK\x03\x04", "a zip archive"),
        ] {
            assert_eq!(what(bytes), Some(name), "{bytes:?}");
        }
    }

    #[test]
    fn every_cut_of_an_archive_is_some_archive() {
        let mut entry = b"PK\x03\x04".to_vec();
        entry.extend([0; 22]);
        entry.extend([15, 0, 0, 0]);
        entry.extend(b"xl/workbook.xml<xml>");
        for cut in 4..entry.len() {
            let bytes = entry[..cut].to_vec();
            assert!(of_zip(&mut Peek::new(std::io::Cursor::new(bytes))).is_ok());
        }
        let whole = of_zip(&mut Peek::new(std::io::Cursor::new(entry))).unwrap();
        assert_eq!(whole, Signature::Read(Format::Spreadsheet));
    }
}
