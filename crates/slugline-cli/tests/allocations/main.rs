//! Every allocation of a command fails once, alone and with all that come after it: the command ends with status 1 and
//! says that memory is missing, the output is the old or the new one, and nothing is left beside it.
//!
//! Plain `cargo test` lets a few allocations of each command fail. All of them take long:
//! `SLUGLINE_FAULTS=all cargo test -p slugline-cli --test allocations` prints how many there were;
//! words behind `--` choose the commands that hold one.
#![allow(missing_docs)]

mod case;
mod failing;
mod unnamed;
#[path = "../work/mod.rs"]
mod work;

use std::{env, fs, iter, process::ExitCode, thread, time::Instant};

use case::{COUNTED, Case, FAULT, Fault, NAMED, Outcomes};
use failing::Failing;
use slugline_cli::CommandAllocator;
use work::{
    STDOUT, Work,
    commands::{self, all, many_documents, prepare},
};

#[global_allocator]
static ALLOCATOR: CommandAllocator<Failing> = CommandAllocator(Failing);

/// The allocations that fail in each way, unless all do.
const FEW: u64 = 24;

fn main() -> ExitCode {
    match env::var(FAULT) {
        Ok(fault) => run(&fault),
        Err(_) => check(),
    }
}

/// Runs the command in this process, with this fault.
fn run(fault: &str) -> ExitCode {
    let (number, later) = Fault::parse(fault);
    let counted = env::var_os(COUNTED);
    if env::var_os(NAMED).is_some() {
        unnamed::refuse().unwrap();
    }
    failing::begin(number, later);
    let status = slugline_cli::run(iter::once_with(env::args_os).flatten());
    let made = failing::end();
    if let Some(path) = counted {
        fs::write(path, made.to_string()).unwrap();
    }
    status.into()
}

fn check() -> ExitCode {
    let chosen: Vec<String> = env::args()
        .skip(1)
        .filter(|arg| !arg.starts_with('-'))
        .collect();
    let mut is_right = true;
    for make in cases() {
        let case = make();
        let line = case.line();
        if !chosen.is_empty() && !chosen.iter().any(|word| line.contains(word)) {
            continue;
        }
        let begun = Instant::now();
        let outcomes = match all() {
            true => inject_all(&make, case.faults(u64::MAX)),
            false => case.with_faults(case.faults(FEW)),
        };
        let (many, seconds) = (case.allocations, begun.elapsed().as_secs());
        println!("{line}: {many} allocations; {outcomes} ({seconds} s)");
        is_right &= outcomes.is_right();
    }
    match is_right {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    }
}

/// The commands, on one thread and some on two.
fn cases() -> Vec<Box<dyn Fn() -> Case + Sync>> {
    let commands: [(fn() -> Work, &str); 21] = [
        (commands::train_new, "--threads 1"),
        (commands::train_over, "--threads 1"),
        (commands::train_over, "--threads 2"),
        (commands::train_folder, "--threads 1"),
        (commands::train_out_of_core, "--threads 1"),
        (commands::train_out_of_core, "--threads 2"),
        (commands::update, "--threads 1"),
        (commands::forget, "--threads 1"),
        (commands::merge, ""),
        (commands::adapt, "--threads 1"),
        (commands::adapt, "--threads 2"),
        (commands::classify, "--threads 1"),
        (commands::evaluate, ""),
        (train_with_more, "--threads 1"),
        (train_with_more, "--threads 2"),
        (classify_many, "--threads 2"),
        (audit, "--threads 1"),
        (|| printed("evaluate train.csv --folds 2"), "--threads 1"),
        (|| printed("explain train.csv --model model"), ""),
        (|| printed("inspect model"), ""),
        (|| printed("train --help"), ""),
    ];
    let mut cases: Vec<Box<dyn Fn() -> Case + Sync>> = Vec::new();
    for (make, more) in commands {
        cases.push(Box::new(move || Case::new(make(), more, true)));
    }
    // As on other systems than Linux.
    for make in [
        commands::train_new,
        commands::train_out_of_core,
        commands::classify,
    ] {
        cases.push(Box::new(move || Case::new(make(), "--threads 1", false)));
    }
    cases
}

fn train_with_more() -> Work {
    let args = "train train.csv more.jsonl.gz -o other --refine --calibrate=by-length --stem english --ngram-range 1,2";
    Work::new(args, &["other"], prepare)
}

/// So many texts that each thread gets some.
fn classify_many() -> Work {
    let args = "classify many.csv --text text --model model --format jsonl";
    Work::new(args, &[STDOUT], |work| {
        prepare(work);
        fs::write(work.join("many.csv"), many_documents()).unwrap();
    })
}

fn audit() -> Work {
    printed("audit train.csv")
}

/// A command that prints, and writes no file.
fn printed(args: &str) -> Work {
    Work::new(args, &[STDOUT], prepare)
}

/// Injects faults side by side, in as many folders as there are processors.
fn inject_all(make: &(dyn Fn() -> Case + Sync), faults: Vec<Fault>) -> Outcomes {
    let workers = thread::available_parallelism().map_or(1, usize::from);
    let faults = &faults;
    thread::scope(|scope| {
        let started: Vec<_> = (0..workers)
            .map(|worker| {
                let some = faults.iter().copied().skip(worker).step_by(workers);
                scope.spawn(move || make().with_faults(some))
            })
            .collect();
        let ended = started.into_iter().map(|worker| worker.join().unwrap());
        ended.fold(Outcomes::default(), Outcomes::and)
    })
}
