//! Tables of priors.

use slugline::{Prior, dataset::load_prior};
use tempfile::TempDir;

use super::compression::gzip;

/// Label, term and weight of each term, or what the error says.
fn read(name: &str, table: impl AsRef<[u8]>) -> Result<Vec<(String, String, f64)>, String> {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, table).unwrap();
    let prior = load_prior(&path).map_err(|error| error.to_string())?;
    let terms = prior.terms().iter().cloned();
    Ok(terms
        .map(|term| (term.label, term.term, term.weight))
        .collect())
}

fn term(label: &str, term: &str, weight: f64) -> (String, String, f64) {
    (label.to_owned(), term.to_owned(), weight)
}

#[test]
fn a_row_is_a_term_of_a_label() {
    let table = "source,label,term,weight\na,policy,prime minister,3\na,technology,chip,0\n";
    let expected = [
        term("policy", "prime minister", 3.0),
        term("technology", "chip", 0.0),
    ];
    assert_eq!(read("p.csv", table).unwrap(), expected);
    let table = "# a comment\nterm\tlabel\nchip\ttechnology\n";
    let expected = [term("technology", "chip", 1.0)];
    assert_eq!(read("p.tsv", table).unwrap(), expected);
}

#[test]
fn compressed_tables_are_read() {
    let expected = [term("technology", "chip", 2.0)];
    let (tabs, commas) = (
        "term\tlabel\tweight\nchip\ttechnology\t2\n",
        "term,label,weight\nchip,technology,2\n",
    );
    assert_eq!(read("p.tsv.gz", gzip(tabs.as_bytes())).unwrap(), expected);
    assert_eq!(read("p.csv.gz", gzip(commas.as_bytes())).unwrap(), expected);
    assert_eq!(read("p.tsv", gzip(tabs.as_bytes())).unwrap(), expected);
    let cut = read("p.tsv.gz", &gzip(tabs.as_bytes())[..20]).unwrap_err();
    assert!(
        cut.contains("p.tsv.gz") && cut.contains("damaged or cut short"),
        "{cut}"
    );
    let plain = read("p.tsv.gz", tabs).unwrap_err();
    assert!(plain.contains("is not gzip data"), "{plain}");
}

#[test]
fn a_column_is_a_label() {
    let table = "# a comment\nterm\tdocuments\tpolicy\ttechnology\n\t40\t\t\nprime minister\t7\t3\t\n\
                 chip\t5\t 0.2 \t1.8\nrare\t1\t0\t0.00\n";
    let expected = [
        term("policy", "prime minister", 3.0),
        term("policy", "chip", 0.2),
        term("technology", "chip", 1.8),
    ];
    assert_eq!(read("p.tsv", table).unwrap(), expected);
    let table = table.replace('\t', ",");
    assert_eq!(read("p.csv", &table).unwrap(), expected);
}

#[test]
fn documents_are_counted() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("p.tsv");
    std::fs::write(&path, "term\tdocuments\tpolicy\nchip\t5\t1\n\t40\t\n").unwrap();
    let prior = load_prior(&path).unwrap();
    let expected = Prior::new().with("policy", "chip", 1.0);
    assert_eq!(prior, expected.with_document_frequencies(40, [("chip", 5)]));

    let fault = |table: &str| read("p.tsv", table).unwrap_err();
    let alone = fault("term\tdocuments\tpolicy\nchip\t5\t1\n");
    assert!(alone.contains("without the number of all"), "{alone}");
    let twice = fault("term\tdocuments\tpolicy\n\t5\t\n\t6\t\n");
    assert!(twice.contains("a second row without a term"), "{twice}");
    let again = fault("term\tdocuments\tpolicy\n\t9\t\nchip\t5\t1\nchip\t5\t1\n");
    assert!(
        again.contains("a second row for the term \"chip\""),
        "{again}"
    );
    let part = fault("term\tdocuments\tpolicy\nchip\t0.5\t1\n");
    assert!(
        part.contains("\"0.5\" in the column \"documents\""),
        "{part}"
    );
}

/// The library's own tables.
#[test]
fn the_tables_of_the_repository_are_read() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../datasets/priors");
    for (name, labels) in [
        ("similarity.tsv", 4),
        ("wikinews_sums.tsv", 3),
        ("terms.tsv", 4),
    ] {
        let prior = load_prior(&folder.join(name)).unwrap();
        let found: std::collections::BTreeSet<&str> = prior
            .terms()
            .iter()
            .map(|term| term.label.as_str())
            .collect();
        assert_eq!(found.len(), labels, "{name}: {found:?}");
        assert!(prior.terms().len() > 10_000, "{name}");
    }
}

#[test]
fn what_is_wrong_is_told_with_its_place() {
    for (table, why) in [
        ("term\tweight\nchip\t1\n", "p.tsv: the columns term, weight"),
        ("term\nchip\n", "\"term\" and each label, divided by tabs"),
        ("term\tdocuments\nchip\t1\n", "\"term\" and each label"),
        ("term,policy\nchip,1\n", "divided by tabs"),
        ("label\tpolicy\nchip\t1\n", "\"term\" and \"label\""),
        (
            "term\tpolicy\tpolicy\nchip\t1\t1\n",
            "two columns \"policy\"",
        ),
        ("term\tpolicy\t\nchip\t1\t1\n", "column 3 has no name"),
        (
            "term\tpolicy\nchip\tmuch\n",
            "p.tsv:2: policy: the weight \"much\": expected a number from 0 on",
        ),
        (
            "term\tpolicy\nchip\t-1\n",
            "policy: the weight \"-1\": expected",
        ),
        (
            "term\tpolicy\nchip\tNaN\n",
            "policy: the weight \"NaN\": expected",
        ),
        ("term\tpolicy\n\t1\n", "p.tsv:2: an empty field"),
        (
            "term\tpolicy\nchip\t1\t2\n",
            "p.tsv:2: 3 fields, expected 2",
        ),
        ("term\tpolicy\nchip\t0\n", "no terms"),
        (
            "label\tterm\tweight\npolicy\tchip\t-1\n",
            "p.tsv:2: the weight \"-1\": expected",
        ),
        ("label\tterm\npolicy\t\n", "p.tsv:2: an empty field"),
    ] {
        let error = read("p.tsv", table).unwrap_err();
        assert!(error.contains(why), "{table:?}: {error}");
    }
}

#[cfg(unix)]
#[test]
fn a_pipe_that_begins_with_a_mark_is_not_empty() {
    use std::{io::Write, thread, time::Duration};
    for marks in 0..3 {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("p.tsv");
        let made = std::process::Command::new("mkfifo").arg(&path).status();
        assert!(made.unwrap().success());
        let to = path.clone();
        let writer = thread::spawn(move || {
            let mut pipe = std::fs::File::options().write(true).open(to).unwrap();
            for piece in [
                "\u{feff}".repeat(marks),
                "label\tterm\npolicy\tvote\n".into(),
            ] {
                pipe.write_all(piece.as_bytes()).unwrap();
                thread::sleep(Duration::from_millis(50));
            }
        });
        let prior = load_prior(&path).unwrap();
        assert_eq!(prior, Prior::new().with("policy", "vote", 1.0), "{marks}");
        writer.join().unwrap();
    }
}
