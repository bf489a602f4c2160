//! Any bytes, in pieces of any size, any options: the records, places and errors are those of the bytes at once.
#![no_main]

use arbitrary::{Result, Unstructured};
use libfuzzer_sys::fuzz_target;
use slugline::dataset::{
    Column, Format, InvalidUtf8, LabelUse, OtherColumns, Quoting, ReadOptions,
};
use slugline_fuzz::{
    init,
    streams::{Answer, answers},
};

fuzz_target!(init: init(), |data: &[u8]| {
    let mut u = Unstructured::new(data);
    let Ok((options, sizes)) = case(&mut u) else {
        return;
    };
    let bytes = u.take_rest();
    let expected = answers(bytes, &[], &options);
    let found = answers(bytes, &sizes, &options);
    if is_damaged(&expected) || is_damaged(&found) {
        return;
    }
    assert_eq!(found, expected, "in pieces of {sizes:?}, {options:?}");
});

/// Options, and the sizes of the pieces.
fn case(u: &mut Unstructured<'_>) -> Result<(ReadOptions, [usize; 3])> {
    let [format, table, text, encoding] = u.arbitrary::<[u8; 4]>()?;
    let sizes = u.arbitrary::<[u8; 3]>()?.map(usize::from);
    let formats = [
        None,
        Some(Format::Csv),
        Some(Format::Tsv),
        Some(Format::Psv),
        Some(Format::JsonLines),
        Some(Format::Json),
        Some(Format::Lines),
        Some(Format::Text),
        Some(Format::FastText),
        Some(Format::Html),
        Some(Format::Spreadsheet),
    ];
    let encodings = [
        "utf-8",
        "utf-16-le",
        "utf-16-be",
        "latin-1",
        "windows-1252",
        "shift_jis",
        "gb18030",
        "utf-32",
    ];
    let encoding = encodings
        .get(usize::from(encoding) % 32)
        .map(|name| name.parse().expect("a name"));
    let options = ReadOptions::default()
        .format(formats[usize::from(format) % formats.len()])
        .header(table & 1 == 0)
        .quoting([Quoting::Auto, Quoting::Standard, Quoting::None][usize::from(table >> 1) % 3])
        .delimiter([None, None, Some(b';'), Some(b'|')][usize::from(table >> 4) % 4])
        .columns([OtherColumns::None, OtherColumns::All][usize::from(table >> 6) % 2].clone())
        .text(match table & 128 {
            0 => Vec::new(),
            _ => vec![Column::Number(1)],
        })
        .labels([LabelUse::Optional, LabelUse::Required, LabelUse::Ignored][usize::from(text) % 3])
        .invalid_utf8([InvalidUtf8::Error, InvalidUtf8::Replace][usize::from(text >> 2) % 2])
        .skip_bad(text & 8 == 8)
        .html(text & 16 == 16)
        .probabilities(text & 32 == 32)
        .first_label(text & 64 == 64)
        .max_record_bytes([1 << 20, 40][usize::from(text >> 7)])
        .encoding(encoding);
    Ok((options, sizes))
}

/// Whether compressed data was found to be damaged: how much of it is read before depends on the pieces, because the
/// decompressor does not give what it made in the call that fails.
fn is_damaged(answers: &[Answer]) -> bool {
    let last = answers.last().map(|(record, _)| record);
    matches!(last, Some(Err(why)) if why.contains("data is damaged or cut short"))
}
