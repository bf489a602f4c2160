//! Every system call about a file fails once: the output is the old or the new one, nothing is left beside it, and
//! the failure is told. Interrupted and short calls change nothing. So it is with signals.
//!
//! Plain `cargo test` injects one fault at every call, and a signal at every fourth. All of them take a minute:
//! `SLUGLINE_FAULTS=all cargo test -p slugline-cli --test faults -- --nocapture` prints how many there were.
#![allow(missing_docs)]
#![cfg(all(target_os = "linux", target_arch = "x86_64"))]

mod calls;
mod case;
mod trace;
#[path = "../work/mod.rs"]
mod work;

use std::{
    collections::{BTreeMap, HashMap},
    path::Path,
    process::Command,
    thread,
    time::Duration,
};

use calls::{Call, Kind, faults};
use case::{Case, Outcome, is_of_a_file};
use trace::{Answer, send};
use work::{
    Work,
    commands::{self, all, folder, prepare},
};

const SIGNALS: [i32; 4] = [libc::SIGKILL, libc::SIGTERM, libc::SIGINT, libc::SIGHUP];

/// Commands that are refused, since they would write over what they read.
fn refused_file() -> Case {
    Case::new(Work::new("train train.csv -o ./train.csv", &[], prepare))
}

fn refused_in_a_folder() -> Case {
    Case::new(Work::new("train data -o data/policy/3.txt", &[], folder))
}

/// The calls with a fault: each one, but of many of a kind on one file some, unless all faults are injected.
fn chosen(calls: &[&Call]) -> Vec<usize> {
    const FEW: usize = 6;
    const ONE_IN: usize = 50;
    let mut met: HashMap<(Kind, &Path), usize> = HashMap::new();
    let mut chosen = Vec::new();
    for (at, call) in calls.iter().enumerate() {
        let met = met.entry((call.kind, &call.path)).or_default();
        *met += 1;
        if all() || *met <= FEW || met.is_multiple_of(ONE_IN) {
            chosen.push(at);
        }
    }
    chosen
}

/// Whether this test may trace a program, which some containers do not allow.
fn can_trace() -> bool {
    let mut calls = 0;
    let traced = trace::run(&mut Command::new("true"), |_| {
        calls += 1;
        Answer::Make
    });
    let can = traced.is_ok() && calls > 0;
    if !can {
        println!("skipped: no program can be traced here (ptrace)");
    }
    can
}

/// Injects faults at the calls of a case that count.
fn inject(case: &Case, counts: impl Fn(&Call) -> bool) {
    let calls: Vec<&Call> = case.calls.iter().filter(|call| counts(call)).collect();
    assert!(!calls.is_empty(), "no call counts");
    let mut seen = Seen::default();
    for at in chosen(&calls) {
        let faults = faults(calls[at].kind);
        for (number, &(name, answer, is_harmless)) in faults.iter().enumerate() {
            if all() || number == at % faults.len() {
                let outcome = case.with_fault(at, answer, is_harmless, &counts);
                seen.add(outcome, || format!("{name} at call {at}"));
            }
        }
    }
    seen.check(case, "faults");
}

/// Sends a signal at the calls of a case.
fn kill(case: &Case) {
    let calls: Vec<&Call> = case
        .calls
        .iter()
        .filter(|call| is_of_a_file(call))
        .collect();
    let mut seen = Seen::default();
    for (nth, at) in chosen(&calls).into_iter().enumerate() {
        let is_move = matches!(calls[at].kind, Kind::Rename | Kind::Link);
        for (number, signal) in SIGNALS.into_iter().enumerate() {
            if all() || is_move || (nth % 4 == 0 && number == nth / 4 % SIGNALS.len()) {
                seen.add(case.with_signal(at, signal), || {
                    format!("signal {signal} at call {at}")
                });
            }
        }
    }
    seen.check(case, "signals");
    assert!(
        seen.outcomes.contains_key(&Outcome::Failed),
        "no run was killed"
    );
}

/// How runs ended, and what did not hold.
#[derive(Default)]
struct Seen {
    outcomes: BTreeMap<Outcome, usize>,
    wrong: Vec<String>,
}

impl Seen {
    fn add(&mut self, outcome: Result<Outcome, String>, what: impl Fn() -> String) {
        match outcome {
            Ok(outcome) => *self.outcomes.entry(outcome).or_default() += 1,
            Err(why) => self.wrong.push(format!("{}: {why}", what())),
        }
    }

    /// Prints the figures, and fails where something did not hold.
    fn check(&self, case: &Case, what: &str) {
        println!("{}; {what}: {:?}", case.counted(), self.outcomes);
        let wrong = &self.wrong;
        assert!(
            wrong.is_empty(),
            "{} wrong:\n{}",
            wrong.len(),
            wrong.join("\n")
        );
    }
}

/// A test of faults and of signals for each command.
macro_rules! commands {
    ($($name:ident = $case:expr;)*) => { $(
        mod $name {
            #[test]
            fn faults() {
                if super::can_trace() {
                    super::inject(&$case, super::is_of_a_file);
                }
            }

            #[test]
            fn signals() {
                if super::can_trace() {
                    super::kill(&$case);
                }
            }
        }
    )* };
}

commands! {
    training_a_new_model = super::Case::new(super::commands::train_new());
    training_over_a_model = super::Case::new(super::commands::train_over());
    training_without_unnamed_files = super::Case::new(super::commands::train_over()).without_unnamed_files();
    training_on_a_folder = super::Case::new(super::commands::train_folder());
    training_out_of_core = super::Case::new(super::commands::train_out_of_core());
    updating = super::Case::new(super::commands::update());
    forgetting = super::Case::new(super::commands::forget());
    merging = super::Case::new(super::commands::merge());
    adapting = super::Case::new(super::commands::adapt());
    classifying = super::Case::new(super::commands::classify());
    evaluating = super::Case::new(super::commands::evaluate());
}

#[test]
fn what_is_read_is_not_written_over_after_a_fault_either() {
    if !can_trace() {
        return;
    }
    for case in [refused_file(), refused_in_a_folder()] {
        inject(&case, is_of_a_file);
    }
}

/// A thread that is not granted is a failure like others.
#[test]
fn threads_that_are_not_granted() {
    if !can_trace() {
        return;
    }
    for work in [
        commands::train_over(),
        commands::train_out_of_core(),
        commands::adapt(),
    ] {
        inject(&Case::new(work), |call| call.kind == Kind::Thread);
    }
}

#[test]
fn a_signal_at_any_moment_leaves_a_whole_model() {
    if !can_trace() {
        return;
    }
    let case = Case::new(commands::train_over());
    let mut seen = Seen::default();
    for delay in 0..60 {
        let mut child = case.command().spawn().unwrap();
        thread::sleep(Duration::from_micros(delay * 400));
        send(child.id().cast_signed(), SIGNALS[delay as usize % 4]).unwrap();
        let status = child.wait().unwrap();
        seen.add(case.after_signal(status), || {
            format!("after {delay} times 0.4 ms")
        });
    }
    seen.check(&case, "signals at any moment");
    assert!(seen.outcomes.contains_key(&Outcome::Failed));
}
