//! A command in a folder of its own, run again and again with one fault each, and what must hold after a run.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    path::{Path, PathBuf},
    process::{Command, ExitStatus, Stdio},
};

use slugline::replace::strays;
use tempfile::TempDir;

use crate::{
    calls::{Call, Kind, reason},
    trace::{self, Answer},
};

/// A command, and the files that it writes.
pub(crate) struct Case {
    /// Holds `work`, in which the command runs, and what it says.
    folder: TempDir,
    args: Vec<String>,
    /// The files that are read, with their content.
    inputs: BTreeMap<PathBuf, Vec<u8>>,
    outputs: Vec<Output>,
    /// Whether there are files without names (`O_TMPFILE`).
    has_unnamed: bool,
    /// The exit status of an undisturbed run.
    exit: Option<i32>,
    /// The calls of an undisturbed run.
    pub(crate) calls: Vec<Call>,
}

/// A file that a command writes.
struct Output {
    name: &'static str,
    old: Option<Vec<u8>>,
    new: Vec<u8>,
}

/// How a run with a fault ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Outcome {
    /// With the result of an undisturbed run.
    Same,
    /// With a failure that was told, or by the signal.
    Failed,
    /// With a temporary file that the next run names.
    Left,
    /// There was no such call.
    NotMade,
}

/// The folder of temporary files.
const TEMPORARY: &str = "temporary";
/// Standard output, where it is looked at.
pub(crate) const STDOUT: &str = "stdout";
/// The list of bad records, which a run that fails completes.
pub(crate) const BAD: &str = "bad.jsonl";

