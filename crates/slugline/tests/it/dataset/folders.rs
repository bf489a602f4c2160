//! Folders with one sub-folder for each class.

use slugline::dataset::{Format, LabelUse, OtherColumns, ReadOptions, Record, load, open};

use super::{Files, column, compression::gzip, required};

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
        "data/a/2: invalid UTF-8 at byte 2 (line 2): give the encoding that the text has (`encoding = windows-1252`, say), or replace the \
         invalid bytes (`invalid_utf8 = replace`)"
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
        "data/a/loop: a symbolic link to a folder of the same data set, expected each document once: \
         remove the link"
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

/// Every file of the folder `data`: what it says, or what is wrong with it.
fn answers(files: &Files, options: &ReadOptions) -> Vec<Result<String, String>> {
    let top = format!("{}/", files.path("data").display());
    let mut records = open(&files.path("data"), options).unwrap();
    let found = records
        .by_ref()
        .map(|record| match record {
            Ok(record) => Ok(record.text),
            Err(error) => {
                assert!(error.is_skippable(), "{error}");
                Err(error.to_string().replace(&top, ""))
            }
        })
        .collect();
    assert!(records.next().is_none());
    found
}

#[test]
fn a_folder_goes_on_after_a_bad_file() {
    let mut cut = gzip(&b"some text ".repeat(1000));
    cut.truncate(cut.len() - 20);
    let files = Files::new(&[
        ("data/01.txt", b"first"),
        ("data/02.txt", b"\xff"),
        ("data/03.txt.gz", &cut),
        ("data/04.txt.gz", b"no gzip"),
        ("data/05.csv", b"body\nx\n"),
        (
            "data/06.csv",
            b"text,n\nfrom a table,1\nuneven\nnot read,2\n",
        ),
        ("data/07.jsonl", b"{\"text\": \"from JSON\"}\n{\n"),
        ("data/08.csv", b""),
        ("data/sub/09.txt", b"last but one"),
        ("data/sub/10.lines.txt", b"last"),
    ]);
    #[cfg(unix)]
    std::os::unix::fs::symlink("nowhere", files.path("data/sub/00.txt")).unwrap();
    let found = answers(&files, &ReadOptions::default());
    let good: Vec<&str> = found.iter().flatten().map(String::as_str).collect();
    let expected = ["first", "from a table", "from JSON", "last but one", "last"];
    assert_eq!(good, expected);
    let bad: Vec<String> = found.into_iter().filter_map(Result::err).collect();
    let mut starts = vec![
        "02.txt: invalid UTF-8 at byte 0 (line 1)",
        "03.txt.gz: the gzip data is damaged or cut short",
        "04.txt.gz: the file's name says gzip",
        "05.csv: there is no column \"text\"",
        "06.csv:3: 1 field, expected 2",
        "07.jsonl:2: ",
        "08.csv: the file is empty",
    ];
    if cfg!(unix) {
        starts.push("sub/00.txt: ");
    }
    assert_eq!(bad.len(), starts.len(), "{bad:#?}");
    for (bad, start) in bad.iter().zip(starts) {
        assert!(bad.starts_with(start), "{bad}");
    }
    // Where bad records are skipped, the data set goes on, too.
    let skipping = ReadOptions::default().skip_bad(true);
    let more = answers(&files, &skipping);
    assert!(more.contains(&Ok("not read".to_owned())));
}

#[test]
fn data_sets_in_a_folder_are_read_as_data_sets() {
    let csv = gzip(b"text,label,url\nfrom a table,policy,u\nwithout,,v\n");
    let files = Files::new(&[
        ("data/all.jsonl", b"{\"text\": \"a\", \"label\": \"markets\"}\n\n{\"text\": \"b\", \"label\": \"policy\"}\n"),
        ("data/tech/1.txt", b"one"),
        ("data/tech/2.csv.gz", &csv),
        ("data/tech/3.ft", b"__label__markets from fastText\nplain\n"),
    ]);
    let top = format!("{}/", files.path("data").display());
    for options in [ReadOptions::default(), required(Format::Folder)] {
        let found: Vec<(String, Option<String>, String)> = open(&files.path("data"), &options)
            .unwrap()
            .map(|record| {
                let record = record.unwrap();
                let place = record.position.to_string().replace(&top, "");
                (place, record.label, record.text)
            })
            .collect();
        let expected = [
            ("all.jsonl:1", "markets", "a"),
            ("all.jsonl:3", "policy", "b"),
            ("tech/1.txt:1", "tech", "one"),
            ("tech/2.csv.gz:2", "policy", "from a table"),
            ("tech/2.csv.gz:3", "tech", "without"),
            ("tech/3.ft:1", "markets", "from fastText"),
            ("tech/3.ft:2", "tech", "plain"),
        ]
        .map(|(place, label, text)| (place.to_owned(), Some(label.to_owned()), text.to_owned()));
        assert_eq!(found, expected);
    }
    let formats: Vec<Format> = open(&files.path("data"), &ReadOptions::default())
        .unwrap()
        .map(|record| record.unwrap().format)
        .collect();
    assert_eq!(formats[0], Format::JsonLines);
    assert_eq!(formats[2], Format::Text);
    assert_eq!(formats[3], Format::Csv);
    // The columns are those of the data sets.
    let urls = ReadOptions::default()
        .columns(OtherColumns::Named(vec![column("url")]))
        .labels(LabelUse::Ignored);
    let found: Vec<Result<Record, _>> = open(&files.path("data"), &urls).unwrap().collect();
    assert!(found[0].is_err(), "JSON without the key");
    let of_table = found
        .iter()
        .flatten()
        .find(|record| record.format == Format::Csv);
    assert_eq!(of_table.unwrap().columns[0].1.to_field(), "u");
}

