//! Labels from descriptions, and text without labels.

use predicates::{prelude::*, str::contains};
use serde_json::json;

use super::desk::{Desk, words};

const TOPICS: &str = "label\tdescription\n\
    markets\tbanks and shares\n\
    policy\ta minister\n\
    policy\tthe parliament\n\
    technology\tchips and phones\n";
/// Vectors of words; one topic, one dimension.
const VECTORS: &str = "banks 1 0 0\nshares 0.9 0.1 0\nbank 0.9 0 0.1\nrates 0.8 0.1 0.1\n\
    minister 0 1 0\nparliament 0.1 1 0\nbill 0.1 0.9 0\nsenate 0 0.9 0.1\n\
    chips 0 0.1 1\nphones 0 0 1\nchip 0.1 0 0.9\nscreen 0.1 0.1 0.9\n";
/// Without a label, and in the words of their topics: some have a vector, some have not.
const ARCHIVE: &str = "text,label\n\
    The bank cut its dividend as rates rose,x\nDividend and shares of the bank fell,y\n\
    The minister spoke of a quorum in the senate,x\nA quorum of the parliament passed the bill,y\n\
    A chip for the tablet and its screen,x\nThe tablet has a new screen and phones have none,y\n";

const TRAIN: &str = "train --describe topics.tsv --word-vectors words.txt --unlabelled archive.csv";

fn desk() -> Desk {
    let desk = Desk::new();
    desk.write("topics.tsv", TOPICS);
    desk.write("words.txt", VECTORS);
    desk.write("archive.csv", ARCHIVE);
    desk
}

fn label(desk: &Desk, model: &str, text: &str) -> serde_json::Value {
    desk.write("word.txt", text);
    let classify = format!("classify word.txt --format json --model {model}");
    desk.json(&words(&classify))["label"].clone()
}

#[test]
fn descriptions_and_text_without_labels_make_a_model() {
    let desk = desk();
    desk.line(&format!("{TRAIN} -o m.safetensors"))
        .success()
        .stderr(
            contains("--word-vectors: 10 of 29 terms")
                .and(contains("read 6 texts without labels in "))
                .and(contains("shares of the texts: markets 0.3")),
        );
    // Words without a vector, learned from the texts alone.
    for (text, expected) in [
        ("dividend", "markets"),
        ("quorum", "policy"),
        ("tablet", "technology"),
    ] {
        assert_eq!(label(&desk, "m.safetensors", text), expected);
    }
    let model = desk.json(&words("inspect m.safetensors --format json"));
    assert_eq!(model["documents"], 6);
    assert_eq!(model["provenance"]["sources"], json!(["archive.csv"]));
    // The same bytes for any number of threads.
    for threads in [1, 3] {
        desk.line(&format!("{TRAIN} --threads {threads} -o n.safetensors"))
            .success();
        let bytes = |name| std::fs::read(desk.path(name)).unwrap();
        assert!(bytes("m.safetensors") == bytes("n.safetensors"));
    }
}

#[test]
fn a_description_has_its_own_vector_where_the_table_has_one() {
    let desk = desk();
    // By their words, the descriptions would be the other way round.
    desk.write(
        "topics.tsv",
        "label\tdescription\npolicy\tnot about banks\nmarkets\tnot about a minister\n",
    );
    let own = "not about banks 0 1 0\nnot about a minister 1 0 0\n";
    desk.write("own.txt", format!("14 3\n{VECTORS}{own}"));
    for (table, expected) in [("own.txt", "markets"), ("words.txt", "policy")] {
        desk.line(&format!(
            "train --describe topics.tsv --word-vectors {table} --unlabelled archive.csv -o m.safetensors"
        ))
        .success();
        assert_eq!(label(&desk, "m.safetensors", "rates"), expected, "{table}");
    }
}

#[test]
fn descriptions_go_with_labelled_documents_and_other_settings() {
    let desk = desk();
    for options in [
        "train.csv",
        "train.csv --calibrate --alpha auto",
        "--unlabelled archive.csv",
        "train.csv --unlabelled archive.csv --unlabelled-weight 0.5 --rounds 40 --class-shares 0.4,0.3,0.3",
        "train.csv --unlabelled archive.csv --class-shares learned --stem english --ngram-range 1,2",
        "--unlabelled archive.csv --describe-strength 1 --describe-sharpness 20 --stop-words english",
    ] {
        desk.line(&format!(
            "train --describe topics.tsv --word-vectors words.txt {options} -o m.safetensors"
        ))
        .success();
        assert_eq!(
            label(&desk, "m.safetensors", "the senate, a minister"),
            "policy",
            "{options}"
        );
    }
    // Text without labels beside labelled documents, or beside terms.
    desk.line("train train.csv --unlabelled archive.csv -o m.safetensors")
        .success();
    assert_eq!(label(&desk, "m.safetensors", "dividend"), "markets");
    desk.write(
        "terms.tsv",
        "term\tmarkets\tpolicy\nbank\t3\t\nminister\t\t3\n",
    );
    desk.line("train --prior terms.tsv --unlabelled archive.csv -o m.safetensors")
        .success();
    assert_eq!(label(&desk, "m.safetensors", "quorum"), "policy");
}

