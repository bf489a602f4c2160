//! CSV and TSV.

use slugline::dataset::{Column, Format, LabelUse, read};

use super::{brief, column, message, options, records, required, row};

#[test]
fn the_default_columns_are_found_by_name() {
    let csv = "id,label,title,text,source\n7,sports,Cup,Won.,a\n8,tech,,New chip.,b\n,,Only,,c\n";
    let found = records(csv, &options(Format::Csv)).unwrap();
    let texts: Vec<_> = found.iter().map(|record| record.text.as_str()).collect();
    assert_eq!(texts, ["Cup\nWon.", "New chip.", "Only\n"]);
    let labels: Vec<_> = found.iter().map(|record| record.label.as_deref()).collect();
    assert_eq!(labels, [Some("sports"), Some("tech"), None]);
    let ids: Vec<_> = found.iter().map(|record| record.id.as_deref()).collect();
    assert_eq!(ids, [Some("7"), Some("8"), None]);
    assert_eq!(found[1].position.to_string(), "in:3");
}

#[test]
fn the_label_may_be_called_labels_and_names_may_have_space_around_them() {
    let csv = "labels , text\nx,y\n";
    assert_eq!(brief(csv, &required(Format::Csv)), [row(2, "x", "y")]);
}

#[test]
fn columns_are_chosen_by_name_and_by_number() {
    let csv = "a,b,c,title\n1,2,3,t\n";
    let mut chosen = required(Format::Csv)
        .text([column("c"), Column::Number(1)])
        .label(Column::Number(2));
    assert_eq!(brief(csv, &chosen), [row(2, "2", "3\n1")]);
    chosen.label = Some(column("b"));
    chosen.text = vec![column("title")];
    assert_eq!(brief(csv, &chosen), [row(2, "2", "t")]);
}

#[test]
fn a_title_that_is_the_label_is_not_text() {
    let chosen = required(Format::Csv).label(column("title"));
    assert_eq!(brief("title,text\na,b\n", &chosen), [row(2, "a", "b")]);
}

#[test]
fn labels_can_be_ignored() {
    let ignored = options(Format::Csv)
        .label(column("no such column"))
        .labels(LabelUse::Ignored);
    assert_eq!(brief("label,text\nx,y\n", &ignored), [row(2, "", "y")]);
}

#[test]
fn lines_count_line_breaks_in_quoted_fields() {
    for newline in ["\n", "\r\n"] {
        let csv = "text,label\n\"one\ntwo\",a\n\nthree,b\n\"fo\"\"ur\n\nfive\",c\nsix,d"
            .replace('\n', newline);
        let text = |text: &str| text.replace('\n', newline);
        assert_eq!(
            brief(&csv, &required(Format::Csv)),
            [
                row(2, "a", &text("one\ntwo")),
                row(5, "b", "three"),
                row(6, "c", &text("fo\"ur\n\nfive")),
                row(9, "d", "six"),
            ]
        );
    }
}

#[test]
fn tabs_separate_tsv() {
    let tsv = "text\tlabel\na, b \"c\"\tx\n\"tab\there\"\ty\n";
    assert_eq!(
        brief(tsv, &required(Format::Tsv)),
        [row(2, "x", "a, b \"c\""), row(3, "y", "tab\there")]
    );
}

#[test]
fn tables_without_a_header_go_by_numbers() {
    let mut numbered = required(Format::Csv)
        .header(false)
        .text([Column::Number(2)])
        .label(Column::Number(1));
    assert_eq!(
        brief("x,one\ny,two\n", &numbered),
        [row(1, "x", "one"), row(2, "y", "two")]
    );
    assert!(records("", &numbered).unwrap().is_empty());
    assert_eq!(
        message("x,one\ny\n", &numbered),
        "in:2: 1 field, expected 2 as in the first row: put double quotes around a field with a \
         comma, a quote or a line break in it"
    );
    numbered.label = None;
    assert_eq!(
        message("x,one\n", &numbered),
        "in: without a header row the label column is chosen by its number: give `label` with a \
         number from 1 to 2"
    );
    numbered.labels = LabelUse::Optional;
    assert_eq!(brief("x,one\n", &numbered), [row(1, "", "one")]);
    numbered.text = vec![column("text")];
    assert_eq!(
        message("x,one\n", &numbered),
        "in: column \"text\" is a name, and without a header row columns have none: give `text` \
         with a number from 1 to 2"
    );
    numbered.text = vec![Column::Number(3)];
    assert_eq!(
        message("x,one\n", &numbered),
        "in: there is no column 3: give `text` with a number from 1 to 2"
    );
    numbered.text.clear();
    assert_eq!(
        message("x,one\n", &numbered),
        "in: without a header row the text column is chosen by its number: give `text` with a \
         number from 1 to 2"
    );
}

