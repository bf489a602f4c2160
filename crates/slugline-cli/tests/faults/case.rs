//! A command that is run again and again with one fault each, and what must hold after a run.

use std::{
    collections::BTreeMap,
    process::{Command, ExitStatus},
};

use assert_cmd::cargo::cargo_bin;

use crate::{
    calls::{Call, Kind, reason},
    trace::{self, Answer},
    work::{TEMPORARY, Work},
};

/// A command that is traced.
pub(crate) struct Case {
    work: Work,
    /// Whether there are files without names (`O_TMPFILE`).
    has_unnamed: bool,
    /// The exit status of an undisturbed run.
    exit: Option<i32>,
    /// The calls of an undisturbed run.
    pub(crate) calls: Vec<Call>,
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

impl Case {
    pub(crate) fn new(work: Work) -> Self {
        let mut case = Self {
            work,
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
        let is_expected = status.success() != self.work.outputs.is_empty();
        assert!(is_expected, "{:?}: {}", self.work.args, self.work.said());
        self.work.take_outputs();
        self.exit = status.code();
        self.calls = calls;
    }

    pub(crate) fn command(&self) -> Command {
        self.work.command(&cargo_bin("slugline"))
    }

    /// Runs the command; `answer` decides on every call about a file of the folder, and on new threads.
    fn run(&self, mut answer: impl FnMut(&Call) -> Answer) -> ExitStatus {
        let work = self.work.path();
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
        let said = self.work.said();
        let what = match &call {
            Some(call) => format!("{:?} of {}", call.kind, call.path.display()),
            None => "no call".to_owned(),
        };
        let wrong = |why: &str| Err(format!("{what}: {why}: {status}: {said}"));
        let (is_new, left) = match self.work.found() {
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
        let work = self.work.path();
        if call.path.starts_with(work.join(TEMPORARY)) {
            return TEMPORARY.to_owned();
        }
        let name = call.path.file_name().unwrap_or_default().to_string_lossy();
        let is_temporary =
            name.starts_with('#') || name.contains(".slugline-") || call.path == work;
        match self.work.outputs.first() {
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
            Err(why) => Err(format!("{kind:?}: {why}: {}", self.work.said())),
            outcome => outcome,
        }
    }

    /// What is there after a run that got a signal.
    ///
    /// # Errors
    /// What does not hold.
    pub(crate) fn after_signal(&self, status: ExitStatus) -> Result<Outcome, String> {
        let (is_new, left) = self.work.found()?;
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
        format!("{} {counts:?}", self.work.args.join(" "))
    }
}

/// Whether a call is about a file.
pub(crate) fn is_of_a_file(call: &Call) -> bool {
    call.kind != Kind::Thread
}
