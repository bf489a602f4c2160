//! `slugline classify`.

use std::{
    borrow::Cow,
    io::{self, BufWriter, IsTerminal, StdoutLock, Write},
    panic,
    path::{Path, PathBuf},
    thread,
};

use slugline::{
    Scratch,
    dataset::{Record, Records},
};

use crate::{
    answers::Answers,
    args::Classify,
    failure::Failure,
    input::{self, Reading},
    models,
    progress::Progress,
    say,
};

pub(crate) fn run(args: &Classify) -> Result<(), Failure> {
    let mut files = args.files.clone();
    if files.is_empty() {
        if io::stdin().is_terminal() {
            return Err(Failure::usage(
                "classify what? Name a file, or `-` for standard input",
            ));
        }
        files.push(PathBuf::from("-"));
    }
    let mut reading = args.input.reading()?;
    let mut model = models::open(args.model.as_deref())?;
    if args.no_other || args.other_below.is_some() {
        model = Cow::Owned(model.into_owned().with_other_below(args.other_below)?);
    }
    let answers = Answers {
        model: &model,
        format: args.format,
        single: files.len() == 1 && !files[0].is_dir(),
        threshold: args.threshold,
        top: args.top.map_or(usize::MAX, |top| top as usize),
    };
    let mut desk = Desk {
        scratches: vec![Scratch::default(); threads(args.threads)],
        out: BufWriter::new(io::stdout().lock()),
    };
    desk.out.write_all(&answers.header()?)?;
    let mut failed = false;
    for file in &files {
        // One bad file does not cost the answers to the others.
        match desk.classify_file(file, &mut reading, &answers) {
            Ok(()) => {}
            Err(Failure::Work(why)) => {
                desk.out.flush()?;
                say::error(&why);
                failed = true;
            }
            Err(other) => return Err(other),
        }
    }
    desk.out.flush()?;
    reading.finish()?;
    match failed {
        true => Err(Failure::Reported),
        false => Ok(()),
    }
}

/// 0 is one for each processor.
fn threads(asked: u16) -> usize {
    match asked {
        0 => thread::available_parallelism().map_or(1, usize::from),
        threads => threads.into(),
    }
}

/// The hands that classify, and where their answers go.
struct Desk {
    /// One for each thread.
    scratches: Vec<Scratch>,
    out: BufWriter<StdoutLock<'static>>,
}

impl Desk {
    fn classify_file(
        &mut self,
        file: &Path,
        reading: &mut Reading,
        answers: &Answers<'_>,
    ) -> Result<(), Failure> {
        let mut records = input::open(file, &reading.options)?;
        // Answers on a terminal are progress enough, and a bar would run through them.
        let progress =
            (!io::stdout().is_terminal()).then(|| Progress::reading(file, records.total_bytes()));
        let mut batch = Batch::read(&mut records, reading);
        while !batch.records.is_empty() {
            let (rendered, next) = self.render(&batch, &mut records, reading, answers)?;
            for part in rendered {
                self.out.write_all(&part)?;
            }
            if let Some(progress) = &progress {
                progress.at(records.bytes_read());
            }
            // The answers to the records before a bad one are given first.
            match batch.failure {
                None => batch = next,
                Some(_) => break,
            }
        }
        match batch.failure {
            Some(failure) => Err(failure),
            None => Ok(()),
        }
    }

    /// The answers to a batch, in parts, and the batch that was read meanwhile.
    fn render(
        &mut self,
        batch: &Batch,
        records: &mut Records,
        reading: &mut Reading,
        answers: &Answers<'_>,
    ) -> Result<(Vec<Vec<u8>>, Batch), Failure> {
        let each = batch.records.len().div_ceil(self.scratches.len());
        // A few records are classified sooner than a thread is started.
        if let [scratch, ..] = self.scratches.as_mut_slice()
            && (batch.last || each == batch.records.len())
        {
            let part = answers.render(scratch, &batch.records)?;
            return Ok((vec![part], batch.next(records, reading)));
        }
        thread::scope(|scope| {
            let hands: Vec<_> = batch
                .records
                .chunks(each)
                .zip(&mut self.scratches)
                .map(|(part, scratch)| {
                    let work = move || answers.render(scratch, part);
                    thread::Builder::new().spawn_scoped(scope, work)
                })
                .collect::<io::Result<_>>()?;
            let next = batch.next(records, reading);
            let parts: Vec<Vec<u8>> = hands
                .into_iter()
                .map(|hand| hand.join().unwrap_or_else(|why| panic::resume_unwind(why)))
                .collect::<Result<_, _>>()?;
            Ok((parts, next))
        })
    }
}

/// Some records that follow each other: as many as keep the threads busy for a while, and no more
/// of a large file than that is in memory.
#[derive(Default)]
struct Batch {
    records: Vec<Record>,
    /// What came behind them instead of a record.
    failure: Option<Failure>,
    /// Nothing comes behind them.
    last: bool,
}

impl Batch {
    const RECORDS: usize = 2048;
    const BYTES: usize = 1 << 20;

    fn read(from: &mut Records, reading: &mut Reading) -> Self {
        let mut batch = Self::default();
        let mut bytes = 0;
        while batch.records.len() < Self::RECORDS && bytes < Self::BYTES {
            match reading.next(from) {
                Some(Ok(record)) => {
                    bytes += record.text.len();
                    batch.records.push(record);
                }
                Some(Err(failure)) => {
                    batch.failure = Some(failure);
                    break;
                }
                None => {
                    batch.last = true;
                    break;
                }
            }
        }
        batch
    }

    fn next(&self, records: &mut Records, reading: &mut Reading) -> Self {
        match self.last || self.failure.is_some() {
            true => Self::default(),
            false => Self::read(records, reading),
        }
    }
}