#[test]
fn missing_columns_are_named_with_those_there_are() {
    assert_eq!(
        message("id,body\n", &options(Format::Csv)),
        "in: there is no column \"text\": the columns are \"id\", \"body\"; choose with `text`"
    );
    assert_eq!(
        message("id,text\n", &required(Format::Csv)),
        "in: there is no column \"label\" or \"labels\": the columns are \"id\", \"text\"; choose \
         with `label`"
    );
    assert_eq!(
        message("id~text\n", &options(Format::Csv)),
        "in: there is no column \"text\": the only column is \"id~text\"; choose with `text`"
    );
    let commas = options(Format::Csv).delimiter(b',');
    assert_eq!(
        message("id;text;label\n", &commas),
        "in: there is no column \"text\": the only column is \"id;text;label\", so perhaps it is \
         separated by semicolons, not by commas; choose with `text`"
    );
    let chosen = |text: Column| options(Format::Csv).text([text]);
    assert_eq!(
        message("id,text\n", &chosen(column("body"))),
        "in: there is no column \"body\": the columns are \"id\", \"text\"; choose with `text`"
    );
    assert_eq!(
        message("id,text\n", &chosen(Column::Number(0))),
        "in: there is no column 0: give `text` with a number from 1 to 2"
    );
    assert_eq!(
        message("text,id,text\n", &options(Format::Csv)),
        "in: columns 1 and 3 are both named \"text\": give `text` with a number"
    );
}

#[test]
fn malformed_rows_have_a_line() {
    assert_eq!(
        message("text,label\na,x\nb,c,y\n", &options(Format::Csv)),
        "in:3: 3 fields, expected 2 as in the header: put double quotes around a field with a \
         comma, a quote or a line break in it"
    );
    assert_eq!(
        message("text\tlabel\r\na\r\n", &options(Format::Tsv)),
        "in:2: 1 field, expected 2 as in the header: put double quotes around a field with a tab, \
         a quote or a line break in it"
    );
    assert_eq!(
        message("text,label\na,\"x\nb,y\nc,z\n", &options(Format::Csv)),
        "in:2: the quote that opens a field on line 2 is not closed before the end of the file: write \
         quotes inside a quoted field twice, or, where quotes are characters like others, read the file \
         with `quoting = none`"
    );
    assert_eq!(
        message("text,label\na,x\n\"b,y\nc,\"z\n", &options(Format::Csv)),
        "in:3: the quote that opens a field on line 3 closes in the middle of one on line 4, with text \
         behind it: write quotes inside a quoted field twice, or, where quotes are characters like others, \
         read the file with `quoting = none`"
    );
    assert_eq!(
        message("text,label\na,x\n\"b,y\nc,\",z,1\n", &options(Format::Csv)),
        "in:3: 3 fields, expected 2 as in the header: put double quotes around a field with a \
         comma, a quote or a line break in it (this one runs to line 4: is a closing quote \
         missing?)"
    );
    assert_eq!(
        message("text,label\r\na,x\r\nb,\r\n", &required(Format::Csv)),
        "in:3: label is empty: expected the record's class in column \"label\""
    );
    assert_eq!(
        message("text,label\nb,  \n", &required(Format::Csv)),
        "in:2: label is empty: expected the record's class in column \"label\""
    );
}

#[test]
fn empty_tables() {
    assert_eq!(
        message("", &options(Format::Csv)),
        "in: the file is empty: expected a row with column names"
    );
    assert_eq!(
        message("\n\r\n", &options(Format::Csv)),
        "in: the file is empty: expected a row with column names"
    );
    assert!(records("text", &options(Format::Csv)).unwrap().is_empty());
}

#[test]
fn records_before_an_error_are_given_and_none_after_it() {
    let csv = &b"text\na\nb,c\nd\n"[..];
    let mut records = read(csv, "in", &options(Format::Csv)).unwrap();
    assert_eq!(records.next().unwrap().unwrap().text, "a");
    assert!(records.next().unwrap().is_err());
    assert!(records.next().is_none());
    assert!(records.next().is_none());
}