#[test]
fn a_record_without_any_label_is_an_error() {
    let files = Files::new(&[("data/a.csv", b"text,label\nx,\ny,b\n"), ("data/c/1", b"z")]);
    let found = answers(&files, &required(Format::Folder));
    assert_eq!(found.len(), 2);
    let why = found[0].as_ref().unwrap_err();
    assert!(
        why.starts_with("a.csv:2: label is empty: expected"),
        "{why}"
    );
    let skipping = required(Format::Folder).skip_bad(true);
    assert_eq!(answers(&files, &skipping).iter().flatten().count(), 2);
    // A document beside the classes is one bad record then.
    std::fs::write(files.path("data/README"), "no label").unwrap();
    assert_eq!(answers(&files, &skipping).iter().flatten().count(), 2);
    assert!(open(&files.path("data"), &required(Format::Folder)).is_err());
}

#[test]
fn columns_of_a_folder_without_data_sets_are_an_error() {
    let files = Files::new(&[("data/a/1", b"x")]);
    let chosen = ReadOptions::default().text([column("body")]);
    assert_eq!(
        files
            .message("data", &chosen)
            .rsplit_once("data: ")
            .unwrap()
            .1,
        "columns were chosen, and the folder holds no data set that has any: leave them out"
    );
}

#[test]
fn hidden_and_system_files_are_left_out() {
    let mut files: Vec<(String, &[u8])> = [
        ".DS_Store",
        "._1.txt",
        "Thumbs.db",
        "thumbs.db",
        "desktop.ini",
        "Desktop.ini",
        "~$letter.docx",
        "__MACOSX/1.txt",
        "__MACOSX/._1.txt",
        ".git/config",
        "ehthumbs.db",
        "@eaDir/1.txt",
        "Icon\r",
        "$RECYCLE.BIN/1",
        "System Volume Information/1",
        "lost+found/1",
        ".a/b/c",
    ]
    .iter()
    .flat_map(|name| [format!("data/{name}"), format!("data/a/{name}")])
    .map(|name| (name, &b"\xff\x00"[..]))
    .collect();
    for good in ["data/a/1.txt", "data/a/~notes.txt", "data/a/thumbs.txt"] {
        files.push((good.to_owned(), b"good"));
    }
    let files: Vec<(&str, &[u8])> = files.iter().map(|(name, text)| (&**name, *text)).collect();
    let files = Files::new(&files);
    for options in [ReadOptions::default(), required(Format::Folder)] {
        assert_eq!(walk(&files, &options).len(), 3);
    }
}

#[cfg(unix)]
#[test]
fn pipes_sockets_and_devices_are_named_and_not_waited_for() {
    let files = Files::new(&[("data/a/1", b"x"), ("data/a/4", b"y"), ("data/b/1", b"z")]);
    let _socket = std::os::unix::net::UnixListener::bind(files.path("data/a/2")).unwrap();
    let fifo = std::process::Command::new("mkfifo")
        .arg(files.path("data/a/3.csv"))
        .status();
    assert!(fifo.unwrap().success());
    std::os::unix::fs::symlink("/dev/zero", files.path("data/b/0")).unwrap();
    for options in [ReadOptions::default(), required(Format::Folder)] {
        let found = answers(&files, &options);
        assert_eq!(found.iter().flatten().collect::<Vec<_>>(), ["x", "y", "z"]);
        let bad: Vec<&String> = found
            .iter()
            .filter_map(|answer| answer.as_ref().err())
            .collect();
        assert_eq!(bad.len(), 3);
        for why in bad {
            assert!(why.contains("neither a file nor a folder"), "{why}");
        }
    }
}

/// The folder itself is no fault, though the link to it comes first.
#[cfg(unix)]
#[test]
fn a_link_to_a_folder_beside_it_is_the_one_that_is_named() {
    let files = Files::new(&[("data/pol/1.txt", b"vote"), ("data/tech/1.txt", b"chip")]);
    std::os::unix::fs::symlink("../tech", files.path("data/pol/0")).unwrap();
    let options = required(Format::Folder).skip_bad(true);
    let (mut named, mut read) = (Vec::new(), Vec::new());
    for record in open(&files.path("data"), &options).unwrap() {
        match record {
            Ok(record) => read.push((record.label.unwrap(), record.text)),
            Err(error) => named.push(error.to_string()),
        }
    }
    let [named] = named.as_slice() else {
        panic!("{named:?}")
    };
    assert!(named.contains("data/pol/0: a symbolic link"), "{named}");
    let expected = [("pol", "vote"), ("tech", "chip")].map(|(a, b)| (a.to_owned(), b.to_owned()));
    assert_eq!(read, expected);
}
