//! Folders with one sub-folder for each class.

use slugline::dataset::{Format, LabelUse, ReadOptions, Record, load, open};

use crate::{Files, compression::gzip, required};

/// The folder `data` of `files`: each record's file below it, label and text.
fn walk(files: &Files, options: &ReadOptions) -> Vec<(String, Option<String>, String)> {
    let top = format!("{}/", files.path("data").display());
    open(&files.path("data"), options)
        .unwrap()
        .map(|record| {
            let Record {
                text,
                label,
                position,
                ..
            } = record.unwrap();
            assert_eq!(position.line, 1);
            (position.file.replace(&top, ""), label, text)
        })
        .collect()
}

#[test]
fn files_come_in_the_order_of_their_names() {
    let files = Files::new(&[
        ("data/sports/b.txt", b"2"),
        ("data/sports/a/z.txt", b"1"),
        ("data/sports/B.txt", b"0"),
        ("data/sports/c.txt.gz", &gzip(b"3")),
        ("data/sports/.hidden", b"no"),
        ("data/.git/config", b"no"),
        ("data/Arts/10", b"a"),
        ("data/Arts/9", b""),
    ]);
    let expected = [
        ("Arts/10", "Arts", "a"),
        ("Arts/9", "Arts", ""),
        ("sports/B.txt", "sports", "0"),
        ("sports/a/z.txt", "sports", "1"),
        ("sports/b.txt", "sports", "2"),
        ("sports/c.txt.gz", "sports", "3"),
    ]
    .map(|(file, label, text)| (file.to_owned(), Some(label.to_owned()), text.to_owned()));
    for options in [required(Format::Folder), ReadOptions::default()] {
        assert_eq!(walk(&files, &options), expected);
    }
    let (texts, labels) = load(&files.path("data"), &ReadOptions::default()).unwrap();
    assert_eq!(texts.concat(), "a0123");
    assert_eq!(labels[0], "Arts");
}

#[test]
fn a_file_beside_the_classes_has_no_label() {
    let files = Files::new(&[
        ("data/a/1", b"x"),
        ("data/b/1", b"z"),
        ("data/README", b"y"),
    ]);
    let expected = |labels: [Option<&str>; 3]| {
        let [readme, a, b] = labels.map(|label| label.map(str::to_owned));
        [
            ("README".to_owned(), readme, "y".to_owned()),
            ("a/1".to_owned(), a, "x".to_owned()),
            ("b/1".to_owned(), b, "z".to_owned()),
        ]
    };
    let mut options = ReadOptions::default();
    assert_eq!(
        walk(&files, &options),
        expected([None, Some("a"), Some("b")])
    );
    options.labels = LabelUse::Ignored;
    assert_eq!(walk(&files, &options), expected([None; 3]));
    let top = files.path("");
    assert_eq!(
        files.message("data", &required(Format::Folder)),
        format!(
            "data/README: the file stands beside the class folders, so it has no label: move it \
             into a sub-folder of {}data named for its class",
            top.display()
        )
        .replace(&format!("{}", top.display()), "")
    );
}

#[test]
fn an_error_names_the_file() {
    let files = Files::new(&[("data/a/1", b"x"), ("data/a/2", b"y\n\xff")]);
    assert_eq!(
        files.message("data", &required(Format::Folder)),
        "data/a/2: invalid UTF-8 at byte 2 (line 2): convert the file to UTF-8, or replace the \
         invalid bytes (`--invalid-utf8 replace`)"
    );
}

#[cfg(unix)]
#[test]
fn links_are_followed_but_not_in_circles() {
    use std::os::unix::fs::symlink;

    let files = Files::new(&[("data/a/1", b"x"), ("elsewhere/2", b"y")]);
    symlink(files.path("elsewhere"), files.path("data/b")).unwrap();
    symlink(files.path("data/a/1"), files.path("data/b/3")).unwrap();
    assert_eq!(walk(&files, &required(Format::Folder)).len(), 3);

    symlink(files.path("data"), files.path("data/a/loop")).unwrap();
    assert_eq!(
        files.message("data", &required(Format::Folder)),
        "data/a/loop: a symbolic link leads to this folder a second time, expected each document \
         once: remove the link"
    );
}

#[cfg(unix)]
#[test]
fn what_is_neither_file_nor_folder_is_not_opened() {
    let files = Files::new(&[("data/a/1", b"x")]);
    let _socket = std::os::unix::net::UnixListener::bind(files.path("data/a/2")).unwrap();
    assert_eq!(
        files.message("data", &required(Format::Folder)),
        "data/a/2: neither a file nor a folder, expected a document or a data set: remove it"
    );
    std::os::unix::fs::symlink("nowhere", files.path("data/a/0")).unwrap();
    let dangling = files.message("data", &required(Format::Folder));
    assert!(dangling.starts_with("data/a/0: "), "{dangling}");
}

#[test]
fn an_empty_folder_has_no_records() {
    let files = Files::new(&[("data/.hidden", b"x")]);
    assert!(walk(&files, &required(Format::Folder)).is_empty());
    let error = load(&files.path("data"), &ReadOptions::default()).unwrap_err();
    assert!(
        error.to_string().ends_with(
            "data: no records: expected sub-folders named for classes, with text files in them"
        ),
        "{error}"
    );
}
