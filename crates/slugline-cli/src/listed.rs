//! `--files-from`: paths read from a list.

use std::{
    ffi::OsString,
    fs,
    io::{self, IsTerminal, Read},
    path::PathBuf,
};

use clap::{Args, ValueHint};

use crate::{
    failure::{Failure, reason},
    outputs::{Files, is_stream},
    say,
};

/// Flags of the commands that take several files.
#[derive(Debug, Args)]
pub(crate) struct FileListArgs {
    /// Read the files of this list, too: one path per line, `-` for a list on standard input
    #[arg(long, value_name = "LIST", value_hint = ValueHint::FilePath)]
    files_from: Option<PathBuf>,
    /// Paths in --files-from end with NUL, as `find -print0` writes them
    #[arg(long, short = '0', requires = "files_from")]
    null: bool,
}

impl FileListArgs {
    /// Adds the files of the list behind those that were named.
    pub(crate) fn add_to(&self, files: &mut Vec<PathBuf>) -> Result<(), Failure> {
        let Some(list) = &self.files_from else {
            return Ok(());
        };
        let is_stdin = is_stream(list);
        let name = match is_stdin {
            true => "<stdin>".to_owned(),
            false => say::shown(list),
        };
        let bytes = match is_stdin {
            true => from_stdin(),
            false => fs::read(list),
        };
        let bytes = bytes.map_err(|error| Failure::work(format!("{name}: {}", reason(&error))))?;
        let listed = paths(&bytes, self.null)
            .map_err(|line| Failure::work(format!("{name}:{line}: the path is not UTF-8")))?;
        if listed.is_empty() {
            return Err(Failure::work(format!(
                "{name}: the list names no file: expected one path per {}",
                if self.null { "NUL" } else { "line" }
            )));
        }
        files.extend(listed);
        if is_stdin && files.iter().any(|file| is_stream(file)) {
            return Err(Failure::usage(
                "--files-from -: standard input cannot be both the list and a text (`-`): give one of \
                 them as a file",
            ));
        }
        Ok(())
    }

    pub(crate) fn files(&self, files: &mut Files) {
        if let Some(list) = &self.files_from {
            files.read("list of files", list);
        }
    }
}

fn from_stdin() -> io::Result<Vec<u8>> {
    if io::stdin().is_terminal() {
        return Err(io::Error::other(
            "standard input is a terminal: pipe the list into the command, as from `find`",
        ));
    }
    let mut bytes = Vec::new();
    io::stdin().lock().read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The paths of a list, or the number of the first entry that is no path.
fn paths(list: &[u8], null: bool) -> Result<Vec<PathBuf>, usize> {
    let list = list.strip_prefix("\u{feff}".as_bytes()).unwrap_or(list);
    let end = if null { b'\0' } else { b'\n' };
    let entries = list.split(|&byte| byte == end).enumerate();
    let entries = entries.map(|(number, entry)| match null {
        true => (number, entry),
        false => (number, entry.strip_suffix(b"\r").unwrap_or(entry)),
    });
    let entries = entries.filter(|(_, entry)| !entry.is_empty());
    entries
        .map(|(number, entry)| path(entry).ok_or(number + 1))
        .collect()
}

#[cfg(unix)]
#[allow(
    clippy::unnecessary_wraps,
    reason = "elsewhere not all bytes are a path"
)]
fn path(entry: &[u8]) -> Option<PathBuf> {
    use std::os::unix::ffi::OsStringExt;
    Some(OsString::from_vec(entry.to_vec()).into())
}

#[cfg(not(unix))]
fn path(entry: &[u8]) -> Option<PathBuf> {
    Some(OsString::from(std::str::from_utf8(entry).ok()?).into())
}

/// The usage error of a command that was given no files.
pub(crate) fn missing(command: &str, what: &str) -> Failure {
    Failure::usage(format!(
        "{command}: expected {what}, or a list of files with --files-from"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(list: &[u8], null: bool) -> Vec<String> {
        let paths = paths(list, null).unwrap();
        let names = paths.iter().map(|path| path.to_string_lossy().into_owned());
        names.collect()
    }

    #[test]
    fn a_list_names_a_file_on_each_line() {
        assert_eq!(names(b"a.csv\nb c.csv\n", false), ["a.csv", "b c.csv"]);
        assert_eq!(
            names(b"\xef\xbb\xbfa.csv\r\n\r\n b", false),
            ["a.csv", " b"]
        );
        assert_eq!(names(b"", false), [""; 0]);
    }

    #[test]
    fn names_with_line_feeds_end_with_nul() {
        assert_eq!(names(b"two\nlines\0b\r\0", true), ["two\nlines", "b\r"]);
    }
}
