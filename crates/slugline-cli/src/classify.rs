//! `slugline classify`.

use std::{
    collections::HashSet,
    io::{self, BufWriter, IsTerminal, StdoutLock, Write},
    mem, panic,
    path::{Path, PathBuf},
    thread,
};

use slugline::{
    Scratch,
    dataset::{Format as InputFormat, Record},
    sensible_threads,
    wording::count,
};

use crate::{
    answers::Answers,
    args::ClassifyArgs,
    batch::{ColumnOutput, RecordBatch, Stream},
    failure::{Failure, reason},
    input::Reading,
    layout, models,
    passed::ColumnLayout,
    progress::Progress,
    say,
};

pub(crate) fn run(args: &ClassifyArgs) -> Result<(), Failure> {
    let mut files = args.files.clone();
    if files.is_empty() {
        if io::stdin().is_terminal() {
            return Err(Failure::usage(
                "classify: expected a file, or `-` for standard input",
            ));
        }
        files.push(PathBuf::from("-"));
    }
    let mut reading = args.input.reading()?;
    reading.options.columns = args.columns.columns(args.format)?;
    let mut model = models::open(args.model.as_deref())?;
    if args.other.is_given() {
        model = model.with(|model| args.other.set(model))?;
    }
    let answers = Answers {
        model: &model,
        format: args.format,
        single: files.len() == 1 && !files[0].is_dir(),
        label_only: args.label_only,
        threshold: args.threshold,
        top: args.top.map_or(usize::MAX, |top| top as usize),
        width: layout::width(),
        line_width: layout::width().filter(|_| io::stdout().is_terminal()),
    };
    let mut classification = Classification {
        scratches: vec![Scratch::default(); threads(args.threads)?],
        out: BufWriter::new(io::stdout().lock()),
        rendered: Vec::new(),
        pass: args.columns.are_given().then(|| ColumnOutput {
            format: args.format,
            own: answers.own(),
        }),
        layout: ColumnLayout::default(),
        has_header: false,
        answered: 0,
        failed: HashSet::new(),
    };
    if classification.pass.is_none() {
        classification.write_header(&ColumnLayout::default(), &answers)?;
    }
    for file in &files {
        // A file that cannot be read does not stop the others.
        match classification.classify_file(file, &mut reading, &answers) {
            Ok(()) => {}
            Err(Failure::Work(why)) => {
                classification.fail(file.to_string_lossy().into_owned(), &why)?;
                // More bad records than --skip-bad allows.
                if reading.is_over() {
                    break;
                }
            }
            Err(other) => return Err(other),
        }
    }
    classification.write_header(&ColumnLayout::default(), &answers)?;
    classification.out.flush()?;
    reading.finish()?;
    classification.end(&files)
}

/// The number of threads; 0 asks for one per processor.
fn threads(asked: u16) -> Result<usize, Failure> {
    Ok(match asked {
        0 => thread::available_parallelism().map_or(1, usize::from),
        threads => sensible_threads(threads.into())?,
    })
}

/// The threads' buffers, and where the answers go.
struct Classification {
    /// One for each thread.
    scratches: Vec<Scratch>,
    out: BufWriter<StdoutLock<'static>>,
    /// Answers that are to be written.
    rendered: Vec<Vec<u8>>,
    /// How columns of the input are passed on; None where they are not.
    pass: Option<ColumnOutput>,
    layout: ColumnLayout,
    has_header: bool,
    answered: u64,
    /// The files of which something could not be read.
    failed: HashSet<String>,
}

impl Classification {
    fn classify_file(
        &mut self,
        file: &Path,
        reading: &mut Reading,
        answers: &Answers<'_>,
    ) -> Result<(), Failure> {
        let mut stream = Stream::open(file, &reading.options)?;
        let from = stream.format();
        // On a terminal the bar would run through the answers.
        let progress =
            (!io::stdout().is_terminal()).then(|| Progress::reading(file, stream.total_bytes()));
        let mut batch = self.read(&mut stream, reading);
        loop {
            let next = self.answer(&batch, &mut stream, reading, answers)?;
            if let Some(progress) = &progress {
                progress.at(stream.bytes_read());
            }
            // The answers before a bad record are written first.
            match (batch.failure, batch.failed_file) {
                (None, _) => {}
                // One file of a folder: go on with the next.
                (Some(Failure::Work(why)), Some(file)) if from == InputFormat::Folder => {
                    self.fail(file, &why)?;
                }
                (Some(failure), _) => return Err(failure),
            }
            if let Some(why) = batch.refused {
                return Err(Failure::work(why));
            }
            if batch.is_last {
                stream.end(reading);
                return Ok(());
            }
            batch = match next {
                Some(next) => next,
                None => self.read(&mut stream, reading),
            };
        }
    }

