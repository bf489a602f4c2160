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

use std::{
    collections::{BTreeMap, HashMap},
    env,
    fmt::Write as _,
    fs,
    io::Write as _,
    path::Path,
    process::Command,
    thread,
    time::Duration,
};

use calls::{Call, Kind, faults};
use case::{BAD, Case, Outcome, STDOUT, is_of_a_file};
use trace::{Answer, send};

const DATA: &str = "text,label
The new phone has a faster chip and a sharper screen,technology
Engineers patched the browser after the worm spread,technology
The minister told parliament that the bill will pass,policy
Voters chose a new council and the minister resigned,policy
Shares fell as the bank cut its forecast for growth,markets
The bank raised rates and the euro rose,markets
";
const MORE: &str = r#"{"text": "A robot with one chip and two cameras", "label": "technology"}
{"text": "The court struck down the law on ID cards", "label": "policy"}
"#;
const SIGNALS: [i32; 4] = [libc::SIGKILL, libc::SIGTERM, libc::SIGINT, libc::SIGHUP];

/// Whether all faults and signals are injected.
fn all() -> bool {
    env::var_os("SLUGLINE_FAULTS").is_some_and(|which| which == "all")
}

fn gzip(text: &str) -> Vec<u8> {
    let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gz.write_all(text.as_bytes()).unwrap();
    gz.finish().unwrap()
}

/// Data sets, and models of them.
fn prepare(work: &Path) {
    let write = |name: &str, content: &[u8]| fs::write(work.join(name), content).unwrap();
    write("train.csv", DATA.as_bytes());
    write("more.jsonl.gz", &gzip(MORE));
    write("stop.txt", b"the\na\nand\n");
    let train = |args: &str| {
        let mut command = assert_cmd::Command::cargo_bin("slugline").unwrap();
        command.current_dir(work).args(args.split_whitespace());
        command.assert().success();
    };
    train("train train.csv more.jsonl.gz -o model --idf-order after-norm");
    train("train train.csv -o other --idf-order after-norm");
}

fn many_documents() -> String {
    let mut csv = String::from("text,label\n");
    for n in 0_u32..1500 {
        for word in 0..20_u32 {
            let _ = write!(csv, "w{} ", n.wrapping_mul(word * word + 7) % 9973);
        }
        let _ = writeln!(csv, ",{}", ["policy", "markets", "sport"][n as usize % 3]);
    }
    csv
}

fn train_new() -> Case {
    Case::new(
        "train train.csv more.jsonl.gz -o new --stop-words stop.txt",
        &["new"],
        prepare,
    )
}

fn train_over() -> Case {
    Case::new(
        "train train.csv more.jsonl.gz -o other",
        &["other"],
        prepare,
    )
}

fn train_folder() -> Case {
    Case::new("train data -o other", &["other"], folder)
}

/// As [`prepare`], with a folder of documents.
fn folder(work: &Path) {
    prepare(work);
    for (at, line) in DATA.lines().skip(1).enumerate().skip(1).step_by(2) {
        let (text, label) = line.rsplit_once(',').unwrap();
        fs::create_dir_all(work.join("data").join(label)).unwrap();
        fs::write(work.join(format!("data/{label}/{at}.txt")), text).unwrap();
    }
}

fn train_out_of_core() -> Case {
    Case::new("train many.csv --memory 1M -o other", &["other"], |work| {
        prepare(work);
        fs::write(work.join("many.csv"), many_documents()).unwrap();
    })
}

fn update() -> Case {
    Case::new("update other more.jsonl.gz -o other", &["other"], prepare)
}

fn forget() -> Case {
    Case::new("forget model more.jsonl.gz -o model", &["model"], prepare)
}

fn merge() -> Case {
    Case::new("merge model other -o both", &["both"], prepare)
}

fn adapt() -> Case {
    Case::new(
        "adapt train.csv --model model -o other",
        &["other"],
        prepare,
    )
}

fn classify() -> Case {
    let args = "classify bad.csv --text text --model model --format csv --skip-bad --bad-records bad.jsonl";
    Case::new(args, &[BAD, STDOUT], |work| {
        prepare(work);
        fs::write(work.join("bad.csv"), format!("{DATA}one,two,three\n{DATA}")).unwrap();
        fs::write(work.join(BAD), "old").unwrap();
    })
}

fn evaluate() -> Case {
    let args = "evaluate train.csv --model other --errors errors.csv";
    Case::new(args, &["errors.csv", STDOUT], |work| {
        prepare(work);
        fs::write(work.join("errors.csv"), "old").unwrap();
    })
}

/// Commands that are refused, since they would write over what they read.
fn refused_file() -> Case {
    Case::new("train train.csv -o ./train.csv", &[], prepare)
}

fn refused_in_a_folder() -> Case {
    Case::new("train data -o data/policy/3.txt", &[], folder)
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
    training_a_new_model = super::train_new();
    training_over_a_model = super::train_over();
    training_without_unnamed_files = super::train_over().without_unnamed_files();
    training_on_a_folder = super::train_folder();
    training_out_of_core = super::train_out_of_core();
    updating = super::update();
    forgetting = super::forget();
    merging = super::merge();
    adapting = super::adapt();
    classifying = super::classify();
    evaluating = super::evaluate();
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
    for case in [train_over(), train_out_of_core(), adapt()] {
        inject(&case, |call| call.kind == Kind::Thread);
    }
}

#[test]
fn a_signal_at_any_moment_leaves_a_whole_model() {
    if !can_trace() {
        return;
    }
    let case = train_over();
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
