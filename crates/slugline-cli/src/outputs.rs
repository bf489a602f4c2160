//! Nothing that a command reads is overwritten by what it writes.
//!
//! Every command lists the files that it reads and writes ([`Files`]); [`check`] compares them before any
//! work, and again before something is written.

mod folders;
mod identity;

use std::{
    io::Write as _,
    path::{Path, PathBuf},
};

use self::identity::FileIdentity;
pub(crate) use self::identity::{metadata_at, metadata_of};
use crate::{failure::Failure, say};

/// The files that a run reads and writes.
#[derive(Debug, Default)]
pub(crate) struct Files {
    reads: Vec<InputFile>,
    writes: Vec<OutputFile>,
    /// Whether answers are printed to standard output.
    prints: bool,
}

/// A file or a folder that is read; `-` is standard input.
#[derive(Debug)]
struct InputFile {
    what: &'static str,
    path: PathBuf,
    /// Whether it is the model that `update` or `forget` changes, the only input that may be overwritten.
    changed: bool,
}

/// A file that is written; `-` is standard output.
#[derive(Debug)]
struct OutputFile {
    option: &'static str,
    path: PathBuf,
    /// Whether it may be the model that is changed.
    over_changed: bool,
}

impl Files {
    /// Adds a file or a folder that is read; `what` is its name in messages.
    pub(crate) fn read(&mut self, what: &'static str, path: &Path) {
        self.reads.push(InputFile {
            what,
            path: path.to_owned(),
            changed: false,
        });
    }

    /// Adds files or folders that are read.
    pub(crate) fn read_all(&mut self, what: &'static str, paths: &[PathBuf]) {
        for path in paths {
            self.read(what, path);
        }
    }

    /// Adds the model that is read, unless it is the bundled one.
    pub(crate) fn read_model(&mut self, model: Option<&Path>) {
        if let Some(model) = model {
            self.read("model", model);
        }
    }

    /// Adds the model that is changed, and may be overwritten.
    pub(crate) fn change(&mut self, path: &Path) {
        self.reads.push(InputFile {
            what: "model",
            path: path.to_owned(),
            changed: true,
        });
    }

    /// Adds a file that an option writes.
    pub(crate) fn write(&mut self, option: &'static str, path: &Path) {
        self.writes.push(OutputFile {
            option,
            path: path.to_owned(),
            over_changed: false,
        });
    }

    /// Adds the file that the changed model is written to.
    pub(crate) fn write_changed(&mut self, option: &'static str, path: &Path) {
        self.writes.push(OutputFile {
            option,
            path: path.to_owned(),
            over_changed: true,
        });
    }

    /// Adds standard output, for the answers.
    pub(crate) fn print(&mut self) {
        self.prints = true;
    }

    /// The paths that are read, and those that are written.
    #[cfg(test)]
    pub(crate) fn paths(&self) -> (Vec<&Path>, Vec<&Path>) {
        (
            self.reads.iter().map(|read| read.path.as_path()).collect(),
            self.writes
                .iter()
                .map(|write| write.path.as_path())
                .collect(),
        )
    }
}

/// Whether folders are searched for the output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CheckDepth {
    /// Search every folder that is read: before any work.
    WithFolders,
    /// Do not search folders: a second check, before something is written.
    WithoutFolders,
}

/// Fails where an output is also an input, under any name, or where two outputs are one file.
pub(crate) fn check(files: &Files, depth: CheckDepth) -> Result<(), Failure> {
    check_errors(files, depth)?;
    let mut written: Vec<(String, &Path, FileIdentity)> = Vec::new();
    let stdout = Path::new("-");
    let streams = match FileIdentity::of_stdout() {
        Some(identity) => vec![("standard output".to_owned(), stdout, identity, false)],
        None => Vec::new(),
    };
    let named = files.writes.iter().filter(|write| !is_stream(&write.path));
    let mut outputs = streams;
    for write in named {
        if let Some(identity) = FileIdentity::of_output(&write.path)? {
            let name = format!("{} {}", write.option, say::shown(&write.path));
            outputs.push((name, write.path.as_path(), identity, write.over_changed));
        }
    }
    for (name, path, identity, over_changed) in outputs {
        let is_stdout = is_stream(path);
        for read in &files.reads {
            if (read.changed && over_changed) || !is_read(read, &identity, depth)? {
                continue;
            }
            return Err(Failure::usage(refusal(&name, path, read, is_stdout)));
        }
        // Standard output does not collide where nothing is printed to it.
        let prints = files.prints || files.writes.iter().any(|write| is_stream(&write.path));
        if is_stdout && !prints {
            continue;
        }
        if identity.holds_content()
            && let Some((other, ..)) = written.iter().find(|(.., other)| *other == identity)
        {
            return Err(Failure::usage(format!(
                "{name}: {other} is the same file: name two files"
            )));
        }
        written.push((name, path, identity));
    }
    check_stdout(files)
}

