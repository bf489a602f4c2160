//! The layers of the library: what a file imports stands below it. Reads the `use` lines, and every other path
//! that begins with `crate::`, of all files; unit tests at the end of a file may import what they like.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// Folders and files of `src`, floor by floor from the top down. What stands on one floor does not know of
/// each other.
const FLOORS: &[&[&str]] = &[
    &["linfa", "topics", "dataset", "model_file"],
    &["learning", "selection"],
    &["classifier"],
    &["features"],
    &["counting"],
    &["naive_bayes", "text", "vocabulary"],
    &["matrix"],
    &["util"],
    &["replace", "wording"],
    &["error"],
];

/// A manual without code of its own.
const FREE: &[&str] = &["lib", "guide"];

fn floor(room: &str) -> Option<usize> {
    FLOORS.iter().position(|rooms| rooms.contains(&room))
}

/// A file without its unit tests, which stand at its end.
fn without_tests(code: &str) -> &str {
    code.split("#[cfg(test)]\nmod tests").next().unwrap_or("")
}

/// The names that follow `crate::` in Rust code, the members of a `crate::{…}` one by one.
fn imports(code: &str) -> BTreeSet<String> {
    let code: String = without_tests(code)
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .collect::<Vec<_>>()
        .join("\n");
    let name = |text: &str| -> String {
        text.trim_start()
            .chars()
            .take_while(|c| c.is_alphanumeric() || *c == '_')
            .collect()
    };
    let mut found = BTreeSet::new();
    for after in code.split("crate::").skip(1) {
        let Some(group) = after.strip_prefix('{') else {
            found.insert(name(after));
            continue;
        };
        let mut depth = 1;
        let mut member = String::new();
        for c in group.chars() {
            match c {
                '{' => depth += 1,
                '}' => depth -= 1,
                _ => {}
            }
            if depth == 0 || (depth == 1 && c == ',') {
                found.insert(name(&member));
                member.clear();
            } else {
                member.push(c);
            }
            if depth == 0 {
                break;
            }
        }
    }
    found.remove("");
    found
}

/// What is wrong with the imports of a file that stands in `room`.
fn faults(room: &str, code: &str) -> Vec<String> {
    let Some(own) = floor(room) else {
        return vec![format!(
            "{room} stands on no floor: add it to FLOORS and to crates/ARCHITECTURE.md"
        )];
    };
    let fault = |import: String| match floor(&import) {
        _ if import == room => None,
        Some(other) if other > own => None,
        Some(_) => Some(format!(
            "{room} imports {import}, which does not stand below it"
        )),
        None => Some(format!(
            "{room} imports crate::{import}: name the folder that it stands in"
        )),
    };
    imports(code).into_iter().filter_map(fault).collect()
}

fn source() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

fn rust_files(folder: &Path, to: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            rust_files(&path, to);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            to.push(path);
        }
    }
}

/// The folder or file of `src` that a path is in.
fn room(path: &Path) -> String {
    let inside = path.strip_prefix(source()).unwrap();
    let first = inside.components().next().unwrap();
    let name = Path::new(first.as_os_str()).with_extension("");
    name.to_string_lossy().into_owned()
}

#[test]
fn every_import_runs_down() {
    let mut files = Vec::new();
    rust_files(&source(), &mut files);
    assert!(files.len() > 100, "{} files were found", files.len());
    let mut all = Vec::new();
    for path in files {
        let room = room(&path);
        if !FREE.contains(&room.as_str()) {
            let code = fs::read_to_string(&path).unwrap();
            let found = faults(&room, &code).into_iter();
            all.extend(found.map(|fault| format!("{}: {fault}", path.display())));
        }
    }
    assert!(all.is_empty(), "{}", all.join("\n"));
}

/// The command's flags are its own: the library's messages name settings.
#[test]
fn no_message_names_a_flag() {
    let mut files = Vec::new();
    rust_files(&source(), &mut files);
    let mut found = Vec::new();
    for path in files {
        let code = fs::read_to_string(&path).unwrap();
        for line in without_tests(&code).lines() {
            let is_comment = line.trim_start().starts_with("//");
            let mut after = line.split("--").skip(1);
            if !is_comment && after.any(|flag| flag.starts_with(|c: char| c.is_ascii_lowercase())) {
                found.push(format!("{}: {line}", path.display()));
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn an_import_that_runs_up_is_found() {
    for (room, code) in [
        ("text", "use crate::counting::Counter;"),
        (
            "text",
            "use crate::{\n    error::Result,\n    vocabulary::{Key, Slots},\n};",
        ),
        ("naive_bayes", "fn f(x: crate::classifier::Weights) {}"),
        ("vocabulary", "use crate::text::Analyzer;"),
        ("util", "use crate::{matrix::Rows, util::simd};"),
        ("classifier", "use crate::TextClassifier;"),
        ("attic", "use crate::error::Result;"),
    ] {
        assert_eq!(faults(room, code).len(), 1, "{room}: {code}");
    }
    for (room, code) in [
        (
            "text",
            "use crate::{\n    error::{Error, Result},\n    util::simd::{self, Work},\n};",
        ),
        (
            "classifier",
            "use crate::classifier::Weights;\n// crate::selection\n",
        ),
        (
            "counting",
            "#[cfg(test)]\nmod tests {\n    use crate::features::Counts;\n}",
        ),
    ] {
        assert!(faults(room, code).is_empty(), "{room}: {code}");
    }
}

#[test]
fn the_map_names_every_folder_and_no_other() {
    let map = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ARCHITECTURE.md");
    let map = fs::read_to_string(map).unwrap();
    let named: BTreeSet<String> = map
        .lines()
        .filter_map(|line| line.strip_prefix("| `"))
        .filter_map(|line| line.split('`').next())
        .map(|name| {
            name.trim_end_matches('/')
                .trim_end_matches(".rs")
                .to_owned()
        })
        .collect();
    let there: BTreeSet<String> = fs::read_dir(source())
        .unwrap()
        .map(|entry| room(&entry.unwrap().path()))
        .collect();
    for name in &there {
        assert!(
            named.contains(name),
            "crates/ARCHITECTURE.md lacks `{name}`"
        );
        assert!(
            FREE.contains(&name.as_str()) || floor(name).is_some(),
            "{name} stands on no floor"
        );
    }
    for name in FLOORS.iter().flat_map(|floor| floor.iter()) {
        assert!(
            there.contains(*name),
            "FLOORS name {name}, which is not there"
        );
    }
    let gone: Vec<&String> = named.difference(&there).collect();
    assert!(
        gone.is_empty(),
        "crates/ARCHITECTURE.md names {gone:?}, which are not there"
    );
}
