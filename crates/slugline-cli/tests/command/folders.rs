//! One bad file costs no other its answer.

use std::{fs, path::Path};

use predicates::{prelude::*, str::contains};

use super::desk::{Desk, TRAIN, gzip};

/// A frame of Zstandard with one uncompressed block.
fn zstd(text: &str) -> Vec<u8> {
    let mut frame = b"\x28\xb5\x2f\xfd\x20".to_vec();
    let size = u8::try_from(text.len()).unwrap();
    frame.push(size);
    // The last block, raw, of so many bytes.
    let block = (u32::from(size) << 3) | 1;
    frame.extend(&block.to_le_bytes()[..3]);
    frame.extend(text.as_bytes());
    frame
}

/// Whether a file without permissions cannot be read: not so by the superuser.
#[cfg(unix)]
fn locked(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    fs::write(path, "the bank").unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o000)).unwrap();
    fs::read(path).is_err()
}

/// Makes bad files in ten ways, three of each; gives their names.
#[cfg(unix)]
fn make_bad(folder: &Path) -> Vec<String> {
    use std::os::unix::fs::symlink;

    use super::desk::make_fifo;

    let mut bad = Vec::new();
    for n in 0..3 {
        let mut path = |name: &str, ending: &str| {
            let name = format!("{name}-{n}.{ending}");
            bad.push(name.clone());
            folder.join(name)
        };
        fs::write(path("latin", "txt"), b"caf\xe9 news").unwrap();
        fs::write(path("binary", "txt"), b"\x7fELF\x02\x01\x00\xff\xfe\x00").unwrap();
        let gz = gzip(&"the bank raised rates ".repeat(500));
        fs::write(path("cut", "txt.gz"), &gz[..gz.len() / 2]).unwrap();
        let frame = zstd("the bank raised rates and the euro rose");
        fs::write(path("cut", "txt.zst"), &frame[..frame.len() - 9]).unwrap();
        make_fifo(&path("pipe", "txt"));
        symlink("nowhere.txt", path("dangling", "txt")).unwrap();
        let name = format!("loop-{n}.txt");
        symlink(&name, path("loop", "txt")).unwrap();
        fs::write(path("ragged", "csv"), "id,text\n1,the bank,too many\n").unwrap();
        fs::write(path("columns", "csv"), "id,body\n1,the bank\n").unwrap();
        // The tenth: a file that may not be read, or for the superuser one that says it is compressed and is not.
        if locked(&folder.join("probe")) {
            assert!(locked(&path("locked", "txt")));
        } else {
            fs::write(path("not", "txt.gz"), "the bank").unwrap();
        }
        fs::remove_file(folder.join("probe")).unwrap();
    }
    bad
}

#[cfg(unix)]
#[test]
fn a_thousand_files_of_which_thirty_are_bad() {
    let desk = Desk::trained();
    let folder = desk.path("inbox");
    fs::create_dir_all(folder.join("deep/er")).unwrap();
    let bad = make_bad(&folder);
    assert_eq!(bad.len(), 30);
    for n in 0..970 {
        let name = match n % 3 {
            0 => format!("{n}.txt"),
            1 => format!("deep/{n}.txt"),
            _ => format!("deep/er/{n}"),
        };
        fs::write(folder.join(name), format!("the bank raised rates {n}")).unwrap();
    }
    // Left out, and not counted.
    for name in [".DS_Store", "Thumbs.db", "~$report.docx"] {
        fs::write(folder.join(name), b"\xff\xfe").unwrap();
    }
    let check = |args: &[&str]| {
        let output = desk.process(args).output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{args:?}");
        let errors = String::from_utf8(output.stderr).unwrap();
        let last = errors.lines().last().unwrap();
        assert_eq!(
            last, "slugline: error: 970 answers, 30 files could not be read",
            "{errors}"
        );
        assert_eq!(errors.lines().count(), 31, "{errors}");
        for name in &bad {
            let named = errors.lines().filter(|line| line.contains(name.as_str()));
            assert!(named.count() >= 1, "{name}: {errors}");
        }
        assert!(!errors.contains("os error"), "{errors}");
        String::from_utf8(output.stdout).unwrap()
    };
    let answers = check(&["classify", "inbox", "--model", "desk.safetensors"]);
    assert_eq!(answers.lines().count(), 970);
    let csv = check(&["classify", "inbox", "--format", "csv", "--threads", "1"]);
    assert_eq!(csv.lines().count(), 971);
    let json = check(&["classify", "inbox", "--format", "jsonl", "--quiet"]);
    assert_eq!(json.lines().count(), 970);

    // Several folders, and the same files by their names.
    fs::create_dir(desk.path("more")).unwrap();
    fs::write(desk.path("more/a.txt"), "a vote").unwrap();
    fs::write(desk.path("more/b.txt"), b"\xff").unwrap();
    desk.run(&["classify", "more", "inbox", "missing", "news.txt"])
        .code(1)
        .stderr(predicate::str::ends_with(
            "slugline: error: 972 answers, 32 files could not be read\n",
        ))
        .stdout(predicate::function(|out: &str| out.lines().count() == 972));
    let mut listed = vec!["classify".to_owned()];
    for n in 0..970 {
        let place = ["inbox/", "inbox/deep/", "inbox/deep/er/"][n % 3];
        let ending = if n % 3 == 2 { "" } else { ".txt" };
        listed.push(format!("{place}{n}{ending}"));
    }
    // A pipe that is named is waited for: someone may be about to write.
    let names = bad.iter().filter(|name| !name.starts_with("pipe"));
    listed.extend(names.map(|name| format!("inbox/{name}")));
    let listed: Vec<&str> = listed.iter().map(String::as_str).collect();
    desk.run(&listed)
        .code(1)
        .stderr(predicate::str::ends_with(
            "slugline: error: 970 answers, 27 files could not be read\n",
        ))
        .stdout(predicate::function(|out: &str| out.lines().count() == 970));
}

#[test]
fn data_sets_in_a_folder_are_data_sets() {
    let desk = Desk::trained();
    fs::create_dir(desk.path("mixed")).unwrap();
    desk.write("mixed/a.csv", TRAIN);
    desk.write(
        "mixed/b.jsonl",
        "{\"text\":\"a bank\"}\n{\"text\":7}\n{\"text\":\"a vote\"}\n",
    );
    desk.write("mixed/c.txt", "one article\nof two lines");
    let args = ["classify", "mixed", "--model", "desk.safetensors"];
    desk.run(&args)
        .code(1)
        .stdout(
            contains("mixed/a.csv:2\ttechnology")
                .and(contains("mixed/b.jsonl:1\t"))
                .and(contains("mixed/c.txt\t"))
                .and(predicate::function(|out: &str| out.lines().count() == 11)),
        )
        .stderr(contains("mixed/b.jsonl:2: ").and(predicate::str::ends_with(
            "slugline: error: 11 answers, 1 file could not be read\n",
        )));
    // With --skip-bad the data set is read on, and nothing has failed.
    desk.run(&[&args[..], &["--skip-bad"]].concat())
        .success()
        .stdout(contains("mixed/b.jsonl:3\t"))
        .stderr(contains("1 bad record"));
    // More than the limit: that is the end.
    desk.run(&[&args[..], &["news.txt", "--skip-bad=0"]].concat())
        .code(1)
        .stdout(contains("news.txt").not())
        .stderr(contains("more than 0 bad records"));
}
