//! The commands, with data sets and models to run them on.

use std::{env, fmt::Write as _, fs, io::Write as _, path::Path};

use super::{BAD, STDOUT, Work};

const DATA: &str = "text,label
The new phone has a faster chip and a sharper screen,technology
Engineers patched the browser after the worm spread,technology
The minister told parliament that the bill will pass,policy
Voters chose a new council and the minister resigned,policy
Shares fell as the bank cut its forecast for growth,markets
The bank raised rates and the euro rose,markets
";
const MORE: &str = r#"{"text": "A robot with one chip and two cameras", "label": "technology"}
{"text": "The court struck down the law on ID cards", "label": "policy"}
"#;

/// Whether all faults and signals are injected.
pub(crate) fn all() -> bool {
    env::var_os("SLUGLINE_FAULTS").is_some_and(|which| which == "all")
}

fn gzip(text: &str) -> Vec<u8> {
    let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gz.write_all(text.as_bytes()).unwrap();
    gz.finish().unwrap()
}

/// Data sets, and models of them.
pub(crate) fn prepare(work: &Path) {
    let write = |name: &str, content: &[u8]| fs::write(work.join(name), content).unwrap();
    write("train.csv", DATA.as_bytes());
    write("more.jsonl.gz", &gzip(MORE));
    write("stop.txt", b"the\na\nand\n");
    let train = |args: &str| {
        let mut command = assert_cmd::Command::cargo_bin("slugline").unwrap();
        command.current_dir(work).args(args.split_whitespace());
        command.assert().success();
    };
    train("train train.csv more.jsonl.gz -o model --idf-order after-norm");
    train("train train.csv -o other --idf-order after-norm");
}

pub(crate) fn many_documents() -> String {
    let mut csv = String::from("text,label\n");
    for n in 0_u32..1500 {
        for word in 0..20_u32 {
            let _ = write!(csv, "w{} ", n.wrapping_mul(word * word + 7) % 9973);
        }
        let _ = writeln!(csv, ",{}", ["policy", "markets", "sport"][n as usize % 3]);
    }
    csv
}

/// As [`prepare`], with a folder of documents.
pub(crate) fn folder(work: &Path) {
    prepare(work);
    for (at, line) in DATA.lines().skip(1).enumerate().skip(1).step_by(2) {
        let (text, label) = line.rsplit_once(',').unwrap();
        fs::create_dir_all(work.join("data").join(label)).unwrap();
        fs::write(work.join(format!("data/{label}/{at}.txt")), text).unwrap();
    }
}

pub(crate) fn train_new() -> Work {
    Work::new(
        "train train.csv more.jsonl.gz -o new --stop-words stop.txt",
        &["new"],
        prepare,
    )
}

pub(crate) fn train_over() -> Work {
    Work::new(
        "train train.csv more.jsonl.gz -o other",
        &["other"],
        prepare,
    )
}

pub(crate) fn train_folder() -> Work {
    Work::new("train data -o other", &["other"], folder)
}

pub(crate) fn train_out_of_core() -> Work {
    Work::new("train many.csv --memory 1M -o other", &["other"], |work| {
        prepare(work);
        fs::write(work.join("many.csv"), many_documents()).unwrap();
    })
}

pub(crate) fn update() -> Work {
    Work::new("update other more.jsonl.gz -o other", &["other"], prepare)
}

pub(crate) fn forget() -> Work {
    Work::new("forget model more.jsonl.gz -o model", &["model"], prepare)
}

pub(crate) fn merge() -> Work {
    Work::new("merge model other -o both", &["both"], prepare)
}

pub(crate) fn adapt() -> Work {
    Work::new(
        "adapt train.csv --model model -o other",
        &["other"],
        prepare,
    )
}

pub(crate) fn classify() -> Work {
    let args = "classify bad.csv --text text --model model --format csv --skip-bad --bad-records bad.jsonl";
    Work::new(args, &[BAD, STDOUT], |work| {
        prepare(work);
        fs::write(work.join("bad.csv"), format!("{DATA}one,two,three\n{DATA}")).unwrap();
        fs::write(work.join(BAD), "old").unwrap();
    })
}

pub(crate) fn evaluate() -> Work {
    let args = "evaluate train.csv --model other --errors errors.csv";
    Work::new(args, &["errors.csv", STDOUT], |work| {
        prepare(work);
        fs::write(work.join("errors.csv"), "old").unwrap();
    })
}
