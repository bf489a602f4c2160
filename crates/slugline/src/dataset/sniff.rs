//! Detecting the format of a text, by its name and its beginning.
//!
//! Every function inspects what has been read so far, and returns None where it needs more, so that only the first
//! record of a pipe is read.

use std::{io, path::Path};

use serde::de::IgnoredAny;

use super::{Format, ReadOptions, delimiter, format::lower_extension, peek::Peek, utf8::UTF8_MARK};

/// The maximum number of bytes that are inspected, for the beginning of mark-up or of a mail.
const MOST: usize = 64 << 10;
/// The maximum for the first line of JSON.
const MOST_JSON: usize = 1 << 20;

/// The result of detection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Sniffed {
    /// A format that is read.
    Format(Format),
    /// Text, of which neither name nor content tells more.
    Plain,
    /// A format that is not read, with the reason and advice.
    Refused(String),
}

/// What a file's name tells about its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Promise {
    /// This format, and no other text.
    Format(Format),
    Json,
    JsonLines,
    Mail,
    Xml,
    /// Some text.
    Text,
    /// Nothing.
    Nothing,
}

fn promise(path: Option<&Path>) -> Promise {
    let Some(path) = path else {
        return Promise::Text;
    };
    match (
        Format::of_path(path),
        Format::inner_extension(path).as_deref(),
    ) {
        (_, Some("md" | "markdown")) => Promise::Format(Format::Text),
        (_, Some("eml" | "emlx" | "mbox" | "mbx" | "mht" | "mhtml")) => Promise::Mail,
        (_, Some("xml" | "rss" | "atom" | "rdf" | "svg" | "opml" | "xsl" | "tei")) => Promise::Xml,
        (Some(Format::Text), _) => Promise::Text,
        (Some(Format::Json), _) => Promise::Json,
        (Some(Format::JsonLines), _) => Promise::JsonLines,
        (Some(format), _) => Promise::Format(format),
        (None, _) => Promise::Nothing,
    }
}

/// The format of the text `input`; `path` is given for files.
pub(super) fn format(
    input: &mut Peek,
    path: Option<&Path>,
    options: &ReadOptions,
) -> io::Result<Sniffed> {
    let promise = promise(path);
    let plain = match promise {
        Promise::Nothing => Sniffed::Plain,
        _ => Sniffed::Format(Format::Text),
    };
    let or_plain = |found| match found {
        Sniffed::Plain => plain.clone(),
        found => found,
    };
    let judge = |text: &str, whole: bool| {
        let start = text.trim_start();
        let first = start.chars().next();
        match promise {
            Promise::Format(format) => contradiction(start, whole, format),
            Promise::Json => json(start, whole, false, Format::Json),
            Promise::JsonLines => json(start, whole, false, Format::JsonLines),
            Promise::Mail | Promise::Xml | Promise::Text | Promise::Nothing => match first {
                None => whole.then(|| plain.clone()),
                Some('<') => markup(start, whole, promise == Promise::Xml).map(or_plain),
                Some('{' | '[') => json(start, whole, true, Format::Json).map(or_plain),

                Some(_) => lines(start, whole, promise, options, &plain),
            },
        }
    };
    let most = match promise {
        Promise::Format(_) => MOST,
        _ => MOST_JSON,
    };
    Ok(look(input, most, judge)?.unwrap_or(plain.clone()))
}

/// The first line that is not blank.
pub(super) fn first_line(input: &mut Peek) -> io::Result<String> {
    let line = look(input, MOST_JSON, |text, whole| {
        let start = text.trim_start_matches(['\r', '\n']);
        let end = start.find('\n').or(whole.then_some(start.len()))?;
        Some(start.get(..end).unwrap_or_default().to_owned())
    })?;
    Ok(line.unwrap_or_default())
}

/// Calls `judge` with the text read so far until it returns a result, which it must for a whole text, and for one of
/// the maximum length.
fn look<T>(
    input: &mut Peek,
    most: usize,
    judge: impl Fn(&str, bool) -> Option<T>,
) -> io::Result<Option<T>> {
    let mut ended = false;
    loop {
        let mut bytes = input.at_hand();
        while let Some(rest) = bytes.strip_prefix(UTF8_MARK) {
            bytes = rest;
        }
        let whole = ended || bytes.len() >= most;
        let text = String::from_utf8_lossy(bytes.get(..most).unwrap_or(bytes));
        let found = judge(&text, whole);
        if found.is_some() || whole {
            return Ok(found);
        }
        ended = !input.more()?;
    }
}

