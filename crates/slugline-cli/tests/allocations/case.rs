//! A command that is run again and again with allocations that fail, and what must hold after a run.

use std::{
    collections::{BTreeMap, BTreeSet},
    env, fmt, fs,
    path::PathBuf,
    process::ExitStatus,
    thread,
    time::{Duration, Instant},
};

use crate::work::Work;

/// Variables of the environment that tell a process to be the command: the allocations that fail, the file that is to get
/// their number, and whether files without names are refused.
pub(crate) const FAULT: &str = "SLUGLINE_ALLOCATION";
pub(crate) const COUNTED: &str = "SLUGLINE_COUNTED";
pub(crate) const NAMED: &str = "SLUGLINE_NAMED";

/// Allocations at the end of a run, when files take their places: each of them fails in every test.
const LAST: u64 = 40;

/// How long a run may take; an undisturbed one takes a tenth of a second.
const LIMIT: Duration = Duration::from_secs(10);

/// Allocations that fail: the one with this number, and all later ones or not.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fault {
    number: u64,
    later: bool,
}

impl Fault {
    /// No allocation.
    const NONE: Self = Self {
        number: 0,
        later: false,
    };

    /// The number, and whether later ones fail, from the environment: `17`, `17..`.
    pub(crate) fn parse(text: &str) -> (u64, bool) {
        let number = text.trim_end_matches("..");
        (number.parse().unwrap(), number != text)
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.number, if self.later { ".." } else { "" })
    }
}

/// A command, and its allocations.
pub(crate) struct Case {
    work: Work,
    /// Whether there are files without names (`O_TMPFILE`).
    has_unnamed: bool,
    /// How many an undisturbed run makes.
    pub(crate) allocations: u64,
}

impl Case {
    /// A command with `more` arguments.
    pub(crate) fn new(mut work: Work, more: &str, has_unnamed: bool) -> Self {
        work.args.extend(more.split_whitespace().map(str::to_owned));
        let mut case = Self {
            work,
            has_unnamed,
            allocations: 0,
        };
        let status = case.run(Fault::NONE);
        let is_success = status.is_some_and(|status| status.success());
        assert!(is_success, "{}: {}", case.line(), case.work.said());
        case.work.take_outputs();
        case.allocations = fs::read_to_string(case.counted()).unwrap().parse().unwrap();
        case
    }

    /// The command line, and what is particular.
    pub(crate) fn line(&self) -> String {
        let particular = match self.has_unnamed {
            true => "",
            false => " (files have names)",
        };
        self.work.args.join(" ") + particular
    }

    /// The file with the number of allocations, of a run that ended with all of them counted.
    fn counted(&self) -> PathBuf {
        self.work.path().with_file_name("counted")
    }

    /// Runs the command; None where it did not end.
    fn run(&self, fault: Fault) -> Option<ExitStatus> {
        let mut command = self.work.command(&env::current_exe().unwrap());
        command
            .env(FAULT, fault.to_string())
            .env(COUNTED, self.counted());
        if !self.has_unnamed {
            command.env(NAMED, "1");
        }
        let mut child = command.spawn().unwrap();
        let begun = Instant::now();
        while begun.elapsed() < LIMIT {
            if let Some(status) = child.try_wait().unwrap() {
                return Some(status);
            }
            thread::sleep(Duration::from_micros(300));
        }
        child.kill().unwrap();
        child.wait().unwrap();
        None
    }

    /// About so many faults of each kind, evenly over all allocations, and the last ones alone.
    pub(crate) fn faults(&self, most: u64) -> Vec<Fault> {
        let step = self.allocations.div_ceil(most).max(1);
        let numbers = |first| (first..=self.allocations).step_by(step as usize);
        let last = self.allocations.saturating_sub(LAST) + 1..=self.allocations;
        // Between those that fail alone, where not all do.
        let later = numbers(1 + step / 2);
        let alone: BTreeSet<u64> = numbers(1).chain(last).collect();
        let fault = |later| move |number| Fault { number, later };
        alone
            .into_iter()
            .map(fault(false))
            .chain(later.map(fault(true)))
            .collect()
    }

    pub(crate) fn with_faults(&self, faults: impl IntoIterator<Item = Fault>) -> Outcomes {
        let mut outcomes = Outcomes::default();
        for fault in faults {
            match self.with_fault(fault) {
                Ok(outcome) => *outcomes.seen.entry(outcome).or_default() += 1,
                Err(why) => outcomes.wrong.push(format!("allocation {fault}: {why}")),
            }
        }
        outcomes
    }

    /// Runs with a fault, and checks what is there afterwards; how the run ended.
    ///
    /// # Errors
    /// What does not hold.
    fn with_fault(&self, fault: Fault) -> Result<&'static str, String> {
        let status = self.run(fault);
        let said = self.work.said();
        let ended = status.map_or("it did not end".to_owned(), |status| status.to_string());
        let wrong = |why: &str| Err(format!("{why}: {ended}: {said}"));
        let (is_new, left) = match self.work.found() {
            Ok(found) => found,
            Err(why) => return wrong(&why),
        };
        if !left.is_empty() {
            return wrong("a temporary file is left");
        }
        match status.and_then(|status| status.code()) {
            Some(0) if is_new => Ok("the same"),
            Some(0) => wrong("the result is not there"),
            Some(1) if is_told(&said) => Ok("told"),
            _ => wrong("expected exit status 1 and one message that memory is missing"),
        }
    }
}

/// Whether one error is told, and that it is memory that is missing.
fn is_told(said: &str) -> bool {
    let mut errors = said
        .lines()
        .filter(|line| line.starts_with("slugline: error: "));
    let error = errors.next().unwrap_or_default();
    errors.next().is_none() && error.contains("out of memory") && !said.contains("panicked")
}

/// How runs ended, and what did not hold.
#[derive(Default)]
pub(crate) struct Outcomes {
    seen: BTreeMap<&'static str, u64>,
    wrong: Vec<String>,
}

impl Outcomes {
    pub(crate) fn and(mut self, other: Self) -> Self {
        for (outcome, count) in other.seen {
            *self.seen.entry(outcome).or_default() += count;
        }
        self.wrong.extend(other.wrong);
        self
    }

    pub(crate) fn is_right(&self) -> bool {
        self.wrong.is_empty() && self.seen.contains_key("told")
    }
}

impl fmt::Display for Outcomes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}, {} wrong", self.seen, self.wrong.len())?;
        for wrong in &self.wrong {
            write!(f, "\n    {}", wrong.trim_end())?;
        }
        Ok(())
    }
}
