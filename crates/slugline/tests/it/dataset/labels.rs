//! Labels are trimmed, in every format.

use slugline::dataset::{Format, ReadOptions, load};

use super::{Files, brief, message, required, row};

#[test]
fn what_surrounds_a_label_is_taken_off_or_kept() {
    for (format, text) in [
        (Format::Csv, "text,label\nt, policy\u{a0}\n"),
        (Format::Tsv, "text\tlabel\nt\t policy\u{a0}\n"),
        (
            Format::JsonLines,
            "\n{\"text\": \"t\", \"label\": \" policy\\u00a0\"}\n",
        ),
        (
            Format::JsonLines,
            "\n{\"text\": \"t\", \"label\": [\" policy\u{a0}\", \"policy\"]}\n",
        ),
    ] {
        assert_eq!(brief(text, &required(format)), [row(2, "policy", "t")]);
        let kept = required(format).trim_labels(false).first_label(true);
        assert_eq!(brief(text, &kept), [row(2, " policy\u{a0}", "t")]);
    }
    let fasttext = "\n__label__\u{feff}policy\u{200b} t\n";
    assert_eq!(
        brief(fasttext, &required(Format::FastText)),
        [row(2, "policy", "t")]
    );
}

#[test]
fn a_label_that_nobody_sees_is_empty() {
    for label in [" ", "\u{a0}", "\u{feff}", "\u{200b}\u{3000}", "\"\n\""] {
        for trim_labels in [true, false] {
            let options = required(Format::Csv).trim_labels(trim_labels);
            assert_eq!(
                message(format!("text,label\nt,{label}\n"), &options),
                "in:2: label is empty: expected the record's class in column \"label\"",
                "{label:?}"
            );
        }
    }
}

#[test]
fn the_names_of_class_folders_are_trimmed() {
    let files = Files::new(&[("data/policy/1", b"a"), ("data/policy\u{a0}/1", b"b")]);
    let (_, labels) = load(&files.path("data"), &ReadOptions::default()).unwrap();
    assert_eq!(labels, ["policy", "policy"]);
    let kept = ReadOptions::default().trim_labels(false);
    let (_, labels) = load(&files.path("data"), &kept).unwrap();
    assert_eq!(labels, ["policy", "policy\u{a0}"]);
}
