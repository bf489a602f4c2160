//! UTF-8, and what is not.

use slugline::dataset::{Encoding, Format, InvalidUtf8, ReadOptions, read};

use super::{brief, message, options, row};

fn replacing(format: Format) -> ReadOptions {
    options(format).invalid_utf8(InvalidUtf8::Replace)
}

#[test]
fn invalid_bytes_have_a_place() {
    let place = "invalid UTF-8 at byte";
    let advice = "give the encoding that the text has (`encoding = windows-1252`, say), or replace the \
                  invalid bytes (`invalid_utf8 = replace`)";
    assert_eq!(
        message(b"ab\ncaf\xe9\n", &options(Format::Lines)),
        format!("in: {place} 6 (line 2): {advice}")
    );
    assert_eq!(
        message(b"text\n\"a\nb\xff\"\n", &options(Format::Csv)),
        format!("in: {place} 9 (line 3): {advice}")
    );
    assert_eq!(
        message(b"\xef\xbb\xbfte\xff", &options(Format::Csv)),
        format!("in: {place} 5 (line 1): {advice}")
    );
    assert_eq!(
        message(b"a\xe2\x82", &options(Format::Text)),
        format!("in: {place} 1 (line 1): {advice}")
    );
}

#[test]
fn the_place_is_right_far_into_a_file() {
    let mut text = "é and more\n".repeat(100_000).into_bytes();
    let offset = text.len();
    text.extend(b"\xc3(");
    assert_eq!(
        message(text, &options(Format::Lines)),
        format!(
            "in: invalid UTF-8 at byte {offset} (line 100001): give the encoding that the text has \
             (`encoding = windows-1252`, say), or replace the invalid bytes (`invalid_utf8 = replace`)"
        )
    );
}

#[test]
fn invalid_bytes_can_be_replaced() {
    assert_eq!(
        brief(b"caf\xe9\n\xff\xfeok\n", &replacing(Format::Lines)),
        [row(1, "", "caf\u{fffd}"), row(2, "", "\u{fffd}\u{fffd}ok")]
    );
    assert_eq!(
        brief(b"label,text\nx,\"a\xe9\"\n", &replacing(Format::Csv)),
        [row(2, "x", "a\u{fffd}")]
    );
    assert_eq!(
        brief(b"{\"text\": \"a\xe9\"}", &replacing(Format::JsonLines)),
        [row(1, "", "a\u{fffd}")]
    );
}

#[test]
fn records_before_the_invalid_byte_are_given() {
    let mut records = read(&b"a\nb\nc\xff"[..], "in", &options(Format::Lines)).unwrap();
    assert_eq!(records.next().unwrap().unwrap().text, "a");
    assert_eq!(records.next().unwrap().unwrap().text, "b");
    assert!(records.next().unwrap().is_err());
    assert!(records.next().is_none());
}

#[test]
fn a_byte_order_mark_is_dropped() {
    assert_eq!(
        brief("\u{feff}text,label\na,x\n", &options(Format::Csv)),
        [row(2, "x", "a")]
    );
    assert_eq!(
        brief("\u{feff}\"text\",label\na,x\n", &options(Format::Csv)),
        [row(2, "x", "a")]
    );
    assert_eq!(
        brief("\u{feff}{\"text\": \"a\"}", &options(Format::JsonLines)),
        [row(1, "", "a")]
    );
    assert_eq!(
        brief("\u{feff}__label__x a", &options(Format::FastText)),
        [row(1, "x", "a")]
    );
    assert_eq!(brief("\u{feff}", &options(Format::Text)), [row(1, "", "")]);
}

#[test]
fn other_encodings_are_read() {
    for (bytes, format) in [
        (&b"\xff\xfet\0e\0x\0t\0\n\0\xe9\0"[..], Format::Csv),
        (b"\xfe\xff\0t\0e\0x\0t\0\n\0\xe9", Format::Csv),
        (b"t\0e\0x\0t\0\n\0\xe9\0", Format::Csv),
    ] {
        assert_eq!(brief(bytes, &options(format)), [row(2, "", "é")]);
    }
    let latin = options(Format::Lines).encoding("windows-1252".parse::<Encoding>().unwrap());
    assert_eq!(
        brief(b"a\ncaf\xe9 \x80\n", &latin),
        [row(1, "", "a"), row(2, "", "café €")]
    );
    let cut = message(b"\xff\xfea\0\n\0\x00\xd8b\0", &options(Format::Lines));
    assert_eq!(
        cut,
        "in: invalid utf-16le at byte 6 (line 2): give the encoding that the text has \
         (`encoding`), or replace the invalid bytes (`invalid_utf8 = replace`)"
    );
    let replaced = brief(b"\xff\xfea\0\n\0\x00\xd8b\0", &replacing(Format::Lines));
    assert_eq!(replaced, [row(1, "", "a"), row(2, "", "\u{fffd}b")]);
}

#[test]
fn binary_data_is_not_advised_to_be_replaced() {
    for format in [Format::Lines, Format::Csv, Format::Text] {
        let why = message(b"text\n\x01\x02\x03\x04\xff\xfe\n", &options(format));
        assert!(
            why.contains("the content is binary data") && !why.contains("replace"),
            "{why}"
        );
    }
}