#[test]
fn what_is_missing_or_wrong_is_told() {
    let desk = desk();
    desk.write("latin.txt", "consul 1 0 0\nforum 0 1 0\n");
    desk.write("few.txt", "bank 1 0 0\n");
    desk.write("bad.tsv", "label\tdescription\nmarkets\t\n");
    desk.write("one.tsv", "label\tdescription\nmarkets\tbanks\n");
    for (args, why) in [
        (
            "train --unlabelled archive.csv -o m",
            "labels is none: expected labelled texts, or a prior",
        ),
        ("train -o m", "DATA"),
        (
            "train --describe topics.tsv --unlabelled archive.csv -o m",
            "--word-vectors",
        ),
        (
            "train train.csv --class-shares uniform -o m",
            "--unlabelled",
        ),
        (
            "train --describe bad.tsv --word-vectors words.txt --unlabelled archive.csv -o m",
            "bad.tsv:2: an empty field",
        ),
        (
            "train --describe one.tsv --word-vectors words.txt --unlabelled archive.csv -o m",
            "one.tsv: expected descriptions of two labels",
        ),
        (
            "train --describe topics.tsv --word-vectors latin.txt --unlabelled archive.csv -o m",
            "latin.txt: it has a vector for no term of the texts",
        ),
        (
            "train --describe topics.tsv --word-vectors few.txt --unlabelled archive.csv -o m",
            "description is \"banks and shares\" (of \"markets\"): expected a text that has a vector",
        ),
        (
            "train --describe topics.tsv --word-vectors archive.csv --unlabelled archive.csv -o m",
            "archive.csv: ",
        ),
        (
            "train --describe topics.tsv --word-vectors gone.npz --unlabelled archive.csv -o m",
            "gone.npz: there is no such file",
        ),
        (
            &format!("{TRAIN} -o m --describe-strength -1"),
            "--describe-strength is -1: expected",
        ),
        (
            &format!("{TRAIN} -o m --describe-sharpness inf"),
            "--describe-sharpness is inf: expected",
        ),
        (
            &format!("{TRAIN} -o m --unlabelled-weight 0"),
            "--unlabelled-weight is 0: expected",
        ),
        (
            &format!("{TRAIN} -o m --rounds 0"),
            "--rounds is 0: expected at least 1",
        ),
        (
            &format!("{TRAIN} -o m --class-shares 1"),
            "--class-shares: expected 3",
        ),
        (
            &format!("{TRAIN} -o m --class-shares some"),
            "--class-shares is some: expected",
        ),
        (&format!("{TRAIN} -o m --calibrate"), "--unlabelled has not"),
        (
            &format!("{TRAIN} -o m --memory 64M"),
            "--memory reads the data once",
        ),
        (
            &format!("{TRAIN} -o m --refine"),
            "--refine is set: expected none with text without labels",
        ),
        (&format!("{TRAIN} -o topics.tsv"), "topics.tsv"),
        (&format!("{TRAIN} -o words.txt"), "words.txt"),
        (&format!("{TRAIN} -o archive.csv"), "archive.csv"),
    ] {
        desk.line(args).failure().stderr(contains(why));
    }
    assert!(!desk.path("m").exists());
}

#[test]
fn what_is_odd_is_told_as_of_labelled_data() {
    let desk = desk();
    // A label of the data that looks like one of the descriptions.
    desk.write("cased.csv", "text,label\na bank,Markets\n");
    desk.line("train cased.csv --describe topics.tsv --word-vectors words.txt -o m")
        .success()
        .stderr(contains("\"markets\" (of the descriptions)"));
    // Bad records of both kinds of data are in one list.
    desk.write("broken.jsonl", "{\"text\": \"a bank\"}\n{\"text\"\n");
    desk.write(
        "broken2.jsonl",
        "{\"text\": \"a\", \"label\": \"policy\"}\n[\n",
    );
    desk.line(
        "train broken2.jsonl --unlabelled broken.jsonl --skip-bad --bad-records bad.csv -o m",
    )
    .success()
    .stderr(contains("skipped 2 bad records of 4"));
    let bad = std::fs::read_to_string(desk.path("bad.csv")).unwrap();
    assert!(
        bad.contains("broken.jsonl") && bad.contains("broken2.jsonl"),
        "{bad}"
    );
}
