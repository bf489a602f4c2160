//! The content of a stream: its format, and the input to read it from.

use std::{
    io,
    path::{Path, PathBuf},
};

use super::{
    Format, LabelUse, delimiter, encoding,
    fault::Fault,
    format::ALL,
    peek::Peek,
    signature::{self, BINARY, Signature, looks_binary},
    sniff::{self, Sniffed},
    source::Source,
    utf8::Utf8Reader,
};
use crate::error::Result;

/// Content whose format is known.
pub(super) struct Content {
    pub(super) format: Format,
    /// The delimiter, where the format is a table.
    pub(super) delimiter: u8,
    pub(super) body: Body,
}

pub(super) enum Body {
    Text(Utf8Reader),
    Bytes(Bytes),
}

/// Content that is not text.
#[cfg_attr(
    not(any(feature = "parquet", feature = "spreadsheet")),
    expect(dead_code, reason = "there is nothing that reads it")
)]
pub(super) struct Bytes {
    input: Peek,
    /// The file, if it is uncompressed and can be read at any position.
    file: Option<PathBuf>,
}

impl Content {
    /// Detects the format of `input`, which is decompressed. `path` is given for files.
    ///
    /// Where the options name the format, only as much is read as the encoding, and the first row of a table, take.
    pub(super) fn new(
        source: &Source,
        input: Peek,
        path: Option<&Path>,
        compressed: bool,
    ) -> Result<Self> {
        Self::sniffed(source, input, path, compressed).map_err(|error| source.explain(1, error))
    }

    fn sniffed(
        source: &Source,
        mut input: Peek,
        path: Option<&Path>,
        compressed: bool,
    ) -> io::Result<Self> {
        let options = &source.options;
        // In a folder the format of each file is detected.
        let given = options.format.filter(|format| *format != Format::Folder);
        let refuse = |why: String| Err(Fault::File(why).into());
        if encoding::is_told(&mut input, options.encoding)? {
            input.encoding_is_known();
        }
        let mut signature = signature::of(&mut input)?;
        if signature == Some(Signature::Zip) {
            signature = Some(signature::of_zip(&mut input)?);
        }
        let binary = |format, input: Peek| {
            let file = path.filter(|_| !compressed);
            // Arrow files are read as streams.
            if let Some(path) = file.filter(|_| format != Format::Arrow) {
                source.count_rest(path, input.at_hand().len());
            }
            Ok(Self {
                format,
                delimiter: b',',
                body: Body::Bytes(Bytes {
                    input,
                    file: file.map(Path::to_path_buf),
                }),
            })
        };
        match (signature, given) {
            (Some(Signature::Read(found)), None) => return binary(found, input),
            (Some(Signature::Read(found)), Some(given)) if given == found => {
                return binary(found, input);
            }
            (Some(Signature::Read(found)), Some(given)) => {
                return refuse(format!(
                    "the content is {found}, and the format is {given}: name the format {found}, or \
                     leave it out"
                ));
            }
            (Some(Signature::Refused(refused)), given)
                if given.is_none() || refused.is_certain() =>
            {
                return refuse(refused.why());
            }
            _ => {}
        }
        let named = given.or_else(|| path.and_then(Format::of_path));
        if let Some(format) = named.filter(|format| format.is_binary()) {
            let by = match given {
                Some(_) => "the format is",
                None => "the file's name says",
            };
            return refuse(format!(
                "{by} {format}, but the content is not {format} data: name its format, or fetch the file \
                 again"
            ));
        }
        let encoding = encoding::of(&mut input, options.encoding)?;
        let is_binary = encoding.is_utf8() && looks_binary(input.evidence()?);
        if is_binary && given.is_none() {
            return refuse(BINARY.to_owned());
        }
        let mut input = encoding::decode(input, encoding, options.invalid_utf8);
        let format = match given {
            Some(format) => format,
            None => match sniff::format(&mut input, path, options)? {
                Sniffed::Format(format) => format,
                Sniffed::Plain if options.labels == LabelUse::Required => {
                    return refuse(format!(
                        "the format cannot be told from the file's name or its content: name the format, \
                         one of {ALL}"
                    ));
                }
                Sniffed::Plain => Format::Text,
                Sniffed::Refused(why) => return refuse(why),
            },
        };
        let delimiter = match format.is_delimited() {
            true => delimiter::of_table(&sniff::first_line(&mut input)?, format, options),
            false => b',',
        };
        Ok(Self {
            format,
            delimiter,
            body: Body::Text(source.valid(input, is_binary)),
        })
    }
}

#[cfg(any(feature = "parquet", feature = "spreadsheet"))]
impl Bytes {
    /// The content as a file that can be read at any position: the original one, or an unnamed copy.
    pub(super) fn into_file(mut self) -> io::Result<std::fs::File> {
        if let Some(path) = &self.file {
            return std::fs::File::open(path);
        }
        let mut file = tempfile::tempfile()?;
        io::copy(&mut self.input, &mut file)?;
        io::Seek::rewind(&mut file)?;
        Ok(file)
    }

    /// The content as a stream, from the beginning.
    #[cfg(feature = "parquet")]
    pub(super) fn into_stream(self) -> Peek {
        self.input
    }
}
