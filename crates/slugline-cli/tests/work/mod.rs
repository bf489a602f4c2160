//! A folder in which a command runs again and again, with one fault each, and what must hold in it after a run. For the
//! tests of system calls and of allocations that fail.

pub(crate) mod commands;

use std::{
    collections::BTreeMap,
    fs::{self, File},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use slugline::replace::strays;
use tempfile::TempDir;

/// The folder of temporary files.
pub(crate) const TEMPORARY: &str = "temporary";
/// Standard output, where it is looked at.
pub(crate) const STDOUT: &str = "stdout";
/// The list of bad records, which a run that fails completes.
pub(crate) const BAD: &str = "bad.jsonl";

/// A command in a folder of its own, and the files that it reads and writes.
pub(crate) struct Work {
    /// Holds `work`, in which the command runs, and what it says.
    folder: TempDir,
    pub(crate) args: Vec<String>,
    /// The files that are read, with their content.
    inputs: BTreeMap<PathBuf, Vec<u8>>,
    pub(crate) outputs: Vec<Output>,
}

/// A file that a command writes.
pub(crate) struct Output {
    pub(crate) name: &'static str,
    old: Option<Vec<u8>>,
    new: Vec<u8>,
}

impl Work {
    /// A command that writes `outputs`; `prepare` fills the folder, with the old outputs where there are some.
    pub(crate) fn new(args: &str, outputs: &[&'static str], prepare: impl FnOnce(&Path)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let work = folder.path().join("work");
        fs::create_dir_all(work.join(TEMPORARY)).unwrap();
        prepare(&work);
        let mut inputs = contents(&work);
        let output = |name: &&'static str| Output {
            name,
            old: inputs.remove(&work.join(name)),
            new: Vec::new(),
        };
        Self {
            outputs: outputs.iter().map(output).collect(),
            args: args.split_whitespace().map(str::to_owned).collect(),
            inputs,
            folder,
        }
    }

    /// Takes the outputs that are there for the right ones, after an undisturbed run.
    pub(crate) fn take_outputs(&mut self) {
        let work = self.path();
        for output in &mut self.outputs {
            output.new = fs::read(work.join(output.name)).unwrap();
            assert_ne!(output.old.as_ref(), Some(&output.new), "{}", output.name);
        }
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("work")
    }

    /// What the last run printed to standard error.
    pub(crate) fn said(&self) -> String {
        fs::read_to_string(self.folder.path().join("said")).unwrap()
    }

    /// The command, with the outputs as they were before the first run.
    pub(crate) fn command(&self, program: &Path) -> Command {
        let work = self.path();
        for output in &self.outputs {
            let path = work.join(output.name);
            match &output.old {
                Some(old) => fs::write(path, old).unwrap(),
                None => drop(fs::remove_file(path)),
            }
        }
        let prints = self.outputs.iter().any(|output| output.name == STDOUT);
        let stdout = match prints {
            true => File::create(work.join(STDOUT)),
            false => File::create(self.folder.path().join(STDOUT)),
        };
        let said = File::create(self.folder.path().join("said"));
        let mut command = Command::new(program);
        command.args(&self.args).current_dir(&work);
        command
            .env("TMPDIR", work.join(TEMPORARY))
            .env_remove("RUST_BACKTRACE");
        command
            .stdin(Stdio::null())
            .stdout(stdout.unwrap())
            .stderr(said.unwrap());
        command
    }

    /// Whether all outputs are the new ones, and the files that are left beside them, which are removed.
    ///
    /// # Errors
    /// An input that was changed, an output that is neither old nor new, and what is left under any other name than
    /// that of a temporary file.
    pub(crate) fn found(&self) -> Result<(bool, Vec<PathBuf>), String> {
        let work = self.path();
        let mut now = contents(&work);
        for (path, content) in &self.inputs {
            if now.remove(path).as_ref() != Some(content) {
                fs::write(path, content).unwrap();
                return Err(format!("{} is read, and was changed", path.display()));
            }
        }
        let mut temporary = Vec::new();
        let mut all_new = true;
        for output in &self.outputs {
            let path = work.join(output.name);
            temporary.extend(strays(&path));
            let now = now.remove(&path);
            let is_new = now.as_ref() == Some(&output.new);
            // Records of before a failure are there.
            let grows = [STDOUT, BAD].contains(&output.name);
            let is_begun = grows && now.as_ref().is_some_and(|now| output.new.starts_with(now));
            if !is_new && !is_begun && now != output.old {
                return Err(format!(
                    "{} is neither the old nor the new one",
                    output.name
                ));
            }
            all_new &= is_new;
        }
        let left: Vec<PathBuf> = now.into_keys().collect();
        for path in &left {
            fs::remove_file(path).unwrap();
        }
        match left.iter().find(|left| !temporary.contains(left)) {
            Some(other) => Err(format!("{} is left", other.display())),
            None => Ok((all_new, left)),
        }
    }
}

/// Every file in a folder and its sub-folders, with its content.
fn contents(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut contents = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => folders.push(path),
                false => drop(contents.insert(path.clone(), fs::read(&path).unwrap())),
            }
        }
    }
    contents
}
