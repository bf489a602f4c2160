//! Every block of `unsafe`: `.github/SECURITY.md` has a table of the files that hold some, with how many and why. A file
//! that is not in it, or another number, fails, and so does a block of what is shipped without its reason above it.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

/// How far above a block its reason may stand.
const NEAR: usize = 12;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Rust files below a folder, but for what was built.
fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && !path.ends_with("target") {
            files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// Lines of code that begin a block, a function or an implementation with `unsafe`; types of functions are none.
fn unsafe_lines(code: &str) -> Vec<usize> {
    let begins = |line: &str| {
        let code = line.split("//").next().unwrap_or("");
        [
            "unsafe {",
            "unsafe impl",
            "unsafe fn",
            "unsafe extern \"C\" {",
        ]
        .iter()
        .any(|begin| code.contains(begin))
    };
    let lines = code.lines().enumerate();
    lines
        .filter(|(_, line)| begins(line))
        .map(|(at, _)| at)
        .collect()
}

/// The number of `unsafe` of each file that has some.
fn counted() -> BTreeMap<String, usize> {
    let root = root();
    let mut found = Vec::new();
    files(&root.join("crates"), &mut found);
    let own = Path::new(file!()).file_name();
    found
        .iter()
        .filter(|path| path.file_name() != own)
        .map(|path| {
            let name = path
                .strip_prefix(&root)
                .unwrap()
                .to_string_lossy()
                .into_owned();
            (name, unsafe_lines(&fs::read_to_string(path).unwrap()).len())
        })
        .filter(|(_, count)| *count > 0)
        .collect()
}

#[test]
fn every_block_is_listed() {
    let text = fs::read_to_string(root().join(".github/SECURITY.md")).unwrap();
    // | `crates/…` | 3 | why |
    let listed: BTreeMap<String, usize> = text
        .lines()
        .filter(|line| line.starts_with("| `crates/"))
        .map(|line| {
            let cells: Vec<&str> = line.split('|').map(str::trim).collect();
            assert!(!cells[3].is_empty(), "{line}: no reason");
            (
                cells[1].trim_matches('`').to_owned(),
                cells[2].parse().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        counted(),
        listed,
        "the table of `unsafe` in .github/SECURITY.md"
    );
}

#[test]
fn every_block_has_its_reason() {
    let root = root();
    for file in counted().into_keys().filter(|file| file.contains("/src/")) {
        let code = fs::read_to_string(root.join(&file)).unwrap();
        let lines: Vec<&str> = code.lines().collect();
        for at in unsafe_lines(&code) {
            let above = &lines[at.saturating_sub(NEAR)..at];
            assert!(
                above.iter().any(|line| line.trim_start().starts_with("//")),
                "{file}:{}: no reason above it",
                at + 1
            );
        }
    }
}

#[test]
fn unsafe_is_found() {
    let code = "let a = unsafe { f() };\n// unsafe { no }\nunsafe impl A for B {}\nunsafe fn f() {}\nOption<unsafe extern \"C\" fn()>\n";
    assert_eq!(unsafe_lines(code), [0, 2, 3]);
}
