//! Every allocation of a command fails once, alone and with all that come after it: the command ends with status 1 and
//! says that memory is missing, the output is the old or the new one, and nothing is left beside it.
//!
//! Plain `cargo test` lets some allocations of each command fail, in ten seconds. All of them take half an hour:
//! `SLUGLINE_FAULTS=all cargo test -p slugline-cli --test allocations`. Words behind `--` choose the commands in whose
//! line one stands.
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
const FEW: u64 = 16;

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
    // A container may forbid filters. One holds for its thread, which ends here.
    let refused = thread::spawn(unnamed::refuse).join().unwrap();
    let mut is_right = true;
    for setup in setups() {
        let case = setup.case();
        let line = case.line();
        if !chosen.is_empty() && !chosen.iter().any(|word| line.contains(word)) {
            continue;
        }
        if let (false, Err(error)) = (setup.has_unnamed, &refused) {
            println!("{line}: skipped, since calls cannot be refused to a process here: {error}");
            continue;
        }
        let begun = Instant::now();
        let outcomes = match all() {
            true => inject_all(setup, &case.faults(u64::MAX)),
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

/// A command: what makes its folder, and its arguments but for `more`.
#[derive(Clone, Copy)]
struct Setup {
    make: fn() -> Work,
    more: &'static str,
    /// Whether there are files without names.
    has_unnamed: bool,
}

impl Setup {
    fn case(self) -> Case {
        Case::new((self.make)(), self.more, self.has_unnamed)
    }
}

/// The commands, on one thread and some on two.
fn setups() -> Vec<Setup> {
    let usual = |make: fn() -> Work, more| Setup {
        make,
        more,
        has_unnamed: true,
    };
    // As on other systems than Linux.
    let named = |make: fn() -> Work| Setup {
        make,
        more: "--threads 1",
        has_unnamed: false,
    };
    vec![
        usual(commands::train_new, "--threads 1"),
        usual(commands::train_over, "--threads 1"),
        usual(commands::train_over, "--threads 2"),
        usual(commands::train_folder, "--threads 1"),
        usual(commands::train_out_of_core, "--threads 1"),
        usual(commands::train_out_of_core, "--threads 2"),
        usual(commands::update, "--threads 1"),
        usual(commands::forget, "--threads 1"),
        usual(commands::merge, ""),
        usual(commands::adapt, "--threads 1"),
        usual(commands::adapt, "--threads 2"),
        usual(commands::classify, "--threads 1"),
        usual(commands::evaluate, ""),
        usual(train_with_more, "--threads 1"),
        usual(train_with_more, "--threads 2"),
        usual(classify_many, "--threads 2"),
        usual(|| printed("audit train.csv"), "--threads 1"),
        usual(|| printed("evaluate train.csv --folds 2"), "--threads 1"),
        usual(|| printed("explain train.csv --model model"), ""),
        usual(|| printed("inspect model"), ""),
        usual(|| printed("train --help"), ""),
        named(commands::train_new),
        named(commands::train_over),
        named(commands::train_out_of_core),
        named(commands::classify),
    ]
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

/// A command that prints, and writes no file.
fn printed(args: &str) -> Work {
    Work::new(args, &[STDOUT], prepare)
}

/// Injects faults side by side, in as many folders as there are processors.
fn inject_all(setup: Setup, faults: &[Fault]) -> Outcomes {
    let workers = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        let started: Vec<_> = (0..workers)
            .map(|worker| {
                let some = faults.iter().copied().skip(worker).step_by(workers);
                scope.spawn(move || setup.case().with_faults(some))
            })
            .collect();
        let ended = started.into_iter().map(|worker| worker.join().unwrap());
        ended.fold(Outcomes::default(), Outcomes::and)
    })
}
