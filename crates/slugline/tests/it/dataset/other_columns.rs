//! The other columns of a record.

use slugline::dataset::{Cell, Column, Format, LabelUse, OtherColumns, ReadOptions};

use super::{column, message, options, records, required};

fn keeping(options: ReadOptions, columns: OtherColumns) -> ReadOptions {
    options.columns(columns)
}

fn named(names: &[&str]) -> OtherColumns {
    OtherColumns::Named(names.iter().map(|name| column(name)).collect())
}

/// Names and values of each record, as JSON.
fn kept(text: &str, options: &ReadOptions) -> Vec<String> {
    let records = records(text, options).unwrap();
    let cells = records.iter().map(|record| {
        let cells = record.columns.iter().map(|(name, cell)| {
            let value = serde_json::to_string(cell).unwrap();
            format!("{name}={value}")
        });
        cells.collect::<Vec<String>>().join(" ")
    });
    cells.collect()
}

#[test]
fn fields_of_a_table_are_text() {
    let csv = "id,url,text,label,title,n\n7,\"u,1\",t,x,T,01.0\n8,,t,y,,\n";
    let ignored = options(Format::Csv).labels(LabelUse::Ignored);
    assert_eq!(kept(csv, &ignored), ["", ""]);
    for options in [ignored, required(Format::Csv)] {
        assert_eq!(
            kept(csv, &keeping(options.clone(), OtherColumns::All)),
            [
                r#"id="7" url="u,1" text="t" label="x" title="T" n="01.0""#,
                r#"id="8" url="" text="t" label="y" title="" n="""#,
            ]
        );
        let some = OtherColumns::Named(vec![column("url"), Column::Number(1), column("text")]);
        assert_eq!(
            kept(csv, &keeping(options.clone(), some)),
            [r#"url="u,1" id="7" text="t""#, r#"url="" id="8" text="t""#]
        );
        assert_eq!(
            message(csv, &keeping(options, named(&["id", "link"]))),
            "in: there is no column \"link\": the columns are \"id\", \"url\", \"text\", \"label\", \
             \"title\", \"n\"; choose with `columns`"
        );
    }
    let chosen = required(Format::Csv).text([column("url"), column("title")]);
    assert_eq!(
        kept(csv, &keeping(chosen, OtherColumns::All))[0],
        r#"id="7" url="u,1" text="t" label="x" title="T" n="01.0""#
    );
}

#[test]
fn columns_without_names_are_called_by_number() {
    let numbered = options(Format::Tsv).header(false).text([Column::Number(2)]);
    let tsv = "a\tb\tc\n";
    assert_eq!(
        kept(tsv, &keeping(numbered.clone(), OtherColumns::All)),
        [r#"1="a" 2="b" 3="c""#]
    );
    assert_eq!(
        message(tsv, &keeping(numbered.clone(), named(&["id"]))),
        "in: column \"id\" is a name, and without a header row columns have none: give `columns` with a \
         number from 1 to 3"
    );
    let far = OtherColumns::Named(vec![Column::Number(4)]);
    assert_eq!(
        message(tsv, &keeping(numbered, far)),
        "in: there is no column 4: give `columns` with a number from 1 to 3"
    );
}

#[test]
fn json_values_stay_as_they_are_written() {
    let lines = concat!(
        r#"{"id": 12345678901234567890123, "text": "t", "n": 1.50, "o": {"b": [1, null], "a": "\u00e9"}, "s": "x", "z": null}"#,
        "\n",
        r#"{"text": "t", "n": 1e3, "extra": true, "n": -0}"#,
        "\n",
    );
    let json = options(Format::JsonLines);
    assert_eq!(
        kept(lines, &keeping(json.clone(), OtherColumns::All)),
        [
            r#"id=12345678901234567890123 text="t" n=1.50 o={"b": [1, null], "a": "\u00e9"} s="x" z=null"#,
            r#"text="t" n=-0 extra=true"#,
        ]
    );
    assert_eq!(
        kept(lines, &keeping(json.clone(), named(&["s", "n"]))),
        [r#"s="x" n=1.50"#, "s=null n=-0"]
    );
    assert_eq!(
        message(lines, &keeping(json.clone(), named(&["s", "url"]))),
        "in:1: there is no \"url\": the keys are \"id\", \"n\", \"o\", \"s\", \"text\", \"z\"; choose with \
         `columns`"
    );
    let found = records(lines, &keeping(json, named(&["s", "o"]))).unwrap();
    assert_eq!(found[0].columns[0].1.to_field(), "x");
    assert_eq!(found[1].columns[1].1, Cell::Json("null".to_owned()));
    assert_eq!(found[1].columns[1].1.to_field(), "");
}

#[test]
fn what_has_no_columns_cannot_keep_any() {
    for format in [Format::Text, Format::Lines, Format::FastText] {
        for columns in [OtherColumns::All, named(&["id"])] {
            let found = message("a", &keeping(options(format), columns));
            assert!(
                found.contains("has no columns: leave the other columns out"),
                "{found}"
            );
        }
    }
}
