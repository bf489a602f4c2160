//! fastText's training format.

use slugline::dataset::{Format, LabelUse};

use super::{brief, message, options, required, row};

#[test]
fn labels_stand_before_the_text() {
    let lines =
        "__label__a The text.\n\n  __label__b\t__label__c More __label__d text\r\n__label__e";
    let first = required(Format::FastText).first_label(true);
    assert_eq!(
        brief(lines, &first),
        [
            row(1, "a", "The text."),
            row(3, "b", "More __label__d text"),
            row(4, "e", ""),
        ]
    );
    assert_eq!(
        message(lines, &required(Format::FastText)),
        "in:3: 2 labels (\"b\", \"c\"), expected one in `__label__` at the start of the line \
         (`__label__sports The text`): keep the first one of each record with `first_label`, or leave \
         such records out with `skip_bad`"
    );
    let twice = "__label__a __label__a x\n__label__ __label__b y\n";
    assert_eq!(
        brief(twice, &required(Format::FastText)),
        [row(1, "a", "x"), row(2, "b", "y")]
    );
}

#[test]
fn labels_may_be_missing_where_they_are_not_required() {
    let lines = "no label\n__label__ empty\n";
    assert_eq!(
        brief(lines, &options(Format::FastText)),
        [row(1, "", "no label"), row(2, "", "empty")]
    );
    assert_eq!(
        message(lines, &required(Format::FastText)),
        "in:1: label is empty: expected the record's class in `__label__` at the start of the line \
         (`__label__sports The text`)"
    );
}

#[test]
fn ignored_labels_are_not_text() {
    let ignored = options(Format::FastText).labels(LabelUse::Ignored);
    assert_eq!(brief("__label__a b\n", &ignored), [row(1, "", "b")]);
}