impl Case {
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
        let mut case = Self {
            outputs: outputs.iter().map(output).collect(),
            args: args.split_whitespace().map(str::to_owned).collect(),
            inputs,
            folder,
            has_unnamed: true,
            exit: None,
            calls: Vec::new(),
        };
        case.run_undisturbed();
        case
    }

    /// The same command where no file can be opened without a name.
    pub(crate) fn without_unnamed_files(mut self) -> Self {
        self.has_unnamed = false;
        self.run_undisturbed();
        self
    }

    fn run_undisturbed(&mut self) {
        let mut calls = Vec::new();
        let status = self.run(|call| {
            calls.push(call.clone());
            Answer::Make
        });
        // What writes nothing is refused.
        let is_expected = status.success() != self.outputs.is_empty();
        assert!(is_expected, "{:?}: {}", self.args, self.said());
        let work = self.work();
        for output in &mut self.outputs {
            output.new = fs::read(work.join(output.name)).unwrap();
            assert_ne!(output.old.as_ref(), Some(&output.new), "{}", output.name);
        }
        self.exit = status.code();
        self.calls = calls;
    }

    fn work(&self) -> PathBuf {
        self.folder.path().join("work")
    }

    /// What the last run printed to standard error.
    fn said(&self) -> String {
        fs::read_to_string(self.folder.path().join("said")).unwrap()
    }

    /// The command, with the outputs as they were before the first run.
    pub(crate) fn command(&self) -> Command {
        let work = self.work();
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
        let mut command = Command::new(assert_cmd::cargo::cargo_bin("slugline"));
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

    /// Runs the command; `answer` decides on every call about a file of the folder, and on new threads.
    fn run(&self, mut answer: impl FnMut(&Call) -> Answer) -> ExitStatus {
        let work = self.work();
        let answer = |raw| match Call::of(raw) {
            Some(call) if !self.has_unnamed && call.is_unnamed => Answer::Fail(libc::EOPNOTSUPP),
            Some(call) if !is_of_a_file(&call) || call.path.starts_with(&work) => answer(&call),
            _ => Answer::Make,
        };
        trace::run(&mut self.command(), answer).unwrap()
    }

    /// Runs with this answer to the call with this number among those that count; returns the call, too.
    fn run_with(
        &self,
        at: usize,
        answer: Answer,
        counts: impl Fn(&Call) -> bool,
    ) -> (ExitStatus, Option<Call>) {
        let mut number = 0;
        let mut met = None;
        let status = self.run(|call| {
            number += usize::from(counts(call));
            if number <= at || met.is_some() {
                return Answer::Make;
            }
            met = Some(call.clone());
            answer
        });
        (status, met)
    }

    /// Whether all outputs are the new ones, and the files that are left beside them, which are removed.
    ///
    /// # Errors
    /// An input that was changed, an output that is neither old nor new, and what is left under any other name than
    /// that of a temporary file.
    fn found(&self) -> Result<(bool, Vec<PathBuf>), String> {
        let work = self.work();
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

    /// Runs with one fault at the call with this number among those that count, and checks what is there afterwards.
    ///
    /// # Errors
    /// What does not hold.
    pub(crate) fn with_fault(
        &self,
        at: usize,
        answer: Answer,
        is_harmless: bool,
        counts: impl Fn(&Call) -> bool,
    ) -> Result<Outcome, String> {
        let (status, call) = self.run_with(at, answer, counts);
        let said = self.said();
        let what = match &call {
            Some(call) => format!("{:?} of {}", call.kind, call.path.display()),
            None => "no call".to_owned(),
        };
        let wrong = |why: &str| Err(format!("{what}: {why}: {status}: {said}"));
        let (is_new, left) = match self.found() {
            Ok(found) => found,
            Err(why) => return wrong(&why),
        };
        // One that cannot be removed.
        let is_unlink = call.as_ref().is_some_and(|call| call.kind == Kind::Unlink);
        if !left.is_empty() && !is_unlink {
            return wrong("a temporary file is left");
        }
        if status.code() == self.exit {
            return match (is_new, call.is_some(), left.is_empty()) {
                (false, ..) => wrong("the result is not there"),
                (true, false, _) => Ok(Outcome::NotMade),
                (true, true, true) => Ok(Outcome::Same),
                (true, true, false) => Ok(Outcome::Left),
            };
        }
        let Some(call) = call else {
            return wrong("no fault");
        };
        if is_harmless {
            return wrong("it is no failure");
        }
        // Threads that are not granted are too many, by the setting.
        let is_failure =
            status.code() == Some(1) || (status.code() == Some(2) && call.kind == Kind::Thread);
        if !is_failure || said.contains("panicked") {
            return wrong("expected exit status 1");
        }
        let errors = said
            .lines()
            .filter(|line| line.starts_with("slugline: error: "));
        match errors.collect::<Vec<&str>>().as_slice() {
            [error] if error.contains(&self.shown(&call)) && error.contains(reason(answer)) => {
                Ok(Outcome::Failed)
            }
            _ => wrong("expected one message, with the file and the reason"),
        }
    }

    /// The name of a call's file in messages: of a temporary file the output's, or that of its folder.
    fn shown(&self, call: &Call) -> String {
        let work = self.work();
        if call.path.starts_with(work.join(TEMPORARY)) {
            return TEMPORARY.to_owned();
        }
        let name = call.path.file_name().unwrap_or_default().to_string_lossy();
        let is_temporary =
            name.starts_with('#') || name.contains(".slugline-") || call.path == work;
        match self.outputs.first() {
            Some(output) if is_temporary => output.name.to_owned(),
            _ => name.into_owned(),
        }
    }

    /// Runs with a signal at the call with this number: SIGKILL before it, others after it.
    ///
    /// # Errors
    /// What does not hold.
    pub(crate) fn with_signal(&self, at: usize, signal: i32) -> Result<Outcome, String> {
        let (status, call) = self.run_with(at, Answer::Signal(signal), is_of_a_file);
        let kind = call.map(|call| call.kind);
        // Between the name of a complete file and its move.
        let may_leave = !self.has_unnamed || matches!(kind, Some(Kind::Rename | Kind::Link));
        match self.after_signal(status) {
            Ok(Outcome::Left) if !may_leave => Err(format!("a temporary file is left at {kind:?}")),
            Err(why) => Err(format!("{kind:?}: {why}: {}", self.said())),
            outcome => outcome,
        }
    }

    /// What is there after a run that got a signal.
    ///
    /// # Errors
    /// What does not hold.
    pub(crate) fn after_signal(&self, status: ExitStatus) -> Result<Outcome, String> {
        let (is_new, left) = self.found()?;
        match (status.success(), left.is_empty()) {
            (true, true) if is_new => Ok(Outcome::Same),
            (true, true) => Err("exit status 0 without the result".to_owned()),
            (true, false) => Err("a temporary file is left after exit status 0".to_owned()),
            (false, true) => Ok(Outcome::Failed),
            (false, false) => Ok(Outcome::Left),
        }
    }

    /// The command, and the number of calls of each kind.
    pub(crate) fn counted(&self) -> String {
        let mut counts: BTreeMap<Kind, usize> = BTreeMap::new();
        for call in &self.calls {
            *counts.entry(call.kind).or_default() += 1;
        }
        format!("{} {counts:?}", self.args.join(" "))
    }
}

/// Whether a call is about a file.
pub(crate) fn is_of_a_file(call: &Call) -> bool {
    call.kind != Kind::Thread
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