/// The refusal of a file whose content is not what its name tells, such as an error page downloaded in place of a table.
fn contradiction(start: &str, whole: bool, format: Format) -> Option<Sniffed> {
    let fits = || Some(Sniffed::Format(format));
    if !matches!(
        format,
        Format::Csv | Format::Tsv | Format::Psv | Format::FastText
    ) {
        return fits();
    }
    let is = match start.chars().next() {
        Some('<') => match markup(start, whole, false)? {
            Sniffed::Format(_) => "HTML",
            Sniffed::Refused(_) => "XML",
            Sniffed::Plain => return fits(),
        },
        Some('{' | '[') => match json(start, whole, true, Format::Json)? {
            Sniffed::Format(_) => "JSON",
            _ => return fits(),
        },
        Some(_) => return fits(),
        None => return whole.then(fits).flatten(),
    };
    Some(Sniffed::Refused(format!(
        "the file's name says {format}, but its content is {is}: rename the file, fetch it again, or \
         name the format"
    )))
}

/// HTML, or XML, which is refused; [`Sniffed::Plain`] for anything else, unless `is_xml` says that it must be XML.
fn markup(start: &str, whole: bool, is_xml: bool) -> Option<Sniffed> {
    let mut rest = start;
    let mut declared = is_xml;
    loop {
        rest = rest.trim_start();
        let skipped = if let Some(after) = rest.strip_prefix("<!--") {
            after.split_once("-->")
        } else if let Some(after) = rest.strip_prefix("<?") {
            declared |= after.starts_with("xml");
            after.split_once("?>")
        } else {
            break;
        };
        match skipped {
            Some((_, after)) => rest = after,
            None if whole => return Some(Sniffed::Plain),
            None => return None,
        }
    }
    let Some(end) = rest.find([' ', '\t', '\r', '\n', '>']) else {
        return match whole {
            true if declared => Some(xml("XML")),
            true => Some(Sniffed::Plain),
            false => None,
        };
    };
    let name = rest.get(1..end).unwrap_or_default().to_ascii_lowercase();
    if name == "!doctype" {
        let after = rest.get(end..).unwrap_or_default();
        let Some((kind, _)) = after.split_once('>') else {
            return match whole {
                true => Some(Sniffed::Plain),
                false => None,
            };
        };
        let kind = kind.trim_start().to_ascii_lowercase();
        return Some(match kind.starts_with("html") {
            true => Sniffed::Format(Format::Html),
            false => xml("XML or SGML"),
        });
    }
    Some(match name.trim_end_matches('/') {
        "html" => Sniffed::Format(Format::Html),
        "head" | "body" if !declared => Sniffed::Format(Format::Html),
        "rss" | "rdf:rdf" => xml("XML (an RSS feed)"),
        "feed" => xml("XML (an Atom feed)"),
        "svg" => xml("XML (an SVG image)"),
        "mediawiki" | "opml" | "tei" | "urlset" | "sitemapindex" | "nitf" | "newsitem"
        | "newsml" | "article" | "pmc-articleset" | "pubmedarticleset" | "kml" | "gpx"
            if declared || name != "article" =>
        {
            xml("XML")
        }
        _ if declared && rest.starts_with('<') => xml("XML"),
        _ => Sniffed::Plain,
    })
}

fn xml(what: &str) -> Sniffed {
    Sniffed::Refused(format!(
        "the content is {what}, which is not read: export the texts as CSV or JSON Lines first, or read \
         all of it as one text without its mark-up (name the format html)"
    ))
}

/// JSON by lines, or other JSON (an array, or objects of several lines). With `strict`, [`Sniffed::Plain`] for what may
/// be other text; otherwise malformed JSON is left to the reader of `format`, which reports it.
fn json(start: &str, whole: bool, strict: bool, format: Format) -> Option<Sniffed> {
    let known = |format| Some(Sniffed::Format(format));
    let inside = match start.chars().next() {
        None => return whole.then_some(Sniffed::Format(format)),
        Some('[') if !strict => return known(Format::Json),
        Some('[') => start.get(1..).unwrap_or_default().trim_start(),
        Some('{') => start,
        Some(_) => return known(format),
    };
    if strict {
        match has_key(inside) {
            Some(true) => {}
            Some(false) => return Some(Sniffed::Plain),
            None if whole => return Some(Sniffed::Plain),
            None => return None,
        }
    }
    if start.starts_with('[') {
        return known(Format::Json);
    }
    // A first line that is an object makes it JSON Lines.
    let end = start.find('\n').or(whole.then_some(start.len()))?;
    let (line, next) = start.split_at_checked(end).unwrap_or((start, ""));
    match serde_json::from_str::<IgnoredAny>(line) {
        Ok(_) => known(Format::JsonLines),
        // Two objects on a line.
        Err(error) if !error.is_eof() => known(match strict {
            true => Format::JsonLines,
            false => format,
        }),
        // The object goes on in the next line, or it is incomplete and the next one begins.
        Err(_) => match next.trim_start().chars().next() {
            Some('{') if line.trim_end() != "{" => known(Format::JsonLines),
            None if !whole => None,
            _ => known(Format::Json),
        },
    }
}