/// Fails where more than one output goes to standard output.
fn check_stdout(files: &Files) -> Result<(), Failure> {
    let mut options = files.writes.iter().filter(|write| is_stream(&write.path));
    let first = options.next();
    let second = match (files.prints, first) {
        (true, Some(first)) => Some(("the answers", first)),
        (false, Some(first)) => options.next().map(|second| (first.option, second)),
        (_, None) => None,
    };
    match second {
        Some((first, second)) => Err(Failure::usage(format!(
            "{} -: standard output is already used for {first}: name a file",
            second.option
        ))),
        None => Ok(()),
    }
}

/// Fails where standard error is redirected to an input. The message goes to standard output, since printing it
/// to standard error would change the input.
fn check_errors(files: &Files, depth: CheckDepth) -> Result<(), Failure> {
    let Some(identity) = FileIdentity::of_stderr() else {
        return Ok(());
    };
    for read in &files.reads {
        if is_read(read, &identity, depth)? {
            let why = refusal("standard error", Path::new("-"), read, true);
            let _ = writeln!(std::io::stdout(), "slugline: error: {why}");
            return Err(Failure::Reported);
        }
    }
    Ok(())
}

/// Whether a path is `-`, for standard input or output. A file of that name is `./-`.
pub(crate) fn is_stream(path: &Path) -> bool {
    path.as_os_str() == "-"
}

fn is_read(read: &InputFile, identity: &FileIdentity, depth: CheckDepth) -> Result<bool, Failure> {
    if !identity.holds_content() || identity.is_new() {
        return Ok(false);
    }
    if is_stream(&read.path) {
        return Ok(FileIdentity::of_stdin().as_ref() == Some(identity));
    }
    if metadata_at(&read.path)?.is_some_and(|metadata| metadata.is_dir()) {
        return match depth {
            CheckDepth::WithFolders => folders::holds(&read.path, identity),
            CheckDepth::WithoutFolders => Ok(false),
        };
    }
    Ok(FileIdentity::of_input(&read.path)?.as_ref() == Some(identity))
}

/// The error for an output that is also an input.
fn refusal(name: &str, path: &Path, read: &InputFile, is_stream: bool) -> String {
    let what = read.what;
    let of = say::shown(&read.path);
    let place = match (is_stream, path == read.path) {
        _ if self::is_stream(&read.path) => {
            format!("is the {what} that is read from standard input")
        }
        (false, true) => format!("is the {what} that is read"),
        _ if read.path.is_dir() => {
            format!("is a file of the folder {of}, which is the {what} that is read")
        }
        _ => format!("is the same file as the {what} {of} that is read"),
    };
    let advice = match is_stream {
        true => "redirect it to another file",
        false => "name another file (only `update` and `forget` may write over their own MODEL)",
    };
    match is_stream {
        true => format!("{name} {place}: {advice}"),
        false => format!("{name} {place}, and would be lost: {advice}"),
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::fs;

    use super::*;

    fn why(files: &Files) -> Option<String> {
        match check(files, CheckDepth::WithFolders) {
            Ok(()) => None,
            Err(Failure::Usage(why)) => Some(why),
            Err(other) => panic!("{other:?}"),
        }
    }

    #[test]
    fn two_outputs_are_two_files() {
        let folder = std::env::temp_dir().join(format!("slugline-outputs-{}", std::process::id()));
        fs::create_dir_all(folder.join("sub")).unwrap();
        fs::write(folder.join("old"), "").unwrap();
        fs::hard_link(folder.join("old"), folder.join("hard")).unwrap();
        std::os::unix::fs::symlink("new", folder.join("dangling")).unwrap();
        std::os::unix::fs::symlink(".", folder.join("here")).unwrap();
        let of = |first: &str, second: &str| {
            let mut files = Files::default();
            files.write("--output", &folder.join(first));
            files.write("--errors", &folder.join(second));
            why(&files)
        };
        for (first, second) in [
            ("new", "new"),
            ("new", "sub/../new"),
            ("new", "here/new"),
            ("dangling", "new"),
            ("old", "hard"),
            ("old", "here/here/old"),
        ] {
            let why = of(first, second).unwrap();
            assert!(
                why.contains("--errors") && why.contains("two files"),
                "{why}"
            );
            assert!(of(second, first).is_some());
        }
        assert_eq!(of("new", "sub/new"), None);
        assert_eq!(of("new", "old"), None);
        // Nothing is lost where nothing is kept.
        let mut files = Files::default();
        files.write("--output", Path::new("/dev/null"));
        files.write("--errors", Path::new("/dev/null"));
        assert_eq!(why(&files), None);
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn one_thing_goes_to_standard_output() {
        let of = |prints: bool, outputs: &[(&'static str, &str)]| {
            let mut files = Files::default();
            if prints {
                files.print();
            }
            for (option, path) in outputs {
                files.write(option, Path::new(path));
            }
            why(&files)
        };
        assert_eq!(of(false, &[("--output", "-")]), None);
        assert!(
            of(true, &[("--errors", "-")])
                .unwrap()
                .contains("the answers")
        );
        let two = of(false, &[("--output", "-"), ("--bad-records", "-")]).unwrap();
        assert!(
            two.starts_with("--bad-records -: standard output is already used for --output"),
            "{two}"
        );
    }
}