    fn read(&mut self, stream: &mut Stream, reading: &mut Reading) -> RecordBatch {
        RecordBatch::read(stream, reading, &mut self.layout, self.pass.as_ref())
    }

    /// Writes the answers to a batch. Returns the batch that was read meanwhile, if any: a live input is not
    /// waited for before the answers are written.
    fn answer(
        &mut self,
        batch: &RecordBatch,
        stream: &mut Stream,
        reading: &mut Reading,
        answers: &Answers<'_>,
    ) -> Result<Option<RecordBatch>, Failure> {
        if let Some(note) = &batch.note {
            self.write_rendered()?;
            say::note(note);
        }
        if batch.records.is_empty() {
            self.write_rendered()?;
            return Ok(None);
        }
        self.write_header(&batch.layout, answers)?;
        let (rendered, next) = self.render(batch, stream, reading, answers)?;
        self.rendered = rendered;
        // Else while the threads classify the next batch.
        if next.is_none() {
            self.write_rendered()?;
        }
        self.answered += batch.records.len() as u64;
        if stream.is_live() {
            self.out.flush()?;
        }
        Ok(next)
    }

    /// Writes the answers to the batch before.
    fn write_rendered(&mut self) -> Result<(), Failure> {
        for part in self.rendered.drain(..) {
            self.out.write_all(&part)?;
        }
        Ok(())
    }

    /// The answers to a batch, in parts, and the batch that was read meanwhile. Where threads classify, the calling one
    /// first writes the answers to the batch before.
    fn render(
        &mut self,
        batch: &RecordBatch,
        stream: &mut Stream,
        reading: &mut Reading,
        answers: &Answers<'_>,
    ) -> Result<(Vec<Vec<u8>>, Option<RecordBatch>), Failure> {
        let layout = &batch.layout;
        let reads_on = batch.reads_on() && stream.is_ready();
        let each = batch.records.len().div_ceil(self.scratches.len());
        // A few records take less time than starting a thread.
        if batch.is_small() || each == batch.records.len() {
            self.write_rendered()?;
            let scratch = &mut self.scratches[0];
            let part = answers.render(scratch, &batch.records, layout)?;
            return Ok((vec![part], None));
        }
        let mut scratches = mem::take(&mut self.scratches);
        let answered = thread::scope(|scope| {
            let workers: Vec<_> = batch
                .records
                .chunks(each)
                .zip(&mut scratches)
                .map(|(part, scratch): (&[Record], _)| {
                    let work = move || answers.render(scratch, part, layout);
                    thread::Builder::new().spawn_scoped(scope, work)
                })
                .collect::<io::Result<_>>()
                .map_err(|error| {
                    Failure::work(format!(
                        "--threads: the system grants no thread: {}",
                        reason(&error)
                    ))
                })?;
            self.write_rendered()?;
            let next = reads_on
                .then(|| RecordBatch::read(stream, reading, &mut self.layout, self.pass.as_ref()));
            let parts: Vec<Vec<u8>> = workers
                .into_iter()
                .map(|worker| {
                    worker
                        .join()
                        .unwrap_or_else(|why| panic::resume_unwind(why))
                })
                .collect::<Result<_, _>>()?;
            Ok((parts, next))
        });
        self.scratches = scratches;
        answered
    }

    /// Writes the header once: with passed-on columns, as soon as they are known.
    fn write_header(
        &mut self,
        layout: &ColumnLayout,
        answers: &Answers<'_>,
    ) -> Result<(), Failure> {
        if !self.has_header {
            self.out.write_all(&answers.header(layout)?)?;
            self.has_header = true;
        }
        Ok(())
    }

    /// Reports a file that cannot be read, after the answers before it.
    fn fail(&mut self, file: String, why: &str) -> Result<(), Failure> {
        self.out.flush()?;
        say::error(why);
        self.failed.insert(file);
        Ok(())
    }

    /// The result of the run. With several files, a last line counts answers and unreadable files.
    fn end(&self, files: &[PathBuf]) -> Result<(), Failure> {
        if self.failed.is_empty() {
            if self.answered == 0 && files.iter().any(|file| file.is_dir()) {
                say::warning("the input holds no text: there are no answers");
            }
            return Ok(());
        }
        if files.len() > 1 || files.iter().any(|file| file.is_dir()) {
            say::error(&format!(
                "{}, {} could not be read",
                count(self.answered, "answer"),
                count(self.failed.len(), "file")
            ));
        }
        Err(Failure::Reported)
    }
}
