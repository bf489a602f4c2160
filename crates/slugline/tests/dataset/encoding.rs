//! UTF-8, and what is not.

use slugline::dataset::{Format, InvalidUtf8, ReadOptions, read};

use crate::{brief, message, options, row};

fn replacing(format: Format) -> ReadOptions {
    ReadOptions {
        invalid_utf8: InvalidUtf8::Replace,
        ..options(format)
    }
}

#[test]
fn invalid_bytes_have_a_place() {
    let place = "invalid UTF-8 at byte";
    let advice = "convert the file to UTF-8, or replace the invalid bytes (`--invalid-utf8 \
                  replace`)";
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
            "in: invalid UTF-8 at byte {offset} (line 100001): convert the file to UTF-8, or \
             replace the invalid bytes (`--invalid-utf8 replace`)"
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
fn utf_16_is_named() {
    for (bytes, encoding) in [
        (&b"\xff\xfet\x00e\x00"[..], "UTF-16"),
        (b"\xfe\xff\x00t\x00e", "UTF-16"),
        (b"\xff\xfe\x00\x00t\x00\x00\x00", "UTF-32"),
    ] {
        for options in [options(Format::Csv), replacing(Format::Text)] {
            assert_eq!(
                message(bytes, &options),
                format!(
                    "in: the text is {encoding} (it begins with that encoding's byte-order mark), \
                     expected UTF-8: convert it, for example with `iconv -f {encoding} -t UTF-8`"
                )
            );
        }
    }
}