/// Whether an object begins with a key and a colon, or is empty.
fn has_key(object: &str) -> Option<bool> {
    let mut rest = object.chars();
    match rest.next() {
        None => return None,
        Some('{') => {}
        Some(_) => return Some(false),
    }
    let rest = rest.as_str().trim_start();
    match rest.chars().next() {
        None => return None,
        Some('}') => return Some(true),
        Some('"') => {}
        Some(_) => return Some(false),
    }
    let mut escaped = false;
    let key = rest.get(1..).unwrap_or_default();
    let end = key.find(|character: char| {
        let is_end = character == '"' && !escaped;
        escaped = character == '\\' && !escaped;
        is_end
    })?;
    let after = key.get(end + 1..).unwrap_or_default().trim_start();
    after.chars().next().map(|character| character == ':')
}

/// Text that begins with a word: a table, fastText's lines, a mail, or an article.
fn lines(
    start: &str,
    whole: bool,
    promise: Promise,
    options: &ReadOptions,
    plain: &Sniffed,
) -> Option<Sniffed> {
    let end = start.find('\n').or(whole.then_some(start.len()));
    let Some(line) = end.and_then(|end| start.get(..end)) else {
        // A line of this length is no header.
        return (start.len() > MOST).then(|| plain.clone());
    };
    let line = line.trim_end();
    if line.starts_with("__label__") {
        return Some(Sniffed::Format(Format::FastText));
    }
    if let Some(format) = delimiter::of_plain(line, options) {
        return Some(Sniffed::Format(format));
    }
    let is_mail = mail(start, whole, promise == Promise::Mail)?;
    Some(match is_mail {
        false => plain.clone(),
        true => Sniffed::Refused(
            "the content is a mail (or several) with headers and encoded parts, which is not read: \
             extract the text first (Python's `email` and `mailbox` modules do), or read it as it \
             stands (name the format text)"
                .to_owned(),
        ),
    })
}

/// Whether a text is a mail or a mailbox with encoded parts, or any mail where the file's name says so. Old posts with a
/// few headers are texts.
fn mail(start: &str, whole: bool, named: bool) -> Option<bool> {
    let is_mailbox = start.starts_with("From ");
    let mut encoded = false;
    for (number, line) in start.split_inclusive('\n').enumerate() {
        let is_complete = line.ends_with('\n') || whole;
        let line = line.trim_end();
        if number == 0 && is_mailbox {
            continue;
        }
        let folded = number > 0 && line.starts_with([' ', '\t']);
        if line.is_empty() && number > 0 {
            return Some(named || encoded || is_mailbox);
        }
        let name = line.split_once(':').map(|(name, _)| name);
        let is_header = name.is_some_and(|name| {
            !name.is_empty()
                && name
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
        });
        if !folded && !is_header {
            return match is_complete {
                true => Some(false),
                false => None,
            };
        }
        let lower = line.to_ascii_lowercase();
        encoded |= lower.starts_with("content-type: multipart/")
            || lower.starts_with("content-type: text/html")
            || lower.starts_with("content-transfer-encoding: base64")
            || lower.starts_with("content-transfer-encoding: quoted-printable");
    }
    match whole || start.len() > MOST {
        true => Some(encoded || named && start.contains(": ")),
        false => None,
    }
}

impl Format {
    /// The extension of a path before that of its compression, in lower case.
    pub(super) fn inner_extension(path: &Path) -> Option<String> {
        match lower_extension(path).as_deref() {
            Some("gz" | "zst" | "zstd") => lower_extension(&path.with_extension("")),
            _ => lower_extension(path),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sniffed(name: &str, content: &'static str) -> Sniffed {
        let path = (!name.is_empty()).then(|| Path::new(name));
        format(
            &mut Peek::new(content.as_bytes()),
            path,
            &ReadOptions::default(),
        )
        .unwrap()
    }

    #[test]
    fn content_and_name_tell_together() {
        use Format::{Csv, FastText, Html, Json, JsonLines, Psv, Text, Tsv};
        for (name, content, expected) in [
            (
                "a.json",
                "{\"text\": \"a\"}\n{\"text\": \"b\"}\n",
                JsonLines,
            ),
            ("a.json", "{\"text\": \"a\"}", JsonLines),
            ("a.json", "\u{feff} \n[{\"text\": \"a\"}]", Json),
            ("a.json", "{\n  \"text\": \"a\"\n}\n", Json),
            ("a.json", "{\n}\n{\n}", Json),
            ("a.json", "{\"text\": \"a\"} {\"text\": \"b\"}", Json),
            ("a.json", "some words", Json),
            ("a.json", "", Json),
            ("a.jsonl", "[\n{\"text\": \"a\"}]", Json),
            ("a.jsonl", "{\n\"text\": \"a\"}", Json),
            (
                "a.jsonl",
                "{\"text\": \"a\"\n{\"text\": \"b\"}\n",
                JsonLines,
            ),
            ("a.ndjson", "some words", JsonLines),
            ("a.txt", "{\"text\": \"a\"}\n", JsonLines),
            ("a", "[{\"text\": \"a\"}]", Json),
            ("", "{\n  \"text\": \"a\"\n}\n", Json),
            ("a.txt", "{curly} words", Text),
            ("a.txt", "{\"quoted\" words}", Text),
            ("a.txt", "[Reuters] Words", Text),
            ("a.txt", "[", Text),
            ("a.csv", "text\n[x] y\n", Csv),
            ("a.tab", "text\n", Tsv),
            ("a.psv", "text\n", Psv),
            ("a.txt", "id\ttext\n1\twords\n", Tsv),
            ("a.txt", "__label__a words\n", FastText),
            ("a.html", "<p>words", Html),
            ("a.txt", "<!-- x --> <!DOCTYPE html>", Html),
            ("a", "<HTML lang=en>", Html),
            (
                "",
                "<?xml version='1.0'?>\n<!DOCTYPE html PUBLIC ''><html>",
                Html,
            ),
            ("a.md", "<html> is a tag", Text),
            ("a.txt", "<b>bold</b> words", Text),
            ("a.txt", "<", Text),
            ("a.txt", "From: me\nSubject: you\n\nWords", Text),
            ("a.txt", "", Text),
        ] {
            assert_eq!(
                sniffed(name, content),
                Sniffed::Format(expected),
                "{name}: {content}"
            );
        }
        assert_eq!(sniffed("a.story", "words"), Sniffed::Plain);
    }

    #[test]
    fn other_kinds_are_refused() {
        for (name, content, what) in [
            ("a.xml", "<news><item/></news>", "the content is XML,"),
            (
                "a",
                "<?xml version='1.0'?><rss version='2.0'>",
                "an RSS feed",
            ),
            (
                "a.txt",
                "<feed xmlns='http://www.w3.org/2005/Atom'>",
                "an Atom feed",
            ),
            (
                "a.sgm",
                "<!DOCTYPE lewis SYSTEM \"lewis.dtd\">",
                "XML or SGML",
            ),
            (
                "a.csv",
                "<!doctype html>\n<title>404</title>",
                "content is HTML",
            ),
            ("a.tsv", "[{\"text\": \"a\"}]", "content is JSON"),
            ("a.eml", "From: a\nSubject: b\n\nWords", "a mail"),
            ("a.mbox", "From a Mon\nFrom: a\n\nWords", "a mail"),
            (
                "a",
                "MIME-Version: 1.0\nContent-Type: multipart/mixed;\n boundary=x\n\n--x",
                "a mail",
            ),
        ] {
            match sniffed(name, content) {
                Sniffed::Refused(why) => assert!(why.contains(what), "{name}: {why}"),
                other => panic!("{name}: {content}: {other:?}"),
            }
        }
        assert_eq!(
            sniffed("a.eml", "Words only"),
            Sniffed::Format(Format::Text)
        );
        assert_eq!(
            sniffed("a.xml", "Words only"),
            Sniffed::Format(Format::Text)
        );
    }

    /// More of a text is asked for only where it could change the result.
    #[test]
    fn the_first_line_tells() {
        struct Endless(&'static [u8]);
        impl io::Read for Endless {
            fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
                assert!(!self.0.is_empty(), "more was asked for");
                self.0.read(buffer)
            }
        }
        for content in [
            "{\"text\": \"a\"}\n",
            "[{\"text\":",
            "text,label\n",
            "Words and words\n",
            "<p>words",
            "<html>",
        ] {
            let options = ReadOptions::default();
            let mut input = Peek::new(Endless(content.as_bytes()));
            input.more().unwrap();
            let found = format(&mut input, None, &options);
            assert!(found.is_ok(), "{content}");
        }
    }
}
